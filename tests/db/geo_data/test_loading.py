"""Boundaries, roads, cells and bodies from files into the database."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo_data import loading, queries
from gridsup.cells.model import Cell, Road
from gridsup.db import set_jurisdiction
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.people.model import Jurisdiction, Organisation
from tests import factories
from tests.conftest import Clone

J = factories.JURISDICTION
WEST, SOUTH, SIDE = factories.WEST, factories.SOUTH, factories.SIDE
EAST, NORTH = WEST + 2 * SIDE, SOUTH + 2 * SIDE


def file(path: Path, *shapes: shapely.Geometry, **columns: list[str]) -> Path:
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4490).to_file(path)
    return path


def test_a_boundary_is_set_and_measured(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    area = shapely.box(WEST, SOUTH, EAST, NORTH + SIDE)
    done = loading.load_boundary(session, J, file(tmp_path / "a.gpkg", area, name=["江汉区"]))
    assert done.area_m2 == pytest.approx(6.36e6, rel=0.01)
    stored = session.get_one(Jurisdiction, J).boundary
    assert to_shape(stored).equals(shapely.MultiPolygon([area]))


def test_a_station_gets_its_area_by_its_code(session: Session, tmp_path: Path) -> None:
    made = factories.bureau(session)
    path = file(tmp_path / "a.gpkg", shapely.box(WEST, SOUTH, EAST, NORTH), name=["民权所"])
    loading.load_boundary(session, J, path, body_code="42010301")
    assert session.get_one(Organisation, (J, made.station_id)).area is not None
    with pytest.raises(NotFound) as refusal:
        loading.load_boundary(session, J, path, body_code="99")
    assert refusal.value.code == "body-unknown"


def test_roads_are_cut_to_the_jurisdiction_and_replace_their_like(clone: Clone, tmp_path: Path) -> None:
    through = shapely.LineString([(WEST - 1, SOUTH + SIDE), (EAST + 1, SOUTH + SIDE)])
    far = shapely.LineString([(100, 20), (101, 20)])
    path = file(tmp_path / "roads.gpkg", through, far, highway=["primary", "primary"], name=["解放大道", ""])
    with Session(clone.owner) as session:
        set_jurisdiction(session, J)
        factories.bureau(session)
        first = loading.load_roads(session, J, path)
        (road,) = session.scalars(select(Road).where(Road.jurisdiction_id == J))
        assert (first.landed, road.kind, road.name) == (1, "primary", "解放大道")
        metres = session.scalar(select(func.ST_Length(func.ST_Transform(Road.geom, 4547))))
        assert metres == pytest.approx(1917 + 2 * 500, rel=0.01)
        with pytest.raises(Conflict) as refusal:
            loading.load_roads(session, J, path)
        assert refusal.value.code == "import-same-file"
        path.unlink()
        file(path, through, highway=["secondary"], name=["解放大道"])
        loading.load_roads(session, J, path)
        assert list(session.scalars(select(Road.kind))) == ["secondary"]


def test_roads_of_another_place_are_refused(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    path = file(tmp_path / "a.gpkg", shapely.LineString([(100, 20), (101, 20)]), highway=["primary"])
    with pytest.raises(Invalid) as refusal:
        loading.load_roads(session, J, path)
    assert refusal.value.code == "roads-none-here"


def halves(split: float = WEST + SIDE, reach: float = EAST) -> tuple[shapely.Polygon, shapely.Polygon]:
    return shapely.box(WEST, SOUTH, split, NORTH), shapely.box(WEST + SIDE, SOUTH, reach, NORTH)


def test_cells_of_a_file_come_into_force(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    path = file(
        tmp_path / "a.gpkg", *halves(), 网格编码=["42010301-011", "42010301-012"], 网格名称=["西", "东"]
    )
    done, division = loading.load_cells(session, J, path)
    assert done.landed == 2
    assert (len(division.cells.begun), len(division.cells.ended)) == (2, 4)
    present = session.scalars(select(Cell).where(Cell.jurisdiction_id == J, func.upper_inf(Cell.valid)))
    assert {(cell.code, cell.name) for cell in present} == {("42010301-011", "西"), ("42010301-012", "东")}


@pytest.mark.parametrize("station", ["民权所", "42010301"])
def test_a_station_may_be_stated_for_all_cells(session: Session, tmp_path: Path, station: str) -> None:
    factories.bureau(session)
    done, _ = loading.load_cells(session, J, file(tmp_path / "a.gpkg", *halves()), station=station)
    assert done.landed == 2


def test_each_fault_of_a_drawing_is_named_and_nothing_changes(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    faulty = halves(split=WEST + SIDE - 0.001, reach=EAST + 0.002)
    path = file(tmp_path / "a.gpkg", *faulty, 网格编码=["42010301-011", "42010301-012"])
    with pytest.raises(Invalid) as refusal:
        loading.load_cells(session, J, path)
    assert refusal.value.code == "division-faulty"
    texts = [fault.zh for fault in refusal.value.faults]
    assert any("空隙" in t and "42010301-011" in t for t in texts)
    assert any("越界" in t and "42010301-012" in t for t in texts)
    assert session.scalar(select(func.count()).select_from(Cell)) == 4


def test_cells_of_no_known_station_are_named(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    path = file(tmp_path / "a.gpkg", *halves(), 监管所=["民权所", "火星所"])
    with pytest.raises(Invalid) as refusal:
        loading.load_cells(session, J, path)
    assert [fault.pointer for fault in refusal.value.faults] == ["/1/station"]
    assert "火星所" in refusal.value.faults[0].zh


def test_streets_and_communities_from_a_code_list(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    path = tmp_path / "a.csv"
    path.write_text(
        "code,name\n420103001001,前进社区居委会\n420103001,民族街道\n420106001001,别区社区\n420103002000,花楼街道\n",
        "utf-8",
    )
    done = loading.load_bodies(session, J, path)
    assert (done.landed, [n for n, _ in done.faults]) == (3, [4])
    community = session.scalars(queries.body(J, "420103001001")).one()
    street = session.scalars(queries.body(J, "420103001")).one()
    assert (community.kind, community.parent_id, street.name) == ("community", street.id, "民族街道")
    assert session.scalars(queries.body(J, "420103002")).one().kind == "street"


def test_what_was_loaded_is_on_record(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    loading.load_boundary(session, J, file(tmp_path / "a.gpkg", shapely.box(WEST, SOUTH, EAST, NORTH)))
    (batch,) = session.scalars(queries.batches(J))
    assert (batch.kind, batch.state, batch.good) == ("boundary", "confirmed", 1)
    assert session.scalar(text("SELECT result->>'area_m2' FROM import_batches")) is not None
