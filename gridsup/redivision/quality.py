"""How good a draft is, and how much work lies in a piece of ground (工作量)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup import spatial
from gridsup.cells.division.blocks import ALONG
from gridsup.cells.division.lines import MAJOR, Lines, strength_of
from gridsup.cells.division.workload import Mix, Spots, homes, measure
from gridsup.cells.queries import SNAP_DEGREES
from gridsup.redivision.board import Board, Twins, twins

METRES = 110_950.0
"""Metres of a degree of latitude."""


def placed(shapes: Sequence[Any], points: NDArray[np.float64]) -> NDArray[np.int64]:
    """For each point (n × 2 degrees) the first shape that covers it, or nearly so, or -1."""
    if not len(points) or not len(shapes):
        return np.full(len(points), -1, dtype=np.int64)
    spots = np.asarray(shapely.points(points), dtype=object)
    return homes(np.asarray(shapes, dtype=object), spots, snap=SNAP_DEGREES)


def lines_of(kinds: Sequence[str], lines: Sequence[Any], metric_srid: int) -> Lines:
    """Lines of EPSG:4490 as a division sees them: in the metric CRS, with their strength as a border."""
    shapes: Any = np.asarray(lines, dtype=object)
    return Lines(
        spatial.to_metric(shapes, metric_srid) if len(shapes) else shapes,
        np.array([strength_of(kind) for kind in kinds], dtype=np.float64),
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """What makes work: operating businesses, where they stand in degrees (n × 2) and as a division counts
    them (metric CRS), the lines, and the mix that weighs it all."""

    points: NDArray[np.float64]
    spots: Spots
    lines: Lines
    mix: Mix
    metric_srid: int

    def work(self, shapes: Sequence[Any]) -> list[tuple[int, float]]:
        """``(businesses, share of the work)`` of each shape, as the division measures it; shares sum to 1."""
        if not shapes:
            return []
        home = placed(shapes, self.points)
        ground: Any = np.asarray(shapes, dtype=object)
        metric = spatial.to_metric(ground, self.metric_srid)
        share = measure(metric, home, self.spots, self._lines_at(metric), self.mix).share
        count = np.bincount(home[home >= 0], minlength=len(shapes))
        return [(int(n), float(w)) for n, w in zip(count, share, strict=True)]

    def _lines_at(self, metric: Any) -> Lines:
        """The lines near some shapes: following those of a whole city takes seconds."""
        near = shapely.STRtree(self.lines.shapes).query(shapely.box(*shapely.total_bounds(metric)))
        near = np.sort(near)
        return Lines(self.lines.shapes[near], self.lines.strength[near])


def along(border: Twins, lines: Lines, metric_srid: int) -> tuple[float, float]:
    """The shares of a border that run on a road, and on a major one, as a division defines both: within
    ``ALONG`` metres the nearest line counts. 1 where there is no border."""
    if not len(border.size):
        return 1.0, 1.0
    strength = np.zeros(len(border.size))
    if len(lines.shapes):
        middles: Any = shapely.points(border.middle)
        place, line = shapely.STRtree(lines.shapes).query_nearest(
            spatial.to_metric(middles, metric_srid), max_distance=ALONG, all_matches=True
        )
        np.maximum.at(strength, place, np.maximum(lines.strength[line], 0.01))
    whole = border.size.sum()
    on, major = (float(border.size[far].sum() / whole) for far in (strength > 0, strength >= MAJOR))
    return round(on, 4), round(major, 4)


def quality(board: Board, lines: Lines, *, metric_srid: int) -> dict[str, Any]:
    """The figures of a draft: cells, blocks, balance, compactness, and whether anything is torn.

    ``workload_cv`` and ``max_over_mean`` compare cells of the whole draft; ``polsby_popper`` is 4πA/P²
    (1 for a circle), measured in the metric CRS; ``on_roads`` and ``on_major_roads`` are shares of the border
    between cells of one station, see :func:`along`.
    """
    shapes = board.shapes()
    load = dict.fromkeys(shapes, 0.0)
    for block in board.living:
        assert block.cell is not None
        load[block.cell] += block.workload
    ground = [shape for shape in shapes.values() if not shape.is_empty]
    metric = [spatial.to_metric(shape, metric_srid) for shape in ground]
    round_ = np.array([4 * np.pi * m.area / max(m.length, 1e-9) ** 2 for m in metric] or [0.0])
    work = np.array(list(load.values()) or [0.0])
    mean = float(work.mean())
    station = [board.cells[label].station_id for label, shape in shapes.items() if not shape.is_empty]
    internal = twins(ground).within(np.array(station, dtype=np.int64))
    metres = internal.size * METRES
    on_roads, on_major = along(internal, lines, metric_srid)
    return {
        "cells": len(shapes),
        "blocks": len(board.living),
        "businesses": sum(block.businesses for block in board.living),
        "pieces": int(sum(shapely.get_num_geometries(shape) - 1 for shape in ground)),
        "seamless": bool(_single(ground) and shapely.coverage_is_valid(np.asarray(ground, dtype=object))),
        "workload_cv": round(float(work.std() / mean), 4) if mean else 0.0,
        "max_over_mean": round(float(work.max() / mean), 4) if mean else 0.0,
        "polsby_popper_mean": round(float(round_.mean()), 4),
        "polsby_popper_min": round(float(round_.min()), 4),
        "internal_boundary_km": round(float(metres.sum()) / 1000, 3),
        "on_roads": on_roads,
        "on_major_roads": on_major,
    }


def _single(shapes: Sequence[Any]) -> bool:
    return all(shape.geom_type == "Polygon" for shape in shapes)
