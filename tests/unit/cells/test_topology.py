"""Cells on a square kilometre laid out in metres (EPSG:4547), so that every area is known by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from gridsup.cells.topology import TopologyReport, check_cells

METRIC = 4547
ORIGIN = (529_000.0, 3_386_000.0)  # in Wuhan
_back = Transformer.from_crs(METRIC, 4490, always_xy=True)


def square(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A box of metres from the origin, in EPSG:4490 with as many corners as it has."""
    box = shapely.box(ORIGIN[0] + x0, ORIGIN[1] + y0, ORIGIN[0] + x1, ORIGIN[1] + y1)
    return shapely.transform(box, _back.transform, interleaved=False)


WHOLE = square(0, 0, 200, 100)
LEFT, RIGHT = square(0, 0, 100, 100), square(100, 0, 200, 100)


def check(cells: dict[str, shapely.Polygon], boundary: shapely.Polygon | None = WHOLE) -> TopologyReport:
    return check_cells(list(cells.values()), list(cells), boundary, metric_srid=METRIC)


def test_two_squares_that_share_an_edge_fill_their_area() -> None:
    assert check({"01": LEFT, "02": RIGHT}).faults == ()


def test_a_gap_is_named_with_its_area_its_place_and_its_neighbours() -> None:
    report = check({"01": square(0, 0, 90, 100), "02": RIGHT})
    (fault,) = report.faults
    assert (fault.kind, fault.codes, report.ok) == ("gap", ("01", "02"), False)
    assert fault.area_m2 == pytest.approx(1000, rel=1e-4)
    assert square(90, 0, 100, 100).contains(shapely.Point(fault.place))
    assert "01" in fault.zh
    assert "空隙" in fault.zh
    assert "gap" in fault.en


def test_a_gap_that_no_cell_touches_names_the_nearest() -> None:
    ring = square(-500, -500, 700, 600)
    report = check({"01": LEFT, "02": RIGHT}, ring.difference(square(-100, -100, 300, 200)).union(WHOLE))
    (fault,) = report.faults
    assert fault.kind == "gap"
    assert fault.codes in {("01",), ("02",), ("01", "02")}


def test_an_overlap_names_both_cells() -> None:
    (fault,) = check({"01": square(0, 0, 120, 100), "02": RIGHT}).faults
    assert (fault.kind, fault.codes) == ("overlap", ("01", "02"))
    assert fault.area_m2 == pytest.approx(2000, rel=1e-4)
    assert square(100, 0, 120, 100).contains(shapely.Point(fault.place))


@pytest.mark.parametrize(("edge", "of"), [(99.7, "gap"), (100.3, "overlap")])
def test_a_thin_seam_is_a_sliver(edge: float, of: str) -> None:
    (fault,) = check({"01": square(0, 0, edge, 100), "02": RIGHT}).faults
    assert (fault.kind, fault.of) == ("sliver", of)
    assert fault.area_m2 == pytest.approx(30, rel=1e-2)


def test_rounding_of_a_millimetre_is_no_fault() -> None:
    assert check({"01": square(0, 0, 100.001, 100), "02": RIGHT}).ok


def test_a_cell_that_leaves_its_station_is_outside() -> None:
    (fault,) = check({"01": LEFT, "02": square(100, 0, 230, 100)}).faults
    assert (fault.kind, fault.codes) == ("outside", ("02",))
    assert fault.area_m2 == pytest.approx(3000, rel=1e-4)


def test_the_same_shape_twice_is_a_duplicate_and_no_overlap() -> None:
    report = check({"01": LEFT, "02": RIGHT, "03": RIGHT})
    assert [(f.kind, f.codes) for f in report.faults] == [("duplicate", ("02", "03"))]


def test_the_same_code_twice_is_a_duplicate() -> None:
    report = check_cells([LEFT, RIGHT], ["01", "01"], WHOLE, metric_srid=METRIC)
    assert [(f.kind, f.codes) for f in report.faults] == [("duplicate", ("01",))]


def test_a_ring_that_crosses_itself_is_named() -> None:
    x, y = shapely.get_coordinates(RIGHT)[:4].T
    bow = shapely.Polygon([(x[0], y[0]), (x[2], y[2]), (x[1], y[1]), (x[3], y[3])])
    report = check({"01": LEFT, "02": bow})
    assert report.faults[0].kind == "invalid"
    assert report.faults[0].codes == ("02",)
    assert report.count("gap") >= 1


def test_an_absent_shape_is_invalid_not_an_error() -> None:
    report = check_cells([LEFT, RIGHT, None], ["01", "02", "03"], WHOLE, metric_srid=METRIC)
    assert [(f.kind, f.codes) for f in report.faults] == [("invalid", ("03",))]


def test_a_cell_in_two_pieces_is_named() -> None:
    two = shapely.MultiPolygon([square(0, 0, 50, 100), square(150, 0, 200, 100)])
    report = check({"01": two, "02": square(50, 0, 150, 100)})
    assert [(f.kind, f.codes) for f in report.faults] == [("pieces", ("01",))]


def test_an_enclosed_hole_is_a_gap_even_without_a_boundary() -> None:
    ring = square(0, 0, 200, 100).difference(square(50, 25, 100, 75))
    (fault,) = check({"01": ring}, boundary=None).faults
    assert fault.kind == "gap"
    assert fault.area_m2 == pytest.approx(2500, rel=1e-4)


def test_vertices_that_do_not_meet_are_told_and_do_not_block() -> None:
    report = check({"01": LEFT, "02": square(100, 0, 200, 50), "03": square(100, 50, 200, 100)})
    assert report.ok
    assert {f.kind for f in report.faults} == {"mismatch"}


@settings(max_examples=40)
@given(
    cuts=st.lists(st.integers(5, 195), min_size=1, max_size=6, unique=True),
    drop=st.integers(0, 5),
)
def test_the_faults_of_missing_strips_add_up_to_what_is_missing(cuts: list[int], drop: int) -> None:
    edges = [0, *sorted(cuts), 200]
    strips = {f"{i:02d}": square(a, 0, b, 100) for i, (a, b) in enumerate(pairwise(edges))}
    assert check(strips).ok
    gone = sorted(strips)[drop % len(strips)]
    width = edges[int(gone) + 1] - edges[int(gone)]
    rest = {code: shape for code, shape in strips.items() if code != gone}
    report = check(rest)
    assert sum(f.area_m2 for f in report.faults) == pytest.approx(width * 100, rel=1e-3)
