"""Identity and telephone numbers of staged rows: ciphertext in the database, masked on the way out."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from geo_data.values import EXACT_FLOAT, Cell, squeeze, to_json
from gridsup.codes.persons import mask_id, mask_phone
from gridsup.crypto import decrypt, encrypt

PURPOSE = "import_rows.person"
PERSONAL = {"operator_id_no", "phone"}
_ID = re.compile(r"\d{17}[\dXx]|\d{15}")
_MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")
_BORN = re.compile(r"\d{6}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")


def seal(text: str) -> dict[str, str]:
    """A text as it is kept: ``{"sealed": …}``."""
    return {"sealed": base64.b64encode(encrypt(text, PURPOSE)).decode("ascii")}


def is_sealed(value: object) -> bool:
    return isinstance(value, dict) and "sealed" in value


def open_sealed(value: Any) -> Any:
    """The text again; anything that is not sealed stays what it is."""
    return decrypt(base64.b64decode(value["sealed"]), PURPOSE) if is_sealed(value) else value


def masked(value: Any) -> Any:
    """A sealed number as lists show it, ``110***********2X``; anything else as it is."""
    if not is_sealed(value):
        return value
    text = open_sealed(value)
    return mask_id(text) if _ID.fullmatch(squeeze(text)) else mask_phone(text)


def seal_row(values: Mapping[str, Cell], personal_columns: set[str]) -> dict[str, Any]:
    """A raw row in JSON: columns that mean personal numbers are sealed, and so is whatever looks like an
    identity or mobile number in any other column."""
    return {
        column: seal(_digits(cell))
        if cell not in (None, "") and (column in personal_columns or _looks_personal(cell))
        else to_json(cell)
        for column, cell in values.items()
    }


def _digits(cell: Cell) -> str:
    """A number without the ``.0`` of a spreadsheet; one that has lost its last digits stays as it is."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_FLOAT:
        return str(int(cell))
    return str(to_json(cell))


def _looks_personal(cell: Cell) -> bool:
    text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    if sum(map(text.count, "0123456789")) < 11 and text.isascii():
        return False
    text = squeeze(text)
    return bool(_MOBILE.fullmatch(text) or _BORN.fullmatch(text))


def seal_record(record: dict[str, Any]) -> dict[str, Any]:
    """A record in JSON with its personal numbers sealed."""
    return {key: seal(value) if key in PERSONAL else value for key, value in record.items()}


def open_record(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: open_sealed(value) for key, value in record.items()}
