"""The inspector's phone: what today brings, and everything that it needs without a connection."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import captions, matter_views, names, standing
from api.auth import User
from api.deps import Db
from api.held_shapes import Holdings, held
from api.inputs import Asked, DeviceForm, Instant, Number, Position
from api.matter_shapes import ASIDE, PARTNERS, ActionView, MatterRow, PastStep
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.routes.procedures import (
    CodeName,
    DepartmentName,
    TradeName,
    department_names,
    trade_names,
    visit_results,
)
from api.routes.starting import openings
from api.texts import Line
from gridsup.analytics.coverage import visit_days
from gridsup.cells import queries as cells
from gridsup.enforcement import guards
from gridsup.errors import FieldFault, Invalid
from gridsup.patrols import device, rounds, service, skips
from gridsup.patrols import queries as patrols
from gridsup.patrols.model import SkippedStop
from gridsup.people.deputies import day_of
from gridsup.procedures import queries, versions
from gridsup.procedures.pack import Pack, Words

router = APIRouter(prefix="/field", tags=["field"])
Inspector = Annotated[User, permit(Permission.FINDINGS_REPORT)]
Visitor = Annotated[User, permit(Permission.VISITS_WRITE)]
Reader = Annotated[User, permit(Permission.VISITS_READ)]
MOST_MATTERS = 100


class MyCellProperties(BaseModel):
    id: int
    code: str
    name: str
    station_id: int
    officer_id: int | None
    duties: list[Any]
    requirements: list[Any]
    targets: dict[str, Any]


class MyCell(BaseModel):
    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon, CRS84")
    properties: MyCellProperties


class MyCells(BaseModel):
    """GeoJSON of the cells that I answer for, those of whom I stand in for among them."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[MyCell]


class MyHousehold(BaseModel):
    """A household in my cells, slim. `lon` and `lat` are null while it is not placed (未落点)."""

    business_id: int
    name: str
    address: str
    code: str | None
    cell_id: int | None
    community_id: int | None
    trade: str | None
    risk: int = Field(description="1 low … 4 high")
    licence_status: str
    lon: float | None
    lat: float | None
    last_visit: datetime | None
    operator_name: str | None
    uscc: str | None
    scope: str | None


class DueVisit(MyHousehold):
    """A household that is due for a visit."""

    days_over: int | None = Field(description="days since it was due; null when it was never visited")
    metres: float | None = Field(description="from where I stand, when that was told")


class MyMatter(BaseModel):
    """A matter that waits for me, with what I may do: enough to act on it without a connection."""

    row: MatterRow
    facts: dict[str, Any]
    actions: list[ActionView]
    history: list[PastStep] = Field(description="the oldest first: a step's form begins with what was told")
    partners: list[int] = Field(description=PARTNERS)
    aside: list[int] = Field(description=ASIDE)
    held: Holdings = Field(description="what its steps about things choose among")


class Today(BaseModel):
    """What today brings."""

    made_at: datetime
    day: date
    cells: MyCells
    matters: list[MyMatter] = Field(description="those that wait for me, the soonest due first")
    due: list[DueVisit] = Field(description="by risk × overdue × nearness")
    skipped: list[int] = Field(description="households that I passed over today")


class FieldPack(BaseModel):
    """Everything a phone needs to work without a connection."""

    made_at: datetime
    cells: MyCells
    households: list[MyHousehold]
    reports: str = Field(description="the procedure that a finding opens")
    procedures: list[Pack] = Field(description="the versions in force today, in full, with their forms")
    departments: list[DepartmentName]
    trades: list[TradeName]
    visit_results: list[CodeName]
    visit_days: dict[str, int] = Field(description="days between visits, by risk")
    openings: list[str] = Field(description="procedures that I may begin by themselves (`POST /matters`)")


class NewSkip(BaseModel):
    """A household of the day's route that was passed over; it stays due."""

    key: UUID = Field(description="made by the client; the same key is the same record")
    business_id: Number
    at: Instant
    reason: Line
    position: Position | None = None
    device: DeviceForm = DeviceForm()


class SkipView(BaseModel):
    """A stop that was passed over."""

    id: int
    business_id: int
    business_name: str
    officer_id: int
    officer_name: str | None
    at: datetime
    reason: str
    metres: float | None = Field(description="between the household and where the officer stood")
    accuracy_m: float | None
    remarks: list[Words] = Field(description="what the phone noted that is worth a look")


@router.post("/skips", status_code=201)
def skip_stop(form: NewSkip, user: Visitor, session: Db) -> SkipView:
    """Pass over a stop of the day's route, with the reason. It counts as no visit."""
    place = service.Position(**form.position.model_dump()) if form.position else None
    told = {**form.model_dump(exclude={"position"}), "device": form.device.told()}
    stored = skips.skip_stop(session, user.officer_id, service.SkipReport(**told, position=place))
    row = session.execute(patrols.skipped(user.jurisdiction_id, only=stored.id)).one()
    return _skipped(row, {user.officer_id: user.name})


@router.get("/skips")
def list_skipped_stops(
    user: Reader,
    session: Db,
    officer_id: Asked = None,
    since: Annotated[Instant | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SkipView]:
    """Stops that were passed over, newest first."""
    rows = session.execute(
        patrols.skipped(
            user.jurisdiction_id,
            officer_id=officer_id,
            since=since,
            after=decode(cursor, datetime, int),
            limit=limit + 1,
        )
    ).all()
    known = names.look_up(session, user.jurisdiction_id, officers=(row[0].officer_id for row in rows))
    return page(rows, limit, lambda row: _skipped(row, known.officers), lambda row: (row[0].at, row[0].id))


def _skipped(row: Any, officers: dict[int, str]) -> SkipView:
    one: SkippedStop = row[0]
    plain = ("id", "business_id", "officer_id", "at", "reason", "accuracy_m")
    return SkipView(
        **{field: getattr(one, field) for field in plain},
        business_name=row.name,
        officer_name=officers.get(one.officer_id),
        metres=row.metres,
        remarks=device.remarks(one.device, one.accuracy_m),
    )


@router.get("/today")
def get_today(
    user: Inspector,
    session: Db,
    lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="at most so many due visits")] = 100,
) -> Today:
    """My cells, the matters that wait for me, and the households that are due for a visit."""
    if (lon is None) != (lat is None):
        zh, en = "经度和纬度须同时给出。", "Longitude and latitude go together."
        missing = "/lon" if lon is None else "/lat"
        raise Invalid("half-a-position", zh=zh, en=en, faults=[FieldFault(missing, zh, en)])
    now = datetime.now(UTC)
    here = (lon, lat) if lon is not None and lat is not None else None
    households = rounds.due(
        session,
        user.jurisdiction_id,
        standing.officers_of(user),
        now,
        day=day_of(now),
        days=visit_days(session, user.jurisdiction_id),
        here=here,
        most=limit,
    )
    return Today(
        made_at=now,
        day=day_of(now),
        cells=_my_cells(session, user, day_of(now)),
        matters=_my_matters(session, user),
        due=[DueVisit.model_validate(one, from_attributes=True) for one in households],
        skipped=list(session.scalars(patrols.skipped_on(user.jurisdiction_id, user.officer_id, day_of(now)))),
    )


@router.get("/pack")
def get_field_pack(user: Inspector, session: Db) -> FieldPack:
    """My cells and households, the procedures with their forms, and the code lists."""
    now = datetime.now(UTC)
    today = day_of(now)
    mine = rounds.households(session, user.jurisdiction_id, standing.officers_of(user), today)
    return FieldPack(
        made_at=now,
        cells=_my_cells(session, user, today),
        households=[MyHousehold.model_validate(one, from_attributes=True) for one in mine],
        reports=service.PROCEDURE,
        procedures=_in_force(session, user, today),
        departments=department_names(),
        trades=trade_names(),
        visit_results=visit_results(),
        visit_days=visit_days(session, user.jurisdiction_id),
        openings=[one.pack for one in openings(session, user, now)],
    )


def _in_force(session: Session, user: User, day: date) -> list[Pack]:
    ids = dict.fromkeys(pack.id for pack, _ in versions.installed(session, user.jurisdiction_id))
    return [versions.in_force(session, user.jurisdiction_id, one, day)[0] for one in ids]


def _my_matters(session: Session, user: User) -> list[MyMatter]:
    wanted = queries.Filter(waiting=standing.waiting_for(session, user))
    found, _ = queries.queue(session, standing.within_sight(user, wanted), limit=MOST_MATTERS)
    rows = matter_views.rows(session, user, found)
    ids = [row.id for row in rows]
    partners = queries.partners(session, ids, user.officer_id)
    aside = guards.aside(session, user.jurisdiction_id, ids)
    return [
        MyMatter(
            row=row,
            facts=captions.masked(told["facts"]),
            actions=matter_views.actions(session, user, row.id),
            history=matter_views.steps(session, user, row.id),
            partners=partners[row.id],
            aside=aside[row.id],
            held=held(session, row.id, row.pack),
        )
        for row, told in zip(rows, found, strict=True)
    ]


def _my_cells(session: Session, user: User, day: date) -> MyCells:
    mine = standing.officers_of(user)
    features = [
        MyCell(
            id=cell.id,
            geometry=json.loads(geometry),
            properties=MyCellProperties(
                id=cell.id,
                code=cell.code,
                name=cell.name,
                station_id=cell.station_id,
                officer_id=officer_id,
                duties=cell.duties,
                requirements=cell.requirements,
                targets=cell.targets,
            ),
        )
        for cell, officer_id, _, _, geometry in session.execute(
            cells.cells_with_owner(user.jurisdiction_id, day)
        )
        if officer_id in mine
    ]
    return MyCells(features=features)
