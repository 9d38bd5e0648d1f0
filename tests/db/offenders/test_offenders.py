"""Each list that must be empty: a row that belongs to it is on it, a row like it that does not is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gridsup.documents.model import Document
from gridsup.errors import NotFound
from gridsup.offenders import service
from gridsup.people.model import Assignment, Officer, Organisation, Posting
from gridsup.procedures.model import Deadline, Matter
from gridsup.procedures.pack import Words
from gridsup.procedures.posts import POSTS
from gridsup.registry.model import Business
from tests import factories
from tests.db.procedures.trips import DAY, Trip


@pytest.fixture
def trip(session: Session) -> Trip:
    return Trip(session)


def on(trip: Trip, name: str) -> dict[int, service.Offender]:
    return {one.id: one for one in service.offenders(trip.session, name, now=trip.now)}


def test_a_bureau_in_order_has_none(trip: Trip) -> None:
    trip.classified()
    assert service.counts(trip.session, now=trip.now) == dict.fromkeys(service.LISTS, 0)
    with pytest.raises(NotFound, match="offenders-unknown"):
        service.offenders(trip.session, "others")


def test_findings_without_outcome(trip: Trip) -> None:
    late, idle, lost = trip.discover(), trip.discover(), trip.discover()
    trip.now += 10 * DAY
    fresh, closed = trip.discover(), trip.discover()
    m = Matter.__table__
    trip.session.execute(update(Deadline).where(Deadline.matter_id == idle).values(state="stopped"))
    for matter, outcome in ((lost, None), (closed, "exempt")):
        trip.session.execute(update(m).where(m.c.id == matter).values(ended_at=trip.now, outcome=outcome))
    found = on(trip, "findings")
    assert {k: v.reason for k, v in found.items()} == {late: "overdue", idle: "no_clock", lost: "no_outcome"}
    assert fresh not in found
    row = found[late]
    assert (row.subject, row.post, row.days) == ("matter", "inspector", 7)  # Wednesday's end + 7 days
    inspector = trip.session.get_one(
        Officer, (trip.bureau.jurisdiction_id, trip.bureau.officers["inspector"])
    )
    assert row.who().zh == f"民权所 {inspector.name} 巡查监管员"
    station = update(Organisation).where(Organisation.name == "民权所")
    trip.session.execute(station.values(name_en="Minquan Station"))
    english = on(trip, "findings")[late].who().en
    assert english == f"{POSTS['inspector'].en}, Minquan Station, {inspector.name}"


def test_commands_without_feedback(trip: Trip) -> None:
    late, received = trip.classified(), trip.classified()
    for matter in (late, received):
        trip.do(matter, "guide", "dispatcher", {"command": "urge"})
    trip.do(received, "receive_guide", "station_head")
    assert on(trip, "commands") == {}
    trip.now += 3 * DAY
    found = on(trip, "commands")
    assert {k: (v.reason, v.post, v.body) for k, v in found.items()} == {
        late: ("not_received", "station_head", Words(zh="民权所", en="民权所"))
    }


def test_referrals_without_receipt(trip: Trip) -> None:
    refer = {"department": "D10", "basis": "篇9"}
    sent = [trip.do(trip.classified(), "refer", "dispatcher", refer).children[0] for _ in range(3)]
    silent, received, unsent = sent
    for referral in (silent, received):
        trip.do(referral, "send", "dispatcher")
    trip.do(received, "receive_paper", "dispatcher", {"receiver": "王科长"})
    assert on(trip, "referrals") == {}
    trip.now += 20 * DAY
    found = on(trip, "referrals")
    assert set(found) == {silent}
    assert unsent not in found
    assert (found[silent].post, found[silent].detail) == ("liaison", "D10")
    assert found[silent].number is not None
    # What a figure of one station or department leads to: as many rows as the list then shows.
    station = trip.session.get_one(Matter, (trip.bureau.jurisdiction_id, silent)).station_id
    for wanted, there in (
        ({"department": "D10"}, True),
        ({"department": "D09"}, False),
        ({"station_id": station}, True),
        ({"station_id": 1}, False),
    ):
        rows = service.offenders(trip.session, "referrals", now=trip.now, **wanted)
        assert [one.id for one in rows] == [silent] * there
    counted = service.counts(trip.session, now=trip.now, department="D10")
    assert {name: n for name, n in counted.items() if n} == {"referrals": 1}


def test_businesses_without_owner(trip: Trip) -> None:
    made = trip.bureau
    nowhere = factories.business(trip.session, made, placed=False)
    orphan = factories.business(trip.session, made, cell="42010301-002")
    closed = factories.business(trip.session, made, placed=False)
    j = made.jurisdiction_id
    trip.session.execute(update(Business).where(Business.id == closed).values(status="closed"))
    cell = made.cells["42010301-002"]
    past = Range(factories.LONG_AGO, trip.now.date() - DAY)
    there = (Assignment.jurisdiction_id == j, Assignment.cell_id == cell)
    trip.session.execute(update(Assignment).where(*there).values(during=past))
    found = on(trip, "businesses")
    assert {k: (v.reason, v.post) for k, v in found.items()} == {
        nowhere: ("no_cell", "general"),
        orphan: ("cell_without_owner", "station_head"),
    }
    assert {one.subject for one in found.values()} == {"business"}
    trip.session.execute(update(Officer).where(Officer.id == made.officers["inspector"]).values(active=False))
    assert trip.business in on(trip, "businesses")  # the owner of its cell has left


def test_documents_without_number(trip: Trip) -> None:
    whole, torn = trip.classified(), trip.classified()
    for matter in (whole, torn):
        trip.do(matter, "guide", "dispatcher", {"command": "urge"})
    assert on(trip, "documents") == {}
    torn_row = trip.session.scalars(select(Document).where(Document.matter_id == torn)).one()
    trip.session.execute(update(Document).where(Document.id == torn_row.id).values(number=""))
    found = on(trip, "documents")
    assert {k: (v.reason, v.detail) for k, v in found.items()} == {torn: ("no_number", "guide")}


def test_clocks_without_owner(trip: Trip) -> None:
    vacant, kept, left = trip.discover(), trip.captured(), trip.discover()
    other = factories.officer(trip.session, "inspector", trip.bureau.station_id)
    m = Matter.__table__
    trip.session.execute(update(m).where(m.c.id == left).values(assigned_officer_id=other))
    assert on(trip, "clocks") == {}
    trip.session.execute(update(Officer).where(Officer.id == other).values(active=False))
    found = on(trip, "clocks")
    assert {k: (v.reason, v.post) for k, v in found.items()} == {left: ("officer_left", "station_head")}
    inspector = trip.bureau.officers["inspector"]
    yesterday = (trip.now - timedelta(days=1)).date()
    trip.session.execute(update(Posting).where(Posting.officer_id == inspector).values(valid_to=yesterday))
    found = on(trip, "clocks")
    assert {k: (v.reason, v.detail) for k, v in found.items()} == {
        vacant: ("post_vacant", "inspector"),
        left: ("post_vacant", "inspector"),
    }
    assert kept not in found  # it waits for the registration section, whose post is held


def test_a_department_without_liaison_leaves_the_clock_without_owner(trip: Trip) -> None:
    refer = {"department": "D10", "basis": "篇9"}
    (referral,) = trip.do(trip.classified(), "refer", "dispatcher", refer).children
    trip.do(referral, "send", "dispatcher")
    assert on(trip, "clocks") == {}
    gone = Officer.id == trip.bureau.officers["liaison"]
    trip.session.execute(update(Officer).where(gone).values(active=False))
    assert {k: (v.reason, v.detail) for k, v in on(trip, "clocks").items()} == {
        referral: ("post_vacant", "liaison")
    }
