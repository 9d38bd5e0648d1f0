"""How businesses are shown and told: the shapes that several routes share. Numbers of persons are masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import titles
from api.inputs import Day, Number
from api.texts import Line, Prose
from gridsup.analytics.dossier import Dossier
from gridsup.codes.patterns import DEPARTMENT, IDENTITY, INDUSTRY, PHONE
from gridsup.jointwork.bulletin import title_in_english
from gridsup.patrols import device
from gridsup.patrols.model import Visit
from gridsup.procedures.model import Matter
from gridsup.procedures.pack import Words
from gridsup.registry.drafts import BusinessDraft, PermitDraft, PlaceDraft
from gridsup.registry.masking import masked
from gridsup.registry.model import Business

Status = Literal["operating", "closed", "moved", "replaced", "not_found", "merged"]
LicenceStatus = Literal["none", "valid", "revoked", "cancelled", "expired"]
Kind = Literal["enterprise", "individual", "cooperative", "unregistered"]
Risk = Annotated[int, Field(ge=1, le=4, description="1 low … 4 high")]
Department = Annotated[str, Field(pattern=DEPARTMENT)]
Short = Annotated[str, Field(max_length=60)]


class BusinessRow(BaseModel):
    """A business in a list. `lon` and `lat` are null while it is not placed (未落点)."""

    id: int
    version: int = Field(description="what a verb's `version` is compared with")
    name: str
    code: str | None = Field(description="经济户口编码, null while it is not placed")
    status: str
    licence_status: str
    kind: str
    operator_name: str | None
    uscc: str | None
    trade: str | None
    industry: str | None
    risk: int
    premises_id: int
    address: str
    building: str | None
    floor: str | None
    stall: str | None
    community_id: int | None
    lon: float | None
    lat: float | None
    cell_id: int | None
    cell_code: str | None
    demo: bool = Field(description="演示数据")


class PlaceForm(BaseModel):
    """A place of business. `lon` and `lat` (CRS84) together, or neither: then it is not placed yet."""

    address: Line
    building: Short | None = None
    floor: Short | None = None
    stall: Short | None = None
    community_id: Number | None = None
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)

    def draft(self) -> PlaceDraft:
        placed = self.lon is not None and self.lat is not None
        return PlaceDraft(
            **self.model_dump(exclude={"lon", "lat"}),
            point=(self.lon, self.lat) if placed else None,  # type: ignore[arg-type]
            placed_by="desk",
        )


class Identity(BaseModel):
    """Who a business is."""

    uscc: Short | None = None
    registration_no: Short | None = None
    kind: Kind = "individual"
    operator_name: Line | None = None
    operator_id_no: Annotated[str, Field(pattern=IDENTITY)] | None = None
    phone: Annotated[str, Field(pattern=PHONE)] | None = None
    scope: Prose | None = None
    industry: Annotated[str, Field(pattern=INDUSTRY)] | None = None
    trade: Short | None = None
    licence_status: LicenceStatus = "valid"
    risk: Risk = 1
    opened_on: Day | None = None


class NewBusiness(Identity):
    name: Line
    place: PlaceForm

    def draft(self) -> BusinessDraft:
        return BusinessDraft(**self.model_dump(exclude={"place"}), place=self.place.draft(), source="desk")


class Successor(Identity):
    """The business that took over the premises; its place is that of the one before."""

    name: Line

    def draft(self) -> BusinessDraft:
        return BusinessDraft(**self.model_dump(), place=PlaceDraft(address="-"), source="desk")


class BusinessChange(Identity):
    """Only what is given changes."""

    version: Number
    reason: Line | None = None
    name: Line = ""


class NewPermit(BaseModel):
    version: Number
    kind: Line
    department: Department
    number: Short | None = None
    issued_on: Day | None = None
    expires_on: Day | None = None

    def draft(self) -> PermitDraft:
        return PermitDraft(**self.model_dump(exclude={"version"}))


class PermitView(BaseModel):
    id: int
    kind: str
    number: str | None
    department: str
    issued_on: date | None
    expires_on: date | None
    status: str
    lost_on: date | None
    source: str


class CodeView(BaseModel):
    """A household code; ended ones are aliases."""

    code: str
    cell_id: int
    cell_code: str
    issued_on: date
    ended_on: date | None


class Done(BaseModel):
    """What was done to it."""

    verb: str
    at: datetime
    officer_id: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None


class Neighbour(BaseModel):
    """Another business at the same premises, or of the same operator."""

    id: int
    name: str
    status: str
    licence_status: str
    same_premises: bool
    same_operator: bool
    ledger_entries: int
    opened_on: date | None
    closed_on: date | None
    matters: int = Field(description="matters opened about it")
    first_matter: datetime | None
    last_matter: datetime | None


class LedgerView(BaseModel):
    id: int
    matter_id: int
    found_on: date
    disposal: str
    pre_approval: str | None
    source: str
    closed_on: date | None


class PastVisit(BaseModel):
    id: int
    officer_id: int
    at: datetime
    result: str
    note: str | None
    remarks: list[Words] = Field(description="what the phone noted that is worth a look")


class PastFinding(BaseModel):
    id: int
    officer_id: int
    matter_id: int
    found_at: datetime
    source: str


class PastMatter(BaseModel):
    id: int
    pack: str
    pack_title: Words
    title: str
    title_en: str | None
    state: str
    state_title: Words
    lane: str
    opened_at: datetime
    ended_at: datetime | None
    outcome: str | None


class DuplicateView(BaseModel):
    id: int
    version: int
    name: str
    code: str | None = Field(description="经济户口编码, null while it is not placed")
    status: str
    licence_status: str
    reasons: list[str] = Field(description="`uscc`, `registration_no`, `address`, `name_nearby`")
    likeness: float | None = Field(description="of the names, 0 to 1")
    metres: float | None


class BusinessPhoto(BaseModel):
    """A photo that an act on a matter of the business names."""

    sha256: str
    caption: str
    at: datetime = Field(description="when it was taken; where that is not known, when the act was done")
    matter_id: int
    matter_title: str
    matter_title_en: str | None
    officer_id: int | None = Field(description="who did the act that names it")
    officer: str | None
    remarks: list[Words] = Field(description="what the phone noted that is worth a look")


class Numbers(BaseModel):
    """People's numbers, masked; `POST /businesses/{id}/unmask` opens one."""

    operator_id_no: str | None
    phone: str | None


class BusinessFile(BusinessRow):
    """One file per operator (一户一档)."""

    registration_no: str | None
    scope: str | None
    opened_on: date | None
    closed_on: date | None
    merged_into_id: int | None
    replaces_id: int | None
    source: str
    placed_by: str | None
    placed_at: datetime | None
    numbers: Numbers
    owner_id: int | None
    owner: str | None = Field(description="the person responsible (网格责任人)")
    station_id: int | None
    codes: list[CodeView]
    permits: list[PermitView]
    history: list[Done] = Field(description="newest first")
    recurrence: list[Neighbour]
    ledger: list[LedgerView]
    visits: list[PastVisit] = Field(description="the newest 50; `GET /visits` gives the rest")
    findings: list[PastFinding]
    matters: list[PastMatter]
    absorbed: list[int] = Field(description="businesses merged into this one")


def show(session: Session, d: Dossier) -> BusinessFile:
    """A dossier as it is sent."""
    b, p, cell = d.business, d.premises, d.cell
    lon, lat = d.place or (None, None)
    present = d.codes[0][0] if d.codes and d.codes[0][0].ended_on is None else None

    def many(kind: type[BaseModel], rows: Any) -> list[Any]:
        return [kind.model_validate(row, from_attributes=True) for row in rows]

    return BusinessFile(
        **_columns(b),
        address=p.address,
        building=p.building,
        floor=p.floor,
        stall=p.stall,
        community_id=p.community_id,
        placed_by=p.placed_by,
        placed_at=p.placed_at,
        lon=lon,
        lat=lat,
        code=present.code if present else None,
        cell_id=cell.id if cell else None,
        cell_code=cell.code if cell else None,
        station_id=cell.station_id if cell else None,
        owner_id=d.owner.id if d.owner else None,
        owner=d.owner.name if d.owner else None,
        numbers=Numbers(**masked(b)),
        codes=[
            CodeView(
                code=row.code,
                cell_id=row.cell_id,
                cell_code=cell_code,
                issued_on=row.issued_on,
                ended_on=row.ended_on,
            )
            for row, cell_code in d.codes
        ],
        permits=many(PermitView, d.permits),
        history=many(Done, d.history),
        recurrence=many(Neighbour, d.recurrence),
        ledger=many(LedgerView, d.ledger),
        visits=[_visit(one) for one in d.visits],
        findings=many(PastFinding, d.findings),
        matters=[_past(session, one) for one in d.matters],
        absorbed=list(d.absorbed),
    )


def _visit(one: Visit) -> PastVisit:
    plain = {name: getattr(one, name) for name in PastVisit.model_fields if name != "remarks"}
    return PastVisit(**plain, remarks=device.remarks(one.device, one.accuracy_m))


def _past(session: Session, matter: Matter) -> PastMatter:
    pack = titles.pack_of(session, matter.jurisdiction_id, matter)
    return PastMatter(
        **{name: getattr(matter, name) for name in PastMatter.model_fields if hasattr(matter, name)},
        pack_title=pack.title,
        title_en=title_in_english(matter.title),
        state_title=titles.state_title(pack, matter.state),
    )


def _columns(b: Business) -> dict[str, Any]:
    names = (
        "id", "version", "name", "status", "licence_status", "kind", "operator_name", "uscc", "trade",
        "industry", "risk", "premises_id", "demo", "registration_no", "scope", "opened_on", "closed_on",
        "merged_into_id", "replaces_id", "source",
    )  # fmt: skip
    return {name: getattr(b, name) for name in names}
