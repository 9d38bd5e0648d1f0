"""What fits in the metric plane is made to fit in degrees, where long straight edges bend by centimetres."""

from __future__ import annotations

import numpy as np
import shapely

from gridsup import spatial
from gridsup.redivision.board import union
from gridsup.redivision.proposing import _noded

EAST, NORTH = 528_000.0, 3_385_000.0


def test_a_vertex_a_hair_beside_a_long_edge_tears_nothing() -> None:
    a, b, c = (EAST, NORTH), (EAST + 1500, NORTH - 0.001), (EAST + 3000, NORTH)
    top = [(EAST + 3000, NORTH + 900), (EAST, NORTH + 900)]
    foot = [(EAST + 3000, NORTH - 900), (EAST, NORTH - 900)]
    plane = [shapely.Polygon([a, c, *top]), shapely.Polygon([a, b, c]), shapely.Polygon([a, b, c, *foot])]
    assert shapely.coverage_is_valid(plane)
    moved = [spatial.from_metric(shape, 4547) for shape in plane]
    assert not shapely.coverage_is_valid(moved)
    parts = _noded(moved, 4547)
    shapes = [shape for _, shape in parts]
    assert shapely.coverage_is_valid(np.asarray(shapes, dtype=object))
    assert {owner for owner, _ in parts} == {0, 2}, "the crumb went to a neighbour"
    assert union(shapes).geom_type == "Polygon"
