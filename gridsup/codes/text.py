"""What every code has in common: written tidily, and never a number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from gridsup.errors import Invalid

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_NUMBER_LIKE = re.compile(r"[+-]?\d+(\.\d*)?E[+-]?\d+|[+-]?\d+\.\d*")


@dataclass(frozen=True, slots=True)
class Note:
    """A doubt that does not refuse a code: ``code`` for programs, one sentence per language."""

    code: str
    zh: str
    en: str


def tidy(value: object) -> str:
    """The text without any white space, full-width characters made half-width (NFKC), in capitals.

    Raises :class:`Invalid` ``code-became-number`` for a number and for text such as ``9.13E+17``: digits have
    been lost and no guess brings them back. ``code-missing`` for nothing.
    """
    if isinstance(value, int | float | Decimal):
        raise became_number(str(value))
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(value if value is not None else ""))).upper()
    if not text:
        raise Invalid("code-missing", zh="没有填写代码。", en="The code is empty.")
    if _NUMBER_LIKE.fullmatch(text):
        raise became_number(text)
    return text


def became_number(shown: str) -> Invalid:
    return Invalid(
        "code-became-number",
        zh="“{value}”已被表格软件变成数字，末尾的位数已丢失。请把该列设为“文本”格式，从原始登记资料重新填写完整代码。",
        en="“{value}” was turned into a number by a spreadsheet and has lost digits. Format the column as "
        "text and enter the whole code again from the register.",
        value=shown[:40],
    )
