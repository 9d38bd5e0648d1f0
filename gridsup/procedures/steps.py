"""Taking a step: what an action decides, written as one event, and what follows from it by itself.

Everything impure happens here and is put into the event's ``change`` and ``results``; the fold only
copies it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gridsup.procedures import clocks, effects, forms, hashing, store, versions
from gridsup.procedures.acting import CLOCKWORK, Acting
from gridsup.procedures.conditions import evaluate
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import Family, Member, legal_day
from gridsup.procedures.pack import Action, Opens, Pack
from gridsup.procedures.projection import HEADER, Projection
from gridsup.procedures.rights import waiver

Body = dict[str, Any]
INHERITED = tuple(name for name in HEADER if name not in ("number", "assigned_officer_id", "assigned_org_id"))
"""What a child takes over from its parent's header."""


def take(
    family: Family,
    member: Member,
    name: str,
    acting: Acting,
    form: Mapping[str, Any],
    at: datetime,
    *,
    crew: Iterable[int] = (),
    fired: str | None = None,
    approved: int | None = None,
    opening: Mapping[str, Any] | None = None,
    photos: Iterable[Mapping[str, Any]] = (),
) -> Body:
    """Let action ``name`` take effect on ``member`` at ``at``, and settle what follows from it.

    ``fired`` is the clock whose due instant brings the action about; ``approved`` the proposal that it
    carries out; ``opening`` the header of a matter that this action opens. The door has judged before;
    nothing here refuses but an effect or a rule table without a row for the day.
    """
    action, pack, p = member.pack.actions[name], member.pack, member.p
    facts = forms.facts_of(action.form, form)
    milestones = _milestones(action, form, at, opening)
    before = dict(opening["facts"]) if opening else p.matter["facts"]
    to = action.to or member.state
    state = pack.states[to]
    intervals = _intervals(p, action, at)
    step = clocks.Step(
        pack=pack,
        jurisdiction_id=family.jurisdiction_id,
        at=at,
        now=family.now,
        before=before,
        facts={**before, **facts},
        milestones=milestones,
        intervals=intervals,
        ended=state.end,
        calendar=family.calendar,
        tables=family.tables,
        extends=_extension(action, acting, form),
        fired=fired,
    )
    change: dict[str, Any] = {
        "facts": facts,
        "milestones": milestones,
        "intervals": intervals,
        "clocks": clocks.changes(p, step),
        "waits_for": state.waits_for,
        "lane": state.column,
    }
    if state.end:
        change |= {"ended": True, "outcome": action.outcome}
    if opening:
        change["opening"] = dict(opening)
    if approved is not None:
        change["approved"] = approved
    crew, photos = tuple(crew), tuple(photos)
    if waived := waiver(family, member, action, acting.persons | frozenset(crew), at):
        change["waived"] = waived
    change["settled"] = _settled_proposals(member, to, state.end, approved)
    results: dict[str, Any] = {}
    if family.writes:
        decision = decision_of(
            family, member, name, acting, form, at, crew=crew, opening=opening, photos=photos
        )
        effects.judge(action.effects, decision)
        results = {effect: effects.get(effect).decide(decision) for effect in action.effects}
    children = _make_children(family, member, action, step.facts, milestones, at)
    change["children"] = [child.id for child, _ in children]
    body = family.record(
        member,
        kind="act" if acting.person_id is not None else "system",
        action=name,
        acting=acting,
        effective_at=at,
        to=to,
        form=form,
        change=change,
        results=results,
        crew=crew,
        photos=photos,
    )
    for child, header in children:
        start = child.pack.actions[child.pack.opening].form
        take(
            family,
            child,
            child.pack.opening,
            acting,
            _form_from_facts(start, header["facts"]),
            at,
            crew=crew,
            opening=header,
        )
    if state.end:
        react(family, member, at)
    return body


def _milestones(
    action: Action, form: Mapping[str, Any], at: datetime, opening: Mapping[str, Any] | None
) -> dict[str, str]:
    """Milestones reached by this act → their instants, in the order in which they count."""
    reached = dict(opening["milestones"]) if opening else {}
    reached |= {name: hashing.iso(at) for name in action.marks}
    return reached | {
        name: hashing.iso(when) for name, when in forms.milestones_of(action.form, form).items()
    }


def _intervals(p: Projection, action: Action, at: datetime) -> list[list[str]]:
    """Spans that begin or end now; what is open already does not begin again."""
    changes = []
    opened = {name for name, spans in p.matter["intervals"].items() if spans and spans[-1][1] is None}
    if action.closes_interval in opened:
        changes.append([str(action.closes_interval), "close", hashing.iso(at)])
    if action.opens_interval and action.opens_interval not in opened - {action.closes_interval}:
        changes.append([action.opens_interval, "open", hashing.iso(at)])
    return changes


def _extension(action: Action, acting: Acting, form: Mapping[str, Any]) -> clocks.Extending | None:
    if action.extends is None:
        return None
    return clocks.Extending(action.extends, by=action.approval or acting.post, term=form.get("term"))


def _settled_proposals(member: Member, to: str, ended: bool, approved: int | None) -> list[list[Any]]:
    """The proposal that takes effect, and those that the new state leaves without ground."""
    settled: list[list[Any]] = []
    for proposal in member.p.open_proposals():
        if proposal["seq"] == approved:
            settled.append([approved, "effective"])
        elif ended or to not in member.pack.actions[proposal["action"]].from_:
            settled.append([proposal["seq"], "lapsed"])
    return settled


def decision_of(
    family: Family,
    member: Member,
    name: str,
    acting: Acting,
    form: Mapping[str, Any],
    at: datetime,
    *,
    crew: Iterable[int] = (),
    opening: Mapping[str, Any] | None = None,
    photos: Sequence[Mapping[str, Any]] = (),
) -> Decision:
    """What the effects of action ``name`` are told."""
    known = dict(opening["facts"]) if opening else member.p.matter["facts"]
    return Decision(
        session=family.session,
        jurisdiction_id=family.jurisdiction_id,
        matter_id=member.id,
        matter={"milestones": {}, **member.p.matter, **(opening or {})},
        facts={**known, **forms.facts_of(member.pack.actions[name].form, form)},
        action=name,
        form=form,
        acting=acting,
        effective_at=at,
        now=family.now,
        persons=acting.persons | frozenset(crew),
        photos=photos,
    )


def _make_children(
    family: Family,
    member: Member,
    action: Action,
    facts: Mapping[str, Any],
    milestones: Mapping[str, str],
    at: datetime,
) -> list[tuple[Member, dict[str, Any]]]:
    if not family.writes:
        return []
    reached = {**member.p.matter["milestones"], **milestones}
    return [_make_child(family, member, opens, facts, reached, at) for opens in action.opens]


def _make_child(
    family: Family,
    member: Member,
    opens: Opens,
    facts: Mapping[str, Any],
    reached: Mapping[str, str],
    at: datetime,
) -> tuple[Member, dict[str, Any]]:
    pack, pack_hash = versions.in_force(family.session, family.jurisdiction_id, opens.pack, legal_day(at))
    header = {
        **{name: member.p.matter[name] for name in INHERITED},
        "facts": {name: facts[name] for name in opens.facts if name in facts},
        "milestones": {name: reached[name] for name in opens.milestones if name in reached},
    }
    lineage = {
        "parent_id": member.id,
        "root_id": member.p.matter["root_id"],
        "role": opens.role,
        "awaited": opens.awaits,
    }
    return make_member(family, pack, pack_hash, header | lineage, at)


def make_member(
    family: Family, pack: Pack, pack_hash: str, header: Mapping[str, Any], at: datetime
) -> tuple[Member, dict[str, Any]]:
    """Give a new matter its row and id; the opening event is still to come."""
    opening = {name: header.get(name) for name in HEADER}
    opening |= {name: header.get(name) for name in ("parent_id", "root_id", "role")}
    opening |= {
        "pack": pack.id,
        "pack_version": pack.version,
        "pack_hash": pack_hash,
        "awaited": bool(header.get("awaited")),
        "facts": dict(header.get("facts") or {}),
        "milestones": dict(header.get("milestones") or {}),
    }
    matter_id = store.new_matter(family.session, family.jurisdiction_id, opening, at)
    opening["root_id"] = opening["root_id"] or matter_id
    member = Member(matter_id, Projection(matter={"state": "start", "milestones": {}, "intervals": {}}), pack)
    family.members[matter_id] = member
    return member, opening


def _form_from_facts(form: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """A child's opening form as far as its parent's facts fill it."""
    return {field: facts[fact] for field, fact in forms.fact_names(form).items() if fact in facts}


def react(family: Family, child: Member, at: datetime) -> None:
    """What the parent does by itself when ``child`` has ended: the first reaction that fits."""
    parent = family.parent(child)
    if parent is None or parent.ended:
        return
    facts = {**child.p.matter["facts"], "outcome": child.p.matter["outcome"]}
    for reaction in parent.pack.reactions:
        if reaction.role == child.p.matter["role"] and evaluate(reaction.when, facts).value:
            by_itself(family, parent, reaction.do, at, why={"child": child.id})
            return


def by_itself(
    family: Family, member: Member, name: str, at: datetime, *, why: Body, fired: str | None = None
) -> None:
    """A system action. Where the matter's state or facts have no room for it, that is noted as an event."""
    action = member.pack.actions[name]
    if member.state in action.from_ and evaluate(action.when, member.p.matter["facts"]).value:
        take(family, member, name, CLOCKWORK, _known_days(action, member.p.matter["facts"]), at, fired=fired)
        return
    change: Body = {"noted": why, "clocks": clocks.fire(member.p, fired) if fired else []}
    family.record(member, kind="noted", action=name, acting=CLOCKWORK, effective_at=at, change=change)


def _known_days(action: Action, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The days that a system action begins to count to: as far as they are known already."""
    days = forms.milestone_names(action.form)
    stated = forms.fact_names(action.form).items()
    return {field: facts[fact] for field, fact in stated if field in days and fact in facts}


def settle(family: Family) -> None:
    """Let everything happen that fell due by ``family.now``, in the order of the due instants (inclusive)."""
    while due := _next_due(family.members.values(), family.now):
        at, member, clock, name = due
        by_itself(family, member, name, at, why={"clock": clock}, fired=clock)


def _next_due(members: Iterable[Member], now: datetime) -> tuple[datetime, Member, str, str] | None:
    candidates: Sequence[tuple[datetime, Member, str, str]] = [
        (d["due_at"], m, d["clock"], d["on_due"])
        for m in members
        for d in m.p.deadlines.values()
        if d["state"] == "running" and d["on_due"] and d["due_at"] <= now
    ]
    return min(candidates, key=lambda c: (c[0], c[1].id, c[2]), default=None)
