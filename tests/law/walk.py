"""Walks every trace of a pack beside the law: states, acts, clocks and intervals; guards are abstract.

A node is what is reachable at once on both sides. Whether a guard holds is left open here (each act is tried
whether or not its guard would let it), so the walk covers every trace that some facts allow; the guards
themselves are compared with the law in ``judge.py``, over all their facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gridsup.procedures.forms import milestone_names
from gridsup.procedures.graph import START
from gridsup.procedures.pack import SYSTEM, Action, Clock, Pack
from tests.law.law import Act, Flags, Law, holds

Names = frozenset[str]
NONE: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Node:
    """Where a trace stands. ``state`` to ``handed`` are the pack's; ``flags`` and what follows the law's.

    ``handed``: the milestones reached so far that some act hands over to a child matter.
    """

    state: str
    clocks: Names
    spans: Names
    handed: Names
    flags: Names
    timed: Names
    paused: Names


def marks(action: Action) -> list[str]:
    """The milestones of an act in the order in which they count."""
    return [*action.marks, *milestone_names(action.form).values()]


def run_on(clock: Clock, on: bool, reached: list[str]) -> bool:
    """Whether a clock runs after these milestones, as the engine reads them."""
    for milestone in reached:
        if on and milestone in clock.stop:
            on = False
        if not on and milestone == clock.start:
            on = True
    return on


def behaviour(pack: Pack, carried: Names) -> frozenset[tuple[object, ...]]:
    """All steps that the pack's own traces consist of: from where, by which act, to where.

    Packs whose acts and clocks say the same and whose steps are the same, no trace can tell apart.
    """
    on_due = firing(pack)
    reacted = {reaction.do for reaction in pack.reactions}
    reached = {name: marks(action) for name, action in pack.actions.items()}
    running = frozenset(name for name, clock in pack.clocks.items() if clock.start in carried)
    waiting: list[tuple[str, Names, Names, Names]] = [(START, running, NONE, NONE), (START, NONE, NONE, NONE)]
    steps: set[tuple[object, ...]] = set()
    seen = set(waiting)
    while waiting:
        here = waiting.pop()
        state, clocks, spans, handed = here
        for name, action in pack.actions.items():
            if state not in action.from_:
                continue
            if action.posts == [SYSTEM] and not (on_due[name] & clocks) and name not in reacted:
                continue
            to = action.to or state
            if pack.states[to].end:
                steps.add((here, name, to))
                continue
            after = (to, *_pack_step(pack, clocks, spans, handed, action, reached[name]))
            steps.add((here, name, after))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return frozenset(steps)


def _pack_step(
    pack: Pack, clocks: Names, spans: Names, handed: Names, action: Action, reached: list[str]
) -> tuple[Names, Names, Names]:
    """The clocks that run, the intervals that are open, and the milestones to hand over after an act."""
    running = frozenset(name for name, clock in pack.clocks.items() if run_on(clock, name in clocks, reached))
    opened = {action.opens_interval} if action.opens_interval else set()
    return running, (spans - {action.closes_interval}) | opened, handed | handing(pack).intersection(reached)


def firing(pack: Pack) -> dict[str, Names]:
    """Act → the clocks whose due instant brings it about."""
    brings = {name: clock.on_due for name, clock in pack.clocks.items() if clock.on_due}
    return {
        act: frozenset(name for name, brought in brings.items() if brought == act) for act in pack.actions
    }


def handing(pack: Pack) -> Names:
    """The milestones that acts of the pack hand over to child matters."""
    return frozenset(
        m for action in pack.actions.values() for opens in action.opens for m in opens.milestones
    )


def faults(pack: Pack, law: Law, carried: Names) -> Iterator[str]:
    """Where a trace of the pack and the law part ways. ``carried``: milestones a parent may hand over."""
    on_due = firing(pack)
    reacted = {reaction.do for reaction in pack.reactions}
    reached = {name: marks(action) for name, action in pack.actions.items()}
    waiting = list(_starts(pack, law, carried))
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        here = Flags(dict.fromkeys(node.flags, True))
        if node.state != START:
            yield from _standing(pack, law, node, here)
            if pack.states[node.state].end:
                continue
        for name, action in pack.actions.items():
            act = law.by_name.get(name)
            possible = node.state in action.from_
            if possible and action.posts == [SYSTEM]:
                possible = bool(on_due[name] & node.clocks) or name in reacted
            if act is None:
                if possible:
                    yield f"S05 {name}: the law knows no such act"
                continue
            if possible != holds(act.code, here):
                yield f"{act.why} {name} is {'open' if possible else 'closed'} in {_place(node)}"
                continue
            if possible:
                after = _step(pack, law, node, action, act, reached[name])
                for opens in action.opens:
                    if missing := set(opens.milestones) - after.handed:
                        yield f"{act.why} {name} opens {opens.role} without {sorted(missing)}"
                if act.ends and after.state != act.heading:
                    yield f"{act.why} {name} leads to {after.state}, not to {act.heading}"
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
    for name in law.by_name:
        if name not in pack.actions:
            yield f"{law.by_name[name].why} there is no {name}"


def _starts(pack: Pack, law: Law, carried: Names) -> Iterator[Node]:
    """Before the opening: with the parent's milestones, and without where a matter may open by itself."""
    running = frozenset(name for name, clock in pack.clocks.items() if clock.start in carried)
    timed = frozenset(name for name, clock in law.timed.items() if "carried" in clock.first)
    yield Node(START, running, NONE, NONE, frozenset({START}), timed, NONE)
    if not law.opened_by_parent and (running or timed):
        yield Node(START, NONE, NONE, NONE, frozenset({START}), NONE, NONE)


def _step(pack: Pack, law: Law, node: Node, action: Action, act: Act, reached: list[str]) -> Node:
    clocks, spans, handed = _pack_step(pack, node.clocks, node.spans, node.handed, action, reached)
    timed = frozenset(
        name
        for name, clock in law.timed.items()
        if act.name in clock.first or (name in node.timed and act.name not in clock.last)
    )
    paused = (node.paused - {act.resumes}) | ({act.pauses} - {""})
    flags = (node.flags - {START} - act.lowered) | act.raised
    return Node(action.to or node.state, clocks, spans, handed, flags, timed, frozenset(paused))


def _standing(pack: Pack, law: Law, node: Node, here: Flags) -> Iterator[str]:
    """What must hold wherever a trace stands: the right clocks run, and somebody is under one."""
    state = pack.states[node.state]
    if state.end:
        if "over" not in node.flags:
            yield f"S08 {node.state} is an end, the law's matter goes on: {_place(node)}"
        return
    if "over" in node.flags:
        yield f"S08 the law's matter is over in {_place(node)}"
    for name in node.clocks ^ node.timed:
        clock = law.timed.get(name)
        why = clock.why if clock else "C29"
        yield f"{why} clock {name} {'runs' if name in node.clocks else 'does not run'} in {_place(node)}"
    for name in node.spans ^ node.paused:
        yield f"C25 interval {name} is {'open' if name in node.spans else 'closed'} in {_place(node)}"
    if not any(pack.clocks[name].when is None for name in node.clocks) and not holds(law.resting, here):
        yield f"S02 no clock runs in {_place(node)}"
    if state.waits_for is None:
        yield f"S02 {node.state} waits for nobody"


def _place(node: Node) -> str:
    return f"{node.state} [{' '.join(sorted(node.flags))}]"
