"""Monthly and quarterly reports of the board: issued, listed, as PDF and Word, with their frozen rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from api import names
from api.auth import User
from api.deps import Db, Id
from api.permissions import Permission
from api.policy import permit
from gridsup.analytics.rows import places
from gridsup.codes.patterns import MONTH
from gridsup.documents.typesetting import typeset
from gridsup.documents.word import word
from gridsup.offenders.service import ListName
from gridsup.people.audit import record
from gridsup.procedures.pack import Words
from gridsup.reports import queries, service
from gridsup.reports.model import IssuedReport

router = APIRouter(prefix="/board/reports", tags=["board"])
Reader = Annotated[User, permit(Permission.BOARD_READ)]
Issuer = Annotated[User, permit(Permission.EXPORTS_MAKE)]
Remarks = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class NewReport(BaseModel):
    """A month's bulletin, or the report of the quarter that ends with the month."""

    kind: service.Kind
    month: str = Field(pattern=MONTH, examples=["2026-03"])
    remarks: Remarks = Field(default="", description="explanations and what is asked for; may be empty")


class ReportLine(BaseModel):
    """An issued report."""

    id: int
    kind: service.Kind
    title: str
    since: date
    until: date
    issued_at: datetime
    officer: str | None


class FrozenFigure(BaseModel):
    """A figure as it was at issue; `sets` name the row sets under numerator and denominator.

    `list` names the list that must be empty whose rows it counts: the list has moved on since.
    """

    id: str
    title: Words
    formula: Words
    unit: Words
    numerator: float
    denominator: float
    value: float | None
    before: float | None
    last_year: float | None
    sets: dict[Literal["numerator", "denominator"], str]
    list: ListName | None = None


class ReportView(ReportLine):
    remarks: str
    figures: list[FrozenFigure]


class FrozenRow(BaseModel):
    """A row as it was when the report was issued."""

    id: int
    kind: Literal["matter", "business", "cell"]
    ref: int | None
    title: str
    cell_code: str | None
    at: datetime | None
    value: float
    place: list[float] | None = Field(
        default=None, description="where what it opens lies today: longitude and latitude (CRS84)"
    )


class FrozenRows(BaseModel):
    total: int
    rows: list[FrozenRow]


@router.get("")
def list_reports(
    user: Reader, session: Db, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[ReportLine]:
    """Issued reports, the newest first."""
    rows = session.scalars(queries.issued(user.jurisdiction_id, limit)).all()
    known = names.look_up(session, user.jurisdiction_id, officers=(one.officer_id for one in rows))
    return [ReportLine(**_line(one, known)) for one in rows]


@router.post("", status_code=201)
def issue_report(form: NewReport, user: Issuer, session: Db) -> ReportView:
    """Count the period, freeze the rows and write the paper. Issued again, it stands beside the older one."""
    place = user.jurisdiction_id
    row = service.issue(session, place, form.kind, form.month, form.remarks, user.officer_id)
    record(session, place, "export", officer_id=user.officer_id, subject=row.title, report=row.id)
    return _view(row, names.look_up(session, place, officers=[row.officer_id]))


@router.get("/{report_id}")
def get_report(report_id: Id, user: Reader, session: Db) -> ReportView:
    """A report with its figures."""
    row = service.report(session, user.jurisdiction_id, report_id)
    return _view(row, names.look_up(session, user.jurisdiction_id, officers=[row.officer_id]))


@router.get("/{report_id}/rows")
def get_report_rows(
    report_id: Id,
    user: Reader,
    session: Db,
    row_set: Annotated[str, Query(pattern="^[a-z_]{1,40}$")],
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> FrozenRows:
    """The rows under a figure, as they were at issue."""
    rows = service.frozen_rows(session, user.jurisdiction_id, report_id, row_set)
    page = rows[offset : offset + limit]
    placed = places(session, user.jurisdiction_id, page)
    shown = [
        FrozenRow.model_validate({**one, "place": placed.get((one["kind"], one["ref"]))}) for one in page
    ]
    return FrozenRows(total=len(rows), rows=shown)


@router.get(
    "/{report_id}/paper.{format}",
    response_class=Response,
    responses={200: {"content": {PDF: {}, DOCX: {}}, "description": "the paper"}},
)
def get_report_paper(
    report_id: Id, user: Reader, session: Db, format_: Annotated[Literal["pdf", "docx"], Path(alias="format")]
) -> Response:
    """The paper as PDF or Word. Raises Unavailable `documents-fonts-missing`."""
    row = service.report(session, user.jurisdiction_id, report_id)
    paper: dict[str, Any] = row.paper
    content = typeset("paper", paper, made_at=row.issued_at) if format_ == "pdf" else word(paper)
    name = quote(f"{row.title}.{format_}")
    disposition = f"attachment; filename=report-{row.id}.{format_}; filename*=UTF-8''{name}"
    media = PDF if format_ == "pdf" else DOCX
    return Response(content, media_type=media, headers={"Content-Disposition": disposition})


def _line(row: IssuedReport, known: names.Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "since": row.since,
        "until": row.until,
        "issued_at": row.issued_at,
        "officer": known.officer(row.officer_id),
    }


def _view(row: IssuedReport, known: names.Names) -> ReportView:
    return ReportView(**_line(row, known), remarks=row.remarks, figures=row.figures)
