"""Dividing areas into grid cells (网格) along road centre lines (P10-C1: 大小适中、边界清晰).

Roads cut the ground into street blocks; METIS joins the blocks to contiguous cells of even workload;
annealing then moves border blocks until the cells are even, round and bounded by strong roads. Each cell
is one polygon, and the cells of an area fill it without gap or overlap, which ``quality.proof`` shows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division import quality, stability
from gridsup.cells.division.arrangement import GRID, HAIR, Shapes, grouped, mended, merged, moved, owners
from gridsup.cells.division.blocks import Blocks, cut_blocks, graph
from gridsup.cells.division.checks import require_input, require_size
from gridsup.cells.division.lines import Lines, lines_within
from gridsup.cells.division.memory import give_back, peak_mb
from gridsup.cells.division.numbering import sequence
from gridsup.cells.division.sharing import require_blocks
from gridsup.cells.division.splitting import Splitter, refine
from gridsup.cells.division.stability import Earlier
from gridsup.cells.division.straightening import straightened
from gridsup.cells.division.tails import docked_apart
from gridsup.cells.division.weighing import off_road_price, problem_of, problems_of
from gridsup.cells.division.workload import Mix, Spots, Workload, homes, measure, spots_of
from gridsup.cells.partition.pool import SMALL, Pool
from gridsup.cells.partition.seeds import seed_cells
from gridsup.cells.partition.solver import fault
from gridsup.spatial import CrsLike

REACH = 30.0
"""Metres that a dead end is led on to the next line."""
HEAVY, FINE = 0.5, 0.12
"""A block heavier than this part of a mean cell is split first; finer where the rest cannot be even."""
EVEN = 0.03
"""Unevenness of a first division up to which the blocks are fine enough."""


@dataclass(frozen=True, slots=True)
class Division:
    """A division and its proof. Both frames are in the CRS of the areas given.

    ``cells``: ``area`` (index label in the areas), ``seq`` (from 1 in each area), ``workload`` (in mean
    cells), ``businesses``, ``blocks``, ``area_m2``, ``inspector`` (from 1) when so asked, ``before`` (index
    label of the earlier cell whose place it takes, or None), ``geometry``. ``blocks``: ``cell`` (index label
    in ``cells``), ``area``, ``workload``, ``businesses``, ``geometry``. ``home``: position in ``cells`` for
    each business, -1 where it lies outside. ``report``: what DESIGN asks a division to say of itself.
    """

    cells: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    home: NDArray[np.int64]
    report: dict[str, Any]

    def to_crs(self, crs: CrsLike) -> Division:
        """The same division in another CRS; still without gap or overlap there."""
        left, shapes = moved(np.asarray(self.blocks.geometry.values, dtype=object), self.blocks.crs, crs)
        blocks = self.blocks.iloc[left].set_geometry(shapes, crs=crs)
        cells = merged(shapes, blocks["cell"].to_numpy())
        return replace(
            self,
            blocks=blocks,
            cells=self.cells.set_geometry(shapely.normalize(cells), crs=crs),
        )


def divide(
    areas: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    *,
    cells: int,
    businesses: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    mix: Mix | None = None,
    seed: int = 0,
    buildings: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    previous: gpd.GeoDataFrame | None = None,
    stay: float = 1.0,
    inspectors: int | None = None,
    reach: float = REACH,
) -> Division:
    """Divide ``areas`` (one row per station or community, hard walls) into ``cells`` along ``roads``.

    All layers share one projected CRS in metres. ``businesses`` are points (columns: see
    :func:`~gridsup.cells.division.workload.spots_of`); those on the outer edge are placed as
    :func:`~gridsup.cells.division.workload.homes` says, those outside counted. ``buildings`` and markets are
    polygons that no straight cut runs through. ``previous``: earlier cells, which stay as far as ``stay``
    outweighs a better division. ``inspectors`` groups the cells to so many contiguous beats.

    Raises Invalid: ``division-crs``, ``division-boundary-invalid``, ``division-no-roads``,
    ``division-point-missing``, ``division-size``, ``division-too-many-cells``, ``division-too-few-cells``.
    """
    began = time.perf_counter()
    require_input(areas, roads, businesses, buildings, previous)
    require_size(cells, inspectors)
    with Pool() as pool:
        outlines = np.asarray(shapely.set_precision(areas.geometry.values, GRID), dtype=object)
        spots = spots_of(businesses)
        lines = lines_within(areas, roads)
        give_back()
        del roads
        if len(lines.shapes) > SMALL:
            pool.warm()
        earlier = Earlier.of(previous)
        ground = _Ground.cut(outlines, lines, spots, mix or Mix(), buildings, earlier, cells, reach, pool)
        prepared = time.perf_counter()
        cell_of = _partition(ground, cells, seed, pool, earlier, stay)
        if not earlier.any:
            ground, cell_of = ground.straightened(cell_of, outlines, lines, mix or Mix())
        give_back()
        result = _assemble(areas, ground, cell_of, earlier, inspectors, seed, pool)
    divided = time.perf_counter()
    report = _report(result, ground, outlines, cells)
    report |= {
        "seed": seed,
        "prepare_s": round(prepared - began, 2),
        "divide_s": round(divided - prepared, 2),
        "total_s": round(time.perf_counter() - began, 2),
        "peak_mb": peak_mb(),
    }
    return Division(result.cells, result.blocks, result.home, report)


@dataclass(frozen=True, slots=True)
class _Ground:
    """The blocks, their borders and workloads; ``home`` is the block of each point, -1 outside."""

    blocks: Blocks
    work: Workload
    home: NDArray[np.int64]
    spots: Spots
    splitter: Splitter

    @classmethod
    def cut(
        cls,
        outlines: Shapes,
        lines: Lines,
        spots: Spots,
        mix: Mix,
        buildings: Any,
        earlier: Earlier,
        cells: int,
        reach: float,
        pool: Pool,
    ) -> _Ground:
        known = earlier.added_to(lines)
        polygons = cut_blocks(outlines, known, spots.shapes, reach=reach)
        give_back()
        require_blocks(cells, len(polygons))
        home = homes(polygons, spots.shapes)
        work = measure(polygons, home, spots, lines, mix)
        splitter = Splitter.of(work, spots, lines, buildings, 2 * reach)
        ground = cls(graph(polygons, outlines, known, []), work, home, spots, splitter)
        for limit in (HEAVY / cells, FINE / cells):
            if limit == HEAVY / cells or ground.unevenness(cells, pool) > EVEN:
                ground = ground.refined(limit, outlines, known, lines, mix)
        return ground

    def refined(self, limit: float, outlines: Shapes, known: Lines, lines: Lines, mix: Mix) -> _Ground:
        """With the blocks that carry more than ``limit`` split."""
        polygons, origin = refine(self.blocks.polygons, self.splitter, limit, self.home, self.work.share)
        if len(polygons) == len(self.blocks.polygons):
            return self
        polygons, kept = docked_apart(polygons, owners(polygons, outlines))
        origin = np.where(kept >= 0, origin[kept], -1)
        return self.with_blocks(polygons, origin, outlines, known, lines, mix)

    def straightened(
        self, cell_of: NDArray[np.int64], outlines: Shapes, lines: Lines, mix: Mix
    ) -> tuple[_Ground, NDArray[np.int64]]:
        """With the borders off every road drawn straight, and the cell of each block; as they were if that
        is no better."""
        cells = int(cell_of.max()) + 1
        metre = off_road_price(float(shapely.area(self.blocks.polygons).sum()), cells)
        found = straightened(self.blocks, self.work, self.home, self.splitter, cell_of, metre)
        if found is None:
            return self, cell_of
        polygons, origin, new, chords = found
        splitter = replace(self.splitter, cuts=self.splitter.cuts + chords)
        ground = replace(self, splitter=splitter).with_blocks(polygons, origin, outlines, lines, lines, mix)
        if ground.fault(new) > self.fault(cell_of):
            return self, cell_of
        return ground, new

    def fault(self, cell_of: NDArray[np.int64]) -> float:
        """By how much a division misses the standards."""
        everywhere = np.arange(len(cell_of))
        cells = int(cell_of.max()) + 1
        return fault(problem_of(self.blocks, self.work.share, everywhere, cells, 0), cell_of)

    def with_blocks(
        self,
        polygons: Shapes,
        origin: NDArray[np.int64],
        outlines: Shapes,
        known: Lines,
        lines: Lines,
        mix: Mix,
    ) -> _Ground:
        """With other blocks; ``origin``: which of the old ones each is, -1 for one made anew."""
        give_back()
        home = homes(polygons, self.spots.shapes)
        metres = np.where(origin >= 0, self.work.amounts["roads"][origin], np.nan)
        work = measure(polygons, home, self.spots, lines, mix, metres)
        blocks = graph(polygons, outlines, known, self.splitter.cuts, (self.blocks, origin))
        return _Ground(blocks, work, home, self.spots, self.splitter)

    def unevenness(self, cells: int, pool: Pool) -> float:
        """How far the cells of a first, quick division are from even; a small one is done in full."""
        blocks, load = self.blocks, self.work.share
        if cells >= len(load):
            return 1.0
        loads: list[float] = []
        for _, p in problems_of(blocks, load, cells, 0):
            small = p.blocks <= SMALL
            cell_of = pool.best(p) if small else seed_cells(p.cells, p.start, p.near, p.length, p.load, 0)
            loads += np.bincount(cell_of, weights=p.load, minlength=p.cells).tolist()
        return float(np.abs(np.array(loads) - 1).max())


def _partition(
    ground: _Ground, cells: int, seed: int, pool: Pool, earlier: Earlier, stay: float
) -> NDArray[np.int64]:
    """A cell for each block, numbered through over all parts."""
    blocks, load = ground.blocks, ground.work.share
    before = earlier.cell_of(blocks.polygons)
    cell_of = np.full(len(load), -1, dtype=np.int64)
    done = 0
    for members, problem in problems_of(blocks, load, cells, seed):
        if earlier.any:
            problem = stability.start_from(problem, before[members], stay)
        cell_of[members] = done + pool.best(problem)
        done += problem.cells
    return cell_of


@dataclass(frozen=True, slots=True)
class _Result:
    cells: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    home: NDArray[np.int64]
    cell_of: NDArray[np.int64]


def _assemble(
    areas: gpd.GeoDataFrame,
    ground: _Ground,
    cell_of: NDArray[np.int64],
    earlier: Earlier,
    inspectors: int | None,
    seed: int,
    pool: Pool,
) -> _Result:
    """The cells in their order: by area, then by number."""
    blocks, load = ground.blocks, ground.work.share
    members = [rows for _, rows in grouped(cell_of)]
    cells = gpd.GeoDataFrame(
        {
            "place": [int(blocks.area[rows[0]]) for rows in members],
            "workload": [float(load[rows].sum()) * len(members) for rows in members],
            "blocks": [len(rows) for rows in members],
        },
        geometry=shapely.normalize(mended(merged(blocks.polygons, cell_of), HAIR)[1]),
        crs=areas.crs,
    )
    cells["seq"] = 0
    for _, rows in grouped(cells["place"].to_numpy()):
        cells.loc[rows, "seq"] = sequence(cells.geometry.iloc[rows])
    order = np.lexsort((cells["seq"], cells["place"]))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    cells = cells.iloc[order].reset_index(drop=True)
    cells["area"] = areas.index.to_numpy()[cells["place"]]
    cells["area_m2"] = cells.geometry.area
    cell_of = rank[cell_of]
    home = homes(np.asarray(cells.geometry.values, dtype=object), ground.spots.shapes)
    cells["businesses"] = np.bincount(home[home >= 0], minlength=len(cells))
    columns = ["area", "seq", "workload", "businesses", "blocks", "area_m2"]
    if earlier.any:
        cells["before"] = earlier.heirs(blocks.polygons, cell_of, load, len(cells))
        columns.append("before")
    if inspectors is not None:
        cells["inspector"] = _beats(cells, blocks, cell_of, inspectors, seed, pool)
        columns.append("inspector")
    frame = gpd.GeoDataFrame(
        {
            "cell": cell_of,
            "area": areas.index.to_numpy()[blocks.area],
            "workload": load * len(cells),
            "businesses": np.bincount(ground.home[ground.home >= 0], minlength=len(load)),
        },
        geometry=blocks.polygons,
        crs=areas.crs,
    )
    return _Result(cells[[*columns, "geometry"]], frame, home, cell_of)


def _beats(
    cells: gpd.GeoDataFrame,
    blocks: Blocks,
    cell_of: NDArray[np.int64],
    inspectors: int,
    seed: int,
    pool: Pool,
) -> NDArray[np.int64]:
    """The inspector of each cell, from 1: contiguous groups of cells of even workload."""
    shapes = np.asarray(cells.geometry.values, dtype=object)
    pair = np.sort(cell_of[blocks.pairs], axis=1)
    apart = pair[:, 0] != pair[:, 1]
    pairs, which = np.unique(pair[apart], axis=0, return_inverse=True)

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(which.ravel(), weights=values[apart], minlength=len(pairs)).astype(np.float64)

    length = total(blocks.length)
    graph_of_cells = Blocks(
        shapes,
        np.zeros(len(cells), dtype=np.int64),
        pairs,
        length,
        total(blocks.length * blocks.strength) / length if len(length) else length,
        total(blocks.on_road),
        total(blocks.on_major),
    )
    load = cells["workload"].to_numpy()
    beat = np.zeros(len(cells), dtype=np.int64)
    done = 0
    for members, problem in problems_of(graph_of_cells, load, inspectors, seed):
        beat[members] = done + pool.best(problem)
        done += problem.cells
    first = np.array([np.flatnonzero(beat == b)[0] for b in range(done)])
    rank = np.empty(done, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(1, done + 1)
    return rank[beat]


def _report(result: _Result, ground: _Ground, outlines: Shapes, wanted: int) -> dict[str, Any]:
    spots, home = ground.spots, result.home
    outside = np.flatnonzero(home < 0)
    shapes = np.asarray(result.cells.geometry.values, dtype=object)
    borders = shapely.STRtree(shapely.boundary(shapes))
    return {
        "cells": len(shapes),
        "blocks": len(ground.blocks.polygons),
        "businesses": len(home),
        "unplaced_businesses": len(outside),
        "unplaced_places": [[spots.shapes[i].x, spots.shapes[i].y] for i in outside[:20]],
        "businesses_on_border": len(np.unique(borders.query(spots.shapes, predicate="intersects")[0])),
        "mix": ground.work.mix,
        "straight_cuts": len(ground.splitter.cuts),
        "indivisible": [
            {"x": x, "y": y, "mean_cells": round(load * wanted, 3)}
            for x, y, load in ground.splitter.indivisible
            if load * wanted > HEAVY
        ],
        **quality.proof(shapes, outlines),
        **quality.measures(result.cells, ground.blocks, result.cell_of),
    }
