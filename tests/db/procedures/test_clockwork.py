"""Clocks, intervals and due instants: what happens on a matter by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars import default_calendar
from gridsup.errors import Conflict, Refused
from gridsup.procedures import store, views
from gridsup.procedures.model import Matter
from gridsup.procedures.queries import overdue_clocks
from tests.db.procedures.checks import clocks, sound
from tests.db.procedures.small_bureau import (
    JURISDICTION,
    MONDAY,
    Bureau,
    do,
    report,
    working,
)

DAY = timedelta(days=1)


def local(year: int, month: int, day: int) -> datetime:
    """00:00 in Asia/Shanghai."""
    return datetime(year, month, day, tzinfo=UTC) - timedelta(hours=8)


def held(session: Session, bureau: Bureau) -> int:
    matter = working(session, bureau)
    do(session, matter, "hold", bureau.enforcer, crew=bureau.pair)
    return matter


# ------------------------------------------------------------------ clocks


def test_a_deadline_explains_itself(session: Session, bureau: Bureau) -> None:
    start = clocks(session, report(session, bureau).matter_id)["start"]
    assert start["due_at"] == local(
        2026, 3, 10
    )  # five working days after Monday 2 March: over at 24:00 of the 9th
    assert start["calendar"] == default_calendar().version
    assert start["explanation"]["start_event"]["milestone"] == "reported"
    assert start["explanation"]["lines"]["zh"]


def test_a_milestone_stops_its_clock_and_starts_the_next(session: Session, bureau: Bureau) -> None:
    found = clocks(session, working(session, bureau))
    assert found["start"]["state"] == "stopped"
    assert found["work"]["state"] == "running"
    assert found["work"]["due_at"] == local(2026, 3, 13)
    assert "permitted" in found  # unknown is not false


def test_the_end_of_a_matter_stops_all_its_clocks(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "close", bureau.inspector)
    assert {row["state"] for row in clocks(session, matter).values()} == {"stopped"}
    assert session.scalar(select(Matter.next_due_at).where(Matter.id == matter)) is None


def test_overdue_is_read_and_the_boundary_belongs_to_it(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    due = clocks(session, matter)["work"]["due_at"]
    assert not clocks(session, matter, due - timedelta(microseconds=1))["work"]["overdue"]
    assert clocks(session, matter, due)["work"]["overdue"]
    assert [row["clock"] for row in overdue_clocks(session, now=due)] == ["permitted", "work"]
    do(session, matter, "close", bureau.inspector, now=due + DAY)
    assert clocks(session, matter, due + DAY)["work"]["late"]
    sound(session)


def test_a_clock_subtracts_the_union_of_its_intervals(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    due = clocks(session, matter)["work"]["due_at"]
    do(session, matter, "suspend", bureau.inspector, now=MONDAY + 1 * DAY)
    paused = clocks(session, matter, MONDAY + 50 * DAY)["work"]
    assert (paused["state"], paused["due_at"], paused["overdue"]) == ("paused", None, False)
    do(session, matter, "test", bureau.inspector, now=MONDAY + 2 * DAY)
    do(session, matter, "resume", bureau.inspector, now=MONDAY + 3 * DAY)
    assert clocks(session, matter)["work"]["state"] == "paused"
    do(session, matter, "tested", bureau.inspector, now=MONDAY + 4 * DAY)
    assert clocks(session, matter)["work"]["due_at"] == due + 4 * DAY  # 3 to 6 March, overlap once
    sound(session)


def test_an_interval_that_is_open_does_not_open_again(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    for day in (1, 2):
        do(session, matter, "suspend", bureau.inspector, now=MONDAY + day * DAY)
    do(session, matter, "resume", bureau.inspector, now=MONDAY + 3 * DAY)
    spans = views.current(session, matter, now=MONDAY + 3 * DAY)["intervals"]["pause"]
    assert len(spans) == 1
    sound(session)


def test_an_extension_counts_on_from_the_limit_and_is_granted_once(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    due = clocks(session, matter)["work"]["due_at"]
    do(session, matter, "prolong", bureau.station_head)
    work = clocks(session, matter)["work"]
    assert work["due_at"] == due + 5 * DAY
    assert work["extensions"] == [{"n": 5, "unit": "D", "by": "station_head"}]
    with pytest.raises(Refused, match="extension-used-up"):
        do(session, matter, "prolong", bureau.station_head)
    sound(session)


def test_a_backward_clock_follows_the_date_it_counts_from(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "invite", bureau.inspector, {"on": "2026-04-15"})
    first = clocks(session, matter)["notice"]["due_at"]
    assert first == local(2026, 4, 9)  # the last day in time is the 8th
    do(session, matter, "invite", bureau.inspector, {"on": "2026-04-22"})
    assert clocks(session, matter)["notice"]["due_at"] == first + 7 * DAY
    sound(session)


def test_a_clock_that_facts_exclude_is_dropped_and_comes_with_them(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "tell_permit", bureau.inspector, {"permit": False}, now=MONDAY + DAY)
    assert clocks(session, matter)["permitted"]["state"] == "dropped"
    do(session, matter, "tell_permit", bureau.inspector, {"permit": True}, now=MONDAY + 2 * DAY)
    again = [r for r in views.deadlines(session, matter, now=MONDAY) if r["clock"] == "permitted"]
    assert [(r["run"], r["state"], r["started_at"]) for r in again] == [
        (1, "dropped", MONDAY),
        (2, "running", MONDAY),
    ]
    sound(session)


# ------------------------------------------------------------------ due instants


def test_preservation_lifts_by_itself_after_seven_working_days(session: Session, bureau: Bureau) -> None:
    matter = held(session, bureau)
    due = local(2026, 3, 12)  # seven working days after Monday 2 March
    assert views.current(session, matter, now=due - timedelta(seconds=1))["state"] == "held"
    seen = views.current(session, matter, now=due)
    assert seen["state"] == "working"
    assert session.scalar(select(Matter.state).where(Matter.id == matter)) == "held"  # a read writes nothing
    answer = do(
        session,
        matter,
        "note",
        bureau.inspector,
        {"note": "还在"},
        now=due + 3 * DAY,
        expected_version=seen["version"],
    )
    assert answer.version == seen["version"] + 1
    lifted = store.events_of(session, JURISDICTION, matter)[-2]
    assert (lifted.kind, lifted.action, lifted.person_id) == ("system", "free", None)
    assert (lifted.effective_at, lifted.recorded_at) == (due, due + 3 * DAY)
    assert clocks(session, matter)["hold"]["state"] == "fired"
    sound(session)


def test_what_fell_due_is_settled_before_the_version_is_compared(session: Session, bureau: Bureau) -> None:
    matter = held(session, bureau)
    with pytest.raises(Conflict) as found:
        do(session, matter, "note", bureau.inspector, now=MONDAY + 30 * DAY, expected_version=3)
    assert found.value.params["state"] == "working"
    assert session.scalar(select(Matter.version).where(Matter.id == matter)) == 3  # the refusal wrote nothing


def test_a_clock_may_run_again_after_it_fired(session: Session, bureau: Bureau) -> None:
    matter = held(session, bureau)
    later = MONDAY + 30 * DAY
    do(session, matter, "hold", bureau.enforcer, crew=bureau.pair, now=later)
    runs = [r for r in views.deadlines(session, matter, now=later) if r["clock"] == "hold"]
    assert [(r["run"], r["state"]) for r in runs] == [(1, "fired"), (2, "running")]
    sound(session)
