"""The period that a board's figure covers, as query parameters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends, Query

from api.inputs import Day
from gridsup.errors import FieldFault, Invalid
from gridsup.people.deputies import day_of

USUAL = timedelta(days=90)
LONGEST = timedelta(days=3700)


class Period(NamedTuple):
    """Days in Asia/Shanghai, both included."""

    since: date
    until: date


def _period(
    since: Annotated[Day | None, Query(description="first day; 90 days before the last when absent")] = None,
    until: Annotated[Day | None, Query(description="last day; today when absent")] = None,
) -> Period:
    last = until or day_of(datetime.now(UTC))
    first = since or last - USUAL
    if last - first > LONGEST:
        zh, en = "统计期间最长十年。", "The period spans ten years at most."
        raise Invalid("period-too-long", zh=zh, en=en, faults=[FieldFault("/since", zh, en)])
    return Period(first, last)


Asked = Annotated[Period, Depends(_period)]
