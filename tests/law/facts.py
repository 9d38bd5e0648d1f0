"""Walks a pack with its facts: whether what stands written can lock a matter in (S01, S03, S04, S05).

A fact takes the values that guards compare it with, one beside them, and unknown; where no guard can read it
any more before it is written anew it is forgotten, which keeps the walk small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from gridsup.procedures.conditions import evaluate, names, same
from gridsup.procedures.forms import fact_names, properties
from gridsup.procedures.graph import START
from gridsup.procedures.pack import Action, Pack
from gridsup.procedures.satisfiable import comparisons

FOLLOWING = {
    "enforcement.hearing_right": {"hearing_right": (True, False)},
    "people.on_duty": {"duty_officer": ("another value", None)},
    "enforcement.payment": {"paid_in_full": (True, False)},
}
"""Facts that an effect sets by rule, and to what."""
OTHER = "another value"
Place = tuple[str, frozenset[tuple[str, Any]]]
"""A state and the facts that are known in it."""


@dataclass
class Facts:
    """The walk over one pack."""

    pack: Pack
    steps: dict[Place, set[Place]] = field(default_factory=dict)
    verdicts: dict[tuple[str, str], set[bool]] = field(default_factory=dict)
    """(act, state) → whether its guard was found to hold, and not to, where the act could be taken."""

    def __post_init__(self) -> None:
        waiting: list[Place] = [(START, frozenset())]
        self.steps[waiting[0]] = set()
        while waiting:
            here = waiting.pop()
            for after in self._after(here):
                self.steps[here].add(after)
                if after not in self.steps:
                    self.steps[after] = set()
                    waiting.append(after)

    def _after(self, here: Place) -> Iterator[Place]:
        state, known = here
        facts = dict(known)
        for name, action in self.pack.actions.items():
            if state not in action.from_:
                continue
            to = action.to or state
            for written in self.writes[name]:
                after = {**facts, **written}
                holds = evaluate(action.when, after).value is True
                self.verdicts.setdefault((name, state), set()).add(holds)
                if holds:
                    yield to, frozenset((f, v) for f, v in after.items() if f in self.alive[to])

    @cached_property
    def values(self) -> dict[str, list[Any]]:
        """Fact → the values that make a difference to some guard, and one that makes none."""
        found: dict[str, list[Any]] = {}
        for action in self.pack.actions.values():
            for atom in comparisons(action.when):
                given = atom.value if isinstance(atom.value, list) else [atom.value]
                mine = found.setdefault(str(atom.fact), [])
                mine += [v for v in given if atom.op != "known" and not any(same(v, m) for m in mine)]
        for fact, mine in found.items():
            boolean = self.pack.facts.get(fact, {}).get("type") == "boolean"
            mine += [v for v in (True, False) if v not in mine] if boolean else [OTHER]
        return found

    @cached_property
    def writes(self) -> dict[str, list[Mapping[str, Any]]]:
        """Act → every way in which it can leave the facts that guards turn on."""
        return {name: list(self._ways(action)) for name, action in self.pack.actions.items()}

    def _ways(self, action: Action) -> Iterator[Mapping[str, Any]]:
        choices: dict[str, list[Any]] = {}
        for each, fact in fact_names(action.form).items():
            if fact not in self.values:
                continue
            schema = properties(action.form)[each]
            named = [v for v in self.values[fact] if v in _allowed(schema, self.values[fact])]
            demanded = each in action.form.get("required", ()) and "x-when" not in schema
            choices[fact] = named if demanded or "const" in schema else [*named, None]
        for effect in action.effects:
            choices |= {fact: list(v) for fact, v in FOLLOWING.get(effect, {}).items() if fact in self.values}
        for combination in product(*choices.values()):
            yield {f: v for f, v in zip(choices, combination, strict=True) if v is not None}

    @cached_property
    def alive(self) -> dict[str, set[str]]:
        """State → the facts that some guard may still read there."""
        alive: dict[str, set[str]] = {state: set() for state in (START, *self.pack.states)}
        while True:
            grown = False
            for name, action in self.pack.actions.items():
                sure = set.intersection(*(set(way) for way in self.writes[name]))
                for origin in action.from_:
                    more = (set(names(action.when)) | alive[action.to or origin]) - sure
                    grown = grown or not more <= alive[origin]
                    alive[origin] |= more
            if not grown:
                return alive

    def locked_in(self) -> list[Place]:
        """Places from which no act leads to any end."""
        ending = {place for place in self.steps if place[0] != START and self.pack.states[place[0]].end}
        before: dict[Place, set[Place]] = {}
        for place, following in self.steps.items():
            for after in following:
                before.setdefault(after, set()).add(place)
        waiting = list(ending)
        while waiting:
            for place in before.get(waiting.pop(), ()):
                if place not in ending:
                    ending.add(place)
                    waiting.append(place)
        return sorted((place for place in self.steps if place not in ending), key=str)


def _allowed(schema: Mapping[str, Any], values: list[Any]) -> list[Any]:
    """Which of the telling values a field may take, and whether others beside them."""
    if "const" in schema:
        return [v for v in values if same(v, schema["const"])] or [OTHER]
    if "oneOf" in schema:
        choices = [each["const"] for each in schema["oneOf"]]
        inside = [v for v in values if any(same(v, c) for c in choices)]
        return inside if len(inside) == len(choices) else [*inside, OTHER]
    return values
