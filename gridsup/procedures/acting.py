"""Who acts: a person in a post, perhaps as somebody's deputy (B角), perhaps under a delegation (委托).

``procedures`` and ``people`` stand on the same floor and do not import each other. The engine asks a
:class:`Directory`; ``gridsup.wiring`` hands it the one of ``gridsup.people``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from gridsup.errors import Unavailable
from gridsup.procedures.pack import SYSTEM


@dataclass(frozen=True, slots=True)
class Acting:
    """The claim under which an act is done; the door proves it against the directory.

    ``post`` is held by the person, or by the officer ``acting_for_id`` whose deputy the person is, or who
    authorised the person to sign (授权代签, ``authority_id``).
    """

    person_id: int | None
    post: str
    acting_for_id: int | None = None
    delegation_id: int | None = None
    authority_id: int | None = None

    @property
    def persons(self) -> frozenset[int]:
        """Everybody who counts as having acted: the person and whom they stand in for."""
        return frozenset(p for p in (self.person_id, self.acting_for_id) if p is not None)

    @property
    def holder_id(self) -> int | None:
        """Whose post it is."""
        return self.acting_for_id if self.acting_for_id is not None else self.person_id

    def as_json(self) -> dict[str, Any]:
        plain = {
            "person": self.person_id,
            "post": self.post,
            "acting_for": self.acting_for_id,
            "delegation": self.delegation_id,
        }
        return plain if self.authority_id is None else {**plain, "authority": self.authority_id}


CLOCKWORK = Acting(person_id=None, post=SYSTEM)
"""The system itself: due instants and reactions."""


@dataclass(frozen=True, slots=True)
class OutsideLetter:
    """Why a delegation letter (委托书) or an authority to sign (授权代签) does not carry an act, and what
    to do about it."""

    letter: str
    zh: str
    en: str


class Directory(Protocol):
    """What the engine asks about people. Every answer is as of a day, in one jurisdiction."""

    def organisations(
        self, session: Session, jurisdiction_id: int, officer_id: int, post: str, day: date
    ) -> frozenset[int]:
        """The bodies in which the officer holds the post; empty when nowhere."""
        ...

    def belongs(
        self, session: Session, jurisdiction_id: int, bodies: frozenset[int], station_id: int
    ) -> bool:
        """Whether one of the bodies is that station or a part of it."""
        ...

    def stands_in(
        self, session: Session, jurisdiction_id: int, deputy_id: int, officer_id: int, post: str, day: date
    ) -> bool:
        """Whether ``deputy_id`` is the deputy of ``officer_id`` in that post and the officer is absent."""
        ...

    def qualified(
        self,
        session: Session,
        jurisdiction_id: int,
        officer_ids: frozenset[int],
        qualification: str | None,
        day: date,
    ) -> frozenset[int]:
        """Those of ``officer_ids`` who are active and hold the qualification (any, when None)."""
        ...

    def names(self, session: Session, jurisdiction_id: int, officer_ids: frozenset[int]) -> Mapping[int, str]:
        """What the officers are called."""
        ...

    def needs_letter(
        self, session: Session, jurisdiction_id: int, officer_id: int, post: str, day: date
    ) -> bool:
        """Whether the officer holds the post only in bodies that may use it under a delegation alone."""
        ...

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
        """Why an act is outside that letter; None when the letter is published, in force, gives ``power``
        (``pack.action``) to the body in which the post is held, covers ``place`` (CRS84 degrees), and the
        acting person belongs to that body: nothing is delegated on (P8-X1)."""
        ...

    def outside_authority(
        self,
        session: Session,
        jurisdiction_id: int,
        acting: Acting,
        kind: str,
        heads: frozenset[str] | None,
        days: Collection[date],
    ) -> OutsideLetter | None:
        """Why an authority to sign does not carry a signature under ``kind`` (``pack.action``) on all of
        ``days``; None when it does. With ``heads`` who signs must hold one of those posts."""
        ...

    def separation_waived(
        self, session: Session, jurisdiction_id: int, station_id: int, officer_ids: frozenset[int], day: date
    ) -> str | None:
        """The number of the bureau's decision by which these officers of that station may both patrol and
        handle on that day (巡办分离); None where there is none."""
        ...


_directory: list[Directory] = []


def use_directory(directory: Directory) -> None:
    """Set the process's directory."""
    _directory[:] = [directory]


def directory() -> Directory:
    """The process's directory. Raises :class:`Unavailable` ``no-directory`` before wiring."""
    if not _directory:
        raise Unavailable(
            "no-directory",
            zh="程序没有接上人员目录：请在启动时调用 gridsup.wiring.wire()。",
            en="No directory of people is set: call gridsup.wiring.wire() at start-up.",
        )
    return _directory[0]
