"""Service by public notice (公告送达, PROC-83): a sealed paper is announced; its term over, it is served.

The notice (送达公告) is a paper of its own, written and sealed before it is published (``publishing``).
``kinds.yaml`` names the steps under ``announced``: the step that publishes it → the clockwork's step that
ends the term; a paper that no step publishes is published by an event of its own. Nobody signs for it, so
there is no receipt (送达回证).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.documents import life, queries, serving, terms
from gridsup.documents.kinds import kind_of, kinds
from gridsup.documents.model import Document
from gridsup.documents.numerals import plain_day
from gridsup.documents.terms import ANNOUNCE
from gridsup.errors import Conflict, GridsupError, Refused
from gridsup.procedures import effects, store
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection

DEEM = "documents.deem"
NOTICE = "public_notice"
"""The kind of the notice itself."""


def paper_named(notice: Document) -> str:
    """The number of the paper that a notice serves."""
    return str(notice.content["fields"]["paper_number"])


def notice_of(session: Session, document: Document) -> Document | None:
    """The latest notice that names this paper and is not void."""
    known = session.scalars(queries.public_notices(document.jurisdiction_id, [document.matter_id])).all()
    named = (one for one in reversed(known) if paper_named(one) == document.number)
    return next(named, None)


def runs(session: Session, document: Document) -> bool:
    """Whether a clock of the matter runs whose end deems the paper served."""
    ends = {step.partition(".")[2] for step in kind_of(document.kind).announced.values()}
    row = store.load(session, document.jurisdiction_id, [document.matter_id]).get(document.matter_id)
    return row is not None and any(
        one["state"] == "running" and one["on_due"] in ends for one in row.deadlines.values()
    )


def publishable(session: Session, document: Document, now: datetime | None = None) -> Document:
    """The notice by which the paper can be published now.

    Raises Conflict ``served-already``, ``not-sealed``, ``announced-already``; Refused ``no-public-notice``.
    """
    serving.require_unserved(session, document, now)
    if document.id in terms.standing(session, [document]):
        raise Conflict(
            "announced-already",
            zh="{number} 已经公告，公告期满即视为送达。",
            en="{number} is published already; it is served when the term of the notice is over.",
            number=document.number,
        )
    notice = notice_of(session, document)
    if notice is None:
        raise Refused(
            "no-public-notice",
            zh="《{title}》{number} 还没有送达公告。请先在“文书”一栏对该文书点“拟制公告”，用印后再发布。",
            en="There is no public notice for “{title}” {number} yet. Write it at that paper under “Papers”, "
            "have it sealed, then publish it.",
            title=document.title,
            number=document.number,
        )
    serving.seal_first(session, notice)
    return notice


def _ready(
    session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str
) -> GridsupError | None:
    """What is missing before the paper can be published: the paper itself, its seal, the sealed notice."""
    try:
        publishable(session, serving.found(session, jurisdiction_id, matter_id, pack, action))
    except (Refused, Conflict) as refusal:
        return refusal
    return None


def _paper(d: Decision) -> Document:
    return serving.found(d.session, d.jurisdiction_id, d.matter_id, str(d.matter["pack"]), d.action)


def _ahead(d: Decision) -> None:
    """A day that the paper gives the party lies after the term: else it would be served with its day past.

    Raises :class:`Refused` ``notice-outlasts-paper``. What is missing of paper and notice was said by
    ``ready``.
    """
    document = _paper(d)
    name = kind_of(document.kind).ahead
    given = document.content["form"].get(name) if name else None
    until = terms.over_at(d.session, d.jurisdiction_id, d.effective_at)
    if given is None or date.fromisoformat(given) >= local_day(until):
        return
    raise Refused(
        "notice-outlasts-paper",
        zh="公告期满视为送达之日为{until}，晚于文书写明的{day}。请作废该文书，写明更晚的日期后重新制发。",
        en="The public notice would serve the paper on {until_en}, later than its own day {day_en}. Void the "
        "paper and write it with a later day.",
        until=plain_day(local_day(until)),
        day=plain_day(date.fromisoformat(given)),
        until_en=local_day(until).isoformat(),
        day_en=given,
    )


def published(document: Document, notice: Document) -> dict[str, Any]:
    """What the event of a publication holds: the paper, the notice, why no other way served."""
    return {
        "document": document.number,
        "notice": notice.number,
        "tried": notice.content["fields"]["tried"],
    }


def _announced(d: Decision) -> dict[str, Any]:
    document = _paper(d)
    notice = notice_of(d.session, document)
    assert notice is not None  # ``ready`` found it under this lock
    return published(document, notice)


def _deemed(d: Decision) -> dict[str, Any]:
    """What the event holds: the paper's change and service; nothing where it was served meanwhile or is void.

    The clockwork does this: it never fails, so what the law deems done is done whatever the papers say.
    """
    pack = str(d.matter["pack"])
    steps = {
        start.partition(".")[2]
        for kind in kinds().values()
        for start, end in kind.announced.items()
        if end == f"{pack}.{d.action}"
    }
    told = terms.announcements(d.session, d.jurisdiction_id, [d.matter_id])
    one = next(one for one in reversed(told) if one.event.action in steps)
    document = serving.paper_of(d.session, d.jurisdiction_id, d.matter_id, pack, d.action)
    if document is None or document.number != one.paper:
        return {"document": None}
    if document.status == "served":
        return {"document": document.number, "before": True}
    return {
        "document": document.number,
        "change": life.change(document, status="served"),
        "service": one.service.as_result(document.id, None, one.officers),
    }


def _project(p: Projection, result: dict[str, Any], body: Any) -> None:
    if "change" in result:
        life.project_change(p, result["change"], body)
        life.project_service(p, result["service"], body)


def _nothing(p: Projection, result: dict[str, Any], body: Any) -> None:
    """An announcement serves nothing yet."""


def register() -> None:
    """Make ``documents.announce`` and ``documents.deem`` known to the engine."""
    effects.register(ANNOUNCE, decide=_announced, project=_nothing, judge=_ahead, ready=_ready)
    effects.register(DEEM, decide=_deemed, project=_project)
