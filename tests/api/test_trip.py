"""One finding goes all the way through HTTP: report, refer, receive, feed back, re-check, accept, closed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stdnum.cn import uscc

from gridsup.people import service
from gridsup.people.deputies import day_of
from tests.api.streets import CLASSIFIED, Streets, furnish

LICENCE = "92420103MA4L0A1B2" + uscc.calc_check_digit("92420103MA4L0A1B2")


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def ledger_row(streets: Streets, matter_id: int) -> dict:
    rows = streets.as_("dispatcher").get("/api/ledger").json()["items"]
    return next(one for one in rows if one["matter_id"] == matter_id)


def clocks(matter: dict) -> dict[str, str]:
    return {one["clock"]: one["state"] for one in matter["deadlines"]}


def test_the_whole_trip_of_a_finding(streets):
    # an inspector reports from the street; the report says all, so it is captured at once
    reported = streets.report()
    matter_id = reported["matter"]["matter_id"]
    assert (reported["cell_code"], reported["matter"]["state"]) == ("42010301-001", "captured")
    matter = streets.matter(matter_id)
    assert clocks(matter) == {"p9_n1": "running", "capture_term": "stopped", "classify_term": "running"}
    assert matter["assigned_officer_id"] == streets.as_("inspector").officer.id
    row = ledger_row(streets, matter_id)
    assert (row["disposal"], row["operator_name"], row["opened_on"]) == ("captured", "王某", "2026-01-05")
    assert matter["clock"]["due_at"] == min(
        one["due_at"] for one in matter["deadlines"] if one["state"] == "running"
    )

    # the dispatcher classifies, and refers it to the department that the facts propose
    streets.done("dispatcher", matter_id, "classify", CLASSIFIED)
    proposed = streets.as_("dispatcher").post("/api/allocation", json={"facts": matter["facts"]}).json()
    department = proposed["lead"]["code"]
    with streets.bureau.session() as session:
        body = service.add_organisation(
            session, streets.bureau.id, kind="department", code=department, name="区主管部门"
        ).id
    streets.bureau.organisations["lead"] = body
    liaison = streets.as_("liaison", place="lead")
    answer = streets.done(
        "dispatcher", matter_id, "refer", {"department": department, "basis": "无证无照经营查处办法第六条"}
    )
    assert answer["state"] == "referred"
    (referral_id,) = answer["children"]
    assert clocks(streets.matter(matter_id))["p9_n1"] == "stopped"
    assert ledger_row(streets, matter_id)["disposal"] == "referred"

    # it is sent with a number; the clock of the written notice goes on until then
    assert clocks(streets.matter(referral_id))["p9_n1"] == "running"
    sent = streets.done("dispatcher", referral_id, "send")
    assert sent["number"].startswith("武江")
    assert clocks(streets.matter(referral_id)) == {
        "draft_term": "stopped",
        "p9_n1": "stopped",
        "receipt_term": "running",
        "receipt_urge": "running",
    }
    assert [one["matter_id"] for one in liaison.get("/api/referrals?unreceipted=true").json()["items"]] == [
        referral_id
    ]
    assert [one["id"] for one in liaison.get("/api/matters?waits_for=me").json()["items"]] == [referral_id]

    # the department's liaison receives and feeds back
    streets.done("liaison", referral_id, "receive")
    assert clocks(streets.matter(referral_id))["p9_n2"] == "running"
    streets.done(
        "liaison", referral_id, "feed_back", {"result": "not_licensed", "content": "已指导，暂未办证"}
    )
    assert streets.matter(matter_id)["state"] == "referred"
    streets.done("dispatcher", referral_id, "accept_not_licensed")

    # the referral's end brings the finding back to its inspector by itself
    matter = streets.matter(matter_id)
    assert (matter["state"], matter["waits_for"]) == ("recheck", "inspector")
    assert clocks(matter)["first_recheck"] == "running"
    assert [one["outcome"] for one in matter["children"]] == ["not_licensed"]
    waiting = streets.as_("inspector").get("/api/matters?waits_for=me").json()["items"]
    assert [one["id"] for one in waiting] == [matter_id]

    # still without a licence: urged, received, and then the licence is found
    streets.done("inspector", matter_id, "recheck_unlicensed", {"note": "仍在经营"})
    streets.done("dispatcher", matter_id, "guide", {"requirement": "十五日内办照"})
    streets.done("station_head", matter_id, "receive_guide")
    assert clocks(streets.matter(matter_id))["guide_term"] == "running"
    streets.done(
        "inspector",
        matter_id,
        "recheck_licensed",
        {"licence_no": LICENCE, "permit_no": "JY14201030000001"},
    )
    streets.done("inspector", matter_id, "feed_back", {"content": "已办照"})
    closed = streets.done("dispatcher", matter_id, "accept_licensed")
    assert (closed["state"], closed["ended"]) == ("closed", True)

    matter = streets.matter(matter_id)
    assert matter["clock"] is None
    assert {one["state"] for one in matter["deadlines"]} <= {"stopped", "fired", "dropped"}
    row = ledger_row(streets, matter_id)
    assert (row["disposal"], row["closed_on"]) == ("closed", day_of(datetime.now(UTC)).isoformat())
    assert streets.as_("dispatcher").get("/api/matters").json()["items"] == []
    proof = streets.as_("dispatcher").get(f"/api/matters/{matter_id}/verify").json()
    assert proof["holds"]
    assert proof["version"] == matter["version"] == len(matter["history"])
    assert matter["subject"]["licence_status"] == "valid"
