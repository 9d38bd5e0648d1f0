"""The edits of a draft. Each returns a :class:`Change`, or refuses what would tear a cell apart.

Cells stay one piece each, every block stays in exactly one cell, and a cell lies in one station.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from gridsup.errors import Invalid, Refused
from gridsup.redivision import cutting
from gridsup.redivision.board import (
    Block,
    Board,
    Change,
    DraftCell,
    Near,
    borders,
    pieces,
    shared_edges,
    union,
)

CRUMB = 1e-7
"""Mean width in degrees (about 1 cm) below which a piece of a cut block is rounding."""
TRIES = 24
"""Random spanning trees that are tried for two balanced halves."""

Measure = Callable[[Sequence[Any]], list[tuple[int, float]]]
"""Businesses in each of some polygons, and the weight of its work in any unit."""


def move(board: Board, numbers: Sequence[int], to: int) -> Change:
    """Move blocks into the neighbouring cell ``to``.

    Raises Refused ``cell-torn`` (a cell would fall apart), ``cell-emptied``, ``cell-in-two-stations``,
    Invalid ``block-unknown``, ``cell-unknown``.
    """
    target = cell_of(board, to)
    moving = [block_of(board, number) for number in dict.fromkeys(numbers)]
    moving = [block for block in moving if block.cell != to]
    foreign = [block for block in moving if block.station_id != target.station_id]
    if foreign:
        raise Refused(
            "cell-in-two-stations",
            zh="街区 {blocks} 属于另一个所，不能移入网格 {cell}；网格不得跨所。",
            en="Blocks {blocks} belong to another station and cannot move into cell {cell}: a cell lies in "
            "one station.",
            blocks=_some(block.number for block in foreign),
            cell=target.title,
        )
    change = Change({block.number: (block.cell, to) for block in moving})
    _stay_whole(board, change, {to, *(block.cell for block in moving if block.cell is not None)})
    return change


def merge(board: Board, keep: int, other: int) -> Change:
    """Join the cell ``other`` to the neighbouring cell ``keep``, which keeps its number and its name.

    Raises Refused ``cells-not-neighbours``, ``cell-in-two-stations``; Invalid ``cell-unknown``.
    """
    one, two = cell_of(board, keep), cell_of(board, other)
    if keep == other or one.station_id != two.station_id:
        raise Refused(
            "cell-in-two-stations" if keep != other else "cells-not-neighbours",
            zh="网格 {one} 与 {two} 不能合并：须是同一个所的两个不同网格。",
            en="Cells {one} and {two} cannot be merged: name two different cells of one station.",
            one=one.title,
            two=two.title,
        )
    blocks = board.members(keep, other)
    if len(pieces([block.number for block in blocks], borders(blocks))) > 1:
        raise Refused(
            "cells-not-neighbours",
            zh="网格 {one} 与 {two} 没有共同的边界，不能合并。请选择相邻的网格。",
            en="Cells {one} and {two} share no border and cannot be merged. Choose neighbours.",
            one=one.title,
            two=two.title,
        )
    return Change(
        {block.number: (other, keep) for block in blocks if block.cell == other},
        cells={other: (two, None)},
    )


def split(board: Board, label: int, *, seed: int = 0) -> Change:
    """Split a cell into two contiguous halves of about equal workload. The heavier keeps the number.

    Raises Refused ``cell-of-one-block``, Invalid ``cell-unknown``.
    """
    cell = cell_of(board, label)
    blocks = board.members(label)
    if len(blocks) < 2:
        raise Refused(
            "cell-of-one-block",
            zh="网格 {cell} 只有一个街区，无法自动拆分。请画线切开它。",
            en="Cell {cell} is a single block and cannot be split by itself. Draw a line through it.",
            cell=cell.title,
        )
    half = _halves({block.number: max(block.workload, 1e-12) for block in blocks}, borders(blocks), seed)
    return _part_with(board, cell, half)


def split_by_line(board: Board, label: int, line: Any, measure: Measure) -> Change:
    """Split a cell along a drawn line, cutting the blocks that it crosses.

    Raises Invalid ``line-does-not-cross`` unless the line parts the cell into exactly two pieces.
    """
    cell = cell_of(board, label)
    cut = _cut(board, board.members(label), line, measure)
    after = board.apply(cut)
    blocks = after.members(label)
    near = borders(blocks)
    zone = shapely.buffer(line, 1e-8)
    shapely.prepare(zone)
    for one, others in near.items():  # the line itself is no longer a border within the cell
        for other in [o for o in others if _on_line(after, one, o, zone)]:
            del near[one][other]
    sides = pieces([block.number for block in blocks], near)
    if len(sides) != 2:
        raise _does_not_cross(cell.title, len(sides))
    parted = _part_with(after, cell, sides[1])
    steps = dict(cut.steps)
    for number, (_, to) in parted.steps.items():
        steps[number] = (cut.steps[number][0] if number in cut.steps else label, to)
    return replace(cut, steps=steps, cells=parted.cells)


def cut_block(board: Board, number: int, line: Any, measure: Measure) -> Change:
    """Cut a block in two along a drawn line; both pieces stay in its cell.

    Raises Invalid ``line-does-not-cross`` unless the line parts the block into exactly two pieces.
    """
    block = block_of(board, number)
    change = _cut(board, [block], line, measure)
    if len(change.added) != 2:
        raise _does_not_cross(f"#{number}", max(1, len(change.added)))
    return change


def describe(board: Board, label: int, *, taken: Collection[tuple[int, str]] = (), **given: Any) -> Change:
    """Set a cell's ``grid``, ``name``, ``community_id`` or ``officer_id``. ``taken``: numbers by station of
    cells that are not on the board.

    Raises Refused ``grid-taken`` when another cell of the station has the number.
    """
    cell = cell_of(board, label)
    new = replace(cell, **given)
    twin = [c for c in board.cells.values() if c.label != label and c.station_id == new.station_id]
    if new.grid is not None and (
        (new.station_id, new.grid) in taken or any(c.grid == new.grid for c in twin)
    ):
        raise Refused(
            "grid-taken",
            zh="本所已有网格编号 {grid}。请换一个编号，或先改掉另一个网格的编号。",
            en="The station has a cell {grid} already. Take another number, or change that cell's first.",
            grid=new.grid,
        )
    return Change(cells={label: (cell, new)} if new != cell else {})


def cell_of(board: Board, label: int) -> DraftCell:
    """Raises Invalid ``cell-unknown``."""
    if label not in board.cells:
        raise Invalid(
            "cell-unknown",
            zh="草案中没有网格 {label}。请刷新后重试。",
            en="The draft has no cell {label}. Reload and try again.",
            label=label,
        )
    return board.cells[label]


def block_of(board: Board, number: int) -> Block:
    """Raises Invalid ``block-unknown``."""
    block = board.blocks.get(number)
    if block is None or block.cell is None:
        raise Invalid(
            "block-unknown",
            zh="草案中没有街区 {number}。请刷新后重试。",
            en="The draft has no block {number}. Reload and try again.",
            number=number,
        )
    return block


def _stay_whole(board: Board, change: Change, labels: set[int]) -> None:
    """Raise Refused unless each of the cells is one piece after the change."""
    after = board.apply(change)
    blocks = after.members(*labels)
    near = borders(blocks)
    for label in sorted(labels):
        mine = [block.number for block in blocks if block.cell == label]
        title = board.cells[label].title
        if not mine:
            raise Refused(
                "cell-emptied",
                zh="网格 {cell} 会没有街区。要取消它，请改用“合并”。",
                en="Cell {cell} would have no block left. To end it, merge it with a neighbour.",
                cell=title,
            )
        parts = pieces(mine, near)
        if len(parts) > 1:
            raise Refused(
                "cell-torn",
                zh="网格 {cell} 会断成 {n} 块（街区 {blocks} 与其余部分不相连）。请一并移动这些街区，"
                "或换一个街区。",
                en="Cell {cell} would fall into {n} pieces (blocks {blocks} would hang apart). Move those "
                "blocks too, or choose another block.",
                cell=title,
                n=len(parts),
                blocks=_some(sorted(set(mine) - parts[0])),
            )


def _some(numbers: Any) -> str:
    every = list(numbers)
    return "、".join(map(str, every[:8])) + ("…" if len(every) > 8 else "")


def _part_with(board: Board, cell: DraftCell, part: set[int]) -> Change:
    """The lighter of ``part`` and the rest of the cell becomes a new cell."""
    blocks = board.members(cell.label)
    load = sum(block.workload for block in blocks if block.number in part)
    rest = {block.number for block in blocks} - part
    if load > sum(block.workload for block in blocks if block.number in rest):
        part = rest
    new = DraftCell(board.next_label(), cell.station_id, community_id=cell.community_id)
    return Change(dict.fromkeys(sorted(part), (cell.label, new.label)), cells={new.label: (None, new)})


def _halves(work: dict[int, float], near: Near, seed: int) -> set[int]:
    """One of two connected halves: the best cut of some random spanning trees, by balance and border."""
    luck = np.random.default_rng(seed)
    total = sum(work.values())
    outline = sum(sum(others.values()) for others in near.values()) or 1.0
    best: tuple[float, set[int]] | None = None
    for _ in range(TRIES):
        parent, order = _tree(near, luck)
        below = dict(work)
        for number in reversed(order[1:]):
            below[parent[number]] += below[number]
        top = min(order[1:], key=lambda n: abs(below[n] - total / 2))
        half = {top}
        for number in order:
            if parent.get(number) in half:
                half.add(number)
        border = sum(size for n in half for o, size in near[n].items() if o not in half)
        cost = abs(2 * below[top] / total - 1) + border / outline
        if best is None or cost < best[0]:
            best = (cost, half)
    assert best is not None
    return best[1]


def _tree(near: Near, luck: np.random.Generator) -> tuple[dict[int, int], list[int]]:
    """A random spanning tree: parents, and the order in which the blocks were reached."""
    numbers = sorted(near)
    start = numbers[int(luck.integers(len(numbers)))]
    parent: dict[int, int] = {}
    order, edge, seen = [start], [(start, other) for other in sorted(near[start])], {start}
    while edge:
        one, other = edge.pop(int(luck.integers(len(edge))))
        if other in seen:
            continue
        seen.add(other)
        parent[other] = one
        order.append(other)
        edge += [(other, further) for further in sorted(near[other]) if further not in seen]
    return parent, order


def _cut(board: Board, targets: list[Block], line: Any, measure: Measure) -> Change:
    """Cut those of ``targets`` that the line crosses; the blocks around receive the new vertices."""
    ground = union([block.shape for block in targets])
    short = cutting.trimmed(line, ground)
    crossed = {
        block.number for block in targets if not short.is_empty and shapely.intersects(block.shape, short)
    }
    living = board.living
    tree = shapely.STRtree([block.shape for block in living])
    touched = {living[i].number for n in crossed for i in tree.query(board.blocks[n].shape, "intersects")}
    around = {number: board.blocks[number].shape for number in sorted(touched)}
    parts: dict[int, list[Any]] = {}
    for owner, shape in cutting.faces(around, [short]) if around else []:
        parts.setdefault(owner, []).append(shape)
    parts = {owner: _without_crumbs(found) for owner, found in parts.items()}
    steps: dict[int, tuple[int | None, int | None]] = {}
    added: list[Block] = []
    shapes: dict[int, tuple[Any, Any]] = {}
    number = board.next_number()
    parted = {owner: found for owner, found in parts.items() if owner in crossed and len(found) > 1}
    shares = _shares(measure, parted)
    for owner, found in sorted(parts.items()):
        block = board.blocks[owner]
        if owner in parted:
            steps[owner] = (block.cell, None)
            for (businesses, weight), shape in zip(shares[owner], found, strict=True):
                added.append(
                    Block(number, None, block.station_id, shape, businesses, block.workload * weight)
                )
                steps[number] = (None, block.cell)
                number += 1
            continue
        whole = union(found)
        if len(shapely.get_coordinates(whole)) != len(shapely.get_coordinates(block.shape)):
            shapes[owner] = (block.shape, whole)
    return Change(steps, tuple(added), shapes)


def _without_crumbs(found: list[Any]) -> list[Any]:
    """Pieces that a line along a border leaves as rounding go to the largest one that they touch."""
    crumbs = [shape for shape in found if 2 * shape.area < CRUMB * shape.length]
    kept = [shape for shape in found if 2 * shape.area >= CRUMB * shape.length]
    for crumb in crumbs if kept else ():
        host = max(range(len(kept)), key=lambda i: len(shared_edges([kept[i], crumb])) * kept[i].area)
        kept[host] = union([kept[host], crumb])
    return kept or found


def _shares(measure: Measure, parted: Mapping[int, list[Any]]) -> dict[int, list[tuple[int, float]]]:
    """Businesses of each piece of each block, and its share of the work of its block; measured at once."""
    measured = iter(measure([shape for found in parted.values() for shape in found]) if parted else [])
    shares: dict[int, list[tuple[int, float]]] = {}
    for owner, found in parted.items():
        mine = [next(measured) for _ in found]
        whole = sum(weight for _, weight in mine)
        shares[owner] = [(n, weight / whole if whole > 0 else 1 / len(mine)) for n, weight in mine]
    return shares


def _on_line(board: Board, one: int, other: int, zone: Any) -> bool:
    """Whether the whole common border of two blocks lies on the drawn line (``zone``: a hair around it)."""
    common = shapely.intersection(board.blocks[one].shape.boundary, board.blocks[other].shape.boundary)
    if shapely.covers(zone, common):
        return True
    if not shapely.intersects(zone, common):
        return False
    return float(shapely.length(shapely.difference(common, zone))) < 1e-8


def _does_not_cross(what: str, n: int) -> Invalid:
    return Invalid(
        "line-does-not-cross",
        zh="所画的线把 {what} 分成 {n} 块，应恰好分成两块。请从边界外画到另一侧边界外，且只穿过一次。",
        en="The line parts {what} into {n} pieces, not into two. Draw it from outside one border to outside "
        "the other, crossing once.",
        what=what,
        n=n,
    )
