"""Every select of the people package. All carry the jurisdiction; row-level security is the second wall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from gridsup.people.model import (
    PRACTICE_FROM,
    Assignment,
    AuditEntry,
    Delegation,
    Jurisdiction,
    Leave,
    Officer,
    Organisation,
    Posting,
    SeparationWaiver,
)
from gridsup.procedures.model import Matter

# ------------------------------------------------------------------ jurisdictions and organisations


def jurisdictions() -> Select[Jurisdiction]:
    """Every bureau; the copies to practise in are none."""
    return (
        select(Jurisdiction).where(Jurisdiction.jurisdiction_id <= PRACTICE_FROM).order_by(Jurisdiction.code)
    )


def copies() -> Select[int]:
    """The numbers of the copies to practise in."""
    return select(Jurisdiction.jurisdiction_id).where(Jurisdiction.jurisdiction_id > PRACTICE_FROM)


def jurisdiction(jurisdiction_id: int) -> Select[Jurisdiction]:
    return select(Jurisdiction).where(Jurisdiction.jurisdiction_id == jurisdiction_id)


def bounds(jurisdiction_id: int) -> Select[Any]:
    """West, south, east, north of the boundary (degrees); all None where none is set."""
    box = Jurisdiction.boundary
    return select(func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)).where(
        Jurisdiction.jurisdiction_id == jurisdiction_id
    )


def below(jurisdiction_id: int) -> Select[int]:
    """Ids of the jurisdictions whose superior, directly or above that, is this one."""
    tree = (
        select(Jurisdiction.jurisdiction_id)
        .where(Jurisdiction.superior_id == jurisdiction_id)
        .cte("below", recursive=True)
    )
    child = aliased(Jurisdiction)
    tree = tree.union(select(child.jurisdiction_id).join(tree, child.superior_id == tree.c.jurisdiction_id))
    return select(tree.c.jurisdiction_id)


def organisation(jurisdiction_id: int, organisation_id: int) -> Select[Organisation]:
    return select(Organisation).where(
        Organisation.jurisdiction_id == jurisdiction_id, Organisation.id == organisation_id
    )


def organisations(
    jurisdiction_id: int, *, kind: str | None = None, active_only: bool = True
) -> Select[Organisation]:
    query = select(Organisation).where(Organisation.jurisdiction_id == jurisdiction_id)
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    if active_only:
        query = query.where(Organisation.active)
    return query.order_by(Organisation.kind, Organisation.code, Organisation.id)


def organisation_names(jurisdiction_id: int, ids: Iterable[int]) -> Select[int, str]:
    return select(Organisation.id, Organisation.name).where(
        Organisation.jurisdiction_id == jurisdiction_id, Organisation.id.in_(list(ids))
    )


def names_in_both(jurisdiction_id: int, ids: Iterable[int]) -> Select[int, str, str | None]:
    """Rows ``(id, name, name_en)`` of these bodies; the English one where the bureau has given it one."""
    return select(Organisation.id, Organisation.name, Organisation.name_en).where(
        Organisation.jurisdiction_id == jurisdiction_id, Organisation.id.in_(list(ids))
    )


def named_in_english(jurisdiction_id: int) -> Select[str, str, str | None]:
    """Rows ``(code, name, name_en)`` of the bodies that have an English name, ended ones among them."""
    return select(Organisation.code, Organisation.name, Organisation.name_en).where(
        Organisation.jurisdiction_id == jurisdiction_id, Organisation.name_en.is_not(None)
    )


def open_matters_of_body(jurisdiction_id: int, organisation_id: int) -> Select[int]:
    """How many open matters a body or a station answers for."""
    mine = or_(Matter.assigned_org_id == organisation_id, Matter.station_id == organisation_id)
    return select(func.count()).where(
        Matter.jurisdiction_id == jurisdiction_id, Matter.ended_at.is_(None), mine
    )


def staff_of_body(jurisdiction_id: int, organisation_id: int, day: date) -> Select[int]:
    """How many officers in service sit in a body, or hold a post there on ``day`` or later."""
    lasting = or_(Posting.valid_to.is_(None), Posting.valid_to >= day)
    posted = select(Posting.officer_id).where(
        Posting.jurisdiction_id == jurisdiction_id, Posting.organisation_id == organisation_id, lasting
    )
    here = or_(Officer.organisation_id == organisation_id, Officer.id.in_(posted))
    return select(func.count()).where(Officer.jurisdiction_id == jurisdiction_id, Officer.active, here)


def parents(jurisdiction_id: int) -> Select[int, int | None, str]:
    """``(id, parent_id, kind)`` of every organisation: the tree, without shapes."""
    return select(Organisation.id, Organisation.parent_id, Organisation.kind).where(
        Organisation.jurisdiction_id == jurisdiction_id
    )


def subtree(jurisdiction_id: int, organisation_id: int) -> Select[int]:
    """Ids of a body and of all bodies below it."""
    tree = (
        select(Organisation.id)
        .where(Organisation.jurisdiction_id == jurisdiction_id, Organisation.id == organisation_id)
        .cte("subtree", recursive=True)
    )
    child = aliased(Organisation)
    tree = tree.union(
        select(child.id)
        .join(tree, child.parent_id == tree.c.id)
        .where(child.jurisdiction_id == jurisdiction_id)
    )
    return select(tree.c.id)


# ------------------------------------------------------------------ officers, postings, leave


def officer(jurisdiction_id: int, officer_id: int) -> Select[Officer]:
    return select(Officer).where(Officer.jurisdiction_id == jurisdiction_id, Officer.id == officer_id)


def officers_by_staff_no(jurisdiction_id: int, numbers: Iterable[str]) -> Select[Officer]:
    return select(Officer).where(
        Officer.jurisdiction_id == jurisdiction_id, Officer.staff_no.in_(list(numbers))
    )


def officers_by_id(jurisdiction_id: int, ids: Iterable[int]) -> Select[Officer]:
    return select(Officer).where(Officer.jurisdiction_id == jurisdiction_id, Officer.id.in_(list(ids)))


def officers(
    jurisdiction_id: int,
    *,
    organisation_id: int | None = None,
    under: int | None = None,
    text: str | None = None,
    holding: tuple[str, date] | None = None,
    active_only: bool = True,
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> Select[Officer]:
    """Officers by staff number; ``after`` is the ``(staff_no, id)`` of the last one seen.

    ``under`` takes those of a body and of all bodies below it, ``holding`` those with a post on a day.
    """
    query = select(Officer).where(Officer.jurisdiction_id == jurisdiction_id)
    if under is not None:
        query = query.where(Officer.organisation_id.in_(subtree(jurisdiction_id, under)))
    if organisation_id is not None:
        query = query.where(Officer.organisation_id == organisation_id)
    if text:
        query = query.where(
            or_(
                Officer.name.contains(text, autoescape=True),
                Officer.staff_no.startswith(text, autoescape=True),
            )
        )
    if holding is not None:
        post, day = holding
        held = select(Posting.officer_id).where(
            Posting.jurisdiction_id == jurisdiction_id, Posting.post == post, holds_on(day)
        )
        query = query.where(Officer.id.in_(held))
    if active_only:
        query = query.where(Officer.active)
    if after is not None:
        query = query.where(tuple_(Officer.staff_no, Officer.id) > tuple_(*after))
    return query.order_by(Officer.staff_no, Officer.id).limit(limit)


def holds_on(day: date) -> ColumnElement[bool]:
    """A posting lasts on ``day``."""
    return (Posting.valid_from <= day) & or_(Posting.valid_to.is_(None), Posting.valid_to >= day)


def postings_on(
    jurisdiction_id: int,
    day: date,
    *,
    officer_id: int | None = None,
    post: str | None = None,
    organisation_id: int | None = None,
    officers_in: Iterable[int] | None = None,
) -> Select[Posting]:
    """Who holds which post on a day (active officers only)."""
    query = (
        select(Posting)
        .join(
            Officer,
            (Officer.jurisdiction_id == Posting.jurisdiction_id) & (Officer.id == Posting.officer_id),
        )
        .where(Posting.jurisdiction_id == jurisdiction_id, Officer.active, holds_on(day))
    )
    if officer_id is not None:
        query = query.where(Posting.officer_id == officer_id)
    if post is not None:
        query = query.where(Posting.post == post)
    if organisation_id is not None:
        query = query.where(Posting.organisation_id == organisation_id)
    if officers_in is not None:
        query = query.where(Posting.officer_id.in_(list(officers_in)))
    return query.order_by(Posting.post, Posting.id)


def postings_of(jurisdiction_id: int, officer_id: int) -> Select[Posting]:
    """An officer's whole record of posts, latest first."""
    return (
        select(Posting)
        .where(Posting.jurisdiction_id == jurisdiction_id, Posting.officer_id == officer_id)
        .order_by(Posting.valid_from.desc(), Posting.id.desc())
    )


def posting(jurisdiction_id: int, posting_id: int) -> Select[Posting]:
    return select(Posting).where(Posting.jurisdiction_id == jurisdiction_id, Posting.id == posting_id)


def away_on(jurisdiction_id: int, day: date) -> CompoundSelect[int]:
    """Ids of the officers who receive nothing on ``day``: on leave, or out of service."""
    on_leave = select(Leave.officer_id).where(
        Leave.jurisdiction_id == jurisdiction_id, Leave.first_day <= day, Leave.last_day >= day
    )
    gone = select(Officer.id).where(Officer.jurisdiction_id == jurisdiction_id, Officer.active.is_(False))
    return on_leave.union(gone)


def leaves(
    jurisdiction_id: int, *, officer_id: int | None = None, since: date | None = None
) -> Select[Leave]:
    """Absences by first day; ``since`` leaves out those that ended before it."""
    query = select(Leave).where(Leave.jurisdiction_id == jurisdiction_id)
    if officer_id is not None:
        query = query.where(Leave.officer_id == officer_id)
    if since is not None:
        query = query.where(Leave.last_day >= since)
    return query.order_by(Leave.first_day, Leave.id)


def leave(jurisdiction_id: int, leave_id: int) -> Select[Leave]:
    return select(Leave).where(Leave.jurisdiction_id == jurisdiction_id, Leave.id == leave_id)


def delegations_on(jurisdiction_id: int, day: date) -> Select[Delegation]:
    """Delegation letters in force on ``day``: published, within their term, not revoked."""
    return select(Delegation).where(
        Delegation.jurisdiction_id == jurisdiction_id,
        Delegation.published_on <= day,
        Delegation.valid_from <= day,
        Delegation.valid_to >= day,
        or_(Delegation.revoked_on.is_(None), Delegation.revoked_on > day),
    )


def delegation(jurisdiction_id: int, delegation_id: int) -> Select[Delegation]:
    return select(Delegation).where(
        Delegation.jurisdiction_id == jurisdiction_id, Delegation.id == delegation_id
    )


def delegations(jurisdiction_id: int) -> Select[Delegation]:
    """All letters, those that end last first."""
    return (
        select(Delegation)
        .where(Delegation.jurisdiction_id == jurisdiction_id)
        .order_by(Delegation.valid_to.desc(), Delegation.id.desc())
    )


def covers(jurisdiction_id: int, area_ids: Iterable[int], lon: float, lat: float) -> Select[bool | None]:
    """Whether a place (CRS84 degrees) lies in one of the bodies' areas; None where none of them has one."""
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4490)
    return select(func.bool_or(func.ST_Covers(Organisation.area, point))).where(
        Organisation.jurisdiction_id == jurisdiction_id, Organisation.id.in_(list(area_ids))
    )


def waivers(jurisdiction_id: int) -> Select[SeparationWaiver]:
    """The decisions that exempt stations from the separation of duties, the latest first."""
    return (
        select(SeparationWaiver)
        .where(SeparationWaiver.jurisdiction_id == jurisdiction_id)
        .order_by(SeparationWaiver.valid_from.desc(), SeparationWaiver.id.desc())
    )


def waiver(jurisdiction_id: int, waiver_id: int) -> Select[SeparationWaiver]:
    return select(SeparationWaiver).where(
        SeparationWaiver.jurisdiction_id == jurisdiction_id, SeparationWaiver.id == waiver_id
    )


def waivers_on(jurisdiction_id: int, day: date, station_id: int) -> Select[SeparationWaiver]:
    """Those in force for a station on a day, both ends inclusive."""
    return waivers(jurisdiction_id).where(
        SeparationWaiver.station_id == station_id,
        SeparationWaiver.valid_from <= day,
        SeparationWaiver.valid_to >= day,
    )


# ------------------------------------------------------------------ assignments


def assignments_on(
    jurisdiction_id: int,
    day: date,
    *,
    officer_id: int | None = None,
    cell_id: int | None = None,
    community_id: int | None = None,
) -> Select[Assignment]:
    """Who is responsible for which cell or community on a day."""
    query = select(Assignment).where(
        Assignment.jurisdiction_id == jurisdiction_id, Assignment.during.op("@>")(day)
    )
    if officer_id is not None:
        query = query.where(Assignment.officer_id == officer_id)
    return _at_place(query, cell_id, community_id).order_by(Assignment.id)


def assignments_at(
    jurisdiction_id: int, *, cell_id: int | None = None, community_id: int | None = None
) -> Select[Assignment]:
    """The whole history of one place, earliest first."""
    query = select(Assignment).where(Assignment.jurisdiction_id == jurisdiction_id)
    return _at_place(query, cell_id, community_id).order_by(func.lower(Assignment.during))


def _at_place(query: Select[Assignment], cell_id: int | None, community_id: int | None) -> Select[Assignment]:
    if cell_id is not None:
        query = query.where(Assignment.cell_id == cell_id)
    if community_id is not None:
        query = query.where(Assignment.community_id == community_id)
    return query


# ------------------------------------------------------------------ the audit trail


def audit(
    jurisdiction_id: int,
    *,
    act: str | None = None,
    officer_id: int | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Select[AuditEntry]:
    """Entries, newest first; ``before`` is the ``(at, id)`` of the last one seen.

    ``subject`` is a thing (``cell:12``) or a kind of things (``cell``); ``until`` is exclusive.
    """
    query = select(AuditEntry).where(AuditEntry.jurisdiction_id == jurisdiction_id)
    if act is not None:
        query = query.where(AuditEntry.act == act)
    if officer_id is not None:
        query = query.where(AuditEntry.officer_id == officer_id)
    if subject is not None:
        kind = AuditEntry.subject.startswith(f"{subject}:", autoescape=True)
        query = query.where(or_(AuditEntry.subject == subject, kind))
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    if before is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(*before))
    return query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
