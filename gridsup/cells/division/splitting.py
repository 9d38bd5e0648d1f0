"""Blocks too heavy for an even division are cut first: along minor ways, then through the widest gap.

No cut runs through a building, and a place that carries its weight in one point (a market hall with
hundreds of stalls) stays whole and is told as indivisible.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import Shapes, faces_of, lead_on, merged, node, owners
from gridsup.cells.division.lines import Lines
from gridsup.cells.division.medians import collapse, narrow
from gridsup.cells.division.workload import Spots, Workload, homes

ANGLES = np.arange(0.0, 180.0, 15.0)
LEAST = 0.25
"""Each side of a cut carries at least this share of the block."""
GAP = 25.0
"""A gap between businesses wider than this (metres) is no better."""
LATTICE = 12
DEEP = 20.0
"""Metres that a way must reach into a block to cut it; the carriageways of its own border do not."""
SLIM = 8.0
"""Mean width (metres) below which a piece is no block."""


@dataclass
class Splitter:
    """Cuts heavy blocks. ``spot_load[i]`` is what point ``i`` carries; ``ground_load`` what one m² does.

    ``buildings``: tree of what no cut may run through. Dead ends are led on up to ``reach`` metres.
    """

    spots: Shapes
    spot_load: NDArray[np.float64]
    ground_load: float
    lines: Lines
    buildings: shapely.STRtree
    reach: float
    cuts: list[Any] = field(default_factory=list)
    indivisible: list[tuple[float, float, float]] = field(default_factory=list)
    """(x, y, workload) of what was too heavy and had no place for a cut."""

    @classmethod
    def of(cls, work: Workload, spots: Spots, lines: Lines, buildings: Any, reach: float) -> Splitter:
        ground = sum(work.mix.get(name, 0.0) for name in ("area", "roads"))
        shapes: Any = [] if buildings is None else np.asarray(buildings.geometry.values, dtype=object)
        return cls(
            spots.shapes,
            work.of_spots(spots),
            ground / float(work.amounts["area"].sum()),
            lines,
            shapely.STRtree(shapes),
            reach,
        )

    def split(self, polygon: Any, inside: NDArray[np.int64], limit: float) -> list[Any]:
        """The pieces of ``polygon``, which holds the points ``inside``, of at most ``limit`` each.

        ``limit`` is in shares of the whole workload. A piece that cannot be cut stays whole.
        """
        pieces = self._by_ways(polygon, inside)
        done: list[Any] = []
        if len(pieces) > 1:
            home = homes(np.array(pieces, dtype=object), self.spots[inside])
            parts = [(piece, inside[home == i]) for i, piece in enumerate(pieces)]
        else:
            parts = [(polygon, inside)]
        while parts:
            piece, members = parts.pop()
            if self.load(piece, members) <= limit:
                done.append(piece)
                continue
            halves = self._cut(piece, members)
            if len(halves) == 1:
                place = self._heaviest(piece, members)
                self.indivisible.append((place.x, place.y, self.load(piece, members)))
                done.append(piece)
                continue
            home = homes(np.array(halves, dtype=object), self.spots[members])
            parts += [(half, members[home == i]) for i, half in enumerate(halves)]
        return done

    def load(self, polygon: Any, inside: NDArray[np.int64]) -> float:
        return float(self.spot_load[inside].sum() + polygon.area * self.ground_load)

    def _heaviest(self, polygon: Any, inside: NDArray[np.int64]) -> Any:
        if not len(inside):
            return polygon.representative_point()
        return self.spots[inside[np.argmax(self.spot_load[inside])]]

    def _by_ways(self, polygon: Any, inside: NDArray[np.int64]) -> list[Any]:
        """Cut along minor ways and dead ends; what is missing of one is led on as a straight cut."""
        ways = self.lines.shapes[self.lines.tree.query(polygon, predicate="intersects")]
        ways = ways[shapely.intersects(ways, shapely.buffer(polygon, -DEEP))]
        if not len(ways):
            return [polygon]
        outline = np.array([polygon.boundary], dtype=object)
        noded = node(outline, shapely.get_parts(shapely.intersection(ways, polygon)))
        drawn = [
            line
            for line in lead_on(noded, self.reach)
            if not len(self.buildings.query(line, predicate="intersects"))
        ]
        self.cuts += drawn
        faces = faces_of(node(noded, np.array(drawn, dtype=object)))
        faces = faces[owners(faces, np.array([polygon], dtype=object)) >= 0]
        traders = np.bincount(homes(faces, self.spots[inside]) + 1, minlength=len(faces) + 1)[1:]
        return list(collapse(faces, narrow(faces, traders)))

    def _cut(self, polygon: Any, inside: NDArray[np.int64]) -> list[Any]:
        """Two or more pieces of ``polygon``, cut by the best straight line; itself alone if none will do."""
        ground = self._lattice(polygon)
        xy = np.concatenate([shapely.get_coordinates(self.spots[inside]), ground])
        load = np.concatenate(
            [self.spot_load[inside], np.full(len(ground), polygon.area * self.ground_load / len(ground))]
        )
        options = []
        for angle in np.deg2rad(ANGLES):
            normal = np.array([np.cos(angle), np.sin(angle)])
            options += _gaps(xy @ normal, load, len(inside), normal)
        side = float(np.sqrt(polygon.area))
        if not options:
            return [polygon]
        normal, at, gap, uneven = (np.array(column) for column in zip(*options, strict=True))
        chords = _chords(polygon, normal, at)
        score = shapely.length(chords) / side - 0.4 * np.minimum(gap, GAP) / GAP + 0.8 * uneven
        for chord in chords[np.argsort(score, kind="stable")][:12]:
            if len(self.buildings.query(chord, predicate="intersects")):
                continue
            pieces = faces_of(node(np.array([polygon.boundary, chord], dtype=object)))
            pieces = pieces[owners(pieces, np.array([polygon], dtype=object)) >= 0]
            if len(pieces) > 1 and np.all(2 * shapely.area(pieces) / shapely.length(pieces) > SLIM):
                self.cuts.append(chord)
                return list(pieces)
        return [polygon]

    def _lattice(self, polygon: Any) -> NDArray[np.float64]:
        """Points spread evenly over the ground of ``polygon``."""
        x0, y0, x1, y1 = polygon.bounds
        x, y = np.meshgrid(np.linspace(x0, x1, LATTICE + 2)[1:-1], np.linspace(y0, y1, LATTICE + 2)[1:-1])
        xy = np.stack([x.ravel(), y.ravel()], axis=1)
        within = xy[shapely.contains_xy(polygon, xy[:, 0], xy[:, 1])]
        return within if len(within) else np.array([polygon.representative_point().coords[0]])


def _gaps(
    along: NDArray[np.float64], load: NDArray[np.float64], businesses: int, normal: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], float, float, float]]:
    """Places for a cut across ``normal``: its position, the gap between businesses there, unevenness."""
    order = np.argsort(along, kind="stable")
    before = np.cumsum(load[order])[:-1] / load.sum()
    spread = np.diff(along[order])
    good = (before > LEAST) & (before < 1 - LEAST) & (spread > 0.5)
    if not good.any():
        return []
    middle = ((along[order][1:] + along[order][:-1]) / 2)[good]
    shops = np.sort(along[:businesses])
    behind = np.searchsorted(shops, middle)
    padded = np.concatenate([[-np.inf], shops, [np.inf]])
    gap = padded[behind + 1] - padded[behind]
    uneven = np.abs(before[good] - 0.5)
    best = np.argsort(uneven - np.minimum(gap, GAP) / GAP, kind="stable")[:3]
    return [(normal, float(middle[i]), float(gap[i]), float(uneven[i])) for i in best]


def _chords(polygon: Any, normal: NDArray[np.float64], at: NDArray[np.float64]) -> Shapes:
    """The lines ``normal · p = at`` (N of them) across the whole of ``polygon``."""
    x0, y0, x1, y1 = polygon.bounds
    reach = float(np.hypot(x1 - x0, y1 - y0))
    along = np.stack([-normal[:, 1], normal[:, 0]], axis=1) * reach
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    foot = centre + normal * (at - normal @ centre)[:, None]
    lines = shapely.linestrings(np.stack([foot - along, foot + along], axis=1))
    return np.asarray(shapely.intersection(lines, polygon), dtype=object)


def refine(
    polygons: Shapes,
    splitter: Splitter,
    limit: float,
    home: NDArray[np.int64],
    loads: NDArray[np.float64],
) -> tuple[Shapes, NDArray[np.int64]]:
    """``polygons`` with the heavy ones split, and which of the old ones each is, -1 for a piece."""
    heavy = np.flatnonzero(loads > limit)
    splitter.indivisible.clear()
    pieces = {int(b): splitter.split(polygons[b], np.flatnonzero(home == b), limit) for b in heavy}
    pieces = {b: parts for b, parts in pieces.items() if len(parts) > 1}
    if not pieces:
        return polygons, np.arange(len(polygons))
    parts = np.array([part for some in pieces.values() for part in some], dtype=object)
    polygons, origin = exchanged(polygons, np.array(list(pieces)), parts)
    return polygons, np.maximum(origin, -1)


def exchanged(polygons: Shapes, gone: NDArray[np.int64], parts: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """``polygons`` with ``parts`` in the place of those ``gone``, and which of the old ones each is, or
    -1 - ``k`` for part ``k``.

    Still a coverage, since the parts and what lies around them are noded together again.
    """
    touched = np.unique(shapely.STRtree(polygons).query(polygons[gone], predicate="intersects")[1])
    around = np.setdiff1d(touched, gone)
    rest = np.setdiff1d(np.arange(len(polygons)), touched)
    wanted = np.concatenate([polygons[around], parts])
    faces = faces_of(node(np.asarray(shapely.boundary(wanted), dtype=object)))
    owner = owners(faces, wanted)
    faces, owner = faces[owner >= 0], owner[owner >= 0]
    origin = np.concatenate([rest, around, -1 - np.arange(len(parts))])
    kept = np.concatenate([np.arange(len(rest)), len(rest) + np.unique(owner)])
    return np.concatenate([polygons[rest], merged(faces, owner)]), origin[kept]
