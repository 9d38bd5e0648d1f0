"""The printing log as a workbook."""

from __future__ import annotations

from collections.abc import Iterable

from api.document_shapes import PrintRow
from api.exports import records
from gridsup.calendars import SHANGHAI

COLUMNS = (
    ("打印时间", 18),
    ("文书", 26),
    ("文号", 28),
    ("格式", 8),
    ("份数", 8),
    ("打印人", 14),
    ("重印理由", 40),
    ("事项编号", 12),
)
FORMATS = {"pdf": "PDF", "docx": "Word", "list": "批量清单"}


def workbook(rows: Iterable[PrintRow], *, bureau: str, demo: bool) -> bytes:
    return records.workbook("打印登记", f"{bureau}文书打印登记", COLUMNS, map(_line, rows), demo=demo)


def _line(row: PrintRow) -> tuple[str | int | None, ...]:
    at = row.printed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    said = (at, row.title, row.number, FORMATS[row.format], row.copies, row.officer, row.reason)
    return *said, row.matter_id
