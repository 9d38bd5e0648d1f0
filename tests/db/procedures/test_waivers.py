"""巡办分离 is lifted for a station by a dated decision of the bureau on record, and by nothing else."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Invalid, NotFound, Refused
from gridsup.people import separation
from gridsup.people.model import AuditEntry, Organisation, Posting
from gridsup.procedures import store, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Header, open_matter
from gridsup.procedures.loader import LoadedPack, load_packs
from gridsup.procedures.proof import differences, verify
from tests.db.procedures.small_bureau import JURISDICTION, MONDAY, Bureau, deputise, do, fresh
from tests.db.procedures.small_pack import CASE

DAY = MONDAY.date()
ONE = timedelta(days=1)


@pytest.fixture
def matter(session: Session, bureau: Bureau) -> int:
    """Reported by the inspector of the station; whoever reported may note nothing, but for a decision."""
    plain = json.loads(json.dumps(CASE)) | {"id": "small"}
    plain["actions"]["note"] |= {"not_by": ["report"], "waivable": True}
    plain["actions"]["tell_permit"] |= {"not_by": ["report"]}
    versions.install(session, JURISDICTION, [LoadedPack.from_data(plain, "small")])
    header = Header(title="一件事", station_id=bureau.station_id)
    more = {"key": fresh(), "now": MONDAY}
    matter = open_matter(session, "small", bureau.inspector, header, {"what": "无照"}, **more).matter_id
    do(session, matter, "begin", bureau.dispatcher)
    return matter


def decide(session: Session, bureau: Bureau, first: date = DAY, last: date = DAY, **more: object) -> int:
    given = {
        "station_id": bureau.station_id,
        "decision_number": fresh(),
        "decided_on": first,
        "valid_from": first,
        "valid_to": last,
        "reason": "全所仅三人",
        "today": DAY,
        **more,
    }
    return separation.add_waiver(session, JURISDICTION, **given).id  # type: ignore[arg-type]


def allowed(session: Session, matter: int, who: Acting, action: str = "note") -> bool:
    code = None
    try:
        do(session, matter, action, who)
    except Refused as refusal:
        code = refusal.code
    assert code in (None, "separation-of-duties")
    return code is None


@pytest.mark.parametrize(
    ("first", "last", "lifted"),
    [
        (DAY, DAY, True),
        (DAY - ONE, DAY + ONE, True),
        (DAY - 9 * ONE, DAY - ONE, False),
        (DAY + ONE, DAY + 9 * ONE, False),
    ],
)
def test_the_decision_lifts_the_separation_on_its_days_only(
    session: Session, bureau: Bureau, matter: int, first: date, last: date, lifted: bool
) -> None:
    assert not allowed(session, matter, bureau.inspector)
    decide(session, bureau, first, last, decided_on=min(first, DAY))
    assert allowed(session, matter, bureau.inspector) == lifted
    assert not allowed(session, matter, bureau.inspector, "tell_permit")  # a separation of another kind


def test_the_event_names_the_decision_and_the_record_holds(
    session: Session, bureau: Bureau, matter: int
) -> None:
    decide(session, bureau, decision_number="监决〔2026〕7号")
    do(session, matter, "note", bureau.inspector)
    do(session, matter, "note", bureau.second_inspector)
    bodies = [one.data["change"] for one in store.events_of(session, JURISDICTION, matter)]
    assert [one.get("waived") for one in bodies] == [None, None, "监决〔2026〕7号", None]
    assert not list(verify(session))
    assert not list(differences(session))


def test_a_deputy_of_who_patrolled_is_bound_and_freed_alike(
    session: Session, bureau: Bureau, matter: int
) -> None:
    deputy = deputise(session, bureau.inspector, bureau.second_inspector, DAY, DAY)
    assert not allowed(session, matter, deputy)
    decide(session, bureau)
    assert allowed(session, matter, deputy)


def test_an_officer_of_another_station_is_not_exempted(session: Session, bureau: Bureau, matter: int) -> None:
    other = Organisation(jurisdiction_id=JURISDICTION, kind="station", code="S2", name="二所")
    session.add(other)
    session.flush()
    decide(session, bureau, station_id=other.id)
    assert not allowed(session, matter, bureau.inspector)  # the matter belongs to the first station
    decide(session, bureau)
    held = session.scalars(select(Posting).where(Posting.officer_id == bureau.inspector.person_id)).one()
    held.organisation_id = other.id
    session.flush()
    assert not allowed(session, matter, bureau.inspector)


def test_an_ended_exemption_holds_until_its_last_day(session: Session, bureau: Bureau, matter: int) -> None:
    made = decide(session, bureau, DAY, DAY + 9 * ONE)
    separation.end_waiver(session, JURISDICTION, made, last_day=DAY)
    assert allowed(session, matter, bureau.inspector)
    separation.end_waiver(session, JURISDICTION, made, last_day=DAY - ONE)
    assert not allowed(session, matter, bureau.inspector)
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["separation-waived", "separation-restored", "separation-restored"]
    with pytest.raises(Invalid, match="waiver-days"):
        separation.end_waiver(session, JURISDICTION, made, last_day=DAY + ONE)
    with pytest.raises(NotFound):
        separation.end_waiver(session, JURISDICTION, 999, last_day=DAY)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"decided_on": DAY + ONE, "valid_from": DAY + ONE, "valid_to": DAY + ONE}, "/decided_on"),
        ({"valid_from": DAY - ONE}, "/valid_from"),
        ({"valid_to": DAY - ONE}, "/valid_to"),
    ],
)
def test_a_decision_is_dated_and_never_looks_back(
    session: Session, bureau: Bureau, wrong: dict[str, date], pointer: str
) -> None:
    with pytest.raises(Invalid) as caught:
        decide(session, bureau, **wrong)  # type: ignore[arg-type]
    assert caught.value.faults[0].pointer == pointer


def test_only_a_station_is_exempted_and_each_decision_stands_once(session: Session, bureau: Bureau) -> None:
    with pytest.raises(Invalid, match="waiver-station"):
        decide(session, bureau, station_id=bureau.department_id)
    decide(session, bureau, decision_number="7号")
    with pytest.raises(Conflict, match="waiver-number"):
        decide(session, bureau, decision_number="7号")


def test_the_shipped_packs_let_a_decision_lift_nothing_but_the_separation_of_patrol_and_handling() -> None:
    for loaded in load_packs():
        for name, action in loaded.pack.actions.items():
            assert action.waivable == (set(action.not_by) == {"discover", "capture"}), (loaded.pack.id, name)
