"""A pack as a graph: where its actions lead, and where its clocks and intervals can be running."""

from __future__ import annotations

from collections.abc import Iterator

from gridsup.procedures import forms
from gridsup.procedures.conditions import evaluate, names
from gridsup.procedures.pack import SYSTEM, Action, Clock, Pack

START = "start"
"""The pseudo-state before the opening action."""


def moves(pack: Pack) -> Iterator[tuple[str, str, str, Action]]:
    """(from, to, action's name, action) of every action in every state that it may be taken in."""
    for name, action in pack.actions.items():
        for origin in action.from_:
            yield origin, action.to or origin, name, action


def reachable(pack: Pack, origin: str = START) -> set[str]:
    """The states that acts lead to from ``origin``, itself included."""
    found, waiting = {origin}, [origin]
    while waiting:
        here = waiting.pop()
        for start, to, _, _ in moves(pack):
            if start == here and to not in found:
                found.add(to)
                waiting.append(to)
    return found


def can_end(pack: Pack) -> set[str]:
    """The states from which some end state can be reached."""
    found = {name for name, state in pack.states.items() if state.end}
    while True:
        more = {start for start, to, _, _ in moves(pack) if to in found} - found
        if not more:
            return found
        found |= more


def marks(action: Action) -> set[str]:
    """The milestones that an action marks, by itself or by a date in its form."""
    return {*action.marks, *forms.milestone_names(action.form).values()}


def running_in(pack: Pack, clock_name: str, *, carried: bool = False) -> set[str]:
    """The live states in which a clock can be running; ``carried``: its start may come with the opening.

    An act that states by itself that the clock does not concern the matter lets it rest, until another act
    writes such a fact.
    """
    clock = pack.clocks[clock_name]
    stops = set(clock.stop)
    running: set[str] = set()
    resting: set[str] = set()
    while True:
        more_running, more_resting = set(), set()
        for origin, to, name, action in moves(pack):
            starts = clock.start in marks(action) or (carried and name == pack.opening)
            began = starts and not (stops - {clock.start}) & _later(action, clock.start)
            goes_on = origin in running | resting and not stops & marks(action)
            if not (began or goes_on):
                continue
            if _dropped_by(clock, action):
                more_resting.add(to)
            elif began or origin in running or _touched_by(clock, action):
                more_running.add(to)
            else:
                more_resting.add(to)
        if more_running <= running and more_resting <= resting:
            return {name for name in running if name in pack.states and not pack.states[name].end}
        running |= more_running
        resting |= more_resting


def _dropped_by(clock: Clock, action: Action) -> bool:
    """Whether the facts that the act states by itself say that the clock does not concern the matter."""
    fields = forms.properties(action.form)
    stated = {
        fact: fields[name]["const"]
        for name, fact in forms.fact_names(action.form).items()
        if "const" in fields[name]
    }
    return evaluate(clock.when, stated).value is False


def _touched_by(clock: Clock, action: Action) -> bool:
    return bool(names(clock.when) & set(forms.fact_names(action.form).values()))


def _later(action: Action, start: str) -> set[str]:
    """The milestones that an action marks after ``start``, in the order in which it marks them."""
    if start not in action.marks:
        return set()
    return set(action.marks[action.marks.index(start) + 1 :])


def open_in(pack: Pack, interval: str) -> set[str]:
    """The live states in which an interval can be open."""
    found: set[str] = set()
    while True:
        more = {
            to
            for origin, to, _, action in moves(pack)
            if action.opens_interval == interval or (origin in found and action.closes_interval != interval)
        } - found
        if not more:
            return {name for name in found if name in pack.states and not pack.states[name].end}
        found |= more


def by_system(action: Action) -> bool:
    """Whether only the clockwork takes this action."""
    return action.posts == [SYSTEM]
