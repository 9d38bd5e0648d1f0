"""The audit trail: who signed in, who was refused, who saw or changed what about people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.auth import User
from api.deps import Db
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from gridsup.people import queries

router = APIRouter(tags=["people"])


class AuditView(BaseModel):
    """One entry. `subject` names a thing as `kind:id`."""

    id: int
    at: datetime
    officer_id: int | None
    act: str
    subject: str | None
    reason: str | None
    detail: dict[str, Any]


@router.get("/audit")
def list_audit(
    user: Annotated[User, permit(Permission.AUDIT_READ)],
    session: Db,
    act: Annotated[str | None, Query(max_length=60)] = None,
    officer_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditView]:
    """The trail, newest first."""
    before = decode(cursor, datetime, int)
    rows = list(
        session.scalars(
            queries.audit(
                user.jurisdiction_id,
                act=act,
                officer_id=officer_id,
                before=(before[0], before[1]) if before else None,
                limit=limit + 1,
            )
        )
    )
    return page(
        rows,
        limit,
        lambda row: AuditView.model_validate(row, from_attributes=True),
        lambda row: (row.at, row.id),
    )
