"""Work in the grid: the eight links and commands (篇10), referrals (篇9), rectification (篇6), support."""

from __future__ import annotations

from tests.law.case import PROOF
from tests.law.law import Act, Clock, Law

FIELD = "enforcement brigade"
NUMBER = "documents.number"

RECTIFICATION = Law(
    "rectification",
    4,
    (
        Act("inspect", "start", "inspector enforcement brigade", "O14", "+found",
            records="operator_name party_kind address conduct findings"),
        Act("give_notice", "found and not told and not announced", FIELD, "O14 O08 R06 R07", judged=NUMBER,
            records="requirement term_end"),
        Act("serve_notice", "found and not told", FIELD, "O14 O08 P04 R09 R11", "+told -announced", two=True,
            judged="documents.serve", records=f"{PROOF} term_end"),
        Act("announce_notice", "found and not told and not announced", FIELD, "O14 O08 R07 R09 R12",
            "+announced", judged="documents.announce", records="where"),
        Act("notice_deemed", "announced and not told", "system", "O14 O08 R12", "+told -announced",
            judged="documents.deem"),
        Act("prolong", "told and not due and not checked", "station_head", "C20", prolongs="term",
            records="reason term"),
        Act("open_reinspection", "told and not due and not checked", "system", "C20 O14", "+due"),
        Act("found_rectified", "told and not checked", FIELD, "O14 R10 P04", "+checked +good", two=True,
            records="record"),
        Act("found_unrectified", "due and not checked", FIELD, "O14 O08 R10 P04", "+checked", two=True,
            records="record"),
        Act("penalise_on_spot", "checked and not good and not penalising and not penalised", FIELD,
            "O14 O08 P01 P04", "+penalising", two=True, apart="discover capture",
            opens="simple_penalty:penalty", records="basis"),
        Act("file", "checked and not good and not penalising and not penalised",
            "enforcement brigade station_head",
            "O14 O08", "+penalising", opens="penalty_case:penalty", records="basis"),
        Act("penalty_ended", "penalising", "system", "M04 S06", "-penalising +penalised"),
        Act("penalty_not_taken", "penalising", "system", "M04 M07 S06", "-penalising"),
        Act("close_rectified", "good", "station_head", "P11", "+over", ends="rectified@closed"),
        Act("close_penalised", "penalised", "station_head", "M04 P11", "+over", ends="penalised@closed"),
        Act("close_ceased", "found and not good and not penalising and not penalised", "station_head",
            "M04 M07",
            "+over", ends="ceased@closed", records="reason"),
    ),
    (
        Clock("notice", "inspect", "serve_notice announce_notice", 2, "WD", "enforcement", "R07"),
        Clock("announcement", "announce_notice", "serve_notice notice_deemed", 30, "D", "enforcement",
              "C33 R12", then="notice_deemed"),
        Clock("term", "notice_deemed serve_notice", "open_reinspection found_rectified", 0, "D",
              "enforcement", "C20", more=((None, "D", "station_head", 1),), then="open_reinspection"),
        Clock("reinspection", "open_reinspection", "found_rectified found_unrectified", 3, "WD",
              "enforcement",
              "C20 O14"),
        Clock("disposal", "found_rectified found_unrectified penalty_not_taken", "penalise_on_spot file", 5,
              "WD",
              "enforcement", "P9-X1 S02"),
        Clock("closing", "penalty_ended", "", 3, "WD", "station_head", "M08"),
    ),
    rests="penalising",
    answers={"penalty": {"penalised": "penalty_ended", "*": "penalty_not_taken"}},
)  # fmt: skip

AT_DEPARTMENT = "sent or received"
REFERRAL = Law(
    "referral",
    3,
    (
        Act("draft", "start", "general inspector station_head enforcement dispatcher", "P08 C15", "+drafted",
            states="department", records="basis"),
        Act("return_draft", "drafted", "dispatcher", "P08", "-drafted +mending", records="reason"),
        Act("redraft", "mending", "general inspector station_head dispatcher", "P08", "-mending +drafted",
            states="department", records="basis"),
        Act("send", "drafted", "dispatcher", "P08 R06", "-drafted +sent", only="department is not None",
            judged="documents.number referrals.outside referrals.dispatch"),
        Act("receive", "sent", "liaison", "P09 O16", "-sent +received", assigned=True,
            judged="referrals.receive"),
        Act("feed_back", "received", "liaison", "P09 O16 R05", "-received +answered", assigned=True,
            judged="referrals.feedback", states="guidance_result", records="content decision_no permit_no"),
        Act("return_referral", AT_DEPARTMENT, "liaison", "P09 R01", "-sent -received +returned",
            assigned=True,
            judged="referrals.return", records="reason"),
        Act("receive_paper", "sent", "dispatcher general", "P09 O16", "-sent +received",
            judged="referrals.receive"),
        Act("feed_back_paper", AT_DEPARTMENT, "dispatcher general", "P09 O16 R05",
            "-sent -received +answered",
            judged="referrals.feedback", states="guidance_result", records="content decision_no permit_no"),
        Act("return_paper", AT_DEPARTMENT, "dispatcher general", "P09 R01", "-sent -received +returned",
            judged="referrals.return", records="reason"),
        Act("redirect", "returned", "dispatcher", "P08", "-returned +drafted", states="department",
            records="basis"),
        Act("accept_return", "returned", "dispatcher", "P11 M07", "+over", ends="returned@returned_for_good",
            records="reason"),
        Act("send_back", "answered", "dispatcher", "P11", "-answered +received", records="reason"),
        *(
            Act(f"accept_{result}", "answered", "dispatcher", "P11 M07", "+over", ends=f"{result}@accepted",
                only=f"guidance_result == '{result}'")
            for result in ("licensed", "not_licensed", "penalised", "ceased")
        ),
        Act("urge", AT_DEPARTMENT, "dispatcher", "C22", records="reason"),
        Act("escalate", AT_DEPARTMENT, "dispatcher", "C22", records="reason"),
        Act("withdraw", "drafted or mending or sent", "dispatcher", "M07 P08", "+over", ends="withdrawn",
            records="reason"),
    ),
    (
        Clock("p9_n1", "carried", "send", 5, "WD", "dispatcher", "C15"),
        Clock("draft_term", "draft", "send", 1, "WD", "dispatcher", "M09 O20 C21"),
        Clock("resend_term", "return_referral return_paper", "send", 2, "WD", "dispatcher", "C22"),
        Clock("receipt_term", "send", "receive receive_paper feed_back_paper return_referral return_paper",
              3, "WD",
              "liaison", "C22"),
        Clock("p9_n2", "receive receive_paper", "feed_back feed_back_paper return_referral return_paper", 10,
              "WD",
              "liaison", "C16"),
        Clock("supplement_term", "send_back", "feed_back feed_back_paper return_referral return_paper", 5,
              "WD",
              "liaison", "C16"),
        Clock("acceptance_term", "feed_back feed_back_paper", "send_back", 3, "WD", "dispatcher", "P11"),
    ),
)  # fmt: skip

SUPPORT = Law(
    "brigade_support",
    2,
    (
        Act("ask", "start", "inspector enforcement station_head", "P10-A2", "+asked", records="resistance"),
        Act("take_on", "asked or declined", "brigade", "P10-A2", "-asked -declined +busy", records="plan"),
        Act("decline", "asked", "brigade", "P10-A2", "-asked +declined", records="reason"),
        Act("insist", "declined", "dispatcher", "P10-A2", "-declined +asked", records="reason"),
        Act("report", "busy", "brigade", "P10-A2 R05", "-busy +done", records="content"),
        Act("confirm", "done", "station_head dispatcher", "P10-A2 P11", "+over", ends="supported@confirmed"),
        Act("drop", "asked or declined", "station_head dispatcher", "P10-A2 M07", "+over", ends="dropped",
            records="reason"),
    ),
    (
        Clock("answer_term", "ask insist", "take_on decline", 1, "WD", "brigade", "P10-A2 S02"),
        Clock("support_term", "take_on", "report", 5, "WD", "brigade", "P10-A2 S02"),
        Clock("declined_term", "decline", "take_on insist", 1, "WD", "dispatcher", "P10-A2 S02"),
        Clock("confirm_term", "report", "", 3, "WD", "station_head", "P10-A2 S02"),
    ),
)  # fmt: skip
