"""Lengths of time as the law writes them: ``24H``, ``15D``, ``7WD``, ``3M``, ``2Y``."""

from __future__ import annotations

import calendar as gregorian
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self, cast

from gridsup.errors import Invalid

Unit = Literal["H", "D", "WD", "M", "Y"]
UNITS: tuple[Unit, ...] = ("H", "D", "WD", "M", "Y")
MAX_NUMBER = 20_000
_WORDS: dict[Unit, tuple[str, str]] = {
    "H": ("小时", "hour"),
    "D": ("日", "calendar day"),
    "WD": ("个工作日", "working day"),
    "M": ("个月", "month"),
    "Y": ("年", "year"),
}
_SPEC = re.compile(r"([+-]?)([0-9]{1,5})(H|D|WD|M|Y)")


@dataclass(frozen=True, slots=True)
class Amount:
    """``number`` units; a negative number counts backward from the start."""

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in UNITS or abs(self.number) > MAX_NUMBER:
            raise _bad_spec(f"{self.number}{self.unit}")

    @classmethod
    def parse(cls, spec: str | Amount) -> Self:
        """Read ``'5WD'``, ``'-5WD'``, ``'24h'``. Raises :class:`Invalid` ``period-spec``."""
        if isinstance(spec, Amount):
            return cls(spec.number, spec.unit)
        match = _SPEC.fullmatch(spec.strip().upper())
        if not match:
            raise _bad_spec(spec)
        sign, digits, unit = match.groups()
        return cls(-int(digits) if sign == "-" else int(digits), cast(Unit, unit))

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    @property
    def zh(self) -> str:
        return f"{abs(self.number)}{_WORDS[self.unit][0]}"

    @property
    def en(self) -> str:
        plural = "" if abs(self.number) == 1 else "s"
        return f"{abs(self.number)} {_WORDS[self.unit][1]}{plural}"


def _bad_spec(spec: str) -> Invalid:
    return Invalid(
        "period-spec",
        zh="期限“{spec}”无法识别。请写成数字加单位（H小时、D日、WD工作日、M月、Y年），"
        "如 5WD、30D、-7WD，数字不超过{limit}。",
        en="The period “{spec}” is not understood. Write a number and a unit (H, D, WD, M, Y), such as 5WD, "
        "30D or -7WD; the number is at most {limit}.",
        spec=spec[:40],
        limit=MAX_NUMBER,
    )


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later (or earlier), else the month's last day (民法典 art. 202).

    Raises :class:`Invalid` ``period-out-of-range`` beyond the years 1–9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        raise out_of_range(day)
    return date(year, month, min(day.day, gregorian.monthrange(year, month)[1]))


def out_of_range(start: object) -> Invalid:
    return Invalid(
        "period-out-of-range",
        zh="从{start}起算的期限超出可表示的日期范围。请核对起算日和期限。",
        en="The period counted from {start} leaves the range of dates. Check the start and the length.",
        start=str(start),
    )
