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
from gridsup.errors import FieldFault, Forbidden, Invalid
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


class DutyChange(BaseModel):
    """Who is on duty instead."""

    officer_id: Number


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
    if last is not None and last < begin:
        zh, en = "结束日早于开始日，请调换。", "It ends before it begins: change the days."
        raise Invalid("duty-days", zh=zh, en=en, faults=[FieldFault("/last", zh, en)])
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
    _check_to_come(form.day)
    _check_keeper(user, form.organisation_id)
    return _view(duty.put_on_duty(session, user.jurisdiction_id, by=user.officer_id, **form.model_dump()))


@router.patch("/duties/{duty_id}")
def change_duty(duty_id: Id, form: DutyChange, user: Rosterer, session: Db) -> DutyView:
    """Somebody else is on duty instead (换班)."""
    row = duty.entry(session, user.jurisdiction_id, duty_id)
    _check_to_come(row.day)
    _check_keeper(user, row.organisation_id)
    told = {"officer_id": form.officer_id, "by": user.officer_id}
    return _view(duty.change_duty(session, user.jurisdiction_id, duty_id, **told))


@router.delete("/duties/{duty_id}", status_code=204)
def take_off_duty(duty_id: Id, user: Rosterer, session: Db) -> None:
    """Take an entry off the roster; who was on duty on a day that is over stays on record."""
    row = duty.entry(session, user.jurisdiction_id, duty_id)
    _check_to_come(row.day)
    _check_keeper(user, row.organisation_id)
    duty.take_off_duty(session, user.jurisdiction_id, duty_id, by=user.officer_id)


def _check_to_come(day: date) -> None:
    if day < day_of(clock()):
        raise Invalid(
            "duty-past",
            zh="{day} 已过，值班安排不能再改。请选今天或以后的日子。",
            en="{day} is over: its roster does not change any more. Choose today or later.",
            day=day.isoformat(),
        )


def _check_keeper(user: User, organisation_id: int) -> None:
    """A station's head keeps the roster of the station, the dispatcher and the administrator everybody's."""
    held = {(one.post, one.organisation_id) for one in user.capacities}
    everybody = any(post in ("dispatcher", "admin") for post, _ in held)
    if not everybody and ("station_head", organisation_id) not in held:
        raise Forbidden(
            "duty-not-yours",
            zh="您只能安排本所的值班。全局和其他所的值班由注册股或其所长安排。",
            en="You keep your own station's roster. The registration section or its head keeps the others.",
        )


def _view(one: DutyDay) -> DutyView:
    return DutyView(id=one.id, day=one.day, organisation_id=one.organisation_id, officer_id=one.officer_id)
