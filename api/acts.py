"""What an act came to, as the API shows it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.procedures import versions
from gridsup.procedures.door import Answer
from gridsup.procedures.pack import Words
from gridsup.procedures.store import MATTERS


class Reason(BaseModel):
    """Why something is not possible now, in both languages."""

    code: str
    zh: str
    en: str


class ActAnswer(BaseModel):
    """What an act came to. `late`: it arrived stale and is kept beside the current state, without effect."""

    matter_id: int
    number: str | None
    kind: Literal["act", "proposed", "signed", "late"]
    seq: int = Field(description="the event that holds it")
    version: int = Field(description="the matter's version now; `expected_version` of the next act")
    state: str
    state_title: Words
    ended: bool
    hash: str
    children: list[int] = Field(description="matters that this act opened")
    proposal: int | None = Field(description="the proposal that now waits for signatures")
    late: Reason | None
    replayed: bool = Field(description="this is the stored answer to an earlier, equal request")


def answer_view(session: Session, jurisdiction_id: int, answer: Answer) -> ActAnswer:
    """The answer with the titles of its state."""
    row = session.execute(
        select(MATTERS.c.pack, MATTERS.c.pack_version, MATTERS.c.pack_hash, MATTERS.c.number).where(
            MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == answer.matter_id
        )
    ).one()
    pack = versions.pinned(session, jurisdiction_id, row.pack, row.pack_version, row.pack_hash)
    state = pack.states.get(answer.state)
    title = state.title if state else Words(zh=answer.state, en=answer.state)  # a version before migration
    return ActAnswer(
        **{**answer.as_json(), "late": Reason(**answer.late) if answer.late else None},
        number=row.number,
        state_title=title,
        replayed=answer.replayed,
    )
