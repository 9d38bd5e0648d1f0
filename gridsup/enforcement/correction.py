"""The order whose refusal is punished (责令改正): that it reached the party, that its term ended, that a
re-inspection found what the case stands on (APL-28, REG-43, P6-S3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.documents.model import Document
from gridsup.documents.numerals import plain_day
from gridsup.enforcement import closing, queries
from gridsup.errors import Conflict, FieldFault, Refused
from gridsup.procedures.effects import Decision

ORDERS = ("correction_order", "rectification_notice")
"""The papers that order a correction."""
FOUND, REFUSED = "correction_found", "correction_refused"
"""The facts of a case: what the re-inspection found; that the correction was refused."""


def untold(d: Decision) -> Refused | None:
    """What is to be heeded where a refused correction is punished and the family holds such an order, none
    of them served. A family without one was told otherwise, by papers of before or on the spot."""
    if d.facts.get(REFUSED) is not True:
        return None
    d.session.flush()
    orders = _orders(d, d.matter["root_id"])
    if not orders or _reached(d, orders):
        return None
    return Refused(
        "order-unserved",
        zh="责令改正的《{title}》{number} 尚未送达当事人，认定“拒不改正”缺少依据。请先在该文书所属"
        "事项的“文书”一栏用印、送达；其实已经送达的，补录实际送达时间。",
        en="The order to correct, {number}, was not served on the party: nothing shows that its correction "
        "was refused. Seal and serve it under “Papers” of its matter; where it was served in fact, record "
        "that with its true time.",
        title=orders[-1].title,
        number=orders[-1].number,
    )


def known_above(d: Decision) -> dict[str, Any]:
    """What a case takes over when it opens: that a matter above found the correction refused, and its order
    had been served. Else its officers state what the refusal rests on."""
    if d.matter.get("parent_id") is None:
        return {}
    above = d.session.scalars(queries.matters_above(d.jurisdiction_id, d.matter_id)).all()
    refused = any(one.facts.get(REFUSED) is True for one in above)
    if refused and _reached(d, _orders(d, d.matter["root_id"])):
        return {"facts": {REFUSED: True, FOUND: "refused"}}
    return {}


def term_ahead(d: Decision) -> None:
    """The party has at least a day after it was told. Raises :class:`Refused` ``no-time-to-correct``."""
    end, told = date.fromisoformat(str(d.form["term_end"])), local_day(d.effective_at)
    if end > told:
        return
    raise Refused(
        "no-time-to-correct",
        zh="改正期限届满之日（{end}）须在送达之后，当事人才有改正的时间。尚未制发的，请改填更晚的日期；"
        "已制发而来不及送达的，请在“文书”一栏作废该通知书，重新制发。",
        en="The term ends on {end_en}, which must lie after the order is served: else the party has no time "
        "to correct. Give a later day; where the order is written already, void it under “Papers” and write "
        "it anew.",
        faults=[FieldFault("/term_end", "须晚于送达之日。", "Later than the day of service.")],
        end=plain_day(end),
        end_en=end.isoformat(),
    )


def one_order(d: Decision) -> None:
    """One order runs at a time. Raises :class:`Conflict` ``order-runs``."""
    if refusal := none_runs(d.session, d.jurisdiction_id, d.matter_id):
        raise refusal


def none_runs(session: Session, jurisdiction_id: int, matter_id: int, *_: str) -> Conflict | None:
    """The same, told beside the step."""
    running = session.scalars(queries.orders_running(jurisdiction_id, matter_id)).first()
    if running is None:
        return None
    return Conflict(
        "order-runs",
        zh="本案的责令改正（事项 #{order}）尚未办结。请先在“关联事项”中办完；"
        "需要再次责令改正的，之后再办理。",
        en="An order to correct of this case (matter #{order}) has not ended. Settle it first, under "
        "“Related matters”; then order again where that is needed.",
        order=running.id,
    )


def established(d: Decision) -> None:
    """A refusal is stated only as the re-inspection found it. Raises what :func:`contradicted` tells."""
    if refusal := contradicted(d):
        raise refusal


def contradicted(d: Decision) -> Refused | None:
    """The same, told while the form is filled in.

    ``correction-runs`` while an order of the case runs, ``correction-was-made`` where it was complied with.
    """
    if d.facts.get(REFUSED) is not True:
        return None
    running = d.session.scalars(queries.orders_running(d.jurisdiction_id, d.matter_id)).first()
    if running is not None:
        return Refused(
            "correction-runs",
            zh="责令改正（事项 #{order}）期限未满或者尚未复查，不能认定“拒不改正”。"
            "请待期满由两名执法人员复查；复查结果会自动写入本案。",
            en="The term of the order to correct (matter #{order}) runs or was not re-inspected: no refusal "
            "can be stated yet. Two officers re-inspect when it is over; the case takes over what they find.",
            faults=[_AT_REFUSAL],
            order=running.id,
        )
    if d.matter["facts"].get(FOUND) == "corrected":
        return Refused(
            "correction-was-made",
            zh="复查认定当事人已改正，不能认定“拒不改正”。此后又违法的，请重新责令改正并复查。",
            en="The re-inspection found that the party complied: its correction was not refused. Where it "
            "broke the law again, order the correction anew and re-inspect.",
            faults=[_AT_REFUSAL],
        )
    return None


_AT_REFUSAL = FieldFault(f"/{REFUSED}", "与责令改正的复查结果不符。", "The re-inspection does not say so.")


def _orders(d: Decision, root_id: int) -> Sequence[Document]:
    return d.session.scalars(
        queries.papers_of_family(d.jurisdiction_id, root_id, ORDERS),
        execution_options={"populate_existing": True},
    ).all()


def _reached(d: Decision, orders: Sequence[Document]) -> bool:
    """Whether the party has one of these orders."""
    waiting = closing.not_served(d.session, [one for one in orders if one.status != "served"], d.now)
    return len(waiting) < len(orders)
