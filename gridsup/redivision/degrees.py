"""The engine speaks in metres of its CRS; people look a place up by longitude and latitude."""

from __future__ import annotations

from typing import Any

from pyproj import Transformer

from gridsup import spatial
from gridsup.errors import Invalid
from gridsup.spatial import CrsLike


def lonlat(x: float, y: float, crs: CrsLike) -> tuple[float, float]:
    """(lon, lat) of a place in ``crs``, to about a metre."""
    lon, lat = Transformer.from_crs(crs, spatial.CANONICAL, always_xy=True).transform(x, y)
    return round(lon, 5), round(lat, 5)


def of_error(error: Invalid, crs: CrsLike) -> Invalid:
    """``error`` with the place that it names, if any, in degrees too (params ``lon``, ``lat``)."""
    if "x" not in error.params or "y" not in error.params:
        return error
    lon, lat = lonlat(error.params["x"], error.params["y"], crs)
    return Invalid(
        error.code,
        zh="{told_zh}该处经度 {lon}，纬度 {lat}。",
        en="{told_en} That is at longitude {lon}, latitude {lat}.",
        told_zh=error.text("zh"),
        told_en=error.text("en"),
        **error.params | {"lon": lon, "lat": lat},
    )


def of_report(report: dict[str, Any], crs: CrsLike) -> dict[str, Any]:
    """The engine's report with the degrees of what it places: ``indivisible`` points (``lon``, ``lat``)."""
    points = []
    for one in report["indivisible"]:
        lon, lat = lonlat(one["x"], one["y"], crs)
        points.append(one | {"lon": lon, "lat": lat})
    return report | {"indivisible": points}
