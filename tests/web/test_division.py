"""Drafts of a division, past days, the workload simulator and rotation sheets, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from geoalchemy2.shape import from_shape
from playwright.sync_api import Page, expect
from shapely import LineString

from gridsup.cells.model import Road
from gridsup.db import transaction
from gridsup.redivision import service
from tests.factories import JURISDICTION, SIDE, SOUTH, WEST, officer
from tests.web.conftest import PHONE, World, turn_to, until, wait_drawn

pytestmark = pytest.mark.browser

CELL_OF = """([lon, lat]) => {
  const found = draftMap.queryRenderedFeatures(draftMap.project([lon, lat]), {layers: ['blocks-fill']});
  return found.length ? found[0].properties.cell : null;
}"""


def at(page: Page, name: str, columns: float, rows: float) -> list[float]:
    """Where a place of the square world lies in the window."""
    place: list[float] = page.evaluate(
        "([name, lon, lat]) => { const p = window[name].project([lon, lat]); const b = window[name]"
        ".getContainer().getBoundingClientRect(); return [b.left + p.x, b.top + p.y]; }",
        [name, WEST + columns * SIDE, SOUTH + rows * SIDE],
    )
    return place


def lies_in(page: Page, columns: float, rows: float, label: Any) -> None:
    """Wait until the block at a place is drawn as a block of that cell."""
    place = [WEST + columns * SIDE, SOUTH + rows * SIDE]
    until(page, f"([place, label]) => ({CELL_OF})(place) === label", [place, label])


def test_a_block_moves_to_the_neighbour_on_the_map_and_comes_back(
    page_for: Callable[..., Page], world: World
) -> None:
    street = LineString([(WEST + 0.5 * SIDE, SOUTH - SIDE), (WEST + 0.5 * SIDE, SOUTH + 3 * SIDE)])
    with transaction(world.clone.owner, JURISDICTION) as session:
        session.add(
            Road(
                jurisdiction_id=JURISDICTION,
                kind="primary",
                source="test",
                geom=from_shape(street, srid=4490),
            )
        )
    page = page_for("manager", "desk")
    turn_to(page, "网格", "网格划分")
    page.get_by_role("button", name="新建草案").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="民权所")).to_be_checked()
    dialog.get_by_role("button", name="建立草案").click()
    assert len({block["number"] for block in wait_drawn(page, "draftMap", "blocks-fill", least=6)}) == 6
    labels = {cell["title"]: cell["label"] for cell in wait_drawn(page, "draftMap", "draft-fill", least=4)}
    lies_in(page, 0.75, 1.5, labels["001"])
    page.mouse.click(*at(page, "draftMap", 0.75, 1.5))
    chosen = page.get_by_role("region", name="已选 1 个街区")
    chosen.get_by_role("button", name="002").click()
    lies_in(page, 0.75, 1.5, labels["002"])
    expect(page.get_by_text("第 2 版")).to_be_visible()
    expect(page.get_by_role("columnheader", name="修改前")).to_be_visible()
    page.get_by_role("tab", name="与现行比较").click()
    expect(page.get_by_text("0 户换责任人")).to_be_visible()
    page.keyboard.press("Control+z")
    lies_in(page, 0.75, 1.5, labels["001"])
    page.keyboard.press("Control+Shift+Z")
    lies_in(page, 0.75, 1.5, labels["002"])
    page.get_by_role("button", name="撤销").click()
    lies_in(page, 0.75, 1.5, labels["001"])
    with world.session() as session:
        (draft,) = service.listing(session, JURISDICTION, "open")
        service.split(session, draft, labels["001"], None, by=None)
    expect(page.get_by_text("您看到的是旧版")).to_be_visible()
    lies_in(page, 0.75, 1.5, labels["001"])
    page.get_by_role("button", name="载入最新版").click()
    until(
        page,
        "() => new Set(draftMap.queryRenderedFeatures({layers: ['draft-fill']})"
        ".map((cell) => cell.id)).size === 5",
    )
    page.get_by_role("button", name="生效…").click()
    expect(dialog.get_by_role("button", name="确认生效")).to_be_disabled()


def test_any_past_day_shows_as_history_and_a_cell_tells_its_own(
    page_for: Callable[..., Page], world: World
) -> None:
    page = page_for("dispatcher", "desk")
    wait_drawn(page, "deskMap", "cells-fill", least=4)
    page.get_by_label("查看某日的网格").fill("2019-06-01")
    expect(page.get_by_text("并非现状")).to_be_visible()
    until(
        page,
        "() => deskMap.areTilesLoaded() && !deskMap.queryRenderedFeatures({layers: ['cells-fill']}).length"
        " && deskMap.getLayoutProperty('businesses', 'visibility') === 'none'",
    )
    page.get_by_role("button", name="回到今天").click()
    wait_drawn(page, "deskMap", "cells-fill", least=4)
    page.mouse.click(*at(page, "deskMap", 0.75, 1.75))
    panel = page.locator("aside")
    expect(panel.get_by_role("heading", name="第1网格")).to_be_visible()
    expect(panel.get_by_text("未经过重划")).to_be_visible()
    printed = f"/api/cells/{world.made.cells['42010301-001']}/map.pdf"
    expect(panel.get_by_role("link", name="网格责任图")).to_have_attribute("href", printed)


def test_an_absence_moves_the_bars_and_nothing_else(page_for: Callable[..., Page], world: World) -> None:
    page = page_for("dispatcher", "desk")
    turn_to(page, "网格", "工作量推演")
    form = page.locator("header form")
    form.get_by_label("巡查员").last.select_option(str(world.made.officers["inspector"]))
    form.get_by_role("button", name="加入推演").click()
    expect(page.get_by_role("listitem").filter(has_text="缺勤")).to_be_visible()
    expect(page.locator(".loads details summary")).to_contain_text("工作如何转移 (4)")
    page.get_by_role("button", name="去掉").click()
    expect(page.locator(".loads details")).to_have_count(0)


def test_a_rotation_sheet_is_drawn_up_and_signed_on_the_phone(
    page_for: Callable[..., Page], world: World
) -> None:
    with transaction(world.clone.owner, JURISDICTION) as session:
        station = world.made.station_id
        taker = officer(session, "inspector", station, jurisdiction_id=JURISDICTION, name="接手人")
    desk = page_for("dispatcher", "desk")
    turn_to(desk, "网格", "轮岗交接")
    desk.get_by_role("button", name="制作交接单").click()
    form = desk.get_by_role("dialog")
    form.get_by_label("交出人").select_option(str(world.made.officers["inspector"]))
    form.get_by_label("42010301-002").check()
    form.get_by_label("接收人").select_option(str(taker))
    form.get_by_role("button", name="制作交接单").click()
    expect(desk.locator("aside").get_by_text("42010301-002").first).to_be_visible()
    phone = page_for("inspector", "field", PHONE)
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.locator("[data-tab=matters]").click()
    phone.get_by_role("button", name="轮岗交接单").click()
    phone.get_by_role("button", name="以交出人身份签字").click()
    expect(phone.get_by_role("dialog").get_by_text("打印")).to_be_visible()
    expect(desk.locator("tbody").get_by_text("✓")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
