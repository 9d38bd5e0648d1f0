"""The verbs of the quality review: draw closed files, judge one, order a correction, answer, accept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from gridsup import draws
from gridsup.analytics.coverage import period_bounds
from gridsup.calendars import deadline, local_day
from gridsup.codes import DocumentNumber
from gridsup.documents.numbering import next_serial
from gridsup.errors import Conflict, FieldFault, Forbidden, Invalid, NotFound, Refused
from gridsup.people import queries as people
from gridsup.procedures import bureau
from gridsup.procedures.family import clock
from gridsup.procedures.model import Matter
from gridsup.reviews import queries
from gridsup.reviews.checklist import Mark, checklist, judge
from gridsup.reviews.model import CorrectionOrder, CorrectionStep, FileReview, ReviewDraw, ReviewSheet

Each = Literal["all", "kind", "station"]
SERIES = "监评改"
"""Mark of the numbers of orders to correct."""


@dataclass(frozen=True, slots=True)
class Handling:
    """Who handled a file: ``chief`` answers for it, ``all`` of them must not review it."""

    chief: int | None
    all: frozenset[int]


def draw_files(
    session: Session,
    jurisdiction_id: int,
    *,
    since: date,
    until: date,
    kinds: Sequence[str],
    each: Each,
    count: int,
    reviewers: Sequence[int],
    officer_id: int,
    seed: str | None = None,
    now: datetime | None = None,
) -> ReviewDraw:
    """Draw ``count`` closed files of every group, and give each to the next reviewer who never acted in it.

    Files that an earlier draw took are left out. Raises Invalid (``period-reversed``, ``kind-not-reviewed``,
    ``no-reviewers``, ``not-a-reviewer``), Refused (``nothing-closed``, ``no-free-reviewer``).
    """
    now = now or clock()
    start, end = period_bounds(since, until)
    unknown = sorted(set(kinds) - set(checklist().kinds))
    if unknown or not kinds:
        zh, en = "请选择检查表覆盖的案卷种类。", "Choose kinds of files that the checklist covers."
        raise Invalid("kind-not-reviewed", zh=zh, en=en, faults=[FieldFault("/kinds", zh, en)])
    _may_review(session, jurisdiction_id, reviewers, local_day(now))
    files = {one.id: one for one in session.scalars(queries.closed_files(jurisdiction_id, kinds, start, end))}
    for taken in session.scalars(queries.drawn_before(jurisdiction_id, files)).all():
        files.pop(taken, None)
    if not files:
        zh = "{since} 至 {until} 没有可抽取的已办结案卷（已抽取过的不再抽）。请改选期间或种类。"
        en = "No closed file of these kinds is left from {since} to {until}; choose other days or kinds."
        raise Refused("nothing-closed", zh=zh, en=en, since=since.isoformat(), until=until.isoformat())
    groups: dict[str, list[int]] = defaultdict(list)
    for one in files.values():
        groups[_group(one, each)].append(one.id)
    row = ReviewDraw(
        jurisdiction_id=jurisdiction_id,
        since=since,
        until=until,
        kinds=sorted(set(kinds)),
        each=each,
        count=count,
        seed=seed or draws.fresh_seed(),
        population=dict(sorted(groups.items())),
        population_sha256=draws.list_hash(files),
        officer_id=officer_id,
        drawn_at=now,
    )
    session.add(row)
    session.flush()
    _assign(session, row, [files[number] for number in drawn(row)], reviewers)
    return row


def drawn(row: ReviewDraw) -> list[int]:
    """The files that the stored seed draws from the stored lists: what anybody who repeats it must get."""
    sample = draws.draw_each(row.population, row.count, row.seed)
    return [number for group in sorted(sample) for number in sample[group]]


def repeats(session: Session, row: ReviewDraw) -> bool:
    """Whether the draw, done again, gives the files on record, from the list that was hashed."""
    stored = session.scalars(queries.reviews(row.jurisdiction_id, draw_ids=[row.id])).all()
    every = [number for group in row.population.values() for number in group]
    return [one.matter_id for one in stored] == drawn(row) and draws.list_hash(every) == row.population_sha256


def reassign(
    session: Session, jurisdiction_id: int, review_id: int, reviewer_id: int, *, now: datetime | None = None
) -> FileReview:
    """Give a file that is not judged yet to another reviewer.

    Raises NotFound ``file-review``, Conflict ``already-judged``, Invalid ``not-a-reviewer``, Refused
    ``reviewer-handled``.
    """
    one = review(session, jurisdiction_id, review_id)
    if session.scalars(queries.sheets(jurisdiction_id, [review_id])).first():
        raise _judged()
    _may_review(session, jurisdiction_id, [reviewer_id], local_day(now or clock()))
    if reviewer_id in one.handlers:
        raise _handled()
    one.reviewer_id = reviewer_id
    session.flush()
    return one


def score(
    session: Session,
    jurisdiction_id: int,
    review_id: int,
    marks: Sequence[Mark],
    findings: str,
    *,
    officer_id: int,
    now: datetime | None = None,
) -> ReviewSheet:
    """Judge a file, once. Raises NotFound ``file-review``, Forbidden ``not-the-reviewer``, Refused
    ``reviewer-handled``, Conflict ``already-judged``, Invalid as :func:`~gridsup.reviews.checklist.judge`."""
    one = review(session, jurisdiction_id, review_id)
    if one.reviewer_id != officer_id:
        raise Forbidden(
            "not-the-reviewer",
            zh="此案卷由其他人评查。请由指定的评查人评分，或先改派。",
            en="Somebody else reviews this file. The reviewer named scores it, or it is reassigned first.",
        )
    if officer_id in one.handlers:
        raise _handled()
    if session.scalars(queries.sheets(jurisdiction_id, [review_id])).first():
        raise _judged()
    known = checklist()
    verdict = judge(known, one.pack, marks)
    row = ReviewSheet(
        jurisdiction_id=jurisdiction_id,
        review_id=review_id,
        checklist_version=known.version,
        marks=[asdict(mark) for mark in marks],
        axes={axis: list(points) for axis, points in verdict.axes.items()},
        total=verdict.total,
        grade=verdict.grade,
        findings=findings,
        officer_id=officer_id,
        at=now or clock(),
    )
    session.add(row)
    session.flush()
    return row


def order_correction(
    session: Session,
    jurisdiction_id: int,
    review_id: int,
    demand: str,
    *,
    officer_id: int,
    now: datetime | None = None,
) -> CorrectionOrder:
    """Order the handler of a judged file to correct what was found, within the term of the checklist.

    Raises NotFound ``file-review``, Conflict (``not-judged``, ``already-ordered``), Refused ``no-handler``.
    """
    now = now or clock()
    one = review(session, jurisdiction_id, review_id)
    if session.scalars(queries.sheets(jurisdiction_id, [review_id])).first() is None:
        zh, en = "案卷尚未评分，请先完成评查表。", "The file is not judged yet; fill in the sheet first."
        raise Conflict("not-judged", zh=zh, en=en)
    if session.scalars(queries.orders(jurisdiction_id, [review_id])).first():
        zh, en = "此案卷已下达整改书。", "An order to correct was given for this file."
        raise Conflict("already-ordered", zh=zh, en=en)
    if one.handler_id is None:
        zh, en = "案卷没有承办人，无法下达整改书。", "The file has no handler to whom an order could go."
        raise Refused("no-handler", zh=zh, en=en)
    due_at, explanation = _term(session, jurisdiction_id, now)
    home = session.scalars(people.jurisdiction(jurisdiction_id)).one()
    abbreviation = str(home.settings.get("abbreviation") or "")
    year = local_day(now).year
    serial = next_serial(session, jurisdiction_id, SERIES, year)
    row = CorrectionOrder(
        jurisdiction_id=jurisdiction_id,
        review_id=review_id,
        number=str(DocumentNumber(abbreviation + SERIES, year, serial)),
        handler_id=one.handler_id,
        demand=demand,
        due_at=due_at,
        explanation=explanation,
        officer_id=officer_id,
        ordered_at=now,
    )
    session.add(row)
    session.flush()
    return row


def answer(
    session: Session,
    jurisdiction_id: int,
    order_id: int,
    words: str,
    *,
    officer_id: int,
    now: datetime | None = None,
) -> CorrectionStep:
    """The handler says what was corrected. Raises NotFound ``correction-order``, Forbidden
    ``not-the-handler``, Conflict ``correction-state``."""
    order, steps = _order(session, jurisdiction_id, order_id)
    if order.handler_id != officer_id:
        zh, en = "整改书由承办人答复。", "The handler of the file answers the order."
        raise Forbidden("not-the-handler", zh=zh, en=en)
    if steps and steps[-1].step != "return":
        raise _state()
    return _step(session, order, steps, "answer", words, officer_id, now or clock())


def check(
    session: Session,
    jurisdiction_id: int,
    order_id: int,
    *,
    accepted: bool,
    words: str,
    officer_id: int,
    now: datetime | None = None,
) -> CorrectionStep:
    """Accept an answer, or return it with a new term. Raises NotFound ``correction-order``, Conflict
    ``correction-state``, Refused ``reviewer-handled``."""
    now = now or clock()
    order, steps = _order(session, jurisdiction_id, order_id)
    if officer_id in review(session, jurisdiction_id, order.review_id).handlers:
        raise _handled()
    if not steps or steps[-1].step != "answer":
        raise _state()
    due_at = None if accepted else _term(session, jurisdiction_id, now)[0]
    step = "accept" if accepted else "return"
    return _step(session, order, steps, step, words, officer_id, now, due_at)


def review(session: Session, jurisdiction_id: int, review_id: int) -> FileReview:
    """Raises NotFound ``file-review``."""
    found = session.scalar(queries.review(jurisdiction_id, review_id))
    if found is None:
        zh, en = "没有编号为 {id} 的评查案卷。", "There is no file {id} under review."
        raise NotFound("file-review", zh=zh, en=en, id=review_id)
    return found


def handling(session: Session, jurisdiction_id: int, files: Collection[Matter]) -> dict[int, Handling]:
    """File id → who handled it, from the events of its family."""
    ids = [one.id for one in files]
    persons: dict[int, set[int]] = defaultdict(set)
    weight: dict[int, Counter[int]] = defaultdict(Counter)
    for number, person, stood_for, crew, post in session.execute(
        queries.acts_of_families(jurisdiction_id, ids)
    ):
        persons[number].update(each for each in (person, stood_for, *crew) if each is not None)
        if person is not None and post in checklist().handling:
            weight[number][person] += 1
    told = {}
    for one in files:
        most = weight[one.id].most_common(1)
        chief = one.assigned_officer_id or (most[0][0] if most else None)
        told[one.id] = Handling(chief, frozenset(persons[one.id] | ({chief} if chief else set())))
    return told


def _group(one: Matter, each: Each) -> str:
    return one.pack if each == "kind" else str(one.station_id or 0) if each == "station" else "all"


def _assign(session: Session, row: ReviewDraw, files: Sequence[Matter], reviewers: Sequence[int]) -> None:
    """In turn, always to the one with the fewest files among those who never acted in it."""
    handled = handling(session, row.jurisdiction_id, files)
    load: Counter[int] = Counter()
    for rank, one in enumerate(files, 1):
        free = [each for each in reviewers if each not in handled[one.id].all]
        if not free:
            raise Refused(
                "no-free-reviewer",
                zh="所列评查人都办理过案卷“{title}”，须另加一名未经办的评查人。",
                en="Every reviewer named acted in the file “{title}”; add one who did not.",
                title=one.title,
            )
        reviewer = min(free, key=lambda each: (load[each], reviewers.index(each)))
        load[reviewer] += 1
        session.add(
            FileReview(
                jurisdiction_id=row.jurisdiction_id,
                draw_id=row.id,
                matter_id=one.id,
                rank=rank,
                pack=one.pack,
                station_id=one.station_id,
                handler_id=handled[one.id].chief,
                handlers=sorted(handled[one.id].all),
                reviewer_id=reviewer,
            )
        )
    session.flush()


def _may_review(session: Session, jurisdiction_id: int, reviewers: Sequence[int], day: date) -> None:
    if not reviewers:
        zh, en = "请至少选择一名评查人。", "Name one reviewer at least."
        raise Invalid("no-reviewers", zh=zh, en=en, faults=[FieldFault("/reviewers", zh, en)])
    held = session.scalars(people.postings_on(jurisdiction_id, day, officers_in=reviewers))
    able = {one.officer_id for one in held if one.post in checklist().reviewing}
    if wrong := sorted(set(reviewers) - able):
        zh, en = "所选人员中有人没有评查岗位。", "Somebody named holds no post that reviews files."
        raise Invalid("not-a-reviewer", zh=zh, en=en, faults=[FieldFault("/reviewers", zh, en)], ids=wrong)


def _term(session: Session, jurisdiction_id: int, now: datetime) -> tuple[datetime, dict[str, Any]]:
    calendar = bureau.calendar_of(session, jurisdiction_id)
    counted = deadline(now, checklist().correction.spec, calendar=calendar)
    return counted.due_at, counted.as_json()


def _order(
    session: Session, jurisdiction_id: int, order_id: int
) -> tuple[CorrectionOrder, Sequence[CorrectionStep]]:
    found = session.scalar(queries.order(jurisdiction_id, order_id))
    if found is None:
        zh, en = "没有编号为 {id} 的整改书。", "There is no order to correct {id}."
        raise NotFound("correction-order", zh=zh, en=en, id=order_id)
    return found, session.scalars(queries.steps(jurisdiction_id, [order_id])).all()


def _step(
    session: Session,
    order: CorrectionOrder,
    before: Sequence[CorrectionStep],
    step: str,
    words: str,
    officer_id: int,
    now: datetime,
    due_at: datetime | None = None,
) -> CorrectionStep:
    row = CorrectionStep(
        jurisdiction_id=order.jurisdiction_id,
        order_id=order.id,
        seq=len(before) + 1,
        step=step,
        words=words,
        due_at=due_at,
        officer_id=officer_id,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def _judged() -> Conflict:
    zh, en = "此案卷已评分，评分不再更改。", "The file is judged; a judgement stands as it is."
    return Conflict("already-judged", zh=zh, en=en)


def _handled() -> Refused:
    zh = "评查人不得评查自己办理过的案卷，请改派未经办的人。"
    en = "Nobody reviews a file in which he acted; name somebody who did not."
    return Refused("reviewer-handled", zh=zh, en=en)


def _state() -> Conflict:
    zh = "整改书现在不在此步骤：先由承办人答复，再由评查方验收或退回。"
    en = "The order is not at this step: the handler answers, then the answer is accepted or returned."
    return Conflict("correction-state", zh=zh, en=en)
