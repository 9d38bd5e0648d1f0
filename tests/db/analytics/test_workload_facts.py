"""The simulator's facts are what is in the database, over whole days."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from gridsup.analytics.workload import Absence, simulate
from gridsup.analytics.workload_facts import last_months, measured
from gridsup.patrols.model import Visit
from gridsup.registry.model import Business, Premises
from tests.factories import JURISDICTION, bureau, business, officer, organisation

UNTIL = date(2026, 3, 31)


def test_measures_borders_and_streets_come_out_as_they_are(session):
    made = bureau(session)
    second = officer(session, "inspector", made.station_id)
    street = organisation(session, "street", "民权街", code="s", jurisdiction_id=JURISDICTION)
    community = organisation(
        session, "community", "社区", code="c", jurisdiction_id=JURISDICTION, parent_id=street
    )
    one = business(session, made, risk=4)
    business(session, made, risk=2)
    business(session, made, status="closed")
    place = session.get(Premises, (JURISDICTION, session.get(Business, (JURISDICTION, one)).premises_id))
    place.community_id = community
    for days in (0, 1, 40):
        session.add(
            Visit(
                jurisdiction_id=JURISDICTION,
                officer_id=second,
                business_id=one,
                cell_id=made.cells["42010301-001"],
                at=datetime(2026, 3, 31, 1, tzinfo=UTC) - timedelta(days=days),
                result="normal",
                key=uuid.uuid4(),
            )
        )
    session.flush()
    frame = measured(session, JURISDICTION, last_months(UNTIL, 1), UNTIL)
    first = frame.cells[0]
    assert (frame.days, first.measures.households, first.measures.visits_made) == (30, 2, 2)
    assert first.measures.visits_due == 30 / 30 + 30 / 90
    assert first.streets == {street: 1}
    ids = made.cells
    beside = {ids["42010301-002"], ids["42010301-003"]}
    assert set(first.neighbours) == beside  # cell 4 touches it in a corner only
    assert 900 < first.neighbours[ids["42010301-002"]] < 1200
    inspector = made.officers["inspector"]
    out = simulate(frame, [Absence(inspector, UNTIL + timedelta(days=1), UNTIL + timedelta(days=30))])
    assert [(one.officer_id, len(one.cells)) for one in out.after] == [(inspector, 0), (second, 4)]
