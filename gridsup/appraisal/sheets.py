"""The sheet of an appraisal (考核表): one result on paper, with its objections and places to sign.

It tells what the line froze and what its answers gave back; sums and numbers of fines stand nowhere in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.appraisal import queries, service
from gridsup.appraisal.catalogue import STAGES, Catalogue
from gridsup.appraisal.model import Appraisal, AppraisalAnswer, AppraisalLine, AppraisalObjection
from gridsup.calendars import local_day
from gridsup.documents.numerals import day_in_numerals, plain_day
from gridsup.people import queries as people
from gridsup.registry.record import home_of
from gridsup.reports.tables import Block, table

Paper = dict[str, Any]
ASPECTS = {"time": "时限", "quality": "质量"}
SIGN = "\n\n\n签名：\n　　　　　年　　月　　日"
"""A box to write in and to sign."""


def sheets(
    session: Session, row: Appraisal, lines: Sequence[AppraisalLine], *, today: date
) -> dict[int, Paper]:
    """Line → its paper, as ``documents.typesetting`` and ``documents.word`` set it."""
    j = row.jurisdiction_id
    objections = session.scalars(queries.objections(j, [one.id for one in lines])).all()
    answers = session.scalars(queries.answers(j, [one.id for one in objections])).all()
    persons = {row.officer_id, *(one.officer_id for one in answers)}
    persons |= {one.officer_id for one in lines if one.officer_id is not None}
    officers = {one.id: one.name for one in session.scalars(people.officers_by_id(j, persons))}
    bodies = {one.id: one for one in session.scalars(people.organisations(j, active_only=False))}
    home = home_of(session, j)
    bureau = next((one.name for one in bodies.values() if one.kind == "bureau"), home.name)
    found: dict[int, Paper] = {}
    for one in lines:
        station = bodies[one.station_id].name if one.station_id in bodies else "—"
        whose = officers.get(one.officer_id or 0)
        own = [each for each in objections if each.line_id == one.id]
        found[one.id] = {
            "layout": "form",
            "red": False,
            "bureau": bureau,
            "title": "网格监管考核表",
            "number": f"{plain_day(row.since)}至{plain_day(row.until)}",
            "day": day_in_numerals(today),
            "demo": home.demo,
            "practice": home.practice,
            "draft": False,
            "name": f"{row.title} {whose or station}",
            "blocks": _blocks(row, one, whose, station, own, answers, officers, today),
        }
    return found


def _blocks(
    row: Appraisal,
    one: AppraisalLine,
    whose: str | None,
    station: str,
    own: Sequence[AppraisalObjection],
    answers: Sequence[AppraisalAnswer],
    officers: dict[int, str],
    today: date,
) -> list[Block]:
    known = service.catalogue_of(row)
    stands = service.standing(row, one, own, answers)
    grade = next((each.title.zh for each in known.grades if each.id == stands.grade), "—")
    issued = "" if stands.restored == 0 else f"（印发 {_points(one.total)}，申诉更正 +{stands.restored:.1f}）"
    issuer = officers.get(row.officer_id, "—")
    head = [
        ("考核对象", whose or f"{station}（全所）", "单位", station),
        ("得分", f"{_points(stands.total)}{issued}（满分 100）", "等次", grade),
        ("印发", f"{issuer}　{_day(row.issued_at)}", "申诉截止", _day(row.object_until)),
    ]
    columns = ["环节", "指标", "类别", "合格 ÷ 应计", "得分 / 分值", "扣分"]
    blocks: list[Block] = [
        {"t": "grid", "rows": [{"cells": list(cells), "tall": 0} for cells in head]},
        {"t": "h", "text": "一、各环节得分"},
        _stages(known, one),
        {"t": "h", "text": "二、各项指标"},
        table(columns, [3, 5, 2, 3, 3, 2], _rows(known, one), ""),
        {"t": "h", "text": "三、申诉与答复"},
        _objections(known, row, one, own, answers, officers, today),
    ]
    if row.remarks.strip():
        blocks.append({"t": "p", "text": f"说明：{row.remarks}"})
    signers = ["本人意见", "所负责人意见", "考核单位意见"] if whose else ["所负责人意见", "考核单位意见"]
    note = (
        "每项得分＝合格明细 ÷ 应计明细 × 分值；没有应计明细的项不计，其余折合为 100 分。各数字于印发时留存。"
        "罚没金额、处罚数量不计入任何指标（行政处罚法第七十四条）。"
    )
    boxes = table(signers, [1] * len(signers), [[SIGN] * len(signers)], "")
    return [*blocks, boxes, {"t": "note", "text": note}]


def _rows(known: Catalogue, one: AppraisalLine) -> list[list[str]]:
    found = []
    for measure in known.in_order():
        told = one.measures[measure.id]
        counted = told["rows"] > 0
        found.append(
            [
                known.stages[measure.stage].zh,
                measure.title.zh,
                ASPECTS[measure.aspect],
                f"{_count(told['ok'])} ÷ {told['rows']}" if counted else "无应计明细",
                f"{told['points']:.1f} / {told['weight']:.1f}" if counted else "—",
                f"{max(told['lost'], 0):.1f}" if counted else "—",
            ]
        )
    return found


def _stages(known: Catalogue, one: AppraisalLine) -> Block:
    """Points reached of those that counted: time, quality and both, a column for each stage."""

    def reached(stage: str, *aspects: str) -> str:
        of = [m.id for m in known.measures.values() if m.stage == stage and m.aspect in aspects]
        counted = [one.measures[name] for name in of if one.measures[name]["rows"]]
        if not counted:
            return "—"
        points, weight = (sum(each[part] for each in counted) for part in ("points", "weight"))
        return f"{points:.1f} / {weight:.1f}"

    lines = (("时限", ("time",)), ("质量", ("quality",)), ("合计", ("time", "quality")))
    rows = [[label, *(reached(stage, *aspects) for stage in STAGES)] for label, aspects in lines]
    head = ["得分 / 分值", *(known.stages[stage].zh for stage in STAGES)]
    return table(head, [3, *([3] * len(STAGES))], rows, "")


def _objections(
    known: Catalogue,
    row: Appraisal,
    one: AppraisalLine,
    own: Sequence[AppraisalObjection],
    answers: Sequence[AppraisalAnswer],
    officers: dict[int, str],
    today: date,
) -> Block:
    answer_of = {each.objection_id: each for each in answers}
    rows = service.frozen_rows(one)
    told = []
    for each in own:
        titles = [rows[each.measure][i]["title"] for i in each.rows[:3]]
        what = "、".join(titles) + (f"等 {len(each.rows)} 条" if len(each.rows) > len(titles) else "")
        answer = answer_of.get(each.id)
        if answer is None:
            said = f"待答复（{_day(each.answer_due_at)}前）"
        else:
            verdict = f"{len(answer.upheld)} 条成立" if answer.upheld else "不成立"
            said = f"{verdict}：{answer.words}（{officers.get(answer.officer_id, '—')}，{_day(answer.at)}）"
        told.append([known.measures[each.measure].title.zh, what, f"{each.reason}（{_day(each.at)}）", said])
    open_still = today < local_day(row.object_until)
    none = f"截至{plain_day(today)}没有申诉" + ("，申诉期未满。" if open_still else "。")
    return table(["指标", "明细", "申诉理由", "答复"], [3, 4, 5, 5], told, none)


def _points(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def _count(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"


def _day(at: Any) -> str:
    return plain_day(local_day(at))
