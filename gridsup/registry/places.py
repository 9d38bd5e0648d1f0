"""Premises by their address and point: found again, made, set on the map."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import func
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.cells.locate import check_position
from gridsup.people.model import Jurisdiction
from gridsup.registry import likeness, queries
from gridsup.registry.addresses import address_key
from gridsup.registry.drafts import PlaceDraft
from gridsup.registry.model import Premises

SAME_PLACE_M = 50.0
"""A premises with the same address farther away than this is another one."""


def place_of(session: Session, home: Jurisdiction, place: PlaceDraft) -> Premises:
    """The premises of that address: an existing one, or a new one.

    An existing premises that is not placed yet takes the given point; one that stands more than 50 m
    from the given point is another place with the same address.
    """
    jurisdiction_id = home.jurisdiction_id
    if place.point is not None:
        check_position(*place.point)
    key = address_key(place.address, district=home.name)
    rows = session.execute(
        likeness.premises_like(
            jurisdiction_id, key, place.building, place.floor, place.stall, near=place.point
        )
    ).all()
    for found, metres in rows:
        if place.point is None or (metres is not None and metres <= SAME_PLACE_M):
            return cast(Premises, found)
        if found.point is None:
            set_point(found, place)
            session.flush()
            return cast(Premises, found)
    premises = Premises(
        jurisdiction_id=jurisdiction_id,
        address=place.address,
        address_key=key,
        building=place.building,
        floor=place.floor,
        stall=place.stall,
        community_id=place.community_id,
    )
    if place.point is not None:
        set_point(premises, place)
    session.add(premises)
    session.flush()
    return premises


def set_point(premises: Premises, place: PlaceDraft, *, at: datetime | None = None) -> None:
    """Write where a premises stands, how that is known, and the coordinates as they came."""
    assert place.point is not None
    premises.point = cell_queries.point(*place.point)
    premises.placed_by = place.placed_by
    premises.placed_at = at or func.now()
    premises.accuracy_m = place.accuracy_m
    x, y, datum = place.original or (None, None, None)
    premises.original_x, premises.original_y, premises.original_datum = x, y, datum


def position(session: Session, premises: Premises) -> tuple[float, float]:
    """(lon, lat) of a placed premises."""
    lon, lat = session.execute(queries.position(premises.jurisdiction_id, premises.id)).one()
    return float(lon), float(lat)
