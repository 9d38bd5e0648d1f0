"""A hotspot is what Getis and Ord's formula and chance say, held against a slow reference."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.analytics.hotspots import gi_star, rejected

SIDE = 8
PAIRS = [(r * SIDE + c, r * SIDE + c + 1) for r in range(SIDE) for c in range(SIDE - 1)] + [
    (r * SIDE + c, (r + 1) * SIDE + c) for r in range(SIDE - 1) for c in range(SIDE)
]
FLAT = [((n * 37) % 11) / 11 for n in range(SIDE * SIDE)]
CORNER = [(value + 6 if n // SIDE < 3 and n % SIDE < 3 else value) for n, value in enumerate(FLAT)]


def reference(values: list[float], n: int) -> float:
    """Gi* as in Ord & Getis (1995), equation for binary weights with the cell itself."""
    near = {n} | {b for a, b in PAIRS if a == n} | {a for a, b in PAIRS if b == n}
    count, mean = len(values), sum(values) / len(values)
    spread = sqrt(sum(v * v for v in values) / count - mean**2)
    k = len(near)
    return (sum(values[m] for m in near) - mean * k) / (spread * sqrt((count * k - k * k) / (count - 1)))


def test_z_is_the_formulas() -> None:
    for n, (z, _, _) in enumerate(gi_star(CORNER, PAIRS)):
        assert z == pytest.approx(reference(CORNER, n), abs=1e-6)


def test_a_cluster_is_hot_where_it_is_and_nowhere_else() -> None:
    found = gi_star(CORNER, PAIRS)
    hot = {n for n, (_, _, level) in enumerate(found) if level > 0}
    assert {1, SIDE, SIDE + 1} <= hot
    assert all(n // SIDE < 4 and n % SIDE < 4 for n in hot)
    assert gi_star(CORNER, PAIRS) == found, "the same findings give the same map"


def test_what_has_no_pattern_has_no_spot() -> None:
    assert {level for _, _, level in gi_star(FLAT, PAIRS)} == {0}


def test_the_mirror_of_a_hotspot_is_a_cold_spot() -> None:
    found = gi_star([10 - value for value in CORNER], PAIRS)
    assert found[SIDE + 1][2] < 0
    assert not any(level > 0 for _, _, level in found)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([0.01, 0.05, 0.1]))
def test_the_false_discovery_rate_is_that_of_benjamini_and_hochberg(p: list[float], alpha: float) -> None:
    cut = max((q for q in p if q <= alpha * sum(one <= q for one in p) / len(p)), default=-1.0)
    assert {p[n] for n in rejected(p, alpha)} == {q for q in p if q <= cut}
