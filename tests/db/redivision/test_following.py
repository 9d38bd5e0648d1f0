"""What follows when a draft comes into force on its day: codes, open matters, their handlers, the past."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells import queries as cells
from gridsup.cells.locate import today
from gridsup.cells.model import Cell
from gridsup.patrols.model import Visit
from gridsup.people import assignments
from gridsup.people.model import Organisation
from gridsup.procedures import engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Event, Matter
from gridsup.redivision import enacting, history, proposing, service, store
from gridsup.redivision.model import Redivision
from gridsup.redivision.scope import scope_of
from gridsup.registry import listing
from gridsup.registry.model import Business, HouseholdCode
from gridsup.registry.service import refresh_search
from gridsup.wiring import wire
from tests.db.redivision.test_drafts import at, label_of, place_in, world
from tests.factories import JURISDICTION as J
from tests.factories import SIDE, SOUTH, WEST, Bureau, business, officer, organisation

NORTH_WEST, NORTH_EAST = "42010301-001", "42010301-002"


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def matter_about(
    session: Session, made: Bureau, shop: int, key: str, *, handler: int | None, pin: bool
) -> int:
    place = {"lon": WEST + 0.75 * SIDE, "lat": SOUTH + 1.75 * SIDE} if pin else {}
    return engine.open_matter(
        session,
        "unlicensed_operation",
        Acting(person_id=made.officers["inspector"], post="inspector"),
        engine.Header(
            title=key,
            subject_kind="business",
            subject_id=shop,
            cell_id=made.cells[NORTH_WEST],
            station_id=made.station_id,
            assigned_officer_id=handler,
            **place,
        ),
        {"source": "patrol", "operator_name": "王某"},
        key=key,
    ).matter_id


def on_its_day(session: Session, draft: Redivision) -> Redivision:
    """Scheduled for tomorrow, which has come, and the upkeep run finds it."""
    draft = enacting.schedule(session, draft, today() + timedelta(days=1), by=None)
    assert enacting.bring_into_force(session, J) == [], "not before its day"
    draft.planned_on = today()
    session.flush()
    (done,) = enacting.bring_into_force(session, J)
    assert done.failure is None
    return done


def test_on_the_day_codes_matters_handlers_and_the_past_follow(session: Session) -> None:
    made = world(session)
    mine, colleague = made.officers["inspector"], made.officers["enforcement"]
    taker = officer(session, "inspector", made.station_id, name="接手人")
    assignments.assign(session, J, officer_id=taker, from_day=today(), cell_id=made.cells[NORTH_EAST])
    shop = business(session, made, cell=NORTH_WEST, name="搬格小店", licence_status="none")
    stays = business(session, made, cell=NORTH_WEST, name="留下的店")
    place_in(session, shop, 0.75, 1.75)
    place_in(session, stays, 0.25, 1.25)
    old_code = session.scalar(select(HouseholdCode.code).where(HouseholdCode.business_id == shop))
    refresh_search(session, session.get_one(Business, (J, shop)))
    pinned = matter_about(session, made, shop, "pinned", handler=mine, pin=True)
    unpinned = matter_about(session, made, shop, "unpinned", handler=mine, pin=False)
    colleagues = matter_about(session, made, shop, "a colleague's", handler=colleague, pin=True)
    remains = matter_about(session, made, stays, "of the shop that stays", handler=mine, pin=False)
    visit = Visit(
        jurisdiction_id=J,
        officer_id=mine,
        business_id=shop,
        cell_id=made.cells[NORTH_WEST],
        at=datetime.now(SHANGHAI) - timedelta(days=20),
        result="normal",
        key="00000000-0000-4000-8000-000000000009",
    )
    session.add(visit)
    session.flush()
    ground = scope_of(session, J, stations=["42010301"])
    draft = proposing.from_today(session, J, ground, name="西北划东")
    board = store.load(session, draft)
    draft = service.move(
        session, draft, [at(board, 0.75, 1.75).number], label_of(board, "002"), by=made.officers["manager"]
    )
    done = on_its_day(session, draft)
    assert done.result is not None
    assert (done.state, done.planned_on, done.result["recoded"]) == ("enacted", today(), 1)
    assert sorted(done.result["matters"]) == sorted([pinned, unpinned, colleagues, remains])
    assert sorted(done.result["handed_on"]) == sorted([pinned, unpinned])

    present = {cell.code: cell for cell in session.scalars(cells.cells_on(J, today()))}
    east, west = present[NORTH_EAST], present[NORTH_WEST]
    assert {east.id, west.id}.isdisjoint(made.cells.values())
    where = {
        row.id: (row.cell_id, row.assigned_officer_id)
        for row in session.execute(select(Matter.id, Matter.cell_id, Matter.assigned_officer_id))
    }
    assert where == {
        pinned: (east.id, taker),
        unpinned: (east.id, taker),
        colleagues: (east.id, colleague),
        remains: (west.id, mine),
    }
    kinds = session.scalars(select(Event.kind).where(Event.matter_id == pinned).order_by(Event.seq)).all()
    assert kinds[-2:] == ["rehomed", "rehomed"]
    owners = {
        cell.code: [row.officer_id for row in session.execute(cells.owners_of(J, cell.id))]
        for cell in (east, west)
    }
    assert owners == {NORTH_EAST: [taker], NORTH_WEST: [mine]}
    codes = session.execute(
        select(HouseholdCode.code, HouseholdCode.ended_on)
        .where(HouseholdCode.business_id == shop)
        .order_by(HouseholdCode.id)
    ).all()
    assert codes == [(old_code, today()), (f"{NORTH_EAST}-00001", None)]
    for code in (old_code, f"{NORTH_EAST}-00001"):
        found = listing.search(session, J, listing.Filter(q=code))
        assert [row.id for row in found] == [shop], "the former code is an alias under which it is found"
    assert [(row.id, row.cell_id) for row in history.deeds(session, J, east.id)] == [
        (visit.id, made.cells[NORTH_WEST])
    ]
    assert history.deeds(session, J, west.id) == []


def community(session: Session, made: Bureau, code: str = "420103001001") -> int:
    return organisation(
        session, "community", "民权社区", code=code, jurisdiction_id=J, parent_id=made.station_id
    )


def give_national_codes(session: Session, made: Bureau, community_id: int) -> None:
    for number, cell_id in enumerate(made.cells.values(), start=1):
        cell = session.get_one(Cell, (J, cell_id))
        cell.community_id, cell.national_code = community_id, f"420103001001{number:03d}"
    session.flush()


def test_a_redrawn_cell_keeps_its_national_code_and_a_new_one_takes_the_next(session: Session) -> None:
    made = world(session)
    give_national_codes(session, made, community(session, made))
    draft = proposing.from_today(session, J, scope_of(session, J, stations=["42010301"]), name="拆分")
    draft = service.split(session, draft, label_of(store.load(session, draft), "003"), None, by=None)
    draft = on_its_day(session, draft)
    present = {c.grid: c.national_code for c in session.scalars(cells.cells_on(J, today()))}
    assert present == {f"{n:03d}": f"420103001001{n:03d}" for n in range(1, 6)}
    assert session.scalars(select(Cell.national_code).where(Cell.id == made.cells["42010301-003"])).one() == (
        "420103001001003"
    )


def test_a_number_of_an_ended_cell_is_never_given_again(session: Session) -> None:
    made = world(session)
    give_national_codes(session, made, community(session, made))
    draft = proposing.from_today(session, J, scope_of(session, J, stations=["42010301"]), name="合并")
    board = store.load(session, draft)
    draft = service.merge(session, draft, label_of(board, "001"), label_of(board, "002"), by=None)
    draft = service.split(session, draft, label_of(board, "001"), None, by=None)
    on_its_day(session, draft)
    codes = {c.national_code for c in session.scalars(cells.cells_on(J, today()))}
    assert codes == {f"420103001001{n:03d}" for n in (1, 3, 4, 5)}


def test_another_community_gives_another_national_code_and_one_without_digits_none(session: Session) -> None:
    made = world(session)
    give_national_codes(session, made, community(session, made))
    other = community(session, made, "420103001002")
    odd = community(session, made, "自编社区")
    draft = proposing.from_today(session, J, scope_of(session, J, stations=["42010301"]), name="社区")
    board = store.load(session, draft)
    for grid, body in (("001", other), ("002", odd)):
        draft = service.describe(session, draft, label_of(board, grid), {"community_id": body}, by=None)
    draft = service.describe(session, draft, label_of(board, "004"), {"name": "车站网格"}, by=None)
    done = on_its_day(session, draft)
    assert done.result is not None
    assert len(done.result["kept"]) == 4, "only what stands beside the ground has changed"
    present = {c.grid: c for c in session.scalars(cells.cells_on(J, today()))}
    assert {grid: c.national_code for grid, c in present.items()} == {
        "001": "420103001002001",
        "002": None,
        "003": "420103001001003",
        "004": "420103001001004",
    }
    assert (present["001"].community_id, present["004"].name) == (other, "车站网格")


def test_a_division_by_the_engine_finds_the_community_of_its_cells(session: Session) -> None:
    from geoalchemy2.shape import from_shape
    from shapely import MultiPolygon, box

    made = world(session)
    home = community(session, made)
    west = box(WEST - SIDE, SOUTH - SIDE, WEST + SIDE, SOUTH + 3 * SIDE)
    session.get_one(Organisation, (J, home)).area = from_shape(MultiPolygon([west]), srid=4490)
    session.flush()
    ground = scope_of(session, J, stations=["42010301"])
    draft = proposing.propose(session, J, ground, proposing.Wish(cells=4), name="四格")
    on_its_day(session, draft)
    present = {c.grid: c.national_code for c in session.scalars(cells.cells_on(J, today()))}
    assert sorted(code or "" for code in present.values()) == ["", "", "420103001001001", "420103001001002"]
