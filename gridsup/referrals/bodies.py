"""Today's bodies of the 22 departments (部门与机构): who answers from which day, and who follows whom.

The contact point of a department is one row for good: its matters and its liaison accounts hang on it, so a
reform changes the body's name from a day on, with its basis, and no referral is ever left without an owner.

A successor decided for a day to come (拟定) is entered, changed and withdrawn before it comes; on its day
upkeep gives the contact point its name. What was withdrawn stays as a row without a day.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, FieldFault, Invalid, NotFound
from gridsup.people import service as people
from gridsup.people.audit import record
from gridsup.people.model import Organisation
from gridsup.referrals import queries
from gridsup.referrals.departments import catalogue
from gridsup.referrals.model import DepartmentBody


def contact_point(session: Session, jurisdiction_id: int, department: str) -> Organisation | None:
    """The registered body of a department, None without one. Raises NotFound ``department-unknown``."""
    code = catalogue().department(department).code
    found = session.scalars(queries.bodies(jurisdiction_id, "department"))
    return next((one for one in found if one.code == code), None)


def succeed(
    session: Session,
    jurisdiction_id: int,
    department: str,
    *,
    name: str,
    name_en: str | None,
    on: date,
    basis: str,
    today: date,
    by: int | None = None,
) -> DepartmentBody:
    """From ``on`` another body answers for the department; the first one is registered so too.

    Its predecessor's term ends the day before; open matters and liaison accounts pass to it as they stand.
    One for a day to come takes the place of what was planned before, and the name of today stays.
    Raises NotFound ``department-unknown``; Invalid ``succession-ahead``; Conflict ``succession-before``,
    ``succession-planned``, ``same-body``.
    """
    code = catalogue().department(department).code
    point = contact_point(session, jurisdiction_id, code)
    ahead = on > today
    if ahead:
        if point is None:
            zh, en = (
                "首个机构请在其履职之日起登记。",
                "Register a first body on the day on which it takes over.",
            )
            raise Invalid("succession-ahead", zh=zh, en=en, faults=[FieldFault("/on", zh, en)])
        if planned(session, point, today):
            withdraw(session, jurisdiction_id, code, today=today, by=by)
        _close(session, point, name, on)
    elif point is None:
        point = people.add_organisation(
            session, jurisdiction_id, kind="department", code=code, name=name, name_en=name_en, by=by
        )
    else:
        if plan := planned(session, point, today):
            raise Conflict(
                "succession-planned",
                zh="已拟定自 {day} 起由{name}接替，请先撤销拟定。",
                en="{name} is to take over from {day}: withdraw that first.",
                name=plan.name,
                day=plan.during.lower.isoformat(),
            )
        _close(session, point, name, on)
        people.change_organisation(session, jurisdiction_id, point.id, by=by, name=name, name_en=name_en)
    made = DepartmentBody(
        jurisdiction_id=jurisdiction_id,
        organisation_id=point.id,
        name=name,
        name_en=name_en,
        during=Range(on, None),
        basis=basis,
        officer_id=by,
    )
    session.add(made)
    session.flush()
    record(
        session,
        jurisdiction_id,
        "department-succession-planned" if ahead else "department-succeeded",
        officer_id=by,
        subject=f"organisation:{point.id}",
        reason=basis,
        department=code,
        name=name,
        on=on.isoformat(),
    )
    return made


def planned(session: Session, point: Organisation, today: date) -> DepartmentBody | None:
    """The successor whose day is still to come."""
    last = session.scalars(queries.department_terms(point.jurisdiction_id, point.id)).first()
    ahead = last is not None and last.during.lower is not None and last.during.lower > today
    return last if ahead else None


def withdraw(
    session: Session, jurisdiction_id: int, department: str, *, today: date, by: int | None = None
) -> None:
    """A planned successor does not come: the body of today goes on answering.

    Raises NotFound ``department-unknown``, ``succession-none``.
    """
    code = catalogue().department(department).code
    point = contact_point(session, jurisdiction_id, code)
    plan = planned(session, point, today) if point else None
    if point is None or plan is None:
        zh, en = "该部门没有拟定的继任机构。", "No successor is planned for that department."
        raise NotFound("succession-none", zh=zh, en=en)
    told = {"name": plan.name, "on": plan.during.lower.isoformat()}
    plan.during = Range(empty=True)
    session.flush()
    last = session.scalars(queries.department_terms(jurisdiction_id, point.id)).first()
    if last is not None:
        last.during = Range(last.during.lower, None)
        session.flush()
    record(
        session,
        jurisdiction_id,
        "department-succession-withdrawn",
        officer_id=by,
        subject=f"organisation:{point.id}",
        department=code,
        **told,
    )


def take_over(session: Session, jurisdiction_id: int, today: date) -> int:
    """Give contact points the names of planned successors whose day has come; how many."""
    points = {one.id: one for one in session.scalars(queries.bodies(jurisdiction_id, "department"))}
    terms = session.scalars(queries.department_terms(jurisdiction_id)).all()
    before = {(one.organisation_id, one.during.upper): one for one in terms}
    done = 0
    for one in terms:
        point, last = points.get(one.organisation_id), before.get((one.organisation_id, one.during.lower))
        if point is None or last is None or today not in one.during or point.name != last.name:
            continue
        people.change_organisation(session, jurisdiction_id, point.id, name=one.name, name_en=one.name_en)
        record(
            session,
            jurisdiction_id,
            "department-succeeded",
            officer_id=None,
            subject=f"organisation:{point.id}",
            reason=one.basis,
            department=point.code,
            name=one.name,
            on=one.during.lower.isoformat(),
        )
        done += 1
    return done


def _close(session: Session, point: Organisation, name: str, on: date) -> None:
    """End the present body's term on the eve of ``on``."""
    if point.name == name:
        raise Conflict("same-body", zh="现在就是这个机构。", en="That body answers already.")
    terms = session.scalars(queries.department_terms(point.jurisdiction_id, point.id)).all()
    if not terms:
        session.add(
            DepartmentBody(
                jurisdiction_id=point.jurisdiction_id,
                organisation_id=point.id,
                name=point.name,
                name_en=point.name_en,
                during=Range(None, on),
                basis=None,
                officer_id=None,
            )
        )
        session.flush()
        return
    last = terms[0]
    if last.during.lower is not None and last.during.lower >= on:
        raise Conflict(
            "succession-before",
            zh="{name}自 {day} 起履职，继任须在其后。",
            en="{name} answers from {day}; its successor comes after that day.",
            name=last.name,
            day=last.during.lower.isoformat(),
        )
    last.during = Range(last.during.lower, on)
    session.flush()
