"""Hot and cold spots of findings: Getis-Ord Gi* over the cells (PySAL), judged by permutation, not by eye.

Gi* of a cell compares the findings per km² of the cell and of those it touches (queen contiguity) with what
a random arrangement of the same values would give. The pseudo p-value comes from :data:`PERMUTATIONS`
conditional permutations, two-sided; the classes 99, 95 and 90 % hold after the false discovery rate
(Benjamini-Hochberg) over all cells, so that a hundred cells do not give five spots by chance.

The statistic is PySAL's, imported when it is asked. Its permutations run through a function that numba
compiles anew in each process, longer than any answer may take: the same draws are made here with numpy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.analytics.coverage import by_cell

PERMUTATIONS = 9999
SEED = 20240101
"""The same findings give the same map."""
FEWEST = 8
"""Below so many cells a permutation says nothing."""
SORTED = 1000
"""From so many cells on, positions are drawn one by one."""
LEVELS = ((99, 0.01), (95, 0.05), (90, 0.10))

_TOUCHING = text(
    """
    SELECT a.id, b.id
    FROM cells a
    JOIN cells b ON b.jurisdiction_id = :j AND a.id < b.id AND a.geom && b.geom
         AND b.valid @> CAST(:day AS date) AND ST_Intersects(a.geom, b.geom)
    WHERE a.jurisdiction_id = :j AND a.valid @> CAST(:day AS date)
    """
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell's Gi*: ``z`` its standard score, ``p`` the two-sided pseudo p-value, ``level`` 99, 95, 90 (hot),
    −99, −95, −90 (cold) or 0 (not significant)."""

    cell_id: int
    code: str
    name: str
    findings: int
    density: float
    z: float
    p: float
    level: int


def hotspots(session: Session, jurisdiction_id: int, since: date, until: date) -> list[Spot]:
    """Every cell in force on ``until``, by code; empty when there are fewer than :data:`FEWEST` cells, or
    when no cell differs from another. Raises Invalid ``period-reversed``."""
    cells = by_cell(session, jurisdiction_id, since, until)
    if len(cells) < FEWEST or len({one.density for one in cells}) < 2:
        return []
    place = {one.cell_id: number for number, one in enumerate(cells)}
    pairs = [
        (place[a], place[b]) for a, b in session.execute(_TOUCHING, {"j": jurisdiction_id, "day": until})
    ]
    return [
        Spot(one.cell_id, one.code, one.name, one.findings, one.density, z, p, level)
        for one, (z, p, level) in zip(cells, gi_star([one.density for one in cells], pairs), strict=True)
    ]


def gi_star(values: Sequence[float], pairs: Iterable[tuple[int, int]]) -> list[tuple[float, float, int]]:
    """(z, p, level) of each value; ``pairs`` are indices of neighbours, each pair once."""
    import numpy as np
    from esda.getisord import G_Local
    from libpysal.weights import W

    around: dict[int, list[int]] = {n: [n] for n in range(len(values))}
    for a, b in pairs:
        around[a].append(b)
        around[b].append(a)
    y = np.array(values, dtype=float)
    got = G_Local(y, W(around, silence_warnings=True), transform="B", star=None, permutations=0)
    z = [float(one) for one in got.Zs]
    p = _pseudo_p(y, {n: len(near) - 1 for n, near in around.items()}, [float(one) for one in got.Gs])
    level = [0] * len(z)
    for share, alpha in reversed(LEVELS):
        for n in rejected(p, alpha):
            level[n] = share if z[n] > 0 else -share
    return list(zip(z, p, level, strict=True))


def _pseudo_p(y: Any, degree: Mapping[int, int], observed: Sequence[float]) -> list[float]:
    """Two-sided pseudo p of each Gi*: the cell keeps its value, its neighbours are drawn from all others.

    One draw of positions serves every cell, as in PySAL; and cells of the same value with as many neighbours
    share what chance gives them, for they draw from the same values.
    """
    import numpy as np

    total = float(y.sum())
    drawn = _draws(len(y) - 1, max(degree.values()))
    chance: dict[tuple[float, int], Any] = {}
    found = []
    for n, k in degree.items():
        if (alike := (float(y[n]), k)) not in chance:
            simulated = (y[n] + np.delete(y, n)[drawn[:, :k]].sum(axis=1)) / total
            chance[alike] = np.sort(simulated)
        ordered = chance[alike]
        larger = len(ordered) - int(np.searchsorted(ordered, observed[n] - 1e-12, side="left"))
        smaller = int(np.searchsorted(ordered, observed[n] + 1e-12, side="right"))
        found.append(min(1.0, 2 * (min(larger, smaller) + 1) / (PERMUTATIONS + 1)))
    return found


def _draws(count: int, wanted: int) -> Any:
    """:data:`PERMUTATIONS` rows of ``wanted`` different positions below ``count``.

    Of many positions they are drawn one by one and a row with a repeat is drawn anew: the same chance for
    every row, without sorting thousands of numbers for each.
    """
    import numpy as np

    rng = np.random.default_rng(SEED)
    if count < SORTED:
        return np.argsort(rng.random((PERMUTATIONS, count)), axis=1)[:, :wanted]
    drawn = rng.integers(count, size=(PERMUTATIONS, wanted))
    while True:
        ordered = np.sort(drawn, axis=1)
        again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not len(again):
            return drawn
        drawn[again] = rng.integers(count, size=(len(again), wanted))


def rejected(p: Sequence[float], alpha: float) -> list[int]:
    """Indices that hold at a false discovery rate of ``alpha`` (Benjamini-Hochberg; none may hold)."""
    order = sorted(range(len(p)), key=lambda n: p[n])
    last = max((k for k, n in enumerate(order, 1) if p[n] <= alpha * k / len(p)), default=0)
    return order[:last]
