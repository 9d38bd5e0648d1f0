"""Findings, calls, visits and files over HTTP."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.api.streets import CAPTURED, IN_CELL_1, Streets, furnish, photo, report

RAW = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


# -------------------------------------------------------------------- findings


def test_a_finding_sent_again_is_the_same_finding(streets):
    form = report()
    first = streets.as_("inspector").post("/api/findings", json=form)
    again = streets.as_("inspector").post("/api/findings", json=form)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["finding_id"] == first.json()["finding_id"]
    assert again.json()["matter"]["replayed"]
    assert len(streets.as_("dispatcher").get("/api/findings").json()["items"]) == 1


def test_findings_are_listed_by_cell_and_time_newest_first(streets):
    hours = [3, 1, 2]
    made = {
        hour: streets.report(found_at=(datetime.now(UTC) - timedelta(hours=hour)).isoformat())["finding_id"]
        for hour in hours
    }
    reader = streets.as_("dispatcher")
    page = reader.get("/api/findings", params={"limit": 2}).json()
    rest = reader.get("/api/findings", params={"limit": 2, "cursor": page["next"]}).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == [made[hour] for hour in sorted(hours)]
    since = (datetime.now(UTC) - timedelta(hours=1.5)).isoformat()
    recent = reader.get("/api/findings", params={"since": since}).json()["items"]
    assert [one["id"] for one in recent] == [made[1]]
    first = recent[0]
    assert (first["cell_code"], first["business_name"]) == ("42010301-001", "王记早点摊")
    assert (first["lon"], first["lat"]) == (IN_CELL_1["lon"], IN_CELL_1["lat"])
    elsewhere = reader.get("/api/findings", params={"cell_id": streets.cells["42010301-002"]}).json()
    assert elsewhere["items"] == []


def test_faults_of_a_report_point_at_its_facts(streets):
    answer = streets.as_("inspector").post("/api/findings", json=report(facts={"food": "yes"}))
    assert (answer.status_code, answer.json()["code"]) == (422, "form-invalid")
    assert [one["pointer"] for one in answer.json()["faults"]] == ["/facts/food"]


def test_unknown_facts_of_a_report_are_named(streets):
    answer = streets.as_("inspector").post("/api/findings", json=report(facts={"foood": True}))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-facts")


def test_a_report_with_an_absent_photo_is_refused_and_leaves_nothing(streets):
    digest, _ = photo()
    answer = streets.as_("inspector").post(
        "/api/findings", json=report(photos=[{"sha256": digest, "caption": "门面"}])
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "photo-absent")
    assert streets.as_("dispatcher").get("/api/findings").json()["items"] == []


def test_a_liaison_reports_nothing(streets):
    assert streets.as_("liaison").post("/api/findings", json=report()).status_code == 403


def test_a_call_is_registered_with_its_outside_number(streets):
    form = {
        "key": str(uuid4()),
        "called_at": datetime.now(UTC).isoformat(),
        "outside_number": "12345-20260210-0007",
        "name": "无名夜宵",
        "address": "测试街道 7 号",
        "facts": {"food": True},
        "note": "群众反映油烟扰民且无照",
    }
    answer = streets.as_("dispatcher").post("/api/calls", json=form)
    assert answer.status_code == 201, answer.text
    matter = streets.matter(answer.json()["matter"]["matter_id"])
    assert matter["facts"]["source"] == "call"
    (row,) = streets.as_("dispatcher").get("/api/ledger?source=call").json()["items"]
    assert (row["outside_number"], row["source_title"]["zh"]) == ("12345-20260210-0007", "来电登记")


def test_suggestions_name_the_cell_duplicates_and_the_department(streets):
    known = streets.report()["business_id"]
    question = {"name": "王记早点摊", "position": IN_CELL_1, "facts": CAPTURED}
    told = streets.as_("inspector").post("/api/findings/suggest", json=question).json()
    assert told["cell"]["code"] == "42010301-001"
    assert told["cell"]["officer_id"] == streets.as_("inspector").officer.id
    (same,) = told["duplicates"]
    assert (same["business_id"], same["reasons"]) == (known, ["name_nearby"])
    assert told["allocation"]["lead"]["code"].startswith("D")
    assert told["allocation"]["considered"][-1]["verdict"] is True
    assert streets.as_("dispatcher").get("/api/findings").json()["items"][1:] == []


def test_an_urgent_finding_says_before_and_after_who_receives_it(streets):
    """P10-S2; a Sunday without anybody on duty, told as it was however late it arrives."""
    before = streets.as_("inspector").post("/api/findings/suggest", json={"facts": {"public_danger": True}})
    assert before.json()["goes_to"]["zh"].startswith("紧急情况")
    now = datetime.now(UTC)
    sunday = (now - timedelta(days=now.isoweekday())).replace(hour=2)
    sent = streets.report(found_at=sunday.isoformat(), facts={"public_danger": True})
    assert "没有安排值班：由您本人接收" in sent["goes_to"]["zh"]
    assert "nobody is on duty" in sent["goes_to"]["en"]
    assert streets.report(name="李记小卖部", address="测试街道 9 号")["goes_to"] is None


def test_nothing_known_suggests_that_the_dispatcher_decides(streets):
    told = streets.as_("inspector").post("/api/findings/suggest", json={}).json()
    assert (told["cell"], told["duplicates"], told["allocation"]["manual"]) == (None, [], True)


# -------------------------------------------------------------------- allocation and code lists


def test_allocation_says_who_leads_and_what_was_looked_at(streets):
    facts = {"facts": {"trade": "网吧", "permit_required": True, "permit_status": "none"}}
    told = streets.as_("dispatcher").post("/api/allocation", json=facts).json()
    assert told["rule"] == told["considered"][-1]["rule"]
    assert told["lead"]["title"]["zh"]


def test_a_fact_of_a_wrong_kind_is_pointed_at(streets):
    answer = streets.as_("dispatcher").post("/api/allocation", json={"facts": {"food": "maybe"}})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["pointer"] == "/facts/food"


def test_procedures_and_code_lists_are_there_for_everybody_with_a_post(streets):
    liaison = streets.as_("liaison")
    listed = {(one["id"], one["version"]): one for one in liaison.get("/api/procedures").json()}
    newest = max(version for name, version in listed if name == "unlicensed_operation")
    assert listed["unlicensed_operation", newest]["current"]
    assert not listed["unlicensed_operation", 2]["current"]
    whole = liaison.get("/api/procedures/unlicensed_operation/2").json()
    assert whole["actions"]["capture"]["from"] == ["discovered"]
    assert len(liaison.get("/api/code-lists/departments").json()) == 22
    assert {one["code"] for one in liaison.get("/api/code-lists/posts").json()} >= {"dispatcher", "liaison"}
    (named,) = liaison.get("/api/code-lists/bodies").json()
    assert named["title"] == {"zh": "注册股", "en": "Registration section"}
    trades = liaison.get("/api/code-lists/trades").json()
    assert any(one["name"] == "网吧" or "网吧" in one["aliases"] for one in trades)
    assert liaison.get("/api/procedures/nothing/1").status_code == 404


# -------------------------------------------------------------------- visits


def test_a_visit_sent_again_is_one_visit(streets):
    business = streets.report()["business_id"]
    form = {
        "key": str(uuid4()),
        "at": datetime.now(UTC).isoformat(),
        "result": "rectified",
        "business_id": business,
        "position": IN_CELL_1,
    }
    first = streets.as_("inspector").post("/api/visits", json=form).json()
    assert streets.as_("inspector").post("/api/visits", json=form).json() == first
    listed = streets.as_("dispatcher").get(f"/api/visits?business_id={business}").json()["items"]
    assert [one["id"] for one in listed] == [first["id"]]
    assert (first["cell_code"], first["business_name"]) == ("42010301-001", "王记早点摊")
    other = streets.as_("inspector").post("/api/visits", json={**form, "result": "normal"})
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


def test_a_visit_to_nobody_nowhere_is_refused(streets):
    form = {"key": str(uuid4()), "at": datetime.now(UTC).isoformat(), "result": "normal"}
    answer = streets.as_("inspector").post("/api/visits", json=form)
    assert (answer.status_code, answer.json()["code"]) == (422, "visit-without-place")


# -------------------------------------------------------------------- files


def test_a_file_is_stored_once_and_comes_back_as_it_was(streets):
    digest, content = photo()
    client = streets.as_("inspector")
    url = f"/api/attachments/{digest}"
    assert client.get(url).status_code == client.head(url).status_code == 404
    first = client.put(f"{url}?caption_kind=shop_front&original=false", content=content, headers=RAW)
    assert (first.status_code, first.json()["mime"], first.json()["original"]) == (201, "image/jpeg", False)
    assert client.put(url, content=content, headers=RAW).status_code == 200
    got = client.get(url)
    assert got.content == content
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["cache-control"].startswith("private")
    assert client.head(url).headers["content-length"] == str(len(content))


def test_a_file_damaged_on_its_way_is_refused(streets):
    digest, content = photo()
    answer = streets.as_("inspector").put(f"/api/attachments/{digest}", content=content + b"x", headers=RAW)
    assert (answer.status_code, answer.json()["code"]) == (422, "file-damaged")


def test_only_photos_and_pdf_are_taken_whatever_they_are_called(streets):
    content = b"MZ this is a program"
    digest = hashlib.sha256(content).hexdigest()
    answer = streets.as_("inspector").put(
        f"/api/attachments/{digest}", content=content, headers={"Content-Type": "image/jpeg"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "file-kind")


def test_a_photo_larger_than_other_bodies_is_taken_and_a_huge_one_is_not(streets):
    client = streets.as_("inspector")
    _, head = photo()
    for size, status in ((3 * 1024**2, 201), (21 * 1024**2, 413)):
        content = head + b"\0" * size
        digest = hashlib.sha256(content).hexdigest()
        answer = client.put(f"/api/attachments/{digest}", content=content, headers=RAW)
        assert answer.status_code == status


def test_an_outbox_learns_what_it_still_has_to_send(streets):
    (here, content), (absent, _) = photo(), photo()
    client = streets.as_("inspector")
    client.put(f"/api/attachments/{here}", content=content, headers=RAW)
    answer = client.post("/api/attachments/missing", json={"hashes": [absent, here, absent]})
    assert answer.json() == {"missing": [absent]}


def test_a_liaison_sees_the_files_of_the_own_matters_alone(streets):
    digest, content = photo()
    streets.as_("inspector").put(f"/api/attachments/{digest}", content=content, headers=RAW)
    streets.report(photos=[{"sha256": digest, "caption": "门面"}])
    assert streets.as_("dispatcher").get(f"/api/attachments/{digest}").status_code == 200
    assert streets.as_("liaison").get(f"/api/attachments/{digest}").status_code == 404
    own, content = photo()
    assert streets.as_("liaison").put(f"/api/attachments/{own}", content=content, headers=RAW).is_success
    assert streets.as_("liaison").get(f"/api/attachments/{own}").content == content


# -------------------------------------------------------------------- the album of a business


def test_a_business_shows_its_photos_newest_first_to_who_may_see_its_matters(streets):
    older, newer = photo(), photo()
    for hour, (sha, content) in ((1, older), (2, newer)):
        params = {"taken_at": f"2026-03-0{hour}T0{hour}:00:00Z", "gallery": hour == 2}
        streets.as_("inspector").put(f"/api/attachments/{sha}", content=content, params=params, headers=RAW)
    named = [{"sha256": sha, "caption": caption} for (sha, _), caption in ((newer, "现场"), (older, "门头"))]
    told = streets.report(photos=named)
    url = f"/api/businesses/{told['business_id']}/photos"
    first = streets.as_("dispatcher").get(url, params={"limit": 1}).json()
    rest = streets.as_("dispatcher").get(url, params={"limit": 1, "cursor": first["next"]}).json()
    shown = first["items"] + rest["items"]
    assert ([one["sha256"] for one in shown], rest["next"]) == ([newer[0], older[0]], None)
    assert [one["caption"] for one in shown] == ["现场", "门头"]
    assert {one["matter_id"] for one in shown} == {told["matter"]["matter_id"]}
    assert {one["officer_id"] for one in shown} == {streets.as_("inspector").officer.id}
    assert [bool(one["remarks"]) for one in shown] == [True, False]  # the one out of the gallery
    for post in ("admin", "liaison"):  # the register without its matters; neither
        assert streets.as_(post).get(url).status_code == 403
    assert streets.as_("dispatcher").get("/api/businesses/999999999/photos").status_code == 404


def test_a_photo_named_by_several_acts_stands_once_and_another_business_has_none(streets):
    sha, content = photo()
    streets.as_("inspector").put(f"/api/attachments/{sha}", content=content, headers=RAW)
    note = b"\x1aE\xdf\xa3webm" + b"\0" * 64
    voice = hashlib.sha256(note).hexdigest()
    stored = streets.as_("inspector").put(f"/api/attachments/{voice}", content=note, headers=RAW)
    assert stored.status_code == 201, stored.text
    files = [{"sha256": one, "caption": "门头"} for one in (sha, voice)]
    told = streets.report(photos=files)
    business = told["business_id"]
    again = streets.report(business_id=business, name=None, address=None, photos=files[:1])
    other = streets.report(name="另一家", address="测试街道 9 号")
    desk = streets.as_("dispatcher")
    (shown,) = desk.get(f"/api/businesses/{business}/photos").json()["items"]
    assert shown["sha256"] == sha, "a voice note is no photo"
    assert shown["matter_id"] in (told["matter"]["matter_id"], again["matter"]["matter_id"])
    assert desk.get(f"/api/businesses/{other['business_id']}/photos").json()["items"] == []
    past = desk.get(f"/api/businesses/{business}").json()["matters"]
    assert {one["id"] for one in past} == {told["matter"]["matter_id"], again["matter"]["matter_id"]}
    assert all(one["state_title"]["zh"] and one["pack_title"]["en"] for one in past)
