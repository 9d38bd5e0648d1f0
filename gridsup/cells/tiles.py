"""Vector tiles (MVT) of cells and of the basemap, made by PostGIS.

A tile is z/x/y of the web Mercator pyramid. Geometry is stored in EPSG:4490, found by a box in degrees
(so that the GiST index answers) and drawn in EPSG:3857. The basemap follows the Protomaps schema: layers
``earth``, ``water``, ``roads``, ``boundaries``, ``places`` with ``kind`` and ``kind_detail``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import atan, degrees, pi, sinh
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.errors import Invalid

MAX_ZOOM = 20
EXTENT, MARGIN = 4096, 64


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of the pyramid. Raises Invalid ``no-such-tile`` outside it."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM or not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise Invalid(
                "no-such-tile",
                zh="没有瓦片 {z}/{x}/{y}。",
                en="There is no tile {z}/{x}/{y}.",
                z=self.z,
                x=self.x,
                y=self.y,
            )

    def params(self, jurisdiction_id: int) -> dict[str, Any]:
        """What every tile statement takes: place in the pyramid, and the box in degrees with its margin."""
        span, edge = 2**self.z, MARGIN / EXTENT
        return {
            "j": jurisdiction_id,
            "z": self.z,
            "x": self.x,
            "y": self.y,
            "west": (self.x - edge) / span * 360 - 180,
            "east": (self.x + 1 + edge) / span * 360 - 180,
            "north": degrees(atan(sinh(pi * (1 - 2 * (self.y - edge) / span)))),
            "south": degrees(atan(sinh(pi * (1 - 2 * (self.y + 1 + edge) / span)))),
        }


def in_tile(column: str) -> str:
    """SQL: the geometry's box meets the tile's."""
    return f"{column} && ST_MakeEnvelope(:west, :south, :east, :north, 4490)"


def drawn(geometry: str) -> str:
    """SQL: the geometry in the tile's own coordinates, as column ``geom``."""
    place = f"ST_TileEnvelope(:z, :x, :y), {EXTENT}, {MARGIN}"
    return f"ST_AsMVTGeom(ST_Transform({geometry}, 3857), {place}) AS geom"


def made(session: Session, statement: Any, params: dict[str, Any]) -> bytes:
    """The bytes of a tile; empty when nothing is in it."""
    return bytes(session.scalar(statement, params) or b"")


CELLS = text(
    f"""
    SELECT ST_AsMVT(t, 'cells', {EXTENT}, 'geom') FROM (
        SELECT c.id, c.code, c.name, c.station_id AS station, o.id AS officer_id, o.name AS officer,
               {drawn("c.geom")}
        FROM cells c
        LEFT JOIN assignments a ON a.jurisdiction_id = :j AND a.cell_id = c.id
             AND a.during @> CAST(:day AS date)
        LEFT JOIN officers o ON o.jurisdiction_id = :j AND o.id = a.officer_id
        WHERE c.jurisdiction_id = :j AND c.valid @> CAST(:day AS date) AND {in_tile("c.geom")}
        ORDER BY c.code) t
    """
)


def cells(session: Session, jurisdiction_id: int, tile: Tile, day: date) -> bytes:
    """The cells in force on ``day``, with code, name and the person responsible.

    What colours them (due counts, coverage) is joined by ``id`` in the browser: it changes with every visit.
    """
    return made(session, CELLS, {**tile.params(jurisdiction_id), "day": day})


ROADS = text(
    f"""
    SELECT ST_AsMVT(t, 'roads', {EXTENT}, 'geom') FROM (
        SELECT k.kind, k.detail AS kind_detail, r.name, k.least AS min_zoom,
               CASE WHEN r.name ~ '[㐀-鿿]' THEN 'Han' END AS script,
               CASE WHEN r.name !~ '[㐀-鿿]' THEN r.name END AS "name:en",
               CASE WHEN r.kind LIKE '%\\_link' THEN true END AS is_link,
               {drawn("ST_Simplify(ST_LineMerge(ST_Collect(r.geom)), :grain, true)")}
        FROM roads r
        CROSS JOIN LATERAL (SELECT replace(r.kind, '_link', '') AS base) b
        CROSS JOIN LATERAL (SELECT
            CASE WHEN b.base = 'motorway' THEN 'highway'
                 WHEN b.base IN ('trunk', 'primary', 'secondary', 'tertiary') THEN 'major_road'
                 WHEN b.base IN ('residential', 'unclassified', 'living_street', 'service', 'road',
                                 'minor') THEN 'minor_road'
                 WHEN b.base = 'rail' THEN 'rail'
                 WHEN b.base IN ('footway', 'path', 'pedestrian', 'steps', 'cycleway', 'track',
                                 'bridleway', 'corridor') THEN 'path'
                 ELSE 'other' END AS kind,
            b.base AS detail,
            CASE b.base WHEN 'motorway' THEN 5 WHEN 'trunk' THEN 7 WHEN 'primary' THEN 9
                 WHEN 'secondary' THEN 11 WHEN 'tertiary' THEN 12 WHEN 'residential' THEN 13
                 WHEN 'unclassified' THEN 13 WHEN 'rail' THEN 11 ELSE 14 END AS least) k
        WHERE r.jurisdiction_id = :j AND r.kind = ANY(:kinds) AND {in_tile("r.geom")}
        GROUP BY r.kind, r.name, k.kind, k.detail, k.least
        ORDER BY k.least DESC) t
    """
)
"""One feature for all pieces of a road of the same name: the browser draws by the feature."""

WATER = text(
    f"""
    SELECT ST_AsMVT(t, 'water', {EXTENT}, 'geom') FROM (
        SELECT r.kind, r.name, CASE WHEN r.name ~ '[㐀-鿿]' THEN 'Han' END AS script,
               CASE WHEN r.name !~ '[㐀-鿿]' THEN r.name END AS "name:en",
               {drawn("ST_Simplify(r.geom, :grain, true)")}
        FROM roads r
        WHERE r.jurisdiction_id = :j AND r.kind IN ('river', 'stream') AND {in_tile("r.geom")}) t
    """
)

EARTH = text(
    f"""
    SELECT ST_AsMVT(t, 'earth', {EXTENT}, 'geom') FROM (
        SELECT 'earth' AS kind, ST_AsMVTGeom(ST_TileEnvelope(:z, :x, :y, margin => {MARGIN / EXTENT}),
               ST_TileEnvelope(:z, :x, :y), {EXTENT}, {MARGIN}) AS geom) t
    """
)
"""Ground everywhere: what the roads do not tell is land."""

BOUNDARIES = text(
    f"""
    SELECT ST_AsMVT(t, 'boundaries', {EXTENT}, 'geom') FROM (
        SELECT 'county' AS kind, 6 AS kind_detail, j.name, {drawn("ST_Boundary(j.boundary)")}
        FROM jurisdictions j
        WHERE j.jurisdiction_id = :j AND {in_tile("j.boundary")}
        UNION ALL
        SELECT 'locality', 8, o.name, {drawn("ST_Boundary(o.area)")}
        FROM organisations o
        WHERE o.jurisdiction_id = :j AND o.kind = 'station' AND o.active AND :z >= 11
          AND {in_tile("o.area")}) t
    """
)

PLACES = text(
    f"""
    SELECT ST_AsMVT(t, 'places', {EXTENT}, 'geom') FROM (
        SELECT CASE o.kind WHEN 'street' THEN 'macrohood' ELSE 'neighbourhood' END AS kind,
               o.kind AS kind_detail, o.name, coalesce(o.name_en, CASE WHEN o.name !~ '[㐀-鿿]'
               THEN o.name END) AS "name:en", CASE WHEN o.name ~ '[㐀-鿿]' THEN 'Han' END AS script,
               CASE o.kind WHEN 'street' THEN 11 ELSE 14 END AS min_zoom, {drawn("o.place")}
        FROM organisations o
        WHERE o.jurisdiction_id = :j AND o.kind = ANY(:kinds) AND o.active AND {in_tile("o.place")}
        ORDER BY min_zoom) t
    """
)

ROAD_FROM = {
    5: ("motorway",),
    7: ("trunk",),
    9: ("primary", "motorway_link", "trunk_link"),
    11: ("secondary", "rail", "primary_link"),
    12: ("tertiary", "secondary_link", "tertiary_link"),
    13: ("residential", "unclassified"),
}
"""Zoom → road kinds that appear there; every other kind appears at 14."""
STREETS_FROM, COMMUNITIES_FROM = 11, 14


def basemap(session: Session, jurisdiction_id: int, tile: Tile) -> bytes:
    """Ground, water, roads, boundaries and place names of the jurisdiction, thinned by zoom."""
    params = {**tile.params(jurisdiction_id), "grain": 360 / 2**tile.z / 1024}
    kinds = [kind for least, kinds in ROAD_FROM.items() if tile.z >= least for kind in kinds]
    roads = ALL_ROADS if tile.z >= 14 else ROADS
    parts = [made(session, EARTH, params)]
    if tile.z >= 9:
        parts.append(made(session, WATER, params))
    if kinds:
        parts.append(made(session, roads, {**params, "kinds": kinds}))
    parts.append(made(session, BOUNDARIES, params))
    bodies = [
        k for k, least in (("street", STREETS_FROM), ("community", COMMUNITIES_FROM)) if tile.z >= least
    ]
    if bodies:
        parts.append(made(session, PLACES, {**params, "kinds": bodies}))
    return b"".join(parts)


ALL_ROADS = text(ROADS.text.replace("r.kind = ANY(:kinds)", "r.kind NOT IN ('river', 'stream')"))
