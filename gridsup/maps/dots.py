"""Businesses on paper: numbered dots that can be read, or squares of density where there are too many.

Places closer on paper than a dot is wide share one dot, and their numbers follow each other: “12–19”.
Coordinates are millimetres of the drawing, x to the east and y downwards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, floor, pi, sin

APART_MM = 3.4
"""Places closer than this share a dot."""
LABEL_HEIGHT_MM, DIGIT_MM = 2.1, 1.25
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Household:
    """One business on the drawing. ``risk`` 1 to 4."""

    x: float
    y: float
    name: str
    trade: str
    risk: int
    unlicensed: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """A place with businesses, numbered from ``first`` on. The label is centred on (tx, ty)."""

    x: float
    y: float
    first: int
    households: tuple[Household, ...]
    tx: float
    ty: float

    @property
    def label(self) -> str:
        last = self.first + len(self.households) - 1
        return f"{self.first}" if last == self.first else f"{self.first}–{last}"

    @property
    def label_box(self) -> Box:
        """Left, top, right, bottom of the label."""
        wide = label_width(self.label)
        return (
            self.tx - wide / 2,
            self.ty - LABEL_HEIGHT_MM / 2,
            self.tx + wide / 2,
            self.ty + LABEL_HEIGHT_MM / 2,
        )

    @property
    def radius(self) -> float:
        """Millimetres; grows slowly with the number of businesses."""
        return min(0.9 + 0.12 * float(len(self.households) ** 0.6), 2.2)


def label_width(label: str) -> float:
    """Millimetres, a little generous."""
    return DIGIT_MM * len(label) + 0.6


def numbered(
    households: Sequence[Household], *, width: float, height: float, avoid: Iterable[Box] = ()
) -> list[Dot]:
    """Dots in reading order (rows from the north, each from the west).

    Labels keep clear of each other, of the dots and of ``avoid`` as far as there is room.
    """
    clusters = _clusters(households)
    clusters.sort(key=lambda one: (floor(one[0].y / 12), one[0].x, one[0].y))
    centres = [(sum(h.x for h in one) / len(one), sum(h.y for h in one) / len(one)) for one in clusters]
    taken: list[Box] = [*avoid, *((x - 1, y - 1, x + 1, y + 1) for x, y in centres)]
    dots, first = [], 1
    for (x, y), members in zip(centres, clusters, strict=True):
        bare = Dot(x, y, first, tuple(members), x, y)
        tx, ty, box = _room(bare, taken, width, height)
        taken.append(box)
        dots.append(Dot(x, y, first, tuple(members), tx, ty))
        first += len(members)
    return dots


def _clusters(households: Sequence[Household]) -> list[list[Household]]:
    """Greedy: a household joins the nearest cluster whose first member is within reach, else begins one."""
    found: list[list[Household]] = []
    grid: dict[tuple[int, int], list[list[Household]]] = defaultdict(list)
    for one in sorted(households, key=lambda h: (h.y, h.x, h.name)):
        column, row = floor(one.x / APART_MM), floor(one.y / APART_MM)
        near = [
            cluster
            for dc in (-1, 0, 1)
            for dr in (-1, 0, 1)
            for cluster in grid[column + dc, row + dr]
            if _square(one, cluster[0]) < APART_MM**2
        ]
        if near:
            min(near, key=lambda cluster: _square(one, cluster[0])).append(one)
        else:
            fresh = [one]
            grid[column, row].append(fresh)
            found.append(fresh)
    return found


def _square(a: Household, b: Household) -> float:
    return (a.x - b.x) ** 2 + (a.y - b.y) ** 2


def _room(dot: Dot, taken: Sequence[Box], width: float, height: float) -> tuple[float, float, Box]:
    """Centre and box of a label: the first free place around the dot, else the one that covers least."""
    wide = label_width(dot.label)
    best: tuple[float, float, Box] | None = None
    least = float("inf")
    for away in (0.5, 1.8, 3.4, 5.2):
        for turn in range(12):
            angle = turn * pi / 6
            x = dot.x + cos(angle) * (dot.radius + away + wide / 2)
            y = dot.y + sin(angle) * (dot.radius + away + LABEL_HEIGHT_MM / 2)
            box = (x - wide / 2, y - LABEL_HEIGHT_MM / 2, x + wide / 2, y + LABEL_HEIGHT_MM / 2)
            if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
                continue
            covered = sum(_shared(box, other) for other in taken)
            if covered < least:
                best, least = (x, y, box), covered
            if covered == 0:
                return x, y, box
    if best is None:
        best = (dot.x, dot.y, (dot.x, dot.y, dot.x, dot.y))
    return best


def _shared(a: Box, b: Box) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def squares(households: Iterable[Household], side_mm: float) -> list[tuple[float, float, int]]:
    """Rows ``(left, top, count)`` of the squares that hold businesses, each ``side_mm`` wide."""
    counts = Counter((floor(h.x / side_mm), floor(h.y / side_mm)) for h in households)
    return [(column * side_mm, row * side_mm, n) for (column, row), n in sorted(counts.items())]
