"""Every select on accounts, sessions and tokens, the tables that only the role ``gridsup_auth`` reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Delete, Select, Update, delete, func, or_, select, update

from gridsup.people.model import AccessToken, Account, SignIn


def account_by_name(jurisdiction_id: int, username: str, *, active_only: bool = True) -> Select[Account]:
    query = select(Account).where(Account.jurisdiction_id == jurisdiction_id, Account.username == username)
    return query.where(Account.active) if active_only else query


def account_of(jurisdiction_id: int, officer_id: int) -> Select[Account]:
    return select(Account).where(Account.jurisdiction_id == jurisdiction_id, Account.officer_id == officer_id)


def accounts_of(jurisdiction_id: int, officer_ids: Iterable[int]) -> Select[int, str, bool]:
    """``(officer_id, username, active)`` of the officers' accounts."""
    return select(Account.officer_id, Account.username, Account.active).where(
        Account.jurisdiction_id == jurisdiction_id, Account.officer_id.in_(list(officer_ids))
    )


def locked(jurisdiction_id: int, officer_ids: Iterable[int], now: datetime) -> Select[int, datetime | None]:
    """``(officer_id, until when)`` of those whose account rests after failed tries."""
    return select(Account.officer_id, Account.locked_until).where(
        Account.jurisdiction_id == jurisdiction_id,
        Account.officer_id.in_(list(officer_ids)),
        Account.locked_until > now,
    )


def owners_of_accounts(jurisdiction_id: int, account_ids: Iterable[int]) -> Select[int, int]:
    """``(account_id, officer_id)``."""
    return select(Account.id, Account.officer_id).where(
        Account.jurisdiction_id == jurisdiction_id, Account.id.in_(list(account_ids))
    )


def usernames(jurisdiction_id: int, names: Iterable[str]) -> Select[str]:
    """Which of the names are taken."""
    return select(Account.username).where(
        Account.jurisdiction_id == jurisdiction_id, Account.username.in_(list(names))
    )


def sign_in(jurisdiction_id: int, secret_hash: bytes) -> Select[SignIn, Account]:
    return (
        select(SignIn, Account)
        .join(
            Account,
            (Account.jurisdiction_id == SignIn.jurisdiction_id) & (Account.id == SignIn.account_id),
        )
        .where(SignIn.jurisdiction_id == jurisdiction_id, SignIn.secret_hash == secret_hash, Account.active)
    )


def delete_sign_ins(
    jurisdiction_id: int, account_id: int, *, only: int | None = None, but: int | None = None
) -> Delete:
    query = delete(SignIn).where(SignIn.jurisdiction_id == jurisdiction_id, SignIn.account_id == account_id)
    if only is not None:
        query = query.where(SignIn.id == only)
    if but is not None:
        query = query.where(SignIn.id != but)
    return query


def delete_expired_sign_ins(jurisdiction_id: int, now: datetime, idle_since: datetime) -> Delete:
    return delete(SignIn).where(
        SignIn.jurisdiction_id == jurisdiction_id,
        or_(SignIn.expires_at <= now, SignIn.seen_at <= idle_since),
    )


def token(jurisdiction_id: int, secret_hash: bytes) -> Select[AccessToken, Account]:
    return (
        select(AccessToken, Account)
        .join(
            Account,
            (Account.jurisdiction_id == AccessToken.jurisdiction_id) & (Account.id == AccessToken.account_id),
        )
        .where(
            AccessToken.jurisdiction_id == jurisdiction_id,
            AccessToken.secret_hash == secret_hash,
            Account.active,
        )
    )


def tokens(jurisdiction_id: int, account_id: int) -> Select[AccessToken]:
    return (
        select(AccessToken)
        .where(AccessToken.jurisdiction_id == jurisdiction_id, AccessToken.account_id == account_id)
        .order_by(AccessToken.id.desc())
    )


def token_of(jurisdiction_id: int, account_id: int, token_id: int) -> Select[AccessToken]:
    return tokens(jurisdiction_id, account_id).where(AccessToken.id == token_id)


def revoke_tokens(jurisdiction_id: int, account_id: int, *, only: int | None = None) -> Update:
    query = (
        update(AccessToken)
        .where(
            AccessToken.jurisdiction_id == jurisdiction_id,
            AccessToken.account_id == account_id,
            AccessToken.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
    )
    return query.where(AccessToken.id == only) if only is not None else query
