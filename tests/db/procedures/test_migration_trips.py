"""Matters begun under an older version of their procedure move to a newer one and go on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from gridsup.errors import Refused
from gridsup.procedures import upkeep, views
from tests.db.enforcement.steps import opened
from tests.db.procedures.trips import CLASSES, REPORT, WHY, WORD, Trip, refused


def test_open_matters_move_from_the_first_version_to_the_second(session: Session) -> None:
    trip = Trip(session, datetime(2022, 2, 21, 1, 0, tzinfo=UTC))
    matter = trip.classified()
    trip.do(matter, "guide", "dispatcher")
    trip.do(matter, "receive_guide", "station_head")
    due = trip.due(matter, "guide_term")
    other = trip.classified()
    trip.now = datetime(2022, 3, 1, 1, 0, tzinfo=UTC)
    with pytest.raises(Refused):  # under the first version nothing asks for a correction first
        trip.do(other, "order_change", "dispatcher")
    moved = upkeep.migrate_matters(session, "unlicensed_operation", 2, now=trip.now)
    assert set(moved) == {matter, other}
    assert trip.due(matter, "guide_term") == due
    trip.do(other, "reclassify", "dispatcher", CLASSES)
    trip.do(other, "order_correction", "dispatcher", {"requirement": "十五日内办理登记"})
    trip.now = due
    assert trip.state(matter) == "recheck"
    assert trip.due(matter, "first_recheck") > due
    trip.sound()


@pytest.mark.parametrize(
    ("step", "who", "runs"), [("withdraw", "dispatcher", True), ("receive_guide", "station_head", False)]
)
def test_a_command_begun_under_an_older_version_stops_p9_n1_only_once_it_is_received(
    session: Session, step: str, who: str, runs: bool
) -> None:
    """Up to version 6 the command stopped the clock as it was issued; one that is moved counts anew."""
    trip = Trip(session, datetime(2022, 2, 21, 1, 0, tzinfo=UTC))
    matter = trip.classified()
    due = trip.due(matter, "p9_n1")
    for version in range(2, 7):
        assert upkeep.migrate_matters(session, "unlicensed_operation", version, now=trip.now) == [matter]
    trip.do(matter, "guide", "dispatcher")
    assert running(trip, matter).isdisjoint({"p9_n1"})
    upkeep.migrate_matters(session, "unlicensed_operation", 7, now=trip.now)
    assert (running(trip, matter) >= {"p9_n1"}, trip.due(matter, "p9_n1")) == (True, due)
    trip.do(matter, step, who, WHY if step == "withdraw" else None)
    assert ("p9_n1" in running(trip, matter)) is runs
    trip.sound()


def running(trip: Trip, matter: int) -> set[str]:
    rows = views.deadlines(trip.session, matter, now=trip.now)
    return {row["clock"] for row in rows if row["state"] == "running"}


def reviewed(session: Session, *, version: int, fine: str) -> tuple[Trip, int]:
    """A case that was moved to ``version``, with a fine proposed and passed by the reviewers."""
    trip = Trip(session, datetime(2024, 3, 4, 1, tzinfo=UTC))
    form = {"operator_name": "张三", "basis": "条例第四十三条"}
    case = opened(trip, "penalty_case", "enforcement", form)
    trip.approve(trip.do(case, "file_case", "enforcement", WHY, pair=True), "station_head", "bureau_head")
    for each in range(2, version + 1):
        upkeep.migrate_matters(session, "penalty_case", each, now=trip.now)
    report = REPORT | {"conduct": "other", "proposed_fine": fine}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    return trip, case


def test_a_public_notice_that_ran_when_its_case_moved_is_ended_and_the_clock_goes_on(
    session: Session,
) -> None:
    """PROC-64: up to version 6 such a notice was begun by itself, and ended by itself."""
    trip, case = reviewed(session, version=6, fine="1000")
    trip.do(case, "open_public_notice", "enforcement", WHY)
    trip.told(case)
    upkeep.migrate_matters(session, "penalty_case", 7, now=trip.now)
    assert "decision" not in running(trip, case)
    trip.do(case, "close_public_notice", "enforcement", WHY)
    assert "decision" in running(trip, case)
    assert refused(trip, case, "close_public_notice", "enforcement", WHY) == "interval-not-open"
    trip.sound()


def test_an_order_of_the_grid_that_runs_when_its_matter_moves_is_looked_at_by_the_end_of_its_term(
    session: Session,
) -> None:
    """Version 11 orders by a matter of its own: what was ordered before is re-checked as it was to be."""
    trip = Trip(session, datetime(2022, 2, 21, 1, 0, tzinfo=UTC))
    matter = trip.classified()
    for version in range(2, 11):
        upkeep.migrate_matters(session, "unlicensed_operation", version, now=trip.now)
    trip.do(matter, "reclassify", "dispatcher", CLASSES)
    trip.do(matter, "order_correction", "dispatcher", {"requirement": "十五日内办理登记"})
    due = trip.due(matter, "correction_term")
    upkeep.migrate_matters(session, "unlicensed_operation", 11, now=trip.now)
    assert (trip.state(matter), trip.due(matter, "second_recheck")) == ("second_recheck", due)
    trip.now = due
    trip.do(matter, "recheck_unlicensed", "inspector", {"note": "仍在经营"})
    assert refused(trip, matter, "file", "dispatcher", {"basis": "条例"}) == "condition-not-met"
    trip.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # orders are matters of their own from 2026 on
    assert trip.state(trip.ordered(matter)) == "correcting"
    trip.sound()


@pytest.mark.parametrize(("asks", "withdraws"), [(True, False), (True, True), (False, False)])
def test_a_request_for_a_hearing_waits_on_when_its_case_moves(
    session: Session, asks: bool, withdraws: bool
) -> None:
    """APL-63, APL-64: up to version 8 it was a milestone; the window of the notice does not end over it."""
    trip, case = reviewed(session, version=8, fine="20000")
    trip.told(case)
    due = trip.due(case, "defence")
    if asks:
        trip.do(case, "request_hearing", "enforcement", WORD)
    upkeep.migrate_matters(session, "penalty_case", 9, now=trip.now)
    assert trip.state(case) == ("asked" if asks else "notified")
    assert ("defence" in running(trip, case)) is not asks
    if withdraws:
        trip.do(case, "withdraw_request", "enforcement", WORD | {"statement_no": "1"})
        assert ("defence" in running(trip, case), trip.due(case, "defence")) == (True, due)
    trip.now = due
    assert trip.state(case) == ("asked" if asks and not withdraws else "deciding")
    trip.sound()
