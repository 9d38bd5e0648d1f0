"""The chain of hands of a thing (证据、涉案物品的流转): who held it, where, who passed it on (APL-46).

Nothing is stored beside the events: the chain is their fold. Each entry's digest covers the entry before it
of the same thing, so that a hand-over cannot be slipped in or left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gridsup.errors import Conflict
from gridsup.procedures import hashing
from gridsup.procedures.pack import Words

EVIDENCE = Words(zh="证据", en="evidence")


@dataclass(slots=True)
class Item:
    """One thing that is kept. ``files``: SHA-256 (hex) of its photos and scans; ``custody``: its entries;
    ``came``: the thing of another measure that it was before, whose chain goes on here."""

    no: int
    name: str
    holder: str
    kind: str | None = None
    files: list[str] = field(default_factory=list)
    custody: list[dict[str, Any]] = field(default_factory=list)
    came: Item | None = None

    @property
    def digest(self) -> str:
        """The digest of its last entry."""
        return str(self.custody[-1]["digest"])

    @property
    def first(self) -> Mapping[str, Any]:
        """Its first entry, which tells what it is."""
        return self.custody[0]

    @property
    def last(self) -> Mapping[str, Any]:
        """Its last entry."""
        return self.custody[-1]


def in_words(things: Iterable[Item]) -> Words:
    """Things by number and name, as a refusal names them."""
    found = list(things)
    return Words(
        zh="、".join(f"第 {one.no} 号（{one.name}）" for one in found),
        en=", ".join(f"no. {one.no} ({one.name})" for one in found),
    )


def begun(entry: Mapping[str, Any], noun: Words = EVIDENCE, came: Item | None = None) -> Item:
    """The thing that a first entry tells of; its chain goes on where that of ``came`` ended."""
    check(entry, came.digest if came else hashing.GENESIS, noun)
    return Item(
        no=entry["no"],
        name=entry["name"],
        holder=entry["holder"],
        kind=entry.get("kind"),
        files=list(entry.get("files", ())),
        custody=[dict(entry)],
        came=came,
    )


def follow(item: Item, entry: Mapping[str, Any], noun: Words = EVIDENCE) -> None:
    """Add the next entry of a thing, and who holds it then."""
    check(entry, item.digest, noun)
    item.custody.append(dict(entry))
    item.holder = entry["holder"]


def check(entry: Mapping[str, Any], previous: str, noun: Words) -> None:
    """Raises :class:`Conflict` ``evidence-chain-broken`` where an entry does not follow from the last."""
    content = {name: value for name, value in entry.items() if name != "digest"}
    if entry["previous"] == previous and hashing.digest(content) == entry["digest"]:
        return
    raise Conflict(
        "evidence-chain-broken",
        zh="{noun_zh}第 {no} 号的流转记录不连续或被改动。"
        "请停止使用并核查事件链（gridsup procedures verify）。",
        en="The custody record of {noun_en} no. {no} is broken or was changed. Stop using it and verify the "
        "chain of events.",
        noun_zh=noun.zh,
        noun_en=noun.en,
        no=entry["no"],
    )


def sealed(entry: Mapping[str, Any], previous: str) -> dict[str, Any]:
    """An entry with its link to the one before and its digest."""
    content = {**entry, "previous": previous}
    return {**content, "digest": hashing.digest(content)}


def from_the_holder(item: Item, giver: str, noun: Words = EVIDENCE) -> None:
    """Raises :class:`Conflict` ``not-the-holder`` where somebody else holds the thing."""
    if item.holder == giver:
        return
    raise Conflict(
        "not-the-holder",
        zh="{noun_zh}第 {no} 号现由“{holder}”保管，不能由“{giver}”移交。请核对移交人。",
        en="No. {no} of the {noun_en} is held by “{holder}”, not by “{giver}”. Check who hands it on.",
        noun_zh=noun.zh,
        noun_en=noun.en,
        no=item.no,
        holder=item.holder,
        giver=giver,
    )
