"""Every select of enforcement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from gridsup.cells.model import Cell
from gridsup.documents.model import Document
from gridsup.procedures.model import Deadline, Event, Matter
from gridsup.registry.model import Business, HouseholdCode, Premises

Rows: TypeAlias = Select[*tuple[Any, ...]]
TOOK_EFFECT = ("act", "system")
"""Kinds of events that changed a matter; a proposal or a late act changed nothing."""
CORRECTION = "correction"
"""The procedure of an order to correct within a case."""
PUBLICITY = "penalty_publicity"
"""The procedure of a decision's publication: it goes on when its case is closed."""


def acts(jurisdiction_id: int, matter_ids: Sequence[int], actions: Sequence[str] = ()) -> Select[Event]:
    """Events that took effect on some matters, in order; only those of ``actions`` where given."""
    query = select(Event).where(
        Event.jurisdiction_id == jurisdiction_id,
        Event.matter_id.in_(list(matter_ids)),
        Event.kind.in_(TOOK_EFFECT),
    )
    if actions:
        query = query.where(Event.action.in_(list(actions)))
    return query.order_by(Event.recorded_at, Event.id)


def filing(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[Event]:
    """What puts papers into a file: the acts, and the public notices of papers that no act serves."""
    return (
        select(Event)
        .where(
            Event.jurisdiction_id == jurisdiction_id,
            Event.matter_id.in_(list(matter_ids)),
            Event.kind.in_(TOOK_EFFECT) | (Event.action == "document_publish"),
        )
        .order_by(Event.recorded_at, Event.id)
    )


def last_run(jurisdiction_id: int, matter_id: int, clock: str) -> Select[Deadline]:
    """The latest run of a clock."""
    return (
        select(Deadline)
        .where(
            Deadline.jurisdiction_id == jurisdiction_id,
            Deadline.matter_id == matter_id,
            Deadline.clock == clock,
        )
        .order_by(Deadline.run.desc())
        .limit(1)
    )


def matter(jurisdiction_id: int, matter_id: int) -> Select[Matter]:
    return select(Matter).where(Matter.jurisdiction_id == jurisdiction_id, Matter.id == matter_id)


def branch(jurisdiction_id: int, parents: Sequence[int]) -> Select[Matter]:
    """The child matters of some matters."""
    return (
        select(Matter)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.parent_id.in_(list(parents)))
        .order_by(Matter.id)
    )


def open_children(jurisdiction_id: int, matter_id: int) -> Rows:
    """Rows ``(id, pack)`` of matters below this one that have not ended, whatever ended in between.

    A preservation that was turned into a seizure has ended; the seizure that it opened has not. The
    publication of a decision lasts for years and keeps no case open.
    """
    below = _below(jurisdiction_id, matter_id)
    return (
        select(Matter.id, Matter.pack)
        .join(below, below.c.id == Matter.id)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.ended_at.is_(None), Matter.pack != PUBLICITY)
        .order_by(Matter.id)
    )


def unserved_papers(jurisdiction_id: int, matter_id: int, kinds: Sequence[str]) -> Rows:
    """Rows ``(Document, pack)`` of the papers of some kinds in this matter and those below it that are
    neither served nor void."""
    below = _below(jurisdiction_id, matter_id)
    here = or_(Document.matter_id == matter_id, Document.matter_id.in_(select(below.c.id)))
    return (
        select(Document, Matter.pack)
        .join(Matter, and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == Document.matter_id))
        .where(
            here,
            Document.jurisdiction_id == jurisdiction_id,
            Document.kind.in_(list(kinds)),
            Document.status.in_(("numbered", "sealed")),
        )
        .order_by(Document.id)
    )


def measures(jurisdiction_id: int, matter_id: int, packs: Sequence[str]) -> Select[Matter]:
    """The matters of some procedures among this one and those below it."""
    below = _below(jurisdiction_id, matter_id)
    return (
        select(Matter)
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            or_(Matter.id == matter_id, Matter.id.in_(select(below.c.id))),
            Matter.pack.in_(list(packs)),
        )
        .order_by(Matter.id)
    )


def papers_of_family(jurisdiction_id: int, root_id: int, kinds: Sequence[str]) -> Select[Document]:
    """The papers of some kinds in all matters under a root that are not void."""
    return (
        select(Document)
        .join(Matter, and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == Document.matter_id))
        .where(
            Document.jurisdiction_id == jurisdiction_id,
            Matter.root_id == root_id,
            Document.kind.in_(list(kinds)),
            Document.status != "void",
        )
        .order_by(Document.id)
    )


def matters_above(jurisdiction_id: int, matter_id: int) -> Select[Matter]:
    """The matters that this one grew out of, the nearest first."""
    first = (
        select(Matter.parent_id.label("id"))
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.id == matter_id)
        .cte("above", recursive=True)
    )
    above = first.union_all(
        select(Matter.parent_id).where(Matter.jurisdiction_id == jurisdiction_id, Matter.id == first.c.id)
    )
    return (
        select(Matter)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.id.in_(select(above.c.id)))
        .order_by(Matter.id.desc())
    )


def set_aside(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[tuple[int, dict[str, Any]]]:
    """The id of each of these matters, with the facts of it and of each that it grew out of: whoever stepped
    aside there (``recused``) does nothing in it."""
    first = (
        select(Matter.id.label("of"), Matter.id.label("id"))
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.id.in_(matter_ids))
        .cte("set_aside", recursive=True)
    )
    line = first.union_all(
        select(first.c.of, Matter.parent_id).where(
            Matter.jurisdiction_id == jurisdiction_id, Matter.id == first.c.id
        )
    )
    return (
        select(line.c.of, Matter.facts)
        .join(Matter, Matter.id == line.c.id)
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.facts.has_key("recused"))
    )


def orders_running(jurisdiction_id: int, matter_id: int) -> Select[Matter]:
    """The orders to correct (责令改正) of a case that have not ended."""
    return (
        select(Matter)
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.parent_id == matter_id,
            Matter.pack == CORRECTION,
            Matter.ended_at.is_(None),
        )
        .order_by(Matter.id)
    )


def _below(jurisdiction_id: int, matter_id: int) -> CTE:
    """The ids of the matters below this one, whatever ended in between."""
    first = (
        select(Matter.id.label("id"))
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.parent_id == matter_id)
        .cte("below", recursive=True)
    )
    return first.union_all(
        select(Matter.id).where(Matter.jurisdiction_id == jurisdiction_id, Matter.parent_id == first.c.id)
    )


def documents(jurisdiction_id: int, matter_ids: Sequence[int]) -> Select[Document]:
    return (
        select(Document)
        .where(Document.jurisdiction_id == jurisdiction_id, Document.matter_id.in_(list(matter_ids)))
        .order_by(Document.id)
    )


def home(jurisdiction_id: int, business_id: int) -> Rows:
    """The row ``(cell_id, station_id)`` of a household that has its code."""
    return (
        select(HouseholdCode.cell_id, Cell.station_id)
        .join(Cell, and_(Cell.jurisdiction_id == jurisdiction_id, Cell.id == HouseholdCode.cell_id))
        .where(
            HouseholdCode.jurisdiction_id == jurisdiction_id,
            HouseholdCode.business_id == business_id,
            HouseholdCode.ended_on.is_(None),
        )
    )


def party(jurisdiction_id: int, business_id: int) -> Rows:
    """The row ``(name, operator_name, uscc, registration_no, phone, scope, address)`` of a household."""
    return (
        select(
            Business.name,
            Business.operator_name,
            Business.uscc,
            Business.registration_no,
            Business.phone,
            Business.scope,
            Premises.address,
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == jurisdiction_id, Premises.id == Business.premises_id),
        )
        .where(Business.jurisdiction_id == jurisdiction_id, Business.id == business_id)
    )


def doers_about(jurisdiction_id: int, business_id: int, actions: Sequence[str]) -> Rows:
    """Rows ``(matter_id, person_id, acting_for_id, crew)`` of who did these steps in the open matters of a
    household."""
    return (
        select(Event.matter_id, Event.person_id, Event.acting_for_id, Event.crew)
        .join(Matter, and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == Event.matter_id))
        .where(
            Event.jurisdiction_id == jurisdiction_id,
            Event.kind == "act",
            Event.action.in_(list(actions)),
            Matter.subject_kind == "business",
            Matter.subject_id == business_id,
            Matter.ended_at.is_(None),
        )
    )


def doers_in_chain(
    jurisdiction_id: int, root_id: int, business_id: int | None, actions: Sequence[str]
) -> Rows:
    """Rows ``(matter_id, action, person_id, acting_for_id, crew)`` of who did these steps in the family, or
    in another open matter of the household."""
    chain = Matter.root_id == root_id
    if business_id is not None:
        mine = and_(Matter.subject_kind == "business", Matter.subject_id == business_id)
        chain = or_(chain, and_(mine, Matter.ended_at.is_(None)))
    return (
        select(Event.matter_id, Event.action, Event.person_id, Event.acting_for_id, Event.crew)
        .join(Matter, and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == Event.matter_id))
        .where(
            Event.jurisdiction_id == jurisdiction_id,
            Event.kind == "act",
            Event.action.in_(list(actions)),
            chain,
        )
        .order_by(Event.matter_id, Event.id)
    )


def unwithdrawn(publication: type[Matter] = Matter) -> ColumnElement[bool]:
    """A decision that is still shown though its execution ended because it was set aside (APL-48)."""
    execution = aliased(Matter)
    return and_(
        publication.state == "published",
        exists().where(
            execution.jurisdiction_id == publication.jurisdiction_id,
            execution.parent_id == publication.parent_id,
            execution.pack == "penalty_execution",
            execution.outcome == "revoked",
        ),
    )


def publications(
    jurisdiction_id: int, stage: str | None = None, *, after: int | None = None, limit: int = 50
) -> Rows:
    """Rows ``(publication, case_title, decision_no, wrong)``, the latest first.

    ``publication`` is the matter; ``wrong``: see :func:`unwithdrawn`. ``stage``: ``due``, ``shown``,
    ``wrong`` (to be withdrawn or taken down), ``ended``.
    """
    case, decision = aliased(Matter), aliased(Document)
    wrong = unwithdrawn()
    number = (
        select(func.max(decision.number))
        .where(
            decision.jurisdiction_id == jurisdiction_id,
            decision.matter_id == Matter.parent_id,
            decision.kind == "penalty_decision",
        )
        .scalar_subquery()
    )
    query = (
        select(Matter, case.title.label("case_title"), number.label("decision_no"), wrong.label("wrong"))
        .join(case, and_(case.jurisdiction_id == Matter.jurisdiction_id, case.id == Matter.parent_id))
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.pack == PUBLICITY)
        .order_by(Matter.id.desc())
        .limit(limit)
    )
    stages: dict[str, ColumnElement[bool]] = {
        "due": Matter.state.in_(("due", "pushed")),
        "shown": Matter.state.in_(("published", "expiring")),
        "wrong": or_(Matter.state.in_(("withdrawing", "expiring")), wrong),
        "ended": Matter.ended_at.is_not(None),
    }
    if stage is not None:
        query = query.where(stages[stage])
    return query if after is None else query.where(Matter.id < after)
