"""Division along roads (P10-C1): whole cells without gap or overlap, on roads, evenly loaded."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, affinity, box

from gridsup.cells.division import Mix
from gridsup.cells.division import divide as divide_whole
from gridsup.cells.division.workload import SNAP, homes
from gridsup.errors import Invalid

CRS = "EPSG:4547"
X, Y = 520_000.0, 3_380_000.0


ONLY_POINTS = Mix(businesses=1.0, area=0.0, roads=0.0)
ONLY_GROUND = Mix(businesses=0.0, area=1.0, roads=0.0)


def divide(area: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, **asked: Any) -> gpd.GeoDataFrame:
    return divide_whole(area, roads, **asked).cells


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
    """Neighbours share their vertices, and each station is covered to a micrometre along its outline."""
    assert shapely.coverage_is_valid(cells.geometry.values)
    for name, outline in stations.geometry.items():
        mine = shapely.union_all(cells.geometry[cells["area"] == name].values)
        assert shapely.symmetric_difference(mine, outline).area <= 2e-6 * outline.length


def test_sixteen_squares_become_four_quarters_numbered_west_to_east_then_north_to_south() -> None:
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 100), cells=4)
    assert cells["blocks"].tolist() == [4, 4, 4, 4]
    corners = [(c.x - X, c.y - Y) for c in cells.geometry.centroid]
    assert corners == [(100, 300), (300, 300), (100, 100), (300, 100)]
    assert cells["seq"].tolist() == [1, 2, 3, 4]
    assert cells["area_m2"].tolist() == pytest.approx([40_000] * 4)


def test_the_border_runs_on_the_strong_road() -> None:
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 100, strong=200), cells=2)
    shared = shapely.intersection(cells.geometry[0], cells.geometry[1])
    assert shared.length == pytest.approx(400)
    assert {c[0] - X for c in shapely.get_coordinates(shared)} == {200}


def test_workload_follows_the_points_not_the_ground() -> None:
    dense = [Point(X + 10 + i, Y + 350) for i in range(80)]  # in the north-western block
    thin = [Point(X + x + 0.5, Y + y + 0.5) for x in range(0, 400, 50) for y in range(0, 400, 40)]
    points = gpd.GeoSeries(dense + thin, crs=CRS)
    cells = divide(
        areas(所=square(0, 0, 400)), chequer(400, 100), cells=2, businesses=points, mix=ONLY_POINTS
    )
    assert cells["workload"].sum() == pytest.approx(2)
    assert cells["workload"].max() <= 1.2 * cells["workload"].min()
    assert cells["area_m2"].max() > 1.5 * cells["area_m2"].min()


def test_weights_of_points_count() -> None:
    points = gpd.GeoDataFrame(
        {"weight": [3.0, 1.0]}, geometry=[Point(X + 50, Y + 50), Point(X + 350, Y + 50)], crs=CRS
    )
    cells = divide(
        areas(所=square(0, 0, 400)), chequer(400, 200), cells=4, businesses=points, mix=ONLY_POINTS
    )
    assert sorted(cells["workload"]) == [0, 0, 1, 3]


def test_a_dead_end_just_short_of_the_boundary_is_led_on_and_a_long_one_is_not() -> None:
    def told(end: float) -> dict[str, Any]:
        road = LineString([(X + 200, Y - 10), (X + 200, Y + end)])
        roads = gpd.GeoDataFrame({"highway": ["tertiary"]}, geometry=[road], crs=CRS)
        return divide_whole(areas(所=square(0, 0, 400)), roads, cells=1, mix=ONLY_GROUND).report

    assert (told(380)["blocks"], told(380)["straight_cuts"]) == (2, 0)
    assert told(250)["straight_cuts"] > 0


def test_neighbouring_stations_are_divided_apart_and_fit_together() -> None:
    stations = areas(东=square(400, 0, 400), 西=square(0, 0, 400))
    roads = chequer(800, 100)
    cells = divide(stations, roads, cells=8)
    assert_seamless(cells, stations)
    assert cells["area"].tolist() == ["东"] * 4 + ["西"] * 4
    assert cells["seq"].tolist() == [1, 2, 3, 4] * 2


def test_an_island_in_a_lake_ring_keeps_its_own_cell() -> None:
    parts = MultiPolygon([square(0, 0, 400), square(1000, 0, 400)])
    roads = gpd.GeoDataFrame(
        {"highway": ["tertiary"]}, geometry=[LineString([(X - 10, Y + 200), (X + 1500, Y + 200)])], crs=CRS
    )
    cells = divide(areas(所=parts), roads, cells=3)
    assert set(cells.geom_type) == {"Polygon"}
    with pytest.raises(Invalid) as caught:
        divide(areas(所=parts), roads, cells=1)
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
        divide(area, roads, cells=4)
    assert caught.value.code == code
    if code != "division-crs":
        assert "一所" in caught.value.text("zh")
        assert "一所" in caught.value.text("en")


def test_businesses_outside_are_counted_with_their_places_and_a_missing_one_is_refused() -> None:
    area, roads = areas(所=square(0, 0, 400)), chequer(400, 100)
    points = gpd.GeoSeries([Point(X - 5, Y), Point(X + 10, Y + 10)], crs=CRS)
    told = divide_whole(area, roads, cells=4, businesses=points)
    assert told.report["unplaced_businesses"] == 1
    assert told.report["unplaced_places"] == [[X - 5, Y]]
    assert told.home.tolist()[0] == -1
    assert told.cells["businesses"].sum() == 1
    with pytest.raises(Invalid, match="division-point-missing"):
        divide(area, roads, cells=4, businesses=gpd.GeoSeries([Point(X, Y), None], crs=CRS))


TURN, SIDE = 0.37, 400.0
"""A block of streets turned (radians), so that no point along its edge is exact in floating point."""


def _turned(shapes: list[Any]) -> Any:
    return affinity.rotate(gpd.GeoSeries(shapes, crs=CRS).union_all(), TURN, origin=(X, Y), use_radians=True)


@pytest.fixture(scope="module")
def turned() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    roads = chequer(SIDE, 100)
    lines = [_turned([line]) for line in roads.geometry]
    return areas(所=_turned([square(0, 0, SIDE)])), roads.set_geometry(lines, crs=CRS)


def test_a_business_on_the_outer_edge_is_in_one_cell_by_the_rule_of_the_inner_ones(
    turned: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
) -> None:
    area, roads = turned
    ring = area.geometry.iloc[0].exterior
    along = [ring.interpolate(at) for at in np.linspace(0, ring.length, 301)]
    told = divide_whole(area, roads, cells=4, businesses=gpd.GeoSeries(along, crs=CRS))
    assert told.report["unplaced_businesses"] == 0
    assert told.cells["businesses"].sum() == told.blocks["businesses"].sum() == 301
    apart = [
        shape.distance(point) for shape, point in zip(told.cells.geometry[told.home], along, strict=True)
    ]
    assert max(apart) < 1e-3


@given(st.floats(0, SIDE), st.floats(-0.5, 0.5))
def test_a_point_is_homeless_only_farther_off_than_the_tolerance(at: float, off: float) -> None:
    half = SIDE / 2
    quarters = np.array([_turned([square(x, y, half)]) for y in (half, 0) for x in (0, half)], dtype=object)
    place = _turned([Point(X + at, Y - off)])
    apart = shapely.distance(quarters, place)
    home = homes(quarters, np.array([place], dtype=object))[0]
    if apart.min() > SNAP:
        assert home == -1
    elif apart.min() > 0:
        assert home == np.flatnonzero(np.round(apart, 3) == np.round(apart, 3).min())[0]
    else:
        assert home == np.flatnonzero(apart == 0)[0]


def test_impossible_numbers_are_refused() -> None:
    area, roads = areas(所=square(0, 0, 400)), chequer(400, 100)
    for asked in ({"cells": 0}, {"cells": 4, "inspectors": 5}, {"cells": 4, "inspectors": 0}):
        with pytest.raises(Invalid, match="division-size"):
            divide(area, roads, **asked)
    with pytest.raises(Invalid, match="division-mix"):
        Mix(businesses=-1.0)


def test_a_business_on_a_border_belongs_to_the_first_cell() -> None:
    points = gpd.GeoSeries([Point(X + 200, Y + 300), Point(X + 200, Y + 200)], crs=CRS)
    told = divide_whole(areas(所=square(0, 0, 400)), chequer(400, 200), cells=4, businesses=points)
    assert told.home.tolist() == [0, 0]
    assert told.report["businesses_on_border"] == 2


def test_a_dual_carriageway_is_one_border_down_the_middle() -> None:
    pair = [LineString([(X - 50, Y + v), (X + 450, Y + v)]) for v in (190, 210)]
    cross = [LineString([(X + v, Y - 50), (X + v, Y + 450)]) for v in (100, 200, 300)]
    kinds = ["primary"] * 2 + ["residential"] * 3
    roads = gpd.GeoDataFrame({"highway": kinds}, geometry=pair + cross, crs=CRS)
    told = divide_whole(areas(所=square(0, 0, 400)), roads, cells=2, mix=ONLY_GROUND)
    assert told.report["blocks"] == 8
    border = shapely.intersection(told.cells.geometry[0], told.cells.geometry[1])
    assert border.length == pytest.approx(400, abs=1)
    assert np.ptp(shapely.get_coordinates(border)[:, 1]) < 1
    assert border.centroid.y - Y == pytest.approx(200, abs=1)
    assert told.report["on_major_roads"] == 1


def test_a_row_of_shops_between_two_streets_stays_a_block() -> None:
    both = [LineString([(X - 50, Y + v), (X + 450, Y + v)]) for v in (192, 208)]
    roads = gpd.GeoDataFrame({"highway": ["residential"] * 2}, geometry=both, crs=CRS)
    shops = gpd.GeoSeries([Point(X + v, Y + 200) for v in range(20, 400, 40)], crs=CRS)
    bare = divide_whole(areas(所=square(0, 0, 400)), roads, cells=1)
    lived_in = divide_whole(areas(所=square(0, 0, 400)), roads, cells=1, businesses=shops)
    assert bare.report["blocks"] < lived_in.report["blocks"]


def test_a_tunnel_bounds_nothing() -> None:
    roads = chequer(400, 200).assign(tunnel=["yes", None])  # the one that runs north is under ground
    told = divide_whole(areas(所=square(0, 0, 400)), roads, cells=1, mix=ONLY_GROUND)
    open_ = divide_whole(areas(所=square(0, 0, 400)), roads.drop(columns="tunnel"), cells=1, mix=ONLY_GROUND)
    assert told.report["blocks"] < open_.report["blocks"]


def test_a_heavy_block_is_cut_through_the_widest_gap_and_never_through_a_building() -> None:
    west = [Point(X + 10 + 3 * i, Y + 10 + 37 * j) for i in range(30) for j in range(10)]
    east = [Point(X + 290 + 3 * i, Y + 10 + 37 * j) for i in range(30) for j in range(10)]
    shops = gpd.GeoSeries(west + east, crs=CRS)
    edge = gpd.GeoDataFrame(
        {"highway": ["tertiary"]}, geometry=[LineString([(X - 9, Y), (X + 400, Y)])], crs=CRS
    )
    area = areas(所=square(0, 0, 400))
    told = divide_whole(area, edge, cells=2, businesses=shops, mix=ONLY_POINTS)
    assert told.cells["businesses"].tolist() == [300, 300]
    assert told.report["straight_cuts"] > 0
    hall = gpd.GeoSeries([square(120, 20, 160)], crs=CRS)
    spared = divide_whole(area, edge, cells=2, businesses=shops, mix=ONLY_POINTS, buildings=hall)
    border = shapely.intersection(spared.cells.geometry[0], spared.cells.geometry[1])
    assert not shapely.intersects(border, hall[0])


def test_a_market_that_outweighs_a_cell_stays_whole_and_is_named() -> None:
    shops = gpd.GeoDataFrame(
        {"weight": [600.0] + [1.0] * 100},
        geometry=[Point(X + 50, Y + 50), *(Point(X + 4 * i, Y + 395) for i in range(100))],
        crs=CRS,
    )
    told = divide_whole(areas(所=square(0, 0, 400)), chequer(400, 100), cells=4, businesses=shops)
    [market] = [one for one in told.report["indivisible"] if one["mean_cells"] > 1]
    assert (market["x"], market["y"]) == (X + 50, Y + 50)


def test_beats_group_neighbouring_cells_evenly() -> None:
    cells = divide(areas(所=square(0, 0, 400)), chequer(400, 50), cells=16, inspectors=4, mix=ONLY_GROUND)
    assert sorted(cells["inspector"].unique()) == [1, 2, 3, 4]
    for _, beat in cells.groupby("inspector"):
        assert shapely.union_all(beat.geometry.values).geom_type == "Polygon"
        assert beat["workload"].sum() == pytest.approx(4, rel=0.3)


def test_what_can_stay_stays() -> None:
    area, roads = areas(所=square(0, 0, 800)), chequer(800, 100)
    first = divide(area, roads, cells=8, mix=ONLY_GROUND)
    before = first.set_index(first["seq"].map("{:03d}".format))
    again = divide(area, roads, cells=8, mix=ONLY_GROUND, previous=before, seed=5, stay=3.0)
    assert again["before"].tolist() == before.index.tolist()
    assert all(a.equals(b) for a, b in zip(again.geometry, before.geometry, strict=True))
    more = divide(area, roads, cells=9, mix=ONLY_GROUND, previous=before, stay=3.0)
    assert more["before"].isna().sum() == 1
    fewer = divide(area, roads, cells=7, mix=ONLY_GROUND, previous=before, stay=3.0)
    assert fewer["before"].notna().all()
    assert fewer["before"].is_unique


def test_the_same_seed_gives_the_same_cells_in_whatever_order_the_roads_come() -> None:
    area, roads = areas(所=square(0, 0, 1000)), chequer(1000, 50, strong=500)
    one, two = (divide(area, some, cells=20, seed=3) for some in (roads, roads.iloc[::-1]))
    assert one.geometry.geom_equals_exact(two.geometry, 0).all()


@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
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
    told = divide_whole(area, roads, cells=1 + int(share * 2 * len(lines)))
    cells = told.cells
    assert told.report["pieces"] == told.report["overlap_m2"] == told.report["gap_m2"] == 0
    assert set(cells.geom_type) == {"Polygon"}
    assert_seamless(cells, area)
