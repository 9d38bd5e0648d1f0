"""The day's root over all events, also written outside the database: nobody rewrites a day unseen."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import Refused
from gridsup.procedures.attachments import sync_folder
from gridsup.procedures.family import clock, jurisdiction_of, legal_day
from gridsup.procedures.hashing import SHANGHAI
from gridsup.procedures.model import MerkleRoot
from gridsup.procedures.store import EVENTS
from gridsup.settings import get_settings

GRACE = timedelta(hours=1)
"""A day is sealed this long after its end, when every act begun in it has been committed or dropped."""


def root_of(hashes: Sequence[str]) -> str:
    """The Merkle root (hex) over event hashes, sorted; leaves and nodes are told apart as in RFC 6962."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).digest() for each in sorted(hashes)]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex()


def hashes_of(session: Session, day: date) -> list[str]:
    """The hashes of the events recorded on a day (Asia/Shanghai)."""
    begin = datetime.combine(day, time(), SHANGHAI)
    rows = session.scalars(
        select(EVENTS.c.hash).where(
            EVENTS.c.jurisdiction_id == jurisdiction_of(session),
            EVENTS.c.recorded_at >= begin,
            EVENTS.c.recorded_at < begin + timedelta(days=1),
        )
    )
    return list(rows)


def root_file(jurisdiction_id: int) -> Path:
    """The file of the roots: one line ``day root count`` for each sealed day."""
    return get_settings().data_dir / "roots" / f"{jurisdiction_id}.txt"


def seal_day(session: Session, day: date, *, now: datetime | None = None) -> MerkleRoot:
    """Write the root of a day that is over, into the table and the file; sealing again changes nothing.

    Raises :class:`Refused` ``day-not-over``.
    """
    now = now or clock()
    if legal_day(now - GRACE) <= day:
        raise Refused(
            "day-not-over",
            zh="{day}尚未结束，不能封存。请在次日一点以后再试。",
            en="{day} is not over yet. Seal it after one o'clock of the next day.",
            day=day.isoformat(),
        )
    jurisdiction_id = jurisdiction_of(session)
    sealed = session.get(MerkleRoot, (jurisdiction_id, day))
    if sealed is None:
        hashes = hashes_of(session, day)
        sealed = MerkleRoot(jurisdiction_id=jurisdiction_id, day=day, root=root_of(hashes), count=len(hashes))
        session.add(sealed)
        session.flush()
    _append_line(root_file(jurisdiction_id), f"{day.isoformat()} {sealed.root} {sealed.count}")
    return sealed


def seal_past_days(session: Session, *, now: datetime | None = None) -> list[MerkleRoot]:
    """Seal every day since the last sealed one (or the first event) that is over."""
    now, jurisdiction_id = now or clock(), jurisdiction_of(session)
    last = session.scalar(
        select(MerkleRoot.day)
        .where(MerkleRoot.jurisdiction_id == jurisdiction_id)
        .order_by(MerkleRoot.day.desc())
        .limit(1)
    )
    if last is not None:
        day = last + timedelta(days=1)
    else:
        first = session.scalar(
            select(EVENTS.c.recorded_at)
            .where(EVENTS.c.jurisdiction_id == jurisdiction_id)
            .order_by(EVENTS.c.recorded_at)
            .limit(1)
        )
        if first is None:
            return []
        day = legal_day(first)
    sealed = []
    while day < legal_day(now - GRACE):
        sealed.append(seal_day(session, day, now=now))
        day += timedelta(days=1)
    return sealed


def faults(session: Session) -> list[str]:
    """What does not agree between events, table and file: ``<day>: events|file``."""
    jurisdiction_id = jurisdiction_of(session)
    path = root_file(jurisdiction_id)
    lines = path.read_text(encoding="ascii").split("\n") if path.exists() else []
    written = {line.split(" ")[0]: line for line in lines if line}
    found = []
    for row in session.scalars(select(MerkleRoot).where(MerkleRoot.jurisdiction_id == jurisdiction_id)):
        if root_of(hashes_of(session, row.day)) != row.root:
            found.append(f"{row.day}: events")
        if written.pop(row.day.isoformat(), None) != f"{row.day.isoformat()} {row.root} {row.count}":
            found.append(f"{row.day}: file")
    return found + [f"{day}: table" for day in written]


def _append_line(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and line in path.read_text(encoding="ascii").split("\n"):
        return
    with path.open("a", encoding="ascii") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
