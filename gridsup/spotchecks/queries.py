"""Every select of the spot checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Select, and_, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from gridsup.cells.model import Cell
from gridsup.patrols.model import Finding, Visit
from gridsup.registry.model import Business, HouseholdCode, Premises
from gridsup.registry.queries import present_code
from gridsup.spotchecks.model import SpotCheck, SpotDraw, SpotStep

Rows = Select[*tuple[Any, ...]]
GROUND = Geography(srid=4490)
RESULT, EXPLANATION, RULING = aliased(SpotStep), aliased(SpotStep), aliased(SpotStep)


def population(
    jurisdiction_id: int,
    start: datetime,
    end: datetime,
    received_by: datetime,
    *,
    station_id: int | None,
    inspector_id: int | None,
    least_risk: int,
) -> Select[int]:
    """The population rule: of every shop visited in ``[start, end)``, its latest visit that meets the rule.

    Visits that reached the server after ``received_by`` do not count, so that a draw can be repeated later.
    """
    query = (
        select(Visit.id)
        .ext(distinct_on(Visit.business_id))
        .join(
            Business,
            and_(Business.jurisdiction_id == jurisdiction_id, Business.id == Visit.business_id),
        )
        .outerjoin(Cell, and_(Cell.jurisdiction_id == jurisdiction_id, Cell.id == Visit.cell_id))
        .where(
            Visit.jurisdiction_id == jurisdiction_id,
            Visit.at >= start,
            Visit.at < end,
            Visit.received_at <= received_by,
            Business.risk >= least_risk,
        )
        .order_by(Visit.business_id, Visit.at.desc(), Visit.id.desc())
    )
    if station_id is not None:
        query = query.where(Cell.station_id == station_id)
    return query if inspector_id is None else query.where(Visit.officer_id == inspector_id)


def drawn_visits(jurisdiction_id: int, visit_ids: Sequence[int]) -> Rows:
    """What is frozen of each drawn visit: the visit, the register's words, ``metres`` between the two places
    (on the ellipsoid), the ``facts`` of a finding reported there on that visit's day."""
    j = jurisdiction_id
    metres = func.ST_Distance(cast(Visit.point, GROUND), cast(Premises.point, GROUND))
    facts = (
        select(Finding.facts)
        .where(
            Finding.jurisdiction_id == j,
            Finding.business_id == Visit.business_id,
            Finding.officer_id == Visit.officer_id,
            func.date(Finding.found_at) == func.date(Visit.at),
        )
        .order_by(Finding.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Visit,
            Business.name,
            Business.trade,
            Business.licence_status,
            Business.risk,
            Premises.address,
            HouseholdCode.code,
            Cell.code.label("cell_code"),
            Cell.station_id,
            func.ST_X(Premises.point).label("lon"),
            func.ST_Y(Premises.point).label("lat"),
            metres.label("metres"),
            facts.label("facts"),
        )
        .join(Business, and_(Business.jurisdiction_id == j, Business.id == Visit.business_id))
        .join(Premises, and_(Premises.jurisdiction_id == j, Premises.id == Business.premises_id))
        .outerjoin(HouseholdCode, present_code(j))
        .outerjoin(Cell, and_(Cell.jurisdiction_id == j, Cell.id == Visit.cell_id))
        .where(Visit.jurisdiction_id == j, Visit.id.in_(list(visit_ids)))
    )


def draw(jurisdiction_id: int, draw_id: int) -> Select[SpotDraw]:
    return select(SpotDraw).where(SpotDraw.jurisdiction_id == jurisdiction_id, SpotDraw.id == draw_id)


def draws(jurisdiction_id: int, limit: int) -> Rows:
    """Rows ``(SpotDraw, drawn, done, open_questions)``, the newest first. ``open_questions``: differences
    that nobody ruled on."""
    result, ruling = aliased(SpotStep), aliased(SpotStep)
    asks = result.content["verdict"].astext != "consistent"
    counts = (
        select(
            SpotCheck.draw_id,
            func.count().label("drawn"),
            func.count(result.id).label("done"),
            func.count().filter(asks, ruling.id.is_(None)).label("asking"),
        )
        .outerjoin(result, _step(jurisdiction_id, result, "result"))
        .outerjoin(ruling, _step(jurisdiction_id, ruling, "ruling"))
        .where(SpotCheck.jurisdiction_id == jurisdiction_id)
        .group_by(SpotCheck.draw_id)
        .subquery()
    )
    return (
        select(SpotDraw, counts.c.drawn, counts.c.done, counts.c.asking)
        .join(counts, counts.c.draw_id == SpotDraw.id)
        .where(SpotDraw.jurisdiction_id == jurisdiction_id)
        .order_by(SpotDraw.drawn_at.desc(), SpotDraw.id.desc())
        .limit(limit)
    )


def check(jurisdiction_id: int, check_id: int) -> Select[SpotCheck]:
    return select(SpotCheck).where(SpotCheck.jurisdiction_id == jurisdiction_id, SpotCheck.id == check_id)


def steps(jurisdiction_id: int, check_id: int) -> Select[SpotStep]:
    return select(SpotStep).where(SpotStep.jurisdiction_id == jurisdiction_id, SpotStep.check_id == check_id)


def checks(
    jurisdiction_id: int,
    *,
    draw_id: int | None = None,
    supervisor_ids: Sequence[int] | None = None,
    inspector_ids: Sequence[int] | None = None,
    check_id: int | None = None,
    verdicts: Sequence[str] = (),
    start: datetime | None = None,
    end: datetime | None = None,
    unruled: bool = False,
    undone: bool = False,
    limit: int = 500,
) -> Rows:
    """Rows ``(SpotCheck, result, explanation, ruling)``, each step or None, in the order of the draw.

    ``start``, ``end``: when the second visit was made.
    """
    query = (
        select(SpotCheck, RESULT, EXPLANATION, RULING)
        .outerjoin(RESULT, _step(jurisdiction_id, RESULT, "result"))
        .outerjoin(EXPLANATION, _step(jurisdiction_id, EXPLANATION, "explanation"))
        .outerjoin(RULING, _step(jurisdiction_id, RULING, "ruling"))
        .where(SpotCheck.jurisdiction_id == jurisdiction_id)
        .order_by(SpotCheck.draw_id.desc(), SpotCheck.place)
        .limit(limit)
    )
    same = ((SpotCheck.draw_id, draw_id), (SpotCheck.id, check_id))
    query = query.where(*(column == value for column, value in same if value is not None))
    if supervisor_ids is not None:
        query = query.where(SpotCheck.supervisor_id.in_(list(supervisor_ids)))
    if inspector_ids is not None:
        query = query.where(SpotCheck.inspector_id.in_(list(inspector_ids)))
    if verdicts:
        query = query.where(RESULT.content["verdict"].astext.in_(list(verdicts)))
    if start is not None:
        query = query.where(RESULT.at >= start)
    if end is not None:
        query = query.where(RESULT.at < end)
    if unruled:
        query = query.where(RULING.id.is_(None))
    return query.where(RESULT.id.is_(None)) if undone else query


def rates(jurisdiction_id: int, start: datetime, end: datetime) -> Rows:
    """Rows ``(inspector_id, station_id, checked, consistent, differs, suspected, lifted)`` of the second
    visits made in ``[start, end)``. ``lifted``: differences that the manager found explained."""
    verdict, ruled = RESULT.content["verdict"].astext, RULING.content["ruling"].astext
    return (
        select(
            SpotCheck.inspector_id,
            SpotCheck.station_id,
            func.count().label("checked"),
            func.count().filter(verdict == "consistent").label("consistent"),
            func.count().filter(verdict == "differs").label("differs"),
            func.count().filter(verdict == "suspected").label("suspected"),
            func.count().filter(ruled == "lifted").label("lifted"),
        )
        .join(RESULT, _step(jurisdiction_id, RESULT, "result"))
        .outerjoin(RULING, _step(jurisdiction_id, RULING, "ruling"))
        .where(SpotCheck.jurisdiction_id == jurisdiction_id, RESULT.at >= start, RESULT.at < end)
        .group_by(SpotCheck.inspector_id, SpotCheck.station_id)
        .order_by(SpotCheck.station_id, SpotCheck.inspector_id)
    )


def _step(jurisdiction_id: int, step: Any, kind: str) -> ColumnElement[bool]:
    return and_(step.jurisdiction_id == jurisdiction_id, step.check_id == SpotCheck.id, step.kind == kind)
