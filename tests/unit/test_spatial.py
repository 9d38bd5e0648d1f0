"""Datum conversion, checks of reference systems and measures, against published figures."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Geod
from shapely import Point, box, from_wkt

from gridsup.errors import Invalid
from gridsup.spatial import (
    CANONICAL,
    DISPLAY,
    EXCHANGE,
    Datum,
    area_m2,
    bd09_to_gcj02,
    cgcs2000_zone,
    distance_m,
    from_metric,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    length_m,
    metric_crs,
    project,
    require_crs,
    to_canonical,
    to_metric,
    transformer,
    wgs84_to_gcj02,
)

QUANZHOU = (118.6133, 24.8913)
QUANZHOU_GCJ = (118.6177482, 24.8883002)
QUANZHOU_BD = (118.6243336, 24.8939491)
EARTH = Geod(ellps="WGS84")


def test_quanzhou_in_gcj02_and_bd09() -> None:
    gcj = wgs84_to_gcj02(QUANZHOU)
    assert gcj == pytest.approx(QUANZHOU_GCJ, abs=1e-7)
    assert gcj02_to_bd09(gcj) == pytest.approx(QUANZHOU_BD, abs=1e-7)


@pytest.mark.parametrize(
    ("place", "metres"),
    [
        (QUANZHOU, 559),
        ((119.2965, 26.0745), 590),
        ((118.0894, 24.4798), 584),
        ((117.0176, 25.0752), 579),
        ((116.4074, 39.9042), 556),
    ],
)
def test_offset_of_gcj02_in_five_cities(place: tuple[float, float], metres: float) -> None:
    gcj = wgs84_to_gcj02(place)
    assert EARTH.inv(*place, *gcj)[2] == pytest.approx(metres, abs=6)


def test_quanzhou_offset_points_south_east() -> None:
    azimuth, _, metres = EARTH.inv(*QUANZHOU, *wgs84_to_gcj02(QUANZHOU))
    assert (round(azimuth), round(metres)) == (126, 559)
    assert EARTH.inv(*QUANZHOU, *gcj02_to_bd09(wgs84_to_gcj02(QUANZHOU)))[2] == pytest.approx(1153, abs=1)


@settings(max_examples=300)
@given(
    arrays(np.float64, (20, 2), elements=st.floats(0, 1)).map(
        lambda unit: unit * np.array([64.0, 53.0]) + np.array([73.0, 1.5])
    )
)
def test_inverses_return_to_better_than_1e_8_degrees(points: np.ndarray) -> None:
    assert np.abs(gcj02_to_wgs84(wgs84_to_gcj02(points)) - points).max() < 1e-8
    assert np.abs(bd09_to_gcj02(gcj02_to_bd09(points)) - points).max() < 1e-8


@pytest.mark.parametrize("place", [(24.9384, 60.1699), (-73.98, 40.75), (151.2, -33.9), (139.7, 35.7)])
def test_nothing_moves_outside_the_china_box(place: tuple[float, float]) -> None:
    for change in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02):
        assert tuple(change(place)) == place


def test_to_canonical_takes_geometries_arrays_of_them_and_coordinates() -> None:
    assert to_canonical(Point(QUANZHOU_BD), Datum.BD09).coords[0] == pytest.approx(QUANZHOU, abs=2e-7)
    ring = box(118.61, 24.88, 118.62, 24.89)
    moved = to_canonical(np.array([ring, None, Point(QUANZHOU_GCJ)], dtype=object), Datum.GCJ02)
    assert moved[1] is None
    assert moved[2].coords[0] == pytest.approx(QUANZHOU, abs=2e-7)
    assert moved[0].centroid.distance(ring.centroid) == pytest.approx(0.0054, abs=0.0004)
    assert to_canonical([QUANZHOU], Datum.WGS84).tolist() == [list(QUANZHOU)]
    assert to_canonical(np.empty((0, 2)), Datum.BD09).shape == (0, 2)


@pytest.mark.parametrize(
    "points", [(24.8913, 118.6133), (359880.7, 2754727.0), (float("nan"), 24.0), (118.0, 24.0, 3.0), (118.0,)]
)
def test_swapped_projected_or_missing_coordinates_are_refused(points: tuple[float, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        to_canonical(points, Datum.GCJ02)
    assert refusal.value.code == "coordinates-out-of-range"


@pytest.mark.parametrize(
    ("name", "datum"),
    [("GCJ-02", Datum.GCJ02), ("bd_09", Datum.BD09), ("WGS 84", Datum.WGS84), ("CGCS2000", Datum.CGCS2000)],
)
def test_datum_names_are_read_as_people_write_them(name: str, datum: Datum) -> None:
    assert Datum.parse(name) is datum


def test_unknown_datum_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="datum-unknown") as refusal:
        Datum.parse("beijing54")
    assert "gcj02" in refusal.value.text("zh")


@pytest.mark.parametrize(
    ("crs", "east", "north"),
    [(4549, 359880.706, 2754727.020), (4528, 40359880.706, 2754727.020), (4548, 663019.781, None)],
)
def test_quanzhou_projected(crs: int, east: float, north: float | None) -> None:
    x, y = to_metric(Point(QUANZHOU), crs).coords[0]
    assert x == pytest.approx(east, abs=0.001)
    if north is not None:
        assert y == pytest.approx(north, abs=0.001)


def test_metric_and_canonical_are_inverse() -> None:
    ring = box(118.55, 24.87, 118.68, 24.95)
    assert from_metric(to_metric(ring, 4549), 4549).equals_exact(ring, 1e-9)


@pytest.mark.parametrize("crs", [4490, 4326, "OGC:CRS84", 3857, 2249, "+proj=merc +units=m"])
def test_geographic_mercator_and_foot_systems_are_refused_for_measures(crs: int | str) -> None:
    with pytest.raises(Invalid) as refusal:
        area_m2(box(118.6, 24.8, 118.7, 24.9), crs)
    assert refusal.value.code == "crs-not-metric"


def test_a_citys_own_system_may_be_a_proj_string() -> None:
    own = "+proj=tmerc +lat_0=0 +lon_0=118.6 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    ring = box(118.6, 24.89, 118.61, 24.9)
    truth = abs(EARTH.geometry_area_perimeter(ring)[0])
    assert metric_crs(own).is_projected
    assert area_m2(ring, own) == pytest.approx(truth, rel=1e-4)


def test_unknown_reference_system_is_refused() -> None:
    for bad in (999999, "nonsense"):
        with pytest.raises(Invalid) as refusal:
            metric_crs(bad)
        assert refusal.value.code == "crs-unknown"


def test_measures_agree_with_the_ellipsoid_and_web_mercator_does_not() -> None:
    ring = box(118.6, 24.89, 118.61, 24.9)
    area, perimeter = EARTH.geometry_area_perimeter(ring)
    assert area_m2(ring, 4549) == pytest.approx(abs(area), rel=6e-4)
    assert length_m(ring, 4549) == pytest.approx(perimeter, rel=3e-4)
    assert distance_m(Point(118.6, 24.9), Point(118.61, 24.9), 4549) == pytest.approx(
        EARTH.inv(118.6, 24.9, 118.61, 24.9)[2], rel=3e-4
    )
    assert project(ring, CANONICAL, DISPLAY).area / abs(area) == pytest.approx(1.2153, abs=0.01)


@pytest.mark.parametrize(
    ("longitude", "zone"), [(118.6133, 4549), (114.27, 4547), (117.0, 4548), (75.0, 4534), (135.0, 4554)]
)
def test_cgcs2000_zone_by_longitude(longitude: float, zone: int) -> None:
    assert cgcs2000_zone(longitude) == zone
    x, _ = to_metric(Point(longitude, 30.0), zone).coords[0]
    assert abs(x - 500_000) < 150_000


def test_longitude_outside_the_zones_is_refused() -> None:
    with pytest.raises(Invalid, match="longitude-outside-zones"):
        cgcs2000_zone(24.9)


def test_layer_without_crs_is_refused_and_another_crs_named() -> None:
    bare = gpd.GeoSeries([Point(QUANZHOU)])
    with pytest.raises(Invalid, match="crs-missing"):
        require_crs(bare)
    stated = bare.set_crs(CANONICAL)
    assert require_crs(stated, CANONICAL).to_epsg() == CANONICAL
    with pytest.raises(Invalid, match="crs-mismatch"):
        require_crs(stated, 4549)


def test_transformers_are_cached_and_keep_longitude_first() -> None:
    assert transformer(EXCHANGE, CANONICAL) is transformer(EXCHANGE, CANONICAL)
    assert transformer(EXCHANGE, CANONICAL).transform(*QUANZHOU) == pytest.approx(QUANZHOU)
    line = from_wkt("LINESTRING (118.6 24.8, 118.7 24.9)")
    assert project(line, EXCHANGE, DISPLAY).coords[0][0] == pytest.approx(13202491.6, rel=1e-4)
