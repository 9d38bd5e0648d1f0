"""Verbs on the bureau's own people: starting a jurisdiction, its bodies and officers.

Nothing here commits. Every change of rights leaves an audit entry; ``by`` is the officer who did it, None
for the command line.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.db import Base, set_jurisdiction
from gridsup.errors import Conflict, Refused
from gridsup.people import accounts, queries
from gridsup.people.audit import record
from gridsup.people.deputies import day_of
from gridsup.people.model import ORGANISATION_KINDS, Jurisdiction, Officer, Organisation
from gridsup.people.postings import add_posting
from gridsup.people.refusals import fault, insert, missing, taken

ADMIN_POST, ADMIN_USERNAME = "admin", "admin"
REGISTRATION_SECTION = "ZC"
"""Code of the registration section (注册股), the dispatcher's desk (P10-A2)."""


def init_jurisdiction(
    session: Session,
    *,
    id: int,  # noqa: A002 - the jurisdiction's number is its id everywhere
    code: str,
    name: str,
    metric_srid: int,
    admin_name: str,
    today: date,
    bureau_name: str | None = None,
    bureau_name_en: str | None = None,
    name_en: str | None = None,
    admin_username: str = ADMIN_USERNAME,
    boundary: Any = None,
    superior_id: int | None = None,
    demo: bool = False,
    settings: dict[str, Any] | None = None,
) -> str:
    """Start a bureau: jurisdiction, bureau, registration section, and an administrator.

    ``id`` is the division code (adcode) such as 420103; ``boundary`` a MULTIPOLYGON in EPSG:4490. Returns
    the administrator's one-time password, which must be changed at the first sign-in. Binds the session
    to the new jurisdiction. Runs with the owner's rights.

    Raises:
        Conflict: ``jurisdiction-exists``: the id or the code is taken.
    """
    set_jurisdiction(session, id)
    for other in session.scalars(queries.jurisdictions()):
        if id == other.jurisdiction_id or code == other.code:
            raise Conflict(
                "jurisdiction-exists",
                zh="辖区 {number}（{name}）已经存在。",
                en="Jurisdiction {number} ({name}) exists already.",
                number=other.code,
                name=other.name,
            )
    made = Jurisdiction(
        jurisdiction_id=id,
        code=code,
        name=name,
        name_en=name_en,
        metric_srid=metric_srid,
        boundary=boundary,
        superior_id=superior_id,
        demo=demo,
        settings=settings or {},
    )
    session.add(made)
    session.flush()
    bureau = add_organisation(
        session,
        id,
        kind="bureau",
        code=code,
        name=bureau_name or f"{name}市场监督管理局",
        name_en=bureau_name_en,
    )
    section = add_organisation(
        session,
        id,
        kind="section",
        code=REGISTRATION_SECTION,
        name="注册股",
        name_en="Registration section",
        parent_id=bureau.id,
    )
    officer = add_officer(session, id, staff_no="0001", name=admin_name, organisation_id=section.id)
    add_posting(
        session, id, officer_id=officer.id, organisation_id=bureau.id, post=ADMIN_POST, valid_from=today
    )
    return accounts.create_account(session, id, officer.id, admin_username)


# ------------------------------------------------------------------ organisations


def add_organisation(
    session: Session,
    jurisdiction_id: int,
    *,
    kind: str,
    code: str,
    name: str,
    name_en: str | None = None,
    parent_id: int | None = None,
    area: Any = None,
    place: Any = None,
    phone: str | None = None,
    by: int | None = None,
) -> Organisation:
    """Add a body. ``area`` is a MULTIPOLYGON and ``place`` a POINT, both EPSG:4490.

    Raises:
        Invalid: ``organisation-kind``; ``organisation-parent`` when there is no such body above it.
        Conflict: ``organisation-code``: that kind has a body of this code.
    """
    if kind not in ORGANISATION_KINDS:
        raise fault("organisation-kind", "/kind", "没有这种机构类别。", "There is no such kind of body.")
    if parent_id is not None and session.scalar(queries.organisation(jurisdiction_id, parent_id)) is None:
        raise fault("organisation-parent", "/parent_id", "没有这个上级机构。", "No such body above it.")
    row = Organisation(
        jurisdiction_id=jurisdiction_id,
        kind=kind,
        code=code,
        name=name,
        name_en=name_en,
        parent_id=parent_id,
        area=area,
        place=place,
        phone=phone,
    )
    insert(session, row, taken("organisation-code", code, "机构代码", "code of a body", "/code"))
    record(session, jurisdiction_id, "organisation-added", officer_id=by, subject=f"organisation:{row.id}")
    return row


def change_organisation(
    session: Session, jurisdiction_id: int, organisation_id: int, *, by: int | None = None, **changes: Any
) -> Organisation:
    """Change ``name``, ``name_en``, ``phone`` or ``active`` of a body.

    A body that open matters wait for, or that has people, stays in use: none of them is left without a place.

    Raises:
        NotFound: no such body. Refused: ``body-answers``, ``body-staffed``.
    """
    row = session.scalar(queries.organisation(jurisdiction_id, organisation_id).with_for_update())
    if row is None:
        raise missing("organisation", "机构", "body", organisation_id)
    if changes.get("active") is False and row.active:
        _leaves_nothing(session, row)
    _change(row, changes, allowed={"name", "name_en", "phone", "active"})
    record(
        session,
        jurisdiction_id,
        "organisation-changed",
        officer_id=by,
        subject=f"organisation:{row.id}",
        fields=sorted(changes),
    )
    return row


# ------------------------------------------------------------------ officers


def add_officer(
    session: Session,
    jurisdiction_id: int,
    *,
    staff_no: str,
    name: str,
    organisation_id: int,
    phone: str | None = None,
    qualifications: list[dict[str, Any]] | None = None,
    by: int | None = None,
) -> Officer:
    """Add a person in the bureau's service, or another body's liaison.

    Raises:
        NotFound: no such body. Conflict: ``staff-no`` is taken.
    """
    if session.scalar(queries.organisation(jurisdiction_id, organisation_id)) is None:
        raise missing("organisation", "机构", "body", organisation_id)
    row = Officer(
        jurisdiction_id=jurisdiction_id,
        staff_no=staff_no,
        name=name,
        organisation_id=organisation_id,
        phone=phone,
        qualifications=qualifications or [],
    )
    insert(session, row, taken("staff-no", staff_no, "工号", "staff number", "/staff_no"))
    record(session, jurisdiction_id, "officer-added", officer_id=by, subject=f"officer:{row.id}")
    return row


def change_officer(
    session: Session, jurisdiction_id: int, officer_id: int, *, by: int | None = None, **changes: Any
) -> Officer:
    """Change ``name``, ``phone``, ``organisation_id``, ``qualifications`` or ``active`` of an officer.

    One who leaves the service (``active=False``) can no longer sign in.

    Raises:
        NotFound: no such officer, or no such body.
    """
    row = session.scalar(queries.officer(jurisdiction_id, officer_id).with_for_update())
    if row is None:
        raise missing("officer", "人员", "officer", officer_id)
    place = changes.get("organisation_id")
    if place is not None and session.scalar(queries.organisation(jurisdiction_id, place)) is None:
        raise missing("organisation", "机构", "body", place)
    _change(row, changes, allowed={"name", "phone", "organisation_id", "qualifications", "active"})
    if "active" in changes:
        accounts.set_active(session, jurisdiction_id, officer_id, active=changes["active"], by=by)
    record(
        session,
        jurisdiction_id,
        "officer-changed",
        officer_id=by,
        subject=f"officer:{officer_id}",
        fields=sorted(changes),
    )
    return row


def _leaves_nothing(session: Session, row: Organisation) -> None:
    count = session.scalar(queries.open_matters_of_body(row.jurisdiction_id, row.id)) or 0
    if count:
        raise Refused(
            "body-answers",
            zh="{name}还有 {n} 件在办事项，不能停用。请先登记继任机构，或改派、办结这些事项。",
            en="{name} still answers for {n} open matters. Register its successor, or reassign or end them.",
            name=row.name,
            n=count,
        )
    people = (
        session.scalar(queries.staff_of_body(row.jurisdiction_id, row.id, day_of(datetime.now(UTC)))) or 0
    )
    if people:
        raise Refused(
            "body-staffed",
            zh="{name}还有 {n} 名在岗人员，不能停用。请先调整这些人员的机构和岗位。",
            en="{name} still has {n} people in service. Move them and their posts first.",
            name=row.name,
            n=people,
        )


def _change(row: Base, changes: dict[str, Any], *, allowed: set[str]) -> None:
    if beyond := set(changes) - allowed:
        raise TypeError(f"cannot change {sorted(beyond)}")
    for name, value in changes.items():
        setattr(row, name, value)
