"""A hexagon grid: every point is in the one hexagon whose outline holds it, equal in area to any other."""

from __future__ import annotations

from math import hypot, sqrt

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridsup.analytics.hexagons import MOST, SIDES, Hexagon, _covering, at, centre, outline, pairs

far = st.floats(-6_000_000, 6_000_000)


@given(far, far, st.sampled_from(SIDES))
def test_a_point_is_in_the_hexagon_of_its_nearest_centre(x: float, y: float, side: int) -> None:
    (one,) = at(np.array([[x, y]]), side)
    near = [Hexagon(one.q + dq, one.r + dr) for dq in (-1, 0, 1) for dr in (-1, 0, 1)]
    away = {other: hypot(x - centre(other, side)[0], y - centre(other, side)[1]) for other in near}
    assert away[one] <= min(away.values()) + 1e-6
    assert shapely.Polygon(outline(one, side)).distance(shapely.Point(x, y)) < 1e-6


@settings(max_examples=25)
@given(st.integers(-50, 50), st.integers(-50, 50), st.sampled_from(SIDES))
def test_neighbours_share_an_edge_and_no_ground(q: int, r: int, side: int) -> None:
    ring = [(0, 0), (1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)]
    there = [Hexagon(q + dq, r + dr) for dq, dr in ring]
    found = pairs(there)
    assert sum(0 in pair for pair in found) == 6
    assert len(found) == 12
    for a, b in found:
        one, other = (shapely.Polygon(outline(there[n], side)) for n in (a, b))
        assert one.area == pytest.approx(1.5 * sqrt(3) * side**2)
        assert one.boundary.intersection(other.buffer(0.01)).length == pytest.approx(side, rel=1e-3)
        assert one.intersection(other).area < 1e-3 * side


def test_the_ground_is_covered_a_point_outside_has_its_own_and_too_many_are_none() -> None:
    ground = [
        shapely.box(500_000, 3_380_000, 503_000, 3_382_000),
        shapely.box(503_000, 3_380_000, 504_000, 3_383_000),
    ]
    outside = np.array([[520_000.0, 3_380_000.0]])
    there = _covering(ground, outside, 250)
    assert there is not None
    assert at(outside, 250)[0] in there
    whole = shapely.union_all([shapely.Polygon(outline(one, 250)) for one in there])
    inner = shapely.union_all(ground).buffer(-250)
    assert whole.buffer(1e-3).covers(inner)
    middles = {one for one in there if shapely.intersects_xy(shapely.union_all(ground), *centre(one, 250))}
    assert middles | set(at(outside, 250)) == set(there)
    wide = [shapely.box(500_000, 3_300_000, 600_000, 3_400_000)]
    none = np.empty((0, 2))
    assert _covering(wide, none, 100) is None
    assert 0 < len(_covering(wide, none, 2000) or []) <= MOST
