"""Three-valued conditions: an absent fact is unknown, never false."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gridsup.errors import Invalid
from gridsup.procedures.conditions import evaluate, names
from gridsup.procedures.pack import Condition
from gridsup.procedures.satisfiable import shadowed

FACTS = ("a", "b", "c")


def cond(**parts: Any) -> Condition:
    return Condition.model_validate(parts)


comparison = st.builds(
    lambda fact, op, value: cond(fact=fact, op=op, value=[value] if op in ("in", "not_in") else value),
    st.sampled_from(FACTS),
    st.sampled_from(["eq", "ne", "in", "not_in"]),
    st.booleans(),
)
conditions = st.recursive(
    comparison,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: cond(all=parts)),
        st.lists(inner, max_size=3).map(lambda parts: cond(any=parts)),
        inner.map(lambda part: cond(**{"not": part})),
    ),
    max_leaves=8,
)
partial = st.dictionaries(st.sampled_from(FACTS), st.booleans())


@given(conditions, partial)
def test_a_verdict_stands_whatever_the_absent_facts_turn_out_to_be(
    condition: Condition, facts: dict[str, bool]
) -> None:
    verdict = evaluate(condition, facts)
    absent = [name for name in FACTS if name not in facts]
    for values in product([True, False], repeat=len(absent)):
        later = evaluate(condition, {**facts, **dict(zip(absent, values, strict=True))})
        assert later.value is not None
        assert verdict.value in (None, later.value)


@given(conditions, partial)
def test_what_is_missing_is_absent_and_named_by_the_condition(
    condition: Condition, facts: dict[str, bool]
) -> None:
    verdict = evaluate(condition, facts)
    assert (verdict.value is None) == bool(verdict.missing)
    assert set(verdict.missing) <= names(condition) - set(facts)


@given(conditions, conditions, partial)
def test_de_morgan_holds_in_three_values(left: Condition, right: Condition, facts: dict[str, bool]) -> None:
    neither = cond(**{"not": cond(any=[left, right])})
    both_not = cond(all=[cond(**{"not": left}), cond(**{"not": right})])
    assert evaluate(neither, facts).value == evaluate(both_not, facts).value


@given(conditions, partial)
def test_a_condition_survives_its_json(condition: Condition, facts: dict[str, bool]) -> None:
    again = Condition.model_validate_json(condition.model_dump_json(by_alias=True, exclude_unset=True))
    assert evaluate(again, facts) == evaluate(condition, facts)


@given(conditions, st.lists(conditions, max_size=2))
def test_a_row_that_some_complete_facts_reach_is_never_called_shadowed(
    condition: Condition, earlier: list[Condition]
) -> None:
    reached = any(
        evaluate(condition, facts).value is True and not any(evaluate(e, facts).value for e in earlier)
        for values in product([True, False, None], repeat=len(FACTS))
        for facts in [dict(zip(FACTS, values, strict=True))]
    )
    assert shadowed(condition, earlier) is not reached


def test_null_says_nothing() -> None:
    assert evaluate(cond(fact="a", op="ne", value=True), {"a": None}).value is None


def test_known_is_never_unknown() -> None:
    assert evaluate(cond(fact="a", op="known"), {}).value is False
    assert evaluate(cond(fact="a", op="known"), {"a": 0}).value is True
    assert evaluate(cond(fact="a", op="known", value=False), {}).value is True


def test_one_decisive_part_settles_it_in_spite_of_unknowns() -> None:
    unknown, true = {"fact": "a", "op": "eq", "value": 1}, {"fact": "b", "op": "eq", "value": 1}
    assert evaluate(cond(any=[unknown, true]), {"b": 1}).value is True
    assert evaluate(cond(all=[unknown, true]), {"b": 2}).value is False
    assert evaluate(cond(all=[unknown, true]), {"b": 1}) == (None, ("a",))


def test_true_is_not_one() -> None:
    assert evaluate(cond(fact="a", op="eq", value=1), {"a": True}).value is False
    assert evaluate(cond(fact="a", op="in", value=[1]), {"a": True}).value is False
    assert evaluate(cond(fact="a", op="eq", value=1), {"a": 1.0}).value is True


@pytest.mark.parametrize(
    ("op", "expected"),
    [("lt", [True, False, False]), ("le", [True, True, False]), ("gt", [False, False, True]),
     ("ge", [False, True, True])],
)  # fmt: skip
def test_order_includes_or_excludes_the_bound(op: str, expected: list[bool]) -> None:
    assert [evaluate(cond(fact="n", op=op, value=5), {"n": n}).value for n in (4, 5, 6)] == expected


def test_values_of_different_types_are_not_ordered_but_refused() -> None:
    with pytest.raises(Invalid, match="condition-type"):
        evaluate(cond(fact="n", op="lt", value=5), {"n": "4"})


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"fact": "a"},
        {"op": "eq", "value": 1},
        {"fact": "a", "op": "eq", "value": 1, "all": []},
        {"fact": "a", "op": "in", "value": "x"},
        {"any": [], "not": {"fact": "a", "op": "known"}},
        {"fact": "a", "op": "equals", "value": 1},
    ],
)
def test_a_condition_is_exactly_one_form(parts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        cond(**parts)
