"""The audit trail, searched and taken along, and whether the chains of the record hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.audit_words import ACTS, PERSONS, told
from api.auth import User
from api.deps import Db
from api.exports import audit as export
from api.exports.records import MOST
from api.inputs import Asked, Day
from api.names import look_up
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from geo_data.workbooks import MIME
from gridsup.calendars import instant
from gridsup.documents.kinds import kinds
from gridsup.people import account_queries, queries
from gridsup.people.audit import as_auth, record
from gridsup.people.model import AuditEntry
from gridsup.people.refusals import missing
from gridsup.procedures import merkle, proof
from gridsup.procedures.hashing import ChainFault
from gridsup.procedures.pack import Words

router = APIRouter(tags=["people"])
Auditor = Annotated[User, permit(Permission.AUDIT_READ)]
Act = Annotated[str | None, Query(max_length=60)]
Subject = Annotated[
    str | None, Query(max_length=80, description="a thing (`cell:12`) or a kind of things (`cell`)")
]
From = Annotated[Day | None, Query(alias="from", description="first day")]
To = Annotated[Day | None, Query(description="last day")]


class AuditView(BaseModel):
    """One entry. `subject` names a thing as `kind:id`."""

    id: int
    at: datetime
    officer_id: int | None
    officer: str | None
    act: str
    title: Words
    subject: str | None
    subject_name: str | None = Field(description="of a person, an account's owner, a body, a cell, a paper")
    reason: str | None
    detail: Words = Field(description="what else was noted; empty when nothing was")


class AuditAct(BaseModel):
    act: str
    title: Words


class BrokenChain(BaseModel):
    """Where a matter's events do not hold: `gap`, `link`, `hash`, `copy:<column>` or `head`."""

    matter_id: int
    seq: int
    what: str


class ChainCheck(BaseModel):
    """The verdict on some matters. `next`: where to go on; null after the last."""

    checked: int
    faults: list[BrokenChain]
    next: int | None


class RootCheck(BaseModel):
    """The verdict on the daily roots: events, table and file outside the database agree."""

    faults: list[str] = Field(description="`<day>: events`, `<day>: file` or `<day>: table`")


def _asked(
    act: str | None, officer_id: int | None, subject: str | None, first: Any, to: Any
) -> dict[str, Any]:
    return {
        "act": act,
        "officer_id": officer_id,
        "subject": subject,
        "since": instant(first) if first else None,
        "until": instant(to + timedelta(days=1)) if to else None,
    }


@router.get("/audit")
def list_audit(
    user: Auditor,
    session: Db,
    act: Act = None,
    officer_id: Asked = None,
    subject: Subject = None,
    first: From = None,
    to: To = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditView]:
    """The trail, newest first."""
    before = decode(cursor, datetime, int)
    query = queries.audit(
        user.jurisdiction_id,
        **_asked(act, officer_id, subject, first, to),
        before=(before[0], before[1]) if before else None,
        limit=limit + 1,
    )
    rows = list(session.scalars(query))
    views = {one.id: one for one in _views(session, user.jurisdiction_id, rows)}
    return page(rows, limit, lambda row: views[row.id], lambda row: (row.at, row.id))


@router.get("/audit/acts")
def list_audit_acts(user: Auditor) -> list[AuditAct]:
    """What the trail records, with titles."""
    return [AuditAct(act=act, title=title) for act, title in ACTS.items()]


@router.get(
    "/audit/export.xlsx",
    response_class=Response,
    responses={200: {"content": {MIME: {"schema": {"type": "string", "format": "binary"}}}}},
)
def export_audit(
    user: Auditor,
    session: Db,
    act: Act = None,
    officer_id: Asked = None,
    subject: Subject = None,
    first: From = None,
    to: To = None,
) -> Response:
    """The entries that the filters give as a workbook, the newest 20 000 at most; this too is recorded."""
    wanted = _asked(act, officer_id, subject, first, to)
    rows = list(session.scalars(queries.audit(user.jurisdiction_id, **wanted, limit=MOST)))
    place = session.scalars(queries.jurisdiction(user.jurisdiction_id)).one()
    record(
        session,
        user.jurisdiction_id,
        "export",
        officer_id=user.officer_id,
        subject="audit.xlsx",
        rows=len(rows),
    )
    content = export.workbook(_views(session, user.jurisdiction_id, rows), bureau=place.name, demo=place.demo)
    headers = {"Content-Disposition": 'attachment; filename="audit.xlsx"'}
    return Response(content, media_type=MIME, headers=headers)


@router.get("/audit/chains")
def check_chains(
    user: Auditor,
    session: Db,
    matter_id: Asked = None,
    after: Annotated[int, Query(ge=0, lt=2**63, description="go on after this matter")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> ChainCheck:
    """Recompute the chain of one matter, or of the next matters in order of number."""
    if matter_id is not None:
        if next(proof.matter_ids(session, after=matter_id - 1), None) != matter_id:
            raise missing("matter", "事项", "matter", matter_id)
        return ChainCheck(checked=1, faults=_broken(proof.verify(session, [matter_id])), next=None)
    found = list(islice(proof.matter_ids(session, after=after), limit))
    return ChainCheck(
        checked=len(found),
        faults=_broken(proof.verify(session, found)),
        next=found[-1] if len(found) == limit else None,
    )


@router.get("/audit/roots")
def check_roots(user: Auditor, session: Db) -> RootCheck:
    """Compare the daily roots (每日封存值) with the events and with the file outside the database."""
    return RootCheck(faults=merkle.faults(session))


def _broken(faults: Iterable[ChainFault]) -> list[BrokenChain]:
    return [BrokenChain.model_validate(one, from_attributes=True) for one in faults]


def _views(session: Session, jurisdiction_id: int, rows: list[AuditEntry]) -> list[AuditView]:
    subjects = {row.subject: _thing(row.subject) for row in rows if row.subject}
    of = {kind: [n for k, n in subjects.values() if k == kind] for kind in ("account", "officer", "cell")}
    bodies = [n for k, n in subjects.values() if k in ("organisation", "community")]
    holders: dict[int, int] = {}
    if of["account"]:
        with as_auth(session):
            found = session.execute(account_queries.owners_of_accounts(jurisdiction_id, of["account"]))
            holders = {row[0]: row[1] for row in found}
    noted = [row.detail.get(key) for row in rows for key in PERSONS]
    persons = [*of["officer"], *holders.values(), *(row.officer_id for row in rows)]
    persons += [one for one in noted if isinstance(one, int)]
    known = look_up(session, jurisdiction_id, officers=persons, bodies=bodies, cells_=of["cell"])

    def name(subject: str | None) -> str | None:
        if subject and subject in kinds():
            return kinds()[subject].title.zh
        kind, number = subjects.get(subject, ("", 0)) if subject else ("", 0)
        if kind in ("officer", "account"):
            return known.officer(holders.get(number) if kind == "account" else number)
        return known.cell(number) if kind == "cell" else known.body(number)

    return [
        AuditView(
            id=row.id,
            at=row.at,
            officer_id=row.officer_id,
            officer=known.officer(row.officer_id),
            act=row.act,
            title=ACTS.get(row.act) or Words(zh=row.act, en=row.act),
            subject=row.subject,
            subject_name=name(row.subject),
            reason=row.reason,
            detail=told(row.detail, known.officer),
        )
        for row in rows
    ]


def _thing(subject: str) -> tuple[str, int]:
    kind, _, number = subject.partition(":")
    return (kind, int(number)) if number.isascii() and number.isdigit() else ("", 0)
