"""Effects: what an act brings about beyond its matter, registered by the packages that own it.

``decide`` runs once, under the family's lock, and may read and number; its result (plain JSON) goes into the
event. ``project`` is a pure fold of that result into the projections; a rebuild calls only it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.errors import GridsupError, Invalid
from gridsup.procedures.acting import Acting
from gridsup.procedures.projection import Projection


@dataclass(frozen=True, slots=True)
class Decision:
    """What ``decide`` sees. ``matter`` is the projection before the act (the header, for an opening),
    ``facts`` those after its form."""

    session: Session
    jurisdiction_id: int
    matter_id: int
    matter: Mapping[str, Any]
    facts: Mapping[str, Any]
    action: str
    form: Mapping[str, Any]
    acting: Acting
    effective_at: datetime
    now: datetime
    persons: frozenset[int]
    """Everybody who acts: the acting person, whom they stand in for, and the crew."""
    photos: Sequence[Mapping[str, Any]]


Judge = Callable[[Decision], None]
"""Raises what speaks against the act: asked when it is proposed, and again when it takes effect."""
Ready = Callable[[Session, int, int, str, str], GridsupError | None]
"""``(session, jurisdiction_id, matter_id, pack, action)``: what has to be done before the act can be taken,
whatever its form says; told beside the act before anybody fills it in."""
Heed = Callable[[Decision], GridsupError | None]
"""What to heed before the act, though it stands: told beside it while its form is filled in."""
Decide = Callable[[Decision], dict[str, Any]]
Project = Callable[[Projection, dict[str, Any], Mapping[str, Any]], None]
"""``(projection, result, body)``: changes ``projection`` by ``result``; ``body`` is the event's content."""


@dataclass(frozen=True, slots=True)
class Effect:
    name: str
    decide: Decide
    project: Project
    judge: Judge | None = None
    ready: Ready | None = None
    signer: Judge | None = None
    """Raises what speaks against who signs: ``persons`` are the signer and whom they stand in for."""
    heed: Heed | None = None


_effects: dict[str, Effect] = {}


def register(
    name: str,
    *,
    decide: Decide,
    project: Project,
    judge: Judge | None = None,
    ready: Ready | None = None,
    signer: Judge | None = None,
    heed: Heed | None = None,
) -> None:
    """Register ``package.name``. Registering again under the same name replaces it."""
    _effects[name] = Effect(name, decide, project, judge, ready, signer, heed)


def judge(names: Sequence[str], decision: Decision) -> None:
    """Raises what the effects of an act have against it."""
    for name in names:
        if against := get(name).judge:
            against(decision)


def against_signer(names: Sequence[str], decision: Decision) -> GridsupError | None:
    """What the effects of a proposed act have against this signature."""
    try:
        for name in names:
            if asked := get(name).signer:
                asked(decision)
    except GridsupError as refusal:
        return refusal
    return None


def unready(
    names: Sequence[str], session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str
) -> Iterator[GridsupError]:
    """What the effects of an act ask for before it can be taken."""
    for name in names:
        if (asked := get(name).ready) and (
            refusal := asked(session, jurisdiction_id, matter_id, pack, action)
        ):
            yield refusal


def heeds(names: Sequence[str], decision: Decision) -> Iterator[GridsupError]:
    """What is to be heeded before an act, as its form stands."""
    for name in names:
        if (asked := get(name).heed) and (told := asked(decision)):
            yield told


def known() -> frozenset[str]:
    """The names of the registered effects, for the checker."""
    return frozenset(_effects)


def get(name: str) -> Effect:
    """The effect of that name. Raises :class:`Invalid` ``effect-unknown``."""
    if name not in _effects:
        raise Invalid(
            "effect-unknown",
            zh="流程使用了未登记的效果“{effect}”。请升级程序，或更正流程包。",
            en="The procedure uses the unknown effect “{effect}”. Upgrade the program or correct the pack.",
            effect=name,
        )
    return _effects[name]
