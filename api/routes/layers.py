"""Layers of shapes: the boundary, roads and cells from GeoJSON, GeoPackage, zipped Shapefile or OSM."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import User
from api.deps import Db
from api.import_shapes import FeatureFault
from api.permissions import Permission
from api.policy import permit
from api.routes.imports import Datum
from api.uploads import MAX_FORM, on_disk, pointing_at_parts
from geo_data import loading

router = APIRouter(tags=["imports"])
Editor = Annotated[User, permit(Permission.CELLS_EDIT)]
LayerKind = Literal["cells", "boundary", "roads"]


class LayerAnswer(BaseModel):
    """What landed, and the features left out. `batch_id` is null when the file was only checked."""

    kind: LayerKind
    batch_id: int | None
    landed: int
    faults: list[FeatureFault]
    area_m2: float | None = Field(default=None, description="of the boundary")
    begun: int | None = Field(default=None, description="new cells, in force from today")
    kept: int | None = Field(default=None, description="cells that stay as they are")
    ended: int | None = Field(default=None, description="cells that end today")
    recoded: int | None = Field(default=None, description="businesses with a new code")


@router.post("/imports/layers", max_body_size=MAX_FORM)
def import_layer(
    user: Editor,
    session: Db,
    file: Annotated[UploadFile, File(description=".geojson .gpkg .zip (Shapefile) .fgb .osm .pbf, ≤ 60 MB")],
    kind: Annotated[LayerKind, Form()],
    datum: Datum = None,
    layer: Annotated[str | None, Form(max_length=200, description="which layer of the file")] = None,
    station: Annotated[
        str | None, Form(max_length=200, description="cells: station of all, by code or name")
    ] = None,
    pick: Annotated[
        str | None, Form(max_length=200, description="boundary: which area of the file, by code or name")
    ] = None,
    body: Annotated[
        str | None,
        Form(max_length=200, description="boundary: of which station, street or community; its code"),
    ] = None,
    check_only: Annotated[bool, Form(description="check and keep nothing")] = False,
) -> LayerAnswer:
    """Check a layer and enact it in one step. Cells are refused as a whole unless they are seamless: each
    gap, overlap, sliver and place outside the station stands among the faults, with its place.
    """
    wanted: dict[str, Any] = {
        "datum": datum or None,
        "layer": layer or None,
        "officer_id": user.officer_id,
    }
    with pointing_at_parts(), on_disk(file) as path, session.begin_nested() as point:
        if kind == "cells":
            answer = _cells(session, user, path, {**wanted, "station": station or None})
        elif kind == "boundary":
            wanted |= {"pick": pick or None, "body_code": body or None}
            done = loading.load_boundary(session, user.jurisdiction_id, path, **wanted)
            answer = _answer(kind, done, area_m2=done.area_m2)
        else:
            answer = _answer(kind, loading.load_roads(session, user.jurisdiction_id, path, **wanted))
        if check_only:
            point.rollback()
            answer.batch_id = None
    return answer


def _cells(session: Session, user: User, path: Path, wanted: dict[str, Any]) -> LayerAnswer:
    done, division = loading.load_cells(session, user.jurisdiction_id, path, **wanted)
    cells = division.cells
    return _answer(
        "cells",
        done,
        begun=len(cells.begun),
        kept=len(cells.kept),
        ended=len(cells.ended),
        recoded=division.recoded,
    )


def _answer(kind: LayerKind, done: loading.Loaded, **more: Any) -> LayerAnswer:
    faults = [FeatureFault(feature=n, code=why.code, zh=why.zh, en=why.en) for n, why in done.faults[:200]]
    return LayerAnswer(kind=kind, batch_id=done.batch_id, landed=done.landed, faults=faults, **more)
