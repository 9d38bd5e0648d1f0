"""Matters that lie in another's cell (不在我格): handed on, taken or not, decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names, standing
from api.auth import User
from api.deps import Db, Id
from api.inputs import Asked, Number, Position
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Prose
from gridsup.patrols import queries, service, transfers
from gridsup.patrols.model import CellTransfer
from gridsup.procedures.acting import Acting
from gridsup.procedures.queries import assigned_to

router = APIRouter(tags=["transfers"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
Inspector = Annotated[User, permit(Permission.FINDINGS_REPORT)]
Degrees = Annotated[float | None, Query(ge=-180, le=180)]


class TransferProposal(BaseModel):
    """Whose a matter's place is. `own`: the point lies in the asker's own cell, so the desk decides."""

    cell_id: int | None
    cell_code: str | None
    cell_name: str | None
    officer_id: int | None
    officer_name: str | None
    own: bool


class NewTransfer(BaseModel):
    """The matter is not in my cell. Without a `position` the matter's pin says where it is."""

    key: UUID = Field(description="made by the client; the same key is the same hand-over")
    reason: Prose
    position: Position | None = Field(
        default=None, description="where the inspector stood, at the place itself"
    )


class TransferAnswer(BaseModel):
    accepted: bool
    reason: Prose | None = Field(default=None, description="why not; needed for a refusal")


class TransferDecision(BaseModel):
    cell_id: Number | None = Field(description="the cell it lies in; null: it stays where it was")
    reason: Prose


class TransferView(BaseModel):
    """One hand-over. `asked` waits for the neighbour, `to_desk` for the dispatcher."""

    id: int
    state: Literal["asked", "to_desk", "taken", "decided", "withdrawn"]
    matter_id: int
    matter_title: str
    matter_number: str | None
    from_officer_id: int
    from_officer: str | None
    from_cell_id: int | None
    from_cell: str | None
    to_officer_id: int | None
    to_officer: str | None
    to_cell_id: int | None
    to_cell: str | None
    reason: str
    asked_at: datetime
    refusal: str | None
    decision: str | None
    settled_by: str | None
    settled_at: datetime | None
    may_answer: bool
    may_decide: bool
    may_withdraw: bool


@router.get("/matters/{matter_id}/transfer-proposal")
def propose_transfer(
    matter_id: Id, user: Inspector, session: Db, lon: Degrees = None, lat: Degrees = None
) -> TransferProposal:
    """Whose cell the place lies in: of the position given, else of the matter's pin."""
    standing.check_sight(session, user, [matter_id])
    here = (lon, lat) if lon is not None and lat is not None else None
    place = here or transfers.pin_of(session, user.jurisdiction_id, matter_id)
    now = datetime.now(UTC)
    acting = _handler(session, user, matter_id)
    found = transfers.propose(session, user.jurisdiction_id, place, acting, now)
    known = names.look_up(session, user.jurisdiction_id, officers=[found.officer_id])
    return TransferProposal(
        cell_id=found.cell.id if found.cell else None,
        cell_code=found.cell.code if found.cell else None,
        cell_name=found.cell.name if found.cell else None,
        officer_id=found.officer_id,
        officer_name=known.officer(found.officer_id),
        own=found.own,
    )


@router.post("/matters/{matter_id}/transfers", status_code=201)
def ask_transfer(matter_id: Id, form: NewTransfer, user: Inspector, session: Db) -> TransferView:
    """Hand a matter on that lies in another's cell. The clock goes on."""
    standing.check_sight(session, user, [matter_id])
    place = service.Position(**form.position.model_dump()) if form.position else None
    row = transfers.ask(
        session,
        _handler(session, user, matter_id),
        matter_id,
        key=form.key,
        reason=form.reason,
        position=place,
    )
    return _one(session, user, row)


@router.get("/transfers")
def list_transfers(
    user: Reader,
    session: Db,
    state: Literal["asked", "to_desk", "taken", "decided", "withdrawn"] | None = None,
    unsettled: bool = False,
    matter_id: Asked = None,
    to_me: Annotated[bool, Query(description="only those that wait for me, or whom I stand in for")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TransferView]:
    """Hand-overs between cells, newest first."""
    rows = session.execute(
        queries.transfers(
            user.jurisdiction_id,
            state="asked" if to_me else state,
            unsettled=unsettled,
            matter_id=matter_id,
            to_officers=standing.officers_of(user) if to_me else None,
            after=decode(cursor, datetime, int),
            limit=limit + 1,
        )
    ).all()
    shown = _views(session, user, rows)
    return page(rows, limit, lambda row: shown[row[0].id], lambda row: (row[0].asked_at, row[0].id))


@router.post("/transfers/{transfer_id}/answer")
def answer_transfer(transfer_id: Id, form: TransferAnswer, user: Inspector, session: Db) -> TransferView:
    """Take the matter over, or say why not; then the desk decides."""
    row = transfers.answer(
        session,
        _acting(session, user, {_row(session, user, transfer_id).to_officer_id}),
        transfer_id,
        accepted=form.accepted,
        reason=form.reason,
    )
    return _one(session, user, row)


@router.post("/transfers/{transfer_id}/decision")
def decide_transfer(transfer_id: Id, form: TransferDecision, user: Inspector, session: Db) -> TransferView:
    """Decide whose the matter is: the dispatcher's word, also while the neighbour is silent."""
    acting = standing.acting(session, user, None, transfers.DECIDERS)
    row = transfers.decide(session, acting, transfer_id, cell_id=form.cell_id, reason=form.reason)
    return _one(session, user, row)


@router.post("/transfers/{transfer_id}/withdrawal")
def withdraw_transfer(transfer_id: Id, user: Inspector, session: Db) -> TransferView:
    """Take one's own hand-over back, while nobody has settled it."""
    maker = _row(session, user, transfer_id).from_officer_id
    row = transfers.withdraw(session, _acting(session, user, {maker}), transfer_id)
    return _one(session, user, row)


def _row(session: Session, user: User, transfer_id: int) -> CellTransfer:
    return transfers.get(session, user.jurisdiction_id, transfer_id)


def _handler(session: Session, user: User, matter_id: int) -> Acting:
    return _acting(session, user, {session.scalar(assigned_to(user.jurisdiction_id, matter_id))})


def _acting(session: Session, user: User, officers: Collection[int | None]) -> Acting:
    """The capacity in which this person is one of ``officers``; else the first (the domain refuses it)."""
    held = standing.actings(user)
    mine = [one for one in held if one.holder_id in officers and one.post in standing.PERSONAL]
    return mine[0] if mine else standing.acting(session, user, None, ("inspector",))


def _one(session: Session, user: User, row: CellTransfer) -> TransferView:
    (told,) = session.execute(queries.transfers(user.jurisdiction_id, only=row.id)).all()
    return _views(session, user, [told])[row.id]


def _views(session: Session, user: User, rows: Sequence[Any]) -> dict[int, TransferView]:
    found = [row[0] for row in rows]
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=(n for one in found for n in (one.from_officer_id, one.to_officer_id, one.settled_by)),
        cells_=(n for one in found for n in (one.from_cell_id, one.to_cell_id)),
    )
    mine = set(standing.officers_of(user))
    decider = any(one.post in transfers.DECIDERS for one in user.capacities)
    columns = CellTransfer.__table__.columns.keys()
    plain = [name for name in TransferView.model_fields if name in columns and name != "settled_by"]
    return {
        one.id: TransferView(
            **{name: getattr(one, name) for name in plain},
            matter_title=title,
            matter_number=number,
            from_officer=known.officer(one.from_officer_id),
            from_cell=known.cell(one.from_cell_id),
            to_officer=known.officer(one.to_officer_id),
            to_cell=known.cell(one.to_cell_id),
            settled_by=known.officer(one.settled_by),
            may_answer=one.state == "asked" and one.to_officer_id in mine,
            may_decide=one.settled_at is None and decider,
            may_withdraw=one.settled_at is None and one.from_officer_id in mine,
        )
        for one, title, number in rows
    }
