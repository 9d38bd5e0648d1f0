"""Every select on documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from gridsup.documents.model import Document
from gridsup.procedures.model import Event, Matter


def documents_of(jurisdiction_id: int, matter_id: int) -> Select[Document]:
    """The numbered documents of a matter, in the order in which they were given."""
    return (
        select(Document)
        .where(Document.jurisdiction_id == jurisdiction_id, Document.matter_id == matter_id)
        .order_by(Document.event_seq, Document.id)
    )


def family_of(jurisdiction_id: int, root_id: int) -> Select[Any]:
    """``(id, parent_id, facts)`` of every matter under a root."""
    return (
        select(Matter.id, Matter.parent_id, Matter.facts)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.root_id == root_id)
        .order_by(Matter.id)
    )


def acts_of(jurisdiction_id: int, matter_ids: Sequence[int], *, until: int | None = None) -> Select[Event]:
    """The acts on some matters in the order of their recording, up to the event ``until``."""
    found = select(Event).where(
        Event.jurisdiction_id == jurisdiction_id,
        Event.matter_id.in_(matter_ids),
        Event.kind.in_(("act", "system")),
    )
    return (found if until is None else found.where(Event.id <= until)).order_by(Event.id)


def numbers_of(
    jurisdiction_id: int, matter_ids: Sequence[int], *, until: int | None = None
) -> Select[str, str]:
    """``(kind, number)`` of the documents of some matters that are not void, the latest last; those that
    came with the event ``until`` or before it."""
    found = (
        select(Document.kind, Document.number)
        .join(
            Event,
            (Event.jurisdiction_id == Document.jurisdiction_id)
            & (Event.matter_id == Document.matter_id)
            & (Event.seq == Document.event_seq),
        )
        .where(
            Document.jurisdiction_id == jurisdiction_id,
            Document.matter_id.in_(matter_ids),
            Document.status != "void",
        )
    )
    return (found if until is None else found.where(Event.id <= until)).order_by(Event.id, Document.id)
