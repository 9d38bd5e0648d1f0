"""One inspector answers for a cell at a time, and the record of who did is kept (P10-A7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from gridsup.db import transaction
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.people import assignments, queries, service

PLACE = 420103
DAY = date(2026, 3, 2)
CELL = 17


def _bureau(session):
    service.init_jurisdiction(
        session, id=PLACE, code="420103", name="江汉区", metric_srid=4547, admin_name="管理", today=DAY
    )
    body = service.add_organisation(session, PLACE, kind="station", code="01", name="所").id
    return [
        service.add_officer(session, PLACE, staff_no=str(n), name=f"员{n}", organisation_id=body).id
        for n in (1, 2, 3)
    ]


@pytest.fixture
def officers(session):
    return _bureau(session)


def _assign(session, officer_id, day, **place):
    return assignments.assign(
        session, PLACE, officer_id=officer_id, from_day=day, **(place or {"cell_id": CELL})
    )


def _owner(session, day):
    return [one.officer_id for one in session.scalars(queries.assignments_on(PLACE, day, cell_id=CELL))]


def test_a_new_owner_ends_the_one_before_and_both_stay_on_record(session, officers):
    first, second, _ = officers
    _assign(session, first, DAY)
    _assign(session, second, DAY + timedelta(days=30))
    assert _owner(session, DAY + timedelta(days=29)) == [first]
    assert _owner(session, DAY + timedelta(days=30)) == [second]
    assert _owner(session, DAY - timedelta(days=1)) == []
    history = [one.officer_id for one in session.scalars(queries.assignments_at(PLACE, cell_id=CELL))]
    assert history == [first, second]


def test_a_change_planned_for_later_stands_between_the_two(session, officers):
    first, second, third = officers
    _assign(session, first, DAY)
    _assign(session, third, DAY + timedelta(days=60))
    _assign(session, second, DAY + timedelta(days=30))
    assert [_owner(session, DAY + timedelta(days=n)) for n in (0, 45, 75)] == [[first], [second], [third]]


def test_the_same_first_day_corrects_and_the_same_officer_changes_nothing(session, officers):
    first, second, _ = officers
    made = _assign(session, first, DAY)
    assert _assign(session, first, DAY + timedelta(days=3)) is made
    _assign(session, second, DAY)
    assert _owner(session, DAY) == [second]


def test_an_earlier_start_that_would_overlap_is_a_conflict_in_words(session, officers):
    first, second, _ = officers
    _assign(session, first, DAY)
    with pytest.raises(Conflict) as refused:
        _assign(session, second, DAY - timedelta(days=5))
    assert refused.value.code == "already-assigned"
    assert _owner(session, DAY) == [first]


def test_a_place_without_owner_is_possible_only_from_a_later_day(session, officers):
    _assign(session, officers[0], DAY)
    with pytest.raises(Conflict):
        assignments.unassign(session, PLACE, on_day=DAY, cell_id=CELL)
    assignments.unassign(session, PLACE, on_day=DAY + timedelta(days=1), cell_id=CELL)
    assert (_owner(session, DAY), _owner(session, DAY + timedelta(days=1))) == ([officers[0]], [])
    with pytest.raises(NotFound):
        assignments.unassign(session, PLACE, on_day=DAY + timedelta(days=2), cell_id=CELL)


def test_a_place_is_one_cell_or_one_existing_community(session, officers):
    with pytest.raises(Invalid):
        _assign(session, officers[0], DAY, cell_id=1, community_id=1)
    with pytest.raises(NotFound):
        _assign(session, officers[0], DAY, community_id=987_654)
    service.change_officer(session, PLACE, officers[0], active=False)
    with pytest.raises(NotFound):
        _assign(session, officers[0], DAY)


def test_two_heads_at_once_leave_one_owner(clone):
    with transaction(clone.owner) as session:
        officers = _bureau(session)
    start = Barrier(len(officers))

    def one(officer_id, cell):
        start.wait(timeout=30)
        try:
            with transaction(clone.engine, PLACE) as session:
                _assign(session, officer_id, DAY, cell_id=cell)
        except Conflict as refused:
            return refused.code
        return "won"

    with ThreadPoolExecutor(len(officers)) as pool:
        for cell in range(CELL, CELL + 6):  # more than once: the losers end now in a wait, now in a deadlock
            results = list(pool.map(one, officers, [cell] * len(officers)))
            with transaction(clone.engine, PLACE) as session:
                rows = list(session.scalars(queries.assignments_at(PLACE, cell_id=cell)))
            assert len(rows) == 1
            assert "won" in results
            assert set(results) <= {"won", "already-assigned"}
