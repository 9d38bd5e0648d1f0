"""The checklist on four axes: sound, in both languages; a sheet answers every item or says why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.errors import Invalid
from gridsup.procedures.loader import load_packs
from gridsup.procedures.posts import POSTS
from gridsup.reviews.checklist import AXES, Mark, checklist, grade_of, judge, lost

KNOWN = checklist()
KINDS = KNOWN.kinds


def full(pack: str) -> list[Mark]:
    return [Mark(name, item.points) for name, (_, item) in KNOWN.items(pack).items()]


@pytest.mark.parametrize("pack", KINDS)
def test_every_kind_of_file_is_asked_on_all_four_axes(pack: str) -> None:
    assert pack in {each.pack.id for each in load_packs()}
    assert {axis for axis, _ in KNOWN.items(pack).values()} == set(AXES)
    assert judge(KNOWN, pack, full(pack)).total == 100


def test_items_and_posts_are_known_ones() -> None:
    packs = {each.pack.id for each in load_packs()}
    assert set(KNOWN.handling) | set(KNOWN.reviewing) <= set(POSTS)
    for axis in KNOWN.axes:
        for one in (axis, *axis.items):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in one.title.zh)
            assert one.title.en.isascii()
        for item in axis.items:
            assert set(item.packs or ()) <= packs


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    pack = draw(st.sampled_from(KINDS))
    return pack, [
        Mark(one.item, draw(st.none() | st.integers(0, int(one.points or 0))), "理由") for one in full(pack)
    ]


@given(sheets())
def test_the_total_is_of_what_applied(sheet: tuple[str, list[Mark]]) -> None:
    pack, marks = sheet
    counted = [one for one in marks if one.points is not None]
    if not counted:
        with pytest.raises(Invalid, match="nothing-applies"):
            judge(KNOWN, pack, marks)
        return
    verdict = judge(KNOWN, pack, marks)
    of = sum(KNOWN.items(pack)[one.item][1].points for one in counted)
    exact = 100 * sum(one.points or 0 for one in counted) / of
    assert verdict.total == pytest.approx(exact, abs=0.0501)  # one decimal, whichever way a half goes
    assert verdict.grade == grade_of(KNOWN, verdict.total)
    taken = lost(KNOWN, pack, [{"item": m.item, "points": m.points, "note": m.note} for m in marks])
    assert sum(one["lost"] for one in taken) == of - sum(one.points or 0 for one in counted)


@pytest.mark.parametrize("pack", KINDS)
def test_a_sheet_names_each_item_that_needs_attention(pack: str) -> None:
    good = full(pack)
    first = good[0]
    for bad in (
        good[1:],
        [Mark(first.item, (first.points or 0) + 1), *good[1:]],
        [Mark(first.item, 0), *good[1:]],
        [Mark(first.item, 0, "  "), *good[1:]],
    ):
        with pytest.raises(Invalid) as told:
            judge(KNOWN, pack, bad)
        assert [one.pointer for one in told.value.faults] == [f"/marks/{first.item}"]
    with pytest.raises(Invalid, match="sheet-incomplete"):
        judge(KNOWN, pack, [*good, Mark("fine", 1)])
    with pytest.raises(Invalid, match="sheet-incomplete"):
        judge(KNOWN, pack, [*good, good[0]])
