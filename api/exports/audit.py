"""The audit trail as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from api.exports import records
from gridsup.calendars import SHANGHAI
from gridsup.procedures.pack import Words

COLUMNS = (
    ("时间", 20),
    ("人员", 14),
    ("行为", 22),
    ("对象", 24),
    ("对象编号", 22),
    ("理由", 30),
    ("细节", 60),
)


class Entry(Protocol):
    """One entry as the page shows it."""

    at: datetime
    officer: str | None
    title: Words
    subject: str | None
    subject_name: str | None
    reason: str | None
    detail: Words


def workbook(rows: Iterable[Entry], *, bureau: str, demo: bool) -> bytes:
    return records.workbook("审计日志", f"{bureau}审计日志", COLUMNS, map(_line, rows), demo=demo)


def _line(row: Entry) -> tuple[str | None, ...]:
    at = row.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return at, row.officer, row.title.zh, row.subject_name, row.subject, row.reason, row.detail.zh or None
