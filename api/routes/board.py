"""The manager's board: coverage, states, what is overdue, the trend, workload, and a map to mail."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names
from api.auth import User
from api.deps import Db
from api.exports import heatmap
from api.periods import Asked
from api.permissions import Permission
from api.policy import permit
from api.routes.indicators import Metres
from gridsup.analytics import coverage, figures, hexagons
from gridsup.cells import queries as cells
from gridsup.people.audit import record
from gridsup.procedures import queries, versions
from gridsup.procedures.family import clock
from gridsup.procedures.pack import Pack, Words
from gridsup.registry.record import home_of

router = APIRouter(prefix="/board", tags=["board"])
Reader = Annotated[User, permit(Permission.BOARD_READ)]


class CoverageRow(BaseModel):
    """One cell in the period. `debt`: risk-weighted share of households that are due and were not visited."""

    cell_id: int
    code: str
    name: str
    station_id: int
    households: int
    unlicensed: int
    visited: int = Field(description="households visited in the period")
    visits: int
    findings: int
    due: int = Field(description="households whose visit is overdue at the end of the period (应巡未巡)")
    coverage: float = Field(description="0 to 1")
    debt: float = Field(description="0 to 1")
    density: float = Field(description="findings of the period per km²")
    open_matters: int = Field(description="now, whatever the period")
    overdue: int = Field(description="open matters with a clock that is over, now")
    soon: int = Field(description="open matters with a clock past its warning and not over, now")
    waiting: int = Field(description="open matters that wait for a department, now")
    crowding: float = Field(description="households per km²")


class Coverage(BaseModel):
    since: date
    until: date
    cells: list[CoverageRow]
    households: int
    visited: int
    due: int


class StateRow(BaseModel):
    """How many matters stand in a state, and how many of them are overdue."""

    pack: str
    pack_title: Words
    state: str
    state_title: Words
    lane: str
    ended: bool
    count: int
    overdue: int


class OverdueRow(BaseModel):
    """A clock that is over and still runs."""

    matter_id: int
    title: str
    pack: str
    pack_title: Words
    state: str
    state_title: Words
    clock: str
    clock_title: Words
    owner: str = Field(description="the post that answers for it")
    due_at: datetime
    days_over: int
    cell_id: int | None
    cell_code: str | None


class FlowRow(BaseModel):
    """Findings, closed matters and visits of some days."""

    since: date = Field(description="first day counted: the month's, or the period's")
    until: date
    findings: int
    closed: int
    visits: int


class MonthRow(FlowRow):
    month: str = Field(description="2026-02")
    before: FlowRow = Field(description="as many days of the month before (环比)")
    last_year: FlowRow = Field(description="the same days a year earlier (同比)")


class WorkloadRow(BaseModel):
    """What an inspector carries on the last day and did in the period. Fines are never counted."""

    officer_id: int
    name: str
    cells: int
    households: int
    open_matters: int
    visits: int
    findings: int


@router.get("/coverage")
def get_coverage(user: Reader, session: Db, asked: Asked) -> Coverage:
    """Patrol coverage by cell, from visits alone."""
    rows = coverage.by_cell(session, user.jurisdiction_id, asked.since, asked.until)
    return Coverage(
        since=asked.since,
        until=asked.until,
        cells=[CoverageRow.model_validate(one, from_attributes=True) for one in rows],
        households=sum(one.households for one in rows),
        visited=sum(one.visited for one in rows),
        due=sum(one.due for one in rows),
    )


@router.get("/states")
def get_states(user: Reader, session: Db) -> list[StateRow]:
    """Matters by procedure and state, now; ended ones under their end state."""
    known = _packs(session, user.jurisdiction_id)
    return [
        StateRow(
            pack=one.pack,
            pack_title=_pack_title(known, one.pack),
            state=one.state,
            state_title=_state_title(known, one.pack, one.state),
            lane=one.lane,
            ended=one.ended,
            count=one.count,
            overdue=one.overdue,
        )
        for one in queries.count_by_state(session, queries.Filter(ended=None))
    ]


@router.get("/overdue")
def get_overdue(
    user: Reader, session: Db, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> list[OverdueRow]:
    """Clocks that are over, the longest overdue first."""
    now = clock()
    rows = queries.overdue_clocks(session, now=now, limit=limit)
    known = _packs(session, user.jurisdiction_id)
    grid = names.look_up(session, user.jurisdiction_id, cells_=(one["cell_id"] for one in rows))
    return [
        OverdueRow(
            matter_id=one["matter_id"],
            title=one["matter_title"],
            pack=one["pack"],
            pack_title=_pack_title(known, one["pack"]),
            state=one["matter_state"],
            state_title=_state_title(known, one["pack"], one["matter_state"]),
            clock=one["clock"],
            clock_title=_clock_title(known, one["pack"], one["clock"]),
            owner=one["owner"],
            due_at=one["due_at"],
            days_over=(now - one["due_at"]).days,
            cell_id=one["cell_id"],
            cell_code=grid.cell(one["cell_id"]),
        )
        for one in rows
    ]


@router.get("/trend")
def get_trend(user: Reader, session: Db, asked: Asked) -> list[MonthRow]:
    """Findings, closed matters and visits of each month that the period touches, beside the month before and
    the same month last year."""
    rows = figures.by_month(session, user.jurisdiction_id, asked.since, asked.until)
    return [MonthRow.model_validate(one, from_attributes=True) for one in rows]


@router.get("/workload")
def get_workload(user: Reader, session: Db, asked: Asked) -> list[WorkloadRow]:
    """What each inspector carries and did."""
    rows = figures.by_inspector(session, user.jurisdiction_id, asked.since, asked.until)
    return [WorkloadRow.model_validate(one, from_attributes=True) for one in rows]


@router.get("/heatmap.html", response_class=HTMLResponse)
def export_heatmap(
    user: Annotated[User, permit(Permission.EXPORTS_MAKE)], session: Db, asked: Asked, side: Metres = 500
) -> HTMLResponse:
    """The coverage map and the hexagons' hotspots as one file that needs nothing from outside.

    Each export leaves an audit entry.
    """
    place = user.jurisdiction_id
    counted = {one.cell_id: one for one in coverage.by_cell(session, place, asked.since, asked.until)}
    shapes = [
        heatmap.CellShape(counted[cell.id], geometry, station, officer)
        for cell, _, officer, station, geometry in session.execute(cells.cells_with_owner(place, asked.until))
    ]
    home, now = home_of(session, place), datetime.now(UTC)
    record(
        session,
        place,
        "export",
        officer_id=user.officer_id,
        subject="heatmap.html",
        since=asked.since.isoformat(),
        until=asked.until.isoformat(),
    )
    content = heatmap.render(
        shapes,
        hexagons.hexagons(session, place, *asked, side),
        bureau=home.name,
        since=asked.since,
        until=asked.until,
        made_at=now,
        demo=home.demo,
    )
    name = quote(f"巡查覆盖-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.html")
    disposition = f"attachment; filename=coverage.html; filename*=UTF-8''{name}"
    return HTMLResponse(content, headers={"Content-Disposition": disposition})


def _packs(session: Session, jurisdiction_id: int) -> dict[str, list[Pack]]:
    """Procedure → its versions, the newest first."""
    found: dict[str, list[Pack]] = defaultdict(list)
    for pack, _ in reversed(versions.installed(session, jurisdiction_id)):
        found[pack.id].append(pack)
    return found


def _pack_title(known: dict[str, list[Pack]], pack: str) -> Words:
    return known[pack][0].title


def _state_title(known: dict[str, list[Pack]], pack: str, state: str) -> Words:
    """The title in the newest version that has the state."""
    titles = (one.states[state].title for one in known[pack] if state in one.states)
    return next(titles, Words(zh=state, en=state))


def _clock_title(known: dict[str, list[Pack]], pack: str, name: str) -> Words:
    titles = (one.clocks[name].title for one in known[pack] if name in one.clocks)
    return next(titles, Words(zh=name, en=name))
