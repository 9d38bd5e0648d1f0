"""Making a numbered document void (作废)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gridsup.documents import announcing, earlier, life, terms
from gridsup.documents.model import Document
from gridsup.errors import Conflict
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import clock


def void(
    session: Session, document_id: int, reason: str, acting: Acting, *, now: datetime | None = None
) -> Document:
    """Make a document void; its number stays with it for good (P4-D6). ``now`` is for tests.

    Raises Conflict ``document-void``; ``served-not-void``, also of one that an older step served;
    ``notice-published``.
    """
    document = life.standing(session, document_id)
    now = now or clock()
    if document.status == "served" or terms.over(session, document, now) or earlier.told(session, [document]):
        raise Conflict(
            "served-not-void",
            zh="文书已送达，不能作废。内容有误请制发更正；决定本身有误须依法撤销或变更。",
            en="This document was served and cannot be voided. Amend it where it is wrong; a wrong decision "
            "is revoked or changed by law.",
        )
    _require_unpublished(session, document)
    step = life.Step(
        document.matter_id, "document_void", acting, {"number": document.number, "reason": reason}, now
    )
    life.record_step(
        session, step, {"documents.change": life.change(document, status="void", void_reason=reason)}
    )
    return life.fresh(session, document)


def _require_unpublished(session: Session, document: Document) -> None:
    """A notice that was published stands, and so does the paper whose term a step of the matter ends."""
    told = terms.announcements(session, document.jurisdiction_id, [document.matter_id])
    if any(one.notice == document.number for one in told) or (
        any(one.paper == document.number for one in told) and announcing.runs(session, document)
    ):
        raise Conflict(
            "notice-published",
            zh="{number} 已公告，公告期间不能作废。内容有误的，请制发更正。",
            en="{number} is published and cannot be voided while its notice runs. Amend what is wrong.",
            number=document.number,
        )
