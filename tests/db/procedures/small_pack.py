"""The small procedure of the engine's tests, in two versions: every rule of the door has its place in it."""

from __future__ import annotations

from typing import Any


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
