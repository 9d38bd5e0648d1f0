"""One matter's whole trip through the three faces: found on the street, closed, and counted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.web.conftest import CLASSIFIED, PHONE, World, fill, sign_in, until
from tests.web.phone.conftest import HERE, capture, picture, ready, send, tab, write_report
from tests.web.test_board import count, figure

pytestmark = pytest.mark.browser

NAME = "闭环摊点"


def panel(page: Page) -> Locator:
    return page.locator("aside")


def open_row(page: Page, name: str, list_tab: str = "全部在办") -> Locator:
    """Open the first matter of that name from the queue; the side panel."""
    page.get_by_role("tab", name=list_tab).click()
    page.locator("[data-row]", has_text=name).first.click()
    return panel(page)


def take(page: Page, step: str, fields: dict[str, str] | None = None) -> None:
    """Take a step of the matter in the side panel."""
    panel(page).get_by_role("button", name=step, exact=True).click()
    dialog = page.get_by_role("dialog")
    fill(dialog, fields or {})
    dialog.get_by_role("button", name=step, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_finding_goes_all_the_way_through(
    page_for: Callable[..., Page], context_for: Callable[..., BrowserContext], world: World
) -> None:
    desk = page_for("dispatcher", "desk")
    desk.get_by_role("tab", name="全部在办").click()
    board = page_for("manager", "board")
    before = count(board, "open")
    phone = context_for(PHONE, geolocation=HERE, permissions=["geolocation"]).new_page()
    sign_in(phone, world.url, "inspector", face="field")
    ready(phone)

    write_report(phone, NAME, picture("red"))
    send(phone)
    row = desk.locator("[data-row]", has_text=NAME)
    expect(row).to_be_visible()
    until(
        desk,
        "name => deskMap.queryRenderedFeatures({layers: ['pins-ring']})"
        ".some((pin) => pin.properties.title === name)",
        NAME,
    )
    expect(figure(board, "open").locator(".value")).to_have_text(str(before + 1))

    tab(phone, "待办")
    phone.get_by_role("button", name=re.compile(NAME)).click()
    phone.get_by_role("dialog").get_by_role("button", name="信息采集录入").click()
    capture(phone.get_by_role("dialog", name="信息采集录入"))

    open_row(desk, NAME)
    expect(panel(desk).get_by_role("button", name="分类", exact=True)).to_be_visible()
    take(desk, "分类", CLASSIFIED)
    take(desk, "抄告相关职能部门", {"抄告部门": "D10", "依据": "无证经营食品"})
    expect(panel(desk).get_by_text("已抄告").first).to_be_visible()
    panel(desk).locator(".subject", has_text="抄告").click()
    take(desk, "审核发出")
    expect(panel(desk).get_by_text(re.compile(r"监抄〔\d{4}〕\d{4}号")).first).to_be_visible()

    liaison = page_for("liaison", "desk")
    open_row(liaison, NAME, "待我处理")
    take(liaison, "签收")
    take(liaison, "反馈办理结果", {"办理结果": "not_licensed", "反馈内容": "已上门指导，暂不办证"})

    expect(panel(desk).get_by_role("button", name="验收（未取得许可）")).to_be_visible()
    take(desk, "验收（未取得许可）")

    tab(phone, "待办")
    phone.get_by_role("button", name=re.compile(NAME)).click()
    phone.get_by_role("dialog").get_by_role("button", name="复查：已停业").click()
    sheet = phone.get_by_role("dialog", name="复查：已停业")
    sheet.get_by_label("拍照").set_input_files(picture("green"))
    expect(sheet.locator("figure")).to_have_count(1)
    sheet.get_by_role("button", name="复查：已停业").click()

    open_row(desk, NAME)
    expect(panel(desk).get_by_text("已停业待反馈").first).to_be_visible()
    tab(phone, "待办")
    phone.get_by_role("button", name=re.compile(NAME)).click()
    phone.get_by_role("dialog").get_by_role("button", name="反馈", exact=True).click()
    sheet = phone.get_by_role("dialog", name="反馈")
    sheet.get_by_label("反馈内容").fill("现场已停止经营")
    sheet.get_by_role("button", name="反馈", exact=True).click()

    take(desk, "验收办结（已停业）")
    expect(panel(desk).get_by_text("已办结").first).to_be_visible()
    expect(figure(board, "open").locator(".value")).to_have_text(str(before))
