"""Division along roads (P10-C1): whole cells without gap or overlap, on roads, evenly loaded."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from gridsup.cells.division import divide
from gridsup.errors import Invalid

CRS = "EPSG:4547"
X, Y = 520_000.0, 3_380_000.0


def areas(**shapes: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=CRS)


def square(x: float, y: float, side: float) -> Polygon:
    return box(X + x, Y + y, X + x + side, Y + y + side)


def chequer(side: float, step: float, strong: float | None = None) -> gpd.GeoDataFrame:
    """Streets every ``step`` metres in both directions; the one at ``strong`` runs north and is a primary."""
    at = np.arange(step, side, step)
    lines = [LineString([(X + v, Y - 50), (X + v, Y + side + 50)]) for v in at]
    lines += [LineString([(X - 50, Y + v), (X + side + 50, Y + v)]) for v in at]
    kinds = ["primary" if v == strong else "residential" for v in at] + ["residential"] * len(at)
    return gpd.GeoDataFrame({"highway": kinds}, geometry=lines, crs=CRS)


def assert_seamless(cells: gpd.GeoDataFrame, stations: gpd.GeoDataFrame) -> None:
    """Neighbours share their vertices, and each station is covered to a millimetre along its outline."""
    assert shapely.coverage_is_valid(cells.geometry.values)
    for name, outline in stations.geometry.items():
        mine = shapely.union_all(cells.geometry[cells["area"] == name].values)
        assert shapely.symmetric_difference(mine, outline).area <= 0.002 * outline.length


def test_sixteen_squares_become_four_quarters_numbered_west_to_east_then_north_to_south() -> None:
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 100), count=4)
    assert cells["blocks"].tolist() == [4, 4, 4, 4]
    corners = [(c.x - X, c.y - Y) for c in cells.geometry.centroid]
    assert corners == [(100, 300), (300, 300), (100, 100), (300, 100)]
    assert cells["seq"].tolist() == [1, 2, 3, 4]
    assert cells["area_m2"].tolist() == pytest.approx([40_000] * 4)


def test_target_gives_the_number_of_cells() -> None:
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 100), target=80_000)
    assert len(cells) == 2


def test_the_border_runs_on_the_strong_road() -> None:
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 100, strong=200), count=2)
    shared = shapely.intersection(cells.geometry[0], cells.geometry[1])
    assert shared.length == pytest.approx(400)
    assert {c[0] - X for c in shapely.get_coordinates(shared)} == {200}


def test_workload_follows_the_points_not_the_ground() -> None:
    dense = [Point(X + 10 + i, Y + 350) for i in range(80)]  # in the north-western block
    thin = [Point(X + x + 0.5, Y + y + 0.5) for x in range(0, 400, 50) for y in range(0, 400, 40)]
    points = gpd.GeoSeries(dense + thin, crs=CRS)
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 100), count=2, points=points)
    assert cells["workload"].sum() == len(points)
    assert cells["workload"].max() <= 1.2 * cells["workload"].min()
    assert cells["area_m2"].max() > 1.5 * cells["area_m2"].min()


def test_weights_of_points_count() -> None:
    points = gpd.GeoDataFrame(
        {"weight": [3.0, 1.0]}, geometry=[Point(X + 50, Y + 50), Point(X + 350, Y + 50)], crs=CRS
    )
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 200), count=4, points=points)
    assert sorted(cells["workload"]) == [0, 0, 1, 3]


def test_a_dead_end_just_short_of_the_boundary_is_led_on_and_a_long_one_is_not() -> None:
    area = areas(所=square(0, 0, 400))
    short = gpd.GeoDataFrame(
        {"highway": ["tertiary"]}, geometry=[LineString([(X + 200, Y - 10), (X + 200, Y + 380)])], crs=CRS
    )
    assert len(divide(area, short, count=2)) == 2
    with pytest.raises(Invalid) as caught:
        divide(area, short, count=2, reach=10)
    assert caught.value.code == "division-too-many-cells"
    assert caught.value.params["limit"] == 1


def test_neighbouring_stations_are_divided_apart_and_fit_together() -> None:
    stations = areas(东=square(400, 0, 400), 西=square(0, 0, 400))
    roads = chequer(800, 100)
    cells = divide(stations, roads, count=8)
    assert_seamless(cells, stations)
    assert cells["area"].tolist() == ["东"] * 4 + ["西"] * 4
    assert cells["seq"].tolist() == [1, 2, 3, 4] * 2


def test_an_island_in_a_lake_ring_keeps_its_own_cell() -> None:
    parts = MultiPolygon([square(0, 0, 400), square(1000, 0, 400)])
    roads = gpd.GeoDataFrame(
        {"highway": ["tertiary"]}, geometry=[LineString([(X - 10, Y + 200), (X + 1500, Y + 200)])], crs=CRS
    )
    cells = divide(areas(所=parts), roads, count=3)
    assert set(cells.geom_type) == {"Polygon"}
    with pytest.raises(Invalid) as caught:
        divide(areas(所=parts), roads, count=1)
    assert caught.value.code == "division-too-few-cells"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda a, r: (a, r.iloc[:0]), "division-no-roads"),
        (lambda a, r: (a, r.to_crs(4490)), "division-crs"),
        (lambda a, r: (a.to_crs(4490), r.to_crs(4490)), "division-crs"),
        (
            lambda a, r: (a.set_geometry([Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])], crs=CRS), r),
            "division-boundary-invalid",
        ),
        (lambda a, r: (a.set_geometry([Point(X, Y)], crs=CRS), r), "division-boundary-invalid"),
    ],
)
def test_what_cannot_be_divided_is_refused_by_name_in_two_languages(make, code) -> None:  # type: ignore[no-untyped-def]
    area, roads = make(areas(一所=square(0, 0, 400)), chequer(400, 100))
    with pytest.raises(Invalid) as caught:
        divide(area, roads, count=4)
    assert caught.value.code == code
    if code != "division-crs":
        assert "一所" in caught.value.text("zh")
        assert "一所" in caught.value.text("en")


def test_points_outside_and_a_missing_size_are_refused() -> None:
    area, roads = areas(所=square(0, 0, 400)), chequer(400, 100)
    with pytest.raises(Invalid, match="division-points-outside"):
        divide(area, roads, count=4, points=gpd.GeoSeries([Point(X - 5, Y)], crs=CRS))
    for size in ({}, {"count": 4, "target": 5.0}, {"count": 0}):
        with pytest.raises(Invalid, match="division-size"):
            divide(area, roads, **size)


@settings(max_examples=25, deadline=None)
@given(
    lines=st.lists(
        st.tuples(*[st.floats(0, 1000, allow_nan=False, width=32) for _ in range(4)]).filter(
            lambda t: abs(t[0] - t[2]) + abs(t[1] - t[3]) > 1
        ),
        min_size=3,
        max_size=25,
    ),
    share=st.floats(0.1, 0.9),
)
def test_any_tangle_of_roads_divides_without_gap_or_overlap(
    lines: list[tuple[float, float, float, float]], share: float
) -> None:
    roads = gpd.GeoDataFrame(
        {"highway": [("tertiary", "residential", None)[i % 3] for i in range(len(lines))]},
        geometry=[LineString([(X + a, Y + b), (X + c, Y + d)]) for a, b, c, d in lines],
        crs=CRS,
    )
    area = areas(所=square(0, 0, 1000))
    with pytest.raises(Invalid, match="division-too-many-cells") as caught:
        divide(area, roads, count=10**6)
    cells = divide(area, roads, count=max(1, int(caught.value.params["limit"] * share)))
    assert set(cells.geom_type) == {"Polygon"}
    assert_seamless(cells, area)
