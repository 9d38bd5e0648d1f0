"""A small bureau and a small procedure for the engine's tests: every rule of the door has its place."""

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

JURISDICTION = 420103
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Wuhan: no holiday for weeks."""


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def state(title: str, **more: Any) -> dict[str, Any]:
    return {"title": words(title), **more}


def step(title: str, from_: list[str], to: str | None, posts: list[str], **more: Any) -> dict[str, Any]:
    plain = {"title": words(title), "from": from_, "posts": posts, **more}
    return plain | ({"to": to} if to else {})


def fields(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or []}


TEXT = {"type": "string", "minLength": 1, "maxLength": 200}

CASE: dict[str, Any] = {
    "id": "case",
    "version": 1,
    "title": words("case"),
    "effective_from": "2020-01-01",
    "facts": {"risk": {"type": "string"}, "permit": {"type": "boolean"}, "sent_outcome": {"type": "string"}},
    "opening": "report",
    "states": {
        "new": state("new", waits_for="dispatcher", column="new"),
        "working": state("working", waits_for="inspector"),
        "held": state("held", waits_for="enforcement"),
        "away": state("away", waits_for="child", column="waiting"),
        "closed": state("closed", end=True, column="done"),
    },
    "milestones": {
        name: words(name) for name in ("reported", "started", "held", "freed", "finished", "hearing")
    },
    "approvals": {
        "chain": {
            "title": words("chain"),
            "mode": "chain",
            "steps": [{"post": "station_head"}, {"post": "bureau_head", "not_by": ["report"]}],
        },
        "two_of_three": {
            "title": words("two of three"),
            "mode": "quorum",
            "quorum": 2,
            "steps": [{"post": "station_head"}, {"post": "deputy_head"}, {"post": "bureau_head"}],
        },
    },
    "intervals": {"pause": {"title": words("pause")}, "testing": {"title": words("testing")}},
    "actions": {
        "report": step(
            "report",
            ["start"],
            "new",
            ["inspector", "dispatcher"],
            form=fields(
                ["what"], what=TEXT, risk={"type": "string", "x-fact": "risk"}, who={**TEXT, "x-secret": True}
            ),
            marks=["reported"],
        ),
        "begin": step("begin", ["new"], "working", ["dispatcher"], marks=["started"]),
        "note": step("note", ["new", "working"], None, ["dispatcher", "inspector"], form=fields(note=TEXT)),
        "tell_permit": step(
            "tell",
            ["working"],
            None,
            ["inspector"],
            form=fields(permit={"type": "boolean", "x-fact": "permit"}),
        ),
        "guarded": step(
            "guarded", ["working"], None, ["inspector"], when={"fact": "permit", "op": "eq", "value": True}
        ),
        "photographed": step("photographed", ["working"], None, ["inspector"], photos={"min": 1, "max": 2}),
        "own": step("own", ["working"], None, ["liaison"], assigned=True),
        "numbered": step("numbered", ["working"], None, ["dispatcher"], effects=["test.number"]),
        "hold": step(
            "hold",
            ["working"],
            "held",
            ["enforcement"],
            crew={"count": 2, "qualification": "enforcement"},
            not_by=["report"],
            marks=["held"],
        ),
        "free": step("free", ["held"], "working", ["system"], marks=["freed"]),
        "suspend": step("suspend", ["working"], None, ["inspector"], opens_interval="pause"),
        "resume": step("resume", ["working"], None, ["inspector"], closes_interval="pause"),
        "test": step("test", ["working"], None, ["inspector"], opens_interval="testing"),
        "tested": step("tested", ["working"], None, ["inspector"], closes_interval="testing"),
        "prolong": step("prolong", ["working"], None, ["station_head"], extends="work"),
        "invite": step(
            "invite",
            ["working"],
            None,
            ["inspector"],
            form=fields(["on"], on={"type": "string", "format": "date", "x-milestone": "hearing"}),
        ),
        "send": step(
            "send",
            ["working"],
            "away",
            ["dispatcher"],
            opens=[{"pack": "errand", "role": "sent", "facts": ["risk"], "milestones": ["reported"]}],
        ),
        "ask": step(
            "ask",
            ["working"],
            None,
            ["dispatcher"],
            opens=[{"pack": "errand", "role": "asked", "awaits": True}],
        ),
        "scatter": step(
            "scatter", ["working"], None, ["dispatcher"], opens=[{"pack": "errand", "role": "part"}] * 4
        ),
        "came_back": step("came back", ["away"], "working", ["system"]),
        "close": step("close", ["working"], "closed", ["inspector"], outcome="done", marks=["finished"]),
        "close_by_chain": step(
            "close",
            ["working"],
            "closed",
            ["inspector"],
            outcome="approved",
            approval="chain",
            marks=["finished"],
        ),
        "close_by_two": step(
            "close", ["working"], "closed", ["inspector"], outcome="voted", approval="two_of_three"
        ),
    },
    "clocks": {
        "start": {
            "title": words("start"),
            "start": "reported",
            "stop": ["started"],
            "limit": {"n": 5, "unit": "WD"},
            "owner": "dispatcher",
        },
        "work": {
            "title": words("work"),
            "start": "started",
            "stop": ["finished"],
            "limit": {"n": 10, "unit": "D"},
            "roll": "none",
            "exclude": ["pause", "testing"],
            "extensions": [{"n": 5, "unit": "D", "by": "station_head"}],
            "owner": "inspector",
        },
        "hold": {
            "title": words("hold"),
            "start": "held",
            "stop": ["freed"],
            "limit": {"n": 7, "unit": "WD"},
            "owner": "enforcement",
            "on_due": "free",
        },
        "notice": {
            "title": words("notice"),
            "start": "hearing",
            "stop": ["finished"],
            "limit": {"n": -7, "unit": "D"},
            "owner": "inspector",
        },
        "permitted": {
            "title": words("permitted"),
            "start": "started",
            "stop": ["finished"],
            "limit": {"n": 3, "unit": "D"},
            "when": {"fact": "permit", "op": "eq", "value": True},
            "owner": "inspector",
        },
    },
    "reactions": [
        {
            "on": "child_ended",
            "role": "sent",
            "when": {"fact": "outcome", "op": "eq", "value": "answered"},
            "do": "came_back",
        }
    ],
}

ERRAND: dict[str, Any] = {
    "id": "errand",
    "version": 1,
    "title": words("errand"),
    "effective_from": "2020-01-01",
    "facts": {"risk": {"type": "string"}},
    "opening": "order",
    "states": {
        "ordered": state("ordered", waits_for="liaison", column="new"),
        "done": state("done", end=True, column="done"),
    },
    "milestones": {"reported": words("reported"), "answered": words("answered")},
    "actions": {
        "order": step(
            "order",
            ["start"],
            "ordered",
            ["dispatcher"],
            form=fields(risk={"type": "string", "x-fact": "risk"}),
        ),
        "answer": step("answer", ["ordered"], "done", ["liaison"], outcome="answered", marks=["answered"]),
        "refuse": step("refuse", ["ordered"], "done", ["liaison"], outcome="refused"),
    },
    "clocks": {
        "answer": {
            "title": words("answer"),
            "start": "reported",
            "stop": ["answered"],
            "limit": {"n": 20, "unit": "D"},
            "owner": "liaison",
        }
    },
}


def case_v2() -> dict[str, Any]:
    """Next: ``working`` is called ``busy``, the clock ``start`` is gone, ``work`` is now ``labour``."""
    text = {**CASE, "version": 2, "effective_from": "2026-04-01"}
    text["states"] = {("busy" if name == "working" else name): s for name, s in CASE["states"].items()}
    text["actions"] = {name: _renamed(action) for name, action in CASE["actions"].items()}
    text["actions"]["prolong"] = {**text["actions"]["prolong"], "extends": "labour"}
    text["clocks"] = {
        ("labour" if name == "work" else name): clock
        for name, clock in CASE["clocks"].items()
        if name != "start"
    }
    text["migration"] = {
        "from_version": 1,
        "states": {name: ("busy" if name == "working" else name) for name in CASE["states"]},
        "clocks": {name: {"start": None, "work": "labour"}.get(name, name) for name in CASE["clocks"]},
        "milestones": {name: name for name in CASE["milestones"]},
    }
    return text


def _renamed(action: dict[str, Any]) -> dict[str, Any]:
    busy = {"working": "busy"}
    renamed = {**action, "from": [busy.get(name, name) for name in action["from"]]}
    if "to" in action:
        renamed["to"] = busy.get(action["to"], action["to"])
    return renamed


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
