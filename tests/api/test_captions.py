"""Facts are told in words, in both languages."""

from __future__ import annotations

import pytest

from api.captions import captioned
from api.names import Names
from gridsup.referrals.departments import catalogue

TRADE = {"trade": {"title": "行业", "x-title-en": "Trade", "x-code-list": "trades"}}


@pytest.mark.parametrize(("said", "english"), [("旅馆", "hotels"), ("宾馆", "hotels"), ("修伞", None)])
def test_a_trade_is_told_in_english_by_whichever_of_its_names(said: str, english: str | None) -> None:
    (fact,) = captioned({"trade": said}, TRADE, Names())
    assert (fact.text and (fact.text.zh, fact.text.en)) == (english and (said, english))


def test_every_trade_has_an_english_name() -> None:
    trades = [trade for department in catalogue().departments for trade in department.trades]
    assert len(trades) > 80
    assert all(trade.name_en.isascii() or "é" in trade.name_en for trade in trades)
