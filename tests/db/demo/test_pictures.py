"""The suite takes the documents' pictures: every state of `docs/shots.py`, out of the loaded demo city.

They go into a temporary folder. ``GRIDSUP_PICTURES`` names the address of a running demo to take them from
instead (``make screenshots``): then they are the ones of the documents.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from docs.screenshots import IMAGES, PAGE, Camera, Shot, gallery, small
from docs.shots import SECTIONS, SHOTS
from tests.web.conftest import STATIC, serving

pytestmark = pytest.mark.browser
DEMO = os.environ.get("GRIDSUP_PICTURES")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the pictures go."""
    if not DEMO:
        yield tmp_path_factory.mktemp("pictures")
        return
    yield IMAGES
    for gone in IMAGES.glob("*"):
        if gone.stem not in SHOTS or gone.suffix != ".webp":
            gone.unlink()
    PAGE.write_text(gallery(SECTIONS), encoding="utf-8")


@pytest.fixture(scope="module")
def camera(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Camera]:
    """A browser before the demo."""
    if DEMO:
        camera = Camera(browser, DEMO)
        yield camera
        camera.close()
        return
    assert (STATIC / "index.html").is_file(), "the web pages are not built: run make web"
    with serving(request.getfixturevalue("loaded")) as url:
        camera = Camera(browser, url)
        yield camera
        camera.close()


@pytest.mark.parametrize("shot", SHOTS.values(), ids=SHOTS)
def test_a_state_is_seen_and_taken(camera: Camera, folder: Path, shot: Shot) -> None:
    taken = camera.take(shot)
    with Image.open(BytesIO(taken)) as picture:
        assert picture.size == (shot.size["width"], shot.size["height"])
        assert len(picture.resize((360, 225)).getcolors(1 << 20) or ()) > 50, (
            "there is nothing in the picture"
        )
    if DEMO:
        (folder / f"{shot.name}.webp").write_bytes(small(taken))
    else:
        (folder / f"{shot.name}.png").write_bytes(taken)
    faults, camera.faults[:] = list(camera.faults), []
    assert not faults
