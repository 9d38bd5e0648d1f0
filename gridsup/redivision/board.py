"""The draft on the table: blocks and the cells that they make up, without a database.

All shapes are polygons in EPSG:4490 (lon, lat). Two blocks on the two sides of a line hold the very same
vertices, so what is merged from them has neither gap nor overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Near: TypeAlias = dict[int, dict[int, float]]
"""block → neighbouring block → length of their border in degrees of latitude."""


@dataclass(frozen=True, slots=True)
class Block:
    """A street block. ``workload`` is its share of the whole draft; ``cell`` None is not part of it now."""

    number: int
    cell: int | None
    station_id: int
    shape: shapely.Polygon
    businesses: int
    workload: float


@dataclass(frozen=True, slots=True)
class DraftCell:
    """A cell of the draft; see :class:`gridsup.redivision.model.RedivisionCell`."""

    label: int
    station_id: int
    grid: str | None = None
    name: str | None = None
    community_id: int | None = None
    officer_id: int | None = None

    @property
    def title(self) -> str:
        """What a message calls it: its grid number, or 新3 for a cell that has none yet."""
        return self.grid or f"新{self.label}"


Step: TypeAlias = tuple[int | None, int | None]
CellStep: TypeAlias = tuple[DraftCell | None, DraftCell | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit does: where each block goes, new blocks, blocks with further vertices, cells."""

    steps: dict[int, Step] = field(default_factory=dict)
    """number → (cell before, cell after); None: not part of the draft."""
    added: tuple[Block, ...] = ()
    """Blocks that did not exist before; their steps begin with None."""
    shapes: dict[int, tuple[shapely.Polygon, shapely.Polygon]] = field(default_factory=dict)
    cells: dict[int, CellStep] = field(default_factory=dict)

    def inverse(self) -> Change:
        return Change(
            {number: (after, before) for number, (before, after) in self.steps.items()},
            (),
            {number: (after, before) for number, (before, after) in self.shapes.items()},
            {label: (after, before) for label, (before, after) in self.cells.items()},
        )


@dataclass(frozen=True, slots=True)
class Board:
    """The blocks of a draft by number (those taken out may be among them) and its cells by label."""

    blocks: Mapping[int, Block]
    cells: Mapping[int, DraftCell]
    last_number: int = 0
    """The highest number that a block ever had; those taken out may be left away from ``blocks``."""

    @property
    def living(self) -> list[Block]:
        return [block for block in self.blocks.values() if block.cell is not None]

    def members(self, *labels: int) -> list[Block]:
        """The blocks of these cells, by number."""
        wanted = set(labels)
        return sorted((b for b in self.blocks.values() if b.cell in wanted), key=lambda b: b.number)

    def shape(self, label: int) -> Any:
        """The ground of a cell: one polygon as long as the cell hangs together."""
        return union([block.shape for block in self.members(label)])

    def shapes(self) -> dict[int, Any]:
        """The ground of each cell by label."""
        parts: dict[int, list[Any]] = {label: [] for label in sorted(self.cells)}
        for block in self.living:
            assert block.cell is not None
            parts[block.cell].append(block.shape)
        return {label: union(shapes) for label, shapes in parts.items()}

    def next_label(self) -> int:
        return max(self.cells, default=0) + 1

    def next_number(self) -> int:
        return max(self.last_number, *self.blocks, 0) + 1

    def apply(self, change: Change) -> Board:
        """The board after a change. The change must have been made for this board."""
        blocks = dict(self.blocks) | {block.number: block for block in change.added}
        for number, (_, after) in change.steps.items():
            blocks[number] = replace(blocks[number], cell=after)
        for number, (_, shape) in change.shapes.items():
            blocks[number] = replace(blocks[number], shape=shape)
        cells = dict(self.cells)
        for label, (_, cell) in change.cells.items():
            if cell is None:
                del cells[label]
            else:
                cells[label] = cell
        return Board(blocks, cells, self.last_number)


def union(shapes: list[Any]) -> Any:
    """Blocks as one shape; exact, as they share their vertices."""
    if not shapes:
        return shapely.Polygon()
    if len(shapes) == 1:
        return shapes[0]
    merged = shapely.coverage_union_all(shapes)
    parts = shapely.get_parts(merged)
    return parts[0] if len(parts) == 1 else merged


def borders(blocks: Iterable[Block]) -> Near:
    """Which of ``blocks`` share a border, and how long it is. A shared corner is no border."""
    some = list(blocks)
    near: Near = {block.number: {} for block in some}
    for i, j, length in shared_edges([block.shape for block in some]):
        one, other = some[i].number, some[j].number
        near[one][other] = near[other][one] = length
    return near


@dataclass(frozen=True, slots=True)
class Twins:
    """Straight pieces that two polygons share with the same two ends: ``pair`` (n × 2), ``middle`` (n × 2,
    degrees) and ``size`` (degrees of latitude)."""

    pair: NDArray[np.int64]
    middle: NDArray[np.float64]
    size: NDArray[np.float64]

    def within(self, group: NDArray[np.int64]) -> Twins:
        """Those between two polygons of one group; ``group`` of each polygon."""
        same = group[self.pair[:, 0]] == group[self.pair[:, 1]]
        return Twins(self.pair[same], self.middle[same], self.size[same])


def twins(shapes: list[Any]) -> Twins:
    """The straight pieces that belong to two of ``shapes``."""
    rings, owner_of_ring = shapely.get_rings(np.asarray(shapes, dtype=object), return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    same = ring_of[1:] == ring_of[:-1]
    a, b, owner = xy[:-1][same], xy[1:][same], owner_of_ring[ring_of[:-1][same]]
    key = np.concatenate([a, b], axis=1)
    backward = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    key[backward] = key[backward][:, [2, 3, 0, 1]]
    order = np.lexsort(key.T[::-1])
    twin = np.flatnonzero(np.all(key[order][1:] == key[order][:-1], axis=1))
    left, right = order[twin], order[twin + 1]
    pair = np.sort(np.stack([owner[left], owner[right]], axis=1), axis=1)
    other = pair[:, 0] != pair[:, 1]
    left = left[other]
    size = np.hypot((b - a)[left, 0] * np.cos(np.radians(a[left, 1])), (b - a)[left, 1])
    return Twins(pair[other], (a[left] + b[left]) / 2, size)


def shared_edges(shapes: list[Any]) -> list[tuple[int, int, float]]:
    """``(i, j, length)`` of the pairs of polygons that share a border, in degrees of latitude."""
    if len(shapes) < 2:
        return []
    found = twins(shapes)
    if not len(found.pair):
        return []
    pairs, which = np.unique(found.pair, axis=0, return_inverse=True)
    length = np.bincount(which.ravel(), weights=found.size, minlength=len(pairs))
    return [(int(i), int(j), float(n)) for (i, j), n in zip(pairs, length, strict=True)]


def pieces(numbers: Iterable[int], near: Near) -> list[set[int]]:
    """Groups of blocks that hang together across borders, the largest first."""
    left = set(numbers)
    groups: list[set[int]] = []
    while left:
        start = min(left)
        group, queue = {start}, [start]
        while queue:
            for other in near[queue.pop()]:
                if other in left and other not in group:
                    group.add(other)
                    queue.append(other)
        groups.append(group)
        left -= group
    return sorted(groups, key=lambda group: (-len(group), min(group)))
