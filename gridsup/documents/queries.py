"""Every select on documents."""

from __future__ import annotations

from sqlalchemy import Select, select

from gridsup.documents.model import Document


def documents_of(jurisdiction_id: int, matter_id: int) -> Select[Document]:
    """The numbered documents of a matter, in the order in which they were given."""
    return (
        select(Document)
        .where(Document.jurisdiction_id == jurisdiction_id, Document.matter_id == matter_id)
        .order_by(Document.event_seq, Document.id)
    )
