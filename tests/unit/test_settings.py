"""What the environment says, and what an empty variable does not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridsup.settings import Settings, default_data_dir


def test_an_empty_variable_is_as_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA_DIR", "DATABASE_URL", "PORT"):
        monkeypatch.setenv(f"GRIDSUP_{name}", "")
    settings = Settings()
    assert settings.data_dir == default_data_dir(), "not the folder in which one happens to stand"
    assert (settings.database_url, settings.port) == (None, 8000)


def test_a_variable_that_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDSUP_DATA_DIR", "/srv/grid")
    assert Settings().data_dir == Path("/srv/grid")
