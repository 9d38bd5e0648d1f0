"""How many cells each part of the ground receives: by workload, at least one, at most one per block."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import grouped
from gridsup.cells.division.blocks import Blocks
from gridsup.cells.partition.problem import components
from gridsup.errors import Invalid

FEW, PIECES = 40, 4
"""A block is cut into four cells at most where there are more than forty."""


def parts_of(blocks: Blocks) -> NDArray[np.int64]:
    """The connected part that each block belongs to; borders between areas are walls."""
    return components(len(blocks.polygons), blocks.pairs)


def require_blocks(cells: int, blocks: int) -> None:
    """Raises Invalid ``division-too-many-cells`` when cutting could never make cells of so few blocks."""
    if cells > max(FEW, PIECES * blocks):
        raise _too_many(cells, blocks)


def _too_many(cells: int, blocks: int) -> Invalid:
    return Invalid(
        "division-too-many-cells",
        zh="要求 {wanted} 个网格，但道路只围出 {limit} 个街区；请减少网格数或导入更细的路网。",
        en="{wanted} cells are wanted, but roads enclose only {limit} blocks; ask for fewer cells or import "
        "a finer road network.",
        wanted=cells,
        limit=blocks,
    )


def share_cells(part: NDArray[np.int64], load: NDArray[np.float64], cells: int, blocks: Blocks) -> list[int]:
    """Cells for each part, in the parts' order.

    Raises Invalid ``division-too-many-cells`` when there are fewer blocks, ``division-too-few-cells`` when
    there are more parts, naming the place of the smallest one.
    """
    members = [rows for _, rows in grouped(part)]
    most = np.array([len(rows) for rows in members])
    carried = np.array([load[rows].sum() for rows in members])
    if cells > most.sum():
        raise _too_many(cells, int(most.sum()))
    if cells < len(members):
        place = shapely.point_on_surface(blocks.polygons[members[int(np.argmin(carried))][0]])
        raise Invalid(
            "division-too-few-cells",
            zh="要求 {wanted} 个网格，但范围内有 {limit} 个互不相连的片区，每片至少一格；最小的一片在"
            "（{x:.0f}，{y:.0f}）。请增加网格数，或从边界中去掉该片。",
            en="{wanted} cells are wanted, but there are {limit} separate parts each needing one; the "
            "smallest is at ({x:.0f}, {y:.0f}). Ask for more cells, or take that part out of the boundary.",
            wanted=cells,
            limit=len(members),
            x=place.x,
            y=place.y,
        )
    share = np.ones(len(members), dtype=np.int64)
    while share.sum() < cells:
        # the next cell goes where a cell would carry most, as long as blocks are left there
        share[int(np.argmax(np.where(share < most, carried / share, -1.0)))] += 1
    return [int(s) for s in share]
