"""The browser of the tests: one of a worker, whatever files it runs. Playwright starts once in a process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
"""Software WebGL, so that the map is drawn; pages put together without it, at half the cost; a microphone
that beeps; no requests of the browser's own."""
BROWSERS = ("chromium-headless-shell", "chromium")


def chromium() -> str | None:
    """Where Debian's browser is; None where Playwright's own is used. Every launch of the suite asks here."""
    found = (path for path in map(shutil.which, BROWSERS) if path and not path.startswith("/snap/"))
    return next(found, None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Its absence fails the suite, it never skips; `make test` installs it."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()
