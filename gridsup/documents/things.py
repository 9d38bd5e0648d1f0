"""The list of things of a measure (场所、设施、财物清单) on papers: its lines, and which an act is about.

Read from the forms of the acts alone, so that a draft lists what its form says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from gridsup.documents.source import Said, Source

NAMED = 5
"""So many things a sentence names; the list names them all."""
_TAKEN_BY = {"seizure": "seizure_decision", "evidence_preservation": "preservation_notice"}
_ORDINAL = re.compile(r"^\s*(?:[（(]?(?:\d{1,3}|[一二三四五六七八九十百]{1,4})[)）、.．]\s*)")
_NUMBERS = re.compile(r"\d{1,3}(?:-\d{1,3})?")
_ALL = frozenset({"全部", "all"})
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Line:
    """A thing or lot. What an older list does not say of it is empty; ``quantity``: what is left of it."""

    no: int
    name: str
    spec: str = ""
    quantity: str = ""
    unit: str = ""
    condition: str = ""
    kept_at: str = ""
    from_no: int | None = None
    """Its number on the list of the preservation that it comes from."""

    @property
    def cells(self) -> list[str]:
        """The line as a row of the table."""
        return [
            str(self.no),
            self.name,
            self.spec or "—",
            self.quantity or "—",
            self.unit or "—",
            self.condition or "—",
            self.kept_at or "—",
        ]


def lines(listed: str | Sequence[Mapping[str, Any]], kept_at: str = "") -> list[Line]:
    """The lines of a list. One of before it had columns is a text, a thing on each line, with or without an
    ordinal before it."""
    if isinstance(listed, str):
        bare = (_ORDINAL.sub("", line).strip(" \t\r;；。") for line in listed.splitlines())
        return [Line(no, name, kept_at=kept_at) for no, name in enumerate(filter(None, bare), 1)]
    return [Line(no=no, kept_at=kept_at, **each) for no, each in enumerate(listed, 1)]


def numbers(told: str) -> list[int] | None:
    """The numbers that a text means: ``1、3-5``; None for all (``全部``). Raises ``ValueError``."""
    text = re.sub(r"\s*([-–—~～至])\s*", "-", told.strip().lower().translate(_DIGITS))
    if text in _ALL:
        return None
    parts = [part for part in re.split(r"[、,，;；\s]+", re.sub("[第号]", "", text)) if part]
    if not parts or not all(_NUMBERS.fullmatch(part) for part in parts):
        raise ValueError(told)
    ends = [[int(end) for end in part.split("-")] for part in parts]
    return sorted({no for end in ends for no in range(end[0], end[-1] + 1)})


def less(quantity: str, used: Iterable[str]) -> str:
    """What is left of a quantity when so much of it was used; empty where nothing was counted."""
    left = Decimal(quantity) - sum(map(Decimal, used)) if quantity else None
    return "" if left is None else f"{left.normalize():f}"


def of_act(source: Source) -> list[Line]:
    """The things that an act is about: those that it lists, hands on, or lets go."""
    if "list" in source.form:
        return lines(source.form["list"], source.form.get("kept_at", ""))
    kept = {line.no: line for line in _kept(source)}
    told = str(source.form.get("nos", source.form.get("no", "全部")))
    try:
        chosen = numbers(told)
    except ValueError:  # the act itself will refuse it; the draft lists nothing
        return []
    return [kept[no] for no in (kept if chosen is None else chosen) if no in kept]


def rows(source: Source) -> list[list[str]]:
    """The things that an act is about, and the line that closes the list: nothing is added below it."""
    return [*(one.cells for one in of_act(source)), ["", "（以下空白）", *[""] * 5]]


def named(source: Source) -> str | None:
    """The things of an act in a sentence: the first few, and how many there are; None where the act has no
    list with columns."""
    found = [] if isinstance(source.form.get("list"), str) else of_act(source)
    first = "、".join(f"{one.name}{one.quantity}{one.unit}" for one in found[:NAMED])
    more = "等" if len(found) > NAMED else ""
    return f"{first}{more}（共 {len(found)} 项，详见所附清单）" if found else None


def taken_by(source: Source) -> str | None:
    """The number of the paper by which the measure was taken."""
    return source.numbers.get(_TAKEN_BY.get(str(source.matter["pack"]), ""))


def _kept(source: Source) -> Iterator[Line]:
    """What the measure of an act held before the act, each where it was kept then."""
    own = [one for one in source.before if one.matter_id == source.matter_id and one.seq != source.seq]
    taken = next((one for one in own if "list" in one.form), None)
    if taken is None:
        return
    gone = {no for one in own if one.action == "settle_things" for no in numbers(one.form["nos"]) or ()}
    moved = [one for one in own if one.action == "move_thing"]
    for line in lines(taken.form["list"], taken.form.get("kept_at", "")):
        if line.no not in gone:
            yield _after(line, [one for one in moved if one.form["no"] == line.no])


def _after(line: Line, moved: Sequence[Said]) -> Line:
    used = [one.form["used"] for one in moved if "used" in one.form]
    places = [line.kept_at, *(one.form["kept_at"] for one in moved)]
    return replace(line, quantity=less(line.quantity, used), kept_at=places[-1])
