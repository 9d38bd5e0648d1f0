"""Dated rules: the row in force on the day, no overlap, no gap, no silent default."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gridsup.errors import Invalid, NotFound
from gridsup.procedures.checker import check_table
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import RuleRef, RuleTable
from gridsup.procedures.rules import RuleTables, load_tables, lookup


def table(*rows: dict[str, Any], kind: str = "clock") -> RuleTable:
    return RuleTable.model_validate(
        {
            "table": "t",
            "version": 3,
            "kind": kind,
            "title": {"zh": "表", "en": "table"},
            "rows": [{"source": "x", "value": {"n": 5, "unit": "WD"}, **row} for row in rows],
        }
    )


@pytest.mark.parametrize(
    ("day", "person", "organisation", "verified"),
    [
        (date(1997, 1, 1), 50, 1000, False),
        (date(2021, 7, 14), 50, 1000, False),
        (date(2021, 7, 15), 200, 3000, True),
        (date(2026, 1, 1), 200, 3000, True),
    ],
)
def test_the_ceiling_of_a_simple_fine_changes_on_15_july_2021(
    day: date, person: int, organisation: int, verified: bool
) -> None:
    row = lookup("ceilings_simple_fine", "simple_fine", day)
    assert (row.value["person"], row.value["organisation"], row.verified) == (person, organisation, verified)


@pytest.mark.parametrize(("rule", "days"), [("P9-N1", 5), ("P9-N2", 10), ("P9-N3", 5), ("P9-N4", 10)])
def test_the_sharing_clocks_are_five_and_ten_working_days(rule: str, days: int) -> None:
    assert lookup("clocks_p9", rule, date(2026, 1, 1)).value == {"n": days, "unit": "WD"}


def test_every_limit_that_the_bureau_sets_is_marked_as_not_verified() -> None:
    assert all(not row.verified for row in load_tables().table("clocks_p10").rows)


def test_preservation_counts_working_days_only_since_the_law_says_so() -> None:
    assert lookup("clocks_proc", "PROC-35", date(2021, 7, 14)).value["unit"] == "D"
    assert lookup("clocks_proc", "PROC-35", date(2021, 7, 15)).value["unit"] == "WD"


def test_a_day_without_a_rule_is_a_clear_refusal() -> None:
    with pytest.raises(NotFound) as caught:
        lookup("clocks_proc", "PROC-64", date(2021, 7, 14))
    assert caught.value.code == "rule-not-in-force"
    assert "2021-07-14" in caught.value.text("zh")


def test_unknown_tables_and_rows_are_refused_by_name() -> None:
    with pytest.raises(NotFound, match="rule-table-unknown"):
        lookup("nothing", "x", date(2026, 1, 1))
    with pytest.raises(NotFound, match="rule-row-unknown"):
        lookup("clocks_p9", "P9-N99", date(2026, 1, 1))


def test_the_most_specific_scope_wins_and_a_tie_is_refused() -> None:
    tables = RuleTables(
        [
            table(
                {"id": "a"},
                {"id": "a", "scope": {"jurisdiction": "420103"}, "value": {"n": 3, "unit": "WD"}},
                {"id": "a", "scope": {"region": "42"}, "value": {"n": 4, "unit": "WD"}},
            )
        ]
    )
    on = date(2026, 1, 1)
    assert tables.lookup("t", "a", on).value["n"] == 5
    assert tables.lookup("t", "a", on, {"jurisdiction": "420103"}).value["n"] == 3
    assert tables.lookup("t", "a", on, {"jurisdiction": "350503"}).value["n"] == 5
    with pytest.raises(Invalid, match="rule-ambiguous"):
        tables.lookup("t", "a", on, {"jurisdiction": "420103", "region": "42"})


@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        ([{"id": "a", "effective_to": "2020-12-31"}, {"id": "a", "effective_from": "2020-12-31"}], "/rows/1"),
        ([{"id": "a", "effective_to": "2020-12-31"}, {"id": "a", "effective_from": "2021-01-02"}], "/rows/1"),
        ([{"id": "a"}, {"id": "a"}], "/rows/1"),
        ([{"id": "a", "effective_from": "2021-01-02", "effective_to": "2021-01-01"}], "/rows/0"),
        ([{"id": "a", "effective_from": "1 May"}], "/rows/0"),
        ([{"id": "a", "value": {"n": 5, "unit": "weeks"}}], "/rows/0/value/unit"),
        ([{"id": "a", "value": {"n": 5}}], "/rows/0/value/unit"),
    ],
)
def test_a_table_with_overlap_gap_or_wrong_value_is_refused(rows: list[dict[str, Any]], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        RuleTables([table(*rows)])
    assert caught.value.code == "rule-rows"
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


def test_rows_that_follow_each_other_day_by_day_are_sound() -> None:
    rows = ({"id": "a", "effective_to": "2020-12-31"}, {"id": "a", "effective_from": "2021-01-01"})
    assert len(list(RuleTables([table(*rows)]))) == 1


def allocation_row(rule: str, priority: int, when: dict[str, Any] | None) -> dict[str, Any]:
    value = {"priority": priority, "title": {"zh": "x", "en": "x"}, "when": when, "lead": "D01"}
    return {"id": rule, "value": value}


FOOD = {"fact": "food", "op": "eq", "value": True}
CATERING = {"fact": "catering", "op": "eq", "value": True}


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (FOOD, {"all": [FOOD, CATERING]}),  # the wider row comes first
        (FOOD, FOOD),
        (CATERING, {"all": [FOOD, {"not": FOOD}]}),  # a contradiction
    ],
)
def test_an_allocation_row_that_can_never_fire_is_found(
    earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    wrong = table(allocation_row("a", 10, earlier), allocation_row("b", 20, later), kind="allocation")
    assert [fault.pointer for fault in check_table(wrong)] == ["/rows/1/value/when"]
    right = table(allocation_row("a", 20, earlier), allocation_row("b", 10, {"all": [FOOD, CATERING]}),
                  kind="allocation")  # fmt: skip
    assert check_table(right) == []


def test_two_rows_of_one_priority_are_found() -> None:
    tie = table(allocation_row("a", 10, FOOD), allocation_row("b", 10, CATERING), kind="allocation")
    assert [fault.pointer for fault in check_table(tie)] == ["/rows/1/value/priority"]


def penalty_row(rule: str, priority: int, when: dict[str, Any] | None, **dates: str) -> dict[str, Any]:
    value = {"conduct": "c", "priority": priority, "title": {"zh": "x", "en": "x"}, "when": when}
    return {"id": rule, "value": value, **dates}


def test_a_penalty_that_can_never_apply_is_found_on_its_own_days() -> None:
    old, new = {"effective_to": "2021-12-31"}, {"effective_from": "2022-01-01"}
    dead = table(penalty_row("plain", 10, None), penalty_row("grave", 20, FOOD), kind="penalty")
    assert [fault.pointer for fault in check_table(dead)] == ["/rows/1/value/when"]
    later = table(
        penalty_row("plain", 10, None, **old), penalty_row("grave", 20, FOOD, **new), kind="penalty"
    )
    assert check_table(later) == []
    tie = table(penalty_row("a", 10, FOOD), penalty_row("b", 10, CATERING), kind="penalty")
    assert [fault.pointer for fault in check_table(tie)] == [
        "/rows/0/value/priority",
        "/rows/1/value/priority",
    ]


def test_a_fine_whose_least_lies_above_its_most_is_refused() -> None:
    wrong = penalty_row("a", 10, None)
    wrong["value"]["fine"] = {"min": 2, "max": 1}
    with pytest.raises(Invalid, match="rule-rows"):
        RuleTables([table(wrong, kind="penalty")])


def test_every_shipped_table_is_sound() -> None:
    assert {each.table: check_table(each) for each in load_tables() if check_table(each)} == {}


def test_what_the_text_leaves_open_is_open_to_the_bureau_and_nothing_else_is() -> None:
    """A default of ours may be replaced by anything; a limit of the law never (环节期限)."""
    for table in load_tables():
        for row in table.rows if table.kind == "clock" else ():
            ours = row.source.startswith("本局设定") or "由本局设定" in row.source
            assert (row.bound == "open") == ours, row.id
            assert not (ours and row.verified), row.id
    term_of_the_party = {"PROC-57", "PROC-83", "APL-67", "AEL-54", "APL-CONTEST"}
    rows = [row for table in load_tables() if table.kind == "clock" for row in table.rows]
    shown_for = {"PUB-3M", "PUB-3Y"}  # neither longer nor shorter
    assert {row.id for row in rows if row.bound == "fixed"} == term_of_the_party | shown_for
    assert {row.id for row in rows if row.value["n"] < 0} == {
        row.id for row in rows if row.bound == "at_least"
    }


def test_a_limit_is_counted_by_a_procedure_or_says_why_not() -> None:
    library = load_packs()
    counted = {
        (clock.limit.table, clock.limit.row)
        for name in {loaded.pack.id for loaded in library}
        for clock in library.latest(name).clocks.values()
        if isinstance(clock.limit, RuleRef)
    }
    rows = [(table.table, row) for table in load_tables() if table.kind == "clock" for row in table.rows]
    idle = {(table, row.id) for table, row in rows if row.idle is not None}
    assert idle == {
        ("clocks_p9", "P9-N3"),
        ("clocks_p10", "P10-L2"),
        ("clocks_p10", "P10-CORRECT"),
        ("clocks_proc", "PROC-45"),
    }
    assert {(table, row.id) for table, row in rows} - counted == idle
