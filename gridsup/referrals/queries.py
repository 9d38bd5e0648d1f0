"""Every select on referrals. All carry the jurisdiction; row-level security is the second wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from gridsup.people.model import Organisation
from gridsup.procedures.model import Matter
from gridsup.referrals.model import Referral


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
