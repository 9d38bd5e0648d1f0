"""Points: 100 minus the rows' deductions, over what there was to measure; a correction only gives back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.appraisal.catalogue import catalogue
from gridsup.appraisal.score import mended, scored, tally, total

MEASURES = catalogue().measures
VALUES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=12)
LINES = st.fixed_dictionaries(dict.fromkeys(MEASURES, VALUES))


@given(LINES)
def test_the_total_is_a_hundred_minus_every_rows_deduction(line: dict[str, list[float]]) -> None:
    points = scored(MEASURES.values(), {name: tally(values) for name, values in line.items()})
    lost = sum(points[n].per_row(len(vs), v) for n, vs in line.items() for v in vs)
    if any(line.values()):
        assert sum(one.weight for one in points.values()) == pytest.approx(100)
        assert total(points.values()) == pytest.approx(100 - lost)
        assert 0 <= total(points.values()) <= 100 + 1e-9
    else:
        assert total(points.values()) is None


@given(LINES)
def test_a_measure_without_rows_costs_and_earns_nothing(line: dict[str, list[float]]) -> None:
    points = scored(MEASURES.values(), {name: tally(values) for name, values in line.items()})
    for name, values in line.items():
        if not values:
            assert (points[name].weight, points[name].points, points[name].lost) == (0, 0, 0)


@given(LINES, st.data())
def test_upheld_rows_only_give_back_and_exactly_what_they_took(line, data) -> None:
    name = data.draw(st.sampled_from(sorted(MEASURES)))
    struck = data.draw(st.sets(st.integers(0, max(0, len(line[name]) - 1)))) if line[name] else set()
    before = scored(MEASURES.values(), {n: tally(values) for n, values in line.items()})
    after = scored(
        MEASURES.values(),
        {n: mended(values, struck) if n == name else tally(values) for n, values in line.items()},
    )
    back = sum(before[name].per_row(len(line[name]), line[name][i]) for i in struck)
    if any(line.values()):
        assert total(after.values()) == pytest.approx(total(before.values()) + back)


def test_grades_by_points() -> None:
    grades = {points: catalogue().grade(points).id for points in (100, 90, 89.9, 75, 60, 59.9, 0)}
    assert list(grades.values()) == [
        "excellent", "excellent", "competent", "competent", "basic", "incompetent", "incompetent"
    ]  # fmt: skip
