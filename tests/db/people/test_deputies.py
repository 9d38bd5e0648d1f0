"""Who receives while A is away (AB岗, P7-C1), and in which capacities one may act."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gridsup.errors import Conflict, Invalid, Refused
from gridsup.people import delegations, postings, queries, service
from gridsup.people.deputies import Capacity, capacities, receipts, receiver, unreceived
from gridsup.people.directory import PeopleDirectory
from gridsup.procedures.acting import Acting
from gridsup.procedures.loader import load_packs

PLACE = 420103
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


class Station:
    """A station with a head, and an inspector A whose deputy is B, in its patrol group."""

    def __init__(self, session):
        self.session = session
        service.init_jurisdiction(
            session, id=PLACE, code="420103", name="江汉区", metric_srid=4547, admin_name="管理", today=DAY
        )
        self.station = service.add_organisation(session, PLACE, kind="station", code="01", name="所").id
        self.group = service.add_organisation(
            session, PLACE, kind="group", code="01X", name="巡查组", parent_id=self.station
        ).id
        self.head, self.a, self.b = (self.officer(name) for name in ("所长", "甲", "乙"))
        self.hold(self.head, "station_head", self.station)
        self.a_post = self.hold(self.a, "inspector", self.group, deputy_id=self.b)
        self.hold(self.b, "inspector", self.group)

    def officer(self, name, place=None):
        return service.add_officer(
            self.session, PLACE, staff_no=name, name=name, organisation_id=place or self.group
        ).id

    def hold(self, officer_id, post, place, **more):
        return postings.add_posting(
            self.session,
            PLACE,
            officer_id=officer_id,
            post=post,
            organisation_id=place,
            valid_from=more.pop("valid_from", date(2020, 1, 1)),
            **more,
        )

    def away(self, officer_id, first=DAY, last=DAY):
        return postings.add_leave(
            self.session, PLACE, officer_id=officer_id, first_day=first, last_day=last, reason="年休假"
        )

    def standings(self, officer_id, at=NOON):
        return capacities(self.session, PLACE, officer_id, at)

    def receiver(self, day=DAY):
        return receiver(self.session, PLACE, self.a_post, day)


@pytest.fixture
def station(session):
    return Station(session)


def test_without_leave_a_receives_and_b_acts_only_as_b(station):
    assert station.receiver() == station.a
    assert station.standings(station.b) == [Capacity("inspector", station.group)]


def test_while_a_is_away_b_receives_and_acts_for_a(station):
    station.away(station.a)
    assert station.receiver() == station.b
    assert station.standings(station.b) == [
        Capacity("inspector", station.group),
        Capacity("inspector", station.group, deputy_of=station.a),
    ]
    assert station.standings(station.head) == [Capacity("station_head", station.station)]


def test_while_b_is_away_too_the_head_of_the_station_receives(station):
    station.away(station.a)
    station.away(station.b)
    assert station.receiver() == station.head
    assert {one.deputy_of for one in station.standings(station.head)} == {None, station.a, station.b}


def test_while_all_are_away_the_post_is_named_as_received_by_nobody(station):
    for officer_id in (station.a, station.b, station.head):
        station.away(officer_id)
    assert station.receiver() is None
    assert station.a_post.id in {one.id for one in unreceived(station.session, PLACE, DAY)}


def test_a_leave_tells_who_receives_on_which_days(station):
    leave = station.away(station.a, DAY, DAY + timedelta(days=5))
    station.away(station.b, DAY + timedelta(days=1), DAY + timedelta(days=2))
    station.away(station.head, DAY + timedelta(days=2), DAY + timedelta(days=9))

    def told(since):
        found = receipts(station.session, PLACE, leave, since)
        return [((one.first - DAY).days, (one.last - DAY).days, one.officer_id) for one in found]

    assert told(DAY) == [(0, 0, station.b), (1, 1, station.head), (2, 2, None), (3, 5, station.b)]
    assert told(DAY + timedelta(days=4)) == [(4, 5, station.b)]
    assert told(DAY + timedelta(days=6)) == []
    for since in (DAY + timedelta(days=n) for n in range(6)):
        assert receipts(station.session, PLACE, leave, since)[0].officer_id == station.receiver(since)


@pytest.mark.parametrize(
    ("first", "last", "free"),
    [(0, 1, True), (0, 2, False), (2, 4, False), (3, 3, False), (1, 9, False), (4, 6, False), (5, 6, True)],
)
def test_nobody_is_on_leave_twice_on_a_day(station, first, last, free):
    station.away(station.a, DAY + timedelta(days=2), DAY + timedelta(days=4))
    days = (DAY + timedelta(days=first), DAY + timedelta(days=last))
    station.away(station.b, *days)  # another's leave is no hindrance
    if free:
        assert station.away(station.a, *days).id
    else:
        with pytest.raises(Conflict, match="leave-overlaps"):
            station.away(station.a, *days)


def test_a_deputy_out_of_service_does_not_receive(station):
    station.away(station.a)
    service.change_officer(station.session, PLACE, station.b, active=False)
    assert station.receiver() == station.head
    assert station.standings(station.b) == []


def test_leave_begins_and_ends_at_midnight_in_shanghai(station):
    station.away(station.a)
    last_moment = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    assert len(station.standings(station.b, last_moment)) == 2
    assert len(station.standings(station.b, last_moment + timedelta(seconds=1))) == 1
    assert len(station.standings(station.b, datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC))) == 1


def test_who_comes_back_early_receives_again(station):
    leave = station.away(station.a, DAY, DAY + timedelta(days=9))
    postings.end_leave(station.session, PLACE, leave.id, back_on=DAY + timedelta(days=2))
    assert station.receiver(DAY + timedelta(days=1)) == station.b
    assert station.receiver(DAY + timedelta(days=2)) == station.a
    postings.end_leave(station.session, PLACE, leave.id, back_on=DAY)
    assert station.receiver(DAY) == station.a


def test_a_post_counts_on_its_first_and_last_day_and_not_after(station):
    station.hold(station.b, "enforcement", station.group, valid_from=DAY, valid_to=DAY)
    posts = [{one.post for one in station.standings(station.b, NOON + timedelta(days=n))} for n in (-1, 0, 1)]
    assert posts == [{"inspector"}, {"inspector", "enforcement"}, {"inspector"}]


def test_who_held_which_post_on_a_day_is_answered_from_the_record(station):
    postings.end_posting(station.session, PLACE, station.a_post.id, last_day=DAY)

    def holders(day):
        found = station.session.scalars(queries.postings_on(PLACE, day, post="inspector"))
        return {one.officer_id for one in found}

    assert holders(DAY) == {station.a, station.b}
    assert holders(DAY + timedelta(days=1)) == {station.b}


def test_a_street_acts_only_under_a_published_letter_in_force(station):
    street = service.add_organisation(station.session, PLACE, kind="street", code="S1", name="街道").id
    clerk = station.officer("街道员", street)
    station.hold(clerk, "enforcement", street)
    station.hold(clerk, "liaison", street)
    assert station.standings(clerk) == [Capacity("liaison", street)]

    def letter(number, published):
        return delegations.add_delegation(
            station.session,
            PLACE,
            number=number,
            delegate_id=street,
            scope=["food"],
            powers=["penalty_case.investigate"],
            signed_on=DAY,
            valid_from=DAY,
            valid_to=DAY + timedelta(days=10),
            published_on=published,
        ).id

    letter("委托1号", None)
    assert station.standings(clerk) == [Capacity("liaison", street)]
    second = letter("委托2号", DAY)
    assert Capacity("enforcement", street, None, second) in station.standings(clerk)
    assert station.standings(clerk, NOON + timedelta(days=11)) == [Capacity("liaison", street)]
    power = "penalty_case.investigate"

    def delegated(officer_id=clerk, post="enforcement", power=power, day=DAY):
        acting = Acting(officer_id, post, None, second)
        found = PeopleDirectory().outside_letter(station.session, PLACE, second, acting, power, None, day)
        return found is None

    assert delegated()
    assert not delegated(power="penalty_case.serve")
    assert not delegated(day=DAY - timedelta(days=1))
    assert not delegated(post="inspector")
    assert not delegated(station.a, "inspector")


def test_what_is_delegated_to_a_street_is_not_delegated_on(station):
    """P8-X1: a deputy from outside the street does not act under its letter, one from inside does."""
    session = station.session
    street = service.add_organisation(session, PLACE, kind="street", code="S1", name="街道").id
    clerk, second = station.officer("街道员", street), station.officer("街道员二", street)
    station.hold(clerk, "inspector", street)
    station.hold(second, "general", street)
    letter = delegations.add_delegation(
        session,
        PLACE,
        number="委托1号",
        delegate_id=street,
        scope=[],
        powers=["unlicensed_operation.capture"],
        signed_on=DAY,
        valid_from=DAY,
        valid_to=DAY,
        published_on=DAY,
    ).id

    def delegated(deputy):
        acting = Acting(deputy, "inspector", clerk, letter)
        return (
            PeopleDirectory().outside_letter(
                session, PLACE, letter, acting, "unlicensed_operation.capture", None, DAY
            )
            is None
        )

    assert delegated(second)
    assert not delegated(station.b)


SEIZURE = {
    "penalty_case.apply_seizure",
    *(f"evidence_preservation.{name}" for name in ("preserve", "preserve_urgent", "seize")),
    *(f"evidence_preservation.{name}" for name in ("move_thing", "settle_things")),
}
"""Taking things and keeping them (AEL-17; outside the closed list of P8-R1)."""
ORDINARY = {
    f"penalty_case.{name}" for name in ("file_case", "decide", "decide_collectively", "decide_no_penalty")
}
POWERS = sorted({f"{one.pack.id}.{name}" for one in load_packs() for name in one.pack.actions})


@pytest.mark.parametrize("power", POWERS)
def test_a_letter_gives_any_power_but_seizure_and_the_decisions_of_the_ordinary_procedure(station, power):
    street = service.add_organisation(station.session, PLACE, kind="street", code="S1", name="街道").id

    def write():
        return delegations.add_delegation(
            station.session,
            PLACE,
            number="委托1号",
            delegate_id=street,
            scope=["food"],
            powers=["penalty_case.serve", power],
            signed_on=DAY,
            valid_from=DAY,
            valid_to=DAY,
        )

    if power in SEIZURE | ORDINARY or power.startswith("seizure."):
        with pytest.raises(Refused) as refused:
            write()
        assert refused.value.code == "not-delegable"
    else:
        assert power in write().powers


def test_a_letter_names_powers_that_there_are(station):
    with pytest.raises(Invalid) as refused:
        delegations.add_delegation(
            station.session,
            PLACE,
            number="委托1号",
            delegate_id=station.station,
            scope=[],
            powers=["penalty_case.seize"],
            signed_on=DAY,
            valid_from=DAY,
            valid_to=DAY,
        )
    assert refused.value.faults[0].pointer == "/powers/0"


def test_the_directory_answers_the_engine(station):
    people = PeopleDirectory()
    session = station.session
    assert people.organisations(session, PLACE, station.a, "inspector", DAY) == {station.group}
    assert people.organisations(session, PLACE, station.a, "legal", DAY) == frozenset()
    assert not people.stands_in(session, PLACE, station.b, station.a, "inspector", DAY)
    station.away(station.a)
    assert people.stands_in(session, PLACE, station.b, station.a, "inspector", DAY)
    assert not people.stands_in(session, PLACE, station.b, station.a, "legal", DAY)
    assert not people.stands_in(session, PLACE, station.head, station.a, "inspector", DAY)
    assert not people.stands_in(session, PLACE, station.a, station.a, "inspector", DAY)


def test_a_qualification_counts_while_it_is_valid(station):
    papers = [{"name": "enforcement", "number": "1", "valid_from": "2026-01-01", "valid_to": "2026-03-02"}]
    service.change_officer(station.session, PLACE, station.a, qualifications=papers)
    people = PeopleDirectory()

    def qualified(day, name="enforcement"):
        crew = frozenset({station.a, station.b})
        return people.qualified(station.session, PLACE, crew, name, day)

    assert qualified(DAY) == {station.a}
    assert qualified(DAY + timedelta(days=1)) == frozenset()
    assert qualified(DAY, None) == {station.a, station.b}
