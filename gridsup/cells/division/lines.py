"""The lines that may bound cells (P10-C1: 道路中央等): how well each serves, and what is no line at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.errors import Invalid

STRENGTH = {
    "motorway": 1.0,
    "trunk": 1.0,
    "primary": 0.95,
    "secondary": 0.85,
    "tertiary": 0.7,
    "unclassified": 0.4,
    "residential": 0.35,
    "road": 0.35,
    "living_street": 0.2,
    "pedestrian": 0.2,
    "service": 0.1,
    "busway": 0.1,
    "track": 0.1,
    "cycleway": 0.1,
    "bridleway": 0.05,
    "footway": 0.05,
    "path": 0.05,
    "steps": 0.05,
    "river": 1.0,
    "rail": 1.0,
    "canal": 0.85,
    "stream": 0.2,
}
"""How well a line of an OSM class (a ``_link`` counts the same) serves as a border, 0 to 1."""
UNKNOWN_STRENGTH = 0.3
MAJOR = 0.7
"""Lines at least this strong are major roads (主次干道): tertiary roads and above, rivers, railways."""
MINOR = 0.1
"""Lines up to this strength are minor ways: they only cut a block that is too heavy for one cell."""
CLASS_COLUMNS = ("highway", "kind", "fclass", "class")


@dataclass(frozen=True)
class Lines:
    """Single LineStrings (projected CRS, metres) with their strength as a border, 0 to 1."""

    shapes: NDArray[np.object_]
    strength: NDArray[np.float64]

    @property
    def minor(self) -> NDArray[np.bool_]:
        return self.strength <= MINOR

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)


def strength_of(road_class: object) -> float:
    """The border strength of an OSM ``highway`` value; an unknown or missing one is weak, not an error."""
    if isinstance(road_class, list | tuple | np.ndarray):
        road_class = road_class[0] if len(road_class) else None
    if not isinstance(road_class, str):
        return UNKNOWN_STRENGTH
    return STRENGTH.get(road_class.removesuffix("_link"), UNKNOWN_STRENGTH)


def lines_within(areas: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> Lines:
    """The lines of ``roads`` (same CRS) that touch one of ``areas``, without empty and zero-length ones.

    Tunnels (a column ``tunnel`` that says so) are left out: nobody sees a border there. Raises Invalid
    ``division-no-roads`` naming the area that no line above the minor ways touches.
    """
    column = next((name for name in CLASS_COLUMNS if name in roads), None)
    usable = np.asarray(roads.geometry.notna() & ~roads.geometry.is_empty, dtype=bool)
    if "tunnel" in roads:
        usable = usable & ~roads["tunnel"].map(_is_set).to_numpy(dtype=bool)
    if "layer" in roads and "tunnel" not in roads:
        usable = usable & ~roads["layer"].map(_is_below).to_numpy(dtype=bool)
    kept = roads[usable]
    every, index = shapely.get_parts(np.asarray(kept.geometry.values, dtype=object), return_index=True)
    plain = (shapely.get_type_id(every) == 1) & (shapely.length(every) > 0)
    every, index = every[plain], index[plain]
    if shapely.has_z(every).any():
        every = shapely.force_2d(every)
    strength = (
        np.array([strength_of(kind) for kind in kept[column].to_numpy(dtype=object)], dtype=np.float64)
        if column
        else np.full(len(kept), UNKNOWN_STRENGTH)
    )[index]
    near, hit = shapely.STRtree(every).query(areas.geometry.values, predicate="intersects")
    _require_roads(areas, near[strength[hit] > MINOR] if len(hit) else near)
    wanted = np.unique(hit)
    return _joined(every[wanted], strength[wanted])


def _joined(shapes: NDArray[np.object_], strength: NDArray[np.float64]) -> Lines:
    """Lines of one strength that meet end to end as one: many networks come in pieces of two points, which
    cost memory and noding."""
    runs = [
        (value, shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapes[strength == value]))))
        for value in np.unique(strength)
    ]
    return Lines(
        np.concatenate([lines for _, lines in runs], dtype=object),
        np.concatenate([np.full(len(lines), value) for value, lines in runs]),
    )


def _is_set(value: object) -> bool:
    return isinstance(value, str) and value.lower() not in ("", "no", "0", "f", "false", "building_passage")


def _is_below(value: Any) -> bool:
    try:
        return float(value) < 0
    except (TypeError, ValueError):
        return False


def _require_roads(areas: gpd.GeoDataFrame, touched: NDArray[np.int64]) -> None:
    for position, label in enumerate(areas.index):
        if not np.any(touched == position):
            place = areas.geometry.iloc[position].representative_point()
            raise Invalid(
                "division-no-roads",
                zh="“{area}”内没有道路（约 {x:.0f}，{y:.0f}），无法按道路划分；请先导入该范围的路网。",
                en="No road lies in “{area}” (about {x:.0f}, {y:.0f}), so no cells can be cut along roads; "
                "import the road network of this area first.",
                area=label,
                x=place.x,
                y=place.y,
            )
