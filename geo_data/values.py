"""Cells of a bureau's table as they are: texts, numbers that are text, dates of every shape, broken codes."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

Cell = str | int | float | bool | date | datetime | time | timedelta | None

EMPTY_WORDS = frozenset(
    ["", "-", "--", "—", "——", "/", "\\", "无", "暂无", "不详", "未知", "空", "n/a", "null", "none"]
)
"""What people write into a cell that they leave empty."""
OPEN_ENDED = frozenset({"长期", "永久", "长期有效", "无固定期限"})
EXACT_FLOAT = 2**53
"""Whole numbers up to here survive in a spreadsheet's number cell; longer codes lose their last digits."""

_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_UNTIDY = re.compile(r"[\u200b-\u200f\u2060\ufeff]|\s\s|[^\S ]")
_EPOCH = date(1899, 12, 30)
_SERIALS = (10_000, 80_000)  # 1927-05-18 … 2119-01-10: what a date serial of a register can be
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_DATE = re.compile(
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
    r"(?:[T\s]+\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?)?"
)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_DMS = re.compile(r"(\d{1,3})[°度](\d{1,2})[′'分](\d{1,2}(?:\.\d+)?)(?:″|′′|\"|''|秒)?[EN东北]?")


def clean(text: str) -> str:
    """The text as written, without zero-width characters; runs of blanks become one, outer ones go."""
    text = text.strip()
    if not _UNTIDY.search(text):
        return text
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip()


def fold(text: str) -> str:
    """:func:`clean` in half-width characters (NFKC): for codes, numbers, dates and comparison."""
    return clean(text if text.isascii() else unicodedata.normalize("NFKC", text))


def squeeze(text: str) -> str:
    """:func:`fold` without any blanks: what two spellings of a header or an address share."""
    return _BLANKS.sub("", fold(text))


def is_blank(cell: Cell) -> bool:
    """Nothing there at all (an empty cell, not a word for emptiness)."""
    return cell is None or (isinstance(cell, str) and not clean(cell))


def as_text(cell: Cell) -> str | None:
    """The cell as a person reads it, or None when it is empty or says so (无, /, 不详).

    A whole number loses its ``.0``; full-width brackets of a name stay as they are.
    """
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_FLOAT:
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date() if cell.time() == time() else cell
    text = clean(str(cell))
    return None if len(text) <= 4 and fold(text).lower() in EMPTY_WORDS else text


def is_mangled(cell: Cell) -> bool:
    """A code that a spreadsheet turned into a number and lost: 9.13E+17 as float or as text.

    An 18-character code of digits and one letter E is left alone: E is in the code's alphabet.
    """
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return abs(cell) >= EXACT_FLOAT
    if not isinstance(cell, str):
        return False
    text = fold(cell)
    return bool(_SCIENTIFIC.fullmatch(text)) and ("." in text or "+" in text or len(text) not in (15, 18))


def as_number(cell: Cell) -> float:
    """A number that may be text (``118.60 ``, ``1,234.5``, full-width digits, ``118°36′12″``).

    Raises ValueError when it is none.
    """
    if isinstance(cell, bool) or cell is None:
        raise ValueError(cell)
    if isinstance(cell, int | float):
        return float(cell)
    text = squeeze(str(cell))
    if match := _DMS.fullmatch(text):
        degrees, minutes, seconds = (float(part) for part in match.groups())
        if minutes >= 60 or seconds >= 60:
            raise ValueError(cell)
        return degrees + minutes / 60 + seconds / 3600
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    try:
        number = float(Decimal(text.rstrip("°度")))
    except InvalidOperation:
        raise ValueError(cell) from None
    if number != number or abs(number) == float("inf"):
        raise ValueError(cell)
    return number


def as_date(cell: Cell) -> date | None:
    """The day in a cell: a real date, ``2024-1-5``, ``2024年1月5日``, ``2024.01.05``, ``20240105``, a serial.

    Empty cells and 长期 give None. Raises ValueError for anything else, such as a month without its day or
    a year of two digits: a missing part is never made up.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    if text is None or text in OPEN_ENDED:
        return None
    text = fold(text)
    if match := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    serial = as_number(text)
    if _SERIALS[0] <= serial <= _SERIALS[1]:
        return _EPOCH + timedelta(days=int(serial))
    raise ValueError(text)


def to_json(cell: Cell) -> str | int | float | bool | None:
    """The cell in JSON, days as ISO text."""
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)
