"""The shapes in which matters are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.acts import Reason
from api.held_shapes import Holdings
from gridsup.procedures.pack import Words


class RowClock(BaseModel):
    """The running clock that is due next."""

    name: str
    title: Words
    due_at: datetime | None
    warn_at: datetime | None
    overdue: bool
    warned: bool
    standing: Literal["bureau", "default", "unverified"] | None = Field(
        default=None,
        description="whose the limit is, where not plainly the law's: set by the bureau, a default it may "
        "set, or not checked against the text",
    )


class MatterRow(BaseModel):
    """A matter in the queue. `lon`, `lat` is its pin (CRS84)."""

    id: int
    number: str | None
    title: str
    title_en: str | None = Field(default=None, description="of a title that the platform composed")
    pack: str
    pack_title: Words
    state: str
    state_title: Words
    lane: str
    subject_kind: str | None
    subject_id: int | None
    cell_id: int | None
    cell_code: str | None
    station_id: int | None
    station_name: str | None
    lon: float | None
    lat: float | None
    clock: RowClock | None
    overdue: bool
    waits_for: str | None = Field(description="the post that must move it on, or `child`")
    assigned_officer_id: int | None
    assigned_officer_name: str | None
    assigned_org_id: int | None
    assigned_org_name: str | None
    opened_at: datetime
    ended_at: datetime | None
    outcome: str | None
    parent_id: int | None
    version: int


class PinProperties(BaseModel):
    id: int
    title: str
    number: str | None
    pack: str
    state: str
    lane: str
    cell_id: int | None
    next_due_at: datetime | None
    overdue: bool
    ended: bool


class PointGeometry(BaseModel):
    type: Literal["Point"] = "Point"
    coordinates: Annotated[list[float], Field(min_length=2, max_length=2)]


class Pin(BaseModel):
    type: Literal["Feature"] = "Feature"
    id: int
    geometry: PointGeometry
    properties: PinProperties


class Pins(BaseModel):
    """A GeoJSON feature collection of matters."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Pin]
    truncated: bool = Field(description="there are more: ask for a smaller box")


class FactColumn(BaseModel):
    name: str
    title: Words


class Related(BaseModel):
    """Another matter that a fact names."""

    id: int
    title: str
    title_en: str | None


class FactView(BaseModel):
    """A fact with its caption; `text` is the caption of a chosen value. `columns` caption a table,
    `matters` are those that it names by their numbers."""

    name: str
    title: Words
    value: Any
    text: Words | None
    columns: list[FactColumn] = []
    matters: list[Related] = []


class MilestoneView(BaseModel):
    name: str
    title: Words
    at: datetime


class DeadlineView(BaseModel):
    """One run of a clock and why its date is what it is (`explanation`, with `lines` in both languages)."""

    clock: str
    run: int
    title: Words
    state: Literal["running", "paused", "stopped", "fired", "dropped"]
    started_at: datetime
    due_at: datetime | None = Field(description="over from this instant on; null while paused")
    warn_at: datetime | None
    stopped_at: datetime | None
    owner: str
    on_due: str | None = Field(description="the act that the due instant itself brings about")
    overdue: bool
    warned: bool
    late: bool = Field(description="stopped after its due instant")
    calendar: str | None
    rule_table: str | None
    rule_version: int | None
    rule_row: str | None
    extensions: list[dict[str, Any]]
    explanation: dict[str, Any]


class Person(BaseModel):
    id: int
    name: str | None


class EventPhoto(BaseModel):
    sha256: str
    caption: str


PARTNERS = "officers who acted together with me the last time, here or else in the family of the matter"
ASIDE = "officers who stepped aside (回避) in the matter or in one that it grew out of: they do nothing in it"


class PastStep(BaseModel):
    """What was done in a matter, and by whom. Sealed values in `form` show as `{"sealed": true}`."""

    seq: int
    kind: Literal[
        "act",
        "system",
        "noted",
        "proposed",
        "signed",
        "late",
        "migrated",
        "recomputed",
        "rehomed",
        "document",
    ]
    action: str
    title: Words | None
    person: Person | None = Field(description="null: the clockwork itself")
    crew: list[Person]
    effective_at: datetime
    form: dict[str, Any]
    late: Reason | None
    signature: dict[str, Any] | None


class EventView(PastStep):
    """One act or happening, in full."""

    matter_id: int
    from_state: str | None
    to_state: str
    to_title: Words | None
    post: str
    post_title: Words
    acting_for: Person | None
    delegation_id: int | None
    authority_id: int | None = Field(description="authority to sign (授权代签) of a signature")
    recorded_at: datetime
    form_facts: list[FactView] = Field(description="the form again, captioned")
    photos: list[EventPhoto]
    results: dict[str, Any]
    rules: list[str]
    noted: dict[str, Any] | None
    children: list[int]
    remarks: list[Words] = Field(default=[], description="what the phone noted that is worth a look")
    hash: str


class PhotoView(BaseModel):
    sha256: str
    caption: str
    seq: int
    taken_at: datetime | None
    original: bool | None
    mime: str | None
    remarks: list[Words] = Field(default=[], description="what the phone noted that is worth a look")


class DocumentView(BaseModel):
    id: int
    kind: str
    number: str
    title: str
    status: str
    file_sha256: str | None
    created_at: datetime
    seq: int


class RelativeView(BaseModel):
    """A parent or child of the matter."""

    id: int
    number: str | None
    title: str
    pack: str
    pack_title: Words
    state: str
    state_title: Words
    role: str | None
    awaited: bool
    ended: bool
    outcome: str | None
    assigned_org_name: str | None


class CapacityView(BaseModel):
    """A capacity in which the act may be done: send it as `acting`."""

    post: str
    post_title: Words
    acting_for_id: int | None
    acting_for_name: str | None
    delegation_id: int | None
    authority_id: int | None = Field(description="the authority to sign under which a signature is given")


class PhotoRule(BaseModel):
    min: int
    max: int | None
    captions: bool = Field(description="each photo needs a caption")


class CrewRule(BaseModel):
    count: int = Field(description="so many officers act together")
    qualification: str | None


class ActionView(BaseModel):
    """A step of the present state. Not allowed: `reasons` say why."""

    action: str
    title: Words
    to: str | None
    ends: bool = Field(description="it leads to an end state of the procedure")
    allowed: bool
    acting: CapacityView | None = Field(description="the capacity to act in; the first of `capacities`")
    capacities: list[CapacityView]
    reasons: list[Reason]
    form: dict[str, Any] = Field(
        description="JSON Schema (draft 2020-12) of the form; `x-when` hangs on other fields of it, and "
        "a field of `required` that has one is demanded while it is true"
    )
    photos: PhotoRule | None
    crew: CrewRule | None
    approval: Words | None = Field(description="it becomes a proposal that waits for these signatures")
    batch: bool
    serves: bool = Field(description="it serves a paper of the matter: the service of that paper takes it")
    writes: bool = Field(description="it numbers a paper (制发), which lives under the matter's documents")
    rules: list[str]
    heeds: list[Reason] = Field(description="what to heed before it, though it may be taken")
    weighs: bool = Field(description="its form may ask for more to be heeded: `…/heeds` tells")


class SignatureView(BaseModel):
    step: int
    person: Person
    acting_for: Person | None = Field(description="in whose name: the signature reads X（代Y）")
    post: str
    agreed: bool
    opinion: str
    signed_at: datetime


class ProposalView(BaseModel):
    """An act that waits for signatures (呈批)."""

    proposal: int = Field(description="its number, for `POST …/proposals/{proposal}/sign`")
    action: str
    title: Words
    approval: Words
    mode: Literal["chain", "all", "quorum"]
    steps: list[str] = Field(description="the posts that sign, in order")
    needed: int = Field(description="so many of them must agree")
    signed: list[SignatureView]
    person: Person
    form: dict[str, Any]
    proposed_at: datetime
    allowed: bool = Field(description="I may sign now")
    acting: CapacityView | None
    reasons: list[Reason]


class SubjectView(BaseModel):
    """The household that the matter is about."""

    id: int
    name: str
    address: str | None
    code: str | None
    licence_status: str
    status: str


class MatterView(MatterRow):
    """A matter in full, as it stands: what has fallen due shows as already happened."""

    pack_version: int
    verified: bool = Field(description="false while a text that the procedure rests on was not read")
    subject: SubjectView | None
    facts: dict[str, Any]
    fact_list: list[FactView]
    milestones: list[MilestoneView]
    deadlines: list[DeadlineView]
    parent: RelativeView | None
    children: list[RelativeView]
    photos: list[PhotoView]
    documents: list[DocumentView]
    history: list[EventView]
    partners: list[int] = Field(description=PARTNERS)
    held: Holdings = Field(description="what its steps about things choose among")
    aside: list[int] = Field(description=ASIDE)
    late: list[EventView] = Field(description="acts that arrived stale: kept beside the state, no effect")
    actions: list[ActionView]
    proposals: list[ProposalView]


class ChainFaultView(BaseModel):
    """Where the record does not hold: `gap`, `link`, `hash`, `copy:<column>` or `head`."""

    seq: int
    what: str


class Proof(BaseModel):
    """Whether the chain of a matter's events holds and its state is what they amount to."""

    matter_id: int
    version: int
    head_hash: str
    holds: bool
    faults: list[ChainFaultView]
    differences: list[str] = Field(description="places where the state is not what the events give")
