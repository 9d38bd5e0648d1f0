"""What a bureau sets itself, a new holiday notice, and warnings: on the shipped packs, through the door."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI, NoticeDay, default_calendar
from gridsup.errors import Conflict, Invalid, NotFound, Refused
from gridsup.procedures import limits, links, notices, upkeep, views, warnings
from gridsup.procedures.acting import Acting
from gridsup.procedures.bureau import loosens
from gridsup.procedures.engine import Header, open_matter
from gridsup.procedures.model import ClockWarning, Event
from gridsup.procedures.pack import RuleRow
from gridsup.procedures.proof import differences, verify
from gridsup.procedures.rules import load_tables
from gridsup.wiring import wire
from tests.factories import Bureau, bureau, business

THURSDAY = datetime(2026, 3, 5, 9, 0, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
PERMIT = {"source": "patrol", "permit_required": True, "permit_status": "none"}


@pytest.fixture
def made(session: Session) -> Bureau:
    wire()
    return bureau(session)


def find(session: Session, made: Bureau, at: datetime) -> int:
    """A finding of an operator that needs a permit and has none."""
    acting = Acting(made.officers["inspector"], "inspector")
    shop = business(session, made)
    header = Header(title="小吃店", station_id=made.station_id, subject_kind="business", subject_id=shop)
    key = f"found-{at.isoformat()}"
    return open_matter(session, "unlicensed_operation", acting, header, PERMIT, key=key, now=at).matter_id


def clock(session: Session, matter: int, name: str, now: datetime) -> dict[str, Any]:
    return {row["clock"]: row for row in views.deadlines(session, matter, now=now)}[name]


def draft(n: int, unit: str = "WD", **more: Any) -> limits.Draft:
    plain = {"warn_share": 0.8, "warn_days": None, "content": "", "requirement": "", "expected": 0}
    return limits.Draft(**{**plain, "n": n, "unit": unit, "reason": "本局规定", **more})


def put(
    session: Session, made: Bureau, table: str, row: str, wanted: limits.Draft, now: datetime = THURSDAY
) -> Any:
    return limits.set_limit(session, table, row, wanted, officer_id=made.officers["legal"], now=now)


def test_a_setting_holds_for_what_begins_later_and_old_matters_keep_theirs(
    session: Session, made: Bureau
) -> None:
    old = find(session, made, THURSDAY)
    before = clock(session, old, "capture_term", THURSDAY)
    assert "原文未规定，此为默认值，待本局设定" in before["explanation"]["lines"]["zh"]
    first = put(
        session, made, "clocks_p10", "P10-L3", draft(4, content="录入", requirement="当场拍照", warn_days=2)
    )
    assert (first.version, first.effective_from) == (1, date(2026, 3, 6))
    new = find(session, made, THURSDAY + DAY)
    row = clock(session, new, "capture_term", THURSDAY + DAY)
    assert row["due_at"] == datetime(2026, 3, 13, tzinfo=SHANGHAI)  # Friday + 4 working days
    assert row["explanation"]["rule"]["own"]["version"] == 1
    assert any("本局设定（第1版" in line for line in row["explanation"]["lines"]["zh"])
    assert {"kind": "days", "at": "2026-03-11T00:00:00+08:00"} in row["explanation"]["warnings"]
    put(session, made, "clocks_p10", "P10-L3", draft(1, expected=1), now=THURSDAY + DAY)
    assert upkeep.recompute_deadlines(session, default_calendar().with_notices({}), now=THURSDAY + DAY) == []
    assert clock(session, old, "capture_term", THURSDAY + DAY)["due_at"] == before["due_at"]
    assert clock(session, new, "capture_term", THURSDAY + DAY)["due_at"] == row["due_at"]
    newest = find(session, made, THURSDAY + 4 * DAY)
    assert clock(session, newest, "capture_term", THURSDAY + 4 * DAY)["due_at"] == datetime(
        2026, 3, 11, tzinfo=SHANGHAI
    )


def test_what_may_not_be_set_is_refused_by_name(session: Session, made: Bureau) -> None:
    with pytest.raises(NotFound, match="rule-row-unknown"):
        put(session, made, "ceilings_simple_fine", "simple_fine", draft(5))
    for wrong in (
        draft(0),
        draft(-3),
        draft(5, "X"),
        draft(5, warn_share=0),
        draft(5, warn_days=0),
        draft(5, warn_days=5),
        draft(48, "H", warn_days=2),
        draft(1, "M", warn_days=28),
        draft(5, reason=" "),
        draft(5, effective_from=date(2026, 3, 5)),
        draft(9999, "D"),
        draft(5, content="长" * 1001),
    ):
        with pytest.raises(Invalid, match="limit-invalid"):
            put(session, made, "clocks_p10", "P10-L3", wrong)
    for table, row, loose in (
        ("clocks_p9", "P9-N1", draft(6)),
        ("clocks_p9", "P9-N1", draft(5, "M")),
        ("clocks_proc", "PROC-64", draft(91, "D")),
        ("clocks_proc", "PROC-64", draft(60, "WD")),
        ("clocks_proc", "PROC-57", draft(4)),
        ("clocks_proc", "APL-67", draft(20, "D")),
        ("clocks_proc", "APL-64-NOTICE", draft(-6)),
    ):
        with pytest.raises(Refused, match="limit-loosens-law"):
            put(session, made, table, row, loose)
    for table, row, tight in (
        ("clocks_p9", "P9-N1", draft(3)),
        ("clocks_proc", "PROC-64", draft(60, "D")),
        ("clocks_proc", "PROC-18", draft(15, "D")),
        ("clocks_proc", "APL-64-NOTICE", draft(-9)),
        ("clocks_proc", "APL-67", draft(15, "D", warn_days=5)),
    ):
        assert put(session, made, table, row, tight).version == 1
    with pytest.raises(Conflict, match="limit-changed"):
        put(session, made, "clocks_p9", "P9-N1", draft(4))


BOUNDS = st.sampled_from(["open", "at_most", "at_least", "fixed"])


@given(
    BOUNDS,
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from(["D", "WD"]),
    st.sampled_from(["D", "WD", "M"]),
)
def test_the_law_is_only_ever_tightened(bound: str, law: int, own: int, unit: str, other: str) -> None:
    """What is let through ends no later than the law, from whatever day; a lead time no later either."""
    from gridsup.calendars import deadline

    sign = -1 if bound == "at_least" else 1
    row = RuleRow(id="x", value={"n": sign * law, "unit": unit}, source="s", bound=bound)
    if bound == "open" or loosens(row, sign * own, other):
        return
    for start in (date(2026, 2, 10), date(2026, 4, 30), date(2026, 9, 24), date(2026, 3, 7)):
        assert deadline(start, f"{sign * own}{other}").due <= deadline(start, f"{sign * law}{unit}").due


def test_every_link_says_whose_its_limit_is(session: Session, made: Bureau) -> None:
    put(session, made, "clocks_p10", "P10-L3", draft(4), now=THURSDAY - 2 * DAY)
    found = {one.row.id: one for one in links.links(session, made.jurisdiction_id, date(2026, 3, 5))}
    assert (found["P10-L3"].mark, found["P10-L4"].mark) == ("bureau", "default")
    assert (found["P9-N1"].mark, found["APL-CONTEST"].mark) == ("law", "unverified")
    assert {use.clock for use in found["P9-N1"].uses} == {"p9_n1"}
    rows = {row.id for table in load_tables() if table.kind == "clock" for row in table.rows}
    assert set(found) == rows


# ------------------------------------------------------------------ a new holiday notice

EXTRA = NoticeDay(date(2026, 3, 10), "临时放假", True)


def notice(*more: NoticeDay) -> notices.Notice:
    return notices.Notice(2026, (*default_calendar().notices[2026], *more), "国办发明电〔2026〕1号")


def test_a_notice_shows_what_it_moves_then_moves_it_once(session: Session, made: Bureau) -> None:
    matter = find(session, made, THURSDAY)
    done = find(session, made, THURSDAY - 30 * DAY)
    before = {row["clock"]: row["due_at"] for row in views.deadlines(session, matter, now=THURSDAY)}
    shown = notices.preview(session, notice(EXTRA), now=THURSDAY)
    moved = {one.clock: (one.before, one.after) for one in shown.moved if one.matter_id == matter}
    assert moved == {"p9_n1": (before["p9_n1"], before["p9_n1"] + DAY)}  # two working days end before it
    assert [e.kind for e in session.scalars(select(Event).where(Event.matter_id == matter))] == ["act"]
    kept, changed = notices.enter(
        session, notice(EXTRA), officer_id=made.officers["legal"], expected=shown.calendar, now=THURSDAY
    )
    assert changed == [matter]
    assert kept.calendar == shown.calendar
    row = clock(session, matter, "p9_n1", THURSDAY)
    assert (row["due_at"], row["calendar"]) == (before["p9_n1"] + DAY, shown.calendar)
    assert [e.kind for e in session.scalars(select(Event).where(Event.matter_id == done))] == ["act"]
    again = notices.enter(session, notice(EXTRA), officer_id=None, now=THURSDAY)
    assert (again[1], again[0].moved) == ([], [])
    later = find(session, made, THURSDAY + DAY)  # what begins now counts by it too
    assert clock(session, later, "capture_term", THURSDAY + DAY)["due_at"] == datetime(
        2026, 3, 12, tzinfo=SHANGHAI
    )
    assert list(verify(session, [matter])) == []
    assert list(differences(session, [matter])) == []


def test_a_notice_with_a_gap_is_refused(session: Session, made: Bureau) -> None:
    days = default_calendar().notices[2026]
    for wrong in (
        notices.Notice(2026, days[1:], "国办"),  # New Year's Day is missing
        notices.Notice(2026, (*days, days[0]), "国办"),
        notices.Notice(2026, days, ""),
        notices.Notice(2026, (*days, NoticeDay(date(2028, 1, 1), "元旦", True)), "国办"),
        notices.Notice(1999, days, "国办"),
    ):
        with pytest.raises(Invalid, match="notice-invalid"):
            notices.preview(session, wrong, now=THURSDAY)
    with pytest.raises(Conflict, match="calendar-changed"):
        notices.enter(session, notice(EXTRA), officer_id=None, expected="cn-2026-other", now=THURSDAY)


# ------------------------------------------------------------------ warnings


def test_a_warning_is_announced_once_at_each_instant(session: Session, made: Bureau) -> None:
    matter = find(session, made, THURSDAY)

    def kinds() -> set[tuple[str, str]]:
        rows = session.scalars(select(ClockWarning).where(ClockWarning.matter_id == matter))
        return {(one.clock, one.kind) for one in rows}

    row = clock(session, matter, "p9_n1", THURSDAY)
    share, last = (datetime.fromisoformat(each["at"]) for each in row["explanation"]["warnings"])
    assert share == THURSDAY + 0.8 * (row["due_at"] - THURSDAY)
    assert last == row["due_at"] - DAY
    assert warnings.announce(session, now=THURSDAY) == 0
    assert warnings.announce(session, now=share - timedelta(seconds=1)) == 1  # the shorter clock
    assert ("p9_n1", "share") not in kinds()
    assert warnings.announce(session, now=share) == 1
    assert warnings.announce(session, now=share) == 0
    assert ("p9_n1", "share") in kinds()
    assert ("p9_n1", "over") not in kinds()
    assert warnings.announce(session, now=row["due_at"]) == 1
    assert {("p9_n1", "share"), ("p9_n1", "days"), ("p9_n1", "over"), ("capture_term", "over")} <= kinds()
    told = session.execute(
        warnings.announced(made.jurisdiction_id, THURSDAY, ["dispatcher"], None, 10)
    ).mappings()
    assert [(one["clock"], one["kind"]) for one in told] == [("p9_n1", "over")]
    elsewhere = warnings.announced(
        made.jurisdiction_id, THURSDAY, ["dispatcher"], [made.station_id + 999], 10
    )
    assert session.execute(elsewhere).all() == []
