"""Every select of warnings and urgings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from gridsup.procedures.model import Deadline, Matter
from gridsup.procedures.queries import Waiting
from gridsup.urging.model import Urging, UrgingAnswer

Rows = Select[*tuple[Any, ...]]
When = Literal["soon", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which clock runs: ``soon`` warned of (80 % or the bureau's own days) or due before ``before``; ``late``
    over. What is left out does not restrict."""

    when: When
    before: datetime | None = None
    post: str | None = None
    station_ids: Sequence[int] | None = None
    body_id: int | None = None
    text: str | None = None
    matter_ids: Collection[int] | None = None


def clock_runs(jurisdiction_id: int, now: datetime, wanted: Wanted) -> Rows:
    """Rows of running clocks with their matter and how often it was urged, the soonest due first. What the
    clockwork settles by itself is never late, and is not here."""
    d, m = Deadline, Matter
    urged = (
        select(
            Urging.matter_id,
            Urging.clock,
            Urging.run,
            func.count().label("times"),
            func.max(Urging.urged_at).label("last"),
            func.count(UrgingAnswer.id).label("answers"),
        )
        .outerjoin(UrgingAnswer, _answered(jurisdiction_id))
        .where(Urging.jurisdiction_id == jurisdiction_id)
        .group_by(Urging.matter_id, Urging.clock, Urging.run)
        .subquery()
    )
    query = (
        select(
            d.matter_id,
            d.clock,
            d.run,
            d.owner,
            d.due_at,
            d.warn_at,
            d.explanation["title"].label("clock_title"),
            m.title,
            m.number,
            m.pack,
            m.station_id,
            m.assigned_officer_id,
            m.facts["duty_officer"].as_integer().label("duty_officer_id"),
            m.assigned_org_id,
            func.coalesce(urged.c.times, 0).label("times"),
            func.coalesce(urged.c.answers, 0).label("answers"),
            urged.c.last,
        )
        .join(m, and_(m.jurisdiction_id == d.jurisdiction_id, m.id == d.matter_id))
        .outerjoin(
            urged,
            and_(urged.c.matter_id == d.matter_id, urged.c.clock == d.clock, urged.c.run == d.run),
        )
        .where(
            d.jurisdiction_id == jurisdiction_id,
            d.state == "running",
            d.on_due.is_(None),
            m.ended_at.is_(None),
            *_narrowed(now, wanted),
        )
        .order_by(d.due_at, d.matter_id, d.clock)
    )
    return query


def _narrowed(now: datetime, wanted: Wanted) -> list[ColumnElement[bool]]:
    d, m = Deadline, Matter
    if wanted.when == "late":
        found = [d.due_at <= now]
    else:
        warned = d.warn_at <= now
        found = [d.due_at > now, warned if wanted.before is None else or_(warned, d.due_at <= wanted.before)]
    if wanted.post is not None:
        found.append(d.owner == wanted.post)
    if wanted.station_ids is not None:
        found.append(m.station_id.in_(list(wanted.station_ids)))
    if wanted.body_id is not None:
        found.append(or_(m.station_id == wanted.body_id, m.assigned_org_id == wanted.body_id))
    if wanted.matter_ids is not None:
        found.append(m.id.in_(list(wanted.matter_ids)))
    if wanted.text:
        found.append(
            or_(
                m.title.icontains(wanted.text, autoescape=True),
                m.number.icontains(wanted.text, autoescape=True),
            )
        )
    return found


def runs_of(jurisdiction_id: int, matter_ids: Collection[int]) -> Rows:
    """Running clocks of these matters, whatever their state of lateness, locked against a second urging:
    the columns of :func:`clock_runs` that an urging needs."""
    d, m = Deadline, Matter
    return (
        select(
            d.matter_id,
            d.clock,
            d.run,
            d.owner,
            d.due_at,
            d.warn_at,
            d.explanation["title"].label("clock_title"),
            m.station_id,
            m.assigned_officer_id,
            m.facts["duty_officer"].as_integer().label("duty_officer_id"),
            m.assigned_org_id,
        )
        .join(m, and_(m.jurisdiction_id == d.jurisdiction_id, m.id == d.matter_id))
        .where(
            d.jurisdiction_id == jurisdiction_id,
            d.matter_id.in_(list(matter_ids)),
            d.state == "running",
            d.on_due.is_(None),
            m.ended_at.is_(None),
        )
        .order_by(d.matter_id, d.clock)
        .with_for_update(of=m)
    )


def unanswered(jurisdiction_id: int, matter_ids: Collection[int]) -> Select[int, str, int]:
    """``(matter_id, clock, run)`` of what was urged and waits for an answer."""
    return (
        select(Urging.matter_id, Urging.clock, Urging.run)
        .outerjoin(UrgingAnswer, _answered(jurisdiction_id))
        .where(
            Urging.jurisdiction_id == jurisdiction_id,
            Urging.matter_id.in_(list(matter_ids)),
            UrgingAnswer.id.is_(None),
        )
    )


def urging(jurisdiction_id: int, urging_id: int) -> Select[Urging]:
    return select(Urging).where(Urging.jurisdiction_id == jurisdiction_id, Urging.id == urging_id)


def urgings(
    jurisdiction_id: int,
    *,
    matter_id: int | None = None,
    towards: Sequence[Waiting] | None = None,
    by: int | None = None,
    open_only: bool = False,
    limit: int = 200,
) -> Rows:
    """Rows ``(Urging, UrgingAnswer or None, matter title, number)``, the newest first. ``towards``: those
    that reach a person, by the posts of that person."""
    query = (
        select(Urging, UrgingAnswer, Matter.title, Matter.number)
        .outerjoin(UrgingAnswer, _answered(jurisdiction_id))
        .join(Matter, and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == Urging.matter_id))
        .where(Urging.jurisdiction_id == jurisdiction_id)
        .order_by(Urging.urged_at.desc(), Urging.id.desc())
        .limit(limit)
    )
    if matter_id is not None:
        query = query.where(Urging.matter_id == matter_id)
    if by is not None:
        query = query.where(Urging.officer_id == by)
    if towards is not None:
        query = query.where(or_(*(_reaches(one) for one in towards)) if towards else Urging.id.is_(None))
    return query.where(UrgingAnswer.id.is_(None)) if open_only else query


def _reaches(one: Waiting) -> ColumnElement[bool]:
    """An urging reaches who holds the post where it was held; one with a person, that person alone."""
    found: list[ColumnElement[bool]] = [Urging.post == one.post]
    if one.duty_officer_ids is not None:
        found.append(Urging.holder_id.in_(list(one.duty_officer_ids)))
    elif one.officer_ids is not None:
        mine = Urging.holder_id.in_(list(one.officer_ids))
        here = Urging.body_id.in_(list(one.station_ids)) if one.station_ids is not None else Urging.id > 0
        found.append(or_(mine, and_(Urging.holder_id.is_(None), here)))
    elif (bodies := one.org_ids if one.org_ids is not None else one.station_ids) is not None:
        found.append(Urging.body_id.in_(list(bodies)))
    return and_(*found)


def tally(jurisdiction_id: int, start: datetime, end: datetime) -> Rows:
    """Rows ``(post, body_id, holder_id, urged, answered, late)`` of the urgings made in ``[start, end)``:
    what goes on the record of each holder."""
    return (
        select(
            Urging.post,
            Urging.body_id,
            Urging.holder_id,
            func.count().label("urged"),
            func.count(UrgingAnswer.id).label("answered"),
            func.count().filter(Urging.due_at <= Urging.urged_at).label("late"),
        )
        .outerjoin(UrgingAnswer, _answered(jurisdiction_id))
        .where(Urging.jurisdiction_id == jurisdiction_id, Urging.urged_at >= start, Urging.urged_at < end)
        .group_by(Urging.post, Urging.body_id, Urging.holder_id)
        .order_by(func.count().desc(), Urging.post)
    )


def _answered(jurisdiction_id: int) -> ColumnElement[bool]:
    return and_(UrgingAnswer.jurisdiction_id == jurisdiction_id, UrgingAnswer.urging_id == Urging.id)
