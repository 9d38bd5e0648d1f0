"""Streets and communities as hard walls inside a station: no cell crosses them, by the engine or by hand."""

from __future__ import annotations

import pytest
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy.orm import Session

from gridsup.cells import queries as cells
from gridsup.cells.locate import today
from gridsup.cells.model import Cell
from gridsup.errors import Invalid, Refused
from gridsup.people.model import Organisation
from gridsup.redivision import enacting, nesting, proposing, service, store
from gridsup.redivision.model import Redivision
from gridsup.redivision.proposing import Wish
from gridsup.redivision.scope import scope_of
from gridsup.wiring import wire
from tests.db.redivision.test_drafts import STATION, at, world
from tests.factories import JURISDICTION as J
from tests.factories import SIDE, SOUTH, WEST, Bureau, business, officer, organisation

WALL = 0.9
"""Columns of the square world at which one community ends, away from every road and every cell."""


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def columns(west: float, east: float) -> shapely.Polygon:
    return shapely.box(WEST + west * SIDE, SOUTH, WEST + east * SIDE, SOUTH + 2 * SIDE)


def community(session: Session, name: str, code: str, area: shapely.Polygon) -> int:
    body = organisation(session, "community", name, code=code, jurisdiction_id=J)
    session.get_one(Organisation, (J, body)).area = from_shape(shapely.MultiPolygon([area]), srid=4490)
    session.flush()
    return body


def two(session: Session) -> tuple[Bureau, dict[int, shapely.Polygon]]:
    """Two communities whose maps differ: nobody has the 5 m between them."""
    made = world(session)
    for cell in made.cells:
        business(session, made, cell=cell)
    west = community(session, "西社区", "420103001001", columns(0, WALL))
    east = community(session, "东社区", "420103001002", columns(WALL + 0.005, 2.1))
    return made, {west: columns(0, WALL + 0.005), east: columns(WALL, 2)}


def walled(session: Session, cells: int = 4, inspectors: int | None = None) -> Redivision:
    wish = Wish(cells=cells, inspectors=inspectors, within="community", stay=0)
    return proposing.propose(session, J, scope_of(session, J, stations=[STATION]), wish, name="以社区为界")


def test_every_cell_lies_in_its_community_and_has_its_national_code(session: Session) -> None:
    made, ground = two(session)
    draft = walled(session)
    board = store.load(session, draft)
    assert {cell.community_id for cell in board.cells.values()} == set(ground)
    for label, shape in board.shapes().items():
        community_id = board.cells[label].community_id
        assert community_id is not None
        assert shapely.buffer(ground[community_id], 1e-6).covers(shape)
    assert (draft.report["cells"], draft.report["seamless"], draft.report["pieces"]) == (4, True, 0)
    enacting.schedule(session, draft, today(), by=made.officers["manager"])
    codes = sorted(str(one.national_code) for one in session.scalars(cells.cells_on(J, today())))
    assert codes == sorted(set(codes))
    assert {code[:12] for code in codes} == {"420103001001", "420103001002"}


def test_no_hand_carries_a_block_across_a_wall(session: Session) -> None:
    two(session)
    draft = walled(session)
    board = store.load(session, draft)
    block = at(board, WALL - 0.1, 0.25)
    label = next(
        label
        for label in sorted(board.cells)
        if board.cells[label].community_id != board.cells[block.cell or 0].community_id
        and board.shape(label).intersection(block.shape).length > 0
    )
    with pytest.raises(Refused, match="cell-across-walls"):
        service.move(session, draft, [block.number], label, by=None)
    with pytest.raises(Refused, match="cell-across-walls"):
        service.merge(session, draft, label, block.cell or 0, by=None)
    assert service.split(session, draft, label, None, by=None).version == 2


def test_a_beat_may_hold_cells_of_two_communities(session: Session) -> None:
    made, _ = two(session)
    officer(session, "inspector", made.station_id, name="乙")
    board = store.load(session, walled(session, cells=5, inspectors=1))
    assert len({cell.officer_id for cell in board.cells.values()}) == 1
    board = store.load(session, walled(session, cells=5, inspectors=2))
    assert len({cell.officer_id for cell in board.cells.values()}) == 2


def test_a_community_without_an_area_has_that_of_the_cells_that_name_it(session: Session) -> None:
    made = world(session)
    body = organisation(session, "community", "某社区", code="420103009001", jurisdiction_id=J)
    session.get_one(Cell, (J, made.cells[f"{STATION}-001"])).community_id = body
    session.flush()
    ground = scope_of(session, J, stations=[STATION])
    lines = service.lines_in(session, J, ground.stations)
    found = nesting.nests(session, J, ground, "community", lines)
    assert [nest.body for nest in found] == [body, None]
    assert sum(nest.shape.area for nest in found) == pytest.approx(4 * SIDE**2, rel=1e-9)


@pytest.mark.parametrize(
    ("drawn", "wish", "code"),
    [
        (False, Wish(cells=4, within="community"), "division-no-walls"),
        (True, Wish(cells=4, within="street"), "division-no-walls"),
        (True, Wish(cells=1, within="community"), "division-walls-too-few-cells"),
    ],
)
def test_walls_that_cannot_stand_are_refused_by_name(
    session: Session, drawn: bool, wish: Wish, code: str
) -> None:
    if drawn:
        two(session)
    else:
        world(session)
    with pytest.raises(Invalid, match=code):
        proposing.propose(session, J, scope_of(session, J, stations=[STATION]), wish, name="界")
