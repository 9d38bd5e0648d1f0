"""The calendar: which day is a working day (工作日), why, and how sure that is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from gridsup.calendars.notices import (
    FESTIVAL_FILE,
    NOTICE_FILE,
    NoticeDay,
    data_text,
    english_name,
    festivals,
    read_notices,
    rows,
    statutory_days,
)
from gridsup.errors import Invalid

DayKind = Literal["weekday", "makeup", "weekend", "holiday", "statutory"]
_WEEKDAYS = (
    ("周一", "Monday"),
    ("周二", "Tuesday"),
    ("周三", "Wednesday"),
    ("周四", "Thursday"),
    ("周五", "Friday"),
    ("周六", "Saturday"),
    ("周日", "Sunday"),
)


@dataclass(frozen=True, slots=True)
class DayReason:
    """Why a day is worked or not. ``kind``: ``weekday`` and ``makeup`` (调休上班) are worked; ``weekend``,
    ``holiday`` (named by a notice) and ``statutory`` (a decree's day in a year without a notice) are not."""

    kind: DayKind
    zh: str
    en: str

    @property
    def working(self) -> bool:
        return self.kind in ("weekday", "makeup")


@dataclass(frozen=True, eq=False)
class Calendar:
    """An immutable calendar made of the notices of some years (``notices``: year → its days).

    A year without a notice is provisional: weekends and the statutory days of the decree in force. Dates
    outside the years of the festival table (2007–2060) are refused with ``calendar-range``.
    """

    notices: Mapping[int, tuple[NoticeDay, ...]]
    version: str = field(init=False)
    """``cn-<last year with a notice>-<12 hex digits of the content's SHA-256>``, stored with deadlines."""
    _days: Mapping[date, NoticeDay] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        notices = MappingProxyType({year: tuple(sorted(self.notices[year])) for year in sorted(self.notices)})
        # A later notice wins over an earlier one about the same day (the last days of December).
        days = {entry.day: entry for year in notices for entry in notices[year]}
        digest = hashlib.sha256("\n".join(rows(notices)).encode())
        digest.update(data_text(FESTIVAL_FILE).encode())
        last = max(notices, default=0)
        object.__setattr__(self, "notices", notices)
        object.__setattr__(self, "_days", MappingProxyType(days))
        object.__setattr__(self, "version", f"cn-{last}-{digest.hexdigest()[:12]}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def with_notice(self, year: int, days: Iterable[NoticeDay]) -> Calendar:
        """A new calendar in which ``year``'s notice is ``days`` (replacing an earlier one of that year)."""
        return self.with_notices({year: tuple(days)})

    def with_notices(self, newer: Mapping[int, tuple[NoticeDay, ...]]) -> Calendar:
        """A new calendar with further or amended notices, as :func:`read_notices` returns them."""
        return Calendar({**self.notices, **newer})

    def provisional(self, day: date) -> bool:
        """Whether no notice has been published yet for this day's year.

        The notice of the next year may still move the last days of December; a recomputation of the open
        deadlines at each new notice covers that.
        """
        self._check_range(day)
        return day.year not in self.notices and day not in self._days

    def reason(self, day: date) -> DayReason:
        """Why ``day`` is worked or not, in both languages."""
        self._check_range(day)
        named = self._days.get(day)
        if named is not None:
            english = english_name(named.name)
            if named.off:
                return DayReason("holiday", named.name, english)
            if day.weekday() < 5:  # an amended notice ended the holiday (3 February 2020)
                return DayReason("weekday", *_WEEKDAYS[day.weekday()])
            return DayReason("makeup", f"{named.name}调休上班", f"make-up working day for {english}")
        if day.year not in self.notices and (name := statutory_days(day.year).get(day)):
            return DayReason(
                "statutory",
                f"{name}（法定节假日，放假通知未公布，暂定）",
                f"{english_name(name)} (statutory; no notice published yet, provisional)",
            )
        zh, en = _WEEKDAYS[day.weekday()]
        return DayReason("weekend" if day.weekday() >= 5 else "weekday", zh, en)

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is worked: make-up weekend days count, holidays and other weekends do not."""
        named = self._days.get(day)
        if named is not None:
            return not named.off
        self._check_range(day)
        if day.year not in self.notices and day in statutory_days(day.year):
            return False
        return day.weekday() < 5

    def is_statutory_holiday(self, day: date) -> bool:
        """Whether ``day`` is one of the decree's own festival days (法定节假日, no moved or weekend day)."""
        self._check_range(day)
        return day.year in festivals() and day in statutory_days(day.year)

    def working_day_on_or_after(self, day: date) -> date:
        """The first working day from ``day`` on, ``day`` included."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def _check_range(self, day: date) -> None:
        if day.year not in festivals() and day not in self._days:
            raise Invalid(
                "calendar-range",
                zh="工作日历只覆盖{first}年至{last}年，无法判断{day}是否为工作日。请核对日期。",
                en="The working calendar covers {first} to {last} and cannot judge {day}. Check the date.",
                first=min(festivals()),
                last=max(festivals()),
                day=day.isoformat(),
            )


@lru_cache
def default_calendar() -> Calendar:
    """The calendar of the notices that ship with the product (2007–2026)."""
    return Calendar(read_notices(data_text(NOTICE_FILE)))
