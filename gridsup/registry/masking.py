"""People's numbers in the register: masked everywhere, opened one by one, with an event (脱敏)."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from gridsup.codes import mask_id, mask_phone
from gridsup.errors import Invalid, NotFound
from gridsup.people.audit import record
from gridsup.registry import queries
from gridsup.registry.model import Business

Sensitive = Literal["operator_id_no", "phone"]
SENSITIVE: tuple[Sensitive, ...] = ("operator_id_no", "phone")


def masked(business: Business) -> dict[str, str | None]:
    """The sensitive fields as anyone may see them. Lists do not even load them."""
    return {
        "operator_id_no": mask_id(business.operator_id_no) if business.operator_id_no else None,
        "phone": mask_phone(business.phone) if business.phone else None,
    }


def unmask(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    field: Sensitive,
    *,
    officer_id: int | None,
    reason: str,
) -> str:
    """One number of one business in clear; leaves an audit entry that names who and why.

    Raises Invalid ``reason-missing``, NotFound ``business-not-found`` or ``nothing-to-unmask``.
    """
    if len(reason.strip()) < 2:
        raise Invalid(
            "reason-missing",
            zh="查看完整号码须写明理由。",
            en="State a reason to see the whole number.",
        )
    business = session.scalar(queries.business(jurisdiction_id, business_id))
    value: str | None = getattr(business, field) if business is not None and field in SENSITIVE else None
    if value is None:
        raise NotFound(
            "nothing-to-unmask",
            zh="该户不存在，或没有登记这项号码。",
            en="There is no such business, or it has no such number on record.",
        )
    record(
        session,
        jurisdiction_id,
        "unmask",
        officer_id=officer_id,
        subject=f"business:{business_id}",
        reason=reason.strip(),
        field=field,
    )
    return value
