"""How the service of papers by public notice (公告送达) is asked for and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.inputs import Hash
from gridsup.documents import queries, serving, terms
from gridsup.documents.announcing import NOTICE, paper_named
from gridsup.documents.model import Document
from gridsup.documents.terms import Announcement


class PublicNoticeForm(BaseModel):
    """A public notice (送达公告) of a sealed paper: why no other way served, and what the public is told."""

    tried: Annotated[str, Field(min_length=2, max_length=500, description="why no other way served")]
    gist: Annotated[str, Field(max_length=1000)] | None = Field(
        default=None, description="what the paper says, as far as the public is told"
    )


class PublicationForm(BaseModel):
    """Where a sealed public notice was published today; pictures of it, uploaded before."""

    where: Annotated[str, Field(min_length=2, max_length=300)]
    photos: list[Hash] = Field(default=[], max_length=9)


class PublicNotice(BaseModel):
    """How far the service of a paper by public notice (公告送达) has come."""

    id: int | None = Field(description="of the notice; null where the procedure had none yet")
    number: str | None
    sealed: bool = Field(description="it can be published")
    published_at: datetime | None
    where: str | None
    until: datetime | None = Field(description="the instant at which its term is over")


@dataclass(frozen=True, slots=True)
class Announced:
    """What public notices mean for some papers now."""

    told: Mapping[int, Announcement]
    """Document id → its announcement."""
    over: frozenset[int]
    """The papers that are served by it, though nobody has written that down."""
    notices: Mapping[str, Document]
    """Number of a paper → its notice."""
    papers: Mapping[int, Document]
    """Notice → its paper."""

    @classmethod
    def of(cls, session: Session, found: Sequence[Document], now: datetime) -> Announced:
        place, matters = found[0].jurisdiction_id, sorted({one.matter_id for one in found})
        known = session.scalars(queries.public_notices(place, matters))
        notices = {paper_named(each): each for each in known}
        named = {one.id: paper_named(one) for one in found if one.kind == NOTICE}
        papers = {}
        if named:
            numbers = list(named.values())
            of_number = {one.number: one for one in session.scalars(queries.by_numbers(place, numbers))}
            papers = {notice: of_number[number] for notice, number in named.items()}
        told = terms.standing(session, [*found, *papers.values()])
        over = {one.id for one in found if one.id in told and terms.is_over(told[one.id], one, now)}
        return cls(told, frozenset(over), notices, papers)

    def notice(self, session: Session, one: Document) -> PublicNotice | None:
        """Of a paper, or of the notice itself."""
        told = self.told.get(self.papers[one.id].id if one.id in self.papers else one.id)
        paper = self.notices.get(one.number) or (one if one.id in self.papers else None)
        if told is None and paper is None:
            return None
        if told is not None and one.id in self.papers and told.notice != one.number:
            told = None  # another notice of the paper was published
        return PublicNotice(
            id=paper.id if paper else None,
            number=paper.number if paper else None,
            sealed=paper is not None and not serving.awaits_seal(session, paper),
            published_at=told.event.effective_at if told else None,
            where=told.where if told else None,
            until=told.until if told else None,
        )

    def ready(self, session: Session, one: Document) -> bool:
        """Whether this is a notice that can be published."""
        paper = self.papers.get(one.id)
        return (
            paper is not None
            and one.status != "void"
            and paper.id not in self.told
            and paper.status in ("numbered", "sealed")
            and not serving.awaits_seal(session, paper)
            and not serving.awaits_seal(session, one)
        )
