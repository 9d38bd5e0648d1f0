"""Who stands in for whom (AB岗, P7-C1), and in which capacities a person may act at an instant.

While A is on leave, B receives; while B is away too, or none is named, the head of the station receives.
Leave moves the work, it does not strip A of the post: one who comes back early may act again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gridsup.people import queries
from gridsup.people.model import Leave, Posting

LOCAL = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
STATION_HEAD = "station_head"
NEEDS_DELEGATION = frozenset({"inspector", "enforcement"})
"""Posts that a street or community holds only under a delegation letter in force."""
DELEGATES = frozenset({"street", "community"})


@dataclass(frozen=True, slots=True)
class Capacity:
    """One standing in which a person may act: post, where, for whom (deputy), under which letter."""

    post: str
    organisation_id: int
    deputy_of: int | None = None
    delegation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who receives the work of an absent officer's post on some days, both inclusive; None: nobody."""

    post: str
    first: date
    last: date
    officer_id: int | None


def day_of(instant: datetime) -> date:
    """The civil day of an instant, in Asia/Shanghai."""
    return instant.astimezone(LOCAL).date()


def capacities(session: Session, jurisdiction_id: int, officer_id: int, at: datetime) -> list[Capacity]:
    """In which capacities an officer may act at ``at``: own posts first, then those of absent colleagues."""
    day = day_of(at)
    own = list(session.scalars(queries.postings_on(jurisdiction_id, day, officer_id=officer_id)))
    away = set(session.scalars(queries.away_on(jurisdiction_id, day)))
    held: list[tuple[Posting, int | None]] = [(posting, None) for posting in own]
    if officer_id not in away:
        held += [
            (posting, posting.officer_id)
            for posting in _received(session, jurisdiction_id, officer_id, day, own, away)
        ]
    return _under_letters(session, jurisdiction_id, day, held)


def receiver(session: Session, jurisdiction_id: int, posting: Posting, on: date) -> int | None:
    """Who receives the work of a post on a day: A, else B, else the station's head; None if all are away."""
    away = set(session.scalars(queries.away_on(jurisdiction_id, on)))
    heads = _heads(session, jurisdiction_id, on)
    return _receiver(posting, away, heads, _tree(session, jurisdiction_id))


def unreceived(session: Session, jurisdiction_id: int, on: date) -> list[Posting]:
    """Posts whose work nobody receives on a day: A and B away, and no head of a station to step in."""
    away = set(session.scalars(queries.away_on(jurisdiction_id, on)))
    if not away:
        return []
    heads, tree = _heads(session, jurisdiction_id, on), _tree(session, jurisdiction_id)
    postings = session.scalars(queries.postings_on(jurisdiction_id, on, officers_in=away))
    return [one for one in postings if _receiver(one, away, heads, tree) is None]


def receipts(session: Session, jurisdiction_id: int, leave: Leave, since: date) -> list[Receipt]:
    """Who receives the work of one on leave, post by post, from ``since`` on: the days fall apart where
    somebody else leaves or returns, or a post begins or ends."""
    first, last = max(leave.first_day, since), leave.last_day
    if last < first:
        return []
    absences = session.scalars(queries.leaves(jurisdiction_id, since=first)).all()
    posts = session.scalars(queries.postings_of(jurisdiction_id, leave.officer_id)).all()
    spans = [(one.first_day, one.last_day) for one in absences]
    spans += [(one.valid_from, one.valid_to or date.max - ONE_DAY) for one in posts]
    turns = {first, *(day for begin, end in spans for day in (begin, end + ONE_DAY))}
    begins = sorted(day for day in turns if first <= day <= last)
    tree = _tree(session, jurisdiction_id)
    found: list[Receipt] = []
    for begin, end in zip(begins, [*(day - ONE_DAY for day in begins[1:]), last], strict=True):
        away = set(session.scalars(queries.away_on(jurisdiction_id, begin)))
        heads = _heads(session, jurisdiction_id, begin)
        for post in session.scalars(queries.postings_on(jurisdiction_id, begin, officer_id=leave.officer_id)):
            who = _receiver(post, away, heads, tree)
            at = next((n for n, one in enumerate(found) if _goes_on(one, post.post, who, begin)), None)
            if at is None:
                found.append(Receipt(post.post, begin, end, who))
            else:
                found[at] = replace(found[at], last=end)
    return sorted(found, key=lambda one: (one.post, one.first))


def _goes_on(one: Receipt, post: str, officer_id: int | None, day: date) -> bool:
    return (one.post, one.officer_id, one.last + ONE_DAY) == (post, officer_id, day)


def _received(
    session: Session, jurisdiction_id: int, officer_id: int, day: date, own: list[Posting], away: set[int]
) -> list[Posting]:
    if not away:
        return []
    absent = list(session.scalars(queries.postings_on(jurisdiction_id, day, officers_in=away)))
    if any(posting.post == STATION_HEAD for posting in own):
        heads, tree = _heads(session, jurisdiction_id, day), _tree(session, jurisdiction_id)
        return [one for one in absent if _receiver(one, away, heads, tree) == officer_id]
    return [one for one in absent if one.deputy_id == officer_id]


def _receiver(
    posting: Posting,
    away: Collection[int],
    heads: Mapping[int, int],
    tree: Mapping[int, tuple[int | None, str]],
) -> int | None:
    if posting.officer_id not in away:
        return posting.officer_id
    if posting.deputy_id is not None and posting.deputy_id not in away:
        return posting.deputy_id
    place: int | None = posting.organisation_id
    while place is not None:
        parent, kind = tree[place]
        head = heads.get(place)
        if kind == "station":
            return head if head is not None and head not in away else None
        place = parent
    return None


def _heads(session: Session, jurisdiction_id: int, day: date) -> dict[int, int]:
    """Station → its head on ``day``."""
    found = session.scalars(queries.postings_on(jurisdiction_id, day, post=STATION_HEAD))
    return {posting.organisation_id: posting.officer_id for posting in found}


def _tree(session: Session, jurisdiction_id: int) -> dict[int, tuple[int | None, str]]:
    return {
        place: (parent, kind) for place, parent, kind in session.execute(queries.parents(jurisdiction_id))
    }


def _under_letters(
    session: Session, jurisdiction_id: int, day: date, held: list[tuple[Posting, int | None]]
) -> list[Capacity]:
    """Attach delegation letters; a post that needs one and has none in force gives no capacity."""
    if not any(posting.post in NEEDS_DELEGATION for posting, _ in held):
        return [Capacity(posting.post, posting.organisation_id, of) for posting, of in held]
    tree = _tree(session, jurisdiction_id)
    letters: dict[int, list[int]] = {}
    for letter in session.scalars(queries.delegations_on(jurisdiction_id, day)):
        letters.setdefault(letter.delegate_id, []).append(letter.id)
    found: list[Capacity] = []
    for posting, of in held:
        place = posting.organisation_id
        if posting.post in NEEDS_DELEGATION and tree[place][1] in DELEGATES:
            found += [Capacity(posting.post, place, of, letter) for letter in letters.get(place, [])]
        else:
            found.append(Capacity(posting.post, place, of))
    return found
