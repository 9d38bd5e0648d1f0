"""Fixtures of the browser tests: the built pages on a live server over a small bureau, and a real Chromium.

``world``     the bureau of ``tests.factories`` (squares in Jianghan) with one account per post, served
``page_for``  ``page_for("dispatcher")`` is a page signed in as that post's officer; ``PHONE`` and ``DESKTOP``
              are its sizes; its console must stay free of errors and its requests inside the server
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from geoalchemy2.shape import from_shape
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect
from shapely import LineString

from api.app import create_app
from gridsup.cells.model import Road
from gridsup.cluster import Cluster
from gridsup.db import transaction
from gridsup.people import accounts
from tests.conftest import Clone, cloned
from tests.factories import JURISDICTION, SIDE, SOUTH, WEST, Bureau, bureau, business
from tests.web import jitter

STATIC = Path(__file__).resolve().parents[2] / "api" / "static"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 40_000 + 30 * jitter.MOST
"""Milliseconds for anything that a page is waited for: three browsers may draw on two cores."""
expect.set_options(timeout=PATIENCE)
PASSWORD = "a plain sentence as password"  # noqa: S105 - of the tests


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How a run on a slow network is had again."""
    if jitter.MOST:
        terminalreporter.write_line(f"answers up to {jitter.MOST} ms late, seed {jitter.SEED}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failure tells what every open page showed."""
    report: Any = yield
    if report.failed and (running := getattr(item, "funcargs", {}).get("browser")):
        for page in [page for context in running.contexts for page in context.pages]:
            with suppress(Error):  # it may be the page that broke
                report.sections.append((page.url, page.locator("body").inner_text(timeout=5_000)[:4_000]))
    return report


@dataclass
class World:
    """A served bureau. ``url`` is its address, ``made`` the ids of its rows."""

    url: str
    clone: Clone
    made: Bureau

    def session(self) -> Any:
        """A transaction as the application in this jurisdiction; commits."""
        return transaction(self.clone.engine, JURISDICTION)


def populate(clone: Clone) -> Bureau:
    """The square bureau: accounts named by post, a few businesses in each cell, roads between the cells."""
    with transaction(clone.owner, JURISDICTION) as session:
        made = bureau(session)
        for post, officer_id in made.officers.items():
            accounts.create_account(
                session, JURISDICTION, officer_id, post, password=PASSWORD, must_change=False
            )
        for code in made.cells:
            for number in range(3):
                business(session, made, cell=code, name=f"样例商户{code[-3:]}{number}")
        business(session, made, name="待落点小店", placed=False)
        for step in range(3):
            for line in (
                LineString([(WEST + step * SIDE, SOUTH), (WEST + step * SIDE, SOUTH + 2 * SIDE)]),
                LineString([(WEST, SOUTH + step * SIDE), (WEST + 2 * SIDE, SOUTH + step * SIDE)]),
            ):
                session.add(
                    Road(
                        jurisdiction_id=JURISDICTION,
                        kind="primary",
                        source="test",
                        geom=from_shape(line, srid=4490),
                    )
                )
    return made


@pytest.fixture(scope="module")
def world(cluster: Cluster, template: str) -> Iterator[World]:
    """A world for one module of tests."""
    if not (STATIC / "index.html").is_file():
        pytest.fail("the web pages are not built: run make web")
    with cloned(cluster, template) as clone:
        made = populate(clone)
        with serving(clone) as url:
            yield World(url, clone, made)


class serving:  # noqa: N801 - reads as a verb in a with statement
    """The app on a port of its own, in a thread, until the block ends."""

    def __init__(self, clone: Clone, **options: Any) -> None:
        app: Any = create_app(clone.engine)
        if jitter.MOST:
            app = jitter.Jittered(app)
        config = uvicorn.Config(app, port=0, log_level="warning", **options)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._scheme = "https" if "ssl_certfile" in options else "http"

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"{self._scheme}://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._server.force_exit = True  # whatever a page that was left open still holds


@pytest.fixture
def context_for(browser: Browser, world: World) -> Iterator[Callable[..., BrowserContext]]:
    """``context_for(DESKTOP)``: a fresh browser profile; notes errors and requests that leave the server."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_context(size: dict[str, int] = DESKTOP, **more: Any) -> BrowserContext:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=size == PHONE,
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        origin = more.get("base_url", world.url)

        def watch(request: Any) -> None:
            if not request.url.startswith((origin, "blob:", "data:")):
                faults.append(f"a request left the server: {request.url}")

        context.on("request", watch)
        context.on("weberror", lambda error: faults.append(f"page error: {error.error}"))
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert not faults, faults


def sign_in(page: Page, url: str, username: str, *, face: str) -> None:
    """Through the door, as a person does."""
    page.goto(f"{url}/?next=/{face}/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile(rf"^[^?]*/{face}/"))
    if face == "field":
        unlock(page)


PIN = "120119"


def unlock(page: Page) -> None:
    """Set the phone page's PIN where there is none, give it where it is asked for."""
    gate = page.locator("dialog[data-pin]")
    gate.or_(page.locator("[data-tab=nearby]")).first.wait_for()
    while gate.count():
        step = gate.get_attribute("data-pin")
        page.keyboard.type(PIN)
        page.locator(f"dialog[data-pin={step}]").wait_for(state="detached")


@pytest.fixture
def page_for(context_for: Callable[..., BrowserContext], world: World) -> Callable[..., Page]:
    """``page_for("dispatcher", "desk")``: signed in through the door, on that face."""

    def open_page(post: str, face: str, size: dict[str, int] = DESKTOP, **more: Any) -> Page:
        page = context_for(size, **more).new_page()
        sign_in(page, world.url, post, face=face)
        return page

    return open_page


CLASSIFIED = {"违法情形": "never_permitted", "经营类别": "permit", "危害人身健康或公共安全": "否"}
"""What the dispatcher says when a matter is classified."""


def turn_to(desk: Page, group: str, title: str) -> None:
    """Open a page of the desk: its group in the rail, then its name in the bar."""
    desk.get_by_role("navigation", name="版块").get_by_role("button", name=group, exact=True).click()
    desk.locator("nav.pages").get_by_role("button", name=title, exact=True).click()


def fill(form: Locator, fields: dict[str, str]) -> None:
    """Fill a procedure's form by its labels: choose of a list, tap of a yes-or-no, write the rest."""
    for label, value in fields.items():
        field = form.get_by_label(label).first
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("role") == "radiogroup":
            field.get_by_text(value, exact=True).click()
        else:
            field.fill(value)


ON_MAP = """([name, layer]) => {
  const map = window[name];
  if (!map?.getLayer(layer)) return [];
  const all = map.queryRenderedFeatures({layers: [layer]}).map((one) => ({...one.properties, id: one.id}));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}"""
"""What a map has drawn in a layer; what lies in two of its tiles comes once."""


def wait_drawn(page: Page, name: str, layer: str, *, least: int = 1) -> list[dict[str, Any]]:
    """Properties of what the map ``window[name]`` draws in a layer, once it is at least so many features."""
    until(page, f"(asked) => ({ON_MAP})(asked).length >= {least}", [name, layer])
    shown: list[dict[str, Any]] = page.evaluate(ON_MAP, [name, layer])
    return shown


def until(page: Page, function: str, arg: Any = None, *, seconds: float = PATIENCE / 1000) -> None:
    """Wait until a JavaScript function of ``arg`` gives a true value.

    ``page.wait_for_function`` evaluates inside the page, which its content security policy forbids.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(function, arg):
        assert time.monotonic() < end, f"never true: {function} of {arg}"
        page.wait_for_timeout(100)
