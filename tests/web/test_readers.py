"""Pages of joint work, delegation and procedures in a real browser: one trip over each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from gridsup.people.deputies import day_of
from gridsup.people.model import Delegation
from gridsup.procedures.model import Matter
from tests.factories import JURISDICTION, organisation
from tests.web.conftest import PHONE, World, turn_to

pytestmark = pytest.mark.browser
TODAY = day_of(datetime.now(UTC))


def test_a_step_of_a_procedure_is_pointed_out_without_colour(page_for: Callable[..., Page]) -> None:
    page = page_for("dispatcher", "desk")
    turn_to(page, "管理", "流程图解")
    page.locator("header select").first.select_option("escalation")
    transfer = page.get_by_role("row").filter(has_text="移送效能办督办")
    expect(transfer).to_contain_text("P10-S4")
    expect(page.get_by_text("⚠ 未核对原文").first).to_be_visible()
    number = transfer.get_by_role("button")
    number.click()
    expect(number).to_have_attribute("aria-pressed", "true")
    mine = page.locator(f'.drawing path[data-acts="{number.inner_text()}"]')
    expect(mine).to_have_css("stroke-width", "3px")
    expect(page.locator('.drawing path[data-acts="1"]')).to_have_css("opacity", "0.12")


def test_a_meeting_is_convened_and_a_resolution_recorded(page_for: Callable[..., Page], world: World) -> None:
    page = page_for("dispatcher", "desk")
    turn_to(page, "协同", "联席会议")
    page.get_by_role("button", name="召集会议").click()
    for label, text in (
        ("会议名称", "联席会议"),
        ("会议日期", TODAY.isoformat()),
        ("地点", "区政府"),
        ("召集人", "王副区长"),
        ("议程", "安排任务"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("会议类别").select_option("regular")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("button", name="登记召开情况").click()
    page.get_by_label("会议记录").fill("各单位汇报")
    page.get_by_label("结转事项的新期限").fill((TODAY + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("button", name="登记议定事项").click()
    page.get_by_role("textbox", name="议定事项").fill("排查沿街店铺")
    page.get_by_label("责任单位").select_option(index=1)
    page.get_by_label("完成期限").fill((TODAY + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="排查沿街店铺")).to_contain_text("落实中")
    expect(page.get_by_text("今年已召开 1 次")).to_be_visible()
    with world.session() as session:
        packs = set(session.scalars(select(Matter.pack).where(Matter.jurisdiction_id == JURISDICTION)))
    assert {"joint_conference", "conference_resolution"} <= packs


def test_a_letter_is_recorded_announced_and_read(page_for: Callable[..., Page], world: World) -> None:
    with world.session() as session:
        organisation(session, "street", "民族街", code="420103099", jurisdiction_id=JURISDICTION)
    page = page_for("legal", "desk")
    turn_to(page, "办案", "行政委托")
    page.get_by_role("button", name="登记委托书").click()
    page.get_by_label("委托书文号").fill("江委〔2026〕9号")
    page.get_by_role("dialog").locator("select").select_option(label="民族街")
    page.get_by_label("委托事项").fill("日常检查")
    page.get_by_label("行政检查权").check()
    page.get_by_role("dialog").locator("input[type=date]").nth(1).fill(
        (TODAY + timedelta(days=20)).isoformat()
    )
    page.get_by_label("委托机关签字人").fill("局长")
    page.get_by_label("受委托单位签字人").fill("主任")
    page.get_by_label("双方法律责任").fill("由委托机关承担")
    page.get_by_role("button", name="登记", exact=True).click()
    row = page.get_by_role("row").filter(has_text="江委〔2026〕9号")
    expect(row).to_contain_text("未公告，不得凭以办理")
    row.get_by_role("button", name="登记公告").click()
    page.get_by_label("公告载体").fill("区政府网站")
    page.get_by_role("dialog").get_by_role("button", name="登记公告").click()
    expect(row).to_contain_text("即将到期")
    row.get_by_role("button", name="公告文本").click()
    expect(page.get_by_role("dialog")).to_contain_text("行政执法委托公告（江委〔2026〕9号）")
    page.get_by_role("dialog").get_by_role("button", name="关闭").last.click()
    with world.session() as session:
        stored = session.scalars(select(Delegation).where(Delegation.jurisdiction_id == JURISDICTION)).all()
    assert [one.published_in for one in stored] == ["区政府网站"]
    _adjusted(page)


def _adjusted(page: Page) -> None:
    """Another matter is added by a letter of its own (委托调整); once announced it ends the earlier one."""
    page.locator("tbody tr", has_text="江委〔2026〕9号").get_by_role("button", name="调整").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("委托事项")).to_have_value("日常检查")  # it begins with what the letter says
    dialog.get_by_label("调整理由").fill("街道提出")
    dialog.get_by_label("调整书文号").fill("江委调〔2026〕1号")
    dialog.get_by_role("button", name="登记", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("没有调整内容")
    dialog.get_by_label("委托事项").fill("日常检查\n街面巡查")
    dialog.get_by_role("button", name="登记", exact=True).click()
    made = page.locator("tbody tr", has_text="调整 江委〔2026〕9号：委托事项")
    expect(made).to_contain_text("未公告，不得凭以办理")
    made.get_by_role("button", name="登记公告").click()
    page.get_by_label("公告载体").fill("区政府网站")
    page.get_by_role("dialog").get_by_role("button", name="登记公告").click()
    expect(page.locator("tbody tr", has_text="由 江委调〔2026〕1号 调整")).to_contain_text("已调整")
    expect(made).to_contain_text("日常检查；街面巡查")


def test_joint_pages_fit_a_phone(page_for: Callable[..., Page]) -> None:
    page = page_for("dispatcher", "desk", PHONE)
    for title in ("通报督办", "联合整治", "联席会议"):
        turn_to(page, "协同", title)
        expect(page.get_by_role("heading", name=title, exact=True, level=2)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
