"""Every select on what comes in: notices, the permits and places that they mean."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select

from gridsup.cells.model import Cell
from gridsup.people.model import Assignment
from gridsup.procedures.model import Matter
from gridsup.referrals.model import InboundReferral
from gridsup.registry.model import Business, HouseholdCode, Permit, Premises
from gridsup.registry.queries import present_code


def by_key(jurisdiction_id: int, key: str) -> Select[InboundReferral]:
    return select(InboundReferral).where(
        InboundReferral.jurisdiction_id == jurisdiction_id, InboundReferral.key == key
    )


def by_id(jurisdiction_id: int, inbound_id: int) -> Select[InboundReferral]:
    return select(InboundReferral).where(
        InboundReferral.jurisdiction_id == jurisdiction_id, InboundReferral.id == inbound_id
    )


def notices(
    jurisdiction_id: int,
    *,
    unmatched: bool = False,
    unanswered: bool = False,
    batch: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Select[*tuple[Any, ...]]:
    """Rows ``(InboundReferral, household, state, pack, pack_version, pack_hash, station_id, next_due_at,
    ended_at, outcome, replied)``, the latest first. ``unanswered``: its result has not gone back to the
    sender (P9-N4)."""
    replied = Matter.milestones["inbound_replied"].astext
    query = (
        select(
            InboundReferral,
            Business.name.label("household"),
            Matter.state,
            Matter.pack,
            Matter.pack_version,
            Matter.pack_hash,
            Matter.station_id,
            Matter.next_due_at,
            Matter.ended_at,
            Matter.outcome,
            replied.label("replied"),
        )
        .outerjoin(
            Matter,
            and_(
                Matter.jurisdiction_id == InboundReferral.jurisdiction_id,
                Matter.id == InboundReferral.matter_id,
            ),
        )
        .outerjoin(
            Business,
            and_(
                Business.jurisdiction_id == InboundReferral.jurisdiction_id,
                Business.id == InboundReferral.business_id,
            ),
        )
        .where(InboundReferral.jurisdiction_id == jurisdiction_id)
        .order_by(InboundReferral.id.desc())
        .limit(limit)
    )
    if unmatched:
        query = query.where(InboundReferral.matter_id.is_(None), InboundReferral.dismissed_reason.is_(None))
    if unanswered:
        query = query.where(InboundReferral.matter_id.is_not(None), replied.is_(None))
    if batch is not None:
        query = query.where(InboundReferral.batch == batch)
    return query if after is None else query.where(InboundReferral.id < after)


def over_term(jurisdiction_id: int, today: date, *, within: int = 0) -> Select[*tuple[Any, ...]]:
    """Rows ``(Permit, Business, address)``: permits of operating businesses whose last day is before
    ``today`` and, with ``within``, up to so many days ahead; those that are past first."""
    return (
        select(Permit, Business, Premises.address)
        .join(
            Business,
            and_(Business.jurisdiction_id == Permit.jurisdiction_id, Business.id == Permit.business_id),
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == Permit.jurisdiction_id, Premises.id == Business.premises_id),
        )
        .where(
            Permit.jurisdiction_id == jurisdiction_id,
            Permit.status == "valid",
            Permit.expires_on < today + timedelta(days=within),
            Business.status == "operating",
        )
        .order_by(Permit.expires_on, Permit.id)
    )


def place_of(jurisdiction_id: int, business_id: int, day: date) -> Select[*tuple[Any, ...]]:
    """The row ``(address, lon, lat, cell_id, station_id, officer_id)`` of a household: where it stands (CRS84
    degrees), and the inspector responsible for its cell on the day."""
    return (
        select(
            Premises.address,
            func.ST_X(Premises.point).label("lon"),
            func.ST_Y(Premises.point).label("lat"),
            HouseholdCode.cell_id,
            Cell.station_id,
            Assignment.officer_id,
        )
        .select_from(Business)
        .join(
            Premises,
            and_(Premises.jurisdiction_id == jurisdiction_id, Premises.id == Business.premises_id),
        )
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .outerjoin(Cell, and_(Cell.jurisdiction_id == jurisdiction_id, Cell.id == HouseholdCode.cell_id))
        .outerjoin(
            Assignment,
            and_(
                Assignment.jurisdiction_id == jurisdiction_id,
                Assignment.cell_id == Cell.id,
                Assignment.during.op("@>")(day),
            ),
        )
        .where(Business.jurisdiction_id == jurisdiction_id, Business.id == business_id)
    )


def permit_named(jurisdiction_id: int, business_id: int, department: str, number: str | None) -> Select[int]:
    """The valid permit of a business by its number; without one, the only one of that department's."""
    query = select(func.min(Permit.id)).where(
        Permit.jurisdiction_id == jurisdiction_id,
        Permit.business_id == business_id,
        Permit.status == "valid",
    )
    if number:
        return query.where(func.upper(Permit.number) == number.strip().upper())
    return query.where(Permit.department == department).having(func.count() == 1)
