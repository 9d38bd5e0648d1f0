"""Who is around (谁在附近): where colleagues last reported from today."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import names
from api.auth import User
from api.deps import Db
from api.permissions import Permission
from api.policy import permit
from gridsup.patrols import around
from gridsup.people import queries as people

router = APIRouter(prefix="/field", tags=["field"])
Inspector = Annotated[User, permit(Permission.FINDINGS_REPORT)]


class LastPlace(BaseModel):
    """Where an officer last reported from; nothing of the way there."""

    officer_id: int
    name: str
    station: str | None
    phone: str | None = Field(description="the duty number, in full: who may see the place may call")
    at: datetime
    what: Literal["visit", "finding"]
    cell_code: str | None
    lon: float
    lat: float


class Around(BaseModel):
    """Colleagues of my station (of all stations, for the bureau's own officers), the latest first."""

    made_at: datetime
    hours: int = Field(description="a place is shown for so long, and not over midnight")
    colleagues: list[LastPlace]
    mine: LastPlace | None = Field(description="what colleagues see of me; null: nothing")


@router.get("/around")
def list_colleagues_around(user: Inspector, session: Db) -> Around:
    """The last place that each colleague reported from today, by a visit or a finding. Never a track."""
    now = datetime.now(UTC)
    found = around.last_places(session, user.jurisdiction_id, user.organisation_ids, now)
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=(one.officer_id for one in found),
        bodies=(one.body_id for one in found),
        cells_=(one.cell_id for one in found),
    )
    rows = session.scalars(people.officers_by_id(user.jurisdiction_id, [one.officer_id for one in found]))
    phones = {one.id: one.phone for one in rows}
    shown = [
        LastPlace(
            officer_id=one.officer_id,
            name=known.officers[one.officer_id],
            station=known.body(one.body_id),
            phone=phones[one.officer_id],
            at=one.at,
            what=one.what,
            cell_code=known.cell(one.cell_id),
            lon=one.lon,
            lat=one.lat,
        )
        for one in sorted(found, key=lambda one: one.at, reverse=True)
    ]
    return Around(
        made_at=now,
        hours=round(around.SHOWN_FOR.total_seconds() / 3600),
        colleagues=[one for one in shown if one.officer_id != user.officer_id],
        mine=next((one for one in shown if one.officer_id == user.officer_id), None),
    )
