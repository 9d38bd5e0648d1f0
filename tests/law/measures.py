"""Measures upon things (行政强制法, 行政处罚法 art. 56) and the money of a penalty (罚缴分离)."""

from __future__ import annotations

from tests.law.case import FIELD, HEAD, PATROL
from tests.law.law import Act, Clock, Law

NUMBER = "documents.number"

PRESERVATION = Law(
    "evidence_preservation",
    (
        Act("apply", "start", FIELD, "O12 P01", "+applied", apart=PATROL, records="items place"),
        Act("preserve", "applied", FIELD, "O12 P04 P07 R06", "-applied +held +approved", two=True, apart=PATROL,
            signed=HEAD, judged=NUMBER, records="list"),
        Act("preserve_urgent", "applied", FIELD, "O12 C12 P04 R06", "-applied +held", two=True, apart=PATROL,
            judged=NUMBER, records="list"),
        Act("confirm_urgent", "held and not approved", FIELD, "O12 C12 P07", "+approved", signed=HEAD,
            records="reason"),
        Act("drop", "applied", FIELD, "O12 M07", "+over", ends="not_taken", records="reason"),
        Act("release", "held", FIELD, "M02 P04", "+over", two=True, ends="released", records="decision"),
        Act("seize", "held and approved", FIELD, "M02 P05 P07", "+over", kept=True, signed=HEAD, ends="seized",
            opens="seizure:seizure", records="decision"),
        Act("send_to_testing", "held and approved", FIELD, "M02", "+over", ends="sent_for_testing",
            records="decision"),
        Act("confiscate", "held and approved", FIELD, "M02 P07 R06", "+over", signed=HEAD, judged=NUMBER,
            ends="confiscated", records="decision"),
        Act("transfer", "held and approved", FIELD, "M02", "+over", ends="transferred", records="decision"),
        Act("lift", "held", "system", "C11 M02", "+over", ends="lifted"),
    ),
    (
        Clock("taking", "apply", "preserve preserve_urgent", 2, "WD", "enforcement", "S02"),
        Clock("urgent_approval", "preserve_urgent", "confirm_urgent", 24, "H", "enforcement", "C12 O12",
              roll="none"),
        Clock("disposal", "preserve preserve_urgent", "", 7, "WD", "enforcement", "C11 C27", then="lift"),
    ),
)  # fmt: skip

SEIZURE = Law(
    "seizure",
    (
        Act("apply", "start", FIELD, "O11 P01 P05", "+applied", apart=PATROL, kept=True, records="items place"),
        Act("seize", "applied", FIELD, "O11 P01 P04 P05 P07 M01 M10 R06", "-applied +held +approved", two=True,
            apart=PATROL, signed=HEAD, kept=True, judged=NUMBER,
            records="measure list unrelated_excluded not_sealed_before rights_told"),
        Act("seize_urgent", "applied", FIELD, "O11 C14 P01 P04 P05 M01 M10 R06", "-applied +held", two=True,
            apart=PATROL, kept=True, judged=NUMBER,
            records="measure list unrelated_excluded not_sealed_before rights_told"),
        Act("confirm_urgent", "held and not approved and not lapsed", FIELD, "O11 C14 P05 P07", "+approved",
            signed=HEAD, kept=True, records="reason"),
        Act("drop", "applied", FIELD, "O11 P05 M07", "+over", kept=True, ends="not_taken", records="reason"),
        Act("prolong", "held and approved and not lapsed", FIELD, "C13 R02 P05 P07 R06", signed=HEAD, kept=True,
            judged=NUMBER, prolongs="term", records="reason"),
        Act("send_to_testing", "held and approved and not lapsed", FIELD, "C13 P05", kept=True, pauses="testing",
            records="reason"),
        Act("receive_test_result", "held and approved and not lapsed", FIELD, "C13 P05", kept=True,
            resumes="testing", records="content"),
        Act("release", "held", FIELD, "M02 P04 P05 R06", "+over", two=True, kept=True, judged=NUMBER,
            resumes="testing", ends="released", records="ground content"),
        Act("confiscate", "held and approved and not lapsed", FIELD, "M02 P05 P07", "+over", signed=HEAD, kept=True,
            resumes="testing", ends="confiscated", records="content"),
        Act("destroy", "held and approved and not lapsed", FIELD, "M02 P04 P05 P07", "+over", two=True, signed=HEAD,
            kept=True, resumes="testing", ends="destroyed", records="content"),
        Act("transfer", "held and approved and not lapsed", FIELD, "M02 P05 P07", "+over", signed=HEAD, kept=True,
            resumes="testing", ends="transferred", records="content"),
        Act("expire", "held and not lapsed", "system", "C13 M02", "+lapsed", kept=True),
    ),
    (
        Clock("taking", "apply", "seize seize_urgent", 2, "WD", "enforcement", "S02"),
        Clock("urgent_approval", "seize_urgent", "confirm_urgent expire", 24, "H", "enforcement", "C14 O11",
              roll="none"),
        Clock("term", "seize seize_urgent", "expire", 30, "D", "enforcement", "C13 C28", roll="none",
              without="testing", more=((30, "D", "head", 1),), then="expire"),
        Clock("lifting", "expire", "", 1, "WD", "enforcement", "M02"),
    ),
)  # fmt: skip

DECIDERS = "file_case report_investigation decide decide_collectively decide_on_spot"
DUE = "owed and not court"

MONEY = Law(
    "penalty_execution",
    (
        Act("open_execution", "start", FIELD, "O09", "+owed +suable", states="fine?"),
        Act("record_payment", "owed", "general records", "P06 M05 M06", apart=DECIDERS, only="fine is not None",
            judged="enforcement.payment", records="kind amount paid_on receipt_no"),
        Act("collect_on_spot", DUE, FIELD, "M05 P04", two=True, only="fine is not None",
            judged="enforcement.on_spot enforcement.payment", records="ground amount paid_on receipt_no"),
        Act("hand_over", DUE, FIELD, "C19"),
        Act("bank", DUE, "general records", "C19 P06", apart=DECIDERS, records="receipt_no"),
        Act("defer", DUE, FIELD, "C07 P07", signed=HEAD, only="fine is not None", judged="enforcement.deferral",
            prolongs="payment", records="reason term"),
        Act("agree_execution", DUE, FIELD, "M06 P07", signed=HEAD, only="paid_in_full is True", records="reason"),
        Act("contest", DUE, "enforcement legal", "C08", "-suable", pauses="contest", states="contested=true",
            records="kind content"),
        Act("upheld", DUE, "legal", "C08 O10", "-suable", resumes="contest", only="contested is True",
            states="contest_over=true", records="content"),
        Act("set_aside", "owed", "legal", "M08", "+over", resumes="contest", ends="revoked", records="content"),
        Act("contest_lapses", "suable", "system", "C08 O10", "-suable", states="contest_over=true"),
        Act("remind", DUE, FIELD, "O10 P04 R06", "+reminding", two=True, judged=NUMBER, records="content"),
        Act("reminder_lapses", "reminding", "system", "O10 C09", "-reminding", states="reminder_over=true"),
        Act("apply_to_court", DUE, FIELD, "O10 P07 R06", "+court", signed=HEAD, judged=NUMBER,
            only="contest_over is True and reminder_over is True", records="reason"),
        Act("court_performed", "court", FIELD, "M08", "+over", ends="enforced", records="content"),
        Act("confirm_performed", DUE, "general records", "P06 M06 M08", "+over", apart=DECIDERS,
            only="fine is None or paid_in_full is True", judged="enforcement.settled", ends="performed",
            records="content"),
        Act("end_execution", "owed", FIELD, "M08 P07 R04", "+over", signed=HEAD, ends="ended", records="reason"),
    ),
    (
        Clock("payment", "carried", "", 15, "D", "general", "C07 C27", more=((None, "D", "head", 3),)),
        Clock("hand_over", "collect_on_spot", "hand_over bank", 2, "WD", "enforcement", "C19 C27"),
        Clock("bank", "hand_over", "bank", 2, "WD", "general", "C19 C27"),
        Clock("contest_term", "carried", "contest upheld contest_lapses", 6, "M", "legal", "C08 O10",
              then="contest_lapses"),
        Clock("reminder", "remind", "reminder_lapses", 10, "WD", "enforcement", "C09 O10", then="reminder_lapses"),
        Clock("court_application", "upheld contest_lapses", "apply_to_court", 3, "M", "enforcement", "C08"),
    ),
    opened_by_parent=True,
)  # fmt: skip

SPOT = Law(
    "simple_penalty",
    (
        Act("open_on_spot", "start", FIELD, "P01 P04", "+found", two=True, apart=PATROL,
            records="operator_name party_kind conduct basis"),
        Act("inform", "found and not told", FIELD, "O18 P01 P04", "+told", two=True, apart=PATROL,
            records="certificates_shown facts_told continuing defence"),
        Act("decide_warning", "told and not decided", FIELD, "O18 P01 P04 R06", "+decided -found", two=True,
            apart=PATROL, judged="documents.number enforcement.limitation", records="content handed_over"),
        Act("decide_on_spot", "told and not decided", FIELD, "O18 M11 M12 P01 P04 R06",
            "+decided +collecting -found", two=True, apart=PATROL,
            judged="documents.number enforcement.limitation enforcement.simple_ceiling enforcement.law",
            opens="penalty_execution:execution(decision_served)", records="penalty fine content handed_over"),
        Act("drop", "found", FIELD, "R08 M07", "+over", ends="not_penalised", records="reason"),
        Act("take_ordinary", "found", FIELD, "O06", "-found -told +ordinary", opens="penalty_case:case",
            records="reason"),
        Act("hand_in", "decided", FIELD, "C18"),
        Act("execution_ended", "collecting", "system", "M04 S06", "-collecting"),
        Act("ordinary_ended", "ordinary", "system", "M04 M07", "+over", ends="penalised"),
        Act("ordinary_not_filed", "ordinary", "system", "M04 M07", "+over", ends="not_penalised"),
        Act("close", "decided and not collecting", FIELD, "M08 P07", "+over", signed="station_head",
            judged="enforcement.closable", ends="penalised", records="content"),
    ),
    (
        Clock("on_spot", "open_on_spot", "decide_warning decide_on_spot take_ordinary", 1, "WD", "enforcement",
              "S02"),
        Clock("hand_in", "decide_warning decide_on_spot", "hand_in", 7, "WD", "enforcement", "C18 C27"),
        Clock("closing", "decide_warning execution_ended", "", 15, "WD", "enforcement", "C10"),
    ),
    rests="ordinary or collecting",
    answers={
        "execution": {"*": "execution_ended"},
        "case": {"penalised": "ordinary_ended", "*": "ordinary_not_filed"},
    },
)  # fmt: skip
