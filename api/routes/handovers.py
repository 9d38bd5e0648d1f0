"""Rotation sheets (轮岗交接单): drawn up, signed by both inspectors, printed; the assignment follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api import names
from api.auth import User
from api.deps import Db, Id
from api.inputs import Asked, Day, Hash, Number
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Prose
from gridsup.handovers import queries, service, sheet
from gridsup.handovers.model import Handover, HandoverSignature
from gridsup.people.audit import record
from gridsup.people.deputies import day_of
from gridsup.procedures.pack import Words

router = APIRouter(prefix="/handovers", tags=["handovers"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
Assigner = Annotated[User, permit(Permission.CELLS_ASSIGN)]
PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class NewHandover(BaseModel):
    """Cells that pass from one inspector to another on a day."""

    giver_id: Number
    taker_id: Number
    cell_ids: list[Number] = Field(min_length=1, max_length=200)
    effective_on: Day
    note: Prose | None = None


class HandoverNote(BaseModel):
    note: Prose


class VoidReason(BaseModel):
    reason: Prose


class SeenContent(BaseModel):
    """The content that the signer has read."""

    content_sha256: Hash


class HandoverPerson(BaseModel):
    id: int
    name: str
    staff_no: str


class HandoverCell(BaseModel):
    id: int
    code: str
    name: str
    area_m2: int
    households: int
    unlicensed: int


class HandoverMatter(BaseModel):
    id: int
    number: str | None
    title: str
    kind: Words
    state: Words
    waits_for: Words | None
    cell: str | None
    due_at: datetime | None
    overdue: bool = Field(description="when the list was frozen")


class HandoverGoods(HandoverMatter):
    """Things preserved, sealed or seized."""

    items: str
    place: str
    documents: list[str]


class HandoverCommand(HandoverMatter):
    """A command that is not received or not fed back."""

    command: Words
    key: str | None = Field(description="number of the command")


class HandoverContent(BaseModel):
    """As frozen; never edited after a signature."""

    bureau: str
    demo: bool
    station: str
    giver: HandoverPerson
    taker: HandoverPerson
    effective_on: date
    frozen_at: datetime
    note: str | None
    amends: str | None = Field(description="number of the sheet that this one corrects")
    cells: list[HandoverCell]
    matters: list[HandoverMatter]
    goods: list[HandoverGoods]
    commands: list[HandoverCommand]


class HandoverSigned(BaseModel):
    role: Literal["giver", "taker", "witness"]
    officer_id: int
    officer: str | None
    signed_at: datetime


class HandoverRow(BaseModel):
    id: int
    state: Literal["open", "signed", "void"]
    number: str | None
    giver_id: int
    giver: str
    taker_id: int
    taker: str
    station: str
    cells: list[str] = Field(description="codes")
    effective_on: date
    assigned_from: date | None = Field(description="first day of the new owner, once all have signed")
    amends_id: int | None
    created_at: datetime
    signatures: list[HandoverSigned]
    may_sign: Literal["giver", "taker", "witness"] | None = Field(
        description="the role in which the asking user can sign now"
    )


class HandoverView(HandoverRow):
    content: HandoverContent
    content_sha256: str
    void_reason: str | None
    ended_at: datetime | None


@router.get("")
def list_handovers(
    user: Reader,
    session: Db,
    state: Literal["open", "signed", "void"] | None = None,
    officer_id: Asked = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[HandoverRow]:
    """Sheets, the newest first; `officer_id` gives or takes."""
    after = decode(cursor, int)
    query = queries.handovers(
        user.jurisdiction_id,
        state=state,
        officer_id=officer_id,
        after=after[0] if after else None,
        limit=limit + 1,
    )
    rows = session.scalars(query).all()
    shown = _rows(session, user, rows)
    return page(rows, limit, lambda row: HandoverRow(**shown[row.id]), lambda row: (row.id,))


@router.post("", status_code=201)
def draw_up_handover(form: NewHandover, user: Assigner, session: Db) -> HandoverView:
    """Freeze cells, open matters, goods and commands; the assignment changes when both have signed."""
    row = service.draw_up(
        session, user.jurisdiction_id, by=user.officer_id, now=datetime.now(UTC), **form.model_dump()
    )
    return _view(session, user, row)


@router.get("/{handover_id}")
def get_handover(handover_id: Id, user: Reader, session: Db) -> HandoverView:
    """One sheet with its frozen lists."""
    return _view(session, user, service.get(session, user.jurisdiction_id, handover_id))


@router.post("/{handover_id}/refresh")
def refresh_handover(handover_id: Id, user: Assigner, session: Db) -> HandoverView:
    """Freeze the lists anew, while nobody has signed."""
    row = service.refresh(
        session, user.jurisdiction_id, handover_id, by=user.officer_id, now=datetime.now(UTC)
    )
    return _view(session, user, row)


@router.post("/{handover_id}/signatures")
def sign_handover(handover_id: Id, form: SeenContent, user: Reader, session: Db) -> HandoverView:
    """Sign as oneself: the two inspectors, and the head of the station as witness."""
    row = service.sign(
        session,
        user.jurisdiction_id,
        handover_id,
        officer_id=user.officer_id,
        seen=form.content_sha256,
        now=datetime.now(UTC),
    )
    return _view(session, user, row)


@router.post("/{handover_id}/void")
def void_handover(handover_id: Id, form: VoidReason, user: Assigner, session: Db) -> HandoverView:
    """End a sheet that is not complete; it stays on record."""
    now = datetime.now(UTC)
    row = service.void(
        session, user.jurisdiction_id, handover_id, reason=form.reason, by=user.officer_id, now=now
    )
    return _view(session, user, row)


@router.post("/{handover_id}/amendments", status_code=201)
def amend_handover(handover_id: Id, form: HandoverNote, user: Assigner, session: Db) -> HandoverView:
    """A further sheet that corrects a signed one, by its number; it changes no assignment."""
    now = datetime.now(UTC)
    row = service.amend(
        session, user.jurisdiction_id, handover_id, note=form.note, by=user.officer_id, now=now
    )
    return _view(session, user, row)


@router.get("/{handover_id}/sheet.pdf", response_class=Response, responses=PDF)
def print_handover(handover_id: Id, user: Reader, session: Db) -> Response:
    """The sheet as PDF, from its frozen content. Each print leaves an audit entry."""
    row = service.get(session, user.jurisdiction_id, handover_id)
    signed = session.scalars(queries.signatures(user.jurisdiction_id, [row.id])).all()
    known = names.look_up(session, user.jurisdiction_id, officers=(one.officer_id for one in signed))
    record(
        session,
        user.jurisdiction_id,
        "export",
        officer_id=user.officer_id,
        subject="sheet.pdf",
        handover=row.id,
    )
    name = quote(f"轮岗交接单-{row.number or row.id}.pdf")
    return Response(
        sheet.render(row, signed, known.officers),
        media_type="application/pdf",
        headers={"Content-Disposition": f"attachment; filename=sheet.pdf; filename*=UTF-8''{name}"},
    )


def _view(session: Db, user: User, row: Handover) -> HandoverView:
    shown = _rows(session, user, [row])[row.id]
    more = ("content", "content_sha256", "void_reason", "ended_at")
    return HandoverView(**shown, **{name: getattr(row, name) for name in more})


def _rows(session: Db, user: User, rows: Sequence[Handover]) -> dict[int, dict[str, Any]]:
    place, today = user.jurisdiction_id, day_of(datetime.now(UTC))
    found = session.scalars(queries.signatures(place, [row.id for row in rows])).all() if rows else []
    known = names.look_up(session, place, officers=(one.officer_id for one in found))
    signed: dict[int, list[HandoverSignature]] = {row.id: [] for row in rows}
    for one in found:
        signed[one.handover_id].append(one)
    plain = ("id", "state", "number", "giver_id", "taker_id", "effective_on", "assigned_from", "amends_id")
    shown = {}
    for row in rows:
        role = service.role_of(session, row, user.officer_id, today) if row.state == "open" else None
        given = signed[row.id]
        shown[row.id] = {
            **{name: getattr(row, name) for name in plain},
            "created_at": row.created_at,
            "giver": row.content["giver"]["name"],
            "taker": row.content["taker"]["name"],
            "station": row.content["station"],
            "cells": [cell["code"] for cell in row.content["cells"]],
            "signatures": [
                HandoverSigned(
                    role=one.role,  # type: ignore[arg-type]  # the table's check holds it
                    officer_id=one.officer_id,
                    officer=known.officer(one.officer_id),
                    signed_at=one.signed_at,
                )
                for one in given
            ],
            "may_sign": role if role not in {one.role for one in given} else None,
        }
    return shown
