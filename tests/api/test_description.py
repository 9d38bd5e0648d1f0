"""The web client is typed by the API's own description, and that description is the one in the repository."""

from __future__ import annotations

import json
from pathlib import Path

from api.__main__ import document

WEB = Path(__file__).resolve().parents[2] / "web"


def test_the_committed_description_is_the_api_s_own() -> None:
    assert (WEB / "openapi.json").read_text(encoding="utf-8") == document(), "run: make types"


def test_every_shape_has_a_name_of_its_own() -> None:
    shapes = json.loads(document())["components"]["schemas"]
    assert [name for name in shapes if "__" in name] == []  # a module's path before it: two share a name
