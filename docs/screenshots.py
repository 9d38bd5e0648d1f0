"""How the pictures of the documents are taken; which ones, `docs/shots.py` says.

``tests/db/demo/test_pictures.py`` takes every one of them in each run of the suite, from the demo city that
the suite has loaded, into a temporary folder. ``make screenshots`` is the same test pointed at a running demo
(``GRIDSUP_PICTURES=http://127.0.0.1:8000``): then they become ``docs/images`` and `docs/pictures.md`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

IMAGES = Path(__file__).parent / "images"
PAGE = Path(__file__).parent / "pictures.md"
PASSWORD = "wangge-yanshi-2026"  # noqa: S105 - of the demo, printed by `gridsup demo accounts`
Size = dict[str, int]
DESKTOP: Size = {"width": 1440, "height": 900}
PHONE: Size = {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PIN = "120119"
JURISDICTION = "420103"
LARGEST = 120_000
"""Bytes of a picture at most; fewer colours until it is that small."""


def nothing(_: Any) -> None:
    """No more to do."""


@dataclass(frozen=True)
class Shot:
    """A state of a page: who sees it, where, and what they do first. ``zh`` and ``en`` are its caption."""

    name: str
    who: str
    path: str
    zh: str
    en: str
    size: Size = field(default_factory=lambda: DESKTOP)
    prepare: Callable[[Page], None] = nothing
    browser: Callable[[BrowserContext], None] = nothing
    """What the browser is or meets, before the page opens: no WebGL, no network, English."""

    @property
    def face(self) -> str:
        return self.path.split("/")[1]

    @property
    def view(self) -> str | None:
        """The page of the desk that it shows; the queue where its address names none."""
        if self.face != "desk":
            return None
        named = re.search(r"view=(\w+)", self.path)
        return named[1] if named else "queue"


class Camera:
    """A browser at one address: each account signs in once; pages of one account and size share a window."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._signed_in: dict[str, Any] = {}
        self._door: Any = {"longitude": 114.27, "latitude": 30.6, "accuracy": 8}
        self._open: tuple[tuple[Any, ...], Page] | None = None
        self.faults: list[str] = []

    def take(self, shot: Shot) -> bytes:
        """The picture of a state, as PNG."""
        page = self._page(shot)
        drawn(page)
        if shot.prepare is not nothing:
            shot.prepare(page)
            drawn(page)
        return page.screenshot()

    def close(self) -> None:
        if self._open:
            self._open[1].context.close()
            self._open = None

    def _page(self, shot: Shot) -> Page:
        """The page of a shot; the window of the shot before where that may be led on."""
        mine = (shot.who, shot.face, shot.size["width"])
        if self._open and self._open[0] == mine and shot.browser is nothing:
            page = self._open[1]
            if shot.face == "field":
                home(page)
            else:
                page.evaluate("(to) => { location.hash = to; }", shot.path.partition("#")[2] or "view=")
        else:
            page = self._window(shot)
        # What a shot does to its page, it leaves to no other; the phone's page finds home.
        led_on = shot.browser is nothing and (shot.face == "field" or shot.prepare is nothing)
        self._open = (mine if led_on else (), page)
        return page

    def _window(self, shot: Shot) -> Page:
        self.close()
        context = self._browser.new_context(
            viewport=shot.size,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["geolocation"],
            storage_state=self._state(shot.who),
            reduced_motion="reduce",
        )
        context.on("weberror", lambda error: self.faults.append(f"{shot.name}: {error.error}"))
        if shot.face == "field":
            context.set_geolocation(self._door)
        shot.browser(context)
        page = context.new_page()
        page.goto(f"{self._url}{shot.path}")
        if shot.face == "field":
            unlock(page)
        return page

    def _state(self, who: str) -> Any:
        """What a browser holds that is signed in; nobody is for the door."""
        if who and who not in self._signed_in:
            context = self._browser.new_context(locale="zh-CN")
            page = context.new_page()
            sign_in(page, self._url, who, "")
            if who.startswith("inspector"):
                self._door = at_a_door(page, self._url)
            self._signed_in[who] = context.storage_state()
            context.close()
        return self._signed_in.get(who)


def home(page: Page) -> None:
    """The phone's page as it opens: what is open is closed, the list of what is near."""
    page.keyboard.press("Escape")
    page.locator("nav [data-tab=nearby]").click()
    page.locator(".filters .chip").first.click()


def sign_in(page: Page, url: str, account: str, path: str) -> None:
    """Through the door, into the first demo city where there are two; on to ``path``, where one is given."""
    page.goto(url)
    drawn(page)
    if page.locator("form select").count():
        page.locator("form select").select_option(JURISDICTION)
    page.fill("input[name=username]", account)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile(r"/(desk|field|board)/"))
    if not path:
        return
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
        page.keyboard.type(PIN)
        gate.wait_for(state="detached")


STILL = """() => {
  const maps = [window.deskMap, window.boardMap, window.fieldMap, window.rowsMap, window.draftMap]
    .filter((map) => map && !map._removed);
  const at = location.pathname + location.hash;
  const wants = (/^.desk/.test(at) && (!/view=/.test(at) || /view=(queue|unplaced)/.test(at))) ||
    (/^.board/.test(at) && !/view=/.test(at)) ||
    document.querySelector("[data-tab=nearby][aria-current]") !== null;
  const draws = wants && !document.querySelector("[data-instead=failed]") &&
    document.createElement("canvas").getContext("webgl2") !== null;
  const nameless = /view=assign/.test(at) ? 1 : 0;
  return !document.querySelector("[aria-busy=true], .wait") &&
    !/正在加载|正在生成|Loading…/.test(document.body.innerText) &&
    performance.getEntriesByType("resource").every((one) => one.responseEnd > 0) &&
    maps.length + nameless >= Math.max(draws ? 1 : 0, document.querySelectorAll(".maplibregl-map").length) &&
    maps.every((map) => map.loaded() && map.areTilesLoaded());
}"""
"""No part says that it loads, every map that belongs there is drawn; that of the assignments tells nobody."""


def drawn(page: Page, *, seconds: float = 20) -> None:
    """Wait until the page says of no part that it loads and its map has its tiles, three looks in a row.

    A map that never ends is taken as it is.
    """
    end, calm = time.monotonic() + seconds, 0
    page.wait_for_timeout(150)
    while calm < 3 and time.monotonic() < end:
        page.wait_for_timeout(100)
        calm = calm + 1 if page.evaluate(STILL) else 0


def small(png: bytes) -> bytes:
    """The picture as a file that loads at once: without loss where its colours are few, else as a photo."""
    whole = Image.open(BytesIO(png)).convert("RGB")
    few = whole.quantize(128, dither=Image.Dither.NONE).convert("RGB")
    for picture, options in (
        (few, {"lossless": True, "quality": 60}),
        *((whole, {"quality": quality}) for quality in (85, 75, 65, 55)),
    ):
        kept = BytesIO()
        picture.save(kept, "WEBP", method=4, **options)
        if kept.tell() <= LARGEST:
            break
    return kept.getvalue()


def gallery(sections: Iterable[tuple[str, str, Iterable[Shot]]]) -> str:
    """The page that shows every picture in order, in both languages."""
    lines = [
        "# 画面 · Pictures",
        "",
        "演示城市的每个页面和主要状态，由 `make screenshots` 取得；",
        "测试每次运行都照同一份清单（`docs/shots.py`）取一遍。",
        "",
        "Every page and main state of the demo city, taken by `make screenshots`; each run of the suite",
        "takes them by the same list (`docs/shots.py`).",
    ]
    for zh, en, shots in sections:
        lines += ["", f"## {zh} · {en}"]
        for shot in shots:
            width = ' width="320"' if shot.size == PHONE else ""
            lines += [
                "",
                f"**{shot.zh}** · {shot.en}",
                "",
                f'<img src="images/{shot.name}.webp" alt="{shot.en}"{width}>',
            ]
    return "\n".join(lines) + "\n"
