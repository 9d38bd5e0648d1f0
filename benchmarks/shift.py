"""How much the pages move while they load (cumulative layout shift, CLS): "good" is up to 0.1.

``python benchmarks/shift.py [--url http://127.0.0.1:8000] [--settle 3] [NAME]…`` signs in to a running demo
and opens every page of desk, board and field at 1440×900 and 390×844, first without cache, then with it. It
prints the shift of each as Chrome counts it (the worst window of at most 5 s, without what follows a touch or
a key) and, with ``--why``, what moved. A NAME is a view of the desk, a tab of the phone, or ``board``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.chromium import chromium

PASSWORD = "wangge-yanshi-2026"  # noqa: S105 - of the demo, printed by `gridsup demo accounts`
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
GOOD = 0.1
"""The mark of web.dev's Core Web Vitals; pages of the platform are mended above a fifth of it."""
PAGES = Path(__file__).parents[1] / "web" / "src" / "desk" / "pages.ts"
DESK = ("dispatcher-1", "manager", "admin", "legal-1", "inspector-01-1")
"""Who opens the desk's pages: each page is measured with the first who has it."""
WATCH = """
window.moved = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (one.hadRecentInput) continue;
    const what = one.sources.map(({ node, previousRect, currentRect }) => {
      const named = node?.nodeType === 1 ? node : node?.parentElement;
      return `${named?.tagName.toLowerCase()}.${named?.className?.split?.(" ")[0] ?? ""} ` +
        `${previousRect.y}→${currentRect.y} ${previousRect.x}→${currentRect.x}`;
    });
    window.moved.push({ at: one.startTime, value: one.value, what });
  }
}).observe({ type: "layout-shift", buffered: true });
"""


Moved = list[dict[str, Any]]
Counted = tuple[str, str, list[Moved]]
"""A page, its size, and what moved at each of its loads."""


def cls(moved: Moved) -> float:
    """The sum of the worst session window: shifts less than a second apart, five seconds at most."""
    worst = window = 0.0
    begun = last = float("-inf")
    for one in moved:
        if one["at"] - last > 1000 or one["at"] - begun > 5000:
            begun, window = one["at"], 0.0
        last, window = one["at"], window + one["value"]
        worst = max(worst, window)
    return worst


def sign_in(browser: Browser, url: str, account: str) -> Any:
    """The account's session, to be given to fresh contexts."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(url)
    page.fill("input[name=username]", account)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile(r"/(desk|field|board)/"))
    state = context.storage_state()
    context.close()
    return state


def fresh(browser: Browser, state: Any, size: str) -> BrowserContext:
    context = browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=state,
        permissions=["geolocation"],
        geolocation={"longitude": 114.2725, "latitude": 30.5905, "accuracy": 8},
        service_workers="block",
    )
    context.add_init_script(WATCH)
    return context


def shift(page: Page, address: str, settle: float) -> Moved:
    """What moved from asking for a page until it has rested."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_timeout(settle * 1000)
    moved: Moved = page.evaluate("window.moved")
    return moved


def desk(browser: Browser, url: str, settle: float, names: list[str]) -> Iterator[Counted]:
    views = re.findall(r"^  (\w+): \{ group:", PAGES.read_text(encoding="utf-8"), re.M)
    left = [view for view in views if not names or view in names]
    for account in DESK:
        state = sign_in(browser, url, account) if left else None
        for view in list(left):
            for size in SIZES:
                context = fresh(browser, state, size)
                page = context.new_page()
                cold = shift(page, f"{url}/desk/#view={view}", settle)
                if not page.locator(f"nav.pages [data-view={view}][aria-current=page]").count():
                    context.close()
                    break  # not a page of this account
                if view in left:
                    left.remove(view)
                warm = shift(page, f"{url}/desk/#view={view}", settle)
                context.close()
                yield f"desk {view}", size, [cold, warm]


def board(browser: Browser, url: str, settle: float, names: list[str]) -> Iterator[Counted]:
    if names and "board" not in names:
        return
    state = sign_in(browser, url, "manager")
    for size in SIZES:
        context = fresh(browser, state, size)
        page = context.new_page()
        yield "board", size, [shift(page, f"{url}/board/", settle) for _ in range(2)]
        context.close()


def field(browser: Browser, url: str, settle: float, names: list[str]) -> Iterator[Counted]:
    """The phone's four places, each from the page's start; at the first the PIN is set."""
    tabs = [tab for tab in ("nearby", "report", "matters", "outbox") if not names or tab in names]
    state = sign_in(browser, url, "inspector-01-1") if tabs else None
    for tab in tabs:
        context = fresh(browser, state, "phone")
        page = context.new_page()
        page.goto(f"{url}/field/")
        for step in ("set", "repeat"):
            page.locator(f"dialog[data-pin={step}]").wait_for()
            page.keyboard.type("120119")
            page.locator(f"dialog[data-pin={step}]").wait_for(state="detached")
        counted = []
        for _ in range(2):
            page.locator(f"nav [data-tab={tab}]").click()
            page.wait_for_timeout(settle * 1000)
            counted.append(page.evaluate("window.moved"))
            page.reload()
        context.close()
        yield f"field {tab}", "phone", counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds that a page is watched")
    parser.add_argument("--why", action="store_true", help="also what moved, where anything did")
    parser.add_argument("names", nargs="*", metavar="NAME")
    told = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        print(f"{'page':24}{'size':10}{'cold':>8}{'warm':>8}  good up to {GOOD}")
        for face in (desk, board, field):
            for name, size, runs in face(browser, told.url, told.settle, told.names):
                cold, warm = map(cls, runs)
                verdict = "good" if max(cold, warm) <= GOOD else "MISSED"
                print(f"{name:24}{size:10}{cold:8.3f}{warm:8.3f}  {verdict}", flush=True)
                for one in sorted((one for run in runs for one in run), key=lambda one: -one["value"])[
                    : 3 * told.why
                ]:
                    print(f"    {one['value']:.3f} {json.dumps(one['what'], ensure_ascii=False)}")
        browser.close()


if __name__ == "__main__":
    main()
