"""Pictures of every main state for the documents, taken from a running demo.

``make screenshots``, or ``python docs/screenshots.py [--url http://127.0.0.1:8000] [NAME]…``: signs in as
each role, opens its main pages and writes ``docs/images/NAME.png``; with names it takes those alone.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

IMAGES = Path(__file__).parent / "images"
PASSWORD = "wangge-yanshi-2026"  # noqa: S105 - of the demo, printed by `gridsup demo accounts`
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def first_matter(page: Page) -> None:
    """The queue with one matter's story open and its place on the map."""
    page.get_by_role("tab", name="全部").click()
    page.locator("[data-row]", has_text="无照经营监管").first.click()
    expect(page.locator("aside article h2").first).to_be_visible()


def case_file(page: Page) -> None:
    """A closed case with the contents of its file (一案一卷)."""
    page.locator("[data-row]").first.click()
    page.locator("aside h3", has_text="案卷目录").first.scroll_into_view_if_needed()


def report_tab(page: Page) -> None:
    page.locator("nav [data-tab=report]").click()


def matters_tab(page: Page) -> None:
    page.locator("nav [data-tab=matters]").click()


def as_is(page: Page) -> None:
    """Nothing to open first."""


def large_type(page: Page) -> None:
    page.get_by_role("button", name="大字", exact=True).click()


def english(page: Page) -> None:
    first_matter(page)
    page.get_by_role("button", name="English", exact=True).click()


Shot = tuple[str, str, dict[str, int], Callable[[Page], None]]
SHOTS: dict[str, Shot] = {
    "desk": ("dispatcher-1", "/desk/", DESKTOP, first_matter),
    "desk-english": ("dispatcher-1", "/desk/", DESKTOP, english),
    "desk-large-type": ("dispatcher-1", "/desk/", DESKTOP, large_type),
    "desk-phone": ("dispatcher-1", "/desk/", PHONE, as_is),
    "ledger": ("dispatcher-1", "/desk/#view=ledger", DESKTOP, as_is),
    "referrals": ("dispatcher-1", "/desk/#view=referrals", DESKTOP, as_is),
    "division": ("dispatcher-1", "/desk/#view=division", DESKTOP, as_is),
    "procedures": ("dispatcher-1", "/desk/#view=procedures", DESKTOP, as_is),
    "departments": ("dispatcher-1", "/desk/#view=departments", DESKTOP, as_is),
    "publicity": ("enforcement-01-1", "/desk/#view=publicity", DESKTOP, as_is),
    "case-file": ("enforcement-01-1", "/desk/#tab=ended&pack=penalty_case", DESKTOP, case_file),
    "approvals": ("bureau_head", "/desk/#view=approvals", DESKTOP, as_is),
    "glossary": ("dispatcher-1", "/desk/#view=glossary", DESKTOP, as_is),
    "department": ("liaison-d02", "/desk/", DESKTOP, as_is),
    "board": ("manager", "/board/", DESKTOP, as_is),
    "board-hotspots": ("manager", "/board/#measure=hotspots&side=250", DESKTOP, as_is),
    "board-phone": ("manager", "/board/", PHONE, as_is),
    "field-nearby": ("inspector-01-1", "/field/", PHONE, as_is),
    "field-report": ("inspector-01-1", "/field/", PHONE, report_tab),
    "field-matters": ("inspector-01-1", "/field/", PHONE, matters_tab),
}


def sign_in(page: Page, url: str, account: str, path: str) -> None:
    """Through the door; the demo's own jurisdiction is chosen there."""
    page.goto(url)
    page.fill("input[name=username]", account)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile(r"/(desk|field|board)/"))
    if path.startswith("/field/"):
        page.context.set_geolocation(at_a_door(page, url))  # type: ignore[arg-type]
    page.goto(f"{url}{path}")
    if path.startswith("/field/"):
        unlock(page)


def at_a_door(page: Page, url: str) -> dict[str, float]:
    """Before the door of a household of the inspector's own first cell, degrees CRS84."""
    pack = page.request.get(f"{url}/api/field/pack").json()
    mine = [one for one in pack["households"] if one["cell_id"] == pack["cells"]["features"][0]["id"]]
    door = next(one for one in mine if one["lon"] is not None)
    return {"longitude": door["lon"], "latitude": door["lat"], "accuracy": 8}


def unlock(page: Page) -> None:
    """Give the phone page its PIN, twice."""
    for step in ("set", "repeat"):
        gate = page.locator(f"dialog[data-pin={step}]")
        gate.wait_for()
        page.keyboard.type("120119")
        gate.wait_for(state="detached")


def drawn(page: Page) -> None:
    """Wait until the page's map, where it has one, has all its tiles, and what it asked for is there; half a
    minute at most."""
    for _ in range(60):
        page.wait_for_timeout(500)
        if page.evaluate(
            "[window.deskMap, window.boardMap, window.fieldMap]"
            ".every((map) => !map || map._removed || map.areTilesLoaded())"
        ):
            break
    page.wait_for_timeout(1500)
    expect(page.get_by_text("正在加载")).to_have_count(0, timeout=30_000)


def take(browser: Browser, url: str, name: str, shot: Shot) -> None:
    account, path, size, prepare = shot
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["geolocation"],
    )
    page = context.new_page()
    sign_in(page, url, account, path)
    page.wait_for_load_state()
    drawn(page)
    prepare(page)
    drawn(page)
    page.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("names", nargs="*", choices=[[], *SHOTS], metavar="NAME")
    told = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"), args=FLAGS
        )
        for name in told.names or SHOTS:
            take(browser, told.url, name, SHOTS[name])
            print(IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
