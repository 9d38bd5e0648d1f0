"""The manager's indicators in a real browser: from a figure to its rows, its map, an issued report."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import DESKTOP, World

pytestmark = pytest.mark.browser


def test_from_an_indicator_to_rows_map_and_report(page_for: Callable[..., Page], world: World) -> None:
    page = page_for("manager", face="board", size=DESKTOP)
    page.get_by_role("button", name="评价指标").click()
    row = page.locator("[data-indicator=coverage_rate]")
    expect(row.locator(".formula")).to_contain_text("在营户数")
    row.get_by_role("button", name="在营户数").click()
    dialog = page.get_by_role("dialog", name="巡查覆盖率")
    total = int(dialog.locator("[data-total]").get_attribute("data-total") or 0)
    expect(dialog.locator("tbody tr")).to_have_count(total)
    expect(dialog.locator("tbody a").first).to_have_attribute("href", re.compile(r"^/desk/#.*business=\d+$"))
    dialog.get_by_role("button", name="关闭").click()

    row.locator("button.name").click()
    groups = page.locator("[data-panel=groups]")
    groups.get_by_role("button", name="网格").click()
    expect(groups.locator("li")).to_have_count(4)
    groups.get_by_role("button", name="在地图上看").click()
    expect(page.locator("[data-legend=indicator]")).to_contain_text("巡查覆盖率")
    assert "indicator=coverage_rate" in page.url
    page.get_by_role("button", name="热点", exact=True).click()
    expect(page.locator("[data-panel=cells]")).to_contain_text("热点分析至少需要 8 个网格", timeout=60_000)

    page.get_by_role("button", name="六边形").click()
    expect(page.locator("[data-panel=cells]")).to_contain_text("至少需要 8 个六边形")
    assert "side=500" in page.url

    page.get_by_role("button", name="报告", exact=True).click()
    page.get_by_label("说明与要求").fill("请各所加紧复查。")
    page.get_by_role("button", name="生成并发布").click()
    dialog = page.get_by_role("dialog", name="数字与明细")
    listed = dialog.locator("[data-frozen=list_businesses]")
    expect(listed.get_by_role("button")).to_have_count(1)
    now = listed.get_by_role("link", name="现在的清单")
    expect(now).to_have_attribute("href", "/desk/#view=offenders&list=businesses")
    issued = dialog.locator("[data-frozen=coverage_rate]")
    issued.get_by_role("button").last.click()
    expect(issued.locator("tbody tr")).to_have_count(total)
    issued.get_by_role("button", name="地图").click()
    expect(issued.get_by_role("application")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="PDF").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()
    form = page.locator("[data-panel=reports] form")
    assert not re.search(r"[\u4e00-\u9fff]", form.inner_text())
