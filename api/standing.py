"""In which capacity somebody acts, what waits for them, and which matters they may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import User
from api.inputs import ActingForm
from api.permissions import Permission
from gridsup.errors import Forbidden
from gridsup.people import queries as people
from gridsup.people.deputies import Capacity, capacities
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import no_matter
from gridsup.procedures.queries import Filter, Waiting
from gridsup.procedures.store import MATTERS

PERSONAL = frozenset({"inspector", "enforcement"})
"""Posts whose holders each have matters of their own; what is assigned to a colleague does not wait here."""
OF_A_STATION = frozenset({"general", "station_head"})
OF_A_BODY = frozenset({"liaison"})


def actings(user: User) -> list[Acting]:
    """The capacities in which this person may act now, own posts first."""
    return [_acting(user, one) for one in user.capacities]


def acting(
    session: Session,
    user: User,
    named: ActingForm | None,
    posts: Collection[str],
    at: datetime | None = None,
) -> Acting:
    """The capacity that a form names; else the first that suits ``posts``, or the first held at all (the door
    then says who it takes). As of ``at`` where it is given.

    A letter of delegation is filled in where the capacity rests on one. Raises Forbidden
    ``capacity-not-held``.
    """
    held: Sequence[Capacity] = user.capacities
    if at is not None:
        held = capacities(session, user.jurisdiction_id, user.officer_id, at)
    if named is None:
        fitting = [one for one in held if one.post in posts] or list(held)
    else:
        fitting = _named(held, named)
    if fitting:
        return _acting(user, fitting[0])
    raise Forbidden(
        "capacity-not-held",
        zh="您（当时）没有可以办理此事的岗位。请核对岗位、代理（B角）和委托登记。",
        en="You hold (or held) no post in which this may be done. Check posts, deputies and delegations.",
        posts=", ".join(posts) if named is None else named.post,
    )


def _named(held: Sequence[Capacity], named: ActingForm) -> list[Capacity]:
    return [
        one
        for one in held
        if (one.post, one.deputy_of) == (named.post, named.acting_for_id)
        and named.delegation_id in (None, one.delegation_id)
    ]


def _acting(user: User, one: Capacity) -> Acting:
    return Acting(user.officer_id, one.post, one.deputy_of, one.delegation_id)


def officers_of(user: User) -> list[int]:
    """Oneself and those whose work one receives."""
    return sorted({user.officer_id, *(one.deputy_of for one in user.capacities if one.deputy_of)})


def within_sight(user: User, wanted: Filter) -> Filter:
    """``wanted``, narrowed to what this person may see: a liaison sees what is assigned to the own body."""
    if user.may(Permission.MATTERS_READ_ALL):
        return wanted
    return replace(wanted, assigned_org_ids=sorted(user.organisation_ids))


def check_sight(session: Session, user: User, matter_ids: Sequence[int]) -> None:
    """Raises NotFound ``no-matter`` for the first that there is not, or that this person may not see."""
    hidden = sorted(set(matter_ids) - visible(session, user, matter_ids))
    if hidden:
        raise no_matter(hidden[0])


def visible(session: Session, user: User, matter_ids: Sequence[int]) -> set[int]:
    """Those of the matters that this person may see."""
    query = select(MATTERS.c.id).where(
        MATTERS.c.jurisdiction_id == user.jurisdiction_id, MATTERS.c.id.in_(list(matter_ids))
    )
    if not user.may(Permission.MATTERS_READ_ALL):
        query = query.where(MATTERS.c.assigned_org_id.in_(sorted(user.organisation_ids)))
    return set(session.scalars(query))


def waiting_for(session: Session, user: User) -> list[Waiting]:
    """What waits for this person, by each capacity held."""
    stations = _stations(session, user)
    found = []
    for one in user.capacities:
        mine = [one.deputy_of or user.officer_id]
        if one.post in PERSONAL:
            found.append(Waiting(one.post, officer_ids=mine, station_ids=stations.get(one.organisation_id)))
        elif one.post in OF_A_BODY:
            found.append(Waiting(one.post, org_ids=[one.organisation_id]))
        elif one.post in OF_A_STATION:
            found.append(Waiting(one.post, station_ids=stations.get(one.organisation_id)))
        else:
            found.append(Waiting(one.post))
    return found


def _stations(session: Session, user: User) -> dict[int, list[int]]:
    """Each body in which this person acts → the station that it is or belongs to; absent without one."""
    rows = session.execute(people.parents(user.jurisdiction_id))
    tree = {place: (parent, kind) for place, parent, kind in rows}
    found = {}
    for body in user.organisation_ids:
        place: int | None = body
        while place is not None and tree[place][1] != "station":
            place = tree[place][0]
        if place is not None:
            found[body] = [place]
    return found
