"""The sheets that a volume of a case is bound with (一案一卷).

Cover (卷宗封面), contents (卷内文件目录), end sheet (备考表). What only a hand can say (pages, who bound it,
how long it is kept) stays blank; the signed papers lie under.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.documents import names, source
from gridsup.documents.kinds import kinds
from gridsup.documents.numerals import plain_day
from gridsup.documents.source import Source
from gridsup.documents.typesetting import typeset
from gridsup.enforcement import queries, volumes
from gridsup.enforcement.volumes import Entry
from gridsup.errors import Conflict
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.procedures.model import Matter

DECISIONS = ("penalty_decision", "no_penalty_decision", "on_spot_decision")


def sheets(session: Session, matter_id: int, volume: str) -> bytes:
    """One PDF. ``volume``: ``main`` or ``sub``. Raises NotFound ``no-case``, Conflict ``volume-empty``."""
    found = volumes.of_case(session, matter_id)
    told = _newest([each for entries in found.values() for each in entries], matter_id)
    if not found[volume] or told is None:
        raise Conflict(
            "volume-empty",
            zh="这一卷还没有文书，不能打印目录。",
            en="This volume has no papers yet, so there is nothing to list.",
        )
    case = session.scalars(queries.matter(jurisdiction_of(session), matter_id)).one()
    about = source.of_event(session, told.template, matter_id, told.seq)
    return typeset("paper", _paper(about, case, volume, found), made_at=clock())


def _newest(entries: Sequence[Entry], matter_id: int) -> Entry | None:
    """The latest paper of the case itself that can be set: its source knows all that is known of the case."""
    own = [
        each
        for each in entries
        if each.matter_id == matter_id and each.act in getattr(kinds().get(each.template), "acts", ())
    ]
    return max(own, key=lambda each: (each.at, each.seq), default=None)


def _paper(about: Source, case: Matter, volume: str, found: Mapping[str, Sequence[Entry]]) -> dict[str, Any]:
    entries = found[volume]
    return {
        "kind": "case_file",
        "layout": "form",
        "red": False,
        "bureau": names.value_of(about, "bureau"),
        "title": f"行政处罚案卷（{volumes.VOLUMES[volume].zh}）",
        "number": case.number or "",
        "day": "",
        "dated": "",
        "demo": about.home.demo,
        "practice": about.home.practice,
        "draft": False,
        "missing": [],
        "blocks": [
            {"t": "grid", "rows": _cover(about, case, found, len(entries))},
            {"t": "h", "text": "卷内文件目录"},
            {
                "t": "table",
                "head": ["序号", "文件名称", "文号", "日期", "页次"],
                "widths": [1, 5, 4, 3, 1],
                "rows": [
                    [str(each.no), each.title.zh, each.number or "", plain_day(local_day(each.at)), ""]
                    for each in entries
                ],
            },
            {"t": "h", "text": "卷内备考表"},
            {
                "t": "grid",
                "rows": [_row("本卷情况说明", "", tall=36), _row("立卷人", "", "检查人", "")],
            },
        ],
    }


def _cover(
    about: Source, case: Matter, found: Mapping[str, Sequence[Entry]], count: int
) -> list[dict[str, Any]]:
    numbers = {each.template: each.number for entries in found.values() for each in entries if each.number}
    decision = next((numbers[one] for one in DECISIONS if one in numbers), "")

    def day(milestone: str) -> str:
        at = case.milestones.get(milestone)
        return plain_day(local_day(datetime.fromisoformat(at))) if at else ""

    closed = plain_day(local_day(case.ended_at)) if case.ended_at else ""
    return [
        _row("当事人", names.value_of(about, "party") or ""),
        _row("案由", names.value_of(about, "conduct") or ""),
        _row("立案文号", numbers.get("filing_form") or "", "立案日期", day("case_filed")),
        _row("决定文号", decision, "决定日期", day("decision_made")),
        _row("承办机构", names.value_of(about, "unit") or "", "结案日期", closed),
        _row("本卷文件", f"共 {count} 件　　　　页", "保管期限", ""),
        _row("立卷人", "", "立卷日期", ""),
    ]


def _row(*cells: str, tall: int = 0) -> dict[str, Any]:
    return {"cells": list(cells), "tall": tall}
