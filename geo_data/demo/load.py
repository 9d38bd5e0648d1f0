"""Puts a demo city into the database, through the verbs that a bureau's own people would use.

One transaction: either the whole city stands or nothing of it. The jurisdiction is marked ``demo``; its
accounts and their shared password exist in the demo alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from geo_data.demo import english, quality, replay, supervised, underway
from geo_data.demo.ids import Ids
from geo_data.demo.shapes import Business, City, Officer, Premises
from geo_data.demo.staff import PASSWORD
from gridsup import wiring
from gridsup.cells.drafts import CellDraft
from gridsup.cells.model import Road
from gridsup.cells.queries import cells_on
from gridsup.db import set_jurisdiction
from gridsup.errors import Conflict
from gridsup.people import account_queries, accounts, assignments, postings, queries, service
from gridsup.people.audit import as_auth
from gridsup.procedures import versions
from gridsup.referrals.departments import catalogue
from gridsup.registry import service as registry
from gridsup.registry.bulk import add_many
from gridsup.registry.drafts import BusinessDraft, PermitDraft, PlaceDraft
from gridsup.registry.rehoming import enact_division

Progress = Callable[[str, str, int, int], None]
"""Called with what is being loaded (zh, en), how many are done, and how many there are."""

BEFORE = timedelta(days=400)
"""The bureau stands since so long before the city's day, so that its history has owners and posts."""
GROUPS = {"general": "综合组", "patrol": "巡查监管组", "enforcement": "执法组"}
BATCH = 2_000
MANY = (
    "businesses",
    "premises",
    "visits",
    "household_codes",
    "cells",
    "organisations",
    "postings",
    "assignments",
)
"""Tables that a city fills: the planner is told before matters begin and visits are appraised."""


def load(
    session: Session, city: City, *, progress: Progress | None = None, now: datetime | None = None
) -> Ids:
    """Load ``city`` into a transaction; the caller commits. With ``now`` colleagues are out on their rounds.

    Raises Conflict ``jurisdiction-exists`` when it is there already.
    """
    tell = progress or (lambda zh, en, done, total: None)
    wiring.wire()
    ids = Ids(int(city.adcode), city.today - BEFORE)
    tell("机构和人员", "bodies and people", 0, len(city.officers))
    _bureau(session, city, ids)
    _staff(session, city, ids)
    tell("道路和网格", "roads and cells", 0, len(city.cells))
    _ground(session, city, ids)
    for first in range(0, len(city.businesses), BATCH):
        tell("经济户口", "businesses", first, len(city.businesses))
        _businesses(session, city, ids, city.businesses[first : first + BATCH])
    replay.visits(session, city, ids, tell)
    for table in MANY:
        session.execute(text(f"ANALYZE {table}"))
    replay.matters(session, city, ids, tell)
    if city.scenes:
        first = ids.officers[city.cells[0].inspector]
        supervised.check_and_urge(session, ids.jurisdiction, city.today, first)
        if now is not None:
            underway.visits(session, city, ids, now)
    quality.judge_and_appraise(session, ids.jurisdiction, city.today)
    return ids


def refuse_loaded(session: Session, jurisdiction_id: int) -> None:
    """Raises Conflict ``demo-loaded``: asked before a city is made, which takes its time."""
    set_jurisdiction(session, jurisdiction_id)
    if session.scalar(queries.jurisdiction(jurisdiction_id)) is not None:
        raise Conflict(
            "demo-loaded",
            zh="辖区 {number} 已经在库中，不再装入。要重来，请换一个数据目录（GRIDSUP_DATA_DIR）。",
            en="Jurisdiction {number} is in the database and is not loaded again. To start afresh, use "
            "another data folder (GRIDSUP_DATA_DIR).",
            number=jurisdiction_id,
        )


def _area(shape: shapely.Polygon | shapely.MultiPolygon) -> object:
    return from_shape(shapely.MultiPolygon(list(shapely.get_parts(shape))), srid=4490)


def _bureau(session: Session, city: City, ids: Ids) -> None:
    """Jurisdiction, bureau and administrator; sections, stations with their groups, streets, communities."""
    j = ids.jurisdiction
    admin = next(o for o in city.officers if o.postings[0].post == service.ADMIN_POST)
    bureau_name = f"{city.name.removesuffix('（演示数据）')}市场监督管理局（演示）"
    one_time = service.init_jurisdiction(
        session,
        id=j,
        code=city.adcode,
        name=city.name,
        name_en=city.name_en,
        metric_srid=city.metric_srid,
        admin_name=admin.name,
        today=ids.since,
        bureau_name=bureau_name,
        bureau_name_en=english.name_of(bureau_name),
        boundary=_area(city.boundary),
        settings={"abbreviation": city.abbreviation} if city.abbreviation else {},
        demo=True,
    )
    with as_auth(session):
        account = session.scalars(account_queries.account_by_name(j, service.ADMIN_USERNAME)).one()
    if any(one.username == service.ADMIN_USERNAME for one in city.accounts):
        accounts.change_password(session, j, account.id, current=one_time, new=PASSWORD, keep_sign_in=None)
    ids.officers[admin.key] = account.officer_id
    versions.install(session, j)

    for body in session.scalars(queries.organisations(j)):
        ids.bodies["bureau" if body.kind == "bureau" else "registration"] = body.id
    bureau = ids.bodies["bureau"]

    def add(key: str, kind: str, code: str, name: str, parent: int | None, **more: object) -> None:
        more.setdefault("name_en", english.name_of(name))
        made = service.add_organisation(session, j, kind=kind, code=code, name=name, parent_id=parent, **more)  # type: ignore[arg-type]
        ids.bodies[key] = made.id

    for section in city.sections:
        if section.key not in ids.bodies:
            add(section.key, "section", section.key.upper(), section.name, bureau)
    for station in city.stations:
        add(station.code, "station", station.code, station.name, bureau, area=_area(station.area))
        for group, name in GROUPS.items():
            code = f"{station.code}-{group}"
            add(code, "group", code, f"{station.name}{name}", ids.bodies[station.code])
    for street in city.streets:
        add(
            street.code,
            "street",
            street.code,
            street.name,
            ids.bodies[street.station],
            area=_area(street.area),
        )
    for one in city.communities:
        place = from_shape(shapely.Point(one.lon, one.lat), srid=4490)
        add(one.code, "community", one.code, one.name, ids.bodies[one.street], place=place)
    for code in sorted({o.body for o in city.officers if o.body.startswith("D")}):
        known = catalogue().body(code, city.today)
        named = known or catalogue().department(code)
        add(code, "department", code, f"{named.name}（演示）", None, name_en=named.name_en)


def _body_of(officer: Officer, ids: Ids) -> int:
    return ids.bodies[f"{officer.body}-{officer.group}" if officer.group else officer.body]


def _staff(session: Session, city: City, ids: Ids) -> None:
    """Officers, then their posts with deputies, then the accounts."""
    j = ids.jurisdiction
    since = ids.since.isoformat()
    initial = set(ids.officers)
    for officer in city.officers:
        if officer.key in initial:
            continue
        held = [
            {"name": "enforcement", "number": f"演示{officer.key}", "valid_from": since, "valid_to": None}
        ]
        made = service.add_officer(
            session,
            j,
            staff_no=officer.key,
            name=officer.name,
            organisation_id=_body_of(officer, ids),
            phone=officer.phone,
            qualifications=held if officer.enforcer else [],
        )
        ids.officers[officer.key] = made.id
    for officer in city.officers:
        for posting in officer.postings if officer.key not in initial else ():
            postings.add_posting(
                session,
                j,
                officer_id=ids.officers[officer.key],
                organisation_id=_body_of(officer, ids),
                post=posting.post,
                valid_from=ids.since,
                deputy_id=ids.officers[posting.deputy] if posting.deputy else None,
            )
    for account in city.accounts:
        if account.username != service.ADMIN_USERNAME:
            accounts.create_account(
                session, j, ids.officers[account.officer], account.username, password=account.password
            )


def _ground(session: Session, city: City, ids: Ids) -> None:
    """Roads, the division into cells, and who is responsible for each cell and community."""
    j = ids.jurisdiction
    kinds = city.basemap["highway"]
    names = city.basemap["name"] if "name" in city.basemap else [None] * len(kinds)
    rows = [
        {
            "jurisdiction_id": j,
            "kind": kind,
            "name": name if isinstance(name, str) else None,
            "source": "OpenStreetMap",
            "geom": from_shape(line, srid=4490),
        }
        for kind, name, line in zip(kinds, names, city.basemap.geometry, strict=True)
    ]
    session.execute(insert(Road), rows)
    drafts = [
        CellDraft(geometry=c.area, station=c.station, grid=c.grid, name=c.name, targets={"visit_days": 90})
        for c in city.cells
    ]
    enact_division(session, j, drafts, day=ids.since)
    for row in session.scalars(cells_on(j, ids.since)):
        ids.cells[row.code] = row.id
    owner = {cell.key: ids.officers[cell.inspector] for cell in city.cells}
    for key, officer in owner.items():
        assignments.assign(session, j, officer_id=officer, from_day=ids.since, cell_id=ids.cells[key])
    for one in city.communities:
        assignments.assign(
            session, j, officer_id=owner[one.cells[0]], from_day=ids.since, community_id=ids.bodies[one.code]
        )


def _businesses(session: Session, city: City, ids: Ids, batch: list[Business]) -> None:
    """Enter a batch as an import would, then close and miss those that are gone."""
    j = ids.jurisdiction
    place = {p.key: p for p in city.premises}
    source = "osm" if city.source == "OpenStreetMap" else "demo"
    added = add_many(session, j, [_draft(b, place[b.premises], ids, source) for b in batch], officer_id=None)
    for business, row_id in zip(batch, added.ids, strict=True):
        ids.businesses[business.key] = row_id
        if business.status == "closed":
            registry.close(
                session, j, row_id, officer_id=None, version=1, on=business.closed_on, reason="演示数据"
            )
        elif business.status == "not_found":
            registry.mark_not_found(session, j, row_id, officer_id=None, version=1, reason="演示数据")


def _draft(business: Business, place: Premises, ids: Ids, source: str) -> BusinessDraft:
    point = None if place.lon is None or place.lat is None else (place.lon, place.lat)
    return BusinessDraft(
        name=business.name,
        place=PlaceDraft(
            address=place.address,
            building=place.building,
            floor=place.floor,
            stall=place.stall,
            community_id=ids.bodies[place.community] if place.community else None,
            point=point,
        ),
        source=source,
        uscc=business.uscc,
        registration_no=business.registration_no,
        kind=business.kind,
        operator_name=business.operator_name,
        phone=business.phone,
        scope=business.scope,
        industry=business.industry,
        trade=business.trade,
        licence_status=business.licence_status,
        risk=business.risk,
        opened_on=business.opened_on,
        demo=True,
        permits=tuple(
            PermitDraft(
                kind=p.kind,
                department=p.department,
                number=p.number,
                issued_on=p.issued_on,
                expires_on=p.expires_on,
                status=p.status,
                lost_on=p.lost_on,
                source=source,
            )
            for p in business.permits
        ),
    )
