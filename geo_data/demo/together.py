"""Scenes of escalation and joint work: bulletins, the efficiency office, campaigns, the joint conference."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from geo_data.demo.cases import DEPUTY, DESK, HEAD
from geo_data.demo.stage import Scene, Stage, Who
from gridsup.jointwork import service
from gridsup.jointwork.candidates import group, operators
from gridsup.jointwork.service import Desk
from gridsup.people.model import Organisation
from gridsup.procedures.model import Matter

EFFICIENCY = Who("efficiency", "efficiency")
UNITS = [
    {"unit": "公安分局（演示）", "liaison": "张警官"},
    {"unit": "卫生健康局（演示）", "liaison": "李科长"},
    {"unit": "城市管理局（演示）", "liaison": "王队长"},
]


def desk(stage: Stage, who: Who = DESK) -> Desk:
    return Desk(stage.session, stage.ids.jurisdiction, stage.acting(who), stage.key(), stage.now)


def month_before(day: date, months: int) -> str:
    """``YYYY-MM`` so many months before a day."""
    for _ in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return f"{day:%Y-%m}"


def bulletins(stage: Stage) -> Scene:
    """Monthly bulletin → urge → efficiency office (P10-S4); the next bulletin waits for its approval."""
    yield stage.at(22, 9)
    month = month_before(stage.now.date(), 1)
    drafted = service.draft_bulletin(desk(stage), month).matter_id
    yield stage.at(21, 10)
    stage.act(drafted, "approve", DEPUTY, {"opinion": "同意印发。"})
    yield stage.at(20, 9)
    _, urged = service.issue_bulletin(desk(stage), drafted)
    stage.seal(stage.paper(drafted, "work_bulletin"), DESK)
    stations = _of_stations(stage, urged)
    told = {"content": "已逐件核对逾期事项，本周内办结，并安排专人每日核对期限（演示）。"}
    yield stage.at(14, 15)
    for matter, code in stations[:2]:
        stage.act(matter, "answer", Who("station_head", code), told, photos=1)
    yield stage.at(11, 10)
    if stations:
        finding = {"finding": "逾期事项已全部办结，核查属实（演示）。"}
        stage.act(stations[0][0], "find_rectified", DESK, finding)
    if len(stations) > 1:
        yield from _to_the_efficiency_office(stage, *stations[1])
    yield stage.at(1, 9)
    current = month_before(stage.now.date(), 1)
    if current != month:
        service.draft_bulletin(desk(stage), current, "请各单位重点清理逾期未反馈事项（演示）。")


def _to_the_efficiency_office(stage: Stage, matter: int, code: str) -> Scene:
    finding = {"rectified": "partial", "finding": "仍有两件逾期未办结（演示）。"}
    stage.act(matter, "find_unrectified", DESK, finding)
    yield stage.at(9, 10)
    stage.act(matter, "transfer", DESK, {"reason": "通报后整改不到位，移送效能办督办（演示）。"})
    yield stage.at(7, 10)
    stage.act(matter, "supervise", EFFICIENCY, {"requirement": "五日内办结并书面说明原因（演示）。"})
    yield stage.at(3, 10)
    told = {"content": "两件均已办结，已约谈承办人并调整分工（演示）。"}
    stage.act(matter, "answer_supervision", Who("station_head", code), told)


def _of_stations(stage: Stage, matters: list[int]) -> list[tuple[int, str]]:
    """The problems that stations answer for, with the code of the station."""
    j = stage.ids.jurisdiction
    rows = stage.session.execute(
        select(Matter.id, Organisation.code)
        .join(
            Organisation,
            (Organisation.jurisdiction_id == j) & (Organisation.id == Matter.assigned_org_id),
        )
        .where(Matter.jurisdiction_id == j, Matter.id.in_(matters), Organisation.kind == "station")
        .order_by(Matter.id)
    )
    return [(row.id, row.code) for row in rows]


def campaigns(stage: Stage) -> Scene:
    """The registration section's plans (P10-S5): one under way, one that waits for the bureau head."""
    yield stage.at(24, 9)
    first = _plan(stage, "春风行动：重点行业无证无照集中整治", 0)
    yield stage.at(23, 10)
    proposal = stage.act(first, "submit", DESK)
    stage.sign(proposal, DEPUTY)
    stage.sign(proposal, HEAD)
    stage.seal(stage.paper(first, "campaign_plan"), DESK)
    yield stage.at(14, 10)
    agreed = {"answer_no": f"演示政办函〔{stage.now.year}〕8号", "decided_by": "区政府分管领导（演示）"}
    stage.act(first, "agree", DESK, agreed | {"opinion": "同意，请抓紧组织。"})
    yield stage.at(6, 10)
    stage.act(first, "begin", DESK, {"units": UNITS, "last_day": stage.day(24)})
    yield stage.at(2, 10)
    second = _plan(stage, "校园周边无证无照经营联合整治", 1)
    yield stage.at(1, 10)
    proposal = stage.act(second, "submit", DESK)
    stage.sign(proposal, DEPUTY, opinion="情况属实，拟同意报区政府。")


def _plan(stage: Stage, name: str, nth: int) -> int:
    known = operators(stage.session, stage.ids.jurisdiction)
    shared = group(known, "trade", 2)  # a small city may have no two of a trade
    chosen = shared[nth % len(shared)].operators if shared else known
    form = {
        "name": f"{name}（演示）",
        "ground": "concentration",
        "harm": "health",
        "area": "全区",
        "matters": [one.matter_id for one in chosen[:8]],
        "reason": "该行业无证无照经营集中，单个部门难以根治，群众反映强烈（演示）。",
    }
    return service.draft_plan(desk(stage), form).matter_id


def applications(stage: Stage) -> Scene:
    """Written applications of member units: one under way, one new at the desk."""
    form: dict[str, Any] = {
        "department": "D06",
        "paper_no": f"演示卫申〔{stage.now.year}〕3号",
        "subject": "牙科诊室无证行医联合执法",
        "area": "民权街道、满春街道",
        "harm": "health",
        "industry_wide": True,
        "reason": "辖区多家口腔诊室无证行医，需多部门联合执法（演示）。",
    }
    yield stage.at(16, 9)
    first = service.apply(desk(stage), form).matter_id
    yield stage.at(14, 9)
    stage.act(first, "accept", DESK, {"decided_by": "联席会议办公室（演示）", "opinion": "同意。"})
    yield stage.at(8, 9)
    stage.act(first, "begin", DESK, {"units": UNITS, "last_day": stage.day(20)})
    yield stage.at(1, 15)
    more = {"department": "D02", "subject": "日租房治安与登记联合检查", "harm": "public_safety"}
    more |= {"paper_no": f"演示公申〔{stage.now.year}〕7号", "reason": "日租房集中，存在治安隐患（演示）。"}
    service.apply(desk(stage), form | more)


def conferences(stage: Stage) -> Scene:
    """The joint conference (P9-A1): one held, its resolutions followed up; the next one convened."""
    yield stage.at(40, 9)
    form = {
        "session": f"{stage.now.year}年第一次无证无照经营查处工作联席会议（演示）",
        "kind": "regular",
        "meeting_day": stage.days[36].isoformat(),
        "place": "区政府三楼会议室",
        "chair": "分管副区长（演示）",
        "agenda": "一、通报工作情况；\n二、研究校园周边整治；\n三、明确信息抄告时限。",
    }
    meeting = service.convene(desk(stage), form).matter_id
    stage.seal(stage.paper(meeting, "meeting_notice"), DESK)
    yield stage.at(36, 17)
    came = [{"unit": one["unit"], "person": one["liaison"], "present": True} for one in UNITS]
    record = {"attendance": came, "record": "会议通报了上半年情况，明确各单位分工和抄告时限（演示）。"}
    service.hold(desk(stage), meeting, record, stage.now.date() + timedelta(days=30))
    bodies = stage.ids.bodies
    made = [
        service.resolve(desk(stage), meeting, bodies[code], content, stage.now.date() + timedelta(days=days))
        for code, content, days in (
            ("D06", "一个月内摸清公共场所卫生许可情况并通报名单", 30),
            ("D02", "日租房信息每月抄告一次", 40),
            (stage.station(0), "完成校园周边无证餐饮排查", 75),
        )
    ]
    yield stage.at(34, 10)
    stage.act(meeting, "issue_minutes", DESK, {"minutes": "会议议定三项事项，由责任单位按期落实（演示）。"})
    stage.seal(stage.paper(meeting, "meeting_minutes"), DESK)
    yield stage.at(18, 10)
    stage.act(made[0].matter_id, "report_done", Who("liaison", "D06"), {"report": "名单已报送（演示）。"})
    yield stage.at(16, 10)
    stage.act(made[0].matter_id, "confirm", DESK)
    yield stage.at(12, 10)
    stage.act(made[1].matter_id, "report_done", Who("liaison", "D02"), {"report": "已抄告两期（演示）。"})
    yield stage.at(2, 9)
    again = {
        "session": f"{stage.now.year}年第二次无证无照经营查处工作联席会议（演示）",
        "meeting_day": (stage.city.today + timedelta(days=12)).isoformat(),
    }
    service.convene(desk(stage), form | again)
