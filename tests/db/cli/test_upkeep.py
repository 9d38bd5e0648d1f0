"""Night work is done once: run again, or by two at the same time, nothing happens twice. And upgrades."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from gridsup.calendars import NoticeDay, default_calendar
from gridsup.cli import upkeep
from gridsup.cli.frame import install_procedures
from gridsup.db import transaction
from gridsup.procedures import notices, versions
from gridsup.procedures.engine import Header, open_matter
from gridsup.procedures.loader import load_packs
from gridsup.procedures.model import ClockWarning, Event, HolidayNotice, PackVersion
from gridsup.referrals.model import InboundReferral
from gridsup.registry.model import Permit
from gridsup.wiring import wire
from tests.conftest import JURISDICTION, Clone
from tests.db.procedures.trips import Trip
from tests.factories import business

NOW = datetime.now().astimezone()
LONG_SINCE = NOW - timedelta(days=120)


@pytest.fixture
def town(clone: Clone) -> Clone:
    """A bureau with a household whose permit is over, and one guided to a licence long ago."""
    wire()
    upkeep._counted.clear()
    with transaction(clone.owner, JURISDICTION) as session:
        trip = Trip(session, LONG_SINCE)
        shop = business(session, trip.bureau, name="过期小吃")
        session.add(
            Permit(
                jurisdiction_id=JURISDICTION,
                business_id=shop,
                kind="食品经营许可证",
                department="D10",
                number="JY001",
                status="valid",
                source="test",
                expires_on=date(2026, 1, 1),
            )
        )
        matter = trip.classified()
        trip.do(matter, "guide", "dispatcher", {"command": "urge"})
        trip.do(matter, "receive_guide", "station_head")
    return clone


def tally(town: Clone) -> dict[str, int]:
    with transaction(town.engine, JURISDICTION) as session:
        tables = {"inbound": InboundReferral, "events": Event, "warnings": ClockWarning}
        return {name: session.scalar(select(func.count()).select_from(t)) or 0 for name, t in tables.items()}


def test_night_work_happens_once(town: Clone) -> None:
    before = tally(town)
    done = upkeep.chores(town.engine)
    assert (done["expired"], done["settled"], done["failed"]) == (1, 1, 0)
    assert done["warned"] > 0
    after = tally(town)
    assert after["inbound"] == before["inbound"] + 1
    assert after["events"] == before["events"] + 2  # the term of the guidance is over; the permit's matter
    assert upkeep.chores(town.engine) == {}
    assert tally(town) == after


def test_two_at_the_same_time_do_it_once(town: Clone) -> None:
    start, found = threading.Barrier(2), []

    def night() -> None:
        start.wait()
        found.append(upkeep.chores(town.engine))

    threads = [threading.Thread(target=night) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    both = found[0] + found[1]
    assert (both["expired"], both["failed"]) == (1, 0)
    counted = tally(town)
    assert counted["inbound"] == 1
    assert upkeep.chores(town.engine) == {}
    assert tally(town) == counted


def test_one_permit_that_cannot_be_raised_does_not_stop_the_others(town: Clone) -> None:
    with transaction(town.owner, JURISDICTION) as session:
        first = session.scalars(select(Permit)).one()
        session.add(
            Permit(
                jurisdiction_id=JURISDICTION,
                business_id=first.business_id,
                kind="卫生许可证",
                department="D06",
                number="W1",
                status="valid",
                source="test",
                expires_on=date(2025, 1, 1),
            )
        )
        key = f"permit:{first.id}:2026-01-02"  # somebody has taken its place in the list
        session.add(
            InboundReferral(
                jurisdiction_id=JURISDICTION,
                batch="register",
                key=key,
                kind="permit_loss",
                department="D10",
                received_at=LONG_SINCE,
                name="x",
            )
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upkeep.log, "exception", lambda *_: None)
        done = upkeep.chores(town.engine)
    assert done["expired"] == 1
    with transaction(town.engine, JURISDICTION) as session:
        assert {p.number: p.status for p in session.scalars(select(Permit))} == {
            "JY001": "valid",
            "W1": "expired",
        }


def test_a_notice_entered_elsewhere_is_followed_up(town: Clone) -> None:
    """A clock that an act counted by the old calendar, while the notice was entered, is caught by upkeep."""
    upkeep.chores(town.engine)
    shipped = default_calendar().notices[2026]
    with transaction(town.engine, JURISDICTION) as session:
        trip_shop = session.scalars(select(Permit.business_id)).first()
        key = Header("小吃店", subject_kind="business", subject_id=trip_shop)
        acting = session.execute(
            text("SELECT officer_id FROM postings WHERE post = 'inspector' LIMIT 1")
        ).scalar()
        from gridsup.procedures.acting import Acting

        open_matter(
            session,
            "unlicensed_operation",
            Acting(acting, "inspector"),
            key,
            {"source": "patrol"},
            key="late",
            now=datetime(2026, 9, 29, 9, tzinfo=NOW.tzinfo),
        )
        days = [NoticeDay(date(2026, 10, 8), "国庆节", True), *shipped]
        plain = [{"date": d.day.isoformat(), "name": d.name, "off": d.off} for d in days]
        session.add(HolidayNotice(jurisdiction_id=JURISDICTION, year=2026, days=plain, source="国办"))
    done = upkeep.chores(town.engine)
    assert done["recounted"] == 1
    with transaction(town.engine, JURISDICTION) as session:
        again = notices.preview(session, notices.Notice(2026, tuple(sorted(days)), "国办"))
        assert (again.before, again.moved) == (again.calendar, [])


def test_an_upgrade_installs_new_versions_on_a_bureau_at_work(town: Clone) -> None:
    with town.owner.begin() as connection:
        connection.execute(text("DELETE FROM pack_versions WHERE pack = 'rectification'"))
        connection.execute(text("DELETE FROM pack_versions WHERE pack = 'referral' AND version > 1"))
    everything = {(one.pack.id, one.pack.version) for one in load_packs()}
    lost = {one for one in everything if one[0] == "rectification" or (one[0] == "referral" and one[1] > 1)}
    with transaction(town.engine, JURISDICTION) as session:
        assert versions.in_force(session, JURISDICTION, "referral", date(2026, 3, 2))[0].version == 1
    assert set(install_procedures(town.engine)) == lost
    assert install_procedures(town.engine) == []
    with transaction(town.engine, JURISDICTION) as session:
        rows = session.execute(select(PackVersion.pack, PackVersion.version)).all()
        assert {(row.pack, row.version) for row in rows} == everything
        assert versions.in_force(session, JURISDICTION, "referral", date(2026, 3, 2))[0].version > 1
