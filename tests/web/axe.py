"""WCAG 2.2 AA as axe-core judges a page, and whether the page fits its window at large type.

axe-core itself comes with the development packages of ``web/`` (``npm ci``): its makers publish it there,
and a wrapper of another hand would only lag behind it.
"""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

SOURCE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
"""Every rule of levels A and AA; ``target-size`` (2.2) is the one that axe leaves off by itself."""

FAULTS = """async (rules) => (await axe.run(document, rules)).violations.flatMap((one) =>
  one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} — ${node.failureSummary}`))"""

CUT = """() => [...document.querySelectorAll("button, a[href], select, input:not([type=file])")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}))
  .filter((one) => !one.closest(".visually-hidden, .maplibregl-map"))
  .filter((one) => {
    let frame = one.parentElement;
    while (frame && !/auto|scroll/.test(getComputedStyle(frame).overflowX)) frame = frame.parentElement;
    const box = one.getBoundingClientRect();
    return !frame && box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
  })
  .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 30)} ${one.className}`)"""
"""Controls that stand partly outside the window and cannot be scrolled to."""


CALM = """() => !document.querySelector("[aria-busy=true], .wait") &&
  performance.getEntriesByType("resource").every((one) => one.responseEnd > 0)"""


def install(context: BrowserContext) -> None:
    """Give axe to every page of this context; the pages' own policy forbids a script tag."""
    assert SOURCE.is_file(), "axe-core is missing: make test installs it (npm ci in web/)"
    context.add_init_script(path=SOURCE)


def faults(page: Page) -> list[str]:
    """What breaks WCAG 2.2 AA on the page as it stands, one line per element; axe watches no map's pixels."""
    found: list[str] = page.evaluate(FAULTS, RULES)
    return found


def misfits(page: Page) -> list[str]:
    """At the size that is on: whether the page scrolls sideways, and which controls its window cuts."""
    wide: list[int] = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    cut: list[str] = page.evaluate(CUT)
    return cut + ([f"the page is {wide[0]} px wide in a window of {wide[1]}"] if wide[0] > wide[1] else [])


def large(page: Page, on: bool) -> None:
    """Large type (适老化) on or off, as the button of the head does."""
    page.evaluate("on => (document.documentElement.dataset.size = on ? 'large' : 'normal')", on)


def settled(page: Page, *, seconds: float = 40) -> None:
    """Wait until no part of the page says that it is loading, two looks in a row."""
    end, calm = time.monotonic() + seconds, 0
    while calm < 2:
        page.wait_for_timeout(60)
        calm = calm + 1 if page.evaluate(CALM) else 0
        assert time.monotonic() < end, "the page never stops loading"
