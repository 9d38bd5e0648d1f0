"""The life of papers in the browser: preview, issue, seal, amend, void, print, scan; signed and refused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Locator, Page, expect

from gridsup.procedures import engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Header
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST, officer
from tests.web.conftest import PHONE, World, sign_in, turn_to, unlock, until
from tests.web.test_trip import open_row, panel

pytestmark = pytest.mark.browser

PARTY = {"operator_name": "张三", "party_kind": "person", "address": "民权街道1号"}
TOLD = {
    "certificates_shown": True,
    "facts_told": "事实、理由、依据和权利",
    "continuing": True,
    "defence": "无",
}
PARTNER = "同行执法员"
WARNED = {"content": "警告"}
ODD_PHONE = """
const now = Date.now, watch = navigator.geolocation.watchPosition.bind(navigator.geolocation);
Date.now = () => now() - 180_000;
navigator.geolocation.watchPosition = (take, ...more) => watch(({timestamp, coords}) => take({
  timestamp,
  coords: {longitude: coords.longitude, latitude: coords.latitude, accuracy: coords.accuracy, speed: 20},
}), ...more);
"""
"""Three minutes behind, and on the move."""
KEPT_INK = """() => new Promise((told) => {
  indexedDB.open("gridsup-field").onsuccess = ({target: {result: db}}) => {
    db.transaction("pack").objectStore("pack").getAll().onsuccess = ({target: {result: all}}) => {
      db.close();
      told(all.some((one) => one.content?.told?.witnessed));
    };
  };
})"""
"""Whether the phone keeps a witness's signature that waits to be sent."""


def day(later: int) -> str:
    return (datetime.now(UTC) + timedelta(days=later)).date().isoformat()


def two_matters(world: World) -> None:
    """A rectification with its notice, a warning on the spot: a paper sealed by image, one by hand."""
    wire()
    made = world.made.officers
    acting, now = Acting(made["enforcement"], "enforcement"), datetime.now(UTC) - timedelta(minutes=5)
    with world.session() as session:
        crew = [made["enforcement"], officer(session, "enforcement", world.made.station_id, name=PARTNER)]

        def opened(pack: str, title: str, form: dict[str, Any]) -> int:
            header = Header(title, station_id=world.made.station_id)
            return engine.open_matter(
                session, pack, acting, header, form, key=title, crew=crew, now=now
            ).matter_id

        def act(matter: int, action: str, form: dict[str, Any]) -> None:
            key = f"{matter}-{action}"
            engine.act(
                session, matter, action, acting, form, key=key, expected_version=None, crew=crew, now=now
            )

        notice = PARTY | {"conduct": "safety", "findings": "消防通道堵塞"}
        matter = opened("rectification", "整改小店", notice)
        act(matter, "give_notice", {"requirement": "清理通道", "term_end": day(3)})
        spot = opened("simple_penalty", "当场小店", PARTY | {"conduct": "other", "basis": "相应法律"})
        act(spot, "inform", TOLD)
        act(spot, "decide_warning", WARNED)


def paper(place: Locator, title: str) -> Locator:
    return place.locator("li:not(details *)").filter(has=place.page.get_by_text(title))


def confirm(page: Page, verb: str, **fields: str) -> None:
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        dialog.get_by_label(re.compile(f"^{label}必填$")).fill(value)
    dialog.get_by_role("button", name=verb, exact=True).click()
    expect(dialog).to_have_count(0)


def scanned() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 840), "white").save(out, "JPEG")
    return out.getvalue()


def seal() -> bytes:
    """A ring, transparent around it, as a seal's image must be."""
    image, out = Image.new("RGBA", (496, 496)), io.BytesIO()
    ImageDraw.Draw(image).ellipse((8, 8, 488, 488), outline=(200, 20, 20, 255), width=14)
    image.save(out, "PNG")
    return out.getvalue()


def sign_on_screen(pad: Locator) -> None:
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    mouse = pad.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    for step in range(1, 6):
        mouse.move(box["x"] + 40 + 30 * step, box["y"] + 40 + (20 if step % 2 else -10))
    mouse.up()


def test_a_paper_lives_from_its_preview_at_the_desk_to_its_service_at_the_door(
    page_for: Callable[..., Page], context_for: Callable[..., BrowserContext], world: World
) -> None:
    two_matters(world)
    desk = page_for("station_head", "desk")
    turn_to(desk, "办案", "打印登记")
    desk.get_by_label("印章名称").fill("演示印章")
    image = {"name": "seal.png", "mimeType": "image/png", "buffer": seal()}
    desk.get_by_label("印章图像").set_input_files(image)  # type: ignore[arg-type]
    desk.get_by_role("button", name="登记印章").click()
    expect(desk.get_by_role("img", name="演示印章")).to_be_visible()
    ways = desk.get_by_role("table", name="用印方式")
    expect(ways.get_by_role("row", name="当场行政处罚决定书")).to_contain_text("打印盖章后扫描（默认）")
    expect(ways.get_by_role("button")).to_have_count(0)  # the choice is the bureau's, not a station's

    turn_to(desk, "指挥", "事项队列")
    open_row(desk, "整改小店")
    record = paper(panel(desk), "现场检查笔录")
    draft = record.get_by_role("link", name="预览").get_attribute("href")
    seen = desk.request.get(f"{world.url}{draft}")
    assert seen.ok
    assert seen.body().startswith(b"%PDF")
    record.get_by_role("button", name="制发编号").click()
    expect(record.get_by_text("待送达")).to_be_visible()

    notice = paper(panel(desk), "责令限期整改通知书")
    expect(notice.get_by_text("待用印")).to_be_visible()
    notice.get_by_role("button", name="用印", exact=True).click()
    expect(desk.get_by_role("dialog").get_by_role("radio", name="演示印章")).to_be_checked()
    confirm(desk, "用印")
    expect(notice.get_by_text("待送达")).to_be_visible()
    number = re.findall(r"\S*〔\d{4}〕\d+号", notice.inner_text())[0]
    notice.get_by_role("button", name="更正").click()
    confirm(desk, "更正", 原文="清理通道", 更正为="清理消防通道", 理由="漏字")
    amendment = paper(panel(desk), "更正通知书")
    expect(amendment.get_by_text(f"更正 {number}")).to_be_visible()
    expect(notice.get_by_text(re.compile("^已由 .* 更正$"))).to_be_visible()
    amendment.get_by_role("button", name="作废").click()
    expect(desk.get_by_role("dialog").get_by_role("button", name="作废")).to_be_disabled()
    confirm(desk, "作废", 理由="更正有误")
    expect(amendment.get_by_text("作废理由：更正有误")).to_be_visible()
    expect(amendment.get_by_role("button")).to_have_count(0)

    open_row(desk, "当场小店")
    decision = paper(panel(desk), "当场行政处罚决定书")
    decision.get_by_role("button", name="打印").click()
    # The browser's own viewer is an extension: the paper is taken as a plain file here, by the same address.
    desk.context.route(re.compile(r"/documents/\d+/file$"), lambda route: route.fulfill(body="paper"))
    with desk.expect_popup():
        confirm(desk, "打印", 份数="2")
    decision.get_by_role("button", name="上传盖章扫描件").click()
    scan = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": scanned()}
    desk.get_by_role("dialog").get_by_label("扫描件（PDF 或图片）").set_input_files(scan)  # type: ignore[arg-type]
    confirm(desk, "上传盖章扫描件")
    expect(decision.get_by_text("待送达")).to_be_visible()
    turn_to(desk, "办案", "打印登记")
    line = desk.locator("tr", has_text="当场行政处罚决定书")
    expect(line.get_by_role("cell", name="2", exact=True)).to_be_visible()

    here = {"longitude": WEST + 0.5 * SIDE, "latitude": SOUTH + 1.5 * SIDE, "accuracy": 150}
    context = context_for(PHONE, geolocation=here, permissions=["geolocation"])
    context.add_init_script(ODD_PHONE)
    phone = context.new_page()
    sign_in(phone, world.url, "enforcement", face="field")
    expect(phone.get_by_text("误差约 150 米")).to_be_visible()
    context.set_geolocation({**here, "latitude": SOUTH + 9 * SIDE})  # type: ignore[arg-type]
    phone.locator("nav button[data-tab=matters]").click()
    phone.get_by_role("button", name=re.compile("整改小店")).click()
    sheet = phone.get_by_role("dialog").first
    paper(sheet, "责令限期整改通知书").get_by_role("button", name="送达").click()
    form = phone.get_by_role("dialog", name=re.compile("^送达"))
    expect(form.get_by_role("textbox", name="收件人", exact=True)).to_have_value("张三")
    form.get_by_role("button", name="确认送达").click()
    expect(form.get_by_role("alert")).to_contain_text("签名")
    form.get_by_label(PARTNER).check()
    sign_on_screen(form.get_by_label("收件人签名"))
    expect(form.get_by_text("跳变约")).to_be_visible()  # said before it is sent
    form.get_by_role("button", name="确认送达").click()
    expect(form).to_have_count(0)
    expect(paper(sheet, "送达回证")).to_be_visible()  # and the step was taken: see the desk below
    leap = r"位置 \d+ 秒内跳变约 \d+ 米"
    noted = [re.compile(one) for one in ("时钟慢约 3 分钟", "误差约 150 米", "速度约 72 公里/小时", leap)]
    for remark in noted:
        expect(sheet.locator("ol").get_by_text(remark)).to_have_count(1)
    phone.get_by_role("dialog").get_by_role("button", name="关闭").first.click()

    phone.get_by_role("button", name=re.compile("当场小店")).click()
    paper(sheet, "当场行政处罚决定书").get_by_role("button", name="送达").click()
    form.get_by_text("拒签，留置送达").click()
    form.get_by_label("拒收、拒签事由").fill("当事人拒绝签名")
    form.get_by_role("textbox", name="见证人", exact=True).fill("王五")
    form.get_by_label("见证人单位").fill("民权社区居委会")
    sign_on_screen(form.get_by_label("见证人签名"))
    until(phone, KEPT_INK)
    phone.reload()  # as the camera may cost the page its life
    unlock(phone)
    phone.locator("nav button[data-tab=matters]").click()
    phone.get_by_role("button", name=re.compile("当场小店")).click()
    paper(sheet, "当场行政处罚决定书").get_by_role("button", name="送达").click()
    expect(form.get_by_role("textbox", name="见证人", exact=True)).to_have_value("王五")
    expect(form.get_by_role("button", name="重签")).to_be_visible()  # and the signature is there
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.context.set_offline(True)
    form.get_by_role("button", name="确认送达").click()
    expect(form).to_have_count(0)
    expect(phone.get_by_text("送达情况待发送")).to_be_visible()  # kept on the phone, photo and signature too
    expect(sheet.get_by_text("您已办理，等待发送")).to_be_visible()  # so its step is not offered again
    phone.context.set_offline(False)
    expect(phone.get_by_text("已送达").first).to_be_visible()

    turn_to(desk, "指挥", "事项队列")
    open_row(desk, "整改小店")
    expect(panel(desk).get_by_text("限期整改中").first).to_be_visible()
    for remark in noted:
        expect(panel(desk).get_by_text(remark)).to_have_count(1)
    open_row(desk, "当场小店")
    expect(decision.get_by_text("拒签：当事人拒绝签名（见证人 王五 民权社区居委会）")).to_be_visible()


def test_how_a_paper_is_sealed_is_chosen_beside_the_seals(page_for: Callable[..., Page]) -> None:
    desk = page_for("bureau_head", "desk")
    turn_to(desk, "办案", "打印登记")
    row = desk.get_by_role("table", name="用印方式").get_by_role("row", name="责令改正通知书")
    row.get_by_role("button", name="改为打印盖章后扫描").click()
    expect(row.get_by_role("cell", name="打印盖章后扫描", exact=True)).to_be_visible()
    row.get_by_role("button", name="改为电子印章").click()
    expect(row).to_contain_text("电子印章（默认）")
