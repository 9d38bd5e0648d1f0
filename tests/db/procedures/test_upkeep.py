"""What changes under open matters (versions, holidays), and how matters are read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars import NoticeDay, default_calendar
from gridsup.errors import NotFound
from gridsup.procedures import store, upkeep, versions, views
from gridsup.procedures.loader import LoadedPack
from gridsup.procedures.model import Event
from gridsup.procedures.queries import Filter, count_by_state, queue
from tests.db.procedures.checks import clocks, sound
from tests.db.procedures.small_bureau import (
    JURISDICTION,
    MONDAY,
    Bureau,
    do,
    report,
    working,
)
from tests.db.procedures.small_pack import case_v2

DAY = timedelta(days=1)


# ------------------------------------------------------------------ upkeep


def test_open_matters_migrate_by_an_event(session: Session, bureau: Bureau) -> None:
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
