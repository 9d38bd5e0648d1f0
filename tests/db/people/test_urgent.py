"""An urgent command of a day off goes to who is on duty at the station (P10-S2), with its clocks."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gridsup.errors import Refused
from gridsup.patrols import transfers
from gridsup.people import duty
from gridsup.procedures import effects, proof, queries, steps, views
from gridsup.procedures.queries import Filter, Waiting
from gridsup.urging import service as urging
from gridsup.urging.queries import Wanted
from tests.db.procedures.trips import CAPTURE, CLASSES, DAY, Trip, refused

URGENT = {"urgent": True}
GIVEN = {"urge": ("guide", "receive_guide"), "change": ("order_change", "receive_order")}


@pytest.fixture
def trip(session) -> Trip:
    return Trip(session)


def saturday(trip: Trip, who: str) -> None:
    """It is Saturday, and somebody is on duty at the station."""
    trip.now += 5 * DAY
    duty.put_on_duty(
        trip.session, trip.bureau.jurisdiction_id,
        day=trip.now.date(), organisation_id=trip.bureau.station_id, officer_id=trip.bureau.officers[who],
    )  # fmt: skip


def inbox(trip: Trip, who: str) -> list[int]:
    wanted = Filter(waiting=[Waiting("station_head", duty_officer_ids=[trip.bureau.officers[who]])])
    return [row["id"] for row in queries.queue(trip.session, wanted, now=trip.now)[0]]


def holder(trip: Trip, matter: int) -> int | None:
    return views.current(trip.session, matter, now=trip.now)["assigned_officer_id"]


@pytest.mark.parametrize(("give", "take"), GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize(("who", "stays"), [("inspector", True), ("enforcement", False), ("general", False)])
def test_an_urgent_command_of_a_day_off_is_received_by_who_is_on_duty(trip, give, take, who, stays) -> None:
    said = {"source": "referral", "sender": "区教育局"} if give == "order_change" else {}
    matter = trip.discover("dispatcher", **said)
    trip.do(matter, "capture", "inspector", CAPTURE)
    trip.do(matter, "classify", "dispatcher", CLASSES)
    saturday(trip, who)
    trip.do(matter, give, "dispatcher", URGENT)
    officer = trip.bureau.officers[who]
    assert (holder(trip, matter), inbox(trip, who)) == (officer, [matter])
    rows = urging.watched(trip.session, Wanted(when="late"), limit=9, now=trip.now + 9 * DAY)[1]
    held = urging.holders(trip.session, rows, trip.now)
    assert held[matter, "receipt_term"].officer_id == officer
    step = f"{take}_on_duty" if who == "enforcement" else take
    other = "deputy_head_2" if who == "enforcement" else "enforcement"
    assert refused(trip, matter, f"{take}_on_duty", other) == "not-assigned"
    trip.do(matter, step, who)
    assert holder(trip, matter) == (officer if stays else trip.bureau.officers["inspector"])
    assert (inbox(trip, who), list(proof.differences(trip.session))) == ([], [])


def told(trip: Trip, matter: int, **form: object) -> list[str]:
    """What whoever gives the command hears while it is written."""
    family, member = views.read(trip.session, matter, now=trip.now)
    decision = steps.decision_of(family, member, "guide", trip.acting("dispatcher"), form, trip.now)
    return [one.text("zh") for one in effects.heeds(["people.on_duty"], decision)]


def test_whoever_gives_an_urgent_command_hears_before_and_after_where_it_goes(trip) -> None:
    matter = trip.classified()
    assert told(trip, matter) == []
    assert "今天上班" in told(trip, matter, **URGENT)[0]
    trip.now += 5 * DAY
    assert "没有安排值班" in told(trip, matter, **URGENT)[0]
    trip.do(matter, "guide", "dispatcher", URGENT)
    after = views.history(trip.session, matter)[-1]["results"]["people.on_duty"]
    assert after["lines"]["zh"] == told(trip, matter, **URGENT)
    assert (holder(trip, matter), list(proof.differences(trip.session))) == (None, [])
    trip.do(matter, "withdraw", "dispatcher", {"reason": "先安排值班"})
    trip.now += 2 * DAY
    saturday(trip, "general")
    assert "送达值班人员" in told(trip, matter, **URGENT)[0]


def test_what_came_by_the_roster_is_not_handed_on_as_another_cells(trip) -> None:
    matter = trip.classified()
    saturday(trip, "inspector")
    trip.do(matter, "guide", "dispatcher", URGENT)
    with pytest.raises(Refused, match="held-on-duty"):
        transfers.ask(
            trip.session, trip.acting("inspector"), matter, key=uuid4(), reason="不在我格", now=trip.now
        )


def test_a_command_that_is_not_urgent_or_of_a_working_day_goes_the_ordinary_way(trip) -> None:
    first, second, third = (trip.classified() for _ in range(3))
    trip.do(first, "guide", "dispatcher", URGENT)
    saturday(trip, "general")
    owner = trip.bureau.officers["inspector"]
    trip.do(second, "guide", "dispatcher", {"urgent": False})
    assert [holder(trip, one) for one in (first, second)] == [None, None]
    trip.do(third, "guide", "dispatcher", URGENT)
    trip.do(third, "withdraw", "dispatcher", {"reason": "误下指令"})
    assert (holder(trip, third), inbox(trip, "general")) == (owner, [])
    trip.do(third, "guide", "dispatcher", URGENT)
    assert (holder(trip, third), inbox(trip, "general")) == (trip.bureau.officers["general"], [third])
    trip.do(third, "receive_guide", "station_head")
    assert (holder(trip, third), inbox(trip, "general")) == (owner, [])
