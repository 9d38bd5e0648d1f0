"""Referrals (抄告): what went out to departments and what came back."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api import names, titles
from api.auth import User
from api.deps import Db
from api.inputs import Day, Number
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from gridsup.calendars import SHANGHAI
from gridsup.codes.patterns import DEPARTMENT
from gridsup.documents import prints
from gridsup.people.audit import record
from gridsup.people.deputies import day_of
from gridsup.procedures.family import clock
from gridsup.procedures.pack import Words
from gridsup.referrals import inside, queries, sheets
from gridsup.referrals.departments import catalogue
from gridsup.referrals.model import Referral

router = APIRouter(tags=["referrals"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
PDF = "application/pdf"


class ReferralView(BaseModel):
    """One 抄告: `department` is D01…D22, `body_name` the body that answers for it."""

    id: int
    matter_id: int
    number: str | None
    direction: Literal["out", "in"]
    department: str
    body_id: int | None
    body_name: str | None
    title: str
    state: str
    state_title: Words
    basis: str | None
    sent_at: datetime | None
    received_at: datetime | None
    feedback: str | None
    feedback_at: datetime | None
    returned_reason: str | None
    next_due_at: datetime | None
    overdue: bool
    ended_at: datetime | None
    outcome: str | None
    parent_id: int | None
    cell_code: str | None


@router.get("/referrals")
def list_referrals(
    user: Annotated[User, permit(Permission.MATTERS_READ)],
    session: Db,
    direction: Literal["out", "in"] | None = None,
    department: Annotated[str | None, Query(pattern=DEPARTMENT)] = None,
    overdue: Annotated[bool, Query(description="a clock of theirs is over")] = False,
    unreceipted: Annotated[bool, Query(description="sent, not received yet")] = False,
    unanswered: Annotated[bool, Query(description="received, no feedback yet")] = False,
    ended: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ReferralView]:
    """The referrals, the latest first; a liaison sees those of the own department."""
    now = clock()
    mine = None if user.may(Permission.MATTERS_READ_ALL) else sorted(user.organisation_ids)
    wanted = queries.ReferralFilter(direction, department, mine, overdue, unreceipted, unanswered, ended)
    after = decode(cursor, int)
    query = queries.referrals(
        user.jurisdiction_id, wanted, now, after=after[0] if after else None, limit=limit + 1
    )
    rows = session.execute(query).all()
    known = names.look_up(session, user.jurisdiction_id, cells_=(row.cell_id for row in rows))

    def show(row: Any) -> ReferralView:
        one: Referral = row[0]
        plain = ("id", "matter_id", "number", "direction", "department", "basis", "sent_at")
        more = ("received_at", "feedback", "feedback_at", "returned_reason")
        return ReferralView(
            **{name: getattr(one, name) for name in (*plain, *more)},
            **{name: getattr(row, name) for name in ("title", "state", "next_due_at", "ended_at")},
            outcome=row.outcome,
            parent_id=row.parent_id if mine is None else None,
            body_id=one.department_id,
            body_name=row.body,
            state_title=titles.state_title(titles.pack_of(session, user.jurisdiction_id, row), row.state),
            overdue=bool(row.ended_at is None and row.next_due_at and row.next_due_at <= now),
            cell_code=known.cell(row.cell_id),
        )

    return page(rows, limit, show, lambda row: (row[0].id,))


class DepartmentScore(BaseModel):
    """How one department answers: figures of the referrals sent to it since a day."""

    department: str
    title: Words
    sent: int
    received: int
    answered: int
    returned: int
    open: int
    unreceived: int = Field(description="sent and not received yet: must be empty")
    overdue: int = Field(description="the department's own clock is over")
    days: float | None = Field(description="from receipt to feedback, on average, in calendar days")


class PenaltyCopy(BaseModel):
    """A penalty decision that the licensing department gets a copy of (P9-N5), at the same time.

    `root_id` is the finding of the family, where a copy is drafted; `sheet_id` the copy.
    """

    id: int
    root_id: int
    title: str
    decision_no: str | None
    decided_at: datetime
    department: str | None = Field(
        description="whom it goes or went to; from the trade while none is drafted"
    )
    department_title: Words | None
    state: Literal["owed", "drafted", "sent"]
    sheet_id: int | None
    number: str | None
    sent_at: datetime | None
    days_late: int = Field(description="whole days after the day of the decision, until sent or until now")


class FoundReferral(BaseModel):
    """A referral found by the number on its paper."""

    matter_id: int
    version: int
    number: str
    title: str
    department: str
    state: str
    sent_at: datetime | None
    received_at: datetime | None
    feedback_at: datetime | None


class PrintForm(BaseModel):
    """The referrals to print, in one act."""

    matters: Annotated[list[Number], Field(min_length=1, max_length=sheets.MOST)]


@router.get("/referrals/scoreboard")
def score_departments(
    user: Reader, session: Db, since: Annotated[Day | None, Query(description="1 January if absent")] = None
) -> list[DepartmentScore]:
    """How the departments answer: sent, received, answered, late, and how many days it took them."""
    now = clock()
    first = since or now.astimezone(SHANGHAI).date().replace(month=1, day=1)
    rows = session.execute(
        queries.scoreboard(user.jurisdiction_id, datetime.combine(first, time(), SHANGHAI), now)
    )
    found = []
    for row in rows.mappings():
        known = catalogue().department(row["department"])
        days = round(float(row["days"]), 1) if row["days"] is not None else None
        found.append(DepartmentScore(**{**row, "days": days}, title=Words(zh=known.name, en=known.name_en)))
    return found


@router.get("/referrals/copies")
def list_penalty_copies(
    user: Reader,
    session: Db,
    owed: Annotated[bool, Query(description="only what was not sent yet, which must be none")] = False,
) -> list[PenaltyCopy]:
    """Penalty decisions and their copies for the licensing department (P9-N5), the latest first."""
    here = inside.trades_inside(session, user.jurisdiction_id, day_of(clock()))
    rows = session.execute(queries.copies(user.jurisdiction_id, owed=owed, inside=here)).mappings()
    return [_copy(row) for row in rows]


def _copy(row: Any) -> PenaltyCopy:
    found = catalogue().trade(row["trade"]) if row["trade"] and not row["department"] else None
    department = row["department"] or (found[0].code if found else None)
    known = catalogue().department(department) if department else None
    sent: datetime | None = row["sent_at"]
    return PenaltyCopy(
        **{name: row[name] for name in ("id", "root_id", "title", "decision_no", "decided_at", "sheet_id")},
        department=department,
        department_title=Words(zh=known.name, en=known.name_en) if known else None,
        state="sent" if sent else "drafted" if row["sheet_id"] else "owed",
        number=row["number"],
        sent_at=sent,
        days_late=(day_of(sent or clock()) - day_of(row["decided_at"])).days,
    )


@router.get("/referrals/lookup")
def find_referrals(
    user: Reader,
    session: Db,
    number: Annotated[list[str], Query(min_length=1, max_length=50, description="as typed or scanned")],
) -> list[FoundReferral]:
    """The referrals with these numbers, whatever brackets and blanks they were written with."""
    rows = session.execute(queries.by_number(user.jurisdiction_id, number)).all()
    plain = ("matter_id", "number", "department", "sent_at", "received_at", "feedback_at")
    return [
        FoundReferral(
            **{name: getattr(row[0], name) for name in plain},
            **{name: getattr(row, name) for name in ("title", "state", "version")},
        )
        for row in rows
    ]


@router.post(
    "/referrals/print",
    response_class=Response,
    responses={200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}},
)
def print_referrals(form: PrintForm, user: Reader, session: Db) -> Response:
    """One PDF: for each department its delivery list (送达清单), then its sheets with their QR codes."""
    made = sheets.print_referrals(session, form.matters)
    prints.record_list(session, form.matters, "referral_sheet", officer_id=user.officer_id)
    record(
        session,
        user.jurisdiction_id,
        "documents-printed",
        officer_id=user.officer_id,
        subject="referrals",
        matters=form.matters,
    )
    return Response(made, media_type=PDF, headers={"Content-Disposition": "inline; filename=referrals.pdf"})
