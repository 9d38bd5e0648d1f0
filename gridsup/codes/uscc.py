"""Registration codes of businesses: the unified social credit code and the older registration number.

统一社会信用代码 GB 32100-2015 (18 characters) and 工商注册号 GS15-2006 (15 digits); registers hold
both. Check characters come from python-stdnum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from gridsup.codes.text import Note, became_number, tidy
from gridsup.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MISREAD = {"I": "1", "O": "0", "S": "5", "V": "U / Y", "Z": "2"}
REGISTRARS = {
    "1": ("机构编制", "staffing office"),
    "2": ("外交", "foreign affairs"),
    "3": ("司法行政", "justice"),
    "4": ("文化", "culture"),
    "5": ("民政", "civil affairs"),
    "6": ("旅游", "tourism"),
    "7": ("宗教", "religion"),
    "8": ("工会", "trade unions"),
    "9": ("市场监管", "market supervision"),
    "A": ("军委后勤保障", "military"),
    "N": ("农业农村", "agriculture"),
    "Y": ("其他", "other"),
}
_KINDS = {"91": "enterprise", "92": "household", "93": "cooperative"}
BusinessKind = Literal["enterprise", "household", "cooperative", "foreign", "other"]


@dataclass(frozen=True, slots=True)
class Uscc:
    """A valid social credit code. ``area`` is the registrar's six-digit adcode; ``body`` the nine characters
    of GB 11714; ``warnings`` are doubts that do not refuse it."""

    code: str
    registrar: str
    kind: BusinessKind
    area: str
    body: str
    warnings: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistrationNumber:
    """A valid 15-digit registration number. ``area`` is the first registrar's code (100000: national)."""

    code: str
    kind: BusinessKind
    area: str


def parse_uscc(value: object) -> Uscc:
    """Normalise (trim, full-width to half, capitals) and check a social credit code.

    Raises :class:`Invalid`: ``code-missing``, ``code-became-number``, ``uscc-length``, ``uscc-character``
    (names the character and its place; a misread I, O, S, V or Z is never replaced), ``uscc-area``,
    ``uscc-check``.
    """
    code = tidy(value).replace("-", "")
    if len(code) != 18:
        raise Invalid(
            "uscc-length",
            zh="统一社会信用代码应为18位，“{value}”有{length}位。请核对营业执照。",
            en="A social credit code has 18 characters, “{value}” has {length}. Check the business licence.",
            value=code[:40],
            length=len(code),
        )
    for position, character in enumerate(code, start=1):
        if character not in ALPHABET:
            raise _bad_character(code, character, position)
    if not code[2:8].isdigit():
        raise Invalid(
            "uscc-area",
            zh="统一社会信用代码“{value}”第3至8位应为数字（登记机关行政区划码）。请核对营业执照。",
            en="Characters 3 to 8 of the social credit code “{value}” must be digits (the registrar's area). "
            "Check the business licence.",
            value=code,
        )
    if stdnum_uscc.calc_check_digit(code[:17]) != code[17]:
        if code.isdigit() and code.endswith("000"):
            raise became_number(code)
        raise Invalid(
            "uscc-check",
            zh="统一社会信用代码“{value}”的校验位不符，至少有一位写错。请核对营业执照。",
            en="The check character of the social credit code “{value}” does not match: at least one "
            "character is wrong. Check the business licence.",
            value=code,
        )
    kind: BusinessKind = _KINDS.get(code[:2], "other")  # type: ignore[assignment]
    return Uscc(code, code[0], kind, code[2:8], code[8:17], tuple(_warnings(code)))


def _bad_character(code: str, character: str, position: int) -> Invalid:
    likely = _MISREAD.get(character)
    hint_zh = f"，可能是 {likely} 之误" if likely else ""
    hint_en = f" (perhaps a misread {likely})" if likely else ""
    return Invalid(
        "uscc-character",
        zh="统一社会信用代码“{value}”第{position}位是“{character}”，代码中不使用该字符{hint_zh}。请核对营业执照。",
        en="Character {position} of the social credit code “{value}” is “{character}”, which such codes do "
        "not use{hint_en}. Check the business licence.",
        value=code,
        character=character,
        position=position,
        hint_zh=hint_zh,
        hint_en=hint_en,
    )


def _warnings(code: str) -> list[Note]:
    notes = []
    if code[0] not in REGISTRARS:
        notes.append(
            Note(
                "uscc-registrar",
                f"登记管理部门代码“{code[0]}”不在标准所列之内，请核对。",
                f"The registrar “{code[0]}” is not one that the standard lists; please check.",
            )
        )
    if body_check(code[8:16]) != code[16]:
        notes.append(
            Note(
                "uscc-body",
                "主体标识码（第9至17位）的校验位不符合 GB 11714，个体工商户可能如此，请核对。",
                "The body code (characters 9 to 17) does not obey GB 11714, as happens with individual "
                "households; please check.",
            )
        )
    return notes


def body_check(body: str) -> str:
    """Check character of the eight characters of an organisation code (GB 11714-1997)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(c, 36) * w for c, w in zip(body, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def parse_registration_number(value: object) -> RegistrationNumber:
    """Check a 15-digit registration number (工商注册号).

    A spreadsheet's number of 15 whole digits has lost nothing and is taken.

    Raises :class:`Invalid`: ``code-missing``, ``code-became-number``, ``registration-format``,
    ``registration-check``.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and 10**14 <= value < 10**15:
        value = str(int(value)) if value == int(value) else value
    code = tidy(value)
    if not re.fullmatch(r"[0-9]{15}", code):
        raise Invalid(
            "registration-format",
            zh="工商注册号应为15位数字，“{value}”不是。请核对营业执照。",
            en="A registration number has 15 digits, “{value}” has not. Check the business licence.",
            value=code[:40],
        )
    try:
        mod_11_10.validate(code)
    except ValidationError:
        raise Invalid(
            "registration-check",
            zh="工商注册号“{value}”的校验位不符，至少有一位写错。请核对营业执照。",
            en="The check digit of the registration number “{value}” does not match: at least one digit is "
            "wrong. Check the business licence.",
            value=code,
        ) from None
    first = int(code[6])
    kind: BusinessKind = "enterprise" if first <= 3 else "foreign" if first <= 5 else "household"
    return RegistrationNumber(code, kind, code[:6])


def parse_registration(value: object) -> Uscc | RegistrationNumber:
    """Either kind, told apart by length: 15 digits are the older number, all else must be a valid USCC."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_registration_number(value)
    if re.fullmatch(r"[0-9]{15}", tidy(value)):
        return parse_registration_number(value)
    return parse_uscc(value)
