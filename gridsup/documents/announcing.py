"""Service by public notice (公告送达, PROC-83): a sealed paper is announced; its term over, it is served.

``kinds.yaml`` names the steps under ``announced``: the step that announces a paper → the clockwork's step
that ends the term. The day of service is the instant at which the term was over; why no other way served and
where it was announced come from the announcing step. Nobody signs for it, so there is no
receipt (送达回证).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents import life, queries, serving
from gridsup.documents.kinds import kinds
from gridsup.documents.model import Document
from gridsup.documents.proof import Service
from gridsup.errors import Conflict, GridsupError, Refused
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision
from gridsup.procedures.model import Event
from gridsup.procedures.projection import Projection

ANNOUNCE, DEEM = "documents.announce", "documents.deem"


def _ready(
    session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str
) -> GridsupError | None:
    """What is missing before the paper can be announced: the paper itself, or its seal."""
    try:
        _announceable(session, jurisdiction_id, matter_id, pack, action)
    except (Refused, Conflict) as refusal:
        return refusal
    return None


def _announceable(session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str) -> Document:
    """Raises :class:`Refused` ``no-paper-to-serve``, Conflict ``not-sealed``, ``served-already``."""
    document = serving.found(session, jurisdiction_id, matter_id, pack, action)
    serving.require_unserved(session, document)
    return document


def _of(d: Decision) -> tuple[Session, int, int, str, str]:
    return d.session, d.jurisdiction_id, d.matter_id, str(d.matter["pack"]), d.action


def _judge(d: Decision) -> None:
    _announceable(*_of(d))


def _announced(d: Decision) -> dict[str, Any]:
    """What the event holds: the number of the paper that was announced."""
    return {"document": _announceable(*_of(d)).number}


def _deemed(d: Decision) -> dict[str, Any]:
    """What the event holds: the paper's change and service; nothing where it was served meanwhile or is void.

    The clockwork does this: it never fails, so what the law deems done is done whatever the papers say.
    """
    session, jurisdiction_id, matter_id, pack, action = _of(d)
    steps = {
        start.partition(".")[2]
        for kind in kinds().values()
        for start, end in kind.announced.items()
        if end == f"{pack}.{action}"
    }
    acts = session.scalars(queries.acts_of(jurisdiction_id, [matter_id])).all()
    event = next(one for one in reversed(acts) if one.action in steps)
    document = serving.paper_of(session, jurisdiction_id, matter_id, pack, action)
    if document is None or document.event_seq > event.seq:
        return {"document": None}
    if document.status == "served":
        return {"document": document.number, "before": True}
    return {
        "document": document.number,
        "change": life.change(document, status="served"),
        "service": _service(d, event).as_result(document.id, None, officers_of(event)),
    }


def _service(d: Decision, event: Event) -> Service:
    form, photos = event.data["form"], event.data["photos"]
    return Service(
        way="public",
        at=d.effective_at,
        place=form["where"],
        photos=[str(one["sha256"]) for one in photos],
        note=form["tried"],
    )


def officers_of(event: Event) -> list[int]:
    """Who announced it."""
    return list(dict.fromkeys(one for one in (event.person_id, *event.crew) if one is not None))


def _project(p: Projection, result: dict[str, Any], body: Any) -> None:
    if "change" in result:
        life.project_change(p, result["change"], body)
        life.project_service(p, result["service"], body)


def _nothing(p: Projection, result: dict[str, Any], body: Any) -> None:
    """An announcement serves nothing yet."""


def register() -> None:
    """Make ``documents.announce`` and ``documents.deem`` known to the engine."""
    effects.register(ANNOUNCE, decide=_announced, project=_nothing, judge=_judge, ready=_ready)
    effects.register(DEEM, decide=_deemed, project=_project)
