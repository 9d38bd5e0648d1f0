"""The term of a public notice (公告期, PROC-83), read from the day of publication.

One rule tells whether a paper is served by it: nothing else served it and the term is over. It holds from
that instant on, before and after anybody has written it down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from gridsup.calendars import Amount, deadline, local_day
from gridsup.documents import queries
from gridsup.documents.model import Document
from gridsup.documents.proof import Service
from gridsup.procedures import bureau
from gridsup.procedures.model import Event

ANNOUNCE = "documents.announce"
"""The effect of a step that publishes a paper; the event holds its number and that of the notice."""
TABLE, ROW = "clocks_proc", "PROC-83"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One publication: of which paper, in which notice (None up to penalty_case v7), until when."""

    paper: str
    notice: str | None
    event: Event
    until: datetime

    @property
    def where(self) -> str:
        return str(self.event.data["form"]["where"])

    @property
    def service(self) -> Service:
        """How the paper is served by it once the term is over."""
        told = self.event.data["results"][ANNOUNCE]
        return Service(
            way="public",
            at=self.until,
            place=self.where,
            photos=[str(one["sha256"]) for one in self.event.data["photos"]],
            note=told.get("tried") or self.event.data["form"].get("tried"),
        )

    @property
    def officers(self) -> list[int]:
        """Who announced it."""
        return list(dict.fromkeys(one for one in (self.event.person_id, *self.event.crew) if one is not None))


def term(session: Session, jurisdiction_id: int, day: date) -> Amount:
    """How long a notice that is published on a day runs."""
    tables = bureau.tables_of(session, jurisdiction_id)
    row = tables.lookup(TABLE, ROW, day, {"jurisdiction": str(jurisdiction_id)})
    return Amount(int(row.value["n"]), row.value["unit"])


def over_at(session: Session, jurisdiction_id: int, published: datetime) -> datetime:
    """When the term of a notice published then is over: as the clocks of the procedures count it."""
    day = local_day(published)
    calendar = bureau.calendar_of(session, jurisdiction_id)
    return deadline(day, term(session, jurisdiction_id, day), calendar=calendar).due_at


def announcements(session: Session, jurisdiction_id: int, matter_ids: Sequence[int]) -> list[Announcement]:
    """What was published in some matters, in the order of publication."""
    found = session.scalars(queries.announcements(jurisdiction_id, matter_ids)).all()
    return [
        Announcement(
            told["document"], told.get("notice"), one, over_at(session, jurisdiction_id, one.effective_at)
        )
        for one in found
        for told in [one.data["results"][ANNOUNCE]]
    ]


def standing(session: Session, documents: Sequence[Document]) -> dict[int, Announcement]:
    """Document id → its latest announcement, for those that can be or were served by one."""
    if not documents:
        return {}
    matters = sorted({one.matter_id for one in documents})
    by_number = {one.paper: one for one in announcements(session, documents[0].jurisdiction_id, matters)}
    return {
        one.id: by_number[one.number] for one in documents if one.number in by_number and one.status != "void"
    }


def over(session: Session, document: Document, now: datetime) -> bool:
    """Whether the paper is served by public notice and that is not written down yet."""
    one = standing(session, [document]).get(document.id)
    return one is not None and is_over(one, document, now)


def is_over(announcement: Announcement, document: Document, now: datetime) -> bool:
    """Whether the paper is served by it: nothing else served it, and its term is over."""
    return document.status in ("numbered", "sealed") and announcement.until <= now
