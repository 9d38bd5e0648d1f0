"""A finding from the street: cell located, household known or added, matter opened once."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsup.errors import Invalid, NotFound
from gridsup.patrols.model import Finding, Visit
from gridsup.patrols.service import FindingReport, Position, VisitReport, record_visit, report_finding
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Matter
from gridsup.registry.model import Business, HouseholdCode, LedgerEntry
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST, Bureau, bureau, business

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
IN_CELL_3 = Position(lon=WEST + 0.2 * SIDE, lat=SOUTH + 0.3 * SIDE, accuracy_m=8.0)


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def stall(**more: Any) -> FindingReport:
    told = {
        "key": uuid.uuid4(),
        "found_at": NOW - timedelta(minutes=5),
        "source": "patrol",
        "name": "王记早点摊",
        "address": "江汉区民权街道 5 号门前",
        "facts": {"food": True, "food_stall": True, "occupies_road": True},
        "position": IN_CELL_3,
    }
    return FindingReport(**{**told, **more})


def inspector(made: Bureau) -> Acting:
    return Acting(person_id=made.officers["inspector"], post="inspector")


def test_a_finding_opens_a_matter_in_the_cell_it_was_made_in(session: Session) -> None:
    made = bureau(session)
    finding, answer = report_finding(session, inspector(made), stall(), now=NOW)
    matter = session.scalars(select(Matter).where(Matter.id == answer.matter_id)).one()
    assert finding.cell_id == matter.cell_id == made.cells["42010301-003"]
    assert matter.station_id == made.station_id
    assert matter.assigned_officer_id == made.officers["inspector"]
    assert matter.facts["occupies_road"] is True


def test_a_new_operator_becomes_an_unregistered_household_with_a_code(session: Session) -> None:
    made = bureau(session)
    finding, _ = report_finding(session, inspector(made), stall(), now=NOW)
    household = session.scalars(select(Business).where(Business.id == finding.business_id)).one()
    code = session.scalars(select(HouseholdCode).where(HouseholdCode.business_id == household.id)).one()
    assert (household.kind, household.licence_status) == ("unregistered", "none")
    assert code.code.startswith("42010301-003")


def test_a_finding_enters_the_ledger_with_its_six_columns(session: Session) -> None:
    made = bureau(session)
    _, answer = report_finding(session, inspector(made), stall(), now=NOW)
    row = session.scalars(select(LedgerEntry).where(LedgerEntry.matter_id == answer.matter_id)).one()
    assert (row.operator_name, row.address) == ("王记早点摊", "江汉区民权街道 5 号门前")
    assert row.disposal == "discovered"


def test_the_same_finding_sent_again_is_the_same_finding(session: Session) -> None:
    made = bureau(session)
    report = stall()
    first = report_finding(session, inspector(made), report, now=NOW)
    again = report_finding(session, inspector(made), report, now=NOW + timedelta(hours=1))
    assert first[0].id == again[0].id
    assert again[1].replayed
    assert session.scalar(select(func.count()).select_from(Finding)) == 1
    assert session.scalar(select(func.count()).select_from(Business)) == 1


def test_another_finding_under_a_used_key_is_refused(session: Session) -> None:
    made = bureau(session)
    report = stall()
    report_finding(session, inspector(made), report, now=NOW)
    with pytest.raises(Invalid, match="key-reused"):
        report_finding(session, inspector(made), replace(report, note="另有情况"), now=NOW)


def test_a_report_that_says_all_is_captured_at_once(session: Session) -> None:
    made = bureau(session)
    full = {
        "operator_name": "王某",
        "scope": "早点",
        "trade": "食品摊贩",
        "permit_required": True,
        "permit_status": "none",
        "business_licence_status": "none",
    }
    _, answer = report_finding(session, inspector(made), stall(facts=full), now=NOW)
    assert answer.state == "captured"


def test_a_finding_about_a_known_household_adds_none(session: Session) -> None:
    made = bureau(session)
    known = business(session, made)
    finding, _ = report_finding(
        session, inspector(made), stall(business_id=known, name=None, address=None), now=NOW
    )
    assert finding.business_id == known
    assert session.scalar(select(func.count()).select_from(Business)) == 1


def test_a_finding_without_operator_says_what_to_do(session: Session) -> None:
    made = bureau(session)
    with pytest.raises(Invalid, match="finding-without-operator"):
        report_finding(session, inspector(made), stall(name=None), now=NOW)


def test_unknown_facts_are_refused_by_name(session: Session) -> None:
    made = bureau(session)
    with pytest.raises(Invalid) as refused:
        report_finding(session, inspector(made), stall(facts={"foood": True}), now=NOW)
    assert refused.value.params["names"] == "foood"


def test_a_finding_from_the_future_is_refused(session: Session) -> None:
    made = bureau(session)
    with pytest.raises(Invalid, match="effective-in-future"):
        report_finding(session, inspector(made), stall(found_at=NOW + timedelta(seconds=1)), now=NOW)


def test_a_visit_is_recorded_once_in_the_cell_of_its_household(session: Session) -> None:
    made = bureau(session)
    known = business(session, made, cell="42010301-002")
    report = VisitReport(key=uuid.uuid4(), at=NOW, result="normal", business_id=known, position=IN_CELL_3)
    first = record_visit(session, made.officers["inspector"], report, now=NOW)
    again = record_visit(session, made.officers["inspector"], report, now=NOW)
    assert first.id == again.id
    assert first.cell_id == made.cells["42010301-002"]
    assert session.scalar(select(func.count()).select_from(Visit)) == 1


def test_a_visit_to_nobody_is_refused(session: Session) -> None:
    made = bureau(session)
    report = VisitReport(key=uuid.uuid4(), at=NOW, result="normal", business_id=987654)
    with pytest.raises(NotFound, match="business-not-found"):
        record_visit(session, made.officers["inspector"], report, now=NOW)
