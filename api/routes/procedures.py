"""The procedures that are installed, and the code lists that forms choose from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.auth import User
from api.deps import Db
from api.permissions import Permission
from api.policy import permit
from gridsup.patrols.model import VISIT_RESULTS
from gridsup.people import queries as people
from gridsup.people.deputies import day_of
from gridsup.procedures import versions
from gridsup.procedures.pack import SYSTEM, Pack, Words
from gridsup.procedures.posts import POSTS
from gridsup.referrals.departments import catalogue
from gridsup.referrals.inside import sections

router = APIRouter(tags=["procedures"])
Reader = Annotated[User, permit(Permission.PROCEDURES_READ)]


class StateTitle(BaseModel):
    """A state in which a matter can stand; `column` is the board's lane."""

    name: str
    title: Words
    column: str
    waits_for: str | None
    end: bool


class ActionTitle(BaseModel):
    name: str
    title: Words
    posts: list[str]
    batch: bool = Field(description="may be done to many matters at once")


class ProcedureTitle(BaseModel):
    """One version of a procedure, by its names."""

    id: str
    version: int
    hash: str = Field(description="SHA-256 of its canonical content")
    title: Words
    effective_from: date
    effective_to: date | None
    current: bool = Field(description="new matters take this version today")
    verified: bool = Field(description="false while a text it rests on has not been read")
    sources: list[str]
    states: list[StateTitle]
    actions: list[ActionTitle]
    clocks: dict[str, Words]
    milestones: dict[str, Words]
    facts: dict[str, dict[str, Any]] = Field(description="JSON Schema of each fact, captioned")


class BodyName(BaseModel):
    name: str
    name_en: str


class TradeName(BaseModel):
    """A trade (行业); forms take its `name`. `department` leads where it operates without a permit."""

    code: str
    name: str
    name_en: str
    department: str
    aliases: list[str]


class DepartmentName(BaseModel):
    """One of D01…D22, and the body that answers for it today (none for D22)."""

    code: str
    name: str
    name_en: str
    body: BodyName | None
    trades: list[TradeName]


class CodeName(BaseModel):
    code: str
    title: Words


_VISIT_TITLES = {
    "normal": Words(zh="正常", en="normal"),
    "finding": Words(zh="发现问题", en="finding"),
    "closed_door": Words(zh="关门未遇", en="closed door"),
    "not_found": Words(zh="查无此户", en="not found"),
    "rectified": Words(zh="已整改", en="rectified"),
}


@router.get("/procedures")
def list_procedures(user: Reader, session: Db) -> list[ProcedureTitle]:
    """Every installed version, by procedure and version."""
    stored = versions.installed(session, user.jurisdiction_id)
    today = day_of(datetime.now(UTC)).isoformat()
    current: dict[str, int] = {}
    for pack, _ in stored:
        if pack.effective_from <= today <= (pack.effective_to or "9999-12-31"):
            current[pack.id] = pack.version
    return [_title(pack, digest, current.get(pack.id) == pack.version) for pack, digest in stored]


@router.get("/procedures/{pack}/{version}")
def get_procedure(
    pack: Annotated[str, Path(max_length=60)],
    version: Annotated[int, Path(ge=1, lt=2**31)],
    user: Reader,
    session: Db,
) -> Pack:
    """One version in full: states, actions with their forms, approvals, clocks, reactions."""
    return versions.stored(session, user.jurisdiction_id, pack, version)[0]


@router.get("/code-lists/departments")
def list_departments(user: Reader) -> list[DepartmentName]:
    """The 22 departments with today's bodies and their trades."""
    return department_names()


@router.get("/code-lists/trades")
def list_trades(user: Reader) -> list[TradeName]:
    """Every trade that needs a permit, with the department that leads."""
    return trade_names()


@router.get("/code-lists/sections")
def list_sections(user: Reader, session: Db) -> list[CodeName]:
    """The bureau's own sections, to which work is assigned inside the house."""
    return [
        CodeName(code=one.code, title=Words(zh=one.name, en=one.name_en or one.name))
        for one in sections(session, user.jurisdiction_id)
    ]


@router.get("/code-lists/bodies")
def list_english_bodies(user: Reader, session: Db) -> list[CodeName]:
    """Stations, sections and departments' bodies to which the bureau has given an English name."""
    return [
        CodeName(code=code, title=Words(zh=name, en=english))
        for code, name, english in session.execute(people.named_in_english(user.jurisdiction_id))
        if english
    ]


@router.get("/code-lists/posts")
def list_post_titles(user: Reader) -> list[CodeName]:
    """The posts that procedures name as actors, with their titles."""
    return [CodeName(code=name, title=words) for name, words in POSTS.items() if name != SYSTEM]


@router.get("/code-lists/visit-results")
def list_visit_results(user: Reader) -> list[CodeName]:
    """What a visit can have come to."""
    return visit_results()


def visit_results() -> list[CodeName]:
    return [CodeName(code=name, title=_VISIT_TITLES[name]) for name in VISIT_RESULTS]


def department_names() -> list[DepartmentName]:
    """The departments as they stand today."""
    known, today = catalogue(), day_of(datetime.now(UTC))
    found = []
    for department in known.departments:
        body = known.body(department.code, today)
        trades = [one for one in trade_names() if one.department == department.code]
        found.append(
            DepartmentName(
                code=department.code,
                name=department.name,
                name_en=department.name_en,
                body=BodyName(name=body.name, name_en=body.name_en) if body else None,
                trades=trades,
            )
        )
    return found


def trade_names() -> list[TradeName]:
    """Each trade once: an entry that another department leads stands under that one."""
    return [
        TradeName(
            code=trade.code,
            name=trade.name,
            name_en=trade.name_en,
            department=trade.lead or department.code,
            aliases=trade.aliases,
        )
        for department in catalogue().departments
        for trade in department.trades
    ]


def _title(pack: Pack, digest: str, current: bool) -> ProcedureTitle:
    return ProcedureTitle(
        id=pack.id,
        version=pack.version,
        hash=digest,
        title=pack.title,
        effective_from=date.fromisoformat(pack.effective_from),
        effective_to=date.fromisoformat(pack.effective_to) if pack.effective_to else None,
        current=current,
        verified=pack.verified,
        sources=pack.sources,
        states=[
            StateTitle(name=name, title=one.title, column=one.column, waits_for=one.waits_for, end=one.end)
            for name, one in pack.states.items()
        ],
        actions=[
            ActionTitle(name=name, title=one.title, posts=one.posts, batch=one.batch)
            for name, one in pack.actions.items()
        ],
        clocks={name: one.title for name, one in pack.clocks.items()},
        milestones=pack.milestones,
        facts=pack.facts,
    )
