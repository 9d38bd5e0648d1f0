"""What proves that a paper was served: the way, the receipt, the witness of a refusal; and its 送达回证.

Asked alike of a step that serves its paper and of a paper that is served by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents import numbering, queries
from gridsup.documents.kinds import Kind, kind_of
from gridsup.documents.model import Document
from gridsup.documents.names import local_moment
from gridsup.documents.numbering import Series
from gridsup.errors import Conflict, FieldFault, Invalid
from gridsup.procedures import attachments

WAY_WORDS = {
    "direct": "直接送达",
    "left": "留置送达",
    "post": "邮寄送达",
    "electronic": "电子送达",
    "entrusted": "委托、转交送达",
}
"""The ways that somebody takes and proves; a public notice (公告送达) serves when its term is over."""
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
    address_confirmed: bool = False
    """The party signed the confirmation of its address (送达地址确认书), as electronic service asks."""

    def as_result(
        self, document_id: int, receipt_number: str | None, officers: Sequence[int]
    ) -> dict[str, Any]:
        """What the event says of it: the row of ``document_services``."""
        row = asdict(self)
        row["served_at"] = row.pop("at").isoformat()
        confirmed = "已签送达地址确认书" if row.pop("address_confirmed") else None
        row["note"] = "；".join(filter(None, (confirmed, self.note))) or None
        return row | {
            "photos": list(self.photos),
            "document_id": document_id,
            "receipt_number": receipt_number,
            "officers": list(officers),
        }


def check(session: Session, kind: Kind, document: Document, service: Service, now: datetime) -> None:
    """Raises Conflict ``not-served-kind``; Invalid ``service-not-proved`` with a fault per field; NotFound
    ``no-attachment``."""
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

    if service.way not in WAY_WORDS:
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
    if service.way == "electronic" and not service.address_confirmed:
        lacks(
            "address_confirmed",
            "电子送达须有当事人签署的送达地址确认书。",
            "Electronic service needs the party's signed confirmation of address.",
        )
    return found


def _moment_faults(session: Session, document: Document, service: Service, now: datetime) -> list[FieldFault]:
    if service.at > now + SLACK:
        return [FieldFault("/at", "送达时间在将来，请核对。", "The time lies in the future.")]
    issued = session.scalars(queries.event(document.jurisdiction_id, document.matter_id, document.event_seq))
    if service.at < issued.one().effective_at - timedelta(days=1):
        return [FieldFault("/at", "送达时间早于文书制发时间。", "Served before it was issued.")]
    return []


def receipt_row(
    session: Session, document: Document, service: Service, officers: Sequence[int], at: datetime
) -> dict[str, Any]:
    """The row of the proof of service (送达回证), with its number; the family is locked by now."""
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
            filter(
                None,
                (
                    f"凭证号码 {service.proof_no}" if service.proof_no else None,
                    "已签送达地址确认书" if service.address_confirmed else None,
                    service.note,
                ),
            )
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
    return numbering.give(
        session,
        document.jurisdiction_id,
        series,
        at,
        matter_id=document.matter_id,
        content={"fields": fields, "officers": list(officers), "signatures": signatures},
    )
