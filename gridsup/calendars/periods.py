"""Periods and deadlines (期间、期限): how a date comes about, told step by step.

The rules (domain §2.3): the start day is not counted (民法典 art. 201, 程序规定 art. 80); a last day that
is not worked moves to the first working day after (203, 80); months and years end on the corresponding
day, else on the month's last (202); working days leave out weekends and holidays and include make-up days;
excluded spans are left out day by day; an extension counts on from the original limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from gridsup.calendars.amounts import Amount, out_of_range
from gridsup.calendars.counting import Outcome, count_days, count_hours, cut_at, roll_day
from gridsup.calendars.explain import Step, explain
from gridsup.calendars.intervals import DayUnion, Interval, instant, local_day
from gridsup.calendars.workdays import Calendar, DayReason, default_calendar
from gridsup.errors import Invalid

Roll = Literal["next", "none"]
RollOn = Literal["any_nonworking", "statutory_only"]
Cap = str | Amount | date


@dataclass(frozen=True, slots=True)
class Period:
    """A computed period: its result, the inputs it came from and the lines that explain it.

    ``due`` is a date for D, WD, M and Y, an aware datetime for H; ``due_at`` is the instant when it is over
    (24:00 Asia/Shanghai of the due day): overdue means ``now >= due_at``. ``skipped`` are non-working days
    passed over (for D, M and Y only those the last day rolled over); ``paused`` are days left out because of
    an excluded span; ``running`` says that an open span still pauses it, so that ``due`` moves on daily.
    ``provisional``: a day that mattered has no published notice yet.
    """

    start: date | datetime
    amount: Amount
    due: date | datetime
    due_at: datetime
    skipped: tuple[tuple[date, DayReason], ...]
    rolled_from: date | None
    paused: tuple[date, ...]
    calendar: str
    provisional: bool
    running: bool
    capped: bool
    extensions: tuple[Amount, ...]
    cap: Amount | date | None
    exclude: tuple[Interval, ...]
    roll: Roll
    roll_on: RollOn
    steps: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data for an event, an API answer or ``gridsup period --json``."""
        return {
            "start": self.start.isoformat(),
            "amount": str(self.amount),
            "due": self.due.isoformat(),
            "due_at": self.due_at.isoformat(),
            "skipped": [
                {"date": day.isoformat(), "reason": why.zh, "reason_en": why.en, "kind": why.kind}
                for day, why in self.skipped
            ],
            "paused": [day.isoformat() for day in self.paused],
            "running": self.running,
            "rolled_from": self.rolled_from.isoformat() if self.rolled_from else None,
            "roll": self.roll,
            "roll_on": self.roll_on,
            "extensions": [str(amount) for amount in self.extensions],
            "cap": (self.cap.isoformat() if isinstance(self.cap, date) else str(self.cap))
            if self.cap is not None
            else None,
            "capped": self.capped,
            "exclude": [interval.as_json() for interval in self.exclude],
            "calendar": self.calendar,
            "provisional": self.provisional,
            "steps": [{"zh": step.zh, "en": step.en} for step in self.steps],
        }


def period(
    start: date | datetime,
    spec: str | Amount,
    *,
    roll: Roll = "next",
    roll_on: RollOn = "any_nonworking",
    calendar: Calendar | None = None,
    exclude: Iterable[Interval] = (),
    as_of: date | datetime | None = None,
) -> Period:
    """One period from ``start``. See :func:`deadline` for the parameters and the rules."""
    return deadline(start, spec, roll=roll, roll_on=roll_on, calendar=calendar, exclude=exclude, as_of=as_of)


def deadline(
    start: date | datetime,
    limit: str | Amount,
    *,
    extensions: Sequence[str | Amount] = (),
    cap: Cap | None = None,
    exclude: Iterable[Interval] = (),
    roll: Roll = "next",
    roll_on: RollOn = "any_nonworking",
    calendar: Calendar | None = None,
    as_of: date | datetime | None = None,
) -> Period:
    """When a limit from ``start`` is over, with its extensions, cap and excluded spans.

    - The start day is not counted. A datetime's day is its day in Asia/Shanghai (naive: taken as such).
      Hours run from the instant itself; a bare date then means its 00:00, the earliest reading.
    - ``extensions`` count on from the original, unrolled limit; the same unit is added up first
      (``3M`` + ``1M`` = ``4M``). ``cap`` is the most that limit and extensions may reach together: an amount
      from ``start`` (with the same exclusions), or a date.
    - ``roll='next'`` moves a last day that is not worked (or lies in an excluded span) to the next working
      day; ``'none'`` keeps it, for limits on coercive power such as seizure. ``roll_on='statutory_only'``
      moves it off the decree's festival days only. A WD limit never ends on a holiday; hours never roll.
    - A negative limit counts backward from a date such as a hearing: that day is excluded, the count goes
      back, and the due day is the last on which the act is in time. Rolling it goes to the *earlier*
      working day: the later one would cut the time that the limit guarantees.
    - ``as_of``: up to when an open excluded span counts; needed only when there is one.

    Raises :class:`Invalid`: ``period-spec``, ``period-mixed-units``, ``period-backward-extension``,
    ``period-out-of-range``, ``calendar-range``, ``interval-open``.
    """
    calendar = calendar or default_calendar()
    amounts = [Amount.parse(limit), *map(Amount.parse, extensions)]
    ceiling = Amount.parse(cap) if isinstance(cap, str | Amount) else cap
    spans = tuple(exclude)
    _check_units(amounts, ceiling)
    hours, backward = amounts[0].unit == "H", amounts[0].number < 0
    origin = instant(start) if hours else local_day(start)
    rolled_from = None
    try:
        outcome, capped = _count(origin, amounts, ceiling, spans, calendar, as_of)
        if not hours and (roll == "next" or amounts[0].unit == "WD"):
            on = "any_nonworking" if amounts[0].unit == "WD" else roll_on
            last = local_day(outcome.end)
            roll_day(outcome, calendar, DayUnion(spans, as_of), backward=backward, on=on)
            rolled_from = last if outcome.end != last else None
        due_at = instant(outcome.end, last=True)
    except OverflowError:
        raise out_of_range(start) from None
    return Period(
        start=origin,
        amount=amounts[0],
        due=outcome.end,
        due_at=due_at,
        skipped=tuple((day, calendar.reason(day)) for day in sorted(outcome.skipped)),
        rolled_from=rolled_from,
        paused=tuple(sorted(outcome.paused)),
        calendar=calendar.version,
        provisional=outcome.provisional,
        running=any(span.end is None and local_day(span.begin) <= local_day(outcome.end) for span in spans),
        capped=capped,
        extensions=tuple(amounts[1:]),
        cap=ceiling,
        exclude=spans,
        roll=roll,
        roll_on=roll_on,
        steps=explain(origin, amounts, ceiling if capped else None, spans, outcome, rolled_from, calendar),
    )


def extend(
    earlier: Period,
    *amounts: str | Amount,
    calendar: Calendar | None = None,
    as_of: date | datetime | None = None,
) -> Period:
    """The period with further extensions: computed anew from its start and total, never from a rolled day."""
    return deadline(
        earlier.start,
        earlier.amount,
        extensions=(*earlier.extensions, *amounts),
        cap=earlier.cap,
        exclude=earlier.exclude,
        roll=earlier.roll,
        roll_on=earlier.roll_on,
        calendar=calendar,
        as_of=as_of,
    )


def recompute(earlier: Period, calendar: Calendar, *, as_of: date | datetime | None = None) -> Period:
    """The same period under another calendar, such as one with a newer notice."""
    return extend(earlier, calendar=calendar, as_of=as_of)


def _check_units(amounts: Sequence[Amount], ceiling: Amount | date | None) -> None:
    """Hours and days do not mix in one limit, and what counts backward has no extension and no cap."""
    others = [*amounts[1:], *([ceiling] if isinstance(ceiling, Amount) else [])]
    if any((other.unit == "H") != (amounts[0].unit == "H") for other in others):
        raise Invalid(
            "period-mixed-units",
            zh="期限{limit}与其延长或上限的单位不能一个按小时、一个按日。请统一单位。",
            en="The limit {limit} and its extensions or cap mix hours and days. Use one kind of unit.",
            limit=str(amounts[0]),
        )
    if any(other.number < 0 for other in others) or (amounts[0].number < 0 and (others or ceiling)):
        raise Invalid(
            "period-backward-extension",
            zh="倒算的期限（{limit}）不能延长或设上限，延长和上限也不能为负数。请更正。",
            en="A backward limit ({limit}) takes no extension or cap, and neither may be negative. "
            "Correct it.",
            limit=str(amounts[0]),
        )


def _count(
    origin: date,
    amounts: Sequence[Amount],
    ceiling: Amount | date | None,
    spans: Sequence[Interval],
    calendar: Calendar,
    as_of: date | datetime | None,
) -> tuple[Outcome, bool]:
    """The unrolled outcome of limit and extensions, and whether the cap cut it."""

    def run(parts: Sequence[Amount]) -> Outcome:
        if isinstance(origin, datetime):
            return count_hours(origin, parts, spans, as_of)
        return count_days(origin, parts, DayUnion(spans, as_of), calendar)

    outcome = run(amounts)
    if isinstance(ceiling, Amount):
        most = run([ceiling])
        if most.end >= outcome.end:
            return outcome, False
        most.marks = outcome.marks
        return most, True
    if ceiling is not None:
        latest = instant(ceiling, last=True) if isinstance(origin, datetime) else local_day(ceiling)
        if latest < outcome.end:
            return cut_at(outcome, latest), True
    return outcome, False
