"""Document numbers (文书编号) such as ``闽市监光处〔2026〕0088号``: organ and kind, year, serial."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from gridsup.errors import Invalid

_BRACKETS = str.maketrans("[(【{", "〔〔〔〔") | str.maketrans("])】}", "〕〕〕〕")
_NUMBER = re.compile(r"([^\s〔〕0-9][^\s〔〕]*)〔(\d{4})〕(?:第)?(\d{1,9})号", re.ASCII)


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """``prefix`` is organ and kind (``闽市监光处``); ``width`` the least number of digits of the serial."""

    prefix: str
    year: int
    serial: int
    width: int = 4

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(str(self)) or not 1949 <= self.year <= 2999 or self.serial < 1:
            raise _bad_number(str(self))

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕{self.serial:0{self.width}d}号"

    @classmethod
    def parse(cls, text: str) -> DocumentNumber:
        """Read a number; other brackets than 〔〕 and full-width digits are put right.

        Raises :class:`Invalid` ``document-number``.
        """
        tidied = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
        match = _NUMBER.fullmatch("".join(tidied.split()))
        if not match:
            raise _bad_number(text)
        prefix, year, serial = match.groups()
        return cls(prefix, int(year), int(serial), len(serial))


def _bad_number(text: str) -> Invalid:
    return Invalid(
        "document-number",
        zh="文书编号“{value}”无效，应形如 闽市监光处〔2026〕0088号。",
        en="The document number “{value}” is not valid; it looks like 闽市监光处〔2026〕0088号.",
        value=text[:60],
    )
