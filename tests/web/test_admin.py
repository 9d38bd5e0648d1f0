"""The administrator at the desk: a person with post and password, a cell given to them, the trail of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.web.conftest import turn_to

pytestmark = pytest.mark.browser


def test_an_administrator_brings_people_in_gives_them_a_cell_and_finds_it_in_the_trail(
    page_for: Callable[..., Page],
) -> None:
    desk = page_for("admin", "desk")
    expect(desk.get_by_role("heading", name="人员与岗位")).to_be_visible()

    book = Workbook()
    book.active.append(["工号", "姓名", "所在机构", "用户名"])
    book.active.append(["9001", "林新", "无此机构", "lin"])
    out = BytesIO()
    book.save(out)
    desk.get_by_role("button", name="从表格导入").click()
    dialog = desk.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "名册.xlsx", "mimeType": "application/octet-stream", "buffer": out.getvalue()}
    )
    expect(dialog.get_by_role("alert")).to_contain_text("未导入任何人")
    expect(dialog.locator("tbody tr")).to_contain_text("无此机构")
    desk.keyboard.press("Escape")

    desk.get_by_role("button", name="新增人员").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("工号").fill("9001")
    dialog.get_by_label("姓名").fill("林新")
    dialog.get_by_label("机构").select_option(index=1)
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_label("用户名").fill("lin")
    dialog.get_by_role("button", name="开立账号").click()
    secret = dialog.get_by_label("一次性密码", exact=True).input_value()
    assert re.fullmatch(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", secret)
    dialog.get_by_role("button", name="我已记下").click()
    assert secret not in desk.content()
    desk.keyboard.press("Escape")
    expect(desk.locator("tbody tr", has_text="林新")).to_contain_text("lin")

    turn_to(desk, "网格", "责任区")
    desk.locator(".list li button").first.click()
    desk.get_by_label("改派给").fill("林新")
    desk.get_by_role("option", name="林新 9001").click()
    desk.get_by_role("button", name="指定责任人").click()
    expect(desk.locator(".list li button").first).to_contain_text("林新")

    turn_to(desk, "管理", "部门与机构")
    desk.get_by_role("button", name=re.compile("D10")).first.click()
    dialog = desk.get_by_role("dialog", name=re.compile("D10"))
    dialog.get_by_label("名称", exact=True).fill("区再设局")
    later = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    dialog.get_by_label("履职之日").fill(later)
    dialog.get_by_label("依据").fill("区编〔2026〕2号")
    dialog.get_by_role("button", name="登记").click()
    expect(dialog.locator("[data-planned]")).to_contain_text("区再设局")
    desk.once("dialog", lambda asked: asked.accept())
    dialog.get_by_role("button", name="撤销拟定").click()
    expect(dialog.locator("[data-planned]")).to_have_count(0)
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    turn_to(desk, "管理", "审计")
    desk.get_by_label("行为").select_option("assigned")
    expect(desk.locator("tbody tr").first).to_contain_text("cell:")
    desk.get_by_role("button", name="开始核验").click()
    expect(desk.locator("p.good")).to_contain_text("全部相符")
