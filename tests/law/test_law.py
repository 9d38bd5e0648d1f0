"""Every reachable trace of the packs in force keeps to the law that README.md states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridsup.procedures.check_parts import COMPULSION
from gridsup.procedures.graph import START, by_system
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import SYSTEM, Pack
from gridsup.procedures.posts import POSTS
from tests.law.facts import Facts
from tests.law.judge import judge
from tests.law.law import Law
from tests.law.trial import LAWS, explained

HERE = Path(__file__).parent
LATEST = [load_packs().latest(pack_id) for pack_id in sorted({each.pack.id for each in load_packs()})]
each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.pack)
each_pack = pytest.mark.parametrize("pack", LATEST, ids=lambda pack: pack.id)
ELSEWHERE = {"C17", "C26", "P12", "S01", "S03", "S04", "S05", "S07"}
"""Held by the tests below, or (C17) no matter of a pack: see README.md."""
NEVER_FALSE = {("penalty_case", "close_penalised"), ("penalty_case", "grant_hearing"), ("referral", "send")}
"""Guards that the way there has made true already: kept, since the law words them so."""
JUDGEMENTS = ("decide", "file_case", "review", "approve", "confirm_urgent", "accept_")
"""What no clockwork may do (P12)."""


@each_law
def test_no_trace_leaves_the_law(law: Law) -> None:
    assert list(dict.fromkeys(judge(load_packs().latest(law.pack), law))) == []


@each_pack
def test_whatever_is_written_an_end_can_be_reached(pack: Pack) -> None:
    """S01: no combination of facts locks a matter in."""
    assert Facts(pack).locked_in() == []


@each_pack
def test_every_act_can_be_taken_and_every_guard_refuses_something(pack: Pack) -> None:
    """S04, S05: neither a dead edge nor an empty guard."""
    verdicts = Facts(pack).verdicts
    for name, action in pack.actions.items():
        for origin in action.from_:
            assert True in verdicts.get((name, origin), ()), (name, origin)
        if action.when and (pack.id, name) not in NEVER_FALSE:
            assert any(False in verdicts[name, origin] for origin in action.from_), name


@each_pack
def test_who_is_waited_for_has_something_to_do(pack: Pack) -> None:
    """S02, S03: somebody is waited for in each live state, and finds an act there."""
    for name, state in pack.states.items():
        if state.end:
            continue
        there = [action for action in pack.actions.values() if name in action.from_]
        assert there, name
        if state.waits_for == "child":
            assert any(by_system(action) for action in there), name
        else:
            signing = {s.post for a in there if a.approval for s in pack.approvals[a.approval].steps}
            assert state.waits_for in signing.union(*(action.posts for action in there)), name


@each_pack
def test_no_clock_and_no_judgement_is_the_systems(pack: Pack) -> None:
    """C26, P12: the clockwork owns no limit, decides nothing, and is not the one who is waited for."""
    assert {clock.owner for clock in pack.clocks.values()} <= set(POSTS) - {SYSTEM}
    assert SYSTEM not in {state.waits_for for state in pack.states.values()}
    for name, action in pack.actions.items():
        if by_system(action):
            assert not name.startswith(JUDGEMENTS), name
            assert "documents.number" not in action.effects, name


@each_law
def test_the_legal_core_cites_its_rules(law: Law) -> None:
    """S07: every clock, approval and act upon the party names the rule that it rests on."""
    pack = load_packs().latest(law.pack)
    assert pack.sources
    for part in (pack.clocks, pack.approvals):
        for name, each in part.items():
            assert each.rules, name
    for name, action in pack.actions.items():
        if action.approval or action.crew or "documents.number" in action.effects:
            assert action.rules, name


@each_pack
def test_measures_of_compulsion_stay_with_the_bureau(pack: Pack) -> None:
    """P05: AEL-17 and P8-R1."""
    for name, action in pack.actions.items():
        opened = {opens.pack for opens in action.opens}
        if pack.id == "seizure" or "seizure" in opened or COMPULSION.intersection(action.rules):
            assert not action.delegable, name


def test_every_invariant_is_held_somewhere() -> None:
    stated = set(re.findall(r"^\| ([A-Z]\d\d) \|", (HERE / "README.md").read_text(encoding="utf-8"), re.M))
    reasons = [part.why for law in LAWS for parts in (law.acts, law.clocks) for part in parts]
    cited = {name for why in reasons for name in why.split() if re.fullmatch(r"[A-Z]\d\d", name)}
    walked = {"S02", "S06", "S08", "C25", "C29"}
    assert cited <= stated
    assert stated - cited - walked == ELSEWHERE - cited


def test_no_law_is_written_twice_and_each_has_its_pack() -> None:
    known = {law.pack for law in LAWS}
    assert len(known) == len(LAWS)
    assert known <= {pack.id for pack in LATEST}
    assert set(explained()) <= known


def test_the_opening_leads_from_the_start_alone() -> None:
    for pack in LATEST:
        assert [name for name, action in pack.actions.items() if START in action.from_] == [pack.opening]
