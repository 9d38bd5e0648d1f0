"""Patrol coverage by cell and period, and the coverage debt (应巡未巡): from visits, never tracks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsup.errors import Invalid
from gridsup.people.model import Jurisdiction
from gridsup.procedures.family import clock

CHINA = ZoneInfo("Asia/Shanghai")

DEFAULT_VISIT_DAYS: dict[str, int] = {"1": 180, "2": 90, "3": 60, "4": 30}
"""Days within which a household of that risk is due for a visit, until the bureau sets its own (本局设定)."""


@dataclass(frozen=True, slots=True)
class CellCoverage:
    """One cell's figures. ``debt`` is the risk-weighted share of households not visited within their due
    interval, 0 to 1; ``coverage`` the share of households visited in the period; ``density`` the findings of
    the period per km², ``crowding`` the households per km². ``open_matters``, ``overdue``, ``soon`` (a clock
    has passed its warning) and ``waiting`` (at a department) tell the present, whatever the period."""

    cell_id: int
    code: str
    name: str
    station_id: int
    households: int
    unlicensed: int
    visited: int
    visits: int
    findings: int
    due: int
    open_matters: int
    overdue: int
    soon: int
    waiting: int
    coverage: float
    debt: float
    density: float
    crowding: float


_COVERAGE = text(
    """
    WITH last AS (
        SELECT business_id, max(at) AS last_at
        FROM visits
        WHERE jurisdiction_id = :jurisdiction AND business_id IS NOT NULL AND at < :until
        GROUP BY business_id
    ), household AS (
        SELECT hc.cell_id, b.risk, b.licence_status,
               coalesce(last.last_at >= :since, false) AS visited,
               (last.last_at IS NULL OR last.last_at
                    < :until - make_interval(days => (CAST(:days AS jsonb) ->> b.risk::text)::int)) AS due
        FROM household_codes hc
        JOIN businesses b ON b.jurisdiction_id = :jurisdiction AND b.id = hc.business_id
        LEFT JOIN last ON last.business_id = b.id
        WHERE hc.jurisdiction_id = :jurisdiction AND hc.ended_on IS NULL AND b.status = 'operating'
    ), made AS (
        SELECT cell_id, count(*) AS visits
        FROM visits
        WHERE jurisdiction_id = :jurisdiction AND at >= :since AND at < :until
        GROUP BY cell_id
    ), found AS (
        SELECT cell_id, count(*) AS findings
        FROM findings
        WHERE jurisdiction_id = :jurisdiction AND found_at >= :since AND found_at < :until
        GROUP BY cell_id
    ), standing AS (
        SELECT m.cell_id, count(*) AS open,
               count(*) FILTER (WHERE m.next_due_at <= :now) AS overdue,
               count(*) FILTER (WHERE m.next_due_at > :now AND EXISTS (
                   SELECT FROM deadlines k
                   WHERE k.jurisdiction_id = :jurisdiction AND k.matter_id = m.id
                     AND k.state = 'running' AND k.warn_at <= :now)) AS soon,
               count(*) FILTER (WHERE m.waits_for = 'liaison') AS waiting
        FROM matters m
        WHERE m.jurisdiction_id = :jurisdiction AND m.ended_at IS NULL
        GROUP BY m.cell_id
    )
    SELECT c.id AS cell_id, c.code, c.name, c.station_id,
           count(h.cell_id) AS households,
           count(*) FILTER (WHERE h.licence_status <> 'valid') AS unlicensed,
           count(*) FILTER (WHERE h.visited) AS visited,
           coalesce(max(made.visits), 0) AS visits,
           coalesce(max(found.findings), 0) AS findings,
           count(*) FILTER (WHERE h.due) AS due,
           coalesce(max(standing.open), 0) AS open_matters,
           coalesce(max(standing.overdue), 0) AS overdue,
           coalesce(max(standing.soon), 0) AS soon,
           coalesce(max(standing.waiting), 0) AS waiting,
           coalesce(max(found.findings), 0) / (greatest(c.area_m2, 1) / 1e6) AS density,
           count(h.cell_id) / (greatest(c.area_m2, 1) / 1e6) AS crowding,
           coalesce(sum(h.risk) FILTER (WHERE h.due), 0)::float / greatest(sum(h.risk), 1) AS debt
    FROM cells c
    LEFT JOIN household h ON h.cell_id = c.id
    LEFT JOIN made ON made.cell_id = c.id
    LEFT JOIN found ON found.cell_id = c.id
    LEFT JOIN standing ON standing.cell_id = c.id
    WHERE c.jurisdiction_id = :jurisdiction AND c.valid @> CAST(:day AS date)
    GROUP BY c.jurisdiction_id, c.id
    ORDER BY c.code
    """
)


def visit_days(session: Session, jurisdiction_id: int) -> dict[str, int]:
    """Due interval in days by risk: the bureau's own values over the defaults."""
    settings: Mapping[str, Any] | None = session.scalar(
        select(Jurisdiction.settings).where(Jurisdiction.jurisdiction_id == jurisdiction_id)
    )
    return {**DEFAULT_VISIT_DAYS, **(settings or {}).get("visit_days", {})}


def period_bounds(since: date, until: date) -> tuple[datetime, datetime]:
    """The instants of a period of whole days, both days included, in Asia/Shanghai.

    Raises :class:`Invalid` ``period-reversed`` when ``until`` is before ``since``.
    """
    if until < since:
        raise Invalid(
            "period-reversed",
            zh="结束日期 {until} 早于开始日期 {since}，请调换。",
            en="The period ends ({until}) before it begins ({since}); swap the two.",
            since=since.isoformat(),
            until=until.isoformat(),
        )
    start = datetime.combine(since, time.min, CHINA)
    return start, datetime.combine(until + timedelta(days=1), time.min, CHINA)


def by_cell(
    session: Session, jurisdiction_id: int, since: date, until: date, *, now: datetime | None = None
) -> list[CellCoverage]:
    """Coverage of each cell that is in force on ``until``, over the days ``since`` … ``until``."""
    start, end = period_bounds(since, until)
    rows = session.execute(
        _COVERAGE,
        {
            "jurisdiction": jurisdiction_id,
            "since": start,
            "until": end,
            "day": until,
            "now": now or clock(),
            "days": json.dumps(visit_days(session, jurisdiction_id)),
        },
    ).mappings()
    return [
        CellCoverage(**row, coverage=row["visited"] / row["households"] if row["households"] else 0.0)
        for row in rows
    ]
