"""A decision that waits for the head: the paper, the law that applies, and what speaks against it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from api import approval_views
from gridsup.procedures import views
from gridsup.signing.waiting import Waits
from tests import factories
from tests.db.documents import walk
from tests.db.procedures.trips import Trip


@pytest.fixture
def trip(session: Session) -> Trip:
    made = Trip(session)
    made.bureau.officers["legal_2"] = factories.officer(session, "legal", made.bureau.bureau_id)
    return made


def test_a_decision_shows_its_paper_the_law_and_what_would_stop_it(trip: Trip) -> None:
    case = walk.notified(trip)
    trip.now = trip.due(case, "defence")
    fine = {"content": "罚款一万元", "to_perform": True, "fine": "10000"}
    proposal = trip.do(case, "decide", "enforcement", fine).proposal
    assert proposal is not None
    family, member = views.read(trip.session, case, now=trip.now)
    waits = Waits(family, member, proposal, trip.acting("bureau_head"))
    seen = approval_views.detail(trip.session, family.jurisdiction_id, waits)
    assert [one.kind for one in seen.papers] == ["penalty_decision"]
    (law,) = seen.law
    assert any("第四十三条" in line or "REG-43" in line for line in law.zh)
    assert [one.code for one in seen.warnings if one.level == "stop"] == []
    member.p.matter["facts"]["recused"] = [trip.bureau.officers["enforcement"]]
    stopped = approval_views.detail(trip.session, family.jurisdiction_id, waits)
    assert "recused" in [one.code for one in stopped.warnings if one.level == "stop"]
