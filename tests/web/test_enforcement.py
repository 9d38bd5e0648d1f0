"""One matter of each kind of enforcement at its decisive clicks: notice, measures, decision, payment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gridsup.people import accounts
from gridsup.procedures import engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Answer, Header
from gridsup.procedures.hashing import SHANGHAI
from gridsup.wiring import wire
from tests.factories import JURISDICTION, officer
from tests.web.conftest import CLASSIFIED, PASSWORD, World, fill
from tests.web.test_desk import found
from tests.web.test_trip import open_row, panel, take

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PARTNER = "同行执法员"
PARTY = {"operator_name": "张三", "party_kind": "person", "conduct": "other", "basis": "相应法律"}
PLACE = {"address": "民权街道1号", "findings": "消防通道堵塞"}
TOLD = {
    "certificates_shown": True,
    "facts_told": "事实、理由、依据和权利",
    "continuing": True,
    "defence": "无",
}
NOTICE = {"content": "拟罚款一万元的事实、理由、依据和权利", "way": "direct", "receipt_no": "R1"}
SEIZED = {"措施": "seize", "场所、设施、财物清单": "冰柜一台"}
REPORT = {
    "report": "终结报告",
    "complex": False,
    "party_kind": "person",
    "conduct": "unlicensed",
    "continuing": True,
    "serious": False,
    "correction_refused": True,
    "proposed_fine": "10000",
}


def day(later: int = 0) -> str:
    """Today, or some days later, as a date field takes it."""
    return (datetime.now(SHANGHAI) + timedelta(days=later)).date().isoformat()


class Office:
    """Acts of the bureau's officers behind the desk, at a time of their own."""

    def __init__(self, world: World) -> None:
        wire()
        self.world, self.made, self.now = world, world.made, datetime.now(UTC) - timedelta(days=15)
        self.keys = 0
        with world.session() as session:
            for post in ("enforcement", "brigade"):
                home = self.made.station_id if post == "enforcement" else self.made.bureau_id
                self.made.officers[f"{post}_2"] = officer(session, post, home, name=f"{PARTNER}{post}")

    def key(self) -> str:
        self.keys += 1
        return f"office-{self.keys}"

    def acting(self, who: str) -> Acting:
        return Acting(self.made.officers[who], who.removesuffix("_2"))

    def open(self, pack: str, title: str, form: dict[str, Any]) -> int:
        crew = [self.made.officers["enforcement"], self.made.officers["enforcement_2"]]
        header = Header(title, station_id=self.made.station_id)
        with self.world.session() as session:
            return engine.open_matter(
                session,
                pack,
                self.acting("enforcement"),
                header,
                form,
                key=self.key(),
                crew=crew,
                now=self.now,
            ).matter_id

    def do(self, matter: int, action: str, who: str, form: dict[str, Any], *signers: str) -> Answer:
        """An act by two officers, and the signatures that it needs."""
        pair = [self.made.officers[one] for one in ("enforcement", "enforcement_2")]
        with self.world.session() as session:
            answer = engine.act(
                session,
                matter,
                action,
                self.acting(who),
                form,
                key=self.key(),
                expected_version=None,
                crew=pair if who == "enforcement" else (),
                now=self.now,
            )
            for signer in signers:
                answer = engine.sign(
                    session,
                    matter,
                    int(answer.proposal or 0),
                    self.acting(signer),
                    agreed=True,
                    key=self.key(),
                    expected_version=None,
                    now=self.now,
                )
            return answer

    def case(self, title: str) -> int:
        """A case that has been filed."""
        case = self.open("penalty_case", title, {"basis": "条例第四十三条", "operator_name": "张三"})
        self.do(case, "file_case", "enforcement", {"reason": "证据初步成立"}, "station_head", "bureau_head")
        return case


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    return Office(world)


def step(page: Page, name: str, fields: dict[str, str]) -> None:
    """Take a step in the side panel together with the partner."""
    panel(page).get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog")
    fill(dialog, fields)
    for confirmed in dialog.locator("label.confirm input").all():
        confirmed.check()
    if dialog.get_by_role("group", name=re.compile("^同办人员")).count():
        dialog.get_by_label(f"{PARTNER}enforcement").check()  # waits until the officers are there
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_have_count(0)


def stands(page: Page, state: str) -> None:
    expect(panel(page).get_by_text(state).first).to_be_visible()


def row(page: Page, title: str, state: str) -> None:
    """Open the matter of that title that stands there."""
    page.locator("[data-row]", has_text=title).filter(has_text=state).first.click()
    stands(page, state)


def test_the_handlers_take_the_decisive_steps_at_the_desk(
    page_for: Callable[..., Page], office: Office
) -> None:
    office.now = datetime.now(UTC) - timedelta(days=15)
    decided = office.case("待决小店")
    office.do(decided, "report_investigation", "enforcement", REPORT)
    office.do(decided, "review_pass", "legal", {"opinion": "同意"})
    office.do(decided, "notify", "enforcement", NOTICE)
    office.now = datetime.now(UTC) - timedelta(minutes=5)
    office.open("rectification", "整改小店", PARTY | PLACE)
    office.do(office.open("simple_penalty", "当场小店", PARTY), "inform", "enforcement", TOLD)
    office.case("取证小店")

    desk = page_for("enforcement", "desk")
    open_row(desk, "整改小店")
    step(desk, "送达整改通知书", {"整改要求": "清理通道", "整改期限届满之日": day(3)})
    stands(desk, "限期整改中")

    open_row(desk, "取证小店")
    step(desk, "先行登记保存", {"涉案物品": "炉具一台", "存放地点": "所内仓库"})
    unlicensed = {"违法行为": "unlicensed"}  # the law gives a power to seize for that
    step(desk, "申请查封、扣押", unlicensed | {"涉案物品": "冰柜一台", "存放地点": "所内仓库"})
    for kind, taken, fields, state in (
        ("先行登记保存", "紧急先行实施", {"物品清单": "炉具一台"}, "紧急保存待补批"),
        ("查封、扣押", "紧急查封、扣押", SEIZED, "紧急实施待补批"),
    ):
        row(desk, "取证小店", "调查取证")
        panel(desk).locator(".subject", has_text=kind).first.click()
        step(desk, taken, fields)
        stands(desk, state)

    open_row(desk, "待决小店")
    stands(desk, "待决定")
    step(desk, "作出处罚决定", {"处罚内容": "罚款一万元", "有待履行的内容": "是", "罚款（元）": "10000"})
    stands(desk, "负责人批准")

    open_row(desk, "当场小店")
    step(
        desk,
        "当场罚款",
        {"处罚种类": "fine", "罚款（元）": "100", "处罚内容": "罚款一百元", "当场交付": "signed"},
    )
    stands(desk, "罚款执行中")
    till = page_for("general", "desk")
    open_row(till, "当场小店")
    row(till, "当场小店", "待履行")
    step(
        till,
        "登记缴款",
        {"款项": "fine", "金额（元）": "100", "缴款日期": day(), "票据号码": "R2"},
    )
    step(till, "确认履行完毕", {"内容": "已缴清"})
    open_row(desk, "当场小店")
    stands(desk, "执行结束待结案")


def test_a_command_is_received_and_resistance_gets_the_brigade(
    page_for: Callable[..., Page], world: World
) -> None:
    """P10-S2: command, receipt; resistance, the brigade takes it on and reports, the chief confirms."""
    name = "顽抗摊点"
    found(world, name)
    with world.session() as session:
        member = officer(session, "brigade", world.made.bureau_id)
        accounts.create_account(
            session, JURISDICTION, member, "brigade", password=PASSWORD, must_change=False
        )
    desk, chief = page_for("dispatcher", "desk"), page_for("station_head", "desk")
    open_row(desk, name)
    take(desk, "分类", CLASSIFIED)
    take(desk, "督促限期办照", {"要求": "三十日内办理登记"})
    expect(panel(desk).get_by_text(re.compile(r"监指〔\d{4}〕\d+号")).first).to_be_visible()

    open_row(chief, name, "待我处理")
    take(chief, "签收督促办照指令")
    take(chief, "遇阻请求检查大队支援", {"阻力情况": "当事人锁门拒绝检查"})
    stands(chief, "限期办照中")

    brigade = page_for("brigade", "desk")
    open_row(brigade, name, "待我处理")
    take(brigade, "接办支援", {"支援安排（人员、时间）": "当日四人到场"})
    take(brigade, "反馈支援情况", {"支援情况": "当事人已配合检查"})
    stands(brigade, "支援完毕待确认")
    chief.get_by_role("tab", name="待我处理").click()
    row(chief, name, "支援完毕待确认")
    take(chief, "确认办结")
    stands(chief, "已办结")
