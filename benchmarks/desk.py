"""How soon the desk is of use with so many businesses: its first row to act on, and its map drawn.

``python benchmarks/desk.py [--url http://127.0.0.1:8000] [--times 5] [--fill 100000]`` signs in to
a running demo as its dispatcher and opens the desk, without cache and with it; prints medians in seconds.
``--fill`` first copies the demo's businesses and their codes, marked ``bench``, until there are so many:
use a data folder that nobody needs (``GRIDSUP_DATA_DIR``, ``GRIDSUP_DATABASE_URL``).
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gridsup.db import owner_engine, transaction
from gridsup.registry.model import Business, HouseholdCode
from tests.chromium import chromium

PASSWORD = "wangge-yanshi-2026"  # noqa: S105 - of the demo, printed by `gridsup demo accounts`
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
GOAL = 1.5
SHIFT = 10_000_000


def fill(least: int) -> None:
    """Copies of the demo's businesses until there are so many, each with a household code in its cell."""
    with transaction(owner_engine()) as session:
        for round_ in range(1, 1 + -(-least // (session.scalar(select(func.count(Business.id))) or 1))):
            for model, shifted in ((Business, {"id"}), (HouseholdCode, {"id", "business_id"})):
                copy(session, model, shifted, round_)
            if (session.scalar(select(func.count(Business.id))) or 0) >= least:
                return


def copy(session: Session, model: type[Business | HouseholdCode], shifted: set[str], round_: int) -> None:
    """One more of every row of the demo; the ``shifted`` ids move by ten million a round."""
    change = {name: f"{name} + {round_ * SHIFT}" for name in shifted}
    change |= {"code": f"code || '-B{round_}'", "source": "'bench'"}
    change |= {"uscc": "null", "registration_no": "null"}
    names = [column.name for column in model.__table__.columns if column.computed is None]
    values = ", ".join(change.get(name, name) for name in names)
    table = model.__tablename__
    session.execute(
        text(f"insert into {table} ({', '.join(names)}) select {values} from {table} where id < {SHIFT}")
    )


def opened(context: BrowserContext, url: str) -> tuple[float, float]:
    """Seconds from asking for the desk until the first row of its queue, and until its map is drawn."""
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(f"{url}/desk/#tab=all", wait_until="commit")
    page.locator("[data-row]").first.wait_for()
    row = time.perf_counter() - begun
    page.locator(".maplibregl-canvas").wait_for()
    while not page.evaluate("window.deskMap?.loaded() ?? false"):
        page.wait_for_timeout(20)
    drawn = time.perf_counter() - begun
    page.close()
    return row, drawn


def measure(browser: Browser, url: str, times: int) -> None:
    for name, fresh in (("without cache", True), ("with cache", False)):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(url)
        page.fill("input[name=username]", "dispatcher-1")
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(re.compile(r"/(desk|field|board)/"))
        state = context.storage_state()
        page.close()
        rows = []
        for _ in range(times):
            again = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=state)
            rows.append(opened(again if fresh else context, url))
            again.close()
        first, drawn = (statistics.median(one) for one in zip(*rows, strict=True))
        verdict = "holds" if first < GOAL else "MISSED"
        print(f"{name}: first row {first:.2f} s (goal {GOAL} s: {verdict}), map drawn {drawn:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--fill", type=int, default=0)
    told = parser.parse_args()
    if told.fill:
        fill(told.fill)
    with transaction(owner_engine()) as session:
        print(f"{session.scalar(select(func.count(Business.id)))} businesses")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        measure(browser, told.url, told.times)
        browser.close()


if __name__ == "__main__":
    main()
