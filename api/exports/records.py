"""A record that grows by lines, as a workbook: a title, the column heads, the lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from geo_data.workbooks import harmless

MOST = 20_000
"""Lines in one workbook."""


def workbook(
    sheet_title: str,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str | int | None]],
    *,
    demo: bool,
) -> bytes:
    """``columns`` are heads with their widths in characters, ``rows`` the lines below them."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = sheet_title
    sheet.append([f"{title}{'（演示数据 DEMO）' if demo else ''}"])
    sheet["A1"].font = Font(size=14, bold=True)
    sheet.append([head for head, _ in columns])
    for number, (_, width) in enumerate(columns, start=1):
        sheet.cell(2, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in rows:
        sheet.append([harmless(one) if isinstance(one, str) else one for one in row])
    sheet.freeze_panes = "A3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
