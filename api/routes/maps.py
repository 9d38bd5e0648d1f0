"""Printed maps: the A3 sheet of a cell (网格责任图), or of every cell of a station."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.auth import User
from api.deps import Db, Id
from api.inputs import Day
from api.permissions import Permission
from api.policy import permit
from gridsup.cells.locate import today
from gridsup.maps import service
from gridsup.people.audit import record

router = APIRouter(tags=["cells"])
Reader = Annotated[User, permit(Permission.BUSINESSES_READ)]
PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/cells/{cell_id}/map.pdf", response_class=Response, responses=PDF)
def print_cell_map(cell_id: Id, user: Reader, session: Db, day: Day | None = None) -> Response:
    """The cell's sheet, A3 in landscape, with the owner of that day (today when absent).

    Each print leaves an audit entry.
    """
    now = datetime.now(UTC)
    sheets = service.cell_sheet(session, user.jurisdiction_id, cell_id, day=day or today(), made_at=now)
    return _answer(session, user, sheets, sheets[0]["code"], day or today(), now)


@router.get("/stations/{station_id}/maps.pdf", response_class=Response, responses=PDF)
def print_station_maps(station_id: Id, user: Reader, session: Db, day: Day | None = None) -> Response:
    """The sheets of all cells of a station in one file. Each print leaves an audit entry."""
    now = datetime.now(UTC)
    sheets = service.station_sheets(
        session, user.jurisdiction_id, station_id, day=day or today(), made_at=now
    )
    return _answer(session, user, sheets, sheets[0]["station"], day or today(), now)


def _answer(
    session: Db, user: User, sheets: list[dict[str, Any]], name: str, day: date, now: datetime
) -> Response:
    record(
        session,
        user.jurisdiction_id,
        "export",
        officer_id=user.officer_id,
        subject="map.pdf",
        cells=[one["code"] for one in sheets],
    )
    disposition = (
        f"attachment; filename=map.pdf; filename*=UTF-8''{quote(f'网格责任图-{name}-{day:%Y%m%d}.pdf')}"
    )
    return Response(
        service.render(sheets, made_at=now),
        media_type="application/pdf",
        headers={"Content-Disposition": disposition},
    )
