"""What a bulletin says of a unit, in both languages."""

from __future__ import annotations

from collections import Counter

from gridsup.jointwork.bulletin import UnitFigures, in_words, title_in_english
from gridsup.procedures.loader import load_packs


def test_every_overdue_clock_is_told_in_both_languages_and_an_officers_words_stay_as_they_are() -> None:
    titles = {one.title.zh: one.title.en for pack in load_packs() for one in pack.pack.clocks.values()}
    unit = UnitFigures(1, "民权所", "station", late=Counter([*titles, "结案"]))
    told = in_words(unit.problem or "")
    assert told is not None
    assert (told.zh, told.en.startswith("Overdue: Closing (2), ")) == (unit.problem, True)
    assert all(f"{en} (" in told.en for en in titles.values())
    assert UnitFigures(1, "民权所", "station").problem is None
    assert in_words("台账记录不全") is None
    assert in_words("逾期未办：没有的期限 2 项") is None


def test_a_title_that_the_platform_composed_is_told_in_english() -> None:
    assert title_in_english("2026-03 月通报") == "Bulletin of 2026-03"
    assert title_in_english("民权所：逾期未办：复查 2 项") == "民权所: Overdue: Re-check (2)"
    assert [title_in_english(one) for one in ("民权所：台账不全", "无照小吃店")] == [None, None]
