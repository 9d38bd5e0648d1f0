"""What stays in the bureau: assignment to a section where finder and lead are one body, and to the brigade.

工商, 质监 and 食药 have been one body since 2018: between its sections there is no 抄告 and no such clock.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.errors import Conflict, FieldFault, GridsupError, Invalid, Refused
from gridsup.people import queries as people
from gridsup.people.deputies import day_of
from gridsup.people.model import Organisation
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import clock
from gridsup.procedures.projection import Projection
from gridsup.referrals import queries
from gridsup.referrals.allocation import one_body
from gridsup.referrals.departments import catalogue

SETTING = "separate_departments"
"""Of a jurisdiction: the departments (D01…D22) that here are still bodies of their own."""


def separate_departments(session: Session, jurisdiction_id: int) -> list[str]:
    """The departments that this bureau keeps apart from itself, whatever the dated table says."""
    home = session.scalar(people.jurisdiction(jurisdiction_id))
    return list(home.settings.get(SETTING, ())) if home else []


def stays_inside(
    session: Session, jurisdiction_id: int, department: str, on: date, *, trade: str | None = None
) -> bool:
    """Whether the department and this bureau are one body on that day."""
    apart = separate_departments(session, jurisdiction_id)
    return one_body(department, on, trade=trade, separate=apart)


def _inside(d: Decision) -> bool:
    day, trade = day_of(d.effective_at), d.facts.get("trade")
    return stays_inside(d.session, d.jurisdiction_id, str(d.facts["department"]), day, trade=trade)


def trades_inside(session: Session, jurisdiction_id: int, on: date) -> list[str]:
    """Trades of penalty decisions whose permits this bureau itself gives: no copy is owed (P9-N5)."""
    rows = session.execute(queries.copies(jurisdiction_id)).mappings()
    found = []
    for name in sorted({row["trade"] for row in rows if row["trade"]}):
        known = catalogue().trade(name)
        if known and stays_inside(session, jurisdiction_id, known[0].code, on, trade=name):
            found.append(name)
    return found


def only_outside(d: Decision) -> dict[str, Any]:
    """Refuse a 抄告 between parts of one body. Raises Refused ``one-body``."""
    if _inside(d):
        name = catalogue().department(str(d.facts["department"])).name
        raise Refused(
            "one-body",
            zh="{name}现与本局为同一机关，不作抄告。请改用“内部交办股室”。",
            en="{name} and this bureau are one body today: use the assignment to a section, no 抄告.",
            name=name,
            department=d.facts["department"],
        )
    return {}


def assign_section(d: Decision) -> dict[str, Any]:
    """The section that takes the work. Raises Refused ``not-one-body``, Invalid ``section-unknown``."""
    if not _inside(d):
        raise Refused(
            "not-one-body",
            zh="{department} 现不属本局，须以抄告送达。请改用“抄告相关职能部门”。",
            en="{department} is another body today: it is told by 抄告.",
            department=d.facts["department"],
        )
    wanted = str(d.form["section"])
    known = d.session.scalars(queries.bodies(d.jurisdiction_id, "section")).all()
    found = next((one for one in known if one.code == wanted), None)
    if found is None:
        names = "、".join(f"{one.code} {one.name}" for one in known) or "—"
        zh = f"本局没有代码为“{wanted}”的股室，现有：{names}。"
        en = f"The bureau has no section “{wanted}”; it has: {names}."
        raise Invalid("section-unknown", zh=zh, en=en, faults=[FieldFault("/section", zh, en)])
    return {"organisation_id": found.id, "officer_id": None}


def assign_brigade(d: Decision) -> dict[str, Any]:
    """The inspection brigade (检查大队, P10-A2). Raises Conflict ``no-brigade``."""
    bodies = _brigades(d.session, d.jurisdiction_id, day_of(d.effective_at))
    if not bodies:
        raise Conflict(
            "no-brigade",
            zh="当日无人担任“检查大队”岗位，请先登记岗位。",
            en="Nobody holds the post of the inspection brigade on that day; register one first.",
        )
    return {"organisation_id": bodies[0]}


def return_brigade(d: Decision) -> dict[str, Any]:
    """The brigade gives the matter back. Raises Refused ``not-with-brigade``."""
    if refusal := not_with_brigade(d.session, d.jurisdiction_id, d.matter_id):
        raise refusal
    return {"organisation_id": None}


def not_with_brigade(session: Session, jurisdiction_id: int, matter_id: int, *_: str) -> GridsupError | None:
    """Why the brigade cannot give the matter back: it was not assigned to it."""
    body = session.scalar(queries.assigned_body(jurisdiction_id, matter_id))
    if body in _brigades(session, jurisdiction_id, day_of(clock())):
        return None
    return Refused(
        "not-with-brigade",
        zh="此事项没有交检查大队，不用退回。",
        en="The matter was not assigned to the inspection brigade: there is nothing to return.",
    )


def _brigades(session: Session, jurisdiction_id: int, day: date) -> list[int]:
    found = session.scalars(people.postings_on(jurisdiction_id, day, post="brigade"))
    return [one.organisation_id for one in found]


def release(d: Decision) -> dict[str, Any]:
    """Back to the inspector who is responsible for the cell now."""
    cell_id = d.matter["cell_id"]
    owner = None
    if cell_id is not None:
        query = people.assignments_on(d.jurisdiction_id, day_of(d.effective_at), cell_id=cell_id)
        owner = d.session.scalar(query)
    return {"organisation_id": None, "officer_id": owner.officer_id if owner else None}


def assigned(p: Projection, result: dict[str, Any], body: Any) -> None:
    """A section answers as a body, so nobody in person; the brigade leaves the cell's inspector in charge."""
    p.matter["assigned_org_id"] = result["organisation_id"]
    if "officer_id" in result:
        p.matter["assigned_officer_id"] = result["officer_id"]


def unchanged(p: Projection, result: dict[str, Any], body: Any) -> None:
    """A guard alone: it refuses or lets pass."""


def sections(session: Session, jurisdiction_id: int) -> list[Organisation]:
    """The bureau's sections in service, by code."""
    return list(session.scalars(queries.bodies(jurisdiction_id, "section")))
