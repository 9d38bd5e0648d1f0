"""Accounts of officers: making them, counting failed tries, locking (防爆破), changing passwords.

Every function steps into ``gridsup_auth`` for the accounts themselves and writes the audit trail as the
role that called.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gridsup.errors import Conflict, FieldFault, Invalid, NotFound
from gridsup.people import account_queries, passwords, queries
from gridsup.people.audit import as_auth, record
from gridsup.people.model import Account

TRIES = 5
"""Failed tries in a row before the account is locked."""
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
_USERNAME = re.compile(r"[^\s\x00-\x1f\x7f/:@]{2,60}")


def lock_after(failures: int) -> timedelta:
    """How long an account rests after so many failures: none, then 15 minutes, then twice as long each."""
    if failures < TRIES:
        return timedelta()
    return min(FIRST_LOCK * (1 << min(failures - TRIES, 10)), LONGEST_LOCK)


def normal(username: str) -> str:
    """The one spelling of a user name: NFKC, lower case, no blanks around it."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def is_username(name: str) -> bool:
    """Whether a name, spelt :func:`normal`, may be one: 2–60 characters, no blanks, ``/``, ``:``, ``@``."""
    return _USERNAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in, already counted as failed. ``wait`` is positive while the account is locked."""

    jurisdiction_id: int
    username: str
    account_id: int | None
    officer_id: int | None
    password_hash: str | None
    wait: timedelta


def begin_attempt(session: Session, jurisdiction_id: int, username: str, *, now: datetime) -> Attempt:
    """Count a try before it is judged, so that a hundred tries at once are still counted one by one.

    The caller commits, judges with :func:`passwords.matches` outside any transaction (the hash takes its
    time), and then calls :func:`settle_attempt`.
    """
    name = normal(username)
    with as_auth(session):
        account = session.scalar(account_queries.account_by_name(jurisdiction_id, name).with_for_update())
        if account is None:
            return Attempt(jurisdiction_id, name, None, None, None, timedelta())
        wait = max((account.locked_until or now) - now, timedelta())
        if not wait:
            account.failures += 1
            if rest := lock_after(account.failures):
                account.locked_until = now + rest
        return Attempt(jurisdiction_id, name, account.id, account.officer_id, account.password_hash, wait)


def settle_attempt(session: Session, attempt: Attempt, *, good: bool, password: str) -> None:
    """Write down how the try ended; a good one clears the count and renews an outdated hash."""
    subject = f"account:{attempt.account_id}" if attempt.account_id else "account:unknown"
    act = "sign-in" if good else "sign-in-failed"
    record(
        session,
        attempt.jurisdiction_id,
        act,
        officer_id=attempt.officer_id,
        subject=subject,
        locked=bool(attempt.wait),
    )
    if not good or attempt.account_id is None:
        return
    with as_auth(session):
        account = session.get_one(Account, (attempt.jurisdiction_id, attempt.account_id))
        account.failures, account.locked_until = 0, None
        if passwords.is_stale(account.password_hash):
            account.password_hash = passwords.hash_password(password)


def create_account(
    session: Session,
    jurisdiction_id: int,
    officer_id: int,
    username: str,
    *,
    password: str | None = None,
    must_change: bool | None = None,
    language: str = "zh",
    by: int | None = None,
) -> str:
    """Give an officer a sign-in; the password (a one-time one, unless it is given).

    Raises:
        Invalid: the user name has blanks, ``/``, ``:``, ``@`` or is not 2–60 characters; a weak password.
        Conflict: the user name is taken.
        NotFound: no such officer.
    """
    name = normal(username)
    if not is_username(name):
        zh, en = (
            "用户名须为 2 至 60 个字符，不含空格和 / : @。",
            "A user name has 2 to 60 characters, no blanks, / : @.",
        )
        raise Invalid("username", zh=zh, en=en, faults=[FieldFault("/username", zh, en)])
    if session.scalar(queries.officer(jurisdiction_id, officer_id)) is None:
        raise NotFound(
            "officer", zh="没有编号为 {id} 的人员。", en="There is no officer {id}.", id=officer_id
        )
    chosen = password or passwords.one_time_password()
    if password is not None:
        passwords.check(password, username=name, pointer="/password")
    with as_auth(session):
        if (
            session.scalar(account_queries.account_by_name(jurisdiction_id, name, active_only=False))
            is not None
        ):
            zh, en = f"用户名“{name}”已被使用。", f"The user name {name} is taken."
            raise Conflict("username-taken", zh=zh, en=en, faults=[FieldFault("/username", zh, en)])
        account = Account(
            jurisdiction_id=jurisdiction_id,
            username=name,
            officer_id=officer_id,
            password_hash=passwords.hash_password(chosen),
            must_change=password is None if must_change is None else must_change,
            language=language,
        )
        session.add(account)
        session.flush()
    record(session, jurisdiction_id, "account-created", officer_id=by, subject=f"account:{account.id}")
    return chosen


def change_password(
    session: Session,
    jurisdiction_id: int,
    account_id: int,
    *,
    current: str,
    new: str,
    keep_sign_in: int | None,
) -> None:
    """Set another password and end every other session of the account.

    Raises:
        Invalid: ``password-wrong`` when ``current`` is not the present password,
            ``password-weak``; ``password-same`` when nothing changes.
    """
    with as_auth(session):
        account = session.get_one(Account, (jurisdiction_id, account_id))
        if not passwords.matches(account.password_hash, current):
            zh, en = "现在的密码不对。", "The present password is wrong."
            raise Invalid("password-wrong", zh=zh, en=en, faults=[FieldFault("/current", zh, en)])
        if new == current:
            zh, en = "新密码不能与现在的相同。", "The new password must differ from the present one."
            raise Invalid("password-same", zh=zh, en=en, faults=[FieldFault("/new", zh, en)])
        passwords.check(new, username=account.username)
        account.password_hash = passwords.hash_password(new)
        account.must_change = False
        session.execute(account_queries.delete_sign_ins(jurisdiction_id, account_id, but=keep_sign_in))
    record(
        session,
        jurisdiction_id,
        "password-changed",
        officer_id=account.officer_id,
        subject=f"account:{account_id}",
    )


def reset_password(
    session: Session, jurisdiction_id: int, officer_id: int, *, by: int | None = None
) -> tuple[str, str]:
    """``(username, one-time password)`` anew for an officer; unlocks, ends all sessions and tokens.

    Raises:
        NotFound: the officer has no account.
    """
    with as_auth(session):
        account = session.scalar(account_queries.account_of(jurisdiction_id, officer_id).with_for_update())
        if account is None:
            raise NotFound("account", zh="该人员还没有账号。", en="This officer has no account yet.")
        chosen = passwords.one_time_password()
        account.password_hash = passwords.hash_password(chosen)
        account.must_change, account.failures, account.locked_until = True, 0, None
        session.execute(account_queries.delete_sign_ins(jurisdiction_id, account.id))
        session.execute(account_queries.revoke_tokens(jurisdiction_id, account.id))
    record(session, jurisdiction_id, "password-reset", officer_id=by, subject=f"account:{account.id}")
    return account.username, chosen


def unlock(session: Session, jurisdiction_id: int, officer_id: int, *, by: int | None = None) -> None:
    """Let an account that rests after failed tries be used again, with its own password.

    Raises:
        NotFound: the officer has no account.
    """
    with as_auth(session):
        account = session.scalar(account_queries.account_of(jurisdiction_id, officer_id).with_for_update())
        if account is None:
            raise NotFound("account", zh="该人员还没有账号。", en="This officer has no account yet.")
        account.failures, account.locked_until = 0, None
    record(session, jurisdiction_id, "account-unlocked", officer_id=by, subject=f"account:{account.id}")


def set_active(
    session: Session, jurisdiction_id: int, officer_id: int, *, active: bool, by: int | None = None
) -> None:
    """Open or close an officer's account; closing ends its sessions and tokens. No account: no effect."""
    with as_auth(session):
        account = session.scalar(account_queries.account_of(jurisdiction_id, officer_id).with_for_update())
        if account is None or account.active == active:
            return
        account.active = active
        if not active:
            session.execute(account_queries.delete_sign_ins(jurisdiction_id, account.id))
            session.execute(account_queries.revoke_tokens(jurisdiction_id, account.id))
    act = "account-opened" if active else "account-closed"
    record(session, jurisdiction_id, act, officer_id=by, subject=f"account:{account.id}")


def set_language(session: Session, jurisdiction_id: int, account_id: int, language: str) -> None:
    """Keep the language that this account wants (``zh`` or ``en``)."""
    with as_auth(session):
        session.get_one(Account, (jurisdiction_id, account_id)).language = language
