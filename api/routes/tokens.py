"""Personal access tokens: for programs, with at most what their owner may."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.auth import TOKEN_PREFIX, User
from api.deps import Db, Id
from api.permissions import Permission
from api.policy import permit
from api.routes.session import browser_only
from api.texts import Line
from gridsup.people import signins
from gridsup.people.model import AccessToken

router = APIRouter(tags=["tokens"])
Self = Annotated[User, permit(Permission.SELF)]


class TokenForm(BaseModel):
    name: Line = Field(description="what it is for")
    permissions: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    expires_at: AwareDatetime = Field(description="within one year")


class Token(BaseModel):
    id: int
    name: str
    permissions: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class NewToken(Token):
    secret: str = Field(description="`Authorization: Bearer …`; shown this once")


@router.get("/tokens")
def list_tokens(user: Self, session: Db) -> list[Token]:
    """My tokens, newest first."""
    return [_shown(one) for one in signins.list_tokens(session, user.jurisdiction_id, user.account_id)]


@router.post("/tokens", status_code=201)
def create_token(form: TokenForm, user: Self, session: Db) -> NewToken:
    """Make a token. A token cannot make others."""
    browser_only(user)
    row, secret = signins.create_token(
        session,
        user.jurisdiction_id,
        user.account_id,
        name=form.name,
        permissions=[one.value for one in form.permissions],
        allowed=[one.value for one in user.permissions],
        expires_at=form.expires_at,
        now=datetime.now(UTC),
        officer_id=user.officer_id,
    )
    return NewToken(**_shown(row).model_dump(), secret=f"{TOKEN_PREFIX}{user.jurisdiction_id}_{secret}")


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(token_id: Id, user: Self, session: Db) -> None:
    """End a token of mine."""
    signins.revoke_token(session, user.jurisdiction_id, user.account_id, token_id, officer_id=user.officer_id)


def _shown(row: AccessToken) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        permissions=list(row.permissions),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
