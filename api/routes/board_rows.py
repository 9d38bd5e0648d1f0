"""The rows under the board's figures, each with what it opens and its place on the map."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import User
from api.deps import Db
from api.periods import Asked
from api.permissions import Permission
from api.policy import permit
from api.routes.indicators import Metres
from gridsup.analytics import clocks, hexagons, rows
from gridsup.analytics.indicators import Counted, Group
from gridsup.analytics.rowsets import ROW_SETS
from gridsup.procedures.pack import Words

router = APIRouter(prefix="/board", tags=["board"])
Reader = Annotated[User, permit(Permission.BOARD_READ)]
RowSetName = Annotated[str, Path(pattern="^[a-z_]{1,40}$", description="a row set, such as `visits`")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Axial = Annotated[int, Query(ge=-(10**7), le=10**7)]


class BoardEntry(BaseModel):
    """A row that a figure counts, and what it opens."""

    id: int
    kind: Literal["matter", "business", "cell"]
    ref: int | None
    title: str
    cell_id: int | None
    cell_code: str | None
    at: datetime | None
    value: float
    place: list[float] | None = Field(description="longitude and latitude (CRS84) of what it opens")


class BoardEntries(BaseModel):
    """`total` rows in all, `sum` of their values; `words` says what they are."""

    words: Words
    total: int
    sum: float
    rows: list[BoardEntry]


class ClockRunView(BaseModel):
    """A clock that a line counts, and the matter that it opens."""

    id: int
    matter_id: int
    title: str
    number: str | None
    clock_title: Words
    due_at: datetime
    stopped_at: datetime | None = Field(description="null while it is not met")


@router.get("/rows/{name}")
def get_board_rows(
    name: RowSetName,
    user: Reader,
    session: Db,
    asked: Asked,
    by: Group | None = None,
    key: Annotated[str | None, Query(max_length=20, description="of `by`; absent: rows of none")] = None,
    limit: Limit = 200,
    offset: Offset = 0,
) -> BoardEntries:
    """The rows of a set in the period, of the whole or of one cell, station, inspector or department."""
    words = rows.row_set(name).count
    counted = Counted(session, user.jurisdiction_id, *asked)
    wanted = _named(by, key)
    total, added = counted.totals(name, by).get(wanted if by else None, (0, 0.0))
    found = counted.rows(name, by=by, key=wanted, limit=limit, offset=offset)
    return BoardEntries(words=words, total=total, sum=added, rows=_entries(session, user, found))


@router.get("/hexagons/rows")
def get_hexagon_rows(
    user: Reader,
    session: Db,
    asked: Asked,
    q: Axial,
    r: Axial,
    side: Metres = 500,
    limit: Limit = 200,
    offset: Offset = 0,
) -> BoardEntries:
    """The findings of the period in one hexagon, the newest first."""
    total, found = hexagons.findings_in(
        session, user.jurisdiction_id, *asked, side, hexagons.Hexagon(q, r), limit=limit, offset=offset
    )
    told = [{"kind": "matter", "value": 1.0, **one} for one in found]
    words = ROW_SETS["findings"].count
    return BoardEntries(words=words, total=total, sum=float(total), rows=_entries(session, user, told))


@router.get("/clocks/rows")
def get_clock_rows(
    user: Reader,
    session: Db,
    asked: Asked,
    by: clocks.By = "department",
    key: Annotated[str | None, Query(max_length=20, description="of `by`; absent: clocks of none")] = None,
    limit: Limit = 200,
    offset: Offset = 0,
) -> list[ClockRunView]:
    """The clocks that a department's or station's line counts, the first due first."""
    wanted = _named(by, key)
    found = clocks.clock_runs(session, user.jurisdiction_id, *asked, by, wanted, limit=limit, offset=offset)
    return [
        ClockRunView(
            id=one.id,
            matter_id=one.matter_id,
            title=one.title,
            number=one.number,
            clock_title=Words(zh=one.clock_zh, en=one.clock_en),
            due_at=one.due_at,
            stopped_at=one.stopped_at,
        )
        for one in found
    ]


def _named(by: Group | clocks.By | None, key: str | None) -> int | str | None:
    """The group asked for: departments by their code, all others by number (-1: none of them)."""
    if by in (None, "department") or key is None:
        return key
    return int(key) if key.isdecimal() else -1


def _entries(session: Session, user: User, found: list[dict[str, Any]]) -> list[BoardEntry]:
    placed = rows.places(session, user.jurisdiction_id, found)
    return [
        BoardEntry.model_validate({**one, "place": placed.get((one["kind"], one["ref"]))}) for one in found
    ]
