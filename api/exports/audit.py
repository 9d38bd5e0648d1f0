"""The audit trail as a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from geo_data.workbooks import harmless
from gridsup.calendars import SHANGHAI
from gridsup.procedures.pack import Words

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("时间", "人员", "事由", "对象", "对象编号", "理由", "细节")
WIDTHS = (20, 14, 22, 24, 22, 30, 60)
MOST = 20_000


class Entry(Protocol):
    """One entry as the page shows it."""

    at: datetime
    officer: str | None
    title: Words
    subject: str | None
    subject_name: str | None
    reason: str | None
    detail: dict[str, Any]


def workbook(rows: Iterable[Entry], *, bureau: str, demo: bool) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "审计日志"
    sheet.append([f"{bureau}审计日志{'（演示数据 DEMO）' if demo else ''}"])
    sheet["A1"].font = Font(size=14, bold=True)
    sheet.append(COLUMNS)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    for row in rows:
        at = row.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        detail = json.dumps(row.detail, ensure_ascii=False) if row.detail else None
        said = (at, row.officer, row.title.zh, row.subject_name, row.subject, row.reason, detail)
        sheet.append([_plain(one) for one in said])
    sheet.freeze_panes = "A3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(text: str | None) -> str | None:
    return None if text is None else harmless(text)
