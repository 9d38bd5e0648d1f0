"""A small bureau for the engine's tests, which works by the small procedure (`small_pack`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gridsup.db import transaction
from gridsup.people.model import Jurisdiction, Leave, Officer, Organisation, Posting
from gridsup.procedures import effects, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.effects import Decision
from gridsup.procedures.engine import Answer, Header, act, open_matter
from gridsup.procedures.loader import LoadedPack
from gridsup.wiring import wire
from tests.db.procedures.small_pack import CASE, ERRAND

JURISDICTION = 420103
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Wuhan: no holiday for weeks."""

_given: list[int] = []


def _number(decision: Decision) -> dict[str, Any]:
    _given.append(decision.matter_id)
    return {"number": f"T-{decision.matter_id}-{decision.matter['version']}"}


def _numbered(p: Any, result: dict[str, Any], body: Any) -> None:
    p.matter["number"] = result["number"]


@dataclass
class Bureau:
    """Officers by what they do; each is an :class:`Acting` in that post."""

    inspector: Acting
    second_inspector: Acting
    dispatcher: Acting
    enforcer: Acting
    colleague: Acting
    unqualified: Acting
    station_head: Acting
    deputy_head: Acting
    bureau_head: Acting
    liaison: Acting
    station_id: int
    department_id: int

    @property
    def pair(self) -> list[int]:
        return [p for p in (self.enforcer.person_id, self.colleague.person_id) if p is not None]


QUALIFIED = [{"name": "enforcement", "number": "E1", "valid_from": "2020-01-01", "valid_to": "2030-01-01"}]


def found_bureau(session: Session) -> Bureau:
    """Jurisdiction, station, department and one officer per role; packs installed, effects registered."""
    wire()
    effects.register("test.number", decide=_number, project=_numbered)
    session.add(Jurisdiction(jurisdiction_id=JURISDICTION, code="420103", name="江汉区", metric_srid=4547))
    session.flush()
    station = Organisation(jurisdiction_id=JURISDICTION, kind="station", code="S1", name="一所")
    department = Organisation(jurisdiction_id=JURISDICTION, kind="department", code="D01", name="卫健")
    session.add_all([station, department])
    session.flush()
    made: dict[str, Acting] = {}
    for number, (role, post) in enumerate(ROLES.items()):
        place = department if post == "liaison" else station
        officer = Officer(
            jurisdiction_id=JURISDICTION,
            staff_no=f"N{number:03}",
            name=role,
            organisation_id=place.id,
            qualifications=QUALIFIED if role in ("enforcer", "colleague") else [],
        )
        session.add(officer)
        session.flush()
        session.add(
            Posting(
                jurisdiction_id=JURISDICTION,
                officer_id=officer.id,
                organisation_id=place.id,
                post=post,
                valid_from=date(2020, 1, 1),
            )
        )
        made[role] = Acting(officer.id, post)
    session.flush()
    versions.install(
        session, JURISDICTION, [LoadedPack.from_data(CASE, "case"), LoadedPack.from_data(ERRAND, "errand")]
    )
    return Bureau(**made, station_id=station.id, department_id=department.id)


ROLES = {
    "inspector": "inspector",
    "second_inspector": "inspector",
    "dispatcher": "dispatcher",
    "enforcer": "enforcement",
    "colleague": "enforcement",
    "unqualified": "enforcement",
    "station_head": "station_head",
    "deputy_head": "deputy_head",
    "bureau_head": "bureau_head",
    "liaison": "liaison",
}


def deputise(session: Session, holder: Acting, deputy: Acting, first: date, last: date) -> Acting:
    """``deputy`` is B to ``holder``'s A, who is on leave from ``first`` to ``last``."""
    posting = (
        session.query(Posting)
        .filter(Posting.jurisdiction_id == JURISDICTION, Posting.officer_id == holder.person_id)
        .one()
    )
    posting.deputy_id = deputy.person_id
    session.add(
        Leave(
            jurisdiction_id=JURISDICTION,
            officer_id=holder.person_id,
            first_day=first,
            last_day=last,
            reason="annual",
        )
    )
    session.flush()
    return Acting(deputy.person_id, holder.post, acting_for_id=holder.person_id)


def found_in(engine: Engine, owner: Engine) -> Bureau:
    """:func:`found_bureau`, committed in a database of its own."""
    with transaction(owner, JURISDICTION) as session:
        return found_bureau(session)


_keys = iter(range(10**9))


def fresh() -> str:
    """A new idempotency key."""
    return f"key-{next(_keys)}"


def report(session: Session, bureau: Bureau, *, now: datetime = MONDAY, **header: Any) -> Answer:
    """Open a case, reported by the inspector."""
    return open_matter(
        session,
        "case",
        bureau.inspector,
        Header(title="一件事", **header),
        {"what": "无照经营"},
        key=fresh(),
        now=now,
    )


def do(session: Session, matter: int, action: str, acting: Acting, form: Any = None, **more: Any) -> Answer:
    """Act with a fresh key and without comparing the version, on Monday unless told."""
    more = {"key": fresh(), "expected_version": None, "now": MONDAY, **more}
    return act(session, matter, action, acting, form, **more)


def working(session: Session, bureau: Bureau, *, now: datetime = MONDAY, **header: Any) -> int:
    """A case in state ``working``."""
    matter = report(session, bureau, now=now, **header).matter_id
    do(session, matter, "begin", bureau.dispatcher, now=now)
    return matter
