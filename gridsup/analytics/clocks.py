"""Clocks by department or station: what fell due in a period, in time or late, the median days it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.analytics.coverage import period_bounds
from gridsup.procedures.family import clock

By = Literal["department", "station"]

_FROM = """
FROM deadlines d
JOIN matters m ON m.jurisdiction_id = :j AND m.id = d.matter_id
{join}
WHERE d.jurisdiction_id = :j AND d.on_due IS NULL AND d.state IN ('running', 'stopped') AND {where}
  AND d.due_at >= :since AND d.due_at < least(:until, :now)
"""
_LINES = (
    """
SELECT {key} AS key, count(*) AS due,
       count(*) FILTER (WHERE d.stopped_at < d.due_at) AS on_time,
       count(*) FILTER (WHERE d.stopped_at >= d.due_at) AS late,
       count(*) FILTER (WHERE d.stopped_at IS NULL) AS waiting,
       percentile_cont(0.5) WITHIN GROUP (
           ORDER BY extract(epoch FROM d.stopped_at - d.started_at) / 86400.0) AS median_days
"""
    + _FROM
    + "GROUP BY 1 ORDER BY 1"
)
_ROWS = (
    """
SELECT d.id, m.id AS matter_id, m.title, m.number,
       coalesce(d.explanation -> 'title' ->> 'zh', d.clock) AS clock_zh,
       coalesce(d.explanation -> 'title' ->> 'en', d.clock) AS clock_en,
       d.due_at, d.stopped_at
"""
    + _FROM
    + "AND {key} IS NOT DISTINCT FROM :key ORDER BY d.due_at, d.id LIMIT :limit OFFSET :offset"
)
_BY = {
    "department": {
        "key": "r.department",
        "join": "JOIN referrals r ON r.jurisdiction_id = :j AND r.matter_id = m.id AND r.direction = 'out'",
        "where": "d.owner = 'liaison'",
    },
    "station": {"key": "m.station_id", "join": "", "where": "d.owner <> 'liaison'"},
}
_STATEMENTS = {by: text(_LINES.format(**parts)) for by, parts in _BY.items()}
_OPENED = {by: text(_ROWS.format(**parts)) for by, parts in _BY.items()}


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One department (D01…D22) or station (its number; None: of no station). ``due`` clocks fell due in the
    period: met ``on_time``, met ``late``, or over and still ``waiting``; ``median_days`` is from start to
    stop of those that were met, in calendar days."""

    key: int | str | None
    due: int
    on_time: int
    late: int
    waiting: int
    median_days: float | None


def clock_lines(
    session: Session, jurisdiction_id: int, since: date, until: date, by: By, *, now: datetime | None = None
) -> list[ClockLine]:
    """A department answers for the clocks of referrals that its liaison owns, a station for all others of its
    matters. Raises Invalid ``period-reversed``."""
    start, end = period_bounds(since, until)
    rows = session.execute(
        _STATEMENTS[by], {"j": jurisdiction_id, "since": start, "until": end, "now": now or clock()}
    ).mappings()
    return [ClockLine(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class ClockRun:
    """One clock of a line; ``stopped_at`` None while it is not met."""

    id: int
    matter_id: int
    title: str
    number: str | None
    clock_zh: str
    clock_en: str
    due_at: datetime
    stopped_at: datetime | None


def clock_runs(
    session: Session,
    jurisdiction_id: int,
    since: date,
    until: date,
    by: By,
    key: int | str | None,
    *,
    limit: int,
    offset: int = 0,
    now: datetime | None = None,
) -> list[ClockRun]:
    """The clocks that the line of ``key`` counts, the first due first. Raises Invalid ``period-reversed``."""
    start, end = period_bounds(since, until)
    asked = {"j": jurisdiction_id, "since": start, "until": end, "now": now or clock(), "key": key}
    rows = session.execute(_OPENED[by], {**asked, "limit": limit, "offset": offset}).mappings()
    return [ClockRun(**row) for row in rows]
