"""Posts with their deputies, and leave."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from gridsup.errors import Conflict
from gridsup.people import queries
from gridsup.people.audit import record
from gridsup.people.model import Leave, Posting
from gridsup.people.refusals import fault, missing


def add_posting(
    session: Session,
    jurisdiction_id: int,
    *,
    officer_id: int,
    organisation_id: int,
    post: str,
    valid_from: date,
    valid_to: date | None = None,
    deputy_id: int | None = None,
    by: int | None = None,
) -> Posting:
    """Give an officer a post from a day on, with a deputy (B角, P7-C1).

    Raises:
        NotFound: no such officer, deputy or body.
        Invalid: ``posting-days``, ``posting-deputy`` (nobody deputises for themselves).
        Conflict: ``posting-held``: holds that post in that body on some of those days already.
    """
    _check_deputy(session, jurisdiction_id, officer_id, deputy_id)
    if session.scalar(queries.officer(jurisdiction_id, officer_id)) is None:
        raise missing("officer", "人员", "officer", officer_id)
    if session.scalar(queries.organisation(jurisdiction_id, organisation_id)) is None:
        raise missing("organisation", "机构", "body", organisation_id)
    if valid_to is not None and valid_to < valid_from:
        raise fault("posting-days", "/valid_to", "结束日早于开始日。", "It ends before it begins.")
    for held in session.scalars(queries.postings_of(jurisdiction_id, officer_id)):
        same = held.post == post and held.organisation_id == organisation_id
        if same and held.valid_from <= (valid_to or date.max) and valid_from <= (held.valid_to or date.max):
            raise Conflict(
                "posting-held",
                zh="该人员在这段时间已任此岗位。",
                en="The officer holds this post on some of these days already.",
            )
    row = Posting(
        jurisdiction_id=jurisdiction_id,
        officer_id=officer_id,
        organisation_id=organisation_id,
        post=post,
        valid_from=valid_from,
        valid_to=valid_to,
        deputy_id=deputy_id,
    )
    session.add(row)
    session.flush()
    record(
        session, jurisdiction_id, "posting-added", officer_id=by, subject=f"officer:{officer_id}", post=post
    )
    return row


def end_posting(
    session: Session, jurisdiction_id: int, posting_id: int, *, last_day: date, by: int | None = None
) -> Posting:
    """End a post after ``last_day`` (inclusive).

    Raises:
        NotFound: no such posting. Invalid: ``posting-days``: before its first day.
    """
    row = get_posting(session, jurisdiction_id, posting_id)
    if last_day < row.valid_from - timedelta(days=1):
        raise fault("posting-days", "/last_day", "结束日早于开始日。", "It ends before it begins.")
    row.valid_to = last_day
    session.flush()
    subject = f"officer:{row.officer_id}"
    record(session, jurisdiction_id, "posting-ended", officer_id=by, subject=subject, post=row.post)
    return row


def set_deputy(
    session: Session, jurisdiction_id: int, posting_id: int, deputy_id: int | None, *, by: int | None = None
) -> Posting:
    """Name who receives while the holder is away (B角, P7-C1).

    Raises:
        NotFound: no such posting or deputy. Invalid: ``posting-deputy``.
    """
    row = get_posting(session, jurisdiction_id, posting_id)
    _check_deputy(session, jurisdiction_id, row.officer_id, deputy_id)
    row.deputy_id = deputy_id
    session.flush()
    subject = f"officer:{row.officer_id}"
    record(session, jurisdiction_id, "deputy-set", officer_id=by, subject=subject, deputy=deputy_id)
    return row


def add_leave(
    session: Session,
    jurisdiction_id: int,
    *,
    officer_id: int,
    first_day: date,
    last_day: date,
    reason: str,
    by: int | None = None,
) -> Leave:
    """Record an absence (both days inclusive); the deputy receives meanwhile.

    Raises:
        NotFound: no such officer in service. Invalid: ``leave-days``. Conflict: ``leave-overlaps``: absent on
            some of these days already.
    """
    officer = session.scalar(queries.officer(jurisdiction_id, officer_id).with_for_update())
    if officer is None or not officer.active:
        raise missing("officer", "人员", "officer", officer_id)
    if last_day < first_day:
        raise fault("leave-days", "/last_day", "结束日早于开始日。", "It ends before it begins.")
    for held in session.scalars(queries.leaves(jurisdiction_id, officer_id=officer_id, since=first_day)):
        if held.first_day <= last_day:
            raise Conflict(
                "leave-overlaps",
                zh="{name}在 {first} 至 {last} 已登记休假，日期重叠。请改日期，或先取消那一次。",
                en="{name} is on leave from {first} to {last} already. Choose other days, or strike it.",
                name=officer.name,
                first=held.first_day.isoformat(),
                last=held.last_day.isoformat(),
            )
    row = Leave(
        jurisdiction_id=jurisdiction_id,
        officer_id=officer_id,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
    )
    session.add(row)
    session.flush()
    record(session, jurisdiction_id, "leave-added", officer_id=by, subject=f"officer:{officer_id}")
    return row


def end_leave(
    session: Session, jurisdiction_id: int, leave_id: int, *, back_on: date, by: int | None = None
) -> None:
    """The officer is back on ``back_on``: the leave ends the day before, or never was.

    Raises:
        NotFound: no such leave. Invalid: ``leave-days``: it had ended already by then.
    """
    row = session.scalar(queries.leave(jurisdiction_id, leave_id).with_for_update())
    if row is None:
        raise missing("leave", "请假记录", "leave", leave_id)
    if back_on > row.last_day:
        raise fault("leave-days", "/back_on", "这次请假届时已经结束。", "The leave is over by then.")
    subject, before = f"officer:{row.officer_id}", row.last_day.isoformat()
    if back_on <= row.first_day:
        session.delete(row)
    else:
        row.last_day = back_on - timedelta(days=1)
    record(session, jurisdiction_id, "leave-ended", officer_id=by, subject=subject, planned_to=before)


def get_posting(session: Session, jurisdiction_id: int, posting_id: int) -> Posting:
    """One posting, locked for a change. Raises :class:`NotFound`."""
    row = session.scalar(queries.posting(jurisdiction_id, posting_id).with_for_update())
    if row is None:
        raise missing("posting", "任职记录", "posting", posting_id)
    return row


def _check_deputy(session: Session, jurisdiction_id: int, officer_id: int, deputy_id: int | None) -> None:
    if deputy_id is None:
        return
    if deputy_id == officer_id:
        raise fault("posting-deputy", "/deputy_id", "B角不能是本人。", "Nobody deputises for themselves.")
    if session.scalar(queries.officer(jurisdiction_id, deputy_id)) is None:
        raise missing("officer", "人员", "officer", deputy_id)
