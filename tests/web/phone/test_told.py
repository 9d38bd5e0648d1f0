"""What the phone tells before and after: who receives what is urgent, and what to heed in a step."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import World, fill, sign_in
from tests.web.phone.conftest import describe, items, send, tab
from tests.web.test_enforcement import Office

pytestmark = pytest.mark.browser


def test_an_urgent_finding_says_before_and_after_who_receives_it(page: Page) -> None:
    """P10-S2: whatever day the test runs on, the reporter hears whether somebody is on duty."""
    told = page.locator("p.heed", has_text=re.compile("紧急情况.*由.*接收"))
    describe(page, "漏气小吃店")
    expect(told).to_have_count(0)
    page.locator("[data-fact=public_danger]").get_by_role("button", name="是").click()
    expect(told).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("p.heed", has_text="现在没有网络，发出后才知道由谁接收")).to_be_visible()
    page.context.set_offline(False)
    expect(told).to_be_visible()
    send(page)
    expect(items(page, "received").locator("p.heed")).to_have_text(re.compile("紧急情况.*由.*接收"))


def test_a_step_tells_what_to_heed_while_its_form_is_filled_in(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    """REG-43: a fine before an order to correct was refused, as on the desk; without a network it says so."""
    Office(world).case("罚款小店")
    page = phone().new_page()
    sign_in(page, world.url, "enforcement", face="field")
    tab(page, "待办")
    page.get_by_role("button", name=re.compile("罚款小店")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="调查终结").click()
    sheet = page.get_by_role("dialog", name="调查终结")
    fill(sheet, {"违法行为": "unlicensed", "拟罚款": "10000", "拒不改正": "否"})
    heed = sheet.locator("p.heed", has_text="须先责令改正")
    expect(heed).to_be_visible()
    page.context.set_offline(True)
    expect(sheet.locator("p.heed", has_text="没有网络")).to_be_visible()
    expect(heed).to_be_visible()
