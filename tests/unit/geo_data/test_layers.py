"""Layers of every format come in with a reference system that is known, never guessed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_data.datums import parse_reference
from geo_data.features import (
    read_areas,
    read_boundary,
    read_business_layer,
    read_cells,
    read_roads,
    road_rank,
)
from geo_data.layers import layer_names, read_layer
from gridsup import spatial
from gridsup.errors import Invalid

LEFT, RIGHT = shapely.box(114.26, 30.60, 114.27, 30.61), shapely.box(114.27, 30.60, 114.28, 30.61)


def squares(crs: int = 4490) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"编码": ["001", "002"], "名称": ["民权社区", "前进社区"]}, geometry=[LEFT, RIGHT], crs=4490
    )
    return frame.to_crs(crs)


def write(frame: gpd.GeoDataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".zip":
        inner = path.parent / "inner"
        inner.mkdir()
        frame.to_file(inner / "社区.shp", encoding="GB18030")
        (inner / "社区.cpg").unlink()
        with zipfile.ZipFile(path, "w") as archive:
            for part in inner.iterdir():
                archive.write(part, part.name)
    else:
        frame.to_file(path)
    return path


FORMATS = [(s, c) for s in (".gpkg", ".shp", ".zip", ".fgb", ".parquet") for c in (4490, 4547)]


@pytest.mark.parametrize(("suffix", "crs"), [*FORMATS, (".geojson", 4326)])
def test_every_format_gives_the_same_areas(tmp_path: Path, suffix: str, crs: int) -> None:
    path = write(squares(crs), tmp_path / f"社区{suffix}")
    found = read_areas(path).frame.sort_values("code")  # FlatGeobuf sorts by place
    assert list(found["code"]) == ["001", "002"]
    assert list(found["name"]) == ["民权社区", "前进社区"]
    assert found.crs.to_epsg() == 4490
    assert shapely.hausdorff_distance(found.geometry.iloc[0], LEFT) < 1e-9


@pytest.mark.parametrize(
    ("said", "encoding"), [("GBK", "GB18030"), ("UTF-8", "UTF-8"), (None, "UTF-8"), (None, "GB18030")]
)
def test_chinese_tables_of_shapefiles(tmp_path: Path, said: str | None, encoding: str) -> None:
    path = tmp_path / "a.shp"
    squares().to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if said:
        path.with_suffix(".cpg").write_text(said)
    assert list(read_areas(path).frame["name"]) == ["民权社区", "前进社区"]


def test_a_layer_without_a_reference_system_must_have_one_stated(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    squares().to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(Invalid) as refusal:
        read_areas(path)
    assert refusal.value.code == "crs-not-stated"
    assert len(read_areas(path, datum="CGCS2000").frame) == 2


def geojson(path: Path, *shapes: Any, **properties: Any) -> Path:
    features = [
        {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
        for shape in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_geojson_without_crs_is_not_taken_for_wgs84(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", LEFT)
    with pytest.raises(Invalid) as refusal:
        read_areas(path)
    assert refusal.value.code == "crs-not-stated"


def test_gcj02_is_converted_once_on_reading(tmp_path: Path) -> None:
    shifted = shapely.transform(LEFT, spatial.wgs84_to_gcj02)
    assert shapely.hausdorff_distance(shifted, LEFT) > 0.004
    path = geojson(tmp_path / "a.geojson", shifted)
    boundary = read_boundary(path, datum="GCJ-02")
    assert shapely.hausdorff_distance(boundary, LEFT) < 1e-8


@pytest.mark.parametrize("datum", ["WGS84", "GCJ-02"])
def test_metres_taken_for_degrees_are_refused_by_file_feature_and_place(tmp_path: Path, datum: str) -> None:
    frame = gpd.GeoDataFrame(geometry=[LEFT, shapely.box(0, 0, 520_000, 3_380_000)], crs=4490)
    path = tmp_path / "社区.geojson"
    frame.to_crs(4326).to_file(path)
    path.write_text(path.read_text().replace('"crs"', '"was"'))
    with pytest.raises(Invalid) as caught:
        read_areas(path, datum=datum)
    assert caught.value.code == "coordinates-out-of-range"
    for language in ("zh", "en"):
        told = caught.value.text(language)
        assert "社区.geojson" in told
        assert " 2" in told
        assert "520000" in told


def test_a_stated_system_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    path = write(squares(4547), tmp_path / "a.gpkg")
    with pytest.raises(Invalid) as refusal:
        read_areas(path, datum="EPSG:4549")
    assert refusal.value.code == "crs-contradicts"


@pytest.mark.parametrize("epsg", [2385, 4610, 4214])
def test_old_datums_are_refused(epsg: int) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_reference(epsg)
    assert refusal.value.code == "crs-old-datum"


def test_features_without_a_shape_are_named_by_number(tmp_path: Path) -> None:
    frame = squares()
    frame.loc[0, "geometry"] = None
    found = read_areas(write(frame, tmp_path / "a.gpkg"))
    assert [(n, reason.code) for n, reason in found.faults] == [(1, "feature-empty")]
    assert list(found.frame["code"]) == ["002"]


def test_broken_rings_are_refused_for_areas_and_kept_for_cells(tmp_path: Path) -> None:
    bow = shapely.Polygon([(114, 30), (115, 31), (115, 30), (114, 31)])
    path = geojson(tmp_path / "a.geojson", bow, RIGHT)
    areas = read_areas(path, datum="WGS84")
    assert [(n, reason.code) for n, reason in areas.faults] == [(1, "ring-invalid")]
    assert len(read_cells(path, datum="WGS84").frame) == 2


def test_one_boundary_is_picked_by_code_or_name(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.gpkg")
    assert read_boundary(path, pick="002").equals(read_boundary(path, pick="前进社区"))
    with pytest.raises(Invalid) as refusal:
        read_boundary(path)
    assert refusal.value.code == "boundary-choose"
    assert "001 民权社区" in refusal.value.text("zh")


def test_a_file_of_several_layers_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    squares().to_file(path, layer="社区")
    squares().to_file(path, layer="网格")
    assert layer_names(path) == ["社区", "网格"]
    with pytest.raises(Invalid) as refusal:
        read_areas(path)
    assert refusal.value.code == "layer-choose"
    assert len(read_areas(path, layer="网格").frame) == 2


@pytest.mark.parametrize("name", ["a.gpkg", "a.zip", "a.parquet", "a.osm.pbf", "a.shp"])
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x00damaged\xff" * 50)
    with pytest.raises(Invalid) as refusal:
        read_layer(path, layer="points", datum="WGS84")
    assert refusal.value.code == "layer-unreadable"
    assert name in refusal.value.text("en")


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    inner = write(squares(4326), tmp_path / "ok.geojson")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "../../escaped.geojson")
    assert len(read_areas(path).frame) == 2
    assert not (tmp_path.parent / "escaped.geojson").exists()


def test_progress_reaches_the_number_of_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_data.layers.CHUNK", 100)
    points = shapely.points(np.random.default_rng(1).uniform(114, 115, 250), 30.6)
    path = write(gpd.GeoDataFrame(geometry=points, crs=4490), tmp_path / "a.gpkg")
    seen: list[tuple[int, int | None]] = []
    assert len(read_layer(path, progress=lambda done, total: seen.append((done, total))).frame) == 250
    assert seen == [(100, 250), (200, 250), (250, 250), (250, 250)]


def test_roads_are_single_lines_with_their_class(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"道路等级": ["主干路", "支路", None], "路名": ["解放大道", "前进四路", None]},
        geometry=[
            shapely.MultiLineString([[(114, 30), (114.1, 30)], [(114.2, 30), (114.3, 30)]]),
            shapely.LineString([(114, 30.1), (114.1, 30.1)]),
            shapely.LineString([(114, 30.2), (114.1, 30.2)]),
        ],
        crs=4490,
    )
    roads = read_roads(write(frame, tmp_path / "a.gpkg")).frame
    assert list(roads["kind"]) == ["primary", "primary", "tertiary", "unclassified"]
    assert list(roads["name"])[:3] == ["解放大道", "解放大道", "前进四路"]
    assert set(roads.geom_type) == {"LineString"}


def test_stronger_roads_rank_before_weaker_ones() -> None:
    order = [
        "motorway",
        "trunk_link",
        "primary",
        "secondary",
        "tertiary",
        "residential",
        "service",
        "footway",
        "steps",
    ]
    ranks = [road_rank(kind) for kind in order]
    assert ranks == sorted(set(ranks))
    assert road_rank("river") < road_rank("residential")
    assert road_rank(None) == road_rank("什么路")


def test_a_layer_of_shops_is_a_table_like_any_other(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"字号名称": ["甲", "乙"], "经营地址": ["甲路1号", None], "lon": [1.0, 2.0]},
        geometry=[shapely.Point(114.27, 30.6), RIGHT],
        crs=4490,
    )
    table, datum = read_business_layer(write(frame, tmp_path / "a.gpkg"))
    assert datum == "cgcs2000"
    assert table.columns == ["字号名称", "经营地址", "经度", "纬度"]
    assert table.rows[0].values == {"字号名称": "甲", "经营地址": "甲路1号", "经度": 114.27, "纬度": 30.6}
    assert table.rows[1].values["经营地址"] is None
