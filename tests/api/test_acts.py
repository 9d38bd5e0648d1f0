"""Acts over HTTP: repeated, colliding, faulty, late, in bundles, and signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from gridsup.people.model import Officer
from tests.api.streets import CAPTURED, CLASSIFIED, Streets, furnish, photo

FILING = {"reason": "涉嫌无照经营且危及公共安全"}


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def open_matter(streets: Streets, **more) -> int:
    return streets.report(**more)["matter"]["matter_id"]


# -------------------------------------------------------------------- acts


def test_the_same_key_acts_once_and_gives_the_same_answer(streets):
    matter_id = open_matter(streets)
    version, key = streets.matter(matter_id)["version"], str(uuid4())
    first = streets.act("dispatcher", matter_id, "classify", CLASSIFIED, key=key, expected_version=version)
    again = streets.act("dispatcher", matter_id, "classify", CLASSIFIED, key=key, expected_version=version)
    assert first.status_code == again.status_code == 200
    assert again.json() == {**first.json(), "replayed": True}
    assert [one["action"] for one in streets.matter(matter_id)["history"]].count("classify") == 1


def test_a_used_key_for_another_request_is_refused(streets):
    matter_id = open_matter(streets)
    key = str(uuid4())
    streets.done("dispatcher", matter_id, "classify", CLASSIFIED, key=key)
    answer = streets.act("dispatcher", matter_id, "guide", key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")


def test_an_act_without_a_key_is_refused(streets):
    matter_id = open_matter(streets)
    answer = streets.as_("dispatcher").post(
        f"/api/matters/{matter_id}/actions/classify", json={"form": CLASSIFIED, "expected_version": 2}
    )
    assert answer.status_code == 422
    assert [(one["where"], one["pointer"]) for one in answer.json()["faults"]] == [
        ("header", "/Idempotency-Key")
    ]


def test_who_saw_an_older_version_learns_the_state_of_now(streets):
    matter_id = open_matter(streets)
    version = streets.matter(matter_id)["version"]
    streets.done("dispatcher", matter_id, "classify", CLASSIFIED)
    answer = streets.act("dispatcher", matter_id, "dismiss", {"reason": "重复"}, expected_version=version)
    assert (answer.status_code, answer.json()["code"]) == (409, "matter-changed")
    assert answer.json()["params"]["state"] == "classified"
    assert answer.json()["params"]["version"] == version + 1


def test_a_step_that_the_state_does_not_allow_tells_state_and_version(streets):
    matter_id = open_matter(streets)
    answer = streets.act("dispatcher", matter_id, "guide")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")
    now = streets.matter(matter_id)
    assert answer.json()["params"]["version"] == now["version"]
    assert answer.json()["params"]["state"] == now["state"]


def test_faults_point_into_the_form(streets):
    matter_id = open_matter(streets)
    answer = streets.act(
        "dispatcher", matter_id, "classify", {**CLASSIFIED, "violation_basis": "mood", "extra": 1}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "form-invalid")
    assert [one["pointer"] for one in answer.json()["faults"]] == ["/form/extra", "/form/violation_basis"]


def test_an_absent_photo_is_named_and_an_uploaded_one_is_kept(streets):
    matter_id = open_matter(streets, facts={"food": True})
    digest, content = photo()
    form = {**CAPTURED, "address": "测试街道 5 号门前"}
    named = {"photos": [{"sha256": digest, "caption": "门面"}]}
    answer = streets.act("inspector", matter_id, "capture", form, **named)
    assert (answer.status_code, answer.json()["code"]) == (422, "photo-absent")
    assert answer.json()["params"]["absent"] == digest
    assert [one["pointer"] for one in answer.json()["faults"]] == ["/photos/0"]
    put = streets.as_("inspector").put(
        f"/api/attachments/{digest}", content=content, headers={"Content-Type": "application/octet-stream"}
    )
    assert put.status_code == 201
    streets.done("inspector", matter_id, "capture", form, **named)
    (kept,) = streets.matter(matter_id)["photos"]
    assert (kept["sha256"], kept["caption"], kept["mime"]) == (digest, "门面", "image/jpeg")


def test_an_act_from_the_future_is_refused_at_its_place(streets):
    matter_id = open_matter(streets)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = streets.act("dispatcher", matter_id, "classify", CLASSIFIED, effective_at=tomorrow)
    assert (answer.status_code, answer.json()["code"]) == (422, "effective-in-future")
    assert answer.json()["faults"][0]["pointer"] == "/effective_at"


def test_a_capacity_that_one_does_not_hold_is_refused(streets):
    matter_id = open_matter(streets)
    answer = streets.act("inspector", matter_id, "classify", CLASSIFIED, acting={"post": "dispatcher"})
    assert (answer.status_code, answer.json()["code"]) == (403, "capacity-not-held")
    answer = streets.act("inspector", matter_id, "classify", CLASSIFIED)
    assert (answer.status_code, answer.json()["code"]) == (403, "post-not-allowed")


def test_a_stale_act_from_an_outbox_is_kept_beside_the_current_state(streets):
    matter_id = open_matter(streets, facts={"food": True})
    version = streets.matter(matter_id)["version"]
    streets.done("dispatcher", matter_id, "dismiss", {"reason": "重复登记"})
    form = {**CAPTURED, "address": "测试街道 5 号门前"}
    answer = streets.act(
        "inspector", matter_id, "capture", form, expected_version=version, offline=True
    ).json()
    assert (answer["kind"], answer["state"]) == ("late", "closed")
    assert answer["late"]["code"] == "matter-changed"
    (late,) = streets.matter(matter_id)["late"]
    assert (late["action"], late["form"]["scope"]) == ("capture", "早点制售")


# -------------------------------------------------------------------- many at once


def test_a_batch_does_what_it_can_and_lists_the_rest_with_reasons(streets):
    good = [open_matter(streets, name=f"{n}号摊") for n in range(3)]
    wrong_state = open_matter(streets, facts={"food": True})
    versions = {one: streets.matter(one)["version"] for one in (*good, wrong_state)}
    stale, versions[good[2]] = good[2], 1
    body = {
        "form": CLASSIFIED,
        "matters": [{"matter_id": one, "expected_version": version} for one, version in versions.items()]
        + [{"matter_id": 999999, "expected_version": 1}],
    }
    post = streets.as_("dispatcher").post
    key = {"Idempotency-Key": str(uuid4())}
    answer = post("/api/matters/actions/classify", json=body, headers=key).json()
    assert (answer["done"], answer["refused"]) == (2, 3)
    outcomes = {one["matter_id"]: one for one in answer["outcomes"]}
    assert all(outcomes[one]["answer"]["state"] == "classified" for one in good[:2])
    codes = {one: outcomes[one]["refusal"]["code"] for one in (stale, wrong_state, 999999)}
    assert codes == {stale: "matter-changed", wrong_state: "wrong-state", 999999: "no-matter"}
    again = post("/api/matters/actions/classify", json=body, headers=key).json()
    assert [one["done"] for one in again["outcomes"]] == [one["done"] for one in answer["outcomes"]]
    assert outcomes[good[0]]["answer"]["version"] == streets.matter(good[0])["version"]


def test_what_must_be_done_one_by_one_is_refused_in_a_batch(streets):
    matter_id = open_matter(streets, facts={"food": True})
    body = {
        "form": {**CAPTURED, "address": "测试街道"},
        "matters": [{"matter_id": matter_id, "expected_version": streets.matter(matter_id)["version"]}],
    }
    answer = streets.as_("inspector").post(
        "/api/matters/actions/capture", json=body, headers={"Idempotency-Key": "b1"}
    )
    assert answer.json()["outcomes"][0]["refusal"]["code"] == "not-in-batch"


# -------------------------------------------------------------------- signatures


def a_case(streets: Streets) -> tuple[int, list[int]]:
    """A matter handed to enforcement: the case, and two qualified officers of the force."""
    crew = [streets.as_("enforcement").officer.id, streets.bureau.officer("enforcement").id]
    with streets.bureau.session() as session:
        session.execute(
            update(Officer)
            .where(Officer.jurisdiction_id == streets.bureau.id, Officer.id.in_(crew))
            .values(qualifications=[{"name": "enforcement", "number": "Q1"}])
        )
    matter_id = open_matter(streets)
    streets.done("dispatcher", matter_id, "classify", {**CLASSIFIED, "public_danger": True})
    (case,) = streets.done("dispatcher", matter_id, "file", {"basis": "危及公共安全"})["children"]
    return case, crew


def sign(streets: Streets, post: str, case: int, proposal: int, **more):
    form = {"agreed": True, "expected_version": streets.matter(case)["version"], **more}
    return streets.as_(post).post(
        f"/api/matters/{case}/proposals/{proposal}/sign",
        json=form,
        headers={"Idempotency-Key": str(uuid4())},
    )


def test_a_proposal_takes_effect_with_its_last_signature(streets):
    case, crew = a_case(streets)
    proposed = streets.done("enforcement", case, "file_case", FILING, crew=crew)
    assert (proposed["kind"], proposed["state"]) == ("proposed", "verifying")
    number = proposed["proposal"]
    (shown,) = streets.matter(case, "station_head")["proposals"]
    assert (shown["steps"], shown["allowed"]) == (["station_head", "bureau_head"], True)
    too_soon = sign(streets, "bureau_head", case, number)
    assert (too_soon.status_code, too_soon.json()["code"]) == (403, "post-not-allowed")
    first = sign(streets, "station_head", case, number).json()
    assert (first["kind"], first["state"]) == ("signed", "verifying")
    last = sign(streets, "bureau_head", case, number, opinion="同意立案").json()
    assert (last["kind"], last["ended"]) == ("act", False)
    assert last["state"] == "investigating"
    assert streets.matter(case)["proposals"] == []


def test_who_refuses_to_sign_says_why(streets):
    case, crew = a_case(streets)
    number = streets.done("enforcement", case, "file_case", FILING, crew=crew)["proposal"]
    silent = sign(streets, "station_head", case, number, agreed=False)
    assert (silent.status_code, silent.json()["code"]) == (422, "opinion-missing")
    assert silent.json()["faults"][0]["pointer"] == "/opinion"
    assert sign(streets, "station_head", case, number, agreed=False, opinion="证据不足").status_code == 200
    gone = sign(streets, "bureau_head", case, number)
    assert (gone.status_code, gone.json()["code"]) == (409, "proposal-settled")


def test_one_officer_alone_files_no_case(streets):
    case, _ = a_case(streets)
    answer = streets.act("enforcement", case, "file_case", FILING)
    assert (answer.status_code, answer.json()["code"]) == (409, "crew-too-small")
    filing = next(
        one for one in streets.matter(case, "enforcement")["actions"] if one["action"] == "file_case"
    )
    assert filing["crew"] == {"count": 2, "qualification": "enforcement"}
    assert filing["approval"]["zh"] == "立案审批"
