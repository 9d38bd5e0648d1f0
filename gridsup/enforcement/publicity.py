"""Publicity of penalties (处罚信息公示, APL-48, PUB): before a decision is shown to everybody."""

from __future__ import annotations

import re
from typing import Any

from stdnum.cn import ric

from gridsup.enforcement import queries
from gridsup.enforcement.guards import fine_of
from gridsup.errors import Conflict, FieldFault, Invalid, Refused
from gridsup.procedures.effects import Decision

FREE_TEXTS = ("summary", "link", "left_out")
"""Fields of the act that everybody will read."""
_ID = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def listed(d: Decision) -> dict[str, Any]:
    """The decision opened its publication; cases that were decided under an older version lack this fact."""
    return {"facts": {"publicity_listed": True}}


def publishable(d: Decision) -> None:
    """Nothing is shown before the party has it, and no personal number ever.

    Raises Conflict ``decision-not-served``; Invalid ``personal-number`` with one fault per field.
    """
    case = d.session.scalar(queries.matter(d.jurisdiction_id, int(d.matter["parent_id"])))
    if case is None or "decision_served" not in case.milestones:
        raise Conflict(
            "decision-not-served",
            zh="处罚决定书尚未送达当事人，不能公示。请先送达，并在送达时书面告知将予公示（公示规定第八条）。",
            en="The decision has not been served yet, so it is not published. Serve it first, and say in "
            "writing then that it will be (Order 45, art. 8).",
        )
    faults = [
        FieldFault(
            f"/{name}",
            "含有公民身份号码或者手机号码，请删去。",
            "It holds an ID or a mobile number: leave it out.",
        )
        for name in FREE_TEXTS
        if personal_number(str(d.form.get(name) or ""))
    ]
    if faults:
        raise Invalid(
            "personal-number",
            zh="公示内容含有个人信息，不得公示。请删去后再办。",
            en="Personal numbers are never published. Leave them out first.",
            faults=faults,
        )


def personal_number(text: str) -> bool:
    """Whether a text holds a citizen's ID number (its check digit is right) or a mobile number."""
    return bool(_MOBILE.search(text)) or any(ric.is_valid(found) for found in _ID.findall(text))


def unpublished(d: Decision) -> None:
    """Raises :class:`Refused` ``fine-is-published``: only a mere warning stays unpublished as such."""
    if d.form.get("ground") == "warning_only" and (fine_of(d) > 0 or d.facts.get("other_duties")):
        raise Refused(
            "fine-is-published",
            zh="本案处以罚款或者没收、停业等处罚，不属于“仅受到警告”，应当公示（公示规定第二条）。",
            en="This decision has a fine or another penalty, so it is no mere warning and is published "
            "(Order 45, art. 2).",
        )
