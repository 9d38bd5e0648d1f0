"""The things of a seizure on the desk: every hand of each, and a list that comes out even."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.db.enforcement.steps import LIST
from tests.db.enforcement.test_things import GOODS
from tests.db.procedures.trips import KEPT
from tests.web.conftest import World, fill
from tests.web.test_closing import THINGS
from tests.web.test_enforcement import PARTNER, Office, row
from tests.web.test_trip import open_row, panel

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    return Office(world)


def test_a_seized_thing_goes_to_a_store_and_no_end_leaves_one_out(
    page_for: Callable[..., Page], office: Office
) -> None:
    """AEL-26, AEL-28: from who keeps it to a third party; an end that forgets a thing names it."""
    office.now = datetime.now(UTC) - timedelta(days=2)
    case = office.case("清单小店")
    (held,) = office.do(case, "apply_seizure", "enforcement", THINGS).children
    office.do(held, "seize", "enforcement", LIST | GOODS, "bureau_head")
    page = page_for("enforcement", "desk")
    open_row(page, "清单小店")
    row(page, "清单小店", "查封扣押中")
    listed = panel(page).locator(f'[data-measure="{held}"]')
    expect(listed).to_contain_text("清单共 3 件（批），未返还、未处理 3 件：1、2、3 号")
    listed.locator("li").nth(1).get_by_role("button", name="流转").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("移交人")).to_have_value("李办案")
    expect(dialog.get_by_role("radiogroup", name="清单编号").get_by_label("2 号 冷藏展示柜")).to_be_checked()
    moved = {"流转事项": "handed", "保管人": "安运仓储", "存放处": "3号库", "保管方式": "entrusted"}
    fill(dialog, moved | {"事由和经过": "柜体大"})
    dialog.get_by_role("button", name="清单物品流转、检查").click()
    expect(dialog).to_have_count(0)
    second = listed.locator("li").nth(1)
    expect(second).to_contain_text("安运仓储 · 存于3号库")
    second.locator("summary").click()
    expect(second).to_contain_text("李办案 → 安运仓储 · 移交保管 · 委托第三人保管")
    panel(page).get_by_role("button", name="解除查封、扣押", exact=True).click()
    back = {"解除情形": "innocent", "接收人": "张三", "签收": "signed", "返还情况": "当面清点"}
    fill(dialog, back)
    chosen = dialog.get_by_role("group", name="清单编号")
    for one in ("1 号 电热炉具 DRL-2", "2 号 冷藏展示柜"):
        chosen.get_by_label(one).check()
    expect(chosen.get_by_label("全部 3 项")).not_to_be_checked()
    dialog.get_by_label(f"{PARTNER}enforcement").check()
    dialog.get_by_role("button", name="解除查封、扣押", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("第 3 号（预包装食品）既未返还也未处理")
    chosen.get_by_label("全部 3 项").check()
    expect(chosen.get_by_label("3 号 预包装食品")).to_be_checked()
    dialog.get_by_role("button", name="解除查封、扣押", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(listed).to_contain_text("清单已平：3 件（批）均已返还或处理")


def test_what_was_preserved_is_on_the_list_of_the_seizure_and_its_chain_goes_on(
    page_for: Callable[..., Page], office: Office
) -> None:
    """PROC-35: the list begins with every preserved thing and keeps each; the first entry says whence."""
    office.now = datetime.now(UTC) - timedelta(days=2)
    case = office.case("转押小店")
    (kept,) = office.do(case, "preserve_evidence", "enforcement", {"items": "炉具", "place": "店内"}).children
    office.do(kept, "preserve", "enforcement", KEPT | GOODS, "bureau_head")
    office.do(kept, "seize", "enforcement", {"decision": "转扣押"}, "bureau_head")
    page = page_for("enforcement", "desk")
    open_row(page, "转押小店")
    row(page, "转押小店", "待实施")
    expect(panel(page)).to_contain_text(
        "先行登记保存转来 3 件（批），须全部列入清单：1 电热炉具、2 冷藏展示柜"
    )
    panel(page).get_by_role("button", name="紧急查封、扣押", exact=True).click()
    dialog = page.get_by_role("dialog")
    third = dialog.get_by_role("group", name="3", exact=True)
    expect(third).to_contain_text("来自先行登记保存 3 号")
    expect(third.get_by_label("数量")).to_have_value("60")
    expect(dialog.get_by_role("button", name="删去 3")).to_have_count(0)
    fill(dialog, {"措施": "seize", "保管方式": "own"})
    for one in ("不含无关财物", "未被其他机关查封", "已告知理由"):
        dialog.get_by_label(one).check()
    dialog.get_by_label(f"{PARTNER}enforcement").check()
    dialog.get_by_role("button", name="紧急查封、扣押", exact=True).click()
    expect(dialog).to_have_count(0)
    first = panel(page).locator("[data-measure] li").first
    first.locator("summary").click()
    expect(first).to_contain_text("清点登记 · 来自先行登记保存 1 号")
