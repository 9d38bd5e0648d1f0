"""One small Settings object, read from the environment (prefix ``GRIDSUP_``)."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data_dir() -> Path:
    """Where the private cluster, uploads and keys live.

    Root gets a folder under /var/lib, because PostgreSQL refuses to run as root and its own system user
    must be able to traverse every parent folder, which a home of mode 0700 forbids.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/gridsup")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "gridsup"


class Settings(BaseSettings):
    """Everything that differs between two installations."""

    model_config = SettingsConfigDict(env_prefix="GRIDSUP_", extra="ignore", env_ignore_empty=True)

    data_dir: Path = default_data_dir()
    database_url: str | None = None
    """A PostgreSQL URL with owner's rights; unset means the private cluster in ``data_dir``."""
    database_name: str = "gridsup"
    host: str = "127.0.0.1"
    port: int = 8000
    pool_size: int = Field(default=20, ge=2)
    """Connections of one process; also the size of the thread pool that serves requests."""
    language: str = "zh"
    secure_cookies: bool = False
    """Set by ``up --lan``: cookies then travel over HTTPS only."""


@lru_cache
def get_settings() -> Settings:
    """The process's settings. Tests call ``get_settings.cache_clear()`` after changing the environment."""
    return Settings()
