"""What other departments tell the bureau (抄告来件): one by one or as a spreadsheet, matched and routed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import Base64Bytes, BaseModel, Field
from sqlalchemy.orm import Session

from api import standing, titles
from api.acts import ActAnswer, Reason, answer_view
from api.auth import User
from api.deps import Db, Id
from api.inputs import Day, Instant, Number
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Line, Prose
from api.uploads import MAX_FORM, on_disk, pointing_at_parts
from geo_data.notices import NoticeSheet, read_notices, refused_rows
from geo_data.tables import file_digest
from gridsup.codes.patterns import DEPARTMENT
from gridsup.errors import FieldFault, GridsupError, together
from gridsup.people.deputies import day_of
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import clock
from gridsup.procedures.pack import Words
from gridsup.referrals import inbound, inbound_queries
from gridsup.referrals.matching import match, spelt_alike
from gridsup.referrals.model import InboundReferral

router = APIRouter(tags=["referrals"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
Taker = Annotated[User, permit(Permission.IMPORTS_RUN)]
Kind = Literal["referral", "permit_loss"]
Loss = Literal["revoked", "rescinded", "cancelled", "expired"]
POSTS = ("dispatcher", "general")
AHEAD = 30
"""Days ahead in which a permit's end is announced."""


class NoticeForm(BaseModel):
    """A notice as it came. A lost permit (`permit_loss`) states `status` and `lost_on`."""

    kind: Kind
    department: Annotated[str, Field(pattern=DEPARTMENT, description="who told it, D01…D22")]
    received_at: Instant | None = Field(
        default=None, description="starts the ten working days; now if absent"
    )
    name: Line
    number: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    address: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    licence_no: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    permit_number: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    status: Loss | None = None
    lost_on: Day | None = None
    trade: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    content: Prose | None = None
    late_reason: Prose | None = Field(
        default=None, description="why it is taken in more than 30 days after it was received"
    )


class CandidateView(BaseModel):
    """A household that may be meant; `likeness` of the names from 0 to 1."""

    business_id: int
    name: str
    address: str
    likeness: float


class TakenView(BaseModel):
    """What became of a notice: routed to a matter, or waiting with its candidates."""

    id: int
    again: bool = Field(description="the same notice had been taken in before")
    business_id: int | None
    matched_by: str | None
    matter: ActAnswer | None
    candidates: list[CandidateView]


class RowFault(BaseModel):
    """One thing that is wrong with a row, and in which field (`/lost_on`)."""

    pointer: str
    zh: str
    en: str


class RowOutcome(BaseModel):
    """What became of one row of a spreadsheet, by its number there; `faults`: all that is wrong with it."""

    row: int
    taken: TakenView | None
    refusal: Reason | None
    faults: list[RowFault] = []


class RefusedRows(BaseModel):
    """The refused rows as files in the sheet's own columns, 原因 first, to be mended and sent again."""

    name: str = Field(description="without its ending")
    xlsx: Base64Bytes
    csv: Base64Bytes


class SheetAnswer(BaseModel):
    """One batch: its id and an outcome for every row."""

    batch: str
    routed: int
    unmatched: int
    refused: int
    outcomes: list[RowOutcome]
    refused_rows: RefusedRows | None = Field(description="null where no row was refused")


class InboundView(BaseModel):
    """One notice and where its matter stands; `replied_at` when the result went back (P9-N4)."""

    id: int
    batch: str
    row_no: int | None
    kind: Kind
    department: str
    number: str | None
    received_at: datetime
    status: Loss | None
    lost_on: date | None
    permit_number: str | None
    licence_no: str | None
    name: str
    address: str | None
    content: str | None
    business_id: int | None
    business_name: str | None
    matched_by: str | None
    matter_id: int | None
    state: str | None
    state_title: Words | None
    station_id: int | None
    next_due_at: datetime | None
    overdue: bool
    ended_at: datetime | None
    outcome: str | None
    replied_at: datetime | None
    dismissed_reason: str | None


class PermitEnding(BaseModel):
    """A permit whose term is over or ends soon."""

    permit_id: int
    kind: str
    number: str | None
    department: str
    expires_on: date
    business_id: int
    business_name: str
    address: str


class MatchForm(BaseModel):
    business_id: Number


class DismissForm(BaseModel):
    reason: Line


class Raised(BaseModel):
    """The matters that permits over their term opened."""

    matters: list[int]


@router.get("/inbound")
def list_inbound(
    user: Reader,
    session: Db,
    unmatched: Annotated[bool, Query(description="no household yet; must be empty")] = False,
    unanswered: Annotated[bool, Query(description="its result has not gone back")] = False,
    batch: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[InboundView]:
    """What other departments told, the latest first."""
    after = decode(cursor, int)
    rows = session.execute(
        inbound_queries.notices(
            user.jurisdiction_id,
            unmatched=unmatched,
            unanswered=unanswered,
            batch=batch,
            after=after[0] if after else None,
            limit=limit + 1,
        )
    ).all()
    now = clock()
    return page(rows, limit, lambda row: _view(session, row, now), lambda row: (row[0].id,))


@router.post("/inbound", status_code=201)
def take_in_notice(form: NoticeForm, user: Taker, session: Db) -> TakenView:
    """Take in one notice: it is matched and routed, or listed with the households that may be meant."""
    given = form.model_dump(exclude={"received_at", "late_reason"})
    notice = inbound.Notice(**given, received_at=form.received_at or clock())
    taken = inbound.take_in(session, _acting(session, user), notice, late_reason=form.late_reason)
    return _taken(session, user, taken)


@router.post("/inbound/sheet", status_code=201, max_body_size=MAX_FORM)
def take_in_sheet(
    user: Taker,
    session: Db,
    file: Annotated[UploadFile, File(description=".xlsx .xls .csv …")],
    kind: Annotated[Kind, Form()],
    department: Annotated[str, Form(pattern=DEPARTMENT, description="where a row names none")],
    received_at: Annotated[Instant | None, Form(description="when it was received; now if absent")] = None,
    late_reason: Annotated[
        str | None, Form(max_length=2000, description="why it is taken in more than 30 days later")
    ] = None,
) -> SheetAnswer:
    """Take in a spreadsheet: one batch id, an outcome for each row. Sent again, nothing is doubled."""
    with pointing_at_parts(), on_disk(file) as path:
        sheet = read_notices(path, kind=kind, department=department, received_at=received_at or clock())
        batch = file_digest(path)[:12]
    results = inbound.take_in_many(
        session, _acting(session, user), sheet.notices, batch=batch, late_reason=late_reason
    )
    outcomes = [
        _row(session, user, number, result)
        for (number, _), result in zip(sheet.notices, results, strict=True)
    ]
    outcomes += [
        RowOutcome(row=one.number, taken=None, refusal=_unread(one.faults), faults=_named(one.faults))
        for one in sheet.unread
    ]
    outcomes.sort(key=lambda one: one.row)
    routed = sum(one.taken is not None and one.taken.business_id is not None for one in outcomes)
    refused = sum(one.refusal is not None for one in outcomes)
    return SheetAnswer(
        batch=batch,
        routed=routed,
        unmatched=len(outcomes) - routed - refused,
        refused=refused,
        outcomes=outcomes,
        refused_rows=_refused_rows(sheet, results, file.filename),
    )


def _refused_rows(
    sheet: NoticeSheet, results: Sequence[inbound.Taken | GridsupError], filename: str | None
) -> RefusedRows | None:
    xlsx, csv = (refused_rows(sheet, results, form) for form in ("xlsx", "csv"))
    if xlsx is None or csv is None:
        return None
    stem = (filename or "").rpartition(".")[0] or "list"
    return RefusedRows(name=f"{stem}-退回", xlsx=b64encode(xlsx), csv=b64encode(csv))


@router.get("/inbound/{inbound_id}/candidates")
def list_candidates(inbound_id: Id, user: Reader, session: Db) -> list[CandidateView]:
    """The households that an unmatched notice may be about, the likeliest first."""
    row = inbound.get(session, inbound_id)
    found = match(
        session,
        user.jurisdiction_id,
        name=row.name,
        address=row.address,
        licence_no=row.licence_no,
        permit_number=row.permit_number,
    )
    alike = found.candidates or spelt_alike(session, user.jurisdiction_id, row.name)
    return [_candidate(one) for one in alike]


@router.post("/inbound/{inbound_id}/match")
def match_inbound(inbound_id: Id, form: MatchForm, user: Taker, session: Db) -> ActAnswer:
    """Say which household an unmatched notice is about: its matter opens at that household's station."""
    answer = inbound.settle(session, _acting(session, user), inbound_id, form.business_id)
    return answer_view(session, user.jurisdiction_id, answer)


@router.post("/inbound/{inbound_id}/dismiss", status_code=204)
def dismiss_inbound(inbound_id: Id, form: DismissForm, user: Taker, session: Db) -> None:
    """Say why an unmatched notice is about nobody here."""
    inbound.dismiss(session, inbound_id, form.reason, by=user.officer_id)


@router.get("/permits/ending")
def list_ending_permits(
    user: Reader, session: Db, within: Annotated[int, Query(ge=0, le=366, description="days ahead")] = AHEAD
) -> list[PermitEnding]:
    """Permits whose term is over, or ends within some days; the earliest first."""
    rows = session.execute(
        inbound_queries.over_term(user.jurisdiction_id, day_of(clock()), within=within)
    ).all()
    return [
        PermitEnding(
            permit_id=permit.id,
            **{name: getattr(permit, name) for name in ("kind", "number", "department", "expires_on")},
            business_id=business.id,
            business_name=business.name,
            address=address,
        )
        for permit, business, address in rows
    ]


@router.post("/permits/raise-expired")
def raise_expired_permits(user: Taker, session: Db) -> Raised:
    """Let permits whose term is over raise themselves, each once; the desk asks this whenever it opens."""
    return Raised(matters=[one.answer.matter_id for one in inbound.raise_expired(session) if one.answer])


def _acting(session: Session, user: User) -> Acting:
    return standing.acting(session, user, None, POSTS)


def _candidate(one: Any) -> CandidateView:
    return CandidateView(
        business_id=one.business_id, name=one.name, address=one.address, likeness=round(one.likeness, 3)
    )


def _taken(session: Session, user: User, taken: inbound.Taken) -> TakenView:
    return TakenView(
        id=taken.row.id,
        again=taken.again,
        business_id=taken.row.business_id,
        matched_by=taken.row.matched_by,
        matter=answer_view(session, user.jurisdiction_id, taken.answer) if taken.answer else None,
        candidates=[_candidate(one) for one in taken.match.candidates],
    )


def _unread(faults: Iterable[FieldFault]) -> Reason:
    zh, en = together(faults)
    return Reason(code="row-unread", zh=zh, en=en)


def _named(faults: Iterable[FieldFault]) -> list[RowFault]:
    return [RowFault(pointer=one.pointer, zh=one.zh, en=one.en) for one in faults]


def _row(session: Session, user: User, number: int, result: inbound.Taken | GridsupError) -> RowOutcome:
    if isinstance(result, GridsupError):
        reason = Reason(code=result.code, zh=result.text("zh"), en=result.text("en"))
        return RowOutcome(row=number, taken=None, refusal=reason, faults=_named(result.faults))
    return RowOutcome(row=number, taken=_taken(session, user, result), refusal=None)


_PLAIN = (
    "id", "batch", "row_no", "kind", "department", "number", "received_at", "status", "lost_on",
    "permit_number", "licence_no", "name", "address", "content", "business_id", "matched_by", "matter_id",
    "dismissed_reason",
)  # fmt: skip


def _view(session: Session, row: Any, now: datetime) -> InboundView:
    one: InboundReferral = row[0]
    pack = titles.pack_of(session, one.jurisdiction_id, row) if row.state else None
    return InboundView(
        business_name=row.household,
        state_title=titles.state_title(pack, row.state) if pack else None,
        **{name: getattr(one, name) for name in _PLAIN},
        state=row.state,
        station_id=row.station_id,
        next_due_at=row.next_due_at,
        overdue=bool(row.ended_at is None and row.next_due_at and row.next_due_at <= now),
        ended_at=row.ended_at,
        outcome=row.outcome,
        replied_at=row.replied,
    )
