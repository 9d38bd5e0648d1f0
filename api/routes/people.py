"""Bodies and officers: lists for everybody in service, changes for administrators."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, File, Query, Response, UploadFile
from pydantic import BaseModel, Field

from api.auth import User
from api.deps import Db, Id
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Line
from api.uploads import MAX_FORM, on_disk
from geo_data import staff, staff_sheet
from geo_data.workbooks import MIME
from gridsup.codes.patterns import PHONE
from gridsup.codes.persons import mask_phone
from gridsup.people import account_queries, accounts, queries, service
from gridsup.people.audit import as_auth
from gridsup.people.deputies import day_of
from gridsup.people.model import Officer, Organisation, Posting
from gridsup.people.refusals import missing

router = APIRouter(tags=["people"])
Reader = Annotated[User, permit(Permission.PEOPLE_READ)]
Editor = Annotated[User, permit(Permission.PEOPLE_EDIT)]
Kind = Literal["bureau", "section", "station", "group", "street", "community", "department"]


class Body(BaseModel):
    """A body: bureau, section, station, group, street, community, department."""

    id: int
    kind: str
    code: str
    name: str
    name_en: str | None
    parent_id: int | None
    phone: str | None
    active: bool


class NewBody(BaseModel):
    kind: Kind
    code: Line
    name: Line
    name_en: Line | None = None
    parent_id: int | None = Field(default=None, ge=1, lt=2**63)
    phone: Line | None = None


class BodyChange(BaseModel):
    """Only what is given changes."""

    name: Line = ""
    name_en: Line | None = None
    phone: Line | None = None
    active: bool = True


class Qualification(BaseModel):
    """Such as `enforcement` (执法证)."""

    name: Line
    number: Line | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class HeldPost(BaseModel):
    id: int
    post: str
    organisation_id: int
    deputy_id: int | None
    valid_from: date
    valid_to: date | None


class OfficerView(BaseModel):
    """An officer with today's posts. The phone number is masked."""

    id: int
    staff_no: str
    name: str
    organisation_id: int
    phone: str | None
    qualifications: list[Qualification]
    active: bool
    away: bool = Field(description="on leave today, or out of service")
    username: str | None = Field(description="shown to administrators only")
    locked_until: datetime | None = Field(
        default=None, description="the account rests after failed tries; shown to administrators only"
    )
    posts: list[HeldPost]


class NewOfficer(BaseModel):
    staff_no: Line
    name: Line
    organisation_id: int = Field(ge=1, lt=2**63)
    phone: Annotated[str, Field(pattern=PHONE)] | None = None
    qualifications: Annotated[list[Qualification], Field(max_length=20)] = []


class OfficerChange(BaseModel):
    """Only what is given changes."""

    name: Line = ""
    organisation_id: int = Field(default=0, ge=1, lt=2**63)
    phone: Annotated[str, Field(pattern=PHONE)] | None = None
    qualifications: Annotated[list[Qualification], Field(max_length=20)] = []
    active: bool = True


class NewAccount(BaseModel):
    username: Line


class OneTimePassword(BaseModel):
    """To hand over; the first sign-in sets another."""

    username: str
    password: str


class StaffLanded(BaseModel):
    """`accounts`: their one-time passwords, shown this once."""

    officers: int
    accounts: list[OneTimePassword]


@router.get("/organisations")
def list_organisations(
    user: Reader, session: Db, kind: Kind | None = None, inactive: bool = False
) -> list[Body]:
    """All bodies of the jurisdiction."""
    query = queries.organisations(user.jurisdiction_id, kind=kind, active_only=not inactive)
    return [_body(one) for one in session.scalars(query)]


@router.post("/organisations", status_code=201)
def add_organisation(form: NewBody, user: Editor, session: Db) -> Body:
    """Add a body. Its code is its own among its kind."""
    return _body(
        service.add_organisation(session, user.jurisdiction_id, by=user.officer_id, **form.model_dump())
    )


@router.patch("/organisations/{organisation_id}")
def change_organisation(organisation_id: Id, form: BodyChange, user: Editor, session: Db) -> Body:
    """Rename a body, change its phone number, or take it out of use."""
    return _body(
        service.change_organisation(
            session,
            user.jurisdiction_id,
            organisation_id,
            by=user.officer_id,
            **form.model_dump(exclude_unset=True),
        )
    )


@router.get("/officers")
def list_officers(
    user: Reader,
    session: Db,
    organisation_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    under: Annotated[int | None, Query(ge=1, lt=2**63, description="a body and all below it")] = None,
    text: Annotated[str | None, Query(max_length=100, description="in the name, or a staff number")] = None,
    post: Annotated[
        str | None, Query(max_length=40, description="who holds this post today (`GET /code-lists/posts`)")
    ] = None,
    inactive: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OfficerView]:
    """Officers by staff number."""
    after = decode(cursor, str, int)
    rows = list(
        session.scalars(
            queries.officers(
                user.jurisdiction_id,
                organisation_id=organisation_id,
                under=under,
                text=text,
                holding=(post, day_of(datetime.now(UTC))) if post else None,
                active_only=not inactive,
                after=(after[0], after[1]) if after else None,
                limit=limit + 1,
            )
        )
    )
    views = {one.id: one for one in _officers(session, user, rows)}
    return page(rows, limit, lambda row: views[row.id], lambda row: (row.staff_no, row.id))


@router.post("/officers", status_code=201)
def add_officer(form: NewOfficer, user: Editor, session: Db) -> OfficerView:
    """Add an officer."""
    row = service.add_officer(
        session, user.jurisdiction_id, by=user.officer_id, **form.model_dump(mode="json")
    )
    return _officers(session, user, [row])[0]


@router.get(
    "/officers/template.xlsx",
    response_class=Response,
    responses={200: {"content": {MIME: {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_staff_template(user: Editor, session: Db) -> Response:
    """A workbook to be filled in and sent to `POST /officers/import`; it lists the bodies and posts."""
    content = staff_sheet.template(session.scalars(queries.organisations(user.jurisdiction_id)))
    headers = {"Content-Disposition": 'attachment; filename="staff.xlsx"'}
    return Response(content, media_type=MIME, headers=headers)


@router.post("/officers/import", status_code=201, max_body_size=MAX_FORM)
def import_officers(
    user: Editor, session: Db, file: Annotated[UploadFile, File(description=".xlsx .xls .csv")]
) -> StaffLanded:
    """Add everybody on a list, or nobody: a refusal points at `/rows/{row}/{column}` for every wrong cell."""
    with on_disk(file) as path:
        landed = staff.bring_in(
            session, user.jurisdiction_id, path, today=day_of(datetime.now(UTC)), by=user.officer_id
        )
    return StaffLanded(
        officers=landed.officers,
        accounts=[
            OneTimePassword(username=name, password=secret) for name, secret in landed.passwords.items()
        ],
    )


@router.get("/officers/{officer_id}")
def get_officer(officer_id: Id, user: Reader, session: Db) -> OfficerView:
    """One officer, also one who left."""
    row = session.scalar(queries.officer(user.jurisdiction_id, officer_id))
    if row is None:
        raise missing("officer", "人员", "officer", officer_id)
    return _officers(session, user, [row])[0]


@router.patch("/officers/{officer_id}")
def change_officer(officer_id: Id, form: OfficerChange, user: Editor, session: Db) -> OfficerView:
    """Change an officer. One who is no longer active cannot sign in any more."""
    row = service.change_officer(
        session,
        user.jurisdiction_id,
        officer_id,
        by=user.officer_id,
        **form.model_dump(mode="json", exclude_unset=True),
    )
    return _officers(session, user, [row])[0]


@router.post("/officers/{officer_id}/account", status_code=201)
def create_account(officer_id: Id, form: NewAccount, user: Editor, session: Db) -> OneTimePassword:
    """Let an officer sign in."""
    password = accounts.create_account(
        session, user.jurisdiction_id, officer_id, form.username, by=user.officer_id
    )
    return OneTimePassword(username=accounts.normal(form.username), password=password)


@router.post("/officers/{officer_id}/account/reset")
def reset_account(officer_id: Id, user: Editor, session: Db) -> OneTimePassword:
    """A new one-time password; unlocks the account and ends its sessions and tokens."""
    username, password = accounts.reset_password(
        session, user.jurisdiction_id, officer_id, by=user.officer_id
    )
    return OneTimePassword(username=username, password=password)


@router.post("/officers/{officer_id}/account/unlock", status_code=204)
def unlock_account(officer_id: Id, user: Editor, session: Db) -> None:
    """Let an account that is locked after failed tries be used again; its password stays."""
    accounts.unlock(session, user.jurisdiction_id, officer_id, by=user.officer_id)


def _body(row: Organisation) -> Body:
    return Body.model_validate(row, from_attributes=True)


def _officers(session: Db, user: User, rows: list[Officer]) -> list[OfficerView]:
    today = day_of(datetime.now(UTC))
    ids = [row.id for row in rows]
    away = set(session.scalars(queries.away_on(user.jurisdiction_id, today)))
    posts: dict[int, list[Posting]] = {}
    for posting in session.scalars(queries.postings_on(user.jurisdiction_id, today, officers_in=ids)):
        posts.setdefault(posting.officer_id, []).append(posting)
    names: dict[int, str] = {}
    locked: dict[int, datetime | None] = {}
    if user.may(Permission.PEOPLE_EDIT):
        with as_auth(session):
            found = session.execute(account_queries.accounts_of(user.jurisdiction_id, ids))
            names = {officer: username for officer, username, _ in found}
            rests = session.execute(account_queries.locked(user.jurisdiction_id, ids, datetime.now(UTC)))
            locked = {row[0]: row[1] for row in rests}
    return [
        OfficerView(
            id=row.id,
            staff_no=row.staff_no,
            name=row.name,
            organisation_id=row.organisation_id,
            phone=mask_phone(row.phone) if row.phone else None,
            qualifications=[Qualification.model_validate(one) for one in row.qualifications],
            active=row.active,
            away=row.id in away,
            username=names.get(row.id),
            locked_until=locked.get(row.id),
            posts=[HeldPost.model_validate(one, from_attributes=True) for one in posts.get(row.id, [])],
        )
        for row in rows
    ]
