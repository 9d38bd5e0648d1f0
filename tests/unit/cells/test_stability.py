"""What a division starts from when there were cells before."""

from __future__ import annotations

import numpy as np
import pytest

from gridsup.cells.division.stability import start_from
from gridsup.cells.partition.problem import Problem, components, neighbour_lists


def row_of(blocks: int, cells: int) -> Problem:
    """Blocks in a row, each the neighbour of the next."""
    pairs = np.column_stack([np.arange(blocks - 1), np.arange(1, blocks)])
    one = np.ones(blocks - 1)
    start, near, length, cost, off = neighbour_lists(blocks, pairs, one, one, one)
    return Problem(
        cells=cells,
        start=start,
        near=near,
        length=length,
        cost=cost,
        off=off,
        load=np.full(blocks, cells / blocks),
        area=np.ones(blocks),
        outline=np.full(blocks, 4.0),
        before=np.full(blocks, -1, dtype=np.int64),
        stay=np.zeros(blocks),
        first=np.empty(0, dtype=np.int64),
        seed=0,
    )


@pytest.mark.parametrize("cells", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(
    "before",
    [
        [0, 0, 1, 1, 0, 0, 0, 0],
        [0, 1, 0, 1, 0, 1, 0, 1],
        [-1, 0, -1, 1, 0, -1, -1, -1],
        [-1] * 8,
    ],
)
def test_an_earlier_cell_that_walls_cut_in_pieces_is_one_piece_at_the_start(
    before: list[int], cells: int
) -> None:
    problem = row_of(8, cells)
    first = start_from(problem, np.array(before), 1.0).first
    assert sorted(set(first.tolist())) == list(range(cells))
    left = np.repeat(np.arange(8), np.diff(problem.start))
    same = first[left] == first[problem.near]
    assert components(8, np.stack([left[same], problem.near[same]], axis=1)).max() + 1 == cells
