"""What the law asks of the enforcement packs, read off the packs themselves."""

from __future__ import annotations

import pytest

from gridsup.documents.numbering import catalogue as series
from gridsup.enforcement.volumes import catalogue
from gridsup.procedures.graph import by_system, reachable, running_in
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Action, Pack

CASE, SPOT, RECTIFY, SEIZURE, MONEY, KEPT, ORDER = (
    load_packs().latest(name)
    for name in (
        "penalty_case",
        "simple_penalty",
        "rectification",
        "seizure",
        "penalty_execution",
        "evidence_preservation",
        "correction",
    )
)
ALL = (CASE, SPOT, RECTIFY, SEIZURE, MONEY, KEPT, ORDER)
PATROL = {"discover", "capture"}
HANDLERS = {"file_case", "investigate", "collect_evidence", "report_investigation"}


def without(pack: Pack, *actions: str) -> Pack:
    """The pack as it were if some actions did not exist."""
    kept = {name: action for name, action in pack.actions.items() if name not in actions}
    return pack.model_copy(update={"actions": kept})


@pytest.mark.parametrize(
    ("pack", "steps", "state"),
    [
        (CASE, ["file_case"], "investigating"),
        (CASE, ["report_investigation"], "reviewing"),
        (CASE, ["review_pass"], "notified"),
        (CASE, ["serve_notice", "notice_deemed"], "deciding"),
        (CASE, ["review_after_hearing", "waive_defence", "defence_lapses"], "deciding"),
        (CASE, ["decide", "decide_collectively", "decide_no_penalty"], "decided"),
        (CASE, ["serve", "begin_execution"], "executing"),
        (SPOT, ["inform"], "collecting"),
        (SPOT, ["inform"], "decided"),
        (RECTIFY, ["serve_notice", "notice_deemed"], "penalising"),
        (RECTIFY, ["found_unrectified"], "penalising"),
        (ORDER, ["serve_order", "order_deemed"], "refused"),
        (ORDER, ["open_reinspection"], "refused"),
        (SEIZURE, ["seize", "seize_urgent"], "confiscated"),
        (SEIZURE, ["seize"], "held"),
        (MONEY, ["apply_to_court"], "enforced"),
    ],
)
def test_no_step_is_skipped(pack: Pack, steps: list[str], state: str) -> None:
    """No decision before its notice, no notice before the review, no penalty before the rectification …"""
    assert state in reachable(pack)
    found = reachable(without(pack, *steps))
    if steps == ["seize"]:
        assert "held_urgent" in found  # only the urgent way is left, and its approval
        assert state not in reachable(without(pack, *steps, "confirm_urgent"))
    else:
        assert state not in found


@pytest.mark.parametrize("name", sorted(SEIZURE.actions))
def test_nothing_of_a_seizure_is_ever_delegated(name: str) -> None:
    assert SEIZURE.actions[name].delegable is False


def test_nor_is_the_way_into_it() -> None:
    assert CASE.actions["apply_seizure"].delegable is False
    assert KEPT.actions["seize"].delegable is False


def test_a_seizure_is_thirty_days_once_prolonged_and_does_not_roll() -> None:
    term = SEIZURE.clocks["term"]
    assert (term.roll, term.exclude) == ("none", ["testing"])
    assert [(each.n, each.unit, each.by, each.times) for each in term.extensions] == [(30, "D", "head", 1)]
    after = {name for name, action in SEIZURE.actions.items() if "expired" in action.from_}
    assert after == {"release", "move_thing"}  # AEL-28: nothing but giving back, and keeping until then


def crewed(pack: Pack, *names: str) -> list[Action]:
    return [pack.actions[name] for name in names]


def test_two_qualified_officers_stand_behind_every_act_upon_the_party() -> None:
    for action in (
        *crewed(CASE, "file_case", "investigate", "collect_evidence", "report_investigation"),
        *crewed(CASE, "serve_notice", "serve", "serve_only"),
        *crewed(SPOT, "open_on_spot", "inform", "decide_warning", "decide_on_spot"),
        *crewed(SEIZURE, "seize", "seize_urgent", "release", "destroy"),
        *crewed(RECTIFY, "serve_notice", "found_rectified", "found_unrectified"),
        *crewed(ORDER, "serve_order", "found_corrected", "found_refused"),
        *crewed(MONEY, "collect_on_spot", "serve_reminder"),
    ):
        assert action.crew is not None, action.title
        assert (action.crew.count, action.crew.qualification) == (2, "enforcement"), action.title


def test_who_patrols_does_not_punish() -> None:
    for action in (
        *crewed(
            CASE, "file_case", "investigate", "collect_evidence", "apply_seizure", "serve_notice", "decide"
        ),
        *crewed(SPOT, "open_on_spot", "inform", "decide_warning", "decide_on_spot"),
        *crewed(SEIZURE, "apply", "seize", "seize_urgent"),
        RECTIFY.actions["penalise_on_spot"],
    ):
        assert set(action.not_by) >= PATROL, action.title


def test_who_handles_does_not_review_nor_preside() -> None:
    for name in ("review_pass", "review_return", "grant_hearing", "close_hearing", "review_after_hearing"):
        assert set(CASE.actions[name].not_by) >= HANDLERS, name
        assert CASE.actions[name].posts == ["legal"]


def test_who_decides_does_not_collect() -> None:
    """罚缴分离: neither the post nor, in a small bureau, the person."""
    for name in ("record_payment", "confirm_performed", "bank"):
        action = MONEY.actions[name]
        assert not {"enforcement", "brigade"} & set(action.posts)
        assert {"decide", "decide_collectively", "decide_on_spot"} <= set(action.not_by)


def test_every_fine_meets_the_guards_of_the_law() -> None:
    for name in ("decide", "decide_collectively"):
        assert {"enforcement.law", "enforcement.not_heavier", "enforcement.limitation"} <= set(
            CASE.actions[name].effects
        )
    assert {"enforcement.law", "enforcement.simple_ceiling"} <= set(SPOT.actions["decide_on_spot"].effects)
    for pack in (CASE, SPOT):
        endings = [a for a in pack.actions.values() if a.to == "closed" and not by_system(a)]
        assert endings
        assert all("enforcement.closable" in action.effects for action in endings)


def test_who_stepped_aside_is_kept_from_every_decisive_act() -> None:
    decisive = {
        "notify",
        "serve_notice",
        "waive_defence",
        "grant_hearing",
        "close_hearing",
        "decide",
        "decide_no_penalty",
    }
    for name in decisive | HANDLERS | {"review_pass"}:
        assert "enforcement.unrecused" in CASE.actions[name].effects, name


@pytest.mark.parametrize("pack", ALL, ids=lambda pack: pack.id)
def test_no_state_rests_without_a_clock_or_a_child(pack: Pack) -> None:
    handed = {"decision_served"} if pack is MONEY else set()
    timed = set().union(
        *(running_in(pack, name, carried=clock.start in handed) for name, clock in pack.clocks.items())
    )
    waiting = {name for name, state in pack.states.items() if not state.end and state.waits_for != "child"}
    assert waiting <= timed


def test_the_file_takes_every_numbered_paper_under_its_template() -> None:
    for act, kind in series().items():
        pack, action = act.split(".")
        if pack not in {each.id for each in ALL} - {"rectification"}:
            continue
        if "documents.number" not in load_packs().latest(pack).actions[action].effects:
            continue
        numbered = [paper for paper in catalogue().papers.get(act, []) if paper.number]
        assert [paper.template for paper in numbered] == [kind.kind], act


def test_the_file_names_only_acts_and_headings_that_there_are() -> None:
    headings = {(volume, group.id) for volume, groups in catalogue().groups.items() for group in groups}
    for act, papers in catalogue().papers.items():
        pack, action = act.split(".")
        assert action in load_packs().latest(pack).actions, act
        assert all((paper.volume, paper.group) in headings for paper in papers), act


def test_the_volumes_follow_the_order_of_the_regulation() -> None:
    """程序规定 art. 78."""
    assert [group.id for group in catalogue().groups["main"]] == [
        "filing", "decision", "papers", "evidence", "hearing", "property", "other",
    ]  # fmt: skip
    assert [group.id for group in catalogue().groups["sub"]] == [
        "source", "report", "review", "hearing_report", "closing", "other",
    ]  # fmt: skip
