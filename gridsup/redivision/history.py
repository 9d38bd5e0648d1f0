"""The past of a cell's ground (沿革): cells before and after it, and the visits and findings made there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

LINE = text(
    """
    WITH RECURSIVE line(id, generation) AS (
        SELECT CAST(:cell AS bigint), 0
        UNION
        SELECT CASE WHEN :back THEN l.old_id ELSE l.new_id END, line.generation + 1
        FROM line
        JOIN cell_lineage l ON l.jurisdiction_id = :j
             AND line.id = CASE WHEN :back THEN l.new_id ELSE l.old_id END
        WHERE line.generation < 50)
    SELECT c.id, c.code, c.name, lower(c.valid) AS valid_from, upper(c.valid) AS valid_until,
           min(line.generation) AS generation,
           (SELECT coalesce(ST_Area(ST_Intersection(c.geom, me.geom)) / nullif(ST_Area(c.geom), 0), 0)
            FROM cells me WHERE me.jurisdiction_id = :j AND me.id = :cell) AS share
    FROM line
    JOIN cells c ON c.jurisdiction_id = :j AND c.id = line.id
    WHERE line.generation > 0
    GROUP BY c.jurisdiction_id, c.id
    ORDER BY generation, c.code
    """
)
"""Rows ``(id, code, name, valid_from, valid_until, generation, share of that cell's ground in this one)``."""

DEEDS = text(
    """
    SELECT d.* FROM (
        SELECT 'visit' AS kind, v.id, v.at, v.officer_id, v.business_id, v.cell_id, v.result,
               CAST(NULL AS bigint) AS matter_id, coalesce(v.point, p.point) AS place
        FROM visits v
        LEFT JOIN businesses b ON b.jurisdiction_id = :j AND b.id = v.business_id
        LEFT JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
        WHERE v.jurisdiction_id = :j AND v.cell_id = ANY(:cells)
        UNION ALL
        SELECT 'finding', f.id, f.found_at, f.officer_id, f.business_id, f.cell_id, f.source,
               f.matter_id, coalesce(f.point, p.point)
        FROM findings f
        LEFT JOIN businesses b ON b.jurisdiction_id = :j AND b.id = f.business_id
        LEFT JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
        WHERE f.jurisdiction_id = :j AND f.cell_id = ANY(:cells)) d
    JOIN cells me ON me.jurisdiction_id = :j AND me.id = :cell
    WHERE (d.cell_id = :cell OR d.place IS NULL OR ST_DWithin(me.geom, d.place, 0.000002))
      AND (CAST(:at AS timestamptz) IS NULL OR (d.at, d.kind, d.id) < (:at, :kind, :id))
    ORDER BY d.at DESC, d.kind DESC, d.id DESC
    LIMIT :limit
    """
)
"""What was done on the ground of a cell, in it or in a cell before it; what has no place counts for all."""

COUNTS = text(
    f"""
    SELECT kind, count(*) AS n, count(*) FILTER (WHERE cell_id <> :cell) AS earlier
    FROM ({DEEDS.text.split("ORDER BY")[0].replace("SELECT d.* FROM", "SELECT d.kind, d.cell_id FROM", 1)}) x
    GROUP BY kind
    """
)


def ancestors(session: Session, jurisdiction_id: int, cell_id: int) -> list[Row[Any]]:
    """The cells that this one came out of, nearest first (``generation`` 1, 2, …)."""
    return list(session.execute(LINE, {"j": jurisdiction_id, "cell": cell_id, "back": True}))


def descendants(session: Session, jurisdiction_id: int, cell_id: int) -> list[Row[Any]]:
    """The cells that came out of this one, nearest first."""
    return list(session.execute(LINE, {"j": jurisdiction_id, "cell": cell_id, "back": False}))


def deeds(
    session: Session,
    jurisdiction_id: int,
    cell_id: int,
    *,
    after: tuple[datetime, str, int] | None = None,
    limit: int = 50,
) -> list[Row[Any]]:
    """Visits and findings on the ground of a cell, those of the cells before it too, newest first."""
    at, kind, number = after or (None, "", 0)
    cells = [cell_id, *(row.id for row in ancestors(session, jurisdiction_id, cell_id))]
    params = {
        "j": jurisdiction_id,
        "cell": cell_id,
        "cells": cells,
        "at": at,
        "kind": kind,
        "id": number,
        "limit": limit,
    }
    return list(session.execute(DEEDS, params))


def counts(session: Session, jurisdiction_id: int, cell_id: int) -> dict[str, tuple[int, int]]:
    """``kind`` → (all, those made while an earlier cell stood there)."""
    cells = [cell_id, *(row.id for row in ancestors(session, jurisdiction_id, cell_id))]
    params = {"j": jurisdiction_id, "cell": cell_id, "cells": cells, "at": None, "kind": "", "id": 0}
    return {row.kind: (row.n, row.earlier) for row in session.execute(COUNTS, params)}
