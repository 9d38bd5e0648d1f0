"""From rows to points, and what a correction gives back. Pure.

A row has a ``value`` from 0 (nothing of it in order) to 1. A measure's points are its weight × the mean of
its rows; a measure without rows leaves the count, and what is left is set to 100. So each row's deduction
is weight × (1 − value) ÷ rows, scaled alike, and 100 minus all deductions is the total.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gridsup.appraisal.catalogue import Measure


@dataclass(frozen=True, slots=True)
class Tally:
    """One measure of one subject: ``rows`` counted, ``ok`` the sum of their values."""

    rows: int
    ok: float


@dataclass(frozen=True, slots=True)
class Scored:
    """``weight`` as it counted (of 100), ``points`` reached and ``lost``; all 0 where it had no rows."""

    weight: float
    points: float
    lost: float

    def per_row(self, rows: int, value: float) -> float:
        """What a row of that value took."""
        return self.weight * (1 - value) / rows if rows else 0.0


def scored(measures: Collection[Measure], tallies: Mapping[str, Tally]) -> dict[str, Scored]:
    """Measure → its points, over the measures that had rows."""
    whole = sum(one.weight for one in measures if one.id in tallies and tallies[one.id].rows)
    told = {}
    for one in measures:
        tally = tallies.get(one.id, Tally(0, 0.0))
        weight = 100 * one.weight / whole if tally.rows else 0.0
        points = weight * tally.ok / tally.rows if tally.rows else 0.0
        told[one.id] = Scored(weight, points, weight - points)
    return told


def total(points: Collection[Scored]) -> float | None:
    """Points of 100; None where nothing was there to measure."""
    return sum(one.points for one in points) if any(one.weight for one in points) else None


def tally(values: Sequence[float]) -> Tally:
    return Tally(len(values), float(sum(values)))


def mended(values: Sequence[float], struck: Collection[int]) -> Tally:
    """The tally once the rows at the indices ``struck`` count as in order: what an objection upheld does."""
    return tally([1.0 if i in struck else value for i, value in enumerate(values)])
