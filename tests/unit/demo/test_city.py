"""The demo city: deterministic, whole, plausible, on its own ground, and nobody's real data."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pytest
import shapely
from stdnum.cn import ric, uscc

from geo_data.demo import names
from geo_data.demo.city import jianghan
from geo_data.demo.ground import FOLDER, HALF_WIDTH
from geo_data.demo.history import DAYS
from geo_data.demo.patterns import PATTERNS
from geo_data.demo.shapes import City
from geo_data.demo.trades import TRADES
from gridsup.calendars import default_calendar
from gridsup.cells.topology import check_cells
from gridsup.codes.industries import parse_industry
from gridsup.codes.uscc import body_check, parse_registration_number
from gridsup.people import passwords
from gridsup.procedures import forms as form_checks
from gridsup.procedures.loader import load_packs
from gridsup.procedures.posts import POSTS
from gridsup.referrals.allocation import allocate

TODAY = date(2026, 5, 20)
FOUND = {"corrected": "second_recheck", "refused": "still_unlicensed"}
"""What the re-inspection of an order to correct found, and where its household's matter goes by itself."""


@pytest.fixture(scope="module")
def city() -> City:
    return jianghan(TODAY)


def fingerprint(city: City) -> str:
    lists = [getattr(city, f) for f in city.__dataclass_fields__ if isinstance(getattr(city, f), list)]
    plain = repr([[repr(item) for item in items] for items in lists])
    return hashlib.sha256(plain.encode()).hexdigest()


def test_the_same_day_gives_the_same_city(city: City) -> None:
    assert fingerprint(jianghan(TODAY)) == fingerprint(city)


def test_another_day_keeps_the_ground_and_moves_the_history(city: City) -> None:
    later = jianghan(TODAY + timedelta(days=30))
    assert [c.area for c in later.cells] == [c.area for c in city.cells]
    assert [p.address for p in later.premises] == [p.address for p in city.premises]
    assert max(v.at for v in later.visits) > max(v.at for v in city.visits)


def test_there_are_as_many_as_promised(city: City) -> None:
    place = {p.key: p for p in city.premises}
    assert len(city.businesses) == 20_000
    assert sum(place[b.premises].lon is None for b in city.businesses) == 2_000
    assert len(city.unlicensed) == 400
    assert len(city.stations) == 6
    assert len(city.streets) == 15
    assert len(city.communities) == 111
    assert len(city.cells) == 75


def test_keys_and_codes_are_unique(city: City) -> None:
    for keys in (
        [b.key for b in city.businesses],
        [b.uscc for b in city.businesses if b.uscc],
        [b.registration_no for b in city.businesses if b.registration_no],
        [p.key for p in city.premises],
        [p.address for p in city.premises if p.lon is not None],
        [c.key for c in city.cells],
        [o.key for o in city.officers],
        [a.username for a in city.accounts],
        [v.key for v in city.visits] + [u.key for u in city.unlicensed],
    ):
        assert max(Counter(keys).values()) == 1


def test_every_placed_business_is_in_exactly_one_cell_and_in_its_own(city: City) -> None:
    areas = [c.area for c in city.cells]
    placed = [p for p in city.premises if p.lon is not None]
    spots = shapely.points([(p.lon, p.lat) for p in placed])
    spot, cell = shapely.STRtree(areas).query(spots, predicate="intersects")
    assert spot.tolist() == list(range(len(placed)))
    assert [city.cells[c].key for c in cell] == [p.cell for p in placed]


def test_cells_fill_their_station_and_stations_the_district(city: City) -> None:
    for station in city.stations:
        mine = [c for c in city.cells if c.station == station.code]
        report = check_cells(
            [c.area for c in mine], [c.key for c in mine], station.area, metric_srid=4547, tolerance_m=0.05
        )
        assert report.ok, report.faults[:3]
    whole = check_cells(
        [s.area for s in city.stations], [s.code for s in city.stations], city.boundary, metric_srid=4547
    )
    assert whole.ok, whole.faults[:3]


def test_cells_carry_about_the_same_work(city: City) -> None:
    work = np.array([c.workload for c in city.cells])
    assert work.std() / work.mean() < 0.3


def test_nobody_trades_in_a_carriageway(city: City) -> None:
    roads = gpd.read_parquet(FOLDER / "roads.parquet").to_crs(4547)
    placed = [p for p in city.premises if p.lon is not None]
    spots = gpd.GeoSeries.from_xy([p.lon for p in placed], [p.lat for p in placed], crs=4490).to_crs(4547)
    for kind, width in HALF_WIDTH.items():
        lines = roads.geometry[roads["highway"] == kind].values
        if len(lines):
            near = shapely.STRtree(lines).query(spots.values, predicate="dwithin", distance=width)
            assert near.shape[1] == 0, kind


def test_main_streets_are_denser_than_lanes(city: City) -> None:
    roads = gpd.read_parquet(FOLDER / "roads.parquet").to_crs(4547)
    inside = gpd.clip(roads, gpd.GeoSeries([city.boundary], crs=4490).to_crs(4547))
    placed = [p for p in city.premises if p.lon is not None and p.building is None]
    spots = gpd.GeoSeries.from_xy([p.lon for p in placed], [p.lat for p in placed], crs=4490).to_crs(4547)
    nearest = inside.sindex.nearest(spots.values, return_all=False)[1]
    shops = Counter(inside["highway"].to_numpy()[nearest])
    metres = inside.geometry.length.groupby(inside["highway"]).sum()
    assert shops["secondary"] / metres["secondary"] > shops["residential"] / metres["residential"]
    assert shops["pedestrian"] / metres["pedestrian"] > shops["secondary"] / metres["secondary"]


def test_codes_are_right_and_plainly_synthetic(city: City) -> None:
    for business in city.businesses:
        if business.uscc:
            assert uscc.is_valid(business.uscc)
            assert business.uscc[8:11] == "DEM"
            assert body_check(business.uscc[8:16]) == business.uscc[16]
            assert business.uscc[1] == ("1" if business.kind == "enterprise" else "2")
        if business.registration_no:
            assert parse_registration_number(business.registration_no)
        assert (business.uscc or business.registration_no) is not None or business.kind == "unregistered"
    assert not any(ric.is_valid(b.phone or "") for b in city.businesses)


def test_industries_are_classes_of_the_standard() -> None:
    for code in {t.industry for t in TRADES} | {p.industry for p in PATTERNS}:
        assert parse_industry(code, level="class").code == code


def test_days_are_in_order(city: City) -> None:
    for b in city.businesses:
        assert b.opened_on is None or b.opened_on < TODAY
        assert b.closed_on is None or (b.opened_on or TODAY) < b.closed_on < TODAY
        for p in b.permits:
            assert (b.opened_on or TODAY) <= p.issued_on <= TODAY
            assert (p.status == "expired") == (p.expires_on is not None and p.expires_on < TODAY)
            assert (p.lost_on is None) == (p.status == "valid")


def test_nobody_known_appears(city: City) -> None:
    for b in city.businesses:
        assert not any(mark in b.name for mark in names.KNOWN_SIGNS), b.name
        assert b.operator_name not in names.FAMOUS_NAMES
    for phone in [b.phone for b in city.businesses] + [o.phone for o in city.officers]:
        assert phone is None or (len(phone) == 11 and phone.startswith("100"))


def test_addresses_take_street_and_community_names_and_invent_no_road(city: City) -> None:
    streets = {s.code: s.name for s in city.streets}
    communities = {c.code: c for c in city.communities}
    for p in city.premises:
        community = communities[p.community or ""]
        name = community.name.removesuffix("居委会")
        assert p.address.startswith(f"江汉区{streets[community.street]}{name}")
        assert p.cell is None or p.cell in community.cells


def test_everybody_has_a_post_and_every_cell_an_inspector_of_its_station(city: City) -> None:
    officers = {o.key: o for o in city.officers}
    assert {p.post for o in city.officers for p in o.postings} <= set(POSTS)
    for cell in city.cells:
        assert officers[cell.inspector].body == cell.station
        assert officers[cell.inspector].group == "patrol"
    for officer in city.officers:
        for posting in officer.postings:
            assert posting.deputy is None or officers[posting.deputy].body == officer.body
    roles = {a.role for a in city.accounts}
    assert roles >= {
        "dispatcher", "inspector", "enforcement", "station_head", "bureau_head", "legal", "liaison",
        "manager", "admin",
    }  # fmt: skip
    for account in city.accounts:
        passwords.check(account.password, username=account.username)


def test_matters_stand_in_every_state_of_the_procedure(city: City) -> None:
    pack = load_packs().latest("unlicensed_operation", TODAY)
    assert {u.state for u in city.unlicensed} == set(pack.states)


def test_acts_follow_their_packs(city: City) -> None:
    """Each act leaves the state in which the act before, or a system action after it, left its matter."""
    library = load_packs()
    for matter in city.unlicensed:
        state = {"unlicensed_operation": "start", "referral": "drafted", "penalty_case": "verifying"}
        state |= {"correction": "to_order"}
        for act in matter.acts:
            pack = library.latest(act.pack, TODAY)
            action = pack.actions[act.action]
            if act.sign:
                state[act.pack] = action.to or ""
                continue
            if state[act.pack] not in action.from_:
                state[act.pack] = "reinspection" if act.pack == "correction" else "recheck"
            assert state[act.pack] in action.from_, (matter.key, state, act.action)
            assert act.post in action.posts
            assert len(act.crew) >= (action.crew.count if action.crew else 0)
            form_checks.check(action.form, act.form, matter.facts)
            if not action.approval:
                state[act.pack] = action.to or state[act.pack]
            if found := FOUND.get(state["correction"] if act.pack == "correction" else ""):
                state["unlicensed_operation"] = found
        assert state["unlicensed_operation"] == matter.state or matter.state == "recheck"


def test_the_facts_lead_to_the_department_they_were_made_for(city: City) -> None:
    for pattern in PATTERNS:
        facts = {**pattern.facts, "trade": pattern.trade}
        assert allocate(facts, TODAY).lead == pattern.lead, pattern


def test_acts_and_visits_lie_on_working_days_before_today_in_order(city: City) -> None:
    calendar = default_calendar()
    for matter in city.unlicensed:
        at = [a.at for a in matter.acts]
        assert at == sorted(at)
    days = {v.at.date() for v in city.visits} | {a.at.date() for m in city.unlicensed for a in m.acts}
    assert max(days) < TODAY
    assert all(calendar.is_working_day(day) for day in days)
    assert min(v.at.date() for v in city.visits) >= TODAY - timedelta(days=DAYS)


def test_inspectors_visit_their_own_cells_only(city: City) -> None:
    owner = {c.key: c.inspector for c in city.cells}
    place = {p.key: p for p in city.premises}
    cell = {b.key: place[b.premises].cell for b in city.businesses}
    assert len(city.visits) > 8_000
    for visit in city.visits:
        assert visit.cell == cell[visit.business]
        assert visit.officer == owner[visit.cell or ""]
