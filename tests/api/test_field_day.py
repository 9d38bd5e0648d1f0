"""A day in the field: voice notes, marked copies, what the phone noted, skipped stops, hand-overs."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import update

from gridsup.patrols.device import remarks
from gridsup.people import postings
from gridsup.people.deputies import day_of
from gridsup.people.model import Assignment
from tests.api.streets import CLASSIFIED, IN_CELL_1, SIDE, Streets, furnish, photo

WEBM = b"\x1a\x45\xdf\xa3" + b"voice" * 50
VOICE = hashlib.sha256(WEBM).hexdigest()


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def upload(streets: Streets, sha256: str, content: bytes, **told):
    answer = streets.as_("inspector").put(f"/api/attachments/{sha256}", content=content, params=told)
    assert answer.status_code == 201, answer.text


def test_a_voice_note_is_kept_as_audio_and_counts_as_no_photo(streets):
    upload(streets, VOICE, WEBM, caption_kind="voice")
    matter = streets.report(photos=[{"sha256": VOICE, "caption": "语音"}])["matter"]["matter_id"]
    (kept,) = streets.matter(matter)["photos"]
    assert (kept["mime"], kept["caption"]) == ("audio/webm", "语音")
    heard = streets.as_("dispatcher").get(f"/api/attachments/{VOICE}")
    assert (heard.headers["content-type"], heard.content) == ("audio/webm", WEBM)
    streets.done("dispatcher", matter, "classify", {**CLASSIFIED})
    step = next(one for one in streets.matter(matter, "inspector")["actions"] if one["photos"])
    version = streets.matter(matter)["version"]
    refused = streets.as_("inspector").post(
        f"/api/matters/{matter}/actions/{step['action']}",
        json={"form": {}, "expected_version": version, "photos": [{"sha256": VOICE, "caption": "语音"}]},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert refused.status_code == 422, step


def test_the_marked_copy_names_its_original_which_stays_untouched(streets):
    sha256, content = photo()
    upload(streets, sha256, content, lon=114.263, lat=30.616, accuracy_m=7.4, gallery=True)
    matter = streets.report(photos=[{"sha256": sha256, "caption": "门头（相册）"}])["matter"]["matter_id"]
    copy = streets.as_("dispatcher").get(f"/api/matters/{matter}/photos/{sha256}/marked")
    assert copy.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(copy.content)) as drawn:
        assert drawn.info["comment"] == f"copy of sha256:{sha256}".encode()
        assert drawn.height > 8
    assert streets.as_("dispatcher").get(f"/api/attachments/{sha256}").content == content
    (kept,) = streets.matter(matter)["photos"]
    assert [one["zh"] for one in kept["remarks"]] == ["取自相册"]
    elsewhere = streets.report(name="另一户")["matter"]["matter_id"]
    assert (
        streets.as_("dispatcher").get(f"/api/matters/{elsewhere}/photos/{sha256}/marked").status_code == 404
    )


def test_what_the_phone_noted_stands_beside_finding_act_and_visit_and_refuses_none(streets):
    odd = {"clock_ahead_ms": 600_000, "speed_ms": 20, "jumped": {"metres": 900, "seconds": 2}}
    matter = streets.report(device=odd)["matter"]["matter_id"]
    assert [one["zh"] for one in streets.matter(matter)["history"][0]["remarks"]] == [
        "手机时钟快约 10 分钟",
        "移动速度约 72 公里/小时",
        "位置 2 秒内跳变约 900 米",
    ]
    streets.done("dispatcher", matter, "classify", {**CLASSIFIED}, device={"clock_ahead_ms": -300_000})
    last = streets.matter(matter)["history"][-1]
    assert [one["zh"] for one in last["remarks"]] == ["手机时钟慢约 5 分钟"]

    at = datetime.now(UTC)
    far = {**IN_CELL_1, "lat": IN_CELL_1["lat"] - SIDE}
    household = streets.report(name="李记")["business_id"]
    for seconds, place in ((30, IN_CELL_1), (10, far)):
        form = {
            "key": str(uuid4()),
            "at": (at - timedelta(seconds=seconds)).isoformat(),
            "result": "normal",
            "business_id": household,
            "position": place,
        }
        told = streets.as_("inspector").post("/api/visits", json=form).json()
    assert [one["zh"] for one in told["remarks"]] == ["距上次走访约 1109 米，仅隔 20 秒"]
    file = streets.as_("dispatcher").get(f"/api/businesses/{household}").json()
    assert [one["remarks"] for one in file["visits"]] == [told["remarks"], []]


@pytest.mark.parametrize(
    ("device", "accuracy", "count"),
    [
        ({}, None, 0),
        ({"clock_ahead_ms": 119_999, "speed_ms": 1.4}, 30.0, 0),
        ({"clock_ahead_ms": -120_000}, None, 1),
        ({}, 101.0, 1),
        ({"accuracy_m": 500.0}, None, 1),
        ({"gallery": True}, None, 1),
    ],
)
def test_an_ordinary_walk_with_an_ordinary_phone_is_not_remarked_on(device, accuracy, count):
    assert len(remarks(device, accuracy)) == count


def test_a_skipped_stop_is_kept_once_with_its_reason_and_stays_due(streets):
    household = streets.report()["business_id"]
    at = datetime.now(UTC).isoformat()
    form = {"key": str(uuid4()), "business_id": household, "at": at, "reason": "修路进不去"}
    phone = streets.as_("inspector")
    first, again = (phone.post("/api/field/skips", json=form) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    (kept,) = streets.as_("dispatcher").get("/api/field/skips").json()["items"]
    assert (kept["reason"], kept["business_name"]) == ("修路进不去", "王记早点摊")
    today = phone.get("/api/field/today").json()
    assert [one["business_id"] for one in today["due"]] == today["skipped"] == [household]
    assert phone.post("/api/field/skips", json={**form, "reason": "别的"}).status_code == 422


def test_a_matter_in_no_neighbours_cell_goes_to_the_desk_and_the_story_tells_it(streets):
    matter = streets.report()["matter"]["matter_id"]
    phone, desk = streets.as_("inspector"), streets.as_("dispatcher")
    proposal = phone.get(f"/api/matters/{matter}/transfer-proposal").json()
    assert (proposal["cell_code"], proposal["own"]) == ("42010301-001", True)
    form = {"key": str(uuid4()), "reason": "实际在江对岸"}
    asked = phone.post(f"/api/matters/{matter}/transfers", json=form).json()
    assert (asked["state"], asked["may_withdraw"], asked["may_decide"]) == ("to_desk", True, False)
    (waiting,) = desk.get("/api/transfers?unsettled=true").json()["items"]
    assert waiting["may_decide"] is True
    assert desk.get("/api/transfers?to_me=true").json()["items"] == []
    decision = {"cell_id": streets.cells["42010301-002"], "reason": "以实地为准"}
    decided = desk.post(f"/api/transfers/{asked['id']}/decision", json=decision).json()
    assert (decided["state"], decided["to_cell"]) == ("decided", "42010301-002")
    told = streets.matter(matter)
    assert told["cell_code"] == "42010301-002"
    assert [one["title"]["zh"] for one in told["history"][-2:]] == [
        "不在我格，提出移交",
        "指挥席裁定责任网格",
    ]
    facts = {one["title"]["zh"]: one["value"] for one in told["history"][-1]["form_facts"]}
    assert facts["网格"] == "42010301-002"


def test_a_deputy_hands_on_the_matter_of_one_on_leave_and_takes_it_as_the_neighbour(streets):
    """AB岗: A is away, B receives; the place lies in B's own cell, so it passes from A to B."""
    b = streets.as_("inspector")
    a = streets.bureau.officer("inspector", name="甲", deputy_id=b.officer.id)
    today = day_of(datetime.now(UTC))
    with streets.bureau.session() as session:
        of_cell_1 = (
            Assignment.jurisdiction_id == streets.bureau.id,
            Assignment.cell_id == streets.cells["42010301-001"],
        )
        session.execute(update(Assignment).where(*of_cell_1).values(officer_id=a.id))
    matter = streets.report(facts={"food": True})["matter"]["matter_id"]
    assert streets.matter(matter)["assigned_officer_id"] == a.id
    form = {"key": str(uuid4()), "reason": "在路对面"}
    assert b.post(f"/api/matters/{matter}/transfers", json=form).json()["code"] == "not-assigned"
    with streets.bureau.session() as session:
        leave = {"first_day": today, "last_day": today + timedelta(days=2), "reason": "年休假"}
        postings.add_leave(session, streets.bureau.id, officer_id=a.id, **leave)
    assert [one["row"]["id"] for one in b.get("/api/field/today").json()["matters"]] == [matter]
    proposal = f"/api/matters/{matter}/transfer-proposal"
    assert b.get(proposal).json()["own"] is True  # the pin says A's cell
    place = {**IN_CELL_1, "lon": IN_CELL_1["lon"] + SIDE}
    told = b.get(proposal, params={"lon": place["lon"], "lat": place["lat"]}).json()
    assert (told["cell_code"], told["officer_id"], told["own"]) == ("42010301-002", b.officer.id, False)
    asked = b.post(f"/api/matters/{matter}/transfers", json={**form, "position": place}).json()
    assert (asked["state"], asked["from_officer"], asked["to_officer_id"]) == ("asked", "甲", b.officer.id)
    (mine,) = b.get("/api/transfers?to_me=true").json()["items"]
    assert (mine["may_answer"], mine["may_withdraw"]) == (True, True)
    taken = b.post(f"/api/transfers/{asked['id']}/answer", json={"accepted": True}).json()
    assert taken["state"] == "taken"
    after = streets.matter(matter)
    assert (after["assigned_officer_id"], after["cell_code"]) == (b.officer.id, "42010301-002")


def test_who_is_around_is_told_within_the_station_and_to_the_bureaus_own(streets):
    known = streets.report()["business_id"]
    phone, colleague = streets.as_("inspector"), streets.as_("enforcement")
    elsewhere = streets.bureau.client("inspector", place="department")

    def seen(client):
        told = client.get("/api/field/around").json()
        assert told["hours"] == 4
        return [one["officer_id"] for one in told["colleagues"]], told["mine"] and told["mine"]["what"]

    assert seen(phone) == ([], "finding")
    for officer in (colleague, elsewhere):
        visit = {"at": datetime.now(UTC).isoformat(), "result": "normal", "business_id": known}
        form = {"key": str(uuid4()), "position": IN_CELL_1, **visit}
        assert officer.post("/api/visits", json=form).status_code == 201
    assert seen(phone) == ([colleague.officer.id], "finding")
    (last,) = phone.get("/api/field/around").json()["colleagues"]
    assert (last["station"], last["phone"]) == ("第一监管所", None)
    assert seen(colleague) == ([phone.officer.id], "visit")
    assert seen(elsewhere) == ([], "visit")
    everybody, mine = seen(streets.as_("dispatcher"))
    assert set(everybody) == {one.officer.id for one in (phone, colleague, elsewhere)}
    assert mine is None
    assert streets.as_("liaison").get("/api/field/around").status_code == 403
