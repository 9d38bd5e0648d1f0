"""责令改正 within a case or of the grid (APL-28, REG-43): ordered, served, its term, its re-inspection."""

from __future__ import annotations

from dataclasses import replace

from tests.law.case import ANNOUNCED, DEEMED, FIELD, ME, PATROL, PROOF, SERVED
from tests.law.grid import LEDGER, OPEN_CASE, TAKES_UP
from tests.law.law import Act, Clock, Law
from tests.law.urging import GRID_ON_DUTY

AHEAD = "enforcement.term_ahead"
OPEN = "begun and not told and not announced"

CORRECTION = Law(
    "correction",
    1,
    (
        Act("begin", "start", FIELD, "O21 P01", "+begun", apart=PATROL),
        Act("write_order", OPEN, FIELD, "O21 P01 R06 R07", apart=PATROL,
            judged=f"documents.number {ME} {AHEAD}", records="found basis requirement term_end"),
        Act("serve_order", "begun and not told", FIELD, "O21 P01 P04 R09 R11", "+told -announced", two=True,
            apart=PATROL, judged=f"{ME} {AHEAD} {SERVED}", records=f"{PROOF} term_end"),
        Act("announce_order", OPEN, FIELD, "O21 P01 R09 R12", "+announced", apart=PATROL,
            judged=f"{ME} {ANNOUNCED}", records="where"),
        Act("order_deemed", "announced and not told", "system", "O21 R12", "+told -announced", judged=DEEMED),
        Act("prolong", "told and not due", "station_head", "C32", prolongs="term", records="reason term"),
        Act("open_reinspection", "told and not due", "system", "C32 O21", "+due"),
        Act("found_corrected", "told", FIELD, "O21 P01 P04 R10", "+over", two=True, apart=PATROL, judged=ME,
            ends="corrected", records="record"),
        Act("found_refused", "due", FIELD, "O08 O21 P01 P04 R10", "+over", two=True, apart=PATROL, judged=ME,
            ends="refused", records="record"),
        Act("drop", "begun", "station_head", "M07 P11", "+over", ends="dropped", records="reason"),
    ),
    (
        Clock("order", "begin", "serve_order announce_order", 2, "WD", "enforcement", "C32"),
        Clock("announcement", "announce_order", "serve_order order_deemed", 30, "D", "enforcement",
              "C33 R12", then="order_deemed"),
        Clock("term", "serve_order order_deemed", "open_reinspection", 0, "D", "enforcement", "C32 O21",
              more=((None, "D", "station_head", 1),), then="open_reinspection"),
        Clock("reinspection", "open_reinspection", "", 3, "WD", "enforcement", "C32 O21"),
    ),
)  # fmt: skip

_BEFORE = GRID_ON_DUTY.by_name
_SEEN_AT = "(urged and taken) or recheck or second"
_ORDERED = {
    "order_correction": Act(
        "begin_correction", OPEN_CASE, "dispatcher station_head", "O08 O21", f"{TAKES_UP} +correcting",
        only="operation_kind == 'general'", judged=LEDGER, records="conduct", opens="correction:correction",
        states="conduct correction_refused=false"),
    "open_second_recheck": Act("correction_made", "correcting", "system", "O21 S06", "-correcting +second",
                               states="correction_ordered=true correction_refused=false"),
    "refused": Act("correction_not_made", "correcting", "system", "O08 O21 S06", "-correcting +still",
                   states="correction_ordered=true correction_refused=true"),
    "dropped": Act("correction_dropped", "correcting", "system", "O15 S06", "-correcting +dispose"),
    "accept_refusal": replace(_BEFORE["accept_refusal"], why="P11 O21", states=""),
    **{name: replace(_BEFORE[name], can=_SEEN_AT)
       for name in ("recheck_licensed", "recheck_ceased", "recheck_exempt")},
    "recheck_unlicensed": replace(_BEFORE["recheck_unlicensed"], can=_SEEN_AT,
                                  states="result=still_unlicensed"),
}  # fmt: skip
_NOW = {
    "order_correction": "begin_correction",
    "open_second_recheck": "correction_made",
    "recheck_unlicensed": "recheck_unlicensed correction_not_made correction_dropped",
}


def _now(clock: Clock) -> Clock:
    """The acts that brought about, under other names, what these do: an order, its end, new disposal."""
    named = _NOW if clock.name == "disposal_term" else {**_NOW, "recheck_unlicensed": "recheck_unlicensed"}
    begins, ends = (
        " ".join(named.get(word, word) for word in text.split()) for text in (clock.begins, clock.ends)
    )
    return replace(clock, begins=begins, ends=ends)


GRID_ORDERED = replace(
    GRID_ON_DUTY,
    version=11,
    acts=tuple((_BEFORE | _ORDERED).values()),
    clocks=tuple(_now(one) for one in GRID_ON_DUTY.clocks if one.name != "correction_term"),
    rests=f"{GRID_ON_DUTY.rests} or correcting",
    answers={
        **GRID_ON_DUTY.answers,
        "correction": {
            "corrected": "correction_made",
            "refused": "correction_not_made",
            "dropped": "correction_dropped",
        },
    },
)
"""A refusal is what the order's own matter found: served, a term that ended, a re-inspection by two."""
