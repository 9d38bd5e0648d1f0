"""Dividing files without a database: boundary and roads in, cells and a report out (P10-C1, P10-C2)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow
import shapely

from geo_data.datums import ROW, canonical, parse_reference
from geo_data.features import CODE_COLUMNS, Features, read_areas, read_roads
from geo_data.fields import header_key
from geo_data.layers import layer_names, read_layer
from geo_data.tables import TABLE_SUFFIXES, read_table
from gridsup import spatial
from gridsup.cells.division import Division, Mix, divide
from gridsup.cells.division.arrangement import Shapes
from gridsup.cells.division.memory import peak_mb
from gridsup.cells.division.numbering import Names, names_of
from gridsup.cells.division.workload import homes
from gridsup.errors import Invalid
from gridsup.redivision import cutting, degrees

T = TypeVar("T")
pyarrow.set_memory_pool(pyarrow.system_memory_pool())  # gives back what reading took, 40 MB of a city
RFC_7946 = (".geojson", ".json")
"""Files that mean WGS 84 when they say nothing."""
STEP = 0.0002
"""Degrees (some 20 m) between the vertices of the boundary, so that its edges do not bend in metres."""
HAIR = 5e-6
"""Degrees: half of the widest gap (some 1 m) between two areas that is a difference between two maps."""
LONGITUDE, LATITUDE = ("经度", "lon", "lng", "longitude", "x"), ("纬度", "lat", "latitude", "y")
WEIGHTS = {
    "weight": ("weight", "stalls", "摊位数", "户数"),
    "unlicensed": ("unlicensed", "无照"),
    "risk": ("risk", "风险"),
}
"""Columns of a business → how its headers may be called."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files to be divided. ``datum``: what the coordinates of all of them mean, where they do not say."""

    boundary: Path
    roads: Path
    businesses: Path | None = None
    buildings: Path | None = None
    previous: Path | None = None
    pick: str | None = None
    walls: bool = False
    datum: str | None = None


def divide_files(
    inputs: Inputs,
    *,
    cells: int,
    seed: int = 0,
    mix: Mix | None = None,
    stay: float = 1.0,
    inspectors: int | None = None,
    station: str | None = None,
) -> tuple[Division, dict[str, Any]]:
    """Divide the boundary of a file along the roads of another; the division (in the boundary's own CRS
    where that is not GCJ-02 or BD-09) and its report.

    ``station`` is the code in front of the grid numbers. With ``walls`` each area of the boundary file is
    divided for itself, and its code stands in front. ``previous`` holds earlier cells with a column ``code``
    (and ``inspector``). Raises what the readers and :func:`gridsup.cells.division.divide` raise.
    """
    began = time.perf_counter()
    areas, stored = _areas(inputs)
    if inspectors is not None and inspectors < len(areas):
        raise Invalid(
            "division-too-few-inspectors",
            zh="{inspectors} 名巡查员不够分到 {areas} 个互不跨越的区域，每个区域至少一人。"
            "请增加人数，或去掉 --walls。",
            en="{inspectors} inspectors do not go round {areas} areas that are walls: each needs one. Name "
            "more inspectors, or leave --walls out.",
            inspectors=inspectors,
            areas=len(areas),
        )
    metric = _metric_crs(areas, stored)
    ground = areas.set_geometry(shapely.segmentize(areas.geometry.values, STEP), crs=areas.crs).to_crs(metric)
    spots, missing = _businesses(inputs, metric)
    before = _previous(inputs, metric)
    try:
        made = divide(
            ground,
            _roads(inputs, areas).to_crs(metric),  # no name here, so that they go once their lines are taken
            cells=cells,
            businesses=spots,
            mix=mix,
            seed=seed,
            buildings=_layer(inputs.buildings, inputs, metric),
            previous=before,
            stay=stay,
            inspectors=inspectors,
        )
    except Invalid as error:
        raise degrees.of_error(error, metric) from error
    names = names_of(made.cells, station=station, earlier=[] if before is None else list(before.index))
    report = {"boundary_crs": stored, "metric_crs": str(metric), **degrees.of_report(made.report, metric)}
    report["unplaced_businesses"] += missing
    report["businesses"] += missing
    if before is not None and spots is not None:
        report |= _changes(made, before, spots, names)
    result = made.to_crs(stored)
    result.cells.insert(0, "code", names.codes)
    result.cells.insert(1, "national_code", names.national)
    report["peak_mb"] = peak_mb()
    report["total_s"] = round(time.perf_counter() - began, 2)
    return result, report


def write(division: Division, out: Path) -> None:
    """``out`` as a file of cells; a GeoPackage also holds their blocks."""
    if out.suffix.lower() in (".parquet", ".geoparquet"):
        division.cells.to_parquet(out)
        return
    out.unlink(missing_ok=True)
    division.cells.to_file(out, layer="cells", driver=None, engine="pyogrio")
    if out.suffix.lower() == ".gpkg":
        division.blocks.to_file(out, layer="blocks", engine="pyogrio")


def write_report(report: dict[str, Any], out: Path) -> None:
    out.write_text(json.dumps(report, ensure_ascii=False, indent=2, default=float) + "\n", encoding="utf-8")


def _read(reader: Callable[..., T], path: Path, inputs: Inputs) -> T:
    """Read with the stated datum, or with what the file says; RFC 7946 is WGS 84 without saying so."""
    try:
        return reader(path, datum=inputs.datum)
    except Invalid as silent:
        if silent.code == "crs-not-stated" and path.suffix.lower() in RFC_7946:
            return reader(path, datum="WGS84")
        raise


def _areas(inputs: Inputs) -> tuple[gpd.GeoDataFrame, str]:
    """The areas to be divided in EPSG:4490, indexed by code, and the CRS that the cells go out in."""
    found: Features = _read(read_areas, inputs.boundary, inputs)
    if found.faults:
        number, reason = found.faults[0]
        raise Invalid("boundary-invalid", zh=reason.zh, en=reason.en, feature=number)
    frame = found.frame
    if inputs.pick is not None:
        frame = frame[(frame["code"] == inputs.pick) | (frame["name"] == inputs.pick)]
        if frame.empty:
            raise Invalid(
                "boundary-choose",
                zh="边界文件中没有编码或名称为“{pick}”的区域。",
                en="The boundary file has no area of the code or name “{pick}”.",
                pick=inputs.pick,
            )
    label = frame["code"].fillna(frame["name"]).fillna("")
    if inputs.walls:
        if label.duplicated().any() or (label == "").any():
            raise Invalid(
                "boundary-codes",
                zh="按区域分别划分时，每个区域须有各不相同的编码（列名 {columns}）。",
                en="To divide each area for itself, each needs a code of its own (column {columns}).",
                columns="、".join(CODE_COLUMNS[:4]),
            )
        areas = _fitting(frame.set_index(label.rename(None))[["geometry"]])
    else:
        whole = shapely.union_all(frame.geometry.values)
        name = label.iloc[0] if len(frame) == 1 else ""
        areas = gpd.GeoDataFrame(geometry=[whole], index=[name], crs=frame.crs)
    stored = "EPSG:4326" if found.datum == spatial.Datum.WGS84 else found.datum
    return areas, stored if stored.startswith("EPSG:") else "EPSG:4490"


def _fitting(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas side by side: thin gaps and overlaps between two maps go to a neighbour.

    Raises Invalid ``boundary-overlap`` naming two areas that overlap in earnest, and where.
    """
    metric = areas.estimate_utm_crs()
    shapes: Shapes = np.asarray(areas.geometry.values, dtype=object)
    for i, j in shapely.STRtree(shapes).query(shapes, predicate="overlaps").T:
        common = gpd.GeoSeries(shapely.get_parts(shapely.intersection(shapes[i], shapes[j])), crs=areas.crs)
        wide = cutting.mean_widths(common.to_crs(metric).values) >= cutting.SEAM_M
        if wide.any():
            place = common[wide].iloc[0].representative_point()
            raise Invalid(
                "boundary-overlap",
                zh="区域“{one}”与“{other}”重叠（经度 {lon:.5f}，纬度 {lat:.5f} 一带）。请先修正边界再划分。",
                en="The areas “{one}” and “{other}” overlap (about longitude {lon:.5f}, latitude {lat:.5f}). "
                "Mend their boundaries first.",
                one=areas.index[i],
                other=areas.index[j],
                lon=place.x,
                lat=place.y,
            )
    whole = shapely.union_all(shapes)
    closed = whole.buffer(HAIR, join_style="mitre").buffer(-HAIR, join_style="mitre")
    gaps = shapely.boundary(shapely.difference(closed, whole))  # a gap that opens to the outside, shut there
    faces = cutting.faces(dict(enumerate(shapes)), [gaps], seams_of=int(metric.to_epsg()))
    fitted = [shapely.union_all([shape for owner, shape in faces if owner == n]) for n in range(len(shapes))]
    return areas.set_geometry(gpd.GeoSeries(fitted, index=areas.index, crs=areas.crs))


def _metric_crs(areas: gpd.GeoDataFrame, stored: str) -> Any:
    """The boundary's own CRS where it is metric, else the zone around its middle."""
    try:
        return spatial.metric_crs(stored)
    except Invalid:
        x0, _, x1, _ = areas.total_bounds
        middle = (x0 + x1) / 2
        if 73.5 <= middle < 136.5 and areas.total_bounds[1] > 0:
            return spatial.metric_crs(spatial.cgcs2000_zone(middle))
        return areas.estimate_utm_crs()


def _roads(inputs: Inputs, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    near = shapely.union_all(areas.geometry.values)
    try:
        return _read(partial(read_roads, near=near), inputs.roads, inputs).frame
    except Invalid as error:
        if error.code != "layer-empty":
            raise
        x, y = near.representative_point().coords[0]
        raise Invalid(
            "division-no-roads",
            zh="道路文件 {name} 在辖区（约 {lon:.4f}，{lat:.4f}）附近没有线；"
            "请核对是否同一城市、同一坐标系。",
            en="The roads of {name} have no line near the boundary (about {lon:.4f}, {lat:.4f}); check that "
            "both are of one city and one reference system.",
            name=inputs.roads.name,
            lon=x,
            lat=y,
        ) from None


def _layer(path: Path | None, inputs: Inputs, metric: Any) -> gpd.GeoDataFrame | None:
    if path is None:
        return None
    names = layer_names(path)
    reader = partial(read_layer, layer="cells" if "cells" in names and len(names) > 1 else None)
    frame: gpd.GeoDataFrame = _read(reader, path, inputs).frame.to_crs(metric)
    return frame


def _businesses(inputs: Inputs, metric: Any) -> tuple[gpd.GeoDataFrame | None, int]:
    """The businesses with a place, and how many have none."""
    if inputs.businesses is None:
        return None, 0
    if inputs.businesses.suffix.lower() in TABLE_SUFFIXES:
        frame, rows = _table(inputs.businesses, inputs.datum or "WGS84")
    else:
        layer = _read(read_layer, inputs.businesses, inputs)
        frame, rows = layer.frame, len(layer.frame) + len(layer.faults)
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    points = gpd.GeoDataFrame(geometry=frame.geometry.representative_point(), crs=frame.crs)
    for name, columns in WEIGHTS.items():
        column = _named(list(frame.columns), columns)
        if column is not None:
            points[name] = pd.to_numeric(frame[column], errors="coerce")
    return points.to_crs(metric).reset_index(drop=True), rows - len(points)


def _table(path: Path, datum: str) -> tuple[gpd.GeoDataFrame, int]:
    table = read_table(path)
    x, y = _named(table.columns, LONGITUDE), _named(table.columns, LATITUDE)
    if x is None or y is None:
        raise Invalid(
            "division-no-coordinates",
            zh="商户表没有经度、纬度两列。",
            en="The table of businesses has no columns of longitude and latitude.",
        )
    frame = pd.DataFrame([row.values for row in table.rows], columns=table.columns)
    xy = frame[[x, y]].apply(pd.to_numeric, errors="coerce")
    placed = xy.notna().all(axis=1).to_numpy()
    places = canonical(
        shapely.points(xy[placed].to_numpy()),
        parse_reference(datum),
        file=path.name,
        numbers=[row.number for row, given in zip(table.rows, placed, strict=True) if given],
        what=ROW,
    )
    points = gpd.GeoDataFrame(frame[placed], geometry=places, crs=spatial.CANONICAL)
    return points, len(frame)


def _named(columns: list[Any], wanted: tuple[str, ...]) -> Any:
    keys = {header_key(str(column)): column for column in columns}
    return next((keys[header_key(name)] for name in wanted if header_key(name) in keys), None)


def _previous(inputs: Inputs, metric: Any) -> gpd.GeoDataFrame | None:
    frame = _layer(inputs.previous, inputs, metric)
    if frame is None:
        return None
    column = _named(list(frame.columns), CODE_COLUMNS)
    if column is None:
        raise Invalid(
            "division-previous-code",
            zh="原网格文件须有一列网格编码（如 code、网格编码）。",
            en="The file of earlier cells needs a column with their codes (such as code).",
        )
    return frame.set_index(frame[column].astype(str).rename(None))


def _changes(
    made: Division, before: gpd.GeoDataFrame, spots: gpd.GeoDataFrame, names: Names
) -> dict[str, int]:
    """How many businesses change their cell's code, and how many their inspector."""
    shapes: Shapes = np.asarray(before.geometry.values, dtype=object)
    old = homes(shapes, np.asarray(spots.geometry.values, dtype=object))
    known = (old >= 0) & (made.home >= 0)
    code_then = before.index.to_numpy()[old[known]]
    code_now = np.array(names.codes, dtype=object)[made.home[known]]
    told = {
        "kept_cells": int(made.cells["before"].notna().sum()),
        "businesses_changing_code": int((code_then != code_now).sum()),
    }
    column = _named(list(before.columns), ("inspector", "巡查员", "责任人"))
    if column is not None:
        inspector = before[column].astype(str)
        heir = made.cells["before"].map(inspector).to_numpy(dtype=object)
        changed = inspector.to_numpy()[old[known]] != heir[made.home[known]]
        told["businesses_changing_inspector"] = int(changed.sum())
    return told
