"""Named spans that a clock leaves out: suspension, hearing, testing (中止、听证、检验检测).

They stay as data (rule 6 of domain §2.3): a clock subtracts the union of the spans, day by day, so that
two spans over the same day take that day away once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gridsup.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``begin`` to ``end``, both included: every local day that the span touches is left out.

    Dates name whole days; datetimes name instants (a naive one is Asia/Shanghai), which only clocks in
    hours use exactly. ``end=None``: still running. ``zh`` and ``en`` name it in explanations.
    """

    begin: date | datetime
    end: date | datetime | None = None
    zh: str = "扣除期间"
    en: str = "excluded span"

    def __post_init__(self) -> None:
        if self.end is not None and (
            local_day(self.end) < local_day(self.begin) or instant(self.end, last=True) < instant(self.begin)
        ):
            raise Invalid(
                "interval-reversed",
                zh="{name_zh}的结束（{end}）早于开始（{begin}）。请更正。",
                en="The {name_en} ends ({end}) before it begins ({begin}). Correct it.",
                name_zh=self.zh,
                name_en=self.en,
                begin=str(self.begin),
                end=str(self.end),
            )

    def days(self, as_of: date | datetime | None) -> tuple[date, date] | None:
        """First and last day left out; an open span reaches ``as_of``. None when it has not begun by then."""
        first, last = local_day(self.begin), local_day(self._end(as_of))
        return (first, last) if last >= first else None

    def instants(self, as_of: date | datetime | None) -> tuple[datetime, datetime] | None:
        """Begin and end as instants; a date as end means that day's 24:00."""
        begin, end = instant(self.begin), instant(self._end(as_of), last=True)
        return (begin, end) if end > begin else None

    def _end(self, as_of: date | datetime | None) -> date | datetime:
        end = self.end if self.end is not None else as_of
        if end is None:
            raise Invalid(
                "interval-open",
                zh="{name_zh}尚未结束（自{begin}起），须给出计算到哪一天（as_of）。",
                en="The {name_en} (since {begin}) is still running: say up to which day to count (as_of).",
                name_zh=self.zh,
                name_en=self.en,
                begin=str(self.begin),
            )
        return end

    def as_json(self) -> dict[str, Any]:
        return {
            "begin": self.begin.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "zh": self.zh,
            "en": self.en,
        }


def local_day(moment: date | datetime) -> date:
    """The day in Asia/Shanghai of a date or an instant."""
    if isinstance(moment, datetime):
        return instant(moment).date()
    return moment


def instant(moment: date | datetime, *, last: bool = False) -> datetime:
    """An aware datetime in Asia/Shanghai; a date means its 00:00, or its 24:00 with ``last``."""
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
    return datetime.combine(moment + timedelta(days=1) if last else moment, time(), SHANGHAI)


class DayUnion:
    """The union of the days of several spans; ``day in union`` is answered from merged ranges."""

    def __init__(self, spans: Iterable[Interval], as_of: date | datetime | None = None) -> None:
        self.ranges: list[tuple[date, date]] = []
        for first, last in sorted(days for span in spans if (days := span.days(as_of))):
            if self.ranges and first <= self.ranges[-1][1]:
                self.ranges[-1] = (self.ranges[-1][0], max(last, self.ranges[-1][1]))
            else:
                self.ranges.append((first, last))

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __contains__(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.ranges)

    def count(self, first: date, last: date) -> int:
        """How many days of the union lie from ``first`` to ``last``, both included."""
        return sum(max(0, (min(last, end) - max(first, begin)).days + 1) for begin, end in self.ranges)
