"""What is or will be late is urged once at a time, answered by whom it reaches, and counted."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gridsup.errors import Conflict, Forbidden
from gridsup.patrols import service as patrols
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Deadline
from gridsup.procedures.queries import Waiting
from gridsup.urging import queries, service
from gridsup.wiring import wire
from tests.factories import JURISDICTION, bureau, business

NOW = datetime(2026, 5, 20, 4, tzinfo=UTC)


@pytest.fixture
def made(session):
    wire()
    made = bureau(session)
    made.matters = []
    for days in (60, 60, 0):
        report = patrols.FindingReport(
            key=uuid.uuid4(),
            found_at=NOW - timedelta(days=days),
            source="patrol",
            business_id=business(session, made),
        )
        acting = Acting(made.officers["inspector"], "inspector")
        made.matters.append(patrols.report_finding(session, acting, report, now=report.found_at)[1].matter_id)
    return made


def runs(session, made, number):
    found = session.scalars(
        select(Deadline)
        .where(Deadline.matter_id == made.matters[number], Deadline.state == "running")
        .order_by(Deadline.clock)
    )
    return [(one.matter_id, one.clock) for one in found if one.on_due is None]


def watched(session, when, **more):
    wanted = queries.Wanted(when=when, **more)
    return {row.matter_id for row in service.watched(session, wanted, limit=50, now=NOW)[1]}


def urge(session, made, items, **more):
    return service.urge(session, items, "请抓紧办理", made.officers["manager"], now=NOW, **more)


def test_late_and_soon_share_nothing_and_days_ahead_widen_soon(session, made) -> None:
    old, fresh = set(made.matters[:2]), made.matters[2]
    assert watched(session, "late") == old
    assert fresh not in watched(session, "late")
    assert watched(session, "soon", before=NOW + timedelta(days=30)) >= {fresh}
    assert not watched(session, "soon") & watched(session, "late")


def test_many_are_urged_in_one_act_each_for_itself(session, made) -> None:
    items = [*runs(session, made, 0)[:1], (made.matters[1], "no_such_clock")]
    first, second = urge(session, made, items)
    assert first.urging is not None
    assert (first.urging.post, first.urging.holder_id) == ("inspector", made.officers["inspector"])
    assert second.refusal is not None
    assert second.refusal.code == "clock-not-running"


def test_no_second_urging_before_the_first_is_answered_and_the_count_stays(session, made) -> None:
    items = runs(session, made, 0)[:1]
    mine = [Waiting("inspector", officer_ids=[made.officers["inspector"]])]
    urging = urge(session, made, items)[0].urging
    refusal = urge(session, made, items)[0].refusal
    assert refusal is not None
    assert refusal.code == "urged-already"
    service.answer(session, urging.id, made.officers["inspector"], mine, "明日办结", now=NOW)
    with pytest.raises(Conflict, match="urging-answered"):
        service.answer(session, urging.id, made.officers["inspector"], mine, "再答", now=NOW)
    assert urge(session, made, items)[0].urging is not None
    row = next(
        row
        for row in service.watched(session, queries.Wanted(when="late"), limit=50, now=NOW)[1]
        if (row.matter_id, row.clock) == items[0]
    )
    assert (row.times, row.answers) == (2, 1)
    (one,) = service.tally(session, NOW.date(), NOW.date())
    assert (one.holder_id, one.urged, one.answered, one.late) == (made.officers["inspector"], 2, 1, 2)


def test_only_whom_it_reaches_answers(session, made) -> None:
    urging = urge(session, made, runs(session, made, 0)[:1])[0].urging
    for standing in (
        [],
        [Waiting("station_head", station_ids=[made.station_id])],
        [Waiting("inspector", officer_ids=[made.officers["enforcement"]], station_ids=[made.station_id])],
    ):
        assert session.execute(queries.urgings(JURISDICTION, towards=standing)).all() == []
        with pytest.raises(Forbidden, match="not-urged"):
            service.answer(session, urging.id, made.officers["enforcement"], standing, "代答", now=NOW)


def test_a_head_of_a_station_urges_in_that_station(session, made) -> None:
    items = runs(session, made, 0)[:1]
    refusal = urge(session, made, items, station_ids=[made.station_id + 1])[0].refusal
    assert refusal is not None
    assert refusal.code == "other-station"
    assert urge(session, made, items, station_ids=[made.station_id])[0].urging is not None
