"""Every select of the printed maps. Geometry comes out in the jurisdiction's metric CRS, as WKB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Select, func, select

from gridsup.cells.model import Cell, Road
from gridsup.cells.queries import in_force
from gridsup.registry.model import Business, HouseholdCode, Premises

Rows: TypeAlias = Select[*tuple[Any, ...]]
Window = tuple[float, float, float, float]
"""West, south, east, north in metres of the jurisdiction's CRS."""


def _metric(geometry: Any, srid: int) -> Any:
    return func.ST_AsBinary(func.ST_Transform(geometry, srid))


def _in_degrees(window: Window, srid: int) -> Any:
    return func.ST_Transform(func.ST_MakeEnvelope(*window, srid), 4490)


def outline(jurisdiction_id: int, cell_id: int, srid: int) -> Rows:
    """The row ``(polygon,)`` of a cell."""
    return select(_metric(Cell.geom, srid)).where(Cell.jurisdiction_id == jurisdiction_id, Cell.id == cell_id)


def cells_within(jurisdiction_id: int, day: date, window: Window, srid: int) -> Rows:
    """Rows ``(id, code, name, polygon)`` of the cells in force that touch the window."""
    return (
        select(Cell.id, Cell.code, Cell.name, _metric(Cell.geom, srid))
        .where(in_force(jurisdiction_id, day), Cell.geom.op("&&")(_in_degrees(window, srid)))
        .order_by(Cell.code)
    )


def roads_within(jurisdiction_id: int, window: Window, srid: int) -> Rows:
    """Rows ``(kind, name or None, source, line)`` of roads, rivers and rails that touch the window."""
    return (
        select(Road.kind, Road.name, Road.source, _metric(Road.geom, srid))
        .where(Road.jurisdiction_id == jurisdiction_id, Road.geom.op("&&")(_in_degrees(window, srid)))
        .order_by(Road.id)
    )


def households(jurisdiction_id: int, cell_ids: Sequence[int], srid: int) -> Rows:
    """Rows ``(cell_id, name, trade, risk, licence_status, x, y)`` of operating businesses."""
    place = func.ST_Transform(Premises.point, srid)
    return (
        select(
            HouseholdCode.cell_id,
            Business.name,
            Business.trade,
            Business.risk,
            Business.licence_status,
            func.ST_X(place),
            func.ST_Y(place),
        )
        .join(
            Business,
            (Business.jurisdiction_id == HouseholdCode.jurisdiction_id)
            & (Business.id == HouseholdCode.business_id),
        )
        .join(
            Premises,
            (Premises.jurisdiction_id == Business.jurisdiction_id) & (Premises.id == Business.premises_id),
        )
        .where(
            HouseholdCode.jurisdiction_id == jurisdiction_id,
            HouseholdCode.cell_id.in_(list(cell_ids)),
            HouseholdCode.ended_on.is_(None),
            Business.status == "operating",
            Premises.point.is_not(None),
        )
        .order_by(Business.id)
    )
