"""Urging what is or will be late (督办), one or many in one act; the answers; who was urged how often."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsup.calendars import instant
from gridsup.db import announce
from gridsup.errors import Conflict, FieldFault, Forbidden, GridsupError, Invalid, NotFound, Refused
from gridsup.offenders import queries as offenders
from gridsup.people.audit import record
from gridsup.procedures.family import clock, jurisdiction_of, legal_day
from gridsup.procedures.queries import Waiting
from gridsup.urging import queries
from gridsup.urging.model import Urging, UrgingAnswer

MOST = 200
"""Clocks urged in one act."""
AHEAD = timedelta(days=30)
"""How far ahead of its limit a clock can be urged at most."""
Run = tuple[int, str]
"""A matter's id and the name of its clock."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of the clocks that were to be urged: its urging, or the refusal."""

    matter_id: int
    clock: str
    urging: Urging | None
    refusal: GridsupError | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who answers for a clock: the post, the person where it is personal, the body in which it is held."""

    post: str
    officer_id: int | None
    body_id: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a holder was urged, how often it answered, and how often it was late by then."""

    post: str
    body_id: int | None
    holder_id: int | None
    urged: int
    answered: int
    late: int


def watched(
    session: Session, wanted: queries.Wanted, *, limit: int, offset: int = 0, now: datetime | None = None
) -> tuple[int, Sequence[Any]]:
    """How many clock runs there are, and a page of them (see ``queries.clock_runs``)."""
    query = queries.clock_runs(jurisdiction_of(session), now or clock(), wanted)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    return int(total or 0), session.execute(query.limit(limit).offset(offset)).all()


def holders(session: Session, rows: Sequence[Any], now: datetime) -> dict[Run, Holder]:
    """(matter, clock) → who holds it. An inspector's matter that is assigned to nobody is the owner's of its
    cell; other posts answer at their station, section or department."""
    lone = [r.matter_id for r in rows if r.owner == "inspector" and r.assigned_officer_id is None]
    found = offenders.officers_of_cells(jurisdiction_of(session), lone, legal_day(now)) if lone else None
    owners = {} if found is None else {row.id: row.officer_id for row in session.execute(found)}
    return {(r.matter_id, r.clock): _holder(r, owners.get(r.matter_id)) for r in rows}


def _holder(row: Any, cell_owner: int | None) -> Holder:
    if row.owner in offenders.PERSONAL:
        person = row.assigned_officer_id or (cell_owner if row.owner == "inspector" else None)
        return Holder(row.owner, person, row.station_id)
    if row.owner in offenders.OF_A_STATION:
        return Holder(row.owner, row.duty_officer_id, row.station_id)
    body = row.assigned_org_id if row.owner in (offenders.OF_A_BODY, "section", "brigade") else None
    return Holder(row.owner, None, body)


def urge(
    session: Session,
    runs: Collection[Run],
    reason: str,
    by: int,
    *,
    station_ids: Collection[int] | None = None,
    now: datetime | None = None,
) -> list[Outcome]:
    """Urge each of the clocks, with one reason; each stands or falls by itself, in the order given.

    ``station_ids``: the stations beyond which the urging person may not reach (None: the whole bureau). The
    refusals: ``clock-not-running``, ``urged-already`` (an urging waits for its answer), ``not-due-yet``,
    ``other-station``. Raises Invalid ``urge-count``.
    """
    j, moment = jurisdiction_of(session), now or clock()
    if not 1 <= len(runs) <= MOST:
        zh, en = f"一次督办 1 至 {MOST} 项。", f"Urge 1 to {MOST} at a time."
        raise Invalid("urge-count", zh=zh, en=en, faults=[FieldFault("/items", zh, en)])
    ids = sorted({matter_id for matter_id, _ in runs})
    rows = session.execute(queries.runs_of(j, ids)).all()
    waiting = {tuple(row) for row in session.execute(queries.unanswered(j, ids))}
    held, running = holders(session, rows, moment), {(row.matter_id, row.clock): row for row in rows}
    outcomes = []
    for run in dict.fromkeys(runs):
        row = running.get(run)
        refusal = _refusal(row, waiting, station_ids, moment)
        made = None if refusal or row is None else _made(j, row, held[run], reason, by, moment)
        if made is not None:
            session.add(made)
        outcomes.append(Outcome(*run, made, refusal))
    session.flush()
    urged = [one.urging.id for one in outcomes if one.urging]
    if urged:
        record(session, j, "urged", officer_id=by, reason=reason, urgings=urged)
        announce(session, j, "urgings")
    return outcomes


def answer(
    session: Session,
    urging_id: int,
    officer_id: int,
    standing: Sequence[Waiting],
    content: str,
    *,
    now: datetime | None = None,
) -> Urging:
    """Answer an urging and give it back; ``standing`` is what waits for the person, by each post held.

    Raises NotFound ``no-urging``; Forbidden ``not-urged``; Conflict ``urging-answered``.
    """
    j = jurisdiction_of(session)
    found = session.scalar(queries.urging(j, urging_id))
    if found is None:
        raise NotFound("no-urging", zh="没有编号为 {id} 的督办。", en="No urging {id}.", id=urging_id)
    rows = session.execute(queries.urgings(j, matter_id=found.matter_id, towards=standing)).all()
    mine = next((row for row in rows if row[0].id == urging_id), None)
    if mine is None:
        raise Forbidden(
            "not-urged",
            zh="这项督办不是发给您的岗位的。请由被督办人答复。",
            en="This urging is not addressed to a post of yours; the urged side answers.",
        )
    if mine[1] is not None:
        raise Conflict("urging-answered", zh="这项督办已经答复。", en="This urging has been answered.")
    session.add(
        UrgingAnswer(
            jurisdiction_id=j,
            urging_id=urging_id,
            officer_id=officer_id,
            content=content,
            answered_at=now or clock(),
        )
    )
    session.flush()
    announce(session, j, "urgings")
    return found


def tally(session: Session, since: date, until: date) -> list[Tally]:
    """Urgings of these days (inclusive, Asia/Shanghai) by holder, the most urged first."""
    rows = queries.tally(jurisdiction_of(session), instant(since), instant(until, last=True))
    return [Tally(*row) for row in session.execute(rows)]


def _refusal(
    row: Any, waiting: Collection[Any], station_ids: Collection[int] | None, now: datetime
) -> GridsupError | None:
    if row is None:
        return Conflict(
            "clock-not-running",
            zh="该期限已经停止或事项已办结，无需督办。",
            en="That clock has stopped, or the matter has ended: nothing to urge.",
        )
    if station_ids is not None and row.station_id not in station_ids:
        return Forbidden(
            "other-station", zh="这件事项不属于本所。", en="This matter belongs to another station."
        )
    if (row.matter_id, row.clock, row.run) in waiting:
        return Conflict(
            "urged-already",
            zh="上一次督办还没有答复，不重复督办。",
            en="The last urging waits for its answer still.",
        )
    warned = row.warn_at is not None and row.warn_at <= now
    if row.due_at is None or not (warned or row.due_at <= now + AHEAD):
        return Refused(
            "not-due-yet",
            zh="该期限还早，没有到预警时间。请在预警后再督办。",
            en="This limit is far ahead and no warning has come. Urge once it has.",
        )
    return None


def _made(j: int, row: Any, held: Holder, reason: str, by: int, now: datetime) -> Urging:
    title = row.clock_title or {}
    return Urging(
        jurisdiction_id=j,
        matter_id=row.matter_id,
        clock=row.clock,
        run=row.run,
        clock_title=str(title.get("zh") or row.clock),
        due_at=row.due_at,
        post=held.post,
        holder_id=held.officer_id,
        body_id=held.body_id,
        reason=reason,
        officer_id=by,
        urged_at=now,
    )
