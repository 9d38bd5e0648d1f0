"""Numbers of persons, and how they are shown: masked everywhere but in one audited place.

Identity numbers (公民身份号码, GB 11643-1999) are checked with python-stdnum. No error repeats the number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from gridsup.codes.text import Note, tidy
from gridsup.errors import Invalid

PHONE = r"[0-9+\- ]{5,20}"
"""How a telephone number is written, as a pattern."""
_MOBILE = 11
"""Digits of a mobile number, which begins with 1; a fixed line's begins with 0 or stands without its area."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid identity number. ``repr`` shows it masked, so that it does not slip into a log."""

    number: str
    born: date
    warnings: tuple[Note, ...] = ()

    def __repr__(self) -> str:
        return f"IdNumber({mask_id(self.number)})"


def parse_id_number(value: object) -> IdNumber:
    """Check an 18-character identity number: form, check character and date of birth.

    A place of birth that the reference list lacks is a warning only. Raises :class:`Invalid`
    ``id-number-format``, ``id-number-check``, ``id-number-birth`` or ``code-became-number``.
    """
    if isinstance(value, int | float):
        value = f"{value:.2e}"  # refused below as a spreadsheet's number, without repeating its digits
    number = tidy(value)
    if (
        len(number) != 18
        or not (number[:17].isascii() and number[:17].isdigit())
        or number[17] not in "0123456789X"
    ):
        raise Invalid(
            "id-number-format",
            zh="身份证号码应为18位（末位可为X）。请核对证件。",
            en="An identity number has 18 characters, the last may be X. Check the document.",
        )
    if ric.calc_check_digit(number) != number[17]:
        raise Invalid(
            "id-number-check",
            zh="身份证号码校验位不符，至少有一位写错。请核对证件。",
            en="The check character of the identity number does not match. Check the document.",
        )
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        born = date.max
    if not 1850 <= born.year < 2150:
        raise Invalid(
            "id-number-birth",
            zh="身份证号码中的出生日期不存在。请核对证件。",
            en="The date of birth in the identity number does not exist. Check the document.",
        )
    try:
        ric.get_birth_place(number)
    except ValidationError:
        note = Note(
            "id-number-place",
            "身份证号码前六位不在区划代码表中，请核对。",
            "The first six digits are not in the list of areas; please check.",
        )
        return IdNumber(number, born, (note,))
    return IdNumber(number, born)


def parse_phone(text: str) -> str:
    """One telephone number, full-width digits made plain. Raises :class:`Invalid` ``phone-characters`` or
    ``phone-mobile``; neither repeats the number."""
    number = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(PHONE, number):
        raise Invalid(
            "phone-characters",
            zh="电话号码应为 5 至 20 位，只含数字、空格、+ 和 -。",
            en="A telephone number has 5 to 20 characters: digits, blanks, + and -.",
        )
    digits = re.sub(r"^\+86|\D", "", number)
    if digits.startswith("1") and len(digits) != _MOBILE:
        raise Invalid(
            "phone-mobile",
            zh="手机号码应为 {digits} 位。",
            en="A mobile number has {digits} digits.",
            digits=_MOBILE,
        )
    return number


def mask_id(number: str) -> str:
    """``350***********01``-like: the province's three leading and the two last characters stay."""
    return _masked(number.strip(), 3, 2)


def mask_phone(number: str) -> str:
    """``138****5678`` for eleven digits; of other numbers only the last two stay."""
    text = number.strip()
    digits = text.removeprefix("+86").replace("-", "").replace(" ", "")
    return _masked(digits, 3, 4) if len(digits) == 11 and digits.startswith("1") else _masked(text, 0, 2)


def mask_name(name: str) -> str:
    """``张*``: the first character stays, two stars at most stand for the rest."""
    text = name.strip()
    return text[:1] + "*" * min(len(text) - 1, 2) if len(text) > 1 else "*" * len(text)


def _masked(text: str, head: int, tail: int) -> str:
    """Stars between ``head`` and ``tail`` characters; at least a third is always hidden."""
    if len(text) < 6:
        head = tail = 0
    elif 3 * (len(text) - head - tail) < len(text):
        head, tail = 0, 2
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")
