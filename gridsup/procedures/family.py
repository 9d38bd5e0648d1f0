"""A family of matters in hand: the root's row is its lock; every event goes through :meth:`Family.record`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars import Calendar
from gridsup.errors import NotFound, Unavailable
from gridsup.procedures import bureau, hashing, store, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.folding import project
from gridsup.procedures.pack import Pack
from gridsup.procedures.projection import Projection
from gridsup.procedures.rules import RuleTables
from gridsup.procedures.store import EVENTS, MATTERS

DRY_HASH = hashing.GENESIS


def jurisdiction_of(session: Session) -> int:
    """The jurisdiction that the transaction is bound to. Raises :class:`Unavailable` ``no-jurisdiction``."""
    jurisdiction_id = session.info.get("jurisdiction_id")
    if jurisdiction_id is None:
        raise Unavailable(
            "no-jurisdiction",
            zh="此事务没有指明辖区。请先调用 set_jurisdiction。",
            en="This transaction names no jurisdiction. Call set_jurisdiction first.",
        )
    return int(jurisdiction_id)


def clock() -> datetime:
    """Now, in Asia/Shanghai."""
    return datetime.now(hashing.SHANGHAI)


def legal_day(moment: datetime) -> date:
    """The day in Asia/Shanghai."""
    return moment.astimezone(hashing.SHANGHAI).date()


@dataclass(slots=True)
class Member:
    """One matter of the family, as it stands within this act."""

    id: int
    p: Projection
    pack: Pack

    @property
    def state(self) -> str:
        return str(self.p.matter["state"])

    @property
    def ended(self) -> bool:
        return self.p.matter["ended_at"] is not None


@dataclass(slots=True)
class Family:
    """The matters under one root. With ``writes`` false nothing is stored: what reads use to look ahead."""

    session: Session
    jurisdiction_id: int
    now: datetime
    members: dict[int, Member] = field(default_factory=dict)
    writes: bool = True
    touched: set[int] = field(default_factory=set)
    """Matters that got an event in this act."""
    _calendar: Calendar | None = None
    _tables: RuleTables | None = None

    @property
    def calendar(self) -> Calendar:
        """The bureau's working calendar, read once the family is in hand."""
        if self._calendar is None:
            self._calendar = bureau.calendar_of(self.session, self.jurisdiction_id)
        return self._calendar

    @property
    def tables(self) -> RuleTables:
        """The rule tables as the bureau applies them."""
        if self._tables is None:
            self._tables = bureau.tables_of(self.session, self.jurisdiction_id)
        return self._tables

    def children(self, matter_id: int) -> list[Member]:
        return [m for _, m in sorted(self.members.items()) if m.p.matter["parent_id"] == matter_id]

    def parent(self, member: Member) -> Member | None:
        parent_id = member.p.matter["parent_id"]
        return self.members.get(parent_id) if parent_id is not None else None

    def doers(self, actions: Iterable[str] | None) -> frozenset[int]:
        """Everybody who did one of ``actions`` (None: any) in the family, and whom they stood in for."""
        statement = select(EVENTS.c.person_id, EVENTS.c.acting_for_id, EVENTS.c.crew).where(
            EVENTS.c.jurisdiction_id == self.jurisdiction_id,
            EVENTS.c.matter_id.in_(self.members),
            EVENTS.c.kind == "act",
        )
        if actions is not None:
            statement = statement.where(EVENTS.c.action.in_(list(actions)))
        found: set[int] = set()
        for person_id, acting_for_id, crew in self.session.execute(statement):
            found.update(p for p in (person_id, acting_for_id, *crew) if p is not None)
        return frozenset(found)

    def record(
        self,
        member: Member,
        *,
        kind: str,
        action: str,
        acting: Acting,
        effective_at: datetime,
        to: str | None = None,
        form: Mapping[str, Any] | None = None,
        change: Mapping[str, Any] | None = None,
        results: Mapping[str, Any] | None = None,
        crew: Iterable[int] = (),
        photos: Iterable[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """Append one event to ``member`` and fold it into its projection; returns the event's body."""
        matter = member.p.matter
        opening = (change or {}).get("opening")
        lineage = opening or matter
        if change and "migrated" in change:
            lineage = change["migrated"]
        body = {
            "jurisdiction": self.jurisdiction_id,
            "matter": member.id,
            "seq": (matter.get("version") or 0) + 1,
            "prev": matter.get("head_hash") or hashing.GENESIS,
            "pack": member.pack.id,
            "pack_version": lineage["pack_version"],
            "pack_hash": lineage["pack_hash"],
            "kind": kind,
            "action": action,
            "from": "start" if opening else matter["state"],
            "to": to if to is not None else matter["state"],
            **acting.as_json(),
            "crew": sorted(crew),
            "effective_at": hashing.iso(effective_at),
            "recorded_at": hashing.iso(self.now),
            "form": form or {},
            "photos": list(photos),
            "change": change or {},
            "results": results or {},
        }
        self.touched.add(member.id)
        if not self.writes:
            project(member.p, body, DRY_HASH)
            return body
        before = store.snapshot(member.p)
        event_hash = store.append(self.session, self.jurisdiction_id, body)
        plain: dict[str, Any] = json.loads(hashing.canonical(body))
        project(member.p, plain, event_hash)
        store.save(self.session, self.jurisdiction_id, member.id, before, member.p)
        member.p.rows.clear()
        return plain


def lock_family(
    session: Session, jurisdiction_id: int, matter_id: int, now: datetime | None = None
) -> Family:
    """Hold the family of a matter: first its root, then all its members in order of id.

    Every writer takes the root first, so what is read after that stands still until this transaction ends;
    so does the clock, which is read (unless given) only once the lock is held.
    Raises :class:`NotFound` ``no-matter``.
    """
    root_id = session.execute(
        select(MATTERS.c.id)
        .where(
            MATTERS.c.jurisdiction_id == jurisdiction_id,
            MATTERS.c.id == _root_of(jurisdiction_id, matter_id),
        )
        .with_for_update()
    ).scalar_one_or_none()
    if root_id is None:
        raise no_matter(matter_id)
    return _gather(session, jurisdiction_id, int(root_id), now or clock(), writes=True)


def read_family(session: Session, jurisdiction_id: int, matter_id: int, now: datetime) -> Family:
    """The family as it stands, without any lock, for reads. Raises :class:`NotFound` ``no-matter``."""
    root_id = session.execute(select(_root_of(jurisdiction_id, matter_id))).scalar_one_or_none()
    if root_id is None:
        raise no_matter(matter_id)
    return _gather(session, jurisdiction_id, int(root_id), now, writes=False)


def _root_of(jurisdiction_id: int, matter_id: int) -> Any:
    return (
        select(MATTERS.c.root_id)
        .where(MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == matter_id)
        .scalar_subquery()
    )


def _gather(session: Session, jurisdiction_id: int, root_id: int, now: datetime, *, writes: bool) -> Family:
    family = Family(session, jurisdiction_id, now, writes=writes)
    for matter_id, p in store.load_family(session, jurisdiction_id, root_id, lock=writes).items():
        m = p.matter
        pack = versions.pinned(session, jurisdiction_id, m["pack"], m["pack_version"], m["pack_hash"])
        family.members[matter_id] = Member(matter_id, p, pack)
    return family


def no_matter(matter_id: int) -> NotFound:
    return NotFound(
        "no-matter",
        zh="没有编号为{matter}的事项，或您无权查看。",
        en="There is no matter {matter}, or none that you may see.",
        matter=matter_id,
    )
