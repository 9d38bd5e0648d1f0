"""An urgent command on a day off (P10-S2): it goes to who is on duty (值班表), who receives it in person.

``duty_officer``, a fact of the matter, names that officer from the command on. It is gone once somebody else
receives the command, once it is withdrawn, or once who received it does no patrol: the ordinary way holds.
"""

from __future__ import annotations

from typing import Any

from gridsup.people import duty, queries
from gridsup.people.deputies import day_of
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection

FACT = "duty_officer"


def _called(d: Decision) -> dict[str, Any]:
    """Who is on duty at the matter's station, where the command is urgent and the offices are closed."""
    officer_id = None
    if d.form.get("urgent"):
        officer_id = duty.on_duty(d.session, d.jurisdiction_id, d.effective_at, d.matter["station_id"])
    return {"officer_id": officer_id}


def _given(p: Projection, result: dict[str, Any], body: Any) -> None:
    _forget(p)
    if result["officer_id"] is not None:
        p.matter["assigned_officer_id"] = result["officer_id"]
        p.matter["facts"] = {**p.matter["facts"], FACT: result["officer_id"]}


def _left(d: Decision) -> dict[str, Any]:
    """An inspector who was on duty goes on with what he received, as with an urgent finding; else the
    inspector who is responsible for the cell now takes it up."""
    held, person = d.facts.get(FACT), d.acting.person_id
    if held is None or (d.acting.post == "inspector" and person == held):
        return {"stays": True}
    query = queries.assignments_on(d.jurisdiction_id, day_of(d.effective_at), cell_id=d.matter["cell_id"])
    owner = d.session.scalar(query) if d.matter["cell_id"] is not None else None
    return {"stays": False, "officer_id": owner.officer_id if owner else None}


def _back(p: Projection, result: dict[str, Any], body: Any) -> None:
    if not result["stays"]:
        _forget(p)
        p.matter["assigned_officer_id"] = result["officer_id"]


def _forget(p: Projection) -> None:
    p.matter["facts"] = {name: value for name, value in p.matter["facts"].items() if name != FACT}


def register() -> None:
    """Make the two effects known to the engine."""
    effects.register("people.on_duty", decide=_called, project=_given)
    effects.register("people.off_duty", decide=_left, project=_back)
