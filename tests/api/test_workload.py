"""The workload simulator over HTTP."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.api.streets import furnish


@pytest.fixture
def streets(bureau):
    return furnish(bureau)


def test_an_absence_and_a_merger_are_asked_together_and_lose_no_work(streets):
    inspector, desk = streets.as_("inspector"), streets.as_("dispatcher")
    stand_in = streets.bureau.client("inspector").officer.id
    streets.report()
    now = desk.get("/api/workload", params={"months": 2}).json()
    assert now["before"] == now["after"]
    assert now["balance_before"]["total"] > 0
    first, last = date.fromisoformat(now["horizon_from"]), date.fromisoformat(now["horizon_until"])
    assert (last - first).days == 59
    one, other, *_ = streets.cells.values()
    question = {
        "months": 2,
        "scenarios": [
            {"kind": "merge", "cell_id": one, "other_id": other},
            {
                "kind": "absence",
                "officer_id": inspector.officer.id,
                "first_day": str(first),
                "last_day": str(first + timedelta(days=59)),
            },
        ],
    }
    answer = desk.post("/api/workload/simulate", json=question)
    assert answer.status_code == 200, answer.text
    out = answer.json()
    assert out["balance_after"]["total"] == pytest.approx(out["balance_before"]["total"])
    assert {one["to_id"] for one in out["transfers"]} == {stand_in}
    assert inspector.get("/api/workload").status_code == 403
    refused = desk.post(
        "/api/workload/simulate", json={"scenarios": [{**question["scenarios"][0], "other_id": one}]}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "same-cell")
