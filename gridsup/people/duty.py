"""The duty roster (值班表): who receives what is urgent on days when the offices are closed (P10-S2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Invalid
from gridsup.people import queries
from gridsup.people.audit import record
from gridsup.people.deputies import day_of
from gridsup.people.model import DutyDay, Organisation
from gridsup.people.refusals import missing
from gridsup.procedures.bureau import calendar_of

URGENT = ("public_danger", "suspected_crime", "urgent")
"""Facts that let a matter not wait for the next working day."""


def duties(jurisdiction_id: int, first: date, last: date) -> Select[DutyDay]:
    """The roster of some days, both inclusive, by day and body."""
    return (
        select(DutyDay)
        .where(DutyDay.jurisdiction_id == jurisdiction_id, DutyDay.day.between(first, last))
        .order_by(DutyDay.day, DutyDay.organisation_id, DutyDay.id)
    )


def put_on_duty(
    session: Session,
    jurisdiction_id: int,
    *,
    day: date,
    organisation_id: int,
    officer_id: int,
    by: int | None = None,
) -> DutyDay:
    """Put an officer on duty for a station, or for the whole bureau, on a day; twice is once.

    Raises:
        NotFound: no such officer in service, no such body. Conflict: ``duty-away``: on leave that day.
        Invalid: ``duty-working-day``: the offices are open.
    """
    if calendar_of(session, jurisdiction_id).is_working_day(day):
        raise Invalid(
            "duty-working-day",
            zh="{day} 是工作日，不安排值班。请选周末或节假日。",
            en="{day} is a working day: choose a weekend or a holiday.",
            day=day.isoformat(),
        )
    officer = session.scalar(queries.officer(jurisdiction_id, officer_id))
    if officer is None or not officer.active:
        raise missing("officer", "人员", "officer", officer_id)
    if session.scalar(queries.organisation(jurisdiction_id, organisation_id)) is None:
        raise missing("organisation", "机构", "body", organisation_id)
    if officer_id in set(session.scalars(queries.away_on(jurisdiction_id, day))):
        raise Conflict(
            "duty-away",
            zh="{name}在 {day} 休假，请另行安排。",
            en="{name} is on leave on {day}; put somebody else on duty.",
            name=officer.name,
            day=day.isoformat(),
        )
    same = (
        DutyDay.jurisdiction_id == jurisdiction_id,
        DutyDay.day == day,
        DutyDay.organisation_id == organisation_id,
        DutyDay.officer_id == officer_id,
    )
    there = session.scalar(select(DutyDay).where(*same))
    if there is not None:
        return there
    row = DutyDay(
        jurisdiction_id=jurisdiction_id, day=day, organisation_id=organisation_id, officer_id=officer_id
    )
    session.add(row)
    session.flush()
    record(session, jurisdiction_id, "duty-set", officer_id=by, subject=f"officer:{officer_id}", day=str(day))
    return row


def take_off_duty(session: Session, jurisdiction_id: int, duty_id: int, *, by: int | None = None) -> None:
    """Take an entry off the roster; one that is not there is off it already."""
    session.execute(delete(DutyDay).where(DutyDay.jurisdiction_id == jurisdiction_id, DutyDay.id == duty_id))
    record(session, jurisdiction_id, "duty-cleared", officer_id=by, subject=f"duty:{duty_id}")


def on_duty(session: Session, jurisdiction_id: int, at: datetime, station_id: int | None) -> int | None:
    """Who receives what is urgent at an instant: None on a working day (the ordinary way holds), else the
    station's officer on duty, else the bureau's, else None. One on leave since is passed over."""
    day = day_of(at)
    if calendar_of(session, jurisdiction_id).is_working_day(day):
        return None
    away = set(session.scalars(queries.away_on(jurisdiction_id, day)))
    roster = [one for one in session.scalars(duties(jurisdiction_id, day, day)) if one.officer_id not in away]
    bureaux = set(
        session.scalars(
            select(Organisation.id).where(
                Organisation.jurisdiction_id == jurisdiction_id, Organisation.kind == "bureau"
            )
        )
    )
    for places in ({station_id}, bureaux):
        found = next((one.officer_id for one in roster if one.organisation_id in places), None)
        if found is not None:
            return found
    return None
