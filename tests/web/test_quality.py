"""An appraisal in a real browser: issued by the manager, objected to by the inspector, answered, counted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import DESKTOP, World, turn_to

pytestmark = pytest.mark.browser


def test_an_appraisal_from_its_issue_to_the_answered_objection(
    page_for: Callable[..., Page], world: World
) -> None:
    manager = page_for("manager", face="board", size=DESKTOP)
    manager.on("dialog", lambda asked: asked.accept())
    manager.get_by_role("button", name="考核", exact=True).click()
    manager.get_by_role("button", name="试算").click()
    expect(manager.get_by_text("试算结果（未印发，不留存）")).to_be_visible()
    manager.get_by_role("button", name="印发考核").click()
    expect(manager.locator("[data-appraisal]")).to_have_count(1)

    inspector = page_for("inspector", face="desk", size=DESKTOP)
    turn_to(inspector, "管理", "我的考核")
    measure = inspector.locator("[data-measure=patrol_in_time]")
    expect(measure.locator(".formula")).to_contain_text("期末未超过巡查间隔的户数 ÷ 责任网格内的在营户数")
    measure.locator("button.row").click()
    measure.get_by_role("checkbox").first.check()
    measure.get_by_label("申诉理由").fill("当月停业装修")
    measure.get_by_role("button", name="对选中的 1 条提出申诉").click()
    expect(inspector.locator("[data-objection]")).to_contain_text("待答复")

    manager.reload()
    waiting = manager.locator(".waiting [data-objection]")
    expect(waiting).to_contain_text("当月停业装修")
    waiting.get_by_role("button", name="答复").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_label("答复意见").fill("核实属实")
    dialog.get_by_role("button", name="提交答复").click()
    expect(waiting).to_have_count(0)
    expect(manager.locator("tbody tr").filter(has_text="更正 +")).to_have_count(1)
    manager.get_by_role("button", name="English").click()
    expect(manager.get_by_role("columnheader", name="Points")).to_be_visible()
    assert not re.search(r"[\u4e00-\u9fff]", manager.locator("[data-panel=appraisals] form").inner_text())
