"""Evidence of a case (证据): numbered, hashed, handed on in a chain that shows every hand (APL-46).

Nothing is stored beside the events: the list is their fold. Each entry's digest covers the entry before it of
the same item, so that a hand-over cannot be slipped in or left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gridsup.enforcement import queries
from gridsup.errors import Conflict, FieldFault, Invalid, NotFound
from gridsup.procedures import hashing
from gridsup.procedures.effects import Decision

COLLECT, CUSTODY = "enforcement.evidence", "enforcement.custody"
ACTIONS = ("collect_evidence", "move_evidence")


@dataclass(slots=True)
class Item:
    """One piece of evidence. ``files``: SHA-256 (hex) of its photos and scans; ``custody``: its entries."""

    no: int
    kind: str
    name: str
    files: list[str]
    holder: str
    custody: list[dict[str, Any]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The digest of its last entry."""
        return str(self.custody[-1]["digest"])


def items(results: Iterable[Mapping[str, Any]]) -> list[Item]:
    """The list of evidence as the ``results`` of a case's events leave it.

    Raises :class:`Conflict` ``evidence-chain-broken`` where an entry does not follow from the one before.
    """
    found: dict[int, Item] = {}
    for each in results:
        if entry := each.get(COLLECT):
            _check(entry, hashing.GENESIS)
            found[entry["no"]] = Item(
                entry["no"],
                entry["kind"],
                entry["name"],
                list(entry["files"]),
                entry["holder"],
                [dict(entry)],
            )
        if entry := each.get(CUSTODY):
            item = found[entry["no"]]
            _check(entry, item.digest)
            item.custody.append(dict(entry))
            item.holder = entry["holder"]
    return [found[no] for no in sorted(found)]


def _check(entry: Mapping[str, Any], previous: str) -> None:
    content = {name: value for name, value in entry.items() if name != "digest"}
    if entry["previous"] == previous and hashing.digest(content) == entry["digest"]:
        return
    raise Conflict(
        "evidence-chain-broken",
        zh="证据第 {no} 号的流转记录不连续或被改动。请停止使用并核查事件链（gridsup record verify）。",
        en="The custody record of evidence no. {no} is broken or was changed. Stop using it and verify the "
        "chain of events.",
        no=entry["no"],
    )


def of_case(d: Decision) -> list[Item]:
    """The evidence of the case that an act is about, before the act."""
    d.session.flush()
    events = d.session.scalars(queries.acts(d.jurisdiction_id, [d.matter_id], ACTIONS))
    return items(event.data["results"] for event in events)


def sealed(entry: Mapping[str, Any], previous: str) -> dict[str, Any]:
    """An entry with its link to the one before and its digest."""
    content = {**entry, "previous": previous}
    return {**content, "digest": hashing.digest(content)}


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
    return sealed(entry, hashing.GENESIS)


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
    if item.holder != d.form["giver"]:
        raise Conflict(
            "not-the-holder",
            zh="第 {no} 号证据现由“{holder}”保管，不能由“{giver}”移交。请核对移交人。",
            en="Evidence no. {no} is held by “{holder}”, not by “{giver}”. Check who hands it on.",
            no=item.no,
            holder=item.holder,
            giver=d.form["giver"],
        )
    entry = {
        "no": item.no,
        "giver": d.form["giver"],
        "holder": d.form["holder"],
        "kept_at": d.form.get("kept_at"),
        "purpose": d.form["purpose"],
        "at": hashing.iso(d.effective_at),
        "by": sorted(d.persons),
    }
    return sealed(entry, item.digest)
