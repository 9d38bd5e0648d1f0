"""The ordinary procedure (行政处罚法, 程序规定), as flags: what has happened, what is open, what is owed."""

from __future__ import annotations

from tests.law.law import Act, Clock, Law

FIELD = "enforcement brigade"
PATROL = "discover capture"
HANDLERS = "file_case investigate collect_evidence report_investigation"
REVIEWERS_APART = f"{HANDLERS} preserve_evidence apply_seizure preserve preserve_urgent seize seize_urgent"
"""P02: who investigated, and who laid hands on the party's things, does not review."""
HEAD = "bureau_head"
FILING = "station_head > bureau_head"
DISCUSSION = "3 of bureau_head deputy_head legal brigade! station_head!"
ME = "enforcement.unrecused"
SERVED = "documents.serve"
ANNOUNCED, DEEMED = "documents.announce", "documents.deem"
PROOF = "way place receiver refusal witness witness_of proof_no address_confirmed"
IN_TIME = f"{ME} enforcement.hearing_day"
PRESIDES = f"{ME} enforcement.presides"
LISTED = "enforcement.listed"
LAW = f"enforcement.law {LISTED}"
PUBLICITY = "penalty_publicity:publicity(decision_made)"
INQUIRY = "filed and not paused and not reported"
HEARD = "close_hearing end_hearing withdraw_hearing"
"""However a hearing ends: held, missed, or its request withdrawn."""
DEFENCE_OPEN = "told and not may_decide and not hearing and not rereview"

ACTS = (
    # ── the clue and the filing ──
    Act("register_clue", "start", "dispatcher station_head general enforcement", "C01", "+clue",
        judged="enforcement.party", records="basis"),
    Act("extend_verification", "clue", FIELD, "C01 P07", signed=HEAD, prolongs="verification",
        records="reason"),
    Act("file_case", "clue", FIELD, "O06 P01 P04 P07 M13", "-clue +filed", two=True, apart=PATROL,
        signed=FILING,
        kept=True, judged=f"documents.number {ME} enforcement.limitation", records="reason"),
    Act("not_file", "clue", FIELD, "O06 P01 P07 R03", "-clue +over", apart=PATROL, signed=FILING,
        judged=ME, ends="not_filed", records="reason"),
    # ── the investigation ──
    Act("investigate", INQUIRY, FIELD, "O05 P01 P04", two=True, apart=PATROL, judged=ME, records="record"),
    Act("collect_evidence", INQUIRY, FIELD, "O05 P01 P04", two=True, apart=PATROL,
        judged=f"{ME} enforcement.evidence", records="kind name source holder"),
    Act("move_evidence", "reported or (filed and not paused)", "enforcement brigade records legal", "R09",
        judged="enforcement.custody", records="no giver holder purpose"),
    Act("recuse", "clue or (filed and not decided)", "enforcement brigade legal station_head", "P02 P07",
        signed=HEAD, judged="enforcement.recuse", records="officer_id asked_by reason"),
    Act("preserve_evidence", INQUIRY, FIELD, "O12 P01", apart=PATROL, judged=ME, records="items place",
        opens="evidence_preservation:evidence"),
    Act("apply_seizure", INQUIRY, FIELD, "O11 P01 P05", apart=PATROL, kept=True,
        judged=f"{ME} enforcement.power", records="items place power",
        opens="seizure:seizure"),
    Act("send_to_testing", f"clue or ({INQUIRY})", FIELD, "C25 P01", apart=PATROL, pauses="testing",
        records="reason"),
    Act("receive_test_result", "clue or (filed and not paused and not hearing and not decided)", FIELD, "C25",
        resumes="testing", records="content"),
    Act("suspend", INQUIRY, FIELD, "C25 R04 P07", "+paused", signed=HEAD, pauses="suspension",
        records="reason"),
    Act("resume", "paused", FIELD, "S09 C25", "-paused", resumes="suspension", records="reason"),
    Act("terminate", "filed and not reported", FIELD, "M08 M03 M15 R04 P07 P01", "-filed -paused +over",
        apart=PATROL,
        signed=HEAD, judged=f"{ME} enforcement.closable", ends="terminated", records="reason"),
    Act("transfer", f"clue or ({INQUIRY}) or (may_decide and not decided)", FIELD, "M08 M03 M15 P07 P01",
        "-clue -filed -reported -reviewed -told -may_decide +over", apart=PATROL, signed=HEAD,
        judged=f"documents.number {ME} enforcement.closable", ends="transferred", records="receiver reason"),
    # ── review, notice, defence, hearing ──
    Act("report_investigation", INQUIRY, FIELD, "O04 P01 P04 M13 M14", "+reported", two=True, apart=PATROL,
        judged=f"{ME} enforcement.limitation enforcement.hearing_right", states="complex",
        records="report party_kind conduct continuing serious"),
    Act("review_pass", "reported and not reviewed", "legal", "O04 P02", "+reviewed", apart=REVIEWERS_APART,
        judged=ME, records="opinion"),
    Act("review_return", "reported and not reviewed", "legal", "O04 P02", "-reported", apart=REVIEWERS_APART,
        records="reason"),
    Act("notify", "reviewed and not told and not announced", FIELD, "O01 P01 R06", apart=PATROL,
        judged=f"documents.number {ME}", records="content"),
    Act("serve_notice", "reviewed and not told", FIELD, "O01 P01 P04 R09 R11", "+told -announced", two=True,
        apart=PATROL, judged=f"{ME} {SERVED}", records=PROOF, resumes="public_notice"),
    Act("announce_notice", "reviewed and not told and not announced", FIELD, "O01 P01 R09 R12 C25",
        "+announced", apart=PATROL, judged=f"{ME} {ANNOUNCED}", records="where",
        pauses="public_notice"),
    Act("notice_deemed", "announced and not told", "system", "O01 R12 C25", "+told -announced",
        judged=DEEMED, resumes="public_notice"),
    Act("close_public_notice", "reviewed and not announced and not hearing and not decided", FIELD, "C25",
        resumes="public_notice", records="reason"),
    Act("record_defence", DEFENCE_OPEN, "enforcement brigade legal", "O19", records="content"),
    Act("waive_defence", DEFENCE_OPEN, FIELD, "O02 P01", "+may_decide", apart=PATROL, judged=ME,
        records="content statement_no"),
    Act("defence_lapses", f"{DEFENCE_OPEN} and not asked", "system", "O02 O03", "+may_decide"),
    Act("request_hearing", DEFENCE_OPEN, "enforcement brigade legal", "O03 M14", "+asked",
        only="hearing_right is True", records="content"),
    Act("grant_hearing", DEFENCE_OPEN, "legal", "O03 P03 M14", "+hearing -asked", apart=REVIEWERS_APART,
        only="hearing_right is True", judged=f"{IN_TIME} enforcement.president", pauses="hearing",
        records="hearing_on hearing_president",
        states="hearing_told=false hearing_notice_made=false hearing_president"),
    Act("name_president", "hearing", "legal bureau_head", "P03", apart=REVIEWERS_APART,
        judged=f"{ME} enforcement.president", records="hearing_president reason",
        states="hearing_president"),
    Act("postpone_hearing", "hearing", "legal", "C05 C31 P03", "-hearing_announced", apart=REVIEWERS_APART,
        judged=IN_TIME, records="hearing_on asked_by reason",
        states="hearing_told=false hearing_notice_made=false"),
    Act("notify_hearing", "hearing", "legal", "C05 P03 R06",
        judged="enforcement.presided documents.number", records="content",
        states="hearing_notice_made=true"),
    Act("serve_hearing_notice", "hearing", "legal enforcement brigade", "C05 R09 R11",
        "-hearing_announced", only="hearing_notice_made is True",
        judged=f"enforcement.hearing_told {SERVED}", records=PROOF,
        states="hearing_told=true"),
    Act("announce_hearing_notice", "hearing", "legal enforcement brigade", "C05 R09 R12",
        "+hearing_announced", only="hearing_notice_made is True", records="where",
        judged=f"enforcement.hearing_announced {ANNOUNCED}"),
    Act("hearing_notice_deemed", "hearing and hearing_announced", "system", "C05 R12", "-hearing_announced",
        judged=DEEMED, states="hearing_told=true"),
    Act("close_hearing", "hearing", "legal", "O03 C05 P03 O13", "-hearing -hearing_announced +rereview",
        apart=REVIEWERS_APART, only="hearing_told is True", judged=PRESIDES, resumes="hearing",
        records="place clerk present record opinion"),
    Act("end_hearing", "hearing", "legal", "O03 C05 P03 O13", "-hearing -hearing_announced +rereview",
        apart=REVIEWERS_APART, only="hearing_told is True", judged=PRESIDES, resumes="hearing",
        records="ground content"),
    Act("withdraw_hearing", "hearing", "legal", "O03 P03 O13", "-hearing -hearing_announced +rereview",
        apart=REVIEWERS_APART, judged=ME, resumes="hearing", records="content"),
    Act("review_after_hearing", "rereview", "legal", "O13 P02", "-rereview +may_decide",
        apart=REVIEWERS_APART,
        judged=ME, records="opinion"),
    Act("return_after_hearing", "rereview", "legal", "O13 P02", "-rereview -reported -reviewed -told",
        apart=REVIEWERS_APART, records="reason"),
    Act("notify_again", "may_decide and not decided", FIELD, "O01 O04 P01 P04 M14",
        "-may_decide -told -reviewed -asked", two=True, apart=PATROL,
        judged=f"{ME} enforcement.hearing_right", records="reason"),
    # ── the time for a decision ──
    Act("extend_by_head", "filed and not paused and not hearing and not decided", FIELD, "C02 P07",
        signed=HEAD,
        prolongs="decision", records="reason"),
    Act("extend_collectively", "filed and not paused and not hearing and not decided", FIELD, "C02 P07 O07",
        signed=DISCUSSION, prolongs="decision", records="reason term"),
    # ── the decision ──
    Act("decide", "may_decide and not decided", FIELD, "O01 O02 P01 P05 P07 M12 M13 R06 C24", "+decided",
        apart=PATROL,
        signed=HEAD, kept=True, only="complex is False", states="decision=penalty to_perform",
        judged=f"documents.number {ME} enforcement.limitation enforcement.not_heavier {LAW}",
        opens=PUBLICITY, records="content defence_checked"),
    Act("decide_collectively", "may_decide and not decided", FIELD,
        "O07 O01 O02 P01 P05 P07 M12 M13 R06 C24",
        "+decided", apart=PATROL, signed=DISCUSSION, kept=True, only="complex is True",
        states="decision=penalty to_perform",
        judged=f"documents.number {ME} enforcement.limitation enforcement.not_heavier {LAW}",
        opens=PUBLICITY, records="content defence_checked"),
    Act("decide_no_penalty", "may_decide and not decided", FIELD, "R08 P01 P05 P07 R06", "+decided",
        apart=PATROL,
        signed=HEAD, kept=True, states="decision=no_penalty", judged=f"documents.number {ME}",
        records="ground content"),
    # ── service, execution, closing ──
    Act("serve", "decided and not served", FIELD, "O09 P04 R09", "+served +executing",
        two=True,
        only="to_perform is True", judged=SERVED, records=PROOF,
        opens="penalty_execution:execution(decision_served)"),
    Act("serve_only", "decided and not served", FIELD, "O09 P04 R09", "+served", two=True,
        only="to_perform is not True", judged=SERVED, records=PROOF),
    Act("publish_decision", "decided and not published and not served", FIELD, "O09 R09 R12",
        "+published", judged=ANNOUNCED, records="where"),
    Act("notice_over", "published and not served", "system", "O09 R12", "+served", judged=DEEMED),
    Act("begin_execution", "served and not executing and not executed", FIELD, "O09 P06", "+executing",
        only="decision == 'penalty'", judged="enforcement.not_heavier",
        opens="penalty_execution:execution(decision_served)"),
    Act("list_publicity", "decided", FIELD, "C24",
        only="decision == 'penalty' and publicity_listed is None", judged=LISTED,
        opens=PUBLICITY),
    Act("execution_ended", "executing", "system", "M04 S06", "-executing +executed"),
    Act("close_penalised", "executed", FIELD, "M08 M03 M15 P07", "+over", signed=HEAD,
        only="decision == 'penalty'",
        judged="enforcement.closable", ends="penalised@closed", records="content"),
    Act("close_served", "served and not executing and not executed", FIELD, "M08 M03 M15 P07", "+over",
        signed=HEAD,
        only="decision == 'penalty' and to_perform is False", judged="enforcement.closable",
        ends="penalised@closed",
        records="content"),
    Act("close_without_penalty", "served and not executing and not executed", FIELD, "M08 M03 M15 P07",
        "+over", signed=HEAD,
        only="decision == 'no_penalty'", judged="enforcement.closable", ends="no_penalty@closed",
        records="content"),
)  # fmt: skip

CLOCKS = (
    Clock("verification", "register_clue", "file_case not_file transfer", 15, "WD", "enforcement", "C01",
          without="testing", more=((15, "WD", "head", 1),)),
    Clock("decision", "file_case", "decide decide_collectively decide_no_penalty", 90, "D", "enforcement",
          "C02 C25",
          without="suspension hearing testing public_notice",
          more=((30, "D", "head", 1), (None, "D", "collective", 1))),
    Clock("review", f"report_investigation notify_again {HEARD}",
          "review_pass review_return review_after_hearing return_after_hearing", 10, "WD", "legal", "C03"),
    Clock("announcement", "announce_notice", "serve_notice notice_deemed", 30, "D", "enforcement", "C33 R12",
          then="notice_deemed"),
    Clock("defence", "serve_notice notice_deemed",
          "waive_defence request_hearing grant_hearing defence_lapses", 5, "WD", "enforcement",
          "C04 O02", then="defence_lapses"),
    Clock("hearing_grant", "request_hearing", "grant_hearing waive_defence", 3, "WD", "legal", "O03"),
    Clock("hearing_notice", "grant_hearing postpone_hearing",
          f"serve_hearing_notice hearing_notice_deemed {HEARD}", -7, "WD",
          "legal", "C05"),
    Clock("hearing_announcement", "announce_hearing_notice",
          f"serve_hearing_notice hearing_notice_deemed postpone_hearing {HEARD}", 30, "D", "legal",
          "C33 R12", then="hearing_notice_deemed"),
    Clock("hearing_day", "grant_hearing postpone_hearing", HEARD, 0, "D", "legal", "C31 O03 S02"),
    Clock("service", "decide decide_collectively decide_no_penalty", "serve serve_only publish_decision", 7,
          "WD",
          "enforcement", "C06"),
    Clock("public_service", "publish_decision", "notice_over serve serve_only", 30, "D", "enforcement",
          "C33 R12", then="notice_over"),
    Clock("closing", "serve_only notice_over execution_ended", "begin_execution", 15, "WD", "enforcement",
          "C10"),
)  # fmt: skip

CASE = Law(
    "penalty_case", 9, ACTS, CLOCKS, rests="executing", answers={"execution": {"*": "execution_ended"}}
)
