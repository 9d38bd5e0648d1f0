"""Live updates: one thread listens to PostgreSQL, and each browser holds one server-sent stream.

Only ids travel; a client fetches what it may see. Nothing is replayed: whoever (re)connects fetches anew.
A notification on :data:`CHANNEL` is a JSON object with ``jurisdiction`` (number) and what else its sender
put there (``kind``, ``id``, ``version``).
"""

from __future__ import annotations

import asyncio
import json
import logging
import select
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy import Engine

log = logging.getLogger("gridsup.events")
CHANNEL = "gridsup"
WAITING = 500
"""Messages that wait for one slow browser; beyond them it is told to fetch anew."""
HELLO: dict[str, Any] = {"kind": "hello"}
REFETCH: dict[str, Any] = {"kind": "refetch"}


class Subscriber:
    """One stream: what is to be sent to it, and the jurisdictions it may hear of."""

    def __init__(self, jurisdictions: Iterable[int]) -> None:
        self.jurisdictions = frozenset(jurisdictions)
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def push(self, message: dict[str, Any] | None) -> None:
        """Called on the stream's own loop."""
        if self.queue.qsize() >= WAITING:
            while not self.queue.empty():
                self.queue.get_nowait()
            message = message and REFETCH
        self.queue.put_nowait(message)


class Hub:
    """The one listener of a process and its subscribers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._subscribers: set[Subscriber] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self.watchers: list[Callable[[int | None, Mapping[str, Any]], None]] = []
        """Called in the listening thread with (jurisdiction, message); with (None, refetch) on connecting."""
        self.listening = threading.Event()
        """Set while the connection that listens is up."""

    def start(self) -> None:
        """Begin to listen, in a thread of its own."""
        self._over.clear()
        self._thread = threading.Thread(target=self._run, name="gridsup-events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End all streams and the thread."""
        self._over.set()
        self._tell(None)
        if self._thread is not None:
            self._thread.join(timeout=5)

    async def messages(
        self, jurisdictions: Iterable[int], *, heartbeat: float
    ) -> AsyncIterator[dict[str, Any] | None]:
        """:data:`HELLO`, then messages for these jurisdictions as they come.

        None stands for each ``heartbeat`` seconds of silence.
        """
        subscriber = Subscriber(jurisdictions)
        with self._lock:
            self._subscribers.add(subscriber)
        try:
            yield HELLO  # from here on nothing is missed
            while not self._over.is_set():
                try:
                    message = await asyncio.wait_for(subscriber.queue.get(), heartbeat)
                except TimeoutError:
                    yield None
                    continue
                if message is None:
                    return
                yield message
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    @property
    def streams(self) -> int:
        """How many streams are open."""
        with self._lock:
            return len(self._subscribers)

    def _tell(self, message: dict[str, Any] | None, jurisdiction_id: int | None = None) -> None:
        if message is not None:
            for watcher in self.watchers:
                watcher(jurisdiction_id, message)
        with self._lock:
            hearers = [
                one
                for one in self._subscribers
                if jurisdiction_id is None or jurisdiction_id in one.jurisdictions
            ]
        for one in hearers:
            try:
                one.loop.call_soon_threadsafe(one.push, message)
            except RuntimeError:  # its loop has closed meanwhile
                continue

    def _run(self) -> None:
        pause = 0.5
        while not self._over.is_set():
            try:
                connection = self._connect()
            except psycopg2.Error as error:
                log.warning("cannot listen (%s); trying again in %.1f s", type(error).__name__, pause)
                self._over.wait(pause)
                pause = min(pause * 2, 15)
                continue
            pause = 0.5
            self.listening.set()
            self._tell(REFETCH)  # what happened before was not heard
            try:
                self._listen(connection)
            except (psycopg2.Error, OSError, ValueError) as error:
                log.warning("lost the connection that listens: %s", type(error).__name__)
            finally:
                self.listening.clear()
                connection.close()

    def _connect(self) -> Any:
        """A connection outside the pool, which it would otherwise shorten by one for good."""
        args, kwargs = self.engine.dialect.create_connect_args(self.engine.url)
        connection = psycopg2.connect(*args, **{**kwargs, "application_name": "gridsup-events"})
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        return connection

    def _listen(self, connection: Any) -> None:
        quiet = 0
        while not self._over.is_set():
            if select.select([connection], [], [], 0.5)[0]:
                connection.poll()
                quiet = 0
            else:
                quiet += 1
                if quiet % 60 == 0:  # a silent network loss shows only when one speaks
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT 1")
            while connection.notifies:
                self._hear(connection.notifies.pop(0).payload)

    def _hear(self, payload: str) -> None:
        try:
            message = json.loads(payload)
            jurisdiction_id = int(message.pop("jurisdiction"))
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("a notification on %s is not an object with a jurisdiction", CHANNEL)
            return
        self._tell(message, jurisdiction_id)
