"""The duty roster (值班表): who receives what is urgent on days when the offices are closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.auth import User
from api.deps import Db, Id
from api.inputs import Day, Number
from api.permissions import Permission
from api.policy import permit
from gridsup.errors import Invalid
from gridsup.people import duty
from gridsup.people.deputies import day_of
from gridsup.people.model import DutyDay
from gridsup.procedures.bureau import calendar_of
from gridsup.procedures.family import clock

router = APIRouter(tags=["people"])
Reader = Annotated[User, permit(Permission.PEOPLE_READ)]
Rosterer = Annotated[User, permit(Permission.CELLS_ASSIGN)]
SHOWN = 30
"""Days from today that a roster shows when none are named."""


class DutyView(BaseModel):
    """An officer on duty on a day, for a station or for the whole bureau."""

    id: int
    day: date
    organisation_id: int
    officer_id: int


class RosterDay(BaseModel):
    """A day on which the offices are closed (`off`), or for which somebody was put on duty all the same."""

    day: date
    off: bool
    duties: list[DutyView]


class NewDuty(BaseModel):
    day: Day
    organisation_id: Number
    officer_id: Number


@router.get("/duties")
def list_duties(
    user: Reader,
    session: Db,
    first: Annotated[Day | None, Query(description="today when absent")] = None,
    last: Annotated[Day | None, Query(description="30 days later when absent")] = None,
) -> list[RosterDay]:
    """The days off of some days, both inclusive, at most a year; each with who is on duty."""
    begin = first or day_of(clock())
    end = min(last or begin + timedelta(days=SHOWN), begin + timedelta(days=366))
    entries: dict[date, list[DutyView]] = {}
    for one in session.scalars(duty.duties(user.jurisdiction_id, begin, end)):
        entries.setdefault(one.day, []).append(_view(one))
    calendar = calendar_of(session, user.jurisdiction_id)
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    shown = [RosterDay(day=d, off=not calendar.is_working_day(d), duties=entries.get(d, [])) for d in days]
    return [one for one in shown if one.off or one.duties]


@router.post("/duties", status_code=201)
def put_on_duty(form: NewDuty, user: Rosterer, session: Db) -> DutyView:
    """Put an officer on duty; on a day off what is urgent is assigned to them."""
    if form.day < day_of(clock()):
        raise Invalid(
            "duty-past",
            zh="{day} 已过，不能再安排值班。",
            en="{day} is over: nobody can be put on duty then.",
            day=form.day.isoformat(),
        )
    return _view(duty.put_on_duty(session, user.jurisdiction_id, by=user.officer_id, **form.model_dump()))


@router.delete("/duties/{duty_id}", status_code=204)
def take_off_duty(duty_id: Id, user: Rosterer, session: Db) -> None:
    """Take an entry off the roster."""
    duty.take_off_duty(session, user.jurisdiction_id, duty_id, by=user.officer_id)


def _view(one: DutyDay) -> DutyView:
    return DutyView(id=one.id, day=one.day, organisation_id=one.organisation_id, officer_id=one.officer_id)
