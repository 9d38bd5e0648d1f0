"""The queue and the counts: many matters, ordered by their clocks. Overdue is asked here, never stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, exists, false, func, literal, or_, select, true
from sqlalchemy.orm import Session

from gridsup.procedures import store, versions, views
from gridsup.procedures.family import Member, clock, jurisdiction_of
from gridsup.procedures.store import DEADLINES, EVENTS, MATTERS, PROPOSALS
from gridsup.procedures.views import View

Cursor = tuple[datetime | None, int]
"""Where a page ended: the due instant (None: no clock runs) and the id of its last matter."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Matters that wait for a post; each list that is given narrows them.

    With ``officer_ids`` they are those assigned to one of the officers, or to nobody in ``station_ids``.
    """

    post: str
    officer_ids: Sequence[int] | None = None
    org_ids: Sequence[int] | None = None
    station_ids: Sequence[int] | None = None
    family_org_ids: Sequence[int] | None = None
    """Bodies to which the matter is assigned, or the one at the root of its family."""
    duty_officer_ids: Sequence[int] | None = None
    """What came to one of the officers on duty (值班), whatever their posts."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which matters a queue shows; what is left out does not restrict. Lists mean any of their values."""

    packs: Sequence[str] = ()
    states: Sequence[str] = ()
    lanes: Sequence[str] = ()
    waits_for: Sequence[str] = ()
    """Posts (or ``child``) that must move the matter on."""
    waiting: Sequence[Waiting] | None = None
    """Those that wait for a person, as that person's posts say; an empty list matches none."""
    station_ids: Sequence[int] = ()
    cell_ids: Sequence[int] = ()
    assigned_officer_ids: Sequence[int] = ()
    assigned_org_ids: Sequence[int] | None = None
    """An empty list matches none."""
    subject: tuple[str, int] | None = None
    """Kind and id, such as ``("business", 7)``."""
    root_id: int | None = None
    text: str | None = None
    """Part of the title or the number."""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north: CRS84 degrees."""
    ended: bool | None = False
    """False: open matters; True: ended ones; None: both."""
    overdue: bool = False
    due_before: datetime | None = None
    """Some clock of theirs is over before this instant."""
    to_sign: bool = False
    """Only those with an open proposal."""


def queue(
    session: Session,
    wanted: Filter | None = None,
    *,
    after: Cursor | None = None,
    limit: int = 50,
    now: datetime | None = None,
) -> tuple[list[View], Cursor | None]:
    """A page of matters, the soonest due first, those without a running clock last; and the next cursor.

    A matter whose system action has fallen due shows as it stands after it (see ``views.current``).
    """
    now, jurisdiction_id = now or clock(), jurisdiction_of(session)
    key = (func.coalesce(MATTERS.c.next_due_at, literal("infinity")), MATTERS.c.id)
    statement = (
        select(MATTERS.c.id)
        .where(*conditions(jurisdiction_id, wanted or Filter(), now))
        .order_by(MATTERS.c.next_due_at.asc().nulls_last(), MATTERS.c.id)
        .limit(limit + 1)
    )
    if after is not None:
        due, last_id = after
        last_due = cast(literal("infinity") if due is None else literal(due), MATTERS.c.next_due_at.type)
        statement = statement.where(or_(key[0] > last_due, and_(key[0] == last_due, key[1] > last_id)))
    ids = session.scalars(statement).all()
    page = list(ids[:limit])
    found = _shown(session, jurisdiction_id, page, now)
    cursor: Cursor | None = None
    if len(ids) > limit:
        cursor = (_stored_due(session, jurisdiction_id, page[-1]), page[-1])
    return found, cursor


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many matters of a procedure stand in a state, and how many of them are overdue."""

    pack: str
    state: str
    lane: str
    ended: bool
    count: int
    overdue: int


def count_by_state(
    session: Session, wanted: Filter | None = None, *, now: datetime | None = None
) -> list[StateCount]:
    """The matters of a filter by procedure and state; ended ones stand under their end state."""
    now, jurisdiction_id, m = now or clock(), jurisdiction_of(session), MATTERS.c
    late = and_(*conditions(jurisdiction_id, Filter(overdue=True), now))
    ended = m.ended_at.is_not(None)
    statement = (
        select(m.pack, m.state, m.lane, ended, func.count(), func.count().filter(late))
        .where(*conditions(jurisdiction_id, wanted or Filter(), now))
        .group_by(m.pack, m.state, m.lane, ended)
        .order_by(m.pack, m.state)
    )
    return [StateCount(*row) for row in session.execute(statement)]


def conditions(jurisdiction_id: int, wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    """The predicates of a filter over ``matters``, for other queries over the same selection too."""
    m = MATTERS.c
    found: list[ColumnElement[bool]] = [m.jurisdiction_id == jurisdiction_id]
    lists: list[tuple[Any, Sequence[Any]]] = [
        (m.pack, wanted.packs),
        (m.state, wanted.states),
        (m.lane, wanted.lanes),
        (m.waits_for, wanted.waits_for),
        (m.station_id, wanted.station_ids),
        (m.cell_id, wanted.cell_ids),
        (m.assigned_officer_id, wanted.assigned_officer_ids),
    ]
    found += [column.in_(list(values)) for column, values in lists if values]
    if wanted.assigned_org_ids is not None:
        found.append(m.assigned_org_id.in_(list(wanted.assigned_org_ids)))
    if wanted.waiting is not None:
        found.append(or_(false(), *(_waits(jurisdiction_id, each) for each in wanted.waiting)))
    if wanted.subject is not None:
        found += [m.subject_kind == wanted.subject[0], m.subject_id == wanted.subject[1]]
    if wanted.root_id is not None:
        found.append(m.root_id == wanted.root_id)
    if wanted.text:
        found.append(
            or_(
                m.title.icontains(wanted.text, autoescape=True),
                m.number.icontains(wanted.text, autoescape=True),
            )
        )
    if wanted.bbox is not None:
        found.append(m.geom.op("&&")(func.ST_MakeEnvelope(*wanted.bbox, 4490)))
    if wanted.ended is not None:
        found.append(m.ended_at.is_not(None) if wanted.ended else m.ended_at.is_(None))
    if wanted.overdue:
        found.append(and_(m.ended_at.is_(None), m.next_due_at <= now))
    if wanted.due_before is not None:
        found.append(m.next_due_at < wanted.due_before)
    if wanted.to_sign:
        found.append(
            exists().where(
                PROPOSALS.c.jurisdiction_id == m.jurisdiction_id,
                PROPOSALS.c.matter_id == m.id,
                PROPOSALS.c.state == "open",
            )
        )
    return found


def _waits(jurisdiction_id: int, each: Waiting) -> ColumnElement[bool]:
    m = MATTERS.c
    found: list[ColumnElement[bool]] = [m.waits_for == each.post]
    if each.family_org_ids is not None:
        bodies = list(each.family_org_ids)
        root = MATTERS.alias("root").c
        roots = select(root.id).where(
            root.jurisdiction_id == jurisdiction_id, root.assigned_org_id.in_(bodies)
        )
        found.append(or_(m.assigned_org_id.in_(bodies), m.root_id.in_(roots)))
    if each.org_ids is not None:
        found.append(m.assigned_org_id.in_(list(each.org_ids)))
    if each.duty_officer_ids is not None:
        found.append(m.facts["duty_officer"].as_integer().in_(list(each.duty_officer_ids)))
    here = m.station_id.in_(list(each.station_ids)) if each.station_ids is not None else true()
    if each.officer_ids is not None:
        mine = m.assigned_officer_id.in_(list(each.officer_ids))
        found.append(or_(mine, and_(m.assigned_officer_id.is_(None), here)))
    else:
        found.append(here)
    return and_(*found)


def titles(jurisdiction_id: int, matter_ids: Collection[int]) -> Select[Any]:
    """Rows ``(id, title)`` of these matters."""
    m = MATTERS.c
    return select(m.id, m.title).where(m.jurisdiction_id == jurisdiction_id, m.id.in_(list(matter_ids)))


def pins(
    session: Session, wanted: Filter | None = None, *, now: datetime | None = None, limit: int = 5000
) -> list[View]:
    """Matters with a place on the map, slim, the soonest due first. ``lon``, ``lat``: CRS84 degrees."""
    now, m = now or clock(), MATTERS.c
    columns = (m.id, m.title, m.number, m.pack, m.state, m.lane, m.cell_id, m.next_due_at, m.ended_at)
    statement = (
        select(*columns, func.ST_X(m.geom).label("lon"), func.ST_Y(m.geom).label("lat"))
        .where(*conditions(jurisdiction_of(session), wanted or Filter(), now), m.geom.is_not(None))
        .order_by(m.next_due_at.asc().nulls_last(), m.id)
        .limit(limit)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def overdue_clocks(session: Session, *, now: datetime | None = None, limit: int = 1000) -> list[View]:
    """Clock runs of open matters that are over at ``now`` and not stopped, the longest overdue first.

    Each row tells its matter too: ``pack``, ``matter_state``, ``matter_title``, ``number``, ``station_id``,
    ``cell_id``.
    """
    now, jurisdiction_id, m = now or clock(), jurisdiction_of(session), MATTERS.c
    told = (m.pack, m.state.label("matter_state"), m.title.label("matter_title"), m.number)
    statement = (
        select(DEADLINES, *told, m.station_id, m.cell_id)
        .join(
            MATTERS,
            and_(m.jurisdiction_id == DEADLINES.c.jurisdiction_id, m.id == DEADLINES.c.matter_id),
        )
        .where(
            DEADLINES.c.jurisdiction_id == jurisdiction_id,
            DEADLINES.c.state == "running",
            DEADLINES.c.due_at <= now,
            DEADLINES.c.on_due.is_(None),
        )
        .order_by(DEADLINES.c.due_at, DEADLINES.c.id)
        .limit(limit)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def _shown(session: Session, jurisdiction_id: int, ids: list[int], now: datetime) -> list[View]:
    loaded = store.load(session, jurisdiction_id, ids)
    found = []
    for matter_id in ids:
        p = loaded[matter_id]
        if any(d["on_due"] and d["state"] == "running" and d["due_at"] <= now for d in p.deadlines.values()):
            found.append(views.current(session, matter_id, now=now))
            continue
        m = p.matter
        pack = versions.pinned(session, jurisdiction_id, m["pack"], m["pack_version"], m["pack_hash"])
        found.append(views.view_of(Member(matter_id, p, pack), now))
    return found


def _stored_due(session: Session, jurisdiction_id: int, matter_id: int) -> datetime | None:
    due: datetime | None = session.scalar(
        select(MATTERS.c.next_due_at).where(
            MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == matter_id
        )
    )
    return due


def names_file(jurisdiction_id: int, sha256: str, org_ids: Sequence[int]) -> Select[bool]:
    """Whether an act on a matter that is assigned to one of the bodies names the file."""
    return select(
        exists().where(
            MATTERS.c.jurisdiction_id == jurisdiction_id,
            MATTERS.c.assigned_org_id.in_(list(org_ids)),
            EVENTS.c.jurisdiction_id == jurisdiction_id,
            EVENTS.c.matter_id == MATTERS.c.id,
            EVENTS.c.data.contains({"photos": [{"sha256": sha256}]}),
        )
    )


def head(jurisdiction_id: int, matter_id: int) -> Select[int, str]:
    """The row ``(version, head_hash)`` of a matter as stored."""
    return select(MATTERS.c.version, MATTERS.c.head_hash).where(
        MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == matter_id
    )


def packs_of(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[int, str, int, str]:
    """Rows ``(id, pack, pack_version, pack_hash)``: the procedure that each matter is pinned to."""
    m = MATTERS.c
    return select(m.id, m.pack, m.pack_version, m.pack_hash).where(
        m.jurisdiction_id == jurisdiction_id, m.id.in_(list(matter_ids))
    )


def partners(session: Session, matter_ids: Sequence[int], officer_id: int) -> dict[int, list[int]]:
    """Matter id → who acted together with an officer the last time, in it, else in its family: as a rule they
    go on. Nobody where the officer acted alone everywhere."""
    shown = MATTERS.alias("shown")
    found = session.execute(
        select(shown.c.id, EVENTS.c.crew)
        .join(
            MATTERS,
            and_(MATTERS.c.jurisdiction_id == shown.c.jurisdiction_id, MATTERS.c.root_id == shown.c.root_id),
        )
        .join(
            EVENTS,
            and_(EVENTS.c.jurisdiction_id == MATTERS.c.jurisdiction_id, EVENTS.c.matter_id == MATTERS.c.id),
        )
        .where(
            shown.c.jurisdiction_id == jurisdiction_of(session),
            shown.c.id.in_(list(matter_ids)),
            EVENTS.c.crew.contains([officer_id]),
        )
        .order_by(EVENTS.c.matter_id == shown.c.id, EVENTS.c.id)
    )
    crews: dict[int, list[int]] = dict(found.all())  # of each matter the last row stays
    return {each: [one for one in crews.get(each, ()) if one != officer_id] for each in matter_ids}


def assigned_to(jurisdiction_id: int, matter_id: int) -> Select[int | None]:
    """The officer who handles a matter."""
    return select(MATTERS.c.assigned_officer_id).where(
        MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == matter_id
    )
