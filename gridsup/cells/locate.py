"""Which cell a point lies in (定位到网格), today or on any past day.

The rule is deterministic: among the cells that cover the point, the one with the lowest code (compared
byte by byte). A point on a shared edge or corner therefore always belongs to the same cell. Two cells
count as touching a point within about 1 mm; a point in the seam of at most 0.1 m that a division may
leave belongs to the nearest cell.
"""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite

from sqlalchemy.orm import Session

from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells import queries
from gridsup.cells.model import Cell
from gridsup.errors import Invalid, NotFound


def today() -> date:
    """The day in Asia/Shanghai."""
    return datetime.now(SHANGHAI).date()


def check_position(lon: float, lat: float) -> None:
    """Raise Invalid ``bad-position`` unless this is a longitude and a latitude in degrees."""
    if not (isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(
            "bad-position",
            zh="坐标（{lon}，{lat}）无效：经度应在 -180 至 180 之间，纬度应在 -90 至 90 之间。",
            en="The position ({lon}, {lat}) is invalid: longitude is between -180 and 180, latitude "
            "between -90 and 90.",
            lon=lon,
            lat=lat,
        )


def locate(
    session: Session, jurisdiction_id: int, lon: float, lat: float, *, day: date | None = None
) -> Cell | None:
    """The cell of a point (CRS84 degrees) on ``day`` (today by default), or None outside all cells.

    Raises Invalid ``bad-position``.
    """
    check_position(lon, lat)
    return session.scalar(queries.cell_at(jurisdiction_id, lon, lat, day or today()))


def located(
    session: Session, jurisdiction_id: int, lon: float, lat: float, *, day: date | None = None
) -> Cell:
    """As :func:`locate`, but a point outside raises NotFound ``outside-cells``."""
    found = locate(session, jurisdiction_id, lon, lat, day=day)
    if found is None:
        raise NotFound(
            "outside-cells",
            zh="位置（{lon:.6f}，{lat:.6f}）不在本辖区的任何网格内。"
            "请核对坐标及其坐标系（GCJ-02、BD-09 须先转换）。",
            en="The position ({lon:.6f}, {lat:.6f}) lies in none of this jurisdiction's cells. Check it and "
            "its datum (GCJ-02 and BD-09 must be converted first).",
            lon=lon,
            lat=lat,
        )
    return found


def hold_cell(session: Session, jurisdiction_id: int, lon: float, lat: float) -> Cell | None:
    """As :func:`locate` for today, and keeps the cell from being re-divided until the transaction ends.

    A re-division locks the cells that it ends. Whoever waited for one finds it ended, and looks again.
    """
    check_position(lon, lat)
    query = queries.cell_at(jurisdiction_id, lon, lat, today())
    found = session.scalar(query)
    while found is not None:
        held = session.scalar(
            queries.cell(jurisdiction_id, found.id)
            .where(queries.in_force(jurisdiction_id, today()))
            .with_for_update(key_share=True, read=True)
        )
        if held is not None:
            return held
        found = session.scalar(query)
    return None
