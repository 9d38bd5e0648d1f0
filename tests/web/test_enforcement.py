"""One matter of each kind of enforcement at its decisive clicks: notice, measures, decision, payment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gridsup.documents import seals
from gridsup.people import accounts
from gridsup.people.model import Jurisdiction
from gridsup.procedures import attachments, engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer
from gridsup.procedures.engine import Header
from gridsup.procedures.hashing import SHANGHAI
from gridsup.wiring import wire
from tests.db.procedures import trips
from tests.factories import JURISDICTION, officer
from tests.web.conftest import CLASSIFIED, PASSWORD, World, fill, turn_to
from tests.web.test_desk import found
from tests.web.test_documents import seal, sign_on_screen
from tests.web.test_trip import open_row, panel, take

pytestmark = pytest.mark.browser

PARTNER = "同行执法员"
PARTY = {"operator_name": "张三", "party_kind": "person", "conduct": "other", "basis": "相应法律"}
PLACE = {"address": "民权街道1号", "findings": "消防通道堵塞"}
TOLD = {
    "certificates_shown": True,
    "facts_told": "事实、理由、依据和权利",
    "continuing": True,
    "defence": "无",
}
NOTICE = {"content": "拟罚款一万元的事实、理由、依据和权利"}
UNSEALED = ("rectification_notice", "penalty_notice", "penalty_decision")
KEPT = {"数量": "1", "单位": "台", "保管人": "李四", "存放处": "所内仓库", "保管方式": "own"}
SEIZED = KEPT | {"措施": "seize"}
REPORT = trips.REPORT | trips.REFUSED | {"proposed_fine": "10000"}


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
            home = session.get_one(Jurisdiction, JURISDICTION)
            home.settings = {**home.settings, "seals": dict.fromkeys(UNSEALED, "none")}

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

    def performed(self, title: str) -> None:
        """A case whose fine of 10,000 yuan was decided, served and paid: it is to be published and closed."""
        case = self.case(title)
        self.do(case, "report_investigation", "enforcement", REPORT)
        self.do(case, "review_pass", "legal", {"opinion": "同意"})
        self.told(case)
        self.do(case, "waive_defence", "enforcement", {"content": "放弃", "statement_no": "1"})
        fine = {"content": "罚款一万元", "to_perform": True, "fine": "10000"}
        self.do(case, "decide", "enforcement", fine, "bureau_head")
        (execution,) = self.do(case, "serve", "enforcement", trips.BY_POST).children
        paid = {"kind": "fine", "amount": "10000", "paid_on": self.now.date().isoformat(), "receipt_no": "R3"}
        self.do(execution, "record_payment", "general", paid)
        self.do(execution, "confirm_performed", "general", {"content": "已缴清"})

    def seal_image(self) -> None:
        """A seal is registered; nothing where one is."""
        with self.world.session() as session:
            who = self.made.officers["general"]
            image = attachments.save(session, seal(), uploaded_by=who)
            seals.add(session, "演示印章", image.sha256, officer_id=who)

    def told(self, case: int) -> None:
        """The notice is written and served."""
        self.do(case, "notify", "enforcement", NOTICE)
        self.do(case, "serve_notice", "enforcement", trips.BY_POST)

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
    expect(dialog).to_be_visible()
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
    office.told(decided)
    office.now = datetime.now(UTC) - timedelta(minutes=5)
    office.open("rectification", "整改小店", PARTY | PLACE)
    office.do(office.open("simple_penalty", "当场小店", PARTY), "inform", "enforcement", TOLD)
    gathering = office.case("取证小店")

    desk = page_for("enforcement", "desk")
    open_row(desk, "整改小店")
    step(desk, "制发整改通知书", {"整改要求": "清理通道", "整改期限届满之日": day(3)})
    panel(desk).get_by_role("button", name="送达整改通知书", exact=True).click()
    serving = desk.get_by_role("dialog")
    serving.get_by_text("邮寄", exact=True).click()
    serving.get_by_label("回执（凭证）号码").fill("EMS1")
    serving.get_by_label(f"{PARTNER}enforcement").check()
    serving.get_by_role("button", name="确认送达").click()
    stands(desk, "限期整改中")

    open_row(desk, "取证小店")
    panel(desk).get_by_role("button", name="调查取证", exact=True).click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("笔录或取证情况").fill("房东称每日早市经营")
    office.now = datetime.now(UTC)
    office.do(gathering, "suspend", "enforcement", {"reason": "等待回函"}, "bureau_head")
    dialog.get_by_label(f"{PARTNER}enforcement").check()
    dialog.get_by_role("button", name="调查取证", exact=True).click()
    kept = panel(desk).get_by_role("region", name=re.compile("^“调查取证”没有办成"))
    expect(kept.get_by_text("房东称每日早市经营")).to_be_visible()  # a colleague was first; nothing is lost
    step(desk, "恢复调查", {"理由": "已收到回函"})
    kept.get_by_role("button", name="填好并接着办“调查取证”").click()
    expect(dialog.get_by_label("笔录或取证情况")).to_have_value("房东称每日早市经营")
    dialog.get_by_label(f"{PARTNER}enforcement").check()
    dialog.get_by_role("button", name="调查取证", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(kept).to_have_count(0)
    step(desk, "先行登记保存", {"涉案物品": "炉具一台", "存放地点": "所内仓库"})
    unlicensed = {"违法行为": "unlicensed"}  # the law gives a power to seize for that
    step(desk, "申请查封、扣押", unlicensed | {"涉案物品": "冰柜一台", "存放地点": "所内仓库"})
    for kind, taken, fields, state in (
        ("先行登记保存", "紧急先行实施", KEPT, "紧急保存待补批"),
        ("查封、扣押", "紧急查封、扣押", SEIZED, "紧急实施待补批"),
    ):
        row(desk, "取证小店", "调查取证")
        panel(desk).locator(".subject", has_text=kind).first.click()
        panel(desk).get_by_role("button", name=taken, exact=True).click()
        listed = "炉具一台" if kind == "先行登记保存" else "冰柜一台"
        expect(dialog.get_by_label("名称")).to_have_value(listed)  # as it was applied for
        expect(dialog.get_by_label(f"{PARTNER}enforcement")).to_be_checked()  # as in the case
        dialog.get_by_role("button", name="取消").click()
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
        {"处罚种类": "fine", "罚款（元）": "100", "处罚内容": "罚款一百元"},
    )
    stands(desk, "已决定待当场交付")
    panel(desk).get_by_role("button", name="当场交付决定书（罚款）", exact=True).click()
    expect(serving.get_by_text("邮寄", exact=True)).to_have_count(0)
    serving.get_by_label("送达地点").fill("现场")
    serving.get_by_role("textbox", name="收件人", exact=True).fill("张三")
    sign_on_screen(serving.get_by_label("收件人签名"))
    serving.get_by_label(f"{PARTNER}enforcement").check()
    serving.get_by_role("button", name="确认送达").click()
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


def test_a_decision_is_published_and_its_case_closed_into_one_file(
    page_for: Callable[..., Page], office: Office
) -> None:
    """公示规定; 程序规定 art. 77 and 78: publicity, closing with approval, 一案一卷 with what was issued."""
    office.now = datetime.now(UTC) - timedelta(days=15)
    office.performed("结案小店")
    desk, head = page_for("enforcement", "desk"), page_for("bureau_head", "desk")
    turn_to(desk, "办案", "处罚公示")
    desk.locator("tbody tr", has_text="结案小店").get_by_role("button").click()
    shown = {"公示平台": "credit_system", "公示网址": "gsxt", "公示的违法行为": "无照经营，罚款一万元"}
    step(desk, "公示", shown | {"未公示的内容": "住址", "公示期限": "long"})
    stands(desk, "公示中")

    panel(desk).locator(".subject", has_text="行政处罚案件").click()
    step(desk, "结案（已处罚）", {"内容": "履行完毕，材料齐全"})
    turn_to(head, "办案", "待批")
    head.locator(".list li button", has_text="结案小店").click()
    head.keyboard.press("r")
    dialog = head.get_by_role("dialog")
    dialog.get_by_label("意见").fill("缺罚款票据")
    dialog.get_by_role("button", name="退回", exact=True).click()
    expect(panel(desk).get_by_role("status").get_by_text("缺罚款票据")).to_be_visible()
    panel(desk).get_by_role("button", name="结案（已处罚）", exact=True).click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_label("内容")).to_have_value("履行完毕，材料齐全")  # as it was written
    dialog.get_by_role("button", name="结案（已处罚）", exact=True).click()
    head.locator(".list li button", has_text="结案小店").click()
    head.keyboard.press("a")
    head.get_by_role("dialog").get_by_role("button", name="同意", exact=True).click()
    stands(desk, "已结案")
    for volume, papers in (
        ("正卷", ["行政处罚决定书", "罚没款票据"]),
        ("副卷", ["案件审核表", "结案审批表"]),
    ):
        contents = panel(desk).locator("section", has_text=f"案卷目录 · {volume}")
        for paper in papers:
            expect(contents.get_by_text(re.compile(f"^{paper}")).first).to_be_visible()
    decision = panel(desk).get_by_role("link", name=re.compile("^行政处罚决定书.*号$"))
    issued = desk.request.get(f"{office.world.url}{decision.get_attribute('href')}")
    assert issued.headers["content-type"] == "application/pdf"
    assert "/documents/" in issued.url  # the paper as it was issued, not a draft of it
    for one in panel(desk).get_by_role("link", name="打印封面、目录和备考表").all():
        assert desk.request.get(f"{office.world.url}{one.get_attribute('href')}").body().startswith(b"%PDF")


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
