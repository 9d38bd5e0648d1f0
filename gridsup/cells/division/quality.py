"""The proof of a division, and how good it is; what the report says."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import Shapes
from gridsup.cells.division.blocks import Blocks

ROUNDING = 1e-4
"""Mean width (metres) below which a piece of gap or overlap is the rounding of coordinates."""


def proof(cells: Shapes, outlines: Shapes) -> dict[str, Any]:
    """Gaps and overlaps in m², extra pieces of cells, and whether neighbours share their vertices."""
    ground = shapely.union_all(outlines)
    gap = shapely.symmetric_difference(ground, shapely.union_all(cells))
    left, right = shapely.STRtree(cells).query(cells, predicate="intersects")
    once = left < right
    over = shapely.intersection(cells[left[once]], cells[right[once]])
    return {
        "gap_m2": _visible(gap),
        "overlap_m2": float(sum(_visible(shape) for shape in over)),
        "pieces": int(shapely.get_num_geometries(cells).sum() - len(cells)),
        "coverage_is_valid": bool(shapely.coverage_is_valid(cells)),
    }


def _visible(shape: Any) -> float:
    parts = shapely.get_parts(shape)
    area, outline = shapely.area(parts), shapely.length(parts)
    return float(area[(area > 0) & (2 * area > ROUNDING * outline)].sum())


def measures(cells: gpd.GeoDataFrame, blocks: Blocks, cell_of: NDArray[np.int64]) -> dict[str, Any]:
    """Evenness of the workload, roundness of the cells, and where their inner borders run."""
    load = cells["workload"].to_numpy()
    area, outline = cells.geometry.area.to_numpy(), cells.geometry.length.to_numpy()
    roundness = 4 * np.pi * area / outline**2
    border = cell_of[blocks.pairs[:, 0]] != cell_of[blocks.pairs[:, 1]]
    metres = float(blocks.length[border].sum())
    return {
        "workload_cv": round(float(load.std() / load.mean()), 4),
        "max_over_mean": round(float(load.max() / load.mean()), 4),
        "polsby_popper_mean": round(float(roundness.mean()), 4),
        "polsby_popper_min": round(float(roundness.min()), 4),
        "on_roads": round(float(blocks.on_road[border].sum()) / metres, 4) if metres else 1.0,
        "on_major_roads": round(float(blocks.on_major[border].sum()) / metres, 4) if metres else 1.0,
        "internal_boundary_km": round(metres / 1000, 3),
    }
