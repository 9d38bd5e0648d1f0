"""Interfaces and tokens at the desk: a token made there lets a program in until it is revoked there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import World, turn_to

pytestmark = pytest.mark.browser


def test_a_token_is_shown_once_lets_a_program_in_and_is_revoked(
    page_for: Callable[..., Page], world: World
) -> None:
    desk = page_for("dispatcher", "desk")
    turn_to(desk, "管理", "接口与令牌")
    address = desk.get_by_label("OGC API Features（要素）", exact=True).input_value()
    assert address == f"{world.url}/ogc"

    desk.get_by_role("button", name="新建令牌").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("用途").fill("科室电脑")
    dialog.get_by_label("事项（全局）").uncheck()
    dialog.get_by_role("button", name="新建令牌").click()
    secret = desk.get_by_role("dialog").get_by_label("令牌已建立", exact=True).input_value()
    desk.get_by_role("button", name="我已复制").click()
    expect(desk.get_by_role("dialog")).to_have_count(0)
    assert secret not in desk.content()

    program = {"Authorization": f"Bearer {secret}"}
    cells = httpx.get(f"{address}/collections/cells/items", headers=program).json()
    assert cells["numberMatched"] == 4

    with desk.expect_download() as arrived:
        desk.get_by_role("link", name="下载 GeoPackage").click()
    with closing(sqlite3.connect(arrived.value.path())) as package:
        assert package.execute("SELECT count(*) FROM cells").fetchone() == (4,)

    row = desk.locator("tbody tr", has_text="科室电脑")
    expect(row).to_contain_text("有效")
    expect(row).not_to_contain_text("事项（全局）")
    row.get_by_role("button", name="停用令牌：科室电脑").click()
    desk.get_by_role("dialog").get_by_role("button", name="停用", exact=True).click()
    expect(row).to_contain_text("已停用")
    assert httpx.get(f"{address}/collections/cells/items", headers=program).status_code == 401
