"""Stepping from one database role into another inside a transaction, and the record of such steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.db import APP_ROLE, AUTH_ROLE
from gridsup.people.model import AuditEntry


@contextmanager
def as_auth(session: Session) -> Iterator[None]:
    """Run the block as ``gridsup_auth``, the only role that reads accounts, sessions and tokens.

    The role before it comes back afterwards. When the block raises, the transaction (or its savepoint) is
    rolled back and PostgreSQL itself restores the role.
    """
    session.flush()  # what waits belongs to the role before
    before = session.scalar(text("SELECT current_setting('role')"))
    session.execute(text(f"SET LOCAL ROLE {AUTH_ROLE}"))
    yield
    session.flush()
    session.execute(text(f"SET LOCAL ROLE {before if before in (APP_ROLE, AUTH_ROLE) else 'none'}"))


def record(
    session: Session,
    jurisdiction_id: int,
    act: str,
    *,
    officer_id: int | None = None,
    subject: str | None = None,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """Write one line of the audit trail (留痕): sign-ins, refusals, unmasking, exports. Append-only."""
    session.add(
        AuditEntry(
            jurisdiction_id=jurisdiction_id,
            officer_id=officer_id,
            act=act,
            subject=subject,
            reason=reason,
            detail=detail,
        )
    )
    session.flush()
