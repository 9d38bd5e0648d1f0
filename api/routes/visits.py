"""Visits: what coverage is counted from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import names
from api.auth import User
from api.deps import Db
from api.filters import Narrow
from api.inputs import DeviceForm, Instant, Number, Position
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Prose
from gridsup.errors import FieldFault, Invalid
from gridsup.patrols import device, queries, service
from gridsup.patrols.model import Visit
from gridsup.procedures.pack import Words

router = APIRouter(tags=["visits"])
Reader = Annotated[User, permit(Permission.VISITS_READ)]
Visitor = Annotated[User, permit(Permission.VISITS_WRITE)]


class NewVisit(BaseModel):
    """One call at a household, or at a place that has none."""

    key: UUID = Field(description="made by the client; the same key is the same visit")
    at: Instant
    result: Literal["normal", "finding", "closed_door", "not_found", "rectified"]
    business_id: Number | None = None
    position: Position | None = None
    note: Prose | None = None
    device: DeviceForm = DeviceForm()


class VisitView(BaseModel):
    """One visit. `lon`, `lat` where the officer stood (CRS84)."""

    id: int
    key: UUID
    officer_id: int
    officer_name: str | None
    business_id: int | None
    business_name: str | None
    cell_id: int | None
    cell_code: str | None
    at: datetime
    received_at: datetime
    result: str
    note: str | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    remarks: list[Words] = Field(description="what the phone noted that is worth a look")


@router.post("/visits", status_code=201)
def record_visit(form: NewVisit, user: Visitor, session: Db) -> VisitView:
    """Record a visit. Sending it again changes nothing and gives the same answer."""
    if form.business_id is None and form.position is None:
        zh, en = "请选择商户，或给出所在位置。", "Choose a household, or give the position."
        raise Invalid("visit-without-place", zh=zh, en=en, faults=[FieldFault("/business_id", zh, en)])
    place = service.Position(**form.position.model_dump()) if form.position else None
    told = {**form.model_dump(exclude={"position"}), "device": form.device.told()}
    stored = service.record_visit(session, user.officer_id, service.VisitReport(**told, position=place))
    row = session.execute(queries.visit_shown(user.jurisdiction_id, stored.id)).one()
    known = names.look_up(
        session, user.jurisdiction_id, officers=[stored.officer_id], cells_=[stored.cell_id]
    )
    return _view(row, known)


@router.get("/visits")
def list_visits(
    user: Reader,
    session: Db,
    narrow: Narrow,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[VisitView]:
    """Visits, newest first."""
    rows = session.execute(
        queries.visits(
            user.jurisdiction_id,
            **narrow,
            after=decode(cursor, datetime, int),
            limit=limit + 1,
        )
    ).all()
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=(row[0].officer_id for row in rows),
        cells_=(row[0].cell_id for row in rows),
    )
    return page(rows, limit, lambda row: _view(row, known), lambda row: (row[0].at, row[0].id))


def _view(row: Any, known: names.Names) -> VisitView:
    visit: Visit = row[0]
    return VisitView(
        id=visit.id,
        key=visit.key,
        officer_id=visit.officer_id,
        officer_name=known.officer(visit.officer_id),
        business_id=visit.business_id,
        business_name=row.name,
        cell_id=visit.cell_id,
        cell_code=known.cell(visit.cell_id),
        at=visit.at,
        received_at=visit.received_at,
        result=visit.result,
        note=visit.note,
        lon=row.lon,
        lat=row.lat,
        accuracy_m=visit.accuracy_m,
        remarks=device.remarks(visit.device, visit.accuracy_m),
    )
