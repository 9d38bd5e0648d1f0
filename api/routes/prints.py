"""The central printing log (打印登记), the images of seals, how each paper is sealed (用印方式)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from api.auth import User
from api.deps import Db, Id
from api.document_shapes import (
    PrintRow,
    SealImageForm,
    SealImageView,
    SealWayForm,
    SealWayView,
    print_rows,
    seal_image,
    seal_way,
)
from api.exports import prints as export
from api.exports.records import MOST
from api.inputs import Asked, Day
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from geo_data.workbooks import MIME
from gridsup.calendars import instant
from gridsup.documents import queries, seals
from gridsup.people import queries as people
from gridsup.people.audit import record

router = APIRouter(tags=["documents"])
Reader = Annotated[User, permit(Permission.PRINTS_READ)]
Keeper = Annotated[User, permit(Permission.DOCUMENTS_SEAL)]
Chooser = Annotated[User, permit(Permission.DOCUMENTS_SEAL_WAYS)]
Text = Annotated[str | None, Query(max_length=80, description="in the number or the title")]
Kind = Annotated[str | None, Query(max_length=40, pattern="^[a-z_]+$")]
From = Annotated[Day | None, Query(alias="from", description="first day")]
To = Annotated[Day | None, Query(description="last day")]
Again = Annotated[bool | None, Query(description="only reprints, or only first prints")]


def _asked(
    officer_id: int | None, kind: str | None, text: str | None, first: Any, last: Any, again: bool | None
) -> dict[str, Any]:
    return {
        "officer_id": officer_id,
        "kind": kind,
        "text": text,
        "since": instant(first) if first else None,
        "until": instant(last + timedelta(days=1)) if last else None,
        "again": again,
    }


@router.get("/document-prints")
def list_prints(
    user: Reader,
    session: Db,
    officer_id: Asked = None,
    kind: Kind = None,
    text: Text = None,
    first: From = None,
    to: To = None,
    again: Again = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PrintRow]:
    """Who printed what, when, how many copies, why again; newest first."""
    after = decode(cursor, int)
    wanted = _asked(officer_id, kind, text, first, to, again)
    query = queries.prints(user.jurisdiction_id, **wanted, after=after[0] if after else None, limit=limit + 1)
    found = session.scalars(query).all()
    shown = {row.id: row for row in print_rows(session, user.jurisdiction_id, found)}
    return page(found, limit, lambda row: shown[row.id], lambda row: (row.id,))


@router.get(
    "/document-prints/export.xlsx",
    response_class=Response,
    responses={200: {"content": {MIME: {"schema": {"type": "string", "format": "binary"}}}}},
)
def export_prints(
    user: Annotated[User, permit(Permission.PRINTS_READ)],
    session: Db,
    officer_id: Asked = None,
    kind: Kind = None,
    text: Text = None,
    first: From = None,
    to: To = None,
    again: Again = None,
) -> Response:
    """The log as a workbook, at most 20,000 lines; leaves an audit entry."""
    user.require(Permission.EXPORTS_MAKE)
    wanted = _asked(officer_id, kind, text, first, to, again)
    found = session.scalars(queries.prints(user.jurisdiction_id, **wanted, limit=MOST)).all()
    home = session.scalars(people.jurisdiction(user.jurisdiction_id)).one()
    record(
        session, user.jurisdiction_id, "export", officer_id=user.officer_id, subject="prints", rows=len(found)
    )
    content = export.workbook(
        print_rows(session, user.jurisdiction_id, found), bureau=home.name, demo=home.demo
    )
    day = datetime.now(UTC).date().isoformat()
    return Response(
        content,
        media_type=MIME,
        headers={"Content-Disposition": f"attachment; filename=prints-{day}.xlsx"},
    )


@router.get("/seal-images")
def list_seal_images(user: Keeper, session: Db) -> list[SealImageView]:
    """The images of the bureau's seals that are in use."""
    return [seal_image(one) for one in session.scalars(queries.seal_images(user.jurisdiction_id))]


@router.post("/seal-images", status_code=201)
def add_seal_image(form: SealImageForm, user: Keeper, session: Db) -> SealImageView:
    """Register the image of a seal; leaves an audit entry."""
    made = seals.add(session, form.name, form.sha256, officer_id=user.officer_id)
    record(session, user.jurisdiction_id, "seal_added", officer_id=user.officer_id, subject=f"seal:{made.id}")
    return seal_image(made)


@router.post("/seal-images/{seal_id}/retire")
def retire_seal_image(seal_id: Id, user: Keeper, session: Db) -> SealImageView:
    """Take an image of a seal out of use; documents sealed with it stay as they are."""
    gone = seals.retire(session, seal_id, now=datetime.now(UTC))
    record(
        session, user.jurisdiction_id, "seal_retired", officer_id=user.officer_id, subject=f"seal:{gone.id}"
    )
    return seal_image(gone)


@router.get("/seal-ways")
def list_seal_ways(user: Keeper, session: Db) -> list[SealWayView]:
    """The kinds of paper that bear a seal, each with how this bureau seals it."""
    return [seal_way(kind, way) for kind, way in seals.ways(session).items()]


@router.put("/seal-ways/{kind}")
def choose_seal_way(
    kind: Annotated[str, Path(max_length=40, pattern="^[a-z_]+$")],
    form: SealWayForm,
    user: Chooser,
    session: Db,
) -> SealWayView:
    """Seal that kind so from now on; what is sealed already stays. A change leaves an audit entry."""
    seals.choose(session, kind, form.way, officer_id=user.officer_id)
    return seal_way(kind, form.way)
