"""Every select on the register: one business's file, and what its codes and place lead to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, any_, cast, false, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from gridsup.cells.model import Cell
from gridsup.cells.queries import SNAP_DEGREES, TIE, Rows, in_force
from gridsup.people.model import Organisation
from gridsup.procedures.model import Matter
from gridsup.registry.model import (
    Business,
    HouseholdCode,
    LedgerEntry,
    Permit,
    Premises,
    RegistryEvent,
)


def present_code(jurisdiction_id: int) -> ColumnElement[bool]:
    """Joins a business with its present household code, and so with its cell."""
    return and_(
        HouseholdCode.jurisdiction_id == jurisdiction_id,
        HouseholdCode.business_id == Business.id,
        HouseholdCode.ended_on.is_(None),
    )


def among(column: Any, ids: Sequence[int]) -> Any:
    """``column = ANY(ids)``: one parameter, however many ids."""
    return column == any_(cast(list(ids), ARRAY(BigInteger)))


def business(jurisdiction_id: int, business_id: int) -> Select[Business]:
    return select(Business).where(Business.jurisdiction_id == jurisdiction_id, Business.id == business_id)


def premises(jurisdiction_id: int, premises_id: int) -> Select[Premises]:
    return select(Premises).where(Premises.jurisdiction_id == jurisdiction_id, Premises.id == premises_id)


def position(jurisdiction_id: int, premises_id: int) -> Select[float, float]:
    """The row ``(lon, lat)`` of a premises, both None when it is not placed."""
    return select(func.ST_X(Premises.point), func.ST_Y(Premises.point)).where(
        Premises.jurisdiction_id == jurisdiction_id, Premises.id == premises_id
    )


def at_premises(jurisdiction_id: int, premises_id: int) -> Select[Business]:
    """The businesses of a premises that have not been merged away, by id."""
    return (
        select(Business)
        .where(
            Business.jurisdiction_id == jurisdiction_id,
            Business.premises_id == premises_id,
            Business.status != "merged",
        )
        .order_by(Business.id)
    )


def present_codes(jurisdiction_id: int, business_ids: Sequence[int]) -> Rows:
    """Rows ``(id, business_id, cell_id, cell_code)``: the codes in force of the businesses."""
    return (
        select(
            HouseholdCode.id, HouseholdCode.business_id, HouseholdCode.cell_id, Cell.code.label("cell_code")
        )
        .join(
            Cell,
            and_(Cell.jurisdiction_id == HouseholdCode.jurisdiction_id, Cell.id == HouseholdCode.cell_id),
        )
        .where(
            HouseholdCode.jurisdiction_id == jurisdiction_id,
            among(HouseholdCode.business_id, business_ids),
            HouseholdCode.ended_on.is_(None),
        )
    )


def codes_of(jurisdiction_id: int, business_ids: Sequence[int]) -> Rows:
    """Rows ``(HouseholdCode, cell code)``: present code first, then the aliases, newest first."""
    return (
        select(HouseholdCode, Cell.code)
        .join(
            Cell,
            and_(Cell.jurisdiction_id == HouseholdCode.jurisdiction_id, Cell.id == HouseholdCode.cell_id),
        )
        .where(
            HouseholdCode.jurisdiction_id == jurisdiction_id,
            among(HouseholdCode.business_id, business_ids),
        )
        .order_by(
            HouseholdCode.ended_on.desc().nulls_first(), HouseholdCode.issued_on.desc(), HouseholdCode.id
        )
    )


def holder_of_code(jurisdiction_id: int, code: str) -> Select[int]:
    """The business that holds or held a code; for a merged one, the business that it was merged into."""
    return (
        select(func.coalesce(Business.merged_into_id, Business.id))
        .join(
            HouseholdCode,
            and_(
                HouseholdCode.jurisdiction_id == Business.jurisdiction_id,
                HouseholdCode.business_id == Business.id,
            ),
        )
        .where(HouseholdCode.jurisdiction_id == jurisdiction_id, HouseholdCode.code == code)
    )


def merged_into(jurisdiction_id: int, business_id: int) -> Select[int]:
    """Ids of the businesses merged into one, directly or through another."""
    tree = (
        select(Business.id)
        .where(Business.jurisdiction_id == jurisdiction_id, Business.merged_into_id == business_id)
        .cte("absorbed", recursive=True)
    )
    more = aliased(Business)
    tree = tree.union(
        select(more.id).where(more.jurisdiction_id == jurisdiction_id, more.merged_into_id == tree.c.id)
    )
    return select(tree.c.id)


def permits(jurisdiction_id: int, business_ids: Sequence[int]) -> Select[Permit]:
    return (
        select(Permit)
        .where(Permit.jurisdiction_id == jurisdiction_id, among(Permit.business_id, business_ids))
        .order_by(Permit.status != "valid", Permit.expires_on.nulls_last(), Permit.id)
    )


def permit(jurisdiction_id: int, permit_id: int) -> Select[Permit]:
    return select(Permit).where(Permit.jurisdiction_id == jurisdiction_id, Permit.id == permit_id)


def history(jurisdiction_id: int, business_ids: Sequence[int]) -> Select[RegistryEvent]:
    """What was done to the businesses, newest first."""
    return (
        select(RegistryEvent)
        .where(
            RegistryEvent.jurisdiction_id == jurisdiction_id, among(RegistryEvent.business_id, business_ids)
        )
        .order_by(RegistryEvent.at.desc(), RegistryEvent.id.desc())
    )


def last_merge(jurisdiction_id: int, business_id: int) -> Select[RegistryEvent]:
    """The event that merged a business away."""
    return (
        select(RegistryEvent)
        .where(
            RegistryEvent.jurisdiction_id == jurisdiction_id,
            RegistryEvent.business_id == business_id,
            RegistryEvent.verb == "merged",
        )
        .order_by(RegistryEvent.id.desc())
        .limit(1)
    )


def ledger(jurisdiction_id: int, business_ids: Sequence[int]) -> Select[LedgerEntry]:
    return (
        select(LedgerEntry)
        .where(LedgerEntry.jurisdiction_id == jurisdiction_id, among(LedgerEntry.business_id, business_ids))
        .order_by(LedgerEntry.found_on.desc(), LedgerEntry.id.desc())
    )


def recurrence(jurisdiction_id: int, of: Business, premises_key: str) -> Rows:
    """Rows ``(id, name, status, licence_status, opened_on, closed_on, same premises, same operator, ledger
    entries, matters, first and last instant at which a matter was opened)``.

    Other businesses at the same premises or address, or of the operator with the same ID number (compared
    by its keyed hash, so that no number is opened). The ledger shows whether the trouble returns (P10-D4).
    """
    entries = (
        select(func.count())
        .where(LedgerEntry.jurisdiction_id == jurisdiction_id, LedgerEntry.business_id == Business.id)
        .scalar_subquery()
    )
    matters = (
        select(
            func.count().label("matters"),
            func.min(Matter.opened_at).label("first_matter"),
            func.max(Matter.opened_at).label("last_matter"),
        )
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.subject_kind == "business",
            Matter.subject_id == Business.id,
            Matter.parent_id.is_(None),
        )
        .lateral()
    )
    same_place = or_(Business.premises_id == of.premises_id, Premises.address_key == premises_key)
    same_person = func.coalesce(Business.operator_id_index == of.operator_id_index, false())
    return (
        select(
            Business.id,
            Business.name,
            Business.status,
            Business.licence_status,
            Business.opened_on,
            Business.closed_on,
            same_place.label("same_premises"),
            same_person.label("same_operator"),
            entries.label("ledger_entries"),
            matters.c.matters,
            matters.c.first_matter,
            matters.c.last_matter,
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == Business.jurisdiction_id, Premises.id == Business.premises_id),
        )
        .join(matters, true())
        .where(
            Business.jurisdiction_id == jurisdiction_id,
            Business.id != of.id,
            Business.status != "merged",
            or_(same_place, same_person),
        )
        .order_by(entries.desc(), Business.id)
        .limit(20)
    )


def lock_roots_in_cells(jurisdiction_id: int, cell_ids: Sequence[int]) -> Select[int]:
    """The roots of the families with an open matter in the cells, locked in the order of their ids."""
    roots = select(Matter.root_id).where(
        Matter.jurisdiction_id == jurisdiction_id,
        among(Matter.cell_id, cell_ids),
        Matter.ended_at.is_(None),
    )
    return (
        select(Matter.id)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.id.in_(roots))
        .order_by(Matter.id)
        .with_for_update()
    )


def open_matters_in_cells(jurisdiction_id: int, cell_ids: Sequence[int], day: date) -> Rows:
    """Rows ``(matter_id, cell_id, cell in which it lies on day or None)`` of the open matters: by its pin,
    else by the premises of the business that it is about."""
    premises = (
        select(Premises.point)
        .join(
            Business,
            and_(Business.jurisdiction_id == Premises.jurisdiction_id, Business.premises_id == Premises.id),
        )
        .where(
            Premises.jurisdiction_id == jurisdiction_id,
            Matter.subject_kind == "business",
            Business.id == Matter.subject_id,
        )
        .correlate(Matter)
        .scalar_subquery()
    )
    place = func.coalesce(Matter.geom, premises)
    pinned = (
        select(Cell.id)
        .where(in_force(jurisdiction_id, day), func.ST_DWithin(Cell.geom, place, SNAP_DEGREES))
        .order_by(func.round(func.ST_Distance(Cell.geom, place) * TIE), Cell.code.collate("C"))
        .limit(1)
        .correlate(Matter)
        .scalar_subquery()
    )
    return (
        select(Matter.id, Matter.cell_id, pinned)
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            among(Matter.cell_id, cell_ids),
            Matter.ended_at.is_(None),
        )
        .order_by(Matter.id)
    )


def handlers(jurisdiction_id: int, matter_ids: Sequence[int]) -> Rows:
    """Rows ``(id, cell_id, assigned_officer_id)`` of matters, by id."""
    return (
        select(Matter.id, Matter.cell_id, Matter.assigned_officer_id)
        .where(Matter.jurisdiction_id == jurisdiction_id, among(Matter.id, matter_ids))
        .order_by(Matter.id)
    )


def stations_of_cells(jurisdiction_id: int, cell_ids: Sequence[int]) -> Select[int, int]:
    """Rows ``(cell_id, station_id)``."""
    return select(Cell.id, Cell.station_id).where(
        Cell.jurisdiction_id == jurisdiction_id, among(Cell.id, cell_ids)
    )


def unplaced_counts(jurisdiction_id: int) -> Rows:
    """Rows ``(community_id, name, count)`` of businesses not placed yet (未落点), None for no community."""
    return (
        select(Premises.community_id, Organisation.name, func.count())
        .select_from(Business)
        .join(
            Premises,
            and_(Premises.jurisdiction_id == Business.jurisdiction_id, Premises.id == Business.premises_id),
        )
        .outerjoin(
            Organisation,
            and_(
                Organisation.jurisdiction_id == Premises.jurisdiction_id,
                Organisation.id == Premises.community_id,
            ),
        )
        .where(
            Business.jurisdiction_id == jurisdiction_id,
            Business.status != "merged",
            Premises.point.is_(None),
        )
        .group_by(Premises.community_id, Organisation.name)
        .order_by(func.count().desc())
    )
