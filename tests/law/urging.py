"""What is late is urged, and handed on when nobody answers (P10-S4): by the clockwork."""

from __future__ import annotations

from dataclasses import replace

from tests.law.grid import GRID, LEDGER, OPEN_CASE, RECHECKED
from tests.law.law import Act, Clock
from tests.law.street import REFERRAL

URGE = Act("urge_late", "watched", "system", "C30", "-watched +late")
ESCALATE = Act("escalate_late", "late", "system", "C30", "-late")
ANSWERED = "feed_back feed_back_paper return_referral return_paper"
RECEIVED = "receive receive_paper"

REFERRAL_URGED = REFERRAL.amended(
    4,
    {
        "send": "+watched",
        **dict.fromkeys(RECEIVED.split(), "+watched -late"),
        **dict.fromkeys(ANSWERED.split(), "-watched -late"),
        "escalate": "-late",
    },
    (URGE, ESCALATE),
    (
        Clock("receipt_urge", "send", f"urge_late {RECEIVED} {ANSWERED}", 3, "WD", "dispatcher", "C30 C22",
              then="urge_late"),
        Clock("feedback_urge", RECEIVED, f"urge_late {ANSWERED}", 10, "WD", "dispatcher", "C30 C16",
              then="urge_late"),
        Clock("escalation_term", "urge_late", f"escalate escalate_late {RECEIVED} {ANSWERED}", 5, "WD",
              "dispatcher", "C30", then="escalate_late"),
    ),
)  # fmt: skip

COMMANDS = "guide order_investigation order_change order_cancellation"
TAKEN = "receive_guide receive_order return_order"
DONE = f"feed_back_order open_recheck {RECHECKED}"

GRID_URGED = GRID.amended(
    5,
    {
        **dict.fromkeys(COMMANDS.split(), "+watched"),
        **dict.fromkeys(TAKEN.split(), "+watched -late"),
        **dict.fromkeys(DONE.split(), "-watched -late"),
    },
    (URGE, ESCALATE),
    (
        Clock("receipt_urge", COMMANDS, f"urge_late open_recheck {TAKEN}", 1, "WD", "dispatcher", "C30 O17",
              then="urge_late"),
        Clock("order_urge", TAKEN, f"urge_late {DONE}", 10, "WD", "dispatcher", "C30 C23",
              only="command != 'urge'",
              then="urge_late"),
        Clock("escalation_term", "urge_late", f"escalate_late {TAKEN} {DONE}", 5, "WD", "dispatcher", "C30",
              then="escalate_late"),
    ),
)  # fmt: skip

_BEFORE = GRID_URGED.timed
GRID_UNDONE = GRID_URGED.amended(
    6,
    {},
    (
        Act("withdraw", "(urged and not taken) or ordered", "dispatcher", "O17",
            "-urged -ordered -watched -late +dispose", judged=LEDGER, records="reason"),
    ),
    (
        *(replace(_BEFORE[name], ends=f"{_BEFORE[name].ends} withdraw")
          for name in ("receipt_term", "guide_term", "receipt_urge", "escalation_term")),
        replace(_BEFORE["disposal_term"], begins=f"{_BEFORE['disposal_term'].begins} withdraw"),
    ),
)  # fmt: skip
"""A command is taken back until it is received; what it was about waits to be disposed of again."""

_UNDONE = GRID_UNDONE.by_name | {
    "withdraw": replace(GRID_UNDONE.by_name["withdraw"], judged=f"documents.withdraw {LEDGER}")
}
_N1 = GRID_UNDONE.timed["p9_n1"]
_MET = f"{_N1.ends.replace(' guide ', ' ')} {TAKEN}"
GRID_VOIDED = replace(
    GRID_UNDONE,
    version=7,
    acts=tuple(_UNDONE.values()),
    clocks=tuple((GRID_UNDONE.timed | {"p9_n1": replace(_N1, ends=_MET)}).values()),
)
"""What is taken back is void, and has stopped no clock: the notice of P9-N1 is met by what was received."""

GRID_RETURNED = GRID_VOIDED.amended(
    9,
    {},
    (
        Act("return_by_brigade", OPEN_CASE, "brigade", "P10-A2", judged="referrals.return_brigade",
            records="reason"),
    ),
    (),
)  # fmt: skip
"""The brigade takes a case or returns it; the limits go on."""

_RETURNED = GRID_RETURNED.by_name
_CALLED = {
    name: replace(_RETURNED[name], judged=f"{_RETURNED[name].judged} people.on_duty")
    for name in COMMANDS.split()
}
_LEFT = {
    name: replace(_RETURNED[name], judged=f"{_RETURNED[name].judged} people.off_duty")
    for name in ("receive_guide", "receive_order", "open_recheck", "withdraw")
}
_WATCH = "enforcement dispatcher section brigade legal deputy_head bureau_head"
_ON_DUTY = {
    f"{name}_on_duty": replace(
        _LEFT[name], name=f"{name}_on_duty", who=_WATCH, assigned=True, only="duty_officer is not None"
    )
    for name in ("receive_guide", "receive_order")
}
_TAKEN = {
    "receive_guide": "receive_guide receive_guide_on_duty",
    "receive_order": "receive_order receive_order_on_duty",
}


def _taken_on_duty(text: str) -> str:
    return " ".join(_TAKEN.get(word, word) for word in text.split())


GRID_ON_DUTY = replace(
    GRID_RETURNED,
    version=10,
    acts=tuple((_RETURNED | _CALLED | _LEFT | _ON_DUTY).values()),
    clocks=tuple(
        replace(one, begins=_taken_on_duty(one.begins), ends=_taken_on_duty(one.ends))
        for one in GRID_RETURNED.clocks
    ),
)
"""An urgent command of a day off is received by the officer on duty, whatever post that officer serves in."""
