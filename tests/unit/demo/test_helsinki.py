"""The demo city Helsinki: as many real shops as the extract holds, each in one cell, nothing invented."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
import shapely

from geo_data.demo.helsinki import helsinki
from geo_data.demo.shapes import City
from gridsup.cells.topology import check_cells


@pytest.fixture(scope="module")
def city() -> City:
    return helsinki(date(2026, 5, 20))


def test_every_shop_of_the_extract_is_there(city: City) -> None:
    assert len(city.businesses) == 1_248
    assert sum(not b.name.startswith("无字号") for b in city.businesses) >= 1_209
    assert any(b.name == "Hilton Helsinki Strand" for b in city.businesses)


def test_every_shop_is_in_its_own_cell(city: City) -> None:
    areas = {c.key: c.area for c in city.cells}
    for p in city.premises:
        assert shapely.intersects(areas[p.cell or ""], shapely.Point(p.lon, p.lat))


def test_cells_fill_the_ground(city: City) -> None:
    report = check_cells(
        [c.area for c in city.cells],
        [c.key for c in city.cells],
        city.boundary,
        metric_srid=3067,
        tolerance_m=0.05,
    )
    assert report.ok, report.faults[:3]
    shops = Counter(p.cell for p in city.premises)
    assert len(shops) == len(city.cells) == 12


def test_nothing_is_said_that_the_source_does_not_say(city: City) -> None:
    for b in city.businesses:
        assert (b.uscc, b.registration_no, b.operator_name, b.phone, b.opened_on) == (None,) * 5
        assert b.permits == ()
    assert not city.visits
    assert not city.unlicensed
