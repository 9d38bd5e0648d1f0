"""No character of a document is ever an empty box."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gridsup.documents import fonts
from gridsup.documents.typesetting import _texts, typeset
from gridsup.errors import Invalid

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_packages_fonts_hold_the_characters_of_daily_papers() -> None:
    assert fonts.installed(), "run `make web`"
    assert fonts.beyond_own("福州市监光处〔2026〕0088号 ① №￥“张㐂，王喆”·—…\n\u3000") == set()


def test_a_rare_character_is_beyond_them_and_a_joiner_is_not_drawn() -> None:
    assert fonts.beyond_own("𠮷野家\u200b\ufe0f") == {"𠮷"}


def test_a_character_that_no_font_has_is_named_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "fallbacks", list)
    with pytest.raises(Invalid, match="𠮷（U\\+20BB7）"):
        typeset("cell_map", {"sheets": [{"name": "𠮷"}]}, made_at=NOW)


def test_a_fallback_that_has_the_character_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    own = fonts.FOLDER / fonts.SERIF
    plain = fonts.characters(own)
    rare = own.with_name("rare.ttf")
    known = {rare: frozenset("𠮷"), own: plain, own.with_name(fonts.SANS): plain}
    monkeypatch.setattr(fonts, "characters", lambda font: known[Path(font)])
    monkeypatch.setattr(fonts, "fallbacks", lambda: [rare])
    assert "Noto Serif SC" in fonts.fonts_for("𠮷").families()
    with pytest.raises(Invalid, match="characters-without-font"):
        fonts.fonts_for("𠮷\ue000")


def test_every_text_of_the_data_is_looked_at() -> None:
    assert set(_texts({"a": ["b", {"c": ("d", 1, None)}]})) == {"a", "b", "c", "d"}
