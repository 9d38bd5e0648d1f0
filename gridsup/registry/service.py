"""The verbs on a business: added, edited, closed, moved, replaced, not found, reopened.

Every verb locks the business, compares ``version`` with what the caller saw (Conflict
``business-changed``), leaves a :class:`RegistryEvent` and raises the version by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.cells.locate import today
from gridsup.codes import parse_registration_number, parse_uscc
from gridsup.crypto import blind_index
from gridsup.errors import Conflict, Invalid, Refused
from gridsup.registry import coding, likeness, queries
from gridsup.registry.drafts import BusinessDraft, PlaceDraft
from gridsup.registry.model import Business, Premises
from gridsup.registry.permits import permit_row
from gridsup.registry.places import place_of, position
from gridsup.registry.record import hold, home_of, note, trace
from gridsup.registry.search import search_text

OPERATOR_INDEX = "business.operator_id_no"
FROM: Mapping[str, tuple[str, ...]] = {
    "closed": ("operating", "not_found", "moved"),
    "moved": ("operating", "not_found"),
    "replaced": ("operating", "not_found", "moved", "closed"),
    "not_found": ("operating",),
    "reopened": ("closed", "moved", "not_found"),
}
"""Verb → the states in which it may happen."""


def add(session: Session, jurisdiction_id: int, draft: BusinessDraft, *, officer_id: int | None) -> Business:
    """Enter a business; with a point it receives its code at once.

    Raises Invalid (codes of :func:`gridsup.codes.parse_uscc`, ``bad-position``), Conflict ``uscc-taken``,
    NotFound ``outside-cells``.
    """
    home = home_of(session, jurisdiction_id)
    uscc, registration_no = identity_numbers(draft)
    if uscc:
        _refuse_taken(session, jurisdiction_id, uscc, but=None)
    premises = place_of(session, home, draft.place)
    business = Business(
        jurisdiction_id=jurisdiction_id,
        premises_id=premises.id,
        uscc=uscc,
        registration_no=registration_no,
        **columns(draft),
    )
    session.add(business)
    session.flush()
    for permit in draft.permits:
        session.add(permit_row(business, permit))
    after = {"name": draft.name, "source": draft.source, "premises_id": premises.id}
    trace(session, business, "added", officer_id=officer_id, after=after)
    if premises.point is not None:
        lon, lat = position(session, premises)
        codes = coding.settle(session, home, premises, lon, lat)
        placed_too(session, premises, codes, but=business.id, officer_id=officer_id)
    session.refresh(business)
    return business


def placed_too(
    session: Session, premises: Premises, codes: Mapping[int, str], *, but: int, officer_id: int | None
) -> None:
    """Note on the other businesses of a premises that it was placed and they received codes."""
    for other in session.scalars(queries.at_premises(premises.jurisdiction_id, premises.id)):
        if other.id != but and other.id in codes:
            note(session, other, "placed", officer_id=officer_id, after={"code": codes[other.id]})


def columns(draft: BusinessDraft) -> dict[str, Any]:
    """The columns of a business that come straight from a draft, its search text among them."""
    return {
        "name": draft.name,
        "search": search_text(
            name=draft.name,
            operator=draft.operator_name,
            address=draft.place.address,
            codes=(draft.uscc, draft.registration_no),
        ),
        "kind": draft.kind,
        "operator_name": draft.operator_name,
        "operator_id_no": draft.operator_id_no,
        "operator_id_index": blind_index(draft.operator_id_no, OPERATOR_INDEX)
        if draft.operator_id_no
        else None,
        "phone": draft.phone,
        "scope": draft.scope,
        "industry": draft.industry,
        "trade": draft.trade,
        "licence_status": draft.licence_status,
        "risk": draft.risk,
        "opened_on": draft.opened_on,
        "status": draft.status,
        "closed_on": draft.closed_on,
        "source": draft.source,
        "demo": draft.demo,
    }


def identity_numbers(draft: BusinessDraft) -> tuple[str | None, str | None]:
    """The credit code and the registration number, checked and written tidily."""
    uscc = parse_uscc(draft.uscc).code if draft.uscc else None
    number = parse_registration_number(draft.registration_no).code if draft.registration_no else None
    return uscc, number


EDITABLE = frozenset(
    {
        "name",
        "uscc",
        "registration_no",
        "kind",
        "operator_name",
        "operator_id_no",
        "phone",
        "scope",
        "industry",
        "trade",
        "licence_status",
        "risk",
        "opened_on",
    }
)
"""What :func:`edit` may change; place and state have verbs of their own."""


def edit(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    changes: Mapping[str, Any],
    *,
    officer_id: int | None,
    version: int,
    reason: str | None = None,
) -> Business:
    """Correct what is on record. ``changes`` holds columns of :data:`EDITABLE`; others raise Invalid
    ``field-not-editable``. People's numbers leave only their field's name in the history."""
    business = hold(session, jurisdiction_id, business_id, version)
    strange = sorted(set(changes) - EDITABLE)
    if strange:
        raise Invalid(
            "field-not-editable",
            zh="这些项不能直接修改：{fields}。",
            en="These fields cannot be edited: {fields}.",
            fields=", ".join(strange),
        )
    changed = {k: v for k, v in changes.items() if getattr(business, k) != v}
    if changed.get("uscc"):
        changed["uscc"] = parse_uscc(changed["uscc"]).code
        _refuse_taken(session, jurisdiction_id, changed["uscc"], but=business.id)
    if changed.get("registration_no"):
        changed["registration_no"] = parse_registration_number(changed["registration_no"]).code
    before = {key: _plain(key, getattr(business, key)) for key in changed}
    for key, value in changed.items():
        setattr(business, key, value)
    if "operator_id_no" in changed:
        number = business.operator_id_no
        business.operator_id_index = blind_index(number, OPERATOR_INDEX) if number else None
    if changed:
        refresh_search(session, business)
        after = {key: _plain(key, value) for key, value in changed.items()}
        note(session, business, "edited", officer_id=officer_id, before=before, after=after, reason=reason)
    return business


def _plain(key: str, value: Any) -> Any:
    if key in ("operator_id_no", "phone"):
        return None if value is None else "***"
    return value.isoformat() if isinstance(value, date) else value


def refresh_search(session: Session, business: Business) -> None:
    """Write the search text anew, with every code that it, or one merged into it, ever had."""
    jurisdiction_id = business.jurisdiction_id
    ids = [business.id, *session.scalars(queries.merged_into(jurisdiction_id, business.id))]
    codes = [row.code for row, _ in session.execute(queries.codes_of(jurisdiction_id, ids))]
    address = session.scalars(queries.premises(jurisdiction_id, business.premises_id)).one().address
    business.search = search_text(
        name=business.name,
        operator=business.operator_name,
        address=address,
        codes=(business.uscc, business.registration_no, *codes),
    )


def close(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    *,
    officer_id: int | None,
    version: int,
    on: date | None = None,
    reason: str | None = None,
) -> Business:
    """It has ceased (停业、注销): it keeps its code and its place in the history of the premises."""
    business = _turn(session, jurisdiction_id, business_id, "closed", version)
    before = {"status": business.status}
    business.status, business.closed_on = "closed", on or today()
    after = {"status": "closed", "closed_on": business.closed_on.isoformat()}
    note(session, business, "closed", officer_id=officer_id, before=before, after=after, reason=reason)
    return business


def mark_not_found(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    *,
    officer_id: int | None,
    version: int,
    reason: str | None = None,
) -> Business:
    """It is not at its address (查无下落)."""
    business = _turn(session, jurisdiction_id, business_id, "not_found", version)
    before = {"status": business.status}
    business.status = "not_found"
    after = {"status": "not_found"}
    note(session, business, "not_found", officer_id=officer_id, before=before, after=after, reason=reason)
    return business


def reopen(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    *,
    officer_id: int | None,
    version: int,
    reason: str | None = None,
) -> Business:
    """It does business again, or was found after all."""
    business = _turn(session, jurisdiction_id, business_id, "reopened", version)
    before = {"status": business.status}
    business.status, business.closed_on = "operating", None
    after = {"status": "operating"}
    note(session, business, "reopened", officer_id=officer_id, before=before, after=after, reason=reason)
    return business


def move(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    *,
    officer_id: int | None,
    version: int,
    to: PlaceDraft | None = None,
    reason: str | None = None,
) -> Business:
    """It has moved (迁址): within the jurisdiction to ``to``, or away when ``to`` is None.

    A placed new premises in another cell gives it a new code; the old one becomes an alias. An unplaced
    one leaves it the old code until it is placed. Raises NotFound ``outside-cells``.
    """
    business = _turn(session, jurisdiction_id, business_id, "moved", version)
    before = {"status": business.status, "premises_id": business.premises_id}
    if to is None:
        business.status, business.closed_on = "moved", today()
    else:
        home = home_of(session, jurisdiction_id)
        premises = place_of(session, home, to)
        business.premises_id, business.status = premises.id, "operating"
        session.flush()
        if premises.point is not None:
            lon, lat = position(session, premises)
            codes = coding.settle(session, home, premises, lon, lat)
            placed_too(session, premises, codes, but=business.id, officer_id=officer_id)
            session.refresh(business, ["search"])
        refresh_search(session, business)
    after = {"status": business.status, "premises_id": business.premises_id}
    note(session, business, "moved", officer_id=officer_id, before=before, after=after, reason=reason)
    return business


def replace(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    successor: BusinessDraft,
    *,
    officer_id: int | None,
    version: int,
    reason: str | None = None,
) -> Business:
    """Another business has taken over the premises (换户); the successor, at the same premises.

    ``successor.place`` is ignored: the premises stays what it is.
    """
    business = _turn(session, jurisdiction_id, business_id, "replaced", version)
    home = home_of(session, jurisdiction_id)
    uscc, registration_no = identity_numbers(successor)
    if uscc:
        _refuse_taken(session, jurisdiction_id, uscc, but=None)
    before = {"status": business.status}
    business.status, business.closed_on = "replaced", business.closed_on or today()
    new = Business(
        jurisdiction_id=jurisdiction_id,
        premises_id=business.premises_id,
        uscc=uscc,
        registration_no=registration_no,
        replaces_id=business.id,
        **columns(successor),
    )
    session.add(new)
    session.flush()
    refresh_search(session, new)
    premises = session.scalars(queries.premises(jurisdiction_id, business.premises_id)).one()
    if premises.point is not None:
        coding.settle(session, home, premises, *position(session, premises))
    note(
        session,
        business,
        "replaced",
        officer_id=officer_id,
        before=before,
        after={"by": new.id},
        reason=reason,
    )
    trace(session, new, "added", officer_id=officer_id, after={"name": new.name, "replaces": business.id})
    session.refresh(new)
    return new


def _turn(session: Session, jurisdiction_id: int, business_id: int, verb: str, version: int) -> Business:
    business = hold(session, jurisdiction_id, business_id, version)
    if business.status not in FROM[verb]:
        raise Refused(
            "business-state",
            zh="该户当前状态为“{status}”，不能进行此操作（{verb}）。",
            en="The business is “{status}”; it cannot be {verb} from there.",
            status=business.status,
            verb=verb,
        )
    return business


def _refuse_taken(session: Session, jurisdiction_id: int, uscc: str, *, but: int | None) -> None:
    taken = session.scalar(
        likeness.same_identity(jurisdiction_id, uscc=uscc, registration_no=None, but=but).limit(1)
    )
    if taken is not None:
        raise Conflict(
            "uscc-taken",
            zh="统一社会信用代码 {uscc} 已登记在“{name}”（编号 {id}）名下；如为同一户，请使用合并。",
            en="Credit code {uscc} already belongs to “{name}” (no. {id}); if both are one, merge them.",
            uscc=uscc,
            name=taken.name,
            id=taken.id,
        )
