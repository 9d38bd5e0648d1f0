"""What a paper is made of: the act that gives it, the matter as it stood then, and all that was done before.

A paper is made from events alone, as they were when the act took effect; what changes later (a name, a fact)
changes nothing on it. A draft is made from a proposal, or from the act as it would be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents import queries
from gridsup.documents.kinds import Kind, kind_of
from gridsup.errors import GridsupError, NotFound
from gridsup.people import queries as people
from gridsup.people.model import Jurisdiction, Officer
from gridsup.procedures import approvals, effects, forms, steps, store, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import Member, clock, jurisdiction_of, read_family
from gridsup.procedures.pack import Pack, Words
from gridsup.procedures.posts import POSTS
from gridsup.procedures.projection import instant

Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """An act of the family that came before: its form, when it was done, the pack that captions it."""

    matter_id: int
    seq: int
    action: str
    form: Form
    at: datetime
    pack: Pack
    photos: Sequence[Mapping[str, Any]]
    results: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature on the proposal; ``name``, such as X（代Y）, is None where nobody has signed yet."""

    post: Words
    name: str | None
    agreed: bool | None
    opinion: str
    at: datetime | None


@dataclass(slots=True)
class Source:
    """All that a paper may say, before any of it is put into words."""

    jurisdiction_id: int
    home: Jurisdiction
    name: str
    kind: Kind
    matter_id: int
    matter: Mapping[str, Any]
    pack: Pack
    act: str
    """``pack.action``, or the name of the kind where no act gives it."""
    form: Form
    facts: Form
    at: datetime
    persons: Sequence[Officer]
    deadlines: Mapping[tuple[str, int], Mapping[str, Any]]
    ancestors: Sequence[Form] = ()
    """The facts of the matters above, the nearest first."""
    before: Sequence[Said] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Kind → number of the matter's latest document of it, else of the family's."""
    signatures: Sequence[Signed] = ()
    proposed_at: datetime | None = None
    results: Mapping[str, Any] = field(default_factory=dict)
    photos: Sequence[Mapping[str, Any]] = ()
    bodies: Mapping[int, str] = field(default_factory=dict)
    bureau: Mapping[str, str | None] = field(default_factory=dict)
    named: Mapping[int, str] = field(default_factory=dict)
    """The officers that the facts name by their numbers."""
    number: str | None = None
    seq: int | None = None

    @property
    def action(self) -> str:
        return self.act.rpartition(".")[2]


def of_event(session: Session, name: str, matter_id: int, seq: int, *, number: str | None = None) -> Source:
    """The paper of an act that took effect. Raises :class:`NotFound` ``no-act-for-document``."""
    jurisdiction_id, kind = jurisdiction_of(session), kind_of(name)
    events = store.events_of(session, jurisdiction_id, matter_id)
    found = next((one for one in events if one.seq == seq and one.kind in ("act", "system")), None)
    if found is None or (kind.acts and f"{found.data['pack']}.{found.action}" not in kind.acts):
        raise no_act(kind, matter_id)
    body = json.loads(bytes(found.body))
    p = store.fold(one for one in events if one.seq <= seq)
    member = Member(matter_id, p, _pack(session, jurisdiction_id, body))
    made = _source(session, name, member, body, last=found.id)
    made.number, made.seq = number, seq
    if (approved := body["change"].get("approved")) is not None:
        _signed(session, made, member, approved)
    return made


def of_proposal(session: Session, name: str, matter_id: int, proposal: int) -> Source:
    """The paper of an act that waits for signatures, as it will print once they are given.

    Raises :class:`NotFound` ``no-act-for-document``.
    """
    jurisdiction_id, kind = jurisdiction_of(session), kind_of(name)
    events = store.events_of(session, jurisdiction_id, matter_id)
    found = next((one for one in events if one.seq == proposal and one.kind == "proposed"), None)
    if found is None or f"{found.data['pack']}.{found.action}" not in kind.acts:
        raise no_act(kind, matter_id)
    body = json.loads(bytes(found.body))
    now = clock()
    made = _ahead(session, name, matter_id, body["action"], _acting(body), body["form"], body["crew"], now)
    made.photos = body["photos"]
    member = Member(matter_id, store.fold(events), made.pack)
    _signed(session, made, member, proposal)
    return made


def of_draft(
    session: Session,
    name: str,
    matter_id: int,
    action: str,
    acting: Acting,
    form: Form,
    crew: Sequence[int] = (),
) -> Source:
    """The paper as an act would give it that nobody has proposed yet; what its form lacks stays blank."""
    return _ahead(session, name, matter_id, action, acting, form, crew, clock())


def of_fields(
    session: Session,
    name: str,
    matter_id: int,
    seq: int,
    fields: Form,
    officer_ids: Sequence[int],
    *,
    number: str | None = None,
) -> Source:
    """A paper that comes from no act of a procedure but from an event of the documents themselves."""
    jurisdiction_id = jurisdiction_of(session)
    events = store.events_of(session, jurisdiction_id, matter_id)
    found = next(one for one in events if one.seq == seq)
    p = store.fold(one for one in events if one.seq <= seq)
    member = Member(matter_id, p, _pack(session, jurisdiction_id, found.data))
    body = {
        "action": name,
        "form": fields,
        "person": None,
        "crew": list(officer_ids),
        "effective_at": found.data["effective_at"],
        "results": {},
        "photos": [],
    }
    made = _source(session, name, member, body, last=found.id)
    made.act, made.number = name, number
    return made


def _ahead(
    session: Session,
    name: str,
    matter_id: int,
    action: str,
    acting: Acting,
    form: Form,
    crew: Sequence[int],
    now: datetime,
) -> Source:
    """Take the step without writing anything: so the clocks that the paper names run as they will."""
    jurisdiction_id = jurisdiction_of(session)
    family = read_family(session, jurisdiction_id, matter_id, now)
    steps.settle(family)
    member = family.members[matter_id]
    kind = kind_of(name)
    if f"{member.pack.id}.{action}" not in kind.acts or action not in member.pack.actions:
        raise no_act(kind, matter_id)
    decision = steps.decision_of(family, member, action, acting, form, now, crew=crew)
    results = {}
    if kind.explain and kind.explain in member.pack.actions[action].effects:
        try:
            results[kind.explain] = effects.get(kind.explain).decide(decision)
        except GridsupError:  # the act itself will say what stands against it; the draft shows a blank
            results = {}
    try:
        steps.take(family, member, action, acting, form, now, crew=crew)
    except GridsupError:
        results = dict(results)
    body = {
        "action": action,
        "form": form,
        "person": acting.person_id,
        "crew": list(crew),
        "effective_at": now.isoformat(),
        "results": results,
        "photos": [],
    }
    return _source(session, name, member, body, last=None)


def _source(
    session: Session, name: str, member: Member, body: Mapping[str, Any], *, last: int | None
) -> Source:
    """``body``: the act's event, or what stands for it; ``last``: the newest event that the paper knows."""
    jurisdiction_id = jurisdiction_of(session)
    home = session.scalars(people.jurisdiction(jurisdiction_id)).one()
    action = member.pack.actions.get(body["action"])
    stated = forms.facts_of(action.form, body["form"]) if action else {}
    matter = member.p.matter
    facts = {**matter["facts"], **stated}
    people_ids = [one for one in (body["person"], *body["crew"]) if one is not None]
    told_of = [
        facts[name] for name, fact in member.pack.facts.items() if fact.get("x-officer") and facts.get(name)
    ]
    query = people.officers_by_id(jurisdiction_id, [*people_ids, *told_of])
    named = {one.id: one for one in session.scalars(query)}
    heads = session.scalars(people.organisations(jurisdiction_id, kind="bureau")).all()
    places = [one for one in (matter["station_id"], matter["assigned_org_id"]) if one is not None]
    family = session.execute(queries.family_of(jurisdiction_id, matter["root_id"])).all()
    above = {one.id: one for one in family}
    return Source(
        jurisdiction_id=jurisdiction_id,
        home=home,
        name=name,
        kind=kind_of(name),
        matter_id=member.id,
        matter=matter,
        pack=member.pack,
        act=f"{member.pack.id}.{body['action']}",
        form=body["form"],
        facts=facts,
        at=_moment(body["effective_at"]),
        persons=[named[one] for one in dict.fromkeys(people_ids) if one in named],
        deadlines=member.p.deadlines,
        ancestors=_ancestors(above, matter["parent_id"]),
        before=_before(session, jurisdiction_id, list(above), last),
        numbers={
            **_numbers(session, jurisdiction_id, list(above), last),
            **_numbers(session, jurisdiction_id, [member.id], last),
        },
        results=body["results"],
        photos=body["photos"],
        bodies=dict(session.execute(people.organisation_names(jurisdiction_id, places)).all()),
        bureau={"name": heads[0].name, "phone": heads[0].phone} if heads else {},
        named={one: named[one].name for one in told_of if one in named},
    )


def _ancestors(family: Mapping[int, Any], parent_id: int | None) -> list[Form]:
    found = []
    while parent_id is not None and parent_id in family:
        found.append(family[parent_id].facts)
        parent_id = family[parent_id].parent_id
    return found


def _before(
    session: Session, jurisdiction_id: int, matter_ids: Sequence[int], last: int | None
) -> list[Said]:
    return [
        Said(
            matter_id=one.matter_id,
            seq=one.seq,
            action=one.action,
            form=one.data["form"],
            at=one.effective_at,
            pack=_pack(session, jurisdiction_id, one.data),
            photos=one.data["photos"],
            results=one.data["results"],
        )
        for one in session.scalars(queries.acts_of(jurisdiction_id, matter_ids, until=last))
    ]


def _numbers(
    session: Session, jurisdiction_id: int, matter_ids: Sequence[int], last: int | None
) -> dict[str, str]:
    rows = session.execute(queries.numbers_of(jurisdiction_id, matter_ids, until=last))
    return {kind: number for kind, number in rows}  # noqa: C416 - rows are no pairs to mypy


def _signed(session: Session, made: Source, member: Member, proposal: int) -> None:
    """Put the signatures of a proposal, given and still due, into the source."""
    row = member.p.proposals[proposal]
    approval = member.pack.approvals[row["approval"]]
    given = approvals.signatures_of(member, proposal)
    ids = [one[who] for one in given.values() for who in ("person_id", "acting_for_id")]
    names = {
        one.id: one.name
        for one in session.scalars(people.officers_by_id(made.jurisdiction_id, filter(None, ids)))
    }
    made.proposed_at = row["proposed_at"]
    made.signatures = [
        Signed(
            post=POSTS.get(step.post) or Words(zh=step.post, en=step.post),
            name=_signer(given[index], names) if index in given else None,
            agreed=given[index]["agreed"] if index in given else None,
            opinion=given[index]["opinion"] if index in given else "",
            at=given[index]["signed_at"] if index in given else None,
        )
        for index, step in enumerate(approval.steps)
    ]


def _signer(given: Mapping[str, Any], names: Mapping[int, str]) -> str | None:
    """Who signed: X, or X（代Y） for somebody else, as a deputy (B角) or under an authority (授权代签)."""
    name, other = names.get(given["person_id"]), names.get(given["acting_for_id"])
    return f"{name}（代{other}）" if name and other else name


def _pack(session: Session, jurisdiction_id: int, body: Mapping[str, Any]) -> Pack:
    return versions.pinned(session, jurisdiction_id, body["pack"], body["pack_version"], body["pack_hash"])


def _acting(body: Mapping[str, Any]) -> Acting:
    return Acting(body["person"], body["post"], body["acting_for"], body["delegation"])


def _moment(text: str) -> datetime:
    found = instant(text)
    assert found is not None
    return found


def no_act(kind: Kind, matter_id: int) -> NotFound:
    """The refusal of a kind that nothing done so far gives."""
    return NotFound(
        "no-act-for-document",
        zh="该事项还没有办理可以形成《{title_zh}》的步骤。请先办理相应步骤。",
        en="No step of this matter gives “{title_en}” yet. Take that step first.",
        title_zh=kind.title.zh,
        title_en=kind.title.en,
        matter=matter_id,
    )
