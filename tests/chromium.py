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
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Where the browser is; every launch of the suite asks here."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "no Chromium: make test installs it (apt-get install chromium)"
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; its absence fails the suite, it never skips."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()
