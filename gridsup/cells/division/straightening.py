"""Borders that run on no road, drawn anew as one straight line between the same two cells.

Annealing can only follow the pieces that a heavy block was cut into (a lake, a park, a campus): its borders
there are staircases of cuts. Two neighbouring cells share such ground better by one chord, whose ends are
free: shorter, rounder, and even to the metre. No chord runs through a building or over a business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import GRID, NUDGE, Shapes, faces_of, grouped, merged, node, owners
from gridsup.cells.division.blocks import Blocks
from gridsup.cells.division.splitting import SLIM, Splitter, exchanged
from gridsup.cells.division.workload import Workload
from gridsup.cells.partition.problem import cell_cost, components

STATIONS = 48
"""Places on the outline of the ground of two patches where a chord may end."""
STEEP = float(np.sin(np.deg2rad(15.0)))
"""A chord meets the outline at no smaller angle, so that no cell ends in a spike."""
CLEAR = 2.0
"""Metres that a chord keeps away from every business."""
TRIED = 8
"""Chords that are drawn in full, best first, until one holds."""
LEAST = 60.0
"""Metres off every road below which a border is left as it is."""
GAIN = 1e-3
"""What a new border must be better by."""
ROUNDS = 2
WEIGHTS = np.array([40.0, 1.0, 8.0])
"""Of unevenness, of crooked shape, and beyond the slack: as where annealing looks for evenness."""
SPOTS_AT_ONCE = 128


@dataclass(slots=True)
class Patch:
    """What a cell holds of ground without roads: one polygon, the points ``spots`` in it, and the workload
    (in mean cells) of its ``roads``."""

    cell: int
    shape: Any
    spots: NDArray[np.int64]
    roads: float


@dataclass(frozen=True, slots=True)
class _Sides:
    """Every chord between two stations of an outline: its ends ``i``, ``j`` and ``metres``, and what lies on
    its first side (the outline from ``i`` to ``j``): columns of outline metres, those beside the rest of
    either cell, m², workload. ``whole`` is the sum of both sides."""

    ring: NDArray[np.float64]
    i: NDArray[np.int64]
    j: NDArray[np.int64]
    metres: NDArray[np.float64]
    first: NDArray[np.float64]
    whole: NDArray[np.float64]


def straightened(
    blocks: Blocks,
    work: Workload,
    home: NDArray[np.int64],
    splitter: Splitter,
    cell_of: NDArray[np.int64],
    metre: float,
) -> tuple[Shapes, NDArray[np.int64], NDArray[np.int64], list[Any]] | None:
    """The blocks with their borders off every road redrawn, which of the old ones each is (-1: made anew),
    their cells, and the chords drawn; None if no border was better. ``metre``: what one off every road costs.
    """
    drawn = Straightener(blocks, work, home, splitter, cell_of, metre)
    drawn.run()
    if not drawn.changed:
        return None
    names = sorted(drawn.changed)
    parts = np.array([drawn.patches[name].shape for name in names], dtype=object)
    cells = np.array([drawn.patches[name].cell for name in names])
    gone = np.flatnonzero(np.isin(drawn.patch_of, names))
    polygons, origin = exchanged(blocks.polygons, gone, parts)
    kept = origin >= 0
    new = np.empty(len(origin), dtype=np.int64)
    new[kept], new[~kept] = cell_of[origin[kept]], cells[-1 - origin[~kept]]
    return polygons, np.maximum(origin, -1), new, drawn.cuts


class Straightener:
    """Redraws ``patches`` in place. ``share`` is what one m² carries and ``spot_load[i]`` point ``i``, in
    mean cells; ``metre`` what one metre of border off every road costs. ``cuts``: the chords drawn;
    ``changed``: the patches redrawn."""

    def __init__(
        self, blocks: Blocks, work: Workload, home: NDArray[np.int64], splitter: Splitter,
        cell_of: NDArray[np.int64], metre: float,
    ) -> None:  # fmt: skip
        cells = int(cell_of.max()) + 1
        self.splitter, self.metre = splitter, metre
        self.cuts: list[Any] = []
        self.changed: set[int] = set()
        self.xy = shapely.get_coordinates(splitter.spots)
        self.spot_load = splitter.spot_load * cells
        self.share = work.mix.get("area", 0.0) * cells / float(work.amounts["area"].sum())
        self.loads = np.bincount(cell_of, weights=work.share * cells, minlength=cells)
        loose = blocks.on_road < 0.5 * blocks.length
        inner = cell_of[blocks.pairs[:, 0]] == cell_of[blocks.pairs[:, 1]]
        self.patch_of = components(len(cell_of), blocks.pairs[loose & inner])
        pair = np.sort(self.patch_of[blocks.pairs[loose & ~inner]], axis=1)
        self.pairs, which = np.unique(pair, axis=0, return_inverse=True)
        off = (blocks.length - blocks.on_road)[loose & ~inner]
        self.off = np.bincount(which.ravel(), weights=off, minlength=len(self.pairs))
        self.patches = self._patches(blocks, work, home, cell_of, cells)
        self._gather(blocks, cell_of, cells)

    def _patches(
        self, blocks: Blocks, work: Workload, home: NDArray[np.int64], cell_of: NDArray[np.int64], cells: int
    ) -> dict[int, Patch]:
        """The patches that share a border off every road with a patch of another cell."""
        inside = np.flatnonzero(home >= 0)
        points = np.bincount(home[inside], weights=self.spot_load[inside], minlength=len(cell_of))
        roads = np.maximum(work.share * cells - points - self.share * shapely.area(blocks.polygons), 0.0)
        spots = {patch: inside[at] for patch, at in grouped(self.patch_of[home[inside]])}
        wanted = set(np.unique(self.pairs[self.off > LEAST]).tolist())
        none = np.empty(0, dtype=np.int64)
        return {
            name: Patch(
                int(cell_of[rows[0]]),
                shapely.coverage_union_all(blocks.polygons[rows]),
                spots.get(name, none),
                float(roads[rows].sum()),
            )
            for name, rows in grouped(self.patch_of)
            if name in wanted
        }

    def _gather(self, blocks: Blocks, cell_of: NDArray[np.int64], cells: int) -> None:
        """What each cell holds beside its patches, and its area and outline."""
        self.members: dict[int, list[int]] = {}
        for name, patch in self.patches.items():
            self.members.setdefault(patch.cell, []).append(name)
        still = ~np.isin(self.patch_of, list(self.patches)) & np.isin(cell_of, list(self.members))
        rows = np.flatnonzero(still)
        shapes = merged(blocks.polygons[rows], cell_of[rows])
        self.fixed = dict(zip(np.unique(cell_of[rows]).tolist(), shapes, strict=True))
        self.areas = np.bincount(cell_of, weights=shapely.area(blocks.polygons), minlength=cells)
        pair = cell_of[blocks.pairs]
        inner = pair[:, 0] == pair[:, 1]
        self.outlines = np.bincount(
            cell_of, weights=shapely.length(blocks.polygons), minlength=cells
        ) - 2 * np.bincount(pair[inner, 0], weights=blocks.length[inner], minlength=cells)

    def run(self) -> None:
        """Every border in turn, the longest first, and once more where a patch beside it changed."""
        order = [int(i) for i in np.argsort(-self.off, kind="stable") if self.off[i] > LEAST]
        stale = set(self.patches)
        for _ in range(ROUNDS):
            fresh: set[int] = set()
            for i in order:
                left, right = self.pairs[i].tolist()
                if (left in stale or right in stale) and self._redraw(i, left, right):
                    fresh |= {left, right}
            stale = fresh
            self.changed |= fresh

    def _others(self, patch: int) -> Shapes:
        """The cell of ``patch`` without it."""
        cell = self.patches[patch].cell
        shapes = [self.patches[other].shape for other in self.members[cell] if other != patch]
        return np.array([self.fixed[cell], *shapes] if cell in self.fixed else shapes, dtype=object)

    def _cost(self, loads: Any, areas: Any, outlines: Any) -> Any:
        return cell_cost(loads, areas, np.maximum(outlines, 1.0), WEIGHTS).sum(axis=0)

    def _redraw(self, row: int, left: int, right: int) -> bool:
        """Whether the border between two patches became a better one."""
        pair = (self.patches[left], self.patches[right])
        ground = shapely.union_all([patch.shape for patch in pair], grid_size=GRID)
        if ground.geom_type != "Polygon":
            return False
        rest = (self._others(left), self._others(right))
        both = [patch.cell for patch in pair]
        now = float(
            self._cost(self.loads[both], self.areas[both], self.outlines[both]) + self.metre * self.off[row]
        )
        sides, bare = self._sides(ground, pair, rest)
        for chord, found, swapped in self._promising(sides, bare, both, now):
            faces = self._faces(ground, sides, chord, np.concatenate([patch.spots for patch in pair]))
            if faces is None:
                continue
            mine = faces[::-1] if swapped else faces
            made = [
                shapely.union_all([*others, face], grid_size=GRID)
                for others, face in zip(rest, mine, strict=True)
            ]
            if any(shape.geom_type != "Polygon" for shape in made):
                continue
            areas, outlines = shapely.area(made), shapely.length(made)
            metres = float(sides.metres[chord])
            if self._cost(found, areas, outlines) + self.metre * metres > now - GAIN:
                continue
            self._accept(row, (left, right), mine, found)
            self.areas[both], self.outlines[both] = areas, outlines
            self.cuts.append(shapely.linestrings(sides.ring[[sides.i[chord], sides.j[chord]]]))
            self.off[row] = metres
            return True
        return False

    def _accept(self, row: int, names: tuple[int, int], shapes: Any, loads: NDArray[np.float64]) -> None:
        pair = [self.patches[name] for name in names]
        spots = np.concatenate([patch.spots for patch in pair])
        roads = sum(patch.roads for patch in pair)
        within = shapely.intersects_xy(shapes[0], self.xy[spots, 0], self.xy[spots, 1])
        first = self.loads[pair[0].cell] - self._load(pair[0])
        self.loads[[patch.cell for patch in pair]] = loads
        pair[0].shape, pair[1].shape = shapes
        pair[0].spots, pair[1].spots = spots[within], spots[~within]
        pair[0].roads = 0.0
        pair[0].roads = float(np.clip(loads[0] - first - self._load(pair[0]), 0.0, roads))
        pair[1].roads = float(roads - pair[0].roads)

    def _load(self, patch: Patch) -> float:
        return float(self.spot_load[patch.spots].sum()) + self.share * float(patch.shape.area) + patch.roads

    def _sides(
        self, ground: Any, pair: tuple[Patch, Patch], rest: tuple[Shapes, Shapes]
    ) -> tuple[_Sides, NDArray[np.float64]]:
        """All chords of ``ground``, and of the two cells without it: workload, area and outline (3, 2)."""
        ground = shapely.segmentize(shapely.orient_polygons(ground), ground.exterior.length / STATIONS)
        rings = [shapely.get_coordinates(ring) for ring in (ground.exterior, *ground.interiors)]
        pieces = np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])
        ring_of = np.repeat(np.arange(len(rings)), [len(ring) - 1 for ring in rings])
        size = np.hypot(*(pieces[1] - pieces[0]).T)
        tree = shapely.STRtree(shapely.points((pieces[0] + pieces[1]) / 2))
        beside = np.zeros((2, len(size)))
        held = np.zeros((2, len(size)))
        for k in (0, 1):
            beside[k, tree.query(rest[k], predicate="dwithin", distance=10 * NUDGE)[1]] = 1.0
            held[k, tree.query(pair[k].shape, predicate="dwithin", distance=10 * NUDGE)] = 1.0
        held[0] *= 1 - held[1]
        arcs = held @ size
        roads = sum(held[k] * size * pair[k].roads / max(arcs[k], 1.0) for k in (0, 1))
        values = np.stack([size, size * beside[0], size * beside[1], np.zeros(len(size)), roads], axis=1)
        between = (pair[0].shape.length + pair[1].shape.length - ground.length) / 2
        both = [patch.cell for patch in pair]
        bare = np.array(
            [
                self.loads[both] - [self._load(patch) for patch in pair],
                self.areas[both] - [patch.shape.area for patch in pair],
                self.outlines[both] - arcs - between + 2 * (held * beside) @ size,
            ]
        )
        spots = np.concatenate([patch.spots for patch in pair])
        return self._chords(rings, values, ring_of, spots), bare

    def _chords(
        self,
        rings: list[NDArray[np.float64]],
        values: NDArray[np.float64],
        ring_of: NDArray[np.int64],
        spots: NDArray[np.int64],
    ) -> _Sides:
        ring = rings[0]
        outer = values[ring_of == 0]
        along = np.concatenate([[0.0], np.cumsum(outer[:, 0])])
        stations = np.unique(np.searchsorted(along, np.linspace(0, along[-1], STATIONS, endpoint=False)))
        i, j = (stations[k] for k in np.triu_indices(len(stations), 1))
        local = ring - ring[0]
        turn = local[:-1, 0] * local[1:, 1] - local[1:, 0] * local[:-1, 1]
        sums = np.concatenate([np.zeros((1, 5)), np.cumsum(outer, axis=0)])
        swept = np.concatenate([[0.0], np.cumsum(turn)])
        chord = ring[j] - ring[i]
        metres = np.hypot(chord[:, 0], chord[:, 1])
        good = _steep(ring, i, chord, metres) & _steep(ring, j, -chord, metres) & (metres > SLIM)
        i, j, metres = i[good], j[good], metres[good]
        first = sums[j] - sums[i]
        back = local[j, 0] * local[i, 1] - local[i, 0] * local[j, 1]
        area = (swept[j] - swept[i] + back) / 2
        first[:, 3] += area
        first[:, 4] += self.share * area
        whole = sums[-1].copy()
        whole[3] += swept[-1] / 2
        whole[4] += self.share * swept[-1] / 2
        places, weights = self._points(rings, values, ring_of, spots)
        for at in range(0, len(places), SPOTS_AT_ONCE):
            some = slice(at, at + SPOTS_AT_ONCE)
            first += _within(ring, places[some], i, j).T @ weights[some].astype(np.float32)
        whole += weights.sum(axis=0)
        return _Sides(ring, i, j, metres, first, whole)

    def _points(
        self,
        rings: list[NDArray[np.float64]],
        values: NDArray[np.float64],
        ring_of: NDArray[np.int64],
        spots: NDArray[np.int64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Businesses and holes as points with what they add to the side that they lie on."""
        weights = np.zeros((len(spots) + len(rings) - 1, 5))
        weights[: len(spots), 4] = self.spot_load[spots]
        places = [self.xy[spots]]
        for number, hole in enumerate(rings[1:], 1):
            polygon = shapely.Polygon(hole)
            weights[len(spots) + number - 1] = values[ring_of == number].sum(axis=0)
            weights[len(spots) + number - 1, 3] -= polygon.area
            weights[len(spots) + number - 1, 4] -= self.share * polygon.area
            places.append(shapely.get_coordinates(shapely.point_on_surface(polygon)))
        return np.concatenate(places), weights

    def _promising(
        self, sides: _Sides, bare: NDArray[np.float64], both: list[int], now: float
    ) -> list[tuple[int, NDArray[np.float64], bool]]:
        """The best chords by what they seem to cost: number, workload of the two cells, and whether the first
        side goes to the second cell."""
        told: list[tuple[float, int, NDArray[np.float64], bool]] = []
        for swapped in (False, True):
            second = sides.whole - sides.first
            mine, other = (second, sides.first) if swapped else (sides.first, second)
            loads = bare[0][:, None] + np.stack([mine[:, 4], other[:, 4]])
            areas = bare[1][:, None] + np.stack([mine[:, 3], other[:, 3]])
            outlines = (
                bare[2][:, None]
                + np.stack([mine[:, 0] - 2 * mine[:, 1], other[:, 0] - 2 * other[:, 2]])
                + sides.metres
            )
            cost = self._cost(loads, areas, outlines) + self.metre * sides.metres
            cost[(mine[:, 3] <= 0) | (other[:, 3] <= 0)] = np.inf
            best = np.argsort(cost, kind="stable")[:TRIED]
            told += [(float(cost[k]), int(k), loads[:, k], swapped) for k in best if cost[k] < now - GAIN]
        told.sort(key=lambda one: one[:2])
        return [(k, loads, swapped) for _, k, loads, swapped in told[:TRIED]]

    def _faces(self, ground: Any, sides: _Sides, chord: int, spots: NDArray[np.int64]) -> Any:
        """The two sides of a chord, first that from ``i`` to ``j``; None if it cannot be drawn."""
        i, j = int(sides.i[chord]), int(sides.j[chord])
        a, b = sides.ring[i], sides.ring[j]
        step = (b - a) / sides.metres[chord] * NUDGE
        inner = shapely.linestrings([a + step, b - step])
        if not shapely.contains_properly(ground, inner):
            return None
        if len(self.splitter.buildings.query(inner, predicate="intersects")):
            return None
        if len(spots) and shapely.distance(shapely.multipoints(self.xy[spots]), inner) < CLEAR:
            return None
        drawn = shapely.linestrings([a - step, b + step])
        faces = faces_of(node(np.array([ground.boundary, drawn], dtype=object)))
        faces = faces[owners(faces, np.array([ground], dtype=object)) >= 0]
        if len(faces) != 2 or np.any(2 * shapely.area(faces) / shapely.length(faces) <= SLIM):
            return None
        between = shapely.Point(sides.ring[(i + j) // 2] if j - i > 1 else (a + b) / 2)
        near = shapely.distance(faces, between)
        return faces[np.argsort(near, kind="stable")]


def _within(
    ring: NDArray[np.float64], places: NDArray[np.float64], i: NDArray[np.int64], j: NDArray[np.int64]
) -> NDArray[np.float32]:
    """1 where a place (rows) lies between a chord (columns) and the outline from its end ``i`` to ``j``.

    Such an outline winds around the place once: counted by how often it crosses the ray to the west.
    """
    x, y = (ring - ring[0]).T
    px, py = (places - ring[0]).T
    above = (y[None] > py[:, None]).astype(np.int8)
    place, edge = np.nonzero(above[:, 1:] != above[:, :-1])
    crossed = np.zeros(above.shape, dtype=np.int8)
    west = _west(x[edge], y[edge], x[edge + 1], y[edge + 1], px[place], py[place])
    crossed[place, edge + 1] = np.where(west, above[place, edge + 1] - above[place, edge], 0)
    turns = np.cumsum(crossed, axis=1, dtype=np.int8)
    closing = _west(x[i], y[i], x[j], y[j], px[:, None], py[:, None]) * (above[:, i] - above[:, j])
    return np.asarray(turns[:, j] - turns[:, i] + closing != 0, dtype=np.float32)


def _west(x0: Any, y0: Any, x1: Any, y1: Any, px: Any, py: Any) -> NDArray[np.bool_]:
    """Whether a line crosses the height of a point to the west of it, given that it crosses its height."""
    left = (px - x0) * (y1 - y0) - (py - y0) * (x1 - x0)
    return np.asarray((left > 0) == (y1 > y0))


def _steep(
    ring: NDArray[np.float64], at: NDArray[np.int64], way: NDArray[np.float64], metres: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether chords ``way`` from the vertices ``at`` leave the outline at a fair angle to both sides."""
    last = len(ring) - 1
    steep = np.ones(len(at), dtype=bool)
    for step in (-1, 1):
        edge = ring[(at + step) % last] - ring[at]
        across = np.abs(edge[:, 0] * way[:, 1] - edge[:, 1] * way[:, 0])
        ahead = (edge * way).sum(axis=1) > 0
        steep &= ~(ahead & (across < STEEP * np.hypot(edge[:, 0], edge[:, 1]) * metres))
    return steep
