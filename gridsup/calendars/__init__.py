"""Working days, periods and deadlines (工作日、期间、期限). Pure: no database, no clock of its own.

``period(date(2026, 2, 10), "5WD").due`` is 24 February 2026.
"""

from __future__ import annotations

from gridsup.calendars.amounts import UNITS, Amount, Unit, add_months
from gridsup.calendars.counting import days_used, quarter_end
from gridsup.calendars.explain import Step
from gridsup.calendars.intervals import SHANGHAI, DayUnion, Interval, instant, local_day
from gridsup.calendars.notices import NoticeDay, read_notices, statutory_days
from gridsup.calendars.periods import Period, Roll, RollOn, deadline, extend, period, recompute
from gridsup.calendars.workdays import Calendar, DayReason, default_calendar

__all__ = [
    "SHANGHAI",
    "UNITS",
    "Amount",
    "Calendar",
    "DayReason",
    "DayUnion",
    "Interval",
    "NoticeDay",
    "Period",
    "Roll",
    "RollOn",
    "Step",
    "Unit",
    "add_months",
    "days_used",
    "deadline",
    "default_calendar",
    "extend",
    "instant",
    "local_day",
    "period",
    "quarter_end",
    "read_notices",
    "recompute",
    "statutory_days",
]
