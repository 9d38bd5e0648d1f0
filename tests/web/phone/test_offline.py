"""The inspector's phone without a network, or with a bad one: nothing is lost and nothing goes out twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gridsup.db import transaction
from gridsup.people import accounts
from tests.factories import JURISDICTION, officer
from tests.web.conftest import (
    PASSWORD,
    World,
    sign_in,
    turn_to,
    unlock,
    until,
    wait_drawn,
)
from tests.web.phone.conftest import (
    ROADS,
    capture,
    describe,
    digest,
    findings,
    items,
    opened,
    picture,
    ready,
    send,
    speak,
    stored,
    tab,
    visits,
    voices,
    write_report,
)

pytestmark = pytest.mark.browser


def test_a_day_without_a_network_loses_nothing_and_sends_nothing_twice(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    page = opened(phone(), world)
    context = page.context
    wait_drawn(page, "fieldMap", "households")
    until(page, "async () => (await (await caches.open('gridsup-seen')).keys()).length > 20")
    context.set_offline(True)
    photos = [picture("green"), picture("yellow")]
    write_report(page, "离线摊点", *photos)
    speak(page)
    send(page)
    expect(items(page, "waiting")).to_have_count(1)
    expect(page.locator("[data-photo=waiting]")).to_have_count(3)
    others = {f"离线{number}号摊": picture(f"#0000{number}0") for number in range(1, 10)}
    for name, photo in others.items():
        write_report(page, name, photo)
        send(page)
    expect(items(page, "waiting")).to_have_count(10)
    page.close()

    again = context.new_page()
    again.goto(f"{world.url}/field/")
    unlock(again)
    expect(again.get_by_text("离线").first).to_be_visible()
    wait_drawn(again, "fieldMap", "households")
    again.evaluate("fieldMap.jumpTo({zoom: 14})")
    until(again, ROADS)
    tab(again, "发件箱")
    expect(items(again, "waiting")).to_have_count(10)
    assert findings(world, "离线摊点") == []

    context.set_offline(False)
    expect(items(again, "received")).to_have_count(10)
    expect(again.locator("[data-photo=received]")).to_have_count(12)
    again.reload()
    tab(again, "发件箱")
    expect(items(again, "received")).to_have_count(10)
    assert [len(findings(world, name)) for name in ("离线摊点", *others)] == [1] * 10
    assert stored(world, *map(digest, [*photos, *others.values()])) == 11
    assert voices(world, "离线摊点") == ["audio/webm"]


def test_a_day_that_ends_without_a_network_goes_in_as_a_file_and_the_receipt_clears_the_phone(
    phone: Callable[..., BrowserContext], page_for: Callable[..., Page], world: World
) -> None:
    context = phone(accept_downloads=True)
    page = context.new_page()
    with page.expect_response("**/api/field/devices"):
        sign_in(page, world.url, "inspector", face="field")
    ready(page)
    context.set_offline(True)
    photos = [picture(f"#{25 * number:02x}4080") for number in range(10)]
    for number, photo in enumerate(photos):
        describe(page, f"文件摊点{number}", photo)
        if number == 0:
            speak(page)
        send(page)
        expect(items(page, "waiting")).to_have_count(number + 1)
    page.close()
    page = context.new_page()
    page.goto(f"{world.url}/field/")
    unlock(page)
    tab(page, "发件箱")
    expect(items(page, "waiting")).to_have_count(10)
    page.get_by_text("一直没有网络？").click()
    with page.expect_download() as made:
        page.get_by_role("button", name="导出加密文件").click()
    expect(page.get_by_text("10 条已导出，等待回执")).to_be_visible()

    desk = page_for("dispatcher", "desk", accept_downloads=True)
    turn_to(desk, "台账", "离线发件箱")
    desk.get_by_label("选择发件箱文件").set_input_files(made.value.path())
    expect(desk.locator("li[data-state=received]")).to_have_count(10)
    with desk.expect_download() as receipt:
        desk.get_by_role("region", name="记录").get_by_role("link", name="下载回执").click()
    desk.get_by_label("选择发件箱文件").set_input_files(made.value.path())
    expect(desk.get_by_role("alert")).to_contain_text("没有重复登记")

    page.get_by_label("导入回执").set_input_files(made.value.path())
    expect(page.get_by_role("alert")).to_contain_text("请交给指挥席导入")
    page.get_by_label("导入回执").set_input_files(receipt.value.path())
    expect(items(page, "received")).to_have_count(10)
    expect(page.locator("[data-photo=received]")).to_have_count(11)
    context.set_offline(False)
    page.reload()
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(10)
    assert [len(findings(world, f"文件摊点{number}")) for number in range(10)] == [1] * 10
    assert stored(world, *map(digest, photos)) == 10
    assert voices(world, "文件摊点0") == ["audio/webm"]


KEPT = """() => new Promise((done) => {
    const asked = indexedDB.open('gridsup-field');
    asked.onsuccess = () => {
        const reading = asked.result.transaction(['pack', 'outbox']);
        const packs = reading.objectStore('pack').getAll();
        const outbox = reading.objectStore('outbox').count();
        reading.oncomplete = () => {
            asked.result.close();
            const sealed = packs.result.filter((one) => ['today', 'pack', 'checks'].includes(one.name));
            done({packs: sealed.map((one) => one.name), pack: JSON.stringify(sealed), outbox: outbox.result});
        };
    };
})"""
"""What the phone's own database shows to whoever opens it."""


def test_wrong_pins_cost_the_register_on_the_phone_but_nothing_in_the_outbox(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    page = opened(phone(), world)
    context = page.context
    context.set_offline(True)
    page.get_by_role("button", name="我在门口 样例商户0031").click()
    page.get_by_role("button", name="正常").click()
    tab(page, "发件箱")
    expect(items(page, "waiting")).to_have_count(1)
    kept = page.evaluate(KEPT)
    assert "样例商户0031" not in kept["pack"]
    assert kept["outbox"] == 1
    page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name="锁定").click()
    expect(page.locator("dialog[data-pin]")).to_be_visible()
    for left in (4, 3, 2, 1):
        page.keyboard.type("975310")
        expect(page.get_by_text(f"还可以试 {left} 次")).to_be_visible()
    page.keyboard.type("975310")
    expect(page.get_by_role("heading", name="已锁定，请重新登录")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert (kept["packs"], kept["outbox"]) == ([], 1)
    context.set_offline(False)
    page.goto(f"{world.url}/field/")
    page.wait_for_url(re.compile(r"next="))  # not even the open session counts
    sign_in(page, world.url, "inspector", face="field")
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(1)


def test_neither_trouble_at_the_server_nor_a_lost_answer_loses_or_doubles_a_finding(
    page: Page, world: World
) -> None:
    lost: list[int] = []
    trouble = True

    def answer(route: Any) -> None:
        if trouble:
            return route.fulfill(status=502, body="<h1>Bad Gateway</h1>")
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/api/findings", answer)
    write_report(page, "断线摊点")
    send(page)
    expect(page.get_by_text("平台暂时出错（502），记录还在本机，会自动再试。")).to_be_visible()
    trouble = False
    expect(page.get_by_text("还没连上平台")).to_be_visible()
    expect(items(page, "waiting")).to_have_count(1)
    page.unroute("**/api/findings")
    expect(items(page, "received")).to_have_count(1)
    assert lost[0] == 201
    assert len(findings(world, "断线摊点")) == 1


def test_a_refused_report_says_why_and_can_be_corrected(page: Page, world: World) -> None:
    write_report(page, "被退回摊点")
    page.get_by_text("更多情况").click()
    page.get_by_label("经营范围").fill("早点")
    page.route("**/api/findings", lambda route: route.fulfill(status=422, json=REFUSAL, content_type=PROBLEM))
    send(page)
    expect(items(page, "refused")).to_have_count(1)
    expect(page.get_by_text(REFUSAL["detail"])).to_be_visible()
    page.unroute("**/api/findings")
    page.get_by_role("button", name="修改后再发").click()
    expect(page.get_by_label("名称或招牌")).to_have_value("被退回摊点")
    page.get_by_label("情况说明").fill("已更正")
    send(page)
    expect(items(page, "received")).to_have_count(1)
    (finding,) = findings(world, "被退回摊点")
    assert finding.note == "已更正"
    assert finding.facts["scope"] == "早点"


PROBLEM = "application/problem+json"
REFUSAL = {"status": 422, "code": "form-invalid", "detail": "情况说明不能为空。", "title": "填写有误"}


def test_an_expired_session_asks_for_sign_in_and_keeps_the_outbox(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    page = opened(phone(), world)
    context = page.context
    context.clear_cookies()
    page.get_by_role("button", name="我在门口 样例商户0020").click()
    page.get_by_role("button", name="正常").click()
    expect(page.get_by_role("link", name="去登录")).to_be_visible()
    sign_in(page, world.url, "inspector", face="field")
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(1)


def test_one_officers_outbox_does_not_go_out_under_anothers_name(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    with transaction(world.clone.owner, JURISDICTION) as session:
        other = officer(session, "inspector", world.made.station_id, name="另一位")
        accounts.create_account(session, JURISDICTION, other, "other", password=PASSWORD, must_change=False)
    page = opened(phone(), world)
    context = page.context
    context.set_offline(True)
    page.get_by_role("button", name="我在门口 样例商户0030").click()
    page.get_by_role("button", name="正常").click()
    tab(page, "发件箱")
    expect(page.get_by_text("1 条等待发送")).to_be_visible()  # on the phone before the tab is closed
    page.close()
    context.set_offline(False)
    context.clear_cookies()

    before = visits(world)
    page = context.new_page()
    sign_in(page, world.url, "other", face="field")
    tab(page, "发件箱")
    expect(page.get_by_text("本机另有 1 条属于其他人员")).to_be_visible()
    expect(page.get_by_text("发件箱是空的")).to_be_visible()
    assert visits(world) == before

    context.clear_cookies()
    sign_in(page, world.url, "inspector", face="field")
    tab(page, "发件箱")
    expect(items(page, "received")).to_have_count(1)
    assert visits(world) == before + 1


def test_an_act_that_arrives_late_is_kept_and_marked(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    page = opened(phone(), world)
    context = page.context
    write_report(page, "迟到摊点")
    send(page)
    expect(items(page, "received")).to_have_count(1)
    tab(page, "待办")
    page.get_by_role("button", name=re.compile("迟到摊点")).click()
    page.get_by_role("dialog").get_by_role("button", name="信息采集录入").click()
    context.set_offline(True)
    sheet = page.get_by_role("dialog", name="信息采集录入")
    expect(sheet.get_by_label("行业")).to_have_value("食品摊贩")  # it begins with what was reported
    sheet.get_by_role("button", name="信息采集录入").click()
    expect(sheet.get_by_role("alert").first).to_have_text("请填写")
    capture(sheet)
    tab(page, "发件箱")
    expect(items(page, "waiting")).to_have_count(1)

    colleague = phone().new_page()
    sign_in(colleague, world.url, "general", face="field")
    act_as_colleague(colleague, world, findings(world, "迟到摊点")[0].matter_id)
    context.set_offline(False)
    expect(items(page, "late")).to_have_count(1)


def act_as_colleague(page: Page, world: World, matter: int) -> None:
    """The same step, taken by another while the phone was away."""
    form = {
        "operator_name": "王某",
        "address": "民权路口",
        "scope": "早点",
        "trade": "食品摊贩",
        "permit_required": False,
        "business_licence_status": "none",
    }
    status = page.evaluate(
        """async ([matter, form]) => {
             const me = await (await fetch('/api/session')).json();
             const now = await (await fetch(`/api/matters/${matter}`)).json();
             const answer = await fetch(`/api/matters/${matter}/actions/capture`, {
               method: 'POST',
               headers: {
                 'Content-Type': 'application/json',
                 'X-CSRF-Token': me.csrf,
                 'Idempotency-Key': 'colleague',
               },
               body: JSON.stringify({form, expected_version: now.version}),
             });
             return answer.status;
           }""",
        [matter, form],
    )
    assert status == 200


def test_two_tabs_send_an_item_once(phone: Callable[..., BrowserContext], world: World) -> None:
    context = phone()
    first = opened(context, world)
    second = context.new_page()
    second.goto(f"{world.url}/field/")
    unlock(second)
    ready(second)
    answers: list[str] = []  # a try that the returning network cuts short is made again: only answers count
    context.on("response", lambda r: answers.append(r.url) if r.url.endswith("/api/findings") else None)
    context.set_offline(True)
    write_report(first, "双标签摊点")
    send(first)
    tab(second, "发件箱")
    expect(items(second, "waiting")).to_have_count(1)
    answers.clear()
    context.set_offline(False)
    expect(items(first, "received")).to_have_count(1)
    expect(items(second, "received")).to_have_count(1)
    assert len(findings(world, "双标签摊点")) == 1
    assert len(answers) == 1
