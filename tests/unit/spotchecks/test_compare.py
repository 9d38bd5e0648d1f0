"""A second visit against the first: every field that can differ differs when it should, and no other does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.spotchecks.compare import FAR_M, FIELDS, Seen, compare, side

RECORD = {
    "result": "normal",
    "day": "2026-03-10",
    "name": "王记早点（民权店）",
    "trade": "餐饮服务",
    "licensed": True,
    "metres": 12.0,
    "accuracy_m": 15.0,
}
SAME = Seen(
    place="there",
    open="open",
    name="王记早点(民权店) ",
    licence_shown=True,
    trade="餐饮服务",
    missed=False,
    visited=True,
)

TABLE = [
    ({}, {"place": "gone"}, "exists", False),
    ({}, {"place": "other"}, "exists", False),
    ({}, {"place": "gone", "gone_since": "2026-03-09"}, "exists", True),
    ({}, {"place": "gone", "gone_since": "2026-03-10"}, "exists", False),
    ({"result": "not_found"}, {}, "exists", False),
    ({}, {"open": "ended"}, "open", False),
    ({}, {"open": "ended", "gone_since": "2026-01-31"}, "open", True),
    ({}, {"name": "李记早点"}, "name", False),
    ({}, {"licence_shown": False}, "licence", False),
    ({"licensed": False}, {}, "licence", False),
    ({}, {"trade": "美容美发"}, "trade", False),
    ({}, {"missed": True, "missed_what": "超范围经营"}, "missed", False),
    ({}, {"visited": False}, "visited", False),
    ({"metres": None}, {"visited": False}, "visited", True),
    ({"metres": FAR_M + 15.1}, {}, "position", True),
]


@pytest.mark.parametrize(("recorded", "seen", "field", "doubt"), TABLE)
def test_one_thing_that_differs_is_told_and_nothing_else(recorded, seen, field, doubt) -> None:
    verdict, found = compare({**RECORD, **recorded}, replace(SAME, **seen))
    assert [(one.field, one.doubt) for one in found] == [(field, doubt)]
    assert verdict == ("suspected" if doubt else "differs")


def test_the_table_covers_every_field() -> None:
    assert {field for *_, field, _ in TABLE} == set(FIELDS)


@pytest.mark.parametrize(
    ("recorded", "seen"),
    [
        ({}, {}),
        ({}, {"open": "shut"}),  # closed for the day is no difference
        ({"result": "closed_door"}, {"open": "ended", "gone_since": "2026-01-01"}),
        ({"result": "finding"}, {"missed": True, "missed_what": "已报告"}),
        ({"result": "not_found"}, {"place": "gone"}),
        ({"metres": FAR_M + 15.0}, {}),  # within its own accuracy
        ({"metres": None, "accuracy_m": None}, {}),
        ({}, {"name": None, "licence_shown": None, "trade": None, "missed": None, "visited": None}),
    ],
)
def test_what_agrees_is_consistent(recorded, seen) -> None:
    assert compare({**RECORD, **recorded}, replace(SAME, **seen)) == ("consistent", [])


@given(
    result=st.sampled_from(["normal", "finding", "rectified", "closed_door", "not_found"]),
    metres=st.none() | st.floats(0, 5000),
    place=st.sampled_from(["there", "other", "gone"]),
    since=st.none() | st.dates().map(str),
    open_=st.sampled_from([None, "open", "shut", "ended"]),
    name=st.none() | st.text(min_size=1),
    missed=st.none() | st.booleans(),
    visited=st.none() | st.booleans(),
)
def test_a_verdict_is_what_its_differences_say(
    result, metres, place, since, open_, name, missed, visited
) -> None:
    record = {**RECORD, "result": result, "metres": metres}
    seen = Seen(
        place=place,
        gone_since=since,
        open=open_,
        name=name,
        missed=missed,
        missed_what="某事",
        visited=visited,
    )
    verdict, found = compare(record, seen)
    names = [one.field for one in found]
    assert len(set(names)) == len(names)
    assert set(names) <= set(FIELDS)
    expected = "suspected" if any(one.doubt for one in found) else "differs" if found else "consistent"
    assert verdict == expected
    if place != "there":
        assert not {"name", "licence", "trade", "missed"} & set(names)


def test_both_sides_of_every_difference_are_told_in_english() -> None:
    far = {**RECORD, "metres": 900.0}
    gone = {"gone_since": "2026-03-01"}
    seen = [
        (far, replace(SAME, licence_shown=False, missed=True, visited=False)),
        ({**RECORD, "licensed": False}, SAME),
        (RECORD, replace(SAME, open="ended")),
        (RECORD, replace(SAME, open="ended", **gone)),
        *((RECORD, Seen(place=place, **told)) for place in ("gone", "other") for told in ({}, gone)),
        ({**RECORD, "result": "not_found"}, SAME),
    ]
    found = [each for record, one in seen for each in compare(record, one)[1]]
    assert {each.field for each in found} == set(FIELDS) - {"name", "trade"}
    for each in found:
        for text in (each.recorded, each.seen):
            assert side(text).zh == text
            assert side(text).en.isascii()
    assert side("王记早点").en == "王记早点"
