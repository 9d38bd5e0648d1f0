"""Vector tiles of the register: counts from afar, slim points from near, the unlicensed and matters as pins.

Encoding attributes is what a tile costs (measured: 13 attributes at z12 took 589 ms and 4.6 MB, counts 8 ms
and 53 KB); so points begin at z14 and carry four attributes at most. No name of a person enters a tile.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.cells.tiles import EXTENT, Tile, drawn, in_tile, made

POINTS_FROM = 14
BUCKETS = 32
"""Counts stand in this many squares along a tile's side."""

SHOWN = "b.status IN ('operating', 'not_found')"

COUNTS = text(
    f"""
    SELECT ST_AsMVT(t, 'counts', {EXTENT}, 'geom') FROM (
        SELECT n, unlicensed, {drawn("ST_SetSRID(ST_MakePoint(lon, lat), 4490)")}
        FROM (
            SELECT count(*) AS n, count(*) FILTER (WHERE b.licence_status <> 'valid') AS unlicensed,
                   avg(ST_X(p.point)) AS lon, avg(ST_Y(p.point)) AS lat
            FROM premises p
            JOIN businesses b ON b.jurisdiction_id = :j AND b.premises_id = p.id AND {SHOWN}
            WHERE p.jurisdiction_id = :j AND {in_tile("p.point")}
            GROUP BY floor((ST_X(p.point) - :west) / :step), floor((ST_Y(p.point) - :south) / :rise)) q) t
    """
)

POINTS = text(
    f"""
    SELECT ST_AsMVT(t, 'businesses', {EXTENT}, 'geom') FROM (
        SELECT b.id, b.name, b.licence_status AS licence, b.status, {drawn("p.point")}
        FROM premises p
        JOIN businesses b ON b.jurisdiction_id = :j AND b.premises_id = p.id AND {SHOWN}
        WHERE p.jurisdiction_id = :j AND {in_tile("p.point")}) t
    """
)

UNLICENSED = text(
    f"""
    SELECT ST_AsMVT(t, 'unlicensed', {EXTENT}, 'geom') FROM (
        SELECT b.id, b.name, b.licence_status AS licence, m.lane, {drawn("p.point")}
        FROM businesses b
        JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
        LEFT JOIN LATERAL (
            SELECT m.lane FROM matters m
            WHERE m.jurisdiction_id = :j AND m.subject_kind = 'business' AND m.subject_id = b.id
              AND m.parent_id IS NULL AND m.ended_at IS NULL
            ORDER BY m.id DESC LIMIT 1) m ON true
        WHERE b.jurisdiction_id = :j AND b.licence_status <> 'valid' AND {SHOWN}
          AND {in_tile("p.point")}) t
    """
)

MATTERS = text(
    f"""
    SELECT ST_AsMVT(t, 'matters', {EXTENT}, 'geom') FROM (
        SELECT m.id, m.pack, m.lane, extract(epoch FROM m.next_due_at)::bigint AS due, {drawn("m.geom")}
        FROM matters m
        WHERE m.jurisdiction_id = :j AND m.ended_at IS NULL AND {in_tile("m.geom")}) t
    """
)


def businesses(session: Session, jurisdiction_id: int, tile: Tile) -> bytes:
    """Layer ``counts`` (``n``, ``unlicensed``) to z13; layer ``businesses`` from z14: ``id``, ``name``,
    ``licence``, ``status``. Closed, moved away, replaced and merged ones are not on the map."""
    params = tile.params(jurisdiction_id)
    if tile.z >= POINTS_FROM:
        return made(session, POINTS, params)
    step = (params["east"] - params["west"]) / BUCKETS
    rise = (params["north"] - params["south"]) / BUCKETS
    return made(session, COUNTS, {**params, "step": step, "rise": rise})


def unlicensed(session: Session, jurisdiction_id: int, tile: Tile) -> bytes:
    """Businesses without a valid licence: ``id``, ``name``, ``licence``, ``lane`` of their open matter."""
    return made(session, UNLICENSED, tile.params(jurisdiction_id))


def matters(session: Session, jurisdiction_id: int, tile: Tile) -> bytes:
    """Open matters that have a place: ``id``, ``pack``, ``lane``, ``due`` (seconds since 1970)."""
    return made(session, MATTERS, tile.params(jurisdiction_id))
