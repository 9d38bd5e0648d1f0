"""Why somebody who signs in may do nothing: no post, or a post under a letter that carries nothing today."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from gridsup.people import bodies, delegations, queries
from gridsup.people.deputies import DELEGATES, NEEDS_DELEGATION
from gridsup.people.model import Delegation
from gridsup.procedures.pack import Words


def reasons(session: Session, jurisdiction_id: int, officer_id: int, day: date) -> list[Words]:
    """What an officer without any capacity on ``day`` is told, and what to do about it (P8-D2)."""
    held = session.scalars(queries.postings_on(jurisdiction_id, day, officer_id=officer_id)).all()
    if not held:
        return [
            Words(
                zh="您今天没有任职岗位。请联系人员管理员登记岗位。",
                en="You hold no post today. Ask the keeper of the register of people for one.",
            )
        ]
    kinds = bodies.kinds(session, jurisdiction_id)
    delegates = {
        one.organisation_id
        for one in held
        if one.post in NEEDS_DELEGATION and kinds[one.organisation_id] in DELEGATES
    }
    names = bodies.named(session, jurisdiction_id, delegates)
    letters = session.scalars(queries.delegations(jurisdiction_id)).all()
    return [
        reason
        for body in sorted(delegates)
        for reason in _of_body(names[body], [one for one in letters if one.delegate_id == body], day)
    ]


def _of_body(name: Words, letters: list[Delegation], day: date) -> list[Words]:
    if not letters:
        return [
            Words(
                zh=f"本局尚未与{name.zh}签订委托书，巡查监管和执法岗位暂不能办理。请联系本局法规股。",
                en=f"There is no delegation letter for {name.en} yet, so nothing can be done there. "
                "Ask the bureau's legal section.",
            )
        ]
    found = ((one.number, delegations.not_in_force(one, day)) for one in letters[:3])
    return [
        Words(zh=f"委托书 {number}：{said.zh}。", en=f"Letter {number}: {said.en}.")
        for number, said in found
        if said is not None
    ]
