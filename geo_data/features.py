"""Boundaries, roads, cells and businesses out of layers, in the shape that the register takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_data import osm
from geo_data.fields import header_key
from geo_data.layers import OSM_SUFFIXES, Layer, Progress, read_layer
from geo_data.reasons import Reason
from geo_data.tables import RawRow, RawTable
from gridsup import spatial
from gridsup.errors import Invalid

ROAD_RANK = {
    "motorway": 1,
    "trunk": 2,
    "primary": 3,
    "secondary": 4,
    "tertiary": 5,
    "unclassified": 6,
    "residential": 7,
    "living_street": 8,
    "service": 9,
    "pedestrian": 10,
    "track": 11,
    "cycleway": 12,
    "footway": 13,
    "path": 14,
    "steps": 15,
}
"""Class of an OSM ``highway`` (its ``_link`` counts the same): 1 strongest border … 15 weakest."""
UNKNOWN_RANK = 8
OTHER_LINES = {"river": 2, "rail": 2, "canal": 4, "stream": 9}
"""Water and rail lines bound cells as well as roads do."""
_NO_ROADS = frozenset({"construction", "proposed", "platform", "elevator", "corridor", "razed", "abandoned"})
_CHINESE_CLASSES = {
    "高速公路": "motorway",
    "快速路": "trunk",
    "国道": "trunk",
    "主干路": "primary",
    "主干道": "primary",
    "省道": "primary",
    "次干路": "secondary",
    "次干道": "secondary",
    "县道": "secondary",
    "支路": "tertiary",
    "乡道": "tertiary",
    "街坊路": "residential",
    "巷": "living_street",
    "步行街": "pedestrian",
    "河流": "river",
    "铁路": "rail",
}
CLASS_COLUMNS = ("highway", "fclass", "kind", "class", "type", "道路等级", "等级", "类型")
NAME_COLUMNS = ("name", "名称", "路名", "道路名称", "网格名称", "社区名称", "街道名称", "所名", "mc")
CODE_COLUMNS = (
    "code",
    "adcode",
    "编码",
    "代码",
    "网格编码",
    "网格编号",
    "社区编码",
    "街道编码",
    "grid",
    "id",
    "dm",
)
STATION_COLUMNS = ("station", "监管所", "工商所", "所编码", "所代码", "所属所", "所")
COMMUNITY_COLUMNS = ("community", "社区", "社区编码", "居委会")


@dataclass(slots=True)
class Features:
    """``frame`` in EPSG:4490, and the features left out with their numbers and reasons."""

    frame: gpd.GeoDataFrame
    datum: str
    faults: list[tuple[int, Reason]] = field(default_factory=list)


def road_rank(kind: object) -> int:
    """1 (motorway) … 15 (steps) of a road, river or rail kind; an unknown one is in the middle."""
    if not isinstance(kind, str):
        return UNKNOWN_RANK
    plain = kind.removesuffix("_link")
    return ROAD_RANK.get(plain, OTHER_LINES.get(plain, UNKNOWN_RANK))


def read_roads(
    path: str | Path,
    *,
    layer: str | None = None,
    datum: str | int | None = None,
    near: Any | None = None,
    progress: Progress | None = None,
) -> Features:
    """Lines that can bound cells: columns ``kind``, ``name``, ``rank``, ``tunnel``, single LineStrings.

    OSM: highways that carry traffic or people, rivers, canals and rails. Other files: a column that holds
    the class (``highway``, ``fclass``, 道路等级 …); without one every line is of unknown class. ``near``: see
    :func:`geo_data.layers.read_layer`.
    """
    if Path(path).suffix.lower() in OSM_SUFFIXES:
        source = read_layer(path, layer="lines", near=near, progress=progress)
        tags = [osm.tags_of(feature) for feature, _ in osm.features(source.frame)]
        kinds = [_osm_kind(one) for one in tags]
        tunnels: Any = [one.get("tunnel") for one in tags]
    else:
        source = read_layer(path, layer=layer, datum=datum, near=near, progress=progress)
        column = _column(source.frame, CLASS_COLUMNS)
        kinds = [_class(v) for v in source.frame[column]] if column else ["unclassified"] * len(source.frame)
        tunnels = source.frame.get("tunnel")
    frame = source.frame.assign(kind=kinds, tunnel=tunnels)
    frame["name"] = _texts(frame, NAME_COLUMNS)
    frame = frame[frame["kind"].notna()].explode(ignore_index=True)
    lines = frame.geom_type == "LineString"
    faults = source.faults + [(int(n), NOT_A_LINE) for n in frame["_feature"][~lines]]
    frame = frame[lines]
    frame["rank"] = [road_rank(kind) for kind in frame["kind"]]
    return Features(
        frame[["kind", "name", "rank", "tunnel", "geometry"]].reset_index(drop=True),
        source.reference.name,
        faults,
    )


def _osm_kind(tags: dict[str, str]) -> str | None:
    if kind := tags.get("highway"):
        return None if kind in _NO_ROADS or tags.get("area") == "yes" else kind
    if (water := tags.get("waterway")) in ("river", "canal", "stream"):
        return water
    return "rail" if tags.get("railway") in ("rail", "light_rail") else None


def _class(value: object) -> str | None:
    if isinstance(value, list | tuple | np.ndarray):
        value = value[0] if len(value) else None
    if not isinstance(value, str) or not value:
        return "unclassified"
    return _CHINESE_CLASSES.get(value, None if value in _NO_ROADS else value)


def read_areas(
    path: str | Path,
    *,
    layer: str | None = None,
    datum: str | int | None = None,
    progress: Progress | None = None,
) -> Features:
    """Districts, streets or stations: ``code``, ``name``, MultiPolygon; broken rings are refused."""
    source = read_layer(path, layer=layer, datum=datum, progress=progress)
    good = _polygons(source)
    frame = source.frame.loc[good]
    shapes = [shapely.MultiPolygon(_parts(shape)) for shape in frame.geometry]
    data = {"code": _texts(frame, CODE_COLUMNS), "name": _texts(frame, NAME_COLUMNS)}
    made = gpd.GeoDataFrame(data, geometry=shapes, crs=spatial.CANONICAL)
    return Features(made, source.reference.name, source.faults)


def read_boundary(
    path: str | Path,
    *,
    pick: str | None = None,
    layer: str | None = None,
    datum: str | int | None = None,
) -> Any:
    """One boundary as a MultiPolygon in EPSG:4490: the area called ``pick`` (code or name), or the only one.

    Raises Invalid ``boundary-choose`` naming the areas of the file, ``boundary-invalid``.
    """
    found = read_areas(path, layer=layer, datum=datum)
    frame = found.frame
    if pick is not None:
        frame = frame[(frame["code"] == pick) | (frame["name"] == pick)]
    if len(frame) == 1:
        return frame.geometry.iloc[0]
    if found.faults and not len(found.frame):
        raise Invalid("boundary-invalid", zh=found.faults[0][1].zh, en=found.faults[0][1].en)
    listed = [
        f"{code or ''} {name or ''}".strip()
        for code, name in zip(found.frame["code"], found.frame["name"], strict=True)
    ]
    raise Invalid(
        "boundary-choose",
        zh="文件中有这些区域：{areas}。请用编码或名称指定其中一个。",
        en="The file holds these areas: {areas}. Name one by its code or name.",
        areas="、".join(listed[:50]) or "—",
    )


def read_cells(
    path: str | Path,
    *,
    layer: str | None = None,
    datum: str | int | None = None,
    progress: Progress | None = None,
) -> Features:
    """Cells as drawn: ``code``, ``name``, ``station``, ``community`` (texts as they stand, or None), Polygon.

    Rings are left as they are, however broken: :func:`gridsup.cells.topology.check_cells` names their
    faults with the others. Only a feature that is no area at all is refused here.
    """
    source = read_layer(path, layer=layer, datum=datum, progress=progress)
    areas = source.frame.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    faults = source.faults + [(int(n), NOT_AN_AREA) for n in source.frame["_feature"][~areas]]
    frame = source.frame[areas]
    single = [
        s.geoms[0] if s.geom_type == "MultiPolygon" and len(s.geoms) == 1 else s for s in frame.geometry
    ]
    data = {
        "code": _texts(frame, CODE_COLUMNS),
        "name": _texts(frame, NAME_COLUMNS),
        "station": _texts(frame, STATION_COLUMNS),
        "community": _texts(frame, COMMUNITY_COLUMNS),
    }
    return Features(
        gpd.GeoDataFrame(data, geometry=single, crs=spatial.CANONICAL), source.reference.name, faults
    )


def read_business_layer(
    path: str | Path,
    *,
    layer: str | None = None,
    datum: str | int | None = None,
    progress: Progress | None = None,
) -> tuple[RawTable, str]:
    """Businesses from points (or areas, by a point inside): the layer's columns, and 经度, 纬度.

    The coordinates stay as they are in the file; the second result says what they are (a datum or EPSG:n).
    """
    source = read_layer(path, layer=layer, datum=datum, convert=False, progress=progress)
    points = source.frame.geometry.representative_point()
    table = pd.DataFrame(source.frame.drop(columns=["geometry", "_feature"]))
    columns = [
        str(c) for c in table.columns if header_key(str(c)) not in ("经度", "纬度", "lon", "lat", "x", "y")
    ]
    rows = [
        RawRow(None, int(n), {**{c: _plain(row[c]) for c in columns}, "经度": p.x, "纬度": p.y})
        for n, row, p in zip(source.frame["_feature"], table.to_dict("records"), points, strict=True)
    ]
    return RawTable([*columns, "经度", "纬度"], rows), source.reference.name


def _plain(value: Any) -> Any:
    if value is None or (not isinstance(value, list | dict | np.ndarray) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return (
        value.item()
        if isinstance(value, np.generic)
        else value
        if isinstance(value, str | int | float)
        else str(value)
    )


def _column(frame: gpd.GeoDataFrame, names: tuple[str, ...]) -> str | None:
    keys = {header_key(str(column)): str(column) for column in frame.columns}
    return next((keys[name] for name in names if name in keys), None)


def _texts(frame: gpd.GeoDataFrame, names: tuple[str, ...]) -> list[str | None]:
    column = _column(frame, names)
    if column is None:
        return [None] * len(frame)
    return [str(p) if (p := _plain(v)) is not None and str(p) else None for v in frame[column]]


def _parts(shape: Any) -> list[Any]:
    return list(shape.geoms) if shape.geom_type == "MultiPolygon" else [shape]


def _polygons(source: Layer) -> Any:
    """Which features are sound areas; the others join the faults."""
    areas = source.frame.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    valid = shapely.is_valid(np.asarray(source.frame.geometry.values, dtype=object))
    numbers = source.frame["_feature"].to_numpy()
    source.faults += [(int(n), NOT_AN_AREA) for n in numbers[~areas]]
    for n, shape in zip(numbers[areas & ~valid], source.frame.geometry[areas & ~valid], strict=True):
        why = shapely.is_valid_reason(shape)
        zh, en = (
            f"第 {n} 个要素的边界无效（{why}），请重画。",
            f"Feature {n} has an invalid ring ({why}); redraw it.",
        )
        source.faults.append((int(n), Reason("ring-invalid", zh, en)))
    return areas & valid


NOT_A_LINE = Reason("not-a-line", "要素不是线，未导入。", "The feature is no line and was left out.")
NOT_AN_AREA = Reason("not-an-area", "要素不是面，未导入。", "The feature is no area and was left out.")
