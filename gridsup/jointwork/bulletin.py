"""The figures of a month by unit (P10-N2, P10-S3), from the platform's records, and the problems in them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI
from gridsup.codes.patterns import MONTH
from gridsup.errors import FieldFault, Invalid
from gridsup.jointwork import queries
from gridsup.people.model import Organisation
from gridsup.procedures import queries as matters
from gridsup.procedures import versions
from gridsup.procedures.family import clock
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Words

OF_A_STATION = frozenset({"inspector", "enforcement", "general", "station_head"})
OF_A_BODY = frozenset({"liaison", "section"})
"""Owners of a clock whose body answers for it; the registration section does not write up itself."""
LATE = "逾期未办："


@dataclass(slots=True)
class UnitFigures:
    """One unit's month. ``late`` counts overdue clocks by title; ``matters`` are those that have one."""

    organisation_id: int
    unit: str
    kind: str
    found: int = 0
    closed: int = 0
    open: int = 0
    late: Counter[str] = field(default_factory=Counter)
    matters: list[int] = field(default_factory=list)

    @property
    def overdue(self) -> int:
        return sum(self.late.values())

    @property
    def problem(self) -> str | None:
        """What is wrong, in the words that the bulletin prints; None when nothing is."""
        if not self.late:
            return None
        told = "、".join(f"{title} {count} 项" for title, count in self.late.most_common())
        return f"{LATE}{told}"


def in_words(problem: str) -> Words | None:
    """A problem that the bulletin noted, in both languages; None for one in an officer's own words."""
    if not problem.startswith(LATE):
        return None
    english = _english()
    late = re.findall(r"(.+?) ([0-9]+) 项(?:、|$)", problem.removeprefix(LATE))
    if not all(title in english for title, _ in late):
        return None
    told = ", ".join(f"{english[title]} ({count})" for title, count in late)
    return Words(zh=problem, en=f"Overdue: {told}")


def title_in_english(title: str) -> str | None:
    """The title of a bulletin or of a problem that the platform composed, in English; None for any other."""
    if found := re.fullmatch(r"([0-9]{4}-[0-9]{2}) 月通报", title):
        return f"Bulletin of {found[1]}"
    unit, _, problem = title.partition("：")
    told = in_words(problem)
    return f"{unit}: {told.en}" if told else None


def clock_in_words(title: str) -> Words:
    """A clock that was noted by its Chinese title, in both languages."""
    return Words(zh=title, en=_english().get(title, title))


@lru_cache
def _english() -> dict[str, str]:
    """Chinese titles of clocks → English, over every shipped procedure."""
    return {
        clock.title.zh: clock.title.en for loaded in load_packs() for clock in loaded.pack.clocks.values()
    }


def bounds(month: str) -> tuple[datetime, datetime]:
    """First instant of the month and of the next, Asia/Shanghai. Raises Invalid ``month-malformed``."""
    if not re.fullmatch(MONTH, month):
        zh, en = "月份应写作 2026-03。", "Write the month as 2026-03."
        raise Invalid("month-malformed", zh=zh, en=en, faults=[FieldFault("/month", zh, en)])
    year, number = int(month[:4]), int(month[5:])
    after = date(year + number // 12, number % 12 + 1, 1)
    first = datetime(year, number, 1, tzinfo=SHANGHAI)
    return first, datetime(after.year, after.month, 1, tzinfo=SHANGHAI)


def figures(
    session: Session, jurisdiction_id: int, month: str, *, now: datetime | None = None
) -> list[UnitFigures]:
    """Every station, and every section or department that has something overdue, the stations first.

    Flows are those of the month; what is overdue is read now, with the clocks that run.
    """
    start, end = bounds(month)
    known = {
        one.id: one
        for one in session.scalars(queries.bodies(jurisdiction_id, ["station", "section", "department"]))
    }
    units = {number: _unit(one) for number, one in known.items()}
    for row in session.execute(queries.flow_by_station(jurisdiction_id, start, end)):
        if row.station_id in units:
            one = units[row.station_id]
            one.found, one.closed, one.open = row.found, row.closed, row.open
    overdue = matters.overdue_clocks(session, now=now or clock(), limit=100_000)
    ids = [row["matter_id"] for row in overdue]
    homes: dict[int, int | None] = {
        row.id: row.assigned_org_id for row in session.execute(queries.homes(jurisdiction_id, ids))
    }
    titles = _titles(session, jurisdiction_id)
    for clock_run in overdue:
        number = _answers(clock_run, homes)
        if number is not None and number in units:
            one = units[number]
            one.late[titles.get((clock_run["pack"], clock_run["clock"]), str(clock_run["clock"]))] += 1
            if clock_run["matter_id"] not in one.matters:
                one.matters.append(clock_run["matter_id"])
    return sorted(
        (one for one in units.values() if one.kind == "station" or one.late),
        key=lambda one: (one.kind != "station", one.unit),
    )


def _unit(one: Organisation) -> UnitFigures:
    return UnitFigures(one.id, one.name, one.kind)


def _answers(row: dict[str, Any], homes: dict[int, int | None]) -> int | None:
    """The body that answers for an overdue clock."""
    if row["owner"] in OF_A_STATION:
        station: int | None = row["station_id"]
        return station
    return homes.get(row["matter_id"]) if row["owner"] in OF_A_BODY else None


def _titles(session: Session, jurisdiction_id: int) -> dict[tuple[str, str], str]:
    """(pack, clock) → its title, under the newest version that has it."""
    return {
        (pack.id, name): one.title.zh
        for pack, _ in versions.installed(session, jurisdiction_id)
        for name, one in pack.clocks.items()
    }
