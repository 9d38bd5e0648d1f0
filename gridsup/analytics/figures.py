"""Counts for the board over several domains: the trend by month, workload per inspector."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from gridsup.analytics.coverage import period_bounds
from gridsup.cells.model import Cell
from gridsup.patrols.model import Finding, Visit
from gridsup.people.model import Assignment, Officer
from gridsup.procedures.model import Matter
from gridsup.registry.model import Business, HouseholdCode

CHINA = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Month:
    """One month's flow: found, opened and closed matters, visits."""

    month: str
    findings: int
    closed: int
    visits: int


def by_month(session: Session, jurisdiction_id: int, since: date, until: date) -> list[Month]:
    """Findings, closed matters and visits of each month that the period touches, in order."""
    start, end = period_bounds(since, until)

    def count(column: ColumnElement[Any], *where: ColumnElement[bool]) -> dict[str, int]:
        month = func.to_char(func.timezone(CHINA, column), "YYYY-MM")
        rows = session.execute(
            select(month, func.count()).where(column >= start, column < end, *where).group_by(month)
        )
        return {row[0]: row[1] for row in rows}

    findings = count(Finding.found_at.expression, Finding.jurisdiction_id == jurisdiction_id)
    closed = count(
        Matter.ended_at.expression, Matter.jurisdiction_id == jurisdiction_id, Matter.parent_id.is_(None)
    )
    visits = count(Visit.at.expression, Visit.jurisdiction_id == jurisdiction_id)
    months, year, month = [], since.year, since.month
    while (year, month) <= (until.year, until.month):
        key = f"{year}-{month:02d}"
        months.append(Month(key, findings.get(key, 0), closed.get(key, 0), visits.get(key, 0)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


@dataclass(frozen=True, slots=True)
class Workload:
    """What one inspector carries today and did in the period."""

    officer_id: int
    name: str
    cells: int
    households: int
    open_matters: int
    visits: int
    findings: int


def by_inspector(session: Session, jurisdiction_id: int, since: date, until: date) -> list[Workload]:
    """Every officer who is responsible for a cell on ``until``, by name. Fines are not counted (art. 74)."""
    start, end = period_bounds(since, until)
    mine = (
        select(Assignment.officer_id, Assignment.cell_id)
        .join(Cell, and_(Cell.jurisdiction_id == Assignment.jurisdiction_id, Cell.id == Assignment.cell_id))
        .where(
            Assignment.jurisdiction_id == jurisdiction_id,
            Assignment.during.op("@>")(until),
            Cell.valid.op("@>")(until),
        )
        .cte("mine")
    )
    households = (
        select(mine.c.officer_id, func.count(HouseholdCode.id).label("n"))
        .join(
            HouseholdCode,
            and_(
                HouseholdCode.jurisdiction_id == jurisdiction_id,
                HouseholdCode.cell_id == mine.c.cell_id,
                HouseholdCode.ended_on.is_(None),
            ),
        )
        .join(
            Business,
            and_(
                Business.jurisdiction_id == jurisdiction_id,
                Business.id == HouseholdCode.business_id,
                Business.status == "operating",
            ),
        )
        .group_by(mine.c.officer_id)
        .subquery()
    )
    matters = (
        select(mine.c.officer_id, func.count(func.distinct(Matter.id)).label("n"))
        .join(
            Matter,
            and_(
                Matter.jurisdiction_id == jurisdiction_id,
                Matter.ended_at.is_(None),
                Matter.parent_id.is_(None),
                or_(
                    Matter.assigned_officer_id == mine.c.officer_id,
                    and_(Matter.assigned_officer_id.is_(None), Matter.cell_id == mine.c.cell_id),
                ),
            ),
        )
        .group_by(mine.c.officer_id)
        .subquery()
    )

    def done(table: type[Visit] | type[Finding], at: ColumnElement[Any]) -> ColumnElement[int]:
        return (
            select(func.count())
            .where(
                table.jurisdiction_id == jurisdiction_id,
                table.officer_id == Officer.id,
                at >= start,
                at < end,
            )
            .scalar_subquery()
        )

    rows = session.execute(
        select(
            Officer.id,
            Officer.name,
            func.count(func.distinct(mine.c.cell_id)),
            func.coalesce(func.max(households.c.n), 0),
            func.coalesce(func.max(matters.c.n), 0),
            done(Visit, Visit.at.expression),
            done(Finding, Finding.found_at.expression),
        )
        .join(mine, mine.c.officer_id == Officer.id)
        .outerjoin(households, households.c.officer_id == Officer.id)
        .outerjoin(matters, matters.c.officer_id == Officer.id)
        .where(Officer.jurisdiction_id == jurisdiction_id)
        .group_by(Officer.jurisdiction_id, Officer.id)
        .order_by(Officer.name, Officer.id)
    )
    return [Workload(*row) for row in rows]
