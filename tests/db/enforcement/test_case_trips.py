"""Rectification, simple and ordinary procedure and execution, walked through the one door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from gridsup.enforcement import evidence, execution, queries, volumes
from gridsup.errors import NotFound, Refused
from gridsup.procedures import engine, upkeep, views
from gridsup.procedures.engine import Header
from gridsup.procedures.model import Matter
from gridsup.procedures.sealing import unsealed
from gridsup.registry.model import Business
from tests.db.enforcement.steps import (
    INSPECTION,
    TOLD,
    clue_about,
    fined,
    lines,
    noticed,
    opened,
    papers_of,
    text_of,
    warned,
)
from tests.db.procedures.trips import (
    DAY,
    FINE,
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


def test_the_street_example_of_a_blocked_fire_passage(session: Session) -> None:
    """P6-S3: 25 May notice, 28 May re-inspection, nothing rectified, 500 yuan on the spot, paid, closed."""
    trip = Trip(session, datetime(2026, 5, 25, 1, 0, tzinfo=UTC))
    matter = opened(trip, "rectification", "enforcement", INSPECTION, pair=True)
    notice = {"requirement": "清理通道", "term_end": "2026-05-27"}
    trip.do(matter, "give_notice", "enforcement", notice)
    trip.handed(matter, "serve_notice", term_end=notice["term_end"])
    assert trip.due(matter, "term") == local(5, 28)
    assert refused(trip, matter, "found_unrectified", "enforcement", {"record": "未整改"}, pair=True) == (
        "wrong-state"
    )
    trip.now += 3 * DAY
    assert trip.state(matter) == "reinspection"
    trip.do(matter, "found_unrectified", "enforcement", {"record": "一项未整改"}, pair=True)
    hand = {"basis": "安全生产违法行为行政处罚办法"}
    (spot,) = trip.do(matter, "penalise_on_spot", "enforcement", hand, pair=True).children
    decision = {"penalty": "both", "fine": "500", "content": "警告，罚款500元"}
    assert refused(trip, spot, "decide_on_spot", "enforcement", decision, pair=True) == "wrong-state"
    trip.do(spot, "inform", "enforcement", TOLD, pair=True)
    assert refused(trip, spot, "decide_on_spot", "enforcement", decision, pair=True) == "above-simple-ceiling"
    decision |= {"fine": "200"}
    trip.do(spot, "decide_on_spot", "enforcement", decision, pair=True)
    assert trip.state(spot) == "written"
    assert refused(trip, spot, "hand_over_warning", "enforcement", {}, pair=True) == ("condition-not-met")
    (money,) = trip.on_spot(spot).children
    assert "200" in lines(trip, spot, "enforcement.simple_ceiling")["lines"]["zh"][0]
    assert not lines(trip, spot, "enforcement.law")["verified"]
    paid = {"kind": "fine", "amount": "200", "paid_on": "2026-05-28", "receipt_no": "R1"}
    assert refused(trip, money, "record_payment", "enforcement", paid) == "post-not-allowed"
    trip.do(money, "record_payment", "general", paid)
    trip.do(money, "confirm_performed", "general", WORD)
    assert trip.state(spot) == "collected"
    trip.approve(trip.do(spot, "close", "enforcement", WORD), "station_head")
    assert trip.state(matter) == "penalised"
    assert trip.do(matter, "close_penalised", "station_head").ended
    trip.sound()


def test_a_hazard_that_is_left_becomes_a_case_and_what_was_not_filed_comes_back(trip: Trip) -> None:
    """P6-S3: notice, re-inspection, then a case; not filed, the hazard is disposed of anew."""
    matter = opened(trip, "rectification", "enforcement", INSPECTION, pair=True)
    notice = {"requirement": "清理通道", "term_end": "2026-03-06"}
    trip.do(matter, "give_notice", "enforcement", notice)
    trip.handed(matter, "serve_notice", term_end=notice["term_end"])
    trip.do(matter, "prolong", "station_head", WHY | {"term": 3})
    trip.now = trip.due(matter, "term")
    assert trip.now == local(3, 10)
    trip.do(matter, "found_unrectified", "enforcement", {"record": "仍未整改"}, pair=True)
    hand = {"basis": "安全生产违法行为行政处罚办法"}
    (case,) = trip.do(matter, "file", "enforcement", hand).children
    facts = views.current(trip.session, case, now=trip.now)["facts"]
    assert (facts["conduct"], facts["correction_refused"], facts["continuing"]) == ("safety", True, True)
    trip.approve(trip.do(case, "not_file", "enforcement", WHY), "station_head", "bureau_head")
    assert (trip.state(case), trip.state(matter)) == ("not_filed", "unrectified")
    assert trip.due(matter, "disposal") > trip.now
    (case,) = trip.do(matter, "file", "enforcement", hand).children
    filed = trip.do(case, "file_case", "enforcement", WHY, pair=True)
    trip.approve(filed, "station_head", "bureau_head")
    warned(trip, case, "safety")
    assert trip.state(matter) == "penalised"
    assert trip.do(matter, "close_penalised", "station_head").ended
    trip.sound()


@pytest.mark.parametrize(
    ("now", "party", "within", "above"),
    [
        (datetime(2021, 7, 14, 1, tzinfo=UTC), "person", "50", "50.01"),
        (datetime(2021, 7, 14, 1, tzinfo=UTC), "organisation", "1000", "1001"),
        (datetime(2021, 7, 15, 1, tzinfo=UTC), "person", "200", "200.01"),
        (datetime(2021, 7, 15, 1, tzinfo=UTC), "organisation", "3000", "3001"),
    ],
)
def test_the_ceiling_on_the_spot_is_that_of_the_day_of_decision(
    session: Session, now: datetime, party: str, within: str, above: str
) -> None:
    trip = Trip(session, now)
    form = {"operator_name": "张三", "party_kind": party, "conduct": "other", "basis": "相应法律"}
    spot = opened(trip, "simple_penalty", "enforcement", form, pair=True)
    trip.do(spot, "inform", "enforcement", TOLD, pair=True)
    decision = {"penalty": "fine", "content": "罚款", "handed_over": "refused", "witness": "李四"}
    assert (
        refused(trip, spot, "decide_on_spot", "enforcement", decision | {"fine": above}, pair=True)
        == "above-simple-ceiling"
    )
    trip.do(spot, "decide_on_spot", "enforcement", decision | {"fine": within}, pair=True)


def test_no_fine_before_correction_was_refused(trip: Trip) -> None:
    """条例 art. 43, in the simple procedure as in the ordinary one."""
    form = {"operator_name": "张三", "party_kind": "person", "conduct": "display", "basis": "条例第四十八条"}
    spot = opened(trip, "simple_penalty", "enforcement", form, pair=True)
    trip.do(spot, "inform", "enforcement", TOLD | {"correction_refused": False}, pair=True)
    decision = {"penalty": "fine", "fine": "100", "content": "罚款"}
    assert refused(trip, spot, "decide_on_spot", "enforcement", decision, pair=True) == "correction-first"


def test_an_act_of_the_old_law_is_punished_by_it_where_it_is_milder(session: Session) -> None:
    trip = Trip(session, datetime(2025, 1, 6, 1, tzinfo=UTC))
    old = {"continuing": False, "act_until": "2022-02-01", "correction_refused": True}
    _, case = investigated(trip)
    report = REPORT | old | {"proposed_fine": "20000"}
    assert (
        refused(trip, case, "report_investigation", "enforcement", report, pair=True) == "limitation-passed"
    )
    danger = {"public_danger": True, "harm_done": True}  # five years instead of two (APL-36)
    trip.do(case, "report_investigation", "enforcement", report | danger, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.now = trip.due(case, "defence")
    over = FINE | {"fine": "20000"}
    assert refused(trip, case, "decide", "enforcement", over) == "fine-outside-range"  # before anybody signs
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    law = lines(trip, case, "enforcement.law")
    assert (law["act"]["rule"], law["decision"]["rule"], law["applies"]) == (
        "D684-13",
        "REG-43-REFUSED",
        "D684-13",
    )
    assert any("第三十七条" in line for line in law["lines"]["zh"])
    trip.sound()


def test_defence_never_makes_it_worse_and_new_facts_need_a_new_notice(trip: Trip) -> None:
    case = noticed(trip, **REFUSED, proposed_fine="9999.99")
    assert refused(trip, case, "decide", "enforcement", FINE) == "heavier-than-notified"
    again = {"reason": "新事实", "proposed_fine": "10000"}
    trip.do(case, "notify_again", "enforcement", again, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    assert refused(trip, case, "decide", "enforcement", FINE) == "wrong-state"
    facts = views.current(trip.session, case, now=trip.now)["facts"]
    assert (facts["hearing_right"], facts["proposed_fine"]) == (True, "10000.00")


def test_who_stepped_aside_does_nothing_more(trip: Trip) -> None:
    _, case = investigated(trip)
    aside = {"officer_id": trip.bureau.officers["enforcement_2"], "asked_by": "party", "reason": "近亲属"}
    trip.approve(trip.do(case, "recuse", "enforcement", aside), "bureau_head")
    record = {"record": "现场笔录"}
    assert refused(trip, case, "investigate", "enforcement", record, pair=True) == "recused"


def test_who_found_the_household_neither_shelves_nor_ends_nor_hands_on_its_case(trip: Trip) -> None:
    """巡办分离 (P10-R1), of a case that began from a clue while the finding is a family of its own."""
    trip.discover()
    case = clue_about(trip, trip.business)
    officers, other = trip.bureau.officers, trip.bureau.officers["enforcement_2"]
    trip.session.add(posting(trip, officers["inspector"], "enforcement"))
    away = WHY | {"receiver": "江汉区公安分局"}
    for acts in ({"not_file": WHY, "transfer": away}, {"terminate": WHY, "transfer": away}):
        officers["enforcement_2"] = officers["inspector"]
        for act, form in acts.items():
            assert refused(trip, case, act, "enforcement_2", form) == "separation-of-duties"
        officers["enforcement_2"] = other
        if trip.state(case) == "verifying":
            filed = trip.do(case, "file_case", "enforcement", WHY, pair=True)
            trip.approve(filed, "station_head", "bureau_head")
    trip.approve(trip.do(case, "terminate", "enforcement_2", WHY), "bureau_head")
    assert trip.state(case) == "terminated"


def test_who_signs_a_case_neither_found_nor_handled_it_in_any_family(trip: Trip) -> None:
    """P10-R1, APL-57: asked of the other open matters of the household and of the whole family."""
    found = trip.discover()
    case = clue_about(trip, trip.business)
    officers, head, chief = trip.bureau.officers, "bureau_head", trip.bureau.officers["station_head"]
    for finder, post in (("inspector", "station_head"), ("enforcement_2", head)):
        trip.session.add(posting(trip, officers[finder], post))
    filed = trip.do(case, "file_case", "enforcement", WHY, pair=True)
    officers["station_head"] = officers["inspector"]
    with pytest.raises(Refused, match="signer-handled") as caught:
        trip.approve(filed, "station_head")
    assert f"#{found}" in caught.value.text("zh")
    assert "发现" in caught.value.text("zh")
    may = views.available_actions(trip.session, case, [trip.acting("station_head")])["proposals"]
    assert [why["code"] for one in may for why in one["reasons"]] == ["signer-handled"]
    officers["station_head"] = chief
    trip.approve(filed, "station_head", head)
    trip.do(case, "investigate", "enforcement", {"record": "现场笔录"}, pair=True)
    proposed, boss = trip.do(case, "terminate", "enforcement", WHY), officers[head]
    officers[head] = officers["enforcement_2"]  # who went along, and is a head since
    with pytest.raises(Refused, match="signer-handled"):
        trip.approve(proposed, head)
    officers[head] = boss
    trip.approve(proposed, head)
    trip.sound()


def test_evidence_is_numbered_hashed_and_handed_on_from_its_holder(trip: Trip) -> None:
    _, case = investigated(trip)
    form = {"kind": "thing", "name": "炉具", "source": "现场提取", "holder": "王执法"}
    assert refused(trip, case, "collect_evidence", "enforcement", form, pair=True) == "evidence-without-trace"
    form |= {"kept_at": "所内仓库"}
    trip.do(case, "collect_evidence", "enforcement", form, pair=True)
    trip.do(case, "collect_evidence", "enforcement", form | {"name": "账本", "kind": "document"}, pair=True)
    move = {"no": 2, "giver": "李四", "holder": "档案室", "purpose": "入库"}
    assert refused(trip, case, "move_evidence", "enforcement", move) == "not-the-holder"
    assert refused(trip, case, "move_evidence", "enforcement", move | {"no": 3}) == "no-evidence"
    trip.do(case, "move_evidence", "enforcement", move | {"giver": "王执法"})
    events = trip.session.scalars(queries.acts(trip.bureau.jurisdiction_id, [case], evidence.ACTIONS))
    found = evidence.items(event.data["results"] for event in events)
    assert [(each.no, each.name, each.holder, len(each.custody)) for each in found] == [
        (1, "炉具", "王执法", 1),
        (2, "账本", "档案室", 2),
    ]


def test_a_case_takes_over_what_the_register_knows_of_the_party(trip: Trip) -> None:
    """What the clue says comes first; the telephone stands in the record as ciphertext alone."""
    case = investigated(trip)[1]
    business = trip.session.get(Business, (trip.bureau.jurisdiction_id, _matter(trip, case).subject_id))
    assert business is not None
    business.uscc, business.phone = "91330100799655058B", "027-85550123"
    trip.session.flush()
    header = Header(
        "张三", subject_kind="business", subject_id=business.id, station_id=trip.bureau.station_id
    )
    form = {"basis": "条例", "operator_name": "李四"}
    acting = trip.acting("enforcement")
    answer = engine.open_matter(trip.session, "penalty_case", acting, header, form, key="clue", now=trip.now)
    facts = _matter(trip, answer.matter_id).facts
    assert (facts["operator_name"], facts["party_code"]) == ("李四", business.uscc)
    (event,) = trip.session.scalars(queries.acts(trip.bureau.jurisdiction_id, [answer.matter_id]))
    sealed = event.data["results"]["enforcement.party"]["phone"]
    assert (set(sealed), unsealed(sealed)) == ({"sealed"}, "027-85550123")
    spot = {"operator_name": "李四", "party_kind": "person", "conduct": "other", "basis": "相应法律"}
    crew = [trip.bureau.officers[one] for one in ("enforcement", "enforcement_2")]
    begun = engine.open_matter(
        trip.session, "simple_penalty", acting, header, spot, key="spot", crew=crew, now=trip.now
    )
    trip.do(begun.matter_id, "inform", "enforcement", TOLD, pair=True)
    warning = {"content": "警告"}
    trip.do(begun.matter_id, "decide_warning", "enforcement", warning, pair=True)
    trip.on_spot(begun.matter_id, "hand_over_warning")
    assert trip.state(begun.matter_id) == "decided"
    decision, receipt = trip.session.scalars(papers_of(trip, begun.matter_id))
    assert (decision.status, decision.sealed_by, receipt.kind) == ("served", None, "service_receipt")
    assert business.uscc in text_of(trip, decision)
    assert "027-85550123" in text_of(trip, decision)


def _matter(trip: Trip, matter_id: int) -> Matter:
    return trip.session.scalars(queries.matter(trip.bureau.jurisdiction_id, matter_id)).one()


def test_a_fine_is_paid_late_with_three_per_cent_a_day_and_the_file_lists_it_all(trip: Trip) -> None:
    case, money = fined(trip)
    due = trip.due(money, "payment")
    last = (due - timedelta(seconds=1)).astimezone(UTC).date()
    trip.now = due + 3 * DAY
    stands, late_paid = execution.stand(trip.session, money, last + 2 * DAY)
    assert (stands.late_fine, late_paid) == (Decimal(600), 0)
    paid_on = (last + 2 * DAY).isoformat()
    pay = {"kind": "fine", "amount": "10000", "paid_on": paid_on, "receipt_no": "R1"}
    assert refused(trip, money, "record_payment", "general", pay | {"amount": "10000.01"}) == "overpaid"
    trip.do(money, "record_payment", "general", pay)
    assert refused(trip, money, "confirm_performed", "general", WORD) == "late-fine-open"
    trip.do(money, "record_payment", "general", pay | {"kind": "late_fine", "amount": "600"})
    trip.do(money, "confirm_performed", "general", WORD)
    trip.approve(trip.do(case, "close_penalised", "enforcement", WORD), "bureau_head")
    file = volumes.of_case(trip.session, case)
    main = [(each.no, each.template) for each in file["main"]]
    assert main[0] == (1, "filing_form")
    assert [name for _, name in main[1:3]] == ["penalty_decision", "service_receipt"]
    assert [name for _, name in main].count("payment_bill") == 2
    assert [each.template for each in file["sub"]] == [
        "case_source",
        "final_report",
        "review_form",
        "closing_form",
    ]
    assert all(each.number for each in file["main"] if each.template in ("filing_form", "penalty_decision"))
    with pytest.raises(NotFound, match="no-case"):
        volumes.of_case(trip.session, money)
    trip.sound()


def test_instalments_add_up_and_move_the_term(trip: Trip) -> None:
    _, money = fined(trip)
    due = trip.due(money, "payment")
    day = (due - timedelta(seconds=1)).date()
    parts = [{"due_on": str(day + n * DAY), "amount": "5000"} for n in (10, 20)]
    wrong = {"reason": "经济困难", "term": 20, "instalments": parts[:1]}
    assert refused(trip, money, "defer", "enforcement", wrong) == "instalments-wrong"
    trip.approve(trip.do(money, "defer", "enforcement", wrong | {"instalments": parts}), "bureau_head")
    assert trip.due(money, "payment") >= due + 20 * DAY
    stands, _ = execution.stand(trip.session, money, day + 11 * DAY)
    assert stands.late_fine == Decimal(150)


def test_a_small_fine_is_collected_on_the_spot_and_banked_in_two_working_days(trip: Trip) -> None:
    form = {"operator_name": "张三", "party_kind": "person", "conduct": "other", "basis": "相应法律"}
    spot = opened(trip, "simple_penalty", "enforcement", form, pair=True)
    trip.do(spot, "inform", "enforcement", TOLD, pair=True)
    fine = {"penalty": "fine", "fine": "150", "content": "罚款"}
    trip.do(spot, "decide_on_spot", "enforcement", fine, pair=True)
    (money,) = trip.on_spot(spot).children
    take = {"ground": "small", "amount": "150", "paid_on": "2026-03-02", "receipt_no": "R1"}
    assert refused(trip, money, "collect_on_spot", "enforcement", take, pair=True) == "not-collected-on-spot"
    trip.do(money, "collect_on_spot", "enforcement", take | {"ground": "hard"}, pair=True)
    assert trip.due(money, "hand_over") == local(3, 5)
    trip.do(money, "hand_over", "enforcement")
    trip.do(money, "bank", "general", {"receipt_no": "B1"})
    assert trip.do(money, "confirm_performed", "general", WORD).ended


def test_the_court_is_asked_only_after_reminder_and_time_to_sue(trip: Trip) -> None:
    _, money = fined(trip)
    assert refused(trip, money, "apply_to_court", "enforcement", WHY) == "facts-missing"
    trip.now = trip.due(money, "contest_term")
    trip.do(money, "remind", "enforcement", WORD)
    trip.handed(money, "serve_reminder")
    opens = trip.due(money, "court_application")
    assert opens.date() > (trip.now + 85 * DAY).date()
    assert refused(trip, money, "apply_to_court", "enforcement", WHY) == "facts-missing"
    trip.now = trip.due(money, "reminder")
    trip.approve(trip.do(money, "apply_to_court", "enforcement", WHY), "bureau_head")
    assert trip.do(money, "court_performed", "enforcement", WORD).ended
    trip.sound()


def test_no_late_fine_runs_while_the_party_sues(trip: Trip) -> None:
    _, money = fined(trip)
    due = trip.due(money, "payment")
    trip.do(money, "contest", "enforcement", WORD | {"kind": "lawsuit"})
    trip.now = due + 30 * DAY
    stands, _ = execution.stand(trip.session, money, trip.now.date())
    assert stands.late_fine == 0
    trip.do(money, "upheld", "legal", WORD)
    stands, _ = execution.stand(trip.session, money, (trip.now + 2 * DAY).date())
    assert 0 < stands.late_fine <= Decimal(900)


def test_open_cases_move_to_the_second_version_and_end_there(session: Session) -> None:
    trip = Trip(session, datetime(2024, 3, 4, 1, tzinfo=UTC))
    clue = {"operator_name": "张三", "basis": "条例第四十三条"}
    case = opened(trip, "penalty_case", "enforcement", clue)
    trip.approve(trip.do(case, "file_case", "enforcement", WHY, pair=True), "station_head", "bureau_head")
    due = trip.due(case, "decision")
    trip.now = datetime(2024, 3, 11, 1, tzinfo=UTC)
    assert upkeep.migrate_matters(session, "penalty_case", 2, now=trip.now) == [case]
    assert trip.due(case, "decision") == due
    warned(trip, case, "other")
    assert trip.state(case) == "closed"
    trip.sound()
