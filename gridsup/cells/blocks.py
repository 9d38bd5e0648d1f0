"""Street blocks (街区): the pieces that road centre lines and area boundaries cut out of a district.

All geometry here is in one projected CRS in metres. Lines are noded on a grid of one millimetre, so that
two blocks on the two sides of a road share the very same vertices: what is merged from them later has
neither gap nor overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.errors import Invalid

GRID = 0.001
"""Metres to which every vertex is rounded before lines are noded."""

STRENGTH = {
    "motorway": 1.0,
    "trunk": 1.0,
    "primary": 0.95,
    "secondary": 0.85,
    "tertiary": 0.65,
    "unclassified": 0.4,
    "residential": 0.35,
    "living_street": 0.2,
    "pedestrian": 0.15,
    "service": 0.1,
    "track": 0.1,
    "cycleway": 0.1,
    "footway": 0.05,
    "path": 0.05,
    "steps": 0.05,
    "river": 1.0,
    "rail": 1.0,
    "canal": 0.85,
    "stream": 0.2,
}
"""How well a line of an OSM class (a ``_link`` counts the same) serves as a border, 0 to 1."""
UNKNOWN_STRENGTH = 0.25


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of all areas and the graph of their shared borders.

    ``polygons[b]`` is block ``b`` and ``area[b]`` the position of the area it lies in. Border ``e`` lies
    between the blocks ``pairs[e]``, is ``length[e]`` metres long and of road ``strength[e]``; borders
    between two areas are left out.
    """

    polygons: NDArray[np.object_]
    area: NDArray[np.int64]
    pairs: NDArray[np.int64]
    length: NDArray[np.float64]
    strength: NDArray[np.float64]


def strength_of(road_class: object) -> float:
    """The border strength of an OSM ``highway`` value; an unknown or missing one is weak, not an error."""
    if not isinstance(road_class, str):
        return UNKNOWN_STRENGTH
    return STRENGTH.get(road_class.removesuffix("_link"), UNKNOWN_STRENGTH)


def cut_blocks(
    areas: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, *, road_class: str = "highway", reach: float = 30.0
) -> Blocks:
    """Cut the polygons of ``areas`` into blocks along ``roads`` (same projected CRS, metres).

    A dead end that stops less than ``reach`` metres before another line is led on straight to it, as
    surveyed roads often end just short of a boundary; a longer dead end bounds nothing and is left out.

    Raises Invalid ``division-no-roads`` naming the area that no road touches.
    """
    outlines = shapely.set_precision(np.asarray(areas.geometry.values, dtype=object), GRID)
    lines, classes = _roads_within(areas, roads, road_class)
    rings = shapely.boundary(outlines)
    noded = shapely.get_parts(shapely.union_all(np.concatenate([rings, lines]), grid_size=GRID))
    led_on = _lead_on(noded, reach)
    if len(led_on):
        noded = shapely.get_parts(shapely.union_all(np.concatenate([noded, led_on]), grid_size=GRID))
    faces = shapely.get_parts(shapely.polygonize(noded))
    inside, area = _areas_of(faces, outlines)
    return _graph(faces[inside], area, lines, classes)


def _roads_within(
    areas: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, road_class: str
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Single lines of the roads that touch an area, with their strengths."""
    every, index = shapely.get_parts(np.asarray(roads.geometry.values, dtype=object), return_index=True)
    tree = shapely.STRtree(every)
    near, hit = tree.query(areas.geometry.values, predicate="intersects")
    for position, label in enumerate(areas.index):
        if not np.any(near == position):
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
    wanted = np.unique(hit)
    classes = roads[road_class].to_numpy(dtype=object) if road_class in roads else np.full(len(roads), None)
    strengths = np.array([strength_of(c) for c in classes[index[wanted]]], dtype=np.float64)
    return every[wanted], strengths


def _lead_on(noded: NDArray[np.object_], reach: float) -> NDArray[np.object_]:
    """Short straight lines from dead ends to the first line ahead within ``reach`` metres."""
    first, last = shapely.get_point(noded, 0), shapely.get_point(noded, -1)
    ends = np.concatenate([shapely.get_coordinates(first), shapely.get_coordinates(last)])
    inner = np.concatenate(
        [
            shapely.get_coordinates(shapely.get_point(noded, 1)),
            shapely.get_coordinates(shapely.get_point(noded, -2)),
        ]
    )
    _, where, degree = np.unique(np.round(ends / GRID), axis=0, return_inverse=True, return_counts=True)
    dead = np.flatnonzero(degree[where.ravel()] == 1)
    step = ends[dead] - inner[dead]
    size = np.hypot(step[:, 0], step[:, 1])
    dead, step = dead[size > 0], step[size > 0] / size[size > 0][:, None]
    start = ends[dead] + step * (10 * GRID)  # past the end, so that the ray does not meet its own road there
    rays: NDArray[np.object_] = np.asarray(
        shapely.linestrings(np.stack([start, ends[dead] + step * reach], axis=1)), dtype=object
    )
    found: list[Any] = []
    tree = shapely.STRtree(noded)
    ray_of, line_of = tree.query(rays, predicate="intersects")
    for position, end in enumerate(ends[dead]):
        crossed = noded[line_of[ray_of == position]]
        if not len(crossed):
            continue
        points = shapely.get_coordinates(shapely.intersection(crossed, rays[position]))
        away = np.hypot(points[:, 0] - end[0], points[:, 1] - end[1])
        target = points[np.argmin(away)] + step[position] * (10 * GRID)
        found.append(shapely.linestrings(np.stack([end, target])))
    return np.array(found, dtype=object)


def _areas_of(
    faces: NDArray[np.object_], outlines: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which faces lie in an area, and in which; where outlines overlap by a hair, in the first."""
    spots = shapely.point_on_surface(faces)
    face, area = shapely.STRtree(outlines).query(spots, predicate="intersects")
    owner = np.full(len(faces), len(outlines), dtype=np.int64)
    np.minimum.at(owner, face, area)
    inside = np.flatnonzero(owner < len(outlines))
    return inside, owner[inside]


def _graph(
    faces: NDArray[np.object_],
    area: NDArray[np.int64],
    lines: NDArray[np.object_],
    classes: NDArray[np.float64],
) -> Blocks:
    """Find which blocks share which straight segments; exact, since both sides hold the same vertices."""
    rings, face_of_ring = shapely.get_rings(faces, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    same = ring_of[1:] == ring_of[:-1]
    a, b, face = xy[:-1][same], xy[1:][same], face_of_ring[ring_of[:-1][same]]
    key = np.round(np.concatenate([a, b], axis=1) / GRID).astype(np.int64)
    backward = (key[:, 0] > key[:, 2]) | ((key[:, 0] == key[:, 2]) & (key[:, 1] > key[:, 3]))
    key[backward] = key[backward][:, [2, 3, 0, 1]]
    order = np.lexsort(key.T[::-1])
    twin = np.flatnonzero(np.all(key[order][1:] == key[order][:-1], axis=1))
    left, right = order[twin], order[twin + 1]
    keep = area[face[left]] == area[face[right]]
    left, right = left[keep], right[keep]

    size = np.hypot(*(b[left] - a[left]).T)
    _, nearest = shapely.STRtree(lines).query_nearest(
        shapely.points((a[left] + b[left]) / 2), all_matches=False
    )
    pair = np.sort(np.stack([face[left], face[right]], axis=1), axis=1)
    pairs, which = np.unique(pair, axis=0, return_inverse=True)
    length = np.bincount(which.ravel(), weights=size, minlength=len(pairs))
    strong = np.bincount(which.ravel(), weights=size * classes[nearest], minlength=len(pairs))
    return Blocks(faces, area, pairs, length.astype(np.float64), (strong / length).astype(np.float64))
