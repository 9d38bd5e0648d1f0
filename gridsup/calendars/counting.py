"""The counting itself: days and hours from a start, excluded spans left out; and days already used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from gridsup.calendars.amounts import Amount, Unit, add_months
from gridsup.calendars.intervals import DayUnion, Interval, instant, local_day
from gridsup.calendars.workdays import Calendar, default_calendar
from gridsup.errors import Invalid

DAY = timedelta(days=1)


@dataclass(slots=True)
class Outcome:
    """Where a count ends (a date, or an instant for hours) and what it passed on the way."""

    end: date
    skipped: list[date] = field(default_factory=list)
    paused: list[date] = field(default_factory=list)
    provisional: bool = False
    marks: list[date] = field(default_factory=list)
    """End of each part (limit, then extensions), unrolled."""


def count_days(start: date, amounts: Sequence[Amount], excluded: DayUnion, calendar: Calendar) -> Outcome:
    """Count the amounts one after another; months and years become the days up to the corresponding day."""
    outcome = Outcome(start)
    months, anchor = 0, start
    for index, amount in enumerate(amounts):
        if amount.unit in ("M", "Y"):
            # Months that follow each other are one sum: 31 January + 1M + 1M is 31 March, not 28.
            if index == 0 or amounts[index - 1].unit not in ("M", "Y"):
                months, anchor = 0, outcome.end
            before = months
            months += amount.number * (12 if amount.unit == "Y" else 1)
            days = (add_months(anchor, months) - add_months(anchor, before)).days
        else:
            days = amount.number
        _walk(outcome, days, excluded, calendar if amount.unit == "WD" else None)
        outcome.marks.append(outcome.end)
    return outcome


def _walk(outcome: Outcome, days: int, excluded: DayUnion, calendar: Calendar | None) -> None:
    """Move ``outcome.end`` by ``days`` that count; with a calendar only its working days count."""
    if calendar is None and not excluded:
        outcome.end += DAY * days
        return
    step, left = (DAY if days > 0 else -DAY), abs(days)
    while left:
        outcome.end += step
        if outcome.end in excluded:
            outcome.paused.append(outcome.end)
            continue
        if calendar is not None:
            outcome.provisional |= calendar.provisional(outcome.end)
            if not calendar.is_working_day(outcome.end):
                outcome.skipped.append(outcome.end)
                continue
        left -= 1


def roll_day(
    outcome: Outcome,
    calendar: Calendar,
    excluded: DayUnion,
    *,
    backward: bool,
    on: Literal["any_nonworking", "statutory_only"],
) -> None:
    """Move the last day off non-working days: onward, or to the earlier day when counting backward.

    Once it moves it does not come to rest inside an excluded span either.
    """
    step = -DAY if backward else DAY
    day = outcome.end

    def free(candidate: date) -> bool:
        outcome.provisional |= calendar.provisional(candidate)
        if on == "statutory_only":
            return calendar.is_statutory_holiday(candidate)
        return not calendar.is_working_day(candidate)

    while (is_free := free(day)) or (day != outcome.end and day in excluded):
        (outcome.skipped if is_free else outcome.paused).append(day)
        day += step
    outcome.end = day


def count_hours(
    start: datetime, amounts: Sequence[Amount], spans: Sequence[Interval], as_of: date | datetime | None
) -> Outcome:
    """Count hours from an instant; the union of the spans' instants is left out to the second."""
    moments = [found for span in spans if (found := span.instants(as_of))]
    outcome, total = Outcome(start), 0
    for amount in amounts:
        total += amount.number
        outcome.end, outcome.paused = _hours_from(start, total, moments)
        outcome.marks.append(outcome.end)
    return outcome


def _hours_from(
    start: datetime, hours: int, moments: Sequence[tuple[datetime, datetime]]
) -> tuple[datetime, list[date]]:
    """The instant ``hours`` away, and the days on which excluded time was passed."""
    sign = 1 if hours >= 0 else -1
    # Offsets from the start in the direction of counting: then both directions are one loop.
    offsets = sorted(sorted((sign * (begin - start), sign * (end - start))) for begin, end in moments)
    reached, left, paused = timedelta(), timedelta(hours=abs(hours)), set[date]()
    for low, high in offsets:
        if high <= reached:
            continue
        free = max(low - reached, timedelta())
        if free >= left:
            break
        left -= free
        reached += free
        first, last = sorted((local_day(start + sign * reached), local_day(start + sign * high)))
        paused.update(first + DAY * n for n in range((last - first).days + 1))
        reached = high
    return instant(start + sign * (reached + left)), sorted(paused)


def cut_at(outcome: Outcome, latest: date) -> Outcome:
    """The outcome ended by a cap on ``latest``: days after it were never reached."""
    day = local_day(latest)
    return Outcome(
        latest,
        skipped=[d for d in outcome.skipped if d <= day],
        paused=[d for d in outcome.paused if d <= day],
        provisional=outcome.provisional,
        marks=outcome.marks,
    )


def days_used(
    start: date | datetime,
    on: date | datetime,
    *,
    unit: Unit = "D",
    exclude: Iterable[Interval] = (),
    calendar: Calendar | None = None,
    as_of: date | datetime | None = None,
) -> int:
    """How many days (``D``) or working days (``WD``) of a limit are used up through ``on``.

    The start day is not counted, ``on`` is; days of excluded spans are not used. 0 when ``on`` is not after
    the start. Open spans count up to ``as_of``, by default ``on``. Raises ``days-used-unit`` for H, M, Y.
    """
    if unit not in ("D", "WD"):
        raise Invalid(
            "days-used-unit",
            zh="已用天数只能按日（D）或工作日（WD）计算，不能按{unit}。",
            en="Days used are counted in D or WD, not in {unit}.",
            unit=unit,
        )
    first, last = local_day(start), local_day(on)
    excluded = DayUnion(exclude, as_of or last)
    if unit == "D":
        return max(0, (last - first).days - excluded.count(first + DAY, last))
    calendar = calendar or default_calendar()
    days = (first + DAY * n for n in range(1, (last - first).days + 1))
    return sum(1 for day in days if day not in excluded and calendar.is_working_day(day))


def quarter_end(day: date | datetime) -> date:
    """Last day of the quarter in which ``day`` lies (rule P1-N3 counts 15 days from it)."""
    local = local_day(day)
    month = (local.month + 2) // 3 * 3
    return date(local.year, month, 31 if month in (3, 12) else 30)
