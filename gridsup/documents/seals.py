"""The images of a bureau's seals (印章): registered, and retired when a seal is made anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gridsup.documents import files, queries
from gridsup.documents.model import SealImage
from gridsup.errors import NotFound
from gridsup.procedures.family import jurisdiction_of


def add(session: Session, name: str, sha256: str, *, officer_id: int) -> SealImage:
    """Register an uploaded PNG; the same image under the same name is one, and is in use again.

    Raises Invalid ``not-a-png``, NotFound ``no-attachment``.
    """
    files.picture(session, sha256)
    jurisdiction_id = jurisdiction_of(session)
    everyone = session.scalars(queries.seal_images(jurisdiction_id, in_use=False))
    made = next((one for one in everyone if (one.name, one.sha256) == (name, sha256)), None)
    if made is None:
        made = SealImage(jurisdiction_id=jurisdiction_id, name=name, sha256=sha256, added_by=officer_id)
        session.add(made)
    made.retired_at = None
    session.flush()
    session.refresh(made)
    return made


def retire(session: Session, seal_id: int, *, now: datetime) -> SealImage:
    """Take a seal out of use. Raises NotFound ``no-seal``."""
    found = session.scalar(queries.seal_image(jurisdiction_of(session), seal_id))
    if found is None:
        raise NotFound(
            "no-seal", zh="没有该印章，请核对。", en="There is no such seal. Choose another.", seal=seal_id
        )
    found.retired_at = found.retired_at or now
    session.flush()
    return found
