"""Street blocks (街区) and the graph of their borders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import (
    NUDGE,
    Shapes,
    faces_of,
    lead_on,
    node,
    node_into,
    owners,
    shared_borders,
    without_dead_ends,
)
from gridsup.cells.division.lines import MAJOR, Lines
from gridsup.cells.division.medians import collapse, narrow
from gridsup.cells.division.memory import give_back
from gridsup.cells.division.tails import docked
from gridsup.cells.division.workload import homes

ALONG = 30.0
"""Metres from a line within which a border still runs on its road: half of a wide dual carriageway."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of all areas and the graph of their shared borders.

    ``polygons[b]`` is block ``b`` and ``area[b]`` the position of the area it lies in. Border ``e`` lies
    between the blocks ``pairs[e]``, is ``length[e]`` metres long, of mean ``strength[e]``, and runs for
    ``on_road[e]`` metres on roads and ``on_major[e]`` on major ones; borders between two areas are left out.
    """

    polygons: Shapes
    area: NDArray[np.int64]
    pairs: NDArray[np.int64]
    length: NDArray[np.float64]
    strength: NDArray[np.float64]
    on_road: NDArray[np.float64]
    on_major: NDArray[np.float64]


def cut_blocks(outlines: Shapes, lines: Lines, spots: Shapes, *, reach: float) -> Shapes:
    """Cut ``outlines`` into blocks along the lines above the minor ways; dual carriageways as one line.

    A dead end that stops less than ``reach`` metres before another line is led on straight to it; a longer
    one bounds nothing and is left out. ``spots``: the businesses; where one stands, there is a block.
    """
    rings = np.asarray(shapely.boundary(outlines), dtype=object)
    noded = node(rings, lines.shapes[~lines.minor])
    noded = without_dead_ends(node_into(noded, lead_on(noded, reach)))
    give_back()
    faces = faces_of(noded)
    del noded
    give_back()
    blocks = []
    owner = owners(faces, outlines)
    for position in range(len(outlines)):
        mine = faces[owner == position]
        traders = np.bincount(homes(mine, spots) + 1, minlength=len(mine) + 1)[1:]
        give_back()
        blocks.append(docked(collapse(mine, narrow(mine, traders)))[0])
    return np.concatenate(blocks)


def graph(
    polygons: Shapes,
    outlines: Shapes,
    lines: Lines,
    cuts: list[Any],
    before: tuple[Blocks, NDArray[np.int64]] | None = None,
) -> Blocks:
    """Measure which blocks share which borders, and on which of ``lines`` or straight ``cuts`` they run.

    ``before``: earlier blocks, and which of them each of ``polygons`` still is (-1: made anew); borders
    between two of these are not measured again.
    """
    area = _areas(polygons, outlines, before)
    pairs, ends = shared_borders(polygons)
    keep = area[pairs[:, 0]] == area[pairs[:, 1]]
    pairs, ends = pairs[keep], ends[keep]
    number, which = np.unique(pairs @ [len(polygons), 1], return_inverse=True)
    pairs = np.stack(np.divmod(number, len(polygons)), axis=1)
    known, row = _known(pairs, before)
    fresh = ~known[which]
    size = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    strength = np.zeros(len(ends))
    strength[fresh] = _strengths(ends[fresh], lines, cuts)

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(which, weights=values, minlength=len(pairs)).astype(np.float64)

    length = total(size)
    on_road = total(size * (strength > 0))
    on_major = total(size * (strength >= MAJOR))
    mean = total(size * strength) / np.maximum(length, NUDGE)
    if before is not None:
        for told, old in (
            (mean, before[0].strength), (on_road, before[0].on_road), (on_major, before[0].on_major)
        ):  # fmt: skip
            told[known] = old[row[known]]
    return Blocks(polygons, area, pairs, length, mean, on_road, on_major)


def _areas(
    polygons: Shapes, outlines: Shapes, before: tuple[Blocks, NDArray[np.int64]] | None
) -> NDArray[np.int64]:
    """In which of ``outlines`` each block lies."""
    if before is None:
        return owners(polygons, outlines)
    blocks, origin = before
    area = blocks.area[origin]
    area[origin < 0] = owners(polygons[origin < 0], outlines)
    return area


def _known(
    pairs: NDArray[np.int64], before: tuple[Blocks, NDArray[np.int64]] | None
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which borders were measured before, and their rows there."""
    if before is None or not len(before[0].pairs):
        return np.zeros(len(pairs), dtype=bool), np.zeros(len(pairs), dtype=np.int64)
    blocks, origin = before
    both = np.sort(origin[pairs], axis=1)
    wide = [len(blocks.polygons), 1]
    number = blocks.pairs @ wide
    row = np.minimum(np.searchsorted(number, both @ wide), len(number) - 1)
    return (both[:, 0] >= 0) & (number[row] == both @ wide), row


def _strengths(ends: NDArray[np.float64], lines: Lines, cuts: list[Any]) -> NDArray[np.float64]:
    """The strength of each straight segment: of the strongest line within reach; 0 on a cut or off road."""
    middle = shapely.points((ends[:, :2] + ends[:, 2:]) / 2)
    strength = np.zeros(len(ends))
    place, line = lines.tree.query_nearest(middle, max_distance=ALONG, all_matches=True)
    np.maximum.at(strength, place, np.maximum(lines.strength[line], 0.01))
    if len(cuts):
        place, _ = shapely.STRtree(cuts).query(middle, predicate="dwithin", distance=NUDGE)
        strength[place] = 0.0
    return strength
