"""Appraisal of inspectors and stations (考核): figures, issue, one's own result, objections and answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response

from api import names
from api.appraisal_shapes import (
    AppraisalHead,
    AppraisalResult,
    AppraisalRow,
    AppraisalRows,
    AppraisalView,
    LineView,
    MeasureCatalogue,
    MeasureResult,
    NewAppraisal,
    NewObjection,
    ObjectionAnswer,
    ObjectionView,
)
from api.appraisal_views import (
    appraisal_view,
    catalogue_view,
    head,
    line_views,
    objection_views,
    visible_line,
)
from api.auth import User
from api.deps import Db, Id
from api.inputs import Day
from api.permissions import Permission
from api.policy import permit
from gridsup.appraisal import queries, service
from gridsup.appraisal.catalogue import catalogue
from gridsup.appraisal.sheets import sheets
from gridsup.calendars import local_day
from gridsup.documents.typesetting import typeset
from gridsup.documents.word import word
from gridsup.errors import Conflict
from gridsup.people.audit import record
from gridsup.people.deputies import STATION_HEAD

router = APIRouter(prefix="/appraisals", tags=["appraisals"])
Reader = Annotated[User, permit(Permission.APPRAISALS_READ)]
Issuer = Annotated[User, permit(Permission.APPRAISALS_ISSUE)]
Own = Annotated[User, permit(Permission.APPRAISALS_OWN)]
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/measures")
def get_appraisal_measures(user: Own) -> MeasureCatalogue:
    """The measures in force by stage, each with its formula, weight and source."""
    return catalogue_view(catalogue())


@router.get("/preview")
def preview_appraisal(since: Day, until: Day, user: Reader, session: Db) -> list[AppraisalResult]:
    """The figures of whole months as they stand now; nothing is kept."""
    lines = service.preview(session, user.jurisdiction_id, since, until)
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=(one.subject.officer_id for one in lines),
        bodies=(one.subject.station_id for one in lines),
    )
    grades = catalogue()
    return [
        AppraisalResult(
            officer_id=one.subject.officer_id,
            officer=known.officer(one.subject.officer_id),
            station=known.body(one.subject.station_id),
            total=one.total,
            grade=None if one.total is None else grades.grade(round(one.total, 1)).id,
            measures=[
                MeasureResult(
                    measure=name,
                    rows=one.tally(name).rows,
                    ok=one.tally(name).ok,
                    weight=points.weight,
                    points=points.points,
                    lost=points.lost,
                )
                for name, points in one.points.items()
            ],
        )
        for one in lines
    ]


@router.get("")
def list_appraisals(
    user: Reader, session: Db, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[AppraisalHead]:
    """Issued appraisals, the newest period first."""
    rows = session.scalars(queries.issued(user.jurisdiction_id, limit)).all()
    known = names.look_up(session, user.jurisdiction_id, officers=(one.officer_id for one in rows))
    return [AppraisalHead(**head(one, known)) for one in rows]


@router.post("", status_code=201)
def issue_appraisal(form: NewAppraisal, user: Issuer, session: Db) -> AppraisalView:
    """Count, freeze and issue. What was issued is never edited; objections correct beside it."""
    place = user.jurisdiction_id
    row = service.issue(session, place, form.since, form.until, form.remarks, officer_id=user.officer_id)
    record(
        session, place, "appraisal-issued", officer_id=user.officer_id, subject=row.title, appraisal=row.id
    )
    return appraisal_view(session, user, row)


@router.get("/mine")
def list_own_appraisals(
    user: Own, session: Db, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[LineView]:
    """My own results; a station head also sees those of the station."""
    place = user.jurisdiction_id
    stations = [one.organisation_id for one in user.capacities if one.post == STATION_HEAD]
    lines = session.scalars(queries.lines_of(place, user.officer_id, stations, limit)).all()
    return line_views(session, user, lines)


@router.get("/objections")
def list_open_objections(user: Reader, session: Db) -> list[ObjectionView]:
    """Objections that wait for an answer, the soonest due first."""
    found = session.scalars(queries.unanswered(user.jurisdiction_id, 200)).all()
    return objection_views(session, user, found, ())


@router.post("/objections/{objection_id}/answer", status_code=201)
def answer_objection(objection_id: Id, form: ObjectionAnswer, user: Issuer, session: Db) -> ObjectionView:
    """Answer an objection, once."""
    place = user.jurisdiction_id
    made = service.answer(session, place, objection_id, form.upheld, form.words, officer_id=user.officer_id)
    found = session.scalars(queries.objection(place, objection_id)).one()
    return objection_views(session, user, [found], [made])[0]


@router.get("/lines/{line_id}")
def get_appraisal_line(line_id: Id, user: Own, session: Db) -> LineView:
    """One result: one's own, those of one's station, or all for who reads appraisals."""
    return line_views(session, user, [visible_line(session, user, line_id)])[0]


@router.get("/lines/{line_id}/rows")
def get_appraisal_rows(
    line_id: Id,
    user: Own,
    session: Db,
    measure: Annotated[str, Query(pattern="^[a-z_]{1,60}$")],
    deducted: Annotated[bool, Query(description="only rows that took points")] = True,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> AppraisalRows:
    """The frozen rows of a measure, each with what it took."""
    one = visible_line(session, user, line_id)
    rows = service.frozen_rows(one).get(measure, [])
    told = one.measures.get(measure, {"weight": 0.0})
    objections = session.scalars(queries.objections(user.jurisdiction_id, [line_id])).all()
    of = [each for each in objections if each.measure == measure]
    answers = session.scalars(queries.answers(user.jurisdiction_id, [each.id for each in of])).all()
    objected = {index for each in of for index in each.rows}
    upheld = {index for each in answers for index in each.upheld}
    shown = [(i, row) for i, row in enumerate(rows) if not deducted or row["value"] < 1]
    return AppraisalRows(
        total=len(rows),
        deducted=sum(row["value"] < 1 for row in rows),
        rows=[
            AppraisalRow(
                index=i,
                **row,
                lost=told["weight"] * (1 - row["value"]) / len(rows),
                objected=i in objected,
                upheld=i in upheld,
            )
            for i, row in shown[offset : offset + limit]
        ],
    )


@router.get(
    "/lines/{line_id}/sheet.{format}",
    response_class=Response,
    responses={200: {"content": {PDF: {}, DOCX: {}}, "description": "the sheet"}},
)
def get_appraisal_sheet(
    line_id: Id, user: Own, session: Db, format_: Annotated[Literal["pdf", "docx"], Path(alias="format")]
) -> Response:
    """One result as a sheet to sign, PDF or Word. Raises Unavailable `documents-fonts-missing`."""
    one = visible_line(session, user, line_id)
    row = service.appraisal(session, user.jurisdiction_id, one.appraisal_id)
    now = datetime.now(UTC)
    paper = sheets(session, row, [one], today=local_day(now))[one.id]
    content = typeset("paper", paper, made_at=now) if format_ == "pdf" else word(paper)
    name = quote(f"{paper['name']}.{format_}")
    disposition = f"attachment; filename=appraisal-{line_id}.{format_}; filename*=UTF-8''{name}"
    media = PDF if format_ == "pdf" else DOCX
    return Response(content, media_type=media, headers={"Content-Disposition": disposition})


@router.post("/lines/{line_id}/objections", status_code=201)
def object_to_appraisal(line_id: Id, form: NewObjection, user: Own, session: Db) -> ObjectionView:
    """Object to rows of one's own result that took points."""
    made = service.object_to(
        session,
        user.jurisdiction_id,
        line_id,
        form.measure,
        form.rows,
        form.reason,
        officer_id=user.officer_id,
    )
    return objection_views(session, user, [made], ())[0]


@router.get("/{appraisal_id}")
def get_appraisal(appraisal_id: Id, user: Reader, session: Db) -> AppraisalView:
    """An issued appraisal with all its lines."""
    return appraisal_view(session, user, service.appraisal(session, user.jurisdiction_id, appraisal_id))


@router.get(
    "/{appraisal_id}/sheets.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "every sheet"}},
)
def get_appraisal_sheets(appraisal_id: Id, user: Reader, session: Db) -> Response:
    """The sheets of every station and inspector in one PDF, each from a page of its own."""
    row = service.appraisal(session, user.jurisdiction_id, appraisal_id)
    lines = session.scalars(queries.lines(user.jurisdiction_id, row.id)).all()
    now = datetime.now(UTC)
    papers = list(sheets(session, row, lines, today=local_day(now)).values())
    if not papers:
        zh, en = "这次考核没有任何对象。", "This appraisal is about nobody."
        raise Conflict("appraisal-empty", zh=zh, en=en)
    told = {"sheets": papers, "demo": papers[0]["demo"]}
    content = typeset("appraisal_sheets", told, made_at=now)
    record(
        session,
        user.jurisdiction_id,
        "export",
        officer_id=user.officer_id,
        subject=f"{row.title} 考核表",
        appraisal=row.id,
    )
    disposition = f"attachment; filename=appraisal-{row.id}.pdf; filename*=UTF-8''{quote(row.title)}.pdf"
    return Response(content, media_type=PDF, headers={"Content-Disposition": disposition})
