"""How the law's side is written down: acts by what must have happened before, never by a pack's states.

A :class:`Law` is a machine of flags. Each act says when the law allows it (``can``, a Python expression over
flags), what it brings about (``then``: ``+flag -flag``), who may do it, and what binds it. The walk in
``walk.py`` holds a pack against it on every reachable trace: an act must be open exactly where the law opens
it. ``why`` names the invariants of README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import CodeType
from typing import Any


class Flags(dict[str, bool]):
    """Flags as names of an expression: what was never raised is down."""

    def __missing__(self, name: str) -> bool:
        return False


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def compiled(text: str) -> CodeType:
    return compile(text or "True", "<law>", "eval")


def holds(code: CodeType, names: Mapping[str, Any]) -> bool:
    return bool(eval(code, {"__builtins__": {}}, names))


@dataclass(frozen=True)
class Act:
    """One act as the law knows it. Lists are words in one string."""

    name: str
    can: str
    who: str
    why: str
    then: str = ""
    only: str = ""
    """Over the facts; an unknown one is None. The act is open only where it is true."""
    two: bool = False
    apart: str = ""
    """Acts whose doers may not do this one."""
    signed: str = ""
    """Posts that sign, in order (``a > b``); or a quorum (``3 of a b c``)."""
    kept: bool = False
    """Never delegated (AEL-17)."""
    judged: str = ""
    """The effects that judge, number and record it."""
    states: str = ""
    """Facts that it must state, as ``fact`` or ``fact=value`` (stated by the act itself)."""
    records: str = ""
    """Fields that its form must ask for."""
    opens: str = ""
    """Child matters, as ``pack:role``; ``pack:role(milestone)`` where its clock goes on in the child."""
    ends: str = ""
    """The outcome of the matter, and ``@heading`` where its last state is called otherwise."""
    pauses: str = ""
    resumes: str = ""
    prolongs: str = ""
    assigned: bool = False

    @cached_property
    def code(self) -> CodeType:
        return compiled(self.can)

    @cached_property
    def guard(self) -> CodeType:
        return compiled(self.only)

    @property
    def outcome(self) -> str:
        return self.ends.partition("@")[0]

    @property
    def heading(self) -> str:
        return self.ends.rpartition("@")[2]

    @cached_property
    def raised(self) -> frozenset[str]:
        return frozenset(word[1:] for word in self.then.split() if word[0] == "+")

    @cached_property
    def lowered(self) -> frozenset[str]:
        return frozenset(word[1:] for word in self.then.split() if word[0] == "-")


@dataclass(frozen=True)
class Clock:
    """One limit. ``begins``, ``ends``: the acts; ``begins`` may be ``carried`` from the parent matter."""

    name: str
    begins: str
    ends: str
    n: int
    unit: str
    owner: str
    why: str
    only: str = ""
    """Over the facts: whether it concerns the matter; it does unless this is false."""
    roll: str = "next"
    without: str = ""
    """Intervals that do not count."""
    more: tuple[tuple[int | None, str, str, int], ...] = ()
    """Prolongations: (n or None for a stated term, unit, by whom, how often)."""
    cap: tuple[int, str] | None = None
    then: str = ""
    """What happens by itself when it is over."""

    @cached_property
    def first(self) -> frozenset[str]:
        return words(self.begins)

    @cached_property
    def last(self) -> frozenset[str]:
        return words(self.ends)

    @cached_property
    def guard(self) -> CodeType:
        return compiled(self.only)


@dataclass(frozen=True)
class Law:
    """The law of one kind of matter."""

    pack: str
    version: int
    """The version of the pack that it is written for, and those after it until another law is."""
    acts: tuple[Act, ...]
    clocks: tuple[Clock, ...]
    rests: str = ""
    """Where nothing needs to be timed: another matter is waited for, which has its own clocks."""
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Role of a child → its outcome → the act by which this matter takes note."""
    opened_by_parent: bool = False

    @cached_property
    def by_name(self) -> dict[str, Act]:
        return {act.name: act for act in self.acts}

    @cached_property
    def timed(self) -> dict[str, Clock]:
        return {clock.name: clock for clock in self.clocks}

    def amended(
        self, version: int, then: Mapping[str, str], acts: tuple[Act, ...], clocks: tuple[Clock, ...]
    ) -> Law:
        """The law of a later version: more acts and clocks, and what older acts bring about besides.

        A clock that is named again is written anew."""
        older = tuple(replace(act, then=f"{act.then} {then.get(act.name, '')}") for act in self.acts)
        timed = {clock.name: clock for clock in (*self.clocks, *clocks)}
        return replace(self, version=version, acts=older + acts, clocks=tuple(timed.values()))

    @cached_property
    def resting(self) -> CodeType:
        return compiled(self.rests or "False")
