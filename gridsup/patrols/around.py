"""Who is around (谁在附近): the last place that each colleague reported today, never a track.

A place comes from what somebody recorded, a visit or a finding; the phone sends nothing besides. It is shown
for :data:`SHOWN_FOR` and not over midnight (Asia/Shanghai), to colleagues of the own station; officers of
the bureau itself, who may read all visits, see all stations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from gridsup.patrols import queries
from gridsup.people import queries as people
from gridsup.people.deputies import LOCAL, day_of

SHOWN_FOR = timedelta(hours=4)
"""Older places say nothing of where somebody is, and are nobody's business."""
OF_THE_BUREAU = frozenset({"bureau", "section"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an officer last reported from: CRS84 degrees, and what was reported there."""

    officer_id: int
    body_id: int
    """The officer's station, or body of the bureau's own."""
    at: datetime
    what: Literal["visit", "finding"]
    cell_id: int | None
    lon: float
    lat: float


def last_places(
    session: Session, jurisdiction_id: int, bodies: Collection[int], now: datetime
) -> list[Place]:
    """The last place of each officer whom somebody with posts in ``bodies`` may see, oneself among them."""
    since = max(now - SHOWN_FOR, datetime.combine(day_of(now), time.min, LOCAL))
    seen = _in_sight(session, jurisdiction_id, bodies, now)
    rows = session.execute(queries.last_places(jurisdiction_id, sorted(seen), since, now))
    return [Place(**row, body_id=seen[row["officer_id"]]) for row in rows.mappings()]


def _in_sight(
    session: Session, jurisdiction_id: int, bodies: Collection[int], now: datetime
) -> dict[int, int]:
    """The officers with a post today in the same stations; all of them for a body of the bureau's own.

    Each with the station that the post belongs to.
    """
    tree = {place: (parent, kind) for place, parent, kind in session.execute(people.parents(jurisdiction_id))}
    own = {_home(tree, body) for body in bodies}
    everybody = any(tree[home][1] in OF_THE_BUREAU for home in own)
    held = session.scalars(people.postings_on(jurisdiction_id, day_of(now)))
    homes = {one.officer_id: _home(tree, one.organisation_id) for one in held}
    return {officer: home for officer, home in homes.items() if everybody or home in own}


def _home(tree: Mapping[int, tuple[int | None, str]], body: int) -> int:
    """The station that a body is or belongs to; without one, itself."""
    place: int | None = body
    while place is not None and tree[place][1] != "station":
        place = tree[place][0]
    return body if place is None else place
