"""The manager's board in a real browser: choropleth, figures, period, live changes, export."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from gridsup.patrols.model import Visit
from gridsup.patrols.service import FindingReport, Position, report_finding
from gridsup.people.deputies import day_of
from gridsup.procedures.acting import Acting
from gridsup.registry.model import HouseholdCode
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST
from tests.web.conftest import DESKTOP, PHONE, World, until, wait_drawn

pytestmark = pytest.mark.browser

CELL_1, CELL_2 = "42010301-001", "42010301-002"


def found(world: World, name: str, *, days_ago: int = 0) -> int:
    """A finding of the inspector in cell 1; the id of its matter."""
    wire()
    report = FindingReport(
        key=uuid.uuid4(),
        found_at=datetime.now(UTC) - timedelta(days=days_ago, minutes=3),
        source="patrol",
        name=name,
        address="江汉区民权街道 5 号门前",
        facts={"operator_name": "王某", "scope": "早点"},
        position=Position(lon=WEST + 0.3 * SIDE, lat=SOUTH + 1.4 * SIDE),
    )
    with world.session() as session:
        _, answer = report_finding(session, Acting(world.made.officers["inspector"], "inspector"), report)
    return answer.matter_id


@pytest.fixture(scope="module")
def patrolled(world: World) -> World:
    """Of the three households in cell 1 one was visited 3 days ago and another 50; one in cell 2, 50 ago."""
    with world.session() as session:
        for code, days in ((CELL_1, (3, 50)), (CELL_2, (50,))):
            cell = world.made.cells[code]
            homes = session.scalars(
                select(HouseholdCode.business_id).where(HouseholdCode.cell_id == cell).order_by("id")
            ).all()
            for business_id, ago in zip(homes, days, strict=False):
                session.add(
                    Visit(
                        jurisdiction_id=world.made.jurisdiction_id,
                        officer_id=world.made.officers["inspector"],
                        business_id=business_id,
                        cell_id=cell,
                        at=datetime.now(UTC) - timedelta(days=ago),
                        result="normal",
                        key=uuid.uuid4(),
                    )
                )
    return world


@pytest.fixture
def board(page_for: Callable[..., Page], patrolled: World) -> Page:
    return page_for("manager", "board")


def figure(page: Page, name: str) -> Locator:
    return page.locator(f"[data-figure={name}]")


def count(page: Page, name: str) -> int:
    """A headline figure as a number, once it is there."""
    expect(figure(page, name).locator(".value")).to_have_text(re.compile(r"\d"))
    return int(re.sub(r"\D", "", figure(page, name).locator(".value").inner_text()))


def ask(page: Page, world: World, path: str, **query: str) -> Any:
    answer = page.request.get(f"{world.url}/api/board/{path}", params=query)
    assert answer.ok, answer.text()
    return answer.json()


def month_back() -> dict[str, str]:
    today = day_of(datetime.now(UTC))
    return {"since": (today - timedelta(days=29)).isoformat(), "until": today.isoformat()}


DRAWN = "boardMap.queryRenderedFeatures({layers: ['cells-fill']})"


def coloured(page: Page) -> dict[str, dict[str, Any]]:
    """Code → what the map knows of the cell that it has drawn."""
    wait_drawn(page, "boardMap", "cells-fill", least=4)
    until(
        page,
        "() => boardMap.queryRenderedFeatures({layers: ['cells-fill']}).every((one) => one.state.colour)",
    )
    return page.evaluate(
        """() => Object.fromEntries(boardMap.queryRenderedFeatures({layers: ['cells-fill']})
             .map((one) => [one.properties.code, one.state]))"""
    )


def spot_of(page: Page, lon: float, lat: float) -> list[float]:
    """The pixel of the window at which the board's map shows a place."""
    return page.evaluate(
        """([lon, lat]) => {
             const spot = boardMap.project([lon, lat]);
             const box = boardMap.getContainer().getBoundingClientRect();
             return [box.left + spot.x, box.top + spot.y];
           }""",
        [lon, lat],
    )


def test_the_choropleth_draws_every_cell_in_the_colour_of_its_coverage(board: Page, patrolled: World) -> None:
    known = ask(board, patrolled, "coverage", **month_back())["cells"]
    assert {one["code"]: one["visited"] for one in known if one["visited"]} == {CELL_1: 1}
    shown = coloured(board)
    assert {code: state["value"] for code, state in shown.items()} == pytest.approx(
        {one["code"]: one["coverage"] * 100 for one in known}
    )
    assert shown[CELL_1]["colour"] != shown[CELL_2]["colour"]
    legend = board.locator("[data-legend=coverage] li small")
    expect(legend).to_have_text(["3", "1"])

    board.get_by_role("button", name="排行").click()
    rows = board.locator("[data-panel=cells] ol li")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text(f"第1网格  {shown[CELL_1]['value']:.0f}%")


def test_the_headline_figures_are_those_of_the_api(board: Page, patrolled: World) -> None:
    found(patrolled, "数字摊点")
    board.reload()
    known, states = ask(board, patrolled, "coverage", **month_back()), ask(board, patrolled, "states")
    assert count(board, "households") == known["households"]
    assert count(board, "unlicensed") == sum(one["unlicensed"] for one in known["cells"])
    assert count(board, "debt") == known["due"]
    assert count(board, "open") == sum(one["count"] for one in states if not one["ended"]) > 0
    assert count(board, "overdue") == sum(one["overdue"] for one in states)
    share = f"{known['visited'] / known['households'] * 100:.1f}%"
    expect(figure(board, "coverage").locator(".value")).to_have_text(share)
    figure(board, "debt").get_by_role("button", name=re.compile(r"^[\d,]+$")).click()
    rows = board.get_by_role("dialog").locator("[data-total]")
    expect(rows).to_have_attribute("data-total", str(known["due"]))


def test_every_figure_says_what_it_counts_in_both_languages(board: Page) -> None:
    expect(board.get_by_role("heading", name="事项状态")).to_be_visible()
    board.get_by_role("button", name="English").click()
    expect(board.get_by_role("heading", name="Matters by state")).to_be_visible()
    for name in ("households", "unlicensed", "coverage", "debt", "open", "overdue"):
        figure(board, name).get_by_role("button", name=re.compile(r"^What ")).hover()
        expect(figure(board, name).get_by_role("tooltip")).to_be_visible()
        assert re.match(r"[A-Z][ -~]{30,}", figure(board, name).get_by_role("tooltip").inner_text())


def test_another_period_changes_the_figures_and_the_address_keeps_it(board: Page, patrolled: World) -> None:
    expect(figure(board, "coverage")).to_contain_text("已巡 1 户")
    since = (day_of(datetime.now(UTC)) - timedelta(days=60)).isoformat()
    wait_drawn(board, "boardMap", "cells-fill", least=4)
    board.get_by_label("开始日期").fill(since)
    board.get_by_label("开始日期").dispatch_event("change")
    expect(figure(board, "coverage")).to_contain_text("已巡 3 户")
    until(board, f"() => {DRAWN}.filter((one) => one.state.value > 0).length >= 2")
    assert f"since={since}" in board.url
    board.reload()
    expect(figure(board, "coverage")).to_contain_text("已巡 3 户")
    board.get_by_role("button", name="近30天").click()
    expect(figure(board, "coverage")).to_contain_text("已巡 1 户")


def test_a_finding_reported_meanwhile_moves_the_figures_without_reload(board: Page, patrolled: World) -> None:
    expect(board.get_by_text("实时")).to_be_visible()
    before = count(board, "open")
    board.get_by_role("button", name="发现密度").click()
    density = max(state["value"] for state in coloured(board).values())
    board.evaluate("window.same = true")
    found(patrolled, "实时摊点")
    expect(figure(board, "open").locator(".value")).to_have_text(str(before + 1))
    until(
        board,
        f"(before) => {DRAWN}.some((one) => one.state.value > before)",
        density,
    )
    month = f"{day_of(datetime.now(UTC)):%Y-%m}"
    findings = ask(board, patrolled, "trend", **month_back())[-1]["findings"]
    expect(board.locator(f"[data-flow=findings] [data-month='{month}']")).to_have_text(str(findings))
    assert board.evaluate("window.same"), "the page was not loaded again"
    board.locator(f"[data-flow=findings] [data-month='{month}'] button").click()
    dialog = board.get_by_role("dialog")
    expect(dialog.locator("[data-total]")).to_have_attribute("data-total", str(findings))
    dialog.get_by_role("button", name="地图").click()
    wait_drawn(board, "rowsMap", "rows")
    board.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    board.get_by_role("button", name="热点", exact=True).click()
    board.get_by_role("button", name="六边形").click()
    board.get_by_label("边长").select_option("100")
    expect(board.locator("[data-legend=hexagons]")).to_contain_text("边长 100 米")
    wait_drawn(board, "boardMap", "hexagons-fill", least=20)
    grid = ask(board, patrolled, "hexagons", side="100", **month_back())["hexagons"]
    ring = next(one["ring"] for one in grid if one["findings"])[:6]
    middle = [sum(corner[axis] for corner in ring) / 6 for axis in (0, 1)]
    board.mouse.click(*spot_of(board, *middle))
    dialog = board.get_by_role("dialog", name=re.compile("六边形（边长 100 米）"))
    listed = int(dialog.locator("[data-total]").get_attribute("data-total") or 0)
    expect(dialog.locator("tbody tr")).to_have_count(listed)
    expect(dialog.locator("tbody a", has_text="实时摊点").first).to_be_visible()
    board.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    state = board.locator("[data-panel=states] .count a").first
    shown = int(state.inner_text())
    state.click()
    board.wait_for_url(re.compile(r"/desk/#.*pack=\w+&state=\w+"))
    expect(board.locator("[data-row]")).to_have_count(shown)


def test_a_cell_tells_its_figures_and_leads_to_the_desk(board: Page, patrolled: World) -> None:
    coloured(board)
    (row,) = [one for one in ask(board, patrolled, "coverage")["cells"] if one["code"] == CELL_1]
    board.mouse.click(*spot_of(board, WEST + 0.5 * SIDE, SOUTH + 1.5 * SIDE))
    card = board.get_by_role("region", name="第1网格")
    expect(card).to_contain_text(f"在营户{row['households']}")
    expect(card).to_contain_text(f"1 · {100 / row['households']:.1f}%")
    expect(card.get_by_role("link", name="在指挥台查看")).to_have_attribute(
        "href", re.compile(rf"^/desk/#.*cell={patrolled.made.cells[CELL_1]}$")
    )
    card.get_by_role("button", name=re.compile(r"^1 · .*%")).click()
    dialog = board.get_by_role("dialog", name="巡查覆盖率 · 第1网格")
    expect(dialog.locator("[data-total]")).to_have_attribute("data-total", "1")
    dialog.get_by_role("button", name="关闭").click()
    expect(dialog).to_have_count(0)
    card.get_by_role("button", name="关闭").click()
    expect(card).to_have_count(0)


def test_the_overdue_list_leads_to_the_matter(board: Page, patrolled: World) -> None:
    matter = found(patrolled, "逾期摊点", days_ago=60)
    row = board.locator("[data-panel=overdue] a", has_text="逾期摊点").first
    expect(row).to_contain_text("逾期")
    expect(figure(board, "overdue").locator(".value")).to_have_text(re.compile(r"[1-9]"))
    row.click()
    board.wait_for_url(f"**/desk/#**matter={matter}**")


def test_a_list_to_be_empty_opens_with_its_filter_and_the_address_keeps_it(
    board: Page, patrolled: World
) -> None:
    matter = found(patrolled, "清零摊点", days_ago=60)
    board.reload()
    board.locator("[data-panel=lists] [data-list=findings]").click()
    board.wait_for_url("**/desk/#view=offenders&list=findings")
    row = board.get_by_role("button", name="清零摊点")
    expect(row).to_be_visible()
    stations = board.get_by_label("监管所", exact=True)
    expect(stations.locator("option")).not_to_have_count(1)
    stations.select_option(index=1)
    board.wait_for_url(re.compile(r"list=findings&station=\d+$"))
    board.get_by_label("抄告部门").select_option(value="D22")
    expect(board.get_by_role("status").filter(has_text="已清零")).to_be_visible()
    board.reload()
    expect(board.locator("[data-list=findings]")).to_have_attribute("aria-selected", "true")
    expect(board.get_by_role("status").filter(has_text="已清零")).to_be_visible()
    board.get_by_label("抄告部门").select_option(value="")
    row.click()
    board.wait_for_url(f"**/desk/#**matter={matter}**")


def test_the_exported_map_draws_without_any_request(
    board: Page, browser: Browser, patrolled: World, tmp_path: Path
) -> None:
    with board.expect_download() as download:
        board.get_by_role("link", name="导出热力图").click()
    file = tmp_path / "coverage.html"
    download.value.save_as(file)
    assert set(re.findall(r"https?://[\w.-]+", file.read_text(encoding="utf-8"))) <= {"http://www.w3.org"}
    context = browser.new_context(offline=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator("path.leaflet-interactive")).to_have_count(4)
    page.get_by_role("radio", name="热点 Hotspots").check()
    expect(page.locator("path.leaflet-interactive")).not_to_have_count(4)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


def test_an_address_that_brings_another_measure_to_the_open_board_is_asked_for(board: Page) -> None:
    panel = board.locator("[data-panel=cells]")
    expect(panel.get_by_role("button", name="巡查覆盖率", pressed=True)).to_be_visible()
    board.evaluate("location.hash = 'measure=hotspots&side=500'")
    expect(panel.get_by_role("combobox")).to_have_value("500")
    expect(panel.get_by_text("正在加载")).to_have_count(0)


def test_a_part_that_fails_says_so_and_can_be_asked_again(board: Page) -> None:
    board.route("**/api/events", lambda route: route.abort())
    board.route("**/api/board/workload*", lambda route: route.abort())
    board.reload()
    expect(board.get_by_text("未连接", exact=False).first).to_be_visible()
    panel = board.locator("[data-panel=workload]")
    expect(panel.get_by_role("alert")).to_contain_text("网络未连接")
    board.unroute("**/api/board/workload*")
    panel.get_by_role("button", name="重试").click()
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(panel.locator("tbody tr")).to_have_count(1)


def test_a_day_without_cells_is_said_in_words(board: Page, patrolled: World) -> None:
    board.goto(f"{patrolled.url}/board/#since=2019-01-01&until=2019-02-01")
    board.reload()
    expect(board.get_by_text("这一天没有有效的网格")).to_be_visible()
    expect(figure(board, "coverage").locator(".value")).to_have_text("–")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_board_never_scrolls_sideways(
    page_for: Callable[..., Page], patrolled: World, size: dict[str, int]
) -> None:
    page = page_for("manager", "board", size)
    coloured(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if size == DESKTOP:
        assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight"), "one screen"
