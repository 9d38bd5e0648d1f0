"""OGC API Features: read as GIS programs do, under the same walls as everything else."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from api.ogc.access import NEEDED
from gridsup.gis.layers import LAYERS
from tests.api.conftest import serving
from tests.api.streets import SIDE, SOUTH, WEST, Streets
from tests.api.town import CRS84, EPSG, ID_NO, PHONE, SHOP, items, keeps_to, names, refusal, transformed

ALL = ["self", *{one.value for one in NEEDED.values()}, "matters:read-all"]


@pytest.fixture(scope="module")
def desk(town: Streets) -> Any:
    return town.as_("dispatcher")


@pytest.fixture(scope="module")
def description(desk: Any) -> dict[str, Any]:
    return desk.get("/ogc/api").json()


# ---------------------------------------------------------------- the pages


def test_every_page_answers_and_its_links_lead_to_pages(desk: Any) -> None:
    seen, waiting = set(), ["http://testserver/ogc"]
    while waiting:
        href = waiting.pop()
        if href in seen:
            continue
        seen.add(href)
        answer = desk.get(href)
        assert answer.status_code == 200, href
        body = answer.json()
        for part in (body, *body.get("collections", ())):
            for one in part.get("links", ()):
                assert one["href"].startswith("http://testserver/ogc")
                waiting.append(one["href"])
    assert {f"http://testserver/ogc/collections/{name}/items" for name in LAYERS} <= seen
    assert "http://testserver/ogc/conformance" in seen


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("", "LandingPage"),
        ("/conformance", "Conformance"),
        ("/collections", "Collections"),
        ("/collections/cells", "Collection"),
        *((f"/collections/{name}/items", "FeatureCollection") for name in LAYERS),
    ],
)
def test_answers_keep_to_the_services_own_description(
    desk: Any, description: dict[str, Any], path: str, schema: str
) -> None:
    assert description["openapi"].startswith("3.0.")
    assert (path or "/") in description["paths"]
    keeps_to(description, schema, desk.get(f"/ogc{path}").json())


def test_the_description_names_every_reference_once(description: dict[str, Any]) -> None:
    text = str(description)
    for section, parts in description["components"].items():
        for name in parts:
            if section != "securitySchemes":
                assert f"#/components/{section}/{name}" in text, f"{section}/{name} is described, never used"


def test_properties_are_those_of_the_schema_and_keep_their_types(desk: Any) -> None:
    for name, layer in LAYERS.items():
        schema = desk.get(f"/ogc/collections/{name}/schema").json()
        assert list(schema["properties"]) == [*(one.name for one in layer.fields), "geometry"]
        found = items(desk, name)
        assert found
        for one in found:
            assert list(one["properties"]) == [field.name for field in layer.fields]
            known = {key: value for key, value in one["properties"].items() if value is not None}
            jsonschema.Draft202012Validator(
                {"properties": {k: v for k, v in schema["properties"].items() if k != "geometry"}},
                format_checker=jsonschema.FormatChecker(),
            ).validate(known)


# ---------------------------------------------------------------- walls


def test_nobody_reads_anything(town: Streets) -> None:
    answer = town.bureau.anonymous().get("/ogc/collections/cells/items")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_liaison_sees_matters_of_the_own_body_and_no_other_collection(town: Streets) -> None:
    liaison = town.as_("liaison")
    listed = liaison.get("/ogc/collections").json()["collections"]
    assert [one["id"] for one in listed] == ["matters"]
    assert items(liaison, "matters") == []
    for name in ("cells", "businesses", "findings"):
        assert liaison.get(f"/ogc/collections/{name}/items").status_code == 403
    number = items(town.as_("dispatcher"), "matters")[0]["id"]
    assert liaison.get(f"/ogc/collections/matters/items/{number}").status_code == 404


def test_no_number_of_a_person_and_no_free_text_of_a_report_leaves(town: Streets) -> None:
    for name in LAYERS:
        text = town.as_("dispatcher").get(f"/ogc/collections/{name}/items").text
        assert PHONE not in text
        assert ID_NO not in text
    columns = {one.name for layer in LAYERS.values() for one in layer.fields}
    assert columns.isdisjoint(
        {"phone", "operator_id_no", "operator_id_index", "facts", "note", "device", "search"}
    )


def test_a_token_reads_what_it_lists(town: Streets, desk: Any) -> None:
    program = town.bureau.anonymous()
    program.headers["Authorization"] = f"Bearer {token(desk, 'cells:read')}"
    for page in ("", "/conformance", "/api"):
        assert program.get(f"/ogc{page}").status_code == 200, page
    assert program.get("/ogc/collections/nowhere").status_code == 404
    assert program.get("/api/tiles/cells.json").status_code == 200
    assert program.get("/api/tiles/businesses.json").status_code == 403
    assert [one["id"] for one in program.get("/ogc/collections").json()["collections"]] == ["cells"]
    assert len(items(program, "cells")) == 4
    assert program.get("/ogc/collections/businesses/items").status_code == 403


def token(client: Any, *permissions: str) -> str:
    ends = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    made = client.post(
        "/api/tokens", json={"name": "QGIS", "permissions": list(permissions), "expires_at": ends}
    )
    assert made.status_code == 201, made.text
    return made.json()["secret"]


# ---------------------------------------------------------------- reference systems


@pytest.mark.parametrize("srid", [4490, 4326, 3857, 4547])
def test_a_known_point_stands_where_the_authority_says(desk: Any, srid: int) -> None:
    answer = desk.get(
        "/ogc/collections/businesses/items", params={"crs": EPSG + str(srid), "name": "和平饭店"}
    )
    assert answer.headers["content-crs"] == f"<{EPSG}{srid}>"
    [found] = answer.json()["features"]
    tolerance = 1e-8 if srid in (4490, 4326) else 0.01
    assert found["geometry"]["coordinates"] == pytest.approx(transformed(srid, *SHOP), abs=tolerance)


def test_the_default_is_longitude_before_latitude(desk: Any) -> None:
    answer = desk.get("/ogc/collections/businesses/items", params={"name": "和平饭店"})
    assert answer.headers["content-crs"] == f"<{CRS84}>"
    assert answer.json()["features"][0]["geometry"]["coordinates"] == pytest.approx(SHOP)
    about = desk.get("/ogc/collections/businesses").json()
    assert about["storageCrs"] == f"{EPSG}4490"
    assert about["crs"] == [CRS84, *(f"{EPSG}{srid}" for srid in (4490, 4326, 3857, 4547))]


@pytest.mark.parametrize("srid", [4490, 4326, 3857, 4547])
def test_a_box_in_any_system_finds_the_cell_it_touches_and_no_other(desk: Any, srid: int) -> None:
    low = transformed(srid, WEST + 0.2 * SIDE, SOUTH + 0.2 * SIDE)
    high = transformed(srid, WEST + 0.8 * SIDE, SOUTH + 0.8 * SIDE)
    box = ",".join(map(str, (*low, *high)))
    found = names(desk, "cells", "code", bbox=box, **{"bbox-crs": EPSG + str(srid)})
    assert found == ["42010301-003"]


def test_boxes_of_all_kinds(desk: Any) -> None:
    inside = f"{WEST + 0.1 * SIDE},{SOUTH + 0.1 * SIDE},{WEST + 0.2 * SIDE},{SOUTH + 0.2 * SIDE}"
    assert names(desk, "cells", "code", bbox=inside) == ["42010301-003"]
    west, south, east, north = inside.split(",")
    assert names(desk, "cells", "code", bbox=f"{west},{south},-5,{east},{north},5") == ["42010301-003"]
    assert len(items(desk, "cells", bbox="-180,-90,180,90")) == 4
    assert items(desk, "cells", bbox="170,-10,-170,10") == []
    assert len(items(desk, "cells", bbox="110,-10,-170,60")) == 4
    world = {"bbox": "-1e9,-1e9,1e9,1e9"}
    assert len(items(desk, "cells", **world, **{"bbox-crs": f"{EPSG}4547"})) == 4
    assert len(items(desk, "cells", **world, **{"bbox-crs": f"{EPSG}3857"})) == 4
    for bad in ("1,2,3", "a,b,c,d", "1,2,3,nan", "1,5,2,4", "0,0,200,10"):
        assert refusal(desk, "cells", bbox=bad) == "bbox"


# ---------------------------------------------------------------- time, pages, parameters


@pytest.mark.parametrize(
    ("when", "codes"),
    [
        ("2015-06-01", ["009"]),
        ("2015-06-01T12:00:00Z", ["009"]),
        ("2019-12-31", ["009"]),
        ("2020-01-01", ["001", "002", "003", "004"]),
        ("2019-12-31T16:00:00Z", ["001", "002", "003", "004"]),
        ("2019-12-31/2020-01-01", ["001", "002", "003", "004", "009"]),
        ("../2009-01-01", []),
        ("/2012-01-01", ["009"]),
        ("2021-01-01/..", ["001", "002", "003", "004"]),
    ],
)
def test_a_past_day_has_its_own_cells(desk: Any, when: str, codes: list[str]) -> None:
    assert sorted(code[-3:] for code in names(desk, "cells", "code", datetime=when)) == codes


def test_without_a_time_the_cells_are_those_of_today(desk: Any) -> None:
    assert [code[-3:] for code in names(desk, "cells", "code")] == ["001", "002", "003", "004"]
    past = items(desk, "cells", datetime="2015-06-01")[0]["id"]
    assert desk.get(f"/ogc/collections/cells/items/{past}").json()["properties"]["valid_to"] == "2020-01-01"


def test_findings_and_matters_have_their_times(desk: Any) -> None:
    for layer in ("findings", "matters"):
        assert len(items(desk, layer, datetime=datetime.now(UTC).date().isoformat() + "/..")) <= 1
        assert items(desk, layer, datetime="../2001-01-01") == []
        assert len(items(desk, layer, datetime="2001-01-01/..")) == 1


def test_following_the_next_links_gives_every_feature_once(desk: Any) -> None:
    seen, href = [], "/ogc/collections/cells/items?limit=1&crs=" + EPSG + "4490"
    while href:
        body = desk.get(href).json()
        assert body["numberReturned"] == len(body["features"]) == 1
        assert body.get("numberMatched", 4) == 4
        seen += [one["id"] for one in body["features"]]
        href = next((one["href"] for one in body["links"] if one["rel"] == "next"), None)
    assert len(seen) == len(set(seen)) == 4
    assert [one["id"] for one in items(desk, "cells", offset=2)] == seen[2:]
    assert [one["id"] for one in items(desk, "cells", offset=1, limit=2)] == seen[1:3]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"wrong": "1"}, "unknown-parameter"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"crs": f"{EPSG}4214"}, "crs-not-offered"),
        ({"bbox-crs": "EPSG:4490"}, "crs-not-offered"),
        ({"datetime": "gestern"}, "datetime"),
        ({"datetime": "2026-02-30"}, "datetime"),
        ({"datetime": "2026-02-03/2026-02-01"}, "datetime"),
        ({"f": "html"}, "format"),
        ({"filter-lang": "cql-text", "filter": "id=1"}, "filter-lang"),
        ({"id": "x"}, "filter"),
        ({"limit": ["1", "2"]}, "repeated-parameter"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(desk: Any, params: dict[str, Any], code: str) -> None:
    assert refusal(desk, "cells", **params) == code


def test_more_than_the_most_gives_the_most(desk: Any) -> None:
    assert len(items(desk, "cells", limit=10**9)) == 4


@pytest.mark.parametrize(
    "path", ["/ogc/collections/shops", "/ogc/collections/cells/items/0", "/ogc/collections/cells/items/x"]
)
def test_what_is_not_there_is_not_found(desk: Any, path: str) -> None:
    answer = desk.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


# ---------------------------------------------------------------- GDAL


@pytest.fixture(scope="module")
def gdal(town: Streets, desk: Any) -> dict[str, Any]:
    """What GDAL read from the service on a real socket, signed in by a token."""
    with serving(town.bureau.app) as url:
        reader = str(Path(__file__).with_name("gdal_reader.py"))
        command = [sys.executable, reader, url, token(desk, *ALL)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_gdal_reads_every_collection(gdal: dict[str, Any], desk: Any) -> None:
    assert sorted(gdal["layers"]) == sorted(LAYERS)
    for name, layer in LAYERS.items():
        read = gdal["layers"][name]
        assert sorted(read["ids"]) == sorted(one["id"] for one in items(desk, name))
        assert read["crs"] == "EPSG:4490"
        assert {one.name for one in layer.fields} <= set(read["columns"])
    for name, column in (("cells", "valid_from"), ("matters", "opened_at"), ("findings", "found_at")):
        assert gdal["layers"][name]["types"][column].startswith("datetime64")


@pytest.mark.parametrize("srid", [4490, 4326, 3857, 4547])
def test_gdal_puts_the_shop_in_the_same_place_in_every_system(gdal: dict[str, Any], srid: int) -> None:
    known, lon, lat = gdal["places"][str(srid)]
    assert known == ("OGC:CRS84" if srid == 4326 else f"EPSG:{srid}")  # GDAL takes the two for one
    assert (lon, lat) == pytest.approx(SHOP, abs=1e-7)


def test_gdal_pages_and_filters(gdal: dict[str, Any]) -> None:
    assert len(set(gdal["paged"])) == len(gdal["paged"]) == 4
    assert gdal["boxed"] == ["42010301-003"]
    assert gdal["filtered"] == ["和平饭店"]
