"""Conditions, limits and posts in words, in both languages: for who reads a pack without reading YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gridsup.calendars import Amount
from gridsup.procedures.pack import Condition, Pack, Words
from gridsup.procedures.posts import POSTS

_OPS: dict[str, tuple[str, str]] = {
    "eq": ("为", "is"),
    "ne": ("不为", "is not"),
    "lt": ("小于", "is less than"),
    "le": ("不大于", "is at most"),
    "gt": ("大于", "is greater than"),
    "ge": ("不小于", "is at least"),
    "in": ("属于", "is one of"),
    "not_in": ("不属于", "is none of"),
}


def joined(parts: Iterable[Words], zh: str = "、", en: str = ", ") -> Words:
    told = list(parts)
    return Words(zh=zh.join(one.zh for one in told), en=en.join(one.en for one in told))


def posts(names: Iterable[str]) -> Words:
    """Posts by their titles."""
    return joined(POSTS.get(name) or Words(zh=name, en=name) for name in names)


def amount(n: int, unit: str) -> Words:
    """A length of time, such as “5个工作日 · 5 working days”."""
    told = Amount.parse(f"{n}{unit}")
    return Words(zh=told.zh, en=told.en)


def condition(told: Condition | None, facts: Mapping[str, Mapping[str, Any]]) -> Words | None:
    """A guard in words, its facts under the captions of their schemas; None where there is none."""
    if told is None:
        return None
    if told.fact is not None:
        return _comparison(told, facts.get(told.fact) or {})
    if told.not_ is not None:
        inner = condition(told.not_, facts) or Words(zh="", en="")
        return Words(zh=f"并非（{inner.zh}）", en=f"not ({inner.en})")
    zh, en = (" 并且 ", " and ") if told.all is not None else (" 或者 ", " or ")
    return joined((_part(one, facts) for one in told.all or told.any or ()), zh, en)


def _part(told: Condition, facts: Mapping[str, Mapping[str, Any]]) -> Words:
    inner = condition(told, facts) or Words(zh="", en="")
    if told.all is None and told.any is None:
        return inner
    return Words(zh=f"（{inner.zh}）", en=f"({inner.en})")


def _comparison(told: Condition, schema: Mapping[str, Any]) -> Words:
    name = str(told.fact)
    title = Words(zh=str(schema.get("title", name)), en=str(schema.get("x-title-en", name)))
    if told.op == "known":
        known = told.value is not False
        zh, en = ("已知", "is known") if known else ("未知", "is unknown")
        return Words(zh=f"“{title.zh}”{zh}", en=f"“{title.en}” {en}")
    values = told.value if isinstance(told.value, list) else [told.value]
    value = joined((captioned(schema, one) for one in values), "／", " / ")
    zh, en = _OPS[str(told.op)]
    return Words(zh=f"“{title.zh}”{zh}“{value.zh}”", en=f"“{title.en}” {en} “{value.en}”")


def captioned(schema: Mapping[str, Any], value: Any) -> Words:
    """A value as its field's schema captions it; one that is no choice as it stands."""
    return chosen(schema, value) or Words(zh=str(value), en=str(value))


def chosen(schema: Mapping[str, Any], value: Any) -> Words | None:
    """The caption of a choice, or of yes and no; None for a value in words or figures."""
    for one in schema.get("oneOf") or ():
        if one.get("const") == value:
            return Words(zh=str(one.get("title", value)), en=str(one.get("x-title-en", value)))
    if isinstance(value, bool):
        return Words(zh="是", en="yes") if value else Words(zh="否", en="no")
    return None


def guard(pack: Pack, action: str) -> Words | None:
    """The condition of an action in words."""
    return condition(pack.actions[action].when, pack.facts)
