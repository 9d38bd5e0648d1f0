"""Changing any one edge, post, guard, approval or clock of a pack turns an invariant or the checker red."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from gridsup.procedures.loader import load_packs
from tests.law.judge import judge
from tests.law.law import Law
from tests.law.mutants import mutants
from tests.law.trial import LAWS, explained, sampled, verdict

ONE_IN = {"penalty_case": 6, "unlicensed_operation": 12}
"""The two large packs are sampled here; ``python -m tests.law.trial`` tries every mutant of every pack."""
each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.pack)


@each_law
def test_no_single_change_goes_unnoticed(law: Law) -> None:
    tried = [
        (mutant.name, verdict(pack, law, mutant)) for pack, mutant in sampled(law, ONE_IN.get(law.pack, 1))
    ]
    assert len(tried) > 100
    assert [name for name, came_of in tried if came_of == "survives"] == []


@pytest.mark.parametrize("pack_id", sorted(explained()))
def test_every_explanation_is_needed(pack_id: str) -> None:
    """A pattern of ``survivors.yaml`` explains some mutant, and each that it names does survive."""
    pack = load_packs().latest(pack_id)
    law = next(law for law in LAWS if law.pack == pack_id)
    every = list(mutants(pack))
    for pattern in explained()[pack_id]:
        came_of = {
            verdict(pack, law, mutant).partition(":")[0]
            for mutant in every
            if fnmatchcase(mutant.name, pattern)
        }
        assert "explained" in came_of, pattern


@pytest.mark.parametrize(
    ("pack_id", "name", "says"),
    [
        ("penalty_case", "edge-added decide/notified", "O01 O02"),
        ("penalty_case", "apart-gone review_pass/investigate", "P02"),
        ("penalty_case", "apart-gone file_case/discover", "P01"),
        ("penalty_case", "approval-other decide_collectively/head", "O07"),
        ("penalty_case", "quorum-less collective", "O07"),
        ("penalty_case", "guard-gone close_hearing", "C05"),
        ("penalty_case", "clock-silent defence", "O02"),
        ("penalty_case", "clock-gone hearing_day", "C31"),
        ("penalty_case", "edge-added defence_lapses/asked", "O03"),
        ("penalty_case", "clock-guard-gone defence", "O22"),
        ("penalty_case", "mark-gone withdraw_request/request_withdrawn", "O22"),
        ("penalty_case", "effect-gone report_investigation/enforcement.correction", "O21"),
        ("correction", "edge-added found_refused/correcting", "O08 O21"),
        ("correction", "effect-gone serve_order/enforcement.term_ahead", "O21"),
        ("penalty_case", "effect-gone postpone_hearing/enforcement.hearing_day", "C05"),
        ("penalty_case", "effect-gone terminate/enforcement.unrecused", "P01"),
        ("penalty_case", "mark-gone close_hearing/hearing_closed", "C31"),
        ("penalty_case", "clock-exclude-gone decision/hearing", "C25"),
        ("penalty_execution", "guard-gone apply_to_court", "O10"),
        ("penalty_execution", "post-added record_payment/enforcement", "P06"),
        ("evidence_preservation", "clock-length disposal/7D", "C11"),
        ("seizure", "clock-roll term", "C13"),
        ("seizure", "delegable seize", "P05"),
        ("referral", "field-optional return_referral/reason", "R01"),
        ("referral", "clock-start p9_n2/referral_sent", "C16"),
        ("rectification", "edge-added penalise_on_spot/inspected", "O14"),
        ("unlicensed_operation", "guard-part-gone file/any/2", "O08"),
        ("unlicensed_operation", "edge-added withdraw/guiding", "O17"),
        ("unlicensed_operation", "edge-added withdraw/order_executing", "O17"),
        ("unlicensed_operation", "child-untimed refer/referral", "C15"),
        ("unlicensed_operation", "clock-stop-added p9_n1/guidance_ordered", "C15"),
        ("unlicensed_operation", "effect-gone withdraw/documents.withdraw", "O17"),
        ("unlicensed_operation", "effect-gone accept_ceased/enforcement.closable", "M04"),
    ],
)
def test_a_breach_is_told_by_the_rule_that_it_breaks(pack_id: str, name: str, says: str) -> None:
    pack = load_packs().latest(pack_id)
    law = next(law for law in LAWS if law.pack == pack_id)
    mutant = next(each for each in mutants(pack) if each.name == name)
    found = list(judge(mutant.pack, law, beside=pack))
    assert any(set(says.split()) <= set(fault.split()) for fault in found), found[:5]
