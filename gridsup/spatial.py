"""Reference systems, datum conversion and measures.

Geometry is kept in CGCS2000 (EPSG:4490), measured in the jurisdiction's own projected CRS, shown in web
Mercator and exchanged as CRS84. In Python every coordinate pair is (longitude, latitude), whatever the axis
order of the CRS says: all transformers are ``always_xy``.

GCJ-02 (火星坐标) and BD-09 (百度坐标) are no CRS but nonlinear offsets; the shift at Quanzhou is 559 m, which
is another cell. An import therefore states its :class:`Datum`, and the conversion happens once.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol, TypeVar, overload

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gridsup.errors import Invalid

CANONICAL = 4490
"""SRID of stored geometry: CGCS2000, geographic."""
DISPLAY = 3857
"""SRID of tiles and screens. Never measured in: at 24.9°N an area comes out 1.22 times too large."""
EXCHANGE = "OGC:CRS84"
"""CRS of GeoJSON in and out: longitude, latitude."""

Coordinates = npt.NDArray[np.float64]
CrsLike = int | str | CRS

CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: outside of it GCJ-02 and BD-09 equal WGS 84."""
_AXIS = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_X_PI = np.pi * 3000.0 / 180.0


class Datum(StrEnum):
    """What the coordinates of a source mean. CGCS2000 and WGS 84 differ by less than a metre: kept as one."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @classmethod
    def parse(cls, name: str) -> Datum:
        """Read ``'GCJ-02'``, ``'bd09'``, ``'WGS 84'``. Raises :class:`Invalid` ``datum-unknown``."""
        plain = name.lower().replace("-", "").replace("_", "").replace(" ", "")
        try:
            return cls(plain)
        except ValueError:
            raise Invalid(
                "datum-unknown",
                zh="不认识的坐标基准“{name}”。请写明 {known} 之一。",
                en="Unknown datum “{name}”. State one of {known}.",
                name=name[:40],
                known="、".join(datum.value for datum in cls),
            ) from None


class HasCrs(Protocol):
    """A GeoDataFrame or GeoSeries."""

    @property
    def crs(self) -> Any: ...


# --- reference systems --------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _crs(value: CrsLike) -> CRS:
    try:
        return CRS.from_user_input(value)
    except CRSError:
        raise Invalid(
            "crs-unknown",
            zh="不认识的坐标参考系“{crs}”。请写 EPSG 编号（如 4549）或 PROJ 字符串。",
            en="Unknown reference system “{crs}”. Write an EPSG number (such as 4549) or a PROJ string.",
            crs=str(value)[:80],
        ) from None


@lru_cache(maxsize=64)
def transformer(source: CrsLike, target: CrsLike) -> Transformer:
    """A cached transformer, x before y in both systems. Safe to share between threads."""
    return Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


@lru_cache(maxsize=64)
def metric_crs(value: CrsLike) -> CRS:
    """The CRS, checked to be fit for measuring: projected, in metres, and no (web) Mercator.

    Raises :class:`Invalid` ``crs-unknown`` or ``crs-not-metric``. A city's own system may be a PROJ string.
    """
    crs = _crs(value)
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    mercator = "mercator" in method.lower() and not any(
        w in method.lower() for w in ("transverse", "oblique")
    )
    metres = all(axis.unit_conversion_factor == 1.0 for axis in crs.axis_info)
    if not crs.is_projected or not metres or mercator:
        raise Invalid(
            "crs-not-metric",
            zh="坐标参考系“{crs}”不能用于量算：须为以米为单位的投影坐标系，且不是墨卡托投影。"
            "丰泽用 4549，武汉用 4547。",
            en="The reference system “{crs}” is not fit for measuring: it must be projected, in metres, "
            "and not Mercator. Fengze uses 4549, Wuhan 4547.",
            crs=crs.name,
        )
    return crs


def cgcs2000_zone(longitude: float) -> int:
    """EPSG number of the CGCS2000 3-degree zone (by central meridian) for a longitude of 73.5–136.5°E.

    118.6°E gives 4549. Raises :class:`Invalid` ``longitude-outside-zones``.
    """
    if not 73.5 <= longitude < 136.5:
        raise Invalid(
            "longitude-outside-zones",
            zh="经度{longitude}不在 CGCS2000 三度带范围（73.5–136.5）内，请直接指定投影坐标系。",
            en="Longitude {longitude} lies outside the CGCS2000 3-degree zones (73.5–136.5). "
            "Name a projected CRS.",
            longitude=longitude,
        )
    return 4534 + int((longitude - 73.5) // 3)


def require_crs(frame: HasCrs, expected: CrsLike | None = None) -> CRS:
    """The CRS of a GeoDataFrame or GeoSeries; nothing is assumed for one that has none.

    Raises :class:`Invalid` ``crs-missing``, or ``crs-mismatch`` when it is not the ``expected`` one.
    """
    if frame.crs is None:
        raise Invalid(
            "crs-missing",
            zh="图层没有坐标参考系。请写明数据的坐标系（如 EPSG:4490）和基准后再导入。",
            en="The layer has no reference system. State its CRS (such as EPSG:4490) and datum, then import.",
        )
    crs = _crs(frame.crs)
    if expected is not None and crs != _crs(expected):
        raise Invalid(
            "crs-mismatch",
            zh="图层的坐标参考系为“{found}”，应为“{expected}”。请先转换。",
            en="The layer is in “{found}”, expected “{expected}”. Convert it first.",
            found=crs.name,
            expected=_crs(expected).name,
        )
    return crs


# --- datum conversion ---------------------------------------------------------------------------------


def _in_china(points: Coordinates) -> npt.NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX
    lon, lat = points[..., 0], points[..., 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _gcj_shift(points: Coordinates) -> Coordinates:
    """Offset in degrees from WGS 84 to GCJ-02 at each point."""
    x, y = points[..., 0] - 105.0, points[..., 1] - 35.0
    root, pi = np.sqrt(np.abs(x)), np.pi
    ripple = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = np.radians(points[..., 1])
    magic = 1.0 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    meridian = _AXIS * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel = _AXIS / np.sqrt(magic) * np.cos(latitude)
    return np.stack([np.degrees(east / parallel), np.degrees(north / meridian)], axis=-1)


def _bd_shift(points: Coordinates) -> Coordinates:
    """Offset in degrees from GCJ-02 to BD-09 at each point."""
    x, y = points[..., 0], points[..., 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _X_PI)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _X_PI)
    moved = np.stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006], axis=-1)
    return np.asarray(moved - points, dtype=np.float64)


def _forward(points: npt.ArrayLike, shift: Callable[[Coordinates], Coordinates]) -> Coordinates:
    found = _checked(points)
    return np.where(_in_china(found)[..., None], found + shift(found), found)


def _inverse(points: npt.ArrayLike, shift: Callable[[Coordinates], Coordinates]) -> Coordinates:
    """Undo a shift by fixed-point iteration: each round gains about three digits."""
    found = _checked(points)
    guess = found
    for _ in range(10):
        better = found - shift(guess)
        done = not guess.size or float(np.max(np.abs(better - guess))) < 1e-11
        guess = better
        if done:
            break
    return np.where(_in_china(found)[..., None], guess, found)


def _checked(points: npt.ArrayLike) -> Coordinates:
    found = np.asarray(points, dtype=np.float64)
    if found.shape[-1:] != (2,) or not np.isfinite(found).all() or (np.abs(found) > (180.0, 90.0)).any():
        raise Invalid(
            "coordinates-out-of-range",
            zh="坐标须为（经度，纬度），经度在±180、纬度在±90以内，且不为空。请检查两列是否颠倒或是投影坐标。",
            en="Coordinates must be (longitude, latitude) within ±180 and ±90 and not empty. Check whether "
            "the columns are swapped or hold projected coordinates.",
        )
    return found


def wgs84_to_gcj02(points: npt.ArrayLike) -> Coordinates:
    """(…, 2) array of WGS 84 or CGCS2000 degrees to GCJ-02; unchanged outside :data:`CHINA_BOX`."""
    return _forward(points, _gcj_shift)


def gcj02_to_wgs84(points: npt.ArrayLike) -> Coordinates:
    """The inverse of :func:`wgs84_to_gcj02`, to better than 1e-8°."""
    return _inverse(points, _gcj_shift)


def gcj02_to_bd09(points: npt.ArrayLike) -> Coordinates:
    """(…, 2) array of GCJ-02 degrees to BD-09; unchanged outside :data:`CHINA_BOX`."""
    return _forward(points, _bd_shift)


def bd09_to_gcj02(points: npt.ArrayLike) -> Coordinates:
    """The inverse of :func:`gcj02_to_bd09`, to better than 1e-8°."""
    return _inverse(points, _bd_shift)


G = TypeVar("G", bound=BaseGeometry)


@overload
def to_canonical(what: G, datum: Datum) -> G: ...
@overload
def to_canonical(what: npt.ArrayLike, datum: Datum) -> npt.NDArray[Any]: ...
def to_canonical(what: Any, datum: Datum) -> Any:
    """A geometry, an array of geometries or a (…, 2) array of degrees, brought to :data:`CANONICAL`.

    The caller keeps the original beside it and never converts twice. Raises ``coordinates-out-of-range``.
    """
    if isinstance(what, BaseGeometry):
        return shapely.transform(what, lambda points: _to_wgs84(points, datum))
    array = np.asarray(what)
    if array.dtype == object:
        return shapely.transform(array, lambda points: _to_wgs84(points, datum))
    return _to_wgs84(array, datum)


def _to_wgs84(points: npt.ArrayLike, datum: Datum) -> Coordinates:
    if datum is Datum.BD09:
        return gcj02_to_wgs84(bd09_to_gcj02(points))
    if datum is Datum.GCJ02:
        return gcj02_to_wgs84(points)
    return _checked(points)


# --- projection and measures --------------------------------------------------------------------------


def project(geometry: G, source: CrsLike, target: CrsLike) -> G:
    """The geometry in another CRS, x before y on both sides (``EXCHANGE`` to ``DISPLAY``, for example)."""
    change = transformer(source, target)

    def moved(points: Coordinates) -> Coordinates:
        x, y = change.transform(points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(geometry, moved)


def to_metric(geometry: G, crs: CrsLike) -> G:
    """A canonical geometry in the jurisdiction's metric CRS. Raises ``crs-not-metric``."""
    return project(geometry, CANONICAL, metric_crs(crs))


def from_metric(geometry: G, crs: CrsLike) -> G:
    """A geometry of the metric CRS back in :data:`CANONICAL`."""
    return project(geometry, metric_crs(crs), CANONICAL)


def area_m2(geometry: BaseGeometry, crs: CrsLike) -> float:
    """Area in square metres of a canonical geometry, measured in the metric ``crs``."""
    return float(to_metric(geometry, crs).area)


def length_m(geometry: BaseGeometry, crs: CrsLike) -> float:
    """Length (of a polygon: its perimeter) in metres of a canonical geometry, measured in ``crs``."""
    return float(to_metric(geometry, crs).length)


def distance_m(one: BaseGeometry, other: BaseGeometry, crs: CrsLike) -> float:
    """Shortest distance in metres between two canonical geometries, measured in ``crs``."""
    return float(to_metric(one, crs).distance(to_metric(other, crs)))
