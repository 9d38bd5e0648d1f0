"""Dual carriageways (双幅路), slip roads and traffic islands become one line down the middle.

The narrow faces between the lines of one road are no blocks: nobody trades on a median strip. Each group
of them is shared out among the real blocks around it, point by point to the nearest, so that the border
of two blocks runs where the centre line of the whole road is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import (
    Shapes,
    faces_of,
    grouped,
    merged,
    node,
    owners,
    settled,
    shared_borders,
)
from gridsup.cells.division.memory import give_back
from gridsup.cells.partition.problem import components

BARE = 12.0
"""Mean width (metres) up to which a face between roads is road surface, whatever was placed on it."""
NARROW = 18.0
"""Mean width (metres) up to which a face between roads is no block when nobody trades there."""
STRIP = 45.0
STRIP_ROUNDNESS = 0.2
"""A longer strip than this roundness (Polsby–Popper) is no block up to the mean width ``STRIP``."""
ROW = 3
"""So many businesses make a wider strip a row of shops, which no border may run through."""
SPACING = 6.0
SMOOTH = 1.5


def narrow(faces: Shapes, traders: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which faces are road surface rather than blocks; ``traders``: how many businesses stand on each."""
    area, outline = shapely.area(faces), shapely.length(faces)
    width = 2 * area / outline
    strip = (width < STRIP) & (4 * np.pi * area / outline**2 < STRIP_ROUNDNESS)
    return np.asarray((width < BARE) | (((width < NARROW) | strip) & (traders < ROW)))


def collapse(faces: Shapes, thin: NDArray[np.bool_]) -> Shapes:
    """The faces that are not ``thin``, grown over the thin ones; a coverage without gap or overlap.

    A group of thin faces with no block beside it stays as it is. Only what touches a thin face is cut anew.
    """
    if not thin.any() or thin.all():
        return faces
    near = np.unique(shapely.STRtree(faces).query(faces[thin], predicate="intersects")[1])
    rest = np.setdiff1d(np.arange(len(faces)), near)
    grown, origin = _grown(faces[near], thin[near])
    order = np.argsort(np.concatenate([rest, np.append(near, len(faces))[origin]]), kind="stable")
    return np.concatenate([faces[rest], grown])[order]


def _grown(faces: Shapes, thin: NDArray[np.bool_]) -> tuple[Shapes, NDArray[np.int64]]:
    """The collapsed faces and which face each was; what was none of them has the number after the last."""
    pairs, ends = shared_borders(faces)
    group = _groups(len(faces), pairs, thin)
    kinds = thin[pairs]
    beside = kinds[:, 0] != kinds[:, 1]
    inner = np.where(kinds[beside, 0], pairs[beside, 0], pairs[beside, 1])
    outer = np.where(kinds[beside, 0], pairs[beside, 1], pairs[beside, 0])
    rims = ends[beside]
    ridges: list[Any] = []
    lone = set(np.unique(group[thin]).tolist())
    for name, rows in grouped(group[inner]):
        lone.discard(name)
        if len(np.unique(outer[rows])) > 1:
            ground = shapely.coverage_union_all(faces[group == name])
            ridges += _centre_lines(ground, rims[rows], outer[rows])
    absorbed = thin & ~np.isin(group, list(lone))
    return _share_out(faces, absorbed, ridges)


def _groups(count: int, pairs: NDArray[np.int64], thin: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Thin faces that hang together have one number; -1 for the others."""
    both = pairs[thin[pairs].all(axis=1)]
    label = components(count, both)
    return np.where(thin, label, -1)


def _samples(
    rims: NDArray[np.float64], outer: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points along the rims, never on a vertex, each with the block behind it."""
    a, b = rims[:, :2], rims[:, 2:]
    count = np.maximum(1, np.ceil(np.hypot(*(b - a).T) / SPACING)).astype(np.int64)
    row = np.repeat(np.arange(len(rims)), count)
    share = (np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + 0.5) / count[row]
    spots = a[row] + (b - a)[row] * share[:, None]
    _, once = np.unique(np.round(spots / 0.001), axis=0, return_index=True)
    return spots[once], outer[row][once]


def _centre_lines(ground: Any, rims: NDArray[np.float64], outer: NDArray[np.int64]) -> list[Any]:
    """Where ``ground`` is as far from one block as from another."""
    spots, block = _samples(rims, outer)
    if len(spots) < 2:
        return []
    diagram = shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=ground, ordered=True)
    zones = shapely.get_parts(diagram)
    regions = np.array([shapely.coverage_union_all(zones[rows]) for _, rows in grouped(block)], dtype=object)
    left, right = shapely.STRtree(regions).query(regions, predicate="intersects")
    once = left < right
    between = shapely.line_merge(
        shapely.intersection(shapely.boundary(regions[left[once]]), shapely.boundary(regions[right[once]]))
    )
    lines = shapely.get_parts(between)
    lines = lines[shapely.get_type_id(lines) == 1]
    smooth = shapely.simplify(lines, SMOOTH)
    inside = shapely.get_parts(shapely.intersection(smooth, ground))
    return [line for line in inside if line.geom_type == "LineString"]


def _share_out(
    faces: Shapes, absorbed: NDArray[np.bool_], ridges: list[Any]
) -> tuple[Shapes, NDArray[np.int64]]:
    """Cut the absorbed faces along ``ridges`` and give each piece to the block it borders on most."""
    give_back()
    noded = node(shapely.boundary(faces), np.array(ridges, dtype=object))
    ridges.clear()
    pieces = faces_of(noded)
    del noded
    give_back()
    within = owners(pieces, faces)
    pieces, within = pieces[within >= 0], within[within >= 0]
    home = np.where(absorbed[within], -1, within)
    home = settled(pieces, home)
    left = np.flatnonzero(home < 0)
    home[left] = len(faces) + np.arange(len(left))
    return merged(pieces, home), np.minimum(np.unique(home), len(faces))
