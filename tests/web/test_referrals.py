"""Referrals at the desk: a paper answer entered by its number, a notice taken in and matched, the roster."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.conftest import CLASSIFIED, World, fill, turn_to
from tests.web.test_desk import found
from tests.web.test_trip import open_row, take

pytestmark = pytest.mark.browser


NAME = "抄告摊点"


def losses(*rows: tuple[str, str]) -> bytes:
    """A department's list of lost permits: name and address, each expired."""
    lines = [("单位名称", "经营地址", "失效方式", "失效日期")]
    lines += [(name, address, "有效期届满", "2026-01-31") for name, address in rows]
    return "\n".join(map(",".join, lines)).encode()


def send(dialog: Locator, name: str, sheet: bytes) -> None:
    """Choose a department's list in its dialog and send it."""
    file = {"name": name, "mimeType": "text/csv", "buffer": sheet}
    dialog.get_by_label("表格文件").set_input_files(file)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="导入表格").last.click()


def test_a_paper_answer_and_a_notice_are_entered_at_the_desk(
    page_for: Callable[..., Page], world: World
) -> None:
    found(world, NAME)
    desk = page_for("dispatcher", "desk")
    open_row(desk, NAME)
    take(desk, "分类", CLASSIFIED)
    take(desk, "抄告相关职能部门", {"抄告部门": "D10", "依据": "无证经营食品"})
    desk.get_by_role("tab", name="待我处理").click()
    desk.locator("[data-row]", has_text=NAME).filter(has_text="待审核").first.click()
    take(desk, "审核发出")

    turn_to(desk, "协同", "抄告")
    row = desk.locator("tbody tr", has_text="已发出待签收").first
    number = row.get_by_role("button").inner_text()
    assert re.search(r"监抄〔\d{4}〕\d+号", number)
    desk.get_by_placeholder("扫描二维码或输入文号").fill(number.replace("〔", "[").replace("〕", "]"))
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("radio", name="登记纸质反馈").click()
    fill(dialog, {"办理结果": "not_licensed", "反馈内容": "已上门指导"})
    dialog.get_by_role("button", name="登记纸质反馈").last.click()
    expect(dialog).to_have_count(0)
    expect(desk.locator("tbody tr", has_text="已上门指导")).to_be_visible()

    desk.get_by_role("tab", name="收到的来件").click()
    desk.get_by_role("button", name="登记来件").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("来文部门").select_option("D06")
    dialog.get_by_label("经营者名称").fill("查无此店")
    dialog.get_by_role("button", name="登记来件").click()
    # Nobody is called that: the household is asked for at once.
    expect(dialog).to_contain_text("人工匹配 · 查无此店")
    dialog.get_by_label("理由").fill("辖区内无此经营者")
    dialog.get_by_role("button", name="不予处理").click()
    expect(desk.locator("tbody")).to_contain_text("不予处理：辖区内无此经营者")

    known = desk.request.get(f"{world.url}/api/businesses?q=样例商户0010").json()["items"][0]
    sheet = losses((known["name"], known["address"]), ("早点铺（招牌不清）", ""))
    desk.get_by_role("button", name="导入表格").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("来文部门").select_option("D06")
    send(dialog, "许可失效.csv", sheet)
    expect(dialog.get_by_text("分派 1，未匹配 1，未收 0")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    # What the dialog looks for by itself is answered last, and stays away from what was asked after it.
    own = re.compile(r"/api/businesses\?.*%E6%97%A9%E7%82%B9")
    slow: list[Route] = []
    desk.route(own, lambda route: slow.append(route))
    with desk.expect_request(own):
        desk.locator("tbody tr", has_text="早点铺").get_by_role("button", name="人工匹配").click()
    dialog.get_by_label("查找其他商户").fill("样例商户0011")  # by its name, not by a number that nobody knows
    dialog.get_by_role("button", name="查找", exact=True).click()
    found_one = dialog.get_by_role("listitem").filter(has_text="样例商户0011")
    expect(found_one).to_have_count(1)
    with desk.expect_response(own):
        slow[0].fulfill(json={"items": [], "next": None})
    desk.wait_for_timeout(100)  # an answer that is let go leaves no trace to wait for
    expect(found_one).to_have_count(1)
    found_one.get_by_role("button", name="就是这户").click()
    expect(dialog).to_have_count(0)
    expect(desk.locator("tbody tr", has_text="早点铺")).to_have_count(0)  # what is left to match is shown
    desk.get_by_role("button", name="全部", exact=True).click()
    expect(desk.locator("tbody tr", has_text="早点铺")).to_contain_text("人工")
    # It is routed: its station has to capture it.
    desk.locator("tbody tr", has_text="样例商户0010").get_by_role("button").click()
    expect(desk.locator("aside").get_by_text("已发现").first).to_be_visible()
    turn_to(desk, "协同", "抄告")

    desk.get_by_role("tab", name="部门办理情况").click()
    expect(desk.locator("tbody tr", has_text="D10")).to_be_visible()
    turn_to(desk, "指挥", "值班表")
    expect(desk.locator("tbody tr").first).to_contain_text(re.compile("星期|周"))


def test_refused_rows_are_mended_in_their_file_and_sent_again(page_for: Callable[..., Page]) -> None:
    desk = page_for("dispatcher", "desk")
    turn_to(desk, "协同", "抄告")
    desk.get_by_role("tab", name="收到的来件").click()
    desk.get_by_role("button", name="导入表格").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("来文部门").select_option("D06")
    wrong = losses(("查无一号店", ""), ("查无二号店", "")).decode()
    wrong = "不知哪天".join(wrong.rsplit("2026-01-31", 1))
    send(dialog, "失效.csv", wrong.encode())
    expect(dialog.get_by_text("分派 0，未匹配 1，未收 1")).to_be_visible()
    expect(dialog.get_by_role("listitem").filter(has_text="第 3 行")).to_contain_text("失效日期")
    with desk.expect_download() as book:
        dialog.get_by_role("link", name="下载退回行（XLSX）").click()
    assert book.value.suggested_filename == "失效-退回.xlsx"
    with desk.expect_download() as file:
        dialog.get_by_role("link", name="下载退回行（CSV）").click()
    refused = file.value.path().read_text("utf-8-sig")
    assert "查无二号店" in refused
    assert "查无一号店" not in refused
    dialog.get_by_role("button", name="录入改好的文件").click()
    send(dialog, file.value.suggested_filename, refused.replace("不知哪天", "2026-01-31").encode())
    expect(dialog.get_by_text("分派 0，未匹配 1，未收 0")).to_be_visible()
    expect(dialog.get_by_role("link", name="下载退回行（CSV）")).to_have_count(0)
    dialog.get_by_role("button", name="关闭").last.click()
    for name in ("查无一号店", "查无二号店"):
        expect(desk.locator("tbody tr", has_text=name)).to_have_count(1)
