"""Late fines in Decimal yuan: 3 % a day of what is unpaid, at most the fine, never while a lawsuit runs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.enforcement.latefine import DAY, Payment, Term, balance
from gridsup.enforcement.money import part, written, yuan
from gridsup.errors import Invalid

DUE = date(2026, 3, 17)
D = Decimal


def whole(amount: str, due_on: date = DUE) -> list[Term]:
    return [Term(due_on, D(amount))]


@pytest.mark.parametrize(
    ("days", "late", "capped"),
    [(-5, "0", False), (0, "0", False), (1, "15.00", False), (10, "150.00", False), (33, "495.00", False),
     (34, "500.00", True), (400, "500.00", True)],
)  # fmt: skip
def test_three_per_cent_a_day_up_to_the_fine(days: int, late: str, capped: bool) -> None:
    found = balance(whole("500"), [], DUE + timedelta(days=days))
    assert (found.late_fine, found.capped) == (D(late), capped)
    assert found.unpaid == D(500)


def test_the_day_of_a_late_payment_is_late_and_the_next_is_not() -> None:
    paid = [Payment(DUE + DAY, D(500))]
    for on in (DUE + DAY, DUE + 9 * DAY):
        assert balance(whole("500"), paid, on).late_fine == D("15.00")
    assert balance(whole("500"), [Payment(DUE, D(500))], DUE + 9 * DAY).late_fine == 0


def test_a_part_payment_lowers_the_rate_from_the_next_day() -> None:
    found = balance(whole("500"), [Payment(DUE + DAY, D(400))], DUE + 3 * DAY)
    assert found.late_fine == D("15.00") + 2 * D("3.00")
    assert found.unpaid == D(100)


def test_each_instalment_is_late_by_its_own_term() -> None:
    terms = [Term(DUE, D(200)), Term(DUE + 30 * DAY, D(300))]
    assert balance(terms, [], DUE + 2 * DAY).late_fine == D("12.00")
    assert balance(terms, [Payment(DUE, D(200))], DUE + 30 * DAY).late_fine == 0
    assert balance(terms, [Payment(DUE, D(200))], DUE + 31 * DAY).late_fine == D("9.00")


def test_the_days_of_a_lawsuit_are_not_counted() -> None:
    pauses = [(DUE + 2 * DAY, DUE + 5 * DAY)]
    assert balance(whole("500"), [], DUE + 6 * DAY, pauses=pauses).late_fine == D("30.00")
    assert balance(whole("500"), [], DUE + 60 * DAY, pauses=[(DUE, None)]).late_fine == 0


def test_nothing_more_than_the_fine_is_booked_as_the_fine() -> None:
    with pytest.raises(Invalid, match="overpaid"):
        balance(whole("500"), [Payment(DUE, D("500.01"))], DUE)


def test_the_figure_explains_itself_and_says_what_was_not_read() -> None:
    said = balance(whole("500"), [], DUE + 40 * DAY).as_json()
    assert said["late_fine"] == "500.00"
    assert said["verified"]
    assert "第七十二条" in said["lines"]["zh"][1]
    assert "已达上限" in said["lines"]["zh"][2]
    old = balance(whole("500", date(2020, 1, 2)), [], date(2020, 1, 9)).as_json()
    assert not old["verified"]
    assert "未经核对" in old["lines"]["zh"][-1]


FINES = st.decimals(D("0.01"), D("500000"), places=2)


@given(FINES, st.integers(0, 500))
def test_the_late_fine_is_whole_fen_never_above_the_fine_and_follows_the_closed_formula(
    fine: Decimal, days: int
) -> None:
    found = balance(whole(str(fine)), [], DUE + timedelta(days=days))
    assert found.late_fine == min(part(fine, D(3)) * days, fine)
    assert found.late_fine == found.late_fine.quantize(D("0.01"))


@given(FINES, st.integers(0, 90), st.lists(st.tuples(st.integers(0, 90), st.integers(1, 100)), max_size=5))
def test_paying_something_never_costs_more_and_another_day_never_less(
    fine: Decimal, days: int, parts: list[tuple[int, int]]
) -> None:
    left, payments = fine, []
    for day, percent in parts:
        amount = min(part(fine, D(percent)), left)
        left -= amount
        payments.append(Payment(DUE - 10 * DAY + timedelta(days=day), amount))
    on = DUE + timedelta(days=days)
    late = balance(whole(str(fine)), payments, on).late_fine
    assert late <= balance(whole(str(fine)), [], on).late_fine
    assert late <= balance(whole(str(fine)), payments, on + DAY).late_fine <= fine


@given(st.decimals(0, 10**12, places=2))
def test_an_amount_survives_writing_and_reading(amount: Decimal) -> None:
    assert yuan(written(amount)) == amount


@pytest.mark.parametrize("text", ["", "1.234", "-1", "1e3", "01", " 5", "NaN", 5.0, True, None, "٣"])
def test_what_is_no_amount_is_refused(text: object) -> None:
    with pytest.raises(Invalid, match="amount-malformed"):
        yuan(text)
