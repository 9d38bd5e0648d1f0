"""Many visits at once: a phone's full outbox, or a bureau's past on its first day with the platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.patrols import queries
from gridsup.patrols.model import Visit
from gridsup.patrols.service import VisitReport, check_visit
from gridsup.procedures.family import jurisdiction_of
from gridsup.registry import record


def record_many(session: Session, reports: Sequence[tuple[int, VisitReport]], *, prompt: bool = False) -> int:
    """Record ``(officer id, report)`` of visits to known businesses; returns how many were new.

    A visit lies in the present cell of its business. ``prompt``: each was received when it was made, not now.
    What was sent before is passed over. Raises as ``service.record_visit``; then none is recorded.
    """
    jurisdiction_id = jurisdiction_of(session)
    wanted = {report.business_id for _, report in reports if report.business_id is not None}
    cells: dict[int, int | None] = {
        row.id: row.cell_id for row in session.execute(queries.cells_of(jurisdiction_id, sorted(wanted)))
    }
    rows: list[dict[str, Any]] = []
    for officer_id, report in reports:
        check_visit(report)
        if report.business_id is None or report.business_id not in cells:
            raise record.not_found(report.business_id or 0)
        place = report.position
        rows.append(
            {
                "jurisdiction_id": jurisdiction_id,
                "officer_id": officer_id,
                "key": report.key,
                "business_id": report.business_id,
                "cell_id": cells[report.business_id],
                "at": report.at,
                "result": report.result,
                "note": report.note,
                "point": place.element() if place else None,
                "accuracy_m": place.accuracy_m if place else None,
                **({"received_at": report.at} if prompt else {}),
            }
        )
    if not rows:
        return 0
    statement = insert(Visit).on_conflict_do_nothing().returning(Visit.id)
    return len(session.scalars(statement, rows).all())
