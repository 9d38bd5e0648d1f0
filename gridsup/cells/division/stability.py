"""Dividing anew with an earlier division in mind: what can stay, stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import Shapes
from gridsup.cells.division.lines import Lines
from gridsup.cells.partition.problem import Problem, components
from gridsup.cells.partition.seeds import fill_empty, seed_cells

OLD_BORDER = 0.6
"""Strength of an earlier border as a line: between a residential and a tertiary road."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The earlier cells, in the metric CRS; none when there was no earlier division."""

    shapes: Shapes
    labels: list[Any]

    @classmethod
    def of(cls, previous: gpd.GeoDataFrame | None) -> Earlier:
        if previous is None or previous.empty:
            return cls(np.empty(0, dtype=object), [])
        return cls(
            np.asarray(shapely.make_valid(previous.geometry.values), dtype=object), list(previous.index)
        )

    @property
    def any(self) -> bool:
        return bool(self.labels)

    def added_to(self, lines: Lines) -> Lines:
        """``lines`` and the earlier borders, so that blocks do not straddle them."""
        if not self.any:
            return lines
        borders = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(self.shapes))))
        return Lines(
            np.concatenate([lines.shapes, borders]),
            np.concatenate([lines.strength, np.full(len(borders), OLD_BORDER)]),
        )

    def cell_of(self, polygons: Shapes) -> NDArray[np.int64]:
        """The position of the earlier cell in which each block lies, -1 for none."""
        found = np.full(len(polygons), -1, dtype=np.int64)
        if self.any:
            spots = shapely.point_on_surface(polygons)
            block, cell = shapely.STRtree(self.shapes).query(spots, predicate="intersects")
            found[block] = cell
        return found

    def heirs(
        self, polygons: Shapes, cell_of: NDArray[np.int64], load: NDArray[np.float64], cells: int
    ) -> list[Any]:
        """For each new cell the label of the earlier cell whose place it takes, or None.

        A cell takes the place of the one from which it has most workload, if no other has more of that one.
        """
        before = self.cell_of(polygons)
        known = before >= 0
        shared = np.zeros((cells, len(self.labels)))
        np.add.at(shared, (cell_of[known], before[known]), load[known] + 1e-12)
        labels: list[Any] = []
        for cell in range(cells):
            old = int(np.argmax(shared[cell]))
            takes = shared[cell, old] > 0 and int(np.argmax(shared[:, old])) == cell
            labels.append(self.labels[old] if takes else None)
        return labels


def start_from(problem: Problem, before: NDArray[np.int64], stay: float) -> Problem:
    """``problem`` started from the earlier cells; leaving one costs ``stay`` times the workload moved."""
    first, old = _start(problem, before)
    return replace(problem, first=first, before=old, stay=stay * (problem.load + 1e-3))


def _start(p: Problem, before: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First cells like the earlier ones (the lightest dissolved, the heaviest halved until the number is
    right), and for each block its first cell if it had one before, else -1."""
    known = np.unique(before[before >= 0])
    label = np.searchsorted(known, before).astype(np.int64)
    label[before < 0] = len(known)
    label = _settle(p, _in_one_piece(p, _settle(p, label, len(known)), len(known)), len(known))
    kept = list(range(len(known)))
    while len(kept) > p.cells:
        light = min(kept, key=lambda c: (float(p.load[label == c].sum()), c))
        _dissolve(p, label, light)
        kept.remove(light)
    place = {old: new for new, old in enumerate(kept)}
    first = np.array([place.get(int(c), 0) for c in label], dtype=np.int64)
    count = max(len(kept), 1)
    while count < p.cells:
        sizes = np.bincount(first, minlength=count)
        loads = np.where(sizes > 1, np.bincount(first, weights=p.load, minlength=count), -1.0)
        _halve(p, first, int(np.argmax(loads)), count)
        count += 1
    first = fill_empty(p.cells, first, p.start, p.near, p.load)
    had = np.array([place.get(int(np.searchsorted(known, b)), -1) if b >= 0 else -1 for b in before])
    return first, had.astype(np.int64)


def _in_one_piece(p: Problem, label: NDArray[np.int64], none: int) -> NDArray[np.int64]:
    """Walls may cut an earlier cell in pieces: the heaviest stays, the blocks of the others have ``none``."""
    left = np.repeat(np.arange(p.blocks), np.diff(p.start))
    same = label[left] == label[p.near]
    piece = components(p.blocks, np.stack([left[same], p.near[same]], axis=1))
    weight = np.bincount(piece, weights=p.load + 1e-12)
    heaviest: dict[int, int] = {}
    for block in range(p.blocks):
        old, new = int(label[block]), int(piece[block])
        if old not in heaviest or weight[new] > weight[heaviest[old]]:
            heaviest[old] = new
    return np.where(piece == np.array([heaviest[int(c)] for c in label]), label, none)


def _settle(p: Problem, label: NDArray[np.int64], none: int) -> NDArray[np.int64]:
    """Blocks without an earlier cell join a neighbour that has one."""
    if none == 0:
        return np.zeros_like(label)
    while np.any(label == none):
        for block in np.flatnonzero(label == none):
            around = label[p.near[p.start[block] : p.start[block + 1]]]
            around = around[around != none]
            if len(around):
                label[block] = np.bincount(around).argmax()
    return label


def _dissolve(p: Problem, label: NDArray[np.int64], cell: int) -> None:
    """Give the blocks of ``cell`` away, each to the neighbouring cell with which it shares most border."""
    while np.any(label == cell):
        for block in np.flatnonzero(label == cell):
            rows = slice(p.start[block], p.start[block + 1])
            around, length = label[p.near[rows]], p.length[rows]
            other = around != cell
            if other.any():
                label[block] = np.bincount(around[other], weights=length[other]).argmax()


def _halve(p: Problem, first: NDArray[np.int64], cell: int, new: int) -> None:
    """Split ``cell`` in two contiguous halves of even workload; the second becomes cell ``new``."""
    members = np.flatnonzero(first == cell)
    place = np.full(p.blocks, -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    start, near, length = [0], [], []
    for block in members:
        rows = np.arange(p.start[block], p.start[block + 1])
        rows = rows[place[p.near[rows]] >= 0]
        near += place[p.near[rows]].tolist()
        length += p.length[rows].tolist()
        start.append(len(near))
    half = seed_cells(2, np.array(start), np.array(near), np.array(length), p.load[members], p.seed)
    first[members[half == 1]] = new
