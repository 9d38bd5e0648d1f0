"""Finds one partition: the best METIS start, annealed for shape, then for evenness, last for the worst.

Where nothing but roundness is missing then, a second run weighs shape more and borders less, and the better
one counts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gridsup.cells.partition.problem import Problem
from gridsup.cells.partition.seeds import seed_cells

PHASES = ((12.0, 8.0, 0.2, 0.01, 8_000), (40.0, 8.0, 0.01, 0.001, 3_000), (40.0, 100.0, 0.0005, 0.0005, 600))
"""What unevenness weighs, how many times over beyond ``SLACK``, first and last temperature, steps per block:
first shape, then evenness, last what is still too heavy or too light, so cold that the others stay."""
MOST_BLOCKS = 2_500
"""Beyond so many blocks the steps no longer grow with them."""
STARTS = 4
"""METIS starts of each run, of which the one with the lowest objective is annealed."""
ROUND = 0.555
"""Roundness (Polsby–Popper, mean) below which a division falls short: see :func:`fault`."""
ROUNDER, CHEAPER, AGAIN = 2.0, 0.7, 0.5
"""Of a second run: how many times more crooked shape weighs, how many times as much the borders cost, and the
part of the steps that it takes."""
FRESH = 1000
"""What its seed is greater by: other METIS starts, other luck."""
MISSED = 10.0
"""What missing a standard weighs against roundness when two divisions are compared."""


def solve(problem: Problem) -> tuple[float, NDArray[np.int64]]:
    """The fault of a division (see :func:`fault`) and a cell from 0 to ``cells`` - 1 for each block.

    A seed gives one result.
    """
    starts = _starts(problem)
    if not 1 < problem.cells < problem.blocks:
        return fault(problem, starts[0]), starts[0]
    found = _annealed(problem, starts)
    told = fault(problem, found), found
    if _roundness(problem, found) >= ROUND or _missed_beside_roundness(problem, found):
        return told
    rounder = replace(
        problem,
        seed=problem.seed + FRESH,
        crooked=problem.crooked * ROUNDER,
        cost=problem.cost * CHEAPER,
    )
    other = _annealed(rounder, _starts(rounder), AGAIN)
    return min(told, (fault(problem, other), other), key=lambda one: one[0])


def _annealed(p: Problem, starts: list[NDArray[np.int64]], part: float = 1.0) -> NDArray[np.int64]:
    """The best of ``starts`` annealed, in that ``part`` of the steps."""
    from gridsup.cells.partition.annealing import anneal  # not loaded for an island of one cell

    def run(cell_of: NDArray[np.int64], phase: tuple[float, float, float, float, int], seed: int) -> float:
        uneven, worst, hot, cold, steps = phase
        return float(
            anneal(
                cell_of, p.cells, p.start, p.near, p.length, p.cost, p.load, p.area, p.outline, p.before,
                p.stay, np.array([uneven, p.crooked, worst]), np.array([hot, cold]),
                int(steps * part) * min(p.blocks, MOST_BLOCKS), seed,
            )
        )  # fmt: skip

    still = (*PHASES[0][:4], 0)
    cell_of = min(starts, key=lambda one: run(one, still, 0)).copy()
    for phase in PHASES:
        run(cell_of, phase, p.seed)
    return cell_of


def fault(p: Problem, cell_of: NDArray[np.int64]) -> float:
    """By how much a division misses what a bureau would sign for, less its roundness; low is good.

    The standards, a little stricter than they must be: workload CV .028, heaviest 1.075 mean cells, roundness
    (Polsby–Popper) .555, .955 of the inner borders on roads; and leaving earlier cells costs ``stay``.
    """
    roundness = _roundness(p, cell_of)
    missed = _missed_beside_roundness(p, cell_of) + max(0.0, 1.0 - roundness / ROUND)
    left = (p.before >= 0) & (p.before != cell_of)
    return MISSED * missed - roundness + float(p.stay[left].sum())


def _roundness(p: Problem, cell_of: NDArray[np.int64]) -> float:
    here, inner = _inner(p, cell_of)
    within = np.bincount(here[inner], weights=p.length[inner], minlength=p.cells)
    outline = np.bincount(cell_of, weights=p.outline) - within
    return float((4 * np.pi * np.bincount(cell_of, weights=p.area) / outline**2).mean())


def _missed_beside_roundness(p: Problem, cell_of: NDArray[np.int64]) -> float:
    _, inner = _inner(p, cell_of)
    load = np.bincount(cell_of, weights=p.load)
    borders = float(p.length[~inner].sum())
    on_roads = 1.0 - float(p.off[~inner].sum()) / borders if borders else 1.0
    return (
        0.5 * max(0.0, float(load.std()) / 0.028 - 1.0)
        + max(0.0, float(load.max()) / 1.075 - 1.0)
        + max(0.0, 1.0 - on_roads / 0.955)
    )


def _inner(p: Problem, cell_of: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The cell on this side of every entry of ``near``, and whether it is the same on the other side."""
    here = np.repeat(cell_of, np.diff(p.start))
    return here, here == cell_of[p.near]


def _starts(problem: Problem) -> list[NDArray[np.int64]]:
    if len(problem.first):
        return [problem.first.copy()]
    border = problem.length + problem.cost
    luck = range(STARTS * problem.seed, STARTS * (problem.seed + 1))
    return [
        seed_cells(problem.cells, problem.start, problem.near, border, problem.load, seed) for seed in luck
    ]
