"""Counts for the board over several domains: the trend by month, workload per inspector.

Both count the row sets that the indicators count, so that every figure opens to exactly its rows.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.analytics.indicators import Counted
from gridsup.people.model import Officer


@dataclass(frozen=True, slots=True)
class Month:
    """One month's flow: findings, closed matters, visits, of the days ``since`` … ``until`` of the month."""

    month: str
    since: date
    until: date
    findings: int
    closed: int
    visits: int


def by_month(session: Session, jurisdiction_id: int, since: date, until: date) -> list[Month]:
    """Findings, closed matters and visits of each month that the period touches, in order."""
    counted = Counted(session, jurisdiction_id, since, until)
    flows = [counted.by_month(name) for name in ("findings", "matters_ended", "visits")]
    months, first = [], since
    while first <= until:
        last = min(until, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
        key = f"{first:%Y-%m}"
        months.append(Month(key, first, last, *(flow.get(key, 0) for flow in flows)))
        first = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return months


@dataclass(frozen=True, slots=True)
class Workload:
    """What one inspector carries at the end of the period and did in it."""

    officer_id: int
    name: str
    cells: int
    households: int
    open_matters: int
    visits: int
    findings: int


CARRIED = ("cells", "households", "matters_open", "visits", "findings")
"""The row sets that are counted per inspector, in the order of :class:`Workload`."""


def by_inspector(session: Session, jurisdiction_id: int, since: date, until: date) -> list[Workload]:
    """Every officer who is responsible for a cell on ``until``, by name. Fines are not counted (art. 74)."""
    counted = Counted(session, jurisdiction_id, since, until)
    totals = [counted.totals(name, "inspector") for name in CARRIED]
    officers = session.execute(
        select(Officer.id, Officer.name)
        .where(Officer.jurisdiction_id == jurisdiction_id, Officer.id.in_([key for key in totals[0] if key]))
        .order_by(Officer.name, Officer.id)
    )
    return [
        Workload(number, name, *(found.get(number, (0, 0.0))[0] for found in totals))
        for number, name in officers
    ]
