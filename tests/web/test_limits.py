"""Limits set at the desk, a holiday notice previewed, and the lists that must be empty: each row opens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from gridsup.calendars import statutory_days
from tests import factories
from tests.web.conftest import World, turn_to

pytestmark = pytest.mark.browser


def test_a_limit_is_set_a_notice_previewed_and_an_offender_opened(
    page_for: Callable[..., Page], world: World
) -> None:
    with world.session() as session:
        factories.business(session, world.made, placed=False, name="无人管的店")
    desk = page_for("legal", "desk")
    turn_to(desk, "管理", "环节期限")
    row = desk.locator("tbody tr", has_text="信息采集录入")
    row.get_by_role("button", name="设定").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("数值").fill("4")
    dialog.get_by_label("理由").fill("局务会纪要")
    dialog.get_by_role("button", name=re.compile("保存为第 1 版")).click()
    expect(dialog).to_have_count(0)
    expect(row).to_contain_text("本局设定")
    expect(row).to_contain_text("4 个工作日")
    row = desk.locator("tbody tr", has_text="书面告知许可部门")
    row.get_by_role("button", name="设定").click()
    dialog.get_by_label("数值").fill("6")
    dialog.get_by_label("理由").fill("放宽")
    dialog.get_by_role("button", name=re.compile("保存为第")).click()
    expect(desk.get_by_text("法定期限为5个工作日，本局只能缩短，不能延长")).to_be_visible()
    dialog.get_by_role("button", name="关闭").click()

    turn_to(desk, "管理", "工作日历")
    year = datetime.now(UTC).year + 1
    lines = [f"{day} {name} 休" for day, name in statutory_days(year).items()]
    desk.get_by_label("通知文号").fill("国办发明电〔2026〕7号")
    desk.get_by_label("放假与调休").fill("\n".join([*lines, "错行"]))
    desk.get_by_role("button", name="预览影响").click()
    expect(desk.get_by_text(re.compile(f"第 {len(lines) + 1} 行无法读取"))).to_be_visible()
    desk.get_by_label("放假与调休").fill("\n".join(lines))
    desk.get_by_role("button", name="预览影响").click()
    expect(desk.get_by_role("status").filter(has_text="变动")).to_be_visible()
    keeper = page_for("admin", "desk")
    turn_to(keeper, "管理", "工作日历")
    expect(keeper.get_by_role("button", name="预览影响")).to_be_visible()

    turn_to(desk, "指挥", "清零清单")
    desk.get_by_role("tab", name="商户无责任人").click()
    expect(desk.locator("tbody tr", has_text="无人管的店")).to_contain_text("未落入网格")
    desk.get_by_role("button", name="无人管的店").click()
    expect(desk.get_by_role("heading", name="无人管的店")).to_be_visible()
