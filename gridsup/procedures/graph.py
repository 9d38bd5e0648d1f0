"""A pack as a graph: where its actions lead, and where its clocks and intervals can be running."""

from __future__ import annotations

from collections.abc import Iterator

from gridsup.procedures import forms
from gridsup.procedures.pack import SYSTEM, Action, Pack

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
    """The live states in which a clock can be running; ``carried``: its start may come with the opening."""
    clock = pack.clocks[clock_name]
    stops = set(clock.stop)

    def starts(name: str, action: Action) -> bool:
        return clock.start in marks(action) or (carried and name == pack.opening)

    running: set[str] = set()
    while True:
        more = {
            to
            for origin, to, name, action in moves(pack)
            if (origin in running and not stops & marks(action))
            or (starts(name, action) and not (stops - {clock.start}) & _later(action, clock.start))
        } - running
        if not more:
            return {name for name in running if name in pack.states and not pack.states[name].end}
        running |= more


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
