"""The life of a document after its act: issued, sealed or scanned, served, amended, void.

Each step is an event of the matter (kind ``document``), hash-chained with the acts, and ``documents`` and
``document_services`` are its projection. A number is given under the family's lock, the series row last.
Files are set before the lock is taken, never under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.documents import drafts, files, numbering, queries, seals
from gridsup.documents.kinds import SEALED, Kind, Seal, kind_of
from gridsup.documents.model import Document
from gridsup.documents.numbering import Series
from gridsup.documents.numerals import plain_day
from gridsup.documents.source import no_act
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.people import queries as people
from gridsup.procedures import attachments, door, effects
from gridsup.procedures.acting import Acting
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import clock, jurisdiction_of, lock_family
from gridsup.procedures.pack import Words
from gridsup.procedures.projection import Projection, instant

EVENT = "document"
STEPS = {
    "document_issue": Words(zh="制发文书", en="Document issued"),
    "document_seal": Words(zh="文书用印", en="Document sealed"),
    "document_scan": Words(zh="盖章扫描件入卷", en="Sealed scan bound to its number"),
    "document_serve": Words(zh="文书送达", en="Document served"),
    "document_publish": Words(zh="发布送达公告", en="Public notice published"),
    "document_deem": Words(zh="公告期满视为送达", en="Public notice over, deemed served"),
    "document_void": Words(zh="文书作废", en="Document voided"),
    "document_amend": Words(zh="文书更正", en="Document amended"),
}
"""The actions of the events, with their titles."""
CAPTIONS = {
    "paper": {"title": "文书", "x-title-en": "Paper"},
    "paper_number": {"title": "文号", "x-title-en": "Number"},
    "number": {"title": "文号", "x-title-en": "Number"},
    "way": {"title": "送达方式", "x-title-en": "Served by"},
    "notice": {"title": "送达公告", "x-title-en": "Public notice"},
    "where": {"title": "公告载体", "x-title-en": "Where it is published"},
    "tried": {"title": "其他方式无法送达的情况", "x-title-en": "Why no other way served"},
    "gist": {"title": "文书主要内容", "x-title-en": "What the paper says"},
    "refusal": {"title": "拒签事由", "x-title-en": "Why refused"},
    "was": {"title": "原文", "x-title-en": "It said"},
    "now": {"title": "更正为", "x-title-en": "It says"},
    "reason": {"title": "理由", "x-title-en": "Reason"},
}
"""What the history tells of an event's form; the rest (hashes, seals) is for machines."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that is about to be recorded: the matter, the event's action and form, what it results in."""

    matter_id: int
    action: str
    acting: Acting
    form: Mapping[str, Any]
    at: datetime
    crew: Sequence[int] = ()
    photos: Sequence[Mapping[str, Any]] = ()


def issue(
    session: Session,
    matter_id: int,
    kind_name: str,
    acting: Acting,
    *,
    seq: int | None = None,
    now: datetime | None = None,
) -> Document:
    """Give a paper its number after its act: where the act gives none itself, or its number became void.

    ``seq`` is the act; the newest whose paper is not issued when left out. ``now`` here and in the steps
    below is for tests and for loading history; else the clock is read.
    Raises :class:`NotFound` ``no-act-for-document``, ``no-document-kind``; Conflict ``already-issued``.
    """
    jurisdiction_id, kind = jurisdiction_of(session), kind_of(kind_name)
    lock_family(session, jurisdiction_id, matter_id)
    acts = [
        one
        for one in drafts.standing(session.scalars(queries.acts_of(jurisdiction_id, [matter_id])))
        if f"{one.data['pack']}.{one.action}" in kind.acts and seq in (None, one.seq)
    ]
    if not acts:
        raise no_act(kind, matter_id)
    free = [one.seq for one in acts if (kind_name, one.seq) not in drafts.issued(session, matter_id)]
    if not free:
        raise Conflict(
            "already-issued",
            zh="该步骤的《{title_zh}》已制发。如需重开，请先作废原号并写明理由。",
            en="“{title_en}” of this act is issued. To issue it anew, void the number first, with a reason.",
            title_zh=kind.title.zh,
            title_en=kind.title.en,
        )
    act = next(one for one in acts if one.seq == free[-1])
    content = {"facts": {}, "form": act.data["form"], "seq": act.seq}
    step = Step(matter_id, "document_issue", acting, {"kind": kind_name, "seq": act.seq}, now or clock())
    title = kind.title_of(f"{act.data['pack']}.{act.action}")
    return numbered(session, step, kind_name, title, content)


def seal(
    session: Session, document_id: int, seal_id: int, acting: Acting, *, now: datetime | None = None
) -> Document:
    """Put the image of a seal into an issued document.

    Raises Conflict ``document-void``, ``sealed-already``, ``other-seal``; NotFound ``no-seal``.
    """
    before = files.get(session, document_id)
    image = session.scalar(queries.seal_image(before.jurisdiction_id, seal_id))
    if image is None or image.retired_at is not None:
        raise NotFound(
            "no-seal",
            zh="没有在用的该印章，请核对。",
            en="No such seal is in use. Choose another.",
            seal=seal_id,
        )
    made = files.completed(session, before, seal=files.picture(session, image.sha256))
    document = _unsealed(session, document_id, "image")
    final = files.store(document.jurisdiction_id, made)
    form = {"number": document.number, "seal": image.name, "original_sha256": document.file_sha256}
    return _sealed(session, document, "document_seal", acting, form, final, "image", now=now)


def bind_scan(session: Session, document_id: int, sha256: str, acting: Acting) -> Document:
    """Bind the scan of the printed and sealed paper to its number; the hash is kept.

    Raises Conflict ``document-void``, ``sealed-already``, ``other-seal``, ``not-printed``; NotFound
    ``no-attachment``.
    """
    document = _unsealed(session, document_id, "wet")
    printed = queries.prints(document.jurisdiction_id, document_ids=[document.id], limit=1)
    if session.scalar(printed) is None:
        raise Conflict(
            "not-printed",
            zh="该文书还没有打印记录。请先打印、盖章，再上传扫描件。",
            en="This document was never printed. Print it, seal it, then upload the scan.",
        )
    scan = attachments.find(session, sha256)
    files.original(session, document)
    form = {"number": document.number, "scan": scan.sha256, "original_sha256": document.file_sha256}
    return _sealed(
        session,
        document,
        "document_scan",
        acting,
        form,
        scan.sha256,
        "scan",
        photos=[{"sha256": scan.sha256, "caption": f"{document.title}（盖章扫描件）"}],
    )


def amend(
    session: Session,
    document_id: int,
    *,
    was: str,
    now: str,
    reason: str,
    acting: Acting,
    at: datetime | None = None,
) -> Document:
    """Issue an amendment (更正) that names the document by number; the document itself stays as it is.

    Raises Conflict ``document-void``.
    """
    first = standing(session, document_id)
    jurisdiction_id = first.jurisdiction_id
    event = session.scalars(queries.event(jurisdiction_id, first.matter_id, first.event_seq)).one()
    fields = {
        "paper": first.title,
        "paper_number": first.number,
        "paper_day": plain_day(local_day(event.effective_at)),
        "was": was,
        "now": now,
        "reason": reason,
    }
    content = {"fields": fields, "officers": [acting.person_id] if acting.person_id else []}
    step = Step(first.matter_id, "document_amend", acting, fields, at or clock())
    return numbered(session, step, "amendment", kind_of("amendment").title, content, amends_id=first.id)


def policy(session: Session, document: Document) -> Seal:
    """How this bureau seals that kind: its own setting, else the registry's."""
    home = session.scalars(people.jurisdiction(document.jurisdiction_id)).one()
    return seals.way_of(home.settings, document.kind)


def change(document: Document, **columns: Any) -> dict[str, Any]:
    """The result that changes columns of a document, found again by its place in the series."""
    key = {"series": document.series, "year": document.year, "serial": document.serial}
    return {"key": key, "set": columns}


def numbered(
    session: Session, step: Step, kind_name: str, title: Words, content: dict[str, Any], **more: Any
) -> Document:
    """A paper that comes with this step, numbered."""
    kind: Kind = kind_of(kind_name)
    jurisdiction_id = jurisdiction_of(session)
    family = lock_family(session, jurisdiction_id, step.matter_id)
    series = Series(kind_name, kind.mark, title, kind.source)
    row = numbering.give(session, jurisdiction_id, series, step.at, matter_id=step.matter_id, content=content)
    record_step(session, step, {"documents.issue": {**row, **more}}, family=family)
    return session.scalars(queries.numbered(jurisdiction_id, row["series"], row["year"], row["serial"])).one()


def _sealed(
    session: Session,
    document: Document,
    action: str,
    acting: Acting,
    form: Mapping[str, Any],
    final: str,
    by: str,
    photos: Sequence[Mapping[str, Any]] = (),
    now: datetime | None = None,
) -> Document:
    now = now or clock()
    step = Step(document.matter_id, action, acting, form, now, photos=photos)
    row = change(document, status="sealed", final_sha256=final, sealed_by=by, sealed_at=now.isoformat())
    record_step(session, step, {"documents.change": row})
    return fresh(session, document)


def record_step(session: Session, step: Step, results: Mapping[str, Any], *, family: Any = None) -> None:
    family = family or lock_family(session, jurisdiction_of(session), step.matter_id)
    family.record(
        family.members[step.matter_id],
        kind=EVENT,
        action=step.action,
        acting=step.acting,
        effective_at=step.at,
        form=step.form,
        crew=step.crew,
        photos=step.photos,
        results=results,
    )
    door.announce(family, step.matter_id)


def standing(session: Session, document_id: int) -> Document:
    """The document, its family locked, unless it is void."""
    document = files.get(session, document_id)
    lock_family(session, document.jurisdiction_id, document.matter_id)
    session.refresh(document)
    if document.status == "void":
        raise Conflict(
            "document-void",
            zh="{number} 已作废，不能再办理。",
            en="{number} is void: nothing more can be done with it.",
            number=document.number,
        )
    return document


def _unsealed(session: Session, document_id: int, way: Seal) -> Document:
    files.original(session, files.get(session, document_id))  # set before the lock is taken
    document = standing(session, document_id)
    if document.status != "numbered":
        raise Conflict(
            "sealed-already",
            zh="{number} 已用印或已送达。",
            en="{number} is sealed or served already.",
            number=document.number,
        )
    wanted = policy(session, document)
    if wanted != way:
        raise Conflict(
            "other-seal",
            zh="本局规定该种文书的用印方式为：{way_zh}。",
            en="This bureau seals that kind otherwise: {way_en}.",
            way_zh=SEALED[wanted].zh,
            way_en=SEALED[wanted].en,
        )
    return document


def fresh(session: Session, document: Document) -> Document:
    session.refresh(document)
    return document


def _afterwards(d: Decision) -> dict[str, Any]:
    raise Invalid(
        "not-of-an-act",
        zh="此效果只用于文书的后续办理，不能写入流程包。",
        en="This effect belongs to the life of a document and to no act of a pack.",
    )


def project_change(p: Projection, result: dict[str, Any], body: Any) -> None:
    """Columns of a document that a step of its life changed."""
    columns = dict(result["set"])
    if "sealed_at" in columns:
        columns["sealed_at"] = instant(columns["sealed_at"])
    p.put("documents", result["key"], columns)


def project_service(p: Projection, result: dict[str, Any], body: Any) -> None:
    """The row of a service."""
    key = {"matter_id": body["matter"], "event_seq": body["seq"]}
    p.put("document_services", key, {**result, "served_at": instant(result["served_at"])})


def register() -> None:
    """Make the results of these steps known to the fold."""
    effects.register("documents.issue", decide=_afterwards, project=numbering.project_document)
    effects.register("documents.change", decide=_afterwards, project=project_change)
    effects.register("documents.service", decide=_afterwards, project=project_service)
