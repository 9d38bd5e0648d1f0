"""Delegation letters (委托书): written, announced, ended; the text for the public, what may be given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import User
from api.deps import Db, Id
from api.inputs import Day, Number
from api.permissions import Permission
from api.policy import permit
from api.texts import Line, Prose
from gridsup.people import adjusting, announcement, delegations, queries
from gridsup.people.delegations import Standing
from gridsup.people.deputies import DELEGATES, day_of
from gridsup.people.model import Delegation
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Words

router = APIRouter(tags=["people"])
Reader = Annotated[User, permit(Permission.PEOPLE_READ)]
Editor = Annotated[User, permit(Permission.DELEGATIONS_EDIT)]


class DelegateName(BaseModel):
    """A street or community."""

    id: int
    name: str
    kind: str


class ActName(BaseModel):
    """An act of a procedure that a letter may give."""

    act: str = Field(description="`pack.action`")
    pack_title: Words
    title: Words


class PowerView(BaseModel):
    """One of the five powers of P8-R1, and the acts it stands for."""

    name: str
    title: Words
    source: str
    acts: list[str]


class DelegableView(BaseModel):
    """What a letter may give, and to whom. Seizure and the ordinary procedure's decisions are not here."""

    powers: list[PowerView]
    acts: list[ActName]
    delegates: list[DelegateName]


class DelegationView(BaseModel):
    """A letter; both days of its term belong to it. `days_left` of one that is in force or ending."""

    id: int
    number: str
    standing: Standing
    days_left: int | None
    delegate_id: int
    delegate: str
    scope: list[str]
    powers: list[ActName]
    areas: list[DelegateName]
    signed_on: date
    signed_by: str | None
    delegate_signer: str | None
    valid_from: date
    valid_to: date
    published_on: date | None
    published_in: str | None
    liability: str | None
    revoked_on: date | None
    revoke_reason: str | None
    adjusts: str | None = Field(description="number of the letter that this one adjusts")
    adjust_reason: str | None
    adjusted: list[Words] = Field(description="what it changed of that letter")
    adjusted_by: str | None = Field(description="number of the announced letter that adjusted this one")
    public_text: str = Field(description="what is announced to the public (P8-D2), ready to print")


class NewDelegation(BaseModel):
    number: Line
    delegate_id: Number
    scope: Annotated[list[Line], Field(min_length=1, max_length=30)]
    powers: Annotated[list[Line], Field(min_length=1, max_length=100)]
    areas: Annotated[list[Number], Field(max_length=100)] = []
    signed_on: Day
    signed_by: Line
    delegate_signer: Line
    valid_from: Day
    valid_to: Day
    liability: Prose


class Adjustment(BaseModel):
    """委托调整 (P6-D3): what changes of a letter, from a day on; what is left out is taken over."""

    number: Line
    reason: Line
    valid_from: Day = Field(description="the adjustment's first day; not before it is announced")
    signed_on: Day
    signed_by: Line
    delegate_signer: Line
    scope: Annotated[list[Line], Field(min_length=1, max_length=30)] | None = None
    powers: Annotated[list[Line], Field(min_length=1, max_length=100)] | None = None
    areas: Annotated[list[Number], Field(max_length=100)] | None = None
    valid_to: Day | None = None
    liability: Prose | None = None


class Publication(BaseModel):
    published_on: Day
    published_in: Line


class Revocation(BaseModel):
    revoked_on: Day
    reason: Line


@router.get("/delegations")
def list_delegations(user: Reader, session: Db) -> list[DelegationView]:
    """All letters, those that end last first, each with how it stands today."""
    rows = session.scalars(queries.delegations(user.jurisdiction_id)).all()
    return _views(session, user, rows)


@router.get("/delegations/powers")
def list_delegable_powers(user: Reader, session: Db) -> DelegableView:
    """What may be delegated, and to whom."""
    found = session.scalars(queries.organisations(user.jurisdiction_id))
    return DelegableView(
        powers=[
            PowerView(name=name, title=one.title, source=one.source, acts=one.acts)
            for name, one in delegations.powers().items()
        ],
        acts=[_act(name) for name in delegations.delegable_acts()],
        delegates=[
            DelegateName(id=one.id, name=one.name, kind=one.kind) for one in found if one.kind in DELEGATES
        ],
    )


@router.post("/delegations", status_code=201)
def write_delegation(form: NewDelegation, user: Editor, session: Db) -> DelegationView:
    """Put a signed letter on record. Nothing is done under it before it is announced."""
    told = form.model_dump() | {"by": user.officer_id}
    row = delegations.add_delegation(session, user.jurisdiction_id, **told)
    return _views(session, user, [row])[0]


@router.post("/delegations/{delegation_id}/adjust", status_code=201)
def adjust_delegation(delegation_id: Id, form: Adjustment, user: Editor, session: Db) -> DelegationView:
    """Put a signed adjustment on record: a letter that follows on the one it changes once it is announced."""
    told = form.model_dump(exclude=set(adjusting.CHANGES)) | {"by": user.officer_id}
    told["changes"] = form.model_dump(include=set(adjusting.CHANGES), exclude_none=True)
    row = adjusting.adjust(
        session, user.jurisdiction_id, delegation_id, today=day_of(datetime.now(UTC)), **told
    )
    return _views(session, user, [row])[0]


@router.post("/delegations/{delegation_id}/publish")
def publish_delegation(delegation_id: Id, form: Publication, user: Editor, session: Db) -> DelegationView:
    """Put on record where and when the letter was announced to the public."""
    told = form.model_dump() | {"today": day_of(datetime.now(UTC)), "by": user.officer_id}
    row = delegations.publish(session, user.jurisdiction_id, delegation_id, **told)
    return _views(session, user, [row])[0]


@router.post("/delegations/{delegation_id}/revoke")
def revoke_delegation(delegation_id: Id, form: Revocation, user: Editor, session: Db) -> DelegationView:
    """End a letter before its term, from a day on."""
    told = form.model_dump() | {"today": day_of(datetime.now(UTC)), "by": user.officer_id}
    row = delegations.revoke(session, user.jurisdiction_id, delegation_id, **told)
    return _views(session, user, [row])[0]


def _views(session: Session, user: User, rows: Sequence[Delegation]) -> list[DelegationView]:
    bodies = {one.id: one for one in session.scalars(queries.organisations(user.jurisdiction_id))}
    bureau = next((one.name for one in bodies.values() if one.kind == "bureau"), "")
    today = day_of(datetime.now(UTC))
    letters = {one.id: one for one in session.scalars(queries.delegations(user.jurisdiction_id))}
    later = {one.adjusts_id: one.number for one in letters.values() if delegations.adjusts(one)}
    found = []
    for row in rows:
        stands = delegations.standing(row, today)
        going = stands in ("in_force", "ending")
        areas = [bodies[number] for number in row.areas if number in bodies]
        plain = {
            name: getattr(row, name) for name in DelegationView.model_fields if name in Delegation.__table__.c
        }
        plain |= {
            "standing": stands,
            "days_left": (row.valid_to - today).days if going else None,
            "delegate": bodies[row.delegate_id].name,
            "adjusts": letters[row.adjusts_id].number if row.adjusts_id else None,
            "adjusted": adjusting.changed(letters[row.adjusts_id], row) if row.adjusts_id else [],
            "adjusted_by": later.get(row.id),
            "powers": [_act(name) for name in row.powers],
            "areas": [DelegateName(id=one.id, name=one.name, kind=one.kind) for one in areas],
            "public_text": announcement.public_text(
                row, bureau, bodies[row.delegate_id].name, [one.name for one in areas]
            ),
        }
        found.append(DelegationView(**plain))
    return found


def _act(name: str) -> ActName:
    """An act by its titles; one whose procedure is gone, by its name."""
    pack_id, _, action = name.partition(".")
    library = load_packs()
    if pack_id in library:
        pack = library.latest(pack_id)
        if action in pack.actions:
            return ActName(act=name, pack_title=pack.title, title=pack.actions[action].title)
    return ActName(act=name, pack_title=Words(zh=pack_id, en=pack_id), title=Words(zh=action, en=action))
