"""In which capacity somebody acts, what waits for them, and which matters they may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import User
from api.inputs import ActingForm
from api.permissions import Permission
from gridsup.errors import Forbidden
from gridsup.people import queries as people
from gridsup.people.deputies import Capacity, capacities, day_of
from gridsup.procedures import signing as signing_rules
from gridsup.procedures import views
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import no_matter
from gridsup.procedures.queries import Filter, Waiting
from gridsup.procedures.store import MATTERS
from gridsup.signing import authorities, waiting
from gridsup.signing.waiting import Signer

PERSONAL = frozenset({"inspector", "enforcement"})
"""Posts whose holders each have matters of their own; what is assigned to a colleague does not wait here."""
OF_A_STATION = frozenset({"general", "station_head"})
BRIGADE = "brigade"
UNIT = ("station_head", "liaison")
"""For whom a matter waits that was given to a unit (a problem of the bulletin, a resolution): whoever answers
for that unit, be it a station, a section, the brigade or a department."""
OF_A_BODY = frozenset({"liaison", "section"})
"""Posts that see what their own body was given, no other's."""


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


def signers(session: Session, user: User) -> list[Signer]:
    """The standings in which this person may sign: own posts, those of absent colleagues, and those under an
    authority to sign (授权代签). A head of a station signs for that station."""
    seats = [(one.organisation_id, _acting(user, one)) for one in user.capacities]
    day = day_of(datetime.now(UTC))
    for one in authorities.actings(session, user.jurisdiction_id, user.officer_id, day):
        held = people.postings_on(user.jurisdiction_id, day, officer_id=one.acting_for_id, post=one.post)
        seats += [(posting.organisation_id, one) for posting in session.scalars(held)]
    stations = stations_of(session, user.jurisdiction_id, [body for body, _ in seats])
    return [
        Signer(one, frozenset(stations.get(body, ())) if one.post in signing_rules.OF_A_STATION else None)
        for body, one in seats
    ]


def signing(
    session: Session, user: User, named: ActingForm | None, matter_id: int, proposal: int
) -> Acting | None:
    """The standing in which this person signs a proposal: the one named, else the one in which it was signed
    before (a repeated request), else the first that may sign it now; where none may, the one under an
    authority that is over, the one as head of a station, or None: the door says why.
    """
    held = signers(session, user)
    if named is not None:
        asked = (named.post, named.acting_for_id)
        if named.acting_for_id and all((one.acting.post, one.acting.acting_for_id) != asked for one in held):
            mine = (user.jurisdiction_id, user.officer_id)
            if once := authorities.former(session, *mine, named.acting_for_id, named.post):
                return once
        held = [one for one in held if (one.acting.post, one.acting.acting_for_id) == asked]
    family, member = views.read(session, matter_id)
    for (seq, _), given in member.p.signatures.items():
        if (seq, given["person_id"]) == (proposal, user.officer_id):
            before = (given["post"], given["acting_for_id"])
            held = [one for one in held if (one.acting.post, one.acting.acting_for_id) == before]
            return held[0].acting if held else None
    found = waiting.signer_of(family, member, proposal, held)
    return found or _head_elsewhere(held)


def _head_elsewhere(held: Sequence[Signer]) -> Acting | None:
    """The standing of a head of a station, whom the door tells when the matter is another station's."""
    return next((one.acting for one in held if one.acting.post in signing_rules.OF_A_STATION), None)


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
    stations = stations_of(session, user.jurisdiction_id, user.organisation_ids)
    found = [Waiting("station_head", duty_officer_ids=[user.officer_id])]
    for one in user.capacities:
        mine = [one.deputy_of or user.officer_id]
        place, station = one.organisation_id, stations.get(one.organisation_id)
        if one.post in PERSONAL:
            found.append(Waiting(one.post, officer_ids=mine, station_ids=station))
        elif one.post == BRIGADE:
            found += [Waiting(one.post), *_major(place), *_given_to(place)]
        elif one.post in OF_A_BODY:
            found += [Waiting(one.post, org_ids=[place]), *_given_to(place)]
        elif one.post in OF_A_STATION:
            found.append(Waiting(one.post, station_ids=station))
            found += _given_to(*(station or [])) if one.post in UNIT else []
        else:
            found.append(Waiting(one.post))
    return found


def _given_to(*bodies: int) -> list[Waiting]:
    return [Waiting(post, org_ids=bodies) for post in UNIT]


def _major(brigade_id: int) -> list[Waiting]:
    """Major cases given to the brigade (P10-A2): to be filed by it, and the cases that it filed."""
    filed = Waiting("enforcement", family_org_ids=[brigade_id])
    return [Waiting("dispatcher", org_ids=[brigade_id]), filed]


def stations_of(session: Session, jurisdiction_id: int, bodies: Collection[int]) -> dict[int, list[int]]:
    """Each of the bodies → the station that it is or belongs to; absent without one."""
    rows = session.execute(people.parents(jurisdiction_id))
    tree = {place: (parent, kind) for place, parent, kind in rows}
    found = {}
    for body in bodies:
        place: int | None = body
        while place is not None and tree[place][1] != "station":
            place = tree[place][0]
        if place is not None:
            found[body] = [place]
    return found
