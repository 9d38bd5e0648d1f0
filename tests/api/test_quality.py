"""The appraisal and the review of files over HTTP: who sees what, and the way from a draw to an objection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridsup.cells.locate import today
from tests.api.streets import CLASSIFIED, Streets, furnish
from tests.pdf import text_of


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def months_ago() -> tuple[str, str]:
    """The last whole month before this day, as its first and last day."""
    last = today().replace(day=1) - timedelta(days=1)
    return last.replace(day=1).isoformat(), last.isoformat()


def closed_file(streets: Streets) -> int:
    """A finding whose matter the dispatcher has dismissed: closed today, handled by the inspector."""
    number = streets.report()["matter"]["matter_id"]
    streets.done("dispatcher", number, "classify", CLASSIFIED)
    streets.done("dispatcher", number, "dismiss", {"reason": "现场核实已停业"})
    return int(number)


def full_sheet(client: Any, pack: str, **taken: float) -> list[dict[str, Any]]:
    list_ = client.get("/api/reviews/checklist").json()
    items = [
        one for axis in list_["axes"] for one in axis["items"] if not one["packs"] or pack in one["packs"]
    ]
    return [
        {"item": one["id"], "points": one["points"] - taken.get(one["id"], 0), "note": "目录缺页"}
        for one in items
    ]


def test_a_file_is_drawn_judged_and_corrected(streets):
    file = closed_file(streets)
    manager, legal, inspector = (streets.as_(one) for one in ("manager", "legal", "inspector"))
    wanted = {
        "since": today().isoformat(),
        "until": today().isoformat(),
        "kinds": ["unlicensed_operation"],
        "count": 5,
        "reviewers": [legal.officer.id],
    }
    assert legal.post("/api/reviews/draws", json=wanted).status_code == 403
    answer = manager.post("/api/reviews/draws", json=wanted)
    assert answer.status_code == 201, answer.text
    draw = answer.json()
    assert ([one["matter_id"] for one in draw["files_drawn"]], draw["repeats"]) == ([file], True)
    assert manager.get("/api/reviews/draws").json()[0]["population"] == 1
    assert manager.get("/api/reviews/draws/99").status_code == 404
    (mine,) = legal.get("/api/reviews/mine").json()["to_judge"]
    here = f"/api/reviews/files/{mine['id']}"
    assert inspector.get(here).status_code == 403  # the handler sees it once it is judged
    marks = full_sheet(legal, "unlicensed_operation", contents=2)
    assert manager.post(f"{here}/sheet", json={"marks": marks}).json()["code"] == "not-the-reviewer"
    assert legal.post(f"{here}/sheet", json={"marks": marks[1:]}).status_code == 422
    judged = legal.post(f"{here}/sheet", json={"marks": marks, "findings": "目录应补齐"}).json()
    assert judged["judgement"]["grade"] == "excellent"
    assert inspector.get(here).json()["handler"] == judged["handler"]

    order = manager.post(f"{here}/correction", json={"demand": "补齐目录"}).json()["correction"]
    assert (order["state"], order["late"], order["may_answer"]) == ("ordered", False, False)
    assert len(order["explanation"]) > 1
    (own,) = inspector.get("/api/reviews/mine").json()["my_files"]
    assert own["correction"]["may_answer"]
    steps = f"/api/reviews/corrections/{order['id']}"
    assert legal.post(f"{steps}/answer", json={"words": "已补"}).status_code == 403
    answered = inspector.post(f"{steps}/answer", json={"words": "已补"}).json()["correction"]
    assert (answered["state"], answered["may_answer"]) == ("answered", False)
    done = manager.post(f"{steps}/check", json={"accepted": True, "words": "见卷"}).json()["correction"]
    assert (done["state"], [one["step"] for one in done["steps"]]) == ("accepted", ["answer", "accept"])


def test_a_file_goes_to_another_reviewer_before_it_is_judged(streets):
    closed_file(streets)
    manager, legal, other = streets.as_("manager"), streets.as_("legal"), streets.as_("supervision")
    wanted = {
        "since": today().isoformat(),
        "until": today().isoformat(),
        "kinds": ["unlicensed_operation"],
        "count": 1,
        "reviewers": [legal.officer.id],
    }
    (file,) = manager.post("/api/reviews/draws", json=wanted).json()["files_drawn"]
    here = f"/api/reviews/files/{file['id']}/reviewer"
    told = manager.put(here, json={"reviewer_id": other.officer.id}).json()
    assert told["reviewer_id"] == other.officer.id
    answer = manager.put(here, json={"reviewer_id": streets.as_("inspector").officer.id})
    assert answer.json()["code"] == "not-a-reviewer"


def test_everybody_sees_the_own_result_and_no_other(streets):
    streets.report()
    since, until = months_ago()
    manager, inspector, head = (streets.as_(one) for one in ("manager", "inspector", "station_head"))
    other = streets.bureau.client("inspector")
    assert streets.as_("liaison").get("/api/appraisals/mine").status_code == 403
    for path in ("", "/objections", "/1", f"/preview?since={since}&until={until}"):
        assert inspector.get(f"/api/appraisals{path}").status_code == 403
    measures = inspector.get("/api/appraisals/measures").json()["measures"]
    assert sum(one["weight"] for one in measures) == 100
    preview = manager.get("/api/appraisals/preview", params={"since": since, "until": until}).json()
    assert {one["officer_id"] for one in preview} >= {None, inspector.officer.id, other.officer.id}
    form = {"since": since, "until": until, "remarks": "季度讲评"}
    assert streets.as_("supervision").post("/api/appraisals", json=form).status_code == 403
    issued = manager.post("/api/appraisals", json=form).json()
    assert manager.post("/api/appraisals", json=form).json()["code"] == "appraisal-exists"
    assert [one["id"] for one in manager.get("/api/appraisals").json()] == [issued["id"]]
    assert manager.get(f"/api/appraisals/{issued['id']}").json()["lines"] == issued["lines"]
    mine = next(one for one in issued["lines"] if one["officer_id"] == inspector.officer.id)
    (own,) = inspector.get("/api/appraisals/mine").json()
    assert (own["id"], own["total"], own["may_object"]) == (mine["id"], mine["total"], True)
    assert {one["officer_id"] for one in head.get("/api/appraisals/mine").json()} >= {
        None,
        mine["officer_id"],
    }
    here = f"/api/appraisals/lines/{mine['id']}"
    assert other.get(here).status_code == 404
    assert head.get(here).status_code == 200
    patrol = next(one for one in mine["measures"] if one["measure"] == "patrol_in_time")
    rows = inspector.get(f"{here}/rows", params={"measure": "patrol_in_time"}).json()
    assert (rows["deducted"], sum(one["lost"] for one in rows["rows"])) == (1, pytest.approx(patrol["lost"]))
    objection = {"measure": "patrol_in_time", "rows": [rows["rows"][0]["index"]], "reason": "已歇业"}
    assert other.post(f"{here}/objections", json=objection).json()["code"] == "not-own-line"
    made = inspector.post(f"{here}/objections", json=objection).json()
    assert made["titles"] == [rows["rows"][0]["title"]]
    (waiting,) = manager.get("/api/appraisals/objections").json()
    answer = {"upheld": waiting["rows"], "words": "核实属实"}
    there = f"/api/appraisals/objections/{waiting['id']}/answer"
    assert inspector.post(there, json=answer).status_code == 403
    assert manager.post(there, json=answer).json()["upheld"] == waiting["rows"]
    assert manager.get("/api/appraisals/objections").json() == []
    stands = inspector.get(here).json()
    assert stands["total"] == mine["total"]
    assert stands["restored"] == pytest.approx(patrol["lost"])

    assert other.get(f"{here}/sheet.pdf").status_code == 404
    printed = text_of(inspector.get(f"{here}/sheet.pdf").content)
    name = stands["officer"]
    for words in ("网格监管考核表", name, f"{stands['standing']:.1f}", "已歇业", "核实属实", "本人意见"):
        assert words in printed, words
    assert "PK" in head.get(f"{here}/sheet.docx").text[:2]
    assert inspector.get(f"/api/appraisals/{issued['id']}/sheets.pdf").status_code == 403
    every = text_of(manager.get(f"/api/appraisals/{issued['id']}/sheets.pdf").content)
    assert every.count("二、各项指标") == len(issued["lines"])


def test_months_that_run_or_are_no_months_are_refused(streets):
    manager = streets.as_("manager")
    running = {"since": today().replace(day=1).isoformat(), "until": (today()).isoformat()}
    assert manager.post("/api/appraisals", json=running).json()["code"] in {
        "appraisal-months",
        "period-running",
    }
    assert (
        manager.get(
            "/api/appraisals/preview", params={"since": "2026-01-02", "until": "2026-01-31"}
        ).status_code
        == 422
    )
