"""Hot and cold spots of findings on a grid of equal hexagons, beside those of the cells.

Cells differ in size and shape, and a spot of the cells may be one of their outlines. A hexagon grid lies in
the jurisdiction's metric CRS, anchored at its origin, so that the same side gives the same hexagons for every
period. A hexagon counts when its centre lies in a cell in force on the last day, or when a finding does: no
finding with a position is left out. Values are counts, the areas being equal; the statistic is that of
:mod:`gridsup.analytics.hotspots`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.analytics.coverage import period_bounds
from gridsup.analytics.hotspots import FEWEST, gi_star
from gridsup.errors import FieldFault, Invalid
from gridsup.people import queries as people
from gridsup.spatial import CANONICAL, transformer

SIDES = (100, 250, 500, 1000, 2000, 5000)
"""Metres of a hexagon's edge that may be asked for."""
MOST = 2000
"""Hexagons of one answer."""
NEIGHBOURS = ((1, 0), (0, 1), (-1, 1))
"""Half of the six: each pair of neighbours once."""

_GROUND = text(
    """
    SELECT ST_AsBinary(ST_Transform(geom, :srid)) FROM cells
    WHERE jurisdiction_id = :j AND valid @> CAST(:day AS date)
    """
)
_POINTS = text(
    """
    SELECT id, ST_X(p) AS x, ST_Y(p) AS y
    FROM (
        SELECT id, ST_Transform(point, :srid) AS p FROM findings
        WHERE jurisdiction_id = :j AND found_at >= :since AND found_at < :until
    ) found
    """
)
_ROWS = text(
    """
    SELECT f.id, f.matter_id AS ref, b.name AS title, f.cell_id, c.code AS cell_code, f.found_at AS at
    FROM findings f
    JOIN businesses b ON b.jurisdiction_id = :j AND b.id = f.business_id
    LEFT JOIN cells c ON c.jurisdiction_id = :j AND c.id = f.cell_id
    WHERE f.jurisdiction_id = :j AND f.id = ANY(:ids)
    ORDER BY f.found_at DESC, f.id LIMIT :limit OFFSET :offset
    """
)


class Hexagon(NamedTuple):
    """Axial coordinates; ``q`` counts columns to the east, ``r`` to the north within one."""

    q: int
    r: int


@dataclass(frozen=True, slots=True)
class HexSpot:
    """A hexagon's findings and Gi* (see ``hotspots.Spot``); ``ring`` is its outline in degrees, closed."""

    q: int
    r: int
    findings: int
    z: float
    p: float
    level: int
    ring: list[list[float]]


@dataclass(frozen=True, slots=True)
class HexGrid:
    """``side`` in metres: the one asked for, or the next larger one that stays within :data:`MOST`.

    ``unplaced`` findings of the period have no position and are in no hexagon. ``spots`` is empty when there
    are fewer than ``hotspots.FEWEST`` hexagons or none differs from another.
    """

    side: int
    findings: int
    unplaced: int
    spots: list[HexSpot]


def hexagons(session: Session, jurisdiction_id: int, since: date, until: date, side: int) -> HexGrid:
    """The hexagons over the cells in force on ``until`` with the findings of the period.

    Raises Invalid ``period-reversed``, ``side-unknown``, ``hexagons-too-many``.
    """
    srid = _srid(session, jurisdiction_id)
    found, unplaced = _points(session, jurisdiction_id, srid, since, until)
    params = {"j": jurisdiction_id, "srid": srid, "day": until}
    ground = [shapely.from_wkb(bytes(row[0])) for row in session.execute(_GROUND, params)]
    points = np.array([(x, y) for _, x, y in found], dtype=float).reshape(-1, 2)
    for wider in _sides(side):
        there = _covering(ground, points, wider)
        if there is not None:
            break
    else:
        raise Invalid(
            "hexagons-too-many",
            zh="辖区太大：边长 {side} 米仍超过 {most} 个六边形。请缩短期间，或检查发现的定位。",
            en="The ground is too large: hexagons of {side} m are still more than {most}. "
            "Shorten the period, or check the positions of the findings.",
            side=SIDES[-1],
            most=MOST,
        )
    counts = dict.fromkeys(there, 0)
    for one in at(points, wider):
        counts[one] += 1
    return HexGrid(wider, len(found), unplaced, _spots(counts, wider, srid))


def findings_in(
    session: Session,
    jurisdiction_id: int,
    since: date,
    until: date,
    side: int,
    hexagon: Hexagon,
    *,
    limit: int,
    offset: int = 0,
) -> tuple[int, list[dict[str, Any]]]:
    """How many findings of the period lie in one hexagon, and the newest of them.

    Raises Invalid ``period-reversed``, ``side-unknown``.
    """
    _sides(side)
    srid = _srid(session, jurisdiction_id)
    found, _ = _points(session, jurisdiction_id, srid, since, until)
    points = np.array([(x, y) for _, x, y in found], dtype=float).reshape(-1, 2)
    ids = [row[0] for row, one in zip(found, at(points, side), strict=True) if one == hexagon]
    asked = {"j": jurisdiction_id, "ids": ids, "limit": limit, "offset": offset}
    return len(ids), [dict(row) for row in session.execute(_ROWS, asked).mappings()]


def at(points: npt.NDArray[np.float64], side: float) -> list[Hexagon]:
    """The hexagon of each point (metres): that of the nearest centre."""
    q = points[:, 0] / (1.5 * side)
    r = points[:, 1] / (sqrt(3) * side) - q / 2
    s = -q - r
    whole = [np.rint(one) for one in (q, r, s)]
    off = [np.abs(near - one) for near, one in zip(whole, (q, r, s), strict=True)]
    first = (off[0] > off[1]) & (off[0] > off[2])
    second = ~first & (off[1] > off[2])
    column = np.where(first, -whole[1] - whole[2], whole[0])
    row = np.where(second, -whole[0] - whole[2], whole[1])
    return [Hexagon(int(a), int(b)) for a, b in zip(column, row, strict=True)]


def centre(one: Hexagon, side: float) -> tuple[float, float]:
    """East and north of a hexagon's middle, in metres of the CRS."""
    return 1.5 * side * one.q, sqrt(3) * side * (one.r + one.q / 2)


def outline(one: Hexagon, side: float) -> list[tuple[float, float]]:
    """Its six corners and the first again, counter-clockwise."""
    x, y = centre(one, side)
    half, high = side / 2, sqrt(3) / 2 * side
    steps = ((side, 0.0), (half, high), (-half, high), (-side, 0.0), (-half, -high), (half, -high))
    ring = [(x + east, y + north) for east, north in steps]
    return [*ring, ring[0]]


def pairs(there: Iterable[Hexagon]) -> list[tuple[int, int]]:
    """Indices of hexagons that share an edge, each pair once."""
    place = {one: number for number, one in enumerate(there)}
    return [
        (number, place[Hexagon(one.q + dq, one.r + dr)])
        for one, number in place.items()
        for dq, dr in NEIGHBOURS
        if Hexagon(one.q + dq, one.r + dr) in place
    ]


def _srid(session: Session, jurisdiction_id: int) -> int:
    return session.scalars(people.jurisdiction(jurisdiction_id)).one().metric_srid


def _points(
    session: Session, jurisdiction_id: int, srid: int, since: date, until: date
) -> tuple[list[tuple[int, float, float]], int]:
    start, end = period_bounds(since, until)
    params = {"j": jurisdiction_id, "srid": srid, "since": start, "until": end}
    rows = session.execute(_POINTS, params).all()
    return [(row[0], row[1], row[2]) for row in rows if row[1] is not None], sum(
        row[1] is None for row in rows
    )


def _sides(side: int) -> Iterator[int]:
    """The side asked for and the larger ones. Raises Invalid ``side-unknown``."""
    if side not in SIDES:
        zh, en = "六边形边长可取：{known} 米。", "A hexagon's side may be {known} m."
        known = ", ".join(map(str, SIDES))
        raise Invalid("side-unknown", zh=zh, en=en, faults=[FieldFault("/side", zh, en)], known=known)
    return iter([one for one in SIDES if one >= side])


def _covering(ground: list[Any], points: npt.NDArray[np.float64], side: int) -> list[Hexagon] | None:
    """Hexagons with their centre on the ground, and those that hold a point; None when there are too many."""
    there = set(at(points, side))
    if ground:
        west, south, east, north = shapely.total_bounds(np.array(ground))
        columns = range(int(west // (1.5 * side)), int(east // (1.5 * side)) + 2)
        rows = int((north - south) // (sqrt(3) * side)) + 2
        area = sum(shapely.area(one) for one in ground)
        if area / (1.5 * sqrt(3) * side * side) > MOST * 1.2 or len(columns) * rows > 20 * MOST:
            return None
        lowest = {q: int(south // (sqrt(3) * side) - q / 2) - 1 for q in columns}
        grid = [Hexagon(q, lowest[q] + step) for q in columns for step in range(rows + 3)]
        middles = shapely.points([centre(one, side) for one in grid])
        inside = shapely.STRtree(ground).query(middles, predicate="intersects")[0]
        there |= {grid[number] for number in inside}
    return sorted(there) if len(there) <= MOST else None


def _spots(counts: dict[Hexagon, int], side: int, srid: int) -> list[HexSpot]:
    if len(counts) < FEWEST or len(set(counts.values())) < 2:
        return []
    places = list(counts)
    corners = np.array([outline(one, side) for one in places])
    lon, lat = transformer(srid, CANONICAL).transform(corners[..., 0], corners[..., 1])
    told = gi_star([float(one) for one in counts.values()], pairs(places))
    return [
        HexSpot(
            q=one.q,
            r=one.r,
            findings=counts[one],
            z=z,
            p=p,
            level=level,
            ring=[[round(float(a), 7), round(float(b), 7)] for a, b in zip(lon[n], lat[n], strict=True)],
        )
        for n, (one, (z, p, level)) in enumerate(zip(places, told, strict=True))
    ]
