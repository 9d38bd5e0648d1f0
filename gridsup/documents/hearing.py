"""How a paper tells what became of a hearing (听证)."""

from __future__ import annotations

from datetime import datetime

from gridsup.calendars import local_day
from gridsup.documents.numerals import plain_day
from gridsup.documents.source import Source

HEARING_ENDS = {
    "withdraw_request": "当事人要求听证，后在本局受理前撤回。",
    "close_hearing": "当事人要求听证，本局依法举行了听证。",
    "withdraw_hearing": "当事人要求听证后又撤回，本局依法终止听证。",
    "end_hearing": "当事人要求听证，本局依法终止听证。",
}
"""How a hearing ended, as the decision tells it."""
LEFT = {"absent": "无正当理由拒不出席听证", "left": "未经许可中途退出听证"}
"""Why it was ended, where the party stayed away or left."""


def heard(source: Source) -> str | None:
    """What became of the hearing that the party asked for; None where there was none."""
    ended = [one for one in source.before if one.action in HEARING_ENDS]
    if not ended:
        return None
    if ground := ended[-1].form.get("ground"):
        return f"当事人要求听证，后{LEFT[ground]}，视为放弃听证权利，本局依法终止听证。"
    return HEARING_ENDS[ended[-1].action]


def held_on(source: Source) -> str | None:
    """The day of the hearing."""
    held = source.matter["milestones"].get("hearing_held")
    return plain_day(local_day(datetime.fromisoformat(held))) if held else None


def postponed(source: Source) -> str | None:
    """Why the hearing is on another day than was named first; None where it is not put off."""
    named = [one for one in source.before if one.action in ("grant_hearing", "postpone_hearing")]
    put_off = named[-1:] and named[-1].action == "postpone_hearing"
    return str(named[-1].form["reason"]) if put_off else None
