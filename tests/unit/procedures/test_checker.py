"""The checker, fault by fault: a sound pack with one thing broken is refused at that place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gridsup.errors import Invalid
from gridsup.procedures.checker import check_pack, require_sound
from gridsup.procedures.loader import LoadedPack, PackLibrary

Data = dict[str, Any]
KNOWN_EFFECTS = {"documents.number"}


def words(text: str) -> Data:
    return {"zh": text, "en": text}


def act(origin: str | list[str], to: str | None = None, **more: Any) -> Data:
    origins = [origin] if isinstance(origin, str) else origin
    return (
        {"title": words("act"), "from": origins, "posts": ["dispatcher"]} | ({"to": to} if to else {}) | more
    )


def child() -> Data:
    return {
        "id": "child",
        "version": 1,
        "title": words("child"),
        "effective_from": "2020-01-01",
        "opening": "begin",
        "facts": {"place": {"type": "string"}},
        "states": {
            "live": {"title": words("live"), "waits_for": "liaison"},
            "over": {"title": words("over"), "end": True},
        },
        "milestones": {"found": words("found"), "answered": words("answered")},
        "actions": {
            "begin": act("start", "live"),
            "answer": act("live", "over", posts=["liaison"], marks=["answered"], outcome="answered"),
            "refuse": act("live", "over", posts=["liaison"], marks=["answered"], outcome="refused"),
        },
        "clocks": {
            "notice": {
                "title": words("notice"),
                "start": "found",
                "stop": ["answered"],
                "limit": {"table": "clocks_p9", "row": "P9-N1"},
                "owner": "liaison",
            }
        },
    }


def sound() -> Data:
    """A small pack that uses every concept once."""
    field = {"type": "string", "title": "地点", "x-title-en": "Place"}
    return {
        "id": "parent",
        "version": 1,
        "title": words("parent"),
        "effective_from": "2020-01-01",
        "opening": "begin",
        "facts": {"place": {"type": "string"}, "serious": {"type": "boolean"}},
        "states": {
            "live": {"title": words("live"), "waits_for": "dispatcher"},
            "held": {"title": words("held"), "waits_for": "dispatcher"},
            "asking": {"title": words("asking"), "waits_for": "child"},
            "over": {"title": words("over"), "end": True},
        },
        "milestones": {"found": words("found"), "done": words("done")},
        "approvals": {
            "head": {"title": words("head"), "mode": "chain", "steps": [{"post": "bureau_head"}]},
            "board": {
                "title": words("board"),
                "mode": "quorum",
                "quorum": 1,
                "steps": [{"post": "legal", "not_by": ["begin"]}, {"post": "brigade"}],
            },
        },
        "intervals": {"pause": {"title": words("pause")}},
        "actions": {
            "begin": act(
                "start", "live", marks=["found"], form={"properties": {"place": {**field, "x-fact": "place"}}}
            ),
            "hold": act("live", "held", opens_interval="pause", not_by=["begin", "answer"]),
            "go_on": act("held", "live", closes_interval="pause"),
            "ask": act(
                "live",
                "asking",
                opens=[{"pack": "child", "role": "ask", "facts": ["place"], "milestones": ["found"]}],
                effects=["documents.number"],
            ),
            "answered": act("asking", "live", posts=["system"]),
            "prolong": act(
                "live",
                extends="term",
                approval="head",
                form={
                    "required": ["term"],
                    "properties": {"term": {"type": "integer", "title": "天数", "x-title-en": "Days"}},
                },
            ),
            "close": act(
                "live",
                "over",
                when={"fact": "serious", "op": "ne", "value": True},
                marks=["done"],
                outcome="closed",
                approval="board",
            ),
            "lapse": act(
                ["live", "held", "asking"], "over", posts=["system"], marks=["done"], outcome="lapsed"
            ),
        },
        "clocks": {
            "term": {
                "title": words("term"),
                "start": "found",
                "stop": ["done"],
                "limit": {"n": 30, "unit": "D"},
                "exclude": ["pause"],
                "extensions": [{"n": None, "unit": "D", "by": "head"}],
                "owner": "dispatcher",
                "on_due": "lapse",
            }
        },
        "reactions": [{"on": "child_ended", "role": "ask", "do": "answered"}],
    }


def library(*packs: Data) -> PackLibrary:
    return PackLibrary(
        LoadedPack.from_data(json.loads(json.dumps(pack)), f"{pack['id']}-{pack['version']}")
        for pack in packs
    )


def pointers(pack: Data, *others: Data) -> set[str]:
    packs = library(pack, child(), *others)
    faults = check_pack(packs.get(pack["id"], pack["version"]), packs, effects=KNOWN_EFFECTS)
    for fault in faults:
        assert fault.zh.endswith("。")
        assert fault.en.endswith(".")
    return {fault.pointer for fault in faults}


def test_the_sound_packs_have_no_fault() -> None:
    assert pointers(sound()) == set()
    packs = library(sound(), child())
    assert check_pack(packs.get("child", 1), packs) == []
    require_sound(packs.get("parent", 1), packs, effects=KNOWN_EFFECTS)


def into(path: str, value: Any) -> Callable[[Data], None]:
    """A change: the value at a path like ``actions/close/to``; a list's index is a number."""

    def change(pack: Data) -> None:
        *steps, last = path.split("/")
        here: Any = pack
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
        here[int(last) if isinstance(here, list) else last] = value

    return change


def keep_held(pack: Data) -> None:
    into("actions/go_on/to", "held")(pack)
    into("actions/lapse/from", ["live", "asking"])(pack)


SYSTEM_CLOSE = act("live", "over", posts=["system"], outcome="x")
HIDDEN = {"type": "string", "title": "名", "x-title-en": "Name", "x-secret": True, "x-fact": "place"}
FIELD = "actions/begin/form/properties/place"

FAULTS: list[tuple[str, Callable[[Data], None], str]] = [
    (
        "a state that cannot be reached",
        into("states/lost", {"title": words("x"), "waits_for": "dispatcher"}),
        "/states/lost",
    ),
    ("a live state that cannot end", keep_held, "/states/held"),
    ("a live state without waiter", into("states/live/waits_for", None), "/states/live/waits_for"),
    ("a waiter that is no post", into("states/live/waits_for", "wizard"), "/states/live/waits_for"),
    ("an action from an end", into("actions/hold/from", ["live", "over"]), "/actions/hold/from"),
    ("an action from nowhere", into("actions/hold/from", ["limbo", "live"]), "/actions/hold/from"),
    ("a second opening", into("actions/hold/from", ["start", "live"]), "/actions/hold/from"),
    ("an action into nowhere", into("actions/hold/to", "limbo"), "/actions/hold/to"),
    ("an end without outcome", into("actions/close/outcome", None), "/actions/close/outcome"),
    ("an outcome without end", into("actions/hold/outcome", "held"), "/actions/hold/outcome"),
    ("no such opening", into("opening", "start_up"), "/opening"),
    ("an opening that leads nowhere", into("actions/begin/to", None), "/opening"),
    ("an unknown post", into("actions/hold/posts", ["wizard"]), "/actions/hold/posts"),
    (
        "an officer to be named of an unknown post",
        into("actions/hold/form", {"properties": {"who": {"type": "integer", "x-officer": "wizard"}}}),
        "/actions/hold/form/properties/who/x-officer",
    ),
    (
        "persons beside the system",
        into("actions/lapse/posts", ["system", "dispatcher"]),
        "/actions/lapse/posts",
    ),
    ("a system action with crew", into("actions/lapse/crew", {"count": 2}), "/actions/lapse"),
    ("a system action nobody brings about", into("actions/idle", SYSTEM_CLOSE), "/actions/idle"),
    ("an unknown effect", into("actions/ask/effects", ["documents.burn"]), "/actions/ask/effects"),
    ("an undeclared fact in a guard", into("actions/close/when/fact", "colour"), "/actions/close/when"),
    ("an undeclared fact in a form", into(f"{FIELD}/x-fact", "colour"), f"/{FIELD}/x-fact"),
    (
        "an undeclared fact in a visibility",
        into(f"{FIELD}/x-when", {"fact": "colour", "op": "known"}),
        f"/{FIELD}/x-when",
    ),
    ("a visibility that is no condition", into(f"{FIELD}/x-when", {"fact": "place"}), "/actions/begin/form"),
    ("a form that is no schema", into(f"{FIELD}/type", "text"), "/actions/begin/form"),
    (
        "a required field that is not there",
        into("actions/begin/form/required", ["name"]),
        "/actions/begin/form/required",
    ),
    ("a field in one language", into(f"{FIELD}/x-title-en", ""), f"/{FIELD}"),
    ("a secret that becomes a fact", into(FIELD, HIDDEN), f"/{FIELD}"),
    ("a milestone from no date", into(f"{FIELD}/x-milestone", "found"), f"/{FIELD}/x-milestone"),
    ("an unknown milestone", into("actions/begin/marks", ["found", "seen"]), "/actions/begin/marks"),
    ("an unknown approval", into("actions/close/approval", "king"), "/actions/close/approval"),
    (
        "an approval nobody asks for",
        into("approvals/spare", {"title": words("x"), "mode": "all", "steps": [{"post": "legal"}]}),
        "/approvals/spare",
    ),
    (
        "a signatory that is no post",
        into("approvals/head/steps", [{"post": "king"}]),
        "/approvals/head/steps",
    ),
    ("a quorum beyond the steps", into("approvals/board/quorum", 3), "/approvals/board/quorum"),
    ("a quorum in a chain", into("approvals/head/quorum", 1), "/approvals/head/quorum"),
    (
        "a signatory barred by an unknown step",
        into("approvals/board/steps/0/not_by", ["fly"]),
        "/approvals/board/steps/0/not_by",
    ),
    ("separation from an unknown step", into("actions/hold/not_by", ["fly"]), "/actions/hold/not_by"),
    ("an unknown interval", into("actions/hold/opens_interval", "nap"), "/actions/hold/opens_interval"),
    ("an interval that is never closed", into("actions/go_on/closes_interval", None), "/intervals/pause"),
    ("an interval that is never opened", into("actions/hold/opens_interval", None), "/intervals/pause"),
    ("a child of no pack", into("actions/ask/opens/0/pack", "ghost"), "/actions/ask/opens/0/pack"),
    (
        "a fact that the child lacks",
        into("actions/ask/opens/0/facts", ["serious"]),
        "/actions/ask/opens/0/facts",
    ),
    (
        "a milestone that the child lacks",
        into("actions/ask/opens/0/milestones", ["done"]),
        "/actions/ask/opens/0/milestones",
    ),
    ("a start that nothing marks", into("clocks/term/start", "dawn"), "/clocks/term/start"),
    ("a stop that nothing marks", into("clocks/term/stop", ["dusk", "done"]), "/clocks/term/stop"),
    ("a clock of no post", into("clocks/term/owner", "wizard"), "/clocks/term/owner"),
    (
        "a clock under an undeclared fact",
        into("clocks/term/when", {"fact": "colour", "op": "known"}),
        "/clocks/term/when",
    ),
    (
        "a limit in no table",
        into("clocks/term/limit", {"table": "clocks_p9", "row": "P9-N0"}),
        "/clocks/term/limit",
    ),
    ("an exclusion of no interval", into("clocks/term/exclude", ["nap", "pause"]), "/clocks/term/exclude"),
    ("an extension by nobody", into("clocks/term/extensions/0/by", "king"), "/clocks/term/extensions/0/by"),
    ("a warning beyond the limit", into("clocks/term/warn", 1.5), "/clocks/term/warn"),
    ("a due action that persons take", into("clocks/term/on_due", "close"), "/clocks/term/on_due"),
    ("a due action that misses a state", into("actions/lapse/from", ["live", "held"]), "/clocks/term/on_due"),
    ("a due action that stops nothing", into("actions/lapse/marks", []), "/clocks/term/on_due"),
    ("prolonging an unknown clock", into("actions/prolong/extends", "nothing"), "/actions/prolong/extends"),
    (
        "prolonging without the right approval",
        into("actions/prolong/approval", "board"),
        "/actions/prolong/extends",
    ),
    ("an open extension without a term", into("actions/prolong/form", {}), "/actions/prolong/form"),
    ("seizure that may be delegated", into("actions/hold/rules", ["AEL-18"]), "/actions/hold/delegable"),
    ("a fact of untitled values", into("facts/place/enum", ["a", "b"]), "/facts/place/enum"),
    (
        "a fact's value without an English title",
        into("facts/place/oneOf", [{"const": "a", "title": "甲"}]),
        "/facts/place/oneOf/0",
    ),
    (
        "a field of untitled values",
        into("actions/begin/form/properties/place/enum", ["a"]),
        "/actions/begin/form/properties/place/enum",
    ),
    ("a reaction to no child", into("reactions/0/role", "ghost"), "/reactions/0/role"),
    ("a reaction by persons", into("reactions/0/do", "close"), "/reactions/0/do"),
    (
        "a reaction on the child's unknown fact",
        into("reactions/0/when", {"fact": "colour", "op": "known"}),
        "/reactions/0/when",
    ),
    (
        "an outcome of the child that nothing answers",
        into("reactions/0/when", {"fact": "outcome", "op": "eq", "value": "answered"}),
        "/states/asking",
    ),
]


@pytest.mark.parametrize(("change", "pointer"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_one_broken_thing_is_found_at_its_place(change: Callable[[Data], None], pointer: str) -> None:
    pack = sound()
    change(pack)
    assert pointer in pointers(pack)


def second() -> Data:
    new = sound() | {"version": 2}
    new["migration"] = {
        "from_version": 1,
        "states": {name: name for name in ("live", "held", "asking", "over")},
        "clocks": {"term": "term"},
        "milestones": {"found": "found", "done": "done"},
    }
    return new


def carry(pack: Data, **change: Any) -> None:
    one = {"state": "live", "reached": "done", "since": "found", "to": "asking", **change}
    pack["migration"]["carried"] = [one]


def test_a_total_migration_is_sound() -> None:
    assert pointers(second(), sound()) == set()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda p: p["migration"]["states"].pop("held"), "/migration/states"),
        (lambda p: p["migration"]["clocks"].pop("term"), "/migration/clocks"),
        (lambda p: p["migration"]["milestones"].pop("done"), "/migration/milestones"),
        (into("migration/states/ghost", "live"), "/migration/states/ghost"),
        (into("migration/states/held", "ghost"), "/migration/states/held"),
        (into("migration/clocks/term", "ghost"), "/migration/clocks/term"),
        (into("migration/states/live", "over"), "/migration/states/live"),
        (into("migration/from_version", 7), "/migration/from_version"),
        (lambda p: carry(p, reached="ghost"), "/migration/carried/0"),
        (lambda p: carry(p, to="ghost"), "/migration/carried/0/to"),
        (lambda p: carry(p, facts={"ghost": True}), "/migration/carried/0/facts"),
        (into("migration/from_version", 2), "/migration/from_version"),
    ],
)
def test_a_migration_names_every_old_thing_and_only_those(
    change: Callable[[Data], Any], pointer: str
) -> None:
    new = second()
    change(new)
    assert pointer in pointers(new, sound())


def test_a_clock_whose_start_only_a_parent_brings_is_unfounded_without_that_parent() -> None:
    alone = library(child())
    faults = check_pack(alone.get("child", 1), alone)
    assert [fault.pointer for fault in faults] == ["/clocks/notice/start"]


def test_require_sound_refuses_with_every_fault() -> None:
    pack = sound()
    into("actions/hold/to", "limbo")(pack)
    into("clocks/term/owner", "wizard")(pack)
    packs = library(pack, child())
    with pytest.raises(Invalid) as caught:
        require_sound(packs.get("parent", 1), packs)
    assert {"/actions/hold/to", "/clocks/term/owner"} <= {fault.pointer for fault in caught.value.faults}
