"""What cannot be divided is refused by name, before any work."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from gridsup.errors import Invalid


def require_input(areas: gpd.GeoDataFrame, *layers: Any) -> None:
    """Raises Invalid ``division-crs`` unless all layers share one projected CRS in metres, and
    ``division-boundary-invalid`` naming the area whose outline is no valid polygon, and where."""
    crs = areas.crs
    given = [layer.crs for layer in layers if layer is not None]
    metric = crs is not None and crs.is_projected and crs.axis_info[0].unit_name in ("metre", "meter")
    if not metric or any(c != crs for c in given):
        raise Invalid(
            "division-crs",
            zh="各图层须使用同一个以米为单位的投影坐标系；现在是 {names}。请先转换到本辖区的投影坐标系。",
            en="Division needs one projected CRS in metres for all layers; these are {names}. "
            "Convert them to the jurisdiction's metric CRS first.",
            names=", ".join("none" if c is None else str(c.to_string())[:40] for c in (crs, *given)),
        )
    for name, outline in zip(areas.index, areas.geometry, strict=True):
        polygonal = outline is not None and outline.geom_type in ("Polygon", "MultiPolygon")
        if not polygonal or outline.is_empty or not outline.is_valid or outline.area == 0:
            reason = shapely.is_valid_reason(outline) if polygonal else "not a polygon"
            raise Invalid(
                "division-boundary-invalid",
                zh="“{area}”的边界无效：{reason}（自相交、重复或空）。请修正该处后重试。",
                en="The boundary of “{area}” is invalid: {reason}. Mend it there and try again.",
                area=name,
                reason=reason,
            )


def require_size(cells: int, inspectors: int | None) -> None:
    """Raises Invalid ``division-size`` unless 1 ≤ inspectors ≤ cells."""
    if cells < 1 or (inspectors is not None and not 1 <= inspectors <= cells):
        raise Invalid(
            "division-size",
            zh="网格数须至少为 1，检查员人数须在 1 与网格数之间；现在是 {cells} 格、{inspectors} 人。",
            en="Ask for at least one cell, and for 1 to as many inspectors as cells; this asks for {cells} "
            "cells and {inspectors} inspectors.",
            cells=cells,
            inspectors="—" if inspectors is None else inspectors,
        )
