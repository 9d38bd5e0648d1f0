"""One condition language for guards, allocation rows and the visibility of form fields.

Three-valued (Kleene): an absent fact, or one that is null, is unknown and not false. Whoever asks decides
what unknown means: a guard refuses and names the missing facts, an allocation row is passed over and
listed, a form field is shown but not demanded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gridsup.errors import Invalid
from gridsup.procedures.pack import Condition


class Verdict(NamedTuple):
    """The value of a condition; when it is unknown (None), the facts whose absence leaves it so."""

    value: bool | None
    missing: tuple[str, ...] = ()


def evaluate(condition: Condition | None, facts: Mapping[str, Any]) -> Verdict:
    """Judge ``condition`` over ``facts``; no condition at all is true.

    Raises:
        Invalid: ``condition-type`` when an order comparison meets a fact of another type.
    """
    if condition is None:
        return Verdict(True)
    if condition.fact is not None:
        return _compare(condition, facts)
    if condition.not_ is not None:
        inner = evaluate(condition.not_, facts)
        return inner if inner.value is None else Verdict(not inner.value)
    if condition.all is not None:
        return _combine([evaluate(part, facts) for part in condition.all], decisive=False)
    return _combine([evaluate(part, facts) for part in condition.any or ()], decisive=True)


def names(condition: Condition | None) -> frozenset[str]:
    """The facts that a condition names."""
    if condition is None:
        return frozenset()
    if condition.fact is not None:
        return frozenset({condition.fact})
    parts = [*(condition.all or ()), *(condition.any or ())]
    if condition.not_ is not None:
        parts.append(condition.not_)
    return frozenset().union(*(names(part) for part in parts))


def same(left: Any, right: Any) -> bool:
    """Equality of JSON values: ``true`` is not ``1``, but ``1`` is ``1.0``."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _combine(parts: list[Verdict], *, decisive: bool) -> Verdict:
    """``all`` (decisive False) or ``any`` (decisive True): one decisive part settles it, unknowns or not."""
    if any(part.value is decisive for part in parts):
        return Verdict(decisive)
    unknown = [part for part in parts if part.value is None]
    if not unknown:
        return Verdict(not decisive)
    return Verdict(None, tuple(sorted({name for part in unknown for name in part.missing})))


def _compare(condition: Condition, facts: Mapping[str, Any]) -> Verdict:
    name, op, value = condition.fact or "", condition.op, condition.value
    fact = facts.get(name)
    if op == "known":
        return Verdict((fact is not None) is (value is not False))
    if fact is None:
        return Verdict(None, (name,))
    if op == "eq":
        return Verdict(same(fact, value))
    if op == "ne":
        return Verdict(not same(fact, value))
    if op in ("in", "not_in"):
        return Verdict(any(same(fact, each) for each in value) is (op == "in"))
    return Verdict(_ordered(name, str(op), fact, value))


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


def _ordered(name: str, op: str, fact: Any, value: Any) -> bool:
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (fact, value))
    if not numbers and not (isinstance(fact, str) and isinstance(value, str)):
        raise Invalid(
            "condition-type",
            zh="事实“{fact}”的值 {value} 不能与 {limit} 比较大小。请按该事实的类型填写。",
            en="The fact “{fact}” is {value} and cannot be ordered against {limit}. Give it in its own type.",
            fact=name,
            value=repr(fact),
            limit=repr(value),
        )
    return _ORDER[op](fact, value)
