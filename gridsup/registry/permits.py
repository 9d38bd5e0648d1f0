"""Permits (许可证) of a business: won, and lost by revocation, rescission, cancellation or expiry."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from gridsup.cells.locate import today
from gridsup.errors import Invalid, NotFound, Refused
from gridsup.registry import queries
from gridsup.registry.drafts import PermitDraft
from gridsup.registry.model import PERMIT_STATUS, Business, Permit
from gridsup.registry.record import hold, note


def permit_row(business: Business, draft: PermitDraft) -> Permit:
    return Permit(jurisdiction_id=business.jurisdiction_id, business_id=business.id, **asdict(draft))


def add_permit(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    draft: PermitDraft,
    *,
    officer_id: int | None,
    version: int,
) -> Permit:
    """Record a permit. Raises Invalid ``permit-dates`` when it expires before it was issued."""
    business = hold(session, jurisdiction_id, business_id, version)
    if draft.issued_on and draft.expires_on and draft.expires_on < draft.issued_on:
        raise Invalid(
            "permit-dates",
            zh="许可证的到期日 {expires} 早于发证日 {issued}，请核对。",
            en="The permit expires on {expires}, before it was issued on {issued}. Check the dates.",
            expires=draft.expires_on,
            issued=draft.issued_on,
        )
    permit = permit_row(business, draft)
    session.add(permit)
    after = {"kind": draft.kind, "number": draft.number, "department": draft.department}
    note(session, business, "permit_added", officer_id=officer_id, after=after)
    return permit


def lose_permit(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    permit_id: int,
    *,
    status: str,
    officer_id: int | None,
    version: int,
    on: date | None = None,
    reason: str | None = None,
) -> Permit:
    """A permit is ``revoked``, ``rescinded``, ``cancelled`` or ``expired`` on a day (P9-N3 counts from it).

    Raises NotFound ``permit-not-found``, Invalid ``permit-status``, Refused ``permit-lost-already``.
    """
    business = hold(session, jurisdiction_id, business_id, version)
    permit = session.scalar(queries.permit(jurisdiction_id, permit_id))
    if permit is None or permit.business_id != business_id:
        raise NotFound(
            "permit-not-found",
            zh="该户没有编号为 {id} 的许可证。",
            en="This business has no permit {id}.",
            id=permit_id,
        )
    if status not in PERMIT_STATUS or status == "valid":
        raise Invalid(
            "permit-status",
            zh="许可证失效的方式应为：吊销、撤销、注销或到期。",
            en="A permit is lost by being revoked, rescinded, cancelled or expired.",
        )
    if permit.status != "valid":
        raise Refused(
            "permit-lost-already",
            zh="该许可证已于 {on} 失效。",
            en="This permit was lost already, on {on}.",
            on=permit.lost_on,
        )
    permit.status, permit.lost_on = status, on or today()
    after = {"permit_id": permit.id, "status": status, "lost_on": permit.lost_on.isoformat()}
    note(
        session,
        business,
        "permit_lost",
        officer_id=officer_id,
        before={"permit_id": permit.id, "status": "valid"},
        after=after,
        reason=reason,
    )
    return permit
