"""Making a numbered document void (作废)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsup.documents import earlier, life
from gridsup.documents.model import Document
from gridsup.errors import Conflict
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import clock


def void(session: Session, document_id: int, reason: str, acting: Acting) -> Document:
    """Make a document void; its number stays with it for good (P4-D6).

    Raises Conflict ``document-void``; ``served-not-void``, also of one that an older step served.
    """
    document = life.standing(session, document_id)
    if document.status == "served" or earlier.told(session, [document]):
        raise Conflict(
            "served-not-void",
            zh="文书已送达，不能作废。内容有误请制发更正；决定本身有误须依法撤销或变更。",
            en="This document was served and cannot be voided. Amend it where it is wrong; a wrong decision "
            "is revoked or changed by law.",
        )
    step = life.Step(
        document.matter_id, "document_void", acting, {"number": document.number, "reason": reason}, clock()
    )
    life.record_step(
        session, step, {"documents.change": life.change(document, status="void", void_reason=reason)}
    )
    return life.fresh(session, document)
