"""Fixtures of the database tests: one shared private cluster, a migrated template, clones of it.

``session``  one transaction as the application's role in jurisdiction 420103, rolled back after the test
``engine``   the application's engine on this worker's own clone; ``owner`` the owner's engine on the same
``clone``    a fresh database for one test that commits, listens or races: ``.url``, ``.engine``, ``.owner``
"""

from __future__ import annotations

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from xdist.scheduler import LoadScopeScheduling

from gridsup import migrate
from gridsup.cluster import SUPERUSER, Cluster
from gridsup.cluster.bootstrap import prepare_private
from gridsup.db import APP_ROLE, make_engine, set_jurisdiction
from gridsup.people import passwords
from gridsup.settings import get_settings
from tests.chromium import browser

__all__ = ["browser"]

# A machine with all its workers busy is slow, not wrong: no generated example has a deadline; benchmarks/ is
# for measuring. The rest is kept from the profile that hypothesis chose (its own one on a CI machine).
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

JURISDICTION = 420103
"""Jianghan district (江汉区) of Wuhan, the jurisdiction of the tests."""
KEPT_TEMPLATES = 3


def _folder() -> Path:
    named = os.environ.get("GRIDSUP_TEST_DIR")
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/gridsup-test")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "gridsup-test"


# Nothing of a test reaches the platform's own data: not its files, its keys, or a server that it is set to.
os.environ["GRIDSUP_DATA_DIR"] = str(_folder() / "data")
os.environ.pop("GRIDSUP_DATABASE_URL", None)
get_settings.cache_clear()


SPREAD = ("tests/api/test_any_", "tests/law/", "tests/db/procedures/")
"""Long files whose tests prepare nothing together: any worker takes any test of theirs."""
DEMO = "tests/db/demo/"
FIRST = (DEMO, "tests/web/", "tests/unit/demo/", *SPREAD)
"""Where the long ones are: begun first, so that no worker is left alone with one at the end."""


class ByFile(LoadScopeScheduling):
    """A file of tests stays on one worker, which prepares its city or its served bureau once; so do the files
    that share a demo city."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(DEMO):
            return DEMO
        return nodeid if nodeid.startswith(SPREAD) else nodeid.split("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {place: rank for rank, place in enumerate(FIRST)}

    def rank(item: pytest.Item) -> int:
        return next((places[place] for place in FIRST if item.nodeid.startswith(place)), len(FIRST))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """The modules and tests live as long as the run: the collector need not walk through them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@contextmanager
def _administering(cluster: Cluster) -> Iterator[Engine]:
    engine = create_engine(
        cluster.url("postgres", SUPERUSER), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys and files of the tests stay out of the folder of an installation on the same machine.

    Passwords are hashed by the same algorithm with less work: a quarter of a second each adds up.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRIDSUP_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The shared test cluster; stopped by its last user, so a second run starts in a moment."""
    with Cluster(_folder(), durable=False).hold() as running:
        yield running


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a database at the newest migration, remade only when a migration's content changes."""
    name = f"template_{migrate.fingerprint()}"
    with (cluster.folder / "template.lock").open("a") as lock, _administering(cluster) as admin:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with admin.connect() as connection:
            databases = set(connection.scalars(text("SELECT datname::text FROM pg_database")))
        _drop_leftovers(admin, databases, keep=name)
        if name not in databases:
            making = f"making_{os.getpid()}"
            prepare_private(cluster, making)
            owner = create_engine(cluster.url(making), poolclass=NullPool)
            migrate.upgrade(owner)
            with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            owner.dispose()
            with admin.connect() as connection:
                connection.execute(text(f"ALTER DATABASE {making} RENAME TO {name}"))
    return name


def _drop_leftovers(admin: Engine, databases: set[str], *, keep: str) -> None:
    """Drop what killed test runs left, and all but the newest templates."""
    with admin.connect() as connection:
        templates = list(
            connection.scalars(
                text(
                    "SELECT datname::text FROM pg_database "
                    "WHERE datname LIKE 'template\\_%' ORDER BY oid DESC"
                )
            )
        )
        old = [one for one in templates if one not in (keep, "template0", "template1")][KEPT_TEMPLATES:]
        dead = [
            one
            for one in databases
            if one.startswith(("making_", "clone_")) and not Path(f"/proc/{one.split('_')[1]}").exists()
        ]
        for name in old + dead:
            try:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            except OperationalError:  # another run drops it at this moment
                continue


@dataclass(frozen=True)
class Clone:
    """A database of one's own: ``url`` with the owner's rights, the app's ``engine``, the ``owner``'s."""

    url: str
    engine: Engine
    owner: Engine


_numbers = count(1)


@contextmanager
def cloned(cluster: Cluster, template: str, *, pool_size: int = 20) -> Iterator[Clone]:
    """A copy of the template that lives as long as the block."""
    name = f"clone_{os.getpid()}_{next(_numbers)}"
    with _administering(cluster) as admin:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} OWNER gridsup"))
        url = cluster.url(name)
        made = Clone(url, make_engine(url, role=APP_ROLE, pool_size=pool_size), make_engine(url))
        yield made
        made.engine.dispose()
        made.owner.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def worker_clone(cluster: Cluster, template: str) -> Iterator[Clone]:
    """The database that this worker's rolled-back tests share."""
    with cloned(cluster, template) as made:
        yield made


@pytest.fixture(scope="session")
def engine(worker_clone: Clone) -> Engine:
    """The application's engine (role ``gridsup_app``). Commit nothing through it: use ``clone`` for that."""
    return worker_clone.engine


@pytest.fixture(scope="session")
def owner(worker_clone: Clone) -> Engine:
    """The owner's engine on the same database as ``engine``."""
    return worker_clone.owner


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One transaction as the application in jurisdiction 420103; rolled back after the test.

    A commit inside the test releases a savepoint only.
    """
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as one:
            set_jurisdiction(one, JURISDICTION)
            yield one
        outer.rollback()


@pytest.fixture
def clone(cluster: Cluster, template: str) -> Iterator[Clone]:
    """A fresh database for one test that commits, listens or races; dropped afterwards."""
    with cloned(cluster, template) as made:
        yield made
