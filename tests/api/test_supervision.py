"""Spot checks, urging and the bodies of departments over HTTP: who may what, and what a page gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gridsup.people.deputies import day_of
from tests.api.streets import Streets, furnish, photo

TODAY = day_of(datetime.now(UTC))
RAW = {"Content-Type": "image/jpeg"}


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def visit(streets: Streets) -> None:
    streets.report()
    found = streets.as_("dispatcher").get("/api/findings").json()["items"][0]
    form = {
        "key": str(uuid4()),
        "at": datetime.now(UTC).isoformat(),
        "result": "normal",
        "business_id": found["business_id"],
    }
    assert streets.as_("inspector").post("/api/visits", json=form).status_code == 201


def me(client) -> int:
    return client.get("/api/session").json()["officer_id"]


def drawn(streets: Streets, supervisor: int, **more):
    today = TODAY
    form = {
        "title": "督查",
        "since": str(today - timedelta(days=2)),
        "until": str(today + timedelta(days=1)),
        "size": 5,
        "supervisors": [supervisor],
        "seed": "7",
    }
    return streets.as_("manager").post("/api/spot-draws", json={**form, **more})


def test_a_check_goes_from_the_draw_over_the_phone_to_the_ruling(streets):
    visit(streets)
    brigade, inspector, manager = (streets.as_(one) for one in ("brigade", "inspector", "manager"))
    made = drawn(streets, me(brigade))
    assert made.status_code == 201, made.text
    draw = made.json()
    assert (draw["population"], draw["drawn"], draw["seed"]) == (1, 1, "7")
    assert manager.get(f"/api/spot-draws/{draw['id']}/redraw").json()["same_sample"]
    assert manager.get(f"/api/spot-draws/{draw['id']}/paper.pdf").content.startswith(b"%PDF")

    (task,) = brigade.get("/api/spot-checks/mine").json()["visits"]
    digest, content = photo()
    assert brigade.put(f"/api/attachments/{digest}", content=content, headers=RAW).status_code == 201
    told = {
        "key": str(uuid4()),
        "at": datetime.now(UTC).isoformat(),
        "seen": {"place": "there", "name": "换了门头"},
        "photos": [{"sha256": digest, "caption": "门头"}],
    }
    path = f"/api/spot-checks/{task['id']}"
    assert inspector.post(f"{path}/result", json=told).status_code == 403
    first = brigade.post(f"{path}/result", json=told)
    assert (first.status_code, first.json()["state"]) == (201, "asks")
    assert brigade.post(f"{path}/result", json=told).json() == first.json()
    assert [one["field"] for one in first.json()["result"]["differences"]] == ["name"]

    (question,) = inspector.get("/api/spot-checks/mine").json()["questions"]
    assert question["id"] == task["id"]
    assert inspector.post(f"{path}/explanation", json={"text": "上月换的门头"}).json()["state"] == "explained"
    ruled = manager.post(f"{path}/ruling", json={"ruling": "lifted", "reason": "情况属实"})
    assert ruled.json()["state"] == "lifted"
    rates = manager.get("/api/spot-checks/rates").json()
    assert [(one["checked"], one["lifted"], one["rate"]) for one in rates["inspectors"]] == [(1, 1, 100.0)]


def test_nobody_checks_the_own_station_and_only_supervision_draws(streets):
    visit(streets)
    refusal = drawn(streets, me(streets.as_("enforcement")))
    assert (refusal.status_code, refusal.json()["code"]) == (409, "no-supervisor")
    for post in ("inspector", "liaison"):
        assert streets.as_(post).get("/api/spot-draws").status_code == 403
    assert streets.as_("liaison").get("/api/spot-checks/mine").status_code == 403


def test_an_urging_reaches_who_holds_the_matter_and_comes_back_answered(streets):
    matter = streets.report()["matter"]["matter_id"]
    manager, holder, inspector = (streets.as_(one) for one in ("manager", "dispatcher", "inspector"))
    watched = manager.get("/api/urging/clocks", params={"when": "soon", "days": 30}).json()
    items = [
        {"matter_id": matter, "clock": one["clock"]} for one in watched["items"] if one["matter_id"] == matter
    ]
    assert items
    done = manager.post("/api/urging", json={"items": items, "reason": "请今日办结"}).json()
    assert all(one["urging_id"] for one in done)
    assert manager.post("/api/urging", json={"items": items, "reason": "再催"}).json()[0]["refusal"][
        "code"
    ] == ("urged-already")
    mine = holder.get("/api/urging", params={"mine": True, "unanswered": True}).json()
    assert mine
    answer = holder.post(f"/api/urging/{mine[0]['id']}/answer", json={"content": "今日办结"})
    assert (answer.status_code, answer.json()["answer"]) == (201, "今日办结")
    told = manager.get("/api/urging", params={"matter_id": matter}).json()
    assert {one["answer"] for one in told} >= {"今日办结"}
    assert manager.get("/api/urging/tally").json()[0]["answered"] == 1
    for path in ("/api/urging", "/api/urging/clocks"):
        assert inspector.get(path).status_code == 403


def test_departments_show_todays_bodies_and_an_administrator_registers_successors(streets):
    admin, reader = streets.as_("admin"), streets.as_("inspector")
    rows = reader.get("/api/department-bodies").json()
    assert [one["code"] for one in rows] == [f"D{n:02d}" for n in range(1, 23)]
    form = {"name": "区新设局", "on": str(TODAY), "basis": "区编〔2026〕1号"}
    assert reader.post("/api/department-bodies/D07/succession", json=form).status_code == 403
    made = admin.post("/api/department-bodies/D07/succession", json=form)
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["terms"][0]["basis"]) == ("区新设局", "区编〔2026〕1号")
    planned = "/api/department-bodies/D07/succession"
    later = {"name": "区再设局", "on": str(TODAY + timedelta(days=30)), "basis": "区编〔2026〕2号"}
    assert admin.post(planned, json=later).json()["planned"]["name"] == "区再设局"
    assert reader.delete(planned).status_code == 403
    withdrawn = admin.delete(planned)
    assert withdrawn.status_code == 200, withdrawn.text
    assert (withdrawn.json()["name"], withdrawn.json()["planned"]) == ("区新设局", None)
    again = admin.delete(planned)
    assert (again.status_code, again.json()["code"]) == (404, "succession-none")
