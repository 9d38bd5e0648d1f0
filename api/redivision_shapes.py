"""How drafts of a new division are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import shapely
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names
from gridsup import spatial
from gridsup.redivision import enacting, store
from gridsup.redivision.compare import Comparison, Load, Move
from gridsup.redivision.model import Redivision, RedivisionEdit
from gridsup.registry.record import home_of

State = Literal["open", "scheduled", "enacted", "dropped"]


class DraftStation(BaseModel):
    id: int
    code: str
    name: str


class Quality(BaseModel):
    """Of the draft as it stands. `workload_cv`: standard deviation over mean of the cells' workload."""

    cells: int
    blocks: int
    businesses: int
    pieces: int = Field(description="extra pieces of cells; always 0")
    seamless: bool
    workload_cv: float
    max_over_mean: float
    polsby_popper_mean: float = Field(description="compactness 4πA/P², 1 for a circle")
    polsby_popper_min: float
    internal_boundary_km: float
    on_roads: float = Field(description="share of the border between cells along any line, 0 to 1")
    on_major_roads: float
    engine: dict[str, Any] | None = Field(
        default=None, description="what the engine reported when it was made"
    )


class DraftFailureFault(BaseModel):
    pointer: str
    zh: str
    en: str


class DraftFailure(BaseModel):
    """Why it did not come into force on its day."""

    code: str
    zh: str
    en: str
    at: datetime
    faults: list[DraftFailureFault]


class DraftResult(BaseModel):
    """What its enactment did: ids of cells and matters, number of businesses with a new code."""

    begun: list[int]
    ended: list[int]
    kept: list[int]
    recoded: int
    matters: list[int]


class RedivisionView(BaseModel):
    id: int
    name: str
    state: State
    origin: Literal["divide", "today"]
    version: int = Field(description="send it with the next act")
    planned_on: date | None = Field(description="the day on which it is to come into force, or did")
    overdue: bool = Field(description="its day has come and it waits for the upkeep run")
    stations: list[DraftStation]
    parameters: dict[str, Any]
    report: Quality
    failure: DraftFailure | None
    result: DraftResult | None
    created_by: int | None
    created_by_name: str | None
    created_at: datetime
    changed_by: int | None
    changed_by_name: str | None
    changed_at: datetime


PLAIN = set(RedivisionView.model_fields) - {"overdue", "stations", "created_by_name", "changed_by_name"}


class DraftCellProperties(BaseModel):
    label: int
    title: str = Field(description="its grid number, or 新3")
    grid: str | None
    name: str | None
    station_id: int
    community_id: int | None
    officer_id: int | None = Field(description="named in the draft; null: the owner of most of its ground")
    blocks: int
    businesses: int
    workload: float = Field(description="share of the draft's workload, 0 to 1")
    area_m2: float


class DraftCellFeature(BaseModel):
    type: Literal["Feature"] = "Feature"
    id: int = Field(description="the label")
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon, CRS84")
    properties: DraftCellProperties


class DraftCellCollection(BaseModel):
    type: Literal["FeatureCollection"] = "FeatureCollection"
    version: int
    features: list[DraftCellFeature]


class DraftBlockProperties(BaseModel):
    number: int
    cell: int = Field(description="label of its cell")
    station_id: int
    businesses: int
    workload: float


class DraftBlockFeature(BaseModel):
    type: Literal["Feature"] = "Feature"
    id: int = Field(description="the number")
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon, CRS84")
    properties: DraftBlockProperties


class DraftBlockCollection(BaseModel):
    type: Literal["FeatureCollection"] = "FeatureCollection"
    version: int
    features: list[DraftBlockFeature]


class EditView(BaseModel):
    version: int = Field(description="the version that the edit made")
    verb: Literal["move", "merge", "split", "cut", "describe", "import"]
    asked: dict[str, Any]
    officer_id: int | None
    officer: str | None
    at: datetime
    undone_at: datetime | None


class LoadView(BaseModel):
    cells: int
    area_m2: float
    businesses: int
    open_matters: int
    workload: float = Field(description="share of the whole, 0 to 1")
    visits: int = Field(description="in the months asked, as are the next two")
    findings: int
    matters: int = Field(description="handled: open now or ended in those months")


class ExchangeView(BaseModel):
    businesses: int
    area_m2: float
    open_matters: int


class InspectorSides(BaseModel):
    officer_id: int | None = Field(description="null: cells that nobody is responsible for")
    officer: str | None
    today: LoadView
    draft: LoadView
    gains: ExchangeView
    loses: ExchangeView


class HeirView(BaseModel):
    old_cell_id: int
    old_code: str
    label: int
    title: str
    share: float = Field(description="of the present cell's ground, 0 to 1")
    businesses: int


class DraftCellLoad(BaseModel):
    label: int
    title: str
    code: str | None = Field(description="null: the station's next number, given when it comes into force")
    officer_id: int | None
    load: LoadView


class PresentCellLoad(BaseModel):
    cell_id: int
    code: str
    officer_id: int | None
    load: LoadView


class ComparisonView(BaseModel):
    version: int
    months: float
    businesses: int
    code_changes: int
    officer_changes: int
    outside: int = Field(description="businesses that would lie in no cell; such a draft is refused")
    inspectors: list[InspectorSides]
    heirs: list[HeirView]
    cells_today: list[PresentCellLoad]
    cells_draft: list[DraftCellLoad]


class MoveView(BaseModel):
    business_id: int
    name: str
    old_code: str
    old_cell_id: int
    label: int | None = Field(description="of its cell in the draft")
    new_cell_code: str | None = Field(description="null: a cell without a number yet")
    old_officer_id: int | None
    old_officer: str | None
    new_officer_id: int | None
    new_officer: str | None
    code_changes: bool
    officer_changes: bool


def views(session: Session, jurisdiction_id: int, drafts: Sequence[Redivision]) -> list[RedivisionView]:
    stations = enacting.station_names(session, jurisdiction_id)
    people = [one for draft in drafts for one in (draft.created_by, draft.changed_by)]
    known = names.look_up(session, jurisdiction_id, officers=people)
    return [
        RedivisionView(
            **{name: getattr(draft, name) for name in PLAIN},
            overdue=enacting.overdue(draft),
            stations=[
                DraftStation(id=int(one), code=stations[int(one)][0], name=stations[int(one)][1])
                for one in draft.stations
                if int(one) in stations
            ],
            created_by_name=known.officer(draft.created_by),
            changed_by_name=known.officer(draft.changed_by),
        )
        for draft in drafts
    ]


def cells(session: Session, draft: Redivision) -> DraftCellCollection:
    board = store.load(session, draft)
    srid = int(home_of(session, draft.jurisdiction_id).metric_srid)
    features = []
    for label, shape in board.shapes().items():
        cell, members = board.cells[label], board.members(label)
        features.append(
            DraftCellFeature(
                id=label,
                geometry=shapely.geometry.mapping(shape),
                properties=DraftCellProperties(
                    label=label,
                    title=cell.title,
                    grid=cell.grid,
                    name=cell.name,
                    station_id=cell.station_id,
                    community_id=cell.community_id,
                    officer_id=cell.officer_id,
                    blocks=len(members),
                    businesses=sum(block.businesses for block in members),
                    workload=sum(block.workload for block in members),
                    area_m2=spatial.area_m2(shape, srid),
                ),
            )
        )
    return DraftCellCollection(version=draft.version, features=features)


def blocks(session: Session, draft: Redivision) -> DraftBlockCollection:
    return DraftBlockCollection(
        version=draft.version,
        features=[
            DraftBlockFeature(
                id=block.number,
                geometry=shapely.geometry.mapping(block.shape),
                properties=DraftBlockProperties(
                    number=block.number,
                    cell=block.cell or 0,
                    station_id=block.station_id,
                    businesses=block.businesses,
                    workload=block.workload,
                ),
            )
            for block in store.load(session, draft).living
        ],
    )


def edits(session: Session, jurisdiction_id: int, rows: Sequence[RedivisionEdit]) -> list[EditView]:
    known = names.look_up(session, jurisdiction_id, officers=[row.officer_id for row in rows])
    return [
        EditView(
            version=row.version,
            verb=row.verb,  # type: ignore[arg-type]
            asked=row.asked,
            officer_id=row.officer_id,
            officer=known.officer(row.officer_id),
            at=row.at,
            undone_at=row.undone_at,
        )
        for row in rows
    ]


def comparison(compared: Comparison, months: float) -> ComparisonView:
    moves = compared.moves
    sides, old, new = compared.inspectors(months)
    who = compared.names()
    code = {cell.id: cell.code for cell in compared.present}
    board = compared.board
    return ComparisonView(
        version=compared.draft.version,
        months=months,
        businesses=len(moves),
        code_changes=sum(move.code_changes for move in moves),
        officer_changes=sum(move.officer_changes for move in moves),
        outside=sum(move.label is None for move in moves),
        inspectors=[
            InspectorSides(
                officer_id=side.officer_id,
                officer=who.get(side.officer_id) if side.officer_id is not None else None,
                today=_load(side.today),
                draft=_load(side.draft),
                gains=ExchangeView(**_fields(side.gains)),
                loses=ExchangeView(**_fields(side.loses)),
            )
            for side in sides
        ],
        heirs=[
            HeirView(
                old_cell_id=heir.old_cell_id,
                old_code=code[heir.old_cell_id],
                label=heir.label,
                title=board.cells[heir.label].title,
                share=heir.share,
                businesses=heir.businesses,
            )
            for heir in compared.heirs_of(moves)
        ],
        cells_today=[
            PresentCellLoad(
                cell_id=cell.id,
                code=cell.code,
                officer_id=compared.owner.get(cell.id),
                load=_load(old[cell.id]),
            )
            for cell in compared.present
        ],
        cells_draft=[
            DraftCellLoad(
                label=label,
                title=board.cells[label].title,
                code=compared.codes[label],
                officer_id=compared.officer[label],
                load=_load(new[label]),
            )
            for label in compared.labels
        ],
    )


def move(one: Move, who: Mapping[int, str]) -> MoveView:
    return MoveView(
        **_fields(one),
        old_officer=who.get(one.old_officer_id or 0),
        new_officer=who.get(one.new_officer_id or 0),
        officer_changes=one.officer_changes,
    )


def _load(load: Load) -> LoadView:
    return LoadView(**_fields(load))


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
