"""What the referral procedure's acts do to the referral's record (P9-N1, P9-N2, P9-N6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gridsup.errors import Conflict
from gridsup.people.model import Organisation
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection, instant
from gridsup.referrals import inside


def _dispatch(d: Decision) -> dict[str, Any]:
    """The body that answers for the department today gets the referral on its liaison's list."""
    department = str(d.facts["department"])
    body = d.session.execute(
        select(Organisation.id, Organisation.name)
        .where(
            Organisation.jurisdiction_id == d.jurisdiction_id,
            Organisation.kind == "department",
            Organisation.code == department,
            Organisation.active,
        )
        .limit(1)
    ).one_or_none()
    if body is None:
        raise Conflict(
            "department-without-body",
            zh="部门 {department} 在本辖区没有登记联络单位，请先在“部门与机构”中登记。",
            en="No body of this jurisdiction is registered for department {department}; "
            "register it under Organisations first.",
            department=department,
        )
    return {
        "matter_id": d.matter_id,
        "department": department,
        "department_id": body.id,
        "body": body.name,
        "basis": d.facts.get("basis"),
        "facts": {k: v for k, v in d.facts.items() if k not in ("basis", "department")},
    }


def _sent(p: Projection, result: dict[str, Any], body: Any) -> None:
    number = body["results"]["documents.number"]["number"]
    p.matter["assigned_org_id"] = result["department_id"]
    p.matter["number"] = number
    p.put(
        "referrals",
        {"matter_id": result["matter_id"]},
        {
            "direction": "out",
            "number": number,
            "department": result["department"],
            "department_id": result["department_id"],
            "facts": result["facts"],
            "basis": result["basis"],
            "sent_at": instant(body["effective_at"]),
            "received_at": None,
            "returned_reason": None,
        },
    )


def _stamp(d: Decision) -> dict[str, Any]:
    return {"matter_id": d.matter_id}


def _answer(d: Decision) -> dict[str, Any]:
    """A paper answer may come without a receipt: who answers has received it."""
    unreceived = "referral_received" not in d.matter["milestones"]
    return {"matter_id": d.matter_id} | ({"unreceived": True} if unreceived else {})


def _received(p: Projection, result: dict[str, Any], body: Any) -> None:
    p.put("referrals", result, {"received_at": instant(body["effective_at"])})


def _fed_back(p: Projection, result: dict[str, Any], body: Any) -> None:
    at = instant(body["effective_at"])
    values = {"feedback": body["form"]["content"], "feedback_at": at}
    if result.get("unreceived"):
        values["received_at"] = at
    p.put("referrals", {"matter_id": result["matter_id"]}, values)


def _returned(p: Projection, result: dict[str, Any], body: Any) -> None:
    p.put("referrals", result, {"returned_reason": body["form"]["reason"]})


def register() -> None:
    """Make the referral's effects known to the engine."""
    effects.register("referrals.outside", decide=inside.only_outside, project=inside.unchanged)
    effects.register("referrals.inside", decide=inside.assign_section, project=inside.assigned)
    effects.register("referrals.brigade", decide=inside.assign_brigade, project=inside.assigned)
    effects.register(
        "referrals.return_brigade",
        decide=inside.return_brigade,
        project=inside.assigned,
        ready=inside.not_with_brigade,
    )
    effects.register("referrals.release", decide=inside.release, project=inside.assigned)
    effects.register("referrals.dispatch", decide=_dispatch, project=_sent)
    effects.register("referrals.receive", decide=_stamp, project=_received)
    effects.register("referrals.feedback", decide=_answer, project=_fed_back)
    effects.register("referrals.return", decide=_stamp, project=_returned)
