"""An urgent command on a day off (P10-S2): it goes to who is on duty (值班表), who receives it in person.

``duty_officer``, a fact of the matter, names that officer from the command on. It is gone once somebody else
receives the command, once it is withdrawn, or once who received it does no patrol: the ordinary way holds.
Whoever gives the command hears before and after where it goes, above all that nobody is on duty.
"""

from __future__ import annotations

from typing import Any

from gridsup.errors import Refused
from gridsup.people import duty, queries
from gridsup.people.deputies import day_of
from gridsup.procedures import effects
from gridsup.procedures.bureau import calendar_of
from gridsup.procedures.effects import Decision
from gridsup.procedures.pack import Words
from gridsup.procedures.projection import Projection

FACT = "duty_officer"


def _called(d: Decision) -> dict[str, Any]:
    """Who is on duty at the matter's station, where the command is urgent and the offices are closed."""
    officer_id = _officer(d)
    if (told := _goes_to(d, officer_id)) is None:
        return {"officer_id": officer_id}
    return {"officer_id": officer_id, "lines": {"zh": [told.zh], "en": [told.en]}, "open": True}


def _officer(d: Decision) -> int | None:
    if not d.form.get("urgent"):
        return None
    return duty.on_duty(d.session, d.jurisdiction_id, d.effective_at, d.matter["station_id"])


def _goes_to(d: Decision, officer_id: int | None) -> Words | None:
    """Where an urgent command goes, in words; None where it is not urgent."""
    if not d.form.get("urgent"):
        return None
    if officer_id is not None:
        name = d.session.scalars(queries.officer(d.jurisdiction_id, officer_id)).one().name
        return Words(
            zh=f"今天休息，按值班表送达值班人员{name}，由其本人签收。",
            en=f"The offices are closed: it goes to {name}, who is on duty and receives it in person.",
        )
    if calendar_of(d.session, d.jurisdiction_id).is_working_day(day_of(d.effective_at)):
        return Words(
            zh="今天上班，按常规送达监管所，由所长或综合组签收。",
            en="The offices are open: it goes to the station, whose head or general group receives it.",
        )
    return Words(
        zh="今天休息，监管所和全局都没有安排值班：指令送达监管所收件箱，上班前可能无人签收。"
        "请电话通知所长，或者先在“指挥 → 值班表”安排值班后再下达。",
        en="The offices are closed and nobody is on duty, not at the station nor for the bureau: it waits "
        "in the station's inbox, maybe until the offices open. Ring the station's head, or put somebody on "
        "duty first (指挥 → 值班表).",
    )


def _heed(d: Decision) -> Refused | None:
    """What :func:`_called` will do with the command, told while it is written."""
    told = _goes_to(d, _officer(d))
    return Refused("urgent-goes-to", zh=told.zh, en=told.en) if told else None


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
    effects.register("people.on_duty", decide=_called, project=_given, heed=_heed)
    effects.register("people.off_duty", decide=_left, project=_back)
