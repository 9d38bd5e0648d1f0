"""Drawing a sample of visits, giving each to a supervisor, and drawing it again as a proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup import draws
from gridsup.calendars import instant, local_day
from gridsup.errors import FieldFault, Invalid, NotFound, Refused
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.spotchecks import queries
from gridsup.spotchecks.model import SpotCheck, SpotDraw

MOST = 500
"""Visits in one draw: more are several draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which visits are drawn from (see ``queries.population``). Days are inclusive, Asia/Shanghai."""

    since: date
    until: date
    station_id: int | None = None
    inspector_id: int | None = None
    least_risk: int = 1


@dataclass(frozen=True, slots=True)
class Redraw:
    """A draw done again. ``lost``, ``new``: visits that left or joined the population since (a shop whose
    risk or cell changed); the sample is judged on the population that was recorded."""

    same_population: bool
    same_sample: bool
    same_hash: bool
    lost: tuple[int, ...]
    new: tuple[int, ...]


def population(session: Session, rule: Rule, *, now: datetime | None = None) -> list[int]:
    """Ids of the visits that meet the rule, ascending. Raises Invalid ``draw-period``."""
    moment = now or clock()
    if rule.since > rule.until or rule.since > local_day(moment):
        zh, en = (
            "抽查期间须先有起日、后有止日，且已经开始。",
            "A period begins before it ends and has begun.",
        )
        raise Invalid("draw-period", zh=zh, en=en, faults=[FieldFault("/since", zh, en)])
    found = queries.population(
        jurisdiction_of(session),
        instant(rule.since),
        instant(rule.until, last=True),
        moment,
        station_id=rule.station_id,
        inspector_id=rule.inspector_id,
        least_risk=rule.least_risk,
    )
    return sorted(session.scalars(found))


def draw(
    session: Session,
    rule: Rule,
    *,
    title: str,
    size: int,
    supervisors: Collection[int],
    by: int,
    seed: str | None = None,
    now: datetime | None = None,
) -> SpotDraw:
    """Draw ``size`` visits and give each to one of ``supervisors``, never one of the visitor's station.

    Raises Invalid ``draw-period``, ``draw-size``, ``nothing-visited``, ``no-supervisors``; Refused
    ``no-supervisor`` naming the inspector for whose visits no other person was named.
    """
    j, moment = jurisdiction_of(session), now or clock()
    if not 1 <= size <= MOST:
        zh, en = f"样本数为 1 至 {MOST}。", f"A sample holds 1 to {MOST} visits."
        raise Invalid("draw-size", zh=zh, en=en, faults=[FieldFault("/size", zh, en)])
    people_sent = _in_service(session, j, supervisors, local_day(moment))
    ids = population(session, rule, now=moment)
    if not ids:
        zh, en = (
            "该范围内没有走访记录，请放宽期间或条件。",
            "No visit meets this rule; widen it.",
        )
        raise Invalid("nothing-visited", zh=zh, en=en, faults=[FieldFault("/since", zh, en)])
    row = SpotDraw(
        jurisdiction_id=j,
        title=title,
        since=rule.since,
        until=rule.until,
        station_id=rule.station_id,
        inspector_id=rule.inspector_id,
        least_risk=rule.least_risk,
        seed=seed or draws.fresh_seed(),
        size=size,
        population=ids,
        population_hash=draws.list_hash(ids),
        officer_id=by,
        drawn_at=moment,
    )
    session.add(row)
    session.flush()
    session.add_all(_checks(session, row, people_sent, local_day(moment)))
    session.flush()
    record(
        session,
        j,
        "spot-checks-drawn",
        officer_id=by,
        subject=f"spot-draw:{row.id}",
        seed=row.seed,
        population=len(ids),
        population_hash=row.population_hash,
    )
    return row


def get(session: Session, draw_id: int) -> SpotDraw:
    """Raises NotFound ``no-draw``."""
    found = session.scalar(queries.draw(jurisdiction_of(session), draw_id))
    if found is None:
        raise NotFound("no-draw", zh="没有编号为 {id} 的抽查。", en="There is no draw {id}.", id=draw_id)
    return found


def redraw(session: Session, draw_id: int) -> Redraw:
    """Draw again from the recorded population, and look whether the rule gives that population still."""
    row = get(session, draw_id)
    known = set(row.population)
    rule = Rule(
        since=row.since,
        until=row.until,
        station_id=row.station_id,
        inspector_id=row.inspector_id,
        least_risk=row.least_risk,
    )
    today = set(population(session, rule, now=row.drawn_at))
    kept = [each[0].visit_id for each in session.execute(queries.checks(row.jurisdiction_id, draw_id=row.id))]
    return Redraw(
        same_population=today == known,
        same_sample=draws.draw(row.population, row.size, row.seed) == kept,
        same_hash=draws.list_hash(row.population) == row.population_hash,
        lost=tuple(sorted(known - today)),
        new=tuple(sorted(today - known)),
    )


def supervisor_fits(
    session: Session, jurisdiction_id: int, check: SpotCheck, officer_id: int, on: date
) -> bool:
    """Whether the officer may make the second visit: another person, of another station."""
    homes = stations_of(session, jurisdiction_id, [check.inspector_id, officer_id], on)
    return officer_id != check.inspector_id and not (
        homes[officer_id] & (homes[check.inspector_id] | {check.station_id})
    )


def stations_of(
    session: Session, jurisdiction_id: int, officer_ids: Collection[int], on: date
) -> dict[int, set[int]]:
    """Officer → the stations in which the person sits or holds a post on that day."""
    tree = {row[0]: (row[1], row[2]) for row in session.execute(people.parents(jurisdiction_id))}
    homes: dict[int, set[int]] = {one: set() for one in officer_ids}
    for one in session.scalars(people.officers_by_id(jurisdiction_id, officer_ids)):
        homes[one.id].add(one.organisation_id)
    for posting in session.scalars(people.postings_on(jurisdiction_id, on, officers_in=officer_ids)):
        homes[posting.officer_id].add(posting.organisation_id)
    return {one: {s for body in bodies if (s := _station(tree, body))} for one, bodies in homes.items()}


def _station(tree: Mapping[int, tuple[int | None, str]], body: int | None) -> int | None:
    while body is not None and tree[body][1] != "station":
        body = tree[body][0]
    return body


def _in_service(session: Session, jurisdiction_id: int, ids: Collection[int], on: date) -> list[int]:
    held = session.scalars(people.postings_on(jurisdiction_id, on, officers_in=ids)).all()
    found = sorted({one.officer_id for one in held})
    if not found or set(found) != set(ids):
        zh, en = (
            "请选择督查人员；每人须在职并有岗位。",
            "Choose supervisors who hold a post.",
        )
        raise Invalid("no-supervisors", zh=zh, en=en, faults=[FieldFault("/supervisors", zh, en)])
    return found


def _checks(session: Session, row: SpotDraw, supervisors: Sequence[int], on: date) -> list[SpotCheck]:
    j, sample = row.jurisdiction_id, draws.draw(row.population, row.size, row.seed)
    told = {one.Visit.id: one for one in session.execute(queries.drawn_visits(j, sample))}
    visitors = {one.Visit.officer_id for one in told.values()}
    homes = stations_of(session, j, {*visitors, *supervisors}, on)
    load: Counter[int] = Counter()
    made = []
    for place, visit_id in enumerate(sample, start=1):
        one = told[visit_id]
        visitor = one.Visit.officer_id
        barred = homes[visitor] | {one.station_id}
        fit = [each for each in supervisors if each != visitor and not homes[each] & barred]
        if not fit:
            raise _no_supervisor(session, j, visitor)
        chosen = min(fit, key=lambda each: (load[each], each))
        load[chosen] += 1
        made.append(
            SpotCheck(
                jurisdiction_id=j,
                draw_id=row.id,
                place=place,
                visit_id=visit_id,
                business_id=one.Visit.business_id,
                inspector_id=visitor,
                station_id=one.station_id,
                supervisor_id=chosen,
                record=_frozen(one),
            )
        )
    return made


def _no_supervisor(session: Session, jurisdiction_id: int, visitor: int) -> Refused:
    name = session.scalars(people.officers_by_id(jurisdiction_id, [visitor])).one().name
    return Refused(
        "no-supervisor",
        zh="{name}的走访没有可派的督查人员：督查须由本人以外、其他单位的人员进行。请增加督查人员。",
        en="None of the supervisors may check the visits of {name}: it must be another person, of "
        "another station. Name more supervisors.",
        name=name,
    )


def _frozen(one: Any) -> dict[str, Any]:
    visit = one.Visit
    trade = (one.facts or {}).get("trade") or one.trade
    return {
        "result": visit.result,
        "at": visit.at.isoformat(),
        "day": local_day(visit.at).isoformat(),
        "note": visit.note,
        "name": one.name,
        "address": one.address,
        "code": one.code,
        "cell": one.cell_code,
        "trade": trade,
        "licensed": one.licence_status == "valid",
        "risk": one.risk,
        "lon": one.lon,
        "lat": one.lat,
        "metres": one.metres,
        "accuracy_m": visit.accuracy_m,
        "facts": one.facts,
    }
