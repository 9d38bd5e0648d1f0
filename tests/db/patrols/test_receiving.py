"""Who receives an urgent finding, and what its reporter hears of it (P10-S2)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gridsup.patrols import receiving
from gridsup.patrols.service import FindingReport, Position, report_finding
from gridsup.people import duty
from gridsup.people.model import Officer
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Matter
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST, Bureau, bureau

FRIDAY = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SATURDAY = FRIDAY + timedelta(days=1)
DANGER = {"public_danger": True}


@pytest.fixture
def made(session: Session) -> Bureau:
    wire()
    return bureau(session)


def heard(
    session: Session, made: Bureau, at: datetime, facts: dict[str, bool], *, by: str = "inspector"
) -> str:
    """What the reporter hears before sending."""
    acting = Acting(made.officers[by], by)
    place = {"cell_id": made.cells["42010301-003"], "station_id": made.station_id}
    found = receiving.receiver(session, made.jurisdiction_id, acting, facts, at, **place)
    told = receiving.told(session, made.jurisdiction_id, facts, at, found, by=acting.person_id)
    return told.zh if told else ""


def on_duty(session: Session, made: Bureau, post: str) -> str:
    """Somebody's name, who is put on duty that Saturday."""
    given = {"day": SATURDAY.date(), "organisation_id": made.station_id, "officer_id": made.officers[post]}
    duty.put_on_duty(session, made.jurisdiction_id, **given)
    return session.get_one(Officer, (made.jurisdiction_id, made.officers[post])).name


@pytest.mark.parametrize("fact", ["public_danger", "suspected_crime"])
def test_on_a_day_off_the_reporter_hears_that_nobody_is_on_duty(
    session: Session, made: Bureau, fact: str
) -> None:
    told = heard(session, made, SATURDAY, {fact: True})
    assert "没有安排值班：由您本人接收" in told
    assert "请立即电话报告所长" in told
    assert "您本人" not in heard(session, made, SATURDAY, {fact: True}, by="dispatcher")


def test_or_who_is_on_duty_and_gets_the_matter(session: Session, made: Bureau) -> None:
    name = on_duty(session, made, "general")
    assert heard(session, made, SATURDAY, DANGER).endswith(f"由值班人员{name}接收。")
    report = FindingReport(
        key=uuid.uuid4(),
        found_at=SATURDAY,
        source="patrol",
        name="夜市烧烤",
        address="民权街道 9 号",
        facts=DANGER,
        position=Position(lon=WEST + 0.2 * SIDE, lat=SOUTH + 0.3 * SIDE),
    )
    acting = Acting(made.officers["inspector"], "inspector")
    _, answer = report_finding(session, acting, report, now=SATURDAY)
    matter = session.get_one(Matter, (made.jurisdiction_id, answer.matter_id))
    assert matter.assigned_officer_id == made.officers["general"]


def test_on_a_working_day_the_ordinary_way_holds(session: Session, made: Bureau) -> None:
    on_duty(session, made, "general")
    assert heard(session, made, FRIDAY, DANGER) == "紧急情况，当日上班：由您本人接收，指挥中心同时可见。"


def test_what_is_not_urgent_says_nothing(session: Session, made: Bureau) -> None:
    assert heard(session, made, SATURDAY, {"public_danger": False, "food": True}) == ""
