"""What is going on in the demo as it is loaded: colleagues of the first station have just been somewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from geo_data.demo.ids import Ids
from geo_data.demo.shapes import City
from gridsup.calendars import local_day
from gridsup.patrols.service import Position, VisitReport, record_visit

AGO = (6, 21, 47, 95)
"""Minutes before the load at which the colleagues' last visits were."""


def visits(session: Session, city: City, ids: Ids, now: datetime) -> int:
    """One visit of today by each of some inspectors who work beside the first; how many were made.

    The demo's history ends yesterday; without these nobody would be around (谁在附近) on its phones.
    """
    first = city.cells[0]
    beside = {c.inspector: c.key for c in city.cells if c.station == first.station}
    beside.pop(first.inspector)
    at_door = {
        p.cell: p for p in reversed(city.premises) if p.cell and p.lon is not None and p.lat is not None
    }
    shops = {b.premises: b.key for b in city.businesses if b.status == "operating"}
    made = 0
    for minutes, (inspector, cell) in zip(AGO, beside.items(), strict=False):
        at = now - timedelta(minutes=minutes)
        place = at_door.get(cell)
        if place is None or place.lon is None or place.lat is None or local_day(at) != local_day(now):
            continue
        shop = shops.get(place.key)
        report = VisitReport(
            key=uuid5(NAMESPACE_URL, f"demo-underway:{inspector}"),
            at=at,
            result="normal",
            business_id=ids.businesses[shop] if shop else None,
            position=Position(lon=place.lon, lat=place.lat, accuracy_m=8.0),
            note="演示",
        )
        record_visit(session, ids.officers[inspector], report, now=now)
        made += 1
    return made
