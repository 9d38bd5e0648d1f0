"""Whether a row of an ordered table can ever be the first that is true.

Conditions name few facts with few telling values, so the question is settled by trying them all: each fact
of the row takes every value that some condition compares it with, one beside each of them, and unknown.
Facts that the row does not name stay unknown: knowing less never makes an earlier row true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from gridsup.errors import Invalid
from gridsup.procedures.conditions import evaluate, names
from gridsup.procedures.pack import Condition


def shadowed(condition: Condition | None, earlier: Sequence[Condition | None]) -> bool:
    """Whether no facts make ``condition`` true while no one of ``earlier`` is."""
    facts = sorted(names(condition))
    atoms = [atom for each in (condition, *earlier) for atom in comparisons(each)]
    values = [_telling_values([atom for atom in atoms if atom.fact == fact]) for fact in facts]
    for combination in product(*values):
        known = dict(zip(facts, combination, strict=True))
        if _true(condition, known) and not any(_true(each, known) for each in earlier):
            return False
    return True


def comparisons(condition: Condition | None) -> Iterator[Condition]:
    """The comparisons inside a condition."""
    if condition is None:
        return
    if condition.fact is not None:
        yield condition
    for part in (*(condition.all or ()), *(condition.any or ()), condition.not_):
        yield from comparisons(part)


def _telling_values(atoms: Sequence[Condition]) -> list[Any]:
    mentioned: list[Any] = [None]
    for atom in atoms:
        given = [] if atom.op == "known" else atom.value if isinstance(atom.value, list) else [atom.value]
        for value in given:
            mentioned += _around(value)
    if mentioned == [None]:  # only ever asked whether it is known
        mentioned.append(True)
    return [value for index, value in enumerate(mentioned) if not _among(value, mentioned[:index])]


def _around(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [True, False]
    if isinstance(value, (int, float)):
        return [value - 1, value, value + 1]
    if isinstance(value, str):
        return ["", value, f"{value}~"]
    return [value]


def _among(value: Any, others: Sequence[Any]) -> bool:
    return any(type(each) is type(value) and each == value for each in others)


def _true(condition: Condition | None, facts: dict[str, Any]) -> bool:
    try:
        return evaluate(condition, facts).value is True
    except Invalid:  # a value of another type, which the fact's own schema would have kept out
        return False
