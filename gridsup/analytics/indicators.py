"""The evaluation indicators (评价指标): a catalogue in data, computed over a period.

Each stands beside the period before (环比) and the same period last year (同比), is broken down by cell,
station, inspector or department, and opens to its rows.
"""

from __future__ import annotations

import calendar
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.analytics.coverage import period_bounds, visit_days
from gridsup.analytics.rowsets import ROW_SETS
from gridsup.errors import NotFound, Unreadable
from gridsup.procedures.family import clock
from gridsup.procedures.pack import Words

Group = Literal["cell", "station", "inspector", "department"]
COLUMNS: dict[str, str] = {
    "cell": "cell_id",
    "station": "station_id",
    "inspector": "officer_id",
    "department": "department",
}
FILE = Path(__file__).with_name("indicators.yaml")
_FIRST = text("""
    SELECT least(
        (SELECT min(at) FROM visits WHERE jurisdiction_id = :j),
        (SELECT min(opened_at) FROM matters WHERE jurisdiction_id = :j))""")


class Part(BaseModel):
    """Numerator or denominator: a row set, its rows counted or their values added up."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    set: str
    take: Literal["count", "sum"] = "count"

    @property
    def words(self) -> Words:
        known = ROW_SETS[self.set]
        return (known.total or known.count) if self.take == "sum" else known.count


class Indicator(BaseModel):
    """One entry of the catalogue. ``source`` is the rule of the seed that asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: Words
    numerator: Part
    denominator: Part
    scale: float
    unit: Words
    better: Literal["up", "down", "none"]
    by: tuple[Group, ...]
    source: str

    @property
    def formula(self) -> Words:
        top, under = self.numerator.words, self.denominator.words
        times = " × 100%" if self.unit.zh == "%" else ""
        return Words(zh=f"{top.zh} ÷ {under.zh}{times}", en=f"{top.en} ÷ {under.en}{times}")

    def value(self, top: float, under: float) -> float | None:
        """None where there is nothing to divide by."""
        return top / under * self.scale if under else None


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed indicator: of the whole (``key`` None) or of one group."""

    indicator: Indicator
    key: int | str | None
    numerator: float
    denominator: float

    @property
    def value(self) -> float | None:
        return self.indicator.value(self.numerator, self.denominator)


@lru_cache
def catalogue() -> dict[str, Indicator]:
    """Id → indicator, in the order of the file."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: Indicator(id=name, **one) for name, one in told.items()}


def indicator(name: str) -> Indicator:
    """Raises NotFound ``indicator``."""
    if name not in catalogue():
        zh, en = "没有名为 {name} 的评价指标。", "There is no indicator {name}."
        raise NotFound("indicator", zh=zh, en=en, name=name)
    return catalogue()[name]


def _months(day: date, months: int, *, last: bool) -> date:
    """The same day so many months later, at most the month's last; ``last``: the month's last day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    days = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, days if last else min(day.day, days))


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def before(since: date, until: date) -> tuple[date, date]:
    """The period before (环比): as many months earlier when it begins on a first, else as many days."""
    if since.day == 1:
        months = (until.year - since.year) * 12 + until.month - since.month + 1
        return _months(since, -months, last=False), _months(until, -months, last=_ends_a_month(until))
    days = (until - since).days + 1
    return since - timedelta(days=days), since - timedelta(days=1)


def last_year(since: date, until: date) -> tuple[date, date]:
    """The same period a year earlier (同比); a month that ends stays one that ends."""
    return _months(since, -12, last=False), _months(until, -12, last=_ends_a_month(until))


class Counted:
    """Counts row sets of one period, each once. ``blank``: nothing was recorded then, no figure is told."""

    def __init__(
        self,
        session: Session,
        jurisdiction_id: int,
        since: date,
        until: date,
        *,
        now: datetime | None = None,
        blank: bool = False,
    ) -> None:
        start, end = period_bounds(since, until)
        self._session = session
        self._blank = blank
        self._params = {
            "j": jurisdiction_id,
            "since": start,
            "until": end,
            "day": until,
            "now": now or clock(),
            "days": json.dumps(visit_days(session, jurisdiction_id)),
        }
        self._totals: dict[tuple[str, str | None], dict[Any, tuple[int, float]]] = {}

    def totals(self, name: str, by: Group | None = None) -> dict[Any, tuple[int, float]]:
        """Group key (None: of no group) → (rows, sum of their values); the whole is under the key None
        when ``by`` is None."""
        if (name, by) not in self._totals:
            key = COLUMNS[by] if by else "CAST(NULL AS text)"
            grouped = (
                f"SELECT {key}, count(*), coalesce(sum(value), 0) FROM ({ROW_SETS[name].sql}) r GROUP BY 1"
            )
            rows = self._session.execute(text(grouped), self._params)
            self._totals[name, by] = {row[0]: (int(row[1]), float(row[2])) for row in rows}
        return self._totals[name, by]

    def by_day(self, name: str) -> dict[date, int]:
        """Day in Asia/Shanghai → rows of the set; days without one are left out."""
        grouped = f"""
            SELECT (at AT TIME ZONE 'Asia/Shanghai')::date, count(*)
            FROM ({ROW_SETS[name].sql}) r GROUP BY 1"""
        return {row[0]: row[1] for row in self._session.execute(text(grouped), self._params)}

    def figure(self, one: Indicator) -> Figure:
        """The indicator over the whole jurisdiction."""
        return next(iter(self.figures(one, None)), Figure(one, None, 0.0, 0.0))

    def figures(self, one: Indicator, by: Group | None) -> list[Figure]:
        """The indicator of each group with a row on either side. Raises Unreadable ``indicator-group``."""
        if self._blank:
            return []
        if by is not None and by not in one.by:
            raise Unreadable(
                "indicator-group",
                zh="指标“{title}”不能这样分组，可用：{known}。",
                en="The indicator {title} cannot be broken down so; it can by: {known}.",
                title=one.title.zh,
                known="、".join(one.by),
            )
        top, under = self.totals(one.numerator.set, by), self.totals(one.denominator.set, by)
        keys = sorted({*top, *under}, key=lambda key: (key is None, key or 0))
        if by == "department":
            keys = [key for key in keys if key is not None]
        return [
            Figure(one, key, _taken(top.get(key), one.numerator), _taken(under.get(key), one.denominator))
            for key in keys
        ]

    def rows(
        self,
        name: str,
        *,
        by: Group | None = None,
        key: int | str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[dict[str, Any]]:
        """Rows of a set, newest first; those of one group when ``by`` is given (``key`` None: of none)."""
        where = f"WHERE r.{COLUMNS[by]} IS NOT DISTINCT FROM :key" if by else ""
        statement = f"""
            SELECT r.*, c.code AS cell_code FROM ({ROW_SETS[name].sql}) r
            LEFT JOIN cells c ON c.jurisdiction_id = :j AND c.id = r.cell_id
            {where} ORDER BY r.at DESC NULLS LAST, r.id LIMIT :limit OFFSET :offset"""
        params = {**self._params, "limit": limit, "offset": offset, **({"key": key} if by else {})}
        return [dict(row) for row in self._session.execute(text(statement), params).mappings()]


def compared(
    session: Session, jurisdiction_id: int, since: date, until: date, *, now: datetime | None = None
) -> tuple[Counted, Counted, Counted]:
    """The period, the one before (环比) and the same last year (同比).

    What was over before the bureau's first visit and first matter is blank: of households that nobody could
    have visited yet, 0 % visited and 100 % in debt would be no comparison.
    """
    first = session.execute(_FIRST, {"j": jurisdiction_id}).scalar_one()

    def counted(days: tuple[date, date]) -> Counted:
        blank = first is None or period_bounds(*days)[1] <= first
        return Counted(session, jurisdiction_id, *days, now=now, blank=blank)

    now_itself = Counted(session, jurisdiction_id, since, until, now=now)
    return now_itself, counted(before(since, until)), counted(last_year(since, until))


def _taken(total: tuple[int, float] | None, part: Part) -> float:
    if total is None:
        return 0.0
    return float(total[0]) if part.take == "count" else total[1]
