"""Referrals both ways over HTTP: taken in, matched by hand, printed, found by number, scored; duty."""

from __future__ import annotations

import csv
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.api.streets import CLASSIFIED, Streets, furnish


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


@pytest.fixture
def desk(streets: Streets) -> TestClient:
    return streets.as_("dispatcher")


def told(**more: object) -> dict[str, object]:
    return {"kind": "referral", "department": "D06", "name": "查无此店", **more}


def test_a_notice_waits_until_the_dispatcher_names_its_household(streets: Streets, desk: TestClient) -> None:
    business = streets.report(name="老王面馆")["business_id"]
    streets.report(name="老王面馆", address="民权街道测试二里弄 9 号", position=None)
    taken = desk.post("/api/inbound", json=told(name="老王面馆")).json()
    assert taken["matter"] is None
    assert business in {one["business_id"] for one in taken["candidates"]}
    listed = desk.get("/api/inbound", params={"unmatched": True}).json()["items"]
    assert [one["id"] for one in listed] == [taken["id"]]
    path = f"/api/inbound/{taken['id']}"
    assert business in {one["business_id"] for one in desk.get(f"{path}/candidates").json()}
    rough = desk.post("/api/inbound", json=told(name="王记老面馆子")).json()
    assert rough["candidates"] == []
    (near, *_) = desk.get(f"/api/inbound/{rough['id']}/candidates").json()
    assert (near["name"], near["likeness"]) == ("老王面馆", 0.667)
    desk.post(f"/api/inbound/{rough['id']}/dismiss", json={"reason": "重复"})
    matter = desk.post(f"{path}/match", json={"business_id": business}).json()
    assert matter["state"] == "discovered"
    assert desk.post(f"{path}/dismiss", json={"reason": "误报"}).json()["code"] == "inbound-settled"
    assert desk.get("/api/inbound", params={"unmatched": True}).json()["items"] == []
    assert len(desk.get("/api/inbound", params={"unanswered": True}).json()["items"]) == 1
    assert streets.as_("liaison").get("/api/inbound").status_code == 403


def test_a_spreadsheet_has_one_batch_and_an_outcome_for_each_row(streets: Streets, desk: TestClient) -> None:
    streets.report(name="赵记杂货")
    sheet = (
        "单位名称,经营地址,许可证号,失效方式,失效日期\n"
        "赵记杂货,,卫2020-1,吊销,2026-01-05\n"
        "无此店,,卫2020-2,注销,2026-01-06\n"
        "李记,,卫2020-3,,2026-01-06\n"
        "孙记,,卫2020-4,没了,26-1-6\n"
    )
    form = {"kind": "permit_loss", "department": "D06"}
    files = {"file": ("失效.csv", sheet.encode("gb18030"), "text/csv")}
    first = desk.post("/api/inbound/sheet", data=form, files=files).json()
    assert (first["routed"], first["unmatched"], first["refused"]) == (1, 1, 2)
    assert [one["row"] for one in first["outcomes"]] == [2, 3, 4, 5]
    assert [bool(one["refusal"]) for one in first["outcomes"]] == [False, False, True, True]
    named = [[fault["pointer"] for fault in one["faults"]] for one in first["outcomes"]]
    assert named == [[], [], ["/status"], ["/lost_on", "/status"]]
    _mended_and_sent_again(desk, form, first["refused_rows"])
    again = desk.post("/api/inbound/sheet", data=form, files=files).json()
    assert again["batch"] == first["batch"]
    kept = desk.get("/api/inbound", params={"batch": first["batch"]}).json()["items"]
    assert [(one["name"], one["business_name"]) for one in kept] == [
        ("无此店", None),
        ("赵记杂货", "赵记杂货"),
    ]
    assert kept[1]["state_title"]["zh"] == "已发现"


def _mended_and_sent_again(desk: TestClient, form: dict[str, str], refused: dict[str, str]) -> None:
    """The refused rows in their own columns with all their faults; mended there, they come in."""
    text = b64decode(refused["csv"]).decode("utf-8-sig")
    head, first, second = csv.reader(StringIO(text))
    assert head == ["原因", "原始行号", "单位名称", "经营地址", "许可证号", "失效方式", "失效日期"]
    assert (first[1:3], second[1:3]) == (["4", "李记"], ["5", "孙记"])
    assert len(second[0].splitlines()) == 2  # every fault of the row, each in both languages
    page = load_workbook(BytesIO(b64decode(refused["xlsx"]))).active
    page["F2"], page["F3"], page["G3"] = "吊销", "注销", "2026-01-06"
    mended = BytesIO()
    page.parent.save(mended)
    files = {"file": (f"{refused['name']}.xlsx", mended.getvalue(), "application/octet-stream")}
    told = desk.post("/api/inbound/sheet", data=form, files=files).json()
    assert (told["unmatched"], told["refused"], told["refused_rows"]) == (2, 0, None)


def test_referrals_print_in_one_act_and_come_back_by_number(streets: Streets, desk: TestClient) -> None:
    matter = streets.report()["matter"]["matter_id"]
    streets.done("dispatcher", matter, "classify", CLASSIFIED)
    leads = desk.get(f"/api/matters/{matter}/allocation").json()
    assert leads["considered"][-1]["rule"] == leads["rule"]
    lacking = {name for row in leads["considered"] if row["verdict"] is None for name in row["missing"]}
    assert lacking == set(leads["fact_titles"])
    (referral,) = streets.done("dispatcher", matter, "refer", {"department": "D07", "basis": "第六条"})[
        "children"
    ]
    assert (
        desk.post("/api/referrals/print", json={"matters": [referral]}).json()["code"] == "referral-not-sent"
    )
    streets.done("dispatcher", referral, "send")
    number = streets.matter(referral)["number"]
    made = desk.post("/api/referrals/print", json={"matters": [referral]})
    assert made.headers["content-type"] == "application/pdf"
    assert made.content.startswith(b"%PDF")
    (found,) = desk.get("/api/referrals/lookup", params={"number": number.replace("〔", "[")}).json()
    serial = str(int(number.partition("〕")[2].removesuffix("号")))
    assert desk.get("/api/referrals/lookup", params={"number": serial}).json() == [found]
    assert (found["matter_id"], found["state"]) == (referral, "sent")
    streets.done("dispatcher", referral, "receive_paper", {"receiver": "王科长"})
    (score,) = desk.get("/api/referrals/scoreboard").json()
    assert (score["department"], score["sent"], score["received"], score["unreceived"]) == ("D07", 1, 1, 0)


def test_permits_near_their_end_are_listed_and_raise_themselves(streets: Streets, desk: TestClient) -> None:
    business = streets.report(name="许可将满店")["business_id"]
    version = desk.get(f"/api/businesses/{business}").json()["version"]
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    permit = {"version": version, "kind": "卫生许可证", "department": "D06", "expires_on": yesterday}
    assert desk.post(f"/api/businesses/{business}/permits", json=permit).status_code == 201
    (ending,) = desk.get("/api/permits/ending").json()
    assert ending["business_id"] == business
    assert len(desk.post("/api/permits/raise-expired").json()["matters"]) == 1
    assert desk.post("/api/permits/raise-expired").json()["matters"] == []


def test_the_roster_is_kept_by_those_who_assign(streets: Streets, desk: TestClient) -> None:
    officer = streets.as_("station_head").officer
    monday = datetime.now(UTC).date() + timedelta(days=7 - datetime.now(UTC).weekday())
    saturday, sunday = (str(monday + timedelta(days=n)) for n in (5, 6))
    entry = {"day": saturday, "organisation_id": streets.bureau.organisations["station"],
             "officer_id": officer.id}  # fmt: skip
    made = desk.post("/api/duties", json=entry).json()
    for day, code in (("2020-01-04", "duty-past"), (str(monday + timedelta(days=1)), "duty-working-day")):
        assert desk.post("/api/duties", json={**entry, "day": day}).json()["code"] == code
    days = {"first": str(monday), "last": sunday}
    assert desk.get("/api/duties", params=days).json() == [
        {"day": saturday, "off": True, "duties": [made]},
        {"day": sunday, "off": True, "duties": []},
    ]
    head = streets.as_("station_head")
    bureau = {**entry, "organisation_id": streets.bureau.organisations["bureau"]}
    assert head.post("/api/duties", json=bureau).json()["code"] == "duty-not-yours"
    assert head.post("/api/duties", json={**entry, "day": sunday}).status_code == 201
    backwards = {"first": sunday, "last": saturday}
    assert desk.get("/api/duties", params=backwards).json()["code"] == "duty-days"
    swapped = desk.patch(
        f"/api/duties/{made['id']}", json={"officer_id": streets.as_("inspector").officer.id}
    )
    assert swapped.json()["officer_id"] == streets.as_("inspector").officer.id
    for one in desk.get("/api/duties", params=days).json():
        for each in one["duties"]:
            assert desk.delete(f"/api/duties/{each['id']}").status_code == 204
    assert not any(one["duties"] for one in desk.get("/api/duties", params=days).json())
    assert streets.as_("inspector").post("/api/duties", json=entry).status_code == 403
