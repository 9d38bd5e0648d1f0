"""Administrative codes: GB/T 2260 areas, GB/T 10114 streets, statistics codes, and national grid codes.

Only the structure is judged here; which codes exist, and from when to when, is reference data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gridsup.codes.text import tidy
from gridsup.errors import Invalid

PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
    for code in range(first, last + 1)
)
Level = Literal["province", "city", "county", "street", "community"]
UnitKind = Literal["street", "town", "township", "enterprise", "residents", "villagers", "other"]
_WIDTHS: tuple[tuple[int, Level], ...] = (
    (2, "province"),
    (4, "city"),
    (6, "county"),
    (9, "street"),
    (12, "community"),
)
GridStandard = Literal["GB/T 30428.1", "CJ/T 213"]
_GRID_WIDTHS: dict[GridStandard, int] = {"GB/T 30428.1": 3, "CJ/T 213": 2}


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative code in its shortest form: 2, 4, 6, 9 or 12 digits by level."""

    code: str
    level: Level

    @property
    def full(self) -> str:
        """The twelve-digit statistics code (统计用区划代码), filled with zeros."""
        return self.code.ljust(12, "0")

    @property
    def parent(self) -> str | None:
        """Code of the level above; of a street in a city without counties (441900003), the city's."""
        shorter = [width for width, _ in _WIDTHS if width < len(self.code)]
        return parse_area(self.code[: shorter[-1]].ljust(6, "0")).code if shorter else None

    @property
    def kind(self) -> UnitKind | None:
        """What a street or community code says of its unit: GB/T 10114-2003 and the committee ranges."""
        number = int(self.code[-3:])
        if self.level == "street":
            bounds: tuple[tuple[int, UnitKind], ...] = (
                (99, "street"),
                (199, "town"),
                (399, "township"),
                (599, "enterprise"),
            )
        elif self.level == "community":
            bounds = ((199, "residents"), (399, "villagers"))
        else:
            return None
        return next((kind for limit, kind in bounds if number <= limit), "other")


def parse_area(value: object) -> Area:
    """Read an administrative code of 2, 4, 6, 9 or 12 digits; trailing zero groups are dropped.

    ``350503000000`` is the county 350503. Raises :class:`Invalid` ``area-code``.
    """
    code = tidy(value)
    if len(code) not in (2, 4, 6, 9, 12) or not re.fullmatch(r"[0-9]+", code) or code[:2] not in PROVINCES:
        raise _bad_area(code)
    groups = [code[start:end] for start, end in ((0, 2), (2, 4), (4, 6), (6, 9), (9, 12)) if code[start:end]]
    while not int(groups[-1]):
        groups.pop()
    found = "".join(groups)
    level = dict(_WIDTHS)[len(found)]
    if level == "community" and found[6:9] == "000":
        raise _bad_area(code)
    return Area(found, level)


def _bad_area(code: str) -> Invalid:
    return Invalid(
        "area-code",
        zh="行政区划代码“{value}”无效：应为2、4、6、9或12位数字，并以省级代码开头，如 350503。请核对。",
        en="The area code “{value}” is not valid: it has 2, 4, 6, 9 or 12 digits and begins with a province, "
        "such as 350503. Check it.",
        value=code[:40],
    )


@dataclass(frozen=True, slots=True)
class GridCode:
    """A national grid code: area (6) + street (3) + community (3) + sequence (3, or 2 after CJ/T 213)."""

    area: str
    street: str
    community: str
    sequence: int
    standard: GridStandard = "GB/T 30428.1"

    def __str__(self) -> str:
        width = _GRID_WIDTHS[self.standard]
        return f"{self.area}{self.street}{self.community}{self.sequence:0{width}d}"


def format_grid(community: object, sequence: int, standard: GridStandard = "GB/T 30428.1") -> str:
    """The 15-digit (or 14-digit, CJ/T 213-2005) grid code of a cell in a community of twelve digits.

    Raises :class:`Invalid` ``area-code``, or ``grid-code`` for a sequence that the width does not hold.
    """
    area = parse_area(community)
    width = _GRID_WIDTHS[standard]
    if area.level != "community" or not 1 <= sequence < 10**width:
        raise _bad_grid(f"{area.code}+{sequence}")
    return f"{area.code}{sequence:0{width}d}"


def parse_grid(value: object) -> GridCode:
    """Read a grid code of 15 digits (GB/T 30428.1-2013) or 14 (CJ/T 213-2005). Raises ``grid-code``."""
    code = tidy(value)
    standard = next((s for s, width in _GRID_WIDTHS.items() if len(code) == 12 + width), None)
    if standard is None or not re.fullmatch(r"[0-9]+", code) or not int(code[12:]):
        raise _bad_grid(code)
    if parse_area(code[:12]).level != "community":
        raise _bad_grid(code)
    return GridCode(code[:6], code[6:9], code[9:12], int(code[12:]), standard)


def _bad_grid(code: str) -> Invalid:
    return Invalid(
        "grid-code",
        zh="国家标准网格代码“{value}”无效：应为6位区划+3位街道+3位社区+3位（或2位）顺序码，顺序码从1起。请核对。",
        en="The national grid code “{value}” is not valid: 6 digits area, 3 street, 3 community and 3 (or 2) "
        "sequence from 1. Check it.",
        value=code[:40],
    )
