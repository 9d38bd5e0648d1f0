"""Dividing anew: proved seamless, old cells end, heirs take over, businesses and open matters follow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from shapely import Polygon, box
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsup.cells import queries, service
from gridsup.cells.drafts import CellDraft
from gridsup.cells.locate import locate, today
from gridsup.cells.model import Cell, CellLineage
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.people.model import Assignment
from gridsup.procedures import engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Event, Matter
from gridsup.registry.model import Business, HouseholdCode
from gridsup.registry.rehoming import enact_division
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST, Bureau, bureau, business

STATION = "42010301"
EAST, NORTH = WEST + 2 * SIDE, SOUTH + 2 * SIDE
MIDDLE = WEST + SIDE


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def _halves(first: str | None = None, second: str | None = None) -> list[CellDraft]:
    return [
        CellDraft(box(WEST, SOUTH, MIDDLE, NORTH), STATION, grid=first),
        CellDraft(box(MIDDLE, SOUTH, EAST, NORTH), STATION, grid=second),
    ]


def _present(session: Session) -> dict[str, Cell]:
    return {cell.code: cell for cell in session.scalars(queries.cells_on(420103, today()))}


def test_cells_end_and_their_heirs_begin_on_the_same_day(session: Session) -> None:
    made = bureau(session)
    done = enact_division(session, made.jurisdiction_id, _halves())
    cells = _present(session)
    assert sorted(cells) == ["42010301-005", "42010301-006"], "numbers of ended cells are not given again"
    assert set(done.cells.ended) == set(made.cells.values())
    yesterday = today() - timedelta(days=1)
    before = locate(session, 420103, WEST + 0.001, SOUTH + 0.001, day=yesterday)
    assert before is not None
    assert before.code == "42010301-003", "the past stays as it was"
    west = cells["42010301-005"]
    parents = session.scalars(select(CellLineage.old_id).where(CellLineage.new_id == west.id)).all()
    assert set(parents) == {made.cells["42010301-001"], made.cells["42010301-003"]}
    assert west.area_m2 == pytest.approx(958.7 * 2218, rel=0.01)


def test_a_cell_whose_shape_stays_is_kept(session: Session) -> None:
    made = bureau(session)
    drafts = [
        CellDraft(box(WEST, SOUTH + SIDE, MIDDLE, NORTH), STATION),
        CellDraft(box(MIDDLE, SOUTH + SIDE, EAST, NORTH), STATION, grid="2"),
        CellDraft(
            Polygon([(WEST, SOUTH), (EAST, SOUTH), (EAST, SOUTH + SIDE), (MIDDLE, SOUTH + SIDE),
                     (WEST, SOUTH + SIDE)]),
            STATION,
        ),
    ]  # fmt: skip
    done = enact_division(session, made.jurisdiction_id, drafts)
    assert set(done.cells.kept) == {made.cells["42010301-001"], made.cells["42010301-002"]}
    assert len(done.cells.begun) == 1


def test_the_heir_takes_over_owner_duties_and_targets(session: Session) -> None:
    made = bureau(session)
    for cell_id in made.cells.values():
        service.describe(
            session, 420103, cell_id, duties=["巡查"], targets={"visit_days": 30}, officer_id=None
        )
    enact_division(session, made.jurisdiction_id, _halves())
    for cell in _present(session).values():
        assert cell.duties == ["巡查"]
        assert cell.targets == {"visit_days": 30}
        owners = session.execute(queries.owners_of(420103, cell.id)).all()
        assert [row.officer_id for row in owners] == [made.officers["inspector"]]
    assert session.scalars(queries.unowned(420103, today())).all() == []
    old = session.scalars(select(Assignment).where(Assignment.cell_id.in_(made.cells.values()))).all()
    assert all(one.during.upper == today() for one in old)


def test_businesses_receive_new_codes_and_keep_the_old_as_aliases(session: Session) -> None:
    made = bureau(session)
    shop = business(session, made, cell="42010301-004", name="东南小店")
    unplaced = business(session, made, placed=False)
    old = session.scalar(select(HouseholdCode.code).where(HouseholdCode.business_id == shop))
    done = enact_division(session, made.jurisdiction_id, _halves())
    assert done.recoded == 1
    codes = session.execute(
        select(HouseholdCode.code, HouseholdCode.ended_on)
        .where(HouseholdCode.business_id == shop)
        .order_by(HouseholdCode.id)
    ).all()
    assert codes == [(old, today()), ("42010301-006-00001", None)]
    search = session.scalar(select(Business.search).where(Business.id == shop))
    assert "42010301-006-00001" in search
    assert not session.scalar(select(HouseholdCode).where(HouseholdCode.business_id == unplaced))


def test_a_redrawn_cell_that_keeps_its_number_keeps_the_codes_of_its_businesses(session: Session) -> None:
    made = bureau(session)
    north = business(session, made, cell="42010301-001")
    before = session.scalar(select(HouseholdCode.code).where(HouseholdCode.business_id == north))
    enact_division(session, made.jurisdiction_id, _halves("001", "002"))
    row = session.scalars(select(HouseholdCode).where(HouseholdCode.business_id == north)).one()
    assert (row.code, row.ended_on) == (before, None)
    assert row.cell_id == _present(session)["42010301-001"].id


def test_open_matters_follow_with_an_event(session: Session) -> None:
    made = bureau(session)
    shop = business(session, made, cell="42010301-002", licence_status="none")
    matter_id = _open_matter(session, made, shop, "42010301-002")
    done = enact_division(session, made.jurisdiction_id, _halves())
    assert done.matters == (matter_id,)
    session.expire_all()
    matter = session.scalars(select(Matter).where(Matter.id == matter_id)).one()
    assert matter.cell_id == _present(session)["42010301-006"].id
    last = session.scalars(
        select(Event).where(Event.matter_id == matter_id).order_by(Event.seq.desc()).limit(1)
    ).one()
    assert last.kind == "rehomed"
    assert last.from_state == last.to_state


def _open_matter(session: Session, made: Bureau, business_id: int, cell: str) -> int:
    answer = engine.open_matter(
        session,
        "unlicensed_operation",
        Acting(person_id=made.officers["inspector"], post="inspector"),
        engine.Header(
            title="测试",
            subject_kind="business",
            subject_id=business_id,
            cell_id=made.cells[cell],
            station_id=made.station_id,
            lon=WEST + 1.5 * SIDE,
            lat=SOUTH + 1.5 * SIDE,
        ),
        {"source": "patrol", "operator_name": "王某"},
        key="opening-1",
    )
    return answer.matter_id


def test_a_gap_is_refused_and_named_with_its_place(session: Session) -> None:
    bureau(session)
    drafts = _halves()
    gap = CellDraft(box(WEST, SOUTH, MIDDLE - 0.001, NORTH), STATION)
    with pytest.raises(Invalid) as refusal:
        enact_division(session, 420103, [gap, drafts[1]])
    assert refusal.value.code == "division-faulty"
    assert any("空隙" in fault.zh and "gap" in fault.en for fault in refusal.value.faults)


def test_an_overlap_is_refused_and_points_at_the_drafts(session: Session) -> None:
    bureau(session)
    drafts = _halves()
    wide = CellDraft(box(WEST, SOUTH, MIDDLE + 0.001, NORTH), STATION)
    with pytest.raises(Invalid) as refusal:
        enact_division(session, 420103, [wide, drafts[1]])
    assert any("重叠" in fault.zh and fault.pointer in ("/0", "/1") for fault in refusal.value.faults)


def test_a_cell_over_another_stations_ground_is_refused_by_the_stored_measure(session: Session) -> None:
    made = bureau(session)
    session.execute(
        text(
            "INSERT INTO organisations (jurisdiction_id, kind, code, name, area) VALUES"
            " (420103, 'station', '42010302', '邻所', ST_Multi(ST_MakeEnvelope(:w, :s, :e, :n, 4490)))"
        ),
        {"w": EAST - 0.001, "s": SOUTH, "e": EAST + SIDE, "n": NORTH},
    )
    neighbour = CellDraft(box(EAST - 0.001, SOUTH, EAST + SIDE, NORTH), "42010302")
    with pytest.raises(Invalid) as refusal:
        enact_division(session, made.jurisdiction_id, [neighbour])
    assert refusal.value.code == "division-not-seamless"
    assert {"42010301-002", "42010301-004"} <= {
        word for fault in refusal.value.faults for word in fault.en.split()
    }


def test_a_station_without_a_boundary_takes_the_ground_of_its_cells(session: Session) -> None:
    bureau(session)
    session.execute(
        text(
            "INSERT INTO organisations (jurisdiction_id, kind, code, name)"
            " VALUES (420103, 'station', '42010302', '邻所')"
        )
    )
    enact_division(session, 420103, [CellDraft(box(EAST, SOUTH, EAST + SIDE, NORTH), "42010302")])
    area = session.scalar(text("SELECT ST_Area(area) FROM organisations WHERE code = '42010302'"))
    assert area == pytest.approx(2 * SIDE * SIDE)


def test_two_divisions_on_one_day_or_one_in_the_future_are_refused(session: Session) -> None:
    bureau(session)
    enact_division(session, 420103, _halves())
    with pytest.raises(Conflict) as refusal:
        enact_division(session, 420103, _halves("001", "002"))
    assert refusal.value.code == "division-too-early"
    with pytest.raises(Invalid) as future:
        enact_division(session, 420103, _halves(), day=today() + timedelta(days=1))
    assert future.value.code == "division-in-future"


def test_the_same_division_again_changes_nothing(session: Session) -> None:
    bureau(session)
    first = enact_division(session, 420103, _halves())
    again = enact_division(session, 420103, _halves())
    assert again.cells.begun == ()
    assert set(again.cells.kept) == set(first.cells.begun)


def test_unknown_stations_are_named(session: Session) -> None:
    bureau(session)
    with pytest.raises(Invalid) as refusal:
        enact_division(session, 420103, [CellDraft(box(WEST, SOUTH, EAST, NORTH), "99")])
    assert refusal.value.faults[0].pointer == "/0/station"


def test_what_a_cell_asks_for_is_edited_and_audited(session: Session) -> None:
    made = bureau(session)
    cell_id = made.cells["42010301-001"]
    service.describe(session, 420103, cell_id, requirements=["每月一次"], officer_id=made.officers["admin"])
    row = session.execute(
        text("SELECT act, subject, detail FROM audit_entries WHERE act = 'cell_described'")
    ).one()
    assert row.subject == f"cell:{cell_id}"
    assert row.detail["after"] == {"requirements": ["每月一次"]}
    with pytest.raises(NotFound):
        service.describe(session, 420103, 10**12, name="无", officer_id=None)


def test_past_days_show_the_cells_of_that_day(session: Session) -> None:
    bureau(session)
    enact_division(session, 420103, _halves())
    past = session.scalars(queries.cells_on(420103, date(2024, 5, 1))).all()
    assert [cell.code for cell in past] == [f"42010301-00{n}" for n in range(1, 5)]
