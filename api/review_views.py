"""Drawn files, their judgements and orders to correct, as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from api import names
from api.auth import User
from api.permissions import Permission
from api.review_shapes import (
    AxisPoints,
    CorrectionState,
    CorrectionStepView,
    CorrectionView,
    FileReviewView,
    ReviewDrawView,
    ReviewJudgement,
)
from gridsup.people.deputies import day_of
from gridsup.procedures.family import clock
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Words
from gridsup.reviews import queries, service
from gridsup.reviews.checklist import Axis, checklist
from gridsup.reviews.model import CorrectionOrder, CorrectionStep, FileReview, ReviewDraw, ReviewSheet

STATES: dict[str | None, CorrectionState] = {
    None: "ordered",
    "answer": "answered",
    "return": "returned",
    "accept": "accepted",
}
"""Last step of an order to correct → how it stands."""


def kind_title(pack: str) -> Words:
    return load_packs().latest(pack, day_of(clock())).title


def one_file(session: Session, user: User, review_id: int) -> FileReviewView:
    return file_views(session, user, [service.review(session, user.jurisdiction_id, review_id)])[0]


def file_of_order(session: Session, user: User, order_id: int) -> FileReviewView:
    order = session.scalars(queries.order(user.jurisdiction_id, order_id)).one()
    return one_file(session, user, order.review_id)


def draw_view(session: Session, user: User, row: ReviewDraw) -> ReviewDrawView:
    files = session.scalars(queries.reviews(user.jurisdiction_id, draw_ids=[row.id])).all()
    (line,) = draw_lines(session, user, [row])
    return ReviewDrawView(
        **line, repeats=service.repeats(session, row), files_drawn=file_views(session, user, files)
    )


def draw_lines(session: Session, user: User, rows: Sequence[ReviewDraw]) -> list[dict[str, Any]]:
    place = user.jurisdiction_id
    known = names.look_up(session, place, officers=(one.officer_id for one in rows))
    files = session.scalars(queries.reviews(place, draw_ids=[one.id for one in rows], limit=100_000)).all()
    totals = {
        one.review_id: one.total for one in session.scalars(queries.sheets(place, [f.id for f in files]))
    }
    told = []
    for row in rows:
        own = [one.id for one in files if one.draw_id == row.id]
        judged = [totals[number] for number in own if number in totals]
        told.append(
            {
                "id": row.id,
                "since": row.since,
                "until": row.until,
                "kinds": [kind_title(one) for one in row.kinds],
                "each": row.each,
                "count": row.count,
                "seed": row.seed,
                "population": sum(len(group) for group in row.population.values()),
                "population_sha256": row.population_sha256,
                "officer": known.officer(row.officer_id),
                "drawn_at": row.drawn_at,
                "files": len(own),
                "judged": len(judged),
                "mean": round(sum(judged) / len(judged), 1) if judged else None,
            }
        )
    return told


def file_views(session: Session, user: User, files: Sequence[FileReview]) -> list[FileReviewView]:
    place, ids = user.jurisdiction_id, [one.id for one in files]
    sheets = {one.review_id: one for one in session.scalars(queries.sheets(place, ids))}
    orders = {one.review_id: one for one in session.scalars(queries.orders(place, ids))}
    steps = session.scalars(queries.steps(place, [one.id for one in orders.values()])).all()
    matters = {m.id: m for m in session.scalars(queries.matters(place, {one.matter_id for one in files}))}
    known = names.look_up(
        session,
        place,
        officers=[
            *(number for one in files for number in (one.handler_id, one.reviewer_id)),
            *(one.officer_id for one in sheets.values()),
            *(one.officer_id for one in orders.values()),
            *(one.officer_id for one in steps),
        ],
        bodies=(one.station_id for one in files),
    )
    told = []
    for one in files:
        matter, sheet, order = matters[one.matter_id], sheets.get(one.id), orders.get(one.id)
        of_order = [step for step in steps if order and step.order_id == order.id]
        told.append(
            FileReviewView(
                id=one.id,
                draw_id=one.draw_id,
                rank=one.rank,
                matter_id=one.matter_id,
                number=matter.number,
                title=matter.title,
                pack=one.pack,
                pack_title=kind_title(one.pack),
                closed_at=matter.ended_at,
                station=known.body(one.station_id),
                handler=known.officer(one.handler_id),
                reviewer_id=one.reviewer_id,
                reviewer=known.officer(one.reviewer_id),
                judgement=_judgement(sheet, known) if sheet else None,
                correction=_correction(user, one, order, of_order, known) if order else None,
                may_judge=sheet is None and one.reviewer_id == user.officer_id,
            )
        )
    return told


def _judgement(sheet: ReviewSheet, known: names.Names) -> ReviewJudgement:
    return ReviewJudgement(
        checklist_version=sheet.checklist_version,
        marks=sheet.marks,
        axes=[AxisPoints(axis=axis, points=p[0], of=p[1]) for axis, p in _in_order(sheet.axes)],
        total=sheet.total,
        grade=sheet.grade,
        findings=sheet.findings,
        officer=known.officer(sheet.officer_id),
        at=sheet.at,
    )


def _in_order(axes: dict[str, Any]) -> list[tuple[Axis, list[float]]]:
    return [(axis.id, axes[axis.id]) for axis in checklist().axes if axis.id in axes]


def _correction(
    user: User, one: FileReview, order: CorrectionOrder, steps: Sequence[CorrectionStep], known: names.Names
) -> CorrectionView:
    last = steps[-1].step if steps else None
    due_at = next((step.due_at for step in reversed(steps) if step.due_at), order.due_at)
    answered = next((step.at for step in reversed(steps) if step.step == "answer"), None)
    waiting = last in (None, "return")
    return CorrectionView(
        id=order.id,
        number=order.number,
        demand=order.demand,
        state=STATES[last],
        due_at=due_at,
        late=(clock() if waiting or answered is None else answered) >= due_at,
        explanation=[Words(**step) for step in order.explanation["steps"]],
        handler=known.officer(order.handler_id),
        officer=known.officer(order.officer_id),
        ordered_at=order.ordered_at,
        steps=[
            CorrectionStepView.model_validate(
                {
                    "step": step.step,
                    "words": step.words,
                    "officer": known.officer(step.officer_id),
                    "at": step.at,
                }
            )
            for step in steps
        ],
        may_answer=waiting and order.handler_id == user.officer_id,
        may_check=last == "answer"
        and user.may(Permission.REVIEWS_DRAW)
        and user.officer_id not in one.handlers,
    )
