"""Exemptions of small stations from the separation of patrol and case handling (巡办分离)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.auth import User
from api.deps import Db, Id
from api.permissions import Permission
from api.policy import permit
from api.texts import Line
from gridsup.people import queries, separation
from gridsup.people.deputies import day_of
from gridsup.people.model import SeparationWaiver

router = APIRouter(tags=["people"])
Reader = Annotated[User, permit(Permission.PEOPLE_READ)]
Editor = Annotated[User, permit(Permission.PEOPLE_EDIT)]


class WaiverView(BaseModel):
    """A decision of the bureau that exempts a station; both days belong to it."""

    id: int
    station_id: int
    decision_number: str
    decided_on: date
    valid_from: date
    valid_to: date
    reason: str


class NewWaiver(BaseModel):
    station_id: Annotated[int, Field(ge=1, lt=2**63)]
    decision_number: Line
    decided_on: date
    valid_from: date
    valid_to: date
    reason: Line


class WaiverEnd(BaseModel):
    last_day: date


@router.get("/separation-waivers")
def list_separation_waivers(user: Reader, session: Db) -> list[WaiverView]:
    """The stations that need not separate patrol and case handling, and by which decisions."""
    return [_view(one) for one in session.scalars(queries.waivers(user.jurisdiction_id))]


@router.post("/separation-waivers", status_code=201)
def add_separation_waiver(form: NewWaiver, user: Editor, session: Db) -> WaiverView:
    """Put a dated decision of the bureau on record."""
    told = form.model_dump() | {"today": day_of(datetime.now(UTC)), "by": user.officer_id}
    return _view(separation.add_waiver(session, user.jurisdiction_id, **told))


@router.post("/separation-waivers/{waiver_id}/end")
def end_separation_waiver(waiver_id: Id, form: WaiverEnd, user: Editor, session: Db) -> WaiverView:
    """End an exemption earlier than decided."""
    place, by = user.jurisdiction_id, user.officer_id
    return _view(separation.end_waiver(session, place, waiver_id, last_day=form.last_day, by=by))


def _view(row: SeparationWaiver) -> WaiverView:
    return WaiverView.model_validate(row, from_attributes=True)
