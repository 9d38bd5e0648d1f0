"""Who leads: the department that facts propose (P9-C1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.allocations import AllocationView, allocation_view
from api.auth import User
from api.deps import Db
from api.inputs import Day, Facts
from api.permissions import Permission
from api.pointers import pointing
from api.policy import permit
from gridsup.people.deputies import day_of
from gridsup.referrals.allocation import allocate, relevant
from gridsup.referrals.inside import separate_departments

router = APIRouter(tags=["referrals"])


class Case(BaseModel):
    """Facts of a finding; those that allocation does not know are passed over."""

    facts: Facts
    on: Day | None = Field(default=None, description="the day whose rules count; today when absent")


@router.post("/allocation")
def propose_allocation(
    form: Case, user: Annotated[User, permit(Permission.PROCEDURES_READ)], session: Db
) -> AllocationView:
    """Which department leads by these facts, who is informed, and every rule that was looked at."""
    with pointing(lambda pointer: f"/facts{pointer}"):
        apart = separate_departments(session, user.jurisdiction_id)
        on = form.on or day_of(datetime.now(UTC))
        return allocation_view(allocate(relevant(form.facts), on, separate=apart))
