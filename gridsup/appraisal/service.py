"""The verbs of an appraisal: issue it once, object to rows, answer; what stands after the answers."""

from __future__ import annotations

import hashlib
import json
import zlib
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.appraisal import queries
from gridsup.appraisal.catalogue import Catalogue, catalogue
from gridsup.appraisal.figures import Line, computed
from gridsup.appraisal.model import Appraisal, AppraisalAnswer, AppraisalLine, AppraisalObjection
from gridsup.appraisal.score import Tally, mended, scored, total
from gridsup.calendars import deadline, local_day
from gridsup.errors import Conflict, FieldFault, Forbidden, Invalid, NotFound, Refused
from gridsup.procedures import bureau
from gridsup.procedures.family import clock

LONGEST = 12
"""Months that one appraisal may cover (once a year, P6-N6)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A line with what its answered objections gave back."""

    total: float | None
    grade: str | None
    restored: float
    """Points that the answers gave back."""


def preview(
    session: Session, jurisdiction_id: int, since: date, until: date, *, now: datetime | None = None
) -> list[Line]:
    """The figures as they would be issued now; nothing is kept. Raises Invalid ``appraisal-months``."""
    _whole_months(since, until)
    return computed(session, jurisdiction_id, catalogue(), since, until, now or clock())


def issue(
    session: Session,
    jurisdiction_id: int,
    since: date,
    until: date,
    remarks: str,
    *,
    officer_id: int,
    now: datetime | None = None,
) -> Appraisal:
    """Count, freeze and issue the appraisal of whole months that are over.

    Raises Invalid ``appraisal-months``, Refused ``period-running``, Conflict ``appraisal-exists``.
    """
    now, known = now or clock(), catalogue()
    _whole_months(since, until)
    if until >= local_day(now):
        zh, en = (
            "该期间尚未结束，期满后方可印发考核。",
            "The period is not over; an appraisal is issued after it.",
        )
        raise Refused("period-running", zh=zh, en=en)
    if other := session.scalars(queries.of_period(jurisdiction_id, since, until)).first():
        raise Conflict(
            "appraisal-exists",
            zh="“{title}”已涵盖其中的日子。已印发的考核不重印；有误请走申诉更正。",
            en="“{title}” covers days of it. What was issued is not issued again; objections correct it.",
            title=other.title,
        )
    calendar = bureau.calendar_of(session, jurisdiction_id)
    row = Appraisal(
        jurisdiction_id=jurisdiction_id,
        since=since,
        until=until,
        title=f"网格监管考核（{since.year}年{since.month}月"
        + ("）" if since.month == until.month else f"至{until.year}年{until.month}月）"),
        remarks=remarks,
        catalogue=known.model_dump(mode="json", by_alias=True),
        object_until=deadline(now, known.objection.spec, calendar=calendar).due_at,
        officer_id=officer_id,
        issued_at=now,
    )
    session.add(row)
    session.flush()
    for line in computed(session, jurisdiction_id, known, since, until, now):
        session.add(_frozen(row, known, line))
    session.flush()
    return row


def appraisal(session: Session, jurisdiction_id: int, appraisal_id: int) -> Appraisal:
    """Raises NotFound ``appraisal``."""
    found = session.scalars(queries.appraisals(jurisdiction_id, [appraisal_id])).first()
    if found is None:
        raise _missing("appraisal", "考核", "appraisal", appraisal_id)
    return found


def line(session: Session, jurisdiction_id: int, line_id: int) -> AppraisalLine:
    """Raises NotFound ``appraisal-line``."""
    found = session.scalar(queries.line(jurisdiction_id, line_id))
    if found is None:
        raise _missing("appraisal-line", "考核结果", "appraisal line", line_id)
    return found


def frozen_rows(one: AppraisalLine) -> dict[str, list[dict[str, Any]]]:
    """Measure → the rows that were counted. Raises Invalid ``rows-altered`` when they lost their hash."""
    content = zlib.decompress(one.rows)
    if hashlib.sha256(content).hexdigest() != one.rows_sha256:
        raise Invalid(
            "rows-altered",
            zh="该考核留存的明细与其校验值不符，请联系管理员核查数据库。",
            en="The frozen rows no longer match their hash; ask the administrator to check the database.",
        )
    rows: dict[str, list[dict[str, Any]]] = json.loads(content)
    return rows


def catalogue_of(row: Appraisal) -> Catalogue:
    """The measures as they were when it was issued."""
    return Catalogue.model_validate(row.catalogue)


def standing(
    row: Appraisal,
    one: AppraisalLine,
    objections: Sequence[AppraisalObjection],
    answers: Sequence[AppraisalAnswer],
) -> Standing:
    """What the line comes to once upheld rows count as in order; the issued line itself stays as it is."""
    of = {each.id: each.measure for each in objections if each.line_id == one.id}
    struck: dict[str, set[int]] = {}
    for each in answers:
        if each.objection_id in of and each.upheld:
            struck.setdefault(of[each.objection_id], set()).update(each.upheld)
    if not struck:
        return Standing(one.total, one.grade, 0.0)
    known, rows = catalogue_of(row), frozen_rows(one)
    tallies = {name: Tally(told["rows"], told["ok"]) for name, told in one.measures.items()}
    for name, which in struck.items():
        tallies[name] = mended([each["value"] for each in rows[name]], which)
    points = total(scored(known.measures.values(), tallies).values())
    if points is None or one.total is None:
        return Standing(one.total, one.grade, 0.0)
    return Standing(points, known.grade(round(points, 1)).id, points - one.total)


def object_to(
    session: Session,
    jurisdiction_id: int,
    line_id: int,
    measure: str,
    rows: Sequence[int],
    reason: str,
    *,
    officer_id: int,
    now: datetime | None = None,
) -> AppraisalObjection:
    """The inspector objects to rows of his own line that took points.

    Raises NotFound ``appraisal-line``, Forbidden ``not-own-line``, Refused ``objection-late``, Invalid
    ``objection-rows``, Conflict ``objection-twice``.
    """
    now = now or clock()
    one = line(session, jurisdiction_id, line_id)
    if one.officer_id != officer_id:
        zh, en = "只能对本人的考核结果提出申诉。", "One objects to one's own result alone."
        raise Forbidden("not-own-line", zh=zh, en=en)
    row = appraisal(session, jurisdiction_id, one.appraisal_id)
    if now >= row.object_until:
        zh, en = "申诉期限已过（{until}）。", "Objections were taken until {until}."
        raise Refused("objection-late", zh=zh, en=en, until=row.object_until.isoformat(timespec="minutes"))
    there = frozen_rows(one).get(measure, [])
    wanted = sorted(set(rows))
    if not wanted or any(not 0 <= i < len(there) or there[i]["value"] >= 1 for i in wanted):
        zh, en = "请选择被扣分的明细。", "Choose rows that took points."
        raise Invalid("objection-rows", zh=zh, en=en, faults=[FieldFault("/rows", zh, en)])
    earlier = session.scalars(queries.objections(jurisdiction_id, [line_id])).all()
    if any(each.measure == measure and set(each.rows) & set(wanted) for each in earlier):
        zh, en = "其中有明细已申诉过。", "Some of these rows were objected to before."
        raise Conflict("objection-twice", zh=zh, en=en)
    calendar = bureau.calendar_of(session, jurisdiction_id)
    found = AppraisalObjection(
        jurisdiction_id=jurisdiction_id,
        line_id=line_id,
        measure=measure,
        rows=wanted,
        reason=reason,
        answer_due_at=deadline(now, catalogue_of(row).answer.spec, calendar=calendar).due_at,
        officer_id=officer_id,
        at=now,
    )
    session.add(found)
    session.flush()
    return found


def answer(
    session: Session,
    jurisdiction_id: int,
    objection_id: int,
    upheld: Sequence[int],
    words: str,
    *,
    officer_id: int,
    now: datetime | None = None,
) -> AppraisalAnswer:
    """Answer an objection once: ``upheld`` are those of its rows that cost nothing any more.

    Raises NotFound ``objection``, Forbidden ``own-objection``, Conflict ``objection-answered``, Invalid
    ``objection-rows``.
    """
    found = session.scalar(queries.objection(jurisdiction_id, objection_id))
    if found is None:
        raise _missing("objection", "申诉", "objection", objection_id)
    if found.officer_id == officer_id:
        zh, en = "本人的申诉须由他人答复。", "Somebody else answers one's own objection."
        raise Forbidden("own-objection", zh=zh, en=en)
    if session.scalars(queries.answers(jurisdiction_id, [objection_id])).first():
        zh, en = "此申诉已答复，答复不再更改。", "This objection is answered; an answer stands."
        raise Conflict("objection-answered", zh=zh, en=en)
    if set(upheld) - set(found.rows):
        zh, en = "只能认定申诉所列的明细。", "Only rows of the objection can be upheld."
        raise Invalid("objection-rows", zh=zh, en=en, faults=[FieldFault("/upheld", zh, en)])
    row = AppraisalAnswer(
        jurisdiction_id=jurisdiction_id,
        objection_id=objection_id,
        upheld=sorted(set(upheld)),
        words=words,
        officer_id=officer_id,
        at=now or clock(),
    )
    session.add(row)
    session.flush()
    return row


def _frozen(row: Appraisal, known: Catalogue, one: Line) -> AppraisalLine:
    content = json.dumps(one.rows, ensure_ascii=False, sort_keys=True).encode()
    points = one.total
    return AppraisalLine(
        jurisdiction_id=row.jurisdiction_id,
        appraisal_id=row.id,
        officer_id=one.subject.officer_id,
        station_id=one.subject.station_id,
        total=points,
        grade=None if points is None else known.grade(round(points, 1)).id,
        measures={name: {**asdict(one.tally(name)), **asdict(one.points[name])} for name in known.measures},
        rows_sha256=hashlib.sha256(content).hexdigest(),
        rows=zlib.compress(content, 6),
    )


def _whole_months(since: date, until: date) -> None:
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    if since.day != 1 or until.day != monthrange(until.year, until.month)[1] or not 1 <= months <= LONGEST:
        zh, en = "考核期间为 1 至 12 个整月。", "An appraisal covers 1 to 12 whole months."
        raise Invalid("appraisal-months", zh=zh, en=en, faults=[FieldFault("/until", zh, en)])


def _missing(code: str, zh: str, en: str, number: int) -> NotFound:
    return NotFound(
        code,
        zh="没有编号为 {id} 的{what_zh}。",
        en="There is no {what} {id}.",
        id=number,
        what_zh=zh,
        what=en,
    )
