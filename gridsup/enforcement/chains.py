"""Whether every chain of hands holds: of evidence, of things held, and from a preservation into a seizure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gridsup.enforcement import evidence, queries, things
from gridsup.errors import Conflict
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.model import Matter
from gridsup.procedures.proof import matter_ids

CASE = "penalty_case"


@dataclass(frozen=True, slots=True)
class CustodyFault:
    """A matter in which a chain of hands does not hold, and what is wrong with it."""

    matter_id: int
    why: Conflict


def faults(session: Session, matters: Iterable[int] | None = None) -> Iterator[CustodyFault]:
    """The broken chains of hands of some matters, all by default."""
    jurisdiction_id = jurisdiction_of(session)
    for matter_id in matters if matters is not None else matter_ids(session):
        matter = session.scalars(queries.matter(jurisdiction_id, matter_id)).one()
        try:
            _fold(session, matter)
        except Conflict as why:
            yield CustodyFault(matter_id, why)


def _fold(session: Session, matter: Matter) -> None:
    if matter.pack in things.MEASURES:
        things.of_matter(session, matter.id)
    elif matter.pack == CASE:
        evidence.of_matter(session, matter.id)
