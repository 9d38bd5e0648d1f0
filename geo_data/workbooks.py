"""Texts in workbooks (电子表格): only characters that a workbook can hold, and never a formula."""

from __future__ import annotations

import re

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of an XLSX file."""
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Everything but the characters of XML 1.0; openpyxl refuses some of it and lxml the rest."""


def fit(text: str) -> str:
    """The text without the characters that no workbook holds."""
    return _UNFIT.sub("", text)


def harmless(text: str) -> str:
    """A text that begins like a formula stays a text."""
    text = fit(text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
