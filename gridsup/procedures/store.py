"""Moves projections and events between the fold and the tables, by plain statements."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, and_, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from gridsup.db import Base
from gridsup.procedures import hashing
from gridsup.procedures.folding import project
from gridsup.procedures.model import Deadline, Event, Matter, Proposal, Signature
from gridsup.procedures.projection import Projection, instant

MATTERS = cast(Table, Matter.__table__)
EVENTS = cast(Table, Event.__table__)
DEADLINES = cast(Table, Deadline.__table__)
PROPOSALS = cast(Table, Proposal.__table__)
SIGNATURES = cast(Table, Signature.__table__)

_OWN = ("jurisdiction_id", "id")
_MATTER_COLUMNS = [c for c in MATTERS.c if c.name not in (*_OWN, "geom")]


_SELECTED: list[ColumnElement[Any]] = [
    MATTERS.c.id,
    *_MATTER_COLUMNS,
    func.ST_X(MATTERS.c.geom).label("lon"),
    func.ST_Y(MATTERS.c.geom).label("lat"),
]


def load(
    session: Session, jurisdiction_id: int, matter_ids: Sequence[int], *, lock: bool = False
) -> dict[int, Projection]:
    """The projections of some matters by id; with ``lock`` their rows are held, in order of id."""
    return _load(session, jurisdiction_id, MATTERS.c.id.in_(matter_ids), lock=lock)


def load_family(
    session: Session, jurisdiction_id: int, root_id: int, *, lock: bool = False
) -> dict[int, Projection]:
    """The projections of all matters under one root, as :func:`load`."""
    return _load(session, jurisdiction_id, MATTERS.c.root_id == root_id, lock=lock)


def _load(
    session: Session, jurisdiction_id: int, which: ColumnElement[bool], *, lock: bool
) -> dict[int, Projection]:
    statement = (
        select(*_SELECTED).where(MATTERS.c.jurisdiction_id == jurisdiction_id, which).order_by(MATTERS.c.id)
    )
    if lock:
        statement = statement.with_for_update(of=MATTERS)
    found: dict[int, Projection] = {}
    for row in session.execute(statement).mappings():
        found[row["id"]] = Projection(matter={name: row[name] for name in row if name != "id"})
    if not found:
        return found
    _attach(
        session,
        jurisdiction_id,
        found,
        DEADLINES,
        lambda p, r: p.deadlines.update({(r["clock"], r["run"]): r}),
    )
    _attach(session, jurisdiction_id, found, PROPOSALS, lambda p, r: p.proposals.update({r["seq"]: r}))
    signed = {matter_id: p for matter_id, p in found.items() if p.proposals}
    if signed:
        _attach(
            session,
            jurisdiction_id,
            signed,
            SIGNATURES,
            lambda p, r: p.signatures.update({(r["proposal_seq"], r["step"]): r}),
        )
    return found


def _attach(
    session: Session,
    jurisdiction_id: int,
    found: dict[int, Projection],
    table: Table,
    place: Callable[[Projection, dict[str, Any]], None],
) -> None:
    statement = (
        select(*(c for c in table.c if c.name != "jurisdiction_id"))
        .where(table.c.jurisdiction_id == jurisdiction_id, table.c.matter_id.in_(found))
        .order_by(table.c.id)
    )
    for row in session.execute(statement).mappings():
        place(found[row["matter_id"]], {name: row[name] for name in row if name != "matter_id"})


def new_matter(session: Session, jurisdiction_id: int, opening: Mapping[str, Any], now: Any) -> int:
    """Insert the row that the opening event will fill; returns its id."""
    statement = (
        insert(MATTERS)
        .values(
            jurisdiction_id=jurisdiction_id,
            root_id=opening["root_id"] or 0,
            state="start",
            lane="new",
            awaited=False,
            facts={},
            milestones={},
            intervals={},
            opened_at=now,
            version=0,
            head_hash=hashing.GENESIS,
            title=opening["title"],
            **{name: opening[name] for name in ("pack", "pack_version", "pack_hash", "parent_id")},
        )
        .returning(MATTERS.c.id)
    )
    return int(session.execute(statement).scalar_one())


def append(session: Session, jurisdiction_id: int, body: Mapping[str, Any]) -> str:
    """Write one event; returns its hash."""
    content = hashing.canonical(body)
    event_hash = hashing.link(body["prev"], content)
    session.execute(
        insert(EVENTS),
        {
            "jurisdiction_id": jurisdiction_id,
            **{column: body[name] for column, name in hashing.COPIES.items()},
            "effective_at": instant(body["effective_at"]),
            "recorded_at": instant(body["recorded_at"]),
            "body": content,
            "data": json.loads(content),
            "hash": event_hash,
        },
    )
    return event_hash


def save(
    session: Session, jurisdiction_id: int, matter_id: int, before: Projection, after: Projection
) -> None:
    """Write what differs between two states of a projection."""
    changed = {k: v for k, v in after.matter.items() if k not in before.matter or before.matter[k] != v}
    if "lon" in changed or "lat" in changed:
        changed["geom"] = _point(after.matter["lon"], after.matter["lat"])
    changed = {name: value for name, value in changed.items() if name not in ("lon", "lat")}
    if changed:
        session.execute(
            update(MATTERS)
            .where(MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == matter_id)
            .values(changed)
        )
    for table, old, new in (
        (DEADLINES, before.deadlines, after.deadlines),
        (PROPOSALS, before.proposals, after.proposals),
        (SIGNATURES, before.signatures, after.signatures),
    ):
        _save_rows(session, jurisdiction_id, matter_id, table, old.values(), new.values())
    for (table_name, key), values in after.rows.items():
        if before.rows.get((table_name, key)) != values:
            _put(session, Base.metadata.tables[table_name], jurisdiction_id, dict(key), values)


def _save_rows(
    session: Session,
    jurisdiction_id: int,
    matter_id: int,
    table: Table,
    old: Iterable[Mapping[str, Any]],
    new: Iterable[dict[str, Any]],
) -> None:
    """Insert rows without an id (they get it), update those that differ."""
    known = {row["id"]: row for row in old if "id" in row}
    rows = list(new)
    fresh = [row for row in rows if "id" not in row]
    for row in rows:
        if "id" in row and known.get(row["id"]) != row:
            session.execute(
                update(table)
                .where(table.c.jurisdiction_id == jurisdiction_id, table.c.id == row["id"])
                .values({name: value for name, value in row.items() if name != "id"})
            )
    if fresh:
        own = {"jurisdiction_id": jurisdiction_id, "matter_id": matter_id}
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        ids = session.execute(statement, [own | row for row in fresh]).scalars().all()
        for row, row_id in zip(fresh, ids, strict=True):
            row["id"] = row_id


def _put(
    session: Session,
    table: Table,
    jurisdiction_id: int,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
) -> None:
    """Update an effect's row, or insert it: a later act may state only some of its columns."""
    if values and "UPDATE" in table.info.get("grants", "UPDATE"):
        same = and_(table.c.jurisdiction_id == jurisdiction_id, *(table.c[k] == v for k, v in key.items()))
        if cast(CursorResult[Any], session.execute(update(table).where(same).values(values))).rowcount:
            return
    session.execute(
        pg_insert(table)
        .values(jurisdiction_id=jurisdiction_id, **key, **values)
        .on_conflict_do_nothing(index_elements=["jurisdiction_id", *key])
    )


def _point(lon: float | None, lat: float | None) -> Any:
    if lon is None or lat is None:
        return None
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), literal_column("4490"))


def snapshot(p: Projection) -> Projection:
    """A copy that later folding leaves alone."""
    return copy.deepcopy(p)


def events_of(session: Session, jurisdiction_id: int, matter_id: int) -> list[Any]:
    """A matter's events in order, as rows."""
    return list(
        session.execute(
            select(EVENTS)
            .where(EVENTS.c.jurisdiction_id == jurisdiction_id, EVENTS.c.matter_id == matter_id)
            .order_by(EVENTS.c.seq)
        )
    )


def fold(events: Iterable[Any]) -> Projection:
    """The projection that the stored bytes of ``events`` amount to."""
    p = Projection()
    for event in events:
        project(p, json.loads(bytes(event.body)), event.hash)
    return p
