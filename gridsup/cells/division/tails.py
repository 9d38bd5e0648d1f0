"""Tails (尖刺): long parts of a block no wider than a hand, left between two lines that nearly coincide.

An earlier border beside the road that it followed, one road drawn twice, a cut that grazes an outline: nobody
can walk such ground, and on a map a cell with a tail looks like a mistake. It goes to a neighbour.
"""

from __future__ import annotations

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
from gridsup.cells.partition.problem import components

WIDTH = 0.5
"""Metres up to which a part of a block is a tail."""
LONG = 8.0
"""Metres up to which a tail is merely the sharp corner that two roads make."""


def tails(shapes: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """The parts of ``shapes`` that are narrower than ``WIDTH`` and longer than ``LONG``; whose they are."""
    half = WIDTH / 2
    eroded = shapely.buffer(shapes, -half, join_style="mitre")
    opened = shapely.buffer(eroded, half + 0.01, join_style="mitre")
    parts, owner = shapely.get_parts(shapely.difference(shapes, opened), return_index=True)
    long = shapely.length(parts) > 2 * LONG
    return np.asarray(parts[long], dtype=object), owner[long].astype(np.int64)


def docked(polygons: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """``polygons`` of one area without tails, and which of the old ones each is, -1 where it changed.

    Still a coverage. A tail goes to the neighbour with which it shares most border; where it was a neck
    between two parts of a block, these become two blocks.
    """
    parts, _ = tails(polygons)
    if not len(parts):
        return polygons, np.arange(len(polygons))
    touched = np.unique(shapely.STRtree(polygons).query(parts, predicate="intersects")[1])
    rest = np.setdiff1d(np.arange(len(polygons)), touched)
    near = polygons[touched]
    pieces = faces_of(node(np.asarray(shapely.boundary(near), dtype=object), shapely.boundary(parts)))
    owner = owners(pieces, near)
    pieces, owner = pieces[owner >= 0], owner[owner >= 0]
    narrow = owners(pieces, parts) >= 0
    pairs, _ = shared_borders(pieces)
    whole = ~narrow[pairs].any(axis=1) & (owner[pairs[:, 0]] == owner[pairs[:, 1]])
    block = components(len(pieces), pairs[whole])
    home = settled(pieces, np.where(narrow, -1, block))
    home = np.where(home < 0, block, home)
    made, origin = _joined(pieces, home, owner, near)
    origin = np.where(origin >= 0, touched[origin], -1)
    return np.concatenate([polygons[rest], made]), np.concatenate([rest, origin])


def docked_apart(polygons: Shapes, area: NDArray[np.int64]) -> tuple[Shapes, NDArray[np.int64]]:
    """The same for blocks of several areas, between which nothing is given away."""
    told = [(rows, *docked(polygons[rows])) for _, rows in grouped(area)]
    origin = [np.where(own >= 0, rows[own], -1) for rows, _, own in told]
    return np.concatenate([shapes for _, shapes, _ in told]), np.concatenate(origin)


def _joined(
    pieces: Shapes, home: NDArray[np.int64], owner: NDArray[np.int64], near: Shapes
) -> tuple[Shapes, NDArray[np.int64]]:
    """The blocks that the pieces make, and which of ``near`` each still is, -1 where it changed."""
    made = merged(pieces, home)
    first = np.unique(home, return_index=True)[1]
    same = np.abs(shapely.area(made) - shapely.area(near[owner[first]])) < 1e-3
    return made, np.where(same, owner[first], -1)
