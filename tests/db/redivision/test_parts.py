"""Drafts of a street or a community: what lies around stays as it is, to the vertex."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy.orm import Session

from gridsup.cells import queries as cells
from gridsup.cells.locate import today
from gridsup.cells.model import Cell
from gridsup.errors import Conflict, Invalid, Refused
from gridsup.people import assignments
from gridsup.people.model import Organisation
from gridsup.redivision import enacting, exchange, proposing, scope, service, store
from gridsup.redivision.compare import Comparison
from gridsup.redivision.model import Redivision
from gridsup.redivision.proposing import Wish
from gridsup.wiring import wire
from tests.db.redivision.test_drafts import at, label_of, layers, place_in, world
from tests.factories import JURISDICTION as J
from tests.factories import SIDE, SOUTH, WEST, Bureau, business, officer, organisation


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def street(session: Session, made: Bureau, columns: tuple[float, float], code: str = "420103001") -> int:
    """A street from one column of the square world to another; its border need not follow the cells."""
    body = organisation(
        session, "street", "民族街道", code=code, jurisdiction_id=J, parent_id=made.station_id
    )
    area = shapely.box(WEST + columns[0] * SIDE, SOUTH, WEST + columns[1] * SIDE, SOUTH + 2 * SIDE)
    session.get_one(Organisation, (J, body)).area = from_shape(shapely.MultiPolygon([area]), srid=4490)
    session.flush()
    return body


def west_of(session: Session, made: Bureau) -> scope.Scope:
    """The western column of cells, by a street that reaches a little into the eastern one."""
    return scope.scope_of(session, J, parts=[street(session, made, (0, 1.2))])


def assert_fills(session: Session, made: Bureau) -> None:
    """The present cells fill the station without gap or overlap, measured in degrees as they are stored."""
    shapes = [to_shape(cell.geom) for cell in session.scalars(cells.cells_on(J, today()))]
    area = to_shape(session.get_one(Organisation, (J, made.station_id)).area)
    assert shapely.symmetric_difference(shapely.union_all(shapes), area).area < 1e-15
    assert sum(shape.area for shape in shapes) == pytest.approx(area.area, rel=1e-12)


def test_a_street_holds_the_cells_that_lie_mostly_in_it(session: Session) -> None:
    made = world(session)
    body = street(session, made, (0, 1.2))
    station, found = scope.places(session, J)
    assert (station.id, station.kind, station.cells, station.inspectors) == (made.station_id, "station", 4, 1)
    assert (found.id, found.kind, found.cells, found.stations) == (body, "street", 2, (made.station_id,))
    assert [cell.grid for cell in scope.scope_of(session, J, parts=[body]).present] == ["001", "003"]


def test_a_community_holds_the_cells_that_name_it_and_so_does_its_street(session: Session) -> None:
    made = world(session)
    above = organisation(session, "street", "某街道", code="420103009", jurisdiction_id=J)
    one = organisation(
        session, "community", "某社区", code="420103009001", jurisdiction_id=J, parent_id=above
    )
    session.get_one(Cell, (J, made.cells["42010301-004"])).community_id = one
    session.flush()
    assert [(place.id, place.cells) for place in scope.places(session, J)][1:] == [(above, 1), (one, 1)]


@pytest.mark.parametrize("given", [{}, {"stations": ["42010301"], "parts": [1]}])
def test_ground_is_stations_or_parts(session: Session, given: dict[str, list[object]]) -> None:
    world(session)
    with pytest.raises(Invalid, match="division-scope"):
        scope.scope_of(session, J, **given)  # type: ignore[arg-type]


def test_a_body_without_cells_is_refused(session: Session) -> None:
    made = world(session)
    bare = organisation(session, "street", "无界街道", code="420103008", jurisdiction_id=J)
    for number in (bare, made.station_id, 10**9):
        with pytest.raises(Invalid, match="part-without-cells"):
            scope.scope_of(session, J, parts=[number])


def test_a_divided_street_leaves_its_neighbours_and_no_gap(session: Session) -> None:
    made = world(session)
    for n in range(6):
        place_in(session, business(session, made, cell="42010301-001"), 0.1 + 0.15 * n, 1.3 + 0.1 * n)
    draft = proposing.propose(session, J, west_of(session, made), Wish(cells=3), name="民族街")
    assert (draft.report["cells"], draft.report["seamless"], draft.report["businesses"]) == (3, True, 6)
    ground = shapely.union_all([b.shape for b in store.load(session, draft).living])
    column = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + 2 * SIDE)
    assert shapely.symmetric_difference(ground, column).area < 1e-15
    done = enacting.schedule(session, draft, today(), by=None)
    assert done.result is not None
    assert set(done.result["kept"]) == {made.cells["42010301-002"], made.cells["42010301-004"]}
    assert len(done.result["begun"]) == 3
    assert_fills(session, made)


def test_two_streets_of_one_station_come_into_force_one_after_the_other(session: Session) -> None:
    made = world(session)
    west = proposing.from_today(session, J, west_of(session, made), name="西")
    east_ground = scope.scope_of(session, J, parts=[street(session, made, (1, 2), "420103002")])
    east = proposing.from_today(session, J, east_ground, name="东")
    for draft, grid in ((west, "001"), (east, "002")):
        label = label_of(store.load(session, draft), grid)
        service.split(session, draft, label, None, by=None)
        assert enacting.schedule(session, draft, today(), by=None).state == "enacted"
    present = [cell.grid for cell in session.scalars(cells.cells_on(J, today()))]
    assert sorted(present) == ["001", "002", "003", "004", "005", "006"], "the later one keeps the earlier"
    assert_fills(session, made)


def test_a_number_of_a_cell_beside_the_street_is_taken(session: Session) -> None:
    made = world(session)
    draft = proposing.from_today(session, J, west_of(session, made), name="西")
    label = label_of(store.load(session, draft), "001")
    with pytest.raises(Refused, match="grid-taken"):
        service.describe(session, draft, label, {"grid": "002"}, by=None)


def test_a_number_that_was_given_beside_it_meanwhile_is_told_on_the_day(session: Session) -> None:
    made = world(session)
    west = proposing.from_today(session, J, west_of(session, made), name="西")
    service.split(session, west, label_of(store.load(session, west), "001"), None, by=None)
    new = next(label for label, cell in store.load(session, west).cells.items() if cell.grid is None)
    west = service.describe(session, west, new, {"grid": "005"}, by=None)
    west = enacting.schedule(session, west, today() + timedelta(days=2), by=None)
    ground = scope.scope_of(session, J, parts=[street(session, made, (1, 2), "420103002")])
    east = proposing.from_today(session, J, ground, name="东")
    service.split(session, east, label_of(store.load(session, east), "002"), None, by=None)
    enacting.schedule(session, east, today(), by=None)
    west.planned_on = today()
    session.flush()
    (west,) = enacting.bring_into_force(session, J)
    assert west.state == "open"
    assert west.failure is not None
    assert "005" in west.failure["zh"]


def test_the_comparison_shows_the_whole_station_and_only_what_the_street_changes(session: Session) -> None:
    made = world(session)
    taker = officer(session, "inspector", made.station_id, name="乙")
    assignments.assign(session, J, officer_id=taker, from_day=today(), cell_id=made.cells["42010301-003"])
    shop = business(session, made, cell="42010301-001")
    place_in(session, shop, 0.25, 1.25)
    business(session, made, cell="42010301-002")
    draft = proposing.from_today(session, J, west_of(session, made), name="西")
    board = store.load(session, draft)
    block = at(board, 0.25, 1.25)
    draft = service.move(session, draft, [block.number], label_of(board, "003"), by=None)
    compared = Comparison(session, draft)
    sides = {one.officer_id: one for one in compared.inspectors()[0]}
    mine, theirs = sides[made.officers["inspector"]], sides[taker]
    assert (mine.today.cells, mine.draft.cells, mine.today.businesses, mine.draft.businesses) == (3, 3, 2, 1)
    assert (theirs.gains.businesses, mine.loses.businesses) == (1, 1)
    assert [move.business_id for move in compared.moves if move.code_changes] == [shop]
    assert {compared.names()[one] for one in sides if one} >= {"乙"}


def test_a_file_of_a_street_goes_round_and_may_not_leave_it(session: Session, tmp_path: Path) -> None:
    made = world(session)
    draft = proposing.from_today(session, J, west_of(session, made), name="西")
    drawn, blocks = layers(session, draft, tmp_path / "draft.gpkg")
    assert sorted(drawn["grid"]) == ["001", "003"]
    wide = drawn.copy()
    wide.loc[wide["grid"] == "001", "geometry"] = shapely.box(
        WEST, SOUTH + SIDE, WEST + 1.1 * SIDE, SOUTH + 2 * SIDE
    )
    with pytest.raises(Invalid, match="division-faulty") as refusal:
        exchange.take_back(session, draft, wide, blocks, by=None)
    assert "越界" in refusal.value.faults[0].zh
    drawn.loc[drawn["grid"] == "001", "grid"] = "004"
    with pytest.raises(Invalid, match="import-rows"):
        exchange.take_back(session, draft, drawn, blocks, by=None)


def test_a_file_names_the_inspector_of_a_cell(session: Session, tmp_path: Path) -> None:
    made = world(session)
    draft = proposing.from_today(session, J, west_of(session, made), name="西")
    drawn, blocks = layers(session, draft, tmp_path / "draft.gpkg")
    drawn.loc[drawn["grid"] == "001", "officer_id"] = 10**9
    with pytest.raises(Invalid, match="import-rows"):
        exchange.take_back(session, draft, drawn, blocks, by=None)
    drawn.loc[drawn["grid"] == "001", "officer_id"] = made.officers["inspector"]
    draft = exchange.take_back(session, draft, drawn, blocks, by=None)
    board = store.load(session, draft)
    assert board.cells[label_of(board, "001")].officer_id == made.officers["inspector"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda f: f.set_geometry(f.geometry.representative_point()), "division-faulty"),
        (lambda f: f.set_geometry(f.geometry.boundary), "division-faulty"),
        (lambda f: f.drop(columns="grid"), "import-column"),
        (lambda f: f.assign(label=-5), "import-rows"),
        (lambda f: f.assign(name="长" * 300), "import-rows"),
    ],
)
def test_a_spoilt_file_is_refused_and_changes_nothing(
    session: Session, tmp_path: Path, spoil: Callable[[Any], Any], code: str
) -> None:
    made = world(session)
    draft = proposing.from_today(session, J, west_of(session, made), name="西")
    drawn, blocks = layers(session, draft, tmp_path / "draft.gpkg")
    with pytest.raises(Invalid, match=code):
        exchange.take_back(session, draft, spoil(drawn), blocks, by=None)
    assert (draft.version, len(store.load(session, draft).living)) == (1, 8)


def test_a_line_that_crosses_itself_is_refused_at_once(session: Session) -> None:
    made = world(session)
    draft = proposing.from_today(session, J, west_of(session, made), name="西")
    bow = [(WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (WEST + SIDE, SOUTH), (WEST, SOUTH + SIDE)]
    with pytest.raises(Invalid, match="line-crosses-itself"):
        service.split(session, draft, 1, bow, by=None)


def named(session: Session, draft: Redivision) -> dict[int | None, int]:
    """Officer → how many cells of the draft name them."""
    found: dict[int | None, int] = {}
    for cell in store.load(session, draft).cells.values():
        found[cell.officer_id] = found.get(cell.officer_id, 0) + 1
    return found


def test_cells_for_so_many_inspectors_name_who_takes_them(session: Session) -> None:
    made = world(session)
    second = officer(session, "inspector", made.station_id, name="乙")
    ground = scope.scope_of(session, J, stations=["42010301"])
    draft = proposing.propose(session, J, ground, Wish(cells=4, inspectors=2), name="两人")
    assert named(session, draft) == {made.officers["inspector"]: 2, second: 2}
    three = proposing.propose(session, J, ground, Wish(inspectors=3), name="三人")
    assert (three.report["cells"], named(session, three)[None]) == (3, 1), "a beat that nobody is there for"
    with pytest.raises(Invalid, match="division-size"):
        proposing.propose(session, J, ground, Wish(cells=2, inspectors=3), name="多人")


def test_what_was_undone_can_be_made_again_until_something_else_is_edited(session: Session) -> None:
    made = world(session)
    draft = proposing.from_today(session, J, scope.scope_of(session, J, stations=["42010301"]), name="重做")
    board = store.load(session, draft)
    line = [(WEST + 0.2 * SIDE, SOUTH - 0.1 * SIDE), (WEST + 0.2 * SIDE, SOUTH + 0.6 * SIDE)]
    service.cut(session, draft, at(board, 0.25, 0.25).number, line, by=None)
    service.split(session, draft, label_of(board, "002"), None, by=made.officers["manager"])
    service.describe(session, draft, label_of(board, "001"), {"name": "甲"}, by=None)
    after = {n: (b.cell, b.shape.wkb) for n, b in store.load(session, draft).blocks.items()}
    for _ in range(3):
        service.undo(session, draft, by=None)
    assert service.ends_of_logs(session, J, [draft.id]) == {draft.id: (False, True)}
    for _ in range(3):
        service.redo(session, draft, by=None)
    again = store.load(session, draft)
    assert {n: (b.cell, b.shape.wkb) for n, b in again.blocks.items()} == after
    assert again.cells[label_of(again, "001")].name == "甲"
    assert service.ends_of_logs(session, J, [draft.id]) == {draft.id: (True, False)}
    with pytest.raises(Conflict, match="nothing-to-redo"):
        service.redo(session, draft, by=None)
    service.undo(session, draft, by=None)
    service.describe(session, draft, label_of(board, "001"), {"name": "乙"}, by=None)
    with pytest.raises(Conflict, match="nothing-to-redo"):
        service.redo(session, draft, by=None)
    service.undo(session, draft, by=None)
    service.redo(session, draft, by=None)
    assert store.load(session, draft).cells[label_of(board, "001")].name == "乙"


def test_an_untouched_part_draft_keeps_every_cell(session: Session) -> None:
    made = world(session)
    draft = proposing.from_today(session, J, west_of(session, made), name="西")
    done = enacting.schedule(session, draft, today(), by=None)
    assert done.result is not None
    assert (set(done.result["kept"]), done.result["begun"]) == (set(made.cells.values()), [])
