"""Papers that a step of an earlier version served: what it said stands beside them, nothing waits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.documents import earlier, voiding
from gridsup.documents.model import Document
from gridsup.errors import Conflict
from gridsup.procedures import upkeep, views
from tests.db.documents import walk
from tests.db.enforcement.steps import TOLD, opened
from tests.db.procedures.trips import MONDAY, REPORT, WHY, Trip


def paper(trip: Trip, kind: str) -> Document:
    return trip.session.scalars(select(Document).where(Document.kind == kind)).one()


def moved(trip: Trip, case: int, first: int, last: int) -> None:
    for version in range(first, last + 1):
        assert upkeep.migrate_matters(trip.session, "penalty_case", version, now=trip.now) == [case]


def test_a_notice_that_an_older_step_served_is_told_so_and_is_written_anew_without_voiding_it(
    session: Session,
) -> None:
    trip = Trip(session, datetime(2024, 3, 4, 1, tzinfo=UTC))
    case = opened(trip, "penalty_case", "enforcement", {"operator_name": "张三", "basis": "条例第四十三条"})
    trip.approve(trip.do(case, "file_case", "enforcement", WHY, pair=True), "station_head", "bureau_head")
    moved(trip, case, 2, 5)
    report = REPORT | {"conduct": "other", "proposed_fine": "1000"}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    served = trip.now
    trip.told(case)
    notice = paper(trip, "penalty_notice")
    moved(trip, case, 6, 7)
    told = earlier.told(session, [notice])[notice.id]
    assert (told.title.zh, told.at, told.way and told.way.zh) == ("送达行政处罚告知书", served, "直接送达")
    assert notice.status == "numbered"  # nothing is written that nobody stated
    with pytest.raises(Conflict, match="served-not-void"):
        voiding.void(session, notice.id, "改写", trip.acting("station_head"))
    trip.now = trip.due(case, "defence")
    trip.do(case, "notify_again", "enforcement", WHY | {"proposed_fine": "1000"}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    actions = views.available_actions(session, case, [trip.acting("enforcement")], now=trip.now)["actions"]
    assert next(one for one in actions if one["action"] == "notify")["reasons"] == []
    trip.told(case)
    assert list(earlier.told(session, [notice])) == [notice.id]
    trip.sound()


def test_a_decision_handed_over_by_an_older_step_says_how_and_an_unserved_paper_says_nothing(
    session: Session,
) -> None:
    trip = Trip(session, datetime(2024, 3, 4, 1, tzinfo=UTC))
    form = {"operator_name": "张三", "party_kind": "person", "conduct": "other", "basis": "相应法律"}
    spot = opened(trip, "simple_penalty", "enforcement", form, pair=True)
    trip.do(spot, "inform", "enforcement", TOLD, pair=True)
    warning = {"content": "警告", "handed_over": "refused", "witness": "李四"}
    trip.do(spot, "decide_warning", "enforcement", warning, pair=True)
    decision = paper(trip, "on_spot_decision")
    told = earlier.told(session, [decision])[decision.id]
    assert (told.title.zh, told.way and told.way.zh) == ("当场警告", "拒签，已注明")
    trip.now = MONDAY
    spot = walk.on_spot(trip)
    written = session.scalars(select(Document).where(Document.matter_id == spot)).one()
    assert earlier.told(session, [written]) == {}
