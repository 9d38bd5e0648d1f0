"""What fits in the metric plane is made to fit in degrees, where long straight edges bend by centimetres."""

from __future__ import annotations

import numpy as np
import shapely

from gridsup import spatial
from gridsup.cells.division.arrangement import moved

EAST, NORTH = 528_000.0, 3_385_000.0


def test_a_vertex_a_hair_beside_a_long_edge_tears_nothing() -> None:
    a, b, c = (EAST, NORTH), (EAST + 1500, NORTH - 0.001), (EAST + 3000, NORTH)
    top = [(EAST + 3000, NORTH + 900), (EAST, NORTH + 900)]
    foot = [(EAST + 3000, NORTH - 900), (EAST, NORTH - 900)]
    plane = np.array(
        [shapely.Polygon([a, c, *top]), shapely.Polygon([a, b, c]), shapely.Polygon([a, b, c, *foot])]
    )
    assert shapely.coverage_is_valid(plane)
    assert not shapely.coverage_is_valid([spatial.from_metric(shape, 4547) for shape in plane])
    left, shapes = moved(plane, 4547, spatial.CANONICAL)
    assert shapely.coverage_is_valid(shapes)
    assert {0, 2} <= set(left.tolist()), "only a crumb of no width may be swallowed"
    assert all(shape.geom_type == "Polygon" for shape in shapes)
    assert shapely.union_all(shapes).geom_type == "Polygon"
