"""The documents show every page: each has a picture, and each picture is what the list says."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from docs.screenshots import IMAGES, LARGEST, PAGE, gallery
from docs.shots import FIELD, SECTIONS, SHOTS

WEB = Path(__file__).resolve().parents[2] / "web" / "src"
ALL = 5_000_000


def named(path: str, pattern: str) -> set[str]:
    """Names that a file of the web declares."""
    return set(re.findall(pattern, (WEB / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_page_view_and_tab_has_a_picture() -> None:
    assert named("desk/pages.ts", r"^  (\w+): \{ group: ") - {shot.view for shot in SHOTS.values()} == set()
    (views,) = named("board/board.svelte.ts", r"VIEWS = \[(.+?)\]")
    shown = {m[1] for shot in SHOTS.values() if (m := re.search(r"^/board/#.*view=(\w+)", shot.path))}
    assert set(re.findall(r"\w+", views)) - shown == {"overview"}
    tabs = named("field/ui/Tabs.svelte", r"^    (\w+): \"M")
    assert len(tabs) == 4
    assert {f"field-{tab}" for tab in tabs} <= {shot.name for shot in FIELD}


def test_the_pictures_are_there_small_and_no_others() -> None:
    kept = {path.name: path.stat().st_size for path in IMAGES.iterdir()}
    assert set(kept) == {f"{name}.webp" for name in SHOTS}
    assert sum(len(shots) for _, _, shots in SECTIONS) == len(SHOTS), "two shots of one name"
    assert max(kept.values()) <= LARGEST
    assert sum(kept.values()) < ALL
    for name, shot in SHOTS.items():
        with Image.open(IMAGES / f"{name}.webp") as picture:
            assert picture.size == (shot.size["width"], shot.size["height"]), name


def test_the_page_of_pictures_shows_them_all() -> None:
    assert PAGE.read_text(encoding="utf-8") == gallery(SECTIONS)
