"""What is left lying is urged by the clockwork when its limit passes, then handed on (P10-S4, P10-A9)."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.procedures import upkeep, views
from gridsup.procedures.model import Event, Matter
from tests.db.procedures.trips import DAY, Trip

REFER = {"department": "D10", "basis": "篇9"}


@pytest.fixture
def trip(session: Session) -> Trip:
    return Trip(session)


def sent(trip: Trip) -> int:
    (referral,) = trip.do(trip.classified(), "refer", "dispatcher", REFER).children
    trip.do(referral, "send", "dispatcher")
    return referral


def done(trip: Trip, matter: int) -> list[str]:
    """What the clockwork has written down by now: settled twice, as two that look at once would."""
    for _ in range(2):
        upkeep.settle_due(trip.session, now=trip.now)
    kinds = select(Event.action).where(Event.matter_id == matter, Event.kind == "system").order_by(Event.seq)
    return list(trip.session.scalars(kinds))


def test_a_referral_that_nobody_receives_is_urged_then_escalated(trip: Trip) -> None:
    referral = sent(trip)
    late = trip.due(referral, "receipt_term")
    trip.now = late - DAY
    assert done(trip, referral) == []
    trip.now = late
    assert "urged" in views.current(trip.session, referral, now=trip.now)["milestones"]  # no job has run
    assert done(trip, referral) == ["urge_late"]
    trip.now = trip.due(referral, "escalation_term")
    assert done(trip, referral) == ["urge_late", "escalate_late"]
    trip.now += 30 * DAY
    assert done(trip, referral) == ["urge_late", "escalate_late"]
    assert trip.state(referral) == "sent"  # it stays with the department
    receipt = {r["clock"]: r for r in views.deadlines(trip.session, referral, now=trip.now)}["receipt_term"]
    assert receipt["overdue"]
    trip.sound()


def test_a_receipt_ends_the_urging_and_the_feedback_is_watched_anew(trip: Trip) -> None:
    referral = sent(trip)
    trip.now = trip.due(referral, "receipt_term")
    assert done(trip, referral) == ["urge_late"]
    trip.do(referral, "receive", "liaison")
    trip.now += 8 * DAY
    assert done(trip, referral) == ["urge_late"]  # the escalation ended with the receipt
    trip.now = trip.due(referral, "p9_n2")
    assert done(trip, referral) == ["urge_late", "urge_late"]
    answer = {"result": "licensed", "permit_no": "JY1", "content": "已办证"}
    trip.do(referral, "feed_back", "liaison", answer)
    trip.now += 60 * DAY
    assert done(trip, referral) == ["urge_late", "urge_late"]
    trip.sound()


def test_a_command_that_nobody_receives_is_urged_then_escalated(trip: Trip) -> None:
    left, taken = trip.classified(), trip.classified()
    for matter in (left, taken):
        trip.do(matter, "guide", "dispatcher", {"command": "urge"})
    trip.do(taken, "receive_guide", "station_head")
    trip.now = trip.due(left, "receipt_term")
    assert (done(trip, left), done(trip, taken)) == (["urge_late"], [])
    trip.now = trip.due(left, "escalation_term")
    assert (done(trip, left), done(trip, taken)) == (["urge_late", "escalate_late"], [])
    escalated = Matter.milestones["escalated"].astext.is_not(None)
    assert list(trip.session.scalars(select(Matter.id).where(escalated))) == [left]
    trip.sound()
