"""Bodies of departments: one answers at a time, the past stays, and no matter is left without an owner."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from gridsup.errors import Conflict, Invalid, NotFound, Refused
from gridsup.patrols import service as patrols
from gridsup.people import service as people
from gridsup.people.model import Officer, Organisation
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Matter
from gridsup.referrals import bodies, queries
from gridsup.wiring import wire
from tests.factories import JURISDICTION, bureau, business, organisation

TODAY = date(2026, 6, 20)


@pytest.fixture
def made(session):
    return bureau(session)


def succeed(session, code="D10", name="区市场监督管理局", on=date(2026, 6, 1), **more):
    told = {"name_en": None, "basis": "区编〔2026〕3号", "today": TODAY, **more}
    return bodies.succeed(session, JURISDICTION, code, name=name, on=on, **told)


def terms(session, point):
    found = session.scalars(queries.department_terms(JURISDICTION, point)).all()
    return [(one.name, one.during.lower, one.during.upper) for one in found]


def test_a_successor_follows_on_its_day_and_the_contact_point_stays(session, made) -> None:
    before = session.get(Organisation, (JURISDICTION, made.department_id)).name
    succeed(session)
    point = bodies.contact_point(session, JURISDICTION, "D10")
    assert (point.id, point.name) == (made.department_id, "区市场监督管理局")
    succeed(session, name="区综合监管局", on=TODAY)
    assert terms(session, point.id) == [
        ("区综合监管局", TODAY, None),
        ("区市场监督管理局", date(2026, 6, 1), TODAY),
        (before, None, date(2026, 6, 1)),
    ]


def test_the_first_body_of_a_department_is_registered_the_same_way(session, made) -> None:
    assert bodies.contact_point(session, JURISDICTION, "D06") is None
    succeed(session, "D06", "区卫生健康局")
    point = bodies.contact_point(session, JURISDICTION, "D06")
    assert (point.name, terms(session, point.id)) == (
        "区卫生健康局",
        [("区卫生健康局", date(2026, 6, 1), None)],
    )


def test_a_succession_is_refused_ahead_of_its_day_before_its_predecessor_and_to_itself(session, made) -> None:
    with pytest.raises(Invalid, match="succession-ahead"):
        succeed(session, "D06", on=TODAY + timedelta(days=1))
    succeed(session)
    for on in (date(2026, 6, 1), date(2026, 5, 1)):
        with pytest.raises(Conflict, match="succession-before"):
            succeed(session, name="另一机构", on=on)
    with pytest.raises(Conflict, match="same-body"):
        succeed(session, on=TODAY)
    with pytest.raises(NotFound, match="department-unknown"):
        succeed(session, "D23")


def test_a_planned_successor_is_changed_withdrawn_and_takes_over_on_its_day(session, made) -> None:
    day = TODAY + timedelta(days=30)
    point = session.get(Organisation, (JURISDICTION, made.department_id))
    before = point.name
    for name, on in (("区大市场局", day + timedelta(days=9)), ("区综合监管局", day)):
        succeed(session, name=name, on=on)
        assert (point.name, terms(session, point.id)) == (before, [(name, on, None), (before, None, on)])
    with pytest.raises(Conflict, match="succession-planned"):
        succeed(session, name="另一机构", on=TODAY)
    for early in (TODAY, day - timedelta(days=1)):
        assert bodies.take_over(session, JURISDICTION, early) == 0
    bodies.withdraw(session, JURISDICTION, "D10", today=TODAY)
    assert (point.name, terms(session, point.id)) == (before, [(before, None, None)])
    with pytest.raises(NotFound, match="succession-none"):
        bodies.withdraw(session, JURISDICTION, "D10", today=TODAY)

    succeed(session, name="区综合监管局", on=day)
    assert [bodies.take_over(session, JURISDICTION, one) for one in (day, day)] == [1, 0]
    assert point.name == "区综合监管局"
    people.change_organisation(session, JURISDICTION, point.id, name="更正后的名称")
    assert bodies.take_over(session, JURISDICTION, day + timedelta(days=1)) == 0
    assert point.name == "更正后的名称"


@pytest.mark.parametrize("column", ["assigned_org_id", "station_id"])
def test_a_body_that_open_matters_wait_for_is_not_taken_out_of_use(session, made, column) -> None:
    kind = "department" if column == "assigned_org_id" else "station"
    wanted = organisation(session, kind, "无人的机构", code="D08", jurisdiction_id=JURISDICTION)
    matter = open_matter(session, made, business(session, made))
    people.change_organisation(session, JURISDICTION, wanted, active=False)
    people.change_organisation(session, JURISDICTION, wanted, active=True)
    session.execute(update(Matter).where(Matter.id == matter).values({column: wanted}))
    with pytest.raises(Refused, match="body-answers"):
        people.change_organisation(session, JURISDICTION, wanted, active=False)
    assert session.scalar(select(Organisation.active).where(Organisation.id == wanted))


def test_a_body_with_people_in_service_is_not_taken_out_of_use(session, made) -> None:
    with pytest.raises(Refused, match="body-staffed"):
        people.change_organisation(session, JURISDICTION, made.department_id, active=False)
    person = made.officers["liaison"]
    session.execute(update(Officer).where(Officer.id == person).values(active=False))
    assert not people.change_organisation(session, JURISDICTION, made.department_id, active=False).active


def open_matter(session, made, shop):
    wire()
    at = datetime(2026, 6, 19, 3, tzinfo=UTC)
    report = patrols.FindingReport(key=uuid.uuid4(), found_at=at, source="patrol", business_id=shop)
    acting = Acting(made.officers["inspector"], "inspector")
    return patrols.report_finding(session, acting, report, now=at)[1].matter_id
