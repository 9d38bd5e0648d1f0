"""Warnings and urging (预警督办): what is or will be late and who holds it, urgings and their answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names, periods, standing
from api.acts import Reason
from api.auth import User
from api.deps import Db, Id
from api.inputs import Asked, Number
from api.matter_views import post_title
from api.permissions import ROLES, Permission
from api.policy import permit
from api.texts import Prose
from gridsup.errors import GridsupError
from gridsup.jointwork.bulletin import clock_in_words, title_in_english
from gridsup.procedures import versions
from gridsup.procedures.pack import Words
from gridsup.urging import queries, service
from gridsup.urging.queries import Wanted, When

router = APIRouter(prefix="/urging", tags=["urging"])
Urger = Annotated[User, permit(Permission.MATTERS_URGE)]
Anybody = Annotated[User, permit(Permission.MATTERS_READ)]
STATION_HEAD = "station_head"


class HolderView(BaseModel):
    """Who answers for a clock: the post, the person where it is personal, the body where it is held."""

    post: str
    post_title: Words
    officer: str | None
    body: str | None


class WatchedClock(BaseModel):
    """A running clock that is late, or of which a warning has come."""

    matter_id: int
    clock: str
    title: str
    title_en: str | None = None
    number: str | None
    pack_title: Words
    clock_title: Words
    holder: HolderView
    due_at: datetime
    warn_at: datetime | None
    days: int = Field(description="whole days late, or left")
    late: bool
    times: int = Field(description="how often this run was urged")
    answers: int = Field(description="how many of these urgings were answered")
    last: datetime | None = Field(description="when it was urged last")


class WatchedClocks(BaseModel):
    total: int
    items: list[WatchedClock]


class ClockName(BaseModel):
    matter_id: Number
    clock: Annotated[str, Field(min_length=1, max_length=60)]


class UrgeForm(BaseModel):
    """Clocks to be urged in one act, with one reason."""

    items: Annotated[list[ClockName], Field(min_length=1, max_length=service.MOST)]
    reason: Prose


class UrgeOutcome(BaseModel):
    """What became of one of them; `refusal` says why it was not urged."""

    matter_id: int
    clock: str
    urging_id: int | None
    refusal: Reason | None


class UrgingView(BaseModel):
    id: int
    matter_id: int
    title: str
    title_en: str | None = None
    number: str | None
    clock_title: Words
    due_at: datetime
    late: bool = Field(description="it was late already when it was urged")
    holder: HolderView
    reason: str
    officer: str | None = Field(description="who urged")
    urged_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class AnswerForm(BaseModel):
    content: Prose


class TallyView(BaseModel):
    """How often a holder was urged in the period."""

    holder: HolderView
    urged: int
    answered: int
    late: int = Field(description="of these, late already when urged")


@router.get("/clocks")
def list_watched_clocks(
    user: Urger,
    session: Db,
    when: When = "late",
    days: Annotated[
        int | None, Query(ge=1, le=30, description="also what is due within so many days")
    ] = None,
    post: Annotated[str | None, Query(max_length=60, description="who answers")] = None,
    body_id: Asked = None,
    text: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> WatchedClocks:
    """What is late, or will be, the soonest due first. A station's head sees the own station's."""
    now = datetime.now(UTC)
    wanted = Wanted(
        when=when,
        before=now + timedelta(days=days) if days else None,
        post=post,
        station_ids=_reach(session, user),
        body_id=body_id,
        text=text,
    )
    total, rows = service.watched(session, wanted, limit=limit, offset=offset, now=now)
    held = service.holders(session, rows, now)
    known = _names(session, user, held.values())
    titles = {pack.id: pack.title for pack, _ in versions.installed(session, user.jurisdiction_id)}
    return WatchedClocks(
        total=total,
        items=[_clock(row, _holder(held[row.matter_id, row.clock], known), titles, now) for row in rows],
    )


@router.post("", status_code=201)
def urge_clocks(form: UrgeForm, user: Urger, session: Db) -> list[UrgeOutcome]:
    """Urge one or many, with one reason. Each stands or falls by itself."""
    runs = [(one.matter_id, one.clock) for one in form.items]
    reach = _reach(session, user)
    done = service.urge(session, runs, form.reason, user.officer_id, station_ids=reach)
    return [
        UrgeOutcome(
            matter_id=one.matter_id,
            clock=one.clock,
            urging_id=one.urging.id if one.urging else None,
            refusal=_reason(one.refusal) if one.refusal else None,
        )
        for one in done
    ]


@router.get("")
def list_urgings(
    user: Anybody,
    session: Db,
    matter_id: Asked = None,
    mine: Annotated[bool, Query(description="those that reach me, by my posts")] = False,
    unanswered: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[UrgingView]:
    """Urgings, the newest first: of a matter, those that reach me, or (who may urge) all."""
    if matter_id is not None:
        standing.check_sight(session, user, [matter_id])
    elif not mine:
        user.require(Permission.MATTERS_URGE)
    found = queries.urgings(
        user.jurisdiction_id,
        matter_id=matter_id,
        towards=standing.waiting_for(session, user) if mine else None,
        open_only=unanswered,
        limit=limit,
    )
    return _views(session, user, session.execute(found).all())


@router.post("/{urging_id}/answer", status_code=201)
def answer_urging(urging_id: Id, form: AnswerForm, user: Anybody, session: Db) -> UrgingView:
    """Answer an urging that reaches me."""
    mine = standing.waiting_for(session, user)
    told = service.answer(session, urging_id, user.officer_id, mine, form.content)
    found = session.execute(queries.urgings(user.jurisdiction_id, matter_id=told.matter_id)).all()
    return _views(session, user, [row for row in found if row[0].id == told.id])[0]


@router.get("/tally")
def count_urgings(user: Urger, session: Db, period: periods.Asked) -> list[TallyView]:
    """Who was urged how often in the period, the most urged first."""
    found = service.tally(session, period.since, period.until)
    held = [service.Holder(one.post, one.holder_id, one.body_id) for one in found]
    known = _names(session, user, held)
    return [
        TallyView(holder=_holder(who, known), urged=one.urged, answered=one.answered, late=one.late)
        for one, who in zip(found, held, strict=True)
    ]


def _reach(session: Session, user: User) -> list[int] | None:
    """The stations in which this person may urge; None: the whole bureau."""
    wide = {post for post in user.posts if Permission.MATTERS_URGE in ROLES.get(post, ())}
    if wide != {STATION_HEAD}:
        return None
    bodies = [one.organisation_id for one in user.capacities if one.post == STATION_HEAD]
    found = standing.stations_of(session, user.jurisdiction_id, bodies)
    return sorted({station for stations in found.values() for station in stations})


def _reason(refusal: GridsupError) -> Reason:
    return Reason(code=refusal.code, zh=refusal.text("zh"), en=refusal.text("en"))


def _names(session: Session, user: User, held: Collection[service.Holder]) -> names.Names:
    persons, bodies = (one.officer_id for one in held), (one.body_id for one in held)
    return names.look_up(session, user.jurisdiction_id, officers=persons, bodies=bodies)


def _holder(one: service.Holder, known: names.Names) -> HolderView:
    return HolderView(
        post=one.post,
        post_title=post_title(one.post),
        officer=known.officer(one.officer_id),
        body=known.body(one.body_id),
    )


def _clock(row: Any, holder: HolderView, titles: Mapping[str, Words], now: datetime) -> WatchedClock:
    title = row.clock_title or {"zh": row.clock, "en": row.clock}
    return WatchedClock(
        matter_id=row.matter_id,
        clock=row.clock,
        title=row.title,
        title_en=title_in_english(row.title),
        number=row.number,
        pack_title=titles.get(row.pack) or Words(zh=row.pack, en=row.pack),
        clock_title=Words(**title),
        holder=holder,
        due_at=row.due_at,
        warn_at=row.warn_at,
        days=abs(now - row.due_at).days,
        late=row.due_at <= now,
        times=row.times,
        answers=row.answers,
        last=row.last,
    )


def _views(session: Session, user: User, rows: Sequence[Any]) -> list[UrgingView]:
    held = {row[0].id: service.Holder(row[0].post, row[0].holder_id, row[0].body_id) for row in rows}
    persons = [row[0].officer_id for row in rows] + [row[1].officer_id for row in rows if row[1]]
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=[*persons, *(one.officer_id for one in held.values())],
        bodies=(one.body_id for one in held.values()),
    )
    found = []
    for one, answer, title, number in rows:
        found.append(
            UrgingView(
                id=one.id,
                matter_id=one.matter_id,
                title=title,
                title_en=title_in_english(title),
                number=number,
                clock_title=clock_in_words(one.clock_title),
                due_at=one.due_at,
                late=one.due_at <= one.urged_at,
                holder=_holder(held[one.id], known),
                reason=one.reason,
                officer=known.officer(one.officer_id),
                urged_at=one.urged_at,
                answer=answer.content if answer else None,
                answered_by=known.officer(answer.officer_id) if answer else None,
                answered_at=answer.answered_at if answer else None,
            )
        )
    return found
