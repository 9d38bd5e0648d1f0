"""Review of closed files and the appraisal of last month in the demo, with corrections and objections."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from gridsup import draws
from gridsup.analytics.coverage import period_bounds
from gridsup.appraisal import queries as appraisals
from gridsup.appraisal import service as appraisal
from gridsup.calendars import SHANGHAI
from gridsup.people import queries as people
from gridsup.reviews import queries, service
from gridsup.reviews.checklist import Mark, checklist

SEED = "demo-2026"
REVIEWERS = ("legal", "supervision", "section")
EACH = 2
"""Files of every station."""
REASONS = {
    "contents": "目录与材料页码不一致",
    "photos": "现场照片缺少说明",
    "wording": "文书前后表述不一致",
    "evidence": "证据之间未说明印证关系",
    "terms": "有环节临近期限方办理，未见说明",
    "told": "反馈核对未留记录",
}
"""What is found wanting, item by item; every third file loses nothing."""


def judge_and_appraise(session: Session, jurisdiction_id: int, today: date) -> None:
    """Files closed in the months before the last one are drawn on its second day and judged in it."""
    last = today.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    start = (first - timedelta(days=75)).replace(day=1)
    until = first - timedelta(days=1)
    managers = session.scalars(people.postings_on(jurisdiction_id, first, post="manager")).all()
    reviewers = [
        one.officer_id
        for post in REVIEWERS
        for one in session.scalars(people.postings_on(jurisdiction_id, first, post=post))
    ]
    bounds = period_bounds(start, until)
    closed = queries.closed_files(jurisdiction_id, checklist().kinds, *bounds)
    if not managers or not reviewers or session.scalars(closed).first() is None:
        return
    manager = managers[0].officer_id
    _review(session, jurisdiction_id, start, until, first, manager, reviewers)
    if today.day > 1:
        _appraise(session, jurisdiction_id, first, last, manager)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def _review(
    session: Session, j: int, since: date, until: date, first: date, manager: int, reviewers: list[int]
) -> None:
    drawn = service.draw_files(
        session,
        j,
        since=since,
        until=until,
        kinds=checklist().kinds,
        each="station",
        count=EACH,
        reviewers=reviewers,
        officer_id=manager,
        seed=SEED,
        now=_at(first + timedelta(days=1), 9),
    )
    files = session.scalars(queries.reviews(j, draw_ids=[drawn.id])).all()
    for n, one in enumerate(files[:-1]):  # the last one waits for its reviewer
        asked = checklist().items(one.pack)
        wanting = [name for name in REASONS if name in asked][: n % 3]
        marks = [
            Mark(
                name,
                item.points - (item.points / 2 if name in wanting else 0),
                REASONS[name] if name in wanting else "",
            )
            for name, (_, item) in asked.items()
        ]
        day = first + timedelta(days=2 + n % 5)
        findings = "；".join(REASONS[name] for name in wanting)
        service.score(session, j, one.id, marks, findings, officer_id=one.reviewer_id, now=_at(day, 10))
        if wanting and one.handler_id is not None:
            order = service.order_correction(
                session, j, one.id, f"{findings}。请逐项补正。", officer_id=manager, now=_at(day, 16)
            )
            if n % 2:
                when = day + timedelta(days=6)
                words = "已逐项补正，见卷。"
                service.answer(session, j, order.id, words, officer_id=order.handler_id, now=_at(when, 11))
                service.check(
                    session,
                    j,
                    order.id,
                    accepted=True,
                    words="核对无误",
                    officer_id=manager,
                    now=_at(when, 15),
                )


def _appraise(session: Session, j: int, first: date, last: date, manager: int) -> None:
    issued = appraisal.issue(
        session,
        j,
        first,
        last,
        "请各所对扣分较多的环节逐项整改。",
        officer_id=manager,
        now=_at(last + timedelta(days=1), 10),
    )
    lines = session.scalars(appraisals.lines(j, issued.id)).all()
    own = [one for one in lines if one.officer_id is not None]
    for line in sorted(own, key=lambda one: draws.rank(SEED, one.id))[:2]:
        rows = appraisal.frozen_rows(line).get("patrol_in_time", [])
        late = [i for i, row in enumerate(rows) if row["value"] < 1][:2]
        if late and line.officer_id is not None:
            appraisal.object_to(
                session,
                j,
                line.id,
                "patrol_in_time",
                late,
                "两户当月停业装修，无法入户，有现场照片。",
                officer_id=line.officer_id,
                now=_at(last + timedelta(days=1), 16),
            )
