"""Limits, holiday notices, warnings and the lists that must be empty, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gridsup.calendars import default_calendar, statutory_days
from gridsup.procedures import warnings
from tests.api.streets import Streets, furnish

FORM = {"n": 4, "unit": "WD", "reason": "局务会纪要", "version": 0, "warn_days": 1, "content": "录入"}
LINK = "/api/link-limits/clocks_p10/P10-L3"


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def test_the_legal_section_sets_a_link_and_nobody_else(streets: Streets) -> None:
    legal = streets.as_("legal")
    for post in ("inspector", "dispatcher", "liaison"):
        assert streets.as_(post).put(LINK, json=FORM).status_code == 403
    assert streets.as_("liaison").get("/api/link-limits").status_code == 403
    first = {one["row"]: one for one in legal.get("/api/link-limits").json()}["P10-L3"]
    assert (first["mark"], first["newest"], first["uses"][0]["owner"]) == ("default", 0, "inspector")
    made = legal.put(LINK, json=FORM).json()
    assert (made["newest"], made["versions"][0]["n"], made["mark"]) == (1, 4, "default")
    tomorrow = made["versions"][0]["effective_from"]
    later = legal.get("/api/link-limits", params={"day": tomorrow}).json()
    held = next(one for one in later if one["row"] == "P10-L3")
    assert (held["mark"], held["n"], held["content"], held["versions"][0]["officer"] != "") == (
        "bureau",
        4,
        "录入",
        True,
    )
    assert legal.put(LINK, json=FORM).json()["code"] == "limit-changed"
    assert legal.put(LINK, json={**FORM, "version": 1, "n": 0}).json()["code"] == "limit-invalid"
    law = legal.put("/api/link-limits/clocks_p9/P9-N1", json={**FORM, "n": 6})
    assert law.json()["code"] == "limit-loosens-law"
    assert law.json()["status"] == law.status_code
    assert 400 <= law.status_code < 500
    idle = legal.put("/api/link-limits/clocks_p10/P10-L2", json=FORM)
    assert (idle.status_code, idle.json()["code"]) == (law.status_code, "limit-idle")
    assert "nothing runs in between" in idle.json()["detail"]
    assert legal.put("/api/link-limits/none/X", json=FORM).status_code == 404


def test_a_notice_is_previewed_then_entered(streets: Streets) -> None:
    matter = streets.report()["matter"]["matter_id"]
    due = datetime.fromisoformat(streets.matter(matter)["deadlines"][0]["due_at"])
    day = (due - timedelta(seconds=1)).astimezone(datetime.now().astimezone().tzinfo).date()
    year = day.year
    shipped = default_calendar().notices.get(year)
    days = [(d.day, d.name, d.off) for d in shipped or ()] or [
        (d, n, True) for d, n in statutory_days(year).items()
    ]
    known = [{"day": d.isoformat(), "name": name, "off": off} for d, name, off in days]
    extra = {"day": day.isoformat(), "name": "临时放假", "off": True}
    form = {"year": year, "days": [*known, extra], "source": "国办发明电〔2026〕1号"}
    manager = streets.as_("manager")
    assert streets.as_("dispatcher").post("/api/calendar/notices/preview", json=form).status_code == 403
    shown = manager.post("/api/calendar/notices/preview", json=form).json()
    assert matter in {one["matter_id"] for one in shown["moved"]}
    assert manager.get("/api/calendar").json()["version"] == shown["before"]
    keeper = streets.as_("admin").post("/api/calendar/notices/preview", json=form).json()
    assert {(one["matter_id"], one["title"], one["number"]) for one in keeper["moved"]} == {
        (None, None, None)
    }
    assert sum(one["runs"] for one in keeper["moved"]) == keeper["count"] == shown["count"] > 0
    assert streets.as_("admin").get("/api/calendar").json()["version"] == shown["before"]
    assert streets.as_("liaison").get("/api/calendar").status_code == 403
    stale = manager.post("/api/calendar/notices", json={**form, "expected": "cn-1"})
    assert stale.json()["code"] == "calendar-changed"
    entered = manager.post("/api/calendar/notices", json={**form, "expected": shown["calendar"]}).json()
    assert matter in entered["matters"]
    used = manager.get("/api/calendar").json()
    assert (used["version"], used["entered"][0]["source"]) == (shown["calendar"], form["source"])
    moved = {one["clock"]: one["after"] for one in shown["moved"] if one["matter_id"] == matter}
    after = {one["clock"]: one["due_at"] for one in streets.matter(matter)["deadlines"]}
    assert {clock: after[clock] for clock in moved} == moved


def test_warnings_and_lists_reach_those_who_should_act(streets: Streets) -> None:
    matter = streets.report()["matter"]["matter_id"]
    lists = streets.as_("manager").get("/api/offenders").json()
    assert [one["name"] for one in lists] == [
        "findings", "commands", "referrals", "businesses", "documents", "clocks", "publicity", "copies",
    ]  # fmt: skip
    assert streets.as_("liaison").get("/api/offenders").status_code == 403
    assert streets.as_("manager").get("/api/offenders/others").status_code == 422
    assert lists[0]["count"] == 0
    with streets.bureau.session() as session:
        assert warnings.announce(session, now=datetime.now(UTC) + timedelta(days=30)) > 0
    mine = streets.as_("dispatcher").get("/api/warnings").json()
    assert {one["matter_id"] for one in mine} == {matter}
    assert {one["owner"] for one in mine} == {"dispatcher"}
    assert streets.as_("liaison").get("/api/warnings").json() == []
