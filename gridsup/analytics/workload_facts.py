"""The facts of the workload simulator, as they are in the database: measures by cell, borders, streets."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsup.analytics.coverage import period_bounds, visit_days
from gridsup.analytics.workload import CellFacts, Frame, Measures, OfficerFacts
from gridsup.people import queries as people
from gridsup.people.model import Jurisdiction
from gridsup.procedures.family import clock

MEASURES = text(
    """
    WITH household AS (
        SELECT hc.cell_id, b.risk, count(*) AS n
        FROM household_codes hc
        JOIN businesses b ON b.jurisdiction_id = :j AND b.id = hc.business_id
        WHERE hc.jurisdiction_id = :j AND hc.ended_on IS NULL AND b.status = 'operating'
        GROUP BY 1, 2
    ), seen AS (
        SELECT cell_id, count(*) AS n FROM visits
        WHERE jurisdiction_id = :j AND at >= :since AND at < :until GROUP BY 1
    ), found AS (
        SELECT cell_id, count(*) AS n FROM findings
        WHERE jurisdiction_id = :j AND found_at >= :since AND found_at < :until GROUP BY 1
    ), handled AS (
        SELECT cell_id, count(*) AS n,
               count(*) FILTER (WHERE ended_at IS NULL AND next_due_at <= :now) AS overdue
        FROM matters
        WHERE jurisdiction_id = :j AND parent_id IS NULL AND opened_at < :until
          AND (ended_at IS NULL OR ended_at >= :since)
        GROUP BY 1
    )
    SELECT c.id, c.code, c.station_id, a.officer_id,
           coalesce((SELECT jsonb_object_agg(h.risk, h.n) FROM household h WHERE h.cell_id = c.id),
                    '{}') AS risks,
           coalesce(seen.n, 0) AS visits, coalesce(found.n, 0) AS findings,
           coalesce(handled.n, 0) AS matters, coalesce(handled.overdue, 0) AS overdue
    FROM cells c
    LEFT JOIN assignments a ON a.jurisdiction_id = :j AND a.cell_id = c.id AND a.during @> CAST(:day AS date)
    LEFT JOIN seen ON seen.cell_id = c.id
    LEFT JOIN found ON found.cell_id = c.id
    LEFT JOIN handled ON handled.cell_id = c.id
    WHERE c.jurisdiction_id = :j AND c.valid @> CAST(:day AS date)
    ORDER BY c.code
    """
)
"""One row per cell in force on ``day``; ``overdue`` tells the present."""

BORDERS = text(
    """
    SELECT a.id AS one, b.id AS other,
           ST_Length(ST_Transform(ST_Intersection(ST_Boundary(a.geom), ST_Boundary(b.geom)), :srid)) AS metres
    FROM cells a
    JOIN cells b ON b.jurisdiction_id = :j AND a.id < b.id AND a.geom && b.geom
         AND b.valid @> CAST(:day AS date) AND ST_Relate(a.geom, b.geom, '****1****')
    WHERE a.jurisdiction_id = :j AND a.valid @> CAST(:day AS date)
    """
)
"""Pairs of cells that share a line of border, with its metres."""

STREETS = text(
    """
    SELECT hc.cell_id, o.parent_id AS street_id, count(*) AS n
    FROM household_codes hc
    JOIN businesses b ON b.jurisdiction_id = :j AND b.id = hc.business_id AND b.status = 'operating'
    JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
    JOIN organisations o ON o.jurisdiction_id = :j AND o.id = p.community_id AND o.parent_id IS NOT NULL
    WHERE hc.jurisdiction_id = :j AND hc.ended_on IS NULL
    GROUP BY 1, 2
    """
)
"""Households of a cell by the street (街道) that their community belongs to."""


def measured(
    session: Session, jurisdiction_id: int, since: date, until: date, *, now: datetime | None = None
) -> Frame:
    """The frame of the days ``since`` … ``until``, both included, with cells and owners as on ``until``.

    Raises Invalid ``period-reversed``.
    """
    start, end = period_bounds(since, until)
    days = (until - since).days + 1
    every = visit_days(session, jurisdiction_id)
    due = {int(risk): days / every[risk] for risk in every}
    home = session.scalars(select(Jurisdiction).where(Jurisdiction.jurisdiction_id == jurisdiction_id)).one()
    params = {"j": jurisdiction_id, "day": until, "srid": home.metric_srid}
    times = {"since": start, "until": end, "now": now or clock()}
    borders: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, metres in session.execute(BORDERS, params):
        borders[one][other] = borders[other][one] = float(metres)
    streets: dict[int, dict[int, float]] = defaultdict(dict)
    for cell_id, street_id, n in session.execute(STREETS, params):
        streets[cell_id][street_id] = float(n)
    cells = tuple(
        CellFacts(
            id=row.id,
            code=row.code,
            station_id=row.station_id,
            officer_id=row.officer_id,
            measures=Measures(
                households=float(sum(row.risks.values())),
                visits_due=sum(due[int(risk)] * n for risk, n in row.risks.items()),
                visits_made=float(row.visits),
                findings=float(row.findings),
                matters=float(row.matters),
                overdue=float(row.overdue),
            ),
            neighbours=borders[row.id],
            streets=streets[row.id],
        )
        for row in session.execute(MEASURES, {**params, **times})
    )
    return Frame(since, until, cells, _inspectors(session, jurisdiction_id, until, cells), due)


def last_months(until: date, months: int) -> date:
    """The first day of a period of that many months of 30 days that ends on ``until``."""
    return until - timedelta(days=30 * months - 1)


def _inspectors(
    session: Session, jurisdiction_id: int, day: date, cells: tuple[CellFacts, ...]
) -> tuple[OfficerFacts, ...]:
    """Who holds the post of an inspector or a cell on the day, by staff number; the deputy of that post."""
    tree = {row[0]: (row[1], row[2]) for row in session.execute(people.parents(jurisdiction_id))}

    def station_of(place: int | None) -> int:
        while place is not None and tree[place][1] != "station" and tree[place][0] is not None:
            place = tree[place][0]
        return place or 0

    held = list(session.scalars(people.postings_on(jurisdiction_id, day, post="inspector")))
    posts = {one.officer_id: one for one in reversed(held)}
    owners = {cell.officer_id: cell.station_id for cell in cells if cell.officer_id is not None}
    known = session.scalars(people.officers_by_id(jurisdiction_id, {*posts, *owners}))
    return tuple(
        OfficerFacts(
            id=one.id,
            name=one.name,
            station_id=owners.get(one.id) or station_of(posts[one.id].organisation_id),
            deputy_id=posts[one.id].deputy_id if one.id in posts else None,
        )
        for one in sorted(known, key=lambda officer: (officer.staff_no, officer.id))
    )
