"""Clocks, intervals, due instants, children and reactions: what happens on a matter by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars import NoticeDay, default_calendar
from gridsup.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from gridsup.procedures import engine, store, upkeep, versions, views
from gridsup.procedures.loader import LoadedPack
from gridsup.procedures.model import Event, Matter
from gridsup.procedures.proof import differences, verify
from gridsup.procedures.queries import Filter, count_by_state, overdue_clocks, queue
from tests.db.procedures.small_bureau import JURISDICTION, MONDAY, Bureau, do, report, working

DAY = timedelta(days=1)


def sound(session: Session) -> None:
    assert list(verify(session)) == []
    assert list(differences(session)) == []


def clocks(session: Session, matter: int, now: datetime = MONDAY) -> dict[str, dict[str, Any]]:
    return {row["clock"]: row for row in views.deadlines(session, matter, now=now)}


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


# ------------------------------------------------------------------ children


def only_child(session: Session, matter: int) -> Matter:
    return session.scalars(select(Matter).where(Matter.parent_id == matter)).one()


def test_a_child_takes_over_facts_and_milestones(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau, lon=114.27, lat=30.6, facts={"risk": "high", "permit": True}).matter_id
    do(session, matter, "begin", bureau.dispatcher)
    answer = do(session, matter, "send", bureau.dispatcher, now=MONDAY + DAY)
    child = only_child(session, matter)
    assert answer.children == (child.id,)
    assert (child.role, child.root_id, child.facts) == ("sent", matter, {"risk": "high"})
    assert clocks(session, child.id)["answer"]["started_at"] == MONDAY
    assert views.current(session, child.id, now=MONDAY)["lon"] == 114.27
    sound(session)


def test_the_parent_reacts_to_the_childs_end(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "send", bureau.dispatcher)
    do(session, only_child(session, matter).id, "answer", bureau.liaison)
    last = store.events_of(session, JURISDICTION, matter)[-1]
    assert (last.kind, last.action, last.to_state) == ("system", "came_back", "working")
    sound(session)


def test_another_outcome_than_a_reaction_names_leaves_the_parent(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "send", bureau.dispatcher)
    do(session, only_child(session, matter).id, "refuse", bureau.liaison)
    assert views.current(session, matter, now=MONDAY)["state"] == "away"


def test_the_parent_waits_for_a_child_that_it_awaits(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "ask", bureau.dispatcher)
    with pytest.raises(Refused, match="awaits-child"):
        do(session, matter, "close", bureau.inspector)
    do(session, only_child(session, matter).id, "answer", bureau.liaison)
    assert do(session, matter, "close", bureau.inspector).ended


# ------------------------------------------------------------------ approvals


def sign(session: Session, matter: int, seq: int, who: Any, agreed: bool = True, **more: Any) -> Any:
    from tests.db.procedures.small_bureau import fresh

    return engine.sign(
        session,
        matter,
        seq,
        who,
        agreed=agreed,
        key=fresh(),
        expected_version=None,
        now=MONDAY,
        **more,
    )


def test_a_chain_is_signed_in_its_order_and_takes_effect_once(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    proposed = do(session, matter, "close_by_chain", bureau.inspector)
    seq = proposed.proposal or 0
    assert (proposed.kind, proposed.state) == ("proposed", "working")
    with pytest.raises(Forbidden, match="post-not-allowed"):
        sign(session, matter, seq, bureau.bureau_head)
    assert sign(session, matter, seq, bureau.station_head).kind == "signed"
    done = sign(session, matter, seq, bureau.bureau_head)
    assert (done.kind, done.ended) == ("act", True)
    with pytest.raises(Conflict, match="proposal-settled"):
        sign(session, matter, seq, bureau.bureau_head)
    last = store.events_of(session, JURISDICTION, matter)[-1]
    assert (last.action, last.person_id) == ("close_by_chain", bureau.inspector.person_id)
    sound(session)


def test_a_quorum_takes_effect_with_enough_and_falls_without(session: Session, bureau: Bureau) -> None:
    first, second = working(session, bureau), working(session, bureau)
    seq = do(session, first, "close_by_two", bureau.inspector).proposal or 0
    with pytest.raises(Invalid, match="opinion-missing"):
        sign(session, first, seq, bureau.deputy_head, agreed=False)
    sign(session, first, seq, bureau.deputy_head, agreed=False, opinion="证据不足")
    sign(session, first, seq, bureau.bureau_head)
    assert sign(session, first, seq, bureau.station_head).ended
    seq = do(session, second, "close_by_two", bureau.inspector).proposal or 0
    sign(session, second, seq, bureau.deputy_head, agreed=False, opinion="证据不足")
    sign(session, second, seq, bureau.bureau_head, agreed=False, opinion="同上")
    assert views.available_actions(session, second, [], now=MONDAY)["proposals"] == []
    assert views.current(session, second, now=MONDAY)["state"] == "working"
    sound(session)


def test_nobody_signs_twice_or_their_own(session: Session, bureau: Bureau) -> None:
    from tests.db.procedures.small_bureau import deputise

    matter = working(session, bureau)
    stand_in = deputise(session, bureau.station_head, bureau.inspector, date(2026, 3, 1), date(2026, 3, 3))
    seq = do(session, matter, "close_by_two", bureau.inspector).proposal or 0
    with pytest.raises(Forbidden, match="own-proposal"):
        sign(session, matter, seq, stand_in)
    other = deputise(session, bureau.deputy_head, bureau.bureau_head, date(2026, 3, 1), date(2026, 3, 3))
    sign(session, matter, seq, bureau.bureau_head)
    with pytest.raises(Refused, match="signed-already"):
        sign(session, matter, seq, other)


def test_a_proposal_lapses_when_the_matter_moves_on(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    seq = do(session, matter, "close_by_chain", bureau.inspector).proposal or 0
    with pytest.raises(Conflict, match="already-proposed"):
        do(session, matter, "close_by_chain", bureau.second_inspector)
    do(session, matter, "close", bureau.inspector)
    with pytest.raises(Conflict, match="proposal-settled"):
        sign(session, matter, seq, bureau.station_head)
    sound(session)


# ------------------------------------------------------------------ upkeep


def test_open_matters_migrate_by_an_event(session: Session, bureau: Bureau) -> None:
    from tests.db.procedures.small_bureau import case_v2

    new, going, ended = report(session, bureau).matter_id, working(session, bureau), working(session, bureau)
    do(session, ended, "close", bureau.inspector)
    due = clocks(session, going)["work"]["due_at"]
    with pytest.raises(NotFound, match="pack-unknown"):
        upkeep.migrate_matters(session, "case", 2, now=MONDAY + DAY)
    versions.install(session, JURISDICTION, [LoadedPack.from_data(case_v2(), "v2")])
    assert upkeep.migrate_matters(session, "case", 2, now=MONDAY + DAY) == [new, going]
    assert upkeep.migrate_matters(session, "case", 2, now=MONDAY + DAY) == []
    assert clocks(session, new)["start"]["state"] == "dropped"
    after = views.current(session, going, now=MONDAY + DAY)
    assert (after["state"], after["pack_version"]) == ("busy", 2)
    found = clocks(session, going)
    assert (found["labour"]["state"], found["labour"]["due_at"]) == ("running", due)
    assert "work" not in found
    do(session, going, "prolong", bureau.station_head, now=MONDAY + DAY)
    do(session, going, "close", bureau.inspector, now=MONDAY + DAY)
    assert session.scalar(select(Event.kind).where(Event.matter_id == going, Event.seq == 3)) == "migrated"
    sound(session)


def test_a_matter_stays_with_its_version_and_new_ones_take_the_new(session: Session, bureau: Bureau) -> None:
    from tests.db.procedures.small_bureau import case_v2

    old = working(session, bureau)
    versions.install(session, JURISDICTION, [LoadedPack.from_data(case_v2(), "v2")])
    april = MONDAY + 40 * DAY
    assert report(session, bureau, now=MONDAY).state == "new"
    newer = working(session, bureau, now=april)
    assert views.current(session, old, now=april)["state"] == "working"
    assert views.current(session, newer, now=april)["state"] == "busy"


def test_a_new_notice_recomputes_open_deadlines_by_an_event(session: Session, bureau: Bureau) -> None:
    matter, same = report(session, bureau).matter_id, working(session, bureau)
    do(session, same, "tell_permit", bureau.inspector, {"permit": False})
    old = default_calendar()
    newer = old.with_notice(2026, [*old.notices[2026], NoticeDay(date(2026, 3, 5), "春节", True)])
    before = clocks(session, matter)["start"]["due_at"]
    assert upkeep.recompute_deadlines(session, newer, now=MONDAY + DAY) == [matter]
    start = clocks(session, matter)["start"]
    assert (start["due_at"], start["calendar"]) == (before + DAY, newer.version)
    assert store.events_of(session, JURISDICTION, matter)[-1].kind == "recomputed"
    assert len(store.events_of(session, JURISDICTION, same)) == 3
    sound(session)


# ------------------------------------------------------------------ reads


def test_available_actions_name_what_is_missing(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    shown = views.available_actions(session, matter, [bureau.inspector], now=MONDAY)
    actions = {a["action"]: a for a in shown["actions"]}
    assert shown["version"] == 2
    assert actions["close"]["allowed"]
    assert actions["guarded"]["reasons"][0]["code"] == "facts-missing"
    assert actions["hold"]["reasons"][0]["code"] == "post-not-allowed"
    assert "report" not in actions
    assert "free" not in actions
    assert actions["tell_permit"]["schema"]["properties"]["permit"]["type"] == "boolean"


def test_every_action_shown_as_allowed_is_accepted(session: Session, bureau: Bureau) -> None:
    forms = {"invite": {"on": "2026-05-01"}}
    matter = working(session, bureau)
    shown = views.available_actions(session, matter, [bureau.inspector], now=MONDAY)["actions"]
    for action in (a["action"] for a in shown if a["allowed"] and not a["photos"]):
        one = working(session, bureau)
        do(session, one, action, bureau.inspector, forms.get(action, {}))
    sound(session)


def test_the_queue_is_ordered_by_clock_and_pages_without_gaps(session: Session, bureau: Bureau) -> None:
    made = [
        report(session, bureau, now=MONDAY + i * DAY, lon=114.0 + i, lat=30.0).matter_id for i in range(5)
    ]
    ended = [working(session, bureau) for _ in range(2)]
    for each in ended:
        do(session, each, "close", bureau.inspector)
    now = MONDAY + 6 * DAY
    for wanted, all_of_them in ((Filter(), made), (Filter(ended=None), [*made, *ended])):
        found, after = [], None
        while True:
            page, after = queue(session, wanted, after=after, limit=2, now=now)
            found += [row["id"] for row in page]
            if after is None:
                break
        assert found == all_of_them
    box = Filter(bbox=(114.5, 29.0, 116.5, 31.0))
    assert [row["id"] for row in queue(session, box, now=now)[0]] == made[1:3]
    late = MONDAY + 9 * DAY
    counted = {
        one.state: (one.count, one.overdue) for one in count_by_state(session, Filter(ended=None), now=late)
    }
    assert counted == {"new": (5, 2), "closed": (2, 0)}
    assert [r["id"] for r in queue(session, Filter(overdue=True), now=late)[0]] == made[:2]


def test_the_history_tells_every_step(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "send", bureau.dispatcher)
    own = views.history(session, matter)
    assert [e["action"] for e in own] == ["report", "begin", "send"]
    assert [e["action"] for e in views.history(session, matter, family=True)] == [
        "report",
        "begin",
        "send",
        "order",
    ]
    assert own[0]["form"]["what"] == "无照经营"
