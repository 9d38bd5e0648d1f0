"""Service of documents (送达): signed on the phone, left before a witness when refused, by post or otherwise.

Each service is an event of the matter; a paper that needs proof of service gets its receipt (送达回证),
numbered in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents import files, life, numbering, queries
from gridsup.documents.kinds import Kind, kind_of
from gridsup.documents.life import Step
from gridsup.documents.model import WAYS, Document
from gridsup.documents.names import local_moment
from gridsup.documents.numbering import Series
from gridsup.errors import Conflict, FieldFault, Invalid
from gridsup.procedures import attachments
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import clock, jurisdiction_of, lock_family

WAY_WORDS = {
    "direct": "直接送达",
    "left": "留置送达",
    "post": "邮寄送达",
    "electronic": "电子送达",
    "entrusted": "委托、转交送达",
}
SLACK = timedelta(minutes=5)
"""How far a phone's clock may run ahead."""


@dataclass(frozen=True, slots=True)
class Service:
    """How a document was served. Hashes name uploaded files; signatures are PNG, photos have captions."""

    way: str
    at: datetime
    place: str
    receiver: str | None = None
    relation: str | None = None
    signature_sha256: str | None = None
    refusal: str | None = None
    witness: str | None = None
    witness_of: str | None = None
    witness_signature_sha256: str | None = None
    proof_no: str | None = None
    photos: Sequence[str] = ()
    note: str | None = None


def serve(
    session: Session,
    document_id: int,
    service: Service,
    acting: Acting,
    *,
    crew: Sequence[int] = (),
    now: datetime | None = None,
) -> Document:
    """Record that a document was served; returns it. ``crew``: who went, the acting person among them.

    ``now`` is for tests and for loading history. The same service, sent again by a phone that never heard
    the answer, is recorded once.

    Raises Conflict ``document-void``, ``not-served-kind``, ``not-sealed``, ``served-already``; Invalid
    ``service-not-proved`` with a fault per field, ``not-a-png``; NotFound ``no-attachment``.
    """
    now = now or clock()
    before = files.get(session, document_id)
    if _recorded(session, before, service):
        return before
    kind = kind_of(before.kind)
    _check(session, kind, before, service, now)
    final = _signed_copy(session, kind, before, service)
    files.original(session, before)
    document = life.standing(session, document_id)
    if document.status == "served":
        raise Conflict(
            "served-already",
            zh="{number} 已送达。",
            en="{number} was served already.",
            number=document.number,
        )
    if life.policy(session, document) != "none" and document.status != "sealed":
        raise Conflict(
            "not-sealed",
            zh="{number} 尚未用印，不能送达。请先用印或上传盖章扫描件。",
            en="{number} is not sealed and cannot be served. Seal it or upload the sealed scan first.",
            number=document.number,
        )
    officers = list(dict.fromkeys([*([acting.person_id] if acting.person_id else []), *crew]))
    set_: dict[str, Any] = {"status": "served"}
    if final is not None:
        set_ |= {"final_sha256": final, "sealed_by": "signature", "sealed_at": now.isoformat()}
    results: dict[str, Any] = {"documents.change": life.change(document, **set_)}
    # lock order: the family is held; the series row is the last lock
    receipt = _receipt(session, document, service, officers, now) if kind.served == "receipt" else None
    if receipt is not None:
        results["documents.issue"] = receipt
    results["documents.service"] = {
        **asdict(service),
        "photos": list(service.photos),
        "served_at": service.at.isoformat(),
        "document_id": document.id,
        "receipt_number": receipt["number"] if receipt else None,
        "officers": officers,
    }
    del results["documents.service"]["at"]
    named = [one for one in (service.signature_sha256, service.witness_signature_sha256) if one]
    captions = {service.signature_sha256: "签收签名", service.witness_signature_sha256: "见证人签名"}
    step = Step(
        document.matter_id,
        "document_serve",
        acting,
        {"number": document.number, "way": WAY_WORDS[service.way], "refusal": service.refusal},
        now,
        crew=officers,
        photos=[
            {"sha256": one, "caption": captions.get(one, "送达现场")} for one in (*named, *service.photos)
        ],
    )
    life.record_step(session, step, results)
    return life.fresh(session, document)


def _recorded(session: Session, document: Document, service: Service) -> bool:
    rows = session.scalars(queries.services_of(document.jurisdiction_id, [document.id]))
    said = (service.at, service.way, service.place, service.receiver, service.signature_sha256)
    return any((r.served_at, r.way, r.place, r.receiver, r.signature_sha256) == said for r in rows)


def _check(session: Session, kind: Kind, document: Document, service: Service, now: datetime) -> None:
    if kind.served == "none":
        raise Conflict(
            "not-served-kind",
            zh="《{title}》不送达当事人。",
            en="A “{title}” is not served on the party.",
            title=document.title,
        )
    if faults := [*_faults(service), *_moment_faults(session, document, service, now)]:
        raise Invalid(
            "service-not-proved",
            zh="送达情况有{count}处不全：{first}",
            en="The proof of service lacks {count} thing(s): {first_en}",
            faults=faults,
            count=len(faults),
            first=faults[0].zh,
            first_en=faults[0].en,
        )
    hashes = [service.signature_sha256, service.witness_signature_sha256, *service.photos]
    for one in filter(None, hashes):
        attachments.find(session, one)


def _faults(service: Service) -> list[FieldFault]:
    """What the way of service asks for (民事诉讼法 arts. 87–91 as 程序规定 art. 81 takes them over)."""
    found = []

    def lacks(field: str, zh: str, en: str) -> None:
        found.append(FieldFault(f"/{field}", zh, en))

    if service.way not in WAYS:
        lacks("way", "送达方式不明。", "Unknown way of service.")
    if not service.place.strip():
        lacks("place", "请填写送达地点。", "Say where it was served.")
    if service.way == "direct":
        if not service.receiver:
            lacks("receiver", "请填写收件人。", "Say who received it.")
        if not service.signature_sha256 and not service.photos:
            lacks(
                "signature_sha256",
                "请由收件人签名，或拍摄已签名的文书。",
                "A signature, or a photo of it.",
            )
        if service.refusal:
            lacks("way", "拒签的应当留置送达。", "A refused paper is left: choose that way.")
    if service.way == "left":
        if not service.refusal:
            lacks("refusal", "请记明拒收、拒签的事由。", "Say why it was refused.")
        if not service.witness:
            lacks("witness", "请填写见证人姓名。", "Name the witness.")
        if not service.witness_of:
            lacks("witness_of", "请填写见证人所在单位或者基层组织。", "Say whom the witness is of.")
        if not service.photos and not service.witness_signature_sha256:
            lacks("photos", "请由见证人签名，或拍照记录留置过程。", "A witness's signature, or photos.")
    if service.way in ("post", "electronic", "entrusted") and not service.proof_no:
        lacks("proof_no", "请填写回执或者凭证号码。", "Give the number of the receipt.")
    return found


def _moment_faults(session: Session, document: Document, service: Service, now: datetime) -> list[FieldFault]:
    if service.at > now + SLACK:
        return [FieldFault("/at", "送达时间在将来，请核对。", "The time lies in the future.")]
    issued = session.scalars(queries.event(document.jurisdiction_id, document.matter_id, document.event_seq))
    if service.at < issued.one().effective_at - timedelta(days=1):
        return [FieldFault("/at", "送达时间早于文书制发时间。", "Served before it was issued.")]
    return []


def _signed_copy(session: Session, kind: Kind, document: Document, service: Service) -> str | None:
    """A paper that is signed itself (a record, a notice of materials): set again with the signature."""
    if service.signature_sha256 is None:
        return None
    drawn = files.picture(session, service.signature_sha256)
    if kind.served != "sign":
        return None
    made = files.completed(session, document, signatures={"signature": drawn})
    return files.store(document.jurisdiction_id, made)


def _receipt(
    session: Session, document: Document, service: Service, officers: Sequence[int], now: datetime
) -> dict[str, Any]:
    """The row of the proof of service, with its number."""
    kind = kind_of("service_receipt")
    fields = {
        "paper": document.title,
        "paper_number": document.number,
        "way": WAY_WORDS[service.way],
        "at": local_moment(service.at),
        "place": service.place,
        "receiver": service.receiver,
        "relation": service.relation,
        "refusal": service.refusal,
        "witness": service.witness,
        "witness_of": service.witness_of,
        "note": "；".join(
            filter(None, (f"凭证号码 {service.proof_no}" if service.proof_no else None, service.note))
        ),
    }
    signatures = {
        mark: sha256
        for mark, sha256 in (
            ("signature", service.signature_sha256),
            ("witness", service.witness_signature_sha256),
        )
        if sha256
    }
    series = Series("service_receipt", kind.mark, kind.title, kind.source)
    lock_family(session, jurisdiction_of(session), document.matter_id)
    return numbering.give(
        session,
        document.jurisdiction_id,
        series,
        now,
        matter_id=document.matter_id,
        content={"fields": fields, "officers": list(officers), "signatures": signatures},
    )
