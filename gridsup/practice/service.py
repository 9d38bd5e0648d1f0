"""Beginning and ending a turn, and how far one has come.

A turn is written down in the bureau's own jurisdiction; what is practised happens in a copy with a number of
its own (:data:`gridsup.people.model.PRACTICE_FROM`), so that row-level security keeps both apart. Nothing
here commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gridsup.errors import Forbidden, Invalid, TooMany
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.people.model import Jurisdiction
from gridsup.practice import queries
from gridsup.practice.model import PracticeRun
from gridsup.practice.tasks import TASKS, Proof, Step, Task

SETTING = "practice"
"""In the settings of a bureau: False where the administrator switched practising off. In those of a copy:
whose it is, see :class:`Copy`."""
A_DAY = 20
"""Copies that one officer may make within a day: each takes a little room until it is cleared away."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy knows of itself: the bureau and turn it belongs to, the task, when it was ready."""

    home: int
    run: int
    task: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Ticked:
    step: Step
    at: datetime | None
    """When the record that shows the step was made; None while it is to be done."""


def allowed(home: Jurisdiction) -> bool:
    """Whether this bureau's officers may practise."""
    return home.settings.get(SETTING) is not False


def allow(session: Session, home: Jurisdiction, on: bool, *, by: int) -> None:
    """Switch the practice mode on or off (管理员). Turns under way go on to their end."""
    home.settings = {**home.settings, SETTING: on}
    record(session, home.jurisdiction_id, "practice-switched", officer_id=by, on=on)


def tasks_for(posts: Iterable[str]) -> list[Task]:
    """The tasks of the posts that a person holds."""
    held = set(posts)
    return [task for post, task in TASKS.items() if post in held]


def begin(
    session: Session, home: Jurisdiction, officer_id: int, task: str, posts: Iterable[str], *, now: datetime
) -> PracticeRun:
    """A new turn at a task, whose copy is still to be made.

    Raises:
        Forbidden: ``practice-off``; Invalid: ``practice-task`` for a post that the officer does not hold;
        TooMany: ``practice-often``, twenty within a day.
    """
    if not allowed(home):
        raise Forbidden(
            "practice-off",
            zh="管理员已停用练习模式。",
            en="The administrator has switched the practice mode off.",
        )
    if task not in {one.post for one in tasks_for(posts)}:
        raise Invalid(
            "practice-task",
            zh="您的岗位没有这项练习，请从列表中选择。",
            en="Your post has no such task: choose one of the list.",
        )
    j = home.jurisdiction_id
    if (session.scalar(queries.begun_since(j, officer_id, now - timedelta(days=1))) or 0) >= A_DAY:
        raise TooMany(
            "practice-often",
            zh="一天最多练习 {most} 次，请明天再来。",
            en="At most {most} turns a day: come back tomorrow.",
            most=A_DAY,
            retry_after=3600,
        )
    row = PracticeRun(jurisdiction_id=j, officer_id=officer_id, task=task, started_at=now)
    session.add(row)
    session.flush()
    return row


def mark(session: Session, run: PracticeRun, *, ready_at: datetime) -> None:
    """Write into the copy, to which the session is bound, whose it is."""
    place = session.scalars(people.jurisdiction(run.copy_id)).one()
    note = {
        "home": run.jurisdiction_id,
        "run": run.id,
        "task": run.task,
        "started_at": ready_at.isoformat(),
    }
    place.settings = {**place.settings, SETTING: note}


def copy_of(place: Jurisdiction) -> Copy | None:
    """What a jurisdiction says of itself as a copy; None for a bureau."""
    note = place.settings.get(SETTING) if place.practice else None
    if not note:
        return None
    return Copy(note["home"], note["run"], note["task"], datetime.fromisoformat(note["started_at"]))


def progress(session: Session, place: Jurisdiction, copy: Copy, officer_id: int) -> list[Ticked]:
    """The steps of a copy's task, each with the moment of the record that shows it."""
    j, since = place.jurisdiction_id, copy.started_at
    acts = session.execute(queries.acts(j, officer_id, since)).all()
    audited = session.execute(queries.audited(j, officer_id, since)).all()
    visited = session.scalar(queries.first_visit(j, officer_id, since))

    def shown(proof: Proof) -> datetime | None:
        if proof.visit:
            return visited
        if proof.audit:
            fits = (
                one.at
                for one in audited
                if one.act == proof.audit
                and proof.subject in (None, one.subject)
                and (proof.detail is None or proof.detail in one.detail)
            )
            return next(fits, None)
        if proof.signed:
            return next((one.recorded_at for one in acts if one.kind == "signed"), None)
        done = (
            one.recorded_at
            for one in acts
            if one.kind in ("act", "proposed") and f"{one.pack}.{one.action}" in proof.acts
        )
        return next(done, None)

    return [Ticked(step, shown(step.proof)) for step in TASKS[copy.task].steps]


def finish(session: Session, jurisdiction_id: int, run_id: int, *, done: int, now: datetime) -> None:
    """Write down that a turn is over and how many steps it came to; a second time changes nothing."""
    row = session.scalar(queries.run(jurisdiction_id, run_id).with_for_update())
    if row is not None and row.ended_at is None:
        row.ended_at, row.done = now, done
