"""Faults of form: pydantic's errors in both languages with pointers, and text that no database takes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from gridsup.codes.patterns import TOLD
from gridsup.errors import FieldFault, Invalid

DEEPEST = 64
"""Nesting of a JSON body; more is refused rather than walked."""
_BAD_TEXT = ("含有不能保存的字符", "holds a character that cannot be stored")
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("必填", "required"),
    "extra_forbidden": ("不认识这一项", "unknown field"),
    "string_too_short": ("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字符", "at most {max_length} characters"),
    "string_pattern_mismatch": ("格式不对，应符合 {pattern}", "must match {pattern}"),
    "string_type": ("应为文字", "must be a text"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "float_parsing": ("应为数字", "must be a number"),
    "float_type": ("应为数字", "must be a number"),
    "finite_number": ("应为有限的数字", "must be a finite number"),
    "bool_parsing": ("应为是或否", "must be true or false"),
    "bool_type": ("应为是或否", "must be true or false"),
    "greater_than": ("应大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("应不小于 {ge}", "must be at least {ge}"),
    "less_than": ("应小于 {lt}", "must be less than {lt}"),
    "less_than_equal": ("应不大于 {le}", "must be at most {le}"),
    "too_short": ("至少 {min_length} 项", "at least {min_length} items"),
    "too_long": ("最多 {max_length} 项", "at most {max_length} items"),
    "list_type": ("应为列表", "must be a list"),
    "dict_type": ("应为对象", "must be an object"),
    "model_attributes_type": ("应为对象", "must be an object"),
    "literal_error": ("只能是 {expected_zh}", "must be {expected}"),
    "enum": ("只能是 {expected_zh}", "must be {expected}"),
    "json_invalid": ("不是合法的 JSON", "not valid JSON"),
    "date_from_datetime_parsing": ("应为日期，如 2026-02-10", "must be a date such as 2026-02-10"),
    "date_parsing": ("应为日期，如 2026-02-10", "must be a date such as 2026-02-10"),
    "datetime_parsing": ("应为时间，如 2026-02-10T09:00:00+08:00", "must be a time, RFC 3339"),
    "datetime_from_date_parsing": ("应为时间，如 2026-02-10T09:00:00+08:00", "must be a time, RFC 3339"),
    "timezone_aware": ("时间须带时区", "the time needs its zone"),
}


def pointer(parts: Iterable[object]) -> str:
    """An RFC 6901 pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def fault(error: Mapping[str, Any]) -> tuple[str, FieldFault]:
    """One of pydantic's errors as ``(where, fault)``. The value itself is never repeated."""
    where, *rest = error.get("loc") or ("body",)
    if error["type"] == "json_invalid":
        rest = []  # a position in the text, not a place in the value
    zh, en = _WORDS.get(error["type"], ("取值不正确", "not an accepted value"))
    context = {name: value for name, value in (error.get("ctx") or {}).items() if name != "error"}
    if error["type"] == "string_pattern_mismatch":
        zh, en = TOLD.get(context["pattern"], (zh, en))
    if "expected" in context:
        context["expected_zh"] = str(context["expected"]).replace(", ", "、").replace(" or ", "、")
    try:
        zh, en = zh.format_map(context), en.format_map(context)
    except KeyError:  # an error of that type without its usual context
        zh, en = "取值不正确", "not an accepted value"
    return str(where), FieldFault(pointer(_clean(str(part)) for part in rest), zh, en)


def _clean(text: str) -> str:
    """Text that can be written out: lone surrogates replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def bad_text(text: str) -> bool:
    """Text that PostgreSQL cannot store: a NUL character, or half of a surrogate pair."""
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def flaw(value: Any) -> tuple[str, str, str] | None:
    """The first thing in a JSON value that cannot be stored: ``(pointer, zh, en)``."""
    waiting: list[tuple[tuple[object, ...], Any]] = [((), value)]
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, str):
            if bad_text(one):
                return pointer(path), *_BAD_TEXT
        elif isinstance(one, float):
            if not math.isfinite(one):
                return pointer(path), "应为有限的数字", "must be a finite number"
        elif isinstance(one, list | dict):
            if len(path) >= DEEPEST:
                return pointer(path[:3]), "嵌套过深", "nested too deeply"
            entries = one.items() if isinstance(one, dict) else enumerate(one)
            for key, inner in entries:
                if isinstance(key, str) and bad_text(key):
                    return pointer(path), *_BAD_TEXT
                waiting.append(((*path, key), inner))
    return None


async def storable(request: Request) -> None:
    """Refuse what no column can hold, before any route reads it: in the path, the query and the JSON body.

    Raises:
        Invalid: ``unstorable-input`` with the place.
    """
    for name, text in (*request.path_params.items(), *request.query_params.multi_items()):
        if isinstance(text, str) and (bad_text(text) or bad_text(name)):
            raise _unstorable(pointer([_clean(name)]), *_BAD_TEXT)
    # Starlette keeps what FastAPI has read of the body in these two; nothing was read, nothing can be stored
    if (found := flaw(getattr(request, "_json", None))) is not None:
        raise _unstorable(*found)
    form: FormData | None = getattr(request, "_form", None)
    for name, entry in form.multi_items() if form else ():
        text = entry if isinstance(entry, str) else (entry.filename or "")
        if bad_text(text) or bad_text(name):
            raise _unstorable(pointer([_clean(name)]), *_BAD_TEXT)


def _unstorable(place: str, zh: str, en: str) -> Invalid:
    return Invalid(
        "unstorable-input",
        zh="提交的内容里有无法保存的值，请修改后重试。",
        en="Something that was sent cannot be stored; correct it and try again.",
        faults=[FieldFault(place, zh, en)],
    )
