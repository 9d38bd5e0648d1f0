"""The workload simulator (工作量推演): what each inspector carries, and what if."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.auth import User
from api.deps import Db
from api.inputs import Day, Number
from api.permissions import Permission
from api.policy import permit
from gridsup.analytics import workload
from gridsup.analytics.workload_facts import last_months, measured
from gridsup.cells.locate import today

router = APIRouter(prefix="/workload", tags=["workload"])
Reader = Annotated[User, permit(Permission.BOARD_READ)]
Hours = Annotated[float, Field(ge=0, le=1000)]
Months = Annotated[int, Field(ge=1, le=24)]


class WorkloadMix(BaseModel):
    """Hours that one of each weighs."""

    visits_due: Hours = 0.5
    visits_made: Hours = Field(default=0.0, description="beside the visit that was due")
    findings: Hours = 1.0
    matters: Hours = Field(default=3.0, description="a matter open at any time in the period")
    overdue: Hours = Field(default=1.0, description="an open matter over its time, now")


class AbsenceScenario(BaseModel):
    """Away in the days that follow the period; both days included."""

    kind: Literal["absence"]
    officer_id: Number
    first_day: Day
    last_day: Day


class MergeScenario(BaseModel):
    """Two neighbouring cells become one, under the officer named or the owner of the heavier."""

    kind: Literal["merge"]
    cell_id: Number
    other_id: Number
    officer_id: Number | None = None


class NewShopsScenario(BaseModel):
    """New shops in a street (街道), spread over its cells by present density."""

    kind: Literal["new_shops"]
    street_id: Number
    count: int = Field(ge=1, le=1_000_000)
    risk: int = Field(default=2, ge=1, le=4)


Step = Annotated[AbsenceScenario | MergeScenario | NewShopsScenario, Field(discriminator="kind")]


class WorkloadQuestion(BaseModel):
    """Over the months (of 30 days) that end today, with the steps in their order."""

    months: Months = 3
    mix: WorkloadMix = WorkloadMix()
    scenarios: list[Step] = Field(default_factory=list, max_length=50)


class WorkMeasures(BaseModel):
    """Fractions where work is shared."""

    households: float
    visits_due: float
    visits_made: float
    findings: float
    matters: float
    overdue: float


class OfficerLoad(BaseModel):
    officer_id: int | None = Field(description="null: what nobody holds")
    name: str
    cells: list[str] = Field(description="codes; one whose work is shared stands with each")
    measures: WorkMeasures
    hours: float


class LoadBalance(BaseModel):
    """Over the inspectors who are there."""

    total: float
    mean: float
    max: float
    max_over_mean: float
    cv: float


class WorkTransfer(BaseModel):
    cell_id: int
    cell: str
    from_id: int | None
    to_id: int | None
    hours: float
    way: Literal["deputy", "neighbours", "station", "bureau", "nobody", "merge"]


class WorkloadAnswer(BaseModel):
    since: date
    until: date
    horizon_from: date = Field(description="first day of the period simulated")
    horizon_until: date
    mix: WorkloadMix
    before: list[OfficerLoad]
    after: list[OfficerLoad] = Field(description="the same inspectors in the same order, then nobody")
    balance_before: LoadBalance
    balance_after: LoadBalance
    added: float = Field(description="hours that new shops add")
    transfers: list[WorkTransfer]


@router.get("")
def get_measured_workload(
    user: Reader, session: Db, months: Annotated[int, Query(ge=1, le=24)] = 3
) -> WorkloadAnswer:
    """The measured workload over the last months; before and after are the same."""
    return _answer(session, user, WorkloadQuestion(months=months))


@router.post("/simulate")
def simulate_workload(question: WorkloadQuestion, user: Reader, session: Db) -> WorkloadAnswer:
    """What if: absences, merged cells, new shops. Nothing is changed."""
    return _answer(session, user, question)


def _answer(session: Db, user: User, question: WorkloadQuestion) -> WorkloadAnswer:
    until = today()
    frame = measured(session, user.jurisdiction_id, last_months(until, question.months), until)
    mix = workload.Mix(**question.mix.model_dump())
    out = workload.simulate(frame, [_scenario(one) for one in question.scenarios], mix)
    codes = {cell.id: cell.code for cell in frame.cells}
    start, end = frame.horizon
    return WorkloadAnswer(
        since=frame.since,
        until=frame.until,
        horizon_from=start,
        horizon_until=end,
        mix=question.mix,
        before=[OfficerLoad.model_validate(asdict(one)) for one in out.before],
        after=[OfficerLoad.model_validate(asdict(one)) for one in out.after],
        balance_before=LoadBalance.model_validate(asdict(out.balance_before)),
        balance_after=LoadBalance.model_validate(asdict(out.balance_after)),
        added=out.added,
        transfers=[WorkTransfer(cell=codes[one.cell_id], **asdict(one)) for one in out.transfers],
    )


def _scenario(one: Step) -> workload.Scenario:
    given = one.model_dump(exclude={"kind"})
    if isinstance(one, AbsenceScenario):
        return workload.Absence(**given)
    return workload.Merge(**given) if isinstance(one, MergeScenario) else workload.NewShops(**given)
