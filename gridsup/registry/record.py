"""Taking one business in hand, and leaving a trace of what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.db import announce
from gridsup.errors import Conflict, NotFound
from gridsup.people.model import Jurisdiction
from gridsup.registry import queries
from gridsup.registry.model import Business, RegistryEvent


def home_of(session: Session, jurisdiction_id: int) -> Jurisdiction:
    return session.scalars(cell_queries.jurisdiction(jurisdiction_id)).one()


def get(session: Session, jurisdiction_id: int, business_id: int) -> Business:
    """Raises NotFound ``business-not-found``."""
    found = session.scalar(queries.business(jurisdiction_id, business_id))
    if found is None:
        raise not_found(business_id)
    return found


def not_found(business_id: int) -> NotFound:
    return NotFound(
        "business-not-found",
        zh="本辖区没有编号为 {id} 的户。",
        en="There is no business {id} in this jurisdiction.",
        id=business_id,
    )


def hold(session: Session, jurisdiction_id: int, business_id: int, version: int | None) -> Business:
    """Lock a business. ``version`` is what the caller saw; None for a caller that has just locked it anew.

    Raises NotFound ``business-not-found``, Conflict ``business-changed``.
    """
    query = queries.business(jurisdiction_id, business_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise not_found(business_id)
    if version is not None and found.version != version:
        raise Conflict(
            "business-changed",
            zh="该户已被他人修改（您看到的是第 {seen} 版，现在是第 {now} 版）。请刷新后再操作。",
            en="Someone changed this business meanwhile (you saw version {seen}, it is {now}). Reload, then "
            "act again.",
            seen=version,
            now=found.version,
        )
    return found


def note(
    session: Session,
    business: Business,
    verb: str,
    *,
    officer_id: int | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Record what was done and raise the version. ``before`` and ``after`` never hold a person's number."""
    business.version += 1
    business.updated_at = func.now()
    trace(session, business, verb, officer_id=officer_id, before=before, after=after, reason=reason)


def trace(
    session: Session,
    business: Business,
    verb: str,
    *,
    officer_id: int | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """The event alone, without a new version (for a business that has just been made)."""
    session.add(
        RegistryEvent(
            jurisdiction_id=business.jurisdiction_id,
            business_id=business.id,
            verb=verb,
            officer_id=officer_id,
            before=before or {},
            after=after or {},
            reason=reason,
        )
    )
    session.flush()
    announce(session, business.jurisdiction_id, "business", id=business.id)


def present_codes(session: Session, jurisdiction_id: int, business_ids: Sequence[int]) -> dict[int, str]:
    """The household code that each of the businesses has now; absent while it is not placed."""
    rows = session.execute(queries.codes_of(jurisdiction_id, business_ids))
    return {code.business_id: code.code for code, _ in rows if code.ended_on is None}
