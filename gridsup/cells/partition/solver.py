"""Finds one partition: the best METIS start, annealed first for shape, then for evenness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridsup.cells.partition.problem import Problem
from gridsup.cells.partition.seeds import seed_cells

CROOKED = 1.0
"""What crooked shape weighs; a weak border is weighed in the problem's ``cost``."""
PHASES = ((12.0, 0.2, 0.01, 8_000), (40.0, 0.01, 0.001, 3_000))
"""What unevenness weighs, first and last temperature, steps per block: first shape, then evenness."""
MOST_BLOCKS = 2_500
"""Beyond so many blocks the steps no longer grow with them."""
STARTS = 4
"""METIS starts of each run, of which the one with the lowest objective is annealed."""


def solve(problem: Problem) -> tuple[float, NDArray[np.int64]]:
    """The objective reached and a cell from 0 to ``cells`` - 1 for each block; a seed gives one result."""
    from gridsup.cells.partition.annealing import anneal

    def run(cell_of: NDArray[np.int64], phase: tuple[float, float, float, int], seed: int) -> float:
        p, (uneven, hot, cold, steps) = problem, phase
        return float(
            anneal(
                cell_of, p.cells, p.start, p.near, p.length, p.cost, p.load, p.area, p.outline, p.before,
                p.stay, np.array([uneven, CROOKED]), np.array([hot, cold]),
                steps * min(p.blocks, MOST_BLOCKS), seed,
            )
        )  # fmt: skip

    still = (*PHASES[0][:3], 0)
    cell_of = min(_starts(problem), key=lambda one: run(one, still, 0))
    if 1 < problem.cells < problem.blocks:
        for phase in PHASES:
            run(cell_of, phase, problem.seed)
    return run(cell_of, still, 0), cell_of


def _starts(problem: Problem) -> list[NDArray[np.int64]]:
    if len(problem.first):
        return [problem.first.copy()]
    border = problem.length + problem.cost
    luck = range(STARTS * problem.seed, STARTS * (problem.seed + 1))
    return [
        seed_cells(problem.cells, problem.start, problem.near, border, problem.load, seed) for seed in luck
    ]
