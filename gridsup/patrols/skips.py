"""Stops of the day's route that were passed over (跳过), with the reason."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.patrols import queries
from gridsup.patrols.model import SkippedStop
from gridsup.patrols.service import check_same, not_in_future
from gridsup.procedures.family import jurisdiction_of
from gridsup.registry import record


def skip_stop(
    session: Session,
    officer_id: int,
    *,
    key: uuid.UUID,
    business_id: int,
    at: datetime,
    reason: str,
    now: datetime | None = None,
) -> SkippedStop:
    """Keep that a household of the day's route was passed over, and why; sending it again gives the same row.

    Raises :class:`Invalid` ``effective-in-future``, ``key-reused``; ``NotFound`` ``business-not-found``.
    """
    jurisdiction_id = jurisdiction_of(session)
    not_in_future(at, now)
    record.get(session, jurisdiction_id, business_id)
    values = {"business_id": business_id, "at": at, "reason": reason}
    row = {"jurisdiction_id": jurisdiction_id, "officer_id": officer_id, "key": key, **values}
    session.execute(insert(SkippedStop).values(row).on_conflict_do_nothing())
    stored = session.scalars(queries.skipped_by_key(jurisdiction_id, officer_id, key)).one()
    check_same(stored, values)
    return stored
