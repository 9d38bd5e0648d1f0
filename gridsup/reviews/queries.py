"""Every select of the quality review of closed files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from gridsup.procedures.model import Event, Matter
from gridsup.reviews.model import CorrectionOrder, CorrectionStep, FileReview, ReviewDraw, ReviewSheet

Acts = Row[int, int | None, int | None, list[int], str]


def closed_files(
    jurisdiction_id: int, packs: Collection[str], since: datetime, until: datetime
) -> Select[Matter]:
    """Matters of these kinds that ended from ``since`` to before ``until``, in the order of their ids."""
    return (
        select(Matter)
        .where(
            Matter.jurisdiction_id == jurisdiction_id,
            Matter.pack.in_(list(packs)),
            Matter.ended_at >= since,
            Matter.ended_at < until,
        )
        .order_by(Matter.id)
    )


def drawn_before(jurisdiction_id: int, matter_ids: Collection[int]) -> Select[int]:
    """Which of these files an earlier draw has taken."""
    return select(FileReview.matter_id).where(
        FileReview.jurisdiction_id == jurisdiction_id, FileReview.matter_id.in_(list(matter_ids))
    )


def acts_of_families(
    jurisdiction_id: int, matter_ids: Collection[int]
) -> Select[int, int | None, int | None, list[int], str]:
    """Rows ``(file, person, whom the person stood in for, crew, post)`` of every event in its family."""
    own, member = aliased(Matter), aliased(Matter)
    return (
        select(own.id, Event.person_id, Event.acting_for_id, Event.crew, Event.post)
        .select_from(own)
        .join(
            member,
            (member.jurisdiction_id == own.jurisdiction_id) & (member.root_id == own.root_id),
        )
        .join(
            Event,
            (Event.jurisdiction_id == own.jurisdiction_id) & (Event.matter_id == member.id),
        )
        .where(own.jurisdiction_id == jurisdiction_id, own.id.in_(list(matter_ids)))
        .order_by(own.id, Event.recorded_at, Event.id)
    )


def matters(jurisdiction_id: int, ids: Collection[int]) -> Select[Matter]:
    return select(Matter).where(Matter.jurisdiction_id == jurisdiction_id, Matter.id.in_(list(ids)))


def draws(jurisdiction_id: int, limit: int) -> Select[ReviewDraw]:
    """The newest first."""
    return (
        select(ReviewDraw)
        .where(ReviewDraw.jurisdiction_id == jurisdiction_id)
        .order_by(ReviewDraw.id.desc())
        .limit(limit)
    )


def draw(jurisdiction_id: int, draw_id: int) -> Select[ReviewDraw]:
    return select(ReviewDraw).where(ReviewDraw.jurisdiction_id == jurisdiction_id, ReviewDraw.id == draw_id)


def reviews(
    jurisdiction_id: int,
    *,
    draw_ids: Collection[int] | None = None,
    reviewer_id: int | None = None,
    handler_id: int | None = None,
    limit: int = 1000,
) -> Select[FileReview]:
    """Drawn files by draw (the newest first) and rank."""
    found = select(FileReview).where(FileReview.jurisdiction_id == jurisdiction_id)
    if draw_ids is not None:
        found = found.where(FileReview.draw_id.in_(list(draw_ids)))
    if reviewer_id is not None:
        found = found.where(FileReview.reviewer_id == reviewer_id)
    if handler_id is not None:
        found = found.where(FileReview.handler_id == handler_id)
    return found.order_by(FileReview.draw_id.desc(), FileReview.rank).limit(limit)


def review(jurisdiction_id: int, review_id: int) -> Select[FileReview]:
    return select(FileReview).where(FileReview.jurisdiction_id == jurisdiction_id, FileReview.id == review_id)


def sheets(jurisdiction_id: int, review_ids: Sequence[int]) -> Select[ReviewSheet]:
    return select(ReviewSheet).where(
        ReviewSheet.jurisdiction_id == jurisdiction_id, ReviewSheet.review_id.in_(review_ids)
    )


def orders(jurisdiction_id: int, review_ids: Sequence[int]) -> Select[CorrectionOrder]:
    return select(CorrectionOrder).where(
        CorrectionOrder.jurisdiction_id == jurisdiction_id, CorrectionOrder.review_id.in_(review_ids)
    )


def order(jurisdiction_id: int, order_id: int) -> Select[CorrectionOrder]:
    return select(CorrectionOrder).where(
        CorrectionOrder.jurisdiction_id == jurisdiction_id, CorrectionOrder.id == order_id
    )


def steps(jurisdiction_id: int, order_ids: Sequence[int]) -> Select[CorrectionStep]:
    return (
        select(CorrectionStep)
        .where(CorrectionStep.jurisdiction_id == jurisdiction_id, CorrectionStep.order_id.in_(order_ids))
        .order_by(CorrectionStep.order_id, CorrectionStep.seq)
    )
