"""Thousands of periods and clocks against a counter that goes day by day and shares nothing with them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridsup.calendars import SHANGHAI, Interval, deadline, default_calendar, instant, local_day
from gridsup.procedures import timing
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Pack, RuleRef
from gridsup.procedures.rules import load_tables
from gridsup.procedures.timing import Granted
from tests.unit.calendars.slow_count import DAY, Slow, days_remain, hours_later, share_used, works

VECTORS = """
start       5WD    7WD    10WD   15WD   30D    90D
2026-02-10  02-24  02-26  03-02  03-09  03-12  05-11
2026-04-30  05-11  05-13  05-18  05-25  06-01  07-29
2026-09-24  10-09  10-12  10-15  10-22  10-26  12-23
2026-09-30  10-13  10-15  10-20  10-27  10-30  12-29
"""
HEAD, *ROWS = [line.split() for line in VECTORS.strip().splitlines()]
TABLE = [
    (date.fromisoformat(row[0]), spec, date.fromisoformat(f"2026-{due}"))
    for row in ROWS
    for spec, due in zip(HEAD[1:], row[1:], strict=True)
]
STARTS = st.dates(date(2025, 1, 1), date(2025, 12, 31))
"""With 250 days and all pauses the last day still lies in 2026."""
UNITS = st.sampled_from(["D", "WD", "M"])


def split(spec: str) -> tuple[int, str]:
    digits = spec.rstrip("DWMY")
    return int(digits), spec[len(digits) :]


@pytest.mark.parametrize(("start", "spec", "due"), TABLE)
def test_the_vectors_of_the_law(start: date, spec: str, due: date) -> None:
    assert len(TABLE) == 24
    assert deadline(start, spec).due == due
    assert Slow(start, [split(spec)]).last_day() == due  # the slow counter is right too


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)))
@settings(max_examples=400)
def test_both_know_the_same_working_days(day: date) -> None:
    assert default_calendar().is_working_day(day) == works(day)


@st.composite
def periods(draw: st.DrawFn) -> Slow:
    unit = draw(UNITS)
    most = {"D": 100, "WD": 60, "M": 4}[unit]
    parts = [(draw(st.integers(0, most)), unit)]
    if draw(st.booleans()):
        other = "D" if unit == "M" else draw(st.sampled_from(["D", "WD"]))
        parts.append((draw(st.integers(1, 30)), other))
    start = draw(STARTS)
    spans = draw(
        st.lists(
            st.tuples(st.integers(-10, 90), st.integers(0, 25)).map(
                lambda pair: (start + DAY * pair[0], start + DAY * (pair[0] + pair[1]))
            ),
            max_size=3,
        )
    )
    cap = (
        draw(st.none() | st.tuples(st.integers(1, 120), st.sampled_from(["D", "WD"])))
        if len(parts) > 1
        else None
    )
    return Slow(start, parts, spans, cap=cap, roll=draw(st.booleans()))


@given(periods())
@settings(max_examples=1500)
def test_any_period_with_pauses_extensions_and_cap(slow: Slow) -> None:
    limit, *extensions = [f"{number}{unit}" for number, unit in slow.parts]
    found = deadline(
        slow.start,
        limit,
        extensions=extensions,
        cap=f"{slow.cap[0]}{slow.cap[1]}" if slow.cap else None,
        exclude=[Interval(first, last) for first, last in slow.out],
        roll="next" if slow.roll else "none",
    )
    assert found.due == slow.last_day()
    assert found.due_at == datetime.combine(slow.last_day() + DAY, time(), SHANGHAI)


@given(
    st.dates(date(2025, 6, 1), date(2026, 12, 31)),
    st.integers(1, 60),
    st.sampled_from(["D", "WD"]),
    st.booleans(),
)
@settings(max_examples=400)
def test_any_period_counted_back(day: date, number: int, unit: str, roll: bool) -> None:
    slow = Slow(day, [(-number, unit)], roll=roll)
    assert deadline(day, f"-{number}{unit}", roll="next" if roll else "none").due == slow.last_day()


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2025, 12, 31)),  # noqa: DTZ001  the zone follows
    st.integers(1, 240),
    st.lists(st.tuples(st.integers(-48, 240), st.integers(1, 72)), max_size=3),
)
@settings(max_examples=300)
def test_any_count_of_hours(moment: datetime, hours: int, pauses: list[tuple[int, int]]) -> None:
    start = moment.replace(minute=0, second=0, microsecond=0, tzinfo=SHANGHAI)
    hour = timedelta(hours=1)
    spans = [(start + hour * begin, start + hour * (begin + length)) for begin, length in pauses]
    found = deadline(start, f"{hours}H", exclude=[Interval(*span) for span in spans])
    slow = hours_later(start, hours, spans)
    # Where counted time ends as a span begins, both instants are the end of the same counted hour.
    assert found.due_at == slow


# ------------------------------------------------------------------ the clocks of the packs


def _clocks() -> list[tuple[Pack, str]]:
    """Of the newest versions; a term of years ends after the two notices that the slow counter knows."""
    newest = {each.pack.id: each.pack for each in load_packs()}
    return [(pack, name) for pack in newest.values() for name in pack.clocks if _limit(pack, name)[1] != "Y"]


def _limit(pack: Pack, name: str, day: date = date(2025, 6, 1)) -> tuple[int, str]:
    """Number and unit of a clock's limit on a day."""
    limit = pack.clocks[name].limit
    if isinstance(limit, RuleRef):
        value = load_tables().lookup(limit.table, limit.row, day).value
        return int(value["n"]), str(value["unit"])
    return limit.n, limit.unit


CLOCKS = _clocks()


@given(st.data())
@settings(max_examples=800)
def test_every_clock_of_every_procedure(data: st.DataObject) -> None:
    """Limit, roll, exclusions, extensions by their approver, cap, both warnings: as the slow counter says."""
    pack, name = data.draw(st.sampled_from(CLOCKS), label="clock")
    clock = pack.clocks[name]
    started = instant(data.draw(STARTS)) + timedelta(minutes=data.draw(st.integers(0, 1439)))
    number, unit = _limit(pack, name, local_day(started))
    spans, granted = {}, []
    for interval in clock.exclude:
        begin = started + timedelta(days=data.draw(st.integers(0, 20)), hours=3)
        spans[interval] = [(begin, begin + timedelta(days=data.draw(st.integers(0, 10))))]
    for extension in clock.extensions[: data.draw(st.integers(0, 2))]:
        n = extension.n or data.draw(st.integers(1, 20))
        assert timing.grant(pack, name, by=[extension.by], term=n) == Granted(n, extension.unit, extension.by)
        granted.append(Granted(n, extension.unit, extension.by))
    found = timing.read(pack, name, started, intervals=spans, extensions=granted, as_of=started)
    if unit == "H":
        due = hours_later(started, number)
        assert found.due_at == due
        assert found.warn_at == share_used(started, due, clock.warn)
        return
    slow = Slow(
        local_day(started),
        [(number, unit), *((each.n, each.unit) for each in granted)],
        [(local_day(begin), local_day(end)) for each in spans.values() for begin, end in each],
        cap=(clock.cap.n, clock.cap.unit) if clock.cap else None,
        roll=clock.roll == "next",
    )
    last = slow.last_day()
    due = datetime.combine(last + DAY, time(), SHANGHAI)
    assert found.due_at == due
    warned = {each["kind"]: datetime.fromisoformat(each["at"]) for each in found.explanation["warnings"]}
    if number >= 0:
        assert abs(warned["share"] - share_used(started, due, clock.warn)) < timedelta(milliseconds=1)
    if "days" in warned:
        assert warned["days"] == instant(days_remain(last, 1, unit))
    else:
        assert unit in ("D", "WD")
        assert abs(number) < 5
    assert found.warn_at == min(warned.values())
