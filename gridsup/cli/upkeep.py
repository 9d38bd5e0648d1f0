"""``gridsup upkeep``: what falls due by the calendar, done now; and the thread that does it while serving.

Nothing legal depends on it: deadlines are read, not ticked. What it does is carry out what was decided
for a day, such as a new division (重划), on that day, and forget the keys of requests long past.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from gridsup import db
from gridsup.cli import frame

EVERY = 300.0
"""Seconds between two looks; a decided day thus begins within five minutes after midnight."""
log = logging.getLogger("gridsup.upkeep")


def upkeep() -> None:
    """执行到期事项（如到生效日的网格重划） · carry out what is due today, such as a scheduled division."""
    from gridsup import wiring
    from gridsup.redivision import enacting  # GDAL and its like are slow to load

    wiring.wire()
    with frame.database():
        settled = enacting.upkeep(db.app_engine())
        forget_keys(db.app_engine())
    for draft in settled:
        if draft.failure is None:
            frame.say(f"重划“{draft.name}”已生效。", f"The division “{draft.name}” is in force.")
        else:
            zh, en = draft.failure["zh"], draft.failure["en"]
            frame.say(
                f"重划“{draft.name}”未能生效：{zh}", f"The division “{draft.name}” is not in force: {en}"
            )
    if not settled:
        frame.say("没有到期事项。", "Nothing is due.")


def forget_keys(engine: Engine) -> int:
    """Prune the request keys of every jurisdiction; how many went."""
    from gridsup.people import queries
    from gridsup.procedures.upkeep import prune_keys

    with db.transaction(engine) as session:
        known = [one.jurisdiction_id for one in session.scalars(queries.jurisdictions())]
    gone = 0
    for jurisdiction_id in known:
        with db.transaction(engine, jurisdiction_id) as session:
            gone += prune_keys(session)
    return gone


@contextmanager
def kept() -> Iterator[None]:
    """Look every few minutes for what is due, for the length of a block."""
    stop = threading.Event()

    def watch() -> None:
        from gridsup import wiring
        from gridsup.redivision import enacting

        wiring.wire()
        while not stop.is_set():
            try:
                enacting.upkeep(db.app_engine())
                forget_keys(db.app_engine())
            except Exception:  # a database that restarts must not end the watch
                log.exception("upkeep")
            stop.wait(EVERY)

    thread = threading.Thread(target=watch, name="upkeep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
