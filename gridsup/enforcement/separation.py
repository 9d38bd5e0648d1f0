"""Who patrols does not punish (巡办分离, P10-R1), also between two families about one household."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy.orm import Session

from gridsup.enforcement import queries
from gridsup.errors import Refused
from gridsup.procedures.acting import directory


def asked(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    actions: Sequence[str],
    persons: Collection[int],
    station_id: int | None,
    day: date,
) -> None:
    """Raises :class:`Refused` ``separation-of-duties`` where one of ``persons`` took one of ``actions`` in an
    open matter of the household. ``station_id``: whose exemption counts; None where none can."""
    did = session.execute(queries.doers_about(jurisdiction_id, business_id, actions)).all()
    patrolled = {one for row in did for one in (row.person_id, row.acting_for_id, *row.crew) if one}
    both = frozenset(patrolled & set(persons))
    if not both:
        return
    if station_id is not None and directory().separation_waived(
        session, jurisdiction_id, station_id, both, day
    ):
        return
    raise Refused(
        "separation-of-duties",
        zh="巡查与查处须由不同人员办理：该户在办事项 {matters} 由您或同行人员发现、采集。请由他人办理。",
        en="Patrol and enforcement need different persons: you, or who acts with you, found this household "
        "in the open matter {matters}. Somebody else must act.",
        matters=", ".join(f"#{number}" for number in sorted({row.matter_id for row in did})),
        persons=sorted(both),
    )
