"""Proof that the record holds: chains verify, and the projections are what the events amount to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, and_, delete, func, select
from sqlalchemy.orm import Session

from gridsup.db import Base
from gridsup.procedures import store
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.hashing import ChainFault, verify_chain
from gridsup.procedures.projection import Projection
from gridsup.procedures.store import DEADLINES, MATTERS, PROPOSALS, SIGNATURES

PAGE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the stored projection is not what the events give."""

    matter_id: int
    place: str
    """``matter.state``, ``deadlines[work, 1]``, ``referrals[matter_id=3]`` …"""
    stored: Any
    folded: Any


def matter_ids(session: Session, *, after: int = 0) -> Iterator[int]:
    """The matters of the jurisdiction above a number, all by default, in order of id."""
    jurisdiction_id, last = jurisdiction_of(session), after
    while True:
        page = session.scalars(
            select(MATTERS.c.id)
            .where(MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id > last)
            .order_by(MATTERS.c.id)
            .limit(PAGE)
        ).all()
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]


def verify(session: Session, matters: Iterable[int] | None = None) -> Iterator[ChainFault]:
    """The faults in the chains of some matters, all by default."""
    jurisdiction_id = jurisdiction_of(session)
    for matter_id in matters if matters is not None else matter_ids(session):
        events = store.events_of(session, jurisdiction_id, matter_id)
        head = session.execute(
            select(MATTERS.c.version, MATTERS.c.head_hash).where(
                MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == matter_id
            )
        ).one()
        yield from verify_chain(events, head=(head.version, head.head_hash))


def differences(session: Session, matters: Iterable[int] | None = None) -> Iterator[Difference]:
    """Where stored projections differ from a rebuild, for some matters, all by default."""
    jurisdiction_id = jurisdiction_of(session)
    for matter_id in matters if matters is not None else matter_ids(session):
        folded = store.fold(store.events_of(session, jurisdiction_id, matter_id))
        stored = store.load(session, jurisdiction_id, [matter_id])[matter_id]
        yield from _compare(matter_id, stored, folded)
        for (table, key), values in folded.rows.items():
            if not _stands(session, Base.metadata.tables[table], jurisdiction_id, dict(key), values):
                named = ", ".join(f"{name}={value}" for name, value in key)
                yield Difference(matter_id, f"{table}[{named}]", None, values)


def rebuild(session: Session, matters: Iterable[int] | None = None) -> int:
    """Write the projections anew from the events; returns how many matters differed.

    Runs with the owner's rights: rows that no event knows are removed.
    """
    jurisdiction_id, mended = jurisdiction_of(session), 0
    for matter_id in list(matters if matters is not None else matter_ids(session)):
        if not list(differences(session, [matter_id])):
            continue
        stored = store.load(session, jurisdiction_id, [matter_id], lock=True)[matter_id]
        folded = store.fold(store.events_of(session, jurisdiction_id, matter_id))
        _take_ids(session, jurisdiction_id, stored, folded)
        store.save(session, jurisdiction_id, matter_id, stored, folded)
        mended += 1
    return mended


def _take_ids(session: Session, jurisdiction_id: int, stored: Projection, folded: Projection) -> None:
    """Folded rows take over the ids of the stored ones; stored rows that no event knows go."""
    pairs: list[tuple[Table, Mapping[Any, dict[str, Any]], Mapping[Any, dict[str, Any]]]] = [
        (SIGNATURES, stored.signatures, folded.signatures),
        (PROPOSALS, stored.proposals, folded.proposals),
        (DEADLINES, stored.deadlines, folded.deadlines),
    ]
    for table, old, new in pairs:
        for key, row in old.items():
            if key in new:
                new[key]["id"] = row["id"]
            else:
                session.execute(
                    delete(table).where(table.c.jurisdiction_id == jurisdiction_id, table.c.id == row["id"])
                )


def _compare(matter_id: int, stored: Projection, folded: Projection) -> Iterator[Difference]:
    for name, value in stored.matter.items():
        if folded.matter.get(name) != value:
            yield Difference(matter_id, f"matter.{name}", value, folded.matter.get(name))
    for place, old, new in (
        ("deadlines", stored.deadlines, folded.deadlines),
        ("proposals", stored.proposals, folded.proposals),
        ("signatures", stored.signatures, folded.signatures),
    ):
        old_rows: Mapping[Any, Any] = old
        new_rows: Mapping[Any, Any] = new
        for key in sorted(old_rows.keys() | new_rows.keys()):
            was, should = _bare(old_rows.get(key)), _bare(new_rows.get(key))
            if was != should:
                yield Difference(matter_id, f"{place}[{key}]", was, should)


def _bare(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {name: value for name, value in row.items() if name != "id"}


def _stands(
    session: Session, table: Table, jurisdiction_id: int, key: Mapping[str, Any], values: Mapping[str, Any]
) -> bool:
    """Whether an effect's row holds these values. Columns in ``info["later"]`` change after the act."""
    later = table.info.get("later", ())
    same = [
        table.c[name].is_not_distinct_from(value)
        for name, value in {**key, **values}.items()
        if name not in later
    ]
    found = session.scalar(
        select(func.count()).select_from(table).where(and_(table.c.jurisdiction_id == jurisdiction_id, *same))
    )
    return found == 1
