"""``gridsup upkeep``: what falls due by the calendar, done now; and the thread that does it while serving.

Nothing legal depends on it: deadlines are read, not ticked. What it does is carry out what was decided for a
day, write down what the clockwork has done already, raise permits whose term is over, and tell people of
limits that near their end. Each chore runs for each jurisdiction in a transaction of its own: one that fails
is logged and leaves the others alone; run twice, or by two processes at once, each thing happens once.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gridsup import db
from gridsup.cli import frame
from gridsup.procedures.upkeep import prune_keys, recompute_deadlines, settle_due

EVERY = 300.0
"""Seconds between two looks; a decided day thus begins within five minutes after midnight."""
log = logging.getLogger("gridsup.upkeep")
_counted: dict[tuple[str, int], str] = {}
"""Database and jurisdiction → the calendar by which this process has counted all open clocks."""

TOLD = {
    "settled": ("到期自动办理 {n} 件", "{n} matter(s) moved by the clockwork"),
    "deemed": ("公告期满视为送达 {n} 件", "{n} matter(s) in which the term of a public notice is over"),
    "recounted": ("按新日历重算 {n} 件", "{n} matter(s) counted by a newer calendar"),
    "expired": ("许可届满转办 {n} 件", "{n} permit(s) over their term raised"),
    "succeeded": ("部门继任机构生效 {n} 个", "{n} department(s) passed to a planned successor"),
    "warned": ("期限预警 {n} 件", "{n} matter(s) warned of a limit"),
    "keys": ("清理请求编号 {n} 个", "{n} request key(s) forgotten"),
    "copies": ("清除过时的练习数据 {n} 份", "{n} old copy(ies) to practise in cleared away"),
    "failed": ("{n} 项未能完成，见日志", "{n} chore(s) failed, see the log"),
}


def upkeep() -> None:
    """执行到期事项：重划生效、到期办理、许可届满、期限预警、清理练习数据 · carry out what is due."""
    from gridsup import wiring
    from gridsup.redivision import enacting  # GDAL and its like are slow to load

    wiring.wire()
    with frame.database():
        settled = enacting.upkeep(db.app_engine())
        done = chores(db.app_engine()) + clear_copies(db.owner_engine())
    for draft in settled:
        if draft.failure is None:
            frame.say(f"重划“{draft.name}”已生效。", f"The division “{draft.name}” is in force.")
        else:
            zh, en = draft.failure["zh"], draft.failure["en"]
            frame.say(
                f"重划“{draft.name}”未能生效：{zh}", f"The division “{draft.name}” is not in force: {en}"
            )
    for name, n in done.items():
        zh, en = TOLD[name]
        frame.say(zh.format(n=n) + "。", en.format(n=n) + ".")
    if not settled and not done:
        frame.say("没有到期事项。", "Nothing is due.")


def chores(engine: Engine) -> Counter[str]:
    """Every chore for every jurisdiction; how many things each did (what did nothing is left out)."""
    from gridsup.documents import publishing
    from gridsup.people import queries
    from gridsup.procedures import warnings
    from gridsup.procedures.family import clock, legal_day
    from gridsup.referrals import bodies, inbound

    work: dict[str, Callable[[Session, int], int]] = {
        "settled": lambda session, _: len(set(settle_due(session))),
        "deemed": lambda session, _: len(publishing.settle_due(session)),
        "recounted": _recount,
        "expired": lambda session, _: len(inbound.raise_expired(session)),
        "succeeded": lambda session, j: bodies.take_over(session, j, legal_day(clock())),
        "warned": lambda session, _: warnings.announce(session),
        "keys": lambda session, _: prune_keys(session),
    }
    with db.transaction(engine) as session:
        known = [one.jurisdiction_id for one in session.scalars(queries.jurisdictions())]
    done: Counter[str] = Counter()
    for jurisdiction_id in known:
        for name, chore in work.items():
            try:
                with db.transaction(engine, jurisdiction_id) as session:
                    done[name] += chore(session, jurisdiction_id)
            except Exception:  # one bureau's trouble is not another's
                log.exception("upkeep %s of %s", name, jurisdiction_id)
                done["failed"] += 1
    return +done


def clear_copies(owner: Engine) -> Counter[str]:
    """Clear old practice copies away; the owner does it, for nobody else deletes what was written down."""
    from gridsup.cli import practice

    try:
        return +Counter({"copies": practice.clear_old(owner, datetime.now(UTC))})
    except Exception:  # tried again at the next look
        log.exception("upkeep copies")
        return Counter({"failed": 1})


def _recount(session: Session, jurisdiction_id: int) -> int:
    """Count open clocks by the calendar in use, where a newer product or notice changed it."""
    from gridsup.procedures.bureau import calendar_of

    calendar = calendar_of(session, jurisdiction_id)
    place = (str(session.get_bind().engine.url), jurisdiction_id)
    if _counted.get(place) == calendar.version:
        return 0
    changed = recompute_deadlines(session, calendar)
    _counted[place] = calendar.version
    return len(changed)


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
                chores(db.app_engine())
                clear_copies(db.owner_engine())
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
