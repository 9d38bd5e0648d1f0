"""Every select of the patrols package. All carry the jurisdiction; row-level security is the second wall."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from gridsup.cells.model import Cell
from gridsup.cells.queries import Rows
from gridsup.patrols.model import (
    OPEN_TRANSFERS,
    CellTransfer,
    DeviceNote,
    FieldDevice,
    Finding,
    OutboxFile,
    SkippedStop,
    Visit,
)
from gridsup.people.model import Assignment
from gridsup.procedures.model import Event, Matter
from gridsup.registry.model import Business, HouseholdCode, Premises
from gridsup.registry.queries import present_code


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
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .outerjoin(Cell, and_(Cell.jurisdiction_id == jurisdiction_id, Cell.id == HouseholdCode.cell_id))
        .where(Business.jurisdiction_id == jurisdiction_id, Business.id == business_id)
    )


def cells_of(jurisdiction_id: int, business_ids: Iterable[int]) -> Rows:
    """``id`` of each of these businesses and its present ``cell_id``, None in no cell."""
    return (
        select(Business.id, HouseholdCode.cell_id)
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .where(Business.jurisdiction_id == jurisdiction_id, Business.id.in_(list(business_ids)))
    )


def findings(
    jurisdiction_id: int,
    *,
    cell_id: int | None = None,
    business_id: int | None = None,
    officer_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Rows:
    """Rows ``(Finding, business name, matter state, matter lane, lon, lat)``, newest first.

    ``after`` is the ``(found_at, id)`` of the last one seen; ``until`` is exclusive.
    """
    query = (
        select(
            Finding,
            Business.name,
            Matter.state,
            Matter.lane,
            func.ST_X(Finding.point).label("lon"),
            func.ST_Y(Finding.point).label("lat"),
        )
        .join(
            Business,
            and_(Business.jurisdiction_id == Finding.jurisdiction_id, Business.id == Finding.business_id),
        )
        .join(Matter, and_(Matter.jurisdiction_id == Finding.jurisdiction_id, Matter.id == Finding.matter_id))
        .where(Finding.jurisdiction_id == jurisdiction_id)
        .order_by(Finding.found_at.desc(), Finding.id.desc())
        .limit(limit)
    )
    same = ((Finding.cell_id, cell_id), (Finding.business_id, business_id), (Finding.officer_id, officer_id))
    return _narrowed(query, Finding.found_at, Finding.id, same, since, until, after)


def visits(
    jurisdiction_id: int,
    *,
    cell_id: int | None = None,
    business_id: int | None = None,
    officer_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Rows:
    """Rows ``(Visit, business name or None, lon, lat)``, newest first; the filters as in :func:`findings`."""
    query = _shown_visits(jurisdiction_id).order_by(Visit.at.desc(), Visit.id.desc()).limit(limit)
    same = ((Visit.cell_id, cell_id), (Visit.business_id, business_id), (Visit.officer_id, officer_id))
    return _narrowed(query, Visit.at, Visit.id, same, since, until, after)


def visit_shown(jurisdiction_id: int, visit_id: int) -> Rows:
    """One row as :func:`visits` gives them."""
    return _shown_visits(jurisdiction_id).where(Visit.id == visit_id)


def _shown_visits(jurisdiction_id: int) -> Rows:
    return (
        select(
            Visit,
            Business.name,
            func.ST_X(Visit.point).label("lon"),
            func.ST_Y(Visit.point).label("lat"),
        )
        .outerjoin(
            Business,
            and_(Business.jurisdiction_id == Visit.jurisdiction_id, Business.id == Visit.business_id),
        )
        .where(Visit.jurisdiction_id == jurisdiction_id)
    )


def _narrowed(
    query: Rows,
    at: Any,
    number: Any,
    same: Iterable[tuple[Any, int | None]],
    since: datetime | None,
    until: datetime | None,
    after: tuple[datetime, int] | None,
) -> Rows:
    query = query.where(*(column == value for column, value in same if value is not None))
    if since is not None:
        query = query.where(at >= since)
    if until is not None:
        query = query.where(at < until)
    return query if after is None else query.where(tuple_(at, number) < tuple_(*after))


def visit_before(jurisdiction_id: int, officer_id: int, at: datetime, lon: float, lat: float) -> Rows:
    """``at`` of the officer's last located visit before a moment; ``metres`` from it to a place (CRS84)."""
    place = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4490)
    metres = func.ST_Distance(func.Geography(Visit.point), func.Geography(place)).label("metres")
    return (
        select(Visit.at, metres)
        .where(
            Visit.jurisdiction_id == jurisdiction_id,
            Visit.officer_id == officer_id,
            Visit.at < at,
            Visit.point.is_not(None),
        )
        .order_by(Visit.at.desc(), Visit.id.desc())
        .limit(1)
    )


def matter_received(jurisdiction_id: int, matter_id: int) -> Select[int | None, int | None]:
    """The row ``(assigned_officer_id, station_id)`` of a matter."""
    return select(Matter.assigned_officer_id, Matter.station_id).where(
        Matter.jurisdiction_id == jurisdiction_id, Matter.id == matter_id
    )


def cell_owner(jurisdiction_id: int, cell_id: int, day: date) -> Select[int]:
    """The inspector responsible for the cell on that day."""
    return select(Assignment.officer_id).where(
        Assignment.jurisdiction_id == jurisdiction_id,
        Assignment.cell_id == cell_id,
        Assignment.during.op("@>")(day),
    )


def device(jurisdiction_id: int, device_id: int) -> Select[FieldDevice]:
    return select(FieldDevice).where(
        FieldDevice.jurisdiction_id == jurisdiction_id, FieldDevice.id == device_id
    )


def device_by_key(jurisdiction_id: int, officer_id: int, public_key: str) -> Select[FieldDevice]:
    return select(FieldDevice).where(
        FieldDevice.jurisdiction_id == jurisdiction_id,
        FieldDevice.officer_id == officer_id,
        FieldDevice.public_key == public_key,
    )


def outbox_file(jurisdiction_id: int, file_id: int) -> Select[OutboxFile]:
    return select(OutboxFile).where(OutboxFile.jurisdiction_id == jurisdiction_id, OutboxFile.id == file_id)


def outbox_file_by_key(jurisdiction_id: int, device_id: int, key: uuid.UUID) -> Select[OutboxFile]:
    """The import of the file that a phone made under this key."""
    return select(OutboxFile).where(
        OutboxFile.jurisdiction_id == jurisdiction_id,
        OutboxFile.device_id == device_id,
        OutboxFile.key == key,
    )


def outbox_files(
    jurisdiction_id: int, *, after: tuple[datetime, int] | None = None, limit: int = 50
) -> Select[OutboxFile]:
    """Imported outbox files, newest first; ``after`` is ``(imported_at, id)`` of the last one seen."""
    query = (
        select(OutboxFile)
        .where(OutboxFile.jurisdiction_id == jurisdiction_id)
        .order_by(OutboxFile.imported_at.desc(), OutboxFile.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(OutboxFile.imported_at, OutboxFile.id) < tuple_(*after))
    return query


def pin(jurisdiction_id: int, matter_id: int) -> Rows:
    """``lon`` and ``lat`` (CRS84 degrees) of a matter's pin."""
    return select(func.ST_X(Matter.geom).label("lon"), func.ST_Y(Matter.geom).label("lat")).where(
        Matter.jurisdiction_id == jurisdiction_id, Matter.id == matter_id
    )


def transfer(jurisdiction_id: int, transfer_id: int) -> Select[CellTransfer]:
    return select(CellTransfer).where(
        CellTransfer.jurisdiction_id == jurisdiction_id, CellTransfer.id == transfer_id
    )


def transfer_by_key(jurisdiction_id: int, officer_id: int, key: uuid.UUID) -> Select[CellTransfer]:
    return select(CellTransfer).where(
        CellTransfer.jurisdiction_id == jurisdiction_id,
        CellTransfer.from_officer_id == officer_id,
        CellTransfer.key == key,
    )


def open_transfer(jurisdiction_id: int, matter_id: int) -> Select[CellTransfer]:
    """The hand-over of a matter that nobody has settled; one or none."""
    return select(CellTransfer).where(
        CellTransfer.jurisdiction_id == jurisdiction_id,
        CellTransfer.matter_id == matter_id,
        CellTransfer.state.in_(OPEN_TRANSFERS),
    )


def transfers(
    jurisdiction_id: int,
    *,
    only: int | None = None,
    state: str | None = None,
    unsettled: bool = False,
    matter_id: int | None = None,
    to_officers: Sequence[int] | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Rows:
    """Rows ``(CellTransfer, matter title, matter number)``, newest first; ``after``: ``(asked_at, id)``."""
    query = (
        select(CellTransfer, Matter.title, Matter.number)
        .join(
            Matter,
            and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == CellTransfer.matter_id),
        )
        .where(CellTransfer.jurisdiction_id == jurisdiction_id)
        .order_by(CellTransfer.asked_at.desc(), CellTransfer.id.desc())
        .limit(limit)
    )
    if unsettled:
        query = query.where(CellTransfer.state.in_(OPEN_TRANSFERS))
    if to_officers is not None:
        query = query.where(CellTransfer.to_officer_id.in_(list(to_officers)))
    same = ((CellTransfer.id, only), (CellTransfer.state, state), (CellTransfer.matter_id, matter_id))
    query = query.where(*(column == value for column, value in same if value is not None))
    if after is not None:
        query = query.where(tuple_(CellTransfer.asked_at, CellTransfer.id) < tuple_(*after))
    return query


def device_notes(jurisdiction_id: int, matter_id: int) -> Rows:
    """Rows ``(seq, device)`` of a matter's acts."""
    return select(DeviceNote.seq, DeviceNote.device).where(
        DeviceNote.jurisdiction_id == jurisdiction_id, DeviceNote.matter_id == matter_id
    )


def skipped_by_key(jurisdiction_id: int, officer_id: int, key: uuid.UUID) -> Select[SkippedStop]:
    return select(SkippedStop).where(
        SkippedStop.jurisdiction_id == jurisdiction_id,
        SkippedStop.officer_id == officer_id,
        SkippedStop.key == key,
    )


def skipped(
    jurisdiction_id: int,
    *,
    only: int | None = None,
    officer_id: int | None = None,
    since: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Rows:
    """Rows ``(SkippedStop, name, metres)``: the household's name, and how far from it the officer stood (None
    where one of the two has no place). Newest first; ``after``: ``(at, id)`` of the last one seen."""
    away = func.ST_Distance(func.Geography(SkippedStop.point), func.Geography(Premises.point))
    query = (
        select(SkippedStop, Business.name, away.label("metres"))
        .join(
            Business,
            and_(Business.jurisdiction_id == jurisdiction_id, Business.id == SkippedStop.business_id),
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == jurisdiction_id, Premises.id == Business.premises_id),
        )
        .where(SkippedStop.jurisdiction_id == jurisdiction_id)
        .order_by(SkippedStop.at.desc(), SkippedStop.id.desc())
        .limit(limit)
    )
    same = ((SkippedStop.officer_id, officer_id), (SkippedStop.id, only))
    return _narrowed(query, SkippedStop.at, SkippedStop.id, same, since, None, after)


def naming(jurisdiction_id: int, matter_id: int, sha256: str) -> Rows:
    """The acts on a matter that name a photo, the first first, with the matter's household and cell."""
    named = Event.data.contains({"photos": [{"sha256": sha256}]})
    return (
        select(
            Event.person_id,
            Event.effective_at,
            Event.data,
            Matter.subject_kind,
            Matter.subject_id,
            Matter.cell_id,
        )
        .join(Matter, and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == Event.matter_id))
        .where(Event.jurisdiction_id == jurisdiction_id, Event.matter_id == matter_id, named)
        .order_by(Event.seq)
        .limit(1)
    )


def skipped_on(jurisdiction_id: int, officer_id: int, day: date) -> Select[int]:
    """The households that an officer passed over on a day (Asia/Shanghai)."""
    return (
        select(SkippedStop.business_id)
        .where(
            SkippedStop.jurisdiction_id == jurisdiction_id,
            SkippedStop.officer_id == officer_id,
            func.date(func.timezone("Asia/Shanghai", SkippedStop.at)) == day,
        )
        .distinct()
    )


def last_places(jurisdiction_id: int, officer_ids: Sequence[int], since: datetime, until: datetime) -> Rows:
    """The last placed visit or finding on patrol of each officer between two instants, one row each:
    ``officer_id``, ``at``, ``what``, ``cell_id``, ``lon``, ``lat`` (CRS84 degrees)."""

    def told(what: str, table: type[Visit] | type[Finding], at: Any) -> Rows:
        x, y = (part(table.point) for part in (func.ST_X, func.ST_Y))
        kind = literal(what).label("what")
        columns = (table.officer_id, at.label("at"), kind, table.cell_id, x.label("lon"), y.label("lat"))
        return select(*columns).where(
            table.jurisdiction_id == jurisdiction_id,
            table.officer_id.in_(list(officer_ids)),
            at.between(since, until),
            table.point.is_not(None),
        )

    found = told("finding", Finding, Finding.found_at).where(Finding.source == "patrol")
    both = union_all(told("visit", Visit, Visit.at), found).subquery()
    order = (both.c.officer_id, both.c.at.desc(), both.c.what)
    return select(both).ext(distinct_on(both.c.officer_id)).order_by(*order)
