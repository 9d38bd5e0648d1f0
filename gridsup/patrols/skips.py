"""Stops of the day's route that were passed over (跳过), with the reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.patrols import queries
from gridsup.patrols.model import SkippedStop
from gridsup.patrols.service import SkipReport, check_same, device_of, not_in_future
from gridsup.procedures.family import jurisdiction_of
from gridsup.registry import record


def skip_stop(
    session: Session, officer_id: int, report: SkipReport, *, now: datetime | None = None
) -> SkippedStop:
    """Keep that a household of the day's route was passed over, and why; sending it again gives the same row.

    Raises :class:`Invalid` ``effective-in-future``, ``key-reused``; ``NotFound`` ``business-not-found``.
    """
    jurisdiction_id = jurisdiction_of(session)
    not_in_future(report.at, now)
    record.get(session, jurisdiction_id, report.business_id)
    values = {"business_id": report.business_id, "at": report.at, "reason": report.reason}
    row = {
        "jurisdiction_id": jurisdiction_id,
        "officer_id": officer_id,
        "key": report.key,
        "point": report.position.element() if report.position else None,
        "accuracy_m": report.position.accuracy_m if report.position else None,
        "device": device_of(session, jurisdiction_id, officer_id, report, report.at),
        **values,
    }
    session.execute(insert(SkippedStop).values(row).on_conflict_do_nothing())
    stored = session.scalars(queries.skipped_by_key(jurisdiction_id, officer_id, report.key)).one()
    check_same(stored, values)
    return stored
