"""Files and addresses for GIS programs: the GeoPackage opens styled and holds no more than it should."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from math import asinh, pi, radians, tan
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest
from sqlalchemy import text

from gridsup.gis.geopackage import style_of
from gridsup.gis.layers import LAYERS
from gridsup.registry.model import LICENCE_STATUS
from tests.api.streets import SIDE, SOUTH, WEST, Streets
from tests.api.town import ID_NO, PHONE, SHOP
from tests.mvt import read


@pytest.fixture(scope="module")
def package(town: Streets, tmp_path_factory: pytest.TempPathFactory) -> Path:
    answer = town.as_("dispatcher").get("/api/gis/layers.gpkg")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    assert ".gpkg" in answer.headers["content-disposition"]
    path = tmp_path_factory.mktemp("gpkg") / "layers.gpkg"
    path.write_bytes(answer.content)
    return path


@pytest.fixture
def tables(package: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(package)) as connection:
        yield connection


def test_the_package_holds_every_layer_with_its_columns_types_and_places(package: Path) -> None:
    assert set(pyogrio.list_layers(package)[:, 0]) == {*LAYERS, "layer_styles"}
    for name, layer in LAYERS.items():
        info = pyogrio.read_info(package, layer=name)
        assert list(info["fields"]) == [one.name for one in layer.fields]
        assert (info["crs"], info["geometry_type"]) == ("EPSG:4490", layer.geometry_type)
        kinds = dict(zip(info["fields"], info["ogr_types"], strict=True))
        for one in layer.fields:
            assert (
                kinds[one.name]
                == {
                    "integer": "OFTInteger64",
                    "number": "OFTReal",
                    "text": "OFTString",
                    "boolean": "OFTInteger",
                    "day": "OFTDate",
                    "instant": "OFTDateTime",
                }[one.kind]
            ), one.name
    cells = pyogrio.read_dataframe(package, layer="cells").sort_values("code")
    assert [code[-3:] for code in cells["code"]] == ["001", "002", "003", "004"]
    assert cells.geometry.iloc[0].bounds == pytest.approx((WEST, SOUTH + SIDE, WEST + SIDE, SOUTH + 2 * SIDE))
    shops = pyogrio.read_dataframe(package, layer="businesses").set_index("name")
    point = shops.loc["和平饭店"].geometry
    assert (point.x, point.y) == pytest.approx(SHOP)
    assert shops.loc["未落点O'Neil小店"].geometry is None
    assert str(shops.loc["和平饭店"]["opened_on"])[:10] == "2026-01-05"


def test_no_number_of_a_person_is_in_the_file(package: Path) -> None:
    content = package.read_bytes()
    assert "和平饭店".encode() in content
    assert PHONE.encode() not in content
    assert ID_NO.encode() not in content


def test_qgis_finds_a_style_for_each_layer_as_its_default(tables: sqlite3.Connection) -> None:
    rows = tables.execute(
        "SELECT f_table_name, f_geometry_column, f_table_catalog, f_table_schema, useAsDefault, styleQML "
        "FROM layer_styles"
    ).fetchall()
    assert {row[0] for row in rows} == set(LAYERS)
    geometries = dict(tables.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    for name, geometry, catalog, schema, default, qml in rows:
        assert (geometry, catalog, schema, default) == (geometries[name], "", "", 1)
        assert qml == style_of(name)
    [kind] = tables.execute(
        "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
    ).fetchone()
    assert kind == "attributes"


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_a_style_names_columns_that_there_are_and_every_symbol_it_uses(name: str) -> None:
    style = ElementTree.fromstring(style_of(name).split("\n", 1)[1])
    renderer = style.find("renderer-v2")
    assert renderer is not None
    columns = {one.name for one in LAYERS[name].fields}
    label = style.find("labeling/settings/text-style")
    assert label is not None
    assert label.get("fieldName") in columns
    symbols = {one.get("name") for one in renderer.findall("symbols/symbol")}
    if renderer.get("type") == "categorizedSymbol":
        assert renderer.get("attr") in columns
        used = [one.get("symbol") for one in renderer.findall("categories/category")]
        assert set(used) == symbols
        assert len(used) == len(symbols)
    else:
        assert symbols == {"0"}
    assert style.findtext("layerGeometryType") == {"Point": "0", "Polygon": "2"}[LAYERS[name].geometry_type]


def test_styles_know_every_value_of_the_columns_they_colour() -> None:
    known = {
        "businesses": set(LICENCE_STATUS),
        "matters": {"new", "doing", "waiting", "done"},
        "findings": {"patrol", "call", "report", "referral"},
    }
    for name, values in known.items():
        style = ElementTree.fromstring(style_of(name).split("\n", 1)[1])
        assert {one.get("value") for one in style.iter("category")} == {*values, ""}


def test_the_download_needs_the_permission_and_leaves_an_audit_entry(town: Streets, package: Path) -> None:
    assert town.bureau.anonymous().get("/api/gis/layers.gpkg").status_code == 401
    assert town.as_("inspector").get("/api/gis/layers.gpkg").status_code == 403
    with town.bureau.session() as session:
        [(officer, detail)] = session.execute(
            text(
                "SELECT officer_id, detail FROM audit_entries "
                "WHERE act = 'export' AND subject = 'layers.gpkg'"
            )
        ).all()
    assert officer == town.as_("dispatcher").officer.id
    assert detail["features"] == {"cells": 4, "businesses": 3, "matters": 1, "findings": 1}


@pytest.mark.parametrize("layer", ["cells", "businesses", "unlicensed", "matters", "basemap"])
def test_tilejson_leads_to_tiles_with_the_layers_it_names(town: Streets, layer: str) -> None:
    desk = town.as_("dispatcher")
    told = desk.get(f"/api/tiles/{layer}.json").json()
    assert (told["tilejson"], told["scheme"]) == ("3.0.0", "xyz")
    [address] = told["tiles"]
    for zoom in (11, 15):
        x, y = _tile(zoom)
        answer = desk.get(address.format(z=zoom, x=x, y=y))
        assert answer.status_code == 200
        for name, inside in read(answer.content).items():
            one = next(each for each in told["vector_layers"] if each["id"] == name)
            assert one["minzoom"] <= zoom <= one["maxzoom"]
            if layer != "basemap":
                for feature in inside.features:
                    assert set(feature.properties) <= {*one["fields"], "station", "officer_id"}


def _tile(zoom: int) -> tuple[int, int]:
    return int((SHOP[0] + 180) / 360 * 2**zoom), int((1 - asinh(tan(radians(SHOP[1]))) / pi) / 2 * 2**zoom)


def test_tilejson_needs_what_the_tiles_need(town: Streets) -> None:
    liaison = town.as_("liaison")
    assert liaison.get("/api/tiles/businesses.json").status_code == 403
    assert liaison.get("/api/tiles/basemap.json").status_code == 200
    assert town.bureau.anonymous().get("/api/tiles/basemap.json").status_code == 401
