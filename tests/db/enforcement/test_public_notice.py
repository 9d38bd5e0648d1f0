"""Service by public notice (公告送达): announced sealed, served with its term, or in person before it."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridsup.calendars import SHANGHAI
from gridsup.documents import queries as documents
from gridsup.documents.model import Document
from gridsup.people.model import Jurisdiction
from gridsup.procedures import upkeep, views
from tests.db.enforcement.steps import noticed, text_of
from tests.db.procedures.trips import DAY, FINE, NOTICE, REPORT, Trip, investigated, refused


def without_seal(trip: Trip, kind: str) -> None:
    """This bureau puts no seal to papers of that kind."""
    home = trip.session.get_one(Jurisdiction, trip.bureau.jurisdiction_id)
    home.settings = {**home.settings, "seals": home.settings.get("seals", {}) | {kind: "none"}}
    trip.session.flush()


def papers(trip: Trip, case: int) -> dict[str, Document]:
    """Kind → the matter's latest document of it, as it stands now."""
    found = documents.documents_of(trip.bureau.jurisdiction_id, case)
    return {
        one.kind: one for one in trip.session.scalars(found, execution_options={"populate_existing": True})
    }


def test_a_decision_is_sealed_before_it_is_served_and_a_public_notice_takes_thirty_days(trip: Trip) -> None:
    case = noticed(trip, correction_refused=True, proposed_fine="10000")
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    assert refused(trip, case, "serve", "enforcement", {"way": "post"}, pair=True) == "not-sealed"
    notice = {"tried": "查无下落", "where": "本局网站"}
    assert refused(trip, case, "publish_decision", "enforcement", notice) == "not-sealed"
    without_seal(trip, "penalty_decision")
    trip.do(case, "publish_decision", "enforcement", notice)
    assert (trip.now + 31 * DAY).date() == trip.due(case, "public_service").astimezone(SHANGHAI).date()
    trip.now = trip.due(case, "public_service") - timedelta(seconds=1)
    assert trip.state(case) == "publishing"
    trip.now = trip.due(case, "public_service")
    assert trip.state(case) == "served"
    upkeep.settle_due(trip.session, now=trip.now)
    paper = papers(trip, case)["penalty_decision"]
    (service,) = trip.session.scalars(documents.services_of(trip.bureau.jurisdiction_id, [paper.id]))
    assert (paper.status, service.way, service.served_at) == ("served", "public", trip.now)
    assert (service.place, service.note, service.receipt_number) == ("本局网站", "查无下落", None)
    (money,) = trip.do(case, "begin_execution", "enforcement").children
    served = views.current(trip.session, money, now=trip.now)["milestones"]["decision_served"]
    assert datetime.fromisoformat(served) == trip.now
    trip.sound()


def test_a_notice_of_penalty_is_announced_and_who_comes_meanwhile_is_served_in_person(trip: Trip) -> None:
    """PROC-83: the window of defence begins when the term of the public notice is over, or with service."""
    _, case = investigated(trip)
    report = REPORT | {"correction_refused": True, "proposed_fine": "10000"}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    notice = {"tried": "查无下落", "where": "本局网站"}
    assert refused(trip, case, "announce_notice", "enforcement", notice) == "no-paper-to-serve"
    trip.do(case, "notify", "enforcement", NOTICE)
    without_seal(trip, "penalty_notice")
    before = trip.due(case, "decision")
    trip.do(case, "announce_notice", "enforcement", notice)
    trip.now = trip.due(case, "announcement")
    upkeep.settle_due(trip.session, now=trip.now)
    assert (trip.state(case), papers(trip, case)["penalty_notice"].status) == ("notified", "served")
    assert trip.due(case, "decision") > before  # the time of the public notice does not count (PROC-64)
    trip.now = trip.due(case, "defence")
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    assert "视为送达" in text_of(trip, papers(trip, case)["penalty_decision"])
    without_seal(trip, "penalty_decision")
    trip.do(case, "publish_decision", "enforcement", notice)
    (money,) = trip.handed(case, "serve").children
    assert (trip.state(case), papers(trip, case)["penalty_decision"].status) == ("executing", "served")
    due = trip.due(money, "payment")
    trip.now += 40 * DAY
    upkeep.settle_due(trip.session, now=trip.now)
    assert trip.state(case) == "executing"
    assert trip.due(money, "payment") == due
    trip.sound()
