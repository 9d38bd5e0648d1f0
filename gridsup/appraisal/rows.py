"""The rows under each measure, as the database holds them: one SQL text for each kind of measure.

Every row has ``id``, ``kind`` and ``ref`` (what a link opens: a matter, a business), ``title``,
``officer_id`` (whose it is, None: nobody's), ``station_id``, ``at`` (when it fell due or was done; of a
household when its next visit was due), ``done_at`` (of a household the last visit) and ``value`` from 0
to 1. No text here reads an amount, a penalty or a number of cases.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from gridsup.analytics.coverage import period_bounds, visit_days
from gridsup.analytics.rowsets import GRID
from gridsup.appraisal.catalogue import Measure
from gridsup.people.model import Jurisdiction

HOUSEHOLDS = (
    GRID
    + """
SELECT b.id, 'business' AS kind, b.id AS ref, b.name AS title, g.officer_id, g.station_id,
       last.at + make_interval(days => (CAST(:days AS jsonb) ->> b.risk::text)::int) AS at,
       last.at AS done_at,
       CASE WHEN last.at >= :until - make_interval(days => (CAST(:days AS jsonb) ->> b.risk::text)::int)
            THEN 1.0 ELSE 0.0 END AS value
FROM household_codes hc
JOIN grid g ON g.id = hc.cell_id
JOIN businesses b ON b.jurisdiction_id = :j AND b.id = hc.business_id AND b.status = 'operating'
LEFT JOIN (
    SELECT business_id, max(at) AS at FROM visits
    WHERE jurisdiction_id = :j AND business_id IS NOT NULL AND at < :until GROUP BY business_id
) last ON last.business_id = b.id
WHERE hc.jurisdiction_id = :j AND hc.ended_on IS NULL
ORDER BY b.id
"""
)

ON_SITE = """
SELECT v.id, 'business' AS kind, b.id AS ref, b.name AS title, v.officer_id, c.station_id,
       v.at AS at, v.at AS done_at,
       CASE WHEN ST_Distance(ST_Transform(v.point, :srid), ST_Transform(p.point, :srid))
                 - coalesce(v.accuracy_m, 0) <= :within_m THEN 1.0 ELSE 0.0 END AS value
FROM visits v
JOIN businesses b ON b.jurisdiction_id = :j AND b.id = v.business_id
JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id AND p.point IS NOT NULL
LEFT JOIN cells c ON c.jurisdiction_id = :j AND c.id = v.cell_id
WHERE v.jurisdiction_id = :j AND v.at >= :since AND v.at < :until AND v.point IS NOT NULL
ORDER BY v.id
"""

CLOCKS = """
SELECT d.id, 'matter' AS kind, m.id AS ref, m.title,
       CASE WHEN :doer THEN done.person_id ELSE coalesce(m.assigned_officer_id, a.officer_id) END
           AS officer_id,
       m.station_id, d.due_at AS at, d.stopped_at AS done_at,
       CASE WHEN d.stopped_at < d.due_at THEN 1.0 ELSE 0.0 END AS value
FROM deadlines d
JOIN matters m ON m.jurisdiction_id = :j AND m.id = d.matter_id
LEFT JOIN assignments a ON a.jurisdiction_id = :j AND a.cell_id = m.cell_id
     AND a.during @> (d.due_at AT TIME ZONE 'Asia/Shanghai')::date
LEFT JOIN LATERAL (
    SELECT e.person_id FROM events e
    WHERE e.jurisdiction_id = :j AND e.matter_id = m.id AND e.kind = 'act' AND e.effective_at = d.stopped_at
    ORDER BY e.seq LIMIT 1
) done ON true
WHERE d.jurisdiction_id = :j AND m.pack || '.' || d.clock = ANY (:clocks)
  AND d.state IN ('running', 'stopped') AND d.due_at >= :since AND d.due_at < least(:until, :now)
ORDER BY d.id
"""

RETURNS = """
SELECT e.id, 'matter' AS kind, m.id AS ref, m.title, e.person_id AS officer_id, m.station_id,
       e.effective_at AS at, e.effective_at AS done_at,
       CASE WHEN (
           SELECT m.pack || '.' || later.action = ANY (:by) FROM events later
           WHERE later.jurisdiction_id = :j AND later.matter_id = m.id AND later.kind = 'act'
             AND later.seq > e.seq AND m.pack || '.' || later.action = ANY (:acts || :by)
           ORDER BY later.seq LIMIT 1) THEN 0.0 ELSE 1.0 END AS value
FROM events e
JOIN matters m ON m.jurisdiction_id = :j AND m.id = e.matter_id
WHERE e.jurisdiction_id = :j AND e.kind = 'act' AND m.pack || '.' || e.action = ANY (:acts)
  AND e.effective_at >= :since AND e.effective_at < :until
ORDER BY e.id
"""

PHOTOS = """
SELECT e.id, 'matter' AS kind, m.id AS ref, m.title, e.person_id AS officer_id, m.station_id,
       e.effective_at AS at, e.effective_at AS done_at,
       CASE WHEN (SELECT count(*)
                  FROM jsonb_array_elements(coalesce(e.data -> 'photos', '[]')) AS shown
                  WHERE NOT EXISTS (
                      SELECT FROM attachments a
                      WHERE a.jurisdiction_id = :j AND a.sha256 = shown ->> 'sha256' AND a.mime LIKE 'audio/%'
                  )) >= :least THEN 1.0 ELSE 0.0 END AS value
FROM events e
JOIN matters m ON m.jurisdiction_id = :j AND m.id = e.matter_id
WHERE e.jurisdiction_id = :j AND e.kind = 'act' AND m.pack || '.' || e.action = ANY (:acts)
  AND e.effective_at >= :since AND e.effective_at < :until
ORDER BY e.id
"""

SPOT_CHECKS = """
SELECT c.id, 'business' AS kind, c.business_id AS ref, c.record ->> 'name' AS title,
       c.inspector_id AS officer_id, c.station_id,
       CAST(c.record ->> 'at' AS timestamptz) AS at, r.at AS done_at,
       CASE WHEN r.content ->> 'verdict' = 'consistent' OR u.content ->> 'ruling' = 'lifted'
            THEN 1.0 ELSE 0.0 END AS value
FROM spot_checks c
JOIN spot_steps r ON r.jurisdiction_id = :j AND r.check_id = c.id AND r.kind = 'result'
LEFT JOIN spot_steps u ON u.jurisdiction_id = :j AND u.check_id = c.id AND u.kind = 'ruling'
WHERE c.jurisdiction_id = :j AND r.at >= :since AND r.at < :until
ORDER BY c.id
"""

FILES = """
SELECT s.id, 'matter' AS kind, m.id AS ref, m.title, r.handler_id AS officer_id, r.station_id,
       s.at AS at, s.at AS done_at, s.total / 100.0 AS value
FROM review_sheets s
JOIN file_reviews r ON r.jurisdiction_id = :j AND r.id = s.review_id
JOIN matters m ON m.jurisdiction_id = :j AND m.id = r.matter_id
WHERE s.jurisdiction_id = :j AND s.at >= :since AND s.at < :until
ORDER BY s.id
"""

CORRECTIONS = """
SELECT o.id, 'matter' AS kind, m.id AS ref, m.title, o.handler_id AS officer_id, r.station_id,
       o.due_at AS at, first.at AS done_at, CASE WHEN first.at < o.due_at THEN 1.0 ELSE 0.0 END AS value
FROM correction_orders o
JOIN file_reviews r ON r.jurisdiction_id = :j AND r.id = o.review_id
JOIN matters m ON m.jurisdiction_id = :j AND m.id = r.matter_id
LEFT JOIN LATERAL (
    SELECT min(t.at) AS at FROM correction_steps t
    WHERE t.jurisdiction_id = :j AND t.order_id = o.id AND t.step = 'answer'
) first ON true
WHERE o.jurisdiction_id = :j AND o.due_at >= :since AND o.due_at < least(:until, :now)
ORDER BY o.id
"""

SQL: dict[str, str] = {
    "households": HOUSEHOLDS,
    "on_site": ON_SITE,
    "clocks": CLOCKS,
    "returns": RETURNS,
    "photos": PHOTOS,
    "spot_checks": SPOT_CHECKS,
    "files": FILES,
    "corrections": CORRECTIONS,
}
LISTS = ("clocks", "acts", "by")


def rows_of(
    session: Session, home: Jurisdiction, measure: Measure, since: date, until: date, now: datetime
) -> list[Mapping[str, Any]]:
    """All rows of a measure in a period of whole days. Raises Invalid ``period-reversed``."""
    start, end = period_bounds(since, until)
    named = {name: getattr(measure, name) for name in (*LISTS, "within_m", "least")}
    given: dict[str, Any] = {
        **named,
        "j": home.jurisdiction_id,
        "since": start,
        "until": end,
        "now": now,
        "day": until,
        "srid": home.metric_srid,
        "doer": measure.of == "doer",
    }
    if measure.kind == "households":
        given["days"] = json.dumps(visit_days(session, home.jurisdiction_id))
    statement = text(SQL[measure.kind])
    asked = set(statement.compile().params)
    arrays = [bindparam(name, type_=ARRAY(Text)) for name in LISTS if name in asked]
    statement = statement.bindparams(*arrays) if arrays else statement
    found = session.execute(statement, {k: v for k, v in given.items() if k in asked})
    return [dict(one) for one in found.mappings()]
