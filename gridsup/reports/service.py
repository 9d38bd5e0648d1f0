"""Issues a month's bulletin, a quarter's report or the pack of its meeting: figures, frozen rows, words.

The bulletin of the unlicensed-operation office (P10-N2, P10-S4) is a matter of its own with its number and
signatures; this report tells the indicators, and takes that bulletin's table by unit as it stands.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from gridsup.analytics import indicators
from gridsup.analytics.clocks import ClockLine, clock_lines
from gridsup.analytics.indicators import Figure, Indicator
from gridsup.calendars import local_day
from gridsup.documents.numerals import day_in_numerals, plain_day
from gridsup.errors import FieldFault, Invalid, NotFound
from gridsup.jointwork.bulletin import UnitFigures, bounds, figures
from gridsup.people import queries as people
from gridsup.procedures.family import clock
from gridsup.registry.record import home_of
from gridsup.reports import lists, meeting, queries, tables
from gridsup.reports.model import IssuedReport, ReportRows
from gridsup.reports.tables import Block

Kind = Literal["monthly", "quarterly", "meeting"]


def span(kind: Kind, month: str) -> tuple[date, date]:
    """First and last day of the month, or of the quarter whose last month it is.

    Raises Invalid ``month-malformed``, ``not-a-quarter``.
    """
    start, end = bounds(month)
    first, last = local_day(start), local_day(end) - timedelta(days=1)
    if kind == "monthly":
        return first, last
    if first.month % 3:
        zh, en = (
            "季报按季末月份生成：3、6、9、12 月。",
            "Name a quarter by its last month: 03, 06, 09 or 12.",
        )
        raise Invalid("not-a-quarter", zh=zh, en=en, faults=[FieldFault("/month", zh, en)])
    return first.replace(month=first.month - 2), last


def issue(
    session: Session,
    jurisdiction_id: int,
    kind: Kind,
    month: str,
    remarks: str,
    officer_id: int,
    *,
    now: datetime | None = None,
) -> IssuedReport:
    """Count, freeze and write the report of a period that has begun. Raises as :func:`span`, and Invalid
    ``period-ahead``."""
    now = now or clock()
    since, until = span(kind, month)
    if since > local_day(now):
        zh, en = "该期间尚未开始，请选择已开始的月份。", "That period has not begun; choose one that has."
        raise Invalid("period-ahead", zh=zh, en=en, faults=[FieldFault("/month", zh, en)])
    until = min(until, local_day(now))
    counted, *earlier = indicators.compared(session, jurisdiction_id, since, until, now=now)
    told = [
        _told(one, counted.figure(one), *(each.figure(one) for each in earlier))
        for one in indicators.catalogue().values()
    ]
    home = home_of(session, jurisdiction_id)
    title = f"网格监管{_named(kind, since)}"
    bodies = people.organisations(jurisdiction_id, kind="department", active_only=False)
    departments = {one.code: one.name for one in session.scalars(bodies)}
    pack = (
        meeting.gather(session, jurisdiction_id, since, until, departments, now=now)
        if kind == "meeting"
        else None
    )
    empty = lists.gather(session, now=now)
    units = figures(session, jurisdiction_id, month, now=now) if kind == "monthly" else []
    due = clock_lines(session, jurisdiction_id, since, until, "department", now=now)
    bureau = next(
        (one.name for one in session.scalars(people.organisations(jurisdiction_id, kind="bureau"))), home.name
    )
    row = IssuedReport(
        jurisdiction_id=jurisdiction_id,
        kind=kind,
        since=since,
        until=until,
        title=title,
        remarks=remarks,
        figures=told + empty.figures + (pack.figures() if pack else []),
        paper={
            "layout": "letter",
            "red": False,
            "bureau": bureau,
            "title": title,
            "number": f"（{plain_day(since)}至{plain_day(until)}）",
            "day": day_in_numerals(local_day(now)),
            "demo": home.demo,
            "practice": home.practice,
            "draft": False,
            "blocks": meeting.blocks(pack, told, due, empty.block(), departments, remarks, now)
            if pack
            else _blocks(told, units, due, empty.block(), departments, remarks, now),
        },
        officer_id=officer_id,
        issued_at=now,
    )
    session.add(row)
    session.flush()
    for name in sorted({part for one in told for part in one["sets"].values()}):
        session.add(_frozen(row, name, counted.rows(name)))
    for name, rows in {**empty.rows, **(pack.rows if pack else {})}.items():
        session.add(_frozen(row, name, rows))
    session.flush()
    return row


def report(session: Session, jurisdiction_id: int, report_id: int) -> IssuedReport:
    """Raises NotFound ``report``."""
    found = session.scalar(queries.report(jurisdiction_id, report_id))
    if found is None:
        raise _missing(report_id)
    return found


def frozen_rows(session: Session, jurisdiction_id: int, report_id: int, row_set: str) -> list[dict[str, Any]]:
    """The rows as they were at issue. Raises NotFound ``report``; Invalid ``rows-altered`` when they no
    longer have the hash that they were stored with."""
    found = session.scalar(queries.rows(jurisdiction_id, report_id, row_set))
    if found is None:
        raise _missing(report_id)
    content = zlib.decompress(found.content)
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise Invalid(
            "rows-altered",
            zh="该报告留存的明细与其校验值不符，请联系管理员核查数据库。",
            en="The frozen rows no longer match their hash; ask the administrator to check the database.",
        )
    rows: list[dict[str, Any]] = json.loads(content)
    return rows


def _missing(report_id: int) -> NotFound:
    zh, en = "没有编号为 {id} 的报告，或其中没有这组明细。", "There is no report {id}, or no such rows in it."
    return NotFound("report", zh=zh, en=en, id=report_id)


def _named(kind: Kind, since: date) -> str:
    if kind == "monthly":
        return f"月通报（{since.year}年{since.month}月）"
    what = "季度例会材料" if kind == "meeting" else "季度报告"
    return f"{what}（{since.year}年第{'一二三四'[(since.month - 1) // 3]}季度）"


def _told(one: Indicator, now: Figure, before: Figure, year: Figure) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title.model_dump(),
        "formula": one.formula.model_dump(),
        "unit": one.unit.model_dump(),
        "numerator": now.numerator,
        "denominator": now.denominator,
        "value": now.value,
        "before": before.value,
        "last_year": year.value,
        "sets": {"numerator": one.numerator.set, "denominator": one.denominator.set},
    }


def _frozen(row: IssuedReport, name: str, rows: Sequence[dict[str, Any]]) -> ReportRows:
    plain = [{**one, "at": one["at"].isoformat() if one["at"] else None} for one in rows]
    content = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=float).encode()
    return ReportRows(
        jurisdiction_id=row.jurisdiction_id,
        report_id=row.id,
        row_set=name,
        count=len(plain),
        sha256=hashlib.sha256(content).hexdigest(),
        content=zlib.compress(content, 6),
    )


def _blocks(
    told: Sequence[dict[str, Any]],
    units: Sequence[UnitFigures],
    due: Sequence[ClockLine],
    empty: Block,
    departments: dict[str, str],
    remarks: str,
    now: datetime,
) -> list[Block]:
    sections: list[tuple[str, list[Block]]] = [("评价指标", [tables.indicators(told)])]
    if units:
        rows = [
            [one.unit, str(one.found), str(one.closed), str(one.open), one.problem or "无"] for one in units
        ]
        head = ["单位", "发现", "办结", "在办", "存在问题"]
        sections.append(("无照经营监管情况（按单位）", [tables.table(head, [4, 1, 1, 1, 5], rows, "")]))
    sections += [("抄告部门期限办理", [tables.clocks(due, departments)]), ("清零清单（截至发布时）", [empty])]
    if remarks.strip():
        sections.append(("说明与要求", tables.paragraphs(remarks)))
    blocks: list[Block] = []
    for number, (title, parts) in zip(meeting.NUMERALS, sections, strict=False):
        blocks += [{"t": "h", "text": f"{number}、{title}"}, *parts]
    blocks.append({"t": "sign"})
    formulas = "；".join(f"{one['title']['zh']}＝{one['formula']['zh']}" for one in told)
    frozen = f"各数字的明细于{plain_day(local_day(now))}发布时留存，可在看板“报告”页查看。"
    blocks.append({"t": "note", "text": f"{frozen}指标公式：{formulas}。罚没金额不计入任何指标。"})
    return blocks
