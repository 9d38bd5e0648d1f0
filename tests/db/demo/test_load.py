"""A demo city loads through the register's verbs and the one door: every thing where it should stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo_data.demo import cities, families, photos, replay, underway
from geo_data.demo.helsinki import helsinki
from geo_data.demo.load import load, refuse_loaded
from geo_data.demo.shapes import City
from gridsup.cells.locate import today
from gridsup.cells.model import Cell, Road
from gridsup.db import transaction
from gridsup.documents.model import Document, DocumentService
from gridsup.errors import Conflict
from gridsup.patrols.model import Finding, Visit
from gridsup.people import account_queries, passwords
from gridsup.people.audit import as_auth
from gridsup.people.model import Assignment, Officer, Organisation, Posting
from gridsup.procedures import attachments, proof
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Event, Matter, Signature
from gridsup.referrals.model import Referral
from gridsup.registry.model import Business, HouseholdCode, LedgerEntry, Permit, Premises
from gridsup.signing import waiting
from gridsup.signing.waiting import Signer
from gridsup.spotchecks.model import SpotCheck, SpotStep
from gridsup.urging.model import Urging, UrgingAnswer
from tests.conftest import Clone
from tests.db.demo.conftest import SIGN_IN


@pytest.fixture
def there(loaded: Clone) -> Iterator[Session]:
    """A transaction of the application in the loaded city."""
    with transaction(loaded.engine, 420103) as session:
        yield session


def count(session: Session, table: type, *where: object) -> int:
    return (
        session.scalar(select(func.count()).select_from(table).where(table.jurisdiction_id == 420103, *where))
        or 0
    )  # type: ignore[attr-defined]


def test_everything_generated_is_there(there: Session, city: City) -> None:
    assert count(there, Business, Business.demo) == len(city.businesses)
    assert count(there, Business) == len(city.businesses) + families.NEW
    assert count(there, Cell) == len(city.cells)
    assert count(there, Road) == len(city.basemap)
    assert count(there, Officer) == len(city.officers)
    assert count(there, Posting) == sum(len(o.postings) for o in city.officers)
    assert count(there, Assignment) == len(city.cells) + len(city.communities)
    assert count(there, Visit) == len(city.visits) + len(underway.AGO)
    assert count(there, Finding) == len(city.unlicensed) + families.NEW
    assert count(there, LedgerEntry) == len(city.unlicensed) + families.NEW + families.LOST
    assert count(there, Permit) >= sum(len(b.permits) for b in city.businesses)
    assert not count(there, Organisation, Organisation.name_en.is_(None))


def test_findings_carry_two_photos_that_say_what_they_are(there: Session, city: City) -> None:
    expected = sum(
        any(a.action in replay.ON_THE_SPOT and a.post == "inspector" for a in m.acts) for m in city.unlicensed
    )
    assert expected >= 5
    acts = select(Event.data["photos"]).where(
        Event.jurisdiction_id == 420103,
        Event.action.in_(replay.ON_THE_SPOT),
    )
    named = [seen for seen in there.scalars(acts) if seen]
    assert [[one["caption"] for one in seen] for seen in named] == [
        ["门头（演示）", "现场（演示）"]
    ] * expected
    for one in named[0]:
        kept = attachments.find(there, one["sha256"])
        with Image.open(attachments.path_of(420103, kept.sha256)) as drawn:
            assert (drawn.format, drawn.size) == ("JPEG", (photos.WIDTH, photos.HEIGHT))
        assert {"lon", "lat"} <= kept.device.keys()


def test_placed_households_have_the_code_of_their_cell_and_unplaced_ones_none(
    there: Session, city: City
) -> None:
    place = {p.key: p for p in city.premises}
    expected = Counter(place[b.premises].cell for b in city.businesses)
    found = there.execute(
        select(Cell.code, func.count())
        .join(HouseholdCode, (HouseholdCode.cell_id == Cell.id) & (HouseholdCode.jurisdiction_id == 420103))
        .join(Business, (Business.id == HouseholdCode.business_id) & (Business.jurisdiction_id == 420103))
        .where(Cell.jurisdiction_id == 420103, Business.demo)
        .group_by(Cell.code)
    ).all()
    unplaced = expected.pop(None)
    assert {row[0]: row[1] for row in found} == dict(expected)
    homeless = select(Premises.id).where(Premises.jurisdiction_id == 420103, Premises.point.is_(None))
    assert count(there, Business, Business.premises_id.in_(homeless)) == unplaced


def test_every_matter_stands_where_its_course_leads_and_its_chain_verifies(
    there: Session, city: City
) -> None:
    states = dict(
        there.execute(
            select(Finding.key, Matter.state)
            .join(Matter, (Matter.jurisdiction_id == 420103) & (Matter.id == Finding.matter_id))
            .where(Finding.jurisdiction_id == 420103)
        ).all()
    )
    told = {m.key: m.state for m in city.unlicensed}
    assert {key: state for key, state in states.items() if key in told} == told
    assert not list(proof.verify(there))
    assert not list(proof.differences(there))


def test_referrals_went_to_the_department_that_the_facts_name(there: Session, city: City) -> None:
    leads = Counter(m.lead for m in city.unlicensed if any(a.action == "send" for a in m.acts))
    sent = there.scalars(select(Referral.department).where(Referral.jurisdiction_id == 420103)).all()
    assert Counter(sent) == leads + families.REFERRED


def test_a_city_is_loaded_once(loaded: Clone, city: City) -> None:
    assert cities.is_loaded(loaded.owner, "jianghan")
    assert not cities.is_loaded(loaded.owner, "helsinki")
    with pytest.raises(Conflict, match="demo-loaded"), transaction(loaded.owner) as session:
        refuse_loaded(session, 420103)


def test_demo_accounts_are_listed_and_open(loaded: Clone, city: City) -> None:
    found = cities.accounts(loaded.owner, today())
    assert {a.name for a in found} == {a.username for a in city.accounts}
    assert {a.role for a in found} == {a.role for a in city.accounts}
    with transaction(loaded.owner, 420103) as session, as_auth(session):
        for name in SIGN_IN:
            account = session.scalars(account_queries.account_by_name(420103, name)).one()
            assert passwords.matches(account.password_hash, next(a for a in found if a.name == name).password)
            assert not account.must_change


def test_helsinki_loads_beside_it(loaded: Clone) -> None:
    real = helsinki(today())
    real = replace(real, accounts=real.accounts[:1])
    with transaction(loaded.owner) as session:
        load(session, real)
    with transaction(loaded.engine, 91) as session:
        codes = select(func.count()).select_from(HouseholdCode).where(HouseholdCode.jurisdiction_id == 91)
        assert session.scalar(codes) == 1_248
        seen = select(func.count()).select_from(Business).where(Business.jurisdiction_id == 91)
        assert session.scalar(seen) == 1_248


def test_every_stage_of_every_procedure_of_enforcement_is_to_be_seen(there: Session) -> None:
    """A buyer finds life in every state in which somebody has something to do; the scenes make it."""
    rows = there.execute(
        select(Matter.pack, Matter.state).where(Matter.jurisdiction_id == 420103).distinct()
    ).all()
    seen: dict[str, set[str]] = {}
    for pack, state in rows:
        seen.setdefault(pack, set()).add(state)
    assert seen["penalty_case"] >= {
        "verifying", "investigating", "reviewing", "reviewed", "notified", "asked", "hearing", "rereview",
        "deciding", "decided", "executing", "performed", "closed",
    }  # fmt: skip
    assert seen["referral"] >= {
        "drafted",
        "correcting",
        "sent",
        "received",
        "fed_back",
        "returned",
        "accepted",
    }
    assert seen["rectification"] >= {"rectifying", "penalising", "closed"}
    assert seen["simple_penalty"] >= {"collecting", "collected", "closed"}
    assert seen["seizure"] >= {"applied", "held"}
    assert seen["evidence_preservation"] == {"preserved"}
    assert seen["brigade_support"] == {"asked", "under_way", "confirmed"}
    assert seen["joint_campaign"] == {"under_way", "drafted"}
    assert seen["joint_conference"] == {"convened", "held"}


def test_who_signs_finds_proposals_of_several_kinds(there: Session) -> None:
    """待批 holds several kinds; one signature stands under an authority (授权代签)."""
    for post, least in (("bureau_head", 5), ("station_head", 2)):
        officer = there.scalars(
            select(Posting.officer_id)
            .where(Posting.jurisdiction_id == 420103, Posting.post == post)
            .order_by(Posting.id)
        ).first()
        found = waiting.proposals(there, [Signer(Acting(officer, post))])
        assert len({one.row["action"] for one in found}) >= least
    in_place = select(func.count()).select_from(Signature)
    assert there.scalar(
        in_place.where(Signature.jurisdiction_id == 420103, Signature.acting_for_id.is_not(None))
    )


def test_papers_have_been_sealed_served_refused_and_amended(there: Session) -> None:
    statuses = set(there.scalars(select(Document.status).where(Document.jurisdiction_id == 420103)))
    assert statuses >= {"numbered", "sealed", "served"}
    assert count(there, Document, Document.amends_id.is_not(None)) == 1
    ways = Counter(
        there.scalars(select(DocumentService.way).where(DocumentService.jurisdiction_id == 420103))
    )
    assert ways["direct"] > 5
    assert ways["left"] > 2


def test_spot_checks_and_urgings_stand_at_every_stage(there: Session) -> None:
    verdicts = there.scalars(select(SpotStep.content["verdict"].astext).where(SpotStep.kind == "result"))
    assert set(verdicts) == {"consistent", "differs", "suspected"}
    assert count(there, SpotStep, SpotStep.kind == "explanation")
    rulings = there.scalars(select(SpotStep.content["ruling"].astext).where(SpotStep.kind == "ruling"))
    assert set(rulings) == {"lifted", "upheld"}
    assert count(there, SpotCheck) > count(there, SpotStep, SpotStep.kind == "result")
    assert 0 < count(there, UrgingAnswer) < count(there, Urging)
