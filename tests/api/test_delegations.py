"""Delegation letters over HTTP: who may write them, what may be given, what the public reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridsup.people.deputies import day_of
from tests.api.streets import IN_CELL_1, Streets, furnish
from tests.api.test_starting import INSPECTED, start

TODAY, DAY = day_of(datetime.now(UTC)), timedelta(days=1)


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def letter(streets: Streets, **more: Any) -> dict[str, Any]:
    return {
        "number": "丰委〔2026〕1号",
        "delegate_id": streets.bureau.organisations["street"],
        "scope": ["安全生产检查"],
        "powers": ["rectification.inspect"],
        "areas": [],
        "signed_on": (TODAY - 10 * DAY).isoformat(),
        "signed_by": "局长",
        "delegate_signer": "街道主任",
        "valid_from": (TODAY - 5 * DAY).isoformat(),
        "valid_to": (TODAY + 10 * DAY).isoformat(),
        "liability": "由委托机关承担法律责任",
        **more,
    }


def test_a_street_acts_from_the_announcement_to_the_revocation(streets):
    clerk = streets.bureau.client("inspector", place="street")
    streets.clients["clerk"] = clerk
    inspect = {"pack": "rectification", "form": INSPECTED, "position": IN_CELL_1}
    legal = streets.as_("legal")
    made = legal.post("/api/delegations", json=letter(streets)).json()
    assert (made["standing"], made["days_left"]) == ("draft", None)
    assert start(streets, "clerk", **inspect).status_code == 403
    told = {"published_on": TODAY.isoformat(), "published_in": "区政府网站"}
    path = f"/api/delegations/{made['id']}"
    assert legal.post(f"{path}/publish", json=told).json()["standing"] == "ending"
    assert start(streets, "clerk", **inspect).status_code == 201
    outside = {**inspect, "form": INSPECTED, "pack": "simple_penalty"}
    assert start(streets, "clerk", **outside).status_code == 403
    ended = {"revoked_on": TODAY.isoformat(), "reason": "机构调整"}
    assert legal.post(f"{path}/revoke", json=ended).json()["standing"] == "revoked"
    assert start(streets, "clerk", **inspect).status_code == 403
    (shown,) = streets.as_("dispatcher").get("/api/delegations").json()
    for said in ("丰委〔2026〕1号", "测试街道", "现场检查", "不得再委托", "机构调整"):
        assert said in shown["public_text"]


def test_seizure_is_refused_and_only_the_heads_and_legal_write(streets):
    seizure = streets.as_("legal").post("/api/delegations", json=letter(streets, powers=["seizure.seize"]))
    assert (seizure.status_code, seizure.json()["code"]) == (409, "not-delegable")
    for post in ("dispatcher", "inspector", "station_head"):
        assert streets.as_(post).post("/api/delegations", json=letter(streets)).status_code == 403
    told = streets.as_("manager").get("/api/delegations/powers").json()
    assert not [one for one in told["acts"] if one["act"].startswith("seizure.")]
    assert {one["kind"] for one in told["delegates"]} == {"street", "community"}
    assert len(told["powers"]) == 5


def test_a_letter_is_adjusted_with_reason_day_and_announcement(streets):
    """P6-D3: the earlier letter is kept; acts stand on the one in force on their day."""
    legal = streets.as_("legal")
    told = {"published_on": TODAY.isoformat(), "published_in": "区政府网站"}
    first = legal.post("/api/delegations", json=letter(streets)).json()
    assert legal.post(f"/api/delegations/{first['id']}/publish", json=told).status_code == 200
    adjustment = {
        "number": "丰委〔2026〕1号调整1",
        "reason": "增加当场处罚权限",
        "valid_from": TODAY.isoformat(),
        "powers": ["rectification.inspect", "simple_penalty.open_on_spot"],
        "signed_on": TODAY.isoformat(),
        "signed_by": "局长",
        "delegate_signer": "街道主任",
    }
    path = f"/api/delegations/{first['id']}/adjust"
    assert streets.as_("station_head").post(path, json=adjustment).status_code == 403
    made = legal.post(path, json=adjustment).json()
    assert (made["standing"], made["adjusts"], made["scope"]) == ("draft", first["number"], first["scope"])
    assert [one["en"] for one in made["adjusted"]] == ["powers"]
    assert legal.post(f"/api/delegations/{made['id']}/publish", json=told).json()["standing"] == "ending"
    old = next(one for one in legal.get("/api/delegations").json() if one["id"] == first["id"])
    assert (old["standing"], old["adjusted_by"]) == ("revoked", made["number"])
    assert "委托调整" in old["public_text"]
    again = legal.post(path, json=adjustment | {"number": "调整2"})
    assert (again.status_code, again.json()["code"]) == (409, "delegation-over")
