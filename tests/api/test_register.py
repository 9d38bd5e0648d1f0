"""Businesses, cells and premises over HTTP: found, placed, acted on by one at a time, numbers masked."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import box
from sqlalchemy import text

from gridsup.cells.drafts import CellDraft
from gridsup.registry.rehoming import enact_division

WEST, SOUTH, SIDE = 114.26, 30.60, 0.01
INSIDE, EAST_CELL = (114.262, 30.602), (114.272, 30.602)
ID_NO = "11010519491231002X"


@pytest.fixture
def divided(bureau: Any) -> Any:
    """The bureau with two cells, 01-001 west and 01-002 east."""
    with bureau.session() as session:
        session.execute(
            text("UPDATE jurisdictions SET settings = CAST(:s AS jsonb) WHERE jurisdiction_id = :j"),
            {"j": bureau.id, "s": '{"codes": {"station_width": 2}}'},
        )
        session.expire_all()
        enact_division(
            session,
            bureau.id,
            [
                CellDraft(box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), "01"),
                CellDraft(box(WEST + SIDE, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE), "01"),
            ],
        )
    return bureau


@pytest.fixture
def desk(divided: Any) -> TestClient:
    return divided.client("dispatcher")


def form(name: str = "老王热干面", at: tuple[float, float] | None = INSIDE, **more: Any) -> dict[str, Any]:
    place: dict[str, Any] = {"address": f"{name}路1号"}
    if at:
        place |= {"lon": at[0], "lat": at[1]}
    return {"name": name, "place": place, **more}


def add(desk: TestClient, *args: Any, **more: Any) -> dict[str, Any]:
    answer = desk.post("/api/businesses", json=form(*args, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_business_is_entered_found_and_shown_as_one_file(desk: TestClient) -> None:
    made = add(desk, phone="13800138000", operator_id_no=ID_NO)
    assert made["code"] == "01-001-00001"
    assert made["numbers"] == {"operator_id_no": "110*************2X", "phone": "138****8000"}
    assert "13800138000" not in desk.get(f"/api/businesses/{made['id']}").text
    for q in ("热干面", "lwrgm", "01-001-00001"):
        page = desk.get("/api/businesses", params={"q": q}).json()
        assert [row["id"] for row in page["items"]] == [made["id"]], q
    assert ID_NO not in desk.get("/api/businesses").text
    assert [one["verb"] for one in made["history"]] == ["added"]


def test_lists_page_filter_and_count_the_unplaced(desk: TestClient) -> None:
    placed = [add(desk, f"商行{n}")["id"] for n in range(3)]
    loose = add(desk, "未落点商行", None)["id"]
    first = desk.get("/api/businesses", params={"limit": 3}).json()
    rest = desk.get("/api/businesses", params={"limit": 3, "cursor": first["next"]}).json()
    assert [row["id"] for row in first["items"] + rest["items"]] == [*placed, loose]
    assert rest["next"] is None
    found = desk.get("/api/businesses", params={"placed": False}).json()["items"]
    assert [row["id"] for row in found] == [loose]
    assert desk.get("/api/businesses/unplaced").json() == [
        {"community_id": None, "community": None, "count": 1}
    ]
    bbox = f"{WEST},{SOUTH},{WEST + SIDE},{SOUTH + SIDE}"
    assert len(desk.get("/api/businesses", params={"bbox": bbox}).json()["items"]) == 3
    assert desk.get("/api/businesses", params={"cursor": "WzEsIngiXQ"}).status_code == 422


def test_a_premises_is_placed_by_dragging_and_again_into_another_cell(desk: TestClient) -> None:
    made = add(desk, at=None)
    where = f"/api/premises/{made['premises_id']}/place"
    placed = desk.post(where, json={"lon": INSIDE[0], "lat": INSIDE[1], "way": "desk"})
    assert placed.json()["codes"] == {str(made["id"]): "01-001-00001"}
    moved = desk.post(
        where, json={"lon": EAST_CELL[0], "lat": EAST_CELL[1], "way": "doorstep", "accuracy_m": 8}
    )
    assert moved.json()["codes"] == {str(made["id"]): "01-002-00001"}
    codes = desk.get(f"/api/businesses/{made['id']}").json()["codes"]
    assert [(one["code"], one["ended_on"] is None) for one in codes] == [
        ("01-002-00001", True),
        ("01-001-00001", False),
    ]
    outside = desk.post(where, json={"lon": 100, "lat": 20, "way": "desk"})
    assert (outside.status_code, outside.json()["code"]) == (404, "outside-cells")
    again = desk.get("/api/gazetteer", params={"address": "老王热干面路1号附2"}).json()
    assert again[0]["premises_id"] == made["premises_id"]


def test_a_verb_needs_the_version_that_was_seen(desk: TestClient) -> None:
    made = add(desk)
    url = f"/api/businesses/{made['id']}"
    assert desk.post(f"{url}/close", json={"version": made["version"]}).json()["status"] == "closed"
    stale = desk.post(f"{url}/reopen", json={"version": made["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "business-changed")
    opened = desk.post(f"{url}/reopen", json={"version": made["version"] + 1, "reason": "恢复营业"}).json()
    assert (opened["status"], opened["history"][0]["reason"]) == ("operating", "恢复营业")
    wrong = desk.post(f"{url}/unmerge", json={"version": opened["version"]})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not-merged")


def test_move_replace_merge_permit_and_edit(desk: TestClient) -> None:
    one, other = add(desk, "甲店"), add(desk, "乙店")
    url = f"/api/businesses/{one['id']}"
    to = {"address": "新址2号", "lon": EAST_CELL[0], "lat": EAST_CELL[1]}
    moved = desk.post(f"{url}/move", json={"version": 1, "to": to}).json()
    assert moved["code"] == "01-002-00001"
    permit = {"version": 2, "kind": "食品经营许可证", "department": "D10", "expires_on": "2027-01-01"}
    with_permit = desk.post(f"{url}/permits", json=permit).json()
    number = with_permit["permits"][0]["id"]
    lost = desk.post(f"{url}/permits/{number}/lose", json={"version": 3, "status": "revoked"}).json()
    assert lost["permits"][0]["status"] == "revoked"
    edited = desk.patch(url, json={"version": 4, "name": "甲店新名", "risk": 3}).json()
    assert (edited["name"], edited["risk"]) == ("甲店新名", 3)
    merge = {"version": 5, "drop_id": other["id"], "drop_version": 1, "reason": "同一户"}
    assert desk.post(f"{url}/merge", json=merge).json()["absorbed"] == [other["id"]]
    apart = desk.post(f"/api/businesses/{other['id']}/unmerge", json={"version": 2}).json()
    assert apart["status"] == "operating"
    heir = desk.post(f"{url}/replace", json={"version": 7, "successor": {"name": "丙店"}})
    assert (heir.status_code, heir.json()["replaces_id"]) == (201, one["id"])
    assert heir.json()["premises_id"] == moved["premises_id"]


def test_duplicates_are_suggested(desk: TestClient) -> None:
    one = add(desk, "江城老王热干面馆")
    near = add(desk, "江城老王热干面店", (INSIDE[0] + 0.0001, INSIDE[1]))
    found = desk.get(f"/api/businesses/{one['id']}/duplicates").json()
    assert [(d["id"], d["reasons"]) for d in found] == [(near["id"], ["name_nearby"])]
    assert (found[0]["code"], found[0]["licence_status"]) == (near["code"], "valid")
    assert 5 < found[0]["metres"] < 15
    pairs = desk.get("/api/businesses/duplicates").json()
    assert [(p["first_id"], p["second_id"]) for p in pairs] == [(one["id"], near["id"])]


def test_a_number_is_opened_with_a_reason_by_who_may(divided: Any, desk: TestClient) -> None:
    made = add(desk, phone="13800138000")
    url = f"/api/businesses/{made['id']}/unmask"
    assert desk.post(url, json={"field": "phone", "reason": " "}).status_code == 422
    opened = desk.post(url, json={"field": "phone", "reason": "回访"})
    assert opened.json() == {"value": "13800138000"}
    assert divided.client("manager").post(url, json={"field": "phone", "reason": "想看"}).status_code == 403
    with divided.session() as session:
        entries = (
            session.execute(text("SELECT reason FROM audit_entries WHERE act = 'unmask'")).scalars().all()
        )
    assert entries == ["回访"]


def test_cells_come_as_geojson_with_their_owner_and_history(divided: Any, desk: TestClient) -> None:
    cells = desk.get("/api/cells").json()
    assert [one["properties"]["code"] for one in cells["features"]] == ["01-001", "01-002"]
    assert cells["features"][0]["geometry"]["type"] == "Polygon"
    number = cells["features"][0]["id"]
    assert len(desk.get("/api/cells/unowned").json()) == 2
    officer = divided.officer("inspector")
    day = cells["features"][0]["properties"]["valid_from"]
    given = desk.post("/api/assignments", json={"officer_id": officer.id, "cell_id": number, "from_day": day})
    assert given.status_code == 201, given.text
    detail = desk.patch(f"/api/cells/{number}", json={"duties": ["每月巡查"], "targets": {"visit_days": 30}})
    assert detail.json()["duties"] == ["每月巡查"]
    assert [one["officer_id"] for one in detail.json()["owners"]] == [officer.id]
    shown = desk.get("/api/cells").json()["features"][0]["properties"]
    assert (shown["officer_id"], shown["targets"]) == (officer.id, {"visit_days": 30})
    assert desk.get("/api/cells", params={"day": "2001-01-01"}).json()["features"] == []
    narrow = f"{WEST},{SOUTH},{WEST + 0.001},{SOUTH + 0.001}"
    assert len(desk.get("/api/cells", params={"bbox": narrow}).json()["features"]) == 1
    inspector = divided.client("inspector")
    assert inspector.patch(f"/api/cells/{number}", json={"name": "x"}).status_code == 403


def test_a_point_is_located(desk: TestClient) -> None:
    found = desk.get("/api/locate", params={"lon": INSIDE[0], "lat": INSIDE[1]})
    assert found.json()["code"] == "01-001"
    edge = desk.get("/api/locate", params={"lon": WEST + SIDE, "lat": SOUTH + SIDE / 2})
    assert edge.json()["code"] == "01-001"
    assert desk.get("/api/locate", params={"lon": 0, "lat": 0}).status_code == 404
    assert desk.get("/api/locate", params={"lon": 200, "lat": 0}).status_code == 422


def test_another_jurisdiction_sees_none_of_it(divided: Any, desk: TestClient, another_bureau: Any) -> None:
    made = add(desk)
    stranger = another_bureau().client("dispatcher")
    assert stranger.get("/api/businesses").json()["items"] == []
    assert stranger.get(f"/api/businesses/{made['id']}").status_code == 404
    assert stranger.post(f"/api/businesses/{made['id']}/close", json={"version": 1}).status_code == 404
    assert stranger.get("/api/cells").json()["features"] == []
