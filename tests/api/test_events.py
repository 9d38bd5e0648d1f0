"""Live updates reach the right browsers, and many of them hold nothing that the API needs."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from api.deps import Db


class Slow(BaseModel):
    """What the slow route of a test answers."""

    done: bool


@contextmanager
def _stream(address, client):
    """The messages of one browser, as an iterator of dicts."""
    with (
        httpx.Client(base_url=address, cookies=client.cookies, timeout=30) as browser,
        browser.stream("GET", "/api/events") as answer,
    ):
        assert answer.status_code == 200
        yield (json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:"))


def _notify(bureau, **message):
    with bureau.session() as session:
        session.execute(text("SELECT pg_notify('gridsup', :m)"), {"m": json.dumps(message)})


def _wait_until_it_listens(bureau):
    assert bureau.app.state.hub.listening.wait(30)


def test_a_notification_arrives_by_itself(bureau, address):
    _wait_until_it_listens(bureau)
    with _stream(address, bureau.client("dispatcher")) as messages:
        assert next(messages) == {"kind": "hello"}
        _notify(bureau, jurisdiction=bureau.id, matter=7, version=2)
        assert next(messages) == {"matter": 7, "version": 2}


def test_nobody_hears_of_another_jurisdiction_or_of_nonsense(bureau, another_bureau, address):
    other = another_bureau()
    _wait_until_it_listens(bureau)
    with _stream(address, bureau.client("liaison")) as messages:
        next(messages)
        _notify(bureau, jurisdiction=other.id, matter=1)
        _notify(bureau, matter=2)
        with bureau.session() as session:
            session.execute(text("SELECT pg_notify('gridsup', 'no json')"))
        _notify(bureau, jurisdiction=bureau.id, matter=3)
        assert next(messages) == {"matter": 3}


def test_after_a_lost_connection_every_browser_is_told_to_fetch_anew(bureau, address):
    _wait_until_it_listens(bureau)
    with _stream(address, bureau.client("dispatcher")) as messages:
        next(messages)
        with bureau.clone.owner.connect() as connection:
            ended = connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'gridsup-events' AND datname = current_database()"
                )
            ).all()
        assert len(ended) == 1
        assert next(messages) == {"kind": "refetch"}
        _notify(bureau, jurisdiction=bureau.id, matter=9)
        assert next(messages) == {"matter": 9}


def test_sixty_open_streams_hold_no_connection_and_do_not_block_the_api(bureau, address):
    _wait_until_it_listens(bureau)
    client = bureau.client("dispatcher")
    with ExitStack() as stack:
        streams = [stack.enter_context(_stream(address, client)) for _ in range(60)]
        for messages in streams:
            next(messages)
        assert bureau.app.state.hub.streams == 60
        assert bureau.clone.engine.pool.checkedout() == 0
        with httpx.Client(base_url=address, cookies=client.cookies, timeout=30) as browser:
            assert all(browser.get("/api/session").status_code == 200 for _ in range(10))
        _notify(bureau, jurisdiction=bureau.id, matter=1)
        assert all(next(messages) == {"matter": 1} for messages in streams)
    for _ in range(600):
        if bureau.app.state.hub.streams == 0:
            break
        time.sleep(0.05)
    assert bureau.app.state.hub.streams == 0


def test_a_stream_needs_somebody_signed_in(bureau):
    assert bureau.anonymous().get("/api/events").status_code == 401


def test_more_requests_at_once_than_connections_all_get_through(bureau, address):
    """Each holds a connection while its answer waits for a thread, and others hold the threads."""
    crowd = 60
    here = bureau.client("admin")

    def one(_):
        with httpx.Client(base_url=address, cookies=here.cookies, timeout=25) as browser:  # a stall lasts 30
            return [browser.get(path).status_code for path in ("/api/slow", "/api/officers", "/api/slow")]

    with _slow_route(bureau.app), ThreadPoolExecutor(crowd) as pool:
        assert {status for answers in pool.map(one, range(crowd)) for status in answers} == {200}


@contextmanager
def _slow_route(app):
    """``GET /api/slow``: works in a transaction, and its answer is checked in a thread after that."""
    router = APIRouter(prefix="/api")

    @router.get("/slow")
    def slow(session: Db) -> Slow:
        session.execute(text("SELECT pg_sleep(0.2)"))
        return Slow(done=True)

    before = list(app.router.routes)
    app.include_router(router)
    app.router.routes[:] = [*app.router.routes[len(before) :], *before]
    try:
        yield
    finally:
        app.router.routes[:] = before
