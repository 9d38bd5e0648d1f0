"""Hearings (听证): asked for, granted, put off."""

from __future__ import annotations

from datetime import timedelta

from gridsup.calendars import SHANGHAI
from gridsup.procedures import views
from tests.db.enforcement.steps import (
    papers_of,
    text_of,
)
from tests.db.procedures.trips import (
    DAY,
    REPORT,
    WORD,
    Trip,
    investigated,
    refused,
)


def test_a_request_for_a_hearing_stops_the_window_and_waits_for_the_grant(trip: Trip) -> None:
    _, case = investigated(trip)
    trip.do(case, "report_investigation", "enforcement", REPORT | {"proposed_fine": "9999.99"}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    assert refused(trip, case, "request_hearing", "enforcement", WORD) == "condition-not-met"
    grave = trip.now
    _, case = investigated(trip)
    trip.do(case, "report_investigation", "enforcement", REPORT | {"grave_measure": True}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    window = trip.due(case, "defence")
    trip.do(case, "request_hearing", "enforcement", WORD)
    trip.now = window + DAY
    assert trip.state(case) == "notified"
    assert trip.due(case, "hearing_grant") > grave


def clocks_of(trip: Trip, matter: int) -> dict[str, list[tuple[str, str]]]:
    """Clock → the last day and the state of each run."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in views.deadlines(trip.session, matter, now=trip.now):
        last = (row["due_at"] - timedelta(seconds=1)).astimezone(SHANGHAI).date() if row["due_at"] else "—"
        found.setdefault(row["clock"], []).append((str(last), row["state"]))
    return found


def test_a_hearing_is_put_off_and_the_party_is_told_anew(trip: Trip) -> None:
    """听证延期: seven working days before the new day, by a notice of its own; both clocks move with it."""
    _, case = investigated(trip)
    trip.do(case, "report_investigation", "enforcement", REPORT | {"proposed_fine": "10000"}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    later = {"hearing_on": "2026-04-03", "asked_by": "party", "reason": "当事人住院治疗"}
    assert refused(trip, case, "postpone_hearing", "legal", later) == "wrong-state"
    trip.do(case, "grant_hearing", "legal", {"hearing_on": "2026-03-20"})
    trip.do(case, "postpone_hearing", "legal", later | {"hearing_on": "2026-03-25"})  # nobody was told yet
    assert clocks_of(trip, case)["hearing_notice"] == [("2026-03-16", "running")]
    trip.do(case, "notify_hearing", "legal", WORD)
    trip.handed(case, "serve_hearing_notice", "legal")
    trip.now += 15 * DAY
    assert refused(trip, case, "postpone_hearing", "enforcement", later) == "post-not-allowed"
    soon = later | {"hearing_on": "2026-03-25"}
    assert refused(trip, case, "postpone_hearing", "legal", soon) == "hearing-too-soon"
    trip.do(case, "postpone_hearing", "legal", later)
    clocks = clocks_of(trip, case)
    assert clocks["hearing_notice"] == [("2026-03-16", "stopped"), ("2026-03-25", "running")]
    assert [state for _, state in clocks["hearing_day"]] == ["stopped", "stopped", "running"]
    assert clocks["hearing_day"][-1][0] == "2026-04-03"
    assert trip.due(case, "decision") is None  # the time of the hearing still does not count
    assert refused(trip, case, "close_hearing", "legal", WORD) == "condition-not-met"
    trip.do(case, "notify_hearing", "legal", WORD)
    trip.handed(case, "serve_hearing_notice", "legal")
    notices = [one for one in trip.session.scalars(papers_of(trip, case)) if one.kind == "hearing_notice"]
    first, second = (text_of(trip, one) for one in notices)
    assert ("2026年3月25日" in first, "当事人住院治疗" in first) == (True, True)
    assert ("2026年4月3日" in second, "延期举行" in second) == (True, True)
    trip.now = trip.due(case, "hearing_day")
    trip.do(case, "close_hearing", "legal", WORD)
    trip.sound()
