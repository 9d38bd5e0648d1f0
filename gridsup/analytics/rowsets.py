"""The named row sets that indicators count: one SQL text each, over one period of one jurisdiction.

Every row has the same columns: ``id`` (within the set), ``kind`` and ``ref`` (what a link opens: a matter, a
business, a cell), ``title``, ``cell_id``, ``station_id``, ``officer_id`` (who answers: the matter's or the
cell's inspector on the last day, for a visit who made it), ``department`` (D01…D22, of a referral), ``at``
and ``value`` (days, risk, km²; what ``take: sum`` adds up).

A set says how things stood at the period's end, so that a past period gives the same rows again, but for the
register, which knows its households of today only.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridsup.procedures.pack import Words

GRID = """
WITH grid AS (
    SELECT c.id, c.name, c.station_id, c.area_m2, a.officer_id
    FROM cells c
    LEFT JOIN assignments a ON a.jurisdiction_id = :j AND a.cell_id = c.id AND a.during @> CAST(:day AS date)
    WHERE c.jurisdiction_id = :j AND c.valid @> CAST(:day AS date)
)
"""
"""Cells in force on the last day, with who answers for them."""

_MATTER = """
SELECT m.id, 'matter' AS kind, m.id AS ref, m.title, m.cell_id, m.station_id,
       coalesce(m.assigned_officer_id, g.officer_id) AS officer_id, CAST(NULL AS text) AS department,
       {at} AS at, {value} AS value
FROM matters m
LEFT JOIN grid g ON g.id = m.cell_id
WHERE m.jurisdiction_id = :j AND m.parent_id IS NULL AND m.subject_kind = 'business' AND {where}
"""
_ENDED = "m.ended_at >= :since AND m.ended_at < :until"
_OPEN = "m.opened_at < :until AND (m.ended_at IS NULL OR m.ended_at >= :until)"
_DAYS = "extract(epoch FROM m.ended_at - m.opened_at) / 86400.0"
_BACK = """EXISTS (
    SELECT FROM matters member
    JOIN events e ON e.jurisdiction_id = :j AND e.matter_id = member.id AND e.from_state <> e.to_state
    JOIN events earlier ON earlier.jurisdiction_id = :j AND earlier.matter_id = e.matter_id
         AND earlier.seq < e.seq AND earlier.from_state = e.to_state
    WHERE member.jurisdiction_id = :j AND member.root_id = m.id)"""
"""The matter, or a child of it such as its referral, entered again a state that it had left."""

_LATE = """EXISTS (
    SELECT FROM deadlines d
    WHERE d.jurisdiction_id = :j AND d.matter_id = m.id AND d.on_due IS NULL AND d.state <> 'dropped'
      AND d.started_at < :until AND d.due_at < least(:until, :now)
      AND (d.stopped_at IS NULL OR d.stopped_at >= :until))"""

_CLOCK = """
SELECT d.id, 'matter' AS kind, m.id AS ref, m.title, m.cell_id, m.station_id,
       coalesce(m.assigned_officer_id, g.officer_id) AS officer_id, r.department,
       d.due_at AS at,
       greatest(0, extract(epoch FROM coalesce(d.stopped_at, least(:until, :now)) - d.due_at) / 86400.0)
           AS value
FROM deadlines d
JOIN matters m ON m.jurisdiction_id = :j AND m.id = d.matter_id
LEFT JOIN grid g ON g.id = m.cell_id
LEFT JOIN referrals r ON r.jurisdiction_id = :j AND r.matter_id = m.id AND r.direction = 'out'
WHERE d.jurisdiction_id = :j AND d.on_due IS NULL AND d.state IN ('running', 'stopped')
  AND d.due_at >= :since AND d.due_at < least(:until, :now) AND {where}
"""
_IN_TIME = "d.stopped_at < d.due_at"
_FEEDBACK = "r.department IS NOT NULL AND m.pack = 'referral' AND d.clock IN ('p9_n2', 'supplement_term')"
_RECEIPT = "r.department IS NOT NULL AND m.pack = 'referral' AND d.clock = 'receipt_term'"

_HOUSEHOLD = """
SELECT b.id, 'business' AS kind, b.id AS ref, b.name AS title, hc.cell_id, g.station_id, g.officer_id,
       CAST(NULL AS text) AS department, last.at, CAST(b.risk AS float) AS value
FROM household_codes hc
JOIN grid g ON g.id = hc.cell_id
JOIN businesses b ON b.jurisdiction_id = :j AND b.id = hc.business_id AND b.status = 'operating'
LEFT JOIN (
    SELECT business_id, max(at) AS at FROM visits
    WHERE jurisdiction_id = :j AND business_id IS NOT NULL AND at < :until GROUP BY business_id
) last ON last.business_id = b.id
WHERE hc.jurisdiction_id = :j AND hc.ended_on IS NULL AND {where}
"""
_DUE = """(last.at IS NULL
    OR last.at < :until - make_interval(days => (CAST(:days AS jsonb) ->> b.risk::text)::int))"""

_VISIT = """
SELECT v.id, CASE WHEN v.business_id IS NULL THEN 'cell' ELSE 'business' END AS kind,
       coalesce(v.business_id, v.cell_id) AS ref, coalesce(b.name, g.name, '') AS title, v.cell_id,
       g.station_id, v.officer_id, CAST(NULL AS text) AS department, v.at, 1.0 AS value
FROM visits v
LEFT JOIN grid g ON g.id = v.cell_id
LEFT JOIN businesses b ON b.jurisdiction_id = :j AND b.id = v.business_id
WHERE v.jurisdiction_id = :j AND v.at >= :since AND v.at < :until AND {where}
"""

_FINDING = """
SELECT f.id, 'matter' AS kind, f.matter_id AS ref, b.name AS title, f.cell_id, g.station_id, f.officer_id,
       CAST(NULL AS text) AS department, f.found_at AS at, 1.0 AS value
FROM findings f
LEFT JOIN grid g ON g.id = f.cell_id
JOIN businesses b ON b.jurisdiction_id = :j AND b.id = f.business_id
WHERE f.jurisdiction_id = :j AND f.found_at >= :since AND f.found_at < :until
"""

_CELL = """
SELECT g.id, 'cell' AS kind, g.id AS ref, g.name AS title, g.id AS cell_id, g.station_id, g.officer_id,
       CAST(NULL AS text) AS department, CAST(NULL AS timestamptz) AS at, g.area_m2 / 1e6 AS value
FROM grid g
"""


@dataclass(frozen=True, slots=True)
class RowSet:
    """``count`` says what a row is, ``total`` what the sum of the rows' values is (None: nothing)."""

    sql: str
    count: Words
    total: Words | None = None


def _set(sql: str, zh: str, en: str, total: tuple[str, str] | None = None) -> RowSet:
    return RowSet(GRID + sql, Words(zh=zh, en=en), Words(zh=total[0], en=total[1]) if total else None)


ROW_SETS: dict[str, RowSet] = {
    "clocks_due": _set(_CLOCK.format(where="true"), "期内到期的期限数", "clocks that fell due in the period"),
    "clocks_on_time": _set(
        _CLOCK.format(where=_IN_TIME), "到期前办妥的期限数", "those of them that were met in time"
    ),
    "feedback_due": _set(
        _CLOCK.format(where=_FEEDBACK),
        "期内应反馈的抄告数",
        "referrals with feedback due in the period",
    ),
    "feedback_on_time": _set(
        _CLOCK.format(where=f"{_FEEDBACK} AND {_IN_TIME}"), "按期反馈的抄告数", "those fed back in time"
    ),
    "receipt_due": _set(
        _CLOCK.format(where=_RECEIPT), "期内应签收的抄告数", "referrals whose receipt fell due in the period"
    ),
    "receipt_on_time": _set(
        _CLOCK.format(where=f"{_RECEIPT} AND {_IN_TIME}"), "按期签收的抄告数", "those received in time"
    ),
    "matters_in_hand": _set(
        _MATTER.format(at="m.opened_at", value="1.0", where=f"(({_OPEN}) OR ({_ENDED}))"),
        "期内在办的主事项数（上期结转＋本期新立）",
        "matters in hand in the period (carried over and new)",
    ),
    "matters_ended": _set(
        _MATTER.format(at="m.ended_at", value=_DAYS, where=_ENDED),
        "期内办结的主事项数",
        "matters closed in the period",
        ("期内办结事项从立到结的天数之和", "days from opening to close of those matters, added up"),
    ),
    "matters_reworked": _set(
        _MATTER.format(at="m.ended_at", value=_DAYS, where=f"{_ENDED} AND {_BACK}"),
        "曾退回已离开的环节重办（含子事项）的事项数",
        "those that went back, themselves or a child matter, to a step they had left",
    ),
    "matters_open": _set(
        _MATTER.format(at="m.opened_at", value="1.0", where=_OPEN),
        "期末未结的主事项数",
        "matters open at the end of the period",
    ),
    "matters_open_late": _set(
        _MATTER.format(at="m.opened_at", value="1.0", where=f"{_OPEN} AND {_LATE}"),
        "期末有期限已过的事项数",
        "those of them with a clock that was over",
    ),
    "households": _set(
        _HOUSEHOLD.format(where="true"),
        "在营户数",
        "operating households",
        ("在营户风险等级之和", "risks of the operating households, added up"),
    ),
    "households_visited": _set(
        _HOUSEHOLD.format(where="last.at >= :since"), "期内巡查过的户数", "those visited in the period"
    ),
    "households_due": _set(
        _HOUSEHOLD.format(where=_DUE),
        "期末超过巡查间隔的户数",
        "households past their interval at the end",
        ("期末超过巡查间隔的户的风险等级之和", "risks of the households past their interval, added up"),
    ),
    "households_unlicensed": _set(
        _HOUSEHOLD.format(where="b.licence_status <> 'valid'"),
        "执照状态不是有效的户数",
        "those whose licence is not valid",
    ),
    "visits": _set(_VISIT.format(where="true"), "期内巡查次数", "visits of the period"),
    "visits_with_finding": _set(
        _VISIT.format(where="v.result = 'finding'"), "有发现的次数", "those that found something"
    ),
    "findings": _set(_FINDING, "期内发现数", "findings of the period"),
    "cells": _set(_CELL, "网格数", "cells", ("网格面积之和（平方千米）", "area of the cells in km²")),
}
