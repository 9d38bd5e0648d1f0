"""Finds one partition: the best METIS start, annealed for shape, then for evenness, last for the worst."""

from __future__ import annotations

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


MISSED = 10.0
"""What missing a standard weighs against roundness when two divisions are compared."""


def solve(problem: Problem) -> tuple[float, NDArray[np.int64]]:
    """The fault of a division (see :func:`fault`) and a cell from 0 to ``cells`` - 1 for each block.

    A seed gives one result.
    """
    starts = _starts(problem)
    if not 1 < problem.cells < problem.blocks:
        return fault(problem, starts[0]), starts[0]
    from gridsup.cells.partition.annealing import anneal  # not loaded for an island of one cell

    def run(cell_of: NDArray[np.int64], phase: tuple[float, float, float, float, int], seed: int) -> float:
        p, (uneven, worst, hot, cold, steps) = problem, phase
        return float(
            anneal(
                cell_of, p.cells, p.start, p.near, p.length, p.cost, p.load, p.area, p.outline, p.before,
                p.stay, np.array([uneven, p.crooked, worst]), np.array([hot, cold]),
                steps * min(p.blocks, MOST_BLOCKS), seed,
            )
        )  # fmt: skip

    still = (*PHASES[0][:4], 0)
    cell_of = min(starts, key=lambda one: run(one, still, 0))
    for phase in PHASES:
        run(cell_of, phase, problem.seed)
    return fault(problem, cell_of), cell_of


def fault(p: Problem, cell_of: NDArray[np.int64]) -> float:
    """By how much a division misses what a bureau would sign for, less its roundness; low is good.

    The standards, a little stricter than they must be: workload CV .028, heaviest 1.075 mean cells, roundness
    (Polsby–Popper) .555, .955 of the inner borders on roads; and leaving earlier cells costs ``stay``.
    """
    here = np.repeat(cell_of, np.diff(p.start))
    inner = here == cell_of[p.near]
    load = np.bincount(cell_of, weights=p.load)
    outline = np.bincount(cell_of, weights=p.outline) - np.bincount(
        here[inner], weights=p.length[inner], minlength=p.cells
    )
    roundness = float((4 * np.pi * np.bincount(cell_of, weights=p.area) / outline**2).mean())
    borders = float(p.length[~inner].sum())
    on_roads = 1.0 - float(p.off[~inner].sum()) / borders if borders else 1.0
    missed = (
        0.5 * max(0.0, float(load.std()) / 0.028 - 1.0)
        + max(0.0, float(load.max()) / 1.075 - 1.0)
        + max(0.0, 1.0 - roundness / 0.555)
        + max(0.0, 1.0 - on_roads / 0.955)
    )
    left = (p.before >= 0) & (p.before != cell_of)
    return MISSED * missed - roundness + float(p.stay[left].sum())


def _starts(problem: Problem) -> list[NDArray[np.int64]]:
    if len(problem.first):
        return [problem.first.copy()]
    border = problem.length + problem.cost
    luck = range(STARTS * problem.seed, STARTS * (problem.seed + 1))
    return [
        seed_cells(problem.cells, problem.start, problem.near, border, problem.load, seed) for seed in luck
    ]
