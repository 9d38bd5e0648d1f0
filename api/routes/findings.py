"""What is found: reports from the street, calls at the desk, and what is suggested while one writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names, standing
from api.acts import ActAnswer, answer_view
from api.allocations import AllocationView, allocation_view
from api.auth import User
from api.deps import Db
from api.filters import Narrow
from api.inputs import ActingForm, DeviceForm, Facts, Instant, Number, PhotoRef, Position
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.pointers import pointing
from api.policy import permit
from api.texts import Line, Prose
from gridsup.cells.locate import locate
from gridsup.patrols import device, queries, receiving, service
from gridsup.patrols.model import Finding
from gridsup.people import duty
from gridsup.people.deputies import day_of
from gridsup.procedures import versions
from gridsup.procedures.pack import Words
from gridsup.referrals.allocation import allocate, relevant
from gridsup.referrals.inside import separate_departments
from gridsup.registry.addresses import address_key
from gridsup.registry.merging import possible_duplicates
from gridsup.registry.record import home_of, present_codes

router = APIRouter(tags=["findings"])
Reader = Annotated[User, permit(Permission.VISITS_READ)]
Reporter = Annotated[User, permit(Permission.FINDINGS_REPORT)]


class Report(BaseModel):
    """A finding. Either `business_id` names a known household, or `name` and `address` a new operator."""

    key: UUID = Field(description="made by the client; the same key is the same finding")
    found_at: Instant
    source: Literal["patrol", "report", "referral"] = "patrol"
    business_id: Number | None = None
    name: Line | None = None
    address: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    community_id: Number | None = None
    facts: Facts = {}
    note: Prose | None = None
    outside_number: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    position: Position | None = None
    photos: Annotated[list[PhotoRef], Field(max_length=20)] = []
    device: DeviceForm = DeviceForm()
    acting: ActingForm | None = Field(default=None, description="when absent, the first post that may report")


class Call(BaseModel):
    """A call that was taken at the desk (来电登记), under the number of the platform that passed it on."""

    key: UUID
    called_at: Instant
    outside_number: Annotated[str, Field(min_length=1, max_length=80)]
    business_id: Number | None = None
    name: Line | None = None
    address: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    community_id: Number | None = None
    facts: Facts = {}
    note: Prose | None = None
    position: Position | None = None
    acting: ActingForm | None = None


class Reported(BaseModel):
    """The finding and the matter that it opened."""

    finding_id: int
    business_id: int
    cell_id: int | None
    cell_code: str | None
    goes_to: Words | None = Field(description="of what is urgent: who receives it; that nobody is on duty")
    matter: ActAnswer


class FindingView(BaseModel):
    """One finding. `lon`, `lat` where the reporter stood (CRS84)."""

    id: int
    key: UUID
    matter_id: int
    matter_state: str
    matter_lane: str
    business_id: int
    business_name: str
    cell_id: int | None
    cell_code: str | None
    officer_id: int
    officer_name: str | None
    found_at: datetime
    received_at: datetime
    source: str
    facts: dict[str, Any]
    note: str | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    remarks: list[Words] = Field(description="what the phone noted that is worth a look")


class Question(BaseModel):
    """What is known so far while a report is being written."""

    name: Annotated[str, Field(max_length=200)] = ""
    address: Annotated[str, Field(max_length=300)] = ""
    position: Position | None = None
    facts: Facts = {}
    business_id: Number | None = Field(default=None, description="the household that is chosen already")


class NearbyBusiness(BaseModel):
    """A household that may be the same. `likeness` of the names from 0 to 1."""

    business_id: int
    name: str
    status: str
    licence_status: str
    reasons: list[str]
    likeness: float | None
    metres: float | None
    code: str | None


class SuggestedCell(BaseModel):
    id: int
    code: str
    name: str
    station_id: int
    officer_id: int | None
    officer_name: str | None


class Suggestion(BaseModel):
    """What the report leads to: its cell, households that it may be about, the department by facts."""

    cell: SuggestedCell | None
    duplicates: list[NearbyBusiness]
    allocation: AllocationView
    goes_to: Words | None = Field(
        description="of what is urgent: who would receive it; that nobody is on duty"
    )


@router.post(
    "/findings", status_code=201, responses={200: {"description": "Reported before", "model": Reported}}
)
def report_finding(form: Report, user: Reporter, session: Db, response: Response) -> Reported:
    """Report a finding: its cell is located, its household known or added, and a matter opened."""
    told = form.model_dump(exclude={"position", "acting", "photos"})
    told |= {"photos": [photo.model_dump() for photo in form.photos]}
    return _report(session, user, response, form.acting, form.position, form.facts, told)


@router.post(
    "/calls", status_code=201, responses={200: {"description": "Registered before", "model": Reported}}
)
def register_call(form: Call, user: Reporter, session: Db, response: Response) -> Reported:
    """Register a call with its outside number; it opens a matter like a finding."""
    told = form.model_dump(exclude={"position", "acting", "called_at"})
    told |= {"found_at": form.called_at, "source": "call"}
    return _report(session, user, response, form.acting, form.position, form.facts, told)


@router.get("/findings")
def list_findings(
    user: Reader,
    session: Db,
    narrow: Narrow,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[FindingView]:
    """Findings, newest first."""
    rows = session.execute(
        queries.findings(
            user.jurisdiction_id,
            **narrow,
            after=decode(cursor, datetime, int),
            limit=limit + 1,
        )
    ).all()
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=(row[0].officer_id for row in rows),
        cells_=(row[0].cell_id for row in rows),
    )
    return page(rows, limit, lambda row: _view(row, known), lambda row: (row[0].found_at, row[0].id))


@router.post("/findings/suggest")
def suggest_for_finding(form: Question, user: Reporter, session: Db) -> Suggestion:
    """While a report is written: the cell, possible duplicates nearby, and who would lead. Stores nothing."""
    place = (form.position.lon, form.position.lat) if form.position else None
    district = home_of(session, user.jurisdiction_id).name
    door = (address_key(form.address, district=district), None, None, None) if form.address else None
    alike = possible_duplicates(session, user.jurisdiction_id, name=form.name, door=door, place=place)
    today = day_of(datetime.now(UTC))
    with pointing(lambda pointer: f"/facts{pointer}"):
        apart = separate_departments(session, user.jurisdiction_id)
        proposed = allocate(relevant(form.facts), today, separate=apart)
    codes = present_codes(session, user.jurisdiction_id, [one.business.id for one in alike])
    return Suggestion(
        cell=_cell(session, user, place) if place else None,
        duplicates=[
            NearbyBusiness(
                business_id=one.business.id,
                name=one.business.name,
                status=one.business.status,
                licence_status=one.business.licence_status,
                reasons=list(one.reasons),
                likeness=one.likeness,
                metres=one.metres,
                code=codes.get(one.business.id),
            )
            for one in alike
        ],
        allocation=allocation_view(proposed),
        goes_to=_would_go_to(session, user, form, place),
    )


def _would_go_to(
    session: Session, user: User, form: Question, place: tuple[float, float] | None
) -> Words | None:
    """Who would receive what is being written, were it sent now; None where it is not urgent."""
    if not receiving.is_urgent(form.facts):
        return None
    now = datetime.now(UTC)
    home = (
        form.business_id
        and session.execute(queries.household(user.jurisdiction_id, form.business_id)).one_or_none()
    )
    here = locate(session, user.jurisdiction_id, *place) if place else None
    cell_id = (home.cell_id if home else None) or (here.id if here else None)
    station_id = (home.station_id if home else None) or (here.station_id if here else None)
    pack, _ = versions.in_force(session, user.jurisdiction_id, service.PROCEDURE, day_of(now))
    acting = standing.acting(session, user, None, pack.actions[pack.opening].posts, now)
    found = receiving.receiver(
        session, user.jurisdiction_id, acting, form.facts, now, cell_id=cell_id, station_id=station_id
    )
    return receiving.told(session, user.jurisdiction_id, form.facts, now, found, by=user.officer_id)


def _report(
    session: Session,
    user: User,
    response: Response,
    named: ActingForm | None,
    position: Position | None,
    facts: dict[str, Any],
    told: dict[str, Any],
) -> Reported:
    at: datetime = told["found_at"]
    if at > datetime.now(UTC):
        at = datetime.now(UTC)  # the report is refused below, in words of its own
    pack, _ = versions.in_force(session, user.jurisdiction_id, service.PROCEDURE, day_of(at))
    acting = standing.acting(session, user, named, pack.actions[pack.opening].posts, at)
    place = service.Position(**position.model_dump()) if position else None
    with pointing(lambda pointer: f"/facts{pointer}" if pointer[1:].split("/")[0] in facts else pointer):
        finding, answer = service.report_finding(
            session, acting, service.FindingReport(**told, position=place)
        )
    response.status_code = 200 if answer.replayed else 201
    known = names.look_up(session, user.jurisdiction_id, cells_=[finding.cell_id])
    return Reported(
        finding_id=finding.id,
        business_id=finding.business_id,
        cell_id=finding.cell_id,
        cell_code=known.cell(finding.cell_id),
        goes_to=_went_to(session, user, finding),
        matter=answer_view(session, user.jurisdiction_id, answer),
    )


def _went_to(session: Session, user: User, finding: Finding) -> Words | None:
    """Who received an urgent finding, as its matter says; None where it is not urgent."""
    row = session.execute(queries.matter_received(user.jurisdiction_id, finding.matter_id)).one()
    called = duty.on_duty(session, user.jurisdiction_id, finding.found_at, row.station_id)
    on_duty = called is not None and called == row.assigned_officer_id
    found = receiving.Receiver(row.assigned_officer_id, on_duty=on_duty)
    return receiving.told(
        session, user.jurisdiction_id, finding.facts, finding.found_at, found, by=user.officer_id
    )


def _cell(session: Session, user: User, place: tuple[float, float]) -> SuggestedCell | None:
    found = locate(session, user.jurisdiction_id, *place)
    if found is None:
        return None
    today = day_of(datetime.now(UTC))
    owner = session.scalar(queries.cell_owner(user.jurisdiction_id, found.id, today))
    known = names.look_up(session, user.jurisdiction_id, officers=[owner])
    return SuggestedCell(
        id=found.id,
        code=found.code,
        name=found.name,
        station_id=found.station_id,
        officer_id=owner,
        officer_name=known.officer(owner),
    )


def _view(row: Any, known: names.Names) -> FindingView:
    finding: Finding = row[0]
    return FindingView(
        id=finding.id,
        key=finding.key,
        matter_id=finding.matter_id,
        matter_state=row.state,
        matter_lane=row.lane,
        business_id=finding.business_id,
        business_name=row.name,
        cell_id=finding.cell_id,
        cell_code=known.cell(finding.cell_id),
        officer_id=finding.officer_id,
        officer_name=known.officer(finding.officer_id),
        found_at=finding.found_at,
        received_at=finding.received_at,
        source=finding.source,
        facts=finding.facts,
        note=finding.note,
        lon=row.lon,
        lat=row.lat,
        accuracy_m=finding.accuracy_m,
        remarks=device.remarks(finding.device, finding.accuracy_m),
    )
