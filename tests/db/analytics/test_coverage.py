"""Coverage comes from visits; the debt is the risk-weighted share that is due and not visited."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from gridsup.analytics import coverage, figures
from gridsup.errors import Invalid
from gridsup.patrols.model import Visit
from tests.factories import Bureau, bureau, business

CHINA = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)


def visited(
    session: Session, made: Bureau, business_id: int, days_ago: int, cell: str = "42010301-001"
) -> None:
    session.add(
        Visit(
            jurisdiction_id=made.jurisdiction_id,
            officer_id=made.officers["inspector"],
            business_id=business_id,
            cell_id=made.cells[cell],
            at=datetime(2026, 11, 20, 12, tzinfo=CHINA) - timedelta(days=days_ago),
            result="normal",
            key=uuid.uuid4(),
        )
    )
    session.flush()


def of(session: Session, made: Bureau, cell: str = "42010301-001") -> coverage.CellCoverage:
    rows = coverage.by_cell(session, made.jurisdiction_id, TODAY - timedelta(days=29), TODAY)
    assert [row.code for row in rows] == sorted(made.cells)
    return next(row for row in rows if row.code == cell)


def test_an_empty_cell_has_no_debt_and_no_coverage(session: Session) -> None:
    row = of(session, bureau(session))
    assert (row.households, row.coverage, row.debt) == (0, 0.0, 0.0)


def test_a_household_never_visited_is_due(session: Session) -> None:
    made = bureau(session)
    business(session, made)
    row = of(session, made)
    assert (row.due, row.debt) == (1, 1.0)


def test_the_due_interval_follows_the_risk(session: Session) -> None:
    made = bureau(session)
    low, high = business(session, made, risk=1), business(session, made, risk=4)
    visited(session, made, low, 40)
    visited(session, made, high, 40)
    row = of(session, made)
    assert row.due == 1, "risk 4 is due after 30 days, risk 1 after 180"
    assert row.debt == pytest.approx(4 / 5)


def test_only_visits_in_the_period_count_for_coverage(session: Session) -> None:
    made = bureau(session)
    inside, before = business(session, made), business(session, made)
    visited(session, made, inside, 29)
    visited(session, made, inside, 3)
    visited(session, made, before, 31)
    row = of(session, made)
    assert (row.visited, row.visits, row.coverage) == (1, 2, 0.5)


def test_closed_households_owe_nothing(session: Session) -> None:
    made = bureau(session)
    business(session, made, status="closed")
    assert of(session, made).households == 0


def test_a_period_that_ends_before_it_begins_is_refused(session: Session) -> None:
    made = bureau(session)
    with pytest.raises(Invalid, match="period-reversed"):
        coverage.by_cell(session, made.jurisdiction_id, TODAY, TODAY - timedelta(days=1))


def test_the_trend_names_every_month_of_the_period(session: Session) -> None:
    made = bureau(session)
    visited(session, made, business(session, made), 0)
    months = figures.by_month(session, made.jurisdiction_id, date(2026, 9, 15), TODAY)
    assert [(m.month, m.visits) for m in months] == [("2026-09", 0), ("2026-10", 0), ("2026-11", 1)]


def test_a_month_of_the_trend_stands_beside_the_same_days_of_the_month_before_and_the_year_before(
    session: Session,
) -> None:
    made = bureau(session)
    shop = business(session, made)
    for days in (0, 20, 31, 365, 365 + 10):
        visited(session, made, shop, days)
    now = figures.by_month(session, made.jurisdiction_id, date(2026, 9, 15), TODAY)[-1]
    assert [(one.since, one.until, one.visits) for one in (now, now.before, now.last_year)] == [
        (date(2026, 11, 1), date(2026, 11, 20), 1),
        (date(2026, 10, 1), date(2026, 10, 20), 1),
        (date(2025, 11, 1), date(2025, 11, 20), 2),
    ]


def test_workload_counts_what_an_inspector_carries(session: Session) -> None:
    made = bureau(session)
    visited(session, made, business(session, made), 1)
    business(session, made, cell="42010301-003")
    (row,) = figures.by_inspector(session, made.jurisdiction_id, TODAY - timedelta(days=9), TODAY)
    assert (row.cells, row.households, row.visits, row.findings) == (4, 2, 1, 0)
