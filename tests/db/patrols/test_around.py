"""Who is around: the last place that somebody reported today, for four hours, and never a track."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gridsup.patrols import around
from gridsup.patrols.service import FindingReport, Position, VisitReport, record_visit, report_finding
from gridsup.procedures.acting import Acting
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST, Bureau, bureau, business

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai."""


@pytest.fixture
def made(session: Session) -> Bureau:
    wire()
    return bureau(session)


def place(east: float) -> Position:
    return Position(lon=WEST + east * SIDE, lat=SOUTH + 1.5 * SIDE, accuracy_m=8.0)


def visit(session: Session, made: Bureau, post: str, at: datetime, position: Position | None) -> None:
    report = VisitReport(key=uuid.uuid4(), at=at, result="normal", business_id=None, position=position)
    record_visit(session, made.officers[post], report, now=at)


def seen(session: Session, made: Bureau, now: datetime) -> dict[int, tuple[str, float]]:
    found = around.last_places(session, made.jurisdiction_id, [made.station_id], now)
    return {one.officer_id: (one.what, round((one.lon - WEST) / SIDE, 1)) for one in found}


def test_of_each_officer_the_last_placed_report_counts_and_nothing_before_it(
    session: Session, made: Bureau
) -> None:
    ago = [NOON - timedelta(minutes=m) for m in (90, 60, 30, 10)]
    inspector, colleague = made.officers["inspector"], made.officers["enforcement"]
    visit(session, made, "inspector", ago[0], place(0.1))
    visit(session, made, "inspector", ago[1], place(0.2))
    visit(session, made, "enforcement", ago[1], place(1.1))
    assert seen(session, made, NOON) == {inspector: ("visit", 0.2), colleague: ("visit", 1.1)}
    found = FindingReport(
        key=uuid.uuid4(),
        found_at=ago[2],
        source="patrol",
        business_id=business(session, made),
        position=place(0.4),
    )
    report_finding(session, Acting(inspector, "inspector"), found, now=ago[2])
    visit(session, made, "inspector", ago[3], None)  # told no place
    assert seen(session, made, NOON) == {inspector: ("finding", 0.4), colleague: ("visit", 1.1)}


@pytest.mark.parametrize(
    ("at", "now", "shown"),
    [
        (NOON, NOON + around.SHOWN_FOR, True),
        (NOON, NOON + around.SHOWN_FOR + timedelta(seconds=1), False),
        (NOON.replace(hour=15, minute=59), NOON.replace(hour=15, minute=59, second=59), True),
        (NOON.replace(hour=15, minute=59), NOON.replace(hour=16), False),  # midnight in Shanghai
        (NOON.replace(hour=16), NOON.replace(hour=17), True),
        (NOON, NOON - timedelta(minutes=1), False),
    ],
)
def test_a_place_is_shown_for_four_hours_of_the_same_day(
    session: Session, made: Bureau, at: datetime, now: datetime, shown: bool
) -> None:
    visit(session, made, "inspector", at, place(0.5))
    assert bool(seen(session, made, now)) == shown
