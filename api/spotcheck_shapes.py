"""What the routes of spot checks (督查抽查) take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from api import names
from api.auth import User
from api.inputs import Day, DeviceForm, Instant, Number, PhotoRef, Position
from api.texts import Line, Prose
from gridsup.patrols import device
from gridsup.procedures.pack import Words
from gridsup.spotchecks import drawing, queries, service
from gridsup.spotchecks.compare import FIELDS, VERDICTS, Verdict, side
from gridsup.spotchecks.model import SpotDraw

Seed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
State = Literal["drawn", "consistent", "asks", "explained", "upheld", "lifted"]


class DrawRule(BaseModel):
    """Of every shop visited in the period, its latest visit that meets the rule."""

    since: Day
    until: Day
    station_id: Number | None = None
    inspector_id: Number | None = None
    least_risk: Annotated[int, Field(ge=1, le=4, description="1 low … 4 high")] = 1

    def plain(self) -> drawing.Rule:
        return drawing.Rule(**{name: getattr(self, name) for name in DrawRule.model_fields})


class NewDraw(DrawRule):
    title: Line
    size: Annotated[int, Field(ge=1, le=drawing.MOST)]
    supervisors: Annotated[list[Number], Field(min_length=1, max_length=100)]
    seed: Seed | None = Field(default=None, description="made here when absent")


class Population(BaseModel):
    """How many visits meet a rule now."""

    count: int


class DrawView(BaseModel):
    id: int
    title: str
    since: date
    until: date
    station: str | None
    inspector: str | None
    least_risk: int
    seed: str
    size: int
    population: int
    population_hash: str = Field(
        description="SHA-256 over the ids of the visits, ascending, joined by commas"
    )
    officer: str | None
    drawn_at: datetime
    drawn: int
    done: int
    asking: int = Field(description="differences that nobody ruled on")


class RedrawView(BaseModel):
    """The draw done again: is it the same?"""

    same_population: bool
    same_sample: bool
    same_hash: bool
    lost: list[int]
    new: list[int]


class VisitRecord(BaseModel):
    """The visit and the register as they stood when it was drawn."""

    result: str
    at: datetime
    day: date
    note: str | None
    name: str | None
    address: str | None
    code: str | None
    cell: str | None
    trade: str | None
    licensed: bool
    risk: int
    lon: float | None
    lat: float | None
    metres: float | None = Field(description="between the visit's position and the shop")
    accuracy_m: float | None
    facts: dict[str, Any] | None


class SeenForm(BaseModel):
    """What the supervisor found; null: not seen, not said."""

    place: Literal["there", "other", "gone"]
    gone_since: Day | None = None
    open: Literal["open", "shut", "ended"] | None = None
    name: Line | None = None
    licence_shown: bool | None = None
    trade: Line | None = None
    missed: bool | None = None
    missed_what: Prose | None = None
    visited: bool | None = Field(default=None, description="the operator says that the inspector came")
    note: Prose | None = None


class RevisitForm(BaseModel):
    key: UUID = Field(description="made by the client; the same key is the same visit")
    at: Instant
    seen: SeenForm
    photos: Annotated[list[PhotoRef], Field(max_length=30)] = []
    position: Position | None = None
    device: DeviceForm = DeviceForm()


class DifferenceView(BaseModel):
    field: str
    field_title: Words
    recorded: Words
    seen: Words
    doubt: bool


class CheckResult(BaseModel):
    at: datetime
    verdict: Verdict
    verdict_title: Words
    differences: list[DifferenceView]
    seen: SeenForm
    photos: list[PhotoRef]
    remarks: list[Words] = Field(description="what the phone noted that is worth a look")


class CheckView(BaseModel):
    """One drawn visit with what became of it."""

    id: int
    draw_id: int
    place: int
    visit_id: int
    business_id: int
    inspector_id: int
    inspector: str | None
    supervisor_id: int
    supervisor: str | None
    station: str | None
    record: VisitRecord
    state: State
    result: CheckResult | None
    explanation: str | None
    explained_at: datetime | None
    heard_until: datetime | None = Field(description="until then nobody rules before the inspector explained")
    ruling: service.Ruling | None
    ruling_reason: str | None
    ruled_by: str | None
    ruled_at: datetime | None


class DrawDetail(DrawView):
    checks: list[CheckView]


class MyChecks(BaseModel):
    """What a phone shows: second visits that I am to make, differences that I am asked to explain."""

    visits: list[CheckView]
    questions: list[CheckView]


class Explanation(BaseModel):
    text: Prose


class RulingForm(BaseModel):
    ruling: service.Ruling
    reason: Prose


class SupervisorForm(BaseModel):
    supervisor_id: Number


class AccuracyView(BaseModel):
    """How far visits stood up to a second one; `rate` in per cent."""

    inspector_id: int | None
    inspector: str | None
    station: str | None
    checked: int
    consistent: int
    differs: int
    suspected: int
    lifted: int
    rate: float | None


class Rates(BaseModel):
    inspectors: list[AccuracyView]
    stations: list[AccuracyView]


def one(session: Session, user: User, check_id: int) -> CheckView:
    rows = session.execute(queries.checks(user.jurisdiction_id, check_id=check_id)).all()
    return check_view(rows[0], known_of(session, user, rows))


def detail(session: Session, user: User, row: SpotDraw) -> DrawDetail:
    rows = session.execute(queries.checks(user.jurisdiction_id, draw_id=row.id)).all()
    known = known_of(session, user, rows)
    checks = [check_view(each, known) for each in rows]
    asking = sum(one.state in ("asks", "explained") for one in checks)
    done = sum(one.result is not None for one in checks)
    told = draw_told(row, names_of_draws(session, user, [row]), len(checks), done, asking)
    return DrawDetail(**told, checks=checks)


def names_of_draws(session: Session, user: User, rows: list[SpotDraw]) -> names.Names:
    return names.look_up(
        session,
        user.jurisdiction_id,
        officers=(number for one in rows for number in (one.officer_id, one.inspector_id)),
        bodies=(one.station_id for one in rows),
    )


def known_of(session: Session, user: User, rows: Any) -> names.Names:
    persons = [number for row in rows for number in (row[0].inspector_id, row[0].supervisor_id)]
    persons += [row[3].officer_id for row in rows if row[3]]
    stations = (row[0].station_id for row in rows)
    return names.look_up(session, user.jurisdiction_id, officers=persons, bodies=stations)


def draw_told(row: SpotDraw, known: names.Names, drawn: int, done: int, asking: int) -> dict[str, Any]:
    same = ("id", "title", "since", "until", "least_risk", "seed", "size", "population_hash", "drawn_at")
    return {
        **{name: getattr(row, name) for name in same},
        "station": known.body(row.station_id),
        "inspector": known.officer(row.inspector_id),
        "population": len(row.population),
        "officer": known.officer(row.officer_id),
        "drawn": drawn,
        "done": done,
        "asking": asking,
    }


def check_view(row: Any, known: names.Names) -> CheckView:
    one, result, explanation, ruling = row
    same = ("id", "draw_id", "place", "visit_id", "business_id", "inspector_id", "supervisor_id")
    return CheckView(
        **{name: getattr(one, name) for name in same},
        inspector=known.officer(one.inspector_id),
        supervisor=known.officer(one.supervisor_id),
        station=known.body(one.station_id),
        record=VisitRecord(**one.record),
        state=_state(result, explanation, ruling),
        result=_result(result) if result else None,
        explanation=explanation.content["text"] if explanation else None,
        explained_at=explanation.at if explanation else None,
        heard_until=None if explanation or result is None else service.heard_until(result.at),
        ruling=ruling.content["ruling"] if ruling else None,
        ruling_reason=ruling.content["reason"] if ruling else None,
        ruled_by=known.officer(ruling.officer_id) if ruling else None,
        ruled_at=ruling.at if ruling else None,
    )


def _state(result: Any, explanation: Any, ruling: Any) -> State:
    if result is None:
        return "drawn"
    if result.content["verdict"] == "consistent":
        return "consistent"
    if ruling is not None:
        return "upheld" if ruling.content["ruling"] == "upheld" else "lifted"
    return "asks" if explanation is None else "explained"


def _result(step: Any) -> CheckResult:
    told = step.content
    return CheckResult(
        at=step.at,
        verdict=told["verdict"],
        verdict_title=VERDICTS[told["verdict"]],
        differences=[_difference(one) for one in told["differences"]],
        seen=SeenForm(**told["seen"]),
        photos=[PhotoRef(**one) for one in told["photos"]],
        remarks=device.remarks(told.get("device") or {}, (told["position"] or {}).get("accuracy_m")),
    )


def _difference(told: dict[str, Any]) -> DifferenceView:
    sides = {name: side(told[name]) for name in ("recorded", "seen")}
    return DifferenceView(
        field=told["field"], field_title=FIELDS[told["field"]], doubt=told["doubt"], **sides
    )


def accuracy_view(one: service.Accuracy, known: names.Names) -> AccuracyView:
    return AccuracyView(
        inspector_id=one.inspector_id,
        inspector=known.officer(one.inspector_id),
        station=known.body(one.station_id),
        checked=one.checked,
        consistent=one.consistent,
        differs=one.differs,
        suspected=one.suspected,
        lifted=one.lifted,
        rate=one.rate,
    )
