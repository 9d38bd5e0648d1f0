"""A procedure for its reader: in words, and drawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api.auth import User
from api.deps import Db
from api.permissions import Permission
from api.policy import permit
from gridsup.people.deputies import day_of
from gridsup.procedures import versions
from gridsup.procedures.drawing import svg
from gridsup.procedures.guide import Guide, guide

router = APIRouter(tags=["procedures"])
Reader = Annotated[User, permit(Permission.PROCEDURES_READ)]
PackName = Annotated[str, Path(max_length=60)]
Version = Annotated[int, Path(ge=1, lt=2**31)]


class Drawing(BaseModel):
    """The pack drawn; numbers on the lines are those of the guide's `deeds`."""

    svg: str = Field(description="one SVG element; each line lists its acts in `data-acts`")


@router.get("/procedures/{pack}/{version}/guide")
def get_procedure_guide(pack: PackName, version: Version, user: Reader, session: Db) -> Guide:
    """Places, actions, posts, signatures and limits of a version in words, each with its rules."""
    found, _ = versions.stored(session, user.jurisdiction_id, pack, version)
    titles = {one.id: one.title for one, _ in versions.installed(session, user.jurisdiction_id)}
    return guide(found, titles, day_of(datetime.now(UTC)))


@router.get("/procedures/{pack}/{version}/drawing")
def draw_procedure(
    pack: PackName,
    version: Version,
    user: Reader,
    session: Db,
    lang: Annotated[Literal["zh", "en"], Query()] = "zh",
) -> Drawing:
    """The version as a diagram."""
    return Drawing(svg=svg(versions.stored(session, user.jurisdiction_id, pack, version)[0], lang))
