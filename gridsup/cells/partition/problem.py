"""One partition to be found: a connected graph of blocks and the number of cells wanted of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOOR = 0.25
"""Compactness below which a cell is bent back with force."""
SLACK = 0.05
"""Unevenness beyond which a cell is pressed harder towards the mean."""


def cell_cost(load: Any, area: Any, outline: Any, weights: NDArray[np.float64]) -> Any:
    """What a cell (or each of several) adds to the objective; ``load`` in mean cells, the others in metres.

    ``weights``: of unevenness, of crooked shape, and how many times over unevenness beyond ``SLACK`` counts.
    """
    off = np.abs(load - 1.0)
    over = np.maximum(0.0, off - SLACK)
    roundness = 4.0 * np.pi * area / (outline * outline)
    bent = np.maximum(0.0, FLOOR - roundness)
    uneven = off * off + weights[2] * over * over
    return weights[0] * uneven + weights[1] * (1.0 - roundness + 6.0 * bent)


@dataclass(frozen=True, slots=True)
class Problem:
    """Neighbours of block ``b`` are ``near[start[b]:start[b + 1]]``, sharing ``length`` metres each.

    ``cost``: what a border there costs; ``off``: the metres of it that run on no road. Per block: ``load``
    in shares of a mean cell, ``area`` in m², ``outline`` in metres, ``before`` the cell that it had in an
    earlier division (-1: none) and ``stay`` what leaving that cell costs. ``first`` is a first division to
    start from, or empty. ``crooked``: what crooked shape weighs against unevenness and weak borders.
    """

    cells: int
    start: NDArray[np.int64]
    near: NDArray[np.int64]
    length: NDArray[np.float64]
    cost: NDArray[np.float64]
    off: NDArray[np.float64]
    load: NDArray[np.float64]
    area: NDArray[np.float64]
    outline: NDArray[np.float64]
    before: NDArray[np.int64]
    stay: NDArray[np.float64]
    first: NDArray[np.int64]
    seed: int
    crooked: float = 1.0

    @property
    def blocks(self) -> int:
        return len(self.load)


def neighbour_lists(
    count: int, pairs: NDArray[np.int64], *values: NDArray[np.float64]
) -> tuple[NDArray[Any], ...]:
    """Undirected ``pairs`` (M, 2) as ``start`` (count + 1,), ``near`` (2 M,) and each value per entry."""
    left = np.concatenate([pairs[:, 0], pairs[:, 1]])
    right = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.lexsort((right, left))
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(left, minlength=count), out=start[1:])
    both = [np.ascontiguousarray(np.concatenate([v, v])[order], dtype=np.float64) for v in values]
    return (start, np.ascontiguousarray(right[order]), *both)


def components(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of ``count`` nodes the number of its connected part; parts are numbered by their first node.

    ``pairs`` (M, 2): which nodes are joined.
    """
    label = np.arange(count)
    while True:
        lowest = label.copy()
        np.minimum.at(lowest, pairs[:, 0], label[pairs[:, 1]])
        np.minimum.at(lowest, pairs[:, 1], label[pairs[:, 0]])
        lowest = lowest[lowest]
        if np.array_equal(lowest, label):
            return np.unique(label, return_inverse=True)[1].astype(np.int64)
        label = lowest
