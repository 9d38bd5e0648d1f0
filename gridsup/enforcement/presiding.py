"""Who presides over a hearing (听证主持人): named with it, apart from the case, alone to end it (APL-64)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import local_day
from gridsup.enforcement import guards, queries
from gridsup.enforcement.separation import HANDLED
from gridsup.errors import Conflict, FieldFault, Refused
from gridsup.people import queries as people
from gridsup.procedures.acting import directory
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection

FACT, POST = "hearing_president", "legal"


def fit(d: Decision) -> None:
    """Who is to preside reviews cases, has stepped aside in nothing, and handled nothing of this one.

    Raises :class:`Refused` ``president-not-fit`` with the reason beside the field.
    """
    person = int(d.form[FACT])
    if (fault := _unfit(d, person)) is None:
        return
    name = directory().names(d.session, d.jurisdiction_id, frozenset({person})).get(person, f"#{person}")
    zh, en = fault
    raise Refused(
        "president-not-fit",
        zh="{name}不能主持本案听证：{why_zh}。请另选一名法制审核人员。",
        en="{name} cannot preside over this hearing: {why_en}. Choose another reviewer.",
        faults=[FieldFault(f"/{FACT}", f"{zh}。请另选。", f"{en[0].upper()}{en[1:]}. Choose another.")],
        name=name,
        why_zh=zh,
        why_en=en,
    )


def _unfit(d: Decision, person: int) -> tuple[str, str] | None:
    day = local_day(d.effective_at)
    held = people.postings_on(d.jurisdiction_id, day, officer_id=person, post=POST)
    if d.session.scalars(held).first() is None:
        return "当日不在法制审核岗位，无权办理听证", "holds no post of a reviewer that day"
    if person in set(d.facts.get("recused") or ()):
        return "已在本案中回避", "has stepped aside in this case"
    business = d.matter["subject_id"] if d.matter.get("subject_kind") == "business" else None
    query = queries.doers_in_chain(d.jurisdiction_id, d.matter["root_id"], business, list(HANDLED))
    for row in d.session.execute(query):
        if person in {row.person_id, row.acting_for_id, *row.crew}:
            done = HANDLED[row.action]
            return (
                f"在事项 #{row.matter_id} 中办理过“{done.zh}”，主持人须是非本案调查人员",
                f"{done.en} in matter #{row.matter_id}; who presides did not handle the case",
            )
    return None


def named(d: Decision) -> None:
    """The party is told who presides, and may object. Raises :class:`Conflict` ``no-president``."""
    if d.facts.get(FACT) is None:
        raise _nobody()


def told_whether_named(session: Session, jurisdiction_id: int, matter_id: int, *_: str) -> Conflict | None:
    """What :func:`named` asks, before anybody fills the form in."""
    matter = session.scalars(queries.matter(jurisdiction_id, matter_id)).one()
    return _nobody() if matter.facts.get(FACT) is None else None


def _nobody() -> Conflict:
    return Conflict(
        "no-president",
        zh="尚未指定听证主持人（或原主持人已回避）。请先办理“指定（更换）听证主持人”。",
        en="Nobody presides over the hearing yet, or who did stepped aside. Take “Name who presides” first.",
    )


def presides(d: Decision) -> None:
    """Whoever presides ends the hearing, and not before its day.

    Raises :class:`Conflict` ``no-president``, :class:`Refused` ``not-the-president``, ``hearing-not-yet``.
    """
    named(d)
    president = int(d.facts[FACT])
    if president not in d.persons:
        name = directory().names(d.session, d.jurisdiction_id, frozenset({president}))[president]
        raise Refused(
            "not-the-president",
            zh="本次听证由{name}主持，由其结束听证；不能主持的，请先办理“指定（更换）听证主持人”。",
            en="{name} presides over this hearing and ends it. Where that is not possible, take “Name who "
            "presides” first.",
            name=name,
        )
    held = local_day(datetime.fromisoformat(d.matter["milestones"]["hearing_held"]))
    if local_day(d.effective_at) < held:
        raise Refused(
            "hearing-not-yet",
            zh="听证定于 {day} 举行，该日之前不能记为已举行或当事人缺席。"
            "当事人撤回要求的，请办理“当事人撤回听证要求”；改期的，请办理“听证延期”。",
            en="The hearing is on {day}; before that it was neither held nor missed. If the party withdraws, "
            "take that step; to change the day, postpone it.",
            day=held.isoformat(),
        )


def recused(d: Decision) -> dict[str, Any]:
    """Who steps aside presides no longer."""
    found = guards.recuse(d)
    return {**found, "president_gone": True} if d.facts.get(FACT) == int(d.form["officer_id"]) else found


def stepped_aside(p: Projection, result: dict[str, Any], body: Any) -> None:
    """The facts after a recusal: nobody is named any more where it was who presides."""
    kept = {**p.matter["facts"], **result["facts"]}
    p.matter["facts"] = {k: v for k, v in kept.items() if k != FACT or "president_gone" not in result}
