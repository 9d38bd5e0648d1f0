"""What the procedure engine asks about people (``gridsup.procedures.acting.Directory``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.people import bodies, delegations, queries
from gridsup.people.deputies import DELEGATES, NEEDS_DELEGATION, receiver
from gridsup.procedures.acting import Acting, OutsideLetter


class PeopleDirectory:
    """Answers from the postings, leaves, qualifications and delegation letters of the register."""

    def organisations(
        self, session: Session, jurisdiction_id: int, officer_id: int, post: str, day: date
    ) -> frozenset[int]:
        """The bodies in which the officer holds the post on that day."""
        found = session.scalars(queries.postings_on(jurisdiction_id, day, officer_id=officer_id, post=post))
        return frozenset(posting.organisation_id for posting in found)

    def belongs(
        self, session: Session, jurisdiction_id: int, bodies: frozenset[int], station_id: int
    ) -> bool:
        """Whether one of the bodies is that station or a part of it."""
        return not bodies.isdisjoint(session.scalars(queries.subtree(jurisdiction_id, station_id)))

    def stands_in(
        self, session: Session, jurisdiction_id: int, deputy_id: int, officer_id: int, post: str, day: date
    ) -> bool:
        """Whether the officer is away and ``deputy_id`` receives the work of that post (P7-C1)."""
        if deputy_id == officer_id:
            return False
        found = session.scalars(queries.postings_on(jurisdiction_id, day, officer_id=officer_id, post=post))
        return any(receiver(session, jurisdiction_id, posting, day) == deputy_id for posting in found)

    def qualified(
        self,
        session: Session,
        jurisdiction_id: int,
        officer_ids: frozenset[int],
        qualification: str | None,
        day: date,
    ) -> frozenset[int]:
        """Those who are active and hold the qualification on that day (any officer, when it is None)."""
        found = session.scalars(queries.officers_by_id(jurisdiction_id, officer_ids))
        return frozenset(
            one.id
            for one in found
            if one.active and (qualification is None or holds(one.qualifications, qualification, day))
        )

    def names(self, session: Session, jurisdiction_id: int, officer_ids: frozenset[int]) -> Mapping[int, str]:
        """What the officers are called."""
        found = session.scalars(queries.officers_by_id(jurisdiction_id, officer_ids))
        return {one.id: one.name for one in found}

    def needs_letter(
        self, session: Session, jurisdiction_id: int, officer_id: int, post: str, day: date
    ) -> bool:
        """Whether the officer holds the post in a street or community only, which needs a letter for it."""
        if post not in NEEDS_DELEGATION:
            return False
        found = session.scalars(
            queries.postings_on(jurisdiction_id, day, officer_id=officer_id, post=post)
        ).all()
        kinds = bodies.kinds(session, jurisdiction_id)
        return bool(found) and all(kinds[posting.organisation_id] in DELEGATES for posting in found)

    def outside_letter(
        self,
        session: Session,
        jurisdiction_id: int,
        delegation_id: int,
        acting: Acting,
        power: str,
        place: tuple[float, float] | None,
        day: date,
    ) -> OutsideLetter | None:
        """Why the letter does not carry the act on that day; None when it does (P8-D2, P8-X1)."""
        letter = session.scalar(queries.delegation(jurisdiction_id, delegation_id))
        if letter is None:
            return OutsideLetter(
                f"#{delegation_id}", "没有这份委托书。请核对", "there is no such letter. Check the number"
            )
        return (
            delegations.not_in_force(letter, day)
            or delegations.without_power(letter, power)
            or delegations.not_the_delegate(session, jurisdiction_id, letter, acting, day)
            or delegations.elsewhere(session, jurisdiction_id, letter, place)
        )

    def separation_waived(
        self, session: Session, jurisdiction_id: int, station_id: int, officer_ids: frozenset[int], day: date
    ) -> str | None:
        """The decision that exempts the station on that day, when all the officers hold posts inside it."""
        decision = session.scalars(queries.waivers_on(jurisdiction_id, day, station_id)).first()
        if decision is None:
            return None
        above = {place: parent for place, parent, _ in session.execute(queries.parents(jurisdiction_id))}

        def inside(place: int | None) -> bool:
            while place is not None and place != station_id:
                place = above[place]
            return place == station_id

        held = session.scalars(queries.postings_on(jurisdiction_id, day, officers_in=officer_ids))
        there = {one.officer_id for one in held if inside(one.organisation_id)}
        return decision.decision_number if there >= officer_ids else None


def holds(qualifications: Iterable[dict[str, Any]], name: str, day: date) -> bool:
    """Whether a list of qualifications (see ``Officer.qualifications``) holds ``name`` on ``day``."""
    iso = day.isoformat()
    return any(
        one.get("name") == name and (one.get("valid_from") or iso) <= iso <= (one.get("valid_to") or iso)
        for one in qualifications
    )
