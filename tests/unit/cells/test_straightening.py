"""Borders that run on no road (直线分界): straight, short, through no building."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from gridsup.cells.division import Division, Mix, divide, straightening

CRS = "EPSG:4547"
X, Y = 520_000.0, 3_380_000.0
ONLY_GROUND = Mix(businesses=0.0, area=1.0, roads=0.0)


def lake(cells: int, **asked: object) -> Division:
    """A station of 1,800 × 600 m without any road but that along its foot."""
    area = gpd.GeoDataFrame(geometry=[box(X, Y, X + 1800, Y + 600)], index=["所"], crs=CRS)
    foot = LineString([(X - 50, Y), (X + 1850, Y)])
    roads = gpd.GeoDataFrame({"highway": ["tertiary"]}, geometry=[foot], crs=CRS)
    return divide(area, roads, cells=cells, **{"mix": ONLY_GROUND} | asked)  # type: ignore[arg-type]


def borders(made: Division) -> list[Any]:
    shapes = made.cells.geometry.values
    pairs = [(a, b) for i, a in enumerate(shapes) for b in shapes[i + 1 :]]
    shared = [shapely.line_merge(shapely.intersection(a, b)) for a, b in pairs]
    return [line for line in shared if line.length > 1]


@pytest.mark.parametrize("cells", [2, 3, 4])
def test_a_lake_is_shared_by_straight_short_lines_and_evenly(cells: int) -> None:
    made = lake(cells)
    for line in borders(made):
        ends = shapely.get_coordinates(line)[[0, -1]]
        assert line.length == pytest.approx(np.hypot(*(ends[1] - ends[0])), abs=0.01)
    assert made.report["internal_boundary_km"] <= 0.63 * (cells - 1)
    assert made.report["workload_cv"] <= 0.03
    assert made.report["gap_m2"] == made.report["overlap_m2"] == made.report["pieces"] == 0


def test_no_straight_border_runs_through_a_building() -> None:
    halls = gpd.GeoSeries([box(X + x, Y + 40, X + x + 60, Y + 560) for x in (540, 870, 1140)], crs=CRS)
    made = lake(4, buildings=halls)
    for line in borders(made):
        assert not shapely.intersects(shapely.buffer(halls.values, -0.01), line).any()


def test_a_straight_border_keeps_clear_of_businesses() -> None:
    rng = np.random.default_rng(7)
    shops = gpd.GeoSeries(
        [Point(X + x, Y + y) for x, y in rng.uniform((5, 5), (1795, 595), (300, 2))], crs=CRS
    )
    made = lake(4, businesses=shops, mix=Mix(businesses=1.0, area=0.0, roads=0.0))
    assert made.report["businesses_on_border"] == 0
    assert min(shapely.distance(line, shops.values).min() for line in borders(made)) > 0.2
    assert made.cells["businesses"].sum() == 300
    assert made.cells["businesses"].max() <= 81


@settings(max_examples=60)
@given(
    radii=st.lists(st.floats(20, 100), min_size=5, max_size=25),
    places=st.lists(st.tuples(st.floats(-90, 90), st.floats(-90, 90)), min_size=1, max_size=20),
)
def test_what_lies_on_a_side_of_a_chord_is_what_its_polygon_contains(
    radii: list[float], places: list[tuple[float, float]]
) -> None:
    turn = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    size = np.array(radii)
    ring = np.stack([X + size * np.cos(turn), Y + size * np.sin(turn)], axis=1)
    ring = np.concatenate([ring, ring[:1]])
    i, j = np.triu_indices(len(radii), 1)
    spots = np.array(places) + np.array([X, Y])
    found = straightening._within(ring, spots, i, j)
    for chord in range(len(i)):
        if j[chord] - i[chord] < 2:
            continue
        side = shapely.Polygon(ring[i[chord] : j[chord] + 1])
        if side.is_valid:
            clear = shapely.distance(side.exterior, shapely.points(spots)) > 1e-3
            inside = shapely.contains_xy(side, spots[:, 0], spots[:, 1])
            assert (inside == (found[:, chord] > 0))[clear].all()
