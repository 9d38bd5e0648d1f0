"""Spot checks and urgings of the demo: some settled last month, some waiting for those who sign in."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from geo_data.demo.papers import photo_jpeg
from gridsup.calendars import SHANGHAI
from gridsup.people import queries as people
from gridsup.procedures import attachments
from gridsup.procedures.queries import Waiting
from gridsup.spotchecks import drawing, queries, service
from gridsup.spotchecks.compare import Seen
from gridsup.spotchecks.model import SpotCheck
from gridsup.urging import queries as clocks
from gridsup.urging import service as urging

SEED = "demo-2026"
KEYS = UUID("6a1f7a52-7a83-4a5e-9d0e-420103420103")
SUPERVISORS = ("supervision", "brigade")
SIZE, OWN_SIZE = 30, 4
"""Shops of the bureau's draw, and of the one over one inspector."""
AS_RECORDED = Seen(place="there", open="open", visited=True, note="与巡查记录一致（演示）")
DIFFERENT = {
    3: replace(AS_RECORDED, name="门头已换新名", note="经营者未变（演示）"),
    7: replace(AS_RECORDED, open="ended", note="邻户称已停业，未见转让告示（演示）"),
    11: replace(AS_RECORDED, missed=True, missed_what="后厨存放过期调料两瓶", note="已当场下架（演示）"),
    15: Seen(place="gone", note="铺面早已空置（演示）"),
    19: replace(AS_RECORDED, visited=False, note="经营者称当月无人上门（演示）"),
}
"""Among the visits recorded as in order: place → what the second visit saw; all others are as recorded."""
GONE = 15
EXPLAINED = {
    3: "走访时旧门头仍在，次周才更换。",
    11: "当日只查看前厅，未进后厨。",
    19: "当日由店员接待，经营者外出。",
}
RULED: dict[int, tuple[service.Ruling, str]] = {
    3: ("lifted", "门头更换有施工单为证，不计差错。"),
    11: ("upheld", "应查未查，按差错计。"),
    GONE: ("upheld", "逾期未说明，空置在走访之前，按未到现场计。"),
    19: ("lifted", "店员证实当日到场，不计差错。"),
}
REASON = "期限已过，请于两日内办结并说明原因（演示）。"
ANSWER = "当事人正在补齐材料，后日上午复查并反馈（演示）。"
URGED_EACH, URGED, ANSWERED = 2, 8, 3


def check_and_urge(session: Session, jurisdiction_id: int, today: date, inspector_id: int) -> None:
    """Last month's draw over the bureau, a fresh one over ``inspector_id``, and urgings of yesterday."""
    j, yesterday = jurisdiction_id, today - timedelta(days=1)
    manager = session.scalars(people.postings_on(j, yesterday, post="manager")).first()
    sent = sorted(
        one.officer_id
        for post in SUPERVISORS
        for one in session.scalars(people.postings_on(j, yesterday, post=post))
    )
    if manager is None or not sent:
        return
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    _last_month(session, j, month, manager.officer_id, sent)
    _this_week(session, j, today, manager.officer_id, sent, inspector_id)
    _urge(session, j, today, manager.officer_id)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def _last_month(session: Session, j: int, month: date, manager: int, sent: list[int]) -> None:
    rule = drawing.Rule(since=month - timedelta(days=30), until=month + timedelta(days=6), least_risk=2)
    title = f"{month.year}年{month.month}月督查抽查（演示）"
    found = _drawn(session, j, rule, title, SIZE, month + timedelta(days=7), manager, sent)
    in_order = [one for one in found if one.record["result"] == "normal"]
    place = {one.id: n for n, one in enumerate(in_order)}
    for one in found:
        n, day = place.get(one.id, -1), month + timedelta(days=8 + one.place % 5)
        seen = DIFFERENT.get(n, AS_RECORDED)
        if n == GONE:
            before = date.fromisoformat(one.record["day"]) - timedelta(days=12)
            seen = replace(seen, gone_since=before.isoformat())
        _visit_again(session, one, seen, _at(day, 10, one.place))
        if n in EXPLAINED:
            when = _at(day + timedelta(days=2), 9, one.place)
            service.explain(session, one.id, one.inspector_id, EXPLAINED[n], now=when)
        if n in RULED:
            ruling, reason = RULED[n]
            when = _at(day + timedelta(days=service.EXPLAIN_DAYS + 1), 15)
            service.rule(session, one.id, manager, ruling, reason, now=when)


def _this_week(
    session: Session, j: int, today: date, manager: int, sent: list[int], inspector_id: int
) -> None:
    """The first shop agrees, the second differs and waits for the inspector; the others are to be seen."""
    rule = drawing.Rule(
        since=today - timedelta(days=40), until=today - timedelta(days=4), inspector_id=inspector_id
    )
    day = today - timedelta(days=3)
    seen = (AS_RECORDED, replace(AS_RECORDED, open="ended", note="卷帘门紧闭，邻户称已停业（演示）"))
    found = _drawn(session, j, rule, "本周督查抽查（演示）", OWN_SIZE, day, manager, sent)
    for one, what in zip(found, seen, strict=False):
        _visit_again(session, one, what, _at(day + timedelta(days=1), 10, one.place))


def _drawn(
    session: Session, j: int, rule: drawing.Rule, title: str, size: int, day: date, by: int, sent: list[int]
) -> list[SpotCheck]:
    now = _at(day, 9)
    if not drawing.population(session, rule, now=now):
        return []
    row = drawing.draw(session, rule, title=title, size=size, supervisors=sent, by=by, seed=SEED, now=now)
    return [each[0] for each in session.execute(queries.checks(j, draw_id=row.id))]


def _visit_again(session: Session, one: SpotCheck, seen: Seen, at: datetime) -> None:
    """Nobody says of a shop found shut or gone that it was found open."""
    if one.record["result"] not in ("normal", "finding", "rectified") and seen is AS_RECORDED:
        seen = Seen(place="gone" if one.record["result"] == "not_found" else "there")
    photo = attachments.save(
        session, photo_jpeg(), uploaded_by=one.supervisor_id, caption_kind="demo", taken_at=at
    )
    told = service.Revisit(
        key=uuid5(KEYS, f"{one.jurisdiction_id}:{one.id}"),
        at=at,
        seen=seen,
        photos=[{"sha256": photo.sha256, "caption": "门头（演示）"}],
    )
    service.revisit(session, one.id, one.supervisor_id, told, now=at)


def _urge(session: Session, j: int, today: date, manager: int) -> None:
    """A few of each post's late clocks are urged; some answers have come."""
    now = _at(today - timedelta(days=1), 10)
    _, rows = urging.watched(session, clocks.Wanted(when="late"), limit=400, now=now)
    each: Counter[str] = Counter()
    runs: list[urging.Run] = []
    for row in rows:
        each[row.owner] += 1
        if each[row.owner] <= URGED_EACH and len(runs) < URGED:
            runs.append((row.matter_id, row.clock))
    if not runs:
        return
    urged = [one.urging for one in urging.urge(session, runs, REASON, manager, now=now) if one.urging]
    mine: list[tuple[Any, int]] = [(one, one.holder_id) for one in urged if one.holder_id is not None]
    for one, officer_id in mine[:ANSWERED]:
        towards = [Waiting(one.post, officer_ids=[officer_id])]
        urging.answer(session, one.id, officer_id, towards, ANSWER, now=now + timedelta(hours=5))
