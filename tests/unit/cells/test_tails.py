"""No block and no cell has a tail (尖刺), ground between two lines that nearly coincide."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box

from gridsup.cells.division import Mix, divide
from gridsup.cells.division.arrangement import Shapes, faces_of, node
from gridsup.cells.division.tails import docked, docked_apart, tails

CRS = "EPSG:4547"
X, Y = 520_000.0, 3_380_000.0


def at(*places: tuple[float, float]) -> list[tuple[float, float]]:
    return [(X + x, Y + y) for x, y in places]


def wedge(beside: float) -> Shapes:
    """Three blocks: the middle one ends in a strip of 150 m between two roads ``beside`` metres apart."""
    lines = [
        LineString(at((0, 0), (400, 0), (400, 400), (0, 400), (0, 0))),
        LineString(at((200, 0), (200, 400))),
        LineString(at((200 + beside, 0), (200 + beside, 150), (400, 300))),
    ]
    return faces_of(node(np.array(lines, dtype=object)))


@pytest.mark.parametrize("beside", [0.0001, 0.01, 0.2, 0.45])
def test_a_tail_goes_to_a_neighbour_and_the_blocks_still_fit(beside: float) -> None:
    blocks = wedge(beside)
    assert len(blocks) == 3
    assert len(tails(blocks)[0]) == 1
    made, origin = docked(blocks)
    assert not len(tails(made)[0])
    assert shapely.coverage_is_valid(made)
    assert shapely.area(made).sum() == pytest.approx(160_000)
    assert (origin == -1).sum() == 2


def test_an_alley_wide_enough_to_walk_is_no_tail() -> None:
    blocks = wedge(1.5)
    made, origin = docked(blocks)
    assert made is blocks
    assert origin.tolist() == [0, 1, 2]


def test_what_a_neck_joined_becomes_two_blocks() -> None:
    neck = Polygon(at((0, 0), (100, 0), (100, 50), (200, 50), (200, 0), (300, 0), (300, 100), (200, 100),
                      (200, 50.2), (100, 50.2), (100, 100), (0, 100)))  # fmt: skip
    below = Polygon(at((100, 0), (200, 0), (200, 50), (100, 50)))
    above = Polygon(at((100, 50.2), (200, 50.2), (200, 100), (100, 100)))
    made, _ = docked(np.array([neck, below, above], dtype=object))
    assert len(made) == 4
    assert {shape.geom_type for shape in made} == {"Polygon"}
    assert shapely.coverage_is_valid(made)


def test_no_tail_crosses_the_wall_of_an_area() -> None:
    blocks = wedge(0.2)
    middle = int(np.flatnonzero(shapely.contains_xy(blocks, X + 210, Y + 390))[0])
    area = np.where(np.arange(3) == middle, 0, 1)
    made, origin = docked_apart(blocks, area)
    assert shapely.area(made[origin == middle]).sum() == pytest.approx(blocks[middle].area)


def test_two_roads_that_part_slowly_leave_no_tail_in_any_cell() -> None:
    """As an earlier border does that was drawn a hair beside today's road."""
    road = LineString(at((200, -50), (200, 450)))
    beside = LineString(at((200.02, -50), (200.02, 200), (450, 320)))
    across = [LineString(at((-50, y), (450, y))) for y in (100, 300)]
    roads = gpd.GeoDataFrame({"highway": ["tertiary"] * 4}, geometry=[road, beside, *across], crs=CRS)
    area = gpd.GeoDataFrame(geometry=[box(X, Y, X + 400, Y + 400)], index=["所"], crs=CRS)
    for cells in (2, 4):
        told = divide(area, roads, cells=cells, mix=Mix(businesses=0, area=1, roads=0))
        for frame in (told.cells, told.blocks):
            assert not len(tails(np.asarray(frame.geometry.values, dtype=object))[0])
        assert told.report["gap_m2"] == told.report["overlap_m2"] == told.report["pieces"] == 0
