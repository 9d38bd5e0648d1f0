"""The checklist in data: its items by axis and kind of file, and what a filled sheet comes to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from gridsup.errors import FieldFault, Invalid
from gridsup.procedures.pack import Strict, Words

Axis = Literal["substance", "procedure", "documents", "filing"]
AXES: tuple[Axis, ...] = ("substance", "procedure", "documents", "filing")
FILE = Path(__file__).with_name("checklist.yaml")


class Item(Strict):
    """What a reviewer looks at. ``packs`` None: in every kind of file."""

    id: str
    title: Words
    points: int = Field(ge=1, le=100)
    source: str
    packs: list[str] | None = None

    def asked_of(self, pack: str) -> bool:
        return self.packs is None or pack in self.packs


class AxisItems(Strict):
    id: Axis
    title: Words
    items: list[Item]


class Grade(Strict):
    """A grade from so many points of a hundred on."""

    id: str
    title: Words
    from_: float = Field(alias="from", ge=0, le=100)


class Span(Strict):
    """A term: ``n`` of a calendar's units."""

    n: int = Field(ge=1)
    unit: Literal["D", "WD"]

    @property
    def spec(self) -> str:
        return f"{self.n}{self.unit}"


class Checklist(Strict):
    """``checklist.yaml``. ``grades`` stand from the best to the worst; the worst begins at 0."""

    version: int
    kinds: list[str]
    handling: list[str]
    reviewing: list[str]
    correction: Span
    grades: list[Grade]
    axes: list[AxisItems]

    @model_validator(mode="after")
    def _sound(self) -> Checklist:
        names = [item.id for axis in self.axes for item in axis.items]
        if tuple(axis.id for axis in self.axes) != AXES or len(names) != len(set(names)):
            raise ValueError("the four axes stand in their order, and no item stands twice")
        steps = [grade.from_ for grade in self.grades]
        if steps != sorted(steps, reverse=True) or steps[-1] != 0:
            raise ValueError("grades fall to 0")
        return self

    def items(self, pack: str) -> dict[str, tuple[Axis, Item]]:
        """Item id → its axis and itself, of one kind of file."""
        return {one.id: (axis.id, one) for axis in self.axes for one in axis.items if one.asked_of(pack)}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reviewer gave an item; ``points`` None: it does not apply to this file."""

    item: str
    points: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A filled sheet. ``axes``: axis → (points, of how many). ``total`` of 100 over what applied."""

    axes: dict[Axis, tuple[float, float]]
    total: float
    grade: str


@lru_cache
def checklist() -> Checklist:
    return Checklist.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def judge(known: Checklist, pack: str, marks: Sequence[Mark]) -> Verdict:
    """Add up a sheet that answers every item of that kind of file, once.

    Raises Invalid ``sheet-incomplete`` with a fault for each item that is missing, unknown, above its points,
    or marked down without a reason, and ``nothing-applies`` when nothing was left to judge.
    """
    asked = known.items(pack)
    given = {one.item: one for one in marks}
    faults = [fault for name in asked if (fault := _fault(asked[name][1], given.get(name)))]
    faults += [
        FieldFault(f"/marks/{name}", "检查表中没有这一项。", "The checklist has no such item.")
        for name in given
        if name not in asked
    ]
    if faults or len(given) != len(marks):
        raise Invalid(
            "sheet-incomplete",
            zh="评查表有 {count} 处需要补正：每项都要评分或标“不适用”，扣分须写明理由。",
            en="{count} items need attention: mark every item or say that it does not apply; give a reason "
            "where points are taken.",
            faults=faults,
            count=max(1, len(faults)),
        )
    axes: dict[Axis, tuple[float, float]] = {}
    for axis in AXES:
        rows = [(given[n].points, one.points) for n, (a, one) in asked.items() if a == axis]
        counted = [(points, full) for points, full in rows if points is not None]
        axes[axis] = (sum(points for points, _ in counted), float(sum(full for _, full in counted)))
    full = sum(of for _, of in axes.values())
    if not full:
        zh, en = "所有项目都标为不适用，无法评分。", "Nothing applies, so nothing can be judged."
        raise Invalid("nothing-applies", zh=zh, en=en)
    total = round(100 * sum(points for points, _ in axes.values()) / full, 1)
    return Verdict(axes, total, grade_of(known, total))


def grade_of(known: Checklist, total: float) -> str:
    """The best grade that ``total`` of 100 reaches."""
    return next(one.id for one in known.grades if total >= one.from_)


def lost(known: Checklist, pack: str, marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items of a stored sheet that lost points, with title, reason and how many."""
    asked = known.items(pack)
    return [
        {
            "item": one["item"],
            "title": asked[one["item"]][1].title.model_dump(),
            "lost": asked[one["item"]][1].points - one["points"],
            "note": one["note"],
        }
        for one in marks
        if one["item"] in asked and one["points"] is not None and one["points"] < asked[one["item"]][1].points
    ]


def _fault(item: Item, mark: Mark | None) -> FieldFault | None:
    where = f"/marks/{item.id}"
    if mark is None:
        return FieldFault(where, "此项尚未评分。", "This item has no mark yet.")
    if mark.points is None:
        return None
    if not 0 <= mark.points <= item.points:
        return FieldFault(where, f"得分应在 0 到 {item.points} 之间。", f"0 to {item.points} points.")
    if mark.points < item.points and not mark.note.strip():
        return FieldFault(where, "扣分须写明理由。", "Say why points are taken.")
    return None
