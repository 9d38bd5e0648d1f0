"""Quality review of closed files (案卷评查): draws, the files of a reviewer, sheets, orders to correct."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import names
from api.auth import User
from api.deps import Db, Id
from api.permissions import Permission
from api.policy import permit
from api.review_shapes import (
    CorrectionAnswer,
    CorrectionCheck,
    Demand,
    FileReviewView,
    FilledSheet,
    NewReviewDraw,
    OwnReviews,
    ReviewAxis,
    ReviewChecklist,
    ReviewDrawLine,
    ReviewDrawView,
    Reviewer,
    ReviewerOption,
    ReviewGrade,
    ReviewKind,
)
from api.review_views import draw_lines, draw_view, file_of_order, file_views, kind_title, one_file
from gridsup.errors import NotFound
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.people.deputies import day_of
from gridsup.procedures.family import clock
from gridsup.reviews import queries, service
from gridsup.reviews.checklist import Mark, checklist

router = APIRouter(prefix="/reviews", tags=["reviews"])
Reader = Annotated[User, permit(Permission.REVIEWS_READ)]
Drawer = Annotated[User, permit(Permission.REVIEWS_DRAW)]
Own = Annotated[User, permit(Permission.REVIEWS_OWN)]


@router.get("/checklist")
def get_review_checklist(user: Own, session: Db) -> ReviewChecklist:
    """The four axes with their items, the grades, and who may review."""
    known = checklist()
    held = session.scalars(people.postings_on(user.jurisdiction_id, day_of(clock()))).all()
    posts: dict[int, str] = {}
    for one in held:
        if one.post in known.reviewing:
            posts.setdefault(one.officer_id, one.post)
    told = names.look_up(session, user.jurisdiction_id, officers=posts)
    return ReviewChecklist(
        version=known.version,
        kinds=[ReviewKind(id=one, title=kind_title(one)) for one in known.kinds],
        axes=[ReviewAxis.model_validate(axis.model_dump()) for axis in known.axes],
        grades=[ReviewGrade(id=one.id, title=one.title, start=one.from_) for one in known.grades],
        reviewers=[
            ReviewerOption(id=number, name=told.officer(number) or "", post=post)
            for number, post in sorted(posts.items())
        ],
    )


@router.get("/draws")
def list_review_draws(
    user: Reader, session: Db, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[ReviewDrawLine]:
    """Draws, the newest first."""
    rows = session.scalars(queries.draws(user.jurisdiction_id, limit)).all()
    return [ReviewDrawLine(**one) for one in draw_lines(session, user, rows)]


@router.post("/draws", status_code=201)
def draw_closed_files(form: NewReviewDraw, user: Drawer, session: Db) -> ReviewDrawView:
    """Draw closed files by a fresh seed; each goes to a reviewer who never acted in it."""
    row = service.draw_files(
        session,
        user.jurisdiction_id,
        since=form.since,
        until=form.until,
        kinds=form.kinds,
        each=form.each,
        count=form.count,
        reviewers=form.reviewers,
        officer_id=user.officer_id,
    )
    record(
        session,
        user.jurisdiction_id,
        "review-drawn",
        officer_id=user.officer_id,
        subject=f"review_draw:{row.id}",
        seed=row.seed,
    )
    return draw_view(session, user, row)


@router.get("/draws/{draw_id}")
def get_review_draw(draw_id: Id, user: Reader, session: Db) -> ReviewDrawView:
    """A draw with its files, repeated and compared while it is asked for."""
    found = session.scalar(queries.draw(user.jurisdiction_id, draw_id))
    if found is None:
        zh, en = "没有编号为 {id} 的抽取。", "There is no draw {id}."
        raise NotFound("review-draw", zh=zh, en=en, id=draw_id)
    return draw_view(session, user, found)


@router.get("/mine")
def list_own_reviews(user: Own, session: Db) -> OwnReviews:
    """Files that I was given to judge, and those of my own that were drawn and judged."""
    place, me = user.jurisdiction_id, user.officer_id
    given, own = (
        file_views(session, user, session.scalars(query).all())
        for query in (
            queries.reviews(place, reviewer_id=me, limit=300),
            queries.reviews(place, handler_id=me, limit=300),
        )
    )
    return OwnReviews(
        to_judge=[one for one in given if one.judgement is None],
        judged_by_me=[one for one in given if one.judgement],
        my_files=[one for one in own if one.judgement],
    )


@router.get("/files/{review_id}")
def get_file_review(review_id: Id, user: Own, session: Db) -> FileReviewView:
    """A drawn file: for its reviewer, for its handler once it is judged, and for who reads all."""
    one = service.review(session, user.jurisdiction_id, review_id)
    (view,) = file_views(session, user, [one])
    mine = one.reviewer_id == user.officer_id or (view.judgement and one.handler_id == user.officer_id)
    if not mine:
        user.require(Permission.REVIEWS_READ)
    return view


@router.post("/files/{review_id}/sheet", status_code=201)
def judge_file(review_id: Id, form: FilledSheet, user: Own, session: Db) -> FileReviewView:
    """Judge a file that I was given. A judgement is final."""
    marks = [Mark(one.item, one.points, one.note) for one in form.marks]
    service.score(session, user.jurisdiction_id, review_id, marks, form.findings, officer_id=user.officer_id)
    return one_file(session, user, review_id)


@router.put("/files/{review_id}/reviewer")
def reassign_file(review_id: Id, form: Reviewer, user: Drawer, session: Db) -> FileReviewView:
    """Give a file to another reviewer, before it is judged."""
    service.reassign(session, user.jurisdiction_id, review_id, form.reviewer_id)
    return one_file(session, user, review_id)


@router.post("/files/{review_id}/correction", status_code=201)
def order_file_correction(review_id: Id, form: Demand, user: Drawer, session: Db) -> FileReviewView:
    """Order the handler to correct what the review found."""
    service.order_correction(
        session, user.jurisdiction_id, review_id, form.demand, officer_id=user.officer_id
    )
    return one_file(session, user, review_id)


@router.post("/corrections/{order_id}/answer", status_code=201)
def answer_correction(order_id: Id, form: CorrectionAnswer, user: Own, session: Db) -> FileReviewView:
    """Say what was corrected, as the handler of the file."""
    service.answer(session, user.jurisdiction_id, order_id, form.words, officer_id=user.officer_id)
    return file_of_order(session, user, order_id)


@router.post("/corrections/{order_id}/check", status_code=201)
def check_correction(order_id: Id, form: CorrectionCheck, user: Drawer, session: Db) -> FileReviewView:
    """Accept the answer, or return it with a new term."""
    service.check(
        session,
        user.jurisdiction_id,
        order_id,
        accepted=form.accepted,
        words=form.words,
        officer_id=user.officer_id,
    )
    return file_of_order(session, user, order_id)
