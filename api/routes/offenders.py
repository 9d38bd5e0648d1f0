"""The lists that must be empty: findings without outcome, commands without feedback, and the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api.auth import User
from api.deps import LARGEST_ID, Db
from api.permissions import Permission
from api.policy import permit
from gridsup.codes.patterns import DEPARTMENT
from gridsup.offenders import service
from gridsup.offenders.service import ListName
from gridsup.procedures.pack import Words

router = APIRouter(tags=["board"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
Station = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="only of this station")]
Department = Annotated[str | None, Query(pattern=DEPARTMENT, description="only what was referred to it")]
MOST = 10_000


class OffenderCount(BaseModel):
    """One list and how many it holds; zero is how it should be."""

    name: ListName
    title: Words
    count: int


class OffenderView(BaseModel):
    """One row. `subject` and `id` say what it opens; `who` should act."""

    subject: Literal["matter", "business"]
    id: int
    title: str
    number: str | None
    reason: str
    reason_title: Words
    since: datetime
    due_at: datetime | None
    days: int = Field(description="whole days since the limit passed; without one, since it began")
    post: str | None
    who: Words


@router.get("/offenders")
def count_offenders(
    user: Reader, session: Db, station_id: Station = None, department: Department = None
) -> list[OffenderCount]:
    """How many offenders each list holds now, in all or of one station or department."""
    found = service.counts(session, station_id=station_id, department=department)
    return [OffenderCount(name=name, title=service.LISTS[name], count=n) for name, n in found.items()]


@router.get("/offenders/{name}")
def list_offenders(
    name: Annotated[ListName, Path()],
    user: Reader,
    session: Db,
    station_id: Station = None,
    department: Department = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=MOST)] = 0,
) -> list[OffenderView]:
    """The rows of one list, the oldest first, filtered as they are counted."""
    found = service.offenders(
        session, name, station_id=station_id, department=department, limit=limit, offset=offset
    )
    return [_view(one) for one in found]


def _view(one: service.Offender) -> OffenderView:
    told = {n: getattr(one, n) for n in OffenderView.model_fields if n not in ("reason_title", "who")}
    return OffenderView(**told, reason_title=service.REASONS[one.reason], who=one.who())
