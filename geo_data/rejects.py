"""Rejected rows go back in their own columns, with a first column 原因, to be mended and uploaded again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal, Protocol

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from geo_data.reasons import Reason
from geo_data.tables import RawRow
from geo_data.values import Cell, as_text

REASON_COLUMN = "原因"
ROW_COLUMN = "原始行号"
SHEET_COLUMN = "工作表"
_FORBIDDEN = str.maketrans("", "", "[]:*?/\\")


class Rejected(Protocol):
    """A row and why it was refused."""

    raw: RawRow
    reasons: list[Reason]


def write_rejects(
    columns: Sequence[str], rows: Iterable[Rejected], form: Literal["xlsx", "csv"] = "xlsx"
) -> bytes:
    """The rejected rows as a file: every reason of a row, its number in the original, then its own cells.

    XLSX keeps one sheet per original sheet and formats all cells as text, so that a code entered there
    stays whole; CSV is UTF-8 with a mark, as spreadsheets expect, with the sheet as a column.
    """
    return _xlsx(columns, list(rows)) if form == "xlsx" else _csv(columns, list(rows))


def reason_text(reasons: Iterable[Reason]) -> str:
    """All faults in one cell, Chinese first."""
    faults = [reason for reason in reasons if reason.level == "fault"]
    return "\n".join(f"{reason.zh} / {reason.en}" for reason in faults)


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return as_text(cell) or ""
    if isinstance(cell, float) and not (cell.is_integer() and abs(cell) < 2**53):
        return f"{cell:g}" if abs(cell) >= 2**53 else repr(cell)
    return cell if isinstance(cell, str) else as_text(cell) or ""


def _xlsx(columns: Sequence[str], rows: list[Rejected]) -> bytes:
    book = Workbook()
    del book[book.sheetnames[0]]
    sheets = dict.fromkeys(row.raw.sheet for row in rows) or {None: None}
    for sheet in sheets:
        page = book.create_sheet((sheet or "退回").translate(_FORBIDDEN)[:31] or "退回")
        page.append([REASON_COLUMN, ROW_COLUMN, *columns])
        for row in (r for r in rows if r.raw.sheet == sheet):
            _append(page, [reason_text(row.reasons), str(row.raw.number), *_values(columns, row.raw)])
        _dress(page, len(columns) + 2)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _append(page: Any, values: list[str]) -> None:
    at = page.max_row + 1
    for j, value in enumerate(values, start=1):
        cell = page.cell(at, j)
        # Always a text: no cell becomes a formula, no code a number.
        cell.value, cell.data_type, cell.number_format = value or None, "s", "@"
        if not value:
            cell.data_type = "n"
    page.cell(at, 1).alignment = Alignment(wrap_text=True, vertical="top")
    page.cell(at, 1).fill = PatternFill("solid", fgColor="FDE9D9")


def _dress(page: Any, width: int) -> None:
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "C2"
    page.column_dimensions["A"].width = 60
    for j in range(3, width + 1):
        page.column_dimensions[get_column_letter(j)].width = 20


def _values(columns: Sequence[str], raw: RawRow) -> list[str]:
    return [_shown(raw.values.get(column)) for column in columns]


def _csv(columns: Sequence[str], rows: list[Rejected]) -> bytes:
    several = len({row.raw.sheet for row in rows}) > 1
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    lead = [REASON_COLUMN, ROW_COLUMN, *([SHEET_COLUMN] if several else [])]
    writer.writerow([*lead, *columns])
    for row in rows:
        sheet = [row.raw.sheet or ""] if several else []
        cells = [_harmless(v) for v in _values(columns, row.raw)]
        writer.writerow([reason_text(row.reasons), row.raw.number, *sheet, *cells])
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets the apostrophe that the reader takes off."""
    return "'" + text if text[:1] in "=+@\t" and text[:1] else text
