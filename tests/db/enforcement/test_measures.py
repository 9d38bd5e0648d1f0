"""Preservation and seizure (先行登记保存, 查封、扣押), walked through the one door."""

from __future__ import annotations

from sqlalchemy import select

from gridsup.documents.model import Document
from gridsup.enforcement import queries
from tests.db.enforcement.steps import (
    LIST,
    THINGS,
    opened,
)
from tests.db.procedures.trips import (
    DAY,
    HANDED,
    KEPT,
    WHY,
    WORD,
    Trip,
    investigated,
    local,
    refused,
)


def test_a_seizure_lasts_thirty_days_and_once_thirty_more(trip: Trip) -> None:
    _, case = investigated(trip)
    (held,) = trip.do(case, "apply_seizure", "enforcement", THINGS).children
    proposed = trip.do(held, "seize", "enforcement", LIST, pair=True)
    assert trip.state(held) == "applied"
    trip.approve(proposed, "bureau_head")
    assert trip.due(held, "term") == local(4, 2)  # 2 March + 30 days = 1 April, no rolling
    trip.do(held, "send_to_testing", "enforcement", WHY)
    trip.now += 5 * DAY
    trip.do(held, "receive_test_result", "enforcement", WORD)
    assert trip.due(held, "term") == local(4, 7)
    trip.approve(trip.do(held, "prolong", "enforcement", WHY), "bureau_head")
    assert trip.due(held, "term") == local(5, 7)
    assert refused(trip, held, "prolong", "enforcement", WHY) == "extension-used-up"
    trip.now = trip.due(held, "term")
    assert trip.state(held) == "expired"
    assert refused(trip, held, "confiscate", "enforcement", WORD) == "wrong-state"
    back = {"ground": "expired", "content": "已返还"}
    assert trip.do(held, "release", "enforcement", back | HANDED, pair=True).ended
    numbered = trip.session.scalars(select(Document.kind).where(Document.matter_id == held)).all()
    assert sorted(numbered) == ["seizure_decision", "seizure_extension", "seizure_release"]
    trip.sound()


def test_things_are_seized_only_where_a_law_gives_the_power(trip: Trip) -> None:
    """AEL-10, AEL-17: by the conduct; another statute is named by the officer, and marked as not checked."""
    _, case = investigated(trip)
    for conduct, code in (
        ("change", "no-seizure-power"),
        ("display", "no-seizure-power"),
        ("other", "form-invalid"),
    ):
        form = THINGS | {"conduct": conduct}
        assert refused(trip, case, "apply_seizure", "enforcement", form) == code
    other = THINGS | {"conduct": "other", "power": "《产品质量法》第十八条"}
    trip.do(case, "apply_seizure", "enforcement", other)
    (event,) = trip.session.scalars(queries.acts(trip.bureau.jurisdiction_id, [case], ["apply_seizure"]))
    told = event.data["results"]["enforcement.power"]
    assert (told["verified"], told["lines"]["zh"][0]) == (False, "查封、扣押依据：《产品质量法》第十八条")
    alone = opened(trip, "penalty_case", "enforcement", {"operator_name": "张三", "basis": "条例"})
    trip.approve(trip.do(alone, "file_case", "enforcement", WHY, pair=True), "station_head", "bureau_head")
    assert refused(trip, alone, "apply_seizure", "enforcement", THINGS) == "conduct-unknown"


def test_preserved_things_that_are_seized_get_a_term_of_their_own(trip: Trip) -> None:
    _, case = investigated(trip)
    (kept,) = trip.do(case, "preserve_evidence", "enforcement", THINGS).children
    trip.approve(trip.do(kept, "preserve", "enforcement", KEPT, pair=True), "bureau_head")
    seized = trip.approve(trip.do(kept, "seize", "enforcement", {"decision": "转扣押"}), "bureau_head")
    (held,) = seized.children
    assert refused(trip, case, "terminate", "enforcement", WHY) == "measures-open"  # below what has ended
    listed = LIST | {"list": [KEPT["list"][0] | {"from_no": 1}]}
    trip.do(held, "seize_urgent", "enforcement", listed, pair=True)
    assert trip.due(held, "urgent_approval") == trip.now + DAY


def test_a_case_is_not_closed_over_goods_that_are_still_held(trip: Trip) -> None:
    _, case = investigated(trip)
    (held,) = trip.do(case, "apply_seizure", "enforcement", THINGS).children
    assert refused(trip, case, "terminate", "enforcement", WHY) == "measures-open"
    trip.do(held, "drop", "enforcement", WHY)
    trip.approve(trip.do(case, "terminate", "enforcement", WHY), "bureau_head")
