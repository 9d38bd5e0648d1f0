"""A demo city, thinned and loaded once for all tests of this folder, which one worker runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

import pytest

from docs.shots import SHOTS
from geo_data.demo.city import jianghan
from geo_data.demo.courses import COURSES
from geo_data.demo.load import load
from geo_data.demo.shapes import City
from gridsup.calendars import SHANGHAI
from gridsup.cells.locate import today
from gridsup.cluster import Cluster
from gridsup.db import transaction
from tests.conftest import Clone, cloned

MATTERS = len(COURSES) + 10
"""The first matters of the city walk every course once."""


NOON = datetime.combine(today(), time(12), SHANGHAI)
SIGN_IN = {"admin", "dispatcher-1", "inspector-01-1", "liaison-d06"} | {
    one.who for one in SHOTS.values() if one.who
}
"""Some of the accounts: those of the pictures among them."""


def thinned(city: City) -> City:
    """The same city with fewer households, so that the test stays short; every course is still walked."""
    matters = city.unlicensed[:MATTERS]
    wanted = {m.business for m in matters} | {b.key for b in city.businesses[::40]}
    return replace(
        city,
        unlicensed=matters,
        businesses=[b for b in city.businesses if b.key in wanted],
        visits=[v for v in city.visits if v.business in wanted],
        accounts=[a for a in city.accounts if a.username in SIGN_IN],
    )


@pytest.fixture(scope="session")
def city() -> City:
    return thinned(jianghan(today()))


@pytest.fixture(scope="session")
def loaded(cluster: Cluster, template: str, city: City) -> Iterator[Clone]:
    with cloned(cluster, template) as clone:
        with transaction(clone.owner) as session:
            load(session, city, now=NOON)
        yield clone
