"""Who leads (P9-C1): every row of the table, its borders, and what unknown facts do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.errors import Invalid, NotFound
from gridsup.referrals.allocation import BOOLEANS, CHOICES, FACTS, allocate, one_body, relevant
from gridsup.referrals.departments import catalogue

TODAY = date(2026, 3, 2)
Facts = dict[str, Any]
BOTH_MISSING: Facts = {"permit_required": True, "permit_status": "none", "business_licence_status": "none"}
NO_PERMIT: Facts = {"permit_required": True, "permit_status": "none", "business_licence_status": "valid"}
WORKSHOP: Facts = {
    "fixed_premises": True,
    "few_staff": True,
    "simple_conditions": True,
    "traditional_food": True,
    "made_and_sold_on_spot": False,
}


def stall(**facts: Any) -> Facts:
    return {"food_stall": True, **facts}


CASES: list[tuple[str, Facts, str, tuple[str, ...]]] = [
    # rule, facts, lead, informed
    ("10", {"suspected_crime": True, **NO_PERMIT, "trade": "药品"}, "D02", ("D10",)),
    ("10", {"suspected_crime": True}, "D02", ("D22",)),
    ("20", stall(occupies_road=True, catering=True), "D21", ("D10",)),
    ("20", stall(occupies_road=True, catering=False), "D21", ("D01",)),
    ("20", stall(occupies_road=True), "D21", ("D10", "D01")),
    ("20", {"trade": "食品摊贩", "occupies_road": True, "catering": False}, "D21", ("D01",)),
    ("20", {"trade": "占道经营食品摊贩", "catering": True, **BOTH_MISSING}, "D21", ("D10",)),
    ("21", stall(occupies_road=False, catering=True), "D10", ()),
    ("22", stall(occupies_road=False, catering=False), "D01", ()),
    ("22", {"trade": "食品摊贩", "occupies_road": False, "catering": False, **BOTH_MISSING}, "D01", ()),
    ("30", {"students_dining": True, "catering": True}, "D10", ()),
    ("31", {"made_on_site": True, "sold_in_own_shop": True, "catering": True}, "D10", ()),
    ("32", {"made_on_site": True, "sold_in_own_shop": True, "catering": False}, "D01", ()),
    ("32", {"made_on_site": True, "sold_in_own_shop": True, "catering": False, **BOTH_MISSING}, "D01", ()),
    ("33", {"production_main": True, "production_and_sale_places_separated": True}, "D07", ()),
    ("34", WORKSHOP, "D07", ()),
    ("39", {"beyond_scope": True, "business_licence_status": "valid", "trade": "药品"}, "D01", ("D10",)),
    ("39", {"beyond_scope": True, **NO_PERMIT, "trade": "旅馆"}, "D01", ("D02",)),
    ("40", {**NO_PERMIT, "trade": "旅馆"}, "D02", ("D01",)),
    ("40", {**NO_PERMIT, "permit_status": "revoked", "trade": "药品"}, "D10", ("D01",)),
    ("40", {**NO_PERMIT, "permit_status": "rescinded", "trade": "煤炭"}, "D13", ("D01",)),
    ("40", {**NO_PERMIT, "permit_status": "expired", "trade": "兽药"}, "D18", ("D01",)),
    ("40", {**NO_PERMIT, "permit_status": "cancelled", "trade": "烟草"}, "D16", ("D01",)),
    ("40", {"permit_required": True, "permit_status": "none", "trade": "美容美发"}, "D06", ("D01",)),
    ("40", {**NO_PERMIT, "trade": "从未列出的行业"}, "D22", ("D01",)),
    *(("40", {**NO_PERMIT, "trade": f"D{number:02}"}, f"D{number:02}", ("D01",)) for number in range(2, 23)),
    ("41", {**BOTH_MISSING, "trade": "医疗机构"}, "D06", ("D01",)),
    ("41", {**BOTH_MISSING, "trade": "餐饮"}, "D10", ("D01",)),
    ("50", {"permit_required": True, "permit_status": "valid", "business_licence_status": "none",
            "trade": "烟花爆竹"}, "D01", ("D11",)),
    ("50", {"permit_status": "valid", "business_licence_status": "none", "trade": "兽药"}, "D01", ("D17",)),
    ("51", {"permit_required": False, "business_licence_status": "none"}, "D01", ()),
    ("60", {"police_filing_missing": True, "permit_required": True, "permit_status": "valid",
            "business_licence_status": "valid", "trade": "美容美发"}, "D02", ("D06",)),
    ("61", {"internet_cafe": True, "permit_status": "valid", "business_licence_status": "valid"}, "D05",
     ("D02",)),
    ("62", {"public_assembly_place": True, "pre_opening_inspection_missing": True, "trade": "餐饮"}, "D02",
     ("D10",)),
    ("99", {}, "D22", ("D01",)),
    ("99", {"permit_required": True, "permit_status": "valid", "business_licence_status": "valid"}, "D22",
     ("D01",)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "facts", "lead", "inform"), CASES)
def test_the_first_true_row_leads(rule: str, facts: Facts, lead: str, inform: tuple[str, ...]) -> None:
    found = allocate(facts, TODAY)
    assert (found.rule, found.lead, found.inform) == (f"P9-C1-{rule}", lead, inform)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (stall(occupies_road=True, students_dining=True), "20"),  # 20 before 30
        ({**WORKSHOP, "made_and_sold_on_spot": True}, "99"),  # 现做现卖 is no workshop
        (
            {**WORKSHOP, "made_on_site": True, "sold_in_own_shop": True, "catering": False},
            "32",
        ),  # before 34
        ({"production_main": True, "production_and_sale_places_separated": False}, "99"),
        ({"beyond_scope": True, "business_licence_status": "expired"}, "99"),
        (
            {**BOTH_MISSING, "permit_status": "expired", "trade": "药品"},
            "40",
        ),  # not none but expired
        ({**NO_PERMIT, "internet_cafe": True, "trade": "网吧"}, "40"),  # 40 before 61
        ({"public_assembly_place": True, "pre_opening_inspection_missing": False}, "99"),
        ({"business_licence_status": "revoked", "permit_required": False}, "99"),
        ({"suspected_crime": False, "permit_required": False, "business_licence_status": "none"}, "51"),
    ],
)
def test_borders_between_rows(facts: Facts, rule: str) -> None:
    assert allocate(facts, TODAY).rule == f"P9-C1-{rule}"


@pytest.mark.parametrize(
    ("trade", "lead", "inform"),
    [
        ("娱乐场所", "D05", "D02"),
        ("网吧", "D05", "D02"),
        ("互联网上网服务营业场所", "D05", "D02"),
        ("危险化学品", "D11", "D01"),
        ("危险化学品运输", "D02", "D14"),
        ("音像制品经营", "D05", "D01"),
        ("出版音像", "D09", "D01"),
        ("餐饮", "D10", "D01"),
    ],
)
def test_a_trade_under_two_departments_has_one_lead_marked_as_a_reading(
    trade: str, lead: str, inform: str
) -> None:
    found = allocate({**NO_PERMIT, "trade": trade}, TODAY)
    assert found.lead == lead
    assert inform in found.inform
    assert found.reading


@pytest.mark.parametrize(
    "trade",
    [(trade, department.code) for department in catalogue().departments for trade in department.trades
     if trade.lead is None],
    ids=lambda pair: pair[0].code,
)  # fmt: skip
def test_each_trade_leads_to_its_department_by_name_alias_and_code(trade: tuple[Any, str]) -> None:
    entry, code = trade
    for name in (entry.name, entry.code, *entry.aliases):
        found = allocate({**NO_PERMIT, "trade": name, "food_stall": False, "made_on_site": False}, TODAY)
        assert found.lead == code


def test_an_unknown_row_is_passed_over_and_says_what_it_lacks() -> None:
    found = allocate({"occupies_road": True, **NO_PERMIT, "trade": "煤炭"}, TODAY)
    considered = {each.rule: each for each in found.considered}
    assert considered["P9-C1-20"].verdict is None
    assert considered["P9-C1-20"].missing == ("food_stall",)
    assert considered["P9-C1-21"].verdict is False  # on the road already
    assert found.considered[-1].rule == found.rule == "P9-C1-40"


def test_the_trade_itself_can_be_the_missing_fact() -> None:
    found = allocate(NO_PERMIT, TODAY)
    assert found.manual
    assert {each.rule: each.missing for each in found.considered}["P9-C1-40"] == ("trade",)


def test_null_is_unknown_too() -> None:
    assert allocate({"food_stall": None, "trade": None}, TODAY) == allocate({}, TODAY)


def test_a_stated_fact_outweighs_what_the_trade_implies() -> None:
    found = allocate({"trade": "食品摊贩", "food_stall": False, "occupies_road": True}, TODAY)
    assert found.rule != "P9-C1-20"


@pytest.mark.parametrize(
    ("facts", "pointers"),
    [
        ({"foodstall": True}, ["/foodstall"]),
        ({"food": 1, "colour": "red"}, ["/food", "/colour"]),
        ({"permit_status": "lost"}, ["/permit_status"]),
        ({"trade": 7}, ["/trade"]),
        ({"trade": "D99"}, ["/trade"]),
        ({"trade": "d02-99"}, ["/trade"]),
    ],
)
def test_what_allocation_does_not_know_is_refused_by_name(facts: Facts, pointers: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        allocate(facts, TODAY)
    assert [fault.pointer for fault in caught.value.faults] == pointers


def test_a_matter_s_other_facts_are_left_aside_on_request() -> None:
    assert relevant({"food": True, "operator_name": "张三"}) == {"food": True}


any_facts = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.booleans() for name in sorted(BOOLEANS)},
        **{name: st.sampled_from(values) for name, values in CHOICES.items()},
        "trade": st.sampled_from(["餐饮", "网吧", "食品摊贩", "D11-02", "没有的行业"]),
    },
)


@given(any_facts)
def test_somebody_always_leads_and_nobody_is_told_twice(facts: Facts) -> None:
    found = allocate(facts, TODAY)
    assert found.lead not in found.inform
    assert len(set(found.inform)) == len(found.inform)
    assert found.considered[-1].verdict is True
    assert all(each.verdict is not True for each in found.considered[:-1])
    assert {name for each in found.considered for name in each.missing} <= FACTS - set(facts)


@given(any_facts, st.sampled_from(sorted(BOOLEANS)), st.booleans())
def test_a_new_fact_moves_the_lead_only_through_a_row_that_asked_for_it(
    facts: Facts, name: str, value: bool
) -> None:
    before = allocate({k: v for k, v in facts.items() if k not in (name, "trade")}, TODAY)
    after = allocate({**{k: v for k, v in facts.items() if k != "trade"}, name: value}, TODAY)
    if after.rule != before.rule:
        assert after.rule in {each.rule for each in before.considered if name in each.missing}


@pytest.mark.parametrize(
    ("code", "day", "body"),
    [
        ("D01", date(2015, 1, 1), "工商行政管理局"),
        ("D01", date(2017, 12, 31), "工商行政管理局"),
        ("D01", date(2018, 1, 1), "市场监督管理局"),
        ("D08", TODAY, "生态环境局"),
        ("D17", TODAY, "农业农村局"),
        ("D18", TODAY, "农业农村局"),
    ],
)
def test_the_body_of_a_department_goes_by_the_day(code: str, day: date, body: str) -> None:
    found = catalogue().body(code, day)
    assert found is not None
    assert found.name == body
    assert not found.verified


def test_a_trade_or_a_duty_may_have_a_body_of_its_own() -> None:
    bus = allocate({**NO_PERMIT, "trade": "城市公共客运"}, TODAY)
    assert (bus.lead, bus.body and bus.body.name) == ("D04", "交通运输局")
    hall = allocate({"public_assembly_place": True, "pre_opening_inspection_missing": True}, TODAY)
    assert (hall.lead, hall.body and hall.body.name) == ("D02", "消防救援机构")


def test_there_are_twenty_two_departments() -> None:
    codes = [department.code for department in catalogue().departments]
    assert codes == [f"D{n:02d}" for n in range(1, 23)]
    with pytest.raises(NotFound, match="department-unknown"):
        catalogue().department("D23")


def test_trade_codes_are_unique_and_names_lead_to_one_entry() -> None:
    trades = [trade for department in catalogue().departments for trade in department.trades]
    assert len({trade.code for trade in trades}) == len(trades)
    names = [name for trade in trades if trade.lead is None for name in (trade.name, *trade.aliases)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("facts", "day", "internal", "section"),
    [
        (stall(occupies_road=False, catering=True), TODAY, True, "FOOD"),
        (WORKSHOP, TODAY, True, "QUALITY"),
        ({"permit_required": False, "business_licence_status": "none"}, TODAY, True, "ZC"),
        ({**NO_PERMIT, "trade": "化妆品"}, TODAY, True, "FOOD"),  # 卫生's trade, whose body is the bureau now
        ({**NO_PERMIT, "trade": "医疗机构"}, TODAY, False, None),
        (stall(occupies_road=False, catering=True), date(2017, 12, 31), False, None),
        ({"permit_required": False, "business_licence_status": "none"}, date(2015, 1, 1), True, "ZC"),
    ],
)
def test_one_body_today_keeps_the_work_in_the_house(
    facts: Facts, day: date, internal: bool, section: str | None
) -> None:
    found = allocate(facts, day)
    assert (found.internal, found.section and found.section.code) == (internal, section)
    assert one_body(found.lead, day, trade=facts.get("trade")) is internal


def test_a_bureau_may_say_that_a_department_is_still_its_own_body() -> None:
    assert not allocate(WORKSHOP, TODAY, separate=["D07"]).internal
    assert not one_body("D07", TODAY, separate=["D07"])


def test_the_finder_decides_what_is_in_the_house() -> None:
    assert allocate({**NO_PERMIT, "trade": "医疗机构"}, TODAY, finder="D06").internal
    assert allocate({**NO_PERMIT, "trade": "肥料"}, TODAY, finder="D18").internal  # both 农业农村局


@given(any_facts)
def test_what_stays_inside_is_the_finders_own_body(facts: Facts) -> None:
    found = allocate(facts, TODAY)
    ours = catalogue().body("D01", TODAY)
    assert ours is not None
    assert found.internal == (found.body is not None and found.body.name == ours.name)
