"""What is done to many open matters, each by an event of its own: migration, new calendar, new cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from gridsup.calendars import Calendar
from gridsup.errors import Invalid, Refused
from gridsup.procedures import bureau, clocks, door, folding, steps, store, timing, versions
from gridsup.procedures.acting import CLOCKWORK, Acting
from gridsup.procedures.family import Family, Member, clock, jurisdiction_of, lock_family
from gridsup.procedures.model import ActKey
from gridsup.procedures.pack import Carried, Migration, Pack
from gridsup.procedures.projection import Projection
from gridsup.procedures.rules import RuleTables
from gridsup.procedures.store import DEADLINES, MATTERS

OFFLINE = timedelta(days=30)
"""The longest time that a phone is expected to hold an act before it sends it."""
KEYS_KEPT = OFFLINE + timedelta(days=90)
"""How long a request's key is remembered; an act that comes again later finds its version stale."""


def prune_keys(session: Session, *, now: datetime | None = None) -> int:
    """Forget the keys of requests made longer ago than :data:`KEYS_KEPT`; how many were forgotten."""
    old = delete(ActKey).where(
        ActKey.jurisdiction_id == jurisdiction_of(session), ActKey.made_at < (now or clock()) - KEYS_KEPT
    )
    return len(session.execute(old.returning(ActKey.key)).all())


def migrate_matters(
    session: Session,
    pack_id: str,
    to_version: int,
    *,
    acting: Acting = CLOCKWORK,
    now: datetime | None = None,
) -> list[int]:
    """Move the open matters of the version that ``to_version`` migrates from; returns their ids.

    States, clocks and milestones are renamed by the pack's map; due instants stay as they are, since law
    follows dates and not versions. A clock that was stopped by what stops it no longer goes on.
    Proposals whose action is gone lapse.
    Raises :class:`NotFound` ``pack-unknown``, :class:`Refused` ``no-migration``, :class:`Invalid`
    ``migration-not-total``.
    """
    jurisdiction_id = jurisdiction_of(session)
    pack, pack_hash = versions.stored(session, jurisdiction_id, pack_id, to_version)
    if pack.migration is None:
        raise Refused(
            "no-migration",
            zh="流程“{pack}”第{version}版没有迁移对照表。",
            en="Version {version} of procedure “{pack}” has no migration map.",
            pack=pack_id,
            version=to_version,
        )
    old, _ = versions.stored(session, jurisdiction_id, pack_id, pack.migration.from_version)
    _check_total(old, pack.migration)
    moved = []
    open_ones = _open_matters(
        session, jurisdiction_id, MATTERS.c.pack == pack_id, MATTERS.c.pack_version == old.version
    )
    for matter_id in open_ones:
        family = lock_family(session, jurisdiction_id, matter_id, now)
        steps.settle(family)
        member = family.members[matter_id]
        if member.ended or member.p.matter["pack_version"] != old.version:
            continue
        _migrate(family, member, pack, pack_hash, pack.migration, acting)
        door.announce(family, matter_id)
        moved.append(matter_id)
    return moved


def _check_total(old: Pack, migration: Migration) -> None:
    gaps = [
        name
        for names, mapped in (
            (old.states, migration.states),
            (old.clocks, migration.clocks),
            (old.milestones, migration.milestones),
        )
        for name in names.keys() - mapped.keys()
    ]
    if gaps:
        raise Invalid(
            "migration-not-total",
            zh="迁移对照表缺少：{gaps}。请补全。",
            en="The migration map leaves out: {gaps}. Complete it.",
            gaps=", ".join(sorted(gaps)),
        )


def _migrate(
    family: Family, member: Member, pack: Pack, pack_hash: str, migration: Migration, acting: Acting
) -> None:
    carried = _carried(member, migration)
    to = carried.to if carried else migration.states[member.state]
    facts = dict(carried.facts) if carried else {}
    state = pack.states[to]
    migrated: dict[str, Any] = {
        "from_version": migration.from_version,
        "pack_version": pack.version,
        "pack_hash": pack_hash,
        "clocks": dict(migration.clocks),
        "milestones": dict(migration.milestones),
    }
    ahead = store.snapshot(member.p)
    folding.migrate(ahead, migrated)
    ahead.matter["facts"] = {**ahead.matter["facts"], **facts}
    rows = [
        {**row, "owner": pack.clocks[row["clock"]].owner, "on_due": pack.clocks[row["clock"]].on_due}
        for row in ahead.deadlines.values()
        if row["state"] in ("running", "paused")
    ]
    rows += _running_again(family, ahead, pack)
    change: dict[str, Any] = {
        "migrated": migrated,
        "facts": facts,
        "clocks": [clocks.as_json(row) for row in rows],
        "waits_for": state.waits_for,
        "lane": state.column,
        "settled": [
            [p["seq"], "lapsed"]
            for p in member.p.open_proposals()
            if p["action"] not in pack.actions or to not in pack.actions[p["action"]].from_
        ],
    }
    member.pack = pack
    family.record(
        member,
        kind="migrated",
        action="migrate",
        acting=acting,
        effective_at=family.now,
        to=to,
        change=change,
    )


def _carried(member: Member, migration: Migration) -> Carried | None:
    """What the older version knew of this matter by a milestone alone."""
    at = {name: datetime.fromisoformat(when) for name, when in member.p.matter["milestones"].items()}
    for one in migration.carried:
        reached = at.get(one.reached)
        if one.state == member.state and reached and reached >= at.get(one.since, reached):
            return one
    return None


def _running_again(family: Family, p: Projection, pack: Pack) -> Iterator[dict[str, Any]]:
    """Runs that ended by what stops their clock no longer: they go on, counted from their start."""
    spans = clocks.spans_of(p.matter["intervals"])
    for name, timed in pack.clocks.items():
        last = p.deadlines.get((name, p.runs(name)))
        if last is None or last["state"] != "stopped" or not timing.applies(timed, p.matter["facts"]):
            continue
        stops = (p.matter["milestones"].get(milestone) for milestone in timed.stop)
        if any(at is not None and datetime.fromisoformat(at) >= last["stopped_at"] for at in stops):
            continue
        row = {**last, "stopped_at": None, "owner": timed.owner, "on_due": timed.on_due}
        yield clocks.count(
            row,
            pack,
            family.jurisdiction_id,
            spans,
            at=row["started_at"],
            now=family.now,
            calendar=family.calendar,
            tables=family.tables,
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """What another calendar means for one clock run: its due instant before and after."""

    matter_id: int
    title: str
    number: str | None
    clock: str
    clock_title: Mapping[str, str]
    owner: str
    before: datetime | None
    after: datetime | None


def moved_by(session: Session, calendar: Calendar, *, now: datetime | None = None) -> list[Moved]:
    """The clock runs of open matters that ``calendar`` would change; nothing is written or locked.

    Runs whose due instant brings a system action about and has passed are left out: they have happened.
    """
    jurisdiction_id, now = jurisdiction_of(session), now or clock()
    tables = bureau.tables_of(session, jurisdiction_id)
    ids = _open_matters(session, jurisdiction_id, _counted_otherwise(calendar))
    found = []
    for some in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        for matter_id, p in sorted(store.load(session, jurisdiction_id, some).items()):
            m = p.matter
            pack = versions.pinned(session, jurisdiction_id, m["pack"], m["pack_version"], m["pack_hash"])
            for row, anew in _recounted(Member(matter_id, p, pack), jurisdiction_id, calendar, tables, now):
                if row["on_due"] and row["state"] == "running" and row["due_at"] <= now:
                    continue
                title = pack.clocks[row["clock"]].title.model_dump()
                told = (matter_id, m["title"], m["number"], row["clock"], title, row["owner"])
                found.append(Moved(*told, before=row["due_at"], after=anew["due_at"]))
    return found


def recompute_deadlines(session: Session, calendar: Calendar, *, now: datetime | None = None) -> list[int]:
    """Count the running clocks of all open matters anew under ``calendar`` (a new holiday notice, 放假通知).

    Writes an event where a due instant or its reasons change; returns the ids of those matters. May be run
    often, and at the same time: what is counted already is left alone.
    """
    jurisdiction_id = jurisdiction_of(session)
    changed = []
    for matter_id in dict.fromkeys(one.matter_id for one in moved_by(session, calendar, now=now)):
        family = lock_family(session, jurisdiction_id, matter_id, now)
        steps.settle(family)
        member = family.members[matter_id]
        rows = [anew for _, anew in _recounted(member, jurisdiction_id, calendar, family.tables, family.now)]
        if rows and not member.ended:
            change = {"clocks": [clocks.as_json(row) for row in rows], "calendar": calendar.version}
            family.record(
                member,
                kind="recomputed",
                action="recompute",
                acting=CLOCKWORK,
                effective_at=family.now,
                change=change,
            )
            door.announce(family, matter_id)
            changed.append(matter_id)
    return changed


def settle_due(session: Session, *, now: datetime | None = None, limit: int = 500) -> list[int]:
    """Write down the system actions that have fallen due, soonest first; the ids of the matters touched.

    Reads show them as happened already and every act settles them first: this only makes the record, and the
    screens of those who wait, follow in time. Each is settled under its family's lock, so once.
    """
    jurisdiction_id, moment = jurisdiction_of(session), now or clock()
    due = session.execute(
        select(DEADLINES.c.matter_id)
        .where(
            DEADLINES.c.jurisdiction_id == jurisdiction_id,
            DEADLINES.c.state == "running",
            DEADLINES.c.on_due.is_not(None),
            DEADLINES.c.due_at <= moment,
        )
        .order_by(DEADLINES.c.due_at, DEADLINES.c.matter_id)
        .limit(limit)
    ).scalars()
    touched = []
    for matter_id in sorted(set(due)):
        family = lock_family(session, jurisdiction_id, matter_id, now)
        steps.settle(family)
        if family.touched:
            door.announce(family, matter_id)
            touched += sorted(family.touched)
    return touched


def _counted_otherwise(calendar: Calendar) -> ColumnElement[bool]:
    return exists().where(
        DEADLINES.c.jurisdiction_id == MATTERS.c.jurisdiction_id,
        DEADLINES.c.matter_id == MATTERS.c.id,
        DEADLINES.c.state.in_(["running", "paused"]),
        DEADLINES.c.calendar != calendar.version,
    )


def _recounted(
    member: Member, jurisdiction_id: int, calendar: Calendar, tables: RuleTables, now: datetime
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The runs of a matter that another calendar changes, as they stand and as they would."""
    spans = clocks.spans_of(member.p.matter["intervals"])
    for row in member.p.deadlines.values():
        if row["state"] not in ("running", "paused"):
            continue
        anew = clocks.count(
            row,
            member.pack,
            jurisdiction_id,
            spans,
            at=row["started_at"],
            now=now,
            calendar=calendar,
            tables=tables,
        )
        if _reasons(anew) != _reasons(row):
            yield row, anew


def _reasons(row: Mapping[str, Any]) -> tuple[Any, ...]:
    period = row["explanation"]["period"]
    return row["due_at"], row["warn_at"], period["skipped"], period["rolled_from"], period["provisional"]


def rehome(session: Session, jurisdiction_id: int, matter_id: int, header: dict[str, Any]) -> None:
    """Append the event by which a matter changes its cell, station or officer after a new division of
    cells; it takes no step and no clock moves. ``header``: the columns of the matter that change."""
    family = lock_family(session, jurisdiction_id, matter_id)
    note(family, family.members[matter_id], CLOCKWORK, "rehomed", header=header)
    door.announce(family, matter_id)


def note(
    family: Family,
    member: Member,
    acting: Acting,
    action: str,
    *,
    form: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] | None = None,
) -> None:
    """Append what somebody did beside the steps, such as handing the matter on: no state, no clock moves.

    With ``header`` the event is a re-homing, else a note. The caller announces it.
    """
    family.record(
        member,
        kind="noted" if header is None else "rehomed",
        action=action,
        acting=acting,
        effective_at=family.now,
        form=form,
        change={} if header is None else {"header": dict(header)},
    )


def _open_matters(session: Session, jurisdiction_id: int, *conditions: ColumnElement[bool]) -> Sequence[int]:
    """Open matters in the order in which their families are locked."""
    return session.scalars(
        select(MATTERS.c.id)
        .where(MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.ended_at.is_(None), *conditions)
        .order_by(MATTERS.c.root_id, MATTERS.c.id)
    ).all()
