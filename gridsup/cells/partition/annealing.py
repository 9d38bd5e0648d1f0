"""Simulated annealing of a partition: border blocks change cells while that serves balance, shape and roads.

Compiled by numba; the only module of the package that needs it. A block is offered to a neighbouring cell
and goes if the objective falls, or by chance while the temperature is high; a cell never loses its last
block nor falls apart.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridsup.cells.partition.problem import cell_cost

_cell_cost = njit(cache=True)(cell_cost)


@njit(cache=True)
def _luck(state: np.uint64) -> tuple[float, np.uint64]:
    """A number from 0 to below 1, and the next state (xorshift64*); the state is never 0."""
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    drawn = (state * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)
    return float(drawn) * 2.0**-53, state


@njit(cache=True)
def _stays_whole(
    block: int,
    cell_of: NDArray[np.int64],
    start: NDArray[np.int64],
    near: NDArray[np.int64],
    seen: NDArray[np.int64],
    queue: NDArray[np.int64],
    stamp: int,
) -> bool:
    """Whether the neighbours of ``block`` in its cell still reach each other without it."""
    home = cell_of[block]
    wanted = 0
    first = -1
    for i in range(start[block], start[block + 1]):
        if cell_of[near[i]] == home:
            wanted += 1
            first = near[i]
    if wanted <= 1:
        return True
    seen[block] = stamp
    seen[first] = stamp
    for i in range(start[block], start[block + 1]):
        if cell_of[near[i]] == home and near[i] != first:
            seen[near[i]] = -stamp  # wanted, not yet reached
    missing = wanted - 1
    queue[0] = first
    head, tail = 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for i in range(start[here], start[here + 1]):
            other = near[i]
            if cell_of[other] != home or seen[other] == stamp:
                continue
            if seen[other] == -stamp:
                missing -= 1
                if missing == 0:
                    return True
            seen[other] = stamp
            queue[tail] = other
            tail += 1
    return False


@njit(cache=True)
def anneal(
    cell_of: NDArray[np.int64],
    cells: int,
    start: NDArray[np.int64],
    near: NDArray[np.int64],
    length: NDArray[np.float64],
    cost: NDArray[np.float64],
    load: NDArray[np.float64],
    area: NDArray[np.float64],
    outline: NDArray[np.float64],
    before: NDArray[np.int64],
    stay: NDArray[np.float64],
    weights: NDArray[np.float64],
    heat: NDArray[np.float64],
    steps: int,
    seed: int,
) -> float:
    """Improve ``cell_of`` in place; the final objective.

    Neighbours of block ``b`` are ``near[start[b]:start[b + 1]]``, sharing ``length`` metres each; a border
    there costs ``cost``. ``load`` is in shares of a mean cell, ``outline`` the whole outline of a block in
    metres. ``before[b]`` is the cell that block ``b`` had in an earlier division (-1: none), leaving which
    costs ``stay[b]``. ``weights``: of unevenness, of crooked shape, and how many times over unevenness
    beyond ``SLACK`` counts. ``heat``: first and last temperature.
    """
    n = len(cell_of)
    loads = np.zeros(cells)
    areas = np.zeros(cells)
    outlines = np.zeros(cells)
    sizes = np.zeros(cells, dtype=np.int64)
    total = 0.0
    for b in range(n):
        c = cell_of[b]
        loads[c] += load[b]
        areas[c] += area[b]
        outlines[c] += outline[b]
        sizes[c] += 1
        if before[b] >= 0 and before[b] != c:
            total += stay[b]
        for i in range(start[b], start[b + 1]):
            if cell_of[near[i]] == c:
                outlines[c] -= length[i]
            else:
                total += cost[i] / 2.0
    costs = np.zeros(cells)
    for c in range(cells):
        costs[c] = _cell_cost(loads[c], areas[c], outlines[c], weights)
        total += costs[c]

    luck = np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)
    seen = np.zeros(n, dtype=np.int64)
    queue = np.zeros(n, dtype=np.int64)
    best = cell_of.copy()
    lowest = total
    cooling = (heat[1] / heat[0]) ** (1.0 / max(steps, 1))
    warmth = heat[0]
    for step in range(1, steps + 1):
        warmth *= cooling
        chance, luck = _luck(luck)
        b = int(chance * n)
        degree = start[b + 1] - start[b]
        if degree == 0:
            continue
        d = cell_of[near[start[b] + int((chance * n - b) * degree)]]
        c = cell_of[b]
        if d == c or sizes[c] == 1:
            continue
        kept = 0.0
        gained = 0.0
        change = 0.0
        for i in range(start[b], start[b + 1]):
            other = cell_of[near[i]]
            if other == c:
                kept += length[i]
                change += cost[i]
            elif other == d:
                gained += length[i]
                change -= cost[i]
        if before[b] >= 0:
            if before[b] == c:
                change += stay[b]
            elif before[b] == d:
                change -= stay[b]
        here = _cell_cost(
            loads[c] - load[b], areas[c] - area[b], outlines[c] - outline[b] + 2 * kept, weights
        )
        there = _cell_cost(
            loads[d] + load[b], areas[d] + area[b], outlines[d] + outline[b] - 2 * gained, weights
        )
        change += here + there - costs[c] - costs[d]
        if change > 0.0:
            chance, luck = _luck(luck)
            if chance >= np.exp(-change / warmth):
                continue
        if not _stays_whole(b, cell_of, start, near, seen, queue, step):
            continue
        cell_of[b] = d
        loads[c] -= load[b]
        loads[d] += load[b]
        areas[c] -= area[b]
        areas[d] += area[b]
        outlines[c] += 2 * kept - outline[b]
        outlines[d] += outline[b] - 2 * gained
        sizes[c] -= 1
        sizes[d] += 1
        costs[c] = here
        costs[d] = there
        total += change
        if total < lowest - 1e-9:
            lowest = total
            best[:] = cell_of
    cell_of[:] = best
    return lowest
