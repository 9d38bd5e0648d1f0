"""The paper of a draw: rule, population, seed and sample, so that anybody can draw it again by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup import draws
from gridsup.calendars import local_day
from gridsup.documents.numerals import day_in_numerals, plain_day
from gridsup.people import queries as people
from gridsup.registry.record import home_of
from gridsup.spotchecks.model import SpotDraw

RISKS = {1: "全部", 2: "中等及以上", 3: "较高及以上", 4: "高"}


def paper(session: Session, row: SpotDraw, checks: Sequence[Any]) -> dict[str, Any]:
    """The data of the template ``paper``. ``checks``: rows of ``queries.checks`` of this draw."""
    j = row.jurisdiction_id
    home = home_of(session, j)
    officers = {row.officer_id, *(number for each in checks for number in _persons(each[0]))}
    officers |= {row.inspector_id} if row.inspector_id else set()
    names = {one.id: one.name for one in session.scalars(people.officers_by_id(j, officers))}
    bodies = {one.id: one for one in session.scalars(people.organisations(j, active_only=False))}
    bureau = next((one.name for one in bodies.values() if one.kind == "bureau"), home.name)
    station = bodies[row.station_id].name if row.station_id else "全部监管所"
    inspector = names[row.inspector_id] if row.inspector_id else "全部巡查人员"
    rule = (
        f"总体：{plain_day(row.since)}至{plain_day(row.until)}走访过的商户，每户取最近一次走访；{station}，{inspector}，"
        f"风险等级{RISKS[row.least_risk]}；截至{plain_day(local_day(row.drawn_at))}抽取时已收到的记录。"
    )
    how = (
        f"方法：对每条走访编号计算 SHA-256（“种子:编号”），按结果由小到大取前 {row.size} 条。"
        f"种子：{row.seed}。总体 {len(row.population)} 条，编号由小到大以逗号相连后的 SHA-256："
        f"{row.population_hash}。任何人用同一种子和总体重抽，结果相同。"
    )
    head = ["序", "走访编号", "排序值", "商户", "走访日期", "巡查人", "督查人"]
    rows = [
        [
            str(check.place),
            str(check.visit_id),
            draws.rank(row.seed, check.visit_id)[:8],
            " ".join(part for part in (check.record["code"], check.record["name"]) if part),
            plain_day(local_day(datetime.fromisoformat(check.record["at"]))),
            names.get(check.inspector_id, "—"),
            names.get(check.supervisor_id, "—"),
        ]
        for check, *_ in checks
    ]
    return {
        "layout": "form",
        "red": False,
        "bureau": bureau,
        "title": "督查抽查名单",
        "number": row.title,
        "day": day_in_numerals(local_day(row.drawn_at)),
        "demo": home.demo,
        "draft": False,
        "blocks": [
            {"t": "p", "text": rule},
            {"t": "p", "text": how},
            {"t": "table", "head": head, "widths": [1, 2, 2, 6, 3, 2, 2], "rows": rows},
            {"t": "note", "text": f"抽取人：{names.get(row.officer_id, '—')}"},
        ],
    }


def _persons(check: Any) -> tuple[int, int]:
    return check.inspector_id, check.supervisor_id
