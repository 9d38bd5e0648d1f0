"""What stays in the bureau, what goes out, and how a department answers on paper (P9-C1, P9-N, P10-A2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gridsup.documents.model import Document
from gridsup.errors import Forbidden, Invalid, Refused
from gridsup.people.model import Jurisdiction
from gridsup.procedures import views
from gridsup.procedures.model import Matter
from gridsup.referrals import inside, queries
from gridsup.referrals.model import Referral
from tests import factories
from tests.db.procedures.trips import DAY, FINE, MONDAY, REFUSED, REPORT, Trip, investigated, refused


@pytest.fixture
def trip(session: Session) -> Trip:
    made = Trip(session)
    section = factories.organisation(
        session, "section", "质量股", code="QUALITY", jurisdiction_id=made.bureau.jurisdiction_id
    )
    made.bureau.officers["section"] = factories.officer(session, "section", section)
    made.bureau.officers["brigade"] = made.bureau.officers["brigade_2"]
    return made


def running_of(trip: Trip, matter: int) -> set[str]:
    return {one["clock"] for one in views.deadlines(trip.session, matter) if one["state"] == "running"}


def test_work_of_the_same_body_goes_to_a_section_without_referral_clocks(trip: Trip) -> None:
    matter = trip.classified()
    with pytest.raises(Refused, match="one-body"):
        trip.do(matter, "refer", "dispatcher", {"department": "D07", "basis": "篇9"})
    inspector = trip.bureau.officers["inspector"]
    place = Matter.jurisdiction_id == trip.bureau.jurisdiction_id, Matter.id == matter
    trip.session.execute(update(Matter).where(*place).values(assigned_officer_id=inspector))
    assign = {"department": "D07", "section": "QUALITY"}
    with pytest.raises(Refused, match="not-one-body"):
        trip.do(matter, "assign_section", "dispatcher", {**assign, "department": "D06"})
    with pytest.raises(Invalid, match="section-unknown"):
        trip.do(matter, "assign_section", "dispatcher", {**assign, "section": "NO"})
    answer = trip.do(matter, "assign_section", "dispatcher", assign)
    assert answer.children == ()
    assert trip.state(matter) == "with_section"
    assert running_of(trip, matter) == {"section_term"}
    trip.do(matter, "answer_section", "section", {"section_result": "guided", "content": "已上门指导"})
    trip.do(matter, "accept_section", "dispatcher")
    assert views.current(trip.session, matter)["assigned_officer_id"] == inspector
    assert trip.state(matter) == "recheck"
    trip.sound()


def test_another_section_does_not_answer(trip: Trip) -> None:
    other = factories.organisation(
        trip.session, "section", "食品股", code="FOOD", jurisdiction_id=trip.bureau.jurisdiction_id
    )
    trip.bureau.officers["section_2"] = factories.officer(trip.session, "section", other)
    matter = trip.classified()
    trip.do(matter, "assign_section", "dispatcher", {"department": "D07", "section": "QUALITY"})
    with pytest.raises(Forbidden, match="not-assigned"):
        trip.do(matter, "answer_section", "section_2", {"section_result": "guided", "content": "办"})


def test_a_paper_answer_is_entered_by_its_number(trip: Trip) -> None:
    matter = trip.classified()
    (referral,) = trip.do(matter, "refer", "dispatcher", {"department": "D10", "basis": "篇9"}).children
    trip.do(referral, "send", "dispatcher")
    number = trip.session.scalars(select(Referral.number).where(Referral.matter_id == referral)).one()
    assert number is not None
    written = number.replace("〔", " [").replace("〕", "] ")
    (row,) = trip.session.execute(queries.by_number(trip.bureau.jurisdiction_id, [written]))
    assert row[0].matter_id == referral
    trip.do(referral, "receive_paper", "dispatcher", {"receiver": "王科长"})
    assert trip.due(referral, "p9_n2") > trip.now
    penalised = {"result": "penalised", "content": "已处罚"}
    with pytest.raises(Invalid):  # P9-N6: the number of the decision comes with it
        trip.do(referral, "feed_back_paper", "dispatcher", penalised)
    trip.now += DAY
    trip.do(referral, "feed_back_paper", "dispatcher", {**penalised, "decision_no": "卫罚〔2026〕3号"})
    (board,) = trip.session.execute(queries.scoreboard(trip.bureau.jurisdiction_id, MONDAY - DAY, trip.now))
    assert (board.department, board.sent, board.received, board.answered, board.open) == ("D10", 1, 1, 1, 1)
    assert board.unreceived == board.overdue == 0
    trip.sound()


def test_who_answers_on_paper_has_received_it(trip: Trip) -> None:
    matter = trip.classified()
    (referral,) = trip.do(matter, "refer", "dispatcher", {"department": "D10", "basis": "篇9"}).children
    trip.do(referral, "send", "dispatcher")
    trip.do(referral, "feed_back_paper", "general", {"result": "ceased", "content": "已停业"})
    unreceipted = queries.ReferralFilter(unreceipted=True)
    assert not trip.session.execute(
        queries.referrals(trip.bureau.jurisdiction_id, unreceipted, trip.now)
    ).all()
    assert running_of(trip, referral) == {"acceptance_term"}
    trip.sound()


def test_one_five_day_clock_spans_station_and_section(trip: Trip) -> None:
    matter = trip.classified()
    due = trip.due(matter, "p9_n1")
    trip.now += 2 * DAY
    (referral,) = trip.do(matter, "refer", "general", {"department": "D10", "basis": "篇9"}).children
    assert trip.due(referral, "p9_n1") == due
    trip.do(referral, "send", "dispatcher")
    trip.now += timedelta(days=6)
    assert running_of(trip, referral) == {"receipt_term"}


def test_a_department_that_is_late_shows_on_the_scoreboard(trip: Trip) -> None:
    matter = trip.classified()
    (referral,) = trip.do(matter, "refer", "dispatcher", {"department": "D10", "basis": "篇9"}).children
    trip.do(referral, "send", "dispatcher")
    later = trip.now + 30 * DAY
    (board,) = trip.session.execute(queries.scoreboard(trip.bureau.jurisdiction_id, MONDAY - DAY, later))
    assert (board.unreceived, board.overdue) == (1, 1)


def test_a_major_case_goes_to_the_brigade_and_resistance_asks_its_support(trip: Trip) -> None:
    matter = trip.classified()
    (support,) = trip.do(matter, "ask_support", "station_head", {"resistance": "当事人阻拦检查"}).children
    trip.do(support, "take_on", "brigade", {"plan": "两人明日上午到场"})
    trip.do(support, "report", "brigade", {"content": "已到场，检查完成"})
    trip.do(support, "confirm", "station_head")
    assert trip.state(support) == "confirmed"
    major = {"major": True, "reason": "涉案金额巨大"}
    back = {"major": False, "reason": "不属重大案件"}
    assert refused(trip, matter, "return_by_brigade", "brigade", back) == "not-with-brigade"
    trip.do(matter, "assign_brigade", "dispatcher", major)
    due = trip.due(matter, "disposal_term")
    trip.do(matter, "return_by_brigade", "brigade", back)
    assert (trip.state(matter), trip.due(matter, "disposal_term")) == ("classified", due)
    assert refused(trip, matter, "return_by_brigade", "brigade", back) == "not-with-brigade"
    trip.do(matter, "assign_brigade", "dispatcher", major)
    trip.do(matter, "reclassify", "dispatcher", {
        "violation_basis": "never_permitted", "operation_kind": "general", "public_danger": True,
    })  # fmt: skip
    (case,) = trip.do(matter, "file", "brigade", {"basis": "第十三条"}).children
    assert trip.state(case) == "verifying"
    trip.sound()


def test_the_inspector_of_the_cell_stays_in_charge_of_what_the_brigade_gets_and_returns(trip: Trip) -> None:
    matter = trip.classified()
    inspector = trip.bureau.officers["inspector"]
    row = trip.session.scalars(
        select(Matter).where(Matter.jurisdiction_id == trip.bureau.jurisdiction_id, Matter.id == matter),
        execution_options={"populate_existing": True},
    ).one()
    row.assigned_officer_id = inspector
    trip.session.flush()
    held = []
    for step, who, form in (
        ("assign_brigade", "dispatcher", {"major": True, "reason": "涉案金额巨大"}),
        ("return_by_brigade", "brigade", {"major": False, "reason": "不属重大案件"}),
    ):
        trip.do(matter, step, who, form)
        trip.session.refresh(row)
        held.append((row.assigned_org_id is None, row.assigned_officer_id))
    assert held == [(False, inspector), (True, inspector)]


def test_commands_are_numbered_without_gaps(trip: Trip) -> None:
    numbers = []
    for _ in range(3):
        matter = trip.classified()
        trip.do(matter, "guide", "dispatcher")
        numbers += list(trip.session.scalars(select(Document.number).where(Document.matter_id == matter)))
    assert [number[-2:] for number in numbers] == ["1号", "2号", "3号"]


def test_a_penalty_decision_owes_the_licensing_department_a_copy(trip: Trip) -> None:
    finding, case = investigated(trip)
    report = REPORT | REFUSED | {"proposed_fine": "10000"}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.now += 18 * DAY  # neither defence nor hearing was asked for
    copies = queries.copies(trip.bureau.jurisdiction_id)
    owed = queries.copies(trip.bureau.jurisdiction_id, owed=True)
    assert not trip.session.execute(copies).all()
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    (row,) = trip.session.execute(owed)
    assert (row.id, row.root_id, row.sheet_id, row.trade) == (case, finding, None, "餐饮")
    assert row.decided_at == trip.now
    assert row.decision_no
    home = trip.session.get_one(Jurisdiction, trip.bureau.jurisdiction_id)
    assert inside.trades_inside(trip.session, trip.bureau.jurisdiction_id, trip.now.date()) == []
    apart, home.settings = home.settings, {**home.settings, "separate_departments": []}
    assert inside.trades_inside(trip.session, trip.bureau.jurisdiction_id, trip.now.date()) == ["餐饮"]
    assert not trip.session.execute(queries.copies(trip.bureau.jurisdiction_id, inside=["餐饮"])).all()
    home.settings = apart
    copy = {"kind": "penalty_copy", "department": "D10", "basis": "篇9"}
    (lost,) = trip.do(finding, "copy_department", "dispatcher", copy).children
    trip.do(lost, "withdraw", "dispatcher", {"reason": "部门有误"})
    assert [(row.id, row.sheet_id) for row in trip.session.execute(owed)] == [(case, None)]
    (sheet,) = trip.do(finding, "copy_department", "dispatcher", copy).children
    assert [(row.sheet_id, row.department) for row in trip.session.execute(owed)] == [(sheet, "D10")]
    trip.do(sheet, "send", "dispatcher")
    assert not trip.session.execute(owed).all()
    assert [(row.id, row.sent_at) for row in trip.session.execute(copies)] == [(case, trip.now)]
    trip.do(sheet, "receive", "liaison")
    trip.sound()
