"""Cutting shapes by lines so that everything on the two sides of a line shares its vertices.

Lines are noded without a grid: vertices that exist stay where they are, so that what is not cut keeps
fitting what lies around it. All shapes in EPSG:4490.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from gridsup import spatial
from gridsup.redivision.board import shared_edges, union

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
    if np.all(owner_of == nobody):
        return
    width = np.array([mean_width(shape, metric_srid) for shape in found])
    owner_of[width < CRUMB_M] = nobody
    edges = shared_edges(list(found))
    while True:
        thin = set(np.flatnonzero((owner_of == nobody) & (width < SEAM_M)).tolist())
        best: dict[int, tuple[float, int]] = {}
        for i, j, length in edges:
            for seam, other in ((i, j), (j, i)):
                if seam in thin and owner_of[other] != nobody:
                    best[seam] = max(best.get(seam, (0.0, -1)), (length, int(owner_of[other])))
        if not best:
            return
        for seam, (_, owner) in best.items():
            owner_of[seam] = owner


def mean_width(shape: Any, metric_srid: int) -> float:
    """Twice the area over the outline, in metres."""
    moved = spatial.to_metric(shape, metric_srid)
    return 2 * float(moved.area) / max(float(moved.length), 1e-9)


def absorb(parts: list[tuple[int, Any]], *, width_m: float, metric_srid: int) -> list[tuple[int, Any]]:
    """Join pieces of a smaller mean width to the piece of the same owner with the longest common border."""
    lines = [shape for _, shape in parts]
    host = list(range(len(parts)))

    def head(i: int) -> int:
        while host[i] != i:
            host[i] = host[host[i]]
            i = host[i]
        return i

    longest: dict[int, tuple[float, int]] = {}
    for i, j, length in shared_edges(lines):
        if parts[i][0] == parts[j][0]:
            longest[i] = max(longest.get(i, (0.0, -1)), (length, j))
            longest[j] = max(longest.get(j, (0.0, -1)), (length, i))
    for i, (_, other) in longest.items():
        if mean_width(lines[i], metric_srid) < width_m:
            host[head(i)] = head(other)
    groups: dict[int, list[int]] = {}
    for i in range(len(parts)):
        groups.setdefault(head(i), []).append(i)
    return [(parts[key][0], union([lines[i] for i in members])) for key, members in groups.items()]


def trimmed(line: Any, shape: Any) -> Any:
    """The line inside ``shape``, led on by a hair, so that it crosses the outline but nothing beyond."""
    return shapely.intersection(line, shapely.buffer(shape, OVERSHOOT))
