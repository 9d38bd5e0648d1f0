"""Every select on cells: by day, by place, by code, as GeoJSON, and the measures that prove a division."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Date, Select, and_, cast, func, select, text
from sqlalchemy.orm import aliased

from gridsup.cells.model import Cell, CellLineage
from gridsup.people.model import Assignment, Jurisdiction, Officer, Organisation

SNAP_DEGREES = 2e-6
"""About 0.2 m: a point in the seam that tolerance leaves between two cells still has a cell."""
TIE = 1e8
"""Distances are compared in units of 1e-8 degree (about 1 mm), so float noise decides no tie."""

Rows: TypeAlias = Select[*tuple[Any, ...]]
"""A select of several columns, which its docstring names."""

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (CRS84)."""


def in_force(jurisdiction_id: int, day: date) -> Any:
    """The condition that a cell of the jurisdiction is valid on ``day``."""
    return and_(Cell.jurisdiction_id == jurisdiction_id, Cell.valid.op("@>")(cast(day, Date)))


def point(lon: float, lat: float) -> Any:
    """A point in EPSG:4490 as SQL."""
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4490)


def envelope(box: Box) -> Any:
    """A box in EPSG:4490 as SQL."""
    return func.ST_MakeEnvelope(*box, 4490)


def cell(jurisdiction_id: int, cell_id: int) -> Select[Cell]:
    return select(Cell).where(Cell.jurisdiction_id == jurisdiction_id, Cell.id == cell_id)


def codes_by_id(jurisdiction_id: int, ids: Iterable[int]) -> Rows:
    """Rows ``(id, code)`` of cells, ended ones too."""
    return select(Cell.id, Cell.code).where(Cell.jurisdiction_id == jurisdiction_id, Cell.id.in_(list(ids)))


def cell_by_code(jurisdiction_id: int, code: str, day: date) -> Select[Cell]:
    return select(Cell).where(in_force(jurisdiction_id, day), Cell.code == code)


def cells_on(jurisdiction_id: int, day: date, *, station_ids: Iterable[int] | None = None) -> Select[Cell]:
    """The cells in force on ``day``, by code."""
    query = select(Cell).where(in_force(jurisdiction_id, day)).order_by(Cell.code, Cell.id)
    return query if station_ids is None else query.where(Cell.station_id.in_(list(station_ids)))


def cell_at(jurisdiction_id: int, lon: float, lat: float, day: date) -> Select[Cell]:
    """The one cell of a point: the nearest within 0.2 m (0 for a cell that covers it), then the lowest code.

    So a point on a shared edge or corner belongs to the touching cell with the lowest code, always.
    """
    place = point(lon, lat)
    return (
        select(Cell)
        .where(in_force(jurisdiction_id, day), func.ST_DWithin(Cell.geom, place, SNAP_DEGREES))
        .order_by(func.round(func.ST_Distance(Cell.geom, place) * TIE), Cell.code.collate("C"))
        .limit(1)
    )


def owner_on(day: date) -> Any:
    """Join condition of the assignment that holds a cell on ``day``."""
    return and_(
        Assignment.jurisdiction_id == Cell.jurisdiction_id,
        Assignment.cell_id == Cell.id,
        Assignment.during.op("@>")(cast(day, Date)),
    )


def cells_with_owner(jurisdiction_id: int, day: date, *, bbox: Box | None = None) -> Rows:
    """Rows ``(Cell, officer_id, officer name, station name, geojson text)`` of the cells on ``day``."""
    query = (
        select(
            Cell,
            Officer.id,
            Officer.name,
            Organisation.name,
            func.ST_AsGeoJSON(Cell.geom, 7),
        )
        .outerjoin(Assignment, owner_on(day))
        .outerjoin(
            Officer,
            and_(Officer.jurisdiction_id == Cell.jurisdiction_id, Officer.id == Assignment.officer_id),
        )
        .join(
            Organisation,
            and_(Organisation.jurisdiction_id == Cell.jurisdiction_id, Organisation.id == Cell.station_id),
        )
        .where(in_force(jurisdiction_id, day))
        .order_by(Cell.code)
    )
    if bbox is not None:
        query = query.where(Cell.geom.op("&&")(envelope(bbox)), func.ST_Intersects(Cell.geom, envelope(bbox)))
    return query


def owners_of(jurisdiction_id: int, cell_id: int) -> Rows:
    """Rows ``(officer_id, name, during)``: who has held the cell, newest first."""
    return (
        select(Assignment.officer_id, Officer.name, Assignment.during)
        .join(
            Officer,
            and_(Officer.jurisdiction_id == Assignment.jurisdiction_id, Officer.id == Assignment.officer_id),
        )
        .where(
            Assignment.jurisdiction_id == jurisdiction_id,
            Assignment.cell_id == cell_id,
            ~func.isempty(Assignment.during),
        )
        .order_by(func.lower(Assignment.during).desc())
    )


def unowned(jurisdiction_id: int, day: date) -> Select[Cell]:
    """Cells in force that nobody holds (P10-X1: no household without an owner)."""
    return (
        select(Cell)
        .outerjoin(Assignment, owner_on(day))
        .where(in_force(jurisdiction_id, day), Assignment.id.is_(None))
        .order_by(Cell.code)
    )


def lineage(jurisdiction_id: int, cell_id: int) -> Rows:
    """Rows ``(old_id, old code, new_id, new code, on_day)`` in which the cell stands on either side."""
    old, new = aliased(Cell), aliased(Cell)
    return (
        select(CellLineage.old_id, old.code, CellLineage.new_id, new.code, CellLineage.on_day)
        .join(old, and_(old.jurisdiction_id == CellLineage.jurisdiction_id, old.id == CellLineage.old_id))
        .join(new, and_(new.jurisdiction_id == CellLineage.jurisdiction_id, new.id == CellLineage.new_id))
        .where(
            CellLineage.jurisdiction_id == jurisdiction_id,
            (CellLineage.old_id == cell_id) | (CellLineage.new_id == cell_id),
        )
        .order_by(CellLineage.on_day, old.code, new.code)
    )


def grids_ever(jurisdiction_id: int, station_id: int) -> Select[str]:
    """Every grid number that the station has used, ended cells included."""
    return (
        select(Cell.grid)
        .where(Cell.jurisdiction_id == jurisdiction_id, Cell.station_id == station_id)
        .distinct()
    )


def jurisdiction(jurisdiction_id: int) -> Select[Jurisdiction]:
    return select(Jurisdiction).where(Jurisdiction.jurisdiction_id == jurisdiction_id)


def bodies(jurisdiction_id: int, kind: str) -> Rows:
    """Rows ``(id, code, name, area as WKB or None)`` of the bodies of one kind."""
    return select(
        Organisation.id,
        Organisation.code,
        Organisation.name,
        func.ST_AsBinary(Organisation.area).label("area"),
    ).where(Organisation.jurisdiction_id == jurisdiction_id, Organisation.kind == kind, Organisation.active)


def present_cells(jurisdiction_id: int, station_ids: list[int]) -> Select[Cell]:
    """The cells of the stations that have no end yet, by code."""
    return (
        select(Cell)
        .where(
            Cell.jurisdiction_id == jurisdiction_id,
            Cell.station_id.in_(station_ids),
            func.upper_inf(Cell.valid),
        )
        .order_by(Cell.code)
    )


def holders(jurisdiction_id: int, cell_ids: list[int], day: date) -> Rows:
    """Rows ``(cell_id, officer_id)``: who holds each of the cells on ``day``."""
    return select(Assignment.cell_id, Assignment.officer_id).where(
        Assignment.jurisdiction_id == jurisdiction_id,
        Assignment.cell_id.in_(cell_ids),
        Assignment.during.op("@>")(cast(day, Date)),
    )


def shared_ground(jurisdiction_id: int, old_ids: list[int], new_ids: list[int], share: float) -> Rows:
    """Rows ``(old_id, new_id, shared area)`` of old and new cells that share ground.

    Areas are in square degrees: they only rank. Ground below ``share`` of the smaller cell is left out.
    """
    old, new = aliased(Cell), aliased(Cell)
    shared = func.ST_Area(func.ST_Intersection(old.geom, new.geom))
    smaller = func.least(func.ST_Area(old.geom), func.ST_Area(new.geom))
    return (
        select(old.id, new.id, shared)
        .join(
            new,
            and_(
                new.jurisdiction_id == old.jurisdiction_id,
                new.geom.op("&&")(old.geom),
                func.ST_Relate(old.geom, new.geom, "2********"),
            ),
        )
        .where(
            old.jurisdiction_id == jurisdiction_id,
            old.id.in_(old_ids),
            new.id.in_(new_ids),
            shared > share * smaller,
        )
        .order_by(old.id, new.id)
    )


OVERLAPS = text(
    """
    SELECT a.code AS first, b.code AS second, ST_X(p.at) AS lon, ST_Y(p.at) AS lat
    FROM cells a
    JOIN cells b ON b.jurisdiction_id = a.jurisdiction_id AND a.id < b.id AND a.geom && b.geom
         AND b.valid @> CAST(:day AS date) AND ST_Relate(a.geom, b.geom, '2********')
    CROSS JOIN LATERAL (
        SELECT ST_Buffer(ST_Transform(ST_Intersection(a.geom, b.geom), :srid), -:width) AS core) c
    CROSS JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(c.core), 4490) AS at) p
    WHERE a.jurisdiction_id = :j AND a.valid @> CAST(:day AS date)
      AND (a.station_id = ANY(:stations) OR b.station_id = ANY(:stations)) AND NOT ST_IsEmpty(c.core)
    ORDER BY a.code, b.code
    """
)
"""Pairs of cells in force that share ground wider than twice ``width`` metres, with a place in it."""

UNFILLED = text(
    """
    WITH filled AS (
        SELECT station_id, ST_Union(geom) AS ground
        FROM cells
        WHERE jurisdiction_id = :j AND valid @> CAST(:day AS date) AND station_id = ANY(:stations)
        GROUP BY station_id)
    SELECT s.name, d.kind, ST_X(p.at) AS lon, ST_Y(p.at) AS lat, ST_Area(d.core) AS area_m2
    FROM filled f
    JOIN organisations s ON s.jurisdiction_id = :j AND s.id = f.station_id
    CROSS JOIN LATERAL (
        SELECT 'gap' AS kind,
               ST_Buffer(ST_Transform(ST_Difference(s.area, f.ground), :srid), -:width) AS core
        UNION ALL
        SELECT 'outside', ST_Buffer(ST_Transform(ST_Difference(f.ground, s.area), :srid), -:width)) d
    CROSS JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(d.core), 4490) AS at) p
    WHERE NOT ST_IsEmpty(d.core)
    ORDER BY s.name, d.kind
    """
)
"""Ground of a station that no cell fills, or that a cell takes outside it, wider than twice
``width`` metres."""

INHERIT_DUTIES = text(
    """
    UPDATE cells n
    SET duties = CASE WHEN n.duties = '[]' THEN o.duties ELSE n.duties END,
        requirements = CASE WHEN n.requirements = '[]' THEN o.requirements ELSE n.requirements END,
        targets = CASE WHEN n.targets = '{}' THEN o.targets ELSE n.targets END
    FROM unnest(CAST(:old AS bigint[]), CAST(:new AS bigint[])) AS p(old_id, new_id)
    JOIN cells o ON o.jurisdiction_id = :j AND o.id = p.old_id
    WHERE n.jurisdiction_id = :j AND n.id = p.new_id
    """
)
"""A new cell that brings no duties, requirements or targets of its own takes those of its parent."""

SET_MEASURES = text(
    """
    UPDATE cells SET area_m2 = ST_Area(ST_Transform(geom, :srid))
    WHERE jurisdiction_id = :j AND id = ANY(:ids)
    """
)
