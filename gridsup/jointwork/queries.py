"""Every select of escalation and joint work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from gridsup.cells.model import Cell
from gridsup.people.model import Organisation
from gridsup.procedures.model import Matter
from gridsup.registry.model import Business, LedgerEntry, Premises

Rows: TypeAlias = Select[*tuple[Any, ...]]
BULLETIN, ESCALATION = "work_bulletin", "escalation"
CAMPAIGN, APPLICATION = "joint_campaign", "joint_application"
CONFERENCE, RESOLUTION = "joint_conference", "conference_resolution"
UNLICENSED = "unlicensed_operation"


def open_ledger(jurisdiction_id: int) -> Rows:
    """Open rows of the unlicensed ledger with where they stand: ``(matter_id, name, address, state, facts,
    milestones, cell_id, cell_code, street_id, street, trade, station_id)``."""
    community, street = aliased(Organisation), aliased(Organisation)
    j = jurisdiction_id
    return (
        select(
            LedgerEntry.matter_id,
            Business.name,
            LedgerEntry.address,
            Matter.state,
            Matter.facts,
            Matter.milestones,
            Matter.cell_id,
            Cell.code.label("cell_code"),
            street.id.label("street_id"),
            street.name.label("street"),
            func.coalesce(Matter.facts["trade"].astext, Business.trade).label("trade"),
            Matter.station_id,
        )
        .join(Matter, and_(Matter.jurisdiction_id == j, Matter.id == LedgerEntry.matter_id))
        .join(Business, and_(Business.jurisdiction_id == j, Business.id == LedgerEntry.business_id))
        .join(Premises, and_(Premises.jurisdiction_id == j, Premises.id == Business.premises_id))
        .outerjoin(Cell, and_(Cell.jurisdiction_id == j, Cell.id == Matter.cell_id))
        .outerjoin(community, and_(community.jurisdiction_id == j, community.id == Premises.community_id))
        .outerjoin(street, and_(street.jurisdiction_id == j, street.id == community.parent_id))
        .where(
            LedgerEntry.jurisdiction_id == j,
            LedgerEntry.closed_on.is_(None),
            Matter.pack == UNLICENSED,
            Matter.ended_at.is_(None),
        )
        .order_by(LedgerEntry.matter_id)
    )


def flow_by_station(jurisdiction_id: int, start: datetime, end: datetime) -> Rows:
    """Per station: ``(station_id, found, closed, open)`` of the matters in ``[start, end)``, ``open`` at its
    end."""
    going = and_(Matter.opened_at < end, or_(Matter.ended_at.is_(None), Matter.ended_at >= end))
    return (
        select(
            Matter.station_id,
            func.count().filter(Matter.opened_at >= start, Matter.opened_at < end).label("found"),
            func.count().filter(Matter.ended_at >= start, Matter.ended_at < end).label("closed"),
            func.count().filter(going).label("open"),
        )
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.pack == UNLICENSED,
            Matter.station_id.is_not(None),
        )
        .group_by(Matter.station_id)
    )


def bodies(jurisdiction_id: int, kinds: Sequence[str]) -> Select[Organisation]:
    """Bodies in service of these kinds, by kind and code."""
    return (
        select(Organisation)
        .where(
            Organisation.jurisdiction_id == jurisdiction_id,
            Organisation.kind.in_(list(kinds)),
            Organisation.active,
        )
        .order_by(Organisation.kind, Organisation.code)
    )


def homes(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[int, int | None]:
    """``(id, assigned_org_id)`` of matters."""
    return select(Matter.id, Matter.assigned_org_id).where(
        Matter.jurisdiction_id == jurisdiction_id, Matter.id.in_(list(matter_ids))
    )


def of_pack(jurisdiction_id: int, pack: str) -> Select[Matter]:
    """All matters of a procedure, the newest first."""
    return (
        select(Matter)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.pack == pack)
        .order_by(Matter.id.desc())
    )


def matter(jurisdiction_id: int, matter_id: int, pack: str) -> Select[Matter]:
    return of_pack(jurisdiction_id, pack).where(Matter.id == matter_id)


def bulletins_of(jurisdiction_id: int, month: str) -> Select[Matter]:
    """The bulletins of a month that were not withdrawn."""
    return of_pack(jurisdiction_id, BULLETIN).where(
        Matter.facts["month"].astext == month, Matter.state != "withdrawn"
    )


def noted_for(jurisdiction_id: int, bulletin_id: int) -> Select[Matter]:
    """Problems that still wait for a bulletin: noted for this one, or for none."""
    named = Matter.facts["bulletin"].as_integer()
    return of_pack(jurisdiction_id, ESCALATION).where(
        Matter.state == "noted", or_(named == bulletin_id, named.is_(None))
    )


def resolutions(jurisdiction_id: int, conference_id: int | None = None, *, open_only: bool) -> Select[Matter]:
    """Resolutions that stand with a meeting (or with any), by id."""
    query = (
        select(Matter)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.pack == RESOLUTION)
        .order_by(Matter.id)
    )
    if conference_id is not None:
        query = query.where(Matter.facts["conference"].as_integer() == conference_id)
    return query.where(Matter.ended_at.is_(None)) if open_only else query
