"""How documents are shown: their life, their proofs of service, the lines of the printing log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, cast

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names
from api.inputs import DeviceForm, Hash, Instant, Number
from api.matter_shapes import CrewRule
from api.public_notices import Announced, PublicNotice
from api.texts import Line, Prose
from gridsup.documents import earlier, life, queries, seals, serving
from gridsup.documents.drafts import Draft
from gridsup.documents.kinds import SEALED, kind_of
from gridsup.documents.model import Document, DocumentPrint, DocumentService, SealImage
from gridsup.documents.terms import Announcement
from gridsup.procedures.family import clock
from gridsup.procedures.forms import properties
from gridsup.procedures.pack import Words

KindField = Annotated[str, Field(max_length=40, pattern="^[a-z_]+$", description="kind of document")]
Way = Literal["direct", "left", "post", "electronic", "entrusted"]
ServedWay = Literal[Way, "public"]
Status = Literal["numbered", "sealed", "served", "void"]
SealWay = Literal["image", "wet", "none"]


class IssueForm(BaseModel):
    kind: KindField
    seq: Number | None = Field(default=None, description="the act; the newest without its paper if left out")


class SealForm(BaseModel):
    seal_id: Number


class ScanForm(BaseModel):
    """The scan of the printed and sealed paper, uploaded before (`PUT /attachments/{sha256}`)."""

    sha256: Hash


class DocumentVoidForm(BaseModel):
    reason: Prose


class AmendForm(BaseModel):
    """A correction: what the document says, what it should say, and why."""

    was: Prose
    now: Prose
    reason: Prose


class DocumentPrintForm(BaseModel):
    copies: int = Field(default=1, ge=1, le=100)
    format: Literal["pdf", "docx"] = "pdf"
    reason: Line | None = Field(default=None, description="needed when it was printed before")


class SealImageForm(BaseModel):
    """The image of a seal: a PNG, transparent outside the ring, uploaded before."""

    name: Line
    sha256: Hash


class ServiceForm(BaseModel):
    """How a document was served. A refusal (拒签) is `left` with its reason and a witness."""

    way: Way
    at: Instant
    place: Line
    receiver: Line | None = None
    relation: Line | None = Field(default=None, description="of the receiver to the party")
    signature_sha256: Hash | None = Field(default=None, description="drawn signature, PNG")
    refusal: Line | None = Field(default=None, description="why the signature was refused")
    witness: Line | None = None
    witness_of: Line | None = Field(default=None, description="the body that the witness is of")
    witness_signature_sha256: Hash | None = None
    proof_no: Line | None = Field(default=None, description="number of the postal or electronic receipt")
    photos: list[Hash] = Field(default=[], max_length=9)
    note: Line | None = None
    address_confirmed: bool = Field(
        default=False, description="the party signed the confirmation of its address (electronic service)"
    )
    crew: list[Number] = Field(default=[], max_length=5, description="officers who went along")
    device: DeviceForm = Field(default=DeviceForm(), description="what the phone noted about itself")


class DraftView(BaseModel):
    """A paper that is not issued: of a proposal that waits for signatures, or of an act."""

    kind: str
    title: Words
    numbered: Literal["act", "issue"] = Field(
        description="`act`: the act numbers it when it takes effect; `issue`: it can be issued now"
    )
    proposal: int | None
    seq: int | None


class ServiceView(BaseModel):
    id: int | None = Field(description="null until the clockwork has written it down")
    way: ServedWay = Field(description="`public`: deemed served when the term of a public notice was over")
    served_at: datetime
    place: str
    receiver: str | None
    relation: str | None
    signature_sha256: str | None
    refusal: str | None
    witness: str | None
    witness_of: str | None
    witness_signature_sha256: str | None
    proof_no: str | None
    photos: list[str]
    officers: list[str]
    receipt_number: str | None
    note: str | None


class NumberedRef(BaseModel):
    id: int
    number: str


class ServingStep(BaseModel):
    """The step of the matter that serving the paper takes."""

    action: str
    title: Words
    posts: list[str]
    ways: list[Way] = Field(description="the ways of service that the step knows")
    crew: CrewRule | None = Field(description="officers who go together, the acting person among them")


class EarlierService(BaseModel):
    """What a step of an earlier version of the procedure said of the service; there is no receipt of it."""

    title: Words = Field(description="the step")
    at: datetime
    way: Words | None = Field(description="null where the step did not ask for it")


class DocumentDetail(BaseModel):
    """A numbered document and what became of it."""

    id: int
    matter_id: int
    seq: int
    kind: str
    number: str
    title: str
    status: Status
    seal: SealWay = Field(description="how this bureau seals that kind")
    seal_first: bool = Field(description="it is to be sealed before it can be served")
    served: Literal["receipt", "sign", "none"] = Field(description="whether and how it is served")
    told: EarlierService | None = Field(description="it was served by a step of an earlier version")
    step: ServingStep | None = Field(description="serving it is this step; null where it stands for itself")
    sealed_by: Literal["image", "scan", "signature"] | None
    sealed_at: datetime | None
    file_sha256: str | None = Field(description="of the PDF as first set; null until it is asked for")
    final_sha256: str | None = Field(description="of the sealed or signed PDF or the bound scan")
    void_reason: str | None
    notice: PublicNotice | None = Field(description="the public notice of this paper")
    notifies: NumberedRef | None = Field(description="the paper that this public notice names")
    publish: bool = Field(description="this public notice is sealed and can be published")
    amends: NumberedRef | None
    amended_by: list[NumberedRef]
    services: list[ServiceView]
    prints: int = Field(description="how often it was printed")
    created_at: datetime


class MatterDocuments(BaseModel):
    matter_id: int
    documents: list[DocumentDetail]
    drafts: list[DraftView]


class PrintRow(BaseModel):
    """One line of the central printing log."""

    id: int
    matter_id: int
    document_id: int
    kind: str
    title: str
    number: str
    format: Literal["pdf", "docx", "list"]
    copies: int
    reason: str | None
    officer_id: int
    officer: str | None
    printed_at: datetime


class SealWayForm(BaseModel):
    way: Literal["image", "wet"]


class SealWayChoice(BaseModel):
    """A way of sealing and what it is called."""

    way: Literal["image", "wet"]
    title: Words


class SealWayView(BaseModel):
    """A kind of paper that bears a seal, and how it is sealed."""

    kind: str
    title: Words
    way: SealWay
    way_title: Words
    usual: SealWay = Field(description="where the bureau has chosen nothing")
    others: list[SealWayChoice] = Field(description="the ways that it can be changed to")


class SealImageView(BaseModel):
    id: int
    name: str
    sha256: str
    added_at: datetime
    retired_at: datetime | None


def draft(one: Draft) -> DraftView:
    kind = kind_of(one.kind)
    return DraftView(
        kind=one.kind, title=kind.title, numbered=kind.numbered, proposal=one.proposal, seq=one.seq
    )


def documents(session: Session, found: Sequence[Document]) -> list[DocumentDetail]:
    """Documents with their services, amendments and prints."""
    if not found:
        return []
    place, ids = found[0].jurisdiction_id, [one.id for one in found]
    services = list(session.scalars(queries.services_of(place, ids)))
    amendments = list(session.scalars(queries.amendments_of(place, ids)))
    told = earlier.told(session, found)
    now = clock()
    announced = Announced.of(session, found, now)
    counts = dict(session.execute(queries.print_counts(place, ids)).all())
    officers = {one for each in services for one in each.officers}
    officers |= {one for each in announced.told.values() for one in each.officers}
    known = names.look_up(session, place, officers=officers)
    firsts = {
        one.id: one
        for one in session.scalars(
            queries.documents_by_id(place, [one.amends_id for one in found if one.amends_id])
        )
    }
    plain = ("id", "matter_id", "kind", "number", "title", "sealed_by", "sealed_at", "created_at")
    more = ("file_sha256", "final_sha256", "void_reason")
    return [
        DocumentDetail(
            **{name: getattr(one, name) for name in (*plain, *more)},
            status="served" if one.id in announced.over else cast(Status, one.status),
            seq=one.event_seq,
            seal=life.policy(session, one),
            seal_first=one.id not in told and serving.awaits_seal(session, one),
            told=_told(told.get(one.id)),
            served=kind_of(one.kind).served,
            step=None if one.id in announced.over else _step(session, one, now),
            notice=announced.notice(session, one),
            notifies=_ref(announced.papers.get(one.id)),
            publish=announced.ready(session, one),
            amends=_ref(firsts.get(one.amends_id or 0)),
            amended_by=[ref for each in amendments if each.amends_id == one.id and (ref := _ref(each))],
            services=[
                *(_service(each, known) for each in services if each.document_id == one.id),
                *([_deemed(announced.told[one.id], known)] if one.id in announced.over else []),
            ],
            prints=counts.get(one.id, 0),
        )
        for one in found
    ]


def _told(one: earlier.Told | None) -> EarlierService | None:
    return EarlierService(title=one.title, at=one.at, way=one.way) if one else None


def _step(session: Session, one: Document, now: datetime) -> ServingStep | None:
    found = serving.step_for(session, one, now)
    if found is None:
        return None
    name, action = found
    crew = CrewRule(**action.crew.model_dump()) if action.crew else None
    ways = [one["const"] for one in properties(action.form)["way"]["oneOf"]]
    return ServingStep(action=name, title=action.title, posts=action.posts, ways=ways, crew=crew)


def _ref(one: Document | None) -> NumberedRef | None:
    return NumberedRef(id=one.id, number=one.number) if one else None


def _service(one: DocumentService, known: names.Names) -> ServiceView:
    given = {name: getattr(one, name) for name in ServiceView.model_fields if name != "officers"}
    return ServiceView(**given, officers=[known.officer(each) or str(each) for each in one.officers])


def _deemed(one: Announcement, known: names.Names) -> ServiceView:
    """The service that the end of a notice's term is, before it is written down: as it will be."""
    row = one.service.as_result(0, None, one.officers)
    row["served_at"] = one.until
    row["officers"] = [known.officer(each) or str(each) for each in one.officers]
    return ServiceView(id=None, **{name: row[name] for name in ServiceView.model_fields if name != "id"})


def print_rows(session: Session, place: int, found: Sequence[DocumentPrint]) -> list[PrintRow]:
    known = names.look_up(session, place, officers=(one.officer_id for one in found))
    return [
        PrintRow(
            **{name: getattr(one, name) for name in PrintRow.model_fields if name != "officer"},
            officer=known.officer(one.officer_id),
        )
        for one in found
    ]


def seal_way(kind: str, way: SealWay) -> SealWayView:
    said = kind_of(kind)
    return SealWayView(
        kind=kind,
        title=said.title,
        way=way,
        way_title=SEALED[way],
        usual=said.seal,
        others=[SealWayChoice(way=one, title=SEALED[one]) for one in seals.WAYS if one != way],
    )


def seal_image(one: SealImage) -> SealImageView:
    return SealImageView.model_validate(one, from_attributes=True)
