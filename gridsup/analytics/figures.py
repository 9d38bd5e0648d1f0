"""Counts for the board over several domains: the trend by month, workload per inspector.

Both count the row sets that the indicators count, so that every figure opens to exactly its rows.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.analytics.indicators import Counted, before, last_year
from gridsup.people.model import Officer


@dataclass(frozen=True, slots=True)
class Flow:
    """Findings, closed matters and visits of the days ``since`` … ``until``."""

    since: date
    until: date
    findings: int
    closed: int
    visits: int


@dataclass(frozen=True, slots=True)
class Month(Flow):
    """One month's flow, or that of its days within the period, beside as many days of the month before (环比)
    and of the same month last year (同比)."""

    month: str
    before: Flow
    last_year: Flow


class _Days:
    """Counts by day, summed over any span of days at the price of two look-ups."""

    def __init__(self, counts: dict[date, int]) -> None:
        self._days = sorted(counts)
        self._sums = [0, *accumulate(counts[day] for day in self._days)]

    def of(self, since: date, until: date) -> int:
        return self._sums[bisect_right(self._days, until)] - self._sums[bisect_left(self._days, since)]


def by_month(session: Session, jurisdiction_id: int, since: date, until: date) -> list[Month]:
    """Findings, closed matters and visits of each month that the period touches, in order."""
    counted = Counted(session, jurisdiction_id, last_year(since, until)[0], until)
    names = ("findings", "matters_ended", "visits")
    findings, closed, visits = (_Days(counted.by_day(name)) for name in names)

    def flow(days: tuple[date, date]) -> tuple[date, date, int, int, int]:
        return *days, findings.of(*days), closed.of(*days), visits.of(*days)

    months, first = [], since
    while first <= until:
        last = min(until, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
        beside = (Flow(*flow(days(first, last))) for days in (before, last_year))
        months.append(Month(*flow((first, last)), f"{first:%Y-%m}", *beside))
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
