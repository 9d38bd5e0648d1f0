"""Appraisals, their lines and objections, as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from api import names
from api.appraisal_shapes import (
    AppraisalGrade,
    AppraisalHead,
    AppraisalView,
    IssuedResult,
    LineView,
    MeasureCatalogue,
    MeasureResult,
    MeasureView,
    ObjectionView,
)
from api.auth import User
from api.permissions import Permission
from gridsup.appraisal import queries, service
from gridsup.appraisal.catalogue import Catalogue
from gridsup.appraisal.model import Appraisal, AppraisalAnswer, AppraisalLine, AppraisalObjection
from gridsup.errors import NotFound
from gridsup.people.deputies import STATION_HEAD
from gridsup.procedures.family import clock


def visible_line(session: Session, user: User, line_id: int) -> AppraisalLine:
    one = service.line(session, user.jurisdiction_id, line_id)
    heads = {each.organisation_id for each in user.capacities if each.post == STATION_HEAD}
    own = one.officer_id == user.officer_id or (one.station_id is not None and one.station_id in heads)
    if not own and not user.may(Permission.APPRAISALS_READ):
        zh, en = "没有编号为 {id} 的考核结果。", "There is no appraisal line {id}."
        raise NotFound("appraisal-line", zh=zh, en=en, id=line_id)
    return one


def catalogue_view(known: Catalogue) -> MeasureCatalogue:
    return MeasureCatalogue(
        version=known.version,
        measures=[
            MeasureView(
                id=one.id,
                stage=one.stage,
                stage_title=known.stages[one.stage],
                aspect=one.aspect,
                kind=one.kind,
                title=one.title,
                formula=one.formula,
                weight=one.weight,
                source=one.source,
            )
            for one in known.in_order()
        ],
        grades=[AppraisalGrade(id=one.id, title=one.title, start=one.from_) for one in known.grades],
    )


def head(row: Appraisal, known: names.Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "since": row.since,
        "until": row.until,
        "remarks": row.remarks,
        "officer": known.officer(row.officer_id),
        "issued_at": row.issued_at,
        "object_until": row.object_until,
    }


def appraisal_view(session: Session, user: User, row: Appraisal) -> AppraisalView:
    lines = session.scalars(queries.lines(user.jurisdiction_id, row.id)).all()
    known = names.look_up(session, user.jurisdiction_id, officers=[row.officer_id])
    told = [one.model_dump(exclude={"appraisal", "catalogue"}) for one in line_views(session, user, lines)]
    return AppraisalView(
        **head(row, known),
        catalogue=catalogue_view(service.catalogue_of(row)),
        lines=[IssuedResult.model_validate(one) for one in told],
    )


def line_views(session: Session, user: User, lines: Sequence[AppraisalLine]) -> list[LineView]:
    place = user.jurisdiction_id
    issued = {
        one.id: one for one in session.scalars(queries.appraisals(place, {one.appraisal_id for one in lines}))
    }
    objections = session.scalars(queries.objections(place, [one.id for one in lines])).all()
    answers = session.scalars(queries.answers(place, [one.id for one in objections])).all()
    answered = {one.objection_id for one in answers}
    known = names.look_up(
        session,
        place,
        officers=[*(one.officer_id for one in lines), *(one.officer_id for one in issued.values())],
        bodies=(one.station_id for one in lines),
    )
    told = []
    for one in lines:
        row = issued[one.appraisal_id]
        own = [each for each in objections if each.line_id == one.id]
        stands = service.standing(row, one, own, answers)
        told.append(
            LineView(
                id=one.id,
                officer_id=one.officer_id,
                officer=known.officer(one.officer_id),
                station=known.body(one.station_id),
                total=one.total,
                grade=one.grade,
                standing=stands.total,
                standing_grade=stands.grade,
                restored=stands.restored,
                objections=len(own),
                open_objections=sum(each.id not in answered for each in own),
                measures=[MeasureResult(measure=name, **each) for name, each in one.measures.items()],
                appraisal=AppraisalHead(**head(row, known)),
                catalogue=catalogue_view(service.catalogue_of(row)),
                objection_list=objection_views(session, user, own, answers),
                may_object=one.officer_id == user.officer_id and clock() < row.object_until,
            )
        )
    return told


def objection_views(
    session: Session, user: User, found: Sequence[AppraisalObjection], answers: Sequence[AppraisalAnswer]
) -> list[ObjectionView]:
    place = user.jurisdiction_id
    answer_of = {one.objection_id: one for one in answers}
    known = names.look_up(
        session,
        place,
        officers=[*(one.officer_id for one in found), *(one.officer_id for one in answers)],
    )
    told = []
    for one in found:
        line = service.line(session, place, one.line_id)
        row = service.appraisal(session, place, line.appraisal_id)
        rows = service.frozen_rows(line).get(one.measure, [])
        answer = answer_of.get(one.id)
        told.append(
            ObjectionView(
                id=one.id,
                appraisal=row.title,
                line_id=one.line_id,
                officer=known.officer(one.officer_id),
                measure=one.measure,
                measure_title=service.catalogue_of(row).measures[one.measure].title,
                rows=one.rows,
                titles=[rows[i]["title"] for i in one.rows[:10]],
                reason=one.reason,
                at=one.at,
                answer_due_at=one.answer_due_at,
                late=(answer.at if answer else clock()) >= one.answer_due_at,
                upheld=answer.upheld if answer else None,
                answer=answer.words if answer else None,
                answered_by=known.officer(answer.officer_id) if answer else None,
                answered_at=answer.at if answer else None,
            )
        )
    return told
