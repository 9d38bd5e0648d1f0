"""A cell on paper: a round scale, every business on it once, numbers that can be read."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from gridsup.maps.dots import APART_MM, Household, numbered, squares
from gridsup.maps.drawing import MARGIN_MM, SCALES, Frame, Neighbour, Road, draw, legend, rim

millimetres = st.floats(10, 190, allow_nan=False)
crowds = st.lists(st.tuples(millimetres, millimetres, st.integers(1, 4), st.booleans()), max_size=60).map(
    lambda rows: [Household(x, y, f"店{n}", "餐饮", risk, bare) for n, (x, y, risk, bare) in enumerate(rows)]
)


@given(crowds)
def test_every_business_has_one_number_and_numbers_have_no_gap(crowd: list[Household]) -> None:
    dots = numbered(crowd, width=200, height=200)
    assert sorted(one.name for dot in dots for one in dot.households) == sorted(one.name for one in crowd)
    runs = [n for dot in dots for n in range(dot.first, dot.first + len(dot.households))]
    assert runs == list(range(1, len(crowd) + 1))


@given(crowds)
def test_a_label_stays_on_the_paper_and_a_dot_near_its_businesses(crowd: list[Household]) -> None:
    for dot in numbered(crowd, width=200, height=200):
        left, top, right, bottom = dot.label_box
        assert 0 <= left <= right <= 200
        assert 0 <= top <= bottom <= 200
        assert all(
            abs(h.x - dot.x) < 2 * APART_MM and abs(h.y - dot.y) < 2 * APART_MM for h in dot.households
        )


@given(crowds)
def test_density_counts_every_business_once(crowd: list[Household]) -> None:
    assert sum(n for _, _, n in squares(crowd, 8.0)) == len(crowd)


@given(st.floats(5, 30_000), st.floats(5, 30_000))
def test_the_scale_is_round_and_shows_the_whole_cell(wide: float, high: float) -> None:
    ground = box(500_000, 3_380_000, 500_000 + wide, 3_380_000 + high)
    frame = Frame.around(ground, width=296, height=248)
    assert frame.scale in SCALES
    for x, y in ground.exterior.coords:
        left, top = frame.place(x, y)
        assert MARGIN_MM - 1e-6 <= left <= 296 - MARGIN_MM + 1e-6
        assert MARGIN_MM - 1e-6 <= top <= 248 - MARGIN_MM + 1e-6


def test_the_drawing_names_neighbours_and_roads_and_is_well_formed() -> None:
    cell = Polygon([(0, 0), (300, 0), (300, 200), (0, 200)])
    frame = Frame.around(cell, width=296, height=248)
    roads = [
        Road("primary_link", "人民 <路>", LineString([(-500, 0), (800, 0)])),
        Road("river", None, LineString([(150, -500), (150, 700)])),
    ]
    crowd = [Household(*frame.place(150, 100), "店", "餐饮", 4, True)]
    dots = numbered(crowd, width=296, height=248, avoid=rim(cell, frame))
    svg = draw(cell, [Neighbour("42-002", box(300, 0, 600, 200))], roads, frame, dots=dots)
    texts = {one.text for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}
    assert texts == {"人民 <路>", "42-002", "1"}
    assert len({row["label"] for row in legend()}) == len(legend())
