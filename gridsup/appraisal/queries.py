"""Every select of the appraisals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, exists, or_, select

from gridsup.appraisal.model import Appraisal, AppraisalAnswer, AppraisalLine, AppraisalObjection


def issued(jurisdiction_id: int, limit: int) -> Select[Appraisal]:
    """The newest period first."""
    return (
        select(Appraisal)
        .where(Appraisal.jurisdiction_id == jurisdiction_id)
        .order_by(Appraisal.until.desc(), Appraisal.id.desc())
        .limit(limit)
    )


def appraisals(jurisdiction_id: int, ids: Collection[int]) -> Select[Appraisal]:
    return select(Appraisal).where(Appraisal.jurisdiction_id == jurisdiction_id, Appraisal.id.in_(list(ids)))


def of_period(jurisdiction_id: int, since: date, until: date) -> Select[Appraisal]:
    """Appraisals that share a day with the period."""
    return select(Appraisal).where(
        Appraisal.jurisdiction_id == jurisdiction_id, Appraisal.since <= until, Appraisal.until >= since
    )


def lines(jurisdiction_id: int, appraisal_id: int) -> Select[AppraisalLine]:
    """Stations first, then inspectors, the best first."""
    return (
        select(AppraisalLine)
        .where(AppraisalLine.jurisdiction_id == jurisdiction_id, AppraisalLine.appraisal_id == appraisal_id)
        .order_by(
            AppraisalLine.officer_id.is_not(None), AppraisalLine.total.desc().nulls_last(), AppraisalLine.id
        )
    )


def line(jurisdiction_id: int, line_id: int) -> Select[AppraisalLine]:
    return select(AppraisalLine).where(
        AppraisalLine.jurisdiction_id == jurisdiction_id, AppraisalLine.id == line_id
    )


def lines_of(
    jurisdiction_id: int, officer_id: int, stations: Collection[int], limit: int
) -> Select[AppraisalLine]:
    """One's own lines, and every line of the stations that one heads; the newest first."""
    return (
        select(AppraisalLine)
        .where(
            AppraisalLine.jurisdiction_id == jurisdiction_id,
            or_(AppraisalLine.officer_id == officer_id, AppraisalLine.station_id.in_(list(stations))),
        )
        .order_by(AppraisalLine.appraisal_id.desc(), AppraisalLine.officer_id.is_not(None), AppraisalLine.id)
        .limit(limit)
    )


def objections(jurisdiction_id: int, line_ids: Collection[int]) -> Select[AppraisalObjection]:
    return (
        select(AppraisalObjection)
        .where(
            AppraisalObjection.jurisdiction_id == jurisdiction_id,
            AppraisalObjection.line_id.in_(list(line_ids)),
        )
        .order_by(AppraisalObjection.id)
    )


def objection(jurisdiction_id: int, objection_id: int) -> Select[AppraisalObjection]:
    return select(AppraisalObjection).where(
        AppraisalObjection.jurisdiction_id == jurisdiction_id, AppraisalObjection.id == objection_id
    )


def unanswered(jurisdiction_id: int, limit: int) -> Select[AppraisalObjection]:
    """Objections that wait for an answer, the soonest due first."""
    answered = exists().where(
        AppraisalAnswer.jurisdiction_id == AppraisalObjection.jurisdiction_id,
        AppraisalAnswer.objection_id == AppraisalObjection.id,
    )
    return (
        select(AppraisalObjection)
        .where(AppraisalObjection.jurisdiction_id == jurisdiction_id, ~answered)
        .order_by(AppraisalObjection.answer_due_at, AppraisalObjection.id)
        .limit(limit)
    )


def answers(jurisdiction_id: int, objection_ids: Collection[int]) -> Select[AppraisalAnswer]:
    return select(AppraisalAnswer).where(
        AppraisalAnswer.jurisdiction_id == jurisdiction_id,
        AppraisalAnswer.objection_id.in_(list(objection_ids)),
    )
