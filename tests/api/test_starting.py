"""A notice to rectify and a penalty on the spot, begun by themselves: at the desk and from the phone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from gridsup.people.model import Officer
from gridsup.procedures.model import Matter
from gridsup.registry.model import Business
from tests.api.streets import IN_CELL_1, Streets, furnish

PARTY = {
    "operator_name": "王某",
    "party_kind": "person",
    "address": "测试街道 5 号",
    "conduct": "safety",
}
INSPECTED = {**PARTY, "findings": "消防通道堵塞"}
ON_SPOT = {**PARTY, "basis": "《安全生产违法行为行政处罚办法》第三十八条"}


@pytest.fixture
def streets(bureau) -> Streets:
    made = furnish(bureau)
    for post in ("enforcement", "inspector"):
        qualify(made, made.as_(post).officer.id)  # type: ignore[attr-defined]
    return made


def qualify(streets: Streets, officer_id: int) -> None:
    with streets.bureau.session() as session:
        officer = session.get(Officer, (streets.bureau.id, officer_id))
        assert officer is not None
        officer.qualifications = [{"name": "enforcement", "number": f"E{officer_id}"}]


def start(streets: Streets, who: str, key: str | None = None, **body: Any) -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return streets.as_(who).post("/api/matters", json=body, headers=headers)


def test_an_inspection_begins_where_the_officer_stands_and_once_per_key(streets):
    key = str(uuid4())
    body = {"pack": "rectification", "form": INSPECTED, "position": IN_CELL_1}
    first, again = (start(streets, "inspector", key, **body) for _ in range(2))
    assert (first.status_code, again.json()["replayed"]) == (201, True)
    matter = streets.matter(first.json()["matter_id"])
    assert (matter["title"], matter["cell_code"], matter["state"]) == ("王某", "42010301-001", "inspected")
    assert {one["pack"] for one in streets.as_("inspector").get("/api/openings").json()} == {"rectification"}
    pack = streets.as_("inspector").get("/api/field/pack").json()
    assert pack["openings"] == ["rectification"]
    assert [one["pack"] for one in streets.as_("general").get("/api/openings").json()] == ["penalty_case"]
    assert streets.as_("legal").get("/api/openings").json() == []


def test_who_found_a_household_does_not_punish_it_on_the_spot(streets):
    """P10-R1, also between two families."""
    found = streets.report()
    enforcer, colleague = (streets.as_("enforcement").officer.id, streets.bureau.officer("enforcement").id)
    qualify(streets, colleague)
    patrol = streets.as_("inspector").officer.id
    body = {"pack": "simple_penalty", "business_id": found["business_id"], "form": ON_SPOT}
    refused = start(streets, "enforcement", **body, crew=[enforcer, patrol])
    assert (refused.status_code, refused.json()["code"]) == (409, "separation-of-duties")
    alone = start(streets, "enforcement", **body)
    assert alone.json()["code"] == "crew-too-small"
    done = start(streets, "enforcement", **body, crew=[enforcer, colleague]).json()
    with streets.bureau.session() as session:
        matter = session.get(Matter, (streets.bureau.id, done["matter_id"]))
        assert matter is not None
        assert (matter.subject_id, matter.cell_id, matter.parent_id) == (
            found["business_id"],
            streets.cells["42010301-001"],
            None,
        )


def found_name(streets: Streets, business_id: int) -> str | None:
    with streets.bureau.session() as session:
        return session.scalar(select(Business.operator_name).where(Business.id == business_id))


CLUE = {"clue_source": "tip_off", "basis": "《市场主体登记管理条例》第四十六条", "conduct": "change"}


def test_a_case_begins_with_a_clue_and_whoever_found_the_household_does_not_handle_it(streets):
    """PROC-18: the clue is verified, then filed; P10-R1 holds though no patrol stands above the case."""
    nameless = start(streets, "general", pack="penalty_case", form=CLUE).json()
    assert (nameless["code"], nameless["faults"][0]["pointer"]) == ("party-unnamed", "/form/operator_name")
    found = streets.report()
    body = {"pack": "penalty_case", "business_id": found["business_id"], "form": CLUE}
    case = start(streets, "general", **body).json()["matter_id"]
    matter = streets.matter(case)
    assert (matter["state"], matter["parent_id"]) == ("verifying", None)
    assert {clock["clock"] for clock in matter["deadlines"]} == {"verification"}
    assert matter["facts"]["operator_name"] == found_name(streets, found["business_id"])
    crew = [streets.as_("enforcement").officer.id, streets.as_("inspector").officer.id]
    refused = streets.act("enforcement", case, "file_case", {"reason": "有初步证据"}, crew=crew)
    assert refused.json()["code"] == "separation-of-duties"


def test_what_grows_out_of_other_matters_does_not_begin_by_itself(streets):
    answer = start(streets, "enforcement", pack="seizure", form={})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-standalone")
    wrong = start(streets, "inspector", pack="rectification", form={**INSPECTED, "conduct": "x"}).json()
    assert (wrong["code"], wrong["faults"][0]["pointer"]) == ("form-invalid", "/form/conduct")
