"""Legal periods counted the slow way, day by day and hour by hour, from the rules of the field alone.

Written from the text of the rules (start day excluded; working days leave out weekends and holidays and take
in make-up days; months end on the corresponding day; a last day off moves to the first working day after;
excluded spans are left out day by day; an extension counts on from the unmoved end). It shares no line and no
table with the product: the days off of 2025 and 2026 are typed in here from the two notices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def _days(*spans: str) -> set[date]:
    """``"2026-02-15..23"`` is nine days; ``"2025-05-31..06-02"`` crosses a month."""
    found: set[date] = set()
    for span in spans:
        first, _, last = span.partition("..")
        day = date.fromisoformat(first)
        end = day if not last else date.fromisoformat(first[: 10 - len(last)] + last)
        while day <= end:
            found.add(day)
            day += DAY
    return found


OFF = _days(
    "2025-01-01", "2025-01-28..31", "2025-02-01..04", "2025-04-04..06", "2025-05-01..05", "2025-05-31..06-02",
    "2025-10-01..08", "2026-01-01..03", "2026-02-15..23", "2026-04-04..06", "2026-05-01..05",
    "2026-06-19..21", "2026-09-25..27", "2026-10-01..07",
)  # fmt: skip
MADE_UP = _days(
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)


def works(day: date) -> bool:
    """Whether offices are open on that day."""
    assert FIRST <= day <= LAST, f"{day} lies outside the two notices"
    if day in MADE_UP:
        return True
    return day not in OFF and day.isoweekday() not in (6, 7)


def corresponding(day: date, months: int) -> date:
    """The same day so many months on, or that month's last day."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    wanted = day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


@dataclass
class Slow:
    """One period. ``parts``: the limit and the extensions that follow it, as (number, unit)."""

    start: date
    parts: Sequence[tuple[int, str]]
    out: Sequence[tuple[date, date]] = ()
    """Excluded spans, both days included; they may overlap."""
    cap: tuple[int, str] | None = None
    roll: bool = True
    left_out: set[date] = field(default_factory=set)

    def __post_init__(self) -> None:
        for first, last in self.out:
            while first <= last:
                self.left_out.add(first)
                first += DAY

    def last_day(self) -> date:
        end = self._end(self.parts)
        if self.cap is not None:
            end = min(end, self._end([self.cap]))
        backward = self.parts[0][0] < 0
        if not self.roll and self.parts[0][1] != "WD":
            return end
        moved = False
        while not works(end) or (moved and end in self.left_out):
            end += -DAY if backward else DAY
            moved = True
        return end

    def _end(self, parts: Iterable[tuple[int, str]]) -> date:
        day = self.start
        for number, unit in parts:
            if unit in ("M", "Y"):
                target = corresponding(day, number * (12 if unit == "Y" else 1))
                day = self._walk(day, (target - day).days, "D")
            else:
                day = self._walk(day, number, unit)
        return day

    def _walk(self, day: date, number: int, unit: str) -> date:
        counted = 0
        while counted < abs(number):
            day += DAY if number > 0 else -DAY
            if day in self.left_out:
                continue
            if unit == "WD" and not works(day):
                continue
            counted += 1
        return day


def hours_later(start: datetime, hours: int, out: Sequence[tuple[datetime, datetime]] = ()) -> datetime:
    """``hours`` whole hours on, hours inside an excluded span not counted; all times on the hour."""
    now, counted = start, 0
    while counted < hours:
        if not any(begin <= now < end for begin, end in out):
            counted += 1
        now += HOUR
    return now


def share_used(start: datetime, due: datetime, share: float) -> datetime:
    """The instant at which that share of the whole span lies behind."""
    return start + (due - start) * share


def days_remain(due_day: date, days: int, unit: str) -> date:
    """The day from whose beginning so many days remain, the due day among them."""
    day, counted = due_day + DAY, 0
    while counted < days:
        day -= DAY
        if unit != "WD" or works(day):
            counted += 1
    return day
