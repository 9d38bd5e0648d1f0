"""One select for each list that must be empty. Rows share their columns, see :func:`_columns`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    DateTime,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from gridsup.cells.model import Cell
from gridsup.documents.model import Document
from gridsup.enforcement.queries import PUBLICITY, unwithdrawn
from gridsup.people.model import Assignment, Officer, Organisation, Posting
from gridsup.people.queries import holds_on
from gridsup.procedures.model import Deadline, Event, Matter
from gridsup.referrals.model import Referral
from gridsup.referrals.queries import copies as copies_of
from gridsup.registry.model import Business, HouseholdCode
from gridsup.registry.queries import present_code

Rows: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
FINDINGS = "unlicensed_operation"
COMMANDS = ("P10-C-RECEIPT", "P10-C-FEEDBACK", "P10-SECTION", "P10-SUPPORT")
"""Rule rows of the clocks that an order inside the bureau starts (P10-S2)."""
RECEIPT = "P10-L6-RECEIPT"
PERSONAL = ("inspector", "enforcement")
OF_A_STATION = (*PERSONAL, "general", "station_head")
OF_A_BODY = "liaison"


def _columns(
    *,
    reason: Any,
    since: Any,
    due_at: Any = None,
    post: Any = None,
    subject: str = "matter",
    row: Any = Matter,
    officer_id: Any = None,
    organisation_id: Any = None,
    number: Any = None,
    title: Any = None,
    detail: Any = None,
) -> list[ColumnElement[Any]]:
    """``subject``, ``id``: the thing that a row opens; ``since``, ``due_at``: its age and its limit;
    ``post``, ``officer_id``, ``organisation_id``: who should act; ``detail``: clock or action it is about."""

    def text(value: Any) -> ColumnElement[Any]:
        return cast(null() if value is None else value, String)

    def whole(value: Any) -> ColumnElement[Any]:
        return cast(null() if value is None else value, BigInteger)

    return [
        literal(subject).label("subject"),
        row.id.label("id"),
        text(row.title if title is None else title).label("title"),
        text(number).label("number"),
        text(reason).label("reason"),
        cast(since, DateTime(timezone=True)).label("since"),
        cast(null() if due_at is None else due_at, DateTime(timezone=True)).label("due_at"),
        text(post).label("post"),
        whole(officer_id).label("officer_id"),
        whole(organisation_id).label("organisation_id"),
        text(detail).label("detail"),
    ]


def _of_matter(**more: Any) -> list[ColumnElement[Any]]:
    place = func.coalesce(Matter.assigned_org_id, Matter.station_id)
    return _columns(
        **{
            "number": Matter.number,
            "officer_id": Matter.assigned_officer_id,
            "organisation_id": place,
            **more,
        }
    )


def within(
    rows: Subquery, jurisdiction_id: int, station_id: int | None, department: str | None
) -> list[ColumnElement[bool]]:
    """Of the rows of a list: those of one station, those of what was referred to one department (D01…D22).

    A business is of the station of its cell; one in no cell is of none.
    """
    found: list[ColumnElement[bool]] = []
    matter = and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == rows.c.id)
    if station_id is not None:
        there = exists().where(matter, Matter.station_id == station_id)
        of_cell = and_(rows.c.subject == "business", rows.c.organisation_id == station_id)
        found.append(or_(of_cell, and_(rows.c.subject == "matter", there)))
    if department is not None:
        sent = exists().where(
            Referral.jurisdiction_id == jurisdiction_id,
            Referral.matter_id == rows.c.id,
            Referral.direction == "out",
            Referral.department == department,
        )
        found.append(and_(rows.c.subject == "matter", sent))
    return found


def _runs(*states: str) -> list[ColumnElement[bool]]:
    return [
        Deadline.jurisdiction_id == Matter.jurisdiction_id,
        Deadline.matter_id == Matter.id,
        Deadline.state.in_(states),
    ]


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    """A matter with one of its clock runs."""
    both = and_(Deadline.jurisdiction_id == Matter.jurisdiction_id, Deadline.matter_id == Matter.id)
    return select(*columns).select_from(Matter).join(Deadline, both)


def findings(jurisdiction_id: int, now: datetime) -> Rows:
    """Findings without an outcome (P9-X1): ended without one, past a limit, or moved by nothing."""
    late = exists().where(*_runs("running"), Deadline.on_due.is_(None), Deadline.due_at <= now)
    still = and_(~exists().where(*_runs("running", "paused")), Matter.waits_for.is_distinct_from("child"))
    ended = Matter.ended_at.is_not(None)
    due = select(func.min(Deadline.due_at)).where(*_runs("running"), Deadline.due_at <= now).scalar_subquery()
    reason = case((ended, "no_outcome"), (late, "overdue"), else_="no_clock")
    found = _of_matter(reason=reason, since=Matter.opened_at, due_at=due, post=Matter.waits_for)
    return select(*found).where(
        Matter.jurisdiction_id == jurisdiction_id,
        Matter.pack == FINDINGS,
        or_(and_(ended, Matter.outcome.is_(None)), and_(~ended, or_(late, still))),
    )


def commands(jurisdiction_id: int, now: datetime) -> Rows:
    """Commands that nobody received, or fed back on, in their time (P10-X1)."""
    received = Deadline.rule_row.in_(("P10-C-RECEIPT", "P10-SUPPORT"))
    found = _of_matter(
        reason=case((received, "not_received"), else_="no_feedback"),
        since=Deadline.started_at,
        due_at=Deadline.due_at,
        post=Deadline.owner,
        detail=Deadline.clock,
    )
    return _joined(*found).where(
        Matter.jurisdiction_id == jurisdiction_id,
        Matter.ended_at.is_(None),
        Deadline.state == "running",
        Deadline.on_due.is_(None),
        Deadline.rule_row.in_(COMMANDS),
        Deadline.due_at <= now,
    )


def referrals(jurisdiction_id: int, now: datetime) -> Rows:
    """Referrals that were sent and that no department received in time (P9-N2 starts on receipt)."""
    term = (*_runs("running", "paused"), Deadline.rule_row == RECEIPT, Deadline.on_due.is_(None))
    in_time = exists().where(*term, Deadline.due_at > now)
    due = select(func.max(Deadline.due_at)).where(*term).scalar_subquery()
    same = and_(Matter.jurisdiction_id == Referral.jurisdiction_id, Matter.id == Referral.matter_id)
    found = _of_matter(
        reason=literal("not_received"),
        since=Referral.sent_at,
        due_at=due,
        post=literal(OF_A_BODY),
        number=Referral.number,
        detail=Referral.department,
    )
    return (
        select(*found)
        .select_from(Referral)
        .join(Matter, same)
        .where(
            Referral.jurisdiction_id == jurisdiction_id,
            Referral.direction == "out",
            Referral.sent_at.is_not(None),
            Referral.received_at.is_(None),
            Referral.feedback_at.is_(None),
            Referral.returned_reason.is_(None),
            Matter.ended_at.is_(None),
            ~in_time,
        )
    )


def businesses(jurisdiction_id: int, today: date) -> Rows:
    """Businesses that go on without a person responsible (P10-X1): in no cell, or in a cell without owner."""
    owned = (
        exists()
        .where(
            Assignment.jurisdiction_id == Cell.jurisdiction_id,
            Assignment.cell_id == Cell.id,
            Assignment.during.op("@>")(today),
            Officer.jurisdiction_id == Assignment.jurisdiction_id,
            Officer.id == Assignment.officer_id,
            Officer.active,
        )
        .correlate(Cell)
    )
    found = _columns(
        subject="business",
        row=Business,
        title=Business.name,
        number=HouseholdCode.code,
        reason=case((Cell.id.is_(None), "no_cell"), else_="cell_without_owner"),
        since=Business.created_at,
        post=case((Cell.id.is_(None), "general"), else_="station_head"),
        organisation_id=Cell.station_id,
        detail=Cell.code,
    )
    return (
        select(*found)
        .select_from(Business)
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .outerjoin(Cell, and_(Cell.jurisdiction_id == jurisdiction_id, Cell.id == HouseholdCode.cell_id))
        .where(
            Business.jurisdiction_id == jurisdiction_id,
            Business.status == "operating",
            or_(Cell.id.is_(None), ~owned),
        )
    )


def documents(jurisdiction_id: int, numbered: Sequence[tuple[str, str]]) -> Rows:
    """Acts that number a document (``numbered``: pack hash and action) and left none behind (P4-D6)."""
    there = exists().where(
        Document.jurisdiction_id == Event.jurisdiction_id,
        Document.matter_id == Event.matter_id,
        Document.event_seq == Event.seq,
        Document.number != "",
    )
    same = and_(Matter.jurisdiction_id == Event.jurisdiction_id, Matter.id == Event.matter_id)
    found = _of_matter(
        reason=literal("no_number"),
        since=Event.recorded_at,
        post=Event.post,
        officer_id=Event.person_id,
        detail=Event.action,
    )
    return (
        select(*found)
        .select_from(Event)
        .join(Matter, same)
        .where(
            Event.jurisdiction_id == jurisdiction_id,
            Event.kind.in_(("act", "system")),
            tuple_(Event.pack_hash, Event.action).in_(list(numbered)),
            ~there,
        )
    )


def clocks(jurisdiction_id: int, today: date) -> Rows:
    """Running clocks that nobody answers for: no holder of the owner's post there, or the person has left."""
    places = _stations(jurisdiction_id)
    holder = (
        select(Posting.post, Posting.organisation_id, Posting.officer_id, places.c.station)
        .join(Officer, and_(Officer.jurisdiction_id == jurisdiction_id, Officer.id == Posting.officer_id))
        .outerjoin(places, places.c.place == Posting.organisation_id)
        .where(Posting.jurisdiction_id == jurisdiction_id, Officer.active, holds_on(today))
        .cte("holder")
    )
    owner = Deadline.owner
    anyone = exists().where(holder.c.post == owner)
    there = exists().where(
        holder.c.post == owner,
        or_(holder.c.station.is_(None), holder.c.station == Matter.station_id),
    )
    of_body = exists().where(holder.c.post == owner, holder.c.organisation_id == Matter.assigned_org_id)
    gone = and_(
        Matter.assigned_officer_id.is_not(None),
        ~exists().where(holder.c.officer_id == Matter.assigned_officer_id),
    )
    nobody = case(
        (owner.in_(OF_A_STATION), ~there),
        (owner == OF_A_BODY, ~of_body),
        else_=~anyone,
    )
    left = and_(owner.in_(PERSONAL), gone)
    found = _of_matter(
        reason=case((nobody, "post_vacant"), else_="officer_left"),
        since=Deadline.started_at,
        due_at=Deadline.due_at,
        post=case((and_(owner.in_(PERSONAL), Matter.station_id.is_not(None)), "station_head"), else_="admin"),
        officer_id=None,
        detail=owner,
    )
    return _joined(*found).where(
        Matter.jurisdiction_id == jurisdiction_id,
        Matter.ended_at.is_(None),
        Deadline.state.in_(("running", "paused")),
        Deadline.on_due.is_(None),
        or_(nobody, left),
    )


def publicity(jurisdiction_id: int, now: datetime) -> Rows:
    """Penalties not listed for publication, or not published, withdrawn or taken down in time (PUB)."""
    child = aliased(Matter)
    listed = exists().where(
        child.jurisdiction_id == Matter.jurisdiction_id, child.parent_id == Matter.id, child.pack == PUBLICITY
    )
    decided = Matter.milestones["decision_made"].astext
    unlisted = select(
        *_of_matter(reason=literal("not_listed"), since=decided, post=literal("enforcement"))
    ).where(
        Matter.jurisdiction_id == jurisdiction_id,
        Matter.pack == "penalty_case",
        Matter.ended_at.is_(None),
        Matter.facts["decision"].astext == "penalty",
        decided.is_not(None),
        ~listed,
    )
    shown = select(
        *_of_matter(reason=literal("set_aside"), since=Matter.opened_at, post=literal("enforcement"))
    ).where(Matter.jurisdiction_id == jurisdiction_id, Matter.pack == PUBLICITY, unwithdrawn())
    return union_all(_late_publicity(jurisdiction_id, now), unlisted, shown)


def _late_publicity(jurisdiction_id: int, now: datetime) -> Rows:
    why = {"publication": "not_published", "withdrawal": "not_withdrawn", "stopping": "not_stopped"}
    found = _of_matter(
        reason=case(why, value=Deadline.clock, else_="not_published"),
        since=Deadline.started_at,
        due_at=Deadline.due_at,
        post=Deadline.owner,
        detail=Deadline.clock,
    )
    return _joined(*found).where(
        Matter.jurisdiction_id == jurisdiction_id,
        Matter.pack == PUBLICITY,
        Matter.ended_at.is_(None),
        Deadline.state == "running",
        Deadline.on_due.is_(None),
        Deadline.due_at <= now,
    )


def copies(jurisdiction_id: int, inside: Sequence[str]) -> Rows:
    """Penalty decisions of which the licensing department was sent no copy (P9-N5): owed, or only drafted."""
    owed = copies_of(jurisdiction_id, owed=True, inside=inside).subquery()
    of_case = and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == owed.c.id)
    found = _of_matter(
        reason=case((owed.c.sheet_id.is_(None), "copy_owed"), else_="copy_drafted"),
        since=owed.c.decided_at,
        post=literal("dispatcher"),
        number=owed.c.decision_no,
        detail=owed.c.department,
    )
    return select(*found).select_from(owed).join(Matter, of_case)


def _stations(jurisdiction_id: int) -> CTE:
    """Each body → the station that it is or belongs to."""
    tree = (
        select(Organisation.id.label("place"), Organisation.id.label("station"))
        .where(Organisation.jurisdiction_id == jurisdiction_id, Organisation.kind == "station")
        .cte("places", recursive=True)
    )
    below = select(Organisation.id, tree.c.station).join(
        tree, and_(Organisation.jurisdiction_id == jurisdiction_id, Organisation.parent_id == tree.c.place)
    )
    return tree.union(below)


def officers_of_cells(jurisdiction_id: int, matter_ids: Collection[int], today: date) -> Select[int, int]:
    """Rows ``(matter_id, officer_id)``: who is responsible for the cell of each matter."""
    return (
        select(Matter.id, Assignment.officer_id)
        .join(
            Assignment,
            and_(
                Assignment.jurisdiction_id == Matter.jurisdiction_id,
                Assignment.cell_id == Matter.cell_id,
                Assignment.during.op("@>")(today),
            ),
        )
        .where(Matter.jurisdiction_id == jurisdiction_id, Matter.id.in_(list(matter_ids)))
    )
