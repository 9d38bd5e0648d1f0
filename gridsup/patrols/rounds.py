"""The day's round: the households an inspector answers for, and which of them are due for a visit.

A household is due when its last visit is longer ago than its risk allows. The order is plain on purpose:
risk × how far overdue (at most four intervals; never visited counts as two), halved every 500 m or so of
way. Planning a route through them is another matter.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

NEAR_M = 500.0
"""Way that halves a household's weight."""
UNPLACED_M = 1000.0
"""Way that a household without a place counts as, while the officer's is known: it is not at hand."""
MOST = 5000


@dataclass(frozen=True, slots=True)
class Household:
    """A household of the round. ``lon``, ``lat`` in CRS84 degrees, None while it is not placed (未落点).

    ``operator_name``, ``uscc`` and ``scope`` are what a form at its door begins with.
    """

    business_id: int
    name: str
    address: str
    code: str | None
    cell_id: int | None
    community_id: int | None
    trade: str | None
    risk: int
    licence_status: str
    lon: float | None
    lat: float | None
    last_visit: datetime | None
    operator_name: str | None
    uscc: str | None
    scope: str | None


@dataclass(frozen=True, slots=True)
class DueHousehold(Household):
    """``days_over``: days since the visit was due, None when there never was one; ``metres`` from here."""

    days_over: int | None
    metres: float | None
    weight: float


_MINE = """
    WITH mine AS (
        SELECT cell_id, community_id FROM assignments
        WHERE jurisdiction_id = :j AND officer_id = ANY(:officers) AND during @> CAST(:day AS date)
    ), household AS (
        SELECT b.id AS business_id, b.name, p.address, hc.code, hc.cell_id, p.community_id, b.trade, b.risk,
               b.licence_status, p.point, b.operator_name, b.uscc, b.scope
        FROM businesses b
        JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
        LEFT JOIN household_codes hc
             ON hc.jurisdiction_id = :j AND hc.business_id = b.id AND hc.ended_on IS NULL
        WHERE b.jurisdiction_id = :j AND b.status = 'operating'
          AND (hc.cell_id IN (SELECT cell_id FROM mine)
               OR (hc.cell_id IS NULL AND p.community_id IN (SELECT community_id FROM mine)))
    ), seen AS (
        SELECT business_id, max(at) AS last_visit FROM visits
        WHERE jurisdiction_id = :j AND business_id IN (SELECT business_id FROM household)
        GROUP BY business_id
    )
"""
_COLUMNS = """
    h.business_id, h.name, h.address, h.code, h.cell_id, h.community_id, h.trade, h.risk, h.licence_status,
    ST_X(h.point) AS lon, ST_Y(h.point) AS lat, s.last_visit, h.operator_name, h.uscc, h.scope
"""
_ALL = text(
    f"""{_MINE}
    SELECT {_COLUMNS} FROM household h LEFT JOIN seen s USING (business_id)
    ORDER BY h.code NULLS LAST, h.business_id
    LIMIT :most
    """
)
_DUE = text(
    f"""{_MINE}, measured AS (
        SELECT {_COLUMNS},
               (CAST(:days AS jsonb) ->> h.risk::text)::float AS every,
               extract(epoch FROM :now - s.last_visit)::float / 86400 AS since,
               ST_Distance(h.point::geography,
                           ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography) AS metres
        FROM household h LEFT JOIN seen s USING (business_id)
    )
    SELECT business_id, name, address, code, cell_id, community_id, trade, risk, licence_status, lon, lat,
           last_visit, operator_name, uscc, scope, floor(since - every)::int AS days_over, metres,
           risk * least(coalesce(since / every, 2), 4) / (1 + coalesce(metres, :unplaced) / :near) AS weight
    FROM measured
    WHERE since IS NULL OR since >= every
    ORDER BY weight DESC, business_id
    LIMIT :most
    """
)


def households(
    session: Session, jurisdiction_id: int, officer_ids: Collection[int], day: date, *, most: int = MOST
) -> list[Household]:
    """All operating households that these officers answer for, by code."""
    rows = session.execute(_ALL, _given(jurisdiction_id, officer_ids, day, most)).mappings()
    return [Household(**row) for row in rows]


def due(
    session: Session,
    jurisdiction_id: int,
    officer_ids: Collection[int],
    now: datetime,
    *,
    day: date,
    days: Mapping[str, int],
    here: tuple[float, float] | None = None,
    most: int = 100,
) -> list[DueHousehold]:
    """The households that are due, the weightiest first. ``days``: interval by risk; ``here``: (lon, lat)."""
    given: dict[str, Any] = _given(jurisdiction_id, officer_ids, day, most)
    lon, lat = here or (None, None)
    more = {"days": json.dumps(dict(days)), "now": now, "lon": lon, "lat": lat, "near": NEAR_M}
    more["unplaced"] = UNPLACED_M if here else 0.0
    return [DueHousehold(**row) for row in session.execute(_DUE, given | more).mappings()]


def _given(jurisdiction_id: int, officer_ids: Collection[int], day: date, most: int) -> dict[str, Any]:
    return {"j": jurisdiction_id, "officers": list(officer_ids), "day": day, "most": most}
