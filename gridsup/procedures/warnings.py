"""Announcing that a limit nears its end or has passed (提前预警, P4-S1): each instant once, whoever looks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, and_, cast, func, literal, literal_column, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from gridsup.procedures.door import CHANNEL
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.procedures.model import ClockWarning, Deadline, Matter

MOST = 2000
"""Warnings announced in one go; the next look announces the rest."""
NAMED = 100
"""Matters that one notification names: its payload is small."""


def announce(session: Session, *, now: datetime | None = None) -> int:
    """Announce the warnings that are due and were not announced yet; how many there were.

    Two announcers at once are safe: the table's key lets one of them have each. NOTIFY carries ids only.
    """
    jurisdiction_id, moment = jurisdiction_of(session), now or clock()
    due = due_warnings(jurisdiction_id, moment).limit(MOST).subquery()
    names = ["jurisdiction_id", "matter_id", "clock", "run", "kind", "at"]
    made = session.execute(
        insert(ClockWarning)
        .from_select([*names, "announced_at"], select(*(due.c[name] for name in names), literal(moment)))
        .on_conflict_do_nothing(index_elements=names)
        .returning(ClockWarning.matter_id)
    )
    matters = sorted({row.matter_id for row in made})
    if matters:
        payload = {
            "jurisdiction": jurisdiction_id,
            "kind": "warnings",
            "count": len(matters),
            "touched": matters[:NAMED],
        }
        session.execute(select(func.pg_notify(CHANNEL, json.dumps(payload, separators=(",", ":")))))
    return len(matters)


def due_warnings(jurisdiction_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    """Rows ``(jurisdiction_id, matter_id, clock, run, kind, at)``: instants of running clocks that have come,
    not announced. What the clockwork itself settles when it is due is warned of, but is never late."""
    d = Deadline
    each = func.jsonb_array_elements(d.explanation["warnings"]).table_valued("value").lateral("each")
    value = literal_column("each.value", d.explanation.type)
    at = cast(value["at"].astext, DateTime(timezone=True))
    own = (d.jurisdiction_id, d.matter_id, d.clock, d.run)
    running = (
        d.jurisdiction_id == jurisdiction_id,
        d.state == "running",
    )
    found = union_all(
        select(*own, value["kind"].astext.label("kind"), at.label("at"))
        .select_from(d)
        .join(each, literal(True))
        .where(*running, d.warn_at <= now, at <= now),
        select(*own, literal("over").label("kind"), d.due_at.label("at")).where(
            *running, d.due_at <= now, d.on_due.is_(None)
        ),
    ).subquery()
    w = ClockWarning
    return (
        select(found)
        .outerjoin(
            w,
            and_(
                w.jurisdiction_id == found.c.jurisdiction_id,
                w.matter_id == found.c.matter_id,
                w.clock == found.c.clock,
                w.run == found.c.run,
                w.kind == found.c.kind,
                w.at == found.c.at,
            ),
        )
        .where(w.id.is_(None))
        .order_by(found.c.at, found.c.matter_id, found.c.clock)
    )


def announced(
    jurisdiction_id: int, since: datetime, posts: Sequence[str], stations: Sequence[int] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """Rows ``(matter_id, title, number, station_id, clock, owner, kind, at, due_at, explanation)`` announced
    since then, of clocks that still run and that one of the posts answers for, the soonest due first."""
    w, d, m = ClockWarning, Deadline, Matter
    query = (
        select(
            w.matter_id,
            m.title,
            m.number,
            m.station_id,
            w.clock,
            d.owner,
            w.kind,
            w.at,
            d.due_at,
            d.explanation["title"].label("clock_title"),
        )
        .ext(distinct_on(d.due_at, w.matter_id, w.clock))
        .join(
            d,
            and_(
                d.jurisdiction_id == w.jurisdiction_id,
                d.matter_id == w.matter_id,
                d.clock == w.clock,
                d.run == w.run,
            ),
        )
        .join(m, and_(m.jurisdiction_id == w.jurisdiction_id, m.id == w.matter_id))
        .where(
            w.jurisdiction_id == jurisdiction_id,
            w.announced_at >= since,
            d.state == "running",
            d.owner.in_(list(posts)),
        )
        .order_by(d.due_at, w.matter_id, w.clock, w.at.desc())
        .limit(limit)
    )
    if stations is not None:
        query = query.where(or_(m.station_id.is_(None), m.station_id.in_(list(stations))))
    return query
