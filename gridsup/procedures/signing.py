"""Which approvals are routine, and which may be signed for another (授权代签): ``signing.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import model_validator

from gridsup.errors import Forbidden, GridsupError, Refused
from gridsup.procedures.acting import Acting, directory
from gridsup.procedures.family import Family, Member, legal_day
from gridsup.procedures.loader import load_packs, read_yaml
from gridsup.procedures.pack import Action, Pack, Strict, Words

ORGAN_HEADS = frozenset({"bureau_head", "deputy_head", "manager"})
"""The organ's responsible persons (行政机关负责人): its head, the deputies, who is in charge of a field."""


OF_A_STATION = frozenset({"station_head"})
"""Posts whose holders sign for their own station only."""


class Ground(Strict):
    """Why an approval is, or is not, signed for another."""

    proxy: Literal["personal", "head"]
    source: str
    verified: bool = True
    title: Words
    why: Words


class Rule(Strict):
    """How one kind of approval may be signed."""

    ground: str
    routine: bool = False
    """May be approved many at once."""


class Signing(Strict):
    """``signing.yaml``; ``acts`` by ``pack.action``."""

    grounds: dict[str, Ground]
    acts: dict[str, Rule]

    @model_validator(mode="after")
    def _grounds_are_known(self) -> Signing:
        unknown = {rule.ground for rule in self.acts.values()} - set(self.grounds)
        if unknown:
            raise ValueError(f"unknown grounds: {sorted(unknown)}")
        return self


@lru_cache
def declared() -> Signing:
    """The table as shipped."""
    text = (files(__package__) / "signing.yaml").read_text(encoding="utf-8")
    return Signing.model_validate(read_yaml(text, "signing.yaml"))


def kind_of(pack: Pack, action: str) -> str:
    """``pack.action``: the name of a kind of approval."""
    return f"{pack.id}.{action}"


def approvable() -> Iterator[tuple[str, Pack, Action]]:
    """Every kind of approval of the newest procedures: its name, its procedure, its act."""
    library = load_packs()
    for pack_id in library.ids():
        pack = library.latest(pack_id)
        for name, action in pack.actions.items():
            if action.approval:
                yield kind_of(pack, name), pack, action


def routine(kind: str) -> bool:
    """Whether approvals of that kind may be signed many at once."""
    rule = declared().acts.get(kind)
    return rule is not None and rule.routine


def ground_of(pack: Pack, action: str) -> Ground | None:
    """The ground on which an act's approval is signed for another or is not; None where none is declared."""
    approval = pack.actions[action].approval
    table = declared()
    if approval and pack.approvals[approval].mode == "quorum":
        return table.grounds["collective"]
    rule = table.acts.get(kind_of(pack, action))
    return table.grounds[rule.ground] if rule else None


def personal_refusal(pack: Pack, action: str) -> Refused | None:
    """What speaks against anybody signing this act for another; None when one may be authorised."""
    ground, title = ground_of(pack, action), pack.actions[action].title
    if ground is not None and ground.proxy != "personal":
        return None
    why = (
        ground.why if ground else Words(zh="该审批种类没有规定可以代签", en="nothing declares it open to it")
    )
    return Refused(
        "signing-personal",
        zh="“{act_zh}”不能授权代签：{why_zh}（{source}）。请由本人签批，或在其休假期间由代理人（B角）办理。",
        en="“{act_en}” is not signed for another: {why_en} ({source}). The holder signs, or on leave the "
        "deputy.",
        act_zh=title.zh,
        act_en=title.en,
        why_zh=why.zh,
        why_en=why.en,
        source=ground.source if ground else "signing.yaml",
    )


def heads_for(pack: Pack, action: str, post: str) -> frozenset[str] | None:
    """Posts of which one must be held to sign this act for a holder of ``post``; None where any will do."""
    ground = ground_of(pack, action)
    return ORGAN_HEADS if ground and ground.proxy == "head" and post in ORGAN_HEADS else None


def station_refusal(family: Family, member: Member, acting: Acting, day: date) -> Forbidden | None:
    """What speaks against a head of one station signing for another's matter, whoever signs in that head's
    name; None when all is well, and for a matter of no station."""
    station_id = member.p.matter["station_id"]
    if acting.post not in OF_A_STATION or station_id is None or acting.holder_id is None:
        return None
    who, session, j = directory(), family.session, family.jurisdiction_id
    bodies = who.organisations(session, j, acting.holder_id, acting.post, day)
    if who.belongs(session, j, bodies, station_id):
        return None
    return Forbidden(
        "other-station",
        zh="这件呈批属于其他监管所，由该所所长签批。",
        en="This proposal belongs to another station; its own head signs.",
        station_id=station_id,
    )


def authority_refusal(
    family: Family, member: Member, action: str, acting: Acting, at: datetime
) -> GridsupError | None:
    """What speaks against signing for another under an authority (授权代签); None when all is well.

    The kind must be open to it; the authority must be in force now, from that person to this one, in
    that post and for this kind; and who signs must have no part of their own in the family of the matter:
    nobody approves in another's name what passed through their own hands (reviewer ≠ handler, patrol ≠
    enforcement).
    """
    pack = member.pack
    if refusal := personal_refusal(pack, action):
        return refusal
    title = pack.actions[action].title
    why = directory().outside_authority(
        family.session,
        family.jurisdiction_id,
        acting,
        kind_of(pack, action),
        heads_for(pack, action, acting.post),
        {legal_day(at), legal_day(family.now)},
    )
    if why is not None:
        return Refused(
            "outside-authority",
            zh="不能凭授权代签 {letter} 签批“{act_zh}”：{why_zh}。",
            en="Authority {letter} does not carry a signature under “{act_en}”: {why_en}.",
            letter=why.letter,
            act_zh=title.zh,
            act_en=title.en,
            why_zh=why.zh,
            why_en=why.en,
        )
    if acting.person_id in family.doers(None):
        return Refused(
            "signer-took-part",
            zh="您经办过本案的步骤，不得代他人签批“{act_zh}”。请由授权人本人签批，或授权未经办本案的人员。",
            en="You did a step of this case, so you do not sign “{act_en}” for another. The holder signs, or "
            "authorises somebody who had no part in it.",
            act_zh=title.zh,
            act_en=title.en,
        )
    return None
