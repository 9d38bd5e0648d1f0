"""Cutting shapes by lines so that everything on the two sides of a line shares its vertices.

Lines are noded without a grid: vertices that exist stay where they are, so that what is not cut keeps
fitting what lies around it. All shapes in EPSG:4490.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from gridsup import spatial
from gridsup.cells.division.arrangement import grouped, settled
from gridsup.redivision.board import union

OVERSHOOT = 1e-7
"""About 1 cm: how far a line may lead on beyond the shape that it cuts."""
CRUMB_M = 0.01
"""A face of a smaller mean width is rounding: straight edges of one plane bend in another."""
SEAM_M = 1.0
"""Ground of a smaller mean width that no shape owns is a seam; a neighbour takes it."""


def faces(
    shapes: Mapping[int, Any], lines: Sequence[Any], *, seams_of: int | None = None
) -> list[tuple[int, Any]]:
    """``(owner, polygon)``: the pieces into which ``lines`` cut ``shapes`` (by key), in a fixed order.

    With ``seams_of`` (a metric SRID) the thin gaps between shapes go to their neighbours.
    """
    keys = list(shapes)
    owners = np.asarray([shapes[key] for key in keys], dtype=object)
    noded = shapely.union_all([*shapely.boundary(owners), *lines])
    found = shapely.normalize(shapely.get_parts(shapely.polygonize([*shapely.get_parts(noded)])))
    if not len(found):
        return []
    found = found[np.lexsort(shapely.get_coordinates(shapely.centroid(found)).T)]
    tree = shapely.STRtree(owners)
    face, owner = tree.query(shapely.point_on_surface(found), predicate="intersects")
    owner_of = np.full(len(found), len(keys), dtype=np.int64)
    np.minimum.at(owner_of, face, owner)
    if seams_of is not None:
        _take_seams(found, owner_of, len(keys), seams_of)
    return [
        (keys[owner], shape)
        for owner, shape in zip(owner_of.tolist(), found, strict=True)
        if owner < len(keys)
    ]


def _take_seams(found: Any, owner_of: Any, nobody: int, metric_srid: int) -> None:
    """Give each unowned seam, and each crumb of rounding, to the owner with whom it shares most border."""
    metric = spatial.to_metric(found, metric_srid)
    width = mean_widths(metric)
    owner_of[width < CRUMB_M] = nobody
    rows = np.flatnonzero((owner_of != nobody) | (width < SEAM_M))
    home = settled(metric[rows], np.where(owner_of[rows] == nobody, -1, owner_of[rows]))
    owner_of[rows] = np.where(home < 0, nobody, home)


def mean_widths(metric: Any) -> NDArray[np.float64]:
    """Twice the area over the outline of shapes in a metric CRS."""
    return np.asarray(2 * shapely.area(metric) / np.maximum(shapely.length(metric), 1e-9))


def absorb(parts: list[tuple[int, Any]], *, width_m: float, metric_srid: int) -> list[tuple[int, Any]]:
    """Join pieces of a smaller mean width to the piece of the same owner with the longest common border."""
    if not parts:
        return []
    shapes: Any = np.asarray([shape for _, shape in parts], dtype=object)
    metric = spatial.to_metric(shapes, metric_srid)
    width = mean_widths(metric)
    joined: list[tuple[int, Any]] = []
    for owner, rows in grouped(np.array([owner for owner, _ in parts])):
        home = np.where(width[rows] < width_m, -1, np.arange(len(rows)))
        home[np.argmax(width[rows])] = np.argmax(width[rows])
        home = settled(metric[rows], home)
        alone = np.flatnonzero(home < 0)
        home[alone] = alone
        joined += [(owner, union(list(shapes[rows[members]]))) for _, members in grouped(home)]
    return joined


def fitted(
    shapes: Mapping[int, Sequence[Any]], ground: Mapping[int, Any], *, metric_srid: int
) -> list[tuple[int, Any]]:
    """Coverages (by owner) that fill their ``ground`` but for rounding, cut anew so that they fill it whole:
    the borders within it stay, its outline is that of the ground, vertex for vertex."""
    lines: list[Any] = []
    for owner, mine in shapes.items():
        inner, outline = _inner_lines(mine), shapely.boundary(ground[owner])
        ends = [_led_on(one, outline) for line in inner for one in (line, shapely.reverse(line))]
        lines += [*inner, *(end for end in ends if end is not None)]
    return absorb(faces(ground, lines), width_m=CRUMB_M, metric_srid=metric_srid)


def _led_on(line: Any, outline: Any) -> Any | None:
    """From the end of a border that stops at the outline, but for rounding, to it and a hair beyond."""
    end = shapely.get_point(line, -1)
    if shapely.distance(end, outline) > 10 * OVERSHOOT:
        return None
    before, a = (shapely.get_coordinates(shapely.get_point(line, n))[0] for n in (-2, -1))
    b = shapely.get_coordinates(shapely.ops.nearest_points(outline, end)[0])[0]
    way = b - a if np.any(b != a) else a - before
    return shapely.LineString([a, b + way / np.hypot(*way) * OVERSHOOT])


def _inner_lines(shapes: Sequence[Any]) -> NDArray[np.object_]:
    """The borders between shapes that share their vertices, merged to long lines."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(np.asarray(shapes, dtype=object)), return_index=True)
    same = ring[1:] == ring[:-1]
    edges = np.sort(np.stack([xy[:-1][same], xy[1:][same]], axis=1).view("f8,f8"), axis=1)
    once, count = np.unique(edges.view("f8").reshape(-1, 4), axis=0, return_counts=True)
    twice: Any = shapely.linestrings(once[count > 1].reshape(-1, 2, 2))
    merged = shapely.line_merge(shapely.multilinestrings(twice))
    return np.asarray(shapely.get_parts(merged), dtype=object)


def trimmed(line: Any, shape: Any) -> Any:
    """The line inside ``shape``, led on by a hair, so that it crosses the outline but nothing beyond."""
    return shapely.intersection(line, shapely.buffer(shape, OVERSHOOT))
