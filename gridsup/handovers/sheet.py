"""The rotation sheet on paper, from its frozen content alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gridsup.documents.typesetting import typeset
from gridsup.handovers.model import Handover, HandoverSignature

LOCAL = ZoneInfo("Asia/Shanghai")


def render(row: Handover, signatures: Sequence[HandoverSignature], names: dict[int, str]) -> bytes:
    """The PDF (A4): lists as frozen, signatures as given; the same sheet gives the same bytes.

    ``names`` of the officers who signed.
    """
    content = row.content
    last = max([row.created_at, *(one.signed_at for one in signatures)])
    data = {
        **content,
        "effective_on": _day(date.fromisoformat(content["effective_on"])),
        "frozen_at": _moment(datetime.fromisoformat(content["frozen_at"])),
        "number": row.number,
        "void": row.state == "void",
        "assigned_from": _day(row.assigned_from) if row.assigned_from else None,
        "sha256": row.content_sha256,
        "matters": [_dated(one) for one in content["matters"]],
        "goods": [_dated(one) for one in content["goods"]],
        "commands": [_dated(one) for one in content["commands"]],
        "signed": {
            one.role: {"name": names[one.officer_id], "at": _moment(one.signed_at)} for one in signatures
        },
    }
    return typeset("rotation_sheet", data, made_at=last)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    due = row["due_at"]
    return {**row, "due_at": _due(datetime.fromisoformat(due)) if due else None}


def _due(moment: datetime) -> str:
    """Midnight ends the day before: that day is the last one."""
    local = moment.astimezone(LOCAL)
    if (local.hour, local.minute) == (0, 0):
        return (local.date() - timedelta(days=1)).isoformat()
    return _moment(moment)


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _moment(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
