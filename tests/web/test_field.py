"""The inspector's phone in a real browser: visits, findings, photos, and a day without a network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range

from gridsup.db import transaction
from gridsup.patrols.model import Finding, Visit
from gridsup.people import accounts
from gridsup.people.model import Assignment
from gridsup.procedures import attachments, views
from gridsup.procedures.model import Attachment
from gridsup.registry.model import Business, Premises
from tests.factories import JURISDICTION, LONG_AGO, SIDE, SOUTH, WEST, business, officer, organisation
from tests.web.conftest import (
    FLAGS,
    PASSWORD,
    PHONE,
    World,
    chromium,
    sign_in,
    turn_to,
    unlock,
    until,
    wait_drawn,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("phone")]

expect.set_options(timeout=20_000)
HERE = {"longitude": WEST + 0.5 * SIDE, "latitude": SOUTH + 1.5 * SIDE, "accuracy": 8}
"""The middle of cell 001, at the door of its businesses."""


def picture(colour: str) -> dict[str, Any]:
    """A photo as the camera gives it."""
    content = BytesIO()
    Image.new("RGB", (640, 480), colour).save(content, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def digest(photo: dict[str, Any]) -> str:
    return hashlib.sha256(photo["buffer"]).hexdigest()


@pytest.fixture
def phone(context_for: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """A phone that stands in cell 001."""
    return lambda **more: context_for(PHONE, geolocation=HERE, permissions=["geolocation"], **more)


@pytest.fixture
def page(phone: Callable[..., BrowserContext], world: World) -> Page:
    """The inspector's page, signed in, ready for a time without a network."""
    opened = phone().new_page()
    sign_in(opened, world.url, "inspector", face="field")
    ready(opened)
    return opened


def ready(page: Page) -> None:
    """Wait until the page would open offline and has its pack."""
    until(page, "() => navigator.serviceWorker.controller !== null")
    expect(page.get_by_role("heading", name=re.compile("样例商户")).first).to_be_visible()


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=name).click()


def items(page: Page, state: str) -> Locator:
    return page.locator(f"li[data-state={state}]")


def write_report(page: Page, name: str, *photos: dict[str, Any]) -> None:
    """A food stall, found on patrol: who, photos, trade, facts."""
    describe(page, name, *photos)
    page.get_by_role("button", name="食品摊贩").click()
    page.locator("[data-fact=catering]").get_by_role("button", name="是").click()
    page.locator("[data-fact=occupies_road]").get_by_role("button", name="否").click()


def describe(page: Page, name: str, *photos: dict[str, Any]) -> None:
    """A new operator with photos: the least that a report says."""
    tab(page, "上报")
    page.get_by_role("button", name="新发现的经营者").click()
    page.get_by_label("名称或招牌").fill(name)
    page.get_by_label("地址", exact=True).fill(f"民权路口{name}旁")
    for photo in photos:
        page.get_by_label("拍照").set_input_files(photo)
    expect(page.locator("figure")).to_have_count(len(photos))


def send(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="上报", exact=True).click()


def speak(page: Page) -> None:
    """A voice note of a second."""
    page.get_by_role("button", name="语音").click()
    expect(page.get_by_role("button", name=re.compile("停止（1"))).to_be_visible()
    page.get_by_role("button", name=re.compile("停止")).click()
    expect(page.locator("audio")).to_have_count(1)


def voices(world: World, name: str) -> list[str]:
    """The kinds of the voice notes that the matter of a household's finding names."""
    (finding,) = findings(world, name)
    with transaction(world.clone.engine, JURISDICTION) as session:
        named = [
            photo["sha256"]
            for event in views.history(session, finding.matter_id)
            for photo in event["photos"]
            if photo["caption"] == "语音"
        ]
        return [attachments.find(session, one).mime for one in named]


def findings(world: World, name: str) -> list[Finding]:
    with transaction(world.clone.engine, JURISDICTION) as session:
        return list(
            session.scalars(
                select(Finding)
                .join(Business, Business.id == Finding.business_id)
                .where(Finding.jurisdiction_id == JURISDICTION, Business.name == name)
            )
        )


def stored(world: World, *hashes: str) -> int:
    """How many of these photos the server has, bytes included."""
    with transaction(world.clone.engine, JURISDICTION) as session:
        rows = session.scalars(
            select(Attachment.sha256).where(
                Attachment.jurisdiction_id == JURISDICTION, Attachment.sha256.in_(hashes)
            )
        ).all()
    return sum(attachments.path_of(JURISDICTION, one).is_file() for one in rows)


def test_the_map_draws_my_cells_and_tells_in_which_one_i_stand(page: Page, world: World) -> None:
    mine = wait_drawn(page, "fieldMap", "mine-fill")
    assert {cell["code"] for cell in mine if cell["here"]} == {"42010301-001"}
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
    page = phone().new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
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


ROADS = "() => fieldMap.queryRenderedFeatures().some((one) => one.sourceLayer === 'roads')"


def test_the_household_that_is_meant_is_suggested_with_and_without_a_network(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    context = phone()
    page = context.new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
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


def test_a_day_without_a_network_loses_nothing_and_sends_nothing_twice(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    context = phone()
    page = context.new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
    wait_drawn(page, "fieldMap", "households")
    until(page, "async () => (await (await caches.open('gridsup-seen')).keys()).length > 20")
    context.set_offline(True)
    photos = [picture("green"), picture("yellow")]
    write_report(page, "离线摊点", *photos)
    speak(page)
    send(page)
    expect(items(page, "waiting")).to_have_count(1)
    expect(page.locator("[data-photo=waiting]")).to_have_count(3)
    page.close()

    again = context.new_page()
    again.goto(f"{world.url}/field/")
    unlock(again)
    expect(again.get_by_text("离线").first).to_be_visible()
    wait_drawn(again, "fieldMap", "households")
    again.evaluate("fieldMap.jumpTo({zoom: 14})")
    until(again, ROADS)
    tab(again, "发件箱")
    expect(items(again, "waiting")).to_have_count(1)
    assert findings(world, "离线摊点") == []

    context.set_offline(False)
    expect(items(again, "received")).to_have_count(1)
    expect(again.locator("[data-photo=received]")).to_have_count(3)
    again.reload()
    tab(again, "发件箱")
    expect(items(again, "received")).to_have_count(1)
    assert len(findings(world, "离线摊点")) == 1
    assert stored(world, *map(digest, photos)) == 2
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


def test_wrong_pins_cost_the_register_on_the_phone_but_nothing_in_the_outbox(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    context = phone()
    page = context.new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
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


def test_a_lost_answer_does_not_make_a_second_finding(page: Page, world: World) -> None:
    lost = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/api/findings", lose)
    write_report(page, "断线摊点")
    send(page)
    expect(page.get_by_text("网络未连接")).to_be_visible()
    expect(items(page, "waiting")).to_have_count(1)
    assert lost == [201]
    page.get_by_role("button", name="立即发送").click()
    expect(items(page, "received")).to_have_count(1)
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
    context = phone()
    page = context.new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
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
    context = phone()
    page = context.new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
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


def visits(world: World) -> int:
    with world.session() as session:
        query = select(func.count()).select_from(Visit).where(Visit.jurisdiction_id == JURISDICTION)
        return session.scalar(query) or 0


def test_an_act_that_arrives_late_is_kept_and_marked(
    phone: Callable[..., BrowserContext], world: World
) -> None:
    context = phone()
    page = context.new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
    write_report(page, "迟到摊点")
    send(page)
    expect(items(page, "received")).to_have_count(1)
    tab(page, "待办")
    page.get_by_role("button", name=re.compile("迟到摊点")).click()
    page.get_by_role("dialog").get_by_role("button", name="信息采集录入").click()
    context.set_offline(True)
    sheet = page.get_by_role("dialog", name="信息采集录入")
    capture(sheet)
    tab(page, "发件箱")
    expect(items(page, "waiting")).to_have_count(1)

    colleague = phone().new_page()
    sign_in(colleague, world.url, "general", face="field")
    act_as_colleague(colleague, world, findings(world, "迟到摊点")[0].matter_id)
    context.set_offline(False)
    expect(items(page, "late")).to_have_count(1)


def capture(sheet: Locator) -> None:
    sheet.get_by_label("经营者姓名").fill("王某")
    sheet.get_by_label("经营地址").fill("民权路口")
    sheet.get_by_label("经营范围").fill("早点")
    sheet.get_by_label("行业").fill("食品摊贩")
    sheet.get_by_label("营业执照情况").select_option("none")
    sheet.get_by_role("radiogroup", name="需要许可").get_by_text("否").click()
    sheet.get_by_role("button", name="信息采集录入").click()


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
    first = context.new_page()
    sign_in(first, world.url, "inspector", face="field")
    ready(first)
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
