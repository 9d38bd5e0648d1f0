"""How a matter is shown: with what has fallen due already happened, its clocks read now, its steps named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import GridsupError
from gridsup.procedures import approvals, door, effects, forms, steps, versions
from gridsup.procedures.acting import CLOCKWORK, Acting
from gridsup.procedures.conditions import names
from gridsup.procedures.family import Family, Member, clock, jurisdiction_of, no_matter, read_family
from gridsup.procedures.pack import SYSTEM, Action, Pack
from gridsup.procedures.projection import HEADER, LINEAGE
from gridsup.procedures.rights import person_refusals
from gridsup.procedures.store import EVENTS, MATTERS

View = dict[str, Any]
SIGNATURE = ("person_id", "acting_for_id", "post", "agreed", "opinion", "signed_at")
_SHOWN = (
    *HEADER,
    *LINEAGE,
    "state",
    "facts",
    "milestones",
    "intervals",
    "opened_at",
    "ended_at",
    "outcome",
    "version",
    "waits_for",
    "lane",
    "next_due_at",
)


def read(session: Session, matter_id: int, *, now: datetime | None = None) -> tuple[Family, Member]:
    """A matter and its family as they are at ``now``, everything due settled, nothing written."""
    family = read_family(session, jurisdiction_of(session), matter_id, now or clock())
    steps.settle(family)
    return family, family.members[matter_id]


def current(session: Session, matter_id: int, *, now: datetime | None = None) -> View:
    """One matter as it stands. Instants are datetimes; ``lon``, ``lat`` CRS84 degrees.

    Raises :class:`NotFound` ``no-matter``.
    """
    family, member = read(session, matter_id, now=now)
    return view_of(member, family.now)


def view_of(member: Member, now: datetime) -> View:
    """A matter's columns, with titles, and whether a clock is overdue."""
    state = member.pack.states[member.state]
    matter = member.p.matter
    due = matter["next_due_at"]
    return {
        "id": member.id,
        **{name: matter.get(name) for name in _SHOWN},
        "pack_title": member.pack.title.model_dump(),
        "state_title": state.title.model_dump(),
        "overdue": bool(due and due <= now and not member.ended),
        "clock": _next_clock(member, now),
    }


def _next_clock(member: Member, now: datetime) -> View | None:
    """The running clock that is due next: what places the matter in the queue."""
    running = [row for row in member.p.deadlines.values() if row["state"] == "running" and row["due_at"]]
    if member.ended or not running:
        return None
    return deadline_view(member.pack, min(running, key=lambda row: (row["due_at"], row["clock"])), now)


def deadlines(session: Session, matter_id: int, *, now: datetime | None = None) -> list[View]:
    """All clock runs of a matter with their explanations; ``overdue`` and ``warned`` are read at ``now``."""
    family, member = read(session, matter_id, now=now)
    return [
        deadline_view(member.pack, row, family.now)
        for _, row in sorted(member.p.deadlines.items(), key=lambda item: (item[1]["started_at"], item[0]))
    ]


def deadline_view(pack: Pack, row: Mapping[str, Any], now: datetime) -> View:
    """One clock run. ``late`` says of a stopped run that it was stopped after its due instant."""
    running, due, stopped = row["state"] == "running", row["due_at"], row["stopped_at"]
    spec = pack.clocks.get(row["clock"])
    return {
        **{name: value for name, value in row.items() if name != "id"},
        "title": spec.title.model_dump() if spec else row["explanation"]["title"],
        "overdue": bool(running and due and due <= now),
        "warned": bool(running and row["warn_at"] and row["warn_at"] <= now),
        "late": bool(row["state"] == "stopped" and due and stopped and stopped > due),
    }


def history(session: Session, matter_id: int, *, family: bool = False) -> list[View]:
    """A matter's events in order (with ``family``, those of all its relatives in order of recording).

    Sealed values show as ``{"sealed": true}``.
    """
    jurisdiction_id = jurisdiction_of(session)
    root = select(MATTERS.c.root_id).where(
        MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id == matter_id
    )
    if session.scalar(root) is None:
        raise no_matter(matter_id)
    relatives = select(MATTERS.c.id).where(
        MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.root_id == root.scalar_subquery()
    )
    statement = (
        select(EVENTS)
        .where(
            EVENTS.c.jurisdiction_id == jurisdiction_id,
            EVENTS.c.matter_id.in_(relatives) if family else EVENTS.c.matter_id == matter_id,
        )
        .order_by(EVENTS.c.recorded_at, EVENTS.c.id)
    )
    return [_event_view(session, jurisdiction_id, event) for event in session.execute(statement)]


def _event_view(session: Session, jurisdiction_id: int, event: Any) -> View:
    data = event.data
    pack = versions.pinned(session, jurisdiction_id, data["pack"], data["pack_version"], data["pack_hash"])
    action, to = pack.actions.get(event.action), pack.states.get(event.to_state)
    columns = (
        "matter_id",
        "seq",
        "kind",
        "action",
        "from_state",
        "to_state",
        "person_id",
        "post",
        "acting_for_id",
        "delegation_id",
        "crew",
        "effective_at",
        "recorded_at",
        "hash",
    )
    change = data["change"]
    return {
        **{name: getattr(event, name) for name in columns},
        "title": action.title.model_dump() if action else None,
        "to_title": to.title.model_dump() if to else None,
        "form": {name: _masked(value) for name, value in data["form"].items()},
        "photos": data["photos"],
        "results": {effect: _shown(result) for effect, result in data["results"].items()},
        "authority_id": data.get("authority"),
        "rules": list(action.rules) if action else [],
        **{
            name: change.get(name)
            for name in ("late", "noted", "signature", "settled", "children", "approved")
        },
    }


def _shown(result: Any) -> Any:
    if not isinstance(result, dict):
        return result
    return {name: _masked(value) for name, value in result.items()}


def _masked(value: Any) -> Any:
    return {"sealed": True} if isinstance(value, dict) and "sealed" in value else value


def available_actions(
    session: Session,
    matter_id: int,
    actings: Sequence[Acting],
    *,
    signing: Sequence[Acting] | None = None,
    now: datetime | None = None,
) -> View:
    """What this person may do now, in any of the capacities ``actings``, and why not otherwise.

    ``signing``: the capacities in which the person may sign, where they are not the same.

    ``version`` is what ``expected_version`` must be; ``actions`` the steps of the present state, each with
    ``allowed``, the ``acting`` to use (all that may be used in ``actings``), ``reasons`` (``code``, ``zh``,
    ``en``) and the ``schema`` of its form; ``proposals`` the open ones, each with whether this person may
    sign.
    """
    family, member = read(session, matter_id, now=now)
    actions = [
        _action_view(family, member, name, action, actings)
        for name, action in member.pack.actions.items()
        if member.state in action.from_ and list(action.posts) != [SYSTEM]
    ]
    signers = actings if signing is None else signing
    proposals = [_proposal_view(family, member, row, signers) for row in member.p.open_proposals()]
    return {
        "matter_id": matter_id,
        "version": member.p.matter["version"],
        "state": member.state,
        "actions": actions,
        "proposals": proposals,
    }


def _action_view(
    family: Family, member: Member, name: str, action: Action, actings: Sequence[Acting]
) -> View:
    tried = [(acting, _refusals(family, member, name, action, acting)) for acting in actings]
    acting, reasons = min(tried, key=lambda each: len(each[1]), default=(None, []))
    approval = member.pack.approvals[action.approval] if action.approval else None
    allowed = acting is not None and not reasons
    return {
        "action": name,
        "title": action.title.model_dump(),
        "to": action.to,
        "ends": action.to is not None and member.pack.states[action.to].end,
        "allowed": allowed,
        "acting": acting.as_json() if acting and allowed else None,
        "actings": [each.as_json() for each, against in tried if not against],
        "reasons": [_reason(each) for each in reasons],
        "schema": forms.resolve(action.form, member.p.matter["facts"]),
        "photos": action.photos.model_dump() if action.photos else None,
        "crew": action.crew.model_dump() if action.crew else None,
        "approval": approval.title.model_dump() if approval else None,
        "batch": action.batch,
        "rules": list(action.rules),
        "effects": list(action.effects),
        "heeds": _heeds(family, member, name, {}) if allowed else [],
    }


def heeds(session: Session, matter_id: int, action: str, form: Mapping[str, Any]) -> list[View]:
    """What is to be heeded before a step, with its form as it is filled in so far. It keeps nothing back; a
    field that is wrong in itself counts as not filled in.

    Raises :class:`NotFound` ``no-matter``, ``no-action``.
    """
    family, member = read(session, matter_id)
    asked = door.find_action(member, action).form
    faults = forms.faults(asked, dict(form), member.p.matter["facts"])
    wrong = {one.pointer.removeprefix("/").split("/")[0] for one in faults}
    sound = {name: form[name] for name in forms.properties(asked) if name in form and name not in wrong}
    return _heeds(family, member, action, sound)


def _heeds(family: Family, member: Member, name: str, form: Mapping[str, Any]) -> list[View]:
    decision = steps.decision_of(family, member, name, CLOCKWORK, form, family.now)
    return [_reason(each) for each in effects.heeds(member.pack.actions[name].effects, decision)]


def _refusals(
    family: Family, member: Member, name: str, action: Action, acting: Acting
) -> list[GridsupError]:
    found = list(person_refusals(family, member, name, action, acting, family.now))
    stated = set(forms.fact_names(action.form).values())
    for refusal in door.matter_refusals(family, member, name, action, member.p.matter["facts"]):
        guard = refusal.code in ("facts-missing", "condition-not-met")
        if not (guard and stated & names(action.when)):  # the form itself may still decide the guard
            found.append(refusal)
    return found


def _proposal_view(family: Family, member: Member, row: Mapping[str, Any], actings: Sequence[Acting]) -> View:
    approval = member.pack.approvals[row["approval"]]
    tried = [(a, approvals.sign_refusal(family, member, row["seq"], a, family.now)) for a in actings]
    may = next((acting for acting, found in tried if not isinstance(found, GridsupError)), None)
    against = [found for _, found in tried if isinstance(found, GridsupError)]
    return {
        "proposal": row["seq"],
        "action": row["action"],
        "title": member.pack.actions[row["action"]].title.model_dump(),
        "approval": approval.title.model_dump(),
        "mode": approval.mode,
        "steps": [each.post for each in approval.steps],
        "needed": approvals.needed(approval),
        "signed": [
            {"step": step, **{k: s[k] for k in SIGNATURE}}
            for step, s in sorted(approvals.signatures_of(member, row["seq"]).items())
        ],
        "person_id": row["person_id"],
        "form": {name: _masked(value) for name, value in row["form"].items()},
        "proposed_at": row["proposed_at"],
        "allowed": may is not None,
        "acting": may.as_json() if may else None,
        "reasons": [] if may else [_reason(each) for each in against[:1]],
    }


def _reason(refusal: GridsupError) -> View:
    return {"code": refusal.code, "zh": refusal.text("zh"), "en": refusal.text("en")}
