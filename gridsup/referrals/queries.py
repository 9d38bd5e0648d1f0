"""Every select on referrals. All carry the jurisdiction; row-level security is the second wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, and_, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from gridsup.documents.model import Document
from gridsup.people.model import Organisation
from gridsup.procedures.model import Matter
from gridsup.referrals.model import DepartmentBody, Referral


@dataclass(frozen=True, slots=True)
class ReferralFilter:
    """Which referrals; what is left out does not restrict."""

    direction: str | None = None
    department: str | None = None
    body_ids: Sequence[int] | None = None
    """Those of these bodies alone; an empty list matches none."""
    overdue: bool = False
    """A clock of theirs is over."""
    unreceipted: bool = False
    """Sent, and nobody has received them yet (no referral without receipt)."""
    unanswered: bool = False
    """Received, and no feedback yet."""
    ended: bool | None = None


def bodies(jurisdiction_id: int, kind: str) -> Select[Organisation]:
    """The bodies of a kind that are in service, by code."""
    return (
        select(Organisation)
        .where(
            Organisation.jurisdiction_id == jurisdiction_id, Organisation.kind == kind, Organisation.active
        )
        .order_by(Organisation.code)
    )


def assigned_body(jurisdiction_id: int, matter_id: int) -> Select[int | None]:
    """The body that a matter is assigned to."""
    return select(Matter.assigned_org_id).where(
        Matter.jurisdiction_id == jurisdiction_id, Matter.id == matter_id
    )


def referrals(
    jurisdiction_id: int, wanted: ReferralFilter, now: datetime, *, after: int | None = None, limit: int = 50
) -> Select[*tuple[Any, ...]]:
    """Rows ``(Referral, body, title, state, pack, pack_version, pack_hash, parent_id, cell_id, next_due_at,
    ended_at, outcome)``, the latest first; ``after`` is the id of the last one seen."""
    m = Matter
    query = (
        select(
            Referral,
            Organisation.name.label("body"),
            m.title,
            m.state,
            m.pack,
            m.pack_version,
            m.pack_hash,
            m.parent_id,
            m.cell_id,
            m.next_due_at,
            m.ended_at,
            m.outcome,
        )
        .join(m, and_(m.jurisdiction_id == Referral.jurisdiction_id, m.id == Referral.matter_id))
        .outerjoin(
            Organisation,
            and_(
                Organisation.jurisdiction_id == Referral.jurisdiction_id,
                Organisation.id == Referral.department_id,
            ),
        )
        .where(Referral.jurisdiction_id == jurisdiction_id, *_conditions(wanted, now))
        .order_by(Referral.id.desc())
        .limit(limit)
    )
    return query if after is None else query.where(Referral.id < after)


def _conditions(wanted: ReferralFilter, now: datetime) -> list[ColumnElement[bool]]:
    same = ((Referral.direction, wanted.direction), (Referral.department, wanted.department))
    found: list[ColumnElement[bool]] = [column == value for column, value in same if value is not None]
    if wanted.body_ids is not None:
        found.append(Referral.department_id.in_(list(wanted.body_ids)))
    if wanted.overdue:
        found += [Matter.ended_at.is_(None), Matter.next_due_at <= now]
    if wanted.unreceipted:
        found += [
            Matter.ended_at.is_(None),
            Matter.waits_for == "liaison",
            Referral.sent_at.is_not(None),
            Referral.received_at.is_(None),
        ]
    if wanted.unanswered:
        found += [
            Matter.ended_at.is_(None),
            Referral.received_at.is_not(None),
            Referral.feedback_at.is_(None),
        ]
    if wanted.ended is not None:
        found.append(Matter.ended_at.is_not(None) if wanted.ended else Matter.ended_at.is_(None))
    return found


def scoreboard(
    jurisdiction_id: int, since: datetime, now: datetime
) -> Select[*tuple[str, int, int, int, int, int, int, int, float | None]]:
    """Per department, of the referrals sent since: ``(department, sent, received, answered, returned, open,
    unreceived, overdue, days)``; ``days`` from receipt to feedback, on average, in calendar days."""
    r, going = Referral, Matter.ended_at.is_(None)

    def count(*conditions: Any) -> Any:
        return func.count().filter(*conditions)

    days = func.avg(func.extract("epoch", r.feedback_at - r.received_at) / 86400.0)
    return (
        select(
            r.department,
            func.count().label("sent"),
            count(r.received_at.is_not(None)).label("received"),
            count(r.feedback_at.is_not(None)).label("answered"),
            count(r.returned_reason.is_not(None)).label("returned"),
            count(going).label("open"),
            count(going, r.received_at.is_(None), Matter.waits_for == "liaison").label("unreceived"),
            count(going, Matter.next_due_at <= now, Matter.waits_for == "liaison").label("overdue"),
            days.label("days"),
        )
        .join(Matter, and_(Matter.jurisdiction_id == r.jurisdiction_id, Matter.id == r.matter_id))
        .where(r.jurisdiction_id == jurisdiction_id, r.direction == "out", r.sent_at >= since)
        .group_by(r.department)
        .order_by(r.department)
    )


def by_number(jurisdiction_id: int, numbers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Rows ``(Referral, title, state, version)`` of the referrals with these numbers, in any writing of the
    brackets and blanks, or by the serial number alone; the newest first."""
    plain = func.translate(Referral.number, " 　〔〕[]()（）", "")
    wanted = [each.translate(str.maketrans("", "", " 　〔〕[]()（）")) for each in numbers]
    serials = [plain.regexp_match(f"20[0-9]{{2}}0*{int(each)}号$") for each in wanted if each.isdecimal()]
    return (
        select(Referral, Matter.title, Matter.state, Matter.version)
        .join(
            Matter, and_(Matter.jurisdiction_id == Referral.jurisdiction_id, Matter.id == Referral.matter_id)
        )
        .where(Referral.jurisdiction_id == jurisdiction_id, or_(plain.in_(wanted), *serials))
        .order_by(Referral.id.desc())
    )


def sent_among(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Rows ``(Referral, title, body)`` of the referrals that were sent, by department and number."""
    return (
        select(Referral, Matter.title, Organisation.name.label("body"))
        .join(
            Matter, and_(Matter.jurisdiction_id == Referral.jurisdiction_id, Matter.id == Referral.matter_id)
        )
        .outerjoin(
            Organisation,
            and_(
                Organisation.jurisdiction_id == Referral.jurisdiction_id,
                Organisation.id == Referral.department_id,
            ),
        )
        .where(
            Referral.jurisdiction_id == jurisdiction_id,
            Referral.matter_id.in_(list(matter_ids)),
            Referral.sent_at.is_not(None),
        )
        .order_by(Referral.department, Referral.id)
    )


def copies(
    jurisdiction_id: int, *, owed: bool = False, inside: Sequence[str] = ()
) -> Select[*tuple[Any, ...]]:
    """Rows of penalty decisions over a trade that needs a permit: each is copied to the licensing department
    at the same time (P9-N5). ``owed``: only those that were not sent yet, which must be none. ``inside``:
    trades whose permits this very bureau gives, so nothing is copied.

    ``(id, root_id, title, decision_no, decided_at, trade, department, sheet_id, number, sent_at)``: ``id``
    is the case, ``sheet_id`` the copy (the latest that is not withdrawn or returned), ``number`` its number.
    """
    root, sheet = aliased(Matter), aliased(Matter)
    decided = cast(Matter.milestones["decision_made"].astext, DateTime(timezone=True))
    latest = (
        select(sheet.id, sheet.facts["department"].astext.label("department"))
        .where(
            sheet.jurisdiction_id == jurisdiction_id,
            sheet.root_id == Matter.root_id,
            sheet.pack == "referral",
            sheet.facts["kind"].astext == "penalty_copy",
            sheet.opened_at >= decided,
            func.coalesce(sheet.outcome, "").not_in(("withdrawn", "returned")),
        )
        .order_by(sheet.id.desc())
        .limit(1)
        .lateral("sheet")
    )
    number = (
        select(func.max(Document.number))
        .where(
            Document.jurisdiction_id == jurisdiction_id,
            Document.matter_id == Matter.id,
            Document.kind.in_(("penalty_decision", "on_spot_decision")),
        )
        .scalar_subquery()
    )
    sent = and_(Referral.jurisdiction_id == jurisdiction_id, Referral.matter_id == latest.c.id)
    needed = func.coalesce(Matter.facts["permit_required"].astext, root.facts["permit_required"].astext)
    trade = func.coalesce(Matter.facts["trade"].astext, root.facts["trade"].astext)
    query = (
        select(
            Matter.id,
            Matter.root_id,
            Matter.title,
            number.label("decision_no"),
            decided.label("decided_at"),
            trade.label("trade"),
            latest.c.department,
            latest.c.id.label("sheet_id"),
            Referral.number,
            Referral.sent_at,
        )
        .join(root, and_(root.jurisdiction_id == jurisdiction_id, root.id == Matter.root_id))
        .outerjoin(latest, true())
        .outerjoin(Referral, sent)
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            or_(
                and_(Matter.pack == "penalty_case", Matter.facts["decision"].astext == "penalty"),
                Matter.pack == "simple_penalty",
            ),
            decided.is_not(None),
            needed == "true",
            func.coalesce(trade, "").not_in(list(inside)),
        )
        .order_by(decided.desc(), Matter.id.desc())
    )
    return query.where(Referral.sent_at.is_(None)) if owed else query


def department_terms(jurisdiction_id: int, organisation_id: int | None = None) -> Select[DepartmentBody]:
    """The dated bodies of one contact point, or of all, the latest first; none that was withdrawn."""
    query = (
        select(DepartmentBody)
        .where(DepartmentBody.jurisdiction_id == jurisdiction_id, ~func.isempty(DepartmentBody.during))
        .order_by(DepartmentBody.organisation_id, func.lower(DepartmentBody.during).desc().nulls_last())
    )
    return (
        query if organisation_id is None else query.where(DepartmentBody.organisation_id == organisation_id)
    )


def open_at_bodies(jurisdiction_id: int, now: datetime) -> Select[int | None, int, int]:
    """``(organisation_id, open, overdue)`` of the matters that bodies answer for."""
    late = Matter.next_due_at <= now
    return (
        select(Matter.assigned_org_id, func.count(), func.count().filter(late))
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.ended_at.is_(None),
            Matter.assigned_org_id.is_not(None),
        )
        .group_by(Matter.assigned_org_id)
    )
