"""Drafts on real rows: made, edited, compared with today, enacted now or on their day, found again later."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo_data.layers import read_layer
from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells import queries as cells
from gridsup.cells.locate import locate, today
from gridsup.cells.model import Road
from gridsup.errors import Conflict, Invalid, Refused
from gridsup.patrols.model import Visit
from gridsup.people.model import Organisation
from gridsup.redivision import enacting, exchange, history, proposing, service, store
from gridsup.redivision.board import Block, Board
from gridsup.redivision.compare import Comparison
from gridsup.redivision.model import Redivision
from gridsup.redivision.proposing import Wish
from gridsup.redivision.scope import scope_of
from gridsup.registry.model import HouseholdCode
from gridsup.wiring import wire
from tests.factories import JURISDICTION, SIDE, SOUTH, WEST, Bureau, bureau, business, officer

STATION = "42010301"
J = JURISDICTION
NORTH_WEST, NORTH_EAST = f"{STATION}-001", f"{STATION}-002"


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def world(session: Session) -> Bureau:
    """The square world with a street through the middle of every cell, both ways."""
    made = bureau(session)
    for k in (0.5, 1.5):
        for ends in (
            [(WEST - SIDE, SOUTH + k * SIDE), (WEST + 3 * SIDE, SOUTH + k * SIDE)],
            [(WEST + k * SIDE, SOUTH - SIDE), (WEST + k * SIDE, SOUTH + 3 * SIDE)],
        ):
            session.add(
                Road(
                    jurisdiction_id=J,
                    kind="residential",
                    source="test",
                    geom=from_shape(shapely.LineString(ends), srid=4490),
                )
            )
    session.flush()
    return made


def started(session: Session) -> Redivision:
    return proposing.from_today(session, J, scope_of(session, J, stations=[STATION]), name="二〇二六年调整")


def at(board: Board, column: float, row: float) -> Block:
    """The block at so many cell sides east and north of the south-west corner."""
    place = shapely.Point(WEST + column * SIDE, SOUTH + row * SIDE)
    return next(block for block in board.living if block.shape.contains(place))


def label_of(board: Board, grid: str) -> int:
    return next(label for label, cell in board.cells.items() if cell.grid == grid)


def give_block_east(session: Session, draft: Redivision) -> Redivision:
    """Move the north-west cell's north-eastern block to the north-east cell."""
    board = store.load(session, draft)
    block = at(board, 0.75, 1.75)
    return service.move(session, draft, [block.number], label_of(board, "002"), by=None)


def place_in(session: Session, business_id: int, column: float, row: float) -> None:
    from gridsup.registry.model import Business, Premises

    premises = session.scalars(
        select(Premises).join(Business, Business.premises_id == Premises.id).where(Business.id == business_id)
    ).one()
    premises.point = from_shape(shapely.Point(WEST + column * SIDE, SOUTH + row * SIDE), srid=4490)
    session.flush()


def test_a_draft_from_today_is_today_and_enacting_it_keeps_every_cell(session: Session) -> None:
    made = world(session)
    draft = started(session)
    assert (draft.report["cells"], draft.report["blocks"], draft.report["seamless"]) == (4, 16, True)
    draft = enacting.schedule(session, draft, today(), by=made.officers["manager"])
    assert draft.state == "enacted"
    assert draft.result is not None
    assert (sorted(draft.result["kept"]), draft.result["begun"]) == (sorted(made.cells.values()), [])


def test_an_edit_is_logged_measured_and_undone(session: Session) -> None:
    world(session)
    draft = started(session)
    before = store.load(session, draft)
    draft = give_block_east(session, draft)
    draft = service.split(session, draft, label_of(before, "003"), None, by=None)
    line = [(WEST + 1.2 * SIDE, SOUTH - 0.1 * SIDE), (WEST + 1.2 * SIDE, SOUTH + 0.6 * SIDE)]
    draft = service.cut(session, draft, at(before, 1.25, 0.25).number, line, by=None)
    assert (draft.version, draft.report["cells"], draft.report["blocks"]) == (4, 5, 17)
    assert [one.verb for one in service.log(session, draft, 10)] == ["cut", "split", "move"]
    for _ in range(3):
        draft = service.undo(session, draft, by=None)
    after = store.load(session, draft)
    assert dict(after.cells) == dict(before.cells)
    assert {n: (b.cell, b.shape.wkb) for n, b in after.blocks.items()} == {
        n: (b.cell, b.shape.wkb) for n, b in before.blocks.items()
    }
    with pytest.raises(Conflict, match="nothing-to-undo"):
        service.undo(session, draft, by=None)


def test_a_stale_version_is_refused(session: Session) -> None:
    world(session)
    draft = started(session)
    give_block_east(session, draft)
    with pytest.raises(Conflict, match="draft-changed"):
        service.hold(session, J, draft.id, 1)


def test_cells_of_the_engine_keep_the_numbers_of_those_whose_place_they_take(session: Session) -> None:
    made = world(session)
    for cell in made.cells:
        business(session, made, cell=cell)
    asked: dict[str, Any] = {}

    def engine(areas: Any, roads: Any, **more: Any) -> Any:
        """Three cells: the two northern ones as they are, and one for the south."""
        asked.update(more, areas=areas, roads=roads)
        west, south, east, north = areas.total_bounds
        xs, ys = [west, (west + east) / 2, east], [south, (south + north) / 2, north]
        rows = [
            (cell, shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]))
            for cell, i, j in ((0, 0, 1), (1, 1, 1), (2, 0, 0), (2, 1, 0))
        ]
        blocks = gpd.GeoDataFrame(
            {"cell": [c for c, _ in rows], "area": STATION, "workload": 1.0, "businesses": 1},
            geometry=[shape for _, shape in rows],
            crs=areas.crs,
        )
        cells = pd.DataFrame({"before": [f"{STATION}-001", f"{STATION}-002", None]})
        return SimpleNamespace(blocks=blocks, cells=cells, report={"indivisible": []})

    ground = scope_of(session, J, stations=[STATION])
    draft = proposing.propose(session, J, ground, Wish(cells=3), name="三格", engine=engine)
    assert (asked["cells"], len(asked["previous"]), len(asked["businesses"]), len(asked["roads"])) == (
        3,
        4,
        4,
        4,
    )
    board = store.load(session, draft)
    assert [cell.grid for _, cell in sorted(board.cells.items())][:2] == ["001", "002"]
    assert draft.report["engine"] == {"indivisible": []}


def test_the_comparison_says_who_moves_and_what_each_inspector_gains(session: Session) -> None:
    made = world(session)
    second = officer(session, "inspector", made.station_id, name="乙")
    from gridsup.people import assignments

    assignments.assign(session, J, officer_id=second, from_day=today(), cell_id=made.cells[NORTH_EAST])
    shop, other = business(session, made, cell=NORTH_WEST), business(session, made, cell=NORTH_WEST)
    place_in(session, shop, 0.75, 1.75)
    place_in(session, other, 0.25, 1.25)
    session.add(
        Visit(
            jurisdiction_id=J,
            officer_id=made.officers["inspector"],
            business_id=shop,
            cell_id=made.cells[NORTH_WEST],
            at=datetime.now(SHANGHAI) - timedelta(days=20),
            result="normal",
            key="00000000-0000-4000-8000-000000000001",
        )
    )
    session.flush()
    draft = give_block_east(session, started(session))
    compared = Comparison(session, draft)
    moves = {move.business_id: move for move in compared.moves}
    assert (moves[shop].code_changes, moves[shop].officer_changes) == (True, True)
    assert (moves[shop].new_cell_code, moves[shop].new_officer_id) == (NORTH_EAST, second)
    assert (moves[other].code_changes, moves[other].officer_changes) == (False, False)
    sides = {one.officer_id: one for one in compared.inspectors(months=3)[0]}
    mine, theirs = sides[made.officers["inspector"]], sides[second]
    assert (mine.today.businesses, mine.draft.businesses, mine.loses.businesses) == (2, 1, 1)
    assert (theirs.gains.businesses, theirs.today.visits, theirs.draft.visits) == (1, 0, 1)
    assert theirs.gains.area_m2 == pytest.approx(mine.loses.area_m2) == pytest.approx(265_000, rel=0.02)
    assert sum(one.draft.workload for one in sides.values()) == pytest.approx(1)
    heirs = [(h.label, round(h.share, 2)) for h in compared.heirs_of(moves.values())
             if h.old_cell_id == made.cells[NORTH_WEST]]  # fmt: skip
    assert [share for _, share in heirs] == [0.75, 0.25]


def test_enacting_gives_codes_aliases_lineage_and_leaves_the_past(session: Session) -> None:
    made = world(session)
    shop = business(session, made, cell=NORTH_WEST, name="搬格小店")
    place_in(session, shop, 0.75, 1.75)
    old_code = session.scalar(select(HouseholdCode.code).where(HouseholdCode.business_id == shop))
    session.add(
        Visit(
            jurisdiction_id=J,
            officer_id=made.officers["inspector"],
            business_id=shop,
            cell_id=made.cells[NORTH_WEST],
            at=datetime.now(SHANGHAI) - timedelta(days=20),
            result="normal",
            key="00000000-0000-4000-8000-000000000002",
        )
    )
    session.flush()
    second = officer(session, "inspector", made.station_id, name="乙")
    draft = give_block_east(session, started(session))
    east = label_of(store.load(session, draft), "002")
    draft = service.describe(session, draft, east, {"officer_id": second}, by=None)
    draft = enacting.schedule(session, draft, today(), by=made.officers["manager"])
    assert draft.result is not None
    assert (len(draft.result["begun"]), len(draft.result["kept"]), draft.result["recoded"]) == (2, 2, 1)
    place = (WEST + 0.75 * SIDE, SOUTH + 1.75 * SIDE)
    now, then = locate(session, J, *place), locate(session, J, *place, day=today() - timedelta(days=1))
    assert now is not None
    assert then is not None
    assert (now.code, then.code) == (NORTH_EAST, NORTH_WEST), "the past stays as it was"
    assert [row.officer_id for row in session.execute(cells.owners_of(J, now.id))] == [second]
    codes = session.scalars(
        select(HouseholdCode.code).where(HouseholdCode.business_id == shop).order_by(HouseholdCode.id)
    ).all()
    assert codes == [old_code, f"{NORTH_EAST}-00001"]
    assert {row.code for row in history.ancestors(session, J, now.id)} == {NORTH_WEST, NORTH_EAST}
    assert {row.id for row in history.descendants(session, J, then.id)} >= {now.id}
    deeds = history.deeds(session, J, now.id)
    visit = session.scalars(select(Visit.id).where(Visit.business_id == shop)).one()
    assert [(row.kind, row.id, row.business_id, row.cell_id) for row in deeds] == [
        ("visit", visit, shop, then.id)
    ]
    assert history.counts(session, J, now.id) == {"visit": (1, 1)}
    west = locate(session, J, WEST + 0.25 * SIDE, SOUTH + 1.25 * SIDE)
    assert west is not None
    assert history.deeds(session, J, west.id) == [], "what was done elsewhere in the old cell is not its past"


def test_a_scheduled_draft_comes_into_force_on_its_day_and_not_before(session: Session) -> None:
    world(session)
    draft = give_block_east(session, started(session))
    day = today() + timedelta(days=3)
    draft = enacting.schedule(session, draft, day, by=None)
    assert (draft.state, draft.planned_on, enacting.overdue(draft)) == ("scheduled", day, False)
    assert enacting.bring_into_force(session, J) == []
    with pytest.raises(Conflict, match="draft-state"):
        service.hold(session, J, draft.id, draft.version)
    draft.planned_on = today()
    session.flush()
    assert [one.state for one in enacting.bring_into_force(session, J)] == ["enacted"]


@pytest.mark.parametrize("ahead", [0, 3])
def test_what_only_the_doing_shows_is_refused_for_a_later_day_too(session: Session, ahead: int) -> None:
    """A business of a cell that ends lies in no cell: the drawing itself is without fault."""
    made = world(session)
    draft = give_block_east(session, started(session))
    shop = business(session, made, cell=NORTH_WEST)
    place_in(session, shop, -0.5, 1.5)
    with pytest.raises(Refused) as refusal:
        enacting.schedule(session, draft, today() + timedelta(days=ahead), by=None)
    assert refusal.value.code == "businesses-left-outside"
    if ahead:
        place_in(session, shop, 0.25, 1.5)
        draft = enacting.schedule(session, draft, today() + timedelta(days=ahead), by=None)
        assert draft.state == "scheduled"
        held = session.scalars(cells.present_cells(J, [made.station_id])).all()
        assert {one.id for one in held} == set(made.cells.values()), "a trial leaves nothing behind"


def test_a_scheduled_draft_that_no_longer_fits_is_opened_with_its_reason(session: Session) -> None:
    made = world(session)
    draft = enacting.schedule(session, started(session), today() + timedelta(days=3), by=None)
    wider = shapely.box(WEST, SOUTH, WEST + 3 * SIDE, SOUTH + 2 * SIDE)
    session.get_one(Organisation, (J, made.station_id)).area = from_shape(
        shapely.MultiPolygon([wider]), srid=4490
    )
    draft.planned_on = today()
    session.flush()
    (draft,) = enacting.bring_into_force(session, J)
    assert draft.state == "open"
    assert draft.failure is not None
    assert draft.failure["code"] == "division-faulty"
    assert "空隙" in draft.failure["zh"]
    assert locate(session, J, WEST + 0.5 * SIDE, SOUTH + 0.5 * SIDE).id in made.cells.values()  # type: ignore[union-attr]


def layers(session: Session, draft: Redivision, path: Path) -> tuple[Any, Any]:
    exchange.write(session, draft, path)
    return read_layer(path, layer="cells").frame, read_layer(path, layer="blocks").frame


def test_a_geopackage_goes_out_and_an_edited_one_comes_back(session: Session, tmp_path: Path) -> None:
    world(session)
    draft = started(session)
    board = store.load(session, draft)
    drawn, blocks = layers(session, draft, tmp_path / "draft.gpkg")
    assert list(drawn["code"]) == [f"{STATION}-00{n}" for n in (1, 2, 3, 4)]
    block = at(board, 0.75, 1.75)
    blocks.loc[blocks["number"] == block.number, "cell"] = label_of(board, "002")
    drawn.loc[drawn["grid"] == "004", "name"] = "火车站网格"
    draft = exchange.take_back(session, draft, drawn, blocks, by=None)
    after = store.load(session, draft)
    assert {n: b.cell for n, b in after.blocks.items() if b.cell != board.blocks[n].cell} == {
        block.number: label_of(board, "002")
    }
    assert after.cells[label_of(board, "004")].name == "火车站网格"
    service.undo(session, draft, by=None)
    assert dict(store.load(session, draft).cells) == dict(board.cells)


def test_redrawn_cells_come_back_as_cut_blocks(session: Session, tmp_path: Path) -> None:
    world(session)
    draft = started(session)
    drawn, blocks = layers(session, draft, tmp_path / "draft.gpkg")
    middle = WEST + 0.8 * SIDE
    halves = {
        "001": shapely.box(WEST, SOUTH + SIDE, middle, SOUTH + 2 * SIDE),
        "002": shapely.box(middle, SOUTH + SIDE, WEST + 2 * SIDE, SOUTH + 2 * SIDE),
    }
    for grid, shape in halves.items():
        drawn.loc[drawn["grid"] == grid, "geometry"] = shape
    draft = exchange.take_back(session, draft, drawn, blocks, by=None)
    assert (draft.report["cells"], draft.report["blocks"], draft.report["seamless"]) == (4, 18, True)
    board = store.load(session, draft)
    off = shapely.symmetric_difference(board.shape(label_of(board, "001")), halves["001"])
    assert off.area < 1e-9 * SIDE**2
    assert enacting.schedule(session, draft, today(), by=None).state == "enacted"


def test_a_faulty_file_changes_nothing_and_names_its_places(session: Session, tmp_path: Path) -> None:
    world(session)
    draft = started(session)
    drawn, blocks = layers(session, draft, tmp_path / "draft.gpkg")
    drawn.loc[drawn["grid"] == "001", "geometry"] = shapely.box(
        WEST, SOUTH + SIDE, WEST + 0.9 * SIDE, SOUTH + 2 * SIDE
    )
    with pytest.raises(Invalid, match="division-faulty") as refusal:
        exchange.take_back(session, draft, drawn, blocks, by=None)
    assert "空隙" in refusal.value.faults[0].zh
    torn = blocks.copy()
    board = store.load(session, draft)
    torn.loc[torn["number"] == at(board, 0.25, 1.75).number, "cell"] = label_of(board, "002")
    whole, _ = layers(session, draft, tmp_path / "again.gpkg")
    with pytest.raises(Invalid, match="division-faulty") as refusal:
        exchange.take_back(session, draft, whole, torn, by=None)
    assert "不相连" in refusal.value.faults[0].zh
    assert draft.version == 1
