"""The registry of kinds: every name in it and in its texts is known, and an unknown one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.documents import names, trades
from gridsup.documents.checking import check
from gridsup.documents.kinds import Block, Kind, kind_of, kinds, kinds_of_act, papers
from gridsup.documents.names import NAME, last_day
from gridsup.documents.numerals import day_in_numerals, yuan_in_capitals
from gridsup.enforcement.volumes import catalogue as volumes
from gridsup.errors import NotFound
from gridsup.procedures import effects
from gridsup.referrals.departments import catalogue as departments
from gridsup.wiring import wire

SERVED = [name for name, kind in kinds().items() if kind.served == "receipt" and kind.acts]


def test_the_shipped_registry_and_its_texts_are_sound() -> None:
    wire()
    assert check(effects=effects.known()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"acts": ["penalty_case.no_such_act"]}, "there is no act"),
        ({"acts": ["penalty_case.investigate"]}, "gives no number"),
        ({"explain": "enforcement.none"}, "no effect"),
        ({"mark": "监责改"}, "used twice"),
    ],
)
def test_a_kind_with_an_unknown_name_is_refused(change: dict[str, Any], told: str) -> None:
    wire()
    wrong = kinds()["penalty_decision"].model_copy(update=change)
    found = check({**kinds(), "penalty_decision": wrong}, effects=effects.known())
    assert any(told in fault.en for fault in found), found


@pytest.mark.parametrize(
    "block",
    [
        {"p": "{no_word}"},
        {"p": "{fact.no_fact}"},
        {"p": "{form.no_field}"},
        {"p": "{said.decide.no_field}"},
        {"p": "{on.no_act}"},
        {"p": "{due.no_clock}"},
        {"p": "{no.no_kind}"},
        {"p": "{party"},
        {"p": "text", "when": "no_word"},
        {"grid": [["one", "two", "three"]]},
        {"table": {"of": "no_list", "head": ["a"], "widths": [1]}},
    ],
)
def test_a_text_with_an_unknown_name_is_refused(block: Mapping[str, Any]) -> None:
    texts = {**papers(), "penalty_decision": [Block.model_validate(block)]}
    assert [fault.pointer for fault in check(texts=texts)] == ["/penalty_decision/0"]


def test_a_kind_without_text_is_refused_and_a_text_without_kind() -> None:
    texts = {name: blocks for name, blocks in papers().items() if name != "command"}
    assert [fault.pointer for fault in check(texts={**texts, "ghost": []})] == ["/command", "/ghost"]


def test_every_act_that_gives_a_number_has_its_kind_first() -> None:
    for kind in kinds().values():
        for act in kind.acts:
            first = kinds_of_act(*act.split("."))[0]
            assert kind.numbered == "issue" or kinds()[first].numbered == "act"


@pytest.mark.parametrize("kind", SERVED)
def test_what_is_served_names_party_remedy_or_defence_and_is_signed_by_the_bureau(kind: str) -> None:
    said = "".join(text for block in papers()[kind] for text in block.texts)
    assert "{party}" in said
    assert any(word in said for word in ("行政复议", "{remedy_on_spot}", "陈述", "自动解除", "解除", "听证"))
    assert any(block.sign for block in papers()[kind])


@pytest.mark.parametrize(
    "kind",
    ["penalty_decision", "no_penalty_decision", "correction_order", "seizure_decision", "disposal_decision"],
)
def test_a_decision_tells_both_remedies_with_their_terms(kind: str) -> None:
    said = "".join(text for block in papers()[kind] for text in block.texts)
    for word in ("六十日内", "{review_organ}", "行政复议", "六个月内", "{court}", "行政诉讼"):
        assert word in said, word


def test_what_the_file_of_a_case_numbers_is_a_kind_of_that_act() -> None:
    for act, filed in volumes().papers.items():
        for paper in filed:
            if paper.number:
                assert act in kind_of(paper.template).acts, (act, paper.template)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(NotFound, match="no-document-kind"):
        kind_of("nothing")


def test_red_headers_stand_on_letters_between_organs_alone() -> None:
    assert {name for name, kind in kinds().items() if kind.red and kind.served != "none"} == set()


def test_every_notice_for_a_trade_lists_the_licence_and_its_own_materials() -> None:
    licence, *permits = trades.entries()
    names = [name for one in trades.entries() for name in one.trades]
    assert len(names) == len(set(names))
    for one in permits:
        made = trades.notice_for(one.trades[0])
        assert made.materials[: len(licence.materials)] == licence.materials
        assert len(made.materials) > len(licence.materials)
        assert "许可" in made.papers or "备案" in made.papers or "登记" in made.papers
        assert made.unverified
    assert trades.notice_for("没有列入的行业").materials == licence.materials


def test_the_trades_of_the_notices_are_those_of_the_departments() -> None:
    """At least one name of each entry is a trade that the allocation knows."""
    known = {
        name
        for department in departments().departments
        for trade in department.trades
        for name in (trade.name, *trade.aliases)
    }
    assert [one.trades[0] for one in trades.entries()[1:] if not known & set(one.trades)] == [
        "民办学校",
    ]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("10", "壹拾元整"),
        ("200.05", "贰佰元零伍分"),
        ("10050", "壹万零伍拾元整"),
        ("100000", "壹拾万元整"),
        ("1000001", "壹佰万零壹元整"),
        ("10000000", "壹仟万元整"),
        ("20005000", "贰仟万伍仟元整"),
        ("12345.67", "壹万贰仟叁佰肆拾伍元陆角柒分"),
        ("100500000", "壹亿零伍拾万元整"),
    ],
)
def test_money_in_capitals(amount: str, words: str) -> None:
    assert yuan_in_capitals(Decimal(amount)) == words


@given(st.integers(1, 999_999_999_999))
def test_capitals_read_back_to_the_same_amount(amount: int) -> None:
    words = yuan_in_capitals(Decimal(amount)).removesuffix("元整")
    total = section = digit = 0
    for one in words:
        if one in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(one)
        elif one in "拾佰仟":
            section += digit * 10 ** ("拾佰仟".index(one) + 1)
            digit = 0
        else:
            total += (section + digit) * {"万": 10**4, "亿": 10**8}[one]
            section = digit = 0
    assert total + section + digit == amount
    assert "零零" not in words


def test_dates_in_numerals() -> None:
    assert day_in_numerals(date(2026, 10, 21)) == "二〇二六年十月二十一日"
    assert day_in_numerals(date(2030, 12, 30)) == "二〇三〇年十二月三十日"
    assert last_day(datetime.fromisoformat("2026-04-02T00:00:00+08:00")) == "2026年4月1日"
    assert NAME.findall("{said.decide.content?}") == [("said.decide.content", "?")]


def test_a_block_says_one_thing() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Block.model_validate({"p": "a", "h": "b"})
    assert isinstance(kind_of("command"), Kind)


@pytest.mark.parametrize(
    ("facts", "ancestors", "cited"),
    [
        ({"conduct": "unlicensed"}, [], True),
        ({}, [{"conduct": "premises"}], True),
        ({}, [{}], True),  # an unlicensed operator's case says its conduct only when the investigation ends
        ({}, [{"conduct": "change"}], False),
        ({"conduct": "safety"}, [], False),
    ],
)
def test_a_seizure_cites_the_decree_on_unlicensed_operation_for_no_other_conduct(
    facts: dict[str, str], ancestors: list[dict[str, str]], cited: bool
) -> None:
    told = names.WORDS["measure_law"](SimpleNamespace(facts=facts, ancestors=ancestors))  # type: ignore[arg-type]
    assert bool(told) is cited
