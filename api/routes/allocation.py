"""Who leads: the department that facts propose (P9-C1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import standing
from api.allocations import AllocationView, allocation_view
from api.auth import User
from api.deps import Db, Id
from api.inputs import Day, Facts
from api.permissions import Permission
from api.pointers import pointing
from api.policy import permit
from gridsup.people.deputies import day_of
from gridsup.procedures import views
from gridsup.procedures.pack import Words
from gridsup.referrals.allocation import allocate, relevant
from gridsup.referrals.inside import separate_departments

router = APIRouter(tags=["referrals"])


class Case(BaseModel):
    """Facts of a finding; those that allocation does not know are passed over."""

    facts: Facts
    on: Day | None = Field(default=None, description="the day whose rules count; today when absent")


class MatterAllocation(AllocationView):
    """Who leads by what a matter knows, by the rules of the day it was opened."""

    fact_titles: dict[str, Words] = Field(description="what the facts are called that some rule lacked")


@router.get("/matters/{matter_id}/allocation")
def explain_allocation(
    matter_id: Id, user: Annotated[User, permit(Permission.MATTERS_READ)], session: Db
) -> MatterAllocation:
    """Which department leads by the facts captured so far, which rules were passed over, what they lacked."""
    standing.check_sight(session, user, [matter_id])
    _, member = views.read(session, matter_id)
    matter = member.p.matter
    apart = separate_departments(session, user.jurisdiction_id)
    made = allocate(relevant(matter["facts"]), day_of(matter["opened_at"]), separate=apart)
    known = member.pack.facts
    titles = {
        name: Words(zh=known[name]["title"], en=known[name]["x-title-en"])
        for row in made.considered
        for name in row.missing
        if name in known
    }
    return MatterAllocation(**dict(allocation_view(made)), fact_titles=titles)


@router.post("/allocation")
def propose_allocation(
    form: Case, user: Annotated[User, permit(Permission.PROCEDURES_READ)], session: Db
) -> AllocationView:
    """Which department leads by these facts, who is informed, and every rule that was looked at."""
    with pointing(lambda pointer: f"/facts{pointer}"):
        apart = separate_departments(session, user.jurisdiction_id)
        on = form.on or day_of(datetime.now(UTC))
        return allocation_view(allocate(relevant(form.facts), on, separate=apart))
