"""Reference systems in which layers are read, each with its authority's own order of axes.

Inside, a coordinate pair is always (x, y). Outside, OGC API Features Part 2 wants the order of the
authority: EPSG:4490 and EPSG:4326 are (latitude, longitude), the CGCS2000 Gauss-Kruger zones (northing,
easting); CRS84 and EPSG:3857 are x before y.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func

from gridsup.errors import Unreadable
from gridsup.spatial import CANONICAL, DISPLAY, project

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/{}"
STORAGE = _EPSG.format(CANONICAL)
WGS84 = 4326
_PAD = 1_000_000.0
"""Metres around a projected system's area of use within which its formulas still hold."""


@dataclass(frozen=True, slots=True)
class Crs:
    """One of the systems on offer. ``swapped``: the authority writes y before x."""

    uri: str
    srid: int
    swapped: bool
    degrees: bool

    def shown(self, geometry: Any) -> Any:
        """SQL: the stored geometry as GeoJSON text in this system. The column is not found by this: only
        rows already chosen pass through here."""
        moved = geometry if self.degrees else func.ST_Transform(geometry, self.srid)
        if self.swapped:
            moved = func.ST_FlipCoordinates(moved)
        return func.ST_AsGeoJSON(moved, 9 if self.degrees else 3, 0)

    def stored(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry written in this system, in EPSG:4490 with x before y: the literal is reprojected,
        never the column, so that the index serves."""
        if self.swapped:
            geometry = shapely.transform(geometry, lambda points: points[:, ::-1])
        if not self.degrees:
            geometry = project(geometry, self.srid, CANONICAL)
        if not all(map(math.isfinite, geometry.bounds)):
            raise _outside(self.uri)
        return geometry

    def box(self, corners: Sequence[float]) -> BaseGeometry:
        """The box of (minimum, minimum, maximum, maximum) in this system's axis order, in EPSG:4490.

        A box of degrees whose west lies east of its east crosses the antimeridian. A projected box is cut
        to where the projection holds and its edges are densified. Raises Unreadable ``bbox``.
        """
        west, south, east, north = (corners[i] for i in ((1, 0, 3, 2) if self.swapped else (0, 1, 2, 3)))
        if south > north or (west > east and not self.degrees):
            raise _bad_box("最小值大于最大值", "a minimum is greater than its maximum")
        if self.degrees:
            return _degree_box(west, south, east, north)
        least = _reach(self.srid)
        west, south, east, north = (
            max(west, least[0]), max(south, least[1]), min(east, least[2]), min(north, least[3])
        )  # fmt: skip
        if west > east or south > north:
            return shapely.Polygon()
        span = max(east - west, north - south) / 20 or 1.0
        return project(shapely.segmentize(shapely.box(west, south, east, north), span), self.srid, CANONICAL)


def _degree_box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise _bad_box(
            "经度应在 ±180、纬度应在 ±90 之内；请核对 bbox-crs 的坐标轴次序",
            "longitudes lie within ±180, latitudes within ±90; check the axis order of bbox-crs",
        )
    if west > east:
        return shapely.MultiPolygon(
            [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
        )
    return shapely.box(west, south, east, north)


@lru_cache(maxsize=16)
def _reach(srid: int) -> tuple[float, float, float, float]:
    """Where the formulas of a projected system hold: its area of use and some way around."""
    crs = CRS.from_epsg(srid)
    area = crs.area_of_use
    if srid == DISPLAY or area is None:
        edge = math.pi * 6378137
        return -edge, -edge, edge, edge
    change = Transformer.from_crs(CRS.from_epsg(CANONICAL), crs, always_xy=True)
    west, south, east, north = change.transform_bounds(
        area.west, area.south, area.east, area.north, direction=TransformDirection.FORWARD
    )
    return west - _PAD, south - _PAD, east + _PAD, north + _PAD


@lru_cache(maxsize=16)
def offered(metric_srid: int) -> dict[str, Crs]:
    """The systems on offer by URI, CRS84 (the default) first, then the storage system."""
    found = {CRS84: Crs(CRS84, CANONICAL, swapped=False, degrees=True)}
    for srid in (CANONICAL, WGS84, DISPLAY, metric_srid):
        crs = CRS.from_epsg(srid)
        uri = _EPSG.format(srid)
        north_first = crs.axis_info[0].direction.lower() == "north"
        found[uri] = Crs(uri, srid, swapped=north_first, degrees=crs.is_geographic)
    return found


def named(uri: str, metric_srid: int, parameter: str) -> Crs:
    """The system of a URI. Raises Unreadable ``crs-not-offered``."""
    systems = offered(metric_srid)
    if uri not in systems:
        raise Unreadable(
            "crs-not-offered",
            zh="{parameter} 不是本服务提供的坐标参考系。可用：{offered}。",
            en="{parameter} is not a reference system of this service. On offer: {offered}.",
            parameter=parameter,
            offered="、".join(systems),
        )
    return systems[uri]


def _bad_box(zh: str, en: str) -> Unreadable:
    return Unreadable(
        "bbox",
        zh="范围(bbox)不对：{why_zh}。",
        en="The bbox is wrong: {why_en}.",
        why_zh=zh,
        why_en=en,
    )


def _outside(uri: str) -> Unreadable:
    return Unreadable(
        "geometry-outside-crs",
        zh="坐标超出坐标参考系 {uri} 的范围，请核对坐标轴次序和 filter-crs。",
        en="Coordinates lie outside the reference system {uri}: check the axis order and filter-crs.",
        uri=uri,
    )
