"""Running the migrations from a program: the same alembic scripts in a checkout and in an installed wheel."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import gridsup


def script_folder() -> Path:
    """The alembic scripts: ``migrations/`` beside the package, in a checkout as in an installed wheel."""
    return Path(gridsup.__file__).parents[1] / "migrations"


def config(engine: Engine | None = None) -> Config:
    """Alembic's configuration on ``engine`` (the owner's)."""
    made = Config()
    made.set_main_option("script_location", str(script_folder()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["engine"] = engine
    return made


def upgrade(engine: Engine, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the schema to ``revision``; the revisions before and after. One transaction per migration."""
    before = current(engine)
    if before != (target := head()) or revision != "head":
        command.upgrade(config(engine), revision)
        return before, current(engine)
    return before, target


def current(engine: Engine) -> str | None:
    """The revision that the database is at, or None before the first."""
    with engine.connect() as connection:
        return current_of(connection)


def current_of(connection: Connection) -> str | None:
    """The same on a connection of the caller's."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision among the scripts."""
    return ScriptDirectory.from_config(config()).get_current_head()


def fingerprint() -> str:
    """A short hash of all that makes an empty database: the migrations, the walls, roles and extensions."""
    package = Path(gridsup.__file__).parent
    digest = sha256()
    for path in [
        *sorted(script_folder().rglob("*.py")),
        package / "walls.py",
        package / "cluster" / "bootstrap.py",
    ]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
