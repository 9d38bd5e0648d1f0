"""Departments and bodies (部门与机构): the 22 departments, who answers from when, liaisons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names
from api.auth import User
from api.deps import Db
from api.inputs import Day
from api.permissions import Permission
from api.policy import permit
from api.texts import Line, Prose
from gridsup.codes.patterns import DEPARTMENT
from gridsup.people import account_queries
from gridsup.people import queries as people
from gridsup.people.audit import as_auth
from gridsup.people.deputies import day_of
from gridsup.people.model import Organisation
from gridsup.procedures.pack import Words
from gridsup.referrals import bodies, inside, queries
from gridsup.referrals.departments import Department, catalogue

router = APIRouter(prefix="/department-bodies", tags=["people"])
Reader = Annotated[User, permit(Permission.PEOPLE_READ)]
Editor = Annotated[User, permit(Permission.PEOPLE_EDIT)]
Code = Annotated[str, Path(pattern=DEPARTMENT)]
LIAISON = "liaison"


class DepartmentTerm(BaseModel):
    """A body that answered from one day to another, both inclusive; null: since ever, or still."""

    name: str
    name_en: str | None
    since: date | None
    until: date | None
    basis: str | None
    entered_by: str | None
    entered_at: datetime


class ProposedBody(BaseModel):
    """A body that the product's own dated table proposes."""

    name: Words
    since: date | None
    until: date | None
    verified: bool


class LiaisonView(BaseModel):
    officer_id: int
    name: str
    staff_no: str
    has_account: bool | None = Field(description="null: shown to administrators only")


class DepartmentView(BaseModel):
    code: str
    title: Words = Field(description="as the regulation names it")
    inside: bool = Field(description="one body with this bureau today: no 抄告, a section takes the work")
    organisation_id: int | None = Field(description="its contact point; null: none is registered")
    name: str | None = Field(description="the body today")
    name_en: str | None
    phone: str | None
    liaisons: list[LiaisonView]
    open: int
    overdue: int
    planned: DepartmentTerm | None = Field(description="who takes over on a day to come")
    terms: list[DepartmentTerm] = Field(description="the latest first; empty: no change was registered")
    proposed: list[ProposedBody]


class Succession(BaseModel):
    """From `on` this body answers for the department."""

    name: Line
    name_en: Line | None = None
    on: Day
    basis: Prose


@router.get("")
def list_department_bodies(user: Reader, session: Db) -> list[DepartmentView]:
    """All 22 departments with today's bodies."""
    return _views(session, user)


@router.post("/{code}/succession", status_code=201)
def succeed_department(code: Code, form: Succession, user: Editor, session: Db) -> DepartmentView:
    """Another body answers for the department from a day on; its predecessor's term stays on record.

    For a day to come it is a plan, which takes the place of an earlier one.
    """
    bodies.succeed(
        session,
        user.jurisdiction_id,
        code,
        today=day_of(datetime.now(UTC)),
        by=user.officer_id,
        **form.model_dump(),
    )
    return next(one for one in _views(session, user) if one.code == code)


@router.delete("/{code}/succession")
def withdraw_succession(code: Code, user: Editor, session: Db) -> DepartmentView:
    """The planned successor does not come; the body of today goes on."""
    bodies.withdraw(session, user.jurisdiction_id, code, today=day_of(datetime.now(UTC)), by=user.officer_id)
    return next(one for one in _views(session, user) if one.code == code)


def _views(session: Session, user: User) -> list[DepartmentView]:
    j, now = user.jurisdiction_id, datetime.now(UTC)
    today = day_of(now)
    points = {one.code: one for one in session.scalars(queries.bodies(j, "department"))}
    terms: dict[int, list[Any]] = {}
    for term in session.scalars(queries.department_terms(j)):
        terms.setdefault(term.organisation_id, []).append(term)
    known = names.look_up(session, j, officers=(one.officer_id for each in terms.values() for one in each))
    loads = {row[0]: row for row in session.execute(queries.open_at_bodies(j, now))}
    liaisons = _liaisons(session, user, today)
    found = []
    for one in catalogue().departments:
        point = points.get(one.code)
        load = loads.get(point.id) if point else None
        dated = [_term(term, known) for term in terms.get(point.id, [])] if point else []
        found.append(
            DepartmentView(
                code=one.code,
                title=Words(zh=one.name, en=one.name_en),
                inside=inside.stays_inside(session, j, one.code, today),
                **_point(point),
                liaisons=liaisons.get(point.id, []) if point else [],
                open=load[1] if load else 0,
                overdue=load[2] if load else 0,
                planned=next((term for term in dated if _ahead(term, today)), None),
                terms=[term for term in dated if not _ahead(term, today)],
                proposed=_proposed(one),
            )
        )
    return found


def _point(point: Organisation | None) -> dict[str, Any]:
    return {
        "organisation_id": point.id if point else None,
        **{name: getattr(point, name) if point else None for name in ("name", "name_en", "phone")},
    }


def _liaisons(session: Session, user: User, today: date) -> dict[int, list[LiaisonView]]:
    held = session.scalars(people.postings_on(user.jurisdiction_id, today, post=LIAISON)).all()
    ids = [one.officer_id for one in held]
    persons = {one.id: one for one in session.scalars(people.officers_by_id(user.jurisdiction_id, ids))}
    accounts: set[int] | None = None
    if user.may(Permission.PEOPLE_EDIT):
        with as_auth(session):
            rows = session.execute(account_queries.accounts_of(user.jurisdiction_id, ids))
            accounts = {row[0] for row in rows if row[2]}
    found: dict[int, list[LiaisonView]] = {}
    for one in held:
        person = persons[one.officer_id]
        view = LiaisonView(
            officer_id=person.id,
            name=person.name,
            staff_no=person.staff_no,
            has_account=None if accounts is None else person.id in accounts,
        )
        found.setdefault(one.organisation_id, []).append(view)
    return found


def _term(one: Any, known: names.Names) -> DepartmentTerm:
    return DepartmentTerm(
        name=one.name,
        name_en=one.name_en,
        since=one.during.lower,
        until=one.during.upper - timedelta(days=1) if one.during.upper else None,
        basis=one.basis,
        entered_by=known.officer(one.officer_id),
        entered_at=one.entered_at,
    )


def _ahead(one: DepartmentTerm, today: date) -> bool:
    return one.since is not None and one.since > today


def _proposed(one: Department) -> list[ProposedBody]:
    return [
        ProposedBody(
            name=Words(zh=body.name, en=body.name_en),
            since=date.fromisoformat(body.from_) if body.from_ else None,
            until=date.fromisoformat(body.to) if body.to else None,
            verified=body.verified,
        )
        for body in one.bodies
    ]
