"""The data below the calendar: holiday notices, festival dates and the statutory days of each decree.

A notice is the State Council General Office's yearly 节假日安排通知: which days are off and which weekend
days are worked in exchange (调休上班). Sources and licences stand in ``geo_data/SOURCES.md``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources

from gridsup.errors import Invalid

NOTICE_FILE = "cn_holidays_2007_2026.csv"
FESTIVAL_FILE = "cn_festivals_2007_2060.csv"

_NAMES = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Qingming Festival",
    "劳动节": "Labour Day",
    "“五一”": "Labour Day",
    "“五一”国际劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "“十一”": "National Day",
    "抗日战争暨世界反法西斯战争胜利70周年纪念日": "70th anniversary of Victory Day",
}


@dataclass(frozen=True, slots=True, order=True)
class NoticeDay:
    """One day that a notice names: off (``off=True``) or worked (``off=False``)."""

    day: date
    name: str
    off: bool


@dataclass(frozen=True, slots=True)
class Festivals:
    """The movable feasts of one year, as Gregorian dates."""

    spring_festival: date
    qingming: date
    dragon_boat: date
    mid_autumn: date


def english_name(name: str) -> str:
    """English name of a festival as a notice spells it; several joined by 、 are translated one by one."""
    return " / ".join(_NAMES.get(part, part) for part in name.split("、"))


def data_text(file: str) -> str:
    """Text of a data file of this package."""
    return (resources.files("gridsup.calendars") / "data" / file).read_text(encoding="utf-8")


def read_notices(text: str) -> dict[int, tuple[NoticeDay, ...]]:
    """Read notices from CSV text with the columns ``year,date,name,is_off_day`` (year = the notice's year).

    Raises :class:`Invalid` ``notice-row`` naming the first line that cannot be read: a notice with a gap
    would give wrong deadlines without a word.
    """
    notices: dict[int, list[NoticeDay]] = {}
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    for line, row in enumerate(rows, start=2):
        try:
            year, day = int(row["year"]), date.fromisoformat(row["date"])
            off = {"true": True, "false": False}[row["is_off_day"].strip().lower()]
            name = row["name"].strip()
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _bad_row(line) from None
        if not name or abs(day.year - year) > 1:
            raise _bad_row(line)
        notices.setdefault(year, []).append(NoticeDay(day, name, off))
    return {year: tuple(sorted(days)) for year, days in notices.items()}


def _bad_row(line: int) -> Invalid:
    return Invalid(
        "notice-row",
        zh="放假通知第{line}行无法读取：应为 年份,日期(YYYY-MM-DD),名称,True/False。请更正后重新导入。",
        en="Line {line} of the holiday notice cannot be read: it must hold year, date (YYYY-MM-DD), name, "
        "True/False. Correct it and import again.",
        line=line,
    )


@lru_cache
def festivals() -> Mapping[int, Festivals]:
    """Movable feasts by year, 2007–2060."""
    return {
        int(row["year"]): Festivals(
            *(
                date.fromisoformat(row[column])
                for column in ("spring_festival", "qingming", "dragon_boat", "mid_autumn")
            )
        )
        for row in csv.DictReader(io.StringIO(data_text(FESTIVAL_FILE)))
    }


@lru_cache(maxsize=128)
def statutory_days(year: int) -> Mapping[date, str]:
    """The statutory festival days (法定节假日) of a year, by the decree then in force, with their names.

    全国年节及纪念日放假办法: Decree 270 (1999, for 2007), 513 (2008), 644 (2014), 795 (2025: the eve of
    Spring Festival and 2 May added). Weekends and the days moved by a notice are not among them.
    """
    feast = festivals()[year]
    days: dict[date, str] = {}

    def add(name: str, first: date, count: int = 1) -> None:
        for offset in range(count):
            # Two feasts may meet on one day (Mid-Autumn on 1 October 2031): both names stand.
            day = first + timedelta(days=offset)
            days[day] = f"{days[day]}、{name}" if day in days else name

    eve = feast.spring_festival - timedelta(days=1)
    add("元旦", date(year, 1, 1))
    if year >= 2025:
        add("春节", eve, 4)
    elif 2008 <= year <= 2013:
        add("春节", eve, 3)
    else:
        add("春节", feast.spring_festival, 3)
    add("劳动节", date(year, 5, 1), 3 if year < 2008 else 2 if year >= 2025 else 1)
    if year >= 2008:
        add("清明节", feast.qingming)
        add("端午节", feast.dragon_boat)
        add("中秋节", feast.mid_autumn)
    add("国庆节", date(year, 10, 1), 3)
    return days


def rows(notices: Mapping[int, tuple[NoticeDay, ...]]) -> Iterator[str]:
    """The notices as canonical lines, for the digest of a calendar's version."""
    for year in sorted(notices):
        for entry in notices[year]:
            yield f"{year},{entry.day.isoformat()},{entry.name},{entry.off}"
