"""Blocks as a problem of the partition: what each carries, and what a border along each costs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import grouped
from gridsup.cells.division.blocks import Blocks
from gridsup.cells.division.sharing import parts_of, share_cells
from gridsup.cells.partition.problem import Problem, neighbour_lists

WEAK, WEAKEST = 0.05, 1.1
OFF_ROAD = 1.2
"""What a border costs per length of a mean cell's side: times what its road lacks of ``WEAKEST``, and off
every road."""


def off_road_price(ground_m2: float, cells: int) -> float:
    """What a metre of border off every road costs."""
    return (WEAK * WEAKEST + OFF_ROAD) / float(np.sqrt(ground_m2 / cells))


def problems_of(
    blocks: Blocks, load: NDArray[np.float64], cells: int, seed: int
) -> Iterator[tuple[NDArray[np.int64], Problem]]:
    """The blocks of each connected part, and the problem of dividing them into its share of ``cells``."""
    part = parts_of(blocks)
    for (_, members), wanted in zip(grouped(part), share_cells(part, load, cells, blocks), strict=True):
        yield members, problem_of(blocks, load, members, wanted, seed)


def problem_of(
    blocks: Blocks, load: NDArray[np.float64], members: NDArray[np.int64], wanted: int, seed: int
) -> Problem:
    place = np.full(len(load), -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    inside = (place[blocks.pairs] >= 0).all(axis=1)
    area = np.asarray(shapely.area(blocks.polygons[members]), dtype=np.float64)
    side = float(np.sqrt(area.sum() / wanted))
    off = blocks.length - blocks.on_road
    cost = (WEAK * blocks.length * (WEAKEST - blocks.strength) + OFF_ROAD * off) / side
    start, near, length, costs, off_road = neighbour_lists(
        len(members), place[blocks.pairs[inside]], blocks.length[inside], cost[inside], off[inside]
    )
    mean = float(load[members].sum()) / wanted
    return Problem(
        cells=wanted,
        start=start,
        near=near,
        length=length,
        cost=costs,
        off=off_road,
        load=load[members] / mean if mean > 0 else np.full(len(members), wanted / len(members)),
        area=area,
        outline=np.asarray(shapely.length(blocks.polygons[members]), dtype=np.float64),
        before=np.full(len(members), -1, dtype=np.int64),
        stay=np.zeros(len(members)),
        first=np.empty(0, dtype=np.int64),
        seed=seed,
    )
