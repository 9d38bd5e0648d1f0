"""The dispatcher's desk in a real browser: what the map drew, what the queue shows, what a command does."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from gridsup.db import transaction
from gridsup.patrols.service import FindingReport, Position, report_finding
from gridsup.procedures.acting import Acting
from gridsup.wiring import wire
from tests.factories import JURISDICTION, SIDE, SOUTH, WEST, business
from tests.web.conftest import CLASSIFIED, DESKTOP, ON_MAP, PHONE, World, fill, turn_to, until, wait_drawn

pytestmark = pytest.mark.browser

COMPLETE = {
    "operator_name": "王某",
    "scope": "早点",
    "trade": "食品摊贩",
    "food": True,
    "food_stall": True,
    "catering": True,
    "occupies_road": False,
    "permit_required": True,
    "permit_status": "none",
    "business_licence_status": "none",
}


def found(world: World, name: str, *, cell: int = 3) -> int:
    """A finding by the inspector, complete enough to be captured; the id of its matter."""
    wire()
    column, row = [(0, 1), (1, 1), (0, 0), (1, 0)][cell - 1]
    report = FindingReport(
        key=uuid.uuid4(),
        found_at=datetime.now(UTC) - timedelta(minutes=3),
        source="patrol",
        name=name,
        address="江汉区民权街道 5 号门前",
        facts=COMPLETE,
        position=Position(lon=WEST + (column + 0.3) * SIDE, lat=SOUTH + (row + 0.4) * SIDE),
    )
    with world.session() as session:
        _, answer = report_finding(session, Acting(world.made.officers["inspector"], "inspector"), report)
    return answer.matter_id


def test_the_map_draws_cells_businesses_and_pins(page_for: Callable[..., Page], world: World) -> None:
    matter = found(world, "地图摊点")
    page = page_for("dispatcher", "desk")
    cells = wait_drawn(page, "deskMap", "cells-fill", least=4)
    assert {cell["code"] for cell in cells} == set(world.made.cells)
    until(page, f"id => ({ON_MAP})(['deskMap', 'pins-ring']).some((pin) => Number(pin.id) === id)", matter)
    page.evaluate("deskMap.jumpTo({zoom: 15})")
    assert wait_drawn(page, "deskMap", "businesses")


def test_a_finding_appears_without_reloading(page_for: Callable[..., Page], world: World) -> None:
    page = page_for("dispatcher", "desk")
    page.get_by_role("tab", name="全部在办").click()
    expect(page.get_by_text("实时")).to_be_visible()
    matter = found(world, "实时出现的摊点", cell=2)
    expect(page.get_by_role("button", name="实时出现的摊点")).to_be_visible()
    until(
        page,
        "id => window.deskMap?.getLayer('pins-ring')"
        " && deskMap.queryRenderedFeatures({layers: ['pins-ring']}).some((pin) => pin.id === id)",
        matter,
    )


def test_a_matter_tells_its_story_and_why_its_deadline_is_that_day(
    page_for: Callable[..., Page], world: World
) -> None:
    matter = found(world, "期限说明摊点")
    page = page_for("dispatcher", "desk")
    page.goto(f"{world.url}/desk/#tab=all&matter={matter}")
    page.reload()
    panel = page.locator("aside")
    expect(panel.get_by_role("heading", name="期限说明摊点")).to_be_visible()
    expect(panel.get_by_text("食品摊贩").first).to_be_visible()
    clock = panel.locator("details", has_text="书面告知许可部门")
    clock.locator("summary").click()
    expect(clock.get_by_text("起5个工作日（P9-N1")).to_be_visible()
    expect(clock.get_by_text("日历版本")).to_be_visible()


def test_a_command_moves_the_matter_and_a_missing_field_is_pointed_at(
    page_for: Callable[..., Page], world: World
) -> None:
    matter = found(world, "指令摊点")
    page = page_for("dispatcher", "desk")
    page.goto(f"{world.url}/desk/#matter={matter}")
    page.reload()
    panel = page.locator("aside")
    panel.get_by_role("button", name="分类", exact=True).click()
    fill(page.get_by_role("dialog"), CLASSIFIED)
    page.get_by_role("dialog").get_by_role("button", name="分类").click()
    expect(panel.get_by_text("待处置", exact=True)).to_be_visible()
    panel.get_by_role("button", name="抄告相关职能部门").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("依据")).not_to_have_value("")  # what allocation says of this trade
    dialog.get_by_label("依据").fill("")
    dialog.get_by_role("button", name="抄告相关职能部门").click()
    expect(dialog.locator(".why").first).to_be_visible()
    fill(dialog, {"抄告部门": "D10", "依据": "无证经营食品"})
    dialog.get_by_role("button", name="抄告相关职能部门").click()
    expect(panel.get_by_text("已抄告").first).to_be_visible()


def test_several_matters_are_commanded_at_once(page_for: Callable[..., Page], world: World) -> None:
    names = [f"批量摊点{number}" for number in range(3)]
    for name in names:
        found(world, name)
    page = page_for("dispatcher", "desk")
    page.get_by_role("tab", name="全部在办").click()
    for name in names:
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="批量下达").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("可办事项").select_option(label="分类")
    fill(dialog, CLASSIFIED)
    dialog.get_by_role("button", name="分类").click()
    expect(dialog.get_by_text("已办")).to_have_count(3)
    dialog.get_by_role("button", name="关闭").last.click()
    page.get_by_role("checkbox", name=names[0]).check()
    page.get_by_role("button", name="批量下达").click()
    dialog.get_by_label("可办事项").select_option(label="督促限期办照")
    dialog.get_by_text("是", exact=True).click()  # urgent: where it goes is told, on whatever day this runs
    expect(dialog.get_by_role("status")).to_contain_text(re.compile("民权所.*今天(上班|休息)"))


def test_a_call_is_registered_with_its_outside_number(page_for: Callable[..., Page], world: World) -> None:
    page = page_for("dispatcher", "desk")
    page.get_by_role("button", name="来电登记").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=outside_number]").fill("12315-2026-0001")
    dialog.locator("[name=name]").fill("来电反映的小吃店")
    dialog.locator("[name=address]").fill("江汉区民权街道 9 号")
    dialog.get_by_role("button", name="登记").click()
    expect(page.locator("aside").get_by_role("heading", name="来电反映的小吃店")).to_be_visible()
    turn_to(page, "台账", "无照台账")
    expect(page.get_by_text("12315-2026-0001")).to_be_visible()


def test_search_finds_by_pinyin_and_opens_the_file(page_for: Callable[..., Page], world: World) -> None:
    page = page_for("dispatcher", "desk")
    page.keyboard.press("/")
    page.get_by_role("search").get_by_role("combobox").fill("样例商户0032")
    page.get_by_role("search").get_by_role("option").first.click()
    expect(page.locator("aside").get_by_role("heading", name="样例商户0032")).to_be_visible()


def spot(page: Page, columns: float, rows: float) -> list[float]:
    """Where a place of the square world lies in the window."""
    return page.evaluate(
        "([lon, lat]) => { const p = deskMap.project([lon, lat]); const b = deskMap.getContainer()"
        ".getBoundingClientRect(); return [b.left + p.x, b.top + p.y]; }",
        [WEST + columns * SIDE, SOUTH + rows * SIDE],
    )


def carry(page: Page, to: list[float]) -> None:
    """From where the mouse stands to a point, held down, in steps as a hand does it."""
    page.mouse.down()
    page.mouse.move(*to, steps=5)
    page.mouse.up()


def test_unplaced_households_are_placed_by_a_drag_corrected_by_their_marker_or_clicked(
    page_for: Callable[..., Page], world: World
) -> None:
    with transaction(world.clone.owner, JURISDICTION) as session:
        business(session, world.made, name="待拖动小店", placed=False)
    page = page_for("dispatcher", "desk")
    wait_drawn(page, "deskMap", "cells-fill", least=4)
    turn_to(page, "指挥", "未落点")
    page.get_by_role("button", name="待拖动小店").hover()
    carry(page, spot(page, 1.4, 0.6))
    panel = page.locator("aside")
    expect(panel.get_by_text("42010301-004").first).to_be_visible()
    page.locator(".maplibregl-marker").hover()
    carry(page, spot(page, 1.4, 1.6))
    expect(panel.get_by_text("42010301-002").first).to_be_visible()
    page.locator("section.list").get_by_role("button", name="待落点小店").click()
    page.mouse.click(*spot(page, 0.6, 0.6))
    expect(panel.get_by_text("42010301-003").first).to_be_visible()


def test_the_ledger_carries_the_six_columns_of_the_seed(page_for: Callable[..., Page], world: World) -> None:
    found(world, "台账摊点")
    page = page_for("dispatcher", "desk")
    turn_to(page, "台账", "无照台账")
    expect(page.locator("thead th")).to_have_count(9)
    expect(page.locator("thead th").nth(5)).to_be_visible()  # the page comes in sight as one
    heads = page.locator("thead th").all_inner_texts()
    assert heads[:6] == ["经营者姓名", "经营范围", "经营地址", "开业日期", "前置情况", "处置情况"]
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_the_desk_speaks_english_too(page_for: Callable[..., Page]) -> None:
    page = page_for("dispatcher", "desk")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("tab", name="Waiting for me")).to_be_visible()
    page.get_by_role("button", name="中文").click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_desk_never_scrolls_sideways_and_its_menu_on_the_phone_closes(
    page_for: Callable[..., Page], world: World, size: dict[str, int]
) -> None:
    found(world, "不横滚摊点")
    page = page_for("dispatcher", "desk", size)
    wait_drawn(page, "deskMap", "cells-fill")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if size == PHONE:
        menu, tools = page.get_by_role("button", name="菜单"), page.locator("#top-tools")
        menu.click()
        expect(tools).to_be_visible()
        page.keyboard.press("Escape")
        expect(tools).to_be_hidden()
        expect(menu).to_be_focused()
        menu.click()
        page.mouse.click(100, 600)
        expect(tools).to_be_hidden()


def test_cells_take_the_colour_of_what_is_asked_and_the_legend_says_it(
    page_for: Callable[..., Page], world: World
) -> None:
    found(world, "着色摊点", cell=2)
    page = page_for("dispatcher", "desk")
    wait_drawn(page, "deskMap", "cells-fill", least=4)
    page.get_by_label("网格着色").select_option(label="到期与逾期")
    legend = page.locator("[data-legend=asked]")
    expect(legend).to_contain_text("均在期限内")
    expect(page).to_have_url(re.compile("tint=asked"))
    state = """() => { const m = window.deskMap; const of = (id) =>
        m.getFeatureState({source: 'cells', sourceLayer: 'cells', id}).colour;
        return m.queryRenderedFeatures({layers: ['cells-fill']}).map((f) => of(f.id)) }"""
    until(page, f"() => {{ const all = ({state})(); return all.length >= 4 && all.every(Boolean) }}")
    assert {"#a9d8bc"} <= set(page.evaluate(state)) <= {"#a9d8bc", "#f5c26b", "#e07a70", "#f7f9fa"}
    page.get_by_label("网格着色").select_option(label="不着色")
    expect(legend).to_have_count(0)


def test_matters_that_are_drawn_around_are_commanded_together(
    page_for: Callable[..., Page], world: World
) -> None:
    for name in ("圈内甲", "圈内乙"):
        found(world, name, cell=2)
    page = page_for("dispatcher", "desk")
    page.get_by_role("tab", name="全部在办").click()
    wait_drawn(page, "deskMap", "pins-ring")
    page.get_by_role("button", name="圈选").click()
    corners = [spot(page, *at) for at in [(1.02, 1.02), (1.98, 1.02), (1.98, 1.98), (1.02, 1.98)]]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in [*corners[1:], corners[0]]:
        page.mouse.move(*corner, steps=6)
    page.mouse.up()
    inside = page.evaluate(
        "([w, s, e, n]) => new Set(deskMap.querySourceFeatures('pins').filter((pin) => {"
        " const [x, y] = pin.geometry.coordinates; return x > w && x < e && y > s && y < n"
        " }).map((pin) => pin.id)).size",
        [WEST + 1.02 * SIDE, SOUTH + 1.02 * SIDE, WEST + 1.98 * SIDE, SOUTH + 1.98 * SIDE],
    )
    assert inside >= 2
    expect(page.locator("div.chosen strong")).to_have_text(f"已选 {inside} 件")
    page.get_by_role("button", name="批量下达").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"已选 {inside} 件")
