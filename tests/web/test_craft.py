"""Every page at both sizes: WCAG 2.2 AA, large type (适老化), both languages on the way.

The pages of the desk come from its own registry, so that a new page is judged from its first day.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from gridsup.patrols.service import FindingReport, Position, report_finding
from gridsup.people.model import Posting
from gridsup.procedures.acting import Acting
from gridsup.wiring import wire
from tests.factories import JURISDICTION, LONG_AGO, SIDE, SOUTH, WEST
from tests.web import axe
from tests.web.conftest import DESKTOP, PASSWORD, PATIENCE, PHONE, World, sign_in, unlock

pytestmark = pytest.mark.browser

REGISTRY = Path(__file__).resolve().parents[2] / "web" / "src" / "desk" / "pages.ts"
VIEWS = re.findall(r"^  (\w+): \{ group: ", REGISTRY.read_text(encoding="utf-8"), re.MULTILINE)
POSTS = ("manager", "admin", "legal", "bureau_head", "station_head", "enforcement", "inspector")
SIZES = {"desktop": DESKTOP, "phone": PHONE}


@pytest.fixture(scope="module")
def furnished(world: World) -> World:
    """The bureau with two matters, and a dispatcher who holds every other post too: all pages are hers."""
    wire()
    with world.session() as session:
        for post in POSTS:
            session.add(
                Posting(
                    jurisdiction_id=JURISDICTION,
                    officer_id=world.made.officers["dispatcher"],
                    organisation_id=world.made.bureau_id,
                    post=post,
                    valid_from=LONG_AGO,
                )
            )
        for number in range(2):
            report_finding(
                session,
                Acting(world.made.officers["inspector"], "inspector"),
                FindingReport(
                    key=uuid.uuid4(),
                    found_at=datetime.now(UTC),
                    source="patrol",
                    name=f"早点摊{number}",
                    address=f"江汉区民权街道 {number} 号门前",
                    facts={"operator_name": "王某", "scope": "早点"},
                    position=Position(lon=WEST + 0.3 * SIDE, lat=SOUTH + 1.4 * SIDE),
                ),
            )
    return world


@pytest.fixture(scope="module")
def visitor(browser: Browser, furnished: World) -> Iterator[BrowserContext]:
    """One browser profile for the whole module, signed in once, with axe in every page."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    axe.install(context)
    first = context.new_page()
    sign_in(first, furnished.url, "dispatcher", face="desk")
    first.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def desk(visitor: BrowserContext, furnished: World) -> Page:
    page = visitor.new_page()
    page.goto(f"{furnished.url}/desk/")
    expect(page.get_by_role("navigation", name="版块")).to_be_visible()
    return page


def judge(page: Page, sizes: Mapping[str, object] = SIZES) -> None:
    """At these sizes no fault of WCAG 2.2 AA; at large type, in both languages, nothing is cut."""
    found = []
    for name, size in sizes.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        axe.settled(page)
        found += [f"{name}: {fault}" for fault in axe.faults(page)]
        axe.large(page, True)
        for language in ("English", "中文"):
            found += [f"{name}, large type: {fault}" for fault in axe.misfits(page)]
            other = page.get_by_role("button", name=language, exact=True, include_hidden=True)
            if other.count():  # on a phone it may stand in a menu that is shut
                other.evaluate("(one) => one.click()")
        axe.large(page, False)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_of_the_desk_is_for_everyone(desk: Page, view: str) -> None:
    desk.evaluate("view => { location.hash = `view=${view}`; }", view)
    expect(desk.locator(f"nav.pages [aria-current=page][data-view={view}]")).to_have_count(1)
    axe.settled(desk)
    judge(desk)


ASKED = re.compile(r"/api/(?!session|events|tiles|basemap)")
"""What a page asks for; not who is signed in, the live line, nor the pictures of the map."""
OWN_WORDS = {"glossary"}
"""Pages that ask the server for nothing."""
NEVER_EMPTY = OWN_WORDS | {
    "procedures",
    "workload",
    "law",
    "limits",
    "offenders",
    "appraisal",
    "calendar",
}
"""Pages of what every bureau has, or that have a word of their own for nothing."""


def in_place(desk: Page, view: str, tab: str) -> Locator:
    """Turns to a page, the queue to a tab that was not open; what stands there in the place of rows."""
    desk.evaluate("([view, tab]) => { location.hash = `view=${view}&tab=${tab}`; }", [view, tab])
    expect(desk.locator(f"nav.pages [aria-current=page][data-view={view}]")).to_have_count(1)
    return desk.locator("main [data-instead]:visible")


def unavailable(route: Route) -> None:
    problem = {"title": "Service Unavailable", "status": 503, "detail": "数据库正在重启"}
    route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem))


def emptied(route: Route) -> None:
    """The answer without any row."""
    answer = route.fetch()
    if "json" not in answer.headers.get("content-type", ""):
        return route.fulfill(response=answer)
    told = answer.json()
    if isinstance(told, dict):
        told = {name: [] if isinstance(one, list) else one for name, one in told.items()}
    route.fulfill(response=answer, body=json.dumps([] if isinstance(told, list) else told))


def test_a_page_without_its_answer_says_so_and_asks_again(desk: Page) -> None:
    desk.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    desk.route(ASKED, unavailable)
    for view in VIEWS:
        if view not in OWN_WORDS:
            there = in_place(desk, view, "late")
            failed = there.and_(desk.locator("[data-instead=failed]")).first
            expect(failed, view).to_contain_text("数据库正在重启")
            expect(failed.get_by_role("button", name="重试"), view).to_be_visible()
            expect(there.and_(desk.locator("[data-instead=none]")), view).to_have_count(0)
            nothing = desk.locator("main").get_by_text(re.compile("^(现在|还)?没有"))
            expect(nothing.and_(desk.locator(":not(option)")), view).to_have_count(0)
    desk.unroute(ASKED)
    expect(desk.locator("main [data-instead=failed]")).to_have_count(1)
    desk.get_by_role("main").get_by_role("button", name="重试").click()
    expect(desk.locator("main [data-instead=failed]")).to_have_count(0)


def test_an_empty_page_says_what_it_would_hold(desk: Page) -> None:
    desk.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    desk.route(ASKED, emptied)
    for view in VIEWS:
        if view not in NEVER_EMPTY:
            none = in_place(desk, view, "ended").and_(desk.locator("[data-instead=none]")).first
            expect(none, view).to_have_text(re.compile(".{8,}"))
            expect(none, view).not_to_contain_text("没有内容")
    desk.unroute(ASKED)


def test_the_panels_of_the_desk_are_for_everyone(desk: Page, furnished: World) -> None:
    cell = furnished.made.cells["42010301-001"]
    for panel in ("matter=1", f"ground={cell}", "business=1"):
        desk.evaluate("panel => { location.hash = `view=queue&tab=all&${panel}`; }", panel)
        expect(desk.locator("aside article")).to_be_visible()
        judge(desk)


def test_a_part_of_a_panel_without_its_answer_asks_again(desk: Page) -> None:
    parts = re.compile(
        r"/api/(matters/\d+/(sentences|allocation)|(urging|transfers)\?.*matter_id|businesses/\d+/duplicates)"
    )
    desk.evaluate("location.hash = 'view=queue&tab=all'")
    expect(desk.locator("aside article")).to_have_count(0)
    desk.route(parts, unavailable)
    failed = desk.locator("aside article [data-instead=failed]")
    for panel, count in (("business=1", 1), ("matter=1", 5)):
        desk.evaluate("panel => { location.hash = `view=queue&tab=all&${panel}`; }", panel)
        expect(failed).to_have_count(count)
        expect(failed.first).to_contain_text("数据库正在重启")
    desk.unroute(parts)
    for left in range(4, -1, -1):
        failed.first.get_by_role("button", name="重试").click()
        expect(failed).to_have_count(left)


def test_the_board_is_for_everyone(visitor: BrowserContext, furnished: World) -> None:
    page = visitor.new_page()
    page.goto(f"{furnished.url}/board/")
    for view in ("overview", "indicators", "reports", "appraisals"):
        page.evaluate("view => { location.hash = `view=${view}`; }", view)
        expect(page.locator(f"nav [data-view={view}][aria-current=page]")).to_have_count(1)
        expect(page.locator("[data-panel]").first).to_be_visible()
        judge(page, SIZES if view == "overview" else {"phone": PHONE})


def test_the_field_page_is_for_everyone(visitor: BrowserContext, furnished: World) -> None:
    page = visitor.new_page()
    page.goto(f"{furnished.url}/field/")
    page.locator("dialog[data-pin]").wait_for()
    judge(page)
    unlock(page)
    for tab in ("nearby", "report", "matters", "outbox"):
        page.locator(f"nav [data-tab={tab}]").click()
        judge(page)


def test_the_door_is_for_everyone(browser: Browser, furnished: World) -> None:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    axe.install(context)
    page = context.new_page()
    page.goto(furnished.url)
    expect(page.locator("input[name=password]")).to_be_visible()
    judge(page)
    context.close()


def test_who_types_faster_than_the_network_is_signed_in(browser: Browser, furnished: World) -> None:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    slow: list[Route] = []
    page.route("**/api/jurisdictions", lambda route: slow.append(route))
    with page.expect_request("**/api/jurisdictions"):
        page.goto(furnished.url)
    page.fill("input[name=username]", "dispatcher")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("button[type=submit]")).to_have_attribute("aria-busy", "true")
    slow.pop().continue_()
    expect(page).to_have_url(re.compile("/(desk|board)/"))
    context.close()
