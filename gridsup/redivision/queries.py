"""Every select on drafts, and on what a draft is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, Update, cast, func, select, text, update

from gridsup.cells.model import Cell
from gridsup.cells.queries import Rows
from gridsup.people.model import Assignment, Officer, Organisation
from gridsup.redivision.model import Redivision, RedivisionBlock, RedivisionCell, RedivisionEdit


def drafts(jurisdiction_id: int, *, state: str | None = None) -> Select[Redivision]:
    """Drafts, newest first."""
    query = (
        select(Redivision).where(Redivision.jurisdiction_id == jurisdiction_id).order_by(Redivision.id.desc())
    )
    return query if state is None else query.where(Redivision.state == state)


def draft(jurisdiction_id: int, draft_id: int) -> Select[Redivision]:
    return select(Redivision).where(Redivision.jurisdiction_id == jurisdiction_id, Redivision.id == draft_id)


def due(jurisdiction_id: int, day: Any) -> Select[Redivision]:
    """Drafts whose day has come, the earliest first."""
    return (
        select(Redivision)
        .where(
            Redivision.jurisdiction_id == jurisdiction_id,
            Redivision.state == "scheduled",
            Redivision.planned_on <= day,
        )
        .order_by(Redivision.planned_on, Redivision.id)
    )


def cells(jurisdiction_id: int, draft_id: int) -> Select[RedivisionCell]:
    return select(RedivisionCell).where(
        RedivisionCell.jurisdiction_id == jurisdiction_id, RedivisionCell.redivision_id == draft_id
    )


def blocks(jurisdiction_id: int, draft_id: int, *, all_of_them: bool = False) -> Rows:
    """Rows ``(number, cell, station_id, workload, businesses, geom as WKB)``; the living ones alone."""
    query = select(
        RedivisionBlock.number,
        RedivisionBlock.cell,
        RedivisionBlock.station_id,
        RedivisionBlock.workload,
        RedivisionBlock.businesses,
        func.ST_AsBinary(RedivisionBlock.geom),
    ).where(RedivisionBlock.jurisdiction_id == jurisdiction_id, RedivisionBlock.redivision_id == draft_id)
    return query if all_of_them else query.where(RedivisionBlock.cell.is_not(None))


CAN_RETURN = RedivisionEdit.undone_at.is_not(None) & (RedivisionEdit.change != {})
"""Edits that were taken back and can be made again: the first of them is the next."""


def edges_of_logs(jurisdiction_id: int, draft_ids: list[int]) -> Rows:
    """Rows ``(redivision_id, done, undone)``: whether an edit stands, and whether one can be made again."""
    return (
        select(
            RedivisionEdit.redivision_id,
            func.bool_or(RedivisionEdit.undone_at.is_(None)).label("done"),
            func.bool_or(CAN_RETURN).label("undone"),
        )
        .where(RedivisionEdit.jurisdiction_id == jurisdiction_id, RedivisionEdit.redivision_id.in_(draft_ids))
        .group_by(RedivisionEdit.redivision_id)
    )


def forget_undone(jurisdiction_id: int, draft_id: int) -> Update:
    """Another edit is made: what was taken back before it cannot be made again."""
    return (
        update(RedivisionEdit)
        .where(
            RedivisionEdit.jurisdiction_id == jurisdiction_id,
            RedivisionEdit.redivision_id == draft_id,
            CAN_RETURN,
        )
        .values(change={})
        .execution_options(synchronize_session=False)
    )


def last_number(jurisdiction_id: int, draft_id: int) -> Select[int]:
    """The highest block number that the draft ever had."""
    return select(func.coalesce(func.max(RedivisionBlock.number), 0)).where(
        RedivisionBlock.jurisdiction_id == jurisdiction_id, RedivisionBlock.redivision_id == draft_id
    )


def edits(jurisdiction_id: int, draft_id: int) -> Select[RedivisionEdit]:
    """The log, newest first."""
    return (
        select(RedivisionEdit)
        .where(RedivisionEdit.jurisdiction_id == jurisdiction_id, RedivisionEdit.redivision_id == draft_id)
        .order_by(RedivisionEdit.id.desc())
    )


def stations(jurisdiction_id: int, ids: list[int] | None = None) -> Rows:
    """Rows ``(id, code, name, area as WKB or None)`` of stations in use, by code."""
    query = (
        select(
            Organisation.id,
            Organisation.code,
            Organisation.name,
            func.ST_AsBinary(Organisation.area).label("area"),
        )
        .where(
            Organisation.jurisdiction_id == jurisdiction_id,
            Organisation.kind == "station",
            Organisation.active,
        )
        .order_by(Organisation.code)
    )
    return query if ids is None else query.where(Organisation.id.in_(ids))


def officers(jurisdiction_id: int, ids: list[int]) -> Rows:
    """Rows ``(id, name)``."""
    return select(Officer.id, Officer.name).where(
        Officer.jurisdiction_id == jurisdiction_id, Officer.id.in_(ids)
    )


PARTS = text(
    """
    SELECT o.id, o.kind, o.code, o.name, c.id AS cell_id, c.station_id
    FROM organisations o
    JOIN cells c ON c.jurisdiction_id = :j AND upper_inf(c.valid)
         AND (c.community_id = o.id
              OR EXISTS (SELECT FROM organisations k WHERE k.jurisdiction_id = :j
                                AND k.id = c.community_id AND k.parent_id = o.id)
              OR (c.geom && o.area
                  AND ST_Area(ST_Intersection(c.geom, o.area)) > 0.5 * ST_Area(c.geom)))
    WHERE o.jurisdiction_id = :j AND o.active AND o.kind IN ('street', 'community')
    ORDER BY o.kind DESC, o.code, o.id, c.id
    """
)
"""Streets and communities with each present cell that they hold."""


def national_codes_of(jurisdiction_id: int, community: str) -> Select[str | None]:
    """The 15-digit codes that cells of a community (12 digits) have or had."""
    return select(Cell.national_code).where(
        Cell.jurisdiction_id == jurisdiction_id, Cell.national_code.regexp_match(f"^{community}[0-9]{{3}}$")
    )


def officers_in_service(jurisdiction_id: int) -> Select[int]:
    """Ids."""
    return select(Officer.id).where(Officer.jurisdiction_id == jurisdiction_id, Officer.active)


def named_bodies(jurisdiction_id: int, ids: Sequence[int]) -> Rows:
    """Rows ``(id, kind, name)``."""
    return select(Organisation.id, Organisation.kind, Organisation.name).where(
        Organisation.jurisdiction_id == jurisdiction_id, Organisation.id.in_(ids)
    )


def held_by(jurisdiction_id: int, officer_ids: list[int], day: date) -> Select[int]:
    """The officer of each cell that some officers hold on a day."""
    return select(Assignment.officer_id).where(
        Assignment.jurisdiction_id == jurisdiction_id,
        Assignment.officer_id.in_(officer_ids),
        Assignment.cell_id.is_not(None),
        Assignment.during.op("@>")(cast(day, Date)),
    )


NOT_BORDERS = (
    "footway", "path", "steps", "cycleway", "track", "service", "corridor", "elevator", "bridleway",
    "platform", "construction", "proposed", "raceway",
)  # fmt: skip
"""Ways that bound no block of a draft that starts from today's cells."""

ROADS = text(
    """
    SELECT r.kind, ST_AsBinary(r.geom) AS geom
    FROM roads r
    JOIN organisations s ON s.jurisdiction_id = :j AND s.id = ANY(:stations)
         AND s.area && r.geom AND ST_Intersects(s.area, r.geom)
    WHERE r.jurisdiction_id = :j
    GROUP BY r.jurisdiction_id, r.id
    ORDER BY r.id
    """
)
"""Rows ``(kind, geom)`` of the lines that touch the stations."""

GROUND = text(
    """
    SELECT b.id, ST_X(p.point) AS lon, ST_Y(p.point) AS lat, b.risk, b.licence_status,
           (SELECT count(*) FROM findings f WHERE f.jurisdiction_id = :j AND f.business_id = b.id
                   AND f.found_at >= now() - interval '3 years') AS findings
    FROM businesses b
    JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
    JOIN organisations s ON s.jurisdiction_id = :j AND s.id = ANY(:stations)
         AND s.area && p.point AND ST_Intersects(s.area, p.point)
    WHERE b.jurisdiction_id = :j AND b.status = 'operating'
    ORDER BY b.id
    """
)
"""Operating businesses that stand in the stations, with what says how much work they make."""

INSPECTORS = text(
    """
    SELECT DISTINCT p.officer_id, s.id AS station_id
    FROM postings p
    JOIN officers f ON f.jurisdiction_id = :j AND f.id = p.officer_id AND f.active
    JOIN organisations o ON o.jurisdiction_id = :j AND o.id = p.organisation_id
    JOIN organisations s ON s.jurisdiction_id = :j AND s.id IN (o.id, o.parent_id) AND s.id = ANY(:stations)
    WHERE p.jurisdiction_id = :j AND p.post = 'inspector' AND p.valid_from <= :day
      AND coalesce(p.valid_to, 'infinity') >= :day
    ORDER BY p.officer_id
    """
)
"""Rows ``(officer_id, station_id)`` of the inspectors of some stations and of their groups on a day."""

HOUSEHOLDS = text(
    """
    SELECT b.id, b.name, h.code, h.cell_id, ST_X(p.point) AS lon, ST_Y(p.point) AS lat
    FROM household_codes h
    JOIN cells c ON c.jurisdiction_id = :j AND c.id = h.cell_id AND c.station_id = ANY(:stations)
    JOIN businesses b ON b.jurisdiction_id = :j AND b.id = h.business_id AND b.status <> 'merged'
    JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id AND p.point IS NOT NULL
    WHERE h.jurisdiction_id = :j AND h.ended_on IS NULL
    ORDER BY b.id
    """
)
"""Every business with a present code in the stations' cells."""

MATTERS = text(
    """
    SELECT m.id, m.cell_id, m.ended_at IS NULL AS open,
           coalesce(ST_X(m.geom), ST_X(p.point)) AS lon, coalesce(ST_Y(m.geom), ST_Y(p.point)) AS lat
    FROM matters m
    LEFT JOIN businesses b ON b.jurisdiction_id = :j AND m.subject_kind = 'business' AND b.id = m.subject_id
    LEFT JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
    WHERE m.jurisdiction_id = :j AND m.parent_id IS NULL AND m.station_id = ANY(:stations)
      AND (m.ended_at IS NULL OR m.ended_at >= :since)
    """
)
"""Rows ``(id, cell_id, open, lon, lat)``: matters open now or ended since, by their pin or household."""

DONE = {
    kind: text(
        f"""
        SELECT d.cell_id, coalesce(ST_X(p.point), ST_X(d.point)) AS lon,
               coalesce(ST_Y(p.point), ST_Y(d.point)) AS lat
        FROM {table} d
        JOIN cells c ON c.jurisdiction_id = :j AND c.id = d.cell_id AND c.station_id = ANY(:stations)
        LEFT JOIN businesses b ON b.jurisdiction_id = :j AND b.id = d.business_id
        LEFT JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
        WHERE d.jurisdiction_id = :j AND d.{at} >= :since
        """
    )
    for kind, table, at in (("visits", "visits", "at"), ("findings", "findings", "found_at"))
}
"""Rows ``(cell_id then, lon, lat)`` of visits and findings since a moment, where the household is now."""
