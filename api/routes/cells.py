"""Cells: as GeoJSON on any day, with the person responsible; what is asked of them.

`POST /assignments` makes a person responsible.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api import names
from api.auth import User
from api.bbox import BboxQuery
from api.deps import Db, Id
from api.inputs import Day
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Line
from gridsup.cells import queries, service
from gridsup.cells.locate import located, today
from gridsup.cells.model import Cell
from gridsup.redivision import history

router = APIRouter(tags=["cells"])
Reader = Annotated[User, permit(Permission.CELLS_READ)]
Visits = Annotated[User, permit(Permission.VISITS_READ)]
Editor = Annotated[User, permit(Permission.CELLS_EDIT)]
Asks = Annotated[list[Line], Field(max_length=50)]
Targets = Annotated[dict[Line, float], Field(max_length=20)]


class CellView(BaseModel):
    """A cell during one span of days. The last day is exclusive; null while it is in force."""

    id: int
    code: str
    grid: str
    name: str
    station_id: int
    community_id: int | None
    national_code: str | None
    area_m2: float
    valid_from: date
    valid_until: date | None
    duties: list[Any] = Field(description="职责")
    requirements: list[Any] = Field(description="要求")
    targets: dict[str, Any] = Field(description='目标, such as `{"visit_days": 90}`')


class CellProperties(CellView):
    station: str
    officer_id: int | None
    officer: str | None = Field(description="网格责任人 on that day")


class CellFeature(BaseModel):
    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon, CRS84")
    properties: CellProperties


class CellCollection(BaseModel):
    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[CellFeature]


class Held(BaseModel):
    """Who was responsible and when; the last day is exclusive."""

    officer_id: int
    name: str
    valid_from: date
    valid_until: date | None


class Descent(BaseModel):
    old_id: int
    old_code: str
    new_id: int
    new_code: str
    on_day: date


class CellDetail(CellView):
    owners: list[Held] = Field(description="newest first")
    lineage: list[Descent]


class CellKin(BaseModel):
    """A cell that this one came out of, or that came out of it. The last day is exclusive."""

    id: int
    code: str
    name: str
    valid_from: date
    valid_until: date | None
    generation: int = Field(description="1: directly")
    share: float = Field(description="of that cell's ground that lies in this one, 0 to 1")


class CellHistory(BaseModel):
    """`…_before`: those of them that were made under an earlier cell."""

    ancestors: list[CellKin] = Field(description="nearest first")
    heirs: list[CellKin]
    visits: int
    visits_before: int
    findings: int
    findings_before: int


class CellDeed(BaseModel):
    kind: Literal["visit", "finding"]
    id: int
    at: datetime
    officer_id: int
    officer: str | None
    business_id: int | None
    matter_id: int | None
    cell_id: int | None = Field(description="the cell then")
    cell_code: str | None
    what: str = Field(description="result of a visit, source of a finding")


class CellChange(BaseModel):
    """Only what is given changes."""

    name: Line | None = None
    duties: Asks | None = None
    requirements: Asks | None = None
    targets: Targets | None = None


class Place(BaseModel):
    """The cell of a point."""

    cell_id: int
    code: str
    name: str
    station_id: int


@router.get("/cells")
def list_cells(user: Reader, session: Db, bbox: BboxQuery = None, day: Day | None = None) -> CellCollection:
    """The cells in force on a day (today when absent), by code."""
    rows = session.execute(queries.cells_with_owner(user.jurisdiction_id, day or today(), bbox=bbox))
    return CellCollection(
        features=[
            CellFeature(
                id=cell.id,
                geometry=json.loads(geometry),
                properties=CellProperties(
                    **_columns(cell), station=station, officer_id=officer_id, officer=officer
                ),
            )
            for cell, officer_id, officer, station, geometry in rows
        ]
    )


@router.get("/cells/unowned")
def list_unowned_cells(user: Reader, session: Db) -> list[CellView]:
    """Cells that nobody is responsible for today (P10-X1)."""
    found = session.scalars(queries.unowned(user.jurisdiction_id, today()))
    return [CellView(**_columns(cell)) for cell in found]


@router.get("/cells/{cell_id}")
def get_cell(cell_id: Id, user: Reader, session: Db) -> CellDetail:
    """One cell, ended ones too: who has held it, what it came from and what came of it."""
    return _detail(session, user, service.get(session, user.jurisdiction_id, cell_id))


@router.patch("/cells/{cell_id}")
def change_cell(cell_id: Id, form: CellChange, user: Editor, session: Db) -> CellDetail:
    """Change a cell's name, duties, requirements or targets."""
    cell = service.describe(
        session,
        user.jurisdiction_id,
        cell_id,
        officer_id=user.officer_id,
        **form.model_dump(exclude_unset=True),
    )
    return _detail(session, user, cell)


@router.get("/cells/{cell_id}/history")
def get_cell_history(cell_id: Id, user: Reader, session: Db) -> CellHistory:
    """The cells before and after this one, and what was done on its ground, under whatever code."""
    j, cell = user.jurisdiction_id, service.get(session, user.jurisdiction_id, cell_id)
    done = history.counts(session, j, cell.id)
    visits, findings = done.get("visit", (0, 0)), done.get("finding", (0, 0))
    return CellHistory(
        ancestors=[CellKin(**row._mapping) for row in history.ancestors(session, j, cell.id)],
        heirs=[CellKin(**row._mapping) for row in history.descendants(session, j, cell.id)],
        visits=visits[0],
        visits_before=visits[1],
        findings=findings[0],
        findings_before=findings[1],
    )


@router.get("/cells/{cell_id}/deeds")
def list_cell_deeds(
    cell_id: Id, user: Visits, session: Db, limit: Limit = 50, cursor: Cursor = None
) -> Page[CellDeed]:
    """Visits and findings on the ground of a cell, those made under earlier cells too, newest first."""
    j, cell = user.jurisdiction_id, service.get(session, user.jurisdiction_id, cell_id)
    after = decode(cursor, datetime, str, int)
    rows = history.deeds(session, j, cell.id, after=after, limit=limit + 1)
    known = names.look_up(
        session, j, officers=(row.officer_id for row in rows), cells_=(row.cell_id for row in rows)
    )
    return page(
        rows,
        limit,
        lambda row: CellDeed(
            kind=row.kind,
            id=row.id,
            at=row.at,
            officer_id=row.officer_id,
            officer=known.officer(row.officer_id),
            business_id=row.business_id,
            matter_id=row.matter_id,
            cell_id=row.cell_id,
            cell_code=known.cell(row.cell_id),
            what=row.result,
        ),
        lambda row: [row.at, row.kind, row.id],
    )


@router.get("/locate")
def locate_point(
    user: Reader,
    session: Db,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    day: Day | None = None,
) -> Place:
    """The cell of a point (CRS84 degrees) on a day: on a shared edge the lowest code, outside all a 404."""
    cell = located(session, user.jurisdiction_id, lon, lat, day=day)
    return Place(cell_id=cell.id, code=cell.code, name=cell.name, station_id=cell.station_id)


def _columns(cell: Cell) -> dict[str, Any]:
    names = ("id", "code", "grid", "name", "station_id", "community_id", "national_code", "area_m2")
    asks = ("duties", "requirements", "targets")
    return {name: getattr(cell, name) for name in (*names, *asks)} | {
        "valid_from": cell.valid.lower,
        "valid_until": cell.valid.upper,
    }


def _detail(session: Db, user: User, cell: Cell) -> CellDetail:
    owners = session.execute(queries.owners_of(user.jurisdiction_id, cell.id))
    lineage = session.execute(queries.lineage(user.jurisdiction_id, cell.id))
    return CellDetail(
        **_columns(cell),
        owners=[
            Held(officer_id=officer_id, name=name, valid_from=during.lower, valid_until=during.upper)
            for officer_id, name, during in owners
        ],
        lineage=[Descent(**dict(zip(Descent.model_fields, row, strict=True))) for row in lineage],
    )
