"""Who receives a finding, and what its reporter hears of it (P10-S2), as a dispatcher of a command.

On a day off what is urgent goes to who is on duty (值班表); else it is for the inspector of the cell. Who
reports from the street hears before and after where it goes, above all that nobody is on duty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.patrols import queries
from gridsup.people import duty
from gridsup.people import queries as people
from gridsup.procedures.acting import Acting
from gridsup.procedures.bureau import calendar_of
from gridsup.procedures.family import legal_day
from gridsup.procedures.pack import Words


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives a finding; ``on_duty``: by the roster of that day."""

    officer_id: int | None
    on_duty: bool


def is_urgent(facts: Mapping[str, Any]) -> bool:
    """Whether a finding does not wait for the next working day."""
    return any(facts.get(name) is True for name in duty.URGENT)


def receiver(
    session: Session,
    jurisdiction_id: int,
    acting: Acting,
    facts: Mapping[str, Any],
    at: datetime,
    *,
    cell_id: int | None,
    station_id: int | None,
) -> Receiver:
    """The officer on duty for what is urgent on a day off; else the cell's responsible inspector; on patrol
    outside an assigned cell, the one who found it."""
    if is_urgent(facts):
        called = duty.on_duty(session, jurisdiction_id, at, station_id)
        if called is not None:
            return Receiver(called, on_duty=True)
    if cell_id is not None:
        owner = session.scalar(queries.cell_owner(jurisdiction_id, cell_id, legal_day(at)))
        if owner is not None:
            return Receiver(owner, on_duty=False)
    return Receiver(acting.person_id if acting.post == "inspector" else None, on_duty=False)


def told(
    session: Session,
    jurisdiction_id: int,
    facts: Mapping[str, Any],
    at: datetime,
    found: Receiver,
    *,
    by: int | None = None,
) -> Words | None:
    """Where an urgent finding goes, in words for its reporter ``by``; None where it is not urgent."""
    if not is_urgent(facts):
        return None
    name = _name(session, jurisdiction_id, found.officer_id, by)
    if found.on_duty:
        return Words(
            zh=f"紧急情况，当日休息：按值班表由值班人员{name.zh}接收。",
            en=f"Urgent, and the offices are closed that day: it goes to {name.en}, who is on duty.",
        )
    if calendar_of(session, jurisdiction_id).is_working_day(legal_day(at)):
        return Words(
            zh=f"紧急情况，当日上班：由{name.zh}接收，指挥中心同时可见。",
            en=f"Urgent, and the offices are open that day: {name.en} receives it, and the command centre "
            "sees it too.",
        )
    return Words(
        zh=f"紧急情况，但当日休息，监管所和全局都没有安排值班：由{name.zh}接收，上班前可能无人处置。"
        "请立即电话报告所长。",
        en="Urgent, but the offices are closed and nobody is on duty, not at the station nor for the bureau: "
        f"{name.en} receives it, and maybe nobody acts until the offices open. Ring the station's head now.",
    )


def _name(session: Session, jurisdiction_id: int, officer_id: int | None, by: int | None) -> Words:
    if officer_id is None:
        return Words(zh="监管所收件箱", en="the station's inbox")
    if officer_id == by:
        return Words(zh="您本人", en="you yourself")
    name = session.scalars(people.officer(jurisdiction_id, officer_id)).one().name
    return Words(zh=name, en=name)
