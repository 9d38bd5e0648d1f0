"""Service of documents (送达): signed on the phone, left before a witness when refused, by post or otherwise.

A paper whose matter waits for the step that serves it is served by that step, once for both; any other is an
event of its own. A paper that needs proof of service gets its receipt (送达回证), numbered in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents import files, life, queries, serving
from gridsup.documents.kinds import Kind, kind_of
from gridsup.documents.life import Step
from gridsup.documents.model import Document, DocumentService
from gridsup.documents.proof import SLACK, WAY_WORDS, Service, check, receipt_row
from gridsup.procedures import engine, store
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import clock
from gridsup.procedures.pack import Action

Capacity = Callable[[Sequence[str] | None], Acting]
"""Posts of the step that serves the paper (None: it is served by itself) → who acts, in what capacity."""


def serve(
    session: Session,
    document_id: int,
    service: Service,
    acting: Acting | Capacity,
    *,
    crew: Sequence[int] = (),
    now: datetime | None = None,
) -> Document:
    """Record that a document was served; returns it. ``crew``: who went, the acting person among them.

    ``acting`` may be a function that says in what capacity the person takes the step that serves the paper.

    ``now`` is for tests and for loading history. The same service, sent again by a phone that never heard
    the answer, is recorded once.

    Raises Conflict ``document-void``, ``not-served-kind``, ``not-sealed``, ``served-already``; Invalid
    ``service-not-proved`` with a fault per field, ``not-a-png``; NotFound ``no-attachment``; and, where a
    step of the matter serves the paper, what :func:`gridsup.procedures.engine.act` raises.
    """
    now = now or clock()
    before = files.get(session, document_id)
    if recorded(session, before, service) is not None:
        return before
    found = serving.step_for(session, before, now)
    if not isinstance(acting, Acting):
        acting = acting(found[1].posts if found else None)
    officers = list(dict.fromkeys([*([acting.person_id] if acting.person_id else []), *crew]))
    if found:  # the step proves the service
        _by_step(session, before, service, acting, officers, now, found)
        return life.fresh(session, before)
    kind = kind_of(before.kind)
    check(session, kind, before, service, now)
    final = _signed_copy(session, kind, before, service)
    files.original(session, before)
    document = life.standing(session, document_id)
    serving.require_unserved(session, document, now)
    set_: dict[str, Any] = {"status": "served"}
    if final is not None:
        set_ |= {"final_sha256": final, "sealed_by": "signature", "sealed_at": now.isoformat()}
    results: dict[str, Any] = {"documents.change": life.change(document, **set_)}
    # lock order: the family is held; the series row is the last lock
    receipt = receipt_row(session, document, service, officers, now) if kind.served == "receipt" else None
    if receipt is not None:
        results["documents.issue"] = receipt
    results["documents.service"] = service.as_result(
        document.id, receipt["number"] if receipt else None, officers
    )
    named = [one for one in (service.signature_sha256, service.witness_signature_sha256) if one]
    step = Step(
        document.matter_id,
        "document_serve",
        acting,
        {"number": document.number, "way": WAY_WORDS[service.way], "refusal": service.refusal},
        now,
        crew=officers,
        photos=_captioned(service, (*named, *service.photos)),
    )
    life.record_step(session, step, results)
    return life.fresh(session, document)


def _by_step(
    session: Session,
    document: Document,
    service: Service,
    acting: Acting,
    officers: list[int],
    now: datetime,
    found: tuple[str, Action],
) -> None:
    """The step of the matter that serves the paper: its event is the service."""
    files.original(session, document)  # set before the lock is taken
    name, action = found
    row = store.load(session, document.jurisdiction_id, [document.matter_id])[document.matter_id]
    service = replace(service, at=min(service.at, now))
    engine.act(
        session,
        document.matter_id,
        name,
        acting,
        serving.form_of(action, service, row.matter["facts"]),
        key=f"serve-{document.id}-{service.at.isoformat()}-{service.way}",
        expected_version=None,
        effective_at=service.at,
        crew=officers,
        photos=_captioned(service, service.photos),
        now=now,
    )


def _captioned(service: Service, pictures: Sequence[str]) -> list[dict[str, str]]:
    captions = {service.signature_sha256: "签收签名", service.witness_signature_sha256: "见证人签名"}
    return [{"sha256": one, "caption": captions.get(one, "送达现场")} for one in pictures]


def recorded(session: Session, document: Document, service: Service) -> DocumentService | None:
    """The row of this very service, where it has come before; a phone's clock may be a little ahead."""
    rows = session.scalars(queries.services_of(document.jurisdiction_id, [document.id]))
    said = (service.way, service.place, service.receiver, service.signature_sha256)
    same = (r for r in rows if (r.way, r.place, r.receiver, r.signature_sha256) == said)
    return next((r for r in same if timedelta(0) <= service.at - r.served_at <= SLACK), None)


def _signed_copy(session: Session, kind: Kind, document: Document, service: Service) -> str | None:
    """A paper that is signed itself (a record, a notice of materials): set again with the signature."""
    if service.signature_sha256 is None:
        return None
    drawn = files.picture(session, service.signature_sha256)
    if kind.served != "sign":
        return None
    made = files.completed(session, document, signatures={"signature": drawn})
    return files.store(document.jurisdiction_id, made)
