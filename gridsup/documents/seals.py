"""A bureau's seals (印章): their images, and how each kind of paper is sealed (用印方式)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from gridsup.documents import files, queries
from gridsup.documents.kinds import SEALED, Seal, kind_of, kinds
from gridsup.documents.model import SealImage
from gridsup.errors import FieldFault, Invalid, NotFound
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.procedures.family import jurisdiction_of

SETTING = "seals"
"""In the settings of a bureau: kind of paper → how it is sealed there."""
WAYS: tuple[Literal["image", "wet"], ...] = ("image", "wet")
"""What a bureau may choose for a kind that bears a seal."""


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


def way_of(settings: Mapping[str, Any], kind: str) -> Seal:
    """How a bureau with these settings seals that kind: its own choice, else the registry's."""
    own = (settings.get(SETTING) or {}).get(kind)
    return own if own in ("image", "wet", "none") else kind_of(kind).seal


def ways(session: Session) -> dict[str, Seal]:
    """Kind → how this bureau seals it, for the kinds that bear a seal."""
    home = session.scalars(people.jurisdiction(jurisdiction_of(session))).one()
    return {name: way_of(home.settings, name) for name, kind in kinds().items() if kind.seal != "none"}


def choose(session: Session, kind: str, way: str, *, officer_id: int | None = None) -> None:
    """This bureau seals that kind so from now on; what is sealed already stays.

    A change is told by the audit trail, from which way to which.

    Raises NotFound ``no-document-kind``; Invalid ``seal-way``.
    """
    if kind_of(kind).seal == "none" or way not in WAYS:
        raise Invalid(
            "seal-way",
            zh="“{kind}={way}”不能设定。需要用印的文书，用印方式为 {ways_zh}。",
            en="“{kind}={way}” cannot be set. A paper that bears a seal is sealed one of these ways: "
            "{ways_en}.",
            faults=[FieldFault("/seals", "请改为 image 或 wet。", "Choose image or wet.")],
            kind=kind,
            way=way,
            ways_zh="、".join(f"{one}（{SEALED[one].zh}）" for one in WAYS),
            ways_en=", ".join(f"{one} ({SEALED[one].en})" for one in WAYS),
        )
    home = session.scalars(people.jurisdiction(jurisdiction_of(session)).with_for_update()).one()
    before = way_of(home.settings, kind)
    if before == way:
        return
    home.settings = {**home.settings, SETTING: {**(home.settings.get(SETTING) or {}), kind: way}}
    record(
        session,
        home.jurisdiction_id,
        "seal_way",
        officer_id=officer_id,
        subject=kind,
        before=before,
        way=way,
    )
    session.flush()
