"""Publicity of a penalty (处罚信息公示): 行政处罚法 art. 48, 公示规定 (Order 45)."""

from __future__ import annotations

from tests.law.case import FIELD, HEAD
from tests.law.law import Act, Clock, Law

KEEPERS = f"{FIELD} legal records"
SHOWN = "where link summary left_out examined term"

PUBLICITY = Law(
    "penalty_publicity",
    2,
    (
        Act("open_publicity", "start", FIELD, "C24", "+owed"),
        Act("mark_elsewhere", "owed", KEEPERS, "C24", states="elsewhere=true", records="province"),
        Act("push", "owed", KEEPERS, "C24 D01", "-owed +sent", only="elsewhere is True",
            judged="enforcement.publishable", records="receiver content"),
        Act("publish", "owed or sent", KEEPERS, "C24 D01", "-owed -sent +shown",
            judged="enforcement.publishable", states="term", records=SHOWN),
        Act("exempt", "owed", KEEPERS, "C24 P07", "+over", signed=HEAD, judged="enforcement.unpublished",
            ends="exempted", records="ground reason"),
        Act("note_change", "shown", KEEPERS, "D02", "-shown +wrong", records="changed_on ground content"),
        Act("withdraw", "wrong", KEEPERS, "D02", "+over", ends="withdrawn", records="content"),
        Act("publish_changed", "wrong", KEEPERS, "D01 D02", "-wrong +shown",
            judged="enforcement.publishable", states="term", records=SHOWN),
        Act("stop_early", "shown", KEEPERS, "D03 P07", "+over", signed=HEAD, ends="repaired@stopped",
            records="performed remedied not_again not_listed not_grave reason"),
        Act("term_ends", "shown", "system", "D03", "-shown +stale"),
        Act("stop", "stale", KEEPERS, "D03", "+over", ends="term_over@stopped"),
    ),
    (
        Clock("publication", "carried", "push publish", 20, "WD", "enforcement", "C24"),
        Clock("pushing", "carried", "push publish", 10, "WD", "enforcement", "C24", only="elsewhere is True"),
        Clock("shown_elsewhere", "push", "publish", 10, "WD", "enforcement", "C24"),
        Clock("term_short", "publish publish_changed", "note_change term_ends", 3, "M", "enforcement", "D03",
              only="term is None or term == 'short'", then="term_ends"),
        Clock("term_long", "publish publish_changed", "note_change term_ends", 3, "Y", "enforcement", "D03",
              only="term is None or term == 'long'", then="term_ends"),
        Clock("withdrawal", "note_change", "publish_changed", 3, "WD", "enforcement", "D02 C27"),
        Clock("stopping", "term_ends", "", 1, "WD", "enforcement", "D03"),
    ),
    rests="shown",
    opened_by_parent=True,
)  # fmt: skip
"""While it is shown, one of the two terms runs: the publication states which."""
