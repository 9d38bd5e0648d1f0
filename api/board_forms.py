"""What the superior's tables can be filled with: the board's figures over a period, by Chinese names."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.analytics import clocks, coverage, indicators
from gridsup.people import queries as people
from gridsup.people.deputies import day_of
from gridsup.procedures.family import clock

PLAIN = (
    "单位",
    "起",
    "止",
    "制表日期",
    "商户数",
    "巡查户数",
    "超期未巡户数",
    "无照户数",
    "发现数",
    "在办数",
    "逾期数",
)
PARTS = {"": "value", ".分子": "numerator", ".分母": "denominator"}
BEFORE, YEAR = ".上期", ".去年同期"
CELL = {
    "编码": "code",
    "名称": "name",
    "商户数": "households",
    "无照户数": "unlicensed",
    "巡查户数": "visited",
    "巡查次数": "visits",
    "发现数": "findings",
    "超期未巡户数": "due",
    "在办数": "open_matters",
    "逾期数": "overdue",
    "巡查覆盖率": "coverage",
    "应巡未巡": "debt",
}
CLOCKS = {
    "到期": "due",
    "按期": "on_time",
    "超期办": "late",
    "超期未办": "waiting",
    "中位天数": "median_days",
}
BODIES: dict[str, clocks.By] = {"部门": "department", "所": "station"}
LISTS: dict[str, set[str]] = {
    "网格": {"序号", *CELL},
    "部门": {"序号", "名称", *CLOCKS},
    "所": {"序号", "名称", *CLOCKS},
}
"""Name of a list → the columns that its rows may show."""


def names() -> set[str]:
    """The marks of single figures; an indicator goes by its title, such as 按期处置率."""
    rates = {
        f"{one.title.zh}{part}" for one in indicators.catalogue().values() for part in (*PARTS, BEFORE, YEAR)
    }
    return {*PLAIN, *rates}


def figures(session: Session, place: int, bureau: str, since: date, until: date) -> dict[str, Any]:
    """Mark → its figure over the days ``since`` … ``until``; None where there is nothing to divide by."""
    cells = coverage.by_cell(session, place, since, until)
    found: dict[str, Any] = {"单位": bureau, "起": since, "止": until, "制表日期": day_of(clock())}
    for name in PLAIN[4:]:
        found[name] = sum(getattr(one, CELL[name]) for one in cells)
    now, before, year = indicators.compared(session, place, since, until)
    for one in indicators.catalogue().values():
        figure = now.figure(one)
        found |= {f"{one.title.zh}{part}": getattr(figure, field) for part, field in PARTS.items()}
        found[f"{one.title.zh}{BEFORE}"] = before.figure(one).value
        found[f"{one.title.zh}{YEAR}"] = year.figure(one).value
    return found


def rows(session: Session, place: int, since: date, until: date) -> dict[str, list[dict[str, Any]]]:
    """List → its entries over the period."""
    departments = people.organisations(place, kind="department", active_only=False)
    stations = people.organisations(place, kind="station", active_only=False)
    titles: dict[Any, str] = {one.code: one.name for one in session.scalars(departments)}
    titles |= {one.id: one.name for one in session.scalars(stations)}
    cells = [
        {column: plain[field] for column, field in CELL.items()}
        for plain in (asdict(one) for one in coverage.by_cell(session, place, since, until))
    ]
    return {
        "网格": _numbered(cells),
        **{
            name: _numbered(
                {"名称": titles.get(one.key, "—")}
                | {column: getattr(one, field) for column, field in CLOCKS.items()}
                for one in clocks.clock_lines(session, place, since, until, by)
            )
            for name, by in BODIES.items()
        },
    }


def _numbered(entries: Any) -> list[dict[str, Any]]:
    return [{"序号": number, **entry} for number, entry in enumerate(entries, start=1)]
