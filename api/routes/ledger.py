"""The unlicensed ledger (无照经营电子监管台账, P10-D4): a list, and a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import titles
from api.auth import User
from api.deps import Db
from api.exports import ledger as export
from api.inputs import Asked, Day
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from geo_data.workbooks import MIME
from gridsup.people.audit import record
from gridsup.people.deputies import LOCAL, day_of
from gridsup.procedures.pack import Words
from gridsup.registry.ledger import LedgerFilter, ledger_rows
from gridsup.registry.model import LedgerEntry
from gridsup.registry.record import home_of

router = APIRouter(tags=["ledger"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
Exporter = Annotated[User, permit(Permission.EXPORTS_MAKE)]
_WORKBOOK = {MIME: {"schema": {"type": "string", "format": "binary"}}}


class LedgerRow(BaseModel):
    """One row: the six columns of the seed, then code, cell, source, dates and the matter behind it."""

    id: int
    operator_name: str | None = Field(description="经营者姓名")
    scope: str | None = Field(description="经营范围")
    address: str = Field(description="经营地址")
    opened_on: date | None = Field(description="开业日期")
    pre_approval: str | None = Field(description="前置情况")
    disposal: str = Field(description="处置情况: the matter's state")
    disposal_title: Words
    business_id: int
    business_name: str
    code: str | None
    cell_id: int | None
    cell_code: str | None
    station_id: int | None
    found_on: date
    source: str
    source_title: Words
    outside_number: str | None
    closed_on: date | None
    matter_id: int
    matter_number: str | None
    next_due_at: datetime | None


def _wanted(
    cell_id: Asked = None,
    station_id: Asked = None,
    business_id: Asked = None,
    disposal: Annotated[str | None, Query(max_length=60, description="a state of the procedure")] = None,
    source: Literal["patrol", "report", "call", "referral"] | None = None,
    open: Annotated[bool | None, Query(description="still being handled, or closed")] = None,  # noqa: A002
    since: Annotated[Day | None, Query(description="found on or after")] = None,
    until: Annotated[Day | None, Query(description="found on or before")] = None,
    q: Annotated[str | None, Query(max_length=100, description="operator, address, scope, number")] = None,
) -> LedgerFilter:
    return LedgerFilter(cell_id, station_id, disposal, source, open, since, until, q, business_id)


Wanted = Annotated[LedgerFilter, Depends(_wanted)]


@router.get("/ledger")
def list_ledger(
    user: Reader, session: Db, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50
) -> Page[LedgerRow]:
    """The ledger, the latest found first."""
    after = decode(cursor, date, int)
    query = ledger_rows(user.jurisdiction_id, wanted, after=after, limit=limit + 1)
    rows = session.execute(query).all()
    return page(rows, limit, lambda row: _view(session, user, row), lambda row: (row[0].found_on, row[0].id))


@router.get(
    "/ledger.xlsx",
    response_class=Response,
    responses={200: {"description": "The workbook", "content": _WORKBOOK}},
)
def export_ledger(user: Exporter, session: Db, wanted: Wanted) -> Response:
    """The ledger as a workbook, with the filters of the list. Each export leaves an audit entry."""
    rows = [_view(session, user, row) for row in session.execute(ledger_rows(user.jurisdiction_id, wanted))]
    home, now = home_of(session, user.jurisdiction_id), datetime.now(UTC)
    record(
        session,
        user.jurisdiction_id,
        "export",
        officer_id=user.officer_id,
        subject="ledger.xlsx",
        rows=len(rows),
    )
    content = export.workbook(
        [_line(one) for one in rows],
        bureau=home.name,
        note=f"导出 {now.astimezone(LOCAL):%Y-%m-%d %H:%M}　导出人 {user.name}　共 {len(rows)} 户",
        demo=home.demo,
    )
    name = quote(f"无照经营台账-{day_of(now):%Y%m%d}.xlsx")
    return Response(
        content,
        media_type=MIME,
        headers={"Content-Disposition": f"attachment; filename=ledger.xlsx; filename*=UTF-8''{name}"},
    )


def _view(session: Session, user: User, row: Any) -> LedgerRow:
    entry: LedgerEntry = row[0]
    pack = titles.pack_of(session, user.jurisdiction_id, row)
    plain = ("id", "operator_name", "scope", "address", "opened_on", "pre_approval", "disposal")
    more = ("business_id", "found_on", "source", "outside_number", "closed_on", "matter_id")
    return LedgerRow(
        **{name: getattr(entry, name) for name in (*plain, *more)},
        disposal_title=titles.state_title(pack, entry.disposal),
        source_title=titles.choice_title(pack, "source", entry.source),
        business_name=row.business_name,
        code=row.code,
        cell_id=row.cell_id,
        cell_code=row.cell_code,
        station_id=row.station_id,
        matter_number=row.number,
        next_due_at=row.next_due_at,
    )


def _line(one: LedgerRow) -> Sequence[Any]:
    return (
        one.operator_name,
        one.scope,
        one.address,
        one.opened_on,
        one.pre_approval,
        one.disposal_title.zh,
        one.code,
        one.cell_code,
        one.found_on,
        one.source_title.zh,
        one.outside_number,
        one.closed_on,
        one.matter_number,
    )
