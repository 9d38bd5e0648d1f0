"""Boundary, roads and cells over HTTP: checked and enacted in one step, or refused by name and place."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
import shapely

from gridsup.people.model import Organisation
from tests.api.streets import SIDE, SOUTH, WEST, Streets, furnish

NORTH, EAST = SOUTH + 2 * SIDE, WEST + 2 * SIDE
HALVES = (shapely.box(WEST, SOUTH, WEST + SIDE, NORTH), shapely.box(WEST + SIDE, SOUTH, EAST, NORTH))


@pytest.fixture
def streets(bureau: Any) -> Streets:
    made = furnish(bureau)
    with bureau.session() as session:
        session.get_one(Organisation, (bureau.id, bureau.organisations["station"])).code = "42010301"
    return made


def layer(client: Any, kind: str, *shapes: Any, **form: Any) -> Any:
    columns = form.pop("columns", {"name": [f"第{n}格" for n in range(1, len(shapes) + 1)]})
    content = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326).to_json(drop_id=True).encode()
    form = {"kind": kind, "datum": "CGCS2000", **form}
    return client.post("/api/imports/layers", files={"file": (f"{kind}.geojson", content)}, data=form)


def cell_codes(client: Any) -> set[str]:
    return {one["properties"]["code"] for one in client.get("/api/cells").json()["features"]}


def test_cells_with_a_gap_are_refused_naming_the_place(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    gap = shapely.box(WEST + SIDE, SOUTH, EAST, NORTH - 0.2 * SIDE)
    answer = layer(client, "cells", HALVES[0], gap, station="42010301")
    assert (answer.status_code, answer.json()["code"]) == (422, "division-faulty")
    (fault,) = answer.json()["faults"]
    assert fault["pointer"].startswith("/file")
    assert "114.27" in fault["detail"]
    assert "30.61" in fault["detail"]
    assert cell_codes(client) == set(streets.cells)


def test_cells_are_checked_alone_first_and_then_enacted(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    checked = layer(client, "cells", *HALVES, station="42010301", check_only="true")
    assert checked.status_code == 200, checked.text
    assert (checked.json()["batch_id"], checked.json()["begun"]) == (None, 2)
    assert cell_codes(client) == set(streets.cells)
    done = layer(client, "cells", *HALVES, station="42010301").json()
    assert (done["landed"], done["begun"], done["ended"]) == (2, 2, 4)
    assert cell_codes(client) == {"42010301-005", "42010301-006"}
    listed = client.get(f"/api/imports/{done['batch_id']}").json()
    assert (listed["kind"], listed["state"], listed["result"]["landed"]) == ("cells", "confirmed", 2)


def test_a_boundary_and_roads_are_set_and_roads_replace_their_like(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    boundary = layer(client, "boundary", shapely.box(WEST, SOUTH, EAST, NORTH), columns={"name": ["江汉区"]})
    assert boundary.status_code == 200, boundary.text
    assert boundary.json()["area_m2"] == pytest.approx(4.25e6, rel=0.01)
    road = shapely.LineString([(WEST - 1, SOUTH + SIDE), (EAST + 1, SOUTH + SIDE)])
    for end in (0, 1e-4):
        moved = shapely.transform(road, lambda points, by=end: points + by)
        answer = layer(client, "roads", moved, columns={"highway": ["primary"], "name": ["解放大道"]})
        assert (answer.status_code, answer.json()["landed"]) == (200, 1), answer.text
    again = layer(client, "roads", moved, columns={"highway": ["primary"], "name": ["解放大道"]})
    assert (again.status_code, again.json()["code"]) == (409, "import-same-file")
    assert client.get("/api/imports").json()["items"][0]["kind"] == "roads"


def test_layers_ask_for_the_right_to_edit_cells(streets: Streets) -> None:
    assert layer(streets.as_("general"), "roads", HALVES[0]).status_code == 403
    refused = layer(streets.as_("dispatcher"), "roads", HALVES[0], datum="")
    assert (refused.status_code, refused.json()["code"]) == (422, "crs-not-stated")
    assert [one["pointer"] for one in refused.json()["faults"]] == ["/datum"]
