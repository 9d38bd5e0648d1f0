"""The web client is typed by the API's own description, and that description is the one in the repository."""

from __future__ import annotations

from pathlib import Path

from api.__main__ import document

WEB = Path(__file__).resolve().parents[2] / "web"


def test_the_committed_description_is_the_api_s_own() -> None:
    assert (WEB / "openapi.json").read_text(encoding="utf-8") == document(), "run: make types"
