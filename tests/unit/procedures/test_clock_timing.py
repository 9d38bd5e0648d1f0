"""Clocks of packs over the calendar: when they are due, how they stand, and the reasons given."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.errors import Invalid, NotFound, Refused
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Clock, Pack
from gridsup.procedures.timing import Granted, applies, grant, limit_of, read, runs

CHINA = ZoneInfo("Asia/Shanghai")
REFERRAL = load_packs().get("referral", 1)
CASE = load_packs().get("penalty_case", 1)
UNLICENSED = load_packs().get("unlicensed_operation", 2)
EVIDENCE = load_packs().get("evidence_preservation", 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "n1", "n2"),
    [  # domain §2.3: 5 and 10 working days over real holiday notices
        ("2026-02-10T09:00", "2026-02-24", "2026-03-02"),
        ("2026-04-30T23:59", "2026-05-11", "2026-05-18"),
        ("2026-09-24T00:00", "2026-10-09", "2026-10-15"),
        ("2026-09-30T12:00", "2026-10-13", "2026-10-20"),
    ],
)
def test_referral_clocks_count_working_days_and_end_at_midnight(start: str, n1: str, n2: str) -> None:
    for clock, due in (("p9_n1", n1), ("p9_n2", n2)):
        reading = read(REFERRAL, clock, at(start))
        assert reading.due_at == at(due) + timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "due"),
    [("2026-02-10", "2026-05-11"), ("2026-04-30", "2026-07-29"), ("2026-09-30", "2026-12-29")],
)
def test_a_case_is_decided_within_ninety_days_rolled_off_a_holiday(start: str, due: str) -> None:
    assert read(CASE, "decision", at(start)).due_at == at(due) + timedelta(days=1)


def test_testing_and_hearing_are_subtracted_as_a_union() -> None:
    plain = read(CASE, "decision", at("2026-03-02"))
    spans = {
        "testing": [(at("2026-03-10"), at("2026-03-19"))],
        "hearing": [(at("2026-03-15"), at("2026-03-24"))],
        "unrelated": [(at("2026-03-01"), at("2026-05-01"))],
    }
    reading = read(CASE, "decision", at("2026-03-02"), intervals=spans)
    assert plain.due_at == at("2026-06-02")  # 31 May is a Sunday: over at 24:00 of Monday 1 June
    assert reading.due_at is not None
    assert reading.due_at.date() == date(2026, 6, 16)  # fifteen days left out: 24:00 of 15 June
    assert len(reading.explanation["period"]["paused"]) == 15


def test_an_open_interval_pauses_the_clock() -> None:
    spans = {"suspension": [(at("2026-03-10"), None)]}
    reading = read(CASE, "decision", at("2026-03-02"), intervals=spans, as_of=at("2026-12-01"))
    assert (reading.paused, reading.due_at, reading.warn_at) == (True, None, None)
    assert reading.state(at("2026-12-01")) == "paused"
    assert "暂停" in reading.explanation["lines"]["zh"][-1]


def test_an_interval_that_closed_before_the_start_takes_nothing_away() -> None:
    spans = {"suspension": [(at("2026-01-10"), at("2026-02-10"))]}
    bare, with_span = (read(CASE, "decision", at("2026-03-02"), intervals=each) for each in ({}, spans))
    assert bare.due_at == with_span.due_at


def test_extensions_count_on_from_the_unrolled_limit() -> None:
    granted = [Granted(30, "D", "head"), Granted(20, "D", "collective")]
    reading = read(CASE, "decision", at("2026-03-02"), extensions=granted)
    assert reading.due_at == at("2026-07-21")  # 2 March + 140 days = 20 July, a Monday
    assert reading.explanation["granted"][1] == {"n": 20, "unit": "D", "by": "collective"}


def test_a_cap_cuts_extensions() -> None:
    capped = read(UNLICENSED, "guide_term", at("2026-03-02"), extensions=[Granted(80, "D", "station_head")])
    assert (
        capped.due_at
        == read(
            UNLICENSED, "guide_term", at("2026-03-02"), extensions=[Granted(60, "D", "station_head")]
        ).due_at
    )


def test_hours_run_from_the_instant_and_never_roll() -> None:
    reading = read(EVIDENCE, "urgent_approval", at("2026-10-01T22:30"))
    assert reading.due_at == at("2026-10-02T22:30")


def test_a_backward_clock_is_due_before_its_start() -> None:
    reading = read(CASE, "hearing_notice", at("2026-10-12"))
    assert reading.due_at is not None
    assert reading.due_at < at("2026-10-01")
    assert reading.warn_at is not None
    assert reading.warn_at < reading.due_at


def test_the_rule_row_of_the_start_s_day_counts() -> None:
    clock = EVIDENCE.clocks["disposal"]
    assert limit_of(clock, at("2021-07-14")).amount.unit == "D"
    assert limit_of(clock, at("2021-07-15")).amount.unit == "WD"
    with pytest.raises(NotFound, match="rule-not-in-force"):
        limit_of(CASE.clocks["decision"], at("2021-07-14"))


def test_a_rule_by_the_day_of_the_act_needs_that_day() -> None:
    disposal = EVIDENCE.clocks["disposal"]
    by_act = disposal.model_copy(update={"limit": disposal.limit.model_copy(update={"by": "act"})})
    with pytest.raises(Invalid, match="rule-date-missing"):
        limit_of(by_act, at("2026-01-05"))
    assert limit_of(by_act, at("2026-01-05"), dates={"act": date(2020, 1, 1)}).amount.unit == "D"


def test_it_warns_before_it_is_late_and_late_begins_at_the_due_instant() -> None:
    reading = read(REFERRAL, "p9_n2", at("2026-03-02"))
    assert reading.due_at is not None
    assert reading.warn_at is not None
    second = timedelta(seconds=1)
    assert reading.state(reading.warn_at - second) == "running"
    assert reading.state(reading.warn_at) == "warned"
    assert reading.state(reading.due_at - second) == "warned"
    assert reading.state(reading.due_at) == "overdue"
    assert reading.state(reading.due_at, stopped_at=reading.due_at) == "stopped"


def test_the_explanation_names_rule_table_calendar_start_and_skipped_days() -> None:
    explanation = read(REFERRAL, "p9_n2", at("2026-09-24")).explanation
    assert explanation["rule"] | {"source": ""} == {
        "table": "clocks_p9",
        "version": 1,
        "row": "P9-N2",
        "effective_from": None,
        "effective_to": None,
        "source": "",
        "verified": True,
    }
    assert explanation["start_event"]["milestone"] == "referral_received"
    assert explanation["unit"] == "WD"
    assert explanation["period"]["calendar"].startswith("cn-2026-")
    skipped = {each["date"]: each["reason"] for each in explanation["period"]["skipped"]}
    assert skipped["2026-10-01"] == "国庆节"
    assert "P9-N2" in explanation["lines"]["zh"][0]
    assert "P9-N2" in explanation["lines"]["en"][0]


def test_a_limit_says_whose_it_is() -> None:
    """A default of ours, one that was not checked against its text, and the law's: each says so, once."""

    def told(pack: Pack, clock: str) -> tuple[list[bool], list[bool]]:
        lines = read(pack, clock, at("2026-03-02")).explanation["lines"]
        zh = [any(words in line for line in lines["zh"]) for words in ("默认值，待本局设定", "未经核对原文")]
        en = [any(words in line for line in lines["en"]) for words in ("a default until", "was not checked")]
        return zh, en

    money = load_packs().latest("penalty_execution")
    assert told(UNLICENSED, "first_recheck") == ([True, False], [True, False])
    assert told(money, "contest_term") == ([False, True], [False, True])
    assert told(REFERRAL, "p9_n2") == ([False, False], [False, False])


def test_a_year_without_a_notice_is_provisional() -> None:
    assert read(REFERRAL, "p9_n2", at("2028-03-01")).provisional
    assert not read(REFERRAL, "p9_n2", at("2026-03-02")).provisional


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"permit_required": True, "permit_status": "none", "source": "patrol"}, True),
        ({"permit_required": False}, False),
        ({"permit_required": True, "permit_status": "valid"}, False),
        ({"source": "referral"}, False),
    ],
)
def test_the_notice_clock_concerns_only_those_who_may_lack_a_permit(
    facts: dict[str, Any], expected: bool
) -> None:
    assert applies(UNLICENSED.clocks["p9_n1"], facts) is expected


LOOP = Clock.model_validate(
    {
        "title": {"zh": "x", "en": "x"},
        "start": "begin",
        "stop": ["halt", "begin_again"],
        "limit": {"n": 5, "unit": "WD"},
        "owner": "dispatcher",
    }
)
T = [at("2026-03-02") + timedelta(days=n) for n in range(6)]


def test_repeating_the_start_buys_no_time_and_a_stop_allows_a_new_run() -> None:
    found = runs(LOOP, [("begin", T[0]), ("begin", T[1]), ("halt", T[2]), ("halt", T[3]), ("begin", T[4])])
    assert [(run.started_at, run.stopped_at) for run in found] == [(T[0], T[2]), (T[4], None)]


@given(st.lists(st.sampled_from(["begin", "halt", "other"]), max_size=12))
def test_runs_never_overlap_and_only_the_last_may_be_open(marks: list[str]) -> None:
    found = runs(LOOP, [(mark, T[0] + timedelta(hours=n)) for n, mark in enumerate(marks)])
    assert all(run.stopped_at is not None for run in found[:-1])
    ends = [run.stopped_at for run in found if run.stopped_at]
    starts = [run.started_at for run in found]
    assert all(start < end for start, end in zip(starts, ends, strict=False))
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    open_at_end = "begin" in marks and "halt" not in marks[len(marks) - marks[::-1].index("begin") :]
    assert (bool(found) and found[-1].stopped_at is None) == open_at_end


def test_each_extension_is_granted_by_its_own_approval_and_once() -> None:
    first = grant(CASE, "decision", by=["head"])
    assert first == Granted(30, "D", "head")
    with pytest.raises(Refused, match="extension-used-up"):
        grant(CASE, "decision", by=["head"], earlier=[first])
    assert grant(CASE, "decision", by=["collective"], earlier=[first], term=45) == Granted(
        45, "D", "collective"
    )
    with pytest.raises(Refused, match="extension-none"):
        grant(CASE, "decision", by=["dispatcher"])


@pytest.mark.parametrize("term", [None, 0, -3])
def test_a_fixed_term_must_be_stated(term: int | None) -> None:
    with pytest.raises(Invalid, match="extension-term"):
        grant(CASE, "decision", by=["collective"], term=term)
