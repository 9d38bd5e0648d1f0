"""Publicity of penalties (处罚信息公示): listed by the decision, published in time, withdrawn, taken down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars import Amount, deadline, local_day
from gridsup.enforcement import queries
from gridsup.enforcement.publicity import personal_number
from gridsup.offenders import service
from gridsup.procedures import upkeep
from gridsup.procedures.model import Matter
from tests.db.enforcement.steps import opened
from tests.db.procedures.trips import (
    DAY,
    FINE,
    REFUSED,
    REPORT,
    WHY,
    WORD,
    Trip,
    investigated,
    refused,
)

SHOWN = {
    "where": "credit_system",
    "link": "https://www.gsxt.gov.cn/",
    "summary": "未经登记从事经营活动，罚款10000元",
    "left_out": "当事人住址",
    "examined": True,
    "term": "short",
}


def decided(trip: Trip, penalty: dict[str, Any] = FINE) -> int:
    """A case with a fine; ``trip.now`` is the moment of its decision."""
    _, case = investigated(trip)
    report = REPORT | REFUSED | {"proposed_fine": "10000"}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.do(case, "waive_defence", "enforcement", WORD | {"statement_no": "1"})
    trip.approve(trip.do(case, "decide", "enforcement", penalty), "bureau_head")
    return case


def publicity_of(trip: Trip, case: int) -> int:
    found = select(Matter.id).where(Matter.parent_id == case, Matter.pack == queries.PUBLICITY)
    return int(trip.session.scalars(found).one())


def reasons(trip: Trip) -> dict[int, str]:
    return {one.id: one.reason for one in service.offenders(trip.session, "publicity", now=trip.now)}


def test_a_decision_is_published_once_the_party_has_it_and_outlives_its_case(trip: Trip) -> None:
    """APL-48, PUB: twenty working days from the decision; shown for three months; then taken down."""
    case = decided(trip)
    made, one = trip.now, publicity_of(trip, case)
    assert trip.due(one, "publication") == deadline(local_day(made), Amount(20, "WD")).due_at
    assert refused(trip, one, "publish", "legal", SHOWN) == "decision-not-served"
    (money,) = trip.handed(case, "serve").children
    for text in ("电话13800000000", "身份证11010519491231002X"):
        assert refused(trip, one, "publish", "legal", SHOWN | {"summary": text}) == "personal-number"
    trip.do(one, "publish", "legal", SHOWN)
    end = trip.due(one, "term_short")
    assert end == deadline(local_day(made), Amount(3, "M")).due_at
    paid = {"kind": "fine", "amount": "10000", "paid_on": "2026-03-02", "receipt_no": "R1"}
    trip.do(money, "record_payment", "general", paid)
    trip.do(money, "confirm_performed", "general", WORD)
    trip.approve(trip.do(case, "close_penalised", "enforcement", WORD), "bureau_head")
    assert trip.state(case) == "closed"
    trip.now = end
    assert trip.state(one) == "expiring"
    assert trip.do(one, "stop", "enforcement").ended
    assert reasons(trip) == {}
    trip.sound()


def test_a_party_of_another_province_is_pushed_there_in_ten_working_days(trip: Trip) -> None:
    """公示规定 art. 10: ten to push it, ten more until it is shown. Art. 14: an early end has conditions."""
    case = decided(trip)
    made, one = trip.now, publicity_of(trip, case)
    pushed = {"receiver": "安徽省市场监督管理局", "content": "已推送"}
    assert refused(trip, one, "push", "legal", pushed) == "facts-missing"
    trip.do(one, "mark_elsewhere", "legal", {"province": "安徽省"})
    assert trip.due(one, "pushing") == deadline(local_day(made), Amount(10, "WD")).due_at
    assert refused(trip, one, "push", "legal", pushed) == "decision-not-served"
    trip.handed(case, "serve")
    trip.now += 3 * DAY
    trip.do(one, "push", "legal", pushed)
    assert trip.due(one, "shown_elsewhere") == deadline(local_day(trip.now), Amount(10, "WD")).due_at
    trip.do(one, "publish", "legal", SHOWN)
    assert refused(trip, one, "stop_early", "legal", {"reason": "已整改"}) == "form-invalid"
    trip.sound()


def test_what_is_not_published_or_not_withdrawn_is_an_offender(trip: Trip) -> None:
    late, case = publicity_of(trip, decided(trip)), decided(trip)
    annulled = publicity_of(trip, case)
    (money,) = trip.handed(case, "serve").children
    trip.do(annulled, "publish", "enforcement", SHOWN | {"term": "long"})
    assert reasons(trip) == {}
    trip.do(money, "set_aside", "legal", WORD)
    assert reasons(trip) == {annulled: "set_aside"}
    gone = {"changed_on": local_day(trip.now).isoformat(), "ground": "annulled", "content": "复议撤销"}
    trip.do(annulled, "note_change", "legal", gone)
    assert reasons(trip) == {}
    assert trip.due(annulled, "withdrawal") == deadline(local_day(trip.now), Amount(3, "WD")).due_at
    trip.now += 60 * DAY
    assert reasons(trip) == {annulled: "not_withdrawn", late: "not_published"}
    assert trip.do(annulled, "withdraw", "legal", WORD).ended
    assert reasons(trip) == {late: "not_published"}
    shown = trip.session.execute(queries.publications(trip.bureau.jurisdiction_id)).all()
    assert [(row[0].id, row.wrong, bool(row.decision_no)) for row in shown] == [
        (annulled, False, True),
        (late, False, True),
    ]
    trip.sound()


def test_a_fine_is_never_left_unpublished_as_a_mere_warning(trip: Trip) -> None:
    one = publicity_of(trip, decided(trip))
    form = {"ground": "warning_only", "reason": "仅警告"}
    assert refused(trip, one, "exempt", "enforcement", form) == "fine-is-published"
    goods = {
        "content": "没收违法所得",
        "to_perform": True,
        "other_duties": "没收300元",
        "mitigation": "初次违法",
    }
    other = publicity_of(trip, decided(trip, goods))
    assert refused(trip, other, "exempt", "enforcement", form) == "fine-is-published"
    secret = trip.do(one, "exempt", "enforcement", form | {"ground": "secret"})
    trip.approve(secret, "bureau_head")
    assert trip.state(one) == "exempted"
    trip.sound()


def test_a_case_decided_under_an_older_version_is_listed_by_an_act(session: Session) -> None:
    trip = Trip(session, datetime(2024, 3, 4, 1, tzinfo=UTC))
    clue = {"operator_name": "张三", "basis": "条例第四十三条"}
    case = opened(trip, "penalty_case", "enforcement", clue)
    trip.approve(trip.do(case, "file_case", "enforcement", WHY, pair=True), "station_head", "bureau_head")
    for version in (2, 3):
        assert upkeep.migrate_matters(session, "penalty_case", version, now=trip.now) == [case]
    trip.do(case, "report_investigation", "enforcement", REPORT | {"conduct": "other"}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.do(case, "waive_defence", "enforcement", WORD | {"statement_no": "1"})
    warning = {"content": "通报批评", "to_perform": False}
    trip.approve(trip.do(case, "decide", "enforcement", warning), "bureau_head")
    upkeep.migrate_matters(session, "penalty_case", 4, now=trip.now)
    assert reasons(trip) == {case: "not_listed"}
    trip.do(case, "list_publicity", "enforcement")
    assert reasons(trip) == {}
    assert trip.state(publicity_of(trip, case)) == "due"
    assert refused(trip, case, "list_publicity", "enforcement") == "condition-not-met"
    trip.sound()


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("统一社会信用代码91330100799655058B", False),
        ("罚款13800元", False),
        ("张某，11010519491231002X", True),
        ("编号110105194912310021", False),
        ("联系13912345678", True),
    ],
)
def test_personal_numbers_are_found_and_other_numbers_are_not(text: str, personal: bool) -> None:
    assert personal_number(text) is personal
