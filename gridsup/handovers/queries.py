"""Every select of the rotation sheets, and of what they list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from gridsup.documents.model import Document
from gridsup.handovers.model import Handover, HandoverSignature
from gridsup.procedures.model import Matter
from gridsup.registry.model import Business, HouseholdCode

Rows: TypeAlias = Select[*tuple[Any, ...]]
PRESERVATION, SEIZURE = "evidence_preservation", "seizure"
STILL_HELD = ("seized", "sent_for_testing")
"""Outcomes of a preservation after which the bureau still answers for the goods, while the case is open and
no seizure of its own has taken them over."""


def handover(jurisdiction_id: int, handover_id: int) -> Select[Handover]:
    return select(Handover).where(Handover.jurisdiction_id == jurisdiction_id, Handover.id == handover_id)


def handovers(
    jurisdiction_id: int,
    *,
    state: str | None = None,
    officer_id: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Select[Handover]:
    """The newest first; ``officer_id`` gives or takes; ``after`` is the id of the last one seen."""
    query = select(Handover).where(Handover.jurisdiction_id == jurisdiction_id)
    if state is not None:
        query = query.where(Handover.state == state)
    if officer_id is not None:
        query = query.where(or_(Handover.giver_id == officer_id, Handover.taker_id == officer_id))
    if after is not None:
        query = query.where(Handover.id < after)
    return query.order_by(Handover.id.desc()).limit(limit)


def signatures(jurisdiction_id: int, handover_ids: Sequence[int]) -> Select[HandoverSignature]:
    return (
        select(HandoverSignature)
        .where(
            HandoverSignature.jurisdiction_id == jurisdiction_id,
            HandoverSignature.handover_id.in_(list(handover_ids)),
        )
        .order_by(HandoverSignature.signed_at, HandoverSignature.id)
    )


def households(jurisdiction_id: int, cell_ids: Sequence[int]) -> Rows:
    """Rows ``(cell_id, operating businesses, those without a valid licence)``."""
    return (
        select(
            HouseholdCode.cell_id,
            func.count(),
            func.count().filter(Business.licence_status != "valid"),
        )
        .join(
            Business,
            and_(
                Business.jurisdiction_id == HouseholdCode.jurisdiction_id,
                Business.id == HouseholdCode.business_id,
            ),
        )
        .where(
            HouseholdCode.jurisdiction_id == jurisdiction_id,
            HouseholdCode.cell_id.in_(list(cell_ids)),
            HouseholdCode.ended_on.is_(None),
            Business.status == "operating",
        )
        .group_by(HouseholdCode.cell_id)
    )


def open_matters(jurisdiction_id: int, cell_ids: Sequence[int]) -> Select[Matter]:
    """The matters that have not ended in these cells, the soonest due first."""
    return (
        select(Matter)
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.cell_id.in_(list(cell_ids)),
            Matter.ended_at.is_(None),
        )
        .order_by(Matter.next_due_at.asc().nulls_last(), Matter.id)
    )


def goods(jurisdiction_id: int, cell_ids: Sequence[int]) -> Select[Matter]:
    """Preservations and seizures in these cells whose things the bureau answers for: open ones, and
    preservations that went on to sealing, seizure or testing in a family that is still open."""
    root, taken = aliased(Matter), aliased(Matter)
    taken_over = exists().where(
        taken.jurisdiction_id == Matter.jurisdiction_id,
        taken.root_id == Matter.root_id,
        taken.pack == SEIZURE,
    )
    return (
        select(Matter)
        .join(root, and_(root.jurisdiction_id == Matter.jurisdiction_id, root.id == Matter.root_id))
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.cell_id.in_(list(cell_ids)),
            Matter.pack.in_((PRESERVATION, SEIZURE)),
            or_(
                Matter.ended_at.is_(None),
                and_(
                    Matter.pack == PRESERVATION,
                    Matter.outcome.in_(STILL_HELD),
                    root.ended_at.is_(None),
                    ~taken_over,
                ),
            ),
        )
        .order_by(Matter.id)
    )


def documents(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[Document]:
    """Documents of the matters that stand, in the order in which they were numbered."""
    return (
        select(Document)
        .where(
            Document.jurisdiction_id == jurisdiction_id,
            Document.matter_id.in_(list(matter_ids)),
            Document.status != "void",
        )
        .order_by(Document.matter_id, Document.event_seq, Document.id)
    )
