"""A rotation sheet from the desk to both inspectors' signatures and the PDF; the A3 map of the cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gridsup.people.deputies import day_of
from tests.api.streets import furnish
from tests.pdf import sizes_of, text_of

DAY = day_of(datetime.now(UTC)) + timedelta(days=3)


@pytest.fixture
def streets(bureau):
    return furnish(bureau)


def test_two_inspectors_sign_in_their_own_sessions_and_the_owner_changes(streets):
    bureau, giver = streets.bureau, streets.as_("inspector")
    taker = bureau.client("inspector", name="接手人")
    desk = streets.as_("dispatcher")
    streets.report()
    owned = giver.get("/api/assignments", params={"officer_id": giver.officer.id}).json()
    cell = owned[0]["cell_id"]
    form = {"giver_id": giver.officer.id, "taker_id": taker.officer.id, "cell_ids": [cell]}
    assert giver.post("/api/handovers", json={**form, "effective_on": str(DAY)}).status_code == 403
    made = desk.post("/api/handovers", json={**form, "effective_on": str(DAY)})
    assert made.status_code == 201, made.text
    sheet = made.json()
    assert (sheet["state"], sheet["may_sign"]) == ("open", None)
    url, seen = f"/api/handovers/{sheet['id']}", {"content_sha256": sheet["content_sha256"]}
    assert desk.post(f"{url}/signatures", json=seen).json()["code"] == "not-a-party"
    assert giver.get(url).json()["may_sign"] == "giver"
    assert giver.post(f"{url}/signatures", json=seen).json()["may_sign"] is None
    done = taker.post(f"{url}/signatures", json=seen).json()
    assert (done["state"], done["assigned_from"]) == ("signed", str(DAY))
    assert [one["role"] for one in done["signatures"]] == ["giver", "taker"]
    there = desk.get("/api/assignments", params={"cell_id": cell, "day": str(DAY)}).json()
    assert [one["officer_id"] for one in there] == [taker.officer.id]
    listed = desk.get("/api/handovers", params={"officer_id": taker.officer.id}).json()["items"]
    assert [one["number"] for one in listed] == [done["number"]]
    assert desk.post(f"{url}/void", json={"reason": "错"}).json()["code"] == "handover-ended"
    pdf = desk.get(f"{url}/sheet.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_the_map_of_a_cell_is_a_pdf_and_leaves_an_audit_entry(streets):
    desk, cell = streets.as_("dispatcher"), next(iter(streets.cells.values()))
    answer = desk.get(f"/api/cells/{cell}/map.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF")
    entries = streets.as_("supervision").get("/api/audit", params={"act": "export"}).json()["items"]
    assert [one["subject"] for one in entries] == ["map.pdf"]
    assert streets.as_("liaison").get(f"/api/cells/{cell}/map.pdf").status_code == 403


def test_the_head_of_the_station_draws_up_a_sheet_and_witnesses_it(streets):
    bureau, giver, head = streets.bureau, streets.as_("inspector"), streets.as_("station_head")
    taker = bureau.client("inspector", name="接手人")
    cell = giver.get("/api/assignments", params={"officer_id": giver.officer.id}).json()[0]["cell_id"]
    form = {"giver_id": giver.officer.id, "taker_id": taker.officer.id, "cell_ids": [cell]}
    lacking = head.post("/api/handovers", json=form)
    assert lacking.status_code == 422
    assert [one["pointer"] for one in lacking.json()["faults"]] == ["/effective_on"]
    made = head.post("/api/handovers", json={**form, "effective_on": str(DAY), "note": "月度轮岗"})
    assert (made.status_code, made.json()["may_sign"]) == (201, "witness")
    url, seen = f"/api/handovers/{made.json()['id']}", {"content_sha256": made.json()["content_sha256"]}
    unread = head.post(f"{url}/signatures", json={})
    assert unread.status_code == 422
    assert [one["pointer"] for one in unread.json()["faults"]] == ["/content_sha256"]
    for each in (head, giver, taker):
        answer = each.post(f"{url}/signatures", json=seen)
        assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "signed"
    assert [one["role"] for one in answer.json()["signatures"]] == ["witness", "giver", "taker"]


def test_the_maps_of_a_station_are_one_pdf_of_a3_sheets_for_all_of_its_cells(streets):
    desk, station = streets.as_("dispatcher"), streets.bureau.organisations["station"]
    answer = desk.get(f"/api/stations/{station}/maps.pdf")
    assert answer.status_code == 200, answer.text
    assert set(sizes_of(answer.content)) == {(420, 297)}
    assert all(code in text_of(answer.content) for code in streets.cells)
    assert desk.get("/api/stations/999999/maps.pdf").json()["code"] == "station-without-cells"
