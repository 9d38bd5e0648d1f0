"""Every select of the patrols package. All carry the jurisdiction; row-level security is the second wall."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select

from gridsup.cells.model import Cell
from gridsup.patrols.model import Finding, Visit
from gridsup.people.model import Assignment
from gridsup.registry.model import Business, HouseholdCode, Premises


def visit_by_key(jurisdiction_id: int, officer_id: int, key: uuid.UUID) -> Select[Visit]:
    return select(Visit).where(
        Visit.jurisdiction_id == jurisdiction_id, Visit.officer_id == officer_id, Visit.key == key
    )


def finding_of_matter(jurisdiction_id: int, matter_id: int) -> Select[Finding]:
    """The finding that opened the matter."""
    return select(Finding).where(Finding.jurisdiction_id == jurisdiction_id, Finding.matter_id == matter_id)


def household(jurisdiction_id: int, business_id: int) -> Select[Any]:
    """Name, cell, station and position (CRS84 degrees) of one business; one row or none."""
    return (
        select(
            Business.name,
            HouseholdCode.cell_id,
            Cell.station_id,
            func.ST_X(Premises.point).label("lon"),
            func.ST_Y(Premises.point).label("lat"),
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == jurisdiction_id, Premises.id == Business.premises_id),
        )
        .outerjoin(
            HouseholdCode,
            and_(
                HouseholdCode.jurisdiction_id == jurisdiction_id,
                HouseholdCode.business_id == Business.id,
                HouseholdCode.ended_on.is_(None),
            ),
        )
        .outerjoin(Cell, and_(Cell.jurisdiction_id == jurisdiction_id, Cell.id == HouseholdCode.cell_id))
        .where(Business.jurisdiction_id == jurisdiction_id, Business.id == business_id)
    )


def cell_owner(jurisdiction_id: int, cell_id: int, day: date) -> Select[int]:
    """The inspector responsible for the cell on that day."""
    return select(Assignment.officer_id).where(
        Assignment.jurisdiction_id == jurisdiction_id,
        Assignment.cell_id == cell_id,
        Assignment.during.op("@>")(day),
    )
