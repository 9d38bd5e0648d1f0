"""Public notices (送达公告): written of a sealed paper that no other way serves, sealed, then published.

Where a step of the matter publishes such a paper the step is taken by it; any other paper is published, and
deemed served, by events of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.documents import announcing, files, life, queries, serving, terms
from gridsup.documents.announcing import NOTICE
from gridsup.documents.kinds import kind_of
from gridsup.documents.life import Step
from gridsup.documents.model import Document
from gridsup.documents.numerals import plain_day
from gridsup.documents.services import Capacity
from gridsup.documents.terms import ANNOUNCE
from gridsup.errors import Conflict
from gridsup.procedures import door, engine, forms, steps, store
from gridsup.procedures.acting import CLOCKWORK, Acting
from gridsup.procedures.family import clock, jurisdiction_of, lock_family


def write(
    session: Session,
    document_id: int,
    *,
    tried: str,
    gist: str | None,
    acting: Acting,
    now: datetime | None = None,
) -> Document:
    """Write the notice of a sealed paper; it is numbered and waits for its seal.

    ``tried``: why no other way served; ``gist``: what the paper says, as far as the public is told.
    Raises Conflict ``document-void``, ``not-announced-kind``, ``served-already``, ``not-sealed``,
    ``notice-written``.
    """
    now = now or clock()
    document = life.standing(session, document_id)
    if kind_of(document.kind).served != "receipt":
        raise Conflict(
            "not-announced-kind",
            zh="《{title}》不以公告送达。",
            en="A “{title}” is not served by public notice.",
            title=document.title,
        )
    serving.require_unserved(session, document, now)
    if (earlier := announcing.notice_of(session, document)) is not None:
        raise Conflict(
            "notice-written",
            zh="{number} 已有送达公告 {notice}。内容有误且尚未发布的，先作废再重新拟制。",
            en="{number} has the public notice {notice} already. Where that is wrong and not published, void "
            "it first.",
            number=document.number,
            notice=earlier.number,
        )
    event = session.scalars(queries.event(document.jurisdiction_id, document.matter_id, document.event_seq))
    fields = {
        "paper": document.title,
        "paper_number": document.number,
        "paper_day": plain_day(local_day(event.one().effective_at)),
        "tried": _phrase(tried),
        "gist": _phrase(gist or "") or None,
        "term": str(terms.term(session, document.jurisdiction_id, local_day(now)).number),
    }
    content = {"fields": fields, "officers": [acting.person_id] if acting.person_id else []}
    step = Step(document.matter_id, "document_issue", acting, {"kind": NOTICE, **fields}, now)
    return life.numbered(session, step, NOTICE, kind_of(NOTICE).title, content)


def _phrase(text: str) -> str:
    """A text as the notice takes it into a sentence."""
    return text.strip().rstrip("。；，.;,")


def publish(
    session: Session,
    notice_id: int,
    where: str,
    acting: Acting | Capacity,
    *,
    photos: Sequence[str] = (),
    now: datetime | None = None,
) -> Document:
    """Record that a sealed notice was published today; its term begins. Returns the notice.

    ``acting`` may be a function that says in what capacity the person takes the step that publishes it;
    ``photos``: hashes of uploaded files. Raises Conflict ``not-a-public-notice`` and what
    :func:`gridsup.documents.announcing.publishable` and :func:`gridsup.procedures.engine.act` raise.
    """
    now = now or clock()
    notice = life.standing(session, notice_id)
    if notice.kind != NOTICE:
        raise Conflict(
            "not-a-public-notice",
            zh="{number} 不是送达公告。",
            en="{number} is no public notice.",
            number=notice.number,
        )
    document = _paper_of(session, notice)
    announcing.publishable(session, document, now)
    found = serving.step_for(session, document, now, kind_of(document.kind).announced, ANNOUNCE)
    if not isinstance(acting, Acting):
        acting = acting(found[1].posts if found else None)
    files.original(session, notice)
    pictures = [{"sha256": one, "caption": "公告发布"} for one in photos]
    if found:
        name, action = found
        row = store.load(session, document.jurisdiction_id, [document.matter_id])[document.matter_id]
        engine.act(
            session,
            document.matter_id,
            name,
            acting,
            forms.form_from_facts(action.form, row.matter["facts"]) | {"where": where},
            key=f"publish-{notice.id}",
            expected_version=None,
            photos=pictures,
            now=now,
        )
    else:
        form = {"notice": notice.number, "paper_number": document.number, "where": where}
        step = Step(document.matter_id, "document_publish", acting, form, now, photos=pictures)
        life.record_step(session, step, {ANNOUNCE: announcing.published(document, notice)})
    return life.fresh(session, notice)


def _paper_of(session: Session, notice: Document) -> Document:
    number = announcing.paper_named(notice)
    known = session.scalars(queries.documents_of(notice.jurisdiction_id, notice.matter_id))
    return next(one for one in known if one.number == number)


def settle(session: Session, matter_id: int, now: datetime) -> bool:
    """Write down what fell due in a matter: the clockwork's steps, then the papers whose term is over and
    that no step serves. Whether there was any."""
    jurisdiction_id = jurisdiction_of(session)
    family = lock_family(session, jurisdiction_id, matter_id, now)
    steps.settle(family)
    if family.touched:
        door.announce(family, matter_id)
    known = session.scalars(
        queries.documents_of(jurisdiction_id, matter_id), execution_options={"populate_existing": True}
    ).all()
    told = terms.standing(session, known)
    over = [one for one in known if one.id in told and terms.is_over(told[one.id], one, now)]
    for document in over:
        one = told[document.id]
        form = {"number": document.number, "way": "公告送达", "where": one.where}
        results = {
            "documents.change": life.change(document, status="served"),
            "documents.service": one.service.as_result(document.id, None, one.officers),
        }
        life.record_step(session, Step(matter_id, "document_deem", CLOCKWORK, form, one.until), results)
    return bool(over or family.touched)


def settle_due(session: Session, *, now: datetime | None = None) -> list[int]:
    """Write down which papers are served since the term of their notice is over; their matters.

    Reads show them as served already (:mod:`gridsup.documents.terms`).
    """
    waiting = session.scalars(queries.awaiting_term(jurisdiction_of(session))).all()
    return [one for one in waiting if settle(session, one, now or clock())]
