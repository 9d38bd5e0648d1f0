"""A pack for its reader: the drawing and the words hold all that the pack says, in both languages."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from gridsup.procedures import wording
from gridsup.procedures.drawing import HEIGHT, WIDTH, layout, numbered, svg
from gridsup.procedures.graph import START, by_system
from gridsup.procedures.guide import guide
from gridsup.procedures.loader import LoadedPack, load_packs
from gridsup.procedures.pack import Condition
from gridsup.procedures.rules import load_tables

PACKS = list(load_packs())
every_pack = pytest.mark.parametrize("loaded", PACKS, ids=[f"{p.pack.id}-{p.pack.version}" for p in PACKS])
SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2026, 11, 1)
A_TRUE = {"fact": "a", "op": "ne", "value": False}


@every_pack
def test_the_drawing_is_one_sound_element_with_every_move_and_no_box_on_another(loaded: LoadedPack) -> None:
    pack, numbers = loaded.pack, numbered(loaded.pack)
    boxes, moves = layout(pack)
    wanted = {
        (origin, action.to, numbers[name])
        for name, action in pack.actions.items()
        for origin in action.from_
        if action.to not in (None, origin)
    }
    assert {(move.origin, move.to, number) for move in moves for number in move.numbers} == wanted
    assert set(boxes) == {START, *pack.states}
    for one in boxes.values():
        for other in boxes.values():
            apart = abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
            assert one is other or apart, (one.name, other.name)
    for language in ("zh", "en"):
        root = ElementTree.fromstring(svg(pack, language))
        lines = root.findall(f"{SVG}path[@class='move']")
        assert len(lines) == len(moves)
        # What the clockwork does alone is told by dashes, not by colour.
        dashed = [line for line in lines if line.get("stroke-dasharray")]
        assert len(dashed) == sum(move.system for move in moves)
        assert not {"red", "green"} & {str(e.get("fill")) for e in root.iter()}


@every_pack
def test_the_guide_tells_every_place_act_and_limit_with_its_rules(loaded: LoadedPack) -> None:
    pack = loaded.pack
    told = guide(pack, {}, TODAY)
    assert [one.name for one in told.places] == list(pack.states)
    assert [(one.name, one.rules, one.system) for one in told.deeds] == [
        (name, action.rules, by_system(action)) for name, action in pack.actions.items()
    ]
    assert [one.guard is None for one in told.deeds] == [a.when is None for a in pack.actions.values()]
    for clock, limit in zip(pack.clocks.values(), told.limits, strict=True):
        assert (limit.rules, limit.title) == (clock.rules, clock.title)
        assert limit.limit.en.isascii()
        assert any(sign.isdigit() for sign in limit.limit.zh)


def test_what_nobody_checked_is_marked_limit_by_limit() -> None:
    pack = load_packs().latest("unlicensed_operation")
    told = {one.name: one for one in guide(pack, {}, TODAY).limits}
    assert told["p9_n1"].verified
    assert told["p9_n1"].by_law == "clocks_p9/P9-N1"
    assert not told["guide_term"].verified
    unverified = {row.id for table in load_tables() for row in table.rows if not row.verified}
    for one in told.values():
        assert one.verified is ((one.by_law or "/").split("/")[1] not in unverified)


@pytest.mark.parametrize(
    ("raw", "zh", "en"),
    [
        ({"fact": "a", "op": "eq", "value": True}, "“甲”为“是”", "“A” is “yes”"),
        ({"fact": "b", "op": "in", "value": ["x", "y"]}, "“乙”属于“子／丑”", "“B” is one of “one / two”"),
        ({"fact": "b", "op": "known"}, "“乙”已知", "“B” is known"),
        ({"fact": "b", "op": "known", "value": False}, "“乙”未知", "“B” is unknown"),
        ({"not": {"fact": "a", "op": "eq", "value": True}}, "并非（“甲”为“是”）", "not (“A” is “yes”)"),
        (
            {
                "any": [
                    {"fact": "n", "op": "ge", "value": 3},
                    {
                        "all": [
                            {"fact": "a", "op": "ne", "value": False},
                            {"fact": "n", "op": "lt", "value": 9},
                        ]
                    },
                ]
            },
            "“丙”不小于“3” 或者 （“甲”不为“否” 并且 “丙”小于“9”）",
            "“C” is at least “3” or (“A” is not “no” and “C” is less than “9”)",
        ),
    ],
)
def test_a_condition_is_told_in_words(raw: dict[str, object], zh: str, en: str) -> None:
    facts = {
        "a": {"type": "boolean", "title": "甲", "x-title-en": "A"},
        "b": {
            "title": "乙",
            "x-title-en": "B",
            "oneOf": [
                {"const": "x", "title": "子", "x-title-en": "one"},
                {"const": "y", "title": "丑", "x-title-en": "two"},
            ],
        },
        "n": {"type": "integer", "title": "丙", "x-title-en": "C"},
    }
    told = wording.condition(Condition.model_validate(raw), facts)
    assert told is not None
    assert (told.zh, told.en) == (zh, en)
