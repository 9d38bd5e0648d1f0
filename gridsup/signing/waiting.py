"""待批: the proposals that wait for a person's signature, and the standing in which that person signs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.errors import GridsupError, Refused
from gridsup.procedures import approvals, engine, signing, store, versions, views
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer
from gridsup.procedures.family import Family, Member, clock, jurisdiction_of
from gridsup.signing import queries


@dataclass(frozen=True, slots=True)
class Signer:
    """A standing in which somebody may sign. ``stations``: only their matters are worth reading; None: the
    whole bureau's. Whether it may be signed is the engine's to say."""

    acting: Acting
    stations: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """A proposal that waits, the matter as it stands now, and in which standing it may be signed."""

    family: Family
    member: Member
    seq: int
    acting: Acting

    @property
    def row(self) -> dict[str, Any]:
        return self.member.p.proposals[self.seq]

    @property
    def kind(self) -> str:
        return signing.kind_of(self.member.pack, self.row["action"])


@dataclass(frozen=True, slots=True)
class Approve:
    """One of several approvals given at once."""

    matter_id: int
    proposal: int
    expected_version: int
    acting: Acting


def proposals(
    session: Session,
    signers: Sequence[Signer],
    *,
    org_ids: Collection[int] | None = None,
    now: datetime | None = None,
) -> list[Waits]:
    """What one of ``signers`` may sign now, the soonest due first. ``org_ids``: see ``queries``."""
    jurisdiction_id, now = jurisdiction_of(session), now or clock()
    rows = session.execute(queries.open_proposals(jurisdiction_id, org_ids)).all()
    loaded = store.load(session, jurisdiction_id, sorted({one[0] for one in rows})) if rows else {}
    read: dict[int, tuple[Family, Member]] = {}
    found = []
    for matter_id, seq in rows:
        posts = _posts_now(session, jurisdiction_id, loaded[matter_id], seq)
        if not any(_near(one, posts, loaded[matter_id].matter["station_id"]) for one in signers):
            continue  # nothing more is read for what waits for others
        if matter_id not in read:
            read[matter_id] = views.read(session, matter_id, now=now)
        family, member = read[matter_id]
        acting = signer_of(family, member, seq, signers)
        if acting is not None:
            found.append(Waits(family, member, seq, acting))
    return found


def signer_of(family: Family, member: Member, seq: int, signers: Sequence[Signer]) -> Acting | None:
    """The first standing in which the open proposal may be signed now."""
    row = member.p.proposals.get(seq)
    if row is None or row["state"] != "open":
        return None
    for one in signers:
        if isinstance(approvals.sign_refusal(family, member, seq, one.acting, family.now), int):
            return one.acting
    return None


def approve_many(
    session: Session, asked: Sequence[Approve], opinion: str, key: str, *, now: datetime | None = None
) -> list[Answer | GridsupError]:
    """Approve several routine proposals; each stands or falls by itself, in the order asked.

    A kind that is not declared routine comes back as :class:`Refused` ``not-routine``, named.
    """
    jurisdiction_id = jurisdiction_of(session)
    engine.lock_roots(session, jurisdiction_id, [one.matter_id for one in asked])
    return [_approve(session, jurisdiction_id, one, opinion, key, now) for one in asked]


def _approve(
    session: Session, jurisdiction_id: int, one: Approve, opinion: str, key: str, now: datetime | None
) -> Answer | GridsupError:
    try:
        if refusal := _not_routine(session, jurisdiction_id, one):
            return refusal
        return engine.sign(
            session,
            one.matter_id,
            one.proposal,
            one.acting,
            agreed=True,
            opinion=opinion,
            key=f"{key}:{one.matter_id}:{one.proposal}",
            expected_version=one.expected_version,
            now=now,
        )
    except GridsupError as refusal:
        return refusal


def _not_routine(session: Session, jurisdiction_id: int, one: Approve) -> Refused | None:
    p = store.load(session, jurisdiction_id, [one.matter_id]).get(one.matter_id)
    if p is None or one.proposal not in p.proposals:
        return None  # the door says so
    m = p.matter
    pack = versions.pinned(session, jurisdiction_id, m["pack"], m["pack_version"], m["pack_hash"])
    action = p.proposals[one.proposal]["action"]
    if signing.routine(signing.kind_of(pack, action)):
        return None
    title = pack.actions[action].title
    return Refused(
        "not-routine",
        zh="“{pack_zh}·{act_zh}”不是例行审批，须逐件审阅签批。",
        en="“{pack_en}: {act_en}” is no routine approval: read and sign it by itself.",
        pack_zh=pack.title.zh,
        pack_en=pack.title.en,
        act_zh=title.zh,
        act_en=title.en,
    )


def _posts_now(session: Session, jurisdiction_id: int, p: Any, seq: int) -> set[str]:
    """The posts that may sign the proposal now."""
    m, row = p.matter, p.proposals[seq]
    pack = versions.pinned(session, jurisdiction_id, m["pack"], m["pack_version"], m["pack_hash"])
    approval = pack.approvals[row["approval"]]
    signed = {step: each for (proposal, step), each in p.signatures.items() if proposal == seq}
    return {approval.steps[step].post for step in approvals.open_steps(approval, signed)}


def _near(one: Signer, posts: set[str], station: int | None) -> bool:
    here = one.stations is None or station is None or station in one.stations
    return one.acting.post in posts and here


def opinions(member: Member, action: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every signature so far on proposals of that act, returned ones too: ``(proposal, signature)``."""
    for (seq, _), one in sorted(member.p.signatures.items(), key=lambda item: item[1]["signed_at"]):
        if member.p.proposals[seq]["action"] == action:
            yield member.p.proposals[seq], one
