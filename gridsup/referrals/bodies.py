"""Today's bodies of the 22 departments (部门与机构): who answers from which day, and who follows whom.

The contact point of a department is one row for good: its matters and its liaison accounts hang on it, so a
reform changes the body's name from a day on, with its basis, and no referral is ever left without an owner.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, FieldFault, Invalid
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
    Raises NotFound ``department-unknown``; Invalid ``succession-ahead``; Conflict ``succession-before``,
    ``same-body``.
    """
    code = catalogue().department(department).code
    if on > today:
        zh, en = "继任机构请在其履职之日起登记。", "Register a successor on the day on which it takes over."
        raise Invalid("succession-ahead", zh=zh, en=en, faults=[FieldFault("/on", zh, en)])
    point = contact_point(session, jurisdiction_id, code)
    if point is None:
        point = people.add_organisation(
            session, jurisdiction_id, kind="department", code=code, name=name, name_en=name_en, by=by
        )
    else:
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
        "department-succeeded",
        officer_id=by,
        subject=f"organisation:{point.id}",
        reason=basis,
        department=code,
        name=name,
        on=on.isoformat(),
    )
    return made


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
