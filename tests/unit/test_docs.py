"""The documents say what is there: the folder map names every room and no room that is gone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAP = (ROOT / "docs" / "folder-map.md").read_text(encoding="utf-8")


def listed(section: str) -> set[str]:
    """First-column names of the table under a heading of the folder map."""
    part = MAP.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    return {name.rstrip("/") for name in re.findall(r"^\| `([^`]+)` \|", part, flags=re.MULTILINE)}


def tracked() -> list[str]:
    """Paths that git tracks, and new ones that it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")


def test_the_folder_map_names_every_top_level_folder() -> None:
    folders = {path.split("/", 1)[0] for path in tracked() if "/" in path}
    assert listed("Top level") == {folder for folder in folders if not folder.startswith(".")}


def test_the_folder_map_names_every_room() -> None:
    paths = [Path(path) for path in tracked() if path.startswith("gridsup/")]
    rooms = {path.with_suffix("").parts[1] for path in paths if path.suffix == ".py" or len(path.parts) > 2}
    assert listed("Rooms of `gridsup/`") == rooms - {"__init__"}


def test_links_between_the_documents_lead_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(
            r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text(encoding="utf-8")
        ):
            assert (document.parent / target).exists(), f"{document.relative_to(ROOT)} → {target}"
