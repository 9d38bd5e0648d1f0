"""Execution of a decision (处罚决定执行): what is owed, what was paid, and who may collect it.

The fine is decided by one group of officers and collected apart from them (罚缴分离, APL-67).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.enforcement import queries
from gridsup.enforcement.latefine import DAY, ZERO, Balance, Payment, Term, balance
from gridsup.enforcement.money import written, yuan
from gridsup.errors import Conflict, FieldFault, Invalid, NotFound, Refused
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.rules import CeilingValue, lookup

PAID = ("record_payment", "collect_on_spot")
EACH = ("fine", "late_fine")


def payments(forms: Iterable[Mapping[str, Any]], kind: str) -> list[Payment]:
    """The payments among the forms of acts, of the ``fine`` or of the ``late_fine``."""
    return [
        Payment(date.fromisoformat(form["paid_on"]), yuan(form["amount"]))
        for form in forms
        if form.get("kind", "fine") == kind
    ]


def terms(facts: Mapping[str, Any], due_on: date) -> list[Term]:
    """What is due when: the instalments that were granted, else the whole fine on the clock's last day."""
    if plan := facts.get("instalments"):
        return [Term(date.fromisoformat(each["due_on"]), yuan(each["amount"])) for each in plan]
    return [Term(due_on, yuan(facts["fine"]))] if facts.get("fine") is not None else []


def pauses(intervals: Mapping[str, Sequence[Sequence[str | None]]]) -> list[tuple[date, date | None]]:
    """The days of a review or lawsuit, on which no late fine runs."""
    return [
        (_day(str(begin)), _day(end) if end is not None else None)
        for begin, end in intervals.get("contest", ())
    ]


def _day(text: str) -> date:
    return local_day(datetime.fromisoformat(text))


def due_day(session: Session, jurisdiction_id: int, matter_id: int) -> date | None:
    """The last day for payment, by the clock of the execution; None where it is paused or never ran."""
    run = session.scalars(queries.last_run(jurisdiction_id, matter_id, "payment")).first()
    return local_day(run.due_at - timedelta(microseconds=1)) if run and run.due_at else None


def stand(session: Session, matter_id: int, on: date) -> tuple[Balance, Decimal]:
    """How a fine stands at the end of a day, and what was paid of the late fine.

    Raises :class:`NotFound` ``no-fine`` where the matter collects none.
    """
    jurisdiction_id = jurisdiction_of(session)
    matter = session.scalars(queries.matter(jurisdiction_id, matter_id)).first()
    if matter is None or matter.pack != "penalty_execution" or matter.facts.get("fine") is None:
        raise NotFound(
            "no-fine",
            zh="该事项没有待缴的罚款。请打开处罚决定的执行事项。",
            en="No fine is collected in this matter. Open the execution of the decision.",
            matter=matter_id,
        )
    return _stand(session, jurisdiction_id, matter_id, matter.facts, matter.intervals, on)


def _stand(
    session: Session,
    jurisdiction_id: int,
    matter_id: int,
    facts: Mapping[str, Any],
    intervals: Mapping[str, Any],
    on: date,
) -> tuple[Balance, Decimal]:
    events = session.scalars(queries.acts(jurisdiction_id, [matter_id], PAID))
    forms = [event.data["form"] for event in events]
    fine, late = (payments(forms, kind) for kind in EACH)
    due_on = due_day(session, jurisdiction_id, matter_id) or on
    stands = balance(terms(facts, due_on), fine, on, pauses=pauses(intervals))
    return stands, sum((each.amount for each in late if each.paid_on <= on), ZERO)


def _now(d: Decision, on: date) -> tuple[Balance, Decimal]:
    d.session.flush()
    return _stand(d.session, d.jurisdiction_id, d.matter_id, d.facts, d.matter["intervals"], on)


def pay(d: Decision) -> dict[str, Any]:
    """Book a payment; the result says how the fine stands after it. Raises ``Invalid`` ``overpaid``."""
    paid_on, amount = date.fromisoformat(d.form["paid_on"]), yuan(d.form["amount"])
    if paid_on > local_day(d.now):
        raise Invalid(
            "paid-in-future",
            zh="缴款日期不能晚于今天。",
            en="The day of payment cannot lie in the future.",
            faults=[FieldFault("/paid_on", "请填写实际缴款日期。", "Give the day it was paid.")],
        )
    if d.facts.get("fine") is None:
        raise Conflict("no-fine", zh="本决定没有罚款可缴。", en="This decision imposes no fine.")
    before, late_paid = _now(d, paid_on)
    of_fine = d.form.get("kind", "fine") == "fine"
    most = before.unpaid if of_fine else max(before.late_fine - late_paid, ZERO)
    if amount > most:
        raise Invalid(
            "overpaid",
            zh="该项尚欠 {most} 元，不能登记 {amount} 元。请按票据分项登记。",
            en="{most} yuan of this are open, {amount} cannot be booked. Book each item as the receipt says.",
            faults=[FieldFault("/amount", "超过尚欠数额。", "More than is owed.")],
            most=written(most),
            amount=written(amount),
        )
    unpaid = before.unpaid - amount if of_fine else before.unpaid
    lines = before.lines()
    lines["zh"].append(f"本次缴纳 {written(amount)} 元，罚款尚欠 {written(unpaid)} 元")
    lines["en"].append(f"{written(amount)} yuan paid now, {written(unpaid)} of the fine unpaid")
    return {"facts": {"paid_in_full": unpaid == ZERO}, "verified": before.verified, "lines": lines}


def settled(d: Decision) -> dict[str, Any]:
    """Whether nothing is owed any more. Raises ``Refused`` ``late-fine-open``."""
    if d.facts.get("fine") is None:
        return {"lines": {"zh": ["本决定没有罚款"], "en": ["The decision imposes no fine"]}, "verified": True}
    stands, paid = _now(d, local_day(d.effective_at))
    open_ = stands.late_fine - paid
    if open_ > ZERO and d.facts.get("late_fine_waived") is not True:
        raise Refused(
            "late-fine-open",
            zh="加处罚款尚欠 {open} 元。请先收缴，或经批准签订执行协议减免。",
            en="{open} yuan of the late fine are open. Collect them, or agree on a reduction with approval.",
            open=written(open_),
        )
    return {"late_fine_paid": written(paid), **stands.as_json()}


def may_collect(d: Decision) -> None:
    """Collection on the spot is the exception (APL-68, APL-69): small, hard to collect later, or remote."""
    day = local_day(d.effective_at)
    row = lookup("ceilings_on_spot_collection", "on_spot", day)
    most = getattr(CeilingValue.model_validate(row.value), str(d.facts.get("party_kind", "person")))
    if d.form["ground"] == "small" and yuan(d.facts.get("fine")) > most:
        raise Refused(
            "not-collected-on-spot",
            zh="罚款超过 {most} 元（{source}），不得以小额为由当场收缴。请由当事人到银行缴纳。",
            en="The fine is above {most} yuan, so it is not small enough to be collected on the spot. "
            "The party pays at the bank.",
            most=most,
            source=row.source,
        )


def plan(d: Decision) -> None:
    """Instalments add up to the fine and end with the term that is granted. Raises ``Invalid``."""
    parts = d.form.get("instalments") or ()
    if not parts:
        return
    total = sum((yuan(each["amount"]) for each in parts), ZERO)
    days = [date.fromisoformat(each["due_on"]) for each in parts]
    due_on = due_day(d.session, d.jurisdiction_id, d.matter_id)
    last = due_on + DAY * int(d.form["term"]) if due_on else None
    if total != yuan(d.facts.get("fine")) or days != sorted(set(days)) or (last and days[-1] > last):
        raise Invalid(
            "instalments-wrong",
            zh="各期合计须等于罚款数额，日期须先后不同，且最后一期不晚于批准的期限（{last}）。",
            en="The instalments must add up to the fine, on different days in order, the last not after the "
            "term granted ({last}).",
            faults=[FieldFault("/instalments", "请核对各期。", "Check the instalments.")],
            last=str(last or "-"),
        )


def deferred(d: Decision) -> dict[str, Any]:
    parts = d.form.get("instalments")
    return {"facts": {"instalments": [dict(each) for each in parts]} if parts else {}}
