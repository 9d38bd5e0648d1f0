"""A point belongs to exactly one cell, also on shared edges and corners, on any day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gridsup.cells.locate import locate, located
from gridsup.errors import Invalid, NotFound
from tests.factories import SIDE, SOUTH, WEST, bureau

MIDDLE_LON, MIDDLE_LAT = WEST + SIDE, SOUTH + SIDE


def _code(session: Session, lon: float, lat: float, day: date | None = None) -> str | None:
    cell = locate(session, 420103, lon, lat, day=day)
    return cell.code if cell else None


def test_a_point_inside_a_cell_is_in_that_cell(session: Session) -> None:
    bureau(session)
    assert _code(session, WEST + 0.001, SOUTH + SIDE + 0.001) == "42010301-001"
    assert _code(session, MIDDLE_LON + 0.001, SOUTH + 0.001) == "42010301-004"


def test_a_point_on_a_shared_edge_or_corner_is_in_the_lowest_code(session: Session) -> None:
    bureau(session)
    assert _code(session, MIDDLE_LON, MIDDLE_LAT) == "42010301-001"
    assert _code(session, MIDDLE_LON, MIDDLE_LAT - 0.002) == "42010301-003"
    assert _code(session, MIDDLE_LON + 0.002, MIDDLE_LAT) == "42010301-002"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(along=st.floats(0, SIDE), noise=st.floats(-5e-10, 5e-10))
def test_float_noise_does_not_move_a_point_off_a_shared_edge(
    session: Session, along: float, noise: float
) -> None:
    if locate(session, 420103, MIDDLE_LON + 0.001, MIDDLE_LAT + 0.001) is None:
        bureau(session)
    assert _code(session, MIDDLE_LON + noise, MIDDLE_LAT + along) == "42010301-001"


def test_a_point_outside_all_cells_has_none_and_says_so(session: Session) -> None:
    bureau(session)
    assert _code(session, 114.0, 30.0) is None
    with pytest.raises(NotFound) as refusal:
        located(session, 420103, 114.0, 30.0)
    assert refusal.value.code == "outside-cells"
    assert "114.000000" in refusal.value.text("zh")


def test_before_the_cells_began_there_was_none(session: Session) -> None:
    bureau(session)
    assert _code(session, WEST + 0.001, SOUTH + 0.001, date(2019, 12, 31)) is None
    assert _code(session, WEST + 0.001, SOUTH + 0.001, date(2020, 1, 1)) == "42010301-003"


@pytest.mark.parametrize("place", [(float("nan"), 30), (181, 30), (114, -91), (float("inf"), 0)])
def test_a_position_that_is_none_is_refused(session: Session, place: tuple[float, float]) -> None:
    with pytest.raises(Invalid) as refusal:
        locate(session, 420103, *place)
    assert refusal.value.code == "bad-position"
