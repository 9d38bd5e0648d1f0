"""Every select on documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from gridsup.documents.model import Document, DocumentPrint, DocumentService, SealImage
from gridsup.procedures.model import Event, Matter


def documents_of(jurisdiction_id: int, matter_id: int) -> Select[Document]:
    """The numbered documents of a matter, in the order in which they were given."""
    return (
        select(Document)
        .where(Document.jurisdiction_id == jurisdiction_id, Document.matter_id == matter_id)
        .order_by(Document.event_seq, Document.id)
    )


def document(jurisdiction_id: int, document_id: int) -> Select[Document]:
    return select(Document).where(Document.jurisdiction_id == jurisdiction_id, Document.id == document_id)


def documents_by_id(jurisdiction_id: int, document_ids: Sequence[int]) -> Select[Document]:
    return select(Document).where(Document.jurisdiction_id == jurisdiction_id, Document.id.in_(document_ids))


def of_kind(jurisdiction_id: int, matter_ids: Sequence[int], kind: str) -> Select[Document]:
    """The documents of a kind of some matters that are not void."""
    return (
        select(Document)
        .where(
            Document.jurisdiction_id == jurisdiction_id,
            Document.matter_id.in_(matter_ids),
            Document.kind == kind,
            Document.status != "void",
        )
        .order_by(Document.id)
    )


def numbered(jurisdiction_id: int, series: str, year: int, serial: int) -> Select[Document]:
    """The document with that place in a series."""
    return select(Document).where(
        Document.jurisdiction_id == jurisdiction_id,
        Document.series == series,
        Document.year == year,
        Document.serial == serial,
    )


def seal_image(jurisdiction_id: int, seal_id: int) -> Select[SealImage]:
    return select(SealImage).where(SealImage.jurisdiction_id == jurisdiction_id, SealImage.id == seal_id)


def seal_of(jurisdiction_id: int, document: Document) -> Select[SealImage]:
    """The seal whose image was put into a document: the one that the sealing names."""
    name = Event.data["form"]["seal"].astext
    return (
        select(SealImage)
        .join(Event, and_(Event.jurisdiction_id == jurisdiction_id, SealImage.name == name))
        .where(
            SealImage.jurisdiction_id == jurisdiction_id,
            Event.matter_id == document.matter_id,
            Event.action == "document_seal",
            Event.data["form"]["number"].astext == document.number,
        )
        .order_by(SealImage.id.desc())
        .limit(1)
    )


def amendments_of(jurisdiction_id: int, document_ids: Sequence[int]) -> Select[Document]:
    """The documents that amend these."""
    return (
        select(Document)
        .where(Document.jurisdiction_id == jurisdiction_id, Document.amends_id.in_(document_ids))
        .order_by(Document.id)
    )


def print_counts(jurisdiction_id: int, document_ids: Sequence[int]) -> Select[int, int]:
    """``(document_id, how often it was printed)``."""
    return (
        select(DocumentPrint.document_id, func.count())
        .where(DocumentPrint.jurisdiction_id == jurisdiction_id, DocumentPrint.document_id.in_(document_ids))
        .group_by(DocumentPrint.document_id)
    )


def services_of(jurisdiction_id: int, document_ids: Sequence[int]) -> Select[DocumentService]:
    return (
        select(DocumentService)
        .where(
            DocumentService.jurisdiction_id == jurisdiction_id,
            DocumentService.document_id.in_(document_ids),
        )
        .order_by(DocumentService.id)
    )


def prints(
    jurisdiction_id: int,
    *,
    document_ids: Sequence[int] | None = None,
    officer_id: int | None = None,
    kind: str | None = None,
    text: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    again: bool | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> Select[DocumentPrint]:
    """The printing log, newest first. ``text`` in the number or title; ``again``: with a reason to reprint or
    without; ``after``: an id to go on from."""
    found = select(DocumentPrint).where(DocumentPrint.jurisdiction_id == jurisdiction_id)
    if document_ids is not None:
        found = found.where(DocumentPrint.document_id.in_(document_ids))
    if officer_id is not None:
        found = found.where(DocumentPrint.officer_id == officer_id)
    if kind is not None:
        found = found.where(DocumentPrint.kind == kind)
    if text:
        sought = DocumentPrint.number + " " + DocumentPrint.title
        found = found.where(sought.contains(text, autoescape=True))
    if since is not None:
        found = found.where(DocumentPrint.printed_at >= since)
    if until is not None:
        found = found.where(DocumentPrint.printed_at < until)
    if again is not None:
        found = found.where(DocumentPrint.reason.isnot(None) if again else DocumentPrint.reason.is_(None))
    if after is not None:
        found = found.where(DocumentPrint.id < after)
    return found.order_by(DocumentPrint.id.desc()).limit(limit)


def seal_images(jurisdiction_id: int, *, in_use: bool = True) -> Select[SealImage]:
    found = select(SealImage).where(SealImage.jurisdiction_id == jurisdiction_id)
    return (found.where(SealImage.retired_at.is_(None)) if in_use else found).order_by(SealImage.id)


def announcements(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[Event]:
    """The events by which papers of some matters were published (公告送达), in order."""
    return (
        select(Event)
        .where(
            Event.jurisdiction_id == jurisdiction_id,
            Event.matter_id.in_(matter_ids),
            Event.data["results"].has_key("documents.announce"),
        )
        .order_by(Event.id)
    )


def by_numbers(jurisdiction_id: int, numbers: Sequence[str]) -> Select[Document]:
    return select(Document).where(
        Document.jurisdiction_id == jurisdiction_id, Document.number.in_(list(numbers))
    )


def public_notices(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[Document]:
    """The public notices (送达公告) of some matters that are not void."""
    return of_kind(jurisdiction_id, matter_ids, "public_notice")


def awaiting_term(jurisdiction_id: int) -> Select[int]:
    """The matters in which a paper that is not served has a public notice."""
    paper, notice = aliased(Document), aliased(Document)
    return (
        select(notice.matter_id)
        .join(
            paper,
            (paper.jurisdiction_id == notice.jurisdiction_id)
            & (paper.number == notice.content["fields"]["paper_number"].astext),
        )
        .where(
            notice.jurisdiction_id == jurisdiction_id,
            notice.kind == "public_notice",
            notice.status != "void",
            paper.matter_id == notice.matter_id,
            paper.status.in_(("numbered", "sealed")),
        )
        .distinct()
        .order_by(notice.matter_id)
    )


def event(jurisdiction_id: int, matter_id: int, seq: int) -> Select[Event]:
    return select(Event).where(
        Event.jurisdiction_id == jurisdiction_id, Event.matter_id == matter_id, Event.seq == seq
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
