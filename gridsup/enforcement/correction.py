"""Whether the order whose refusal is punished (责令改正) ever reached the party (REG-43, P6-S3)."""

from __future__ import annotations

from gridsup.enforcement import closing, queries
from gridsup.errors import Refused
from gridsup.procedures.effects import Decision

ORDERS = ("correction_order", "rectification_notice")
"""The papers that order a correction."""


def untold(d: Decision) -> Refused | None:
    """What is to be heeded where a refused correction is punished and the family holds such an order, none
    of them served. A family without one was told otherwise, by papers of before or on the spot."""
    if d.facts.get("correction_refused") is not True:
        return None
    d.session.flush()
    orders = d.session.scalars(
        queries.papers_of_family(d.jurisdiction_id, d.matter["root_id"], ORDERS),
        execution_options={"populate_existing": True},
    ).all()
    waiting = closing.not_served(d.session, [one for one in orders if one.status != "served"], d.now)
    if not waiting or len(waiting) < len(orders):
        return None
    return Refused(
        "order-unserved",
        zh="责令改正的《{title}》{number} 尚未送达当事人，认定“拒不改正”缺少依据。请先在该文书所属"
        "事项的“文书”一栏用印、送达；其实已经送达的，补录实际送达时间。",
        en="The order to correct, {number}, was not served on the party: nothing shows that its correction "
        "was refused. Seal and serve it under “Papers” of its matter; where it was served in fact, record "
        "that with its true time.",
        title=waiting[-1].title,
        number=waiting[-1].number,
    )
