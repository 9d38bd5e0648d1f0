"""A matter that lies in another's cell (不在我格): handed to the neighbour, who takes it or says why not;
then the dispatcher decides. Each of these acts is an event of the matter; no state and no clock moves.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.cells import queries as cells
from gridsup.cells.locate import locate
from gridsup.cells.model import Cell
from gridsup.db import announce
from gridsup.errors import Conflict, FieldFault, Forbidden, Invalid, NotFound, Refused
from gridsup.patrols import queries
from gridsup.patrols.model import OPEN_TRANSFERS, CellTransfer
from gridsup.patrols.service import Position
from gridsup.people import queries as people
from gridsup.people.urgent import FACT
from gridsup.procedures import door, upkeep
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import Family, jurisdiction_of, legal_day, lock_family
from gridsup.procedures.pack import Words

STEPS = {
    "transfer_asked": Words(zh="不在我格，提出移交", en="Not in my cell: handed on"),
    "transfer_taken": Words(zh="接收移交", en="Taken over"),
    "transfer_refused": Words(zh="不接收，报指挥席定", en="Not taken; the desk decides"),
    "transfer_decided": Words(zh="指挥席裁定责任网格", en="The desk decided whose cell"),
    "transfer_withdrawn": Words(zh="撤回移交", en="Hand-over withdrawn"),
}
"""The actions of the events, with their titles."""
DECIDERS = ("dispatcher", "station_head")
CAPTIONS = {
    "reason": {"title": "理由", "x-title-en": "Reason"},
    "cell": {"title": "网格", "x-title-en": "Cell"},
    "officer": {"title": "责任人", "x-title-en": "In charge"},
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whose the place is: its cell and who answers for it; ``own`` when that is whose work is handed on.

    A deputy (B角) may well be the neighbour: then it passes from A to B like any other hand-over.
    """

    cell: Cell | None
    officer_id: int | None
    own: bool

    @property
    def taker_id(self) -> int | None:
        """The neighbour to ask; None where the desk decides at once."""
        return None if self.own else self.officer_id


def propose(
    session: Session, jurisdiction_id: int, place: tuple[float, float] | None, acting: Acting, now: datetime
) -> Proposal:
    """Whose a place (CRS84 degrees) is today."""
    cell = locate(session, jurisdiction_id, *place, day=legal_day(now)) if place else None
    owner = queries.cell_owner(jurisdiction_id, cell.id, legal_day(now)) if cell else None
    officer_id = session.scalar(owner) if owner is not None else None
    return Proposal(cell, officer_id, officer_id is not None and officer_id == acting.holder_id)


def pin_of(session: Session, jurisdiction_id: int, matter_id: int) -> tuple[float, float] | None:
    """Where the matter's pin is (CRS84 degrees)."""
    row = session.execute(queries.pin(jurisdiction_id, matter_id)).one_or_none()
    return (row.lon, row.lat) if row is not None and row.lon is not None else None


def ask(
    session: Session,
    acting: Acting,
    matter_id: int,
    *,
    key: uuid.UUID,
    reason: str,
    position: Position | None = None,
    now: datetime | None = None,
) -> CellTransfer:
    """Hand a matter to the one whose cell its place lies in; the same ``key`` is the same hand-over.

    The place is ``position`` (where the inspector stood), else the matter's pin. Where it says nobody, or the
    asker's own cell, the desk decides. Raises Forbidden ``not-assigned``, Refused ``held-on-duty``, Conflict
    ``matter-ended``, ``transfer-open``, Invalid ``key-reused``; NotFound ``no-matter``.
    """
    jurisdiction_id = jurisdiction_of(session)
    family = lock_family(session, jurisdiction_id, matter_id, now)
    matter = family.members[matter_id].p.matter
    if acting.holder_id is None:
        raise ValueError("a hand-over has a person")
    before = session.scalar(queries.transfer_by_key(jurisdiction_id, acting.holder_id, key))
    if before is not None:
        if (before.matter_id, before.reason) != (matter_id, reason):
            raise Invalid(
                "key-reused",
                zh="此请求编号已用于另一次移交。请换用新的编号。",
                en="This key was used for another hand-over. Use a new one.",
            )
        return before
    _still_open(family, matter_id)
    if matter["assigned_officer_id"] not in acting.persons:
        raise Forbidden(
            "not-assigned",
            zh="此事项没有分派给您，不能移交。请由承办人提出。",
            en="This matter is not assigned to you; its handler hands it on.",
        )
    if FACT in matter["facts"]:
        raise Refused(
            "held-on-duty",
            zh="此事项按值班表送达您，与所在网格无关，不能按“不在我格”移交。请签收办理；签收后由网格责任人接办的，"
            "系统自动转交。",
            en="It came to you as the officer on duty, whatever cell it lies in, and is not handed on. "
            "Receive it; where the cell's inspector goes on with it, it passes there by itself.",
        )
    if session.scalar(queries.open_transfer(jurisdiction_id, matter_id)) is not None:
        raise Conflict(
            "transfer-open",
            zh="此事项已提出移交，正等待接收或裁定。",
            en="This matter was handed on already and waits for an answer.",
        )
    place = (position.lon, position.lat) if position else pin_of(session, jurisdiction_id, matter_id)
    found = propose(session, jurisdiction_id, place, acting, family.now)
    row = CellTransfer(
        jurisdiction_id=jurisdiction_id,
        matter_id=matter_id,
        state="asked" if found.taker_id else "to_desk",
        from_officer_id=acting.holder_id,
        from_cell_id=matter["cell_id"],
        to_officer_id=found.taker_id,
        to_cell_id=found.cell.id if found.cell and found.taker_id else None,
        reason=reason,
        point=position.element() if position else None,
        key=key,
        asked_at=family.now,
    )
    session.add(row)
    form = {"reason": reason, **_whose(session, jurisdiction_id, row.to_cell_id, row.to_officer_id)}
    return _noted(session, family, row, acting, "transfer_asked", form)


def answer(
    session: Session,
    acting: Acting,
    transfer_id: int,
    *,
    accepted: bool,
    reason: str | None = None,
    now: datetime | None = None,
) -> CellTransfer:
    """The neighbour takes the matter, or says why not (then the desk decides).

    Raises Forbidden ``transfer-not-yours``, Invalid ``reason-missing``, Conflict ``transfer-over``,
    ``matter-ended``; NotFound ``no-transfer``.
    """
    family, row = _locked(session, transfer_id, now)
    _in_state(row, "asked")
    if row.to_officer_id not in acting.persons:
        raise _not_yours()
    if not accepted:
        row.state, row.refusal = "to_desk", _needed(reason)
        return _noted(session, family, row, acting, "transfer_refused", {"reason": row.refusal})
    _still_open(family, row.matter_id)
    _settle(row, "taken", acting, family.now)
    return _moved(session, family, row, acting, "transfer_taken", {})


def decide(
    session: Session,
    acting: Acting,
    transfer_id: int,
    *,
    cell_id: int | None,
    reason: str,
    now: datetime | None = None,
) -> CellTransfer:
    """The dispatcher decides: the cell in which the matter lies, or (None) that it stays where it was.

    May be done while the neighbour is still silent. Raises Forbidden ``transfer-not-yours``, Invalid
    ``reason-missing``, ``cell-without-owner``, Conflict ``transfer-over``, ``matter-ended``; NotFound
    ``no-transfer``, ``cell-not-found``.
    """
    family, row = _locked(session, transfer_id, now)
    if acting.post not in DECIDERS:
        raise _not_yours()
    _in_state(row, *OPEN_TRANSFERS)
    _still_open(family, row.matter_id)
    row.decision = _needed(reason)
    _settle(row, "decided", acting, family.now)
    if cell_id is None:
        row.to_cell_id = row.to_officer_id = None
        whose = _whose(session, row.jurisdiction_id, row.from_cell_id, row.from_officer_id)
        return _noted(session, family, row, acting, "transfer_decided", {"reason": row.decision, **whose})
    row.to_cell_id = cell_id
    row.to_officer_id = _owner(session, row.jurisdiction_id, cell_id, family.now)
    return _moved(session, family, row, acting, "transfer_decided", {"reason": row.decision})


def withdraw(
    session: Session, acting: Acting, transfer_id: int, *, now: datetime | None = None
) -> CellTransfer:
    """Take a hand-over back while nobody has settled it. Raises Forbidden ``transfer-not-yours``, Conflict
    ``transfer-over``; NotFound ``no-transfer``."""
    family, row = _locked(session, transfer_id, now)
    _in_state(row, *OPEN_TRANSFERS)
    if row.from_officer_id not in acting.persons:
        raise _not_yours()
    _settle(row, "withdrawn", acting, family.now)
    return _noted(session, family, row, acting, "transfer_withdrawn", {})


def get(session: Session, jurisdiction_id: int, transfer_id: int) -> CellTransfer:
    """Raises NotFound ``no-transfer``."""
    found = session.scalar(queries.transfer(jurisdiction_id, transfer_id))
    if found is None:
        raise NotFound(
            "no-transfer",
            zh="没有编号为 {id} 的移交。",
            en="There is no hand-over {id}.",
            id=transfer_id,
        )
    return found


def _locked(session: Session, transfer_id: int, now: datetime | None) -> tuple[Family, CellTransfer]:
    """The hand-over, under the lock of its matter's family."""
    jurisdiction_id = jurisdiction_of(session)
    family = lock_family(session, jurisdiction_id, get(session, jurisdiction_id, transfer_id).matter_id, now)
    query = queries.transfer(jurisdiction_id, transfer_id)
    return family, session.scalars(query.execution_options(populate_existing=True)).one()


def _in_state(row: CellTransfer, *states: str) -> None:
    if row.state not in states:
        raise Conflict(
            "transfer-over",
            zh="这次移交已有结果，请刷新查看。",
            en="This hand-over was settled meanwhile; look again.",
            state=row.state,
        )


def _still_open(family: Family, matter_id: int) -> None:
    if family.members[matter_id].ended:
        raise Conflict(
            "matter-ended", zh="此事项已办结，不能移交。", en="This matter has ended and stays where it is."
        )


def _settle(row: CellTransfer, state: str, acting: Acting, now: datetime) -> None:
    row.state, row.settled_by, row.settled_at = state, acting.person_id, now


def _moved(
    session: Session,
    family: Family,
    row: CellTransfer,
    acting: Acting,
    action: str,
    form: dict[str, Any],
) -> CellTransfer:
    """The matter, and what of its family the giver handles, passes to the new cell and its inspector."""
    if row.to_cell_id is None:
        raise ValueError("a matter moves into a cell")
    cell = session.scalars(cells.cell(row.jurisdiction_id, row.to_cell_id)).one()
    header = {
        "cell_id": cell.id,
        "station_id": cell.station_id,
        "assigned_officer_id": row.to_officer_id,
    }
    told = {**form, **_whose(session, row.jurisdiction_id, cell.id, row.to_officer_id)}
    for member in family.members.values():
        handles = member.p.matter["assigned_officer_id"] == row.from_officer_id and not member.ended
        if handles or member.id == row.matter_id:
            upkeep.note(family, member, acting, action, form=told, header=header)
    return _announced(session, family, row)


def _noted(
    session: Session,
    family: Family,
    row: CellTransfer,
    acting: Acting,
    action: str,
    form: dict[str, Any],
) -> CellTransfer:
    upkeep.note(family, family.members[row.matter_id], acting, action, form=form)
    return _announced(session, family, row)


def _announced(session: Session, family: Family, row: CellTransfer) -> CellTransfer:
    session.flush()
    door.announce(family, row.matter_id)
    announce(session, row.jurisdiction_id, "transfer", id=row.id)
    return row


def _whose(
    session: Session, jurisdiction_id: int, cell_id: int | None, officer_id: int | None
) -> dict[str, Any]:
    """A cell's code and its officer's name, for the record to be read by people."""
    cell = session.scalar(cells.cell(jurisdiction_id, cell_id)) if cell_id else None
    officer = session.scalar(people.officer(jurisdiction_id, officer_id)) if officer_id else None
    told = {"cell": cell and cell.code, "officer": officer and officer.name}
    return {name: value for name, value in told.items() if value}


def _owner(session: Session, jurisdiction_id: int, cell_id: int, now: datetime) -> int:
    day = legal_day(now)
    in_force = cells.cell(jurisdiction_id, cell_id).where(cells.in_force(jurisdiction_id, day))
    if session.scalar(in_force) is None:
        raise NotFound(
            "cell-not-found",
            zh="没有编号为 {id} 的网格，或它已不在用。",
            en="There is no cell {id} in force.",
            id=cell_id,
        )
    owner = session.scalar(queries.cell_owner(jurisdiction_id, cell_id, day))
    if owner is None:
        zh, en = "该网格没有责任人，请先指定责任人。", "Nobody answers for this cell: assign it first."
        raise Invalid("cell-without-owner", zh=zh, en=en, faults=[FieldFault("/cell_id", zh, en)])
    return owner


def _needed(reason: str | None) -> str:
    if not (reason or "").strip():
        zh, en = "请写明理由。", "Say why."
        raise Invalid("reason-missing", zh=zh, en=en, faults=[FieldFault("/reason", zh, en)])
    return str(reason).strip()


def _not_yours() -> Forbidden:
    return Forbidden(
        "transfer-not-yours",
        zh="这次移交不由您处理：对方责任人（或其代理人）接收，指挥席裁定，提出人撤回。",
        en="This hand-over is not yours: the neighbour (or deputy) takes it, the desk decides, its maker "
        "withdraws it.",
    )
