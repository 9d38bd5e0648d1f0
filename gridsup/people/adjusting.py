"""Adjusting a delegation (委托调整, P6-D3): a letter of its own that changes another from a day on.

The earlier letter is kept as it was and ends where the adjustment begins: once that is announced, and
never before its own first day. So what was done is judged by the letter that was in force on its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Invalid, Refused
from gridsup.people import delegations, queries
from gridsup.people.model import Delegation
from gridsup.people.refusals import fault
from gridsup.procedures.pack import Words

CHANGES = {
    "scope": Words(zh="委托事项", en="matters"),
    "powers": Words(zh="委托权限", en="powers"),
    "areas": Words(zh="委托区域", en="area"),
    "valid_to": Words(zh="委托期限", en="term"),
    "liability": Words(zh="法律责任", en="liability"),
}
"""What an adjustment may change; another delegate takes a new letter."""


def changed(earlier: Delegation, later: Delegation) -> list[Words]:
    """What an adjustment changed, in words."""
    return [title for name, title in CHANGES.items() if getattr(earlier, name) != getattr(later, name)]


def adjust(
    session: Session,
    jurisdiction_id: int,
    delegation_id: int,
    *,
    number: str,
    reason: str,
    valid_from: date,
    changes: Mapping[str, Any],
    signed_on: date,
    signed_by: str | None,
    delegate_signer: str | None,
    today: date,
    by: int | None = None,
) -> Delegation:
    """Record a signed adjustment of a letter; it carries nothing before it is announced.

    ``changes``: new values of some of ``CHANGES``; the rest is taken over.

    Raises:
        As :func:`delegations.add_delegation`. NotFound: no such letter. Refused: ``delegation-over``,
            ``delegation-unpublished``. Conflict: ``delegation-adjusting``: an adjustment waits for its
            announcement. Invalid: ``delegation-days``: it begins in the past or after the term;
            ``delegation-unchanged``.
    """
    row = delegations.held(session, jurisdiction_id, delegation_id)
    _check_adjustable(session, row, today)
    if not max(today, row.valid_from) <= valid_from <= row.valid_to:
        zh, en = (
            "调整之日不能早于今天，也不能在原委托期限之外。",
            "From today on, and within the letter's term.",
        )
        raise fault("delegation-days", "/valid_from", zh, en)
    kept = {name: getattr(row, name) for name in CHANGES}
    told = {**kept, **changes}
    told["areas"] = sorted(set(told["areas"]))
    if told == kept:
        raise Invalid(
            "delegation-unchanged",
            zh="与原委托书 {letter} 相同，没有调整内容。请改动事项、权限、区域、期限或责任。",
            en="It says the same as letter {letter}. Change the matters, powers, area, term or liability.",
            letter=row.number,
        )
    return delegations.add_delegation(
        session,
        jurisdiction_id,
        number=number,
        delegate_id=row.delegate_id,
        signed_on=signed_on,
        signed_by=signed_by,
        delegate_signer=delegate_signer,
        valid_from=valid_from,
        adjusts_id=row.id,
        adjust_reason=reason,
        by=by,
        **told,
    )


def _check_adjustable(session: Session, row: Delegation, today: date) -> None:
    stands = delegations.standing(row, today)
    if stands in ("ended", "revoked"):
        raise delegations.over(row)
    if stands == "draft":
        raise Refused(
            "delegation-unpublished",
            zh="委托书 {letter} 尚未公告，还没有生效。请先公告；内容有误的，撤销后另签。",
            en="Letter {letter} was not announced yet and carries nothing. Announce it first; if it is "
            "wrong, revoke it and sign another.",
            letter=row.number,
        )
    for other in session.scalars(queries.delegations(row.jurisdiction_id)):
        if other.adjusts_id == row.id and other.revoked_on is None:
            raise Conflict(
                "delegation-adjusting",
                zh="委托书 {letter} 已有调整 {other}（尚未生效）。请先公告或撤销该调整。",
                en="Letter {letter} has the adjustment {other} already, which has not begun. Announce or "
                "revoke that first.",
                letter=row.number,
                other=other.number,
            )
