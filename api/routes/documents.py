"""The documents of a matter: drafts as they will print, issued ones, their seals, services and prints."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api import standing
from api.auth import User
from api.deps import Db, Id
from api.permissions import Permission
from api.policy import permit
from gridsup.documents import drafts

router = APIRouter(tags=["documents"])
Reader = Annotated[User, permit(Permission.DOCUMENTS_READ)]
KindName = Annotated[str, Query(max_length=40, pattern="^[a-z_]+$", description="kind of document")]
PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/matters/{matter_id}/documents/preview", response_class=Response, responses=PDF)
def preview_document(
    matter_id: Id,
    kind: KindName,
    user: Reader,
    session: Db,
    proposal: Annotated[int | None, Query(ge=1, description="the proposal that waits for signatures")] = None,
    seq: Annotated[int | None, Query(ge=1, description="the act whose paper it is")] = None,
) -> Response:
    """A paper as it will print, before it is approved or issued; 稿 (draft) stands across each page.

    `X-Missing` names, comma-separated, what stayed blank.
    """
    standing.check_sight(session, user, [matter_id])
    acting = next(iter(standing.actings(user)), None)
    content, missing = drafts.preview(session, matter_id, kind, proposal=proposal, seq=seq, acting=acting)
    return Response(
        content,
        media_type="application/pdf",
        headers={"X-Missing": ",".join(missing), "Cache-Control": "no-store"},
    )
