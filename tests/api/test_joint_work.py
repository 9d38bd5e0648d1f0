"""Escalation and joint work over HTTP: who may do what, and the several matters that one act touches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from gridsup.people.deputies import day_of
from tests.api.streets import Streets, furnish

TODAY = day_of(datetime.now(UTC))
MONTH = TODAY.isoformat()[:7]
SOON = (TODAY + timedelta(days=30)).isoformat()


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def post(streets: Streets, who: str, path: str, body: Any) -> Any:
    return streets.as_(who).post(f"/api/joint/{path}", json=body, headers={"Idempotency-Key": str(uuid4())})


def waiting(streets: Streets, who: str) -> list[int]:
    found = streets.as_(who).get("/api/matters", params={"waits_for": "me"}).json()["items"]
    return [one["id"] for one in found]


def test_a_bulletin_is_drafted_approved_issued_and_urges(streets):
    section = streets.bureau.organisations["section"]
    told = {"organisation_id": section, "problem": "台账记录不全"}
    assert post(streets, "inspector", "problems", told).json()["code"] == "post-not-allowed"
    problem = post(streets, "dispatcher", "problems", told).json()["matter_id"]
    streets.report()
    (station,) = streets.as_("dispatcher").get(f"/api/joint/figures?month={MONTH}").json()
    assert (station["found"], station["open"], station["problem"]) == (1, 1, None)
    bulletin = post(streets, "dispatcher", "bulletins", {"month": MONTH}).json()["matter_id"]
    assert post(streets, "dispatcher", "bulletins", {"month": MONTH}).json()["code"] == "bulletin-twice"
    streets.done("deputy_head", bulletin, "approve")
    issued = post(streets, "dispatcher", f"bulletins/{bulletin}/issue", {}).json()
    assert (issued["answer"]["ended"], issued["urged"]) == (True, [problem])
    assert streets.matter(problem)["state"] == "urged"
    streets.as_("section", place="section")
    assert problem in waiting(streets, "section")
    assert problem not in waiting(streets, "station_head")


def test_a_plan_is_drawn_from_the_ledger_and_a_fault_points_into_the_form(streets):
    for number in range(3):
        streets.report(name=f"早点摊{number}", address=f"测试街道 {number} 号")
    found = streets.as_("manager").get("/api/joint/candidates?least=3").json()
    assert found["hold_outs"] == []
    (cell,) = (one for one in found["concentrations"] if one["by"] == "cell")
    plan = {
        "name": "早点摊联合整治",
        "ground": "concentration",
        "harm": "health",
        "area": cell["key"],
        "matters": [one["matter_id"] for one in cell["operators"]],
        "reason": "集中且涉及多个部门",
    }
    wrong = post(streets, "dispatcher", "plans", {"form": {**plan, "matters": [10**9]}}).json()
    assert (wrong["code"], wrong["faults"][0]["pointer"]) == ("plan-matters", "/form/matters")
    made = post(streets, "dispatcher", "plans", {"form": plan}).json()
    facts = streets.matter(made["matter_id"])["facts"]
    assert facts["targets"].count("早点摊") == 3
    assert streets.act("liaison", made["matter_id"], "submit", expected_version=1).status_code == 404


def test_a_member_unit_applies_under_its_own_account(streets):
    form = {
        "department": "D07",
        "paper_no": "消安〔2026〕8号",
        "subject": "沿街店铺消防整治",
        "area": "测试街道",
        "harm": "safety_hazard",
        "industry_wide": True,
        "reason": "重大火灾隐患",
    }
    made = post(streets, "liaison", "applications", {"form": form}).json()
    assert made["state"] == "applied"
    assert streets.matter(made["matter_id"], "liaison")["assigned_org_name"] == "消防救援大队"
    assert post(streets, "liaison", "applications", {"form": {}}).json()["code"] == "form-invalid"
    assert (
        post(streets, "dispatcher", "applications", {"form": {}}).json()["code"] == "applicant-without-body"
    )
    other = post(streets, "liaison", "applications", {"form": {**form, "department": "D02"}}).json()
    assert other["code"] == "applicant-elsewhere"  # nobody applies in another unit's name
    del form["department"]
    assert post(streets, "liaison", "applications", {"form": form}).json()["state"] == "applied"


def test_a_meeting_is_held_and_hands_its_open_items_on(streets):
    form = {
        "session": "联席会议",
        "kind": "regular",
        "meeting_day": TODAY.isoformat(),
        "place": "区政府",
        "chair": "王副区长",
        "agenda": "安排任务",
    }
    came = {"attendance": [{"unit": "公安", "present": True}], "record": "会议记录"}
    first, second = (
        post(streets, "dispatcher", "conferences", {"form": form}).json()["matter_id"] for _ in range(2)
    )
    later = post(streets, "dispatcher", "conferences", {"form": {**form, "meeting_day": SOON}}).json()
    ahead = f"conferences/{later['matter_id']}/hold"
    assert post(streets, "dispatcher", ahead, {"form": came, "until": SOON}).json()["code"] == "meeting-ahead"
    gone = {"form": came, "until": (TODAY - timedelta(days=1)).isoformat()}
    assert post(streets, "dispatcher", f"conferences/{first}/hold", gone).json()["code"] == "term-past"
    post(streets, "dispatcher", f"conferences/{first}/hold", {"form": came, "until": SOON})
    told = {
        "organisation_id": streets.bureau.organisations["department"],
        "content": "排查沿街店铺",
        "until": SOON,
    }
    item = post(streets, "dispatcher", f"conferences/{first}/resolutions", told).json()["matter_id"]
    carries = {
        one["id"]: [each["id"] for each in one["carries"]]
        for one in streets.as_("manager").get("/api/joint/conferences").json()["conferences"]
    }
    assert carries == {first: [], second: [item], later["matter_id"]: [item]}  # told before it is saved
    held = post(streets, "dispatcher", f"conferences/{second}/hold", {"form": came, "until": SOON}).json()
    assert held["carried"] == [item]
    shown = streets.as_("manager").get("/api/joint/conferences").json()
    assert (shown["held_this_year"], shown["wanted_a_year"]) == (2, 2)
    now, before = (one for one in shown["conferences"] if one["id"] in (first, second))
    assert (before["ended"], before["resolutions"], now["carries"]) == (True, [], [])
    (carried,) = now["resolutions"]
    assert (carried["unit"], carried["carried"], carried["until"]) == ("消防救援大队", 1, SOON)
    assert len(streets.as_("liaison").get("/api/joint/members").json()["conference"]) == 19
    for unit, who in (("station", "station_head"), ("department", "liaison")):
        ours = {**told, "organisation_id": streets.bureau.organisations[unit]}
        made = post(streets, "dispatcher", f"conferences/{second}/resolutions", ours).json()["matter_id"]
        assert [one for one in ("station_head", "liaison") if made in waiting(streets, one)] == [who]
        streets.done(who, made, "report_done", {"report": "已完成"})
        streets.done("dispatcher", made, "confirm")
