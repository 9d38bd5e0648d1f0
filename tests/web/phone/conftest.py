"""The inspector's phone in a real browser: its fixtures, and what an inspector does on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import func, select

from gridsup.db import transaction
from gridsup.patrols.model import Finding, Visit
from gridsup.procedures import attachments, views
from gridsup.procedures.model import Attachment
from gridsup.registry.model import Business
from tests.factories import JURISDICTION, SIDE, SOUTH, WEST
from tests.web.conftest import (
    PHONE,
    World,
    sign_in,
    until,
)

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
    return opened(phone(), world)


def opened(context: BrowserContext, world: World) -> Page:
    """The inspector's page of this phone, signed in, ready for a time without a network."""
    page = context.new_page()
    sign_in(page, world.url, "inspector", face="field")
    ready(page)
    return page


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


ROADS = "() => fieldMap.queryRenderedFeatures().some((one) => one.sourceLayer === 'roads')"


def visits(world: World) -> int:
    with world.session() as session:
        query = select(func.count()).select_from(Visit).where(Visit.jurisdiction_id == JURISDICTION)
        return session.scalar(query) or 0


def capture(sheet: Locator) -> None:
    sheet.get_by_label("经营者姓名").fill("王某")
    sheet.get_by_label("经营地址").fill("民权路口")
    sheet.get_by_label("经营范围").fill("早点")
    sheet.get_by_label("行业").fill("食品摊贩")
    sheet.get_by_label("营业执照情况").select_option("none")
    sheet.get_by_role("radiogroup", name="需要许可").get_by_text("否").click()
    sheet.get_by_role("button", name="信息采集录入").click()
