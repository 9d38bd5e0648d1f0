"""Dividing areas into grid cells (网格) along roads (P10-C1: 大小适中、边界清晰).

Street blocks are merged, lightest first and across weak roads first, until the wanted number of cells is
left; then blocks on the borders move between neighbours as long as that evens out the workload or puts
the border on a stronger road. Each cell is one polygon, and the cells of an area fill it without gap or
overlap, which ``topology.check_cells`` proves and ``versions.enact`` proves again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.blocks import Blocks, cut_blocks
from gridsup.errors import Invalid

BORDER_WEIGHT = 0.35
"""What a border's length and weakness weigh against uneven workload."""
SWEEPS = 80
"""Rounds of moves: in the first half a move may also lose, ever less, so that no early knot stays."""
TRIES = 4
HEAT = 0.25
"""The mean loss that a move may bring in the first round."""


def divide(
    areas: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    *,
    count: int | None = None,
    target: float | None = None,
    points: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    area_share: float = 0.0,
    road_class: str = "highway",
    reach: float = 30.0,
) -> gpd.GeoDataFrame:
    """Divide each of ``areas`` (station areas, one row each) into cells bounded by ``roads``.

    ``areas``, ``roads`` and ``points`` share one projected CRS in metres. The workload of a cell is the
    number of ``points`` in it (or the sum of their column ``weight``); ``area_share`` (0 to 1) of the whole
    workload is spread over the ground instead, for the walking; without points all of it is. Give either
    ``count``, the number of cells over all areas, or ``target``, the workload of one cell (points, or m²
    without points); each area receives its share of them and at least one.

    Returns one row per cell: ``area`` (index label in ``areas``), ``seq`` (from 1 in each area, north to
    south in rows and west to east within a row), ``workload``, ``blocks``, ``area_m2``, ``geometry``.

    Raises Invalid: ``division-crs``, ``division-boundary-invalid``, ``division-no-roads``,
    ``division-points-outside``, ``division-size``, ``division-too-many-cells``, ``division-too-few-cells``.
    """
    _check_input(areas, roads, points)
    blocks = cut_blocks(areas, roads, road_class=road_class, reach=reach)
    work = _workload(blocks, points, area_share)
    share = _cells_per_area(areas, blocks, work, count, target)
    label = np.zeros(len(work), dtype=np.int64)
    for position, wanted in enumerate(share):
        members = np.flatnonzero(blocks.area == position)
        label[members] = _Partition.of(blocks, members, work, wanted).solve()
    return _as_cells(areas, blocks, work, label)


def _check_input(areas: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, points: Any) -> None:
    crs = areas.crs
    given = [f.crs for f in (roads, points) if f is not None]
    if crs is None or not crs.is_projected or any(c != crs for c in given):
        raise Invalid(
            "division-crs",
            zh="各图层须使用同一个以米为单位的投影坐标系；现在是 {names}。请先转换到本辖区的投影坐标系。",
            en="Division needs one projected CRS in metres for all layers; these are {names}. "
            "Convert them to the jurisdiction's metric CRS first.",
            names=", ".join("none" if c is None else str(c.to_string())[:40] for c in (crs, *given)),
        )
    for name, outline in zip(areas.index, areas.geometry, strict=True):
        polygonal = outline is not None and outline.geom_type in ("Polygon", "MultiPolygon")
        if not polygonal or outline.is_empty or not outline.is_valid:
            reason = shapely.is_valid_reason(outline) if polygonal else "not a polygon"
            raise Invalid(
                "division-boundary-invalid",
                zh="“{area}”的边界无效：{reason}（自相交、重复或空）。请修正该处后重试。",
                en="The boundary of “{area}” is invalid: {reason}. Mend it there and try again.",
                area=name,
                reason=reason,
            )


def _workload(blocks: Blocks, points: Any, area_share: float) -> NDArray[np.float64]:
    """Workload per block. A point on a shared edge counts in the block with the lower number."""
    ground: NDArray[np.float64] = np.asarray(shapely.area(blocks.polygons))
    if points is None or not len(points):
        return ground
    spots = np.asarray(points.geometry.values, dtype=object)
    weight = points["weight"].to_numpy(dtype=np.float64) if "weight" in points else np.ones(len(spots))
    point, block = shapely.STRtree(blocks.polygons).query(spots, predicate="intersects")
    owner = np.full(len(spots), len(ground), dtype=np.int64)
    np.minimum.at(owner, point, block)
    outside = np.flatnonzero(owner == len(ground))
    if len(outside):
        place = spots[outside[0]]
        raise Invalid(
            "division-points-outside",
            zh="有 {n} 个点在划分范围之外，例如（{x:.1f}，{y:.1f}）；请核对坐标或先按边界筛选。",
            en="{n} points lie outside the areas, such as ({x:.1f}, {y:.1f}); check their coordinates or "
            "select by the boundary first.",
            n=len(outside),
            x=place.x,
            y=place.y,
        )
    there = np.bincount(owner, weights=weight, minlength=len(ground))
    spread: NDArray[np.float64] = ground * (area_share * weight.sum() / ground.sum())
    return spread + (1 - area_share) * there


def _cells_per_area(
    areas: gpd.GeoDataFrame,
    blocks: Blocks,
    work: NDArray[np.float64],
    count: int | None,
    target: float | None,
) -> list[int]:
    """Share the cells out by workload (largest remainder), within what each area's blocks allow."""
    if (count is None) == (target is None) or (count or target or 0) <= 0:
        raise Invalid(
            "division-size",
            zh="请指定网格总数（count）或每格目标工作量（target）之一，且须大于零。",
            en="Give either the number of cells (count) or the workload of one cell (target), above zero.",
        )
    wanted = count if count is not None else max(1, round(float(work.sum()) / float(target or 1)))
    n = len(areas)
    load = np.bincount(blocks.area, weights=work, minlength=n)
    most = np.bincount(blocks.area, minlength=n)
    least = np.array([len(_components(blocks, np.flatnonzero(blocks.area == i))) for i in range(n)])
    names = "、".join(map(str, areas.index))
    if wanted > most.sum():
        raise Invalid(
            "division-too-many-cells",
            zh="“{areas}”要求 {wanted} 个网格，但道路只围出 {limit} 个街区；请减少网格数或导入更细的路网。",
            en="{wanted} cells are wanted in “{areas}”, but roads enclose only {limit} blocks there; ask for "
            "fewer cells or import a finer road network.",
            areas=names,
            wanted=wanted,
            limit=int(most.sum()),
        )
    if count is not None and wanted < least.sum():
        raise Invalid(
            "division-too-few-cells",
            zh="“{areas}”要求 {wanted} 个网格，但其中有 {limit} 个互不相连的片区，每片至少一格。",
            en="{wanted} cells are wanted in “{areas}”, but it has {limit} separate parts each needing one.",
            areas=names,
            wanted=wanted,
            limit=int(least.sum()),
        )
    share = least.copy()
    while share.sum() < wanted:
        # the next cell goes where a cell would carry most, as long as blocks are left there
        carried = np.where(share < most, load / share, -1.0)
        share[int(np.argmax(carried))] += 1
    return [int(s) for s in share]


def _components(blocks: Blocks, members: NDArray[np.int64]) -> list[set[int]]:
    """Groups of ``members`` that hang together across shared borders."""
    near = _neighbours(blocks, members)
    left, groups = set(near), []
    while left:
        group = _reachable(next(iter(left)), left, near)
        groups.append(group)
        left -= group
    return groups


def _neighbours(blocks: Blocks, members: NDArray[np.int64]) -> dict[int, dict[int, int]]:
    """block → neighbouring block → number of their border."""
    near: dict[int, dict[int, int]] = {int(m): {} for m in members}
    for e, (a, b) in enumerate(blocks.pairs.tolist()):
        if a in near:
            near[a][b] = near[b][a] = e
    return near


def _reachable(start: int, within: set[int], near: dict[int, dict[int, int]]) -> set[int]:
    seen, queue = {start}, [start]
    while queue:
        for other in near[queue.pop()]:
            if other in within and other not in seen:
                seen.add(other)
                queue.append(other)
    return seen


@dataclass
class _Partition:
    """The blocks of one area on their way to ``wanted`` cells; ``cell_of`` mirrors ``cells``."""

    near: dict[int, dict[int, int]]
    cost: list[float]
    """Cost of border ``e`` when it separates two cells: its length, more for a weak road."""
    work: NDArray[np.float64]
    members: NDArray[np.int64]
    wanted: int
    cells: dict[int, set[int]]
    cell_of: dict[int, int]
    load: dict[int, float]

    @classmethod
    def of(
        cls, blocks: Blocks, members: NDArray[np.int64], work: NDArray[np.float64], wanted: int
    ) -> _Partition:
        ground = float(shapely.area(blocks.polygons[members]).sum())
        scale = BORDER_WEIGHT * np.sqrt(wanted / ground)  # the border of one square cell comes to about 1
        cost = (blocks.length * (1.3 - blocks.strength) * scale).tolist()
        ids = members.tolist()
        return cls(
            _neighbours(blocks, members),
            cost,
            work,
            members,
            wanted,
            {m: {m} for m in ids},
            {m: m for m in ids},
            {m: float(work[m]) for m in ids},
        )

    def solve(self) -> NDArray[np.int64]:
        """The cell of each member block, as a block's number that stands for its cell; best of TRIES."""
        self._merge()
        start, best = dict(self.cell_of), (np.inf, dict(self.cell_of))
        for luck in np.random.default_rng(0).spawn(TRIES):  # seeded: the same input gives the same cells
            self._place(start)
            for i in range(SWEEPS):
                heat = HEAT * max(0.0, 1 - 2 * i / SWEEPS)
                if not self._sweep(heat * luck.exponential(size=len(self.members))) and heat == 0:
                    break
            best = min(best, (self._cost(), dict(self.cell_of)), key=lambda found: found[0])
        return np.array([best[1][m] for m in self.members.tolist()], dtype=np.int64)

    def _place(self, cell_of: dict[int, int]) -> None:
        self.cell_of, self.cells, self.load = dict(cell_of), {}, {}
        for block, cell in cell_of.items():
            self.cells.setdefault(cell, set()).add(block)
            self.load[cell] = self.load.get(cell, 0.0) + float(self.work[block])

    def _cost(self) -> float:
        """The objective: unevenness of the workload, and length and weakness of the borders."""
        cut = sum(
            self.cost[e]
            for a, others in self.near.items()
            for b, e in others.items()
            if a < b and self.cell_of[a] != self.cell_of[b]
        )
        return sum((load / self._target) ** 2 for load in self.load.values()) + cut

    @property
    def _target(self) -> float:
        return max(sum(self.load.values()) / self.wanted, 1e-9)

    def _merge(self) -> None:
        """Join the lightest cell to the neighbour with which it shares most border across weak roads."""
        target = self._target
        border: dict[int, dict[int, float]] = {
            a: {b: self.cost[e] for b, e in others.items()} for a, others in self.near.items()
        }
        while len(self.cells) > self.wanted:
            light = min((c for c in self.cells if border[c]), key=lambda c: (self.load[c], c))
            whole = sum(border[light].values())

            def gain(other: int, light: int = light, whole: float = whole) -> tuple[float, int]:
                over = max(0.0, (self.load[light] + self.load[other]) / target - 1.0)
                return border[light][other] / whole - over, -other

            host = max(border[light], key=gain)
            for other, cost in border.pop(light).items():
                del border[other][light]
                if other != host:
                    border[host][other] = border[other][host] = border[host].get(other, 0.0) + cost
            for block in self.cells[light]:
                self.cell_of[block] = host
            self.cells[host] |= self.cells.pop(light)
            self.load[host] += self.load.pop(light)

    def _sweep(self, allowed: NDArray[np.float64]) -> bool:
        """Move each border block to the best neighbouring cell if that loses less than its ``allowed``."""
        target, moved = self._target, False
        for block, loss in zip(self.members.tolist(), allowed.tolist(), strict=True):
            home = self.cell_of[block]
            if len(self.cells[home]) == 1:
                continue
            shared: dict[int, float] = {}
            for other, e in self.near[block].items():
                shared[self.cell_of[other]] = shared.get(self.cell_of[other], 0.0) + self.cost[e]
            kept = shared.pop(home, 0.0)
            options = [(self._change(block, c, kept - s, target), c) for c, s in shared.items()]
            change, best = min(options, default=(np.inf, home))
            if change < loss - 1e-9 and self._stays_whole(block, home):
                self._move(block, home, best)
                moved = True
        return moved

    def _change(self, block: int, cell: int, border: float, target: float) -> float:
        """What the objective gains (negative) or loses when ``block`` goes over to ``cell``."""
        weight = float(self.work[block])
        here, there = self.load[self.cell_of[block]], self.load[cell]
        return 2 * weight * (there - here + weight) / target**2 + border

    def _stays_whole(self, block: int, cell: int) -> bool:
        rest = self.cells[cell] - {block}
        return len(_reachable(next(iter(rest)), rest, self.near)) == len(rest)

    def _move(self, block: int, home: int, cell: int) -> None:
        self.cells[home].remove(block)
        self.cells[cell].add(block)
        self.cell_of[block] = cell
        self.load[home] -= float(self.work[block])
        self.load[cell] += float(self.work[block])


def _as_cells(
    areas: gpd.GeoDataFrame, blocks: Blocks, work: NDArray[np.float64], label: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    rows: dict[str, list[Any]] = {"area": [], "workload": [], "blocks": [], "geometry": []}
    for cell in np.unique(label):
        members = np.flatnonzero(label == cell)
        rows["area"].append(areas.index[blocks.area[members[0]]])
        rows["workload"].append(float(work[members].sum()))
        rows["blocks"].append(len(members))
        rows["geometry"].append(shapely.normalize(shapely.coverage_union_all(blocks.polygons[members])))
    cells = gpd.GeoDataFrame(rows, geometry="geometry", crs=areas.crs)
    cells["area_m2"] = cells.geometry.area
    cells["seq"] = 0
    for area in areas.index:
        mine = np.flatnonzero((cells["area"] == area).to_numpy())
        cells.loc[mine, "seq"] = _sequence(cells.geometry.iloc[mine])
    order = {area: i for i, area in enumerate(areas.index)}
    cells = cells.sort_values(["area", "seq"], key=lambda s: s.map(order) if s.name == "area" else s)
    return cells[["area", "seq", "workload", "blocks", "area_m2", "geometry"]].reset_index(drop=True)


def _sequence(shapes: Iterable[Any]) -> NDArray[np.int64]:
    """Numbers from 1: rows from north to south, one mean cell high, and west to east within a row."""
    polygons = np.array(list(shapes), dtype=object)
    middle = shapely.get_coordinates(shapely.centroid(polygons))
    height = float(np.sqrt(shapely.area(polygons).mean()))
    row = np.floor((middle[:, 1].max() - middle[:, 1]) / height)
    number = np.empty(len(polygons), dtype=np.int64)
    number[np.lexsort((middle[:, 0], row))] = np.arange(1, len(polygons) + 1)
    return number
