"""Browser sessions and personal access tokens: only the hash of a secret is ever stored.

A secret is 32 random bytes, so a plain SHA-256 is enough. The anti-forgery value (CSRF) is derived from the
session's secret: whoever cannot read the cookie cannot know it, and it need not be stored to be shown.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.errors import FieldFault, Invalid, NotFound, Unauthenticated
from gridsup.people import account_queries
from gridsup.people.audit import as_auth, record
from gridsup.people.model import AccessToken, Account, SignIn

IDLE = timedelta(hours=12)
"""A session unused for so long has ended."""
ABSOLUTE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=1)
"""``seen_at`` is written at most so often, that reading does not become writing."""
LONGEST_TOKEN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who a secret proves to be. ``token_permissions`` is None for a browser session."""

    account_id: int
    officer_id: int
    username: str
    language: str
    must_change: bool
    sign_in_id: int | None = None
    csrf: str | None = None
    token_permissions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: ``secret`` goes into the cookie, ``csrf`` to the page."""

    secret: str
    csrf: str
    sign_in_id: int
    expires_at: datetime


def digest(secret: str) -> bytes:
    """What is stored in place of a secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def csrf_of(secret: str) -> str:
    """The anti-forgery value that belongs to a session's secret."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), b"gridsup csrf", sha256).hexdigest()


def open_session(
    session: Session, jurisdiction_id: int, account_id: int, *, agent: str | None, now: datetime
) -> Opened:
    """Begin a browser session; the account's expired ones are cleared away."""
    secret = secrets.token_urlsafe(32)
    csrf = csrf_of(secret)
    row = SignIn(
        jurisdiction_id=jurisdiction_id,
        account_id=account_id,
        secret_hash=digest(secret),
        csrf_hash=digest(csrf),
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
        agent=agent[:200] if agent else None,
    )
    with as_auth(session):
        session.execute(account_queries.delete_expired_sign_ins(jurisdiction_id, now, now - IDLE))
        session.add(row)
        session.flush()
    return Opened(secret, csrf, row.id, row.expires_at)


def resume(session: Session, jurisdiction_id: int, secret: str, *, now: datetime) -> Proof | None:
    """Whose session this is; None when it is unknown, idle too long, over, or its account is closed."""
    with as_auth(session):
        found = session.execute(account_queries.sign_in(jurisdiction_id, digest(secret))).one_or_none()
        if found is None:
            return None
        row, account = found
        if row.expires_at <= now or row.seen_at <= now - IDLE:
            return None
        if row.seen_at <= now - TOUCH_EVERY:
            row.seen_at = now
        csrf = csrf_of(secret)
        if not hmac.compare_digest(digest(csrf), row.csrf_hash):
            return None
        return _proof(account, sign_in_id=row.id, csrf=csrf)


def close(session: Session, jurisdiction_id: int, account_id: int, sign_in_id: int) -> None:
    """End one session (sign out)."""
    with as_auth(session):
        session.execute(account_queries.delete_sign_ins(jurisdiction_id, account_id, only=sign_in_id))


def create_token(
    session: Session,
    jurisdiction_id: int,
    account_id: int,
    *,
    name: str,
    permissions: Iterable[str],
    allowed: Iterable[str],
    expires_at: datetime,
    now: datetime,
    officer_id: int | None = None,
) -> tuple[AccessToken, str]:
    """A token for a program, and its secret, which is shown this once.

    Raises:
        Invalid: ``token-permissions`` for one that its owner lacks; ``token-expiry`` outside one year.
    """
    asked = sorted(set(permissions))
    if beyond := sorted(set(asked) - set(allowed)):
        zh, en = "您自己没有这些权限：{beyond}。", "You do not hold these permissions yourself: {beyond}."
        raise Invalid(
            "token-permissions",
            zh=zh,
            en=en,
            faults=[
                FieldFault(f"/permissions/{n}", "您没有此权限。", "You do not hold it.")
                for n, one in enumerate(permissions)
                if one in beyond
            ],
            beyond=", ".join(beyond),
        )
    if not now < expires_at <= now + LONGEST_TOKEN:
        zh, en = "有效期须在今后一年之内。", "A token expires within the next year."
        raise Invalid("token-expiry", zh=zh, en=en, faults=[FieldFault("/expires_at", zh, en)])
    secret = secrets.token_urlsafe(32)
    row = AccessToken(
        jurisdiction_id=jurisdiction_id,
        account_id=account_id,
        name=name,
        secret_hash=digest(secret),
        permissions=asked,
        created_at=now,
        expires_at=expires_at,
    )
    with as_auth(session):
        session.add(row)
        session.flush()
    record(session, jurisdiction_id, "token-created", officer_id=officer_id, subject=f"token:{row.id}")
    return row, secret


def prove_token(session: Session, jurisdiction_id: int, secret: str, *, now: datetime) -> Proof:
    """Whose token this is. Raises Unauthenticated ``token-unknown`` (also when its account is closed),
    ``token-revoked``, ``token-expired``: who holds the secret may know what became of it."""
    with as_auth(session):
        found = session.execute(account_queries.token(jurisdiction_id, digest(secret))).one_or_none()
    if found is None:
        raise Unauthenticated(
            "token-unknown",
            zh="令牌不正确。请核对是否复制完整，或在“接口与令牌”页新建。",
            en="No such token. Check that all of it was copied, or make one on “Interfaces, tokens”.",
        )
    row, account = found
    if row.revoked_at is not None:
        raise Unauthenticated(
            "token-revoked",
            zh="令牌已于 {day} 停用。请在“接口与令牌”页新建。",
            en="The token was revoked on {day}. Make another on the page “Interfaces, tokens”.",
            day=local_day(row.revoked_at).isoformat(),
        )
    if row.expires_at <= now:
        raise Unauthenticated(
            "token-expired",
            zh="令牌已于 {day} 到期。请在“接口与令牌”页新建。",
            en="The token expired on {day}. Make another on the page “Interfaces, tokens”.",
            day=local_day(row.expires_at).isoformat(),
        )
    return _proof(account, token_permissions=frozenset(row.permissions))


def prove_officer(session: Session, jurisdiction_id: int, officer_id: int) -> Proof | None:
    """The proof of an officer whose work another hands in; None when there is no active account."""
    with as_auth(session):
        account = session.scalar(account_queries.account_of(jurisdiction_id, officer_id))
    return replace(_proof(account), must_change=False) if account and account.active else None


def list_tokens(session: Session, jurisdiction_id: int, account_id: int) -> list[AccessToken]:
    """The account's tokens, newest first, revoked and expired ones among them."""
    with as_auth(session):
        return list(session.scalars(account_queries.tokens(jurisdiction_id, account_id)))


def revoke_token(
    session: Session, jurisdiction_id: int, account_id: int, token_id: int, *, officer_id: int | None = None
) -> None:
    """End a token; a second time changes nothing.

    Raises:
        NotFound: the account has no such token.
    """
    with as_auth(session):
        if session.scalar(account_queries.token_of(jurisdiction_id, account_id, token_id)) is None:
            raise NotFound("token", zh="没有这个访问令牌。", en="There is no such token.")
        session.execute(account_queries.revoke_tokens(jurisdiction_id, account_id, only=token_id))
    record(session, jurisdiction_id, "token-revoked", officer_id=officer_id, subject=f"token:{token_id}")


def _proof(
    account: Account,
    *,
    sign_in_id: int | None = None,
    csrf: str | None = None,
    token_permissions: frozenset[str] | None = None,
) -> Proof:
    return Proof(
        account.id,
        account.officer_id,
        account.username,
        account.language,
        account.must_change,
        sign_in_id,
        csrf,
        token_permissions,
    )
