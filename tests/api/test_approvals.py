"""待批 over HTTP: what waits for me, one of it in full with its papers, at once, and for another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image

from gridsup.documents import drafts
from gridsup.people.deputies import day_of
from gridsup.procedures.acting import CLOCKWORK
from tests.api.streets import Streets, furnish
from tests.api.test_acts import FILING, a_case

TODAY = day_of(datetime.now(UTC))


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def waiting(streets: Streets, post: str) -> list[dict]:
    answer = streets.as_(post).get("/api/approvals")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def prolonging(streets: Streets) -> tuple[int, int]:
    """A case whose verification shall be prolonged: ``(matter, proposal)``."""
    case, _ = a_case(streets)
    return case, streets.done("enforcement", case, "extend_verification", {"reason": "待补证"})["proposal"]


def sign(streets: Streets, post: str, matter: int, proposal: int, **more):
    form = {"agreed": True, "expected_version": streets.matter(matter)["version"], **more}
    headers = {"Idempotency-Key": str(uuid4())}
    url = f"/api/matters/{matter}/proposals/{proposal}/sign"
    return streets.as_(post).post(url, json=form, headers=headers)


def authority(streets: Streets, receiver: str = "deputy_head", **more) -> dict:
    return {
        "post": "bureau_head",
        "receiver_id": streets.as_(receiver).officer.id,
        "acts": ["penalty_case.file_case", "penalty_case.extend_verification"],
        "valid_from": TODAY.isoformat(),
        "valid_to": (TODAY + timedelta(days=3)).isoformat(),
        "reason": "赴省局开会",
        **more,
    }


def test_what_waits_is_listed_to_whose_turn_it_is_with_all_that_a_signer_looks_at(streets):
    case, crew = a_case(streets)
    number = streets.done("enforcement", case, "file_case", FILING, crew=crew)["proposal"]
    assert waiting(streets, "bureau_head") == waiting(streets, "enforcement") == []
    (row,) = waiting(streets, "station_head")
    assert (row["matter_id"], row["proposal"], row["kind"]) == (case, number, "penalty_case.file_case")
    assert (row["signed"], [one["zh"] for one in row["steps"]]) == (0, ["所长", "局长"])
    assert (row["routine"], row["acting"]["post"], row["overdue"]) == (False, "station_head", False)
    assert row["clock"]["due_at"]
    found = streets.as_("station_head").get(f"/api/matters/{case}/proposals/{number}").json()
    assert [one["kind"] for one in found["papers"]] == ["filing_form"]
    assert [one["value"] for one in found["form"]] == [FILING["reason"]]
    assert {one["id"] for one in found["crew"]} == set(crew)
    assert all(one["level"] == "heed" for one in found["warnings"])
    assert sign(streets, "station_head", case, number, agreed=False, opinion="证据不足").status_code == 200
    gone = streets.as_("station_head").get(f"/api/matters/{case}/proposals/{number}")
    assert (gone.status_code, gone.json()["code"]) == (404, "nothing-to-sign")
    again = streets.done("enforcement", case, "file_case", FILING, crew=crew)["proposal"]
    found = streets.as_("station_head").get(f"/api/matters/{case}/proposals/{again}").json()
    assert [(one["earlier"], one["opinion"]) for one in found["opinions"]] == [(True, "证据不足")]
    assert "returned-before" in [one["code"] for one in found["warnings"]]
    assert streets.as_("liaison").get(f"/api/matters/{case}/proposals/{again}").status_code == 404


def test_a_paper_is_seen_as_pictures_of_its_pages(streets):
    case, crew = a_case(streets)
    number = streets.done("enforcement", case, "file_case", FILING, crew=crew)["proposal"]
    url = f"/api/matters/{case}/documents/preview.png?kind=filing_form&proposal={number}"
    answer = streets.as_("station_head").get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.width / picture.height == pytest.approx(210 / 297, rel=0.01)
        assert min(picture.convert("L").getextrema()) < 60  # there is ink on it
    beyond = streets.as_("station_head").get(f"{url}&page={int(answer.headers['x-pages']) + 1}")
    assert (beyond.status_code, beyond.json()["code"]) == (404, "no-page")


def test_a_head_of_another_station_neither_sees_nor_signs_it(streets):
    case, crew = a_case(streets)
    number = streets.done("enforcement", case, "file_case", FILING, crew=crew)["proposal"]
    admin = streets.as_("admin")
    body = {"kind": "station", "code": "02", "name": "第二监管所"}
    streets.bureau.organisations["second"] = admin.post("/api/organisations", json=body).json()["id"]
    other = streets.bureau.client("station_head", place="second")
    assert other.get("/api/approvals").json()["items"] == []
    form = {"agreed": True, "expected_version": streets.matter(case)["version"]}
    answer = other.post(
        f"/api/matters/{case}/proposals/{number}/sign", json=form, headers={"Idempotency-Key": "x"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "other-station")


def test_routine_ones_are_approved_at_once_and_the_others_refused_by_name(streets):
    first, second = prolonging(streets), prolonging(streets)
    case, crew = a_case(streets)
    filing = streets.done("enforcement", case, "file_case", FILING, crew=crew)["proposal"]
    assert sign(streets, "station_head", case, filing).status_code == 200
    listed = streets.as_("bureau_head").get("/api/approvals").json()
    assert {one["kind"]: (one["count"], one["routine"]) for one in listed["kinds"]} == {
        "penalty_case.extend_verification": (2, True),
        "penalty_case.file_case": (1, False),
    }
    items = [
        {"matter_id": one["matter_id"], "proposal": one["proposal"], "expected_version": one["version"]}
        for one in listed["items"]
    ]
    items.append({"matter_id": 999_999, "proposal": 1, "expected_version": 1})
    answer = (
        streets.as_("bureau_head")
        .post(
            "/api/approvals/sign",
            json={"items": items, "opinion": "同意。"},
            headers={"Idempotency-Key": "batch"},
        )
        .json()
    )
    found = {one["matter_id"]: one["refusal"] and one["refusal"]["code"] for one in answer["outcomes"]}
    assert found == {first[0]: None, second[0]: None, case: "not-routine", 999_999: "no-matter"}
    assert (answer["done"], answer["refused"]) == (2, 2)
    refusal = next(one["refusal"] for one in answer["outcomes"] if one["matter_id"] == case)
    assert "立案" in refusal["zh"]
    assert [one["matter_id"] for one in waiting(streets, "bureau_head")] == [case]


def test_one_signs_for_another_under_a_recorded_authority_until_it_is_revoked(streets):
    (case, number), (other, second) = prolonging(streets), prolonging(streets)
    head, deputy = streets.as_("bureau_head"), streets.as_("deputy_head")
    options = head.get("/api/signing-authorities/options").json()
    (post,) = options["posts"]
    kinds = {one["kind"]: one for one in post["kinds"]}
    assert (kinds["penalty_case.file_case"]["open"], kinds["penalty_case.decide"]["open"]) == (True, False)
    assert kinds["penalty_case.decide"]["why"]["zh"]
    assert {one["id"]: one["head"] for one in options["receivers"]}[deputy.officer.id] is True
    assert waiting(streets, "deputy_head") == []
    refused = head.post("/api/signing-authorities", json=authority(streets, acts=["penalty_case.decide"]))
    assert (refused.status_code, refused.json()["code"]) == (409, "signing-personal")
    wrong = head.post("/api/signing-authorities", json=authority(streets, "dispatcher"))
    assert [one["pointer"] for one in wrong.json()["faults"]] == ["/receiver_id"]
    assert deputy.post("/api/signing-authorities", json=authority(streets)).status_code == 403
    made = head.post("/api/signing-authorities", json=authority(streets)).json()
    assert (made["standing"], made["receiver"]["id"]) == ("in_force", deputy.officer.id)
    rows = waiting(streets, "deputy_head")
    assert [(one["matter_id"], one["acting"]["authority_id"]) for one in rows] == [
        (case, made["id"]),
        (other, made["id"]),
    ]
    form = {"agreed": True, "expected_version": rows[0]["version"]}
    url, key = f"/api/matters/{case}/proposals/{number}/sign", {"Idempotency-Key": "k"}
    assert deputy.post(url, json=form, headers=key).json()["kind"] == "act"
    assert deputy.post(url, json=form, headers=key).json()["replayed"] is True
    signed = next(one for one in streets.matter(case)["history"] if one["kind"] == "signed")
    assert (signed["person"]["id"], signed["acting_for"]["id"], signed["authority_id"]) == (
        deputy.officer.id,
        head.officer.id,
        made["id"],
    )
    path = f"/api/signing-authorities/{made['id']}/revoke"
    stranger = streets.as_("dispatcher").post(path, json={"reason": "误"})
    assert (stranger.status_code, stranger.json()["code"]) == (403, "authority-not-yours")
    assert head.post(path, json={"reason": "会议结束"}).json()["standing"] == "revoked"
    assert waiting(streets, "deputy_head") == []
    assert sign(streets, "deputy_head", other, second).json()["code"] == "post-not-allowed"
    under = {"post": "bureau_head", "acting_for_id": head.officer.id}
    named = {"agreed": True, "expected_version": rows[1]["version"], "acting": under}
    late = deputy.post(
        f"/api/matters/{other}/proposals/{second}/sign", json=named, headers={"Idempotency-Key": "late"}
    ).json()
    assert (late["code"], "会议结束" in late["detail"]) == ("outside-authority", True)
    (shown,) = streets.as_("dispatcher").get("/api/signing-authorities").json()
    assert [(one["matter_id"], one["title"]["zh"], one["agreed"]) for one in shown["signed"]] == [
        (case, "延长核查期限", True)
    ]
    assert (shown["standing"], shown["revocable"], shown["acts"][0]["title"]["zh"]) == (
        "revoked",
        False,
        "延长核查期限",
    )


def test_everybody_has_phrases_and_the_bureau_its_own(streets):
    head, officer = streets.as_("bureau_head"), streets.as_("enforcement")
    shipped = officer.get("/api/stock-phrases").json()
    assert {one["agreed"] for one in shipped} == {True, False}
    assert all(one["id"] is None and not one["removable"] for one in shipped)
    mine = officer.post("/api/stock-phrases", json={"agreed": True, "text": " 同意，抓紧。 "}).json()
    assert (mine["text"], mine["mine"]) == ("同意，抓紧。", True)
    twice = officer.post("/api/stock-phrases", json={"agreed": True, "text": "同意，抓紧。"})
    assert (twice.status_code, twice.json()["code"]) == (409, "phrase-there")
    ours = {"agreed": True, "text": "同意，按程序办。", "bureau": True}
    assert officer.post("/api/stock-phrases", json=ours).status_code == 403
    made = head.post("/api/stock-phrases", json=ours).json()
    texts = [one["text"] for one in officer.get("/api/stock-phrases").json() if one["agreed"]]
    assert texts == [
        "同意，按程序办。",
        "同意，抓紧。",
    ]  # the bureau's list takes the place of the shipped one
    assert officer.delete(f"/api/stock-phrases/{made['id']}").status_code == 403
    assert head.delete(f"/api/stock-phrases/{mine['id']}").status_code == 404
    assert officer.delete(f"/api/stock-phrases/{mine['id']}").status_code == 204
    assert head.delete(f"/api/stock-phrases/{made['id']}").status_code == 204
    assert officer.get("/api/stock-phrases").json() == shipped


def test_the_paper_reads_who_signed_for_whom(streets):
    case, crew = a_case(streets)
    number = streets.done("enforcement", case, "file_case", FILING, crew=crew)["proposal"]
    body = authority(streets, "general", post="station_head", acts=["penalty_case.file_case"])
    assert streets.as_("station_head").post("/api/signing-authorities", json=body).status_code == 201
    assert sign(streets, "general", case, number, opinion="同意。").status_code == 200
    (shown,) = streets.matter(case)["proposals"]
    signer, holder = (shown["signed"][0][who]["name"] for who in ("person", "acting_for"))
    with streets.bureau.session() as session:
        paper = drafts.find(session, case, "filing_form", number, None, CLOCKWORK, {})
    assert [one.name for one in paper.signatures] == [f"{signer}（代{holder}）", None]
