"""责令改正 in a case: ordered, served, its term, its re-inspection, which a penalty stands on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridsup.enforcement import guards
from gridsup.errors import Refused
from gridsup.procedures import views
from gridsup.procedures.model import Matter
from tests.db.enforcement.steps import papers_of, text_of
from tests.db.procedures.trips import (
    CAPTURE,
    CLASSES,
    DAY,
    FINE,
    REFUSED,
    REPORT,
    WHY,
    Trip,
    investigated,
    refused,
)

ORDER = {
    "found": "未悬挂营业执照",
    "basis": "《市场主体登记管理条例》第四十八条",
    "requirement": "将营业执照置于醒目位置",
    "term_end": "2026-03-16",
}
RECORD = {"record": "两名执法人员到场复查"}
CLAIMED = REPORT | {"correction_refused": True}


def ordered(trip: Trip, *, served: bool = True) -> tuple[int, int]:
    """A case and its order to correct, written on the second of March, with a term until the sixteenth."""
    _, case = investigated(trip)
    (order,) = trip.do(case, "begin_correction", "enforcement", {"conduct": "display"}).children
    trip.do(order, "write_order", "enforcement", ORDER)
    if served:
        trip.handed(order, "serve_order", term_end=ORDER["term_end"])
    return case, order


def facts(trip: Trip, case: int) -> dict[str, Any]:
    found: dict[str, Any] = views.current(trip.session, case, now=trip.now)["facts"]
    return {name: found.get(name) for name in ("correction_found", "correction_refused")}


def test_a_refusal_is_what_the_reinspection_found_after_the_term(trip: Trip) -> None:
    """APL-28, REG-43: ordered, served, the term, two officers look, the case takes it over."""
    case, order = ordered(trip, served=False)
    (paper,) = trip.session.scalars(papers_of(trip, order))
    text = text_of(trip, paper)
    for said in ("未悬挂营业执照", "第四十八条", "2026年3月16日前改正", "醒目位置"):
        assert said in text
    assert "第四十三条" not in text
    assert refused(trip, order, "found_corrected", "enforcement", RECORD, pair=True) == "wrong-state"
    trip.handed(order, "serve_order", term_end=ORDER["term_end"])
    assert trip.state(order) == "correcting"
    assert refused(trip, case, "begin_correction", "enforcement", {"conduct": "display"}) == "order-runs"
    assert refused(trip, order, "found_refused", "enforcement", RECORD, pair=True) == "wrong-state"
    assert refused(trip, case, "report_investigation", "enforcement", CLAIMED | REFUSED, pair=True) == (
        "correction-runs"
    )
    (heeded,) = views.heeds(trip.session, case, "report_investigation", CLAIMED)  # while it is filled in
    assert heeded["code"] == "correction-runs"
    trip.now = trip.due(order, "term")
    assert trip.state(order) == "reinspection"
    assert trip.due(order, "reinspection") - trip.now == 4 * DAY  # three working days after the seventeenth
    assert refused(trip, order, "found_refused", "enforcement", RECORD) == "crew-too-small"
    trip.do(order, "found_refused", "enforcement", RECORD, pair=True)
    assert facts(trip, case) == {"correction_found": "refused", "correction_refused": True}
    assert refused(trip, case, "report_investigation", "enforcement", CLAIMED | REFUSED, pair=True) == (
        "form-invalid"  # what the system knows is not typed again
    )
    report = CLAIMED | {"conduct": "display", "proposed_fine": "3000"}
    assert views.heeds(trip.session, case, "report_investigation", report) == []
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.now = trip.due(case, "defence")
    trip.approve(trip.do(case, "decide", "enforcement", FINE | {"fine": "3000"}), "bureau_head")
    trip.sound()


def test_what_was_corrected_is_not_punished_as_refused(trip: Trip) -> None:
    case, order = ordered(trip)
    trip.do(
        order, "found_corrected", "enforcement", RECORD, pair=True
    )  # the party reported it before the day
    assert facts(trip, case) == {"correction_found": "corrected", "correction_refused": False}
    assert refused(trip, case, "report_investigation", "enforcement", CLAIMED, pair=True) == (
        "correction-was-made"
    )
    (told,) = views.heeds(
        trip.session, case, "report_investigation", REPORT | {"conduct": "display", "proposed_fine": "3000"}
    )
    assert (told["code"], "责令改正" in told["zh"]) == ("correction-first", True)
    again = trip.do(case, "begin_correction", "enforcement", {"conduct": "display"})
    assert len(again.children) == 1


def test_the_term_ends_after_the_party_was_told(trip: Trip) -> None:
    """Written for a day that is past when it is served, the order leaves no time to correct."""
    case, order = ordered(trip, served=False)
    today = trip.now.date().isoformat()
    assert refused(trip, order, "write_order", "enforcement", ORDER | {"term_end": today}) in (
        "paper-unserved",
        "no-time-to-correct",
    )
    trip.now += timedelta(days=14)
    with pytest.raises(Refused, match="no-time-to-correct"):
        trip.handed(order, "serve_order", term_end=ORDER["term_end"])
    assert trip.state(order) == "to_order"
    assert refused(trip, case, "terminate", "enforcement", WHY) == "measures-open"
    trip.do(order, "drop", "station_head", WHY)
    assert facts(trip, case) == {"correction_found": None, "correction_refused": None}
    assert refused(trip, case, "terminate", "enforcement", WHY) == "papers-unserved"


def test_a_refusal_that_no_order_here_shows_is_stated_with_what_it_rests_on(trip: Trip) -> None:
    _, case = investigated(trip)
    assert refused(trip, case, "report_investigation", "enforcement", CLAIMED, pair=True) == "form-invalid"
    trip.do(case, "report_investigation", "enforcement", REPORT | REFUSED, pair=True)


def test_the_grid_orders_by_the_same_matter_and_its_case_knows_the_refusal(trip: Trip) -> None:
    """The term begins with the service; two officers re-inspect; nobody types it again."""
    matter = trip.classified()
    order = trip.ordered(matter, served=False)
    assert "term" not in {one["clock"] for one in views.deadlines(trip.session, order, now=trip.now)}
    end = (trip.now + 14 * DAY).date().isoformat()
    trip.now += 5 * DAY
    trip.handed(order, "serve_order", term_end=end)
    assert trip.state(matter) == "correcting"
    for step in ("recheck_unlicensed", "recheck_ceased", "file"):
        assert refused(trip, matter, step, "dispatcher" if step == "file" else "inspector") == "wrong-state"
    trip.now = trip.due(order, "term")
    assert refused(trip, order, "found_refused", "enforcement", RECORD) == "crew-too-small"
    trip.do(order, "found_refused", "enforcement", RECORD, pair=True)
    assert trip.state(matter) == "still_unlicensed"
    runs = [
        one["clock"]
        for one in views.deadlines(trip.session, matter, now=trip.now)
        if one["state"] == "running"
    ]
    assert "disposal_term" in runs
    (case,) = trip.do(matter, "file", "dispatcher", {"basis": "条例第四十三条"}).children
    assert facts(trip, case) == {"correction_found": "refused", "correction_refused": True}
    trip.sound()


def test_what_the_grid_ordered_and_was_corrected_or_dropped_files_no_case(trip: Trip) -> None:
    matter = trip.classified()
    order = trip.ordered(matter)
    trip.do(order, "found_corrected", "enforcement", RECORD, pair=True)
    assert trip.state(matter) == "second_recheck"
    assert refused(
        trip, matter, "recheck_unlicensed", "inspector", {"note": "又营业", "correction_refused": True}
    ) == (
        "form-invalid"  # an inspector's re-check states no refusal
    )
    trip.do(matter, "recheck_unlicensed", "inspector", {"note": "又在经营"})
    assert refused(trip, matter, "file", "dispatcher", {"basis": "条例第四十三条"}) == "condition-not-met"
    trip.do(trip.ordered(matter, served=False), "drop", "station_head", WHY)
    assert trip.state(matter) == "classified"
    assert refused(trip, matter, "file", "dispatcher", {"basis": "条例第四十三条"}) == "condition-not-met"
    trip.sound()


def test_a_command_that_was_refused_is_not_yet_an_order_that_was_refused(trip: Trip) -> None:
    """O21: the party has no paper of a command; correction is ordered first, then refused."""
    matter = trip.discover("dispatcher", source="referral", outside_number="卫抄1")
    trip.do(matter, "capture", "general", CAPTURE | {"business_licence_status": "valid"})
    trip.do(matter, "classify", "dispatcher", CLASSES)
    trip.do(matter, "order_change", "dispatcher")
    trip.do(matter, "receive_order", "station_head")
    trip.do(matter, "feed_back_order", "general", {"order_result": "refused", "content": "拒不办理"})
    trip.do(matter, "accept_refusal", "dispatcher")
    assert refused(trip, matter, "file", "dispatcher", {"basis": "条例第四十三条"}) == "facts-missing"
    (order,) = trip.do(matter, "begin_correction", "dispatcher", {"conduct": "change"}).children
    assert trip.state(order) == "to_order"


def test_who_stepped_aside_in_the_case_does_nothing_about_its_order(trip: Trip) -> None:
    """APL-43: a recusal holds for all that grew out of the case."""
    case, order = ordered(trip, served=False)
    aside = {"officer_id": trip.bureau.officers["enforcement_2"], "asked_by": "party", "reason": "亲属"}
    trip.approve(trip.do(case, "recuse", "enforcement", aside), "bureau_head")
    household = trip.session.get_one(Matter, (trip.bureau.jurisdiction_id, case)).parent_id
    assert guards.aside(trip.session, trip.bureau.jurisdiction_id, [household, case, order]) == {
        household: [],
        case: [aside["officer_id"]],
        order: [aside["officer_id"]],
    }
    with pytest.raises(Refused, match="recused"):
        trip.handed(order, "serve_order", term_end=ORDER["term_end"])
