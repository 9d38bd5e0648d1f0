"""Every select of the practice mode."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from gridsup.patrols.model import Visit
from gridsup.people.model import AuditEntry, SignIn
from gridsup.practice.model import PracticeRun
from gridsup.procedures.model import Event


def run(jurisdiction_id: int, run_id: int) -> Select[PracticeRun]:
    return select(PracticeRun).where(PracticeRun.jurisdiction_id == jurisdiction_id, PracticeRun.id == run_id)


def begun_since(jurisdiction_id: int, officer_id: int, since: datetime) -> Select[int]:
    """How often an officer began since a moment."""
    return select(func.count()).where(
        PracticeRun.jurisdiction_id == jurisdiction_id,
        PracticeRun.officer_id == officer_id,
        PracticeRun.started_at >= since,
    )


def acts(jurisdiction_id: int, officer_id: int, since: datetime) -> Select[*tuple[Any, ...]]:
    """``(kind, pack, action, recorded_at)`` of what an officer did, the earliest first."""
    return (
        select(Event.kind, Event.data["pack"].astext.label("pack"), Event.action, Event.recorded_at)
        .where(
            Event.jurisdiction_id == jurisdiction_id,
            Event.person_id == officer_id,
            Event.recorded_at >= since,
        )
        .order_by(Event.recorded_at, Event.id)
    )


def first_visit(jurisdiction_id: int, officer_id: int, since: datetime) -> Select[datetime | None]:
    """When an officer's first visit since a moment was received."""
    return select(func.min(Visit.received_at)).where(
        Visit.jurisdiction_id == jurisdiction_id,
        Visit.officer_id == officer_id,
        Visit.received_at >= since,
    )


def audited(jurisdiction_id: int, officer_id: int, since: datetime) -> Select[*tuple[Any, ...]]:
    """``(act, subject, detail, at)`` of an officer's entries of the audit trail, the earliest first."""
    return (
        select(AuditEntry.act, AuditEntry.subject, AuditEntry.detail, AuditEntry.at)
        .where(
            AuditEntry.jurisdiction_id == jurisdiction_id,
            AuditEntry.officer_id == officer_id,
            AuditEntry.at >= since,
        )
        .order_by(AuditEntry.at, AuditEntry.id)
    )


def last_worked(copy_id: int) -> Select[datetime | None]:
    """When somebody last sat in a copy; the session that is opened with it counts from its making."""
    return select(func.max(SignIn.seen_at)).where(SignIn.jurisdiction_id == copy_id)
