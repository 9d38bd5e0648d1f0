"""The practice mode (练习模式): a copy of one's own, a task, and how far one has come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api import auth, practising
from api.auth import User
from api.deps import Db, EngineOf
from api.permissions import Permission
from api.policy import permit
from api.routes.session import browser_only
from geo_data.practice.seed import seed
from gridsup.db import transaction
from gridsup.errors import Conflict
from gridsup.people import queries, signins
from gridsup.people.deputies import day_of
from gridsup.people.model import Jurisdiction
from gridsup.practice import service
from gridsup.practice.tasks import MINUTES, TASKS, Task
from gridsup.procedures.pack import Words

router = APIRouter(prefix="/practice", tags=["practice"])
Practising = Annotated[User, permit(Permission.PRACTICE)]
Switching = Annotated[User, permit(Permission.PEOPLE_EDIT)]
Reading = Annotated[User, permit(Permission.SELF)]


class PracticeStep(BaseModel):
    """`done_at`: when the record was made that shows it; null while it is to be done."""

    key: str
    title: Words
    how: Words
    done_at: datetime | None = None


class PracticeTask(BaseModel):
    post: str
    title: Words
    face: Literal["desk", "field", "board"]
    steps: list[PracticeStep]


class PracticeTurn(PracticeTask):
    """The turn under way."""

    started_at: datetime


class PracticeView(BaseModel):
    """What I may practise, and the turn I am in, if any."""

    allowed: bool = Field(description="the administrator has not switched it off")
    minutes: int
    tasks: list[PracticeTask]
    turn: PracticeTurn | None


class PracticeChoice(BaseModel):
    """The post whose task is chosen."""

    task: str


class PracticeSwitch(BaseModel):
    on: bool


@router.get("")
def get_practice(user: Reading, session: Db) -> PracticeView:
    """The tasks of my posts; inside a copy the turn, ticked by what was recorded there."""
    place = _place(session, user.jurisdiction_id)
    copy = service.copy_of(place)
    tasks = service.tasks_for(user.posts) if user.may(Permission.PRACTICE) else []
    return PracticeView(
        allowed=service.allowed(place),
        minutes=MINUTES,
        tasks=[_task(one) for one in tasks],
        turn=_turn(session, place, copy, user.officer_id) if copy else None,
    )


@router.post("", status_code=201)
def begin_practice(
    form: PracticeChoice, request: Request, response: Response, user: Practising, engine: EngineOf
) -> PracticeTurn:
    """Make a fresh copy and go on in it; from within a copy, begin again in another. Browsers only."""
    browser_only(user)
    worker = practising.worker(request, engine, user)
    now = datetime.now(UTC)
    with transaction(engine, worker.jurisdiction_id) as session:
        home = _place(session, worker.jurisdiction_id)
        run = service.begin(session, home, worker.officer_id, form.task, worker.posts, now=now)
    with transaction(engine) as session:
        officer_id, account_id = seed(
            session,
            run.copy_id,
            form.task,
            name=worker.name,
            username=worker.username,
            language=worker.language,
            today=day_of(now),
        )
        ready = datetime.now(UTC)
        service.mark(session, run, ready_at=ready)
        opened = signins.open_session(
            session, run.copy_id, account_id, agent=request.headers.get("user-agent"), now=ready
        )
    practising.keep_work(request, response)
    auth.set_cookie(request, response, run.copy_id, opened)
    with transaction(engine, run.copy_id) as session:
        place = _place(session, run.copy_id)
        copy = service.copy_of(place)
        assert copy is not None
        return _turn(session, place, copy, officer_id)


@router.delete("", status_code=204)
def leave_practice(request: Request, response: Response, user: Practising, engine: EngineOf) -> None:
    """End the turn and go back to one's work, whose session went on waiting."""
    worker = practising.worker(request, engine, user)
    if worker is user:
        raise Conflict("not-practising", zh="现在不在练习中。", en="You are not practising.")
    _close(engine, user, worker)
    practising.give_back(request, response)


@router.put("/allowed", status_code=204)
def switch_practice(form: PracticeSwitch, user: Switching, session: Db) -> None:
    """Let the bureau's officers practise, or not. Turns under way go on to their end."""
    place = session.scalars(queries.jurisdiction(user.jurisdiction_id).with_for_update()).one()
    if place.practice:
        raise Conflict("practising", zh="请先结束练习。", en="End your turn first.")
    service.allow(session, place, form.on, by=user.officer_id)


def _close(engine: Engine, user: User, worker: User) -> None:
    """End the session in the copy, and write down in the bureau what it came to."""
    with transaction(engine, user.jurisdiction_id) as session:
        place = _place(session, user.jurisdiction_id)
        copy = service.copy_of(place)
        assert copy is not None
        done = sum(one.at is not None for one in service.progress(session, place, copy, user.officer_id))
        if user.sign_in_id is not None:
            signins.close(session, user.jurisdiction_id, user.account_id, user.sign_in_id)
    with transaction(engine, worker.jurisdiction_id) as session:
        service.finish(session, worker.jurisdiction_id, copy.run, done=done, now=datetime.now(UTC))


def _place(session: Session, jurisdiction_id: int) -> Jurisdiction:
    return session.scalars(queries.jurisdiction(jurisdiction_id)).one()


def _task(task: Task) -> PracticeTask:
    steps = [PracticeStep(key=one.key, title=one.title, how=one.how) for one in task.steps]
    return PracticeTask(post=task.post, title=task.title, face=task.face, steps=steps)


def _turn(session: Session, place: Jurisdiction, copy: service.Copy, officer_id: int) -> PracticeTurn:
    task = TASKS[copy.task]
    steps = [
        PracticeStep(key=one.step.key, title=one.step.title, how=one.step.how, done_at=one.at)
        for one in service.progress(session, place, copy, officer_id)
    ]
    return PracticeTurn(
        post=task.post, title=task.title, face=task.face, steps=steps, started_at=copy.started_at
    )
