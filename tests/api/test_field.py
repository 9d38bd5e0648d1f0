"""The phone: today's matters and due visits, and the pack that it works from without a connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.api.streets import IN_CELL_1, Streets, furnish


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def visit(streets: Streets, business_id: int, *, days_ago: float = 0.001) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    form = {"key": str(uuid4()), "at": at.isoformat(), "result": "normal", "business_id": business_id}
    assert streets.as_("inspector").post("/api/visits", json=form).status_code == 201


def test_today_shows_my_cells_my_matters_and_what_is_due(streets):
    reported = streets.report(facts={"food": True})
    today = streets.as_("inspector").get("/api/field/today").json()
    assert [one["properties"]["code"] for one in today["cells"]["features"]] == sorted(streets.cells)
    (mine,) = today["matters"]
    assert mine["row"]["id"] == reported["matter"]["matter_id"]
    assert [one["action"] for one in mine["actions"] if one["allowed"]] == ["capture", "ask_support"]
    assert [one["business_id"] for one in today["due"]] == [reported["business_id"]]


def test_a_visited_household_is_due_again_only_after_its_interval(streets):
    reported = streets.report()
    visit(streets, reported["business_id"], days_ago=61)
    (due,) = streets.as_("inspector").get("/api/field/today").json()["due"]
    assert due["days_over"] == 1  # risk 3 is seen every 60 days
    visit(streets, reported["business_id"])
    assert streets.as_("inspector").get("/api/field/today").json()["due"] == []


def test_the_nearer_of_two_equal_households_comes_first(streets):
    far = streets.report(position={**IN_CELL_1, "lat": IN_CELL_1["lat"] - 0.012})["business_id"]
    near = streets.report(name="李记小卖部", address="测试街道 9 号")["business_id"]
    where = f"?lon={IN_CELL_1['lon']}&lat={IN_CELL_1['lat']}"
    due = streets.as_("inspector").get(f"/api/field/today{where}").json()["due"]
    assert [one["business_id"] for one in due] == [near, far]
    assert due[0]["metres"] < 1 < 1000 < due[1]["metres"]


def test_half_a_position_is_refused_by_name(streets):
    answer = streets.as_("inspector").get("/api/field/today?lon=114.3")
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["pointer"] == "/lat"


def test_the_pack_holds_households_forms_and_code_lists(streets):
    reported = streets.report()
    pack = streets.as_("inspector").get("/api/field/pack").json()
    assert [one["business_id"] for one in pack["households"]] == [reported["business_id"]]
    procedures = {one["id"]: one for one in pack["procedures"]}
    assert procedures[pack["reports"]]["actions"]["discover"]["form"]["properties"]["source"]
    installed = streets.as_("inspector").get("/api/procedures").json()
    current = {one["id"]: one["version"] for one in installed if one["current"]}
    assert procedures[pack["reports"]]["version"] == current[pack["reports"]]
    assert len(pack["departments"]) == 22
    assert {one["code"] for one in pack["visit_results"]} >= {"normal", "finding"}


def test_somebody_elses_cells_are_not_in_my_pack(streets):
    streets.report()
    other = streets.bureau.client("inspector")
    pack = other.get("/api/field/pack").json()
    assert pack["cells"]["features"] == pack["households"] == []
    assert other.get("/api/field/today").json()["matters"] == []
