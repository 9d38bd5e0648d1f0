# ruff: noqa: DTZ001 (naive times are meant: they are read as Asia/Shanghai)
"""Periods and deadlines, against the vectors of the law and a plain reference implementation."""

from __future__ import annotations

import calendar as gregorian
import csv
import json
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridsup.calendars import (
    SHANGHAI,
    Amount,
    Interval,
    NoticeDay,
    add_months,
    days_used,
    deadline,
    default_calendar,
    extend,
    period,
    quarter_end,
    recompute,
)
from gridsup.errors import Invalid

ONE = timedelta(days=1)
VECTORS = {
    "2026-02-10": "02-24 02-26 03-02 03-09 03-12 05-11",
    "2026-04-30": "05-11 05-13 05-18 05-25 06-01 07-29",
    "2026-09-24": "10-09 10-12 10-15 10-22 10-26 12-23",
    "2026-09-30": "10-13 10-15 10-20 10-27 10-30 12-29",
}
SPECS = ["5WD", "7WD", "10WD", "15WD", "30D", "90D"]


@pytest.mark.parametrize(
    ("start", "spec", "due"),
    [
        (start, spec, f"2026-{due}")
        for start, row in VECTORS.items()
        for spec, due in zip(SPECS, row.split(), strict=True)
    ],
)
def test_vectors_of_2026(start: str, spec: str, due: str) -> None:
    found = period(date.fromisoformat(start), spec)
    assert found.due == date.fromisoformat(due)
    assert not found.provisional


# --- reference: the rules once more, from the raw table, by listing days -----------------------------


def _table() -> dict[date, bool]:
    text = (resources.files("gridsup.calendars") / "data" / "cn_holidays_2007_2026.csv").read_text("utf-8")
    return {
        date.fromisoformat(r["date"]): r["is_off_day"] == "True" for r in csv.DictReader(text.splitlines())
    }


OFF = _table()


def worked(day: date) -> bool:
    return not OFF[day] if day in OFF else day.isoweekday() <= 5


def reference(start: date, n: int, unit: str, out: set[date], roll: str) -> date:
    sign = 1 if n >= 0 else -1
    if unit in ("M", "Y"):
        months = start.year * 12 + start.month - 1 + n * (12 if unit == "Y" else 1)
        year, month = divmod(months, 12)
        last = gregorian.monthrange(year, month + 1)[1]
        n = (date(year, month + 1, min(start.day, last)) - start).days
    days = (start + sign * k * ONE for k in range(1, 4000))
    counted = (d for d in days if d not in out and (unit != "WD" or worked(d)))
    due = next(islice(counted, abs(n) - 1, None)) if n else start
    if roll == "next" or unit == "WD":
        while not worked(due):
            due += sign * ONE
            while due in out:
                due += sign * ONE
    return due


STARTS = st.dates(date(2012, 1, 1), date(2020, 1, 1))


@st.composite
def spans(draw: st.DrawFn) -> list[Interval]:
    base = draw(STARTS)
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begin = base + draw(st.integers(-40, 120)) * ONE
        found.append(Interval(begin, begin + draw(st.integers(0, 30)) * ONE))
    return found


@settings(max_examples=1000)
@given(
    start=STARTS,
    n=st.integers(-60, 120),
    unit=st.sampled_from(["D", "WD", "M", "Y"]),
    excluded=spans(),
    shift=st.booleans(),
    roll=st.sampled_from(["next", "none"]),
)
def test_periods_agree_with_the_reference(
    start: date, n: int, unit: str, excluded: list[Interval], shift: bool, roll: str
) -> None:
    if unit in ("M", "Y"):
        n = n // 20 if unit == "Y" else n // 4
        n = max(-4, min(n, 5)) if unit == "Y" else n
    if shift and excluded:  # bring the spans near the start, so that most cases meet them
        move = start - excluded[0].begin  # type: ignore[operator]
        excluded = [Interval(i.begin + move, i.end + move) for i in excluded]  # type: ignore[operator]
    out = {
        d.begin + k * ONE  # type: ignore[misc]
        for d in excluded
        for k in range((d.end - d.begin).days + 1)  # type: ignore[operator]
    }
    found = period(start, f"{n}{unit}", roll=roll, exclude=excluded)  # type: ignore[arg-type]
    assert found.due == reference(start, n, unit, out, roll)
    assert found.due_at == datetime.combine(found.due + ONE, datetime.min.time(), SHANGHAI)
    assert not {day for day, _ in found.skipped} & set(found.paused)
    assert set(found.paused) <= out
    assert not any(worked(day) for day, _ in found.skipped)
    if unit == "WD" or (roll == "next" and n):
        assert worked(found.due)  # type: ignore[arg-type]
    if unit == "WD" and n > 0:
        used = days_used(start, found.due, unit="WD", exclude=excluded)
        assert used == n
    if unit == "D" and n > 0 and roll == "none":
        assert days_used(start, found.due, exclude=excluded) == n


@settings(max_examples=500)
@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2021, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    hours=st.integers(-200, 200),
    raw=st.lists(st.tuples(st.integers(-300, 300), st.integers(0, 100)), max_size=4),
)
def test_hours_leave_out_the_union_of_the_spans(
    start: datetime, hours: int, raw: list[tuple[int, int]]
) -> None:
    start = start.replace(minute=0, second=0)
    excluded = [Interval(start + timedelta(hours=a), start + timedelta(hours=a + b)) for a, b in raw]
    blocked = {h for a, b in raw for h in range(a, a + b)}
    sign, position, left = (1 if hours >= 0 else -1), 0, abs(hours)
    while left:  # hour by hour: block h is [h, h+1)
        left -= (position if sign > 0 else position - 1) not in blocked
        position += sign
    found = period(start, f"{hours}H", exclude=excluded)
    assert found.due == (start + timedelta(hours=position)).replace(tzinfo=SHANGHAI)
    assert found.due_at == found.due


# --- the rules one by one ---------------------------------------------------------------------------


def test_last_day_on_a_holiday_rolls_on_and_says_from_where_and_why() -> None:
    found = period(date(2026, 9, 4), "30D")
    assert found.rolled_from == date(2026, 10, 4)
    assert found.due == date(2026, 10, 8)
    assert [(day.day, why.zh) for day, why in found.skipped] == [(n, "国庆节") for n in range(4, 8)]
    assert "顺延至2026-10-08" in found.steps[-2].zh


def test_a_limit_on_coercive_power_does_not_roll() -> None:
    found = period(date(2026, 9, 4), "30D", roll="none")
    assert (found.due, found.rolled_from, found.skipped) == (date(2026, 10, 4), None, ())


def test_statutory_only_rolls_over_festival_days_but_not_over_moved_rest_days() -> None:
    assert period(date(2026, 9, 2), "30D", roll_on="statutory_only").due == date(2026, 10, 4)
    assert period(date(2026, 9, 4), "30D", roll_on="statutory_only").due == date(2026, 10, 4)


def test_last_day_on_a_makeup_saturday_stays() -> None:
    assert period(date(2026, 1, 15), "30D").due == date(2026, 2, 14)


def test_backward_counts_before_the_hearing_and_rolls_to_the_earlier_day() -> None:
    assert period(date(2026, 10, 9), "-7WD").due == date(2026, 9, 22)
    rolled = period(date(2026, 10, 13), "-10D")
    assert (rolled.rolled_from, rolled.due) == (date(2026, 10, 3), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("start", "spec", "due"),
    [
        ("2026-01-31", "1M", "2026-02-28"),
        ("2024-01-31", "1M", "2024-02-29"),
        ("2024-02-29", "1Y", "2025-02-28"),
        ("2026-03-31", "-1M", "2026-02-28"),
        ("2026-11-15", "3M", "2027-02-15"),
        ("2024-02-29", "2Y", "2026-02-28"),
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_months_last(
    start: str, spec: str, due: str
) -> None:
    assert period(date.fromisoformat(start), spec, roll="none").due == date.fromisoformat(due)


def test_add_months_is_the_corresponding_day() -> None:
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2026, 1, 1), -1) == date(2025, 12, 1)


def test_hours_run_from_the_instant_over_weekends() -> None:
    found = period(datetime(2026, 2, 14, 9, 30), "24H")
    assert found.due == datetime(2026, 2, 15, 9, 30, tzinfo=SHANGHAI)


def test_a_utc_instant_counts_from_its_day_in_shanghai() -> None:
    assert period(datetime(2026, 3, 1, 18, 0, tzinfo=UTC), "1D").start == date(2026, 3, 2)
    assert period(datetime(2026, 3, 1, 18, 0, tzinfo=UTC), "1H").due == datetime(
        2026, 3, 2, 3, tzinfo=SHANGHAI
    )


def test_overlapping_spans_are_left_out_once() -> None:
    hearing = Interval(date(2026, 3, 2), date(2026, 3, 6), "听证", "hearing")
    testing = Interval(date(2026, 3, 4), date(2026, 3, 10), "检验检测", "testing")
    found = period(date(2026, 3, 1), "90D", exclude=[hearing, testing], roll="none")
    assert len(found.paused) == 9
    assert found.due == date(2026, 3, 1) + 99 * ONE
    assert "听证、检验检测" in found.steps[1].zh


def test_open_span_needs_a_day_and_keeps_the_period_running() -> None:
    testing = Interval(date(2026, 3, 4), None, "检验检测", "testing")
    with pytest.raises(Invalid) as refusal:
        period(date(2026, 3, 1), "10D", exclude=[testing])
    assert refusal.value.code == "interval-open"
    assert "检验检测" in refusal.value.text("zh")
    found = period(date(2026, 3, 1), "10D", exclude=[testing], as_of=date(2026, 3, 8), roll="none")
    assert (found.due, found.running) == (date(2026, 3, 16), True)


def test_reversed_span_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        Interval(date(2026, 3, 4), date(2026, 3, 3))
    assert refusal.value.code == "interval-reversed"
    assert "2026-03-04" in refusal.value.text("en")


def test_extension_counts_on_from_the_original_limit_not_from_the_rolled_day() -> None:
    plain = period(date(2026, 7, 5), "90D")
    assert (plain.rolled_from, plain.due) == (date(2026, 10, 3), date(2026, 10, 8))
    longer = extend(plain, "30D")
    assert longer.due == date(2026, 11, 2)  # 5 July + 120 days
    assert longer == deadline(date(2026, 7, 5), "90D", extensions=["30D"])
    assert extend(longer, "10D").extensions == (Amount(30, "D"), Amount(10, "D"))
    assert "2026-10-03" in longer.steps[1].zh


def test_month_extensions_are_added_up_before_they_are_counted() -> None:
    found = deadline(date(2026, 1, 31), "1M", extensions=["1M", "1Y"], roll="none")
    assert found.due == date(2027, 3, 31)


def test_extension_in_another_unit_counts_on() -> None:
    found = deadline(date(2026, 2, 10), "15WD", extensions=["10D"], roll="none")
    assert found.due == date(2026, 3, 19)


def test_cap_holds_limit_and_extensions_and_is_explained() -> None:
    found = deadline(date(2026, 3, 2), "30D", extensions=["45D"], cap="60D")
    assert (found.due, found.capped) == (date(2026, 5, 6), True)  # 1 May rolls over Labour Day
    assert any("上限" in step.zh for step in found.steps)
    loose = deadline(date(2026, 3, 2), "30D", extensions=["20D"], cap="60D")
    assert not loose.capped
    by_date = deadline(date(2026, 3, 2), "30WD", cap=date(2026, 3, 20))
    assert (by_date.due, by_date.capped) == (date(2026, 3, 20), True)
    assert all(day <= date(2026, 3, 20) for day, _ in by_date.skipped)


def test_hours_extend_and_cap_too() -> None:
    found = deadline(datetime(2026, 3, 2, 8), "24H", extensions=["24H"], cap="40H")
    assert found.due == datetime(2026, 3, 4, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"limit": "24H", "extensions": ["1D"]}, "period-mixed-units"),
        ({"limit": "5D", "cap": "24H"}, "period-mixed-units"),
        ({"limit": "-5D", "extensions": ["1D"]}, "period-backward-extension"),
        ({"limit": "5D", "extensions": ["-1D"]}, "period-backward-extension"),
        ({"limit": "-5D", "cap": date(2026, 1, 1)}, "period-backward-extension"),
    ],
)
def test_limits_that_make_no_sense_are_refused(arguments: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        deadline(date(2026, 3, 2), **arguments)  # type: ignore[arg-type]
    assert refusal.value.code == code


@pytest.mark.parametrize("spec", ["", "5", "WD", "5 W", "1.5D", "5XD", "--5D", "999999D", "20001D", "５WD五"])
def test_unknown_specs_are_refused(spec: str) -> None:
    with pytest.raises(Invalid) as refusal:
        period(date(2026, 3, 2), spec)
    assert refusal.value.code == "period-spec"


@pytest.mark.parametrize("spec", ["20000Y", "20000M", "-20000Y"])
def test_dates_out_of_range_are_refused(spec: str) -> None:
    for start in (date(2026, 3, 2), date(9999, 12, 31), date(1, 1, 1)):
        with pytest.raises(Invalid) as refusal:
            period(start, spec)
        assert refusal.value.code in ("period-out-of-range", "calendar-range")


@pytest.mark.parametrize("spec", ["1D", "1WD", "24H", "0D"])
def test_the_very_last_day_is_refused_not_crashed(spec: str) -> None:
    with pytest.raises(Invalid):
        period(date(9999, 12, 31), spec)


def test_a_new_notice_recomputes_an_open_deadline() -> None:
    open_one = period(date(2027, 1, 28), "7WD")
    assert open_one.provisional
    assert open_one.due == date(2027, 2, 10)  # 5 February (the eve) and 8 February are statutory
    notice = [NoticeDay(date(2027, 2, 5) + n * ONE, "春节", True) for n in range(8)]
    again = recompute(open_one, default_calendar().with_notice(2027, notice))
    assert (again.due, again.provisional) == (date(2027, 2, 16), False)
    assert again.calendar != open_one.calendar


def test_only_days_that_mattered_make_a_period_provisional() -> None:
    assert not period(date(2026, 12, 1), "90D", roll="none").provisional
    assert period(date(2026, 12, 1), "90D").provisional
    assert not period(date(2026, 12, 21), "5WD").provisional


def test_json_says_everything_and_is_plain() -> None:
    data = json.loads(json.dumps(period(date(2026, 2, 10), "5WD").as_json()))
    assert (data["due"], data["due_at"]) == ("2026-02-24", "2026-02-25T00:00:00+08:00")
    assert [item["date"] for item in data["skipped"]] == [f"2026-02-{n}" for n in range(15, 24)]
    assert {item["reason"] for item in data["skipped"]} == {"春节"}
    assert data["calendar"] == default_calendar().version
    assert data["provisional"] is False
    capped = deadline(
        date(2026, 3, 2), "9D", cap=date(2026, 3, 4), exclude=[Interval(date(2026, 3, 3), date(2026, 3, 3))]
    ).as_json()
    assert (capped["cap"], capped["exclude"][0]["end"]) == ("2026-03-04", "2026-03-03")


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-01-01", "2026-03-31"),
        ("2026-05-31", "2026-06-30"),
        ("2026-09-30", "2026-09-30"),
        ("2026-10-01", "2026-12-31"),
    ],
)
def test_quarter_end(day: str, end: str) -> None:
    assert quarter_end(date.fromisoformat(day)) == date.fromisoformat(end)


def test_days_used_leaves_out_the_start_and_excluded_days() -> None:
    testing = Interval(date(2026, 3, 4), None)
    assert days_used(date(2026, 3, 2), date(2026, 3, 2)) == 0
    assert days_used(date(2026, 3, 2), date(2026, 3, 1)) == 0
    assert days_used(date(2026, 3, 2), date(2026, 3, 9), exclude=[testing]) == 1
    assert days_used(date(2026, 2, 10), date(2026, 2, 24), unit="WD") == 5
    with pytest.raises(Invalid):
        days_used(date(2026, 3, 2), date(2026, 3, 9), unit="H")
