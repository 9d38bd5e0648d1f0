"""Unlicensed operation (篇10, Decree 684, 登记管理条例 art. 43): eight links, and commands."""

from __future__ import annotations

from tests.law.law import Act, Clock, Law

NUMBER = "documents.number"
LEDGER = "registry.dispose"
NUMBERED = f"{NUMBER} {LEDGER}"
SHUT = f"{LEDGER} enforcement.closable"
OPEN_CASE = "dispose or still"
TAKES_UP = "-dispose -still"
FOUND_AT = "(urged and taken) or recheck or correcting or second"
FOUND_OUT = "-urged -taken -recheck -correcting -second"
RESULT = "licensed ceased exempt"
INBOUND = "source == 'referral'"
RUNNING = "(urged and taken) or correcting or in_case or recheck or second or still"

ACTS = (
    Act("discover", "start", "inspector general dispatcher system", "O15 P10 C21", "+found", judged=LEDGER,
        states="source permit_required? permit_status?"),
    Act("capture", "found", "inspector general", "O15", "-found +captured", judged=LEDGER,
        states="permit_required permit_status?",
        records="operator_name address scope trade permit_required business_licence_status"),
    Act("classify", "captured", "dispatcher general station_head", "O15", "-captured +dispose",
        states="operation_kind public_danger", records="violation_basis operation_kind public_danger"),
    Act("reclassify", OPEN_CASE, "dispatcher general station_head", "O15",
        states="operation_kind public_danger",
        records="violation_basis operation_kind public_danger"),
    # ── guidance ──
    Act("guide", OPEN_CASE, "dispatcher", "O15 R06 C23", f"{TAKES_UP} +urged", judged=NUMBERED,
        states="command=urge"),
    Act("receive_guide", "urged and not taken", "station_head general inspector", "O17", "+taken"),
    Act("extend_guide", "urged", "station_head", "C23", prolongs="guide_term", records="reason"),
    Act("open_recheck", "urged", "system", "C23 O15", "-urged -taken +recheck"),
    # ── order to correct ──
    Act("order_correction", OPEN_CASE, "dispatcher station_head", "O08 R06", f"{TAKES_UP} +correcting",
        only="operation_kind == 'general'", judged=NUMBERED, records="requirement",
        states="correction_ordered=true correction_refused=false"),
    Act("open_second_recheck", "correcting", "system", "O08", "-correcting +second"),
    # ── what another department has told (P9-N4) ──
    *(
        Act(name, "dispose", "dispatcher", "O16 R06 C16", f"{TAKES_UP} +ordered", only=INBOUND,
            judged=NUMBERED,
            states=f"command={command}")
        for name, command in (("order_investigation", "investigate"), ("order_change", "change"),
                              ("order_cancellation", "cancel"))
    ),
    Act("receive_order", "ordered", "station_head general inspector", "O17", "-ordered +doing"),
    Act("feed_back_order", "doing", "station_head general inspector", "O17 R05", "-doing +reported",
        states="order_result", records="content"),
    Act("return_order", "reported", "dispatcher", "P11", "-reported +doing", records="reason"),
    Act("accept_investigation", "reported", "dispatcher", "P11", "-reported +dispose",
        only="command == 'investigate'"),
    Act("accept_change", "reported", "dispatcher", "P11 M04 M07", "+over", judged=f"{NUMBER} {SHUT}",
        only="command == 'change' and order_result == 'done'", ends="registration_changed@closed"),
    Act("accept_cancellation", "reported", "dispatcher", "P11 M04 M07", "+over", judged=f"{NUMBER} {SHUT}",
        only="command == 'cancel' and order_result == 'done'", ends="registration_cancelled@closed"),
    Act("accept_refusal", "reported", "dispatcher", "P11 O08", "-reported +still",
        only="command in ('change', 'cancel') and order_result == 'refused'",
        states="correction_ordered=true correction_refused=true"),
    Act("reply_department", f"dispose or reported or {RUNNING} or known or fed", "dispatcher", "C16 R05 R06",
        only=INBOUND, judged=NUMBER, records="content"),
    # ── to another department, or to a section of the bureau ──
    Act("refer", OPEN_CASE, "dispatcher general station_head", "C15 P08", f"{TAKES_UP} +referred",
        judged=f"referrals.outside {LEDGER}", opens="referral:referral(finding_made)",
        records="department basis"),
    Act("copy_department", "correcting or in_case or recheck or second or still",
        "dispatcher general station_head enforcement", "M09 O20", judged="referrals.outside",
        opens="referral:copy", records="kind department basis"),
    Act("referral_answered", "referred", "system", "S06 O16", "-referred +recheck"),
    Act("referral_returned", "referred", "system", "S06 R01", "-referred +dispose"),
    Act("assign_section", OPEN_CASE, "dispatcher", "C15", f"{TAKES_UP} +section",
        judged=f"referrals.inside {LEDGER}", records="department section"),
    Act("answer_section", "section", "section", "R05", "-section +advised", assigned=True,
        states="section_result",
        records="content"),
    Act("return_section", "advised", "dispatcher", "P11", "-advised +section", records="reason"),
    Act("accept_section", "advised", "dispatcher", "P11", "-advised +recheck",
        only="section_result in ('guided', 'rectified')", judged=f"referrals.release {LEDGER}"),
    Act("accept_section_advice", "advised", "dispatcher", "P11", "-advised +dispose",
        only="section_result in ('to_be_filed', 'not_ours')", judged=f"referrals.release {LEDGER}"),
    # ── the brigade, the case ──
    Act("assign_brigade", OPEN_CASE, "dispatcher deputy_head bureau_head", "P10-A2",
        judged="referrals.brigade",
        records="reason"),
    Act("ask_support", f"found or captured or dispose or doing or {RUNNING}",
        "inspector enforcement station_head",
        "P10-A2", opens="brigade_support:support", records="resistance"),
    Act("file", OPEN_CASE, "dispatcher station_head brigade", "O08 P01", f"{TAKES_UP} +in_case",
        judged=LEDGER,
        only="public_danger is True or operation_kind == 'permit'"
        " or (correction_ordered is True and correction_refused is True)",
        opens="penalty_case:case", records="basis"),
    Act("case_ended", "in_case", "system", "S06 M04", "-in_case +recheck"),
    Act("case_not_filed", "in_case", "system", "S06 M04", "-in_case +dispose"),
    # ── re-check, feedback, acceptance ──
    Act("declare_exempt", "dispose", "dispatcher station_head", "O15 R08", "-dispose +known", judged=LEDGER,
        states="result=exempt", records="ground reason"),
    Act("recheck_licensed", FOUND_AT, "inspector", "O15 R10", f"{FOUND_OUT} +known",
        judged=f"registry.license_found {LEDGER}", states="result=licensed", records="licence_no permit_no"),
    Act("recheck_ceased", FOUND_AT, "inspector", "O15 R10", f"{FOUND_OUT} +known", judged=LEDGER,
        states="result=ceased"),
    Act("recheck_exempt", FOUND_AT, "inspector", "O15 R08", f"{FOUND_OUT} +known", judged=LEDGER,
        states="result=exempt", records="ground reason"),
    Act("recheck_unlicensed", FOUND_AT, "inspector", "O15 R10 O08", f"{FOUND_OUT} +still", judged=LEDGER,
        states="result=still_unlicensed correction_refused?", records="note"),
    Act("feed_back", "known", "inspector general station_head", "O15 R05", "-known +fed", records="content"),
    Act("return_feedback", "fed", "dispatcher", "P11", "-fed +recheck", records="reason"),
    *(
        Act(f"accept_{result}", "fed", "dispatcher", "P11 M04 M07", "+over", only=f"result == '{result}'",
            judged=SHUT, ends=f"{result}@closed")
        for result in RESULT.split()
    ),
    Act("dismiss", "found or captured or dispose", "dispatcher", "M04 M07", "+over", judged=SHUT,
        ends="unfounded@closed",
        records="reason"),
)  # fmt: skip

LEFT = "refer assign_section guide order_correction file"
TO_DISPOSE = (
    "classify accept_investigation accept_refusal referral_returned accept_section_advice case_not_filed "
    "recheck_unlicensed"
)
RECHECKED = "recheck_licensed recheck_ceased recheck_exempt recheck_unlicensed"
CLOCKS = (
    Clock("p9_n1", "discover", f"{LEFT} declare_exempt recheck_licensed recheck_ceased recheck_exempt", 5,
          "WD",
          "dispatcher", "C15",
          only="permit_required is not False and permit_status != 'valid' and source != 'referral'"),
    Clock("p9_n4", "discover", "reply_department", 10, "WD", "dispatcher", "C16",
          only=f"{INBOUND} or source is None"),
    Clock("capture_term", "discover", "capture", 2, "WD", "inspector", "C21"),
    Clock("classify_term", "capture", "classify", 3, "WD", "dispatcher", "C21"),
    Clock("disposal_term", TO_DISPOSE,
          f"{LEFT} order_investigation order_change order_cancellation declare_exempt", 3, "WD", "dispatcher",
          "C21 S02"),
    Clock("receipt_term", "guide order_investigation order_change order_cancellation",
          "receive_guide receive_order open_recheck", 1, "WD", "station_head", "C23 O17"),
    Clock("guide_term", "guide", f"open_recheck {RECHECKED}", 30, "D", "inspector", "C23",
          more=((15, "D", "station_head", 1),), cap=(90, "D"), then="open_recheck"),
    Clock("order_term", "receive_guide receive_order return_order",
          f"feed_back_order open_recheck {RECHECKED}", 10,
          "WD", "station_head", "C23", only="command != 'urge'"),
    Clock("order_acceptance", "feed_back_order",
          "return_order accept_investigation accept_change accept_cancellation accept_refusal", 3, "WD",
          "dispatcher", "P11 S02"),
    Clock("correction_term", "order_correction", f"open_second_recheck {RECHECKED}", 15, "D", "inspector",
          "O08",
          then="open_second_recheck"),
    Clock("section_term", "assign_section return_section", "answer_section", 10, "WD", "section", "C21"),
    Clock("section_acceptance", "answer_section", "return_section accept_section accept_section_advice", 3,
          "WD",
          "dispatcher", "P11"),
    Clock("first_recheck", "open_recheck referral_answered accept_section case_ended return_feedback",
          RECHECKED, 5,
          "WD", "inspector", "C21"),
    Clock("second_recheck", "open_second_recheck", RECHECKED, 3, "WD", "inspector", "C21 O08"),
    Clock("feedback_term", "declare_exempt recheck_licensed recheck_ceased recheck_exempt", "feed_back", 3,
          "WD",
          "inspector", "C21"),
    Clock("acceptance_term", "feed_back", "return_feedback", 3, "WD", "dispatcher", "P11"),
)  # fmt: skip

GRID = Law(
    "unlicensed_operation",
    4,
    ACTS,
    CLOCKS,
    rests="referred or in_case or doing",  # an order is under order_term, whose command is no urge
    answers={
        "referral": {
            "returned": "referral_returned",
            "withdrawn": "referral_returned",
            "*": "referral_answered",
        },
        "case": {"not_filed": "case_not_filed", "*": "case_ended"},
        "copy": {},
        "support": {},
    },
)
