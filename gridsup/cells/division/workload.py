"""What a block asks of its inspector: a stated mix of businesses, risk, ground and road (P10-C1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup.cells.division.arrangement import Shapes
from gridsup.cells.division.lines import Lines
from gridsup.errors import Invalid

STEP, ASIDE = 20.0, 0.25
"""Metres of road measured at once, and how far beside it one looks for its block."""
SNAP = 0.2
"""Metres off the outer edge within which a point counts as standing on it."""
CHUNK = 4_000
"""Lines followed at a time, to spare memory."""


@dataclass(frozen=True, slots=True)
class Mix:
    """The shares of the workload, each of the whole jurisdiction's amount; scaled so that they make one.

    ``businesses`` counts points (or sums their column ``weight``), ``unlicensed`` sums their column
    ``unlicensed`` (past findings of unlicensed operation), ``risk`` their column ``risk``; ``area`` is the
    ground in m², ``roads`` the length of the lines above the minor ways. A share whose amount is nothing
    anywhere is left out.
    """

    businesses: float = 0.7
    unlicensed: float = 0.0
    risk: float = 0.0
    area: float = 0.15
    roads: float = 0.15

    def __post_init__(self) -> None:
        parts = asdict(self)
        bad = [name for name, share in parts.items() if not (np.isfinite(share) and share >= 0)]
        if bad or not any(parts.values()):
            raise Invalid(
                "division-mix",
                zh="工作量构成须为非负数且不能全为零：{bad}。",
                en="The shares of the workload mix must be zero or more, and not all zero: {bad}.",
                bad=", ".join(bad) or "0",
            )


@dataclass(frozen=True, slots=True)
class Spots:
    """Businesses as the division sees them: where (x, y), and how much each counts for each share."""

    shapes: Shapes
    weight: NDArray[np.float64]
    unlicensed: NDArray[np.float64]
    risk: NDArray[np.float64]


def spots_of(businesses: Any) -> Spots:
    """Points of a GeoSeries or GeoDataFrame with optional columns ``weight``, ``unlicensed``, ``risk``.

    Raises Invalid ``division-point-missing`` naming the first row without a point.
    """
    if businesses is None:
        return Spots(np.empty(0, dtype=object), *(np.empty(0) for _ in range(3)))
    shapes = np.asarray(businesses.geometry.values, dtype=object)
    wrong = np.flatnonzero((shapely.get_type_id(shapes) != 0) | shapely.is_empty(shapes))
    if len(wrong):
        raise Invalid(
            "division-point-missing",
            zh="第 {row} 行商户没有坐标点（共 {n} 行）；请先落点或从文件中去掉。",
            en="Row {row} of the businesses has no point ({n} rows in all); place it or leave it out.",
            row=int(wrong[0]) + 1,
            n=len(wrong),
        )
    return Spots(
        shapes,
        _column(businesses, "weight", 1.0),
        _column(businesses, "unlicensed", 0.0),
        _column(businesses, "risk", 0.0),
    )


def _column(frame: Any, name: str, default: float) -> NDArray[np.float64]:
    if not isinstance(frame, gpd.GeoDataFrame) or name not in frame:
        return np.full(len(frame), default)
    values: NDArray[np.float64] = frame[name].astype(float).fillna(default).to_numpy()
    return np.maximum(values, 0.0)


def homes(polygons: Shapes, spots: Shapes, *, snap: float = SNAP) -> NDArray[np.int64]:
    """The polygon of each point, -1 for none; a point on a shared edge belongs to the lowest number.

    A point up to ``snap`` (in the unit of the coordinates) off every polygon stands on the outer edge, which
    rounding moves by less: it belongs to the nearest polygon, of several equally near to the third decimal to
    the lowest number. The register's rule (:mod:`gridsup.cells.locate`) is the same.
    """
    polygon, point = shapely.STRtree(spots).query(polygons, predicate="intersects")
    home = np.full(len(spots), len(polygons), dtype=np.int64)
    np.minimum.at(home, point, polygon)
    off = np.flatnonzero(home == len(polygons))
    home[off] = -1
    point, polygon = shapely.STRtree(polygons).query(spots[off], predicate="dwithin", distance=snap)
    apart = np.round(shapely.distance(polygons[polygon], spots[off[point]]), 3)
    order = np.lexsort((-polygon, -apart))  # the nearest is written last, the lowest of several as near
    home[off[point[order]]] = polygon[order]
    return home


def road_lengths(polygons: Shapes, lines: Lines) -> NDArray[np.float64]:
    """Metres of road above the minor ways in each polygon; a road on a border counts half on each side.

    Roads are followed in steps of at most ``STEP`` metres, each of which lies where its two sides do.
    """
    shapes = lines.shapes[~lines.minor]
    shapes = shapes[np.unique(shapely.STRtree(shapes).query(polygons)[1])]
    total = np.zeros(len(polygons))
    for first in range(0, len(shapes), CHUNK):
        spots, metres = _sides(shapes[first : first + CHUNK])
        polygon, spot = shapely.STRtree(spots).query(polygons, predicate="contains")
        total += np.bincount(polygon, weights=metres[spot], minlength=len(polygons))
    return total


def _sides(shapes: Shapes) -> tuple[Shapes, NDArray[np.float64]]:
    """Points on both sides of every step along the lines, and the metres that each stands for."""
    size = shapely.length(shapes)
    steps = np.maximum(1, np.ceil(size / STEP)).astype(np.int64)
    row = np.repeat(np.arange(len(shapes)), steps)
    along = (np.arange(len(row)) - np.repeat(np.cumsum(steps) - steps, steps) + 0.5) * (size / steps)[row]
    here = shapely.get_coordinates(shapely.line_interpolate_point(shapes[row], along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(shapes[row], along + 0.01))
    way = ahead - here
    way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-12)[:, None]
    aside = np.stack([-way[:, 1], way[:, 0]], axis=1) * ASIDE
    spots = shapely.points(np.concatenate([here + aside, here - aside]))
    return np.asarray(spots, dtype=object), np.tile((size / steps)[row] / 2, 2)


@dataclass(frozen=True, slots=True)
class Workload:
    """The workload of each block, in shares of the whole, and the amounts behind it."""

    share: NDArray[np.float64]
    amounts: dict[str, NDArray[np.float64]]
    mix: dict[str, float]
    """The shares that were used, summing to one."""

    def of_spots(self, spots: Spots) -> NDArray[np.float64]:
        """What each point carries, in shares of the whole."""
        load = np.zeros(len(spots.shapes))
        for name, values in (
            ("businesses", spots.weight), ("unlicensed", spots.unlicensed), ("risk", spots.risk)
        ):  # fmt: skip
            if name in self.mix:
                load += self.mix[name] * values / values.sum()
        return load


def _sums(home: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    inside = home >= 0
    return np.bincount(home[inside], weights=values[inside], minlength=count).astype(np.float64)


def measure(
    polygons: Shapes,
    home: NDArray[np.int64],
    spots: Spots,
    lines: Lines,
    mix: Mix,
    known: NDArray[np.float64] | None = None,
) -> Workload:
    """The workload of ``polygons``; ``home[i]`` is the polygon of point ``i``, -1 outside.

    ``known``: the metres of road of each polygon where they were measured before, else NaN.
    """
    n = len(polygons)
    roads = np.full(n, np.nan) if known is None else known.copy()
    new = np.isnan(roads)
    roads[new] = road_lengths(polygons[new], lines)
    amounts: dict[str, NDArray[np.float64]] = {
        "businesses": _sums(home, spots.weight, n),
        "unlicensed": _sums(home, spots.unlicensed, n),
        "risk": _sums(home, spots.risk, n),
        "area": np.asarray(shapely.area(polygons), dtype=np.float64),
        "roads": roads,
    }
    used = {name: share for name, share in asdict(mix).items() if share > 0 and amounts[name].sum() > 0}
    if not used:
        used = {"area": 1.0}
    whole = sum(used.values())
    used = {name: share / whole for name, share in used.items()}
    total = np.zeros(n)
    for name, share in used.items():
        total += share * amounts[name] / amounts[name].sum()
    return Workload(total, amounts, used)
