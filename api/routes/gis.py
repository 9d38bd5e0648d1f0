"""Files and addresses for GIS programs: one GeoPackage with styles in it, TileJSON of the vector tiles."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from api.auth import User
from api.deps import Db
from api.ogc import access
from api.permissions import Permission
from api.policy import permit, signed_in
from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells.tiles import MAX_ZOOM
from gridsup.gis import geopackage, queries
from gridsup.people.audit import record
from gridsup.registry.record import home_of
from gridsup.registry.tiles import POINTS_FROM

router = APIRouter(tags=["gis"])
TileLayer = Literal["cells", "businesses", "unlicensed", "matters", "basemap"]
GPKG: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The GeoPackage",
        "content": {geopackage.MIME: {"schema": {"type": "string", "format": "binary"}}},
    }
}
TILES: dict[str, tuple[Permission | None, dict[str, dict[str, dict[str, str]]]]] = {
    "cells": (
        Permission.CELLS_READ,
        {"cells": {"fields": {"id": "Number", "code": "String", "name": "String", "officer": "String"}}},
    ),
    "businesses": (
        Permission.BUSINESSES_READ,
        {
            "counts": {"fields": {"n": "Number", "unlicensed": "Number"}},
            "businesses": {
                "fields": {"id": "Number", "name": "String", "licence": "String", "status": "String"}
            },
        },
    ),
    "unlicensed": (
        Permission.BUSINESSES_READ,
        {"unlicensed": {"fields": {"id": "Number", "name": "String", "licence": "String", "lane": "String"}}},
    ),
    "matters": (
        Permission.MATTERS_READ_ALL,
        {"matters": {"fields": {"id": "Number", "pack": "String", "lane": "String", "due": "Number"}}},
    ),
    "basemap": (
        None,
        {
            name: {"fields": {"kind": "String", "kind_detail": "String", "name": "String"}}
            for name in ("earth", "water", "roads", "boundaries", "places")
        },
    ),
}
"""Tile layer → what one must hold (None: the ground is open), and the layers and fields inside its tiles."""


class VectorLayer(BaseModel):
    id: str
    fields: dict[str, str]
    minzoom: int
    maxzoom: int


class TileJson(BaseModel):
    """TileJSON 3.0. `bounds` in CRS84, absent while the jurisdiction has no boundary."""

    tilejson: Literal["3.0.0"] = "3.0.0"
    name: str
    scheme: Literal["xyz"] = "xyz"
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: list[float] | None
    vector_layers: list[VectorLayer]


@router.get("/tiles/{layer}.json")
def describe_tiles(
    layer: TileLayer, request: Request, user: Annotated[User, signed_in], session: Db
) -> TileJson:
    """Where the vector tiles of a layer are and what is in them; the tiles need the same sign-in."""
    permission, inside = TILES[layer]
    if permission is not None:
        user.require(permission)
    home = session.execute(queries.home(user.jurisdiction_id)).one()
    root = str(request.base_url).rstrip("/")
    return TileJson(
        name=f"{home_of(session, user.jurisdiction_id).name} {layer}",
        tiles=[f"{root}/api/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt"],
        minzoom=0,
        maxzoom=MAX_ZOOM,
        bounds=None if home[1] is None else [round(edge, 6) for edge in home[1:]],
        vector_layers=[
            VectorLayer(
                id=name,
                fields=one["fields"],
                minzoom=POINTS_FROM if name == "businesses" else 0,
                maxzoom=POINTS_FROM - 1 if name == "counts" else MAX_ZOOM,
            )
            for name, one in inside.items()
        ],
    )


@router.get("/gis/layers.gpkg", response_class=FileResponse, responses=GPKG)
def download_geopackage(user: Annotated[User, permit(Permission.EXPORTS_MAKE)], session: Db) -> FileResponse:
    """Every layer that one may read, as one GeoPackage that QGIS opens styled. Leaves an audit entry.

    Cells of today, businesses, matters and findings with the columns of the OGC service: no ID number, no
    phone. The file is made for this request and removed once it is sent.
    """
    folder = Path(tempfile.mkdtemp(prefix="gridsup-"))  # of this user alone
    path = folder / "layers.gpkg"
    try:
        wanted = [access.asked(user, layer) for layer in access.open_to(user)]
        counts = geopackage.write(session, path, wanted)
        record(
            session,
            user.jurisdiction_id,
            "export",
            officer_id=user.officer_id,
            subject="layers.gpkg",
            features=counts,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = f"{home_of(session, user.jurisdiction_id).name}-{datetime.now(SHANGHAI):%Y%m%d-%H%M}.gpkg"
    return FileResponse(
        path,
        media_type=geopackage.MIME,
        headers={"Content-Disposition": f"attachment; filename=layers.gpkg; filename*=UTF-8''{quote(name)}"},
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )
