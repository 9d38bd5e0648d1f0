"""Fixtures of the API tests: a small bureau on a database of its own, and clients signed in as its officers.

``bureau``  the bureau of jurisdiction 420103 and an app on it; ``bureau.client("inspector")`` is a client
            signed in as a new officer in that post, ``bureau.anonymous()`` one that is not signed in
``client``  a client signed in as the dispatcher
``town``    a furnished bureau that is made once, for tests that only read
``address`` the bureau's app on a real socket, for streams and races
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from api.app import attach, create_app
from api.auth import COOKIE, CSRF_HEADER
from gridsup.cluster import SUPERUSER, Cluster
from gridsup.db import transaction
from gridsup.people import account_queries, accounts, postings, queries, service, signins
from gridsup.people.audit import as_auth
from tests.conftest import Clone, cloned

JURISDICTION = 420103
LONG_AGO = date(2020, 1, 1)
PASSWORD = "a plain sentence as password"  # noqa: S105 - of the tests
PLACES = {
    "admin": "bureau",
    "bureau_head": "bureau",
    "deputy_head": "bureau",
    "dispatcher": "section",
    "liaison": "department",
    "inspector": "patrol",
    "enforcement": "force",
    "general": "general",
    "station_head": "station",
}
"""Where the officers of a post sit; every other post sits in the bureau."""


@dataclass
class Officer:
    """An officer of the tests, with what a client needs to know."""

    id: int
    account_id: int
    username: str
    posting_ids: list[int] = field(default_factory=list)


class Bureau:
    """One jurisdiction: a section, a station with three groups, a street, a community, a department."""

    password = PASSWORD

    def __init__(self, clone: Any, app: FastAPI, jurisdiction_id: int = JURISDICTION) -> None:
        self.clone, self.app, self.id, self.code = clone, app, jurisdiction_id, str(jurisdiction_id)
        self._numbers = count(1000)
        with transaction(clone.owner) as session:
            self.admin_password = service.init_jurisdiction(
                session,
                id=jurisdiction_id,
                code=self.code,
                name=f"测试区{self.code}",
                metric_srid=4547,
                admin_name="管理员",
                today=LONG_AGO,
            )
        with self.session() as session:
            self.organisations = self._bodies(session)

    def _bodies(self, session: Session) -> dict[str, int]:
        found = {one.kind: one.id for one in session.scalars(queries.organisations(self.id))}

        def add(kind: str, code: str, name: str, parent: str | None = None) -> int:
            above = found[parent] if parent else None
            return service.add_organisation(
                session, self.id, kind=kind, code=code, name=name, parent_id=above
            ).id

        found["station"] = add("station", "01", "第一监管所", "bureau")
        found["general"] = add("group", "01Z", "综合组", "station")
        found["patrol"] = add("group", "01X", "巡查组", "station")
        found["force"] = add("group", "01B", "执法组", "station")
        found["street"] = add("street", "420103001", "测试街道")
        found["community"] = add("community", "420103001001", "测试社区", "street")
        found["department"] = add("department", "D07", "消防救援大队")
        return found

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction as the application in this jurisdiction; commits."""
        with transaction(self.clone.engine, self.id) as session:
            yield session

    def officer(
        self, *posts: str, name: str | None = None, place: str | None = None, deputy_id: int | None = None
    ) -> Officer:
        """A new officer holding ``posts`` since 2020, with an account (password :data:`PASSWORD`)."""
        number = next(self._numbers)
        username = f"u{number}"
        with self.session() as session:
            seat = self.organisations[place or PLACES.get(posts[0] if posts else "", "bureau")]
            row = service.add_officer(
                session, self.id, staff_no=f"{number}", name=name or f"人员{number}", organisation_id=seat
            )
            made = Officer(row.id, 0, username)
            for post in posts:
                held = postings.add_posting(
                    session,
                    self.id,
                    officer_id=row.id,
                    organisation_id=self.organisations[place or PLACES.get(post, "bureau")],
                    post=post,
                    valid_from=LONG_AGO,
                    deputy_id=deputy_id,
                )
                made.posting_ids.append(held.id)
            accounts.create_account(session, self.id, row.id, username, password=PASSWORD, must_change=False)
            with as_auth(session):
                made.account_id = session.scalars(account_queries.account_of(self.id, row.id)).one().id
        return made

    def client(self, *posts: str, officer: Officer | None = None, **kwargs: Any) -> TestClient:
        """A client signed in as ``officer`` (or a new one in ``posts``); its CSRF header is set.

        ``client.officer`` is the :class:`Officer`.
        """
        who = officer or self.officer(*posts, **kwargs)
        with self.session() as session:
            opened = signins.open_session(
                session, self.id, who.account_id, agent="test", now=datetime.now(UTC)
            )
        client = self.anonymous()
        client.cookies.set(COOKIE, f"{self.id}.{opened.secret}")
        client.headers[CSRF_HEADER] = opened.csrf
        client.officer = who  # type: ignore[attr-defined]
        return client

    def anonymous(self) -> TestClient:
        """A client that is not signed in."""
        return TestClient(self.app, headers={"Accept-Language": "en"})


@pytest.fixture(scope="session")
def api_clone(cluster: Cluster, template: str) -> Iterator[Clone]:
    """The database that this worker's API tests use one after another, each from an empty one."""
    with cloned(cluster, template) as made:
        yield made


@pytest.fixture(scope="session")
def app(api_clone: Clone) -> FastAPI:
    """The app of this worker's API tests; what it remembers of a database is forgotten between them."""
    return create_app(api_clone.engine)


@pytest.fixture
def bureau(cluster: Cluster, api_clone: Clone, app: FastAPI) -> Bureau:
    """A bureau on an empty database, and the app on it."""
    empty(cluster.url(api_clone.owner.url.database or "", SUPERUSER))
    attach(app, api_clone.engine)
    return Bureau(api_clone, app)


def empty(url: str) -> None:
    """Remove every jurisdiction's rows: all tables but the code lists, which belong to none."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order
        connection.execute(text("SET LOCAL lock_timeout = '20s'"))
        connection.execute(text(EMPTY))
    engine.dispose()


EMPTY = """
DO $$
DECLARE found regclass;
BEGIN
  FOR found IN
    SELECT attrelid::regclass FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attname = 'jurisdiction_id' AND relkind = 'r' AND relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('DELETE FROM %s', found);
  END LOOP;
END $$
"""


@pytest.fixture
def client(bureau: Bureau) -> TestClient:
    """Signed in as the dispatcher."""
    return bureau.client("dispatcher")


@pytest.fixture
def another_bureau(bureau: Bureau) -> Callable[[], Bureau]:
    """Makes a second jurisdiction beside the first, on the same app."""
    return lambda: Bureau(bureau.clone, bureau.app, 420105)


@pytest.fixture(scope="session")
def town(cluster: Cluster, template: str) -> Iterator[Any]:
    """The town of ``tests.api.town`` on a database of its own; its tests only read."""
    from tests.api.town import build

    with cloned(cluster, template) as made:
        yield build(made)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The app on a real socket of the loopback, for streams and races; gives its address."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def address(bureau: Bureau) -> Iterator[str]:
    """The bureau's app on a real socket; use ``cookies`` and ``headers`` of a client with it."""
    with serving(bureau.app) as url:
        yield url
