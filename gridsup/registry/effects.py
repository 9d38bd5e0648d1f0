"""What a matter's acts do to the register: the ledger follows each act, a licence ends its lack."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gridsup.codes import Uscc, parse_registration
from gridsup.errors import Conflict, FieldFault, GridsupError, Invalid
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection
from gridsup.registry.model import Business, Premises, RegistryEvent

CHINA = ZoneInfo("Asia/Shanghai")


def _business(session: Session, jurisdiction_id: int, business_id: int) -> tuple[Business, Premises]:
    """The business and its premises. The matter names it, so it exists: rows here are never deleted."""
    row = session.execute(
        select(Business, Premises)
        .join(
            Premises,
            (Premises.jurisdiction_id == Business.jurisdiction_id) & (Premises.id == Business.premises_id),
        )
        .where(Business.jurisdiction_id == jurisdiction_id, Business.id == business_id)
    ).one()
    return row[0], row[1]


def _dispose(d: Decision) -> dict[str, Any]:
    """The six columns of the ledger (P10-D4), from what the forms said, else from the register."""
    business, premises = _business(d.session, d.jurisdiction_id, d.matter["subject_id"])
    found = d.matter["milestones"].get("finding_made")
    opened = d.facts.get("opened_on") or (business.opened_on.isoformat() if business.opened_on else None)
    return {
        "matter_id": d.matter_id,
        "business_id": business.id,
        "operator_name": d.facts.get("operator_name") or business.operator_name,
        "scope": d.facts.get("scope") or business.scope,
        "address": d.facts.get("address") or premises.address,
        "opened_on": opened,
        "pre_approval": d.facts.get("pre_approval"),
        "source": d.facts.get("source", "patrol"),
        "outside_number": d.facts.get("outside_number"),
        "found_on": (found or d.effective_at.astimezone(CHINA).isoformat())[:10],
    }


def _disposed(p: Projection, result: dict[str, Any], body: Any) -> None:
    ended = body["change"].get("ended")
    values = {name: value for name, value in result.items() if name != "matter_id"}
    values["found_on"] = date.fromisoformat(result["found_on"])
    values["opened_on"] = date.fromisoformat(result["opened_on"]) if result["opened_on"] else None
    values["disposal"] = body["to"]
    values["closed_on"] = date.fromisoformat(body["effective_at"][:10]) if ended else None
    p.put("ledger_entries", {"matter_id": result["matter_id"]}, values)


def _license_found(d: Decision) -> dict[str, Any]:
    """Match the operator with the licence it obtained: the household becomes a licensed one (P10-S1)."""
    business, _ = _business(d.session, d.jurisdiction_id, d.matter["subject_id"])
    try:
        parsed = parse_registration(d.form["licence_no"])
    except GridsupError as error:
        fault = FieldFault("/licence_no", error.text("zh"), error.text("en"))
        raise Invalid(
            "licence-number-invalid",
            zh="证照号码不正确，请核对后再填。",
            en="The licence number is not valid; check it and enter it again.",
            faults=[fault],
        ) from error
    column, code = ("uscc" if isinstance(parsed, Uscc) else "registration_no"), parsed.code
    holder = d.session.execute(
        select(Business.id, Business.name).where(
            Business.jurisdiction_id == d.jurisdiction_id,
            getattr(Business, column) == code,
            Business.status != "merged",
            Business.id != business.id,
        )
    ).first()
    if holder is not None:
        raise Conflict(
            "licence-held-by-another",
            zh="该证照号码已登记在“{name}”名下。若为同一户，请先在“一户一档”中合并。",
            en="This licence number belongs to “{name}”. If it is the same household, merge the two first.",
            name=holder.name,
            business=holder.id,
        )
    before = {"licence_status": business.licence_status, column: getattr(business, column)}
    after = {"licence_status": "valid", column: code}
    d.session.execute(
        update(Business)
        .where(Business.jurisdiction_id == d.jurisdiction_id, Business.id == business.id)
        .values(**after, version=Business.version + 1, updated_at=d.now)
    )
    d.session.add(
        RegistryEvent(
            jurisdiction_id=d.jurisdiction_id,
            business_id=business.id,
            verb="licensed",
            officer_id=d.acting.person_id,
            at=d.now,
            before=before,
            after=after,
        )
    )
    return {"business_id": business.id, column: code}


def _unchanged(p: Projection, result: dict[str, Any], body: Any) -> None:
    """The licence stands in the register's own row and history; the matter's projections do not change."""


def register() -> None:
    """Make the register's effects known to the engine."""
    effects.register("registry.dispose", decide=_dispose, project=_disposed)
    effects.register("registry.license_found", decide=_license_found, project=_unchanged)
