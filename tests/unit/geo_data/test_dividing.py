"""gridsup divide: files in, cells and a report out, without a database."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box
from typer.testing import CliRunner

from geo_data.dividing import Inputs, divide_files, write
from geo_data.features import read_roads
from gridsup.cli import app
from gridsup.errors import Invalid

WEST, SOUTH, SIDE = 114.25, 30.55, 0.03
COMMUNITIES = ["420103001001", "420103001002"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two communities side by side, a chequer of streets, and shops, as files in degrees."""
    folder = tmp_path_factory.mktemp("town")
    halves = [
        box(WEST, SOUTH, WEST + SIDE / 2, SOUTH + SIDE),
        box(WEST + SIDE / 2, SOUTH, WEST + SIDE, SOUTH + SIDE),
    ]
    gpd.GeoDataFrame({"code": COMMUNITIES}, geometry=halves, crs=4326).to_file(folder / "town.geojson")
    at = np.arange(0, SIDE + 1e-9, SIDE / 10)
    lines = [LineString([(WEST + v, SOUTH - 0.001), (WEST + v, SOUTH + SIDE + 0.001)]) for v in at]
    lines += [LineString([(WEST - 0.001, SOUTH + v), (WEST + SIDE + 0.001, SOUTH + v)]) for v in at]
    kinds = ["residential"] * len(lines)
    gpd.GeoDataFrame({"highway": kinds}, geometry=lines, crs=4326).to_file(folder / "roads.gpkg")
    rng = np.random.default_rng(1)
    places = np.array([WEST, SOUTH]) + rng.uniform(0.0005, SIDE - 0.0005, (300, 2))
    rows = [f"店{i},{x:.6f},{y:.6f}" for i, (x, y) in enumerate(places)] + ["无坐标店,,", "外地店,120.0,31.0"]
    (folder / "shops.csv").write_text("名称,经度,纬度\n" + "\n".join(rows), encoding="utf-8")
    return folder


def test_cells_fill_the_boundary_in_its_own_coordinates(town: Path) -> None:
    made, report = divide_files(
        Inputs(town / "town.geojson", town / "roads.gpkg"), cells=8, station="42010301"
    )
    cells = made.cells
    assert (report["gap_m2"], report["overlap_m2"], report["pieces"]) == (0, 0, 0)
    assert cells.crs.to_epsg() == 4326
    assert shapely.coverage_is_valid(cells.geometry.values)
    assert cells.union_all().symmetric_difference(box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)).area < 1e-12
    assert cells["code"].tolist() == [f"42010301-{n:03d}" for n in range(1, 9)]
    assert cells["national_code"].isna().all()
    assert report["on_roads"] == pytest.approx(1, abs=0.01)


def test_businesses_without_a_place_or_outside_are_counted_not_lost(town: Path) -> None:
    files = Inputs(town / "town.geojson", town / "roads.gpkg", businesses=town / "shops.csv")
    made, report = divide_files(files, cells=6)
    assert report["businesses"] == 302
    assert report["unplaced_businesses"] == 2
    assert made.cells["businesses"].sum() == 300
    assert report["workload_cv"] < 0.05


def test_a_table_of_metres_is_refused_by_its_name_and_row(town: Path, tmp_path: Path) -> None:
    (tmp_path / "商户.csv").write_text(
        "名称,经度,纬度\n甲,114.3,30.5\n乙,,\n丙,30.5,114.3\n", encoding="utf-8"
    )
    files = Inputs(town / "town.geojson", town / "roads.gpkg", businesses=tmp_path / "商户.csv")
    with pytest.raises(Invalid, match="coordinates-out-of-range") as caught:
        divide_files(files, cells=6)
    assert caught.value.text("zh").startswith("商户.csv 第 4 行的坐标（30.5，114.3）")


def test_communities_are_walls_and_give_their_cells_the_national_code(town: Path) -> None:
    made, _ = divide_files(Inputs(town / "town.geojson", town / "roads.gpkg", walls=True), cells=6)
    for code, cells in made.cells.groupby("area"):
        ground = gpd.read_file(town / "town.geojson").set_index("code").geometry[code]
        assert cells.union_all().symmetric_difference(ground).area < 1e-12
        assert cells["national_code"].tolist() == [f"{code}{n:03d}" for n in range(1, len(cells) + 1)]


def test_earlier_cells_keep_their_codes_and_the_changes_are_counted(town: Path, tmp_path: Path) -> None:
    files = Inputs(town / "town.geojson", town / "roads.gpkg", businesses=town / "shops.csv")
    first, _ = divide_files(files, cells=6, station="42010301")
    first.cells["inspector"] = ["甲", "甲", "乙", "乙", "丙", "丙"]
    write(first, tmp_path / "before.gpkg")
    again = Inputs(*(files.boundary, files.roads, files.businesses), previous=tmp_path / "before.gpkg")
    same, report = divide_files(again, cells=6, station="42010301", stay=5.0)
    assert same.cells["code"].tolist() == first.cells["code"].tolist()
    assert (report["businesses_changing_code"], report["businesses_changing_inspector"]) == (0, 0)
    more, report = divide_files(again, cells=7, station="42010301", stay=5.0)
    assert sorted(more.cells["code"])[-1] == "42010301-007"
    assert 0 < report["businesses_changing_code"] <= 60


def test_the_command_writes_cells_blocks_and_a_report(town: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "cells.gpkg", tmp_path / "report.json"
    asked = ["divide", "--boundary", town / "town.geojson", "--roads", town / "roads.gpkg", "--cells", 5]
    asked += ["--seed", 7, "--out", out, "--report", report, "--mix", "area=1"]
    ran = CliRunner().invoke(app, [str(part) for part in asked])
    assert ran.exit_code == 0, ran.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["cells"] == 5
    assert told["mix"] == {"area": 1.0}
    cells, blocks = gpd.read_file(out, layer="cells"), gpd.read_file(out, layer="blocks")
    assert sorted(blocks["cell"].unique()) == list(range(5))
    assert len(cells) == 5


@pytest.mark.parametrize(
    ("boundary", "cells", "code"),
    [
        (Polygon([(114.2, 30.5), (114.3, 30.6), (114.3, 30.5), (114.2, 30.6)]), 3, "boundary-invalid"),
        (box(116.0, 30.0, 116.01, 30.01), 3, "division-no-roads"),
        (box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), 100_000, "division-too-many-cells"),
        (box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), 0, "division-size"),
        (Point(WEST, SOUTH), 3, "boundary-invalid"),
    ],
)
def test_what_cannot_be_divided_is_said(
    town: Path, tmp_path: Path, boundary: object, cells: int, code: str
) -> None:
    gpd.GeoDataFrame(geometry=[boundary], crs=4326).to_file(tmp_path / "b.geojson")
    with pytest.raises(Invalid) as caught:
        divide_files(Inputs(tmp_path / "b.geojson", town / "roads.gpkg"), cells=cells)
    assert caught.value.code == code


def halves(folder: Path, south_to: float, north_from: float) -> Path:
    """Two communities, one above the other, up to and from a row of the town."""
    shapes = [
        box(WEST, SOUTH, WEST + SIDE, SOUTH + south_to * SIDE),
        box(WEST, SOUTH + north_from * SIDE, WEST + SIDE, SOUTH + SIDE),
    ]
    codes = ["420103001001", "420103001002"]
    gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326).to_file(folder / "walls.gpkg")
    return folder / "walls.gpkg"


def test_walls_that_two_maps_draw_a_hair_apart_leave_no_hole(town: Path, tmp_path: Path) -> None:
    walls = halves(tmp_path, 0.5, 0.50001)
    made, told = divide_files(Inputs(walls, town / "roads.gpkg", walls=True), cells=6)
    assert (told["gap_m2"], told["overlap_m2"], told["pieces"]) == (0, 0, 0)
    whole = made.cells.to_crs(4326).union_all()
    assert whole.symmetric_difference(box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)).area < 1e-5 * SIDE**2


@pytest.mark.parametrize(
    ("ends", "inspectors", "code"),
    [((0.55, 0.5), None, "boundary-overlap"), ((0.5, 0.5), 1, "division-too-few-inspectors")],
)
def test_walls_that_cannot_stand_are_said(
    town: Path, tmp_path: Path, ends: tuple[float, float], inspectors: int | None, code: str
) -> None:
    inputs = Inputs(halves(tmp_path, *ends), town / "roads.gpkg", walls=True)
    with pytest.raises(Invalid, match=code):
        divide_files(inputs, cells=6, inspectors=inspectors)


def test_an_island_too_many_is_named_by_its_degrees(town: Path, tmp_path: Path) -> None:
    island = box(WEST + 2 * SIDE, SOUTH, WEST + 2.2 * SIDE, SOUTH + 0.2 * SIDE)
    town_and_island = MultiPolygon([box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), island])
    gpd.GeoDataFrame(geometry=[town_and_island], crs=4326).to_file(tmp_path / "b.gpkg")
    with pytest.raises(Invalid, match="division-too-few-cells") as caught:
        divide_files(Inputs(tmp_path / "b.gpkg", town / "roads.gpkg"), cells=1)
    lon, lat = caught.value.params["lon"], caught.value.params["lat"]
    assert island.buffer(1e-4).contains(Point(lon, lat))
    assert str(lon) in caught.value.text("zh")


@pytest.mark.parametrize("explained_by", ["its fields", "its header"])
def test_roads_of_a_parquet_file_are_read_near_the_boundary_only(
    town: Path, tmp_path: Path, explained_by: str
) -> None:
    near = gpd.read_file(town / "roads.gpkg")
    far = near.set_geometry(near.translate(1.0, 0.0))
    path = tmp_path / "roads.parquet"
    pd.concat([near, far]).to_parquet(path)
    if explained_by == "its header":  # as GDAL and DuckDB write it
        table = pq.read_table(path)
        plain = [pa.field(field.name, field.type) for field in table.schema]
        header = {b"geo": table.schema.metadata[b"geo"]}
        pq.write_table(table.cast(pa.schema(plain, metadata=header)), path)
    found = read_roads(path, near=box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)).frame
    assert len(found) == len(near)
    assert found.geometry.geom_equals_exact(near.to_crs(found.crs).geometry, 1e-9).all()
