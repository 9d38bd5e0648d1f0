"""The packs that ship: sound, in both languages, and saying what the rules of the field say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridsup import wiring
from gridsup.codes.patterns import TOLD
from gridsup.procedures import effects, forms
from gridsup.procedures.checker import check_library
from gridsup.procedures.diagrams import mermaid, page
from gridsup.procedures.graph import by_system, reachable
from gridsup.procedures.loader import LoadedPack, load_packs
from gridsup.procedures.pack import RuleRef
from gridsup.procedures.rules import load_tables

HANDBOOK = Path(__file__).resolve().parents[3] / "docs" / "procedures"
PACKS = list(load_packs())
IDS = [f"{each.pack.id}-{each.pack.version}" for each in PACKS]
every_pack = pytest.mark.parametrize("loaded", PACKS, ids=IDS)
V1, V2 = (load_packs().get("unlicensed_operation", version) for version in (1, 2))
REFERRAL = load_packs().get("referral", 1)
EVIDENCE = load_packs().get("evidence_preservation", 1)
CASE = load_packs().get("penalty_case", 1)


def test_every_pack_and_table_is_sound_under_the_effects_of_the_product() -> None:
    wiring.wire()
    assert check_library(load_packs(), effects=effects.known()) == {}


@every_pack
def test_every_title_speaks_both_languages(loaded: LoadedPack) -> None:
    pack = loaded.pack
    parts = (pack.states, pack.actions, pack.clocks, pack.approvals, pack.intervals)
    titles = [
        pack.title,
        *pack.milestones.values(),
        *(each.title for part in parts for each in part.values()),
    ]
    for title in titles:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in title.zh), title
        assert title.en.isascii(), title


@every_pack
def test_every_pattern_of_a_form_is_told_in_words(loaded: LoadedPack) -> None:
    for name, action in loaded.pack.actions.items():
        for title, field in forms.properties(action.form or {}).items():
            if "pattern" in field:
                assert "x-code-list" in field or field["pattern"] in TOLD, (name, title)


@every_pack
def test_every_clock_cites_its_rule_and_has_a_limit_today(loaded: LoadedPack) -> None:
    for clock in loaded.pack.clocks.values():
        assert clock.rules
        if isinstance(clock.limit, RuleRef):
            rows = load_tables().table(clock.limit.table).rows
            assert any(row.id == clock.limit.row and row.effective_to is None for row in rows)


@every_pack
def test_the_file_is_named_after_the_pack(loaded: LoadedPack) -> None:
    assert loaded.source == f"{loaded.pack.id}-{loaded.pack.version}.yaml"


@every_pack
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_drawing_holds_every_state_and_every_move(loaded: LoadedPack, language: str) -> None:
    pack = loaded.pack
    lines = mermaid(pack, "zh" if language == "zh" else "en").splitlines()
    assert lines[3] == "stateDiagram-v2"
    for name, state in pack.states.items():
        assert sum(line.startswith('  state "') and line.endswith(f" as {name}") for line in lines) == 1
        assert (f"  {name} --> [*]" in lines) is state.end
    moves = sum(len(action.from_) for action in pack.actions.values() if action.to)
    assert sum(" --> " in line and " : " in line for line in lines) == moves


@every_pack
def test_the_handbook_shows_the_pack_as_it_is(loaded: LoadedPack) -> None:
    """After a change: ``gridsup procedures book docs/procedures``."""
    file = HANDBOOK / f"{loaded.pack.id}-{loaded.pack.version}.md"
    assert file.read_text(encoding="utf-8") == page(loaded.pack)


def test_the_eight_links_are_walked_in_their_order() -> None:
    """P10-S1: discovery, capture, classification, disposal, re-check, feedback: no link can be skipped."""
    for pack in (V1, V2):
        assert pack.actions["capture"].from_ == ["discovered"]
        assert pack.actions["classify"].from_ == ["captured"]
        for command in ("guide", "refer", "file"):
            assert pack.actions[command].from_ == ["classified", "still_unlicensed"]
        for result in ("licensed", "ceased", "exempt"):
            assert pack.actions["feed_back"].from_ == ["licensed", "ceased", "exempt"]
            assert pack.actions[f"accept_{result}"].from_ == ["fed_back"]
        assert {"guide_issued", "referred", "case_filed"} <= reachable(pack, "still_unlicensed")


def test_every_way_to_the_end_has_an_outcome_and_passes_the_registration_section() -> None:
    """P10-X1 and P9-X1: nothing ends without an outcome, and the dispatcher accepts it."""
    for pack in (V1, V2, REFERRAL):
        for action in pack.actions.values():
            if action.to is not None and pack.states[action.to].end:
                assert action.outcome
                assert action.posts == ["dispatcher"]


def test_who_patrols_does_not_handle_the_case() -> None:
    """P10-R1 巡办分离."""
    for name in (
        "file_case",
        "not_file",
        "investigate",
        "report_investigation",
        "decide",
        "preserve_evidence",
    ):
        assert {"discover", "capture"} <= set(CASE.actions[name].not_by)
    for name in ("apply", "preserve", "preserve_urgent"):
        assert {"discover", "capture"} <= set(EVIDENCE.actions[name].not_by)


def test_who_handles_the_case_does_not_review_it() -> None:
    for name in ("review_pass", "review_return", "grant_hearing", "close_hearing"):
        assert {"file_case", "investigate", "report_investigation"} <= set(CASE.actions[name].not_by)


def test_two_qualified_officers_investigate_and_preserve() -> None:
    for action in (CASE.actions["investigate"], EVIDENCE.actions["preserve"]):
        assert action.crew is not None
        assert (action.crew.count, action.crew.qualification) == (2, "enforcement")


def test_no_investigation_comes_before_filing() -> None:
    for name in ("investigate", "preserve_evidence", "send_to_testing"):
        assert CASE.actions[name].from_ == ["investigating"]
    assert [n for n, a in CASE.actions.items() if a.to == "investigating" and "verifying" in a.from_] == [
        "file_case"
    ]


def test_preservation_lifts_by_itself_from_every_state_it_is_in() -> None:
    lift = EVIDENCE.actions[EVIDENCE.clocks["disposal"].on_due or ""]
    assert by_system(lift)
    assert set(lift.from_) == {"preserved", "preserved_urgent"}
    assert lift.outcome == "lifted"


def test_the_case_clock_leaves_out_what_the_rule_leaves_out() -> None:
    clock = CASE.clocks["decision"]
    assert set(clock.exclude) == {"suspension", "hearing", "testing", "public_notice"}
    assert [(each.n, each.unit, each.by) for each in clock.extensions] == [
        (30, "D", "head"),
        (None, "D", "collective"),
    ]


def test_the_notice_clock_spans_both_hops() -> None:
    """P9-N1 runs from the finding, through the station's draft, to the dispatch."""
    for pack in (V1, V2):
        (opens,) = pack.actions["refer"].opens
        assert opens.milestones == ["finding_made"]
        assert pack.clocks["p9_n1"].start == "finding_made"
    assert REFERRAL.clocks["p9_n1"].start == "finding_made"
    assert "referral_sent" in REFERRAL.clocks["p9_n1"].stop


def test_a_return_by_the_department_needs_a_reason() -> None:
    assert REFERRAL.actions["return_referral"].form["required"] == ["reason"]


def test_the_second_version_puts_correction_before_the_case() -> None:
    assert V1.actions["file"].when is None
    assert V2.actions["file"].when is not None
    assert {"correcting", "second_recheck"} == set(V2.states) - set(V1.states)
    added = {"violation_basis", "operation_kind", "public_danger", "correction_refused"}
    assert set(V2.facts) - set(V1.facts) == added
    assert V2.migration is not None
    assert V2.migration.clocks["recheck_term"] == "first_recheck"
