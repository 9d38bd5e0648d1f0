"""How drafts of a new division are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import shapely
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names
from gridsup import spatial
from gridsup.redivision import enacting, scope, service, store
from gridsup.redivision.model import Redivision, RedivisionEdit
from gridsup.redivision.nesting import Within
from gridsup.registry.record import home_of

State = Literal["open", "scheduled", "enacted", "dropped"]


class DraftStation(BaseModel):
    id: int
    code: str
    name: str


class PlaceView(BaseModel):
    """A station with an area, or a street or community that holds cells."""

    id: int
    kind: Literal["station", "street", "community"]
    code: str
    name: str
    cells: int
    inspectors: int = Field(description="how many officers hold these cells today")
    stations: list[int] = Field(description="ids of the stations whose cells they are")


class DraftPart(BaseModel):
    id: int
    kind: Literal["street", "community"]
    name: str


class MixShares(BaseModel):
    """What the draft counts as work, as shares that sum to 1."""

    businesses: float
    unlicensed: float
    risk: float
    area: float
    roads: float


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
    handed_on: list[int] = Field(default=[], description="those that passed to another officer")


class RedivisionView(BaseModel):
    id: int
    name: str
    state: State
    origin: Literal["divide", "today"]
    version: int = Field(description="send it with the next act")
    planned_on: date | None = Field(description="the day on which it is to come into force, or did")
    overdue: bool = Field(description="its day has come and it waits for the upkeep run")
    stations: list[DraftStation]
    parts: list[DraftPart] = Field(
        description="the streets and communities it covers; empty: its stations whole"
    )
    mix: MixShares
    within: Within = Field(description="what no cell crosses the border of")
    undoable: bool
    redoable: bool
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


PLAIN = set(RedivisionView.model_fields) - {
    "overdue", "stations", "parts", "mix", "within", "undoable", "redoable",
    "created_by_name", "changed_by_name",
}  # fmt: skip


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


def views(session: Session, jurisdiction_id: int, drafts: Sequence[Redivision]) -> list[RedivisionView]:
    stations = enacting.station_names(session, jurisdiction_id)
    people = [one for draft in drafts for one in (draft.created_by, draft.changed_by)]
    known = names.look_up(session, jurisdiction_id, officers=people)
    wanted = [int(one) for draft in drafts for one in draft.parts]
    parts = {
        row.id: DraftPart(id=row.id, kind=row.kind, name=row.name)
        for row in scope.named(session, jurisdiction_id, wanted)
    }
    logs = service.ends_of_logs(session, jurisdiction_id, [draft.id for draft in drafts])
    return [
        RedivisionView(
            **{name: getattr(draft, name) for name in PLAIN},
            overdue=enacting.overdue(draft),
            stations=[
                DraftStation(id=int(one), code=stations[int(one)][0], name=stations[int(one)][1])
                for one in draft.stations
                if int(one) in stations
            ],
            parts=[parts[int(one)] for one in draft.parts if int(one) in parts],
            mix=MixShares(**service.shares_of(draft)),
            within=draft.parameters.get("within", "station"),
            undoable=logs[draft.id][0],
            redoable=logs[draft.id][1],
            created_by_name=known.officer(draft.created_by),
            changed_by_name=known.officer(draft.changed_by),
        )
        for draft in drafts
    ]


def place(one: scope.Place) -> PlaceView:
    return PlaceView(**fields_of(one) | {"stations": list(one.stations)})


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


def fields_of(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
