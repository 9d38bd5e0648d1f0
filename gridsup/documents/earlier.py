"""Papers that a step of an earlier version of their procedure served (送达), before it held the proof.

Such a step said when the paper was served, and mostly how; it had no receipt (送达回证), and the paper itself
never heard of it. What the step said is shown beside the paper; nothing is written, since no more is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gridsup.documents import queries
from gridsup.documents.announcing import DEEM
from gridsup.documents.kinds import Kind, kind_of
from gridsup.documents.model import Document
from gridsup.documents.numbering import catalogue
from gridsup.documents.serving import SERVE
from gridsup.errors import Conflict, GridsupError
from gridsup.procedures import versions, wording
from gridsup.procedures.forms import properties
from gridsup.procedures.loader import load_packs
from gridsup.procedures.model import Event
from gridsup.procedures.pack import Action, Words

WAYS = ("way", "handed_over")
"""The fields by which such steps said how."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the step said of the service: its title, its day, the way where it asked for one."""

    action: str
    title: Words
    at: datetime
    way: Words | None


def told(session: Session, documents: Sequence[Document]) -> dict[int, Told]:
    """Document id → the step that served it, for those that a step of an earlier version served."""
    asked = [one for one in documents if one.status in ("numbered", "sealed") and _steps(kind_of(one.kind))]
    if not asked:
        return {}
    place = asked[0].jurisdiction_id
    acts = session.scalars(queries.acts_of(place, sorted({one.matter_id for one in asked}))).all()
    found = {}
    for one in asked:
        later = (act for act in acts if act.matter_id == one.matter_id and act.seq >= one.event_seq)
        if served := next(_serving(session, one, later), None):
            found[one.id] = served
    return found


def _steps(kind: Kind) -> set[str]:
    """The steps that serve the paper today."""
    return {*kind.steps, *kind.announced.values()}


def _serving(session: Session, document: Document, acts: Iterator[Event]) -> Iterator[Told]:
    """The acts that reached what today's steps reach by serving the paper, and hold no proof of it."""
    kind = kind_of(document.kind)
    steps = _steps(kind)
    reached = {mark for step in steps for mark in _today(step).marks}
    for act in acts:
        data = act.data
        name = f"{data['pack']}.{act.action}"
        if name not in steps and name not in kind.acts:
            continue
        pack = versions.pinned(
            session, document.jurisdiction_id, data["pack"], data["pack_version"], data["pack_hash"]
        )
        action = pack.actions[act.action]
        if {SERVE, DEEM}.isdisjoint(action.effects) and reached.intersection(action.marks):
            yield Told(act.action, action.title, act.effective_at, _way(action, act))


def _today(step: str) -> Action:
    pack, _, name = step.partition(".")
    return load_packs().latest(pack).actions[name]


def _way(action: Action, act: Event) -> Words | None:
    form, fields = act.data["form"], properties(action.form)
    said = (one for one in WAYS if one in form and one in fields)
    return next((wording.captioned(fields[one], form[one]) for one in said), None)


def unserved(
    session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str
) -> GridsupError | None:
    """A paper that a step serves is written once until it is served."""
    series = catalogue().get(f"{pack}.{action}")
    if series is None or not kind_of(series.kind).steps:
        return None
    session.flush()
    found = session.scalars(queries.of_kind(jurisdiction_id, [matter_id], series.kind)).all()
    waiting = [one for one in found if one.status != "served"]
    done = told(session, waiting)
    one = next((one for one in reversed(waiting) if one.id not in done), None)
    if one is None:
        return None
    return Conflict(
        "paper-unserved",
        zh="《{title}》{number} 已制发、尚未送达。请到“文书”一栏用印并送达；"
        "内容有误的，先在该栏作废再重新制发。",
        en="“{title}” {number} is written and not served. Seal and serve it under “Papers”; where it is "
        "wrong, void it there first.",
        title=one.title,
        number=one.number,
    )
