"""A spot check in the browser: drawn at the desk, made on a phone without a network, told to the manager."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from gridsup.patrols.service import VisitReport, record_visit
from gridsup.people.model import Officer
from tests.api.streets import photo
from tests.factories import JURISDICTION, business
from tests.web.conftest import PHONE, turn_to
from tests.web.phone.conftest import HERE

pytestmark = pytest.mark.browser


def test_a_visited_shop_is_drawn_visited_again_offline_and_found_to_differ(world, page_for) -> None:
    with world.session() as session:
        shop = business(session, world.made, name="督查样本店")
        report = VisitReport(
            key=uuid.uuid4(), at=datetime.now(UTC) - timedelta(hours=1), result="normal", business_id=shop
        )
        record_visit(session, world.made.officers["inspector"], report)
        name = session.get_one(Officer, (JURISDICTION, world.made.officers["dispatcher"])).name

    desk = page_for("manager", "desk")
    turn_to(desk, "指挥", "督查抽查")
    desk.get_by_role("button", name="新抽查").click()
    form = desk.get_by_role("dialog")
    form.get_by_label("名称").fill("浏览器抽查")
    form.get_by_role("combobox", name=re.compile("^督查人员")).fill(name)
    form.get_by_role("option", name=re.compile(name)).click()
    form.get_by_role("button", name="抽取", exact=True).click()
    expect(desk.locator("td", has_text="督查样本店")).to_be_visible()
    desk.get_by_role("button", name="重新抽取核对").click()
    expect(desk.get_by_text("重抽结果完全一致")).to_be_visible()

    coarse = {**HERE, "accuracy": 300}
    phone = page_for("dispatcher", "field", PHONE, geolocation=coarse, permissions=["geolocation"])
    phone.locator("[data-tab=matters]").click()
    phone.locator(".row", has_text="督查样本店").click()
    badge = phone.locator("[data-tab=matters] .badge")
    waiting = int(badge.inner_text())
    assert waiting > 0
    phone.context.set_offline(True)
    sheet = phone.get_by_role("dialog")
    expect(sheet.get_by_text("定位误差约 300 米，将注明")).to_be_visible()
    sheet.get_by_role("button", name="提交复访").click()
    expect(sheet.locator("#revisit .lacking").first).to_be_visible()
    expect(badge).to_have_text(str(waiting))
    sheet.get_by_role("button", name="不存在").click()
    sheet.get_by_label(re.compile("^从哪天起")).fill("2025-01-01")
    _, content = photo()
    shot = {"name": "shop.jpg", "mimeType": "image/jpeg", "buffer": content}
    sheet.locator("input[type=file]").first.set_input_files([shot])  # type: ignore[list-item]
    sheet.get_by_role("button", name="提交复访").click()
    expect(phone.get_by_text("督查复访 1 户")).to_have_count(0)
    if waiting > 1:
        expect(badge).to_have_text(str(waiting - 1))
    else:
        expect(badge).to_have_count(0)
    phone.locator("[data-tab=outbox]").click()
    expect(phone.locator("li[data-state=waiting]")).to_have_count(1)
    phone.context.set_offline(False)
    expect(phone.locator("li[data-state=received]")).to_have_count(1)

    desk.get_by_role("tab", name="差异清单").click()
    row = desk.locator("tr", has_text="督查样本店")
    expect(row).to_contain_text("未到现场嫌疑")
    expect(row).to_contain_text("待说明")
    row.get_by_role("button").first.click()
    expect(desk.get_by_role("dialog").get_by_text("定位误差约 300 米")).to_be_visible()
