"""Evidence of a case (证据): numbered, hashed, handed on in a chain that shows every hand (APL-46)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from gridsup.enforcement import custody, queries
from gridsup.enforcement.custody import Item
from gridsup.errors import FieldFault, Invalid, NotFound
from gridsup.procedures import hashing
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import jurisdiction_of

COLLECT, CUSTODY = "enforcement.evidence", "enforcement.custody"
ACTIONS = ("collect_evidence", "move_evidence")


def items(results: Iterable[Mapping[str, Any]]) -> list[Item]:
    """The list of evidence as the ``results`` of a case's events leave it.

    Raises :class:`Conflict` ``evidence-chain-broken`` where an entry does not follow from the one before.
    """
    found: dict[int, Item] = {}
    for each in results:
        if entry := each.get(COLLECT):
            found[entry["no"]] = custody.begun(entry)
        if entry := each.get(CUSTODY):
            custody.follow(found[entry["no"]], entry)
    return [found[no] for no in sorted(found)]


def of_matter(session: Session, matter_id: int) -> list[Item]:
    """The evidence of a case."""
    events = session.scalars(queries.acts(jurisdiction_of(session), [matter_id], ACTIONS))
    return items(event.data["results"] for event in events)


def of_case(d: Decision) -> list[Item]:
    """The evidence of the case that an act is about, before the act."""
    d.session.flush()
    return of_matter(d.session, d.matter_id)


def collect(d: Decision) -> dict[str, Any]:
    """Number and seal a new piece of evidence. Raises ``Invalid`` ``evidence-without-trace``."""
    files = [str(photo["sha256"]) for photo in d.photos]
    kept = d.form.get("kept_at")
    if not files and not kept:
        raise Invalid(
            "evidence-without-trace",
            zh="请附上照片或扫描件，或写明原物存放处，否则无法核对该证据。",
            en="Attach a photo or scan, or say where the thing is kept; else it cannot be checked.",
            faults=[FieldFault("/kept_at", "请填写，或附照片。", "Fill this in, or attach a photo.")],
        )
    entry = {
        "no": len(of_case(d)) + 1,
        "kind": d.form["kind"],
        "name": d.form["name"],
        "files": files,
        "holder": d.form["holder"],
        "kept_at": kept,
        "at": hashing.iso(d.effective_at),
        "by": sorted(d.persons),
    }
    return custody.sealed(entry, hashing.GENESIS)


def hand_on(d: Decision) -> dict[str, Any]:
    """Record a change of hands. Raises ``NotFound`` ``no-evidence``, ``Conflict`` ``not-the-holder``."""
    item = next((each for each in of_case(d) if each.no == d.form["no"]), None)
    if item is None:
        raise NotFound(
            "no-evidence",
            zh="本案没有第 {no} 号证据。请核对证据清单。",
            en="This case has no evidence no. {no}. Check the list.",
            no=d.form["no"],
        )
    custody.from_the_holder(item, d.form["giver"])
    entry = {
        "no": item.no,
        "giver": d.form["giver"],
        "holder": d.form["holder"],
        "kept_at": d.form.get("kept_at"),
        "purpose": d.form["purpose"],
        "at": hashing.iso(d.effective_at),
        "by": sorted(d.persons),
    }
    return custody.sealed(entry, item.digest)
