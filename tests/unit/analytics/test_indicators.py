"""The catalogue is whole, and periods stand beside the right ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.analytics.indicators import Figure, before, catalogue, last_year
from gridsup.analytics.rowsets import ROW_SETS

DAYS = st.dates(date(2001, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize("one", catalogue().values(), ids=lambda one: one.id)
def test_every_indicator_divides_known_sets_and_shows_its_formula(one) -> None:
    for part in (one.numerator, one.denominator):
        assert part.take == "count" or ROW_SETS[part.set].total is not None, "a sum needs words for its sum"
        assert part.words.zh in one.formula.zh
        assert part.words.en in one.formula.en
    assert (one.unit.zh == "%") == (one.scale == 100)
    assert one.source.startswith("P")


def test_no_row_set_knows_a_fine() -> None:
    for one in ROW_SETS.values():
        assert not {"fine", "amount", "penalty_amount"} & set(one.sql.split())


def test_an_indicator_without_anything_to_divide_by_has_no_value() -> None:
    one = catalogue()["on_time_rate"]
    assert Figure(one, None, 0, 0).value is None
    assert Figure(one, None, 3, 4).value == 75


@given(DAYS, st.integers(0, 800))
def test_the_period_before_ends_before_this_one_begins(first: date, length: int) -> None:
    until = first + timedelta(days=length)
    start, end = before(first, until)
    assert start <= end < first
    if first.day > 1:
        assert end - start == until - first
        assert end + timedelta(days=1) == first


@given(DAYS, st.integers(0, 800))
def test_last_year_keeps_the_days_of_the_calendar(first: date, length: int) -> None:
    until = first + timedelta(days=length)
    for then, now in zip(last_year(first, until), (first, until), strict=True):
        assert (then.year, then.month) == (now.year - 1, now.month)
        assert then.day == now.day or (now.month == 2 and {then.day, now.day} == {28, 29})


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2026-04-01", "2026-06-30", ("2026-01-01", "2026-03-31")),
        ("2026-05-01", "2026-05-22", ("2026-04-01", "2026-04-22")),
        ("2026-01-01", "2026-12-31", ("2025-01-01", "2025-12-31")),
        ("2026-05-10", "2026-05-19", ("2026-04-30", "2026-05-09")),
    ],
)
def test_a_month_or_a_quarter_stands_beside_the_one_before(since, until, expected) -> None:
    got = before(date.fromisoformat(since), date.fromisoformat(until))
    assert tuple(one.isoformat() for one in got) == expected
