"""Drafts of a new division over HTTP: who may, what is stale, and the way from draft to force and past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from geoalchemy2.shape import from_shape
from shapely import LineString, box
from sqlalchemy import text

from gridsup.cells.drafts import CellDraft
from gridsup.cells.locate import today
from gridsup.cells.model import Road
from gridsup.registry.rehoming import enact_division

WEST, SOUTH, SIDE = 114.26, 30.60, 0.01


@pytest.fixture
def divided(bureau: Any) -> Any:
    """The bureau with two cells since long ago, each with a street through its middle."""
    with bureau.session() as session:
        session.execute(
            text("UPDATE jurisdictions SET settings = CAST(:s AS jsonb) WHERE jurisdiction_id = :j"),
            {"j": bureau.id, "s": '{"codes": {"station_width": 2}}'},
        )
        session.expire_all()
        cells = [
            CellDraft(box(WEST + k * SIDE, SOUTH, WEST + (k + 1) * SIDE, SOUTH + SIDE), "01") for k in (0, 1)
        ]
        enact_division(session, bureau.id, cells, day=date(2020, 1, 1))
        for k in (0.5, 1.5):
            line = LineString([(WEST + k * SIDE, SOUTH - SIDE), (WEST + k * SIDE, SOUTH + 2 * SIDE)])
            session.add(
                Road(
                    jurisdiction_id=bureau.id, kind="primary", source="test", geom=from_shape(line, srid=4490)
                )
            )
    return bureau


def made(desk: TestClient) -> dict[str, Any]:
    answer = desk.post("/api/redivisions/today", json={"name": "调整", "stations": ["01"]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_from_draft_to_force_and_back_into_the_past(divided: Any) -> None:
    desk, manager = divided.client("dispatcher"), divided.client("manager")
    shop = desk.post(
        "/api/businesses",
        json={"name": "小店", "place": {"address": "路1号", "lon": WEST + 0.75 * SIDE, "lat": SOUTH + 0.003}},
    ).json()
    draft = made(desk)
    url = f"/api/redivisions/{draft['id']}"
    assert (draft["version"], draft["report"]["blocks"], draft["stations"][0]["code"]) == (1, 4, "01")
    blocks = desk.get(f"{url}/blocks").json()["features"]
    block = next(b["id"] for b in blocks if b["properties"]["businesses"] == 1)
    labels = {c["properties"]["grid"]: c["id"] for c in desk.get(f"{url}/cells").json()["features"]}
    moved = desk.post(f"{url}/move", json={"version": 1, "blocks": [block], "to": labels["002"]})
    assert (moved.status_code, moved.json()["version"]) == (200, 2), moved.text
    stale = desk.post(f"{url}/undo", json={"version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "draft-changed")
    compared = desk.get(f"{url}/comparison").json()
    assert (compared["code_changes"], compared["officer_changes"], compared["outside"]) == (1, 0, 0)
    listed = desk.get(f"{url}/moves", params={"what": "code"}).json()["items"]
    assert [(one["business_id"], one["new_cell_code"]) for one in listed] == [(shop["id"], "01-002")]
    assert desk.get(f"{url}/edits").json()[0]["verb"] == "move"
    act = {"version": 2, "day": today().isoformat()}
    assert desk.post(f"{url}/schedule", json=act).status_code == 403
    done = manager.post(f"{url}/schedule", json=act)
    assert (done.status_code, done.json()["state"], done.json()["result"]["recoded"]) == (200, "enacted", 1)
    yesterday = (today() - timedelta(days=1)).isoformat()
    now, then = (
        desk.get("/api/cells", params=params).json()["features"] for params in ({}, {"day": yesterday})
    )
    assert {one["id"] for one in now}.isdisjoint({one["id"] for one in then})
    assert {one["properties"]["code"] for one in now} == {"01-001", "01-002"}
    east = next(one["id"] for one in now if one["properties"]["code"] == "01-002")
    past = desk.get(f"/api/cells/{east}/history").json()
    assert {one["code"] for one in past["ancestors"]} == {"01-001", "01-002"}
    assert desk.get(f"/api/cells/{east}/deeds").json() == {"items": [], "next": None}
    codes = desk.get(f"/api/businesses/{shop['id']}").json()["code"]
    assert codes == "01-002-00001"


def test_a_day_ahead_is_scheduled_withdrawn_and_dropped(divided: Any) -> None:
    manager = divided.client("manager")
    draft = made(manager)
    url = f"/api/redivisions/{draft['id']}"
    day = (today() + timedelta(days=5)).isoformat()
    kept = manager.post(f"{url}/schedule", json={"version": 1, "day": day}).json()
    assert (kept["state"], kept["planned_on"], kept["version"]) == ("scheduled", day, 2)
    shut = manager.post(f"{url}/split", json={"version": 2, "cell": 1})
    assert (shut.status_code, shut.json()["code"]) == (409, "draft-state")
    assert manager.post(f"{url}/withdraw", json={"version": 2}).json()["state"] == "open"
    assert manager.post(f"{url}/drop", json={"version": 3}).json()["state"] == "dropped"
    assert [one["id"] for one in manager.get("/api/redivisions", params={"state": "dropped"}).json()] == [
        draft["id"]
    ]


def test_edits_by_line_and_by_name_and_a_file_that_goes_round(divided: Any) -> None:
    desk = divided.client("dispatcher")
    draft = made(desk)
    url = f"/api/redivisions/{draft['id']}"
    across = [{"lon": WEST - 0.001, "lat": SOUTH + 0.004}, {"lon": WEST + SIDE + 1e-3, "lat": SOUTH + 0.004}]
    parted = desk.post(f"{url}/split", json={"version": 1, "cell": 1, "line": across})
    assert (parted.json()["report"]["cells"], parted.json()["report"]["blocks"]) == (3, 6), parted.text
    named = desk.patch(f"{url}/cells/3", json={"version": 2, "grid": "9", "name": "北半"})
    assert named.status_code == 200, named.text
    taken = desk.patch(f"{url}/cells/3", json={"version": 3, "grid": "2"})
    assert (taken.status_code, taken.json()["code"]) == (409, "grid-taken")
    file = desk.get(f"{url}/draft.gpkg")
    assert file.content[:6] == b"SQLite"
    back = desk.post(
        f"{url}/import", data={"version": 3}, files={"file": ("draft.gpkg", file.content, "application/x")}
    )
    assert (back.status_code, back.json()["code"]) == (409, "nothing-changes"), back.text
    merged = desk.post(f"{url}/merge", json={"version": 3, "keep": 1, "other": 3})
    assert merged.json()["report"]["cells"] == 2
    undone = desk.post(f"{url}/undo", json={"version": 4}).json()
    titles = [c["properties"]["title"] for c in desk.get(f"{url}/cells").json()["features"]]
    assert (undone["version"], titles) == (5, ["001", "002", "009"])


def test_only_those_who_plan_see_drafts(divided: Any, another_bureau: Any) -> None:
    draft = made(divided.client("dispatcher"))
    assert divided.client("inspector").get("/api/redivisions").status_code == 403
    there = another_bureau().client("manager")
    assert there.get("/api/redivisions").json() == []
    assert there.get(f"/api/redivisions/{draft['id']}").status_code == 404


def test_a_division_is_asked_for_by_mix_stay_and_inspectors(divided: Any) -> None:
    desk = divided.client("dispatcher")
    places = {one["kind"]: one for one in desk.get("/api/redivisions/places").json()}
    assert (places["station"]["code"], places["station"]["cells"], set(places)) == ("01", 2, {"station"})
    mix = {"businesses": 2, "area": 1, "roads": 1}
    asked = {"name": "重划", "stations": ["01"], "inspectors": 2, "mix": mix, "stay": 0}
    answer = desk.post("/api/redivisions/divide", json=asked)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["mix"] == {"businesses": 0.5, "unlicensed": 0, "risk": 0, "area": 0.25, "roads": 0.25}
    assert (made["report"]["cells"], made["undoable"], made["redoable"]) == (2, False, False)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "division-size-missing"),
        ({"cells": 2000}, "division-too-many-cells"),
        ({"cells": 0}, "invalid-input"),
        ({"cells": 2, "inspectors": 3}, "division-size"),
        ({"cells": 2, "stay": 11}, "invalid-input"),
        ({"cells": 2, "mix": {"businesses": 0, "area": 0, "roads": 0}}, "division-mix"),
        ({"cells": 2, "mix": {"area": -1}}, "invalid-input"),
        ({"cells": 2, "name": " "}, "invalid-input"),
        ({"cells": 2, "stations": []}, "division-scope"),
        ({"cells": 2, "parts": [1]}, "division-scope"),
        ({"cells": 2, "stations": [], "parts": [2**62]}, "part-without-cells"),
    ],
)
def test_what_cannot_be_divided_is_told_in_words(divided: Any, wrong: dict[str, Any], code: str) -> None:
    asked = {"name": "重划", "stations": ["01"]} | wrong
    answer = divided.client("dispatcher").post("/api/redivisions/divide", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


def test_what_was_undone_is_made_again(divided: Any) -> None:
    desk = divided.client("dispatcher")
    url = f"/api/redivisions/{made(desk)['id']}"
    desk.post(f"{url}/split", json={"version": 1, "cell": 1})
    undone = desk.post(f"{url}/undo", json={"version": 2}).json()
    assert (undone["undoable"], undone["redoable"]) == (False, True)
    again = desk.post(f"{url}/redo", json={"version": 3}).json()
    assert (again["report"]["cells"], again["undoable"], again["redoable"]) == (3, True, False)
    empty = desk.post(f"{url}/redo", json={"version": 4})
    assert (empty.status_code, empty.json()["code"]) == (409, "nothing-to-redo")
