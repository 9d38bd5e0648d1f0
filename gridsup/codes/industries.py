"""Industry classes (国民经济行业分类, GB/T 4754-2017): section letter and up to four digits, as ``H6210``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

from gridsup.codes.text import tidy
from gridsup.errors import Invalid

IndustryLevel = Literal["section", "division", "group", "class"]
_LEVELS: tuple[IndustryLevel, ...] = ("section", "division", "group", "class")


@dataclass(frozen=True, slots=True)
class Industry:
    """One entry of the classification; ``parent`` is the code one level up, None for a section."""

    code: str
    name: str
    level: IndustryLevel
    parent: str | None


@lru_cache
def industries() -> Mapping[str, Industry]:
    """The whole classification by code, in the order of the standard: 20, 97, 473 and 1,381 entries."""
    text = (resources.files("gridsup.codes") / "data" / "gbt4754_2017.csv").read_text(encoding="utf-8")
    rows = sorted(csv.DictReader(io.StringIO(text)), key=lambda row: row["code"])
    found: dict[str, Industry] = {}
    for row in rows:
        code, level = row["code"], _LEVELS[int(row["level"]) - 1]
        parent = None if level == "section" else code[0] if level == "division" else code[:-1]
        found[code] = Industry(code, row["name"], level, parent)
    return found


@lru_cache
def _by_digits() -> Mapping[str, str]:
    return {code[1:]: code for code in industries() if len(code) > 1}


def parse_industry(value: object, *, level: IndustryLevel | None = None) -> Industry:
    """Find ``'H6210'``, ``'h6210'``, ``'6210'`` or the number 6210; digits alone name one section only.

    A number of fewer than four digits may have lost its leading zero and is refused. Raises
    :class:`Invalid` ``industry-unknown``, ``industry-section`` (letter and digits disagree),
    ``industry-level`` when another level than the asked one is given, or ``code-became-number``.
    """
    if isinstance(value, int | float) and 1000 <= value <= 9999 and value == int(value):
        value = str(int(value))
    code = tidy(value)
    if re.fullmatch(r"[0-9]{2,4}", code):
        code = _by_digits().get(code, code)
    entry = industries().get(code)
    if entry is None:
        right = _by_digits().get(code[1:])
        if right and code[0].isalpha():
            raise Invalid(
                "industry-section",
                zh="行业代码“{value}”的门类字母与数字不符，应为“{right}”。请更正。",
                en="The letter of the industry code “{value}” does not fit its digits: “{right}” is meant. "
                "Correct it.",
                value=code,
                right=right,
            )
        raise Invalid(
            "industry-unknown",
            zh="行业代码“{value}”不在 GB/T 4754-2017 中。请填写门类字母加数字，如 H6210。",
            en="The industry code “{value}” is not in GB/T 4754-2017. Write the section letter and digits, "
            "such as H6210.",
            value=code[:40],
        )
    if level and entry.level != level:
        raise Invalid(
            "industry-level",
            zh="行业代码“{value}”（{name}）不是所要求的层级，请填写{digits}。",
            en="The industry code “{value}” ({name}) is not of the level asked for: give {digits}.",
            value=entry.code,
            name=entry.name,
            digits={"section": "A–T", "division": "A01", "group": "A011", "class": "A0111"}[level],
        )
    return entry
