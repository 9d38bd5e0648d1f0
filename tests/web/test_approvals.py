"""待批 in the browser: read, return, sign, at once, for another; at the desk and on the phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from gridsup.people.deputies import day_of
from gridsup.procedures import engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Header
from tests.factories import officer
from tests.web.conftest import PHONE, World, turn_to

pytestmark = pytest.mark.browser
REASON = {"reason": "现场检查笔录和照片可以初步证明"}


def a_case(world: World, title: str) -> int:
    with world.session() as session:
        return engine.open_matter(
            session,
            "penalty_case",
            Acting(world.made.officers["enforcement"], "enforcement"),
            Header(title=title, station_id=world.made.station_id, assigned_org_id=world.made.station_id),
            {"basis": "条例第四十三条"},
            key=str(uuid4()),
        ).matter_id


def propose(world: World, case: int, action: str, crew: list[int] | None = None) -> None:
    acting = Acting(world.made.officers["enforcement"], "enforcement")
    with world.session() as session:
        engine.act(
            session, case, action, acting, REASON, key=str(uuid4()), expected_version=None, crew=crew or []
        )


def rows(page: Page) -> list[str]:
    return page.locator(".list li strong").all_inner_texts()


def test_proposals_are_read_returned_and_signed_at_the_desk_and_on_the_phone(
    page_for: Callable[..., Page], world: World
) -> None:
    with world.session() as session:
        second = officer(session, "enforcement", world.made.station_id)
    crew = [world.made.officers["enforcement"], second]
    case = a_case(world, "甲案")
    propose(world, case, "file_case", crew)
    for title in ("乙案", "丙案"):
        propose(world, a_case(world, title), "extend_verification")

    chief = page_for("station_head", "desk")
    turn_to(chief, "办案", "待批")
    picture = chief.get_by_role("img", name=re.compile("立案审批表，第 1 页"))
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 900
    assert rows(chief) == ["立案"]
    chief.keyboard.press("r")
    dialog = chief.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="退回", exact=True)).to_be_disabled()
    dialog.get_by_role("button", name="证据不足，请补充证据后再报。").click()
    dialog.get_by_role("button", name="退回", exact=True).click()
    expect(chief.get_by_text("没有等您签批的呈批")).to_be_visible()
    propose(world, case, "file_case", crew)  # it arrives by itself
    chief.locator(".list li button").click()
    expect(chief.get_by_text("证据不足，请补充证据后再报。").first).to_be_visible()
    chief.keyboard.press("a")
    dialog.get_by_role("button", name="同意", exact=True).click()
    expect(chief.get_by_text("没有等您签批的呈批")).to_be_visible()

    head = page_for("bureau_head", "desk")
    turn_to(head, "办案", "待批")
    expect(head.locator(".list li")).to_have_count(3)
    head.get_by_role("button", name="选中全部例行（2）").click()
    head.get_by_role("button", name="批量同意").click()
    head.get_by_role("dialog").get_by_role("button", name="批量同意").click()
    expect(head.get_by_text("已签批 2 件，未签批 0 件")).to_be_visible()
    head.get_by_role("dialog").get_by_role("button", name="关闭").last.click()
    expect(head.locator(".list li")).to_have_count(1)
    head.get_by_role("button", name="授权代签").click()
    head.get_by_role("button", name="新的授权").click()
    form = head.get_by_role("dialog")
    expect(form.get_by_role("checkbox", name=re.compile("^作出处罚决定"))).to_be_disabled()
    form.get_by_role("checkbox", name=re.compile("^立案 ")).check()
    manager = world.made.officers["manager"]
    form.get_by_label("被授权人").select_option(str(manager))
    form.get_by_label(re.compile("^至")).fill((day_of(datetime.now(UTC)) + timedelta(days=9)).isoformat())
    form.get_by_label("授权事由").fill("出差")
    form.get_by_role("button", name="授权并记录").click()
    expect(form.get_by_text("生效中")).to_be_visible()

    phone = page_for("manager", "desk", PHONE)
    turn_to(phone, "办案", "待批")
    phone.locator(".list li button", has_text="代").click()
    expect(phone.get_by_role("img", name=re.compile("立案审批表"))).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_role("button", name="同意", exact=True).click()
    phone.get_by_role("dialog").get_by_role("button", name="同意", exact=True).click()
    expect(phone.get_by_text("没有等您签批的呈批")).to_be_visible()
    expect(head.get_by_text("没有等您签批的呈批")).to_be_visible()

    propose(world, a_case(world, "丁案"), "file_case", crew)
    field = page_for("station_head", "field", PHONE)
    field.locator("nav button[data-tab=matters]").click()
    field.get_by_role("button", name="待批 1").click()
    expect(field.get_by_role("dialog").get_by_text("丁案")).to_be_visible()
