"""The shipped packs walked through the one door: whole trips, their clocks and their walls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import Forbidden
from gridsup.procedures import views
from gridsup.referrals.model import Referral
from gridsup.registry.model import Business, LedgerEntry
from tests import factories
from tests.db.enforcement.steps import HEARD
from tests.db.procedures.trips import (
    CAPTURE,
    CLASSES,
    DAY,
    FINE,
    HANDED,
    KEPT,
    MONDAY,
    REFUSED,
    REPORT,
    WHY,
    WORD,
    Trip,
    investigated,
    local,
    posting,
    refused,
)


@pytest.fixture
def trip(session: Session) -> Trip:
    return Trip(session)


def test_a_finding_is_referred_answered_rechecked_and_closed(trip: Trip) -> None:
    matter = trip.classified()
    assert trip.due(matter, "p9_n1") == local(3, 10)
    trip.now += DAY
    (referral,) = trip.do(matter, "refer", "general", {"department": "D10", "basis": "篇9"}).children
    assert trip.due(referral, "p9_n1") == local(3, 10)  # from the finding, not from the draft
    trip.now += DAY
    trip.do(referral, "send", "dispatcher")
    trip.now += DAY
    trip.do(referral, "receive", "liaison")
    assert trip.due(referral, "p9_n2") == local(3, 20)
    trip.do(referral, "feed_back", "liaison", {"result": "licensed", "permit_no": "JY1", "content": "已发证"})
    assert trip.state(matter) == "referred"
    trip.do(referral, "accept_licensed", "dispatcher")
    assert trip.state(matter) == "recheck"
    licence = {"licence_no": "92420103DEM000001K", "permit_no": "JY1"}
    assert refused(trip, matter, "recheck_licensed", "inspector", {"licence_no": licence["licence_no"]})
    trip.do(matter, "recheck_licensed", "inspector", licence | {"licence_no": "91330100799655058B"})
    trip.do(matter, "feed_back", "inspector", WORD)
    closed = trip.do(matter, "accept_licensed", "dispatcher")
    assert (closed.state, closed.ended) == ("closed", True)
    row = trip.session.scalars(select(Referral)).one()
    assert row.number is not None
    assert row.received_at is not None
    ledger = trip.session.scalars(select(LedgerEntry)).one()
    assert (ledger.disposal, ledger.closed_on is not None) == ("closed", True)
    trip.session.expire_all()
    assert (
        trip.session.get_one(Business, (trip.bureau.jurisdiction_id, trip.business)).licence_status == "valid"
    )
    trip.sound()


def test_a_returned_referral_can_go_elsewhere_or_come_home(trip: Trip) -> None:
    matter = trip.classified()
    (referral,) = trip.do(matter, "refer", "dispatcher", {"department": "D10", "basis": "篇9"}).children
    trip.do(referral, "send", "dispatcher")
    assert refused(trip, referral, "return_referral", "liaison") == "form-invalid"
    trip.do(referral, "return_referral", "liaison", {"reason": "非本部门职责", "suggested_department": "D21"})
    trip.do(referral, "accept_return", "dispatcher", WHY)
    assert trip.state(matter) == "classified"
    trip.sound()


def test_the_term_to_obtain_a_licence_leads_to_the_recheck_by_itself(trip: Trip) -> None:
    matter = trip.classified()
    trip.do(matter, "guide", "dispatcher")
    trip.do(matter, "receive_guide", "station_head")
    trip.do(matter, "extend_guide", "station_head", WHY)
    due = trip.due(matter, "guide_term")
    assert due == local(4, 17)  # 2 March + 45 days = 16 April
    assert refused(trip, matter, "extend_guide", "station_head", WHY) == "extension-used-up"
    trip.now = due
    assert trip.state(matter) == "recheck"
    trip.do(matter, "recheck_unlicensed", "inspector", {"note": "仍在经营"})
    assert trip.state(matter) == "still_unlicensed"
    trip.do(matter, "guide", "dispatcher")
    assert trip.state(matter) == "guide_issued"
    trip.sound()


def test_correction_comes_before_the_case(trip: Trip) -> None:
    """条例 art. 43: no case before a refused correction, unless the public is in danger."""
    matter = trip.classified()
    assert refused(trip, matter, "file", "dispatcher", {"basis": "条例第四十三条"}) == "facts-missing"
    order = trip.ordered(matter)
    assert trip.state(matter) == "correcting"
    trip.now = trip.due(order, "term")
    trip.do(order, "found_refused", "enforcement", {"record": "拒不改正"}, pair=True)
    assert trip.state(matter) == "still_unlicensed"
    assert trip.do(matter, "file", "dispatcher", {"basis": "条例第四十三条"}).children
    danger = trip.classified(public_danger=True)
    assert trip.do(danger, "file", "dispatcher", {"basis": "条例第四十三条"}).children
    trip.sound()


def test_an_inbound_referral_becomes_a_command_that_is_returned_and_accepted(trip: Trip) -> None:
    matter = trip.discover("dispatcher", source="referral", outside_number="卫抄1")
    trip.do(matter, "capture", "general", CAPTURE | {"business_licence_status": "valid"})
    trip.do(matter, "classify", "dispatcher", CLASSES)
    assert trip.due(matter, "p9_n4") == local(3, 17)
    trip.do(matter, "order_cancellation", "dispatcher")
    trip.do(matter, "receive_order", "station_head")
    trip.do(matter, "feed_back_order", "general", {"order_result": "done", "content": "已注销"})
    assert refused(trip, matter, "accept_change", "dispatcher") == "condition-not-met"
    trip.do(matter, "return_order", "dispatcher", {"reason": "请补充证明"})
    trip.do(matter, "feed_back_order", "general", {"order_result": "done", "content": "已注销，附证明"})
    assert trip.do(matter, "accept_cancellation", "dispatcher").ended
    trip.sound()


def test_commands_about_registration_answer_an_inbound_referral_only(trip: Trip) -> None:
    assert refused(trip, trip.classified(), "order_change", "dispatcher") == "condition-not-met"


def test_no_investigation_before_filing(trip: Trip) -> None:
    matter = trip.classified(public_danger=True)
    (case,) = trip.do(matter, "file", "dispatcher", {"basis": "条例第四十三条"}).children
    assert refused(trip, case, "investigate", "enforcement", {"record": "笔录"}, pair=True) == "wrong-state"
    assert refused(trip, case, "file_case", "enforcement", WHY) == "crew-too-small"


def test_who_found_it_does_not_handle_the_case(trip: Trip) -> None:
    """巡办分离: also when the inspector holds an enforcement post, and also as one of the crew."""
    trip.bureau.officers["enforcement"] = trip.bureau.officers["inspector"]
    trip.session.add(posting(trip, trip.bureau.officers["inspector"], "enforcement"))
    trip.session.flush()
    matter = trip.classified(public_danger=True)
    (case,) = trip.do(matter, "file", "dispatcher", {"basis": "条例第四十三条"}).children
    assert refused(trip, case, "file_case", "enforcement", WHY, pair=True) == "separation-of-duties"
    assert refused(trip, case, "file_case", "enforcement_2", WHY, pair=True) == "separation-of-duties"


def test_preserved_evidence_is_free_after_seven_working_days(trip: Trip) -> None:
    _, case = investigated(trip)
    things = {"items": "炉具一台", "place": "所内仓库"}
    (evidence,) = trip.do(case, "preserve_evidence", "enforcement", things).children
    trip.approve(trip.do(evidence, "preserve", "enforcement", KEPT, pair=True), "bureau_head")
    due = trip.due(evidence, "disposal")
    assert due == local(3, 12)  # seven working days after 2 March: 24:00 of the 11th
    trip.now = due - timedelta(seconds=1)
    assert trip.state(evidence) == "preserved"
    trip.now = due
    assert trip.state(evidence) == "lapsed"
    taken = HANDED | {"decision": "没收"}
    assert refused(trip, evidence, "confiscate", "enforcement", taken) == "wrong-state"
    assert trip.do(evidence, "release", "enforcement", HANDED | {"decision": "返还"}, pair=True).ended
    trip.sound()


def test_a_measure_without_approval_is_only_proposed(trip: Trip) -> None:
    _, case = investigated(trip)
    things = {"items": "炉具一台", "place": "所内仓库"}
    (evidence,) = trip.do(case, "preserve_evidence", "enforcement", things).children
    proposed = trip.do(evidence, "preserve", "enforcement", KEPT, pair=True)
    assert (proposed.kind, trip.state(evidence)) == ("proposed", "applied")
    urgent = trip.do(evidence, "preserve_urgent", "enforcement", KEPT, pair=True)
    assert urgent.state == "preserved_urgent"
    assert trip.due(evidence, "urgent_approval") == MONDAY + DAY


def test_a_complex_case_is_decided_by_three_and_closed(trip: Trip) -> None:
    matter, case = investigated(trip)
    due = trip.due(case, "decision")
    assert due == local(6, 2)  # 90 days end on Sunday 31 May: 24:00 of Monday
    trip.do(case, "investigate", "enforcement", {"record": "现场笔录"}, pair=True)
    trip.do(case, "send_to_testing", "enforcement", WHY)
    trip.now += 9 * DAY
    trip.do(case, "receive_test_result", "enforcement", WORD)
    assert trip.due(case, "decision") == local(6, 10)  # 3 to 11 March left out; 2 March never counted
    trip.approve(trip.do(case, "extend_by_head", "enforcement", WHY), "bureau_head")
    assert trip.due(case, "decision") == local(7, 10)  # 31 May + 9 + 30 = 9 July
    report = REPORT | {"complex": True}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    assert refused(trip, case, "request_hearing", "enforcement", WORD) == "condition-not-met"
    trip.now = trip.due(case, "defence")
    assert trip.state(case) == "deciding"
    penalty = {"content": "没收违法所得", "to_perform": True, "other_duties": "没收违法所得300元"}
    assert refused(trip, case, "decide", "enforcement", penalty) == "condition-not-met"
    proposed = trip.do(case, "decide_collectively", "enforcement", penalty)
    trip.approve(proposed, "bureau_head", "deputy_head_2")
    assert trip.state(case) == "deciding"
    (told,) = views.available_actions(trip.session, case, [], now=trip.now)["proposals"]
    assert (told["needed"], len(told["steps"]), [one["agreed"] for one in told["signed"]]) == (
        3,
        5,
        [True, True],
    )
    assert trip.approve(proposed, "brigade_2").state == "decided"
    (execution,) = trip.handed(case, "serve").children
    trip.do(execution, "confirm_performed", "general", WORD)
    assert trip.state(case) == "performed"
    trip.approve(trip.do(case, "close_penalised", "enforcement", WORD), "bureau_head")
    assert (trip.state(case), trip.state(matter)) == ("closed", "recheck")
    trip.sound()


def test_a_hearing_pauses_the_case_and_is_notified_seven_working_days_before(trip: Trip) -> None:
    _, case = investigated(trip)
    report = REPORT | REFUSED | {"proposed_fine": "10000"}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    near = {
        "hearing_on": "2026-03-10",
        "hearing_president": trip.bureau.officers["legal"],
    }  # its notice was due on the Friday before
    assert refused(trip, case, "grant_hearing", "legal", near) == "wrong-state"  # nobody asked for it yet
    trip.do(case, "request_hearing", "enforcement", WORD)
    assert refused(trip, case, "grant_hearing", "legal", near) == "hearing-too-soon"
    trip.do(case, "grant_hearing", "legal", near | {"hearing_on": "2026-03-20"})
    assert trip.due(case, "decision") is None
    assert trip.due(case, "hearing_notice") == local(3, 12)  # seven working days back from Friday the 20th
    trip.do(case, "notify_hearing", "legal", WORD)
    trip.handed(case, "serve_hearing_notice", "legal")
    trip.now += 18 * DAY
    trip.do(case, "close_hearing", "legal", HEARD)
    assert refused(trip, case, "decide", "enforcement", FINE) == "wrong-state"
    trip.do(case, "review_after_hearing", "legal", {"opinion": "同意"})
    assert trip.due(case, "decision") == local(6, 19)  # 3 to 20 March left out: 31 May + 18 = 18 June
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    assert trip.state(case) == "decided"
    trip.sound()


def test_only_the_department_that_was_sent_it_receives_it(trip: Trip) -> None:
    other = factories.organisation(
        trip.session, "department", "消防", code="D02", jurisdiction_id=trip.bureau.jurisdiction_id
    )
    trip.bureau.officers["liaison_2"] = factories.officer(trip.session, "liaison", other)
    matter = trip.classified()
    (referral,) = trip.do(matter, "refer", "dispatcher", {"department": "D10", "basis": "篇9"}).children
    trip.do(referral, "send", "dispatcher")
    with pytest.raises(Forbidden, match="not-assigned"):
        trip.do(referral, "receive", "liaison_2")


def test_a_command_is_taken_back_until_it_is_received(trip: Trip) -> None:
    """The matter waits to be disposed of again, no clock of the command runs on, and that of P9-N1 stands."""
    matter = trip.classified()
    due = trip.due(matter, "p9_n1")
    trip.do(matter, "guide", "dispatcher")
    assert refused(trip, matter, "withdraw", "station_head", WHY) == "post-not-allowed"
    trip.do(matter, "withdraw", "dispatcher", WHY)
    assert trip.state(matter) == "classified"
    clocks = views.deadlines(trip.session, matter, now=trip.now)
    assert {row["clock"] for row in clocks if row["state"] == "running"} == {"disposal_term", "p9_n1"}
    assert trip.due(matter, "p9_n1") == due
    trip.do(matter, "guide", "dispatcher")
    trip.do(matter, "receive_guide", "station_head")
    clocks = views.deadlines(trip.session, matter, now=trip.now)
    assert next(row["state"] for row in clocks if row["clock"] == "p9_n1") == "stopped"
    assert refused(trip, matter, "withdraw", "dispatcher", WHY) == "wrong-state"
