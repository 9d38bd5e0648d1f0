"""First cells by METIS: contiguous parts of even workload with short borders, to be annealed afterwards."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pymetis
from numpy.typing import NDArray

UNEVEN = 30
"""Unevenness that METIS may leave, in thousandths."""
FEW = 6
"""With fewer blocks per cell METIS finds no parts, and blocks are joined one by one."""


def seed_cells(
    cells: int,
    start: NDArray[np.int64],
    near: NDArray[np.int64],
    border: NDArray[np.float64],
    load: NDArray[np.float64],
    seed: int,
) -> NDArray[np.int64]:
    """A cell from 0 to ``cells`` - 1 for each block of a connected graph; every cell has a block.

    Neighbours of block ``b`` are ``near[start[b]:start[b + 1]]``; ``border`` is what a border between them
    costs, ``load`` the workload.
    """
    count = len(load)
    if cells == 1:
        return np.zeros(count, dtype=np.int64)
    if count < FEW * cells:
        return join(cells, start, near, border, load)
    weight = np.maximum(1, np.round(load / max(load.sum(), 1e-12) * 1e6)).astype(np.int64)
    scale = 1000.0 / max(float(border.max()), 1e-9)
    edge = np.maximum(1, np.round(border * scale)).astype(np.int64)
    options = pymetis.Options(contig=1, ufactor=UNEVEN, seed=seed)
    adjacency = pymetis.CSRAdjacency(start.tolist(), near.tolist())
    _, parts = pymetis.part_graph(
        cells, adjacency, vweights=weight.tolist(), eweights=edge.tolist(), options=options
    )
    cell_of = np.asarray(parts, dtype=np.int64)
    return fill_empty(cells, cell_of, start, near, load)


def join(
    cells: int,
    start: NDArray[np.int64],
    near: NDArray[np.int64],
    border: NDArray[np.float64],
    load: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Join the lightest cell to the neighbour with which it shares most border, as long as that stays
    light, until ``cells`` are left."""
    around = [dict(zip(near[i:j].tolist(), border[i:j].tolist(), strict=True)) for i, j in pairwise(start)]
    members = {b: [b] for b in range(len(load))}
    loads = dict(enumerate(load.tolist()))
    mean = float(load.sum()) / cells
    while len(members) > cells:
        light = min((c for c in members if around[c]), key=lambda c: (loads[c], c))
        whole = sum(around[light].values())

        def gain(other: int, light: int = light, whole: float = whole) -> tuple[float, int]:
            over = max(0.0, (loads[light] + loads[other]) / max(mean, 1e-12) - 1.0)
            return around[light][other] / whole - over, -other

        host = max(around[light], key=gain)
        for other, shared in around[light].items():
            del around[other][light]
            if other != host:
                around[host][other] = around[other][host] = around[host].get(other, 0.0) + shared
        around[light] = {}
        members[host] += members.pop(light)
        loads[host] += loads.pop(light)
    cell_of = np.empty(len(load), dtype=np.int64)
    for cell, blocks in enumerate(members.values()):
        cell_of[blocks] = cell
    return cell_of


def fill_empty(
    cells: int,
    cell_of: NDArray[np.int64],
    start: NDArray[np.int64],
    near: NDArray[np.int64],
    load: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Make every part one piece and give every cell a block; METIS promises neither in small graphs."""
    cell_of = _one_piece_each(cells, cell_of, start, near, load)
    for empty in np.flatnonzero(np.bincount(cell_of, minlength=cells) == 0):
        loads = np.bincount(cell_of, weights=load, minlength=cells)
        sizes = np.bincount(cell_of, minlength=cells)
        host = int(np.argmax(np.where(sizes > 1, loads, -1.0)))
        cell_of[_loose_end(np.flatnonzero(cell_of == host), start, near, load)] = empty
    return cell_of


def _one_piece_each(
    cells: int,
    cell_of: NDArray[np.int64],
    start: NDArray[np.int64],
    near: NDArray[np.int64],
    load: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Smaller pieces of a cell go to the neighbouring cell with the least workload."""
    cell_of = cell_of.copy()
    for cell in range(cells):
        members = np.flatnonzero(cell_of == cell)
        pieces = sorted(pieces_of(members, start, near), key=lambda p: -float(load[p].sum()))
        for piece in pieces[1:]:
            around = {
                int(cell_of[o]) for b in piece for o in near[start[b] : start[b + 1]] if cell_of[o] != cell
            }
            loads = np.bincount(cell_of, weights=load, minlength=cells)
            cell_of[piece] = min(around, key=lambda c: (loads[c], c))
    return cell_of


def pieces_of(
    members: NDArray[np.int64], start: NDArray[np.int64], near: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """``members`` in groups that hang together."""
    left = set(members.tolist())
    groups = []
    while left:
        group = [left.pop()]
        for block in group:
            for other in near[start[block] : start[block + 1]].tolist():
                if other in left:
                    left.remove(other)
                    group.append(other)
        groups.append(np.sort(np.array(group, dtype=np.int64)))
    return groups


def _loose_end(
    members: NDArray[np.int64], start: NDArray[np.int64], near: NDArray[np.int64], load: NDArray[np.float64]
) -> int:
    """The heaviest of ``members`` without which the others still hang together."""
    for block in members[np.argsort(-load[members], kind="stable")].tolist():
        if len(pieces_of(members[members != block], start, near)) == 1:
            return int(block)
    raise AssertionError("a connected group always has a member that is no bridge")
