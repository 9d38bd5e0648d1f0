"""The verbs on a rotation sheet (轮岗交接单): draw up, freeze anew, sign, void, amend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from gridsup.cells import queries as cells
from gridsup.cells.model import Cell
from gridsup.codes import DocumentNumber
from gridsup.db import announce
from gridsup.documents.numbering import next_serial
from gridsup.errors import Conflict, FieldFault, Forbidden, Invalid, NotFound
from gridsup.handovers import queries
from gridsup.handovers.content import digest, freeze
from gridsup.handovers.model import Handover, HandoverSignature
from gridsup.people import assignments
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.people.deputies import STATION_HEAD, day_of
from gridsup.people.model import Officer
from gridsup.people.refusals import missing

SERIES = "监轮交"
INSPECTOR = "inspector"
WITNESS_SETTING = "handover_witness"
"""Of a jurisdiction: true where a sheet is complete only with the station head's signature (监交)."""


def draw_up(
    session: Session,
    jurisdiction_id: int,
    *,
    giver_id: int,
    taker_id: int,
    cell_ids: Sequence[int],
    effective_on: date,
    note: str | None = None,
    by: int | None,
    now: datetime,
) -> Handover:
    """Freeze what passes from one inspector to another with the cells; nothing changes until both signed.

    Raises Invalid (``same-person``, ``no-cells``, ``one-station``, ``not-an-inspector``, ``day-over``),
    NotFound (``cell-not-found``, ``officer``), Conflict (``not-the-owner``, ``already-handed-over``).
    """
    wanted = sorted(set(cell_ids))
    if giver_id == taker_id:
        raise _fault(
            "same-person", "/taker_id", "交出人和接收人不能是同一人。", "Name two different persons."
        )
    if not wanted:
        raise _fault("no-cells", "/cell_ids", "请至少选择一个网格。", "Choose at least one cell.")
    if effective_on < day_of(now):
        raise _fault(
            "day-over", "/effective_on", "交接日不能早于今天。", "The hand-over cannot be before today."
        )
    _officer(session, jurisdiction_id, giver_id)
    _inspector(session, jurisdiction_id, taker_id, effective_on)
    chosen = _cells(session, jurisdiction_id, wanted, effective_on)
    _held_by(session, jurisdiction_id, chosen, giver_id, effective_on)
    _not_under_way(session, jurisdiction_id, chosen)
    row = Handover(
        jurisdiction_id=jurisdiction_id,
        giver_id=giver_id,
        taker_id=taker_id,
        cell_ids=wanted,
        effective_on=effective_on,
        note=note,
        created_by=by,
        created_at=now,
    )
    _freeze(session, row, chosen, now)
    session.add(row)
    return _noted(session, row, "handover_drawn_up", by)


def amend(
    session: Session, jurisdiction_id: int, handover_id: int, *, note: str, by: int | None, now: datetime
) -> Handover:
    """A further sheet that corrects a signed one and names its number; it changes no assignment.

    Raises NotFound ``handover``, Conflict ``not-signed``.
    """
    first = get(session, jurisdiction_id, handover_id)
    if first.state != "signed" or first.number is None:
        raise Conflict(
            "not-signed",
            zh="该交接单尚未生效，无需更正：可重新生成或作废。",
            en="This sheet is not signed yet: freeze it anew or void it instead.",
        )
    row = Handover(
        jurisdiction_id=jurisdiction_id,
        giver_id=first.giver_id,
        taker_id=first.taker_id,
        cell_ids=first.cell_ids,
        effective_on=first.effective_on,
        note=note,
        amends_id=first.id,
        created_by=by,
        created_at=now,
    )
    _freeze(session, row, _cells(session, jurisdiction_id, row.cell_ids, None), now, amends=first.number)
    session.add(row)
    return _noted(session, row, "handover_amended", by)


def refresh(
    session: Session, jurisdiction_id: int, handover_id: int, *, by: int | None, now: datetime
) -> Handover:
    """Freeze the lists anew, while nobody has signed.

    Raises Conflict ``handover-ended``, ``signed-by-one``.
    """
    row = _open(session, jurisdiction_id, handover_id)
    if session.scalars(queries.signatures(jurisdiction_id, [row.id])).first() is not None:
        raise Conflict(
            "signed-by-one",
            zh="已有人签字，内容不能再改。请作废后重新制单。",
            en="Somebody has signed: the content stands. Void the sheet and draw up another.",
        )
    amends = row.content.get("amends")
    day = None if row.amends_id else row.effective_on
    _freeze(session, row, _cells(session, jurisdiction_id, row.cell_ids, day), now, amends=amends)
    return _noted(session, row, "handover_refreshed", by)


def role_of(session: Session, row: Handover, officer_id: int, day: date) -> str | None:
    """In which role an officer may sign: ``giver``, ``taker``, ``witness`` (the station's head), or None."""
    if officer_id in (row.giver_id, row.taker_id):
        return "giver" if officer_id == row.giver_id else "taker"
    cell = session.scalars(cells.cell(row.jurisdiction_id, row.cell_ids[0])).one()
    heads = people.postings_on(
        row.jurisdiction_id,
        day,
        officer_id=officer_id,
        post=STATION_HEAD,
        organisation_id=cell.station_id,
    )
    return "witness" if session.scalars(heads).first() is not None else None


def sign(
    session: Session, jurisdiction_id: int, handover_id: int, *, officer_id: int, seen: str, now: datetime
) -> Handover:
    """Put one's own signature under the content that one has seen (its SHA-256).

    The signature that completes the sheet gives it its number and, unless it is an amendment, makes the
    taker responsible from the day named, or from today where that day is over.

    Raises Forbidden ``not-a-party``, Conflict ``handover-ended``, ``content-changed``, ``already-signed``,
    ``not-the-owner``.
    """
    row = _open(session, jurisdiction_id, handover_id)
    role = role_of(session, row, officer_id, day_of(now))
    if role is None:
        raise Forbidden(
            "not-a-party",
            zh="只有交出人、接收人本人和本所所长（监交）可以签字。",
            en="Only the two inspectors themselves and the head of the station (as witness) sign.",
        )
    if seen != row.content_sha256:
        raise Conflict(
            "content-changed",
            zh="交接单内容已重新生成，请查看新内容后再签字。",
            en="The sheet was frozen anew meanwhile: read it again, then sign.",
        )
    given = {one.role for one in session.scalars(queries.signatures(jurisdiction_id, [row.id]))}
    if role in given:
        raise Conflict("already-signed", zh="您已签字。", en="You have signed already.")
    session.add(
        HandoverSignature(
            jurisdiction_id=jurisdiction_id,
            handover_id=row.id,
            role=role,
            officer_id=officer_id,
            content_sha256=row.content_sha256,
            signed_at=now,
        )
    )
    home = session.scalars(cells.jurisdiction(jurisdiction_id)).one()
    needed = {"giver", "taker"} | ({"witness"} if home.settings.get(WITNESS_SETTING) else set())
    if needed <= given | {role}:
        _complete(session, row, str(home.settings.get("abbreviation", "")), now, by=officer_id)
    return _noted(session, row, "handover_signed", officer_id)


def void(
    session: Session, jurisdiction_id: int, handover_id: int, *, reason: str, by: int | None, now: datetime
) -> Handover:
    """End a sheet that is not complete; it stays on record. Raises Conflict ``handover-ended``."""
    row = _open(session, jurisdiction_id, handover_id)
    row.state, row.void_reason, row.ended_at = "void", reason, now
    return _noted(session, row, "handover_voided", by)


def get(session: Session, jurisdiction_id: int, handover_id: int) -> Handover:
    """Raises NotFound ``handover``."""
    row = session.scalar(queries.handover(jurisdiction_id, handover_id))
    if row is None:
        raise missing("handover", "轮岗交接单", "rotation sheet", handover_id)
    return row


def _open(session: Session, jurisdiction_id: int, handover_id: int) -> Handover:
    """The sheet, locked, while it can still change."""
    query = queries.handover(jurisdiction_id, handover_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise missing("handover", "轮岗交接单", "rotation sheet", handover_id)
    if row.state != "open":
        raise Conflict(
            "handover-ended",
            zh="该交接单已办结，不能再改；如有差错请制作更正单。",
            en="This sheet is closed and stays as it is; draw up an amendment where it is wrong.",
        )
    return row


def _complete(session: Session, row: Handover, abbreviation: str, now: datetime, *, by: int) -> None:
    """Number the sheet and change the owner. The series row is the last lock."""
    place, today = row.jurisdiction_id, day_of(now)
    if row.amends_id is None:
        first_day = max(row.effective_on, today)
        chosen = _cells(session, place, row.cell_ids, first_day)
        _held_by(session, place, chosen, row.giver_id, first_day)
        for cell in chosen:
            assignments.assign(
                session, place, officer_id=row.taker_id, from_day=first_day, cell_id=cell.id, by=by
            )
        row.assigned_from = first_day
    session.flush()
    serial = next_serial(session, place, SERIES, today.year)
    row.number = str(DocumentNumber(abbreviation + SERIES, today.year, serial))
    row.year, row.serial, row.state, row.ended_at = today.year, serial, "signed", now


def _freeze(
    session: Session, row: Handover, chosen: Sequence[Cell], now: datetime, *, amends: str | None = None
) -> None:
    place = row.jurisdiction_id
    officers = {
        one.id: one for one in session.scalars(people.officers_by_id(place, [row.giver_id, row.taker_id]))
    }
    row.content = freeze(
        session,
        session.scalars(cells.jurisdiction(place)).one(),
        session.scalars(people.organisation(place, chosen[0].station_id)).one(),
        officers[row.giver_id],
        officers[row.taker_id],
        chosen,
        effective_on=row.effective_on,
        note=row.note,
        amends=amends,
        now=now,
    )
    row.content_sha256 = digest(row.content)


def _cells(session: Session, place: int, ids: Sequence[int], day: date | None) -> list[Cell]:
    """The cells by code, in force on ``day`` (ended ones too where it is None), all of one station."""
    found = []
    for number in ids:
        query = cells.cell(place, number)
        cell = session.scalar(query if day is None else query.where(cells.in_force(place, day)))
        if cell is None:
            raise NotFound(
                "cell-not-found",
                zh="没有编号为 {id} 的网格，或它在交接日已不在用。",
                en="There is no cell {id} in force on the day of the hand-over.",
                id=number,
            )
        found.append(cell)
    if len({cell.station_id for cell in found}) > 1:
        raise _fault(
            "one-station",
            "/cell_ids",
            "一张交接单只列同一监管所的网格，请分所制单。",
            "One sheet holds cells of one station: draw up one for each.",
        )
    return sorted(found, key=lambda cell: cell.code)


def _held_by(session: Session, place: int, chosen: Sequence[Cell], giver_id: int, day: date) -> None:
    holders = {
        row[0]: row[1] for row in session.execute(cells.holders(place, [cell.id for cell in chosen], day))
    }
    if others := [cell.code for cell in chosen if holders.get(cell.id) != giver_id]:
        raise Conflict(
            "not-the-owner",
            zh="{day} 时下列网格的责任人不是交出人：{codes}。",
            en="On {day} these cells are not the giver's: {codes}.",
            day=day.isoformat(),
            codes=", ".join(others),
        )


def _not_under_way(session: Session, place: int, chosen: Sequence[Cell]) -> None:
    ids = {cell.id for cell in chosen}
    for other in session.scalars(queries.handovers(place, state="open", limit=1000)):
        if other.amends_id is None and ids & set(other.cell_ids):
            raise Conflict(
                "already-handed-over",
                zh="所选网格已在另一张未办结的交接单（编号 {id}）中，请先办结或作废。",
                en="Another open sheet ({id}) holds one of these cells: sign or void it first.",
                id=other.id,
            )


def _officer(session: Session, place: int, officer_id: int) -> Officer:
    found = session.scalar(people.officer(place, officer_id))
    if found is None:
        raise missing("officer", "人员", "officer", officer_id)
    return found


def _inspector(session: Session, place: int, officer_id: int, day: date) -> None:
    _officer(session, place, officer_id)
    posts = people.postings_on(place, day, officer_id=officer_id, post=INSPECTOR)
    if session.scalars(posts).first() is None:
        raise _fault(
            "not-an-inspector",
            "/taker_id",
            "接收人在交接日不是在岗的巡查监管员。",
            "The taker does not hold the post of an inspector on that day.",
        )


def _noted(session: Session, row: Handover, act: str, by: int | None) -> Handover:
    session.flush()
    record(session, row.jurisdiction_id, act, officer_id=by, subject=f"handover:{row.id}", state=row.state)
    announce(session, row.jurisdiction_id, "handover", id=row.id)
    return row


def _fault(code: str, pointer: str, zh: str, en: str) -> Invalid:
    return Invalid(code, zh=zh, en=en, faults=[FieldFault(pointer, zh, en)])
