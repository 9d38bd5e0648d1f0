"""The printing log as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from api.document_shapes import PrintRow
from geo_data.workbooks import harmless
from gridsup.calendars import SHANGHAI

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("打印时间", "文书", "文号", "格式", "份数", "打印人", "重印理由", "事项编号")
WIDTHS = (18, 26, 28, 8, 8, 14, 40, 12)
FORMATS = {"pdf": "PDF", "docx": "Word", "list": "批量清单"}
MOST = 20_000


def workbook(rows: Iterable[PrintRow], *, bureau: str, demo: bool) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "打印登记"
    sheet.append([f"{bureau}文书打印登记{'（演示数据 DEMO）' if demo else ''}"])
    sheet["A1"].font = Font(size=14, bold=True)
    sheet.append(COLUMNS)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    for row in rows:
        at = row.printed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        said = (at, row.title, row.number, FORMATS[row.format], row.copies, row.officer, row.reason)
        sheet.append([_plain(one) for one in (*said, row.matter_id)])
    sheet.freeze_panes = "A3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value
