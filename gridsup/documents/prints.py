"""The central printing log (打印登记): every print of a document, who, when, how many copies, why again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gridsup.documents import queries
from gridsup.documents.files import get
from gridsup.documents.model import DocumentPrint
from gridsup.errors import FieldFault, Invalid
from gridsup.procedures.family import clock, jurisdiction_of

MOST = 100


def record(
    session: Session,
    document_id: int,
    *,
    officer_id: int,
    copies: int = 1,
    form: str = "pdf",
    reason: str | None = None,
    now: datetime | None = None,
) -> DocumentPrint:
    """Log a print of an issued document; whoever prints it again says why.

    Raises NotFound ``no-document``; Invalid ``reprint-reason``, ``copies``.
    """
    document = get(session, document_id)
    _check_copies(copies)
    earlier = queries.prints(document.jurisdiction_id, document_ids=[document.id], limit=1)
    if session.scalar(earlier) is not None and not (reason or "").strip():
        raise Invalid(
            "reprint-reason",
            zh="{number} 已打印过，再次打印须写明理由。",
            en="{number} was printed before: say why it is printed again.",
            faults=[FieldFault("/reason", "请填写重印理由。", "Say why it is printed again.")],
            number=document.number,
        )
    row = DocumentPrint(
        jurisdiction_id=document.jurisdiction_id,
        matter_id=document.matter_id,
        document_id=document.id,
        kind=document.kind,
        title=document.title,
        number=document.number,
        format=form,
        copies=copies,
        reason=(reason or "").strip() or None,
        officer_id=officer_id,
        printed_at=now or clock(),
    )
    session.add(row)
    session.flush()
    return row


def record_list(session: Session, matter_ids: Sequence[int], kind: str, *, officer_id: int) -> int:
    """Log the documents of a kind that went out in one list (Friday's referrals); how many they were."""
    jurisdiction_id, now = jurisdiction_of(session), clock()
    found = session.scalars(queries.of_kind(jurisdiction_id, matter_ids, kind)).all()
    session.add_all(
        DocumentPrint(
            jurisdiction_id=jurisdiction_id,
            matter_id=one.matter_id,
            document_id=one.id,
            kind=one.kind,
            title=one.title,
            number=one.number,
            format="list",
            copies=1,
            officer_id=officer_id,
            printed_at=now,
        )
        for one in found
    )
    session.flush()
    return len(found)


def _check_copies(copies: int) -> None:
    if not 1 <= copies <= MOST:
        raise Invalid(
            "copies",
            zh="打印份数须为 1 到 {most}。",
            en="Print 1 to {most} copies.",
            faults=[FieldFault("/copies", "请核对份数。", "Check the number of copies.")],
            most=MOST,
        )
