"""Set-based statements on many rows of the register at once, as SQL."""

from __future__ import annotations

from sqlalchemy import text

from gridsup.cells.queries import SNAP_DEGREES, TIE

MOVE_CODES = text(
    """
    UPDATE household_codes h SET cell_id = m.cell_id
    FROM unnest(CAST(:ids AS bigint[]), CAST(:cells AS bigint[])) AS m(id, cell_id)
    WHERE h.jurisdiction_id = :j AND h.id = m.id
    """
)

ADD_TO_SEARCH = text(
    """
    UPDATE businesses b SET search = b.search || ' ' || m.code
    FROM unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[])) AS m(id, code)
    WHERE b.jurisdiction_id = :j AND b.id = m.id
    """
)

_CELL = f"""
    CROSS JOIN LATERAL (
        SELECT c.id, c.code FROM cells c
        WHERE c.jurisdiction_id = :j AND c.valid @> CAST(:day AS date)
          AND ST_DWithin(c.geom, p.point, {SNAP_DEGREES})
        ORDER BY round(ST_Distance(c.geom, p.point) * {TIE}), c.code COLLATE "C"
        LIMIT 1) cell
"""
"""The same rule as ``cells.queries.cell_at``, for every premises ``p`` at once."""

LOCATE_PREMISES = text(
    f"""
    SELECT p.id, cell.id AS cell_id, cell.code
    FROM premises p {_CELL}
    WHERE p.jurisdiction_id = :j AND p.id = ANY(:ids) AND p.point IS NOT NULL
    """
)
"""Rows ``(premises_id, cell_id, cell code)`` of the placed premises that lie in a cell on ``day``."""

HOLD_CELLS = text(
    """
    SELECT id FROM cells
    WHERE jurisdiction_id = :j AND valid @> CAST(:day AS date) ORDER BY id FOR KEY SHARE
    """
)
"""Keep all cells in force from being re-divided until the transaction ends."""

AFFECTED = text(
    f"""
    SELECT b.id, cell.id AS cell_id, cell.code
    FROM businesses b
    JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
    LEFT JOIN household_codes h ON h.jurisdiction_id = :j AND h.business_id = b.id AND h.ended_on IS NULL
    {_CELL.replace("CROSS JOIN LATERAL", "LEFT JOIN LATERAL").rstrip()} ON true
    WHERE b.jurisdiction_id = :j AND b.status <> 'merged' AND p.point IS NOT NULL
      AND (h.cell_id = ANY(:ended) OR (h.id IS NULL AND cell.id = ANY(:begun)))
    ORDER BY b.id
    """
)
"""Rows ``(business_id, cell_id or None, code)``: businesses whose cell has ended, or that had none."""

PAIRS = text(
    """
    SELECT a.id AS first, b.id AS second,
           similarity(regexp_replace(a.name, :prefix, ''), regexp_replace(b.name, :prefix, '')) AS likeness,
           ST_Distance(ST_Transform(pa.point, :srid), ST_Transform(pb.point, :srid)) AS metres
    FROM businesses a
    JOIN premises pa ON pa.jurisdiction_id = :j AND pa.id = a.premises_id
    JOIN premises pb ON pb.jurisdiction_id = :j AND pb.point && ST_Expand(pa.point, 0.0006)
    JOIN businesses b ON b.jurisdiction_id = :j AND b.premises_id = pb.id AND b.id > a.id
    WHERE a.jurisdiction_id = :j AND a.status = 'operating' AND b.status = 'operating'
      AND a.id > :after
      AND similarity(regexp_replace(a.name, :prefix, ''), regexp_replace(b.name, :prefix, '')) >= :least
      AND ST_Distance(ST_Transform(pa.point, :srid), ST_Transform(pb.point, :srid)) <= :metres
    ORDER BY a.id, b.id
    LIMIT :limit
    """
)
"""Pairs of operating businesses with names similar but for their district (``prefix``), close together."""
