"""The party of a case: what the register knows of it, taken over when the clue is registered."""

from __future__ import annotations

from typing import Any

from gridsup.enforcement import queries
from gridsup.procedures.effects import Decision
from gridsup.procedures.sealing import seal_value


def taken_over(d: Decision) -> dict[str, Any]:
    """Facts of the party that neither the form nor the matter above states, and the telephone, sealed.

    What the register learns later changes no paper of the case. A party that the register does not hold
    gives nothing; what is missing stays for the hand.
    """
    if d.matter.get("subject_kind") != "business":
        return {}
    row = d.session.execute(queries.party(d.jurisdiction_id, d.matter["subject_id"])).one_or_none()
    if row is None:
        return {}
    known = {
        "operator_name": row.operator_name or row.name,
        "party_code": row.uscc or row.registration_no,
        "address": row.address,
        "scope": row.scope,
    }
    told: dict[str, Any] = {
        "facts": {name: value for name, value in known.items() if value and not d.facts.get(name)}
    }
    if row.phone and not d.form.get("phone"):
        told["phone"] = seal_value(row.phone)
    return told
