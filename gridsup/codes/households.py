"""Codes of cells and businesses (P10-C2): 工商所代码 + 网格编码 + 经济户口序列码.

Station + grid is the cell's code; with a serial it is the household code of a business in it, such as
``35050303-012-00047``. Widths are the jurisdiction's choice. Serials are issued by ``gridsup.cells`` and
never reused; here they are only written and read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2, mod_11_10, mod_37_2, mod_37_36, mod_97_10

from gridsup.codes.text import tidy
from gridsup.errors import Invalid, Refused

CheckSystem = Literal["mod_11_10", "mod_11_2", "mod_97_10", "mod_37_2", "mod_37_36"]
_CHECKS: dict[str, Any] = {
    "mod_11_10": mod_11_10,
    "mod_11_2": mod_11_2,
    "mod_97_10": mod_97_10,
    "mod_37_2": mod_37_2,
    "mod_37_36": mod_37_36,
}
_TAKES_LETTERS = ("mod_37_2", "mod_37_36")


@dataclass(frozen=True, slots=True)
class CellCode:
    """The two parts of a cell's code."""

    station: str
    grid: str


@dataclass(frozen=True, slots=True)
class HouseholdCode:
    """The parts of a business's household code; ``check`` is empty in a scheme without one."""

    station: str
    grid: str
    serial: int
    check: str = ""


@dataclass(frozen=True, slots=True)
class CodeScheme:
    """How one jurisdiction writes its codes; kept as data in its settings.

    ``check`` names an ISO 7064 system whose check characters follow the serial; the systems of modulus 11
    and 97 need stations of digits only.
    """

    station_width: int = 8
    grid_width: int = 3
    serial_width: int = 5
    separator: str = "-"
    check: CheckSystem | None = None

    def __post_init__(self) -> None:
        widths = (self.station_width, self.grid_width, self.serial_width)
        whole = all(isinstance(w, int) and not isinstance(w, bool) and 1 <= w <= 12 for w in widths)
        separated = isinstance(self.separator, str) and re.fullmatch(r"[-./_]?", self.separator)
        if not whole or not separated or self.check not in (None, *_CHECKS):
            raise Invalid(
                "code-scheme",
                zh="编码规则无效：各段宽度为1至12，分隔符为 - . / _ 之一或空，校验方式为 {checks} 之一或空。",
                en="The code scheme is not valid: widths are 1 to 12, the separator one of - . / _ or "
                "nothing, the check one of {checks} or nothing.",
                checks="、".join(_CHECKS),
            )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a scheme from settings; absent fields take their defaults, unknown ones are refused."""
        unknown = set(data) - {field.name for field in fields(cls)}
        if unknown:
            raise Invalid(
                "code-scheme-field",
                zh="编码规则中有不认识的项：{names}。",
                en="The code scheme has unknown fields: {names}.",
                names="、".join(sorted(unknown)),
            )
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def last_serial(self) -> int:
        """The largest serial that the width holds."""
        return int(10**self.serial_width) - 1

    def format_cell(self, station: str, grid: int | str) -> str:
        """Code of a cell; an integer grid is zero-padded, a text must have the width already."""
        return self.separator.join((self._station(station), self._grid(grid)))

    def format(self, station: str, grid: int | str, serial: int) -> str:
        """Household code of a business. Raises :class:`Refused` ``serial-exhausted`` past the width."""
        if serial < 1:
            raise self._bad(str(serial))
        if serial > self.last_serial:
            raise Refused(
                "serial-exhausted",
                zh="序列码{serial}超出{width}位的容量。请细分网格，或由管理员加宽序列码。",
                en="Serial {serial} does not fit into {width} digits. Divide the cell, or let the "
                "administrator widen the serial.",
                serial=serial,
                width=self.serial_width,
            )
        parts = [self._station(station), self._grid(grid), f"{serial:0{self.serial_width}d}"]
        return self.separator.join([*parts, *self._check_characters(parts)])

    def parse_cell(self, code: object) -> CellCode:
        """Read a cell's code. Raises :class:`Invalid` ``code-format``; nothing is guessed."""
        found = self._match(code, [self._station_pattern, rf"(\d{{{self.grid_width}}})"])
        return CellCode(found[0], found[1])

    def parse(self, code: object) -> HouseholdCode:
        """Read a household code. Raises :class:`Invalid` ``code-format`` or ``code-check``."""
        patterns = [self._station_pattern, rf"(\d{{{self.grid_width}}})", rf"(\d{{{self.serial_width}}})"]
        if self.check:
            patterns.append("(.{2})" if self.check == "mod_97_10" else "(.)")
        found = self._match(code, patterns)
        check = found[3] if self.check else ""
        if int(found[2]) == 0:
            raise self._bad(str(code))
        if self.check and [check] != self._check_characters(found[:3]):
            raise Invalid(
                "code-check",
                zh="代码“{value}”的校验位不符，至少有一位写错。请核对。",
                en="The check character of “{value}” does not match: at least one character is wrong. "
                "Check it.",
                value=str(code)[:60],
            )
        return HouseholdCode(found[0], found[1], int(found[2]), check)

    def is_valid(self, code: object) -> bool:
        """Whether ``code`` is a household code of this scheme."""
        try:
            self.parse(code)
        except Invalid:
            return False
        return True

    @property
    def _station_pattern(self) -> str:
        return rf"([0-9A-Z]{{{self.station_width}}})"

    def _match(self, code: object, patterns: list[str]) -> tuple[str, ...]:
        match = re.fullmatch(re.escape(self.separator).join(patterns), tidy(code), re.ASCII)
        if not match:
            raise self._bad(str(code))
        return match.groups()

    def _station(self, station: str) -> str:
        letters = self.check is None or self.check in _TAKES_LETTERS
        if not re.fullmatch(
            self._station_pattern if letters else rf"\d{{{self.station_width}}}", station, re.A
        ):
            raise self._bad(station)
        return station

    def _grid(self, grid: int | str) -> str:
        text = f"{grid:0{self.grid_width}d}" if isinstance(grid, int) else grid
        if not re.fullmatch(rf"\d{{{self.grid_width}}}", text, re.ASCII):
            raise self._bad(text)
        return text

    def _check_characters(self, parts: list[str] | tuple[str, ...]) -> list[str]:
        if not self.check:
            return []
        system = _CHECKS[self.check]
        payload = "".join(parts)
        digits = system.calc_check_digits if self.check == "mod_97_10" else system.calc_check_digit
        try:
            return [digits(payload)]
        except (ValidationError, ValueError):
            raise self._bad(payload) from None

    def _bad(self, value: str) -> Invalid:
        example = self.separator.join(
            ("9" * self.station_width, "9" * self.grid_width, "9" * self.serial_width)
        )
        return Invalid(
            "code-format",
            zh="代码“{value}”不符合本局编码规则：所代码{station}位、网格{grid}位、序列{serial}位，"
            "形如 {example}{check}。",
            en="“{value}” does not follow this bureau's code scheme: station {station}, grid {grid}, "
            "serial {serial} characters, like {example}{check}.",
            value=value[:60],
            station=self.station_width,
            grid=self.grid_width,
            serial=self.serial_width,
            example=example,
            check=f" + {self.check}" if self.check else "",
        )
