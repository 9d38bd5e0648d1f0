"""The directory that the door asks, with the authorities to sign for another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from gridsup.people.directory import PeopleDirectory
from gridsup.procedures.acting import Acting, OutsideLetter
from gridsup.signing import authorities


class SigningDirectory(PeopleDirectory):
    """Answers from the register of people and from the authorities to sign (授权代签)."""

    def outside_authority(
        self,
        session: Session,
        jurisdiction_id: int,
        acting: Acting,
        kind: str,
        heads: frozenset[str] | None,
        days: Collection[date],
    ) -> OutsideLetter | None:
        """Why the authority does not carry the signature; None when it does."""
        return authorities.outside(session, jurisdiction_id, acting, kind, heads, days)
