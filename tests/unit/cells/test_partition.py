"""Partitions of a graph of blocks (划分): even, and every cell in one piece."""

from __future__ import annotations

import numpy as np
import pytest

from gridsup.cells.partition.problem import Problem, neighbour_lists
from gridsup.cells.partition.seeds import pieces_of
from gridsup.cells.partition.solver import solve

SIDE, CELLS = 18, 18


def chequer(seed: int) -> Problem:
    """Square blocks of 100 m in rows, of very different workload."""
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pairs = np.concatenate(
        [
            np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1),
            np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1),
        ]
    )
    metres = np.full(len(pairs), 100.0)
    start, near, length, cost, off = neighbour_lists(SIDE * SIDE, pairs, metres, metres / 4e4, metres * 0)
    load = np.random.default_rng(seed).lognormal(sigma=0.6, size=SIDE * SIDE)
    return Problem(
        cells=CELLS,
        start=start,
        near=near,
        length=length,
        cost=cost,
        off=off,
        load=load * CELLS / load.sum(),
        area=np.full(SIDE * SIDE, 1e4),
        outline=np.full(SIDE * SIDE, 400.0),
        before=np.full(SIDE * SIDE, -1, dtype=np.int64),
        stay=np.zeros(SIDE * SIDE),
        first=np.empty(0, dtype=np.int64),
        seed=seed,
    )


@pytest.mark.parametrize("seed", range(5))
def test_no_cell_is_much_too_heavy_and_each_is_one_piece(seed: int) -> None:
    problem = chequer(seed)
    cell_of = solve(problem)[1]
    load = np.bincount(cell_of, weights=problem.load, minlength=CELLS)
    assert load.max() <= 1.05
    for cell in range(CELLS):
        assert len(pieces_of(np.flatnonzero(cell_of == cell), problem.start, problem.near)) == 1
