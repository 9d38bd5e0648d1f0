"""Approvals (呈批): a proposal, its signatures, and the moment when it takes effect once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridsup.errors import Conflict, FieldFault, Forbidden, GridsupError, Invalid, NotFound, Refused
from gridsup.procedures import effects, forms, steps
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Photo, condition_refusal
from gridsup.procedures.family import Family, Member, legal_day
from gridsup.procedures.pack import Approval
from gridsup.procedures.rights import duty_refusal, post_refusal, separation_refusal
from gridsup.procedures.signing import authority_refusal, station_refusal
from gridsup.procedures.store import EVENTS

Body = dict[str, Any]


def propose(
    family: Family,
    member: Member,
    name: str,
    acting: Acting,
    form: Mapping[str, Any],
    at: datetime,
    *,
    crew: Sequence[int],
    photos: Sequence[Photo],
) -> Body:
    """Record the act as a proposal; it changes nothing until it is signed.

    What would be refused in the end is refused now, before anybody signs.
    """
    effects.judge(
        member.pack.actions[name].effects,
        steps.decision_of(family, member, name, acting, form, at, crew=crew, photos=photos),
    )
    return family.record(
        member,
        kind="proposed",
        action=name,
        acting=acting,
        effective_at=at,
        form=form,
        change={"proposal": {"approval": member.pack.actions[name].approval}},
        crew=crew,
        photos=photos,
    )


def open_steps(approval: Approval, signed: Mapping[int, Any]) -> list[int]:
    """The steps that may be signed now: the next one of a chain, any free one otherwise."""
    free = [i for i in range(len(approval.steps)) if i not in signed]
    return free[:1] if approval.mode == "chain" else free


def signatures_of(member: Member, seq: int) -> dict[int, dict[str, Any]]:
    """Step → signature of one proposal."""
    return {step: row for (proposal, step), row in member.p.signatures.items() if proposal == seq}


def sign_refusal(
    family: Family, member: Member, seq: int, acting: Acting, at: datetime
) -> GridsupError | int:
    """The step that this person may sign, or what speaks against it."""
    proposal = member.p.proposals[seq]
    approval = member.pack.approvals[proposal["approval"]]
    signed = signatures_of(member, seq)
    steps_ = open_steps(approval, signed)
    posts = list(dict.fromkeys(approval.steps[i].post for i in steps_))
    if refusal := post_refusal(family, acting, posts, legal_day(at), signing=True):
        return refusal
    if refusal := station_refusal(family, member, acting, legal_day(at)):
        return refusal
    if acting.authority_id is not None and (
        refusal := authority_refusal(family, member, proposal["action"], acting, at)
    ):
        return refusal
    proposers = {proposal["person_id"], proposal["acting_for_id"], *original(family, member, seq)["crew"]}
    if acting.persons & proposers:
        return Forbidden(
            "own-proposal",
            zh="呈批人及其代理、同行人员不得签批自己的呈批。",
            en="Nobody signs a proposal of their own, nor for whom they proposed or with whom they acted.",
        )
    before = {p for row in signed.values() for p in (row["person_id"], row["acting_for_id"])}
    if acting.persons & before:
        return Refused("signed-already", zh="您已签批过此呈批。", en="You have signed this proposal already.")
    step = next(i for i in steps_ if approval.steps[i].post == acting.post)
    if refusal := separation_refusal(family, approval.steps[step].not_by, acting.persons):
        return refusal
    action = member.pack.actions.get(proposal["action"])
    if action is None:
        return step
    decision = steps.decision_of(family, member, proposal["action"], acting, proposal["form"], at)
    return effects.against_signer(action.effects, decision) or step


def sign(
    family: Family, member: Member, seq: int, acting: Acting, *, agreed: bool, opinion: str, at: datetime
) -> Body:
    """One signature. The last one needed lets the proposal take effect; its event is returned then.

    Raises :class:`NotFound` ``no-proposal``, :class:`Conflict` ``proposal-settled``, and what
    :func:`sign_refusal` names; :class:`Invalid` ``opinion-missing`` for a refusal without a reason.
    """
    proposal = _open_proposal(member, seq)
    step = sign_refusal(family, member, seq, acting, at)
    if isinstance(step, GridsupError):
        raise step
    if not agreed and not opinion.strip():
        raise Invalid(
            "opinion-missing",
            zh="不同意须写明意见。",
            en="Say why you do not agree.",
            faults=[FieldFault("/opinion", "请填写意见。", "Give your opinion.")],
        )
    approval = member.pack.approvals[proposal["approval"]]
    verdicts = {i: row["agreed"] for i, row in signatures_of(member, seq).items()} | {step: agreed}
    outcome = _outcome(approval, verdicts)
    change: Body = {"signature": {"proposal": seq, "step": step, "agreed": agreed, "opinion": opinion}}
    if outcome is False:
        change["settled"] = [[seq, "refused"]]
    body = family.record(
        member, kind="signed", action=proposal["action"], acting=acting, effective_at=at, change=change
    )
    return _carry_out(family, member, seq, at) if outcome else body


def _outcome(approval: Approval, verdicts: Mapping[int, bool]) -> bool | None:
    """True when enough have agreed, False when that can no longer be, None while it is open."""
    total, need = len(approval.steps), needed(approval)
    agreed = sum(verdicts.values())
    if agreed >= need:
        return True
    return False if total - (len(verdicts) - agreed) < need else None


def needed(approval: Approval) -> int:
    """How many must agree."""
    total = len(approval.steps)
    return (approval.quorum or total) if approval.mode == "quorum" else total


def _open_proposal(member: Member, seq: int) -> dict[str, Any]:
    proposal = member.p.proposals.get(seq)
    if proposal is None:
        raise NotFound("no-proposal", zh="没有这份呈批。", en="There is no such proposal.", seq=seq)
    if proposal["state"] != "open":
        raise Conflict(
            "proposal-settled",
            zh="这份呈批已有结果（{state}）。",
            en="This proposal is settled already ({state}).",
            state=proposal["state"],
        )
    return proposal


def original(family: Family, member: Member, seq: int) -> Body:
    """The body of the event that proposed: who, in which post, with whom, with which form."""
    stored = family.session.execute(
        select(EVENTS.c.body).where(
            EVENTS.c.jurisdiction_id == family.jurisdiction_id,
            EVENTS.c.matter_id == member.id,
            EVENTS.c.seq == seq,
        )
    ).scalar_one()
    body: Body = json.loads(bytes(stored))
    return body


def _carry_out(family: Family, member: Member, seq: int, at: datetime) -> Body:
    """The proposed act takes effect, under the proposer's name, at the time of the last signature."""
    body = original(family, member, seq)
    name, form = body["action"], body["form"]
    action = member.pack.actions[name]
    if refusal := condition_refusal(
        member.pack, action, {**member.p.matter["facts"], **forms.facts_of(action.form, form)}
    ):
        raise refusal
    if refusal := duty_refusal(family, member, action, _persons(body), at):
        raise refusal
    acting = Acting(body["person"], body["post"], body["acting_for"], body["delegation"])
    return steps.take(
        family,
        member,
        name,
        acting,
        form,
        at,
        crew=body["crew"],
        photos=body["photos"],
        approved=seq,
    )


def _persons(body: Mapping[str, Any]) -> set[int]:
    return {p for p in (body["person"], body["acting_for"], *body["crew"]) if p is not None}
