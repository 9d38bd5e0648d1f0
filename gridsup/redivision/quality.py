"""How good a draft is, and how much work lies in a piece of ground (工作量)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup import spatial
from gridsup.cells.division.workload import Mix, homes
from gridsup.redivision.board import Board, Twins, twins

MIX = Mix()
"""The engine's own mix, so that an edit is measured as the division was."""


def placed(shapes: Sequence[Any], points: NDArray[np.float64]) -> NDArray[np.int64]:
    """For each point (n × 2 degrees) the first shape that covers it, or -1."""
    if not len(points) or not len(shapes):
        return np.full(len(points), -1, dtype=np.int64)
    return homes(np.asarray(shapes, dtype=object), np.asarray(shapely.points(points), dtype=object))


@dataclass(frozen=True, slots=True)
class Ground:
    """What makes work: positions of operating businesses (n × 2) with the weight of each, and roads."""

    points: NDArray[np.float64]
    weights: NDArray[np.float64]
    roads: Sequence[Any]
    metric_srid: int

    def work(self, shapes: Sequence[Any]) -> list[tuple[int, float]]:
        """``(businesses, share of the work)`` of each shape; the shares add up to 1."""
        if not shapes:
            return []
        n = len(shapes)
        owner = placed(shapes, self.points)
        inside = owner >= 0
        count = np.bincount(owner[inside], minlength=n)
        weight = np.bincount(owner[inside], weights=self.weights[inside], minlength=n)
        moved = spatial.to_metric(shapely.multipolygons(list(shapes)), self.metric_srid)
        area = shapely.area(shapely.get_parts(moved))
        length: NDArray[np.float64] = np.zeros(n)
        if len(self.roads):
            middles, sizes = _segments(self.roads)
            at = placed(shapes, middles)
            length += np.bincount(at[at >= 0], weights=sizes[at >= 0], minlength=n)
        parts = [(MIX.businesses, weight), (MIX.area, area), (MIX.roads, length)]
        known = [(share, amount / amount.sum()) for share, amount in parts if amount.sum() > 0]
        whole = sum(share for share, _ in known)
        total = sum(share / whole * amount for share, amount in known)
        return [(int(c), float(w)) for c, w in zip(count, np.broadcast_to(total, (n,)), strict=True)]


def _segments(lines: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles and lengths (degrees of latitude) of the straight pieces of lines."""
    xy, of = shapely.get_coordinates(np.asarray(lines, dtype=object), return_index=True)
    same = of[1:] == of[:-1]
    a, b = xy[:-1][same], xy[1:][same]
    size = np.hypot((b - a)[:, 0] * np.cos(np.radians(a[:, 1])), (b - a)[:, 1])
    return (a + b) / 2, size


ALONG_M = 15.0
"""A border this near to a road runs along it: the middle of a dual carriageway is no drawn line."""
METRES = 110_950.0
"""Metres of a degree of latitude."""
MAJOR = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary", "river", "rail"})


@dataclass(frozen=True, slots=True)
class Roads:
    """Lines that can bound cells, by kind."""

    kinds: Sequence[str]
    lines: Sequence[Any]

    def share(self, border: Twins, *, major: bool = False) -> float:
        """The share of a border that runs along these lines, 0 to 1; 1 where there is no border."""
        lines = [
            line
            for kind, line in zip(self.kinds, self.lines, strict=True)
            if not major or kind.removesuffix("_link") in MAJOR
        ]
        if not len(border.size) or not lines:
            return 0.0 if len(border.size) else 1.0
        tree = shapely.STRtree(np.asarray(lines, dtype=object))
        near, _ = tree.query(shapely.points(border.middle), predicate="dwithin", distance=ALONG_M / METRES)
        along = np.unique(near)
        return round(float(border.size[along].sum() / border.size.sum()), 4)


def quality(board: Board, roads: Roads, *, metric_srid: int) -> dict[str, Any]:
    """The figures of a draft: cells, blocks, balance, compactness, and whether anything is torn.

    ``workload_cv`` and ``max_over_mean`` compare cells of the whole draft; ``polsby_popper`` is 4πA/P²
    (1 for a circle), measured in the metric CRS; ``on_roads`` and ``on_major_roads`` are shares of the border
    between cells of one station that lie within :data:`ALONG_M` of a line, or of a major one.
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
        "on_roads": roads.share(internal),
        "on_major_roads": roads.share(internal, major=True),
    }


def _single(shapes: Sequence[Any]) -> bool:
    return all(shape.geom_type == "Polygon" for shape in shapes)
