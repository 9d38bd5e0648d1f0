"""Who is responsible for a cell or a community (网格责任人, P10-A7): one owner at a time, history kept.

Community assignments give businesses without coordinates an owner. The exclusion constraints of the table
hold the rule against races; the refusals here say it in words.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gridsup.db import announce, lost_a_race
from gridsup.errors import Conflict, FieldFault, Invalid, NotFound
from gridsup.people import queries
from gridsup.people.audit import record
from gridsup.people.model import Assignment
from gridsup.people.refusals import missing


def assign(
    session: Session,
    jurisdiction_id: int,
    *,
    officer_id: int,
    from_day: date,
    cell_id: int | None = None,
    community_id: int | None = None,
    by: int | None = None,
) -> Assignment:
    """Make an officer responsible for one cell or one community from a day on; the one before ends then.

    A second assignment for the same first day corrects the first one (the audit entry keeps both).

    Raises:
        Invalid: ``one-place``: not exactly one of cell and community.
        NotFound: no such officer in service, no such community. (A cell is not looked up here.)
        Conflict: ``already-assigned``: another takes over later, or did so at this moment.
    """
    if (cell_id is None) == (community_id is None):
        zh, en = "须指定一个网格或一个社区。", "Name one cell or one community."
        raise Invalid("one-place", zh=zh, en=en, faults=[FieldFault("/cell_id", zh, en)])
    officer = session.scalar(queries.officer(jurisdiction_id, officer_id))
    if officer is None or not officer.active:
        raise NotFound(
            "officer", zh="没有编号为 {id} 的在职人员。", en="No officer {id} in service.", id=officer_id
        )
    if community_id is not None:
        place = session.scalar(queries.organisation(jurisdiction_id, community_id))
        if place is None or place.kind != "community":
            raise missing("organisation", "社区", "community", community_id)
    present = session.scalar(
        queries.assignments_on(
            jurisdiction_id, from_day, cell_id=cell_id, community_id=community_id
        ).with_for_update()
    )
    before = present.officer_id if present is not None else None
    if present is not None and present.officer_id == officer_id:
        return present
    try:
        with session.begin_nested():
            row = _take_over(session, present, jurisdiction_id, officer_id, from_day, cell_id, community_id)
    except DBAPIError as error:
        if not lost_a_race(error):
            raise
        raise Conflict(
            "already-assigned",
            zh="该处从 {day} 起或其后已另有责任人，请先查看安排再改。",
            en="Another is responsible there from {day} or later; look at the plan first.",
            day=from_day.isoformat(),
        ) from None
    record(
        session,
        jurisdiction_id,
        "assigned",
        officer_id=by,
        subject=f"cell:{cell_id}" if cell_id is not None else f"community:{community_id}",
        officer=officer_id,
        before=before,
        from_day=from_day.isoformat(),
    )
    announce(session, jurisdiction_id, "cells")
    return row


def unassign(
    session: Session,
    jurisdiction_id: int,
    *,
    on_day: date,
    cell_id: int | None = None,
    community_id: int | None = None,
    by: int | None = None,
) -> None:
    """End the responsibility for a place: from ``on_day`` nobody has it.

    Raises:
        NotFound: ``assignment``: nobody has it then. Conflict: it begins on that very day.
    """
    present = session.scalar(
        queries.assignments_on(
            jurisdiction_id, on_day, cell_id=cell_id, community_id=community_id
        ).with_for_update()
    )
    if present is None:
        raise NotFound("assignment", zh="该处当日没有责任人。", en="Nobody is responsible there on that day.")
    if present.during.lower == on_day:
        raise Conflict(
            "assignment-begins",
            zh="责任当日才开始，请改派他人或选择次日。",
            en="The responsibility begins on that day: assign another, or choose the day after.",
        )
    present.during = Range(present.during.lower, on_day, bounds="[)")
    session.flush()
    subject = f"cell:{cell_id}" if cell_id is not None else f"community:{community_id}"
    record(session, jurisdiction_id, "unassigned", officer_id=by, subject=subject, officer=present.officer_id)
    announce(session, jurisdiction_id, "cells")


def _take_over(
    session: Session,
    present: Assignment | None,
    jurisdiction_id: int,
    officer_id: int,
    from_day: date,
    cell_id: int | None,
    community_id: int | None,
) -> Assignment:
    end: date | None = None
    if present is not None:
        end = present.during.upper
        if present.during.lower == from_day:
            present.officer_id = officer_id
            session.flush()
            return present
        present.during = Range(present.during.lower, from_day, bounds="[)")
        session.flush()
    row = Assignment(
        jurisdiction_id=jurisdiction_id,
        officer_id=officer_id,
        cell_id=cell_id,
        community_id=community_id,
        during=Range(from_day, end, bounds="[)"),
    )
    session.add(row)
    session.flush()
    return row
