"""Every single change of an edge, a post, a guard, an approval, an answer or a clock of a pack.

A mutant is named by its kind and place (``edge-gone decide/deciding``), so that a survivor can be listed in
``survivors.yaml`` with the reason why the law does not mind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from gridsup.procedures.forms import fact_names, properties
from gridsup.procedures.graph import START
from gridsup.procedures.pack import SYSTEM, Action, Amount, Clock, Condition, Extension, Pack
from gridsup.procedures.posts import POSTS
from tests.law.judge import amount_of, guarding


class Mutant(NamedTuple):
    """A changed pack and what was changed."""

    kind: str
    place: str
    pack: Pack

    @property
    def name(self) -> str:
        return f"{self.kind} {self.place}"


Edit = tuple[str, str, dict[str, Any] | None]


def mutants(pack: Pack) -> Iterator[Mutant]:
    """All of them, in the order of the pack."""
    for name, action in pack.actions.items():
        for kind, what, update in _of_action(pack, name, action):
            yield Mutant(kind, f"{name}{what}", _with(pack, "actions", name, update))
    for name, approval in pack.approvals.items():
        for kind, what, update in _of_approval(approval.steps, approval.quorum):
            yield Mutant(kind, f"{name}{what}", _with(pack, "approvals", name, update))
    for name, clock in pack.clocks.items():
        for kind, what, update in _of_clock(pack, clock):
            yield Mutant(kind, f"{name}{what}", _with(pack, "clocks", name, update))
    for index, reaction in enumerate(pack.reactions):
        others = [*pack.reactions[:index], *pack.reactions[index + 1 :]]
        yield Mutant("answer-gone", f"{index}", pack.model_copy(update={"reactions": others}))
        for kind, update in _of_reaction(pack, reaction.do, reaction.when):
            changed = [*pack.reactions]
            changed[index] = reaction.model_copy(update=update)
            yield Mutant(
                kind, f"{index}{update.get('do', '')}", pack.model_copy(update={"reactions": changed})
            )


def _with(pack: Pack, part: str, name: str, update: dict[str, Any] | None) -> Pack:
    """The pack with one part changed; None takes it out."""
    parts = dict(getattr(pack, part))
    if update is None:
        del parts[name]
    else:
        parts[name] = parts[name].model_copy(update=update)
    return pack.model_copy(update={part: parts})


def _without(items: list[Any], index: int) -> list[Any]:
    return [*items[:index], *items[index + 1 :]]


def _of_action(pack: Pack, name: str, action: Action) -> Iterator[Edit]:
    yield from _edges(pack, name, action)
    for post in action.posts:
        if len(action.posts) > 1:
            yield "post-gone", f"/{post}", {"posts": [each for each in action.posts if each != post]}
    for post in POSTS:
        if post not in action.posts and post != SYSTEM and SYSTEM not in action.posts:
            yield "post-added", f"/{post}", {"posts": [*action.posts, post]}
    for done in action.not_by:
        yield "apart-gone", f"/{done}", {"not_by": [each for each in action.not_by if each != done]}
    if action.crew:
        yield "crew-gone", "", {"crew": None}
        yield "crew-unqualified", "", {"crew": action.crew.model_copy(update={"qualification": None})}
    if action.approval:
        yield "approval-gone", "", {"approval": None}
    for other in pack.approvals:
        if action.approval and other != action.approval:
            yield "approval-other", f"/{other}", {"approval": other}
    if not action.delegable:
        yield "delegable", "", {"delegable": True}
    if action.assigned:
        yield "assigned-gone", "", {"assigned": False}
    yield from _guards(action.when)
    for index, mark in enumerate(action.marks):
        yield "mark-gone", f"/{mark}", {"marks": _without(action.marks, index)}
    for effect in action.effects:
        yield "effect-gone", f"/{effect}", {"effects": [each for each in action.effects if each != effect]}
    for index, opens in enumerate(action.opens):
        yield "child-gone", f"/{opens.role}", {"opens": _without(action.opens, index)}
        if opens.milestones:
            bare = opens.model_copy(update={"milestones": []})
            yield "child-untimed", f"/{opens.role}", {"opens": [bare, *_without(action.opens, index)]}
    for verb in ("opens_interval", "closes_interval", "extends"):
        if getattr(action, verb):
            yield f"{verb}-gone", "", {verb: None}
    yield from _fields(pack, action)


def _edges(pack: Pack, name: str, action: Action) -> Iterator[Edit]:
    for origin in action.from_:
        left = [each for each in action.from_ if each != origin]
        yield "edge-gone", f"/{origin}", {"from_": left} if left else None
    for state, shape in pack.states.items():
        if not shape.end and state not in action.from_ and action.from_ != [START]:
            yield "edge-added", f"/{state}", {"from_": [*action.from_, state]}
        if state != action.to:
            yield "edge-elsewhere", f"/{state}", {"to": state}
    if action.to:
        yield "edge-nowhere", "", {"to": None}


def _guards(when: Condition | None) -> Iterator[Edit]:
    if when is None:
        return
    yield "guard-gone", "", {"when": None}
    yield "guard-turned", "", {"when": Condition.model_validate({"not": when})}
    for verb in ("all", "any"):
        for index, _ in enumerate(getattr(when, verb) or ()):
            rest = _without(getattr(when, verb), index)
            yield "guard-part-gone", f"/{verb}/{index}", {"when": when.model_copy(update={verb: rest})}


def _fields(pack: Pack, action: Action) -> Iterator[Edit]:
    """Facts that guards turn on, and fields that the act must ask for."""
    stated, fields = fact_names(action.form), properties(action.form)
    for field, fact in stated.items():
        if fact in guarding(pack):
            bare = {key: value for key, value in fields[field].items() if key != "x-fact"}
            form = {**action.form, "properties": {**fields, field: bare}}
            yield "fact-gone", f"/{fact}", {"form": form}
    for field in action.form.get("required", ()):
        kept = [each for each in action.form["required"] if each != field]
        yield "field-optional", f"/{field}", {"form": {**action.form, "required": kept}}


def _of_approval(steps: list[Any], quorum: int | None) -> Iterator[Edit]:
    for index, step in enumerate(steps):
        if len(steps) > 1:
            yield "signature-gone", f"/{step.post}", {"steps": _without(steps, index)}
        changed = step.model_copy(update={"post": "enforcement"})
        yield "signature-other", f"/{step.post}", {"steps": [*steps[:index], changed, *steps[index + 1 :]]}
        for done in step.not_by:
            freed = step.model_copy(update={"not_by": [each for each in step.not_by if each != done]})
            yield (
                "signature-apart-gone",
                f"/{step.post}/{done}",
                {"steps": [*steps[:index], freed, *steps[index + 1 :]]},
            )
    if quorum:
        yield "quorum-less", "", {"quorum": quorum - 1}
    elif len(steps) > 1:
        yield "order-free", "", {"mode": "all"}


def _of_clock(pack: Pack, clock: Clock) -> Iterator[Edit]:
    yield "clock-gone", "", None
    for milestone in pack.milestones:
        if milestone != clock.start:
            yield "clock-start", f"/{milestone}", {"start": milestone}
        if milestone not in clock.stop:
            yield "clock-stop-added", f"/{milestone}", {"stop": [*clock.stop, milestone]}
    for index, milestone in enumerate(clock.stop):
        if len(clock.stop) > 1:
            yield "clock-stop-gone", f"/{milestone}", {"stop": _without(clock.stop, index)}
    for amount in _other_lengths(clock):
        yield "clock-length", f"/{amount.n}{amount.unit}", {"limit": amount}
    yield "clock-roll", "", {"roll": "none" if clock.roll == "next" else "next"}
    yield "clock-owner", "", {"owner": "it"}
    if clock.on_due:
        yield "clock-silent", "", {"on_due": None}
    if clock.when:
        yield from (("clock-" + kind, what, update) for kind, what, update in _guards(clock.when))
    for name in clock.exclude:
        yield "clock-exclude-gone", f"/{name}", {"exclude": [each for each in clock.exclude if each != name]}
    for name in pack.intervals:
        if name not in clock.exclude:
            yield "clock-exclude-added", f"/{name}", {"exclude": [*clock.exclude, name]}
    yield from _extensions(clock.extensions)
    if clock.cap:
        yield "clock-cap-gone", "", {"cap": None}


def _other_lengths(clock: Clock) -> Iterator[Amount]:
    amount = amount_of(clock)
    yield Amount(n=amount.number + 1, unit=amount.unit)
    yield Amount(n=amount.number - 1, unit=amount.unit)
    yield Amount(n=amount.number, unit="D" if amount.unit == "WD" else "WD")


def _extensions(extensions: list[Extension]) -> Iterator[Edit]:
    for index, each in enumerate(extensions):
        yield "extension-gone", f"/{each.by}", {"extensions": _without(extensions, index)}
        changes: list[dict[str, Any]] = [{"times": each.times + 1}]
        changes.append({"n": each.n + 1} if each.n is not None else {"n": 30})
        for change in changes:
            changed = each.model_copy(update=change)
            others = [*extensions[:index], changed, *extensions[index + 1 :]]
            yield "extension-other", f"/{each.by}/{next(iter(change))}", {"extensions": others}


def _of_reaction(pack: Pack, do: str, when: Condition | None) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, action in pack.actions.items():
        if action.posts == [SYSTEM] and name != do:
            yield "answer-other", {"do": name}
    for kind, what, update in _guards(when):
        yield f"answer-{kind}{what}", update or {}
