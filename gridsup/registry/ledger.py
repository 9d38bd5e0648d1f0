"""The unlicensed ledger (无照经营电子监管台账, P10-D4) as a list, and a household in short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from gridsup.cells.model import Cell
from gridsup.cells.queries import Rows
from gridsup.procedures.model import Matter
from gridsup.registry.model import Business, HouseholdCode, LedgerEntry, Premises
from gridsup.registry.queries import present_code


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which rows; what is left out does not restrict. ``since`` and ``until`` are days of finding, both
    included; ``open`` tells those still being handled from those that were closed."""

    cell_id: int | None = None
    station_id: int | None = None
    disposal: str | None = None
    source: str | None = None
    open: bool | None = None
    since: date | None = None
    until: date | None = None
    text: str | None = None
    """Part of operator, address, scope, outside number or household code."""
    business_id: int | None = None


def ledger_rows(
    jurisdiction_id: int,
    wanted: LedgerFilter,
    *,
    after: tuple[date, int] | None = None,
    limit: int | None = None,
) -> Rows:
    """Rows ``(LedgerEntry, business_name, code, cell_id, cell_code, station_id, number, pack, pack_version,
    pack_hash, next_due_at)``, the latest found first.

    ``after`` is the ``(found_on, id)`` of the last one seen.
    """
    query = (
        select(
            LedgerEntry,
            Business.name.label("business_name"),
            HouseholdCode.code.label("code"),
            Matter.cell_id,
            Cell.code.label("cell_code"),
            Matter.station_id,
            Matter.number,
            Matter.pack,
            Matter.pack_version,
            Matter.pack_hash,
            Matter.next_due_at,
        )
        .join(
            Matter,
            and_(Matter.jurisdiction_id == LedgerEntry.jurisdiction_id, Matter.id == LedgerEntry.matter_id),
        )
        .join(
            Business,
            and_(
                Business.jurisdiction_id == LedgerEntry.jurisdiction_id,
                Business.id == LedgerEntry.business_id,
            ),
        )
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .outerjoin(Cell, and_(Cell.jurisdiction_id == LedgerEntry.jurisdiction_id, Cell.id == Matter.cell_id))
        .where(LedgerEntry.jurisdiction_id == jurisdiction_id, *_conditions(wanted))
        .order_by(LedgerEntry.found_on.desc(), LedgerEntry.id.desc())
    )
    if after is not None:
        query = query.where(tuple_(LedgerEntry.found_on, LedgerEntry.id) < tuple_(*after))
    return query if limit is None else query.limit(limit)


def _conditions(wanted: LedgerFilter) -> list[ColumnElement[bool]]:
    e = LedgerEntry
    same = (
        (Matter.cell_id, wanted.cell_id),
        (Matter.station_id, wanted.station_id),
        (e.disposal, wanted.disposal),
        (e.source, wanted.source),
        (e.business_id, wanted.business_id),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in same if value is not None]
    if wanted.open is not None:
        found.append(e.closed_on.is_(None) if wanted.open else e.closed_on.is_not(None))
    if wanted.since is not None:
        found.append(e.found_on >= wanted.since)
    if wanted.until is not None:
        found.append(e.found_on <= wanted.until)
    if wanted.text:
        columns = (e.operator_name, e.address, e.scope, e.outside_number, HouseholdCode.code, Business.name)
        found.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return found


def household_in_short(jurisdiction_id: int, business_id: int) -> Rows:
    """The row ``(id, name, address, code, licence_status, status, lon, lat)`` of one household."""
    return (
        select(
            Business.id,
            Business.name,
            Premises.address,
            HouseholdCode.code,
            Business.licence_status,
            Business.status,
            func.ST_X(Premises.point).label("lon"),
            func.ST_Y(Premises.point).label("lat"),
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == Business.jurisdiction_id, Premises.id == Business.premises_id),
        )
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .where(Business.jurisdiction_id == jurisdiction_id, Business.id == business_id)
    )
