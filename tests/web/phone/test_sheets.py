"""The sheets of the phone by keyboard: WCAG 2.2 AA, both languages, large type, and where the focus goes.

A refused service is corrected here too: its sheet is the same one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.web import axe
from tests.web.conftest import World, sign_in
from tests.web.phone.conftest import describe, items, ready, send, tab
from tests.web.test_documents import sign_on_screen, two_matters

pytestmark = pytest.mark.browser


def opened(page: Page, opener: Locator) -> Locator:
    """The sheet that a button opens, judged as it stands and in large type; the focus went into it."""
    expect(opener).to_be_enabled()
    opener.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog").last
    expect(sheet.locator(":focus")).to_have_count(1)
    axe.settled(page)
    found = axe.faults(page)
    axe.large(page, True)
    found += axe.misfits(page)
    axe.large(page, False)
    assert not found, "\n".join(found)
    return sheet


def closed(page: Page, opener: Locator, *, left: int = 0) -> None:
    """Escape (on a phone the way back) closes the sheet on top, and the focus is where it was opened."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(left)
    expect(opener).to_be_focused()


def looked(page: Page, opener: Locator, *, left: int = 0) -> None:
    opened(page, opener)
    closed(page, opener, left=left)


def refused(route: Route) -> None:
    fault = {"pointer": "/receiver", "detail": "谁签的名"}
    problem = {"status": 422, "code": "form-invalid", "title": "", "detail": "填写有误", "faults": [fault]}
    route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(problem))


def in_english(page: Page) -> None:
    page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("navigation").get_by_role("button", name="Nearby")).to_be_visible()


@pytest.fixture
def judged(phone: Callable[..., BrowserContext], world: World) -> Callable[[str], Page]:
    """The page of an officer, with axe in it."""

    def open_page(post: str) -> Page:
        context = phone()
        axe.install(context)
        page = context.new_page()
        sign_in(page, world.url, post, face="field")
        return page

    return open_page


def test_the_sheets_of_a_round_are_for_everyone(judged: Callable[[str], Page]) -> None:
    page = judged("inspector")
    ready(page)
    describe(page, "键盘小吃店")
    looked(page, page.get_by_role("button", name="其他行业"))
    send(page)
    expect(items(page, "received")).to_have_count(1)
    tab(page, "附近")
    page.get_by_role("button", name="今日应巡").click()
    skip = page.get_by_role("button", name="跳过", exact=True)
    opened(page, skip).get_by_role("button", name="修路进不去").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(skip).to_be_focused()
    for words in (
        {
            "due": "今日应巡",
            "door": "我在门口",
            "skip": "跳过",
            "matters": "待办",
            "step": "信息采集录入",
            "not": "不在我格",
        },
        {
            "due": "Round",
            "door": "At the door",
            "skip": "Skip",
            "matters": "To do",
            "step": "Enter",
            "not": "Not in my cell",
        },
    ):
        page.get_by_role("button", name=words["due"]).click()
        looked(page, page.get_by_role("button", name=words["door"], exact=True))
        looked(page, page.get_by_role("button", name=words["skip"], exact=True))
        tab(page, words["matters"])
        row = page.get_by_role("button", name=re.compile("键盘小吃店"))
        matter = opened(page, row)
        looked(page, matter.locator("button.act").first, left=1)
        looked(page, matter.get_by_role("button", name=words["not"]), left=1)
        closed(page, row)
        if words["door"] == "我在门口":
            in_english(page)
            tab(page, "Nearby")


def test_the_sheets_of_a_penalty_at_the_door_are_for_everyone(
    judged: Callable[[str], Page], world: World
) -> None:
    two_matters(world)
    page = judged("enforcement")
    tab(page, "待办")
    row = page.get_by_role("button", name=re.compile("当场小店"))
    matter = opened(page, row)
    matter.get_by_role("button", name="制发").first.click()
    looked(page, matter.get_by_role("button", name="当事人签名"), left=1)
    closed(page, row)
    in_english(page)
    matter = opened(page, row)
    looked(page, matter.get_by_role("button", name="Have it signed"), left=1)
    page.route("**/services", refused)
    sheet = opened(page, matter.get_by_role("button", name="Have it signed"))
    sign_on_screen(sheet.get_by_label("Signature"))
    sheet.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("dialog")).to_have_count(1)
    closed(page, row)
    tab(page, "Outbox")
    again = items(page, "refused").get_by_role("button", name="Correct and send")
    expect(again).to_be_visible()
    page.unroute("**/services")
    sheet = opened(page, again)
    expect(sheet.get_by_role("alert")).to_have_text("谁签的名")
    expect(sheet.get_by_role("button", name="Again")).to_be_visible()  # the signature is there
    sheet.get_by_label("Signed by").fill("张三之妻")
    with page.expect_response("**/services") as answer:
        sheet.get_by_role("button", name="Confirm").click()
    expect(items(page, "received")).to_have_count(1)
    assert answer.value.json()["services"][-1]["receiver"] == "张三之妻"
