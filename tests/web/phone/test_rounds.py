"""The inspector's phone on its rounds: the map, visits, findings, photos, another's cell, languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range

from gridsup.db import transaction
from gridsup.patrols.model import Visit
from gridsup.patrols.service import Position, VisitReport, record_visit
from gridsup.people.model import Assignment, Officer
from gridsup.registry.model import Business, Premises
from tests.chromium import FLAGS, chromium
from tests.factories import JURISDICTION, LONG_AGO, SIDE, SOUTH, WEST, business, organisation
from tests.web.conftest import (
    ON_MAP,
    PHONE,
    World,
    sign_in,
    turn_to,
    until,
    wait_drawn,
)
from tests.web.phone.conftest import (
    HERE,
    digest,
    findings,
    items,
    opened,
    picture,
    send,
    stored,
    tab,
    write_report,
)

pytestmark = pytest.mark.browser


def test_the_map_draws_my_cells_and_tells_in_which_one_i_stand(page: Page, world: World) -> None:
    here = f"({ON_MAP})(['fieldMap', 'mine-fill']).filter((one) => one.here).map((one) => one.code)"
    until(page, f"() => {here}.join() === '42010301-001'")
    expect(page.get_by_text("您在 42010301-001 第1网格")).to_be_visible()
    assert wait_drawn(page, "fieldMap", "me")
    assert wait_drawn(page, "fieldMap", "households")
    page.evaluate("fieldMap.jumpTo({zoom: 12.5})")
    wait_drawn(page, "fieldMap", "mine-fill", least=4)
    assert len(wait_drawn(page, "fieldMap", "households", least=12)) >= 12


TAPS = "() => { window.taps = 0; addEventListener('click', (e) => e.isTrusted && window.taps++, true); }"


def test_a_normal_visit_takes_two_taps_and_a_finding_four_and_the_camera(page: Page, world: World) -> None:
    page.evaluate(TAPS)
    page.get_by_role("button", name="我在门口 样例商户0010").click()
    page.get_by_role("button", name="正常").click()
    assert page.evaluate("taps") == 2
    row = page.locator("li", has_text="样例商户0010")
    expect(row.get_by_text("今日已走访")).to_be_visible()
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(1)
    with world.session() as session:
        (visit,) = session.scalars(select(Visit).where(Visit.jurisdiction_id == JURISDICTION)).all()
    assert visit.result == "normal"
    assert visit.accuracy_m == 8
    assert visit.device["accuracy_m"] == 8
    tab(page, "附近")
    page.evaluate("window.taps = 0")
    page.get_by_role("button", name="我在门口 样例商户0012").click()
    page.get_by_role("button", name="发现问题，上报").click()
    page.get_by_label("拍照").set_input_files(picture("purple"))
    page.get_by_role("button", name="餐饮", exact=True).click()
    send(page)
    expect(items(page, "received")).to_have_count(2)
    assert page.evaluate("taps") == 4
    assert len(findings(world, "样例商户0012")) == 1


def test_a_stop_passed_over_after_a_leap_says_so_before_it_is_kept_and_at_the_desk(
    page: Page, page_for: Callable[..., Page]
) -> None:
    page.context.set_geolocation({**HERE, "latitude": SOUTH + 8 * SIDE})  # type: ignore[arg-type]
    page.get_by_role("button", name="今日应巡").click()
    page.get_by_role("button", name="跳过", exact=True).click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text(re.compile("位置刚跳变约"))).to_be_visible()
    sheet.get_by_role("button", name="修路进不去").click()
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(1)
    desk = page_for("dispatcher", "desk")
    turn_to(desk, "台账", "跳过的走访点")
    row = desk.get_by_role("row").filter(has_text="修路进不去").first
    expect(row).to_contain_text(re.compile(r"距商户 \d+ 米.*位置 \d+ 秒内跳变约 \d+ 米"))


def test_an_unplaced_household_is_placed_from_its_door(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    name = "门口落点小店"
    with transaction(world.clone.owner, JURISDICTION) as session:
        community = organisation(
            session, "community", "民权社区", code="420103001001", jurisdiction_id=JURISDICTION
        )
        session.add(
            Assignment(
                jurisdiction_id=JURISDICTION,
                officer_id=world.made.officers["inspector"],
                community_id=community,
                during=Range(LONG_AGO, None),
            )
        )
        made = business(session, world.made, name=name, placed=False)
        one = session.get_one(Business, (JURISDICTION, made))
        session.execute(
            update(Premises)
            .where(Premises.jurisdiction_id == JURISDICTION, Premises.id == one.premises_id)
            .values(community_id=community)
        )
    page = opened(phone(), world)
    page.get_by_role("button", name="未落点").click()
    page.get_by_role("button", name=f"我在门口 {name}").click()
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="正常").click()
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(2)
    expect(page.get_by_text("42010301-001-").first).to_be_visible()


def test_a_finding_with_photos_is_reported_at_once(page: Page, world: World) -> None:
    photos = [picture("red"), picture("blue")]
    write_report(page, "在线摊点", *photos)
    figure = page.locator("figure").nth(1)
    figure.get_by_text("全景").click()
    expect(page.get_by_text("牵头部门")).to_be_visible()
    send(page)
    expect(items(page, "received")).to_have_count(1)
    expect(page.locator("[data-photo=received]")).to_have_count(2)
    (finding,) = findings(world, "在线摊点")
    assert finding.facts["food_stall"] is True
    assert finding.facts["occupies_road"] is False
    assert "made_on_site" not in finding.facts
    assert finding.accuracy_m == 8
    assert stored(world, *map(digest, photos)) == 2
    captions = page.locator("figcaption").all_inner_texts()
    assert [text.split()[0] for text in captions] == ["门头", "全景"]


def test_colleagues_and_the_household_that_is_meant_are_told_with_and_without_a_network(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    seen = datetime.now(UTC)
    place = Position(lon=WEST + 1.5 * SIDE, lat=SOUTH + 1.5 * SIDE, accuracy_m=8.0)
    with world.session() as session:
        report = VisitReport(key=uuid4(), at=seen, result="normal", position=place)
        record_visit(session, world.made.officers["enforcement"], report)
        colleague = session.get_one(Officer, (JURISDICTION, world.made.officers["enforcement"])).name
    page = opened(phone(), world)
    context = page.context
    page.get_by_role("button", name="同事 1").click()
    row = page.get_by_role("button", name=f"在地图上看{colleague}")
    expect(row).to_contain_text("42010301-002")
    expect(row).to_contain_text("955 米")
    row.click()
    (mark,) = wait_drawn(page, "fieldMap", "colleagues")
    assert mark["name"] == colleague
    until(page, "() => !fieldMap.isMoving()")
    page.locator("canvas.maplibregl-canvas").click()
    told = page.get_by_role("dialog", name=colleague)
    expect(told).to_contain_text("没有登记电话")
    told.get_by_role("button", name="关闭").click()
    expect(page.get_by_text("不记录轨迹")).to_be_visible()
    context.set_offline(True)
    expect(page.get_by_text("离线，同事位置截至")).to_be_visible()
    expect(row).to_be_visible()
    context.set_offline(False)
    tab(page, "上报")
    for offline in (False, True):
        context.set_offline(offline)
        page.get_by_role("button", name="新发现的经营者").click()
        page.get_by_label("名称或招牌").fill("样例商户0011")
        page.get_by_role("region", name="附近可能是同一户").get_by_role(
            "button", name="样例商户0011"
        ).first.click()
        expect(page.get_by_role("main").get_by_text("42010301-001-")).to_be_visible()
        page.get_by_role("button", name="换一户").click()


def test_a_matter_in_anothers_cell_is_handed_on_and_the_desk_decides(
    page: Page, page_for: Callable[..., Page], world: World
) -> None:
    write_report(page, "格外摊点")
    send(page)
    expect(items(page, "received")).to_have_count(1)
    tab(page, "待办")
    page.get_by_role("button", name=re.compile("格外摊点")).click()
    page.get_by_role("button", name="不在我格").click()
    expect(page.get_by_text("按位置仍在您的网格 42010301-001")).to_be_visible()
    page.get_by_role("button", name="在路对面").click()
    page.get_by_role("button", name="移交", exact=True).click()
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(2)

    desk = page_for("dispatcher", "desk")
    turn_to(desk, "指挥", "不在我格")
    desk.get_by_role("row", name=re.compile("格外摊点")).get_by_role("button", name="裁定").click()
    desk.get_by_label("裁定该事项属于").select_option(label="42010301-002 第2网格")
    desk.get_by_label("裁定理由").fill("以实地为准")
    desk.get_by_role("dialog").get_by_role("button", name="裁定").click()
    expect(desk.get_by_role("row", name=re.compile("格外摊点"))).to_have_count(0)
    matter = desk.request.get(f"{world.url}/api/matters/{findings(world, '格外摊点')[0].matter_id}").json()
    assert matter["cell_code"] == "42010301-002"


def test_every_target_is_large_enough_and_nothing_scrolls_sideways(page: Page, world: World) -> None:
    for size in ("normal", "large"):
        page.evaluate("size => document.documentElement.dataset.size = size", size)
        for name in ("附近", "上报", "待办", "发件箱"):
            tab(page, name)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            small = page.evaluate(
                """() => [...document.querySelectorAll('main button, label.chip, nav button, header button')]
                     .filter((one) => !one.closest('.maplibregl-map'))
                     .filter((one) => one.getBoundingClientRect().height > 0)
                     .filter((one) => one.getBoundingClientRect().height < 47.5)
                     .map((one) => one.textContent.trim())"""
            )
            assert small == [], name


def test_the_page_speaks_english_too(page: Page) -> None:
    page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("navigation").get_by_role("button", name="Nearby")).to_be_visible()
    tab(page, "Report")
    expect(page.get_by_role("button", name="A new operator")).to_be_visible()


def test_without_https_the_page_says_what_is_missing_and_still_records_a_visit(
    browser: Browser, world: World
) -> None:
    far = browser.browser_type.launch(
        executable_path=chromium(), args=[*FLAGS, "--host-resolver-rules=MAP station.test 127.0.0.1"]
    )
    try:
        page = far.new_context(viewport=PHONE, locale="zh-CN").new_page()
        url = world.url.replace("127.0.0.1", "station.test")
        sign_in(page, url, "inspector", face="field")
        expect(page.get_by_text("gridsup up --lan")).to_be_visible()
        page.get_by_role("button", name="我在门口 样例商户0040").click()
        page.get_by_role("button", name="正常").click()
        tab(page, "发件箱")
        expect(items(page, "received")).to_have_count(1)
    finally:
        far.close()
