"""The fine that is proposed is held against its range before the party is told of it (APL-37, APL-44)."""

from __future__ import annotations

from typing import Any

import pytest

from gridsup.procedures import queries, views
from tests.db.enforcement.steps import THINGS, lines
from tests.db.procedures.trips import FINE, NOTICE, REFUSED, REPORT, WHY, Trip, investigated, refused


def beside(trip: Trip, case: int, step: str) -> list[str]:
    """The codes of what stands to be heeded beside a step."""
    may = views.available_actions(trip.session, case, [trip.acting("enforcement")], now=trip.now)["actions"]
    return [told["code"] for one in may if one["action"] == step for told in one["heeds"]]


@pytest.mark.parametrize(
    ("fine", "refusal", "told"),
    [
        ("9999.99", True, "fine-outside-range"),
        ("10000", True, None),
        ("100000", True, None),
        ("100000.01", True, "fine-outside-range"),
        ("10000", False, "correction-first"),
        (None, True, None),
        ("一万", True, None),  # the form says so itself
    ],
)
def test_a_proposed_fine_outside_its_range_is_told_while_it_is_written_and_at_the_notice(
    trip: Trip, fine: str | None, refusal: bool, told: str | None
) -> None:
    """REG-43: 10,000 to 100,000 yuan, after a correction that was refused; in the decision's own words."""
    _, case = investigated(trip)
    form: dict[str, Any] = REPORT | (REFUSED if refusal else {})
    form |= {"proposed_fine": fine} if fine else {}
    heeded = views.heeds(trip.session, case, "report_investigation", form)
    assert [one["code"] for one in heeded] == ([told] if told else [])
    if fine == "一万":
        return
    trip.do(case, "report_investigation", "enforcement", form, pair=True)
    recorded = lines(trip, case, "enforcement.hearing_right")["lines"]["zh"]
    assert (heeded[0]["zh"] in recorded) if told else len(recorded) == 3
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    at_notice = told if fine else "fine-outside-range"  # no fine at all lies below the least
    assert beside(trip, case, "notify") == ([at_notice] if at_notice else [])
    trip.do(case, "notify", "enforcement", NOTICE)  # not refused: mitigation is stated with the decision
    if fine != "9999.99":
        return
    trip.handed(case, "serve_notice")
    trip.now = trip.due(case, "defence")
    assert refused(trip, case, "decide", "enforcement", FINE | {"fine": fine}) == told
    trip.do(case, "decide", "enforcement", FINE | {"fine": fine, "mitigation": "主动消除危害后果"})


def test_a_notice_on_new_facts_is_held_against_the_range_too(trip: Trip) -> None:
    _, case = investigated(trip)
    trip.do(case, "report_investigation", "enforcement", REPORT | REFUSED, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.now = trip.due(case, "defence")
    (one,) = views.heeds(trip.session, case, "notify_again", WHY | {"proposed_fine": "500"})
    assert (one["code"], "500 元不在适用条款" in one["zh"]) == ("fine-outside-range", True)


def test_who_went_along_in_the_case_goes_along_in_its_measures(trip: Trip) -> None:
    """The last time here counts, else the last time in the family; nobody where I acted alone."""
    _, case = investigated(trip)
    me, other = (trip.bureau.officers[one] for one in ("enforcement", "enforcement_2"))
    (held,) = trip.do(case, "apply_seizure", "enforcement", THINGS).children
    third = trip.bureau.officers["brigade_2"]
    for who, along in ((me, [other]), (other, [me]), (third, [])):
        assert queries.partners(trip.session, [held, case], who) == {held: along, case: along}


def test_an_order_to_correct_that_never_reached_the_party_is_told_where_its_refusal_is_punished(
    trip: Trip,
) -> None:
    """REG-43: at the proposal, at the notice, and beside the decision, for its signer too."""
    matter = trip.classified(public_danger=True)
    order = trip.ordered(matter, served=False)
    trip.do(order, "drop", "station_head", WHY)
    (case,) = trip.do(matter, "file", "dispatcher", {"basis": "条例第四十三条"}).children
    trip.approve(trip.do(case, "file_case", "enforcement", WHY, pair=True), "station_head", "bureau_head")
    report = REPORT | REFUSED | {"proposed_fine": "10000"}
    (told,) = views.heeds(trip.session, case, "report_investigation", report)
    assert (told["code"], "责令改正通知书" in told["zh"]) == ("order-unserved", True)
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    assert beside(trip, case, "notify") == ["order-unserved"]
    trip.told(case)
    trip.now = trip.due(case, "defence")
    assert [one["code"] for one in views.heeds(trip.session, case, "decide", FINE)] == ["order-unserved"]
    trip.delivered(order)
    assert views.heeds(trip.session, case, "decide", FINE) == []
