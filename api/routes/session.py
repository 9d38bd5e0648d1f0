"""Signing in and out, who I am, my password and language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from api import auth, practising
from api.auth import User
from api.deps import Db, EngineOf
from api.permissions import Permission
from api.policy import permit, public
from api.texts import Line
from gridsup.db import transaction
from gridsup.errors import Forbidden, NotFound, TooMany, Unauthenticated
from gridsup.people import accounts, idle, passwords, queries, signins
from gridsup.people.deputies import day_of
from gridsup.procedures.pack import Words

router = APIRouter(tags=["session"])
Self = Annotated[User, permit(Permission.SELF)]
Password = Annotated[str, Field(min_length=1, max_length=passwords.LONGEST)]


class JurisdictionName(BaseModel):
    """What the sign-in page offers."""

    code: str
    name: str
    name_en: str | None
    demo: bool


class SignInForm(BaseModel):
    """A user name counts within its jurisdiction; with one jurisdiction alone it need not be named."""

    jurisdiction: Line | None = None
    username: Annotated[str, Field(min_length=1, max_length=100)]
    password: Password


class PasswordForm(BaseModel):
    current: Password
    new: Password


class LanguageForm(BaseModel):
    language: Literal["zh", "en"]


class MyCapacity(BaseModel):
    """One standing in which I may act now; `deputy_of` is the colleague whose work I receive."""

    post: str
    organisation_id: int
    organisation: str
    deputy_of: int | None
    deputy_of_name: str | None
    delegation_id: int | None


Corners = Annotated[list[float], Field(min_length=4, max_length=4)]


class MyJurisdiction(BaseModel):
    id: int
    code: str
    name: str
    name_en: str | None
    demo: bool
    practice: bool = Field(description="a copy to practise in; nothing done here counts")
    bounds: Corners | None = Field(
        description="west, south, east, north of the boundary (CRS84 degrees): where a map opens"
    )


class Me(BaseModel):
    """Who is signed in, and what this person may do now."""

    officer_id: int
    name: str
    username: str
    language: str
    must_change: bool = Field(description="a one-time password: set another first")
    jurisdiction: MyJurisdiction
    capacities: list[MyCapacity]
    permissions: list[Permission]
    idle: list[Words] = Field(description="without a capacity: why, and what to do")
    cell_ids: list[int] = Field(description="cells in my charge today")
    community_ids: list[int] = Field(description="communities in my charge today")
    via: Literal["session", "token"]
    csrf: str | None = Field(description="send as `X-CSRF-Token` with all that changes something")


@router.get("/jurisdictions", dependencies=[public])
def list_jurisdictions(engine: EngineOf) -> list[JurisdictionName]:
    """The jurisdictions to choose from when signing in."""
    with transaction(engine) as session:
        return [
            JurisdictionName(code=one.code, name=one.name, name_en=one.name_en, demo=one.demo)
            for one in session.scalars(queries.jurisdictions())
        ]


@router.post("/session", status_code=201, dependencies=[public])
def sign_in(form: SignInForm, request: Request, response: Response, engine: EngineOf) -> Me:
    """Sign in. Five wrong tries lock the name for 15 minutes, each further one for twice as long."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise Forbidden("csrf", zh="不能从别的网站登录。", en="No sign-in from another site.")
    jurisdiction_id = auth.resolve_jurisdiction(engine, form.jurisdiction)
    now = datetime.now(UTC)
    with transaction(engine, jurisdiction_id) as session:
        attempt = accounts.begin_attempt(session, jurisdiction_id, form.username, now=now)
    wait = attempt.wait
    if attempt.account_id is None:
        wait = request.app.state.unknown_names.attempt(jurisdiction_id, attempt.username, now)
    good = not wait and passwords.matches(attempt.password_hash, form.password)
    with transaction(engine, jurisdiction_id) as session:
        accounts.settle_attempt(session, attempt, good=good, password=form.password)
        opened = None
        if good and attempt.account_id is not None:
            opened = signins.open_session(
                session, jurisdiction_id, attempt.account_id, agent=request.headers.get("user-agent"), now=now
            )
    if wait:
        raise TooMany(
            "locked",
            zh="错误次数过多，请 {minutes} 分钟后再试，或请管理员重置密码。",
            en="Too many wrong tries: try again in {minutes} minutes, or have the password reset.",
            minutes=int(wait.total_seconds() // 60) + 1,
            retry_after=int(wait.total_seconds()) + 1,
        )
    if opened is None:
        raise Unauthenticated(
            "sign-in-failed", zh="用户名或密码不对。", en="The user name or the password is wrong."
        )
    auth.set_cookie(request, response, jurisdiction_id, opened)
    return _me(engine, auth.identify_session(engine, f"{jurisdiction_id}.{opened.secret}"))


@router.get("/session")
def get_me(user: Self, engine: EngineOf) -> Me:
    """Who I am, what I may do, and the anti-forgery value of this session."""
    return _me(engine, user)


@router.delete("/session", status_code=204)
def sign_out(user: Self, request: Request, response: Response, session: Db, engine: EngineOf) -> None:
    """End this session, and the work's where one is practising. A token is revoked elsewhere
    (`DELETE /api/tokens/{token_id}`)."""
    if user.sign_in_id is not None:
        signins.close(session, user.jurisdiction_id, user.account_id, user.sign_in_id)
    practising.end_work(request, engine)
    practising.forget(request, response)
    auth.clear_cookie(request, response)


@router.put("/session/password", status_code=204)
def change_password(form: PasswordForm, user: Self, session: Db) -> None:
    """Set another password; every other session of mine ends. Not with a token."""
    browser_only(user)
    accounts.change_password(
        session,
        user.jurisdiction_id,
        user.account_id,
        current=form.current,
        new=form.new,
        keep_sign_in=user.sign_in_id,
    )


@router.put("/session/language", status_code=204)
def set_language(form: LanguageForm, user: Self, session: Db) -> None:
    """The language that my pages open in."""
    accounts.set_language(session, user.jurisdiction_id, user.account_id, form.language)


def browser_only(user: User) -> None:
    """Refuse a token where a person must be present."""
    if user.via != "session":
        raise Forbidden(
            "browser-only",
            zh="访问令牌不能做这件事，请登录后操作。",
            en="Not with a token: sign in for this.",
        )


def _me(engine: Engine, user: User) -> Me:
    today = day_of(datetime.now(UTC))
    with transaction(engine, user.jurisdiction_id) as session:
        place = session.scalar(queries.jurisdiction(user.jurisdiction_id))
        if place is None:
            raise NotFound("jurisdiction", zh="辖区已不存在。", en="The jurisdiction is gone.")
        corners = session.execute(queries.bounds(user.jurisdiction_id)).one()
        bounds = None if corners[0] is None else list(corners)
        assigned = list(
            session.scalars(queries.assignments_on(user.jurisdiction_id, today, officer_id=user.officer_id))
        )
        bodies = dict(
            session.execute(queries.organisation_names(user.jurisdiction_id, user.organisation_ids)).all()
        )
        idle_for = (
            [] if user.capacities else idle.reasons(session, user.jurisdiction_id, user.officer_id, today)
        )
        absent = {one.deputy_of for one in user.capacities if one.deputy_of is not None}
        names = {
            one.id: one.name for one in session.scalars(queries.officers_by_id(user.jurisdiction_id, absent))
        }
    return Me(
        officer_id=user.officer_id,
        name=user.name,
        username=user.username,
        language=user.language,
        must_change=user.must_change,
        jurisdiction=MyJurisdiction(
            id=place.jurisdiction_id,
            code=place.code,
            name=place.name,
            name_en=place.name_en,
            demo=place.demo,
            practice=place.practice,
            bounds=bounds,
        ),
        capacities=[
            MyCapacity(
                post=one.post,
                organisation_id=one.organisation_id,
                organisation=bodies[one.organisation_id],
                deputy_of=one.deputy_of,
                deputy_of_name=names.get(one.deputy_of) if one.deputy_of is not None else None,
                delegation_id=one.delegation_id,
            )
            for one in user.capacities
        ],
        permissions=sorted(user.permissions),
        idle=idle_for,
        cell_ids=[one.cell_id for one in assigned if one.cell_id is not None],
        community_ids=[one.community_id for one in assigned if one.community_id is not None],
        via=user.via,
        csrf=user.csrf,
    )
