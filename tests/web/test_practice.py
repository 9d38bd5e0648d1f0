"""The practice mode in a real browser: in, a step ticked by the record, the mark on every page, and out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web import axe
from tests.web.conftest import CLASSIFIED, PHONE, fill, unlock

pytestmark = pytest.mark.browser


def test_a_dispatcher_practises_and_returns_to_the_work(page_for: Callable[..., Page]) -> None:
    page = page_for("dispatcher", "desk")
    axe.install(page.context)
    page.get_by_role("button", name="练习", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="开始练习").click()
    band = page.get_by_role("complementary", name="练习模式")
    expect(band).to_contain_text("不计入真实业务")
    card = page.get_by_role("region", name="调度员：从来电到验收")
    expect(card.get_by_role("listitem")).to_have_count(5)
    expect(band).to_contain_text("0/5")

    page.get_by_role("tab", name="全部在办").click()
    page.locator("[data-row]", has_text="已采集录入").first.click()
    page.get_by_role("button", name="分类", exact=True).click()
    fill(page.get_by_role("dialog"), CLASSIFIED)
    page.get_by_role("dialog").get_by_role("button", name="分类").click()
    expect(band).to_contain_text("1/5")
    expect(card.get_by_text("已完成")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not axe.faults(page)

    # the same without a mouse: to the next row, select it, take a step of it, send a referral and undo it
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘快捷键")).to_contain_text("选中或取消选中")
    page.keyboard.press("Escape")
    row = page.locator("[data-row]", has_text="待处置").first
    row.focus()
    page.keyboard.press("x")
    expect(page.get_by_text("已选 1 件")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="抄告相关职能部门").click()
    fill(page.get_by_role("dialog"), {"抄告部门": "D06", "依据": "《无证无照经营查处办法》"})
    page.get_by_role("dialog").get_by_role("button", name="抄告相关职能部门").click()
    expect(page.get_by_role("button", name="抄告 · 待审核 →")).to_be_visible()
    page.get_by_role("button", name="撤销").first.click()
    fill(page.get_by_role("dialog"), {"理由": "部门选错了"})
    page.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(page.get_by_text("已撤回").first).to_be_visible()

    page.set_viewport_size(PHONE)
    page.goto(re.sub(r"/desk/.*", "/field/", page.url))
    unlock(page)
    expect(band).to_be_visible()
    band.get_by_role("button", name="结束练习").click()
    page.wait_for_url(re.compile("/desk/"))
    page.get_by_role("button", name="菜单").click()
    expect(page.get_by_role("button", name="练习", exact=True)).to_be_visible()
    expect(band).to_have_count(0)
