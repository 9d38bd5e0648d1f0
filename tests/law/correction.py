"""责令改正 within a case (APL-28, REG-43): ordered, served, its term, its re-inspection."""

from __future__ import annotations

from tests.law.case import ANNOUNCED, DEEMED, FIELD, ME, PATROL, PROOF, SERVED
from tests.law.law import Act, Clock, Law

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
