"""Every select of enforcement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Select, select

from gridsup.documents.model import Document
from gridsup.procedures.model import Deadline, Event, Matter

Rows: TypeAlias = Select[*tuple[Any, ...]]
TOOK_EFFECT = ("act", "system")
"""Kinds of events that changed a matter; a proposal or a late act changed nothing."""


def acts(jurisdiction_id: int, matter_ids: Sequence[int], actions: Sequence[str] = ()) -> Select[Event]:
    """Events that took effect on some matters, in order; only those of ``actions`` where given."""
    query = select(Event).where(
        Event.jurisdiction_id == jurisdiction_id,
        Event.matter_id.in_(list(matter_ids)),
        Event.kind.in_(TOOK_EFFECT),
    )
    if actions:
        query = query.where(Event.action.in_(list(actions)))
    return query.order_by(Event.recorded_at, Event.id)


def last_run(jurisdiction_id: int, matter_id: int, clock: str) -> Select[Deadline]:
    """The latest run of a clock."""
    return (
        select(Deadline)
        .where(
            Deadline.jurisdiction_id == jurisdiction_id,
            Deadline.matter_id == matter_id,
            Deadline.clock == clock,
        )
        .order_by(Deadline.run.desc())
        .limit(1)
    )


def matter(jurisdiction_id: int, matter_id: int) -> Select[Matter]:
    return select(Matter).where(Matter.jurisdiction_id == jurisdiction_id, Matter.id == matter_id)


def branch(jurisdiction_id: int, parents: Sequence[int]) -> Select[Matter]:
    """The child matters of some matters."""
    return (
        select(Matter)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.parent_id.in_(list(parents)))
        .order_by(Matter.id)
    )


def open_children(jurisdiction_id: int, matter_id: int) -> Rows:
    """Rows ``(id, pack)`` of child matters that have not ended."""
    return (
        select(Matter.id, Matter.pack)
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.parent_id == matter_id,
            Matter.ended_at.is_(None),
        )
        .order_by(Matter.id)
    )


def documents(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[Document]:
    return (
        select(Document)
        .where(Document.jurisdiction_id == jurisdiction_id, Document.matter_id.in_(list(matter_ids)))
        .order_by(Document.id)
    )
