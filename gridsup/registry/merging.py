"""The same household twice: suggested, merged, and taken apart again when it was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from gridsup.cells.locate import today
from gridsup.errors import Invalid, Refused
from gridsup.registry import coding, likeness, queries, statements
from gridsup.registry.addresses import bare_name, name_prefix
from gridsup.registry.drafts import CARRIED
from gridsup.registry.model import Business, HouseholdCode
from gridsup.registry.places import position
from gridsup.registry.record import get, hold, home_of, note
from gridsup.registry.service import refresh_search

Reason = Literal["uscc", "registration_no", "address", "name_nearby"]
NEARBY_M = 50.0
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A business that may be the same, and why. ``likeness`` of the names from 0 to 1."""

    business: Business
    reasons: tuple[Reason, ...]
    likeness: float | None = None
    metres: float | None = None


def duplicates_of(session: Session, jurisdiction_id: int, business_id: int) -> list[Duplicate]:
    """What may be the same as a business: same code, same door, or a like name within 50 m."""
    business = get(session, jurisdiction_id, business_id)
    premises = session.scalars(queries.premises(jurisdiction_id, business.premises_id)).one()
    place = position(session, premises) if premises.point is not None else None
    return possible_duplicates(
        session,
        jurisdiction_id,
        name=business.name,
        uscc=business.uscc,
        registration_no=business.registration_no,
        door=(premises.address_key, premises.building, premises.floor, premises.stall),
        place=place,
        but=business_id,
    )


def possible_duplicates(
    session: Session,
    jurisdiction_id: int,
    *,
    name: str,
    uscc: str | None = None,
    registration_no: str | None = None,
    door: tuple[str, str | None, str | None, str | None] | None = None,
    place: tuple[float, float] | None = None,
    but: int | None = None,
) -> list[Duplicate]:
    """As :func:`duplicates_of`, for one that is not entered yet.

    ``door``: address key, building, floor, stall; ``place``: (lon, lat) in CRS84. Strongest reasons first.
    """
    found: dict[int, dict[str, Any]] = {}

    def see(business: Business, reason: Reason, **more: Any) -> None:
        entry = found.setdefault(business.id, {"business": business, "reasons": []})
        entry["reasons"].append(reason)
        entry.update(more)

    if uscc or registration_no:
        query = likeness.same_identity(jurisdiction_id, uscc=uscc, registration_no=registration_no, but=but)
        for business in session.scalars(query):
            see(business, "uscc" if uscc and business.uscc == uscc else "registration_no")
    if door is not None:
        for business in session.scalars(likeness.same_door(jurisdiction_id, *door, but=but)):
            see(business, "address")
    if place is not None:
        home = home_of(session, jurisdiction_id)
        query_near = likeness.alike_nearby(
            jurisdiction_id,
            bare_name(name, district=home.name),
            *place,
            prefix=name_prefix(home.name),
            metric_srid=home.metric_srid,
            metres=NEARBY_M,
            least=ALIKE,
            but=but,
        )
        for business, alike, metres in session.execute(query_near):
            see(business, "name_nearby", likeness=alike, metres=metres)
    order: tuple[Reason, ...] = ("uscc", "registration_no", "name_nearby", "address")
    made = [Duplicate(**{**entry, "reasons": tuple(entry["reasons"])}) for entry in found.values()]
    return sorted(made, key=lambda d: (min(order.index(r) for r in d.reasons), -(d.likeness or 0)))


def duplicate_pairs(
    session: Session, jurisdiction_id: int, *, after: int = 0, limit: int = 50
) -> list[tuple[int, int, float, float]]:
    """Pairs ``(id, id, likeness, metres)`` over the whole register, by the first id, beyond ``after``."""
    home = home_of(session, jurisdiction_id)
    page = {"j": jurisdiction_id, "after": after, "limit": limit}
    near = {"srid": home.metric_srid, "prefix": name_prefix(home.name), "least": ALIKE, "metres": NEARBY_M}
    rows = session.execute(statements.PAIRS, {**page, **near})
    return [(row.first, row.second, row.likeness, row.metres) for row in rows]


def merge(
    session: Session,
    jurisdiction_id: int,
    keep_id: int,
    drop_id: int,
    *,
    officer_id: int | None,
    versions: tuple[int, int],
    reason: str | None = None,
) -> Business:
    """Merge ``drop`` into ``keep``; the kept one. ``versions`` are theirs as the caller saw them.

    The kept one takes over what it lacks; the dropped one's code becomes an alias; its visits, findings
    and matters stay where they are and are read through it. :func:`unmerge` takes all of that back.
    Raises Invalid ``merge-with-itself``, Refused ``merged-already``, Conflict ``business-changed``.
    """
    if keep_id == drop_id:
        raise Invalid(
            "merge-with-itself", zh="不能把一户与它自己合并。", en="A business cannot be merged with itself."
        )
    wanted = dict(zip((keep_id, drop_id), versions, strict=True))
    held = {one: hold(session, jurisdiction_id, one, wanted[one]) for one in sorted(wanted)}
    keep, drop = held[keep_id], held[drop_id]
    for one in (keep, drop):
        if one.status == "merged":
            raise Refused(
                "merged-already",
                zh="“{name}”已并入另一户，请对并入后的户操作。",
                en="“{name}” has been merged into another business already; act on that one.",
                name=one.name,
            )
    before = {"status": drop.status}
    drop.status, drop.merged_into_id = "merged", keep.id
    session.flush()  # frees the credit code for the kept one
    filled = [name for name in CARRIED if getattr(keep, name) is None and getattr(drop, name) is not None]
    for name in filled:
        setattr(keep, name, getattr(drop, name))
    if "operator_id_no" in filled:
        keep.operator_id_index = drop.operator_id_index
    session.execute(
        update(HouseholdCode)
        .where(
            HouseholdCode.jurisdiction_id == jurisdiction_id,
            HouseholdCode.business_id == drop_id,
            HouseholdCode.ended_on.is_(None),
        )
        .values(ended_on=today())
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
    refresh_search(session, keep)
    note(
        session,
        drop,
        "merged",
        officer_id=officer_id,
        before=before,
        after={"into": keep.id, "filled": filled},
        reason=reason,
    )
    note(session, keep, "absorbed", officer_id=officer_id, after={"from": drop.id}, reason=reason)
    return keep


def unmerge(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    *,
    officer_id: int | None,
    version: int,
    reason: str | None = None,
) -> Business:
    """Take a merge back: the business stands again as it did, with its code when its cell is the same.

    Raises Refused ``not-merged``, Conflict ``business-changed``.
    """
    drop = hold(session, jurisdiction_id, business_id, version)
    event = session.scalar(queries.last_merge(jurisdiction_id, business_id))
    if drop.status != "merged" or drop.merged_into_id is None or event is None:
        raise Refused(
            "not-merged",
            zh="“{name}”没有被合并，无需撤销。",
            en="“{name}” has not been merged; there is nothing to take back.",
            name=drop.name,
        )
    keep = hold(session, jurisdiction_id, drop.merged_into_id, None)
    for name in event.after["filled"]:
        if getattr(keep, name) == getattr(drop, name):
            setattr(keep, name, None)
    if "operator_id_no" in event.after["filled"] and keep.operator_id_no is None:
        keep.operator_id_index = None
    session.flush()
    drop.status, drop.merged_into_id = event.before["status"], None
    session.flush()
    _code_again(session, jurisdiction_id, drop)
    for one in (keep, drop):
        session.refresh(one, ["search"])
        refresh_search(session, one)
    note(session, drop, "unmerged", officer_id=officer_id, before={"into": keep.id}, reason=reason)
    note(session, keep, "released", officer_id=officer_id, before={"from": drop.id}, reason=reason)
    return drop


def _code_again(session: Session, jurisdiction_id: int, business: Business) -> None:
    """Revive the business's last code; when it stands in another cell by now, the next one is issued."""
    last = session.execute(queries.codes_of(jurisdiction_id, [business.id])).first()
    if last is not None:
        last[0].ended_on = None
        session.flush()
    premises = session.scalars(queries.premises(jurisdiction_id, business.premises_id)).one()
    if premises.point is not None:
        home = home_of(session, jurisdiction_id)
        coding.settle(session, home, premises, *position(session, premises))
