"""The late fine (加处罚款): 3 % of the unpaid fine for each day after its term, at most the fine (APL-72).

A reading, to be confirmed by the bureau's legal section: the rate is taken of what is unpaid on the day, so
part payments lower it; each instalment that was granted is late by its own term. Days inside a review or a
lawsuit are not counted (行政处罚法 art. 73).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gridsup.enforcement.money import part, written
from gridsup.errors import Invalid
from gridsup.procedures.pack import RuleRow
from gridsup.procedures.rules import lookup

ZERO = Decimal(0)
DAY = timedelta(days=1)
Spans = Sequence[tuple[date, date | None]]
"""Days (first, last; None while it lasts) that are not counted."""


@dataclass(frozen=True, slots=True)
class Term:
    """What must be paid by the end of a day: the whole fine, or one instalment."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """What was paid towards the fine itself on a day."""

    paid_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """How a fine stands at the end of a day, in yuan."""

    on: date
    fine: Decimal
    paid: Decimal
    late_days: int
    """Days on which something was late."""
    late_fine: Decimal
    capped: bool
    rate: RuleRow
    cap: RuleRow

    @property
    def unpaid(self) -> Decimal:
        return self.fine - self.paid

    @property
    def verified(self) -> bool:
        return self.rate.verified and self.cap.verified

    def as_json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "fine": written(self.fine),
            "paid": written(self.paid),
            "unpaid": written(self.unpaid),
            "late_days": self.late_days,
            "late_fine": written(self.late_fine),
            "capped": self.capped,
            "verified": self.verified,
            "lines": self.lines(),
        }

    def lines(self) -> dict[str, list[str]]:
        """Why the figure is what it is, in both languages."""
        rate, cap = self.rate.value["n"], self.cap.value["n"]
        zh = [
            f"罚款 {written(self.fine)} 元，截至 {self.on} 已缴 {written(self.paid)} 元",
            f"逾期 {self.late_days} 日，每日按未缴数额 {rate}% 加处（{self.rate.source}），"
            f"计 {written(self.late_fine)} 元",
        ]
        en = [
            f"Fine {written(self.fine)} yuan, {written(self.paid)} paid by {self.on}",
            f"{self.late_days} day(s) late at {rate} % of what is unpaid a day (APL-72): "
            f"{written(self.late_fine)} yuan",
        ]
        if self.capped:
            zh.append(f"已达上限：罚款数额的 {cap}%（{self.cap.source}）")
            en.append(f"Capped at {cap} % of the fine")
        if not self.verified:
            zh.append("所据条款未经核对原文")
            en.append("The provision was not checked against the text")
        return {"zh": zh, "en": en}


def balance(terms: Sequence[Term], payments: Iterable[Payment], on: date, *, pauses: Spans = ()) -> Balance:
    """The fine of ``terms`` after ``payments``, at the end of the day ``on``.

    Payments go to the earliest terms. Rate and cap are those in force on the first day that is late.
    Raises :class:`Invalid` ``overpaid``.
    """
    fine = sum((each.amount for each in terms), ZERO)
    paid = sorted((each for each in payments if each.paid_on <= on), key=lambda each: each.paid_on)
    total = sum((each.amount for each in paid), ZERO)
    if total > fine:
        raise Invalid(
            "overpaid",
            zh="已缴 {paid} 元超过罚款 {fine} 元。请核对金额，加处罚款另行登记。",
            en="{paid} yuan paid exceeds the fine of {fine}. Check it; late fines are recorded apart.",
            paid=written(total),
            fine=written(fine),
        )
    first = min((each.due_on for each in terms), default=on) + DAY
    rate, cap = lookup("limits_penalty", "APL-72-RATE", first), lookup("limits_penalty", "APL-72-CAP", first)
    most = part(fine, Decimal(str(cap.value["n"])))
    late, days = ZERO, 0
    day = first
    while day <= on and late < most:
        arrears = _arrears(terms, paid, day)
        if arrears == ZERO and all(each.due_on < day for each in terms):
            break
        if arrears > ZERO and not _paused(day, pauses):
            late += part(arrears, Decimal(str(rate.value["n"])))
            days += 1
        day += DAY
    return Balance(on, fine, total, days, min(late, most), late >= most > ZERO, rate, cap)


def _arrears(terms: Sequence[Term], paid: Sequence[Payment], day: date) -> Decimal:
    """What should have been paid before ``day`` and was not: the day of a late payment is late itself."""
    due = sum((each.amount for each in terms if each.due_on < day), ZERO)
    return max(due - sum((each.amount for each in paid if each.paid_on < day), ZERO), ZERO)


def _paused(day: date, pauses: Spans) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in pauses)
