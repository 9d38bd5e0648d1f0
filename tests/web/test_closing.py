"""Papers that did not reach the party: of a measure that has ended, and of somebody who cannot be found."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from gridsup.procedures.hashing import SHANGHAI
from tests.db.enforcement.steps import LIST
from tests.db.procedures.trips import HANDED
from tests.web.conftest import World
from tests.web.test_documents import confirm
from tests.web.test_enforcement import PARTY, PLACE, Office, day, stands, step
from tests.web.test_trip import open_row, panel

pytestmark = pytest.mark.browser

THINGS = {"items": "冰柜一台", "place": "所内仓库", "conduct": "unlicensed"}
DECISION, RELEASE = "实施行政强制措施决定书", "解除行政强制措施决定书"


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    return Office(world)


def paper(page: Page, title: str) -> Locator:
    """The paper of that title in the open matter, not one that names it."""
    return panel(page).locator("li[data-paper]").filter(has=page.get_by_text(title, exact=True))


def test_a_case_is_closed_when_the_papers_of_its_lifted_seizure_are_served_or_void(
    page_for: Callable[..., Page], office: Office
) -> None:
    """PROC-77, AEL-24: named before the press; the measure has ended, its papers are served late or void."""
    office.now = datetime.now(UTC) - timedelta(days=3)
    case = office.case("解封小店")
    (held,) = office.do(case, "apply_seizure", "enforcement", THINGS).children
    office.do(held, "seize", "enforcement", LIST, "bureau_head")
    office.now += timedelta(days=1)
    office.do(held, "release", "enforcement", HANDED | {"ground": "innocent", "content": "已返还"})
    office.seal_image()
    desk, chief = page_for("enforcement", "desk"), page_for("station_head", "desk")
    for page in (desk, chief):
        open_row(page, "解封小店")
    panel(desk).locator(".refused summary").click()
    barred = panel(desk).locator(".refused li", has_text="终止调查")
    expect(barred).to_contain_text(
        re.compile("《实施行政强制措施决定书》.*待用印.*《解除行政强制措施决定书》")
    )

    for page in (desk, chief):
        panel(page).locator(".subject", has_text="查封、扣押").first.click()
        stands(page, "已解除")
    paper(chief, DECISION).get_by_role("button", name="用印", exact=True).click()
    confirm(chief, "用印")
    paper(chief, RELEASE).get_by_role("button", name="作废").click()
    confirm(chief, "作废", 理由="当事人下落不明，未交付")
    expect(paper(chief, RELEASE).get_by_text("作废理由：当事人下落不明，未交付")).to_be_visible()
    taken = paper(desk, DECISION)
    taken.get_by_role("button", name="送达").click()
    serving = desk.get_by_role("dialog")
    serving.get_by_role("button", name="取消").click()
    expect(serving).to_have_count(0)
    taken.get_by_role("button", name="送达").click()
    then = (office.now - timedelta(days=1)).astimezone(SHANGHAI)
    serving.get_by_label("送达时间").fill(then.strftime("%Y-%m-%dT%H:%M"))
    serving.get_by_text("邮寄", exact=True).click()
    serving.get_by_label("送达地点").fill("民权街道1号")
    serving.get_by_label("回执（凭证）号码").fill("EMS9")
    serving.get_by_role("button", name="确认送达").click()
    expect(taken.get_by_text(re.compile(rf"邮寄 · {then:%Y/%m/%d} {then:%H:%M}"))).to_be_visible()
    panel(desk).locator(".subject", has_text="行政处罚案件").click()
    step(desk, "终止调查", {"理由": "当事人没有违法行为"})
    stands(desk, "负责人批准")


def test_a_notice_that_no_other_way_serves_is_announced_at_its_paper(
    page_for: Callable[..., Page], office: Office
) -> None:
    """公告送达 (PROC-83): written at the paper, sealed, then published; and its matter goes on with it."""
    office.now = datetime.now(UTC) - timedelta(minutes=5)
    lost = office.open("rectification", "失联小店", PARTY | PLACE)
    notice = {"requirement": "清理通道", "term_end": day(60)}
    office.do(lost, "give_notice", "enforcement", notice)
    office.seal_image()
    desk, chief = page_for("enforcement", "desk"), page_for("station_head", "desk")
    open_row(desk, "失联小店")
    own = paper(desk, "责令限期整改通知书")
    own.get_by_role("button", name="拟制公告").click()
    confirm(desk, "拟制公告", 其他方式无法送达的情况="两次上门未见，邮件退回")
    expect(own.get_by_text(re.compile("送达公告 .*待用印"))).to_be_visible()
    open_row(chief, "失联小店")
    paper(chief, "送达公告").get_by_role("button", name="用印", exact=True).click()
    confirm(chief, "用印")
    public = paper(desk, "送达公告")
    public.get_by_role("button", name="发布公告").click()
    confirm(desk, "发布公告", 公告载体="本局公告栏")
    stands(desk, "通知书公告送达中")
    expect(own.get_by_text("公告送达中", exact=True)).to_be_visible()
    expect(own.get_by_text(re.compile("公告期至 .* 止"))).to_be_visible()
