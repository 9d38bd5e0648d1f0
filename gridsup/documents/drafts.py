"""Drafts: a paper as it will print, before anybody has approved it, marked 稿 across every page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents import queries, source
from gridsup.documents.compose import compose
from gridsup.documents.kinds import kind_of, kinds_of_act
from gridsup.documents.model import Document
from gridsup.documents.source import Source
from gridsup.documents.typesetting import typeset
from gridsup.procedures import store
from gridsup.procedures.acting import CLOCKWORK, Acting
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.procedures.model import Event

WITHDRAWN = "documents.withdraw"
"""The effect of an act that takes an earlier one back; its result names that one's ``seq``."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper that a matter gives or will give, without a number yet."""

    kind: str
    proposal: int | None
    """The proposal that waits for signatures, where the paper comes with it."""
    seq: int | None
    """The act that took effect and whose paper is not issued."""


def preview(
    session: Session,
    matter_id: int,
    kind: str,
    *,
    proposal: int | None = None,
    seq: int | None = None,
    acting: Acting | None = None,
    form: Mapping[str, Any] | None = None,
) -> tuple[bytes, list[str]]:
    """The PDF of a paper before approval, as it will print, watermarked 稿, and the names that stayed blank.

    ``proposal``: the one that waits for signatures; ``seq``: the act that took effect. Without either the
    newest act of the matter that gives the kind, else its open proposal, else the act as it would be now with
    ``form``.
    Raises :class:`NotFound` ``no-matter``, ``no-document-kind``, ``no-act-for-document``.
    """
    paper = compose(
        find(session, matter_id, kind, proposal, seq, acting or CLOCKWORK, form or {}), draft=True
    )
    return typeset("paper", paper, made_at=clock()), paper["missing"]


def find(
    session: Session,
    matter_id: int,
    kind: str,
    proposal: int | None,
    seq: int | None,
    acting: Acting,
    form: Mapping[str, Any],
) -> Source:
    """What the paper of that kind is made of; raises as :func:`preview`."""
    if proposal is not None:
        return source.of_proposal(session, kind, matter_id, proposal)
    if seq is not None:
        return source.of_event(session, kind, matter_id, seq)
    acts = kind_of(kind).acts
    jurisdiction_id = jurisdiction_of(session)
    events = session.scalars(queries.acts_of(jurisdiction_id, [matter_id])).all()
    done = [one.seq for one in events if f"{one.data['pack']}.{one.action}" in acts]
    waiting = [one.proposal for one in open_drafts(session, matter_id) if one.kind == kind and one.proposal]
    if done and not form:
        return source.of_event(session, kind, matter_id, done[-1])
    if waiting and not form:
        return source.of_proposal(session, kind, matter_id, waiting[-1])
    found = store.load(session, jurisdiction_id, [matter_id])
    pack = found[matter_id].matter["pack"] if matter_id in found else ""
    action = next((act.split(".")[1] for act in acts if act.startswith(f"{pack}.")), "")
    return source.of_draft(session, kind, matter_id, action, acting, form)


def open_drafts(session: Session, matter_id: int) -> list[Draft]:
    """The papers of a matter that are not issued: of open proposals, and of acts that took effect."""
    jurisdiction_id = jurisdiction_of(session)
    found = store.load(session, jurisdiction_id, [matter_id])
    if matter_id not in found:
        return []
    p = found[matter_id]
    given = issued(session, matter_id)
    drafts = [
        Draft(kind, row["seq"], None)
        for row in p.open_proposals()
        for kind in kinds_of_act(p.matter["pack"], row["action"])
    ]
    drafts += [
        Draft(kind, None, one.seq)
        for one in standing(session.scalars(queries.acts_of(jurisdiction_id, [matter_id])))
        for kind in kinds_of_act(one.data["pack"], one.action)
        if (kind, one.seq) not in given
    ]
    return drafts


def issued(session: Session, matter_id: int) -> set[tuple[str, int]]:
    """``(kind, seq of the act)`` of the papers of a matter that have a number which is not void."""
    return {
        (one.kind, act_of(one))
        for one in session.scalars(queries.documents_of(jurisdiction_of(session), matter_id))
        if one.status != "void"
    }


def act_of(document: Document) -> int:
    """The number of the act that a paper belongs to, whether the act numbered it or it was issued after."""
    return int(document.content.get("seq", document.event_seq))


def standing(acts: Iterable[Event]) -> list[Event]:
    """The acts that were not taken back: of the others no paper is issued any more."""
    known = list(acts)
    gone = {result["seq"] for one in known if (result := one.data["results"].get(WITHDRAWN))}
    return [one for one in known if one.seq not in gone]
