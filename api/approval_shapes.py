"""The shapes of what waits for a signature, of authorities to sign for another, of stock phrases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.inputs import Day, Number
from api.matter_shapes import CapacityView, EventPhoto, FactView, Person, RowClock
from api.texts import Line
from gridsup.procedures.pack import Words

KindOfAct = Annotated[str, Field(max_length=130, pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
"""A kind of approval: `pack.action`."""
MOST_AT_ONCE = 100


class ApprovalRow(BaseModel):
    """A proposal that I may sign now, and the standing in which I do."""

    matter_id: int
    proposal: int
    version: int = Field(description="of the matter: `expected_version` of the signature")
    kind: str = Field(description="`pack.action`")
    title: Words
    pack_title: Words
    matter_title: str
    number: str | None
    station_name: str | None
    approval: Words
    steps: list[Words] = Field(description="the posts that sign, in order")
    mode: Literal["chain", "all", "quorum"]
    needed: int = Field(description="so many must agree")
    signed: int = Field(description="so many have signed")
    agreed: int = Field(description="so many of them agreed")
    person: Person = Field(description="who proposes")
    acting_for: Person | None
    proposed_at: datetime
    clock: RowClock | None = Field(description="the clock of the matter that is due next")
    overdue: bool
    acting: CapacityView
    routine: bool = Field(description="may be approved with others at once")


class ApprovalKind(BaseModel):
    """How many of a kind wait."""

    kind: str
    title: Words
    pack_title: Words
    routine: bool
    count: int
    overdue: int


class ApprovalList(BaseModel):
    """What waits for my signature, the soonest due first."""

    items: list[ApprovalRow]
    kinds: list[ApprovalKind]


class PaperRef(BaseModel):
    """A paper that comes with the act; see `GET /matters/{matter_id}/documents/preview.png`."""

    kind: str
    title: Words
    blanks: list[Words] = Field(description="what stays blank on it as things stand")


class ApprovalWarning(BaseModel):
    """`stop`: it could not take effect now; `heed`: look before you sign."""

    level: Literal["stop", "heed"]
    code: str
    zh: str
    en: str


class LawFound(BaseModel):
    """Which provision applies to the act, in both languages."""

    zh: list[str]
    en: list[str]
    verified: bool = Field(description="false while a text it rests on was not checked")


class OpinionView(BaseModel):
    """A signature so far, on this proposal or on an earlier one of the same step."""

    proposal: int
    earlier: bool
    person: Person
    acting_for: Person | None
    post_title: Words
    agreed: bool
    opinion: str
    signed_at: datetime


class ApprovalDetail(ApprovalRow):
    """All that a signer looks at beside the matter itself (`GET /matters/{matter_id}`)."""

    form: list[FactView]
    crew: list[Person]
    photos: list[EventPhoto]
    papers: list[PaperRef]
    warnings: list[ApprovalWarning]
    law: list[LawFound]
    opinions: list[OpinionView]
    rules: list[str]


class BatchItem(BaseModel):
    matter_id: Number
    proposal: Number
    expected_version: int = Field(ge=1, lt=2**31)


class BatchApproval(BaseModel):
    """Approve several routine proposals at once. A return is given one by one, with its own reason."""

    items: Annotated[list[BatchItem], Field(min_length=1, max_length=MOST_AT_ONCE)]
    opinion: Annotated[str, Field(max_length=1000)] = ""


class AuthorityForm(BaseModel):
    """授权代签: I authorise an officer to sign for me."""

    post: Annotated[str, Field(max_length=60)] = Field(description="a post of mine")
    receiver_id: Number
    acts: Annotated[list[KindOfAct], Field(max_length=100)] = Field(description="kinds of approval")
    valid_from: Day
    valid_to: Day
    reason: Line


class AuthorityEnd(BaseModel):
    reason: Line


class AuthorityAct(BaseModel):
    kind: str
    title: Words
    pack_title: Words


class SignedUnder(BaseModel):
    """A signature that was made under an authority."""

    matter_id: int
    matter_title: str
    title: Words
    agreed: bool
    at: datetime


class AuthorityView(BaseModel):
    """An authority to sign for another; both days belong to it."""

    id: int
    giver: Person
    receiver: Person
    post: str
    post_title: Words
    acts: list[AuthorityAct]
    valid_from: date
    valid_to: date
    reason: str
    standing: Literal["coming", "in_force", "ended", "revoked"]
    made_at: datetime
    revoked_at: datetime | None
    revoked_by: Person | None
    revoke_reason: str | None
    revocable: bool = Field(description="I may revoke it")
    signed: list[SignedUnder] = Field(description="what was signed under it, in order")


class AuthorisableKind(AuthorityAct):
    """A kind of approval that a post of mine signs, and whether I may authorise anybody."""

    open: bool
    heads_only: bool = Field(description="only another of the bureau's heads may sign it for me")
    why: Words | None = Field(description="on what ground")
    source: str | None
    verified: bool


class AuthorisablePost(BaseModel):
    post: str
    post_title: Words
    kinds: list[AuthorisableKind]


class Receiver(BaseModel):
    id: int
    name: str
    head: bool


class AuthorityOptions(BaseModel):
    """What I may authorise somebody to sign, and whom."""

    posts: list[AuthorisablePost]
    receivers: list[Receiver]


class PhraseForm(BaseModel):
    agreed: bool = Field(description="for an approval; else for a return")
    text: Line
    bureau: bool = Field(default=False, description="for everybody in the bureau")


class PhraseView(BaseModel):
    """A stock phrase (常用语). `id` is null where it ships with the product; `en` only explains it."""

    id: int | None
    agreed: bool
    text: str
    en: str | None
    mine: bool
    removable: bool
