"""Outboxes of phones that never reach the network: keys agreed, files imported, receipts taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import auth, carried, names
from api.auth import User
from api.deps import Db, Id
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.routes.session import browser_only
from gridsup.errors import Refused, Unauthenticated
from gridsup.patrols import carried as files
from gridsup.patrols import queries
from gridsup.patrols.model import OutboxFile
from gridsup.people.audit import record
from gridsup.procedures.pack import Words

router = APIRouter(prefix="/field", tags=["field"])
Inspector = Annotated[User, permit(Permission.FINDINGS_REPORT)]
Importer = Annotated[User, permit(Permission.IMPORTS_RUN)]
MOST_BYTES = 256 * 1024 * 1024
"""A day's photos; the phone makes several files rather than a larger one."""
_FILE = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


class DeviceKey(BaseModel):
    public_key: Annotated[str, Field(pattern="^04[0-9a-f]{128}$")] = Field(
        description="the phone's own: an uncompressed point of P-256 in hex"
    )


class DeviceAgreement(BaseModel):
    """What the phone needs to seal its outbox for this server."""

    device_id: int
    jurisdiction_id: int
    public_key: str = Field(description="the server's, for this phone alone: a point of P-256 in hex")


class ItemOutcome(BaseModel):
    """What became of one item of the file."""

    key: str
    kind: str
    title: str
    state: Literal["received", "late", "refused"]
    matter: int | None
    number: str | None
    reason: Words | None = Field(description="why it was refused, or came too late")


class OutboxFileView(BaseModel):
    """An outbox that came as a file."""

    id: int
    officer_id: int
    officer: str | None
    made_at: datetime
    imported_by: str | None
    imported_at: datetime
    photos: int
    received: int
    late: int
    refused: int
    items: list[ItemOutcome]


@router.post("/devices")
def agree_keys(form: DeviceKey, user: Inspector, session: Db) -> DeviceAgreement:
    """Agree keys with this phone, for the outbox as a file. The same phone again: the same agreement."""
    browser_only(user)
    device = files.register(session, user.jurisdiction_id, user.officer_id, form.public_key)
    return DeviceAgreement(
        device_id=device.id, jurisdiction_id=user.jurisdiction_id, public_key=device.server_public_key
    )


@router.post("/outbox-files", status_code=201, max_body_size=MOST_BYTES)
def import_outbox_file(
    content: Annotated[bytes, Body(media_type="application/octet-stream")], user: Importer, session: Db
) -> OutboxFileView:
    """Enter a phone's outbox from its file, under the name of the phone's officer; each file once.

    Every item stands or falls by itself. Damaged, imported before, or of a strange phone: nothing is entered.
    """
    device, opened = files.open_outbox(session, user.jurisdiction_id, content)
    officer = _officer(session, user.jurisdiction_id, device.officer_id)
    stored = OutboxFile(
        jurisdiction_id=user.jurisdiction_id,
        device_id=device.id,
        officer_id=device.officer_id,
        key=opened.head.file,
        made_at=opened.head.made_at,
        imported_by=user.officer_id,
        photos=len(opened.photos),
        outcomes=carried.enter(session, officer, opened),
    )
    session.add(stored)
    session.flush()
    session.refresh(stored)
    record(
        session,
        user.jurisdiction_id,
        "outbox-imported",
        officer_id=user.officer_id,
        subject=f"outbox-file:{stored.id}",
        of=device.officer_id,
        items=len(opened.items),
    )
    return _views(session, user.jurisdiction_id, [stored])[0]


@router.get("/outbox-files")
def list_outbox_files(
    user: Importer, session: Db, cursor: Cursor = None, limit: Limit = 20
) -> Page[OutboxFileView]:
    """Imported outbox files, newest first."""
    rows = session.scalars(
        queries.outbox_files(user.jurisdiction_id, after=decode(cursor, datetime, int), limit=limit + 1)
    ).all()
    shown = {one.id: one for one in _views(session, user.jurisdiction_id, rows)}
    return page(rows, limit, lambda row: shown[row.id], lambda row: (row.imported_at, row.id))


@router.get(
    "/outbox-files/{file_id}/receipt",
    response_class=Response,
    responses={200: {"description": "The receipt, sealed for its phone", "content": _FILE}},
)
def get_outbox_receipt(file_id: Id, user: Importer, session: Db) -> Response:
    """The receipt file that clears the phone's outbox; only that phone can open it."""
    stored, content = files.receipt(session, user.jurisdiction_id, file_id)
    name = f"gridsup-receipt-{stored.imported_at:%Y%m%d}-{stored.id}.gsob"
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _officer(session: Session, jurisdiction_id: int, officer_id: int) -> User:
    try:
        return auth.of_officer(session, jurisdiction_id, officer_id)
    except Unauthenticated as gone:
        raise Refused(
            "outbox-officer-gone",
            zh="该手机的人员账号已停用，不能以其名义登记。请先由管理员恢复账号，再导入。",
            en="The account of this phone's officer is closed; nothing can be entered in that name. Have the "
            "administrator open it again, then import.",
        ) from gone


def _views(session: Session, jurisdiction_id: int, rows: Any) -> list[OutboxFileView]:
    known = names.look_up(
        session, jurisdiction_id, officers=[id_ for row in rows for id_ in (row.officer_id, row.imported_by)]
    )
    return [
        OutboxFileView(
            id=row.id,
            officer_id=row.officer_id,
            officer=known.officer(row.officer_id),
            made_at=row.made_at,
            imported_by=known.officer(row.imported_by),
            imported_at=row.imported_at,
            photos=row.photos,
            **{state: _count(row, state) for state in ("received", "late", "refused")},
            items=[_item(one) for one in row.outcomes],
        )
        for row in rows
    ]


def _count(row: OutboxFile, state: str) -> int:
    return sum(one["state"] == state for one in row.outcomes)


def _item(one: dict[str, Any]) -> ItemOutcome:
    reason = one.get("refusal") or one.get("late")
    return ItemOutcome(
        key=one["key"],
        kind=one["kind"],
        title=one["title"],
        state=one["state"],
        matter=one.get("matter"),
        number=one.get("number"),
        reason=Words(zh=reason["zh"], en=reason["en"]) if reason else None,
    )
