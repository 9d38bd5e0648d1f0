"""Facts and forms under the captions of their schemas, in both languages; sealed values stay sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.matter_shapes import FactColumn, FactView, Related
from api.names import Names
from gridsup.jointwork import bulletin
from gridsup.procedures import wording
from gridsup.procedures.pack import Action, Pack, Words
from gridsup.referrals.departments import catalogue


def form_captions(pack: Pack, action: Action) -> dict[str, dict[str, Any]]:
    """The schemas of a form's fields; one that states a fact has the fact's choices, a constant too."""
    fields: dict[str, dict[str, Any]] = action.form.get("properties") or {}
    return {name: {**pack.facts.get(field.get("x-fact", ""), {}), **field} for name, field in fields.items()}


def officers_in(values: Mapping[str, Any], captions: Mapping[str, Any]) -> list[int]:
    """The officers that a form or facts name by their numbers."""
    return [
        number
        for name, value in values.items()
        if _holds_officers(name, captions.get(name) or {})
        for number in (value if isinstance(value, list) else [value])
        if isinstance(number, int)
    ]


def _holds_officers(name: str, schema: Mapping[str, Any]) -> bool:
    """The fact of those who stepped aside (回避) is a plain list in its procedures."""
    return bool(schema.get("x-officer")) or name == "recused"


_MATTERS: dict[str, Words] = {
    "conference": Words(zh="会议", en="Meeting"),
    "bulletin": Words(zh="所在通报", en="Bulletin"),
    "matters": Words(zh="所涉事项", en="Matters concerned"),
}
"""Facts that name other matters by their numbers, and how they are called beside links to them."""


def matters_in(values: Mapping[str, Any], captions: Mapping[str, Any]) -> list[int]:
    """The matters that a form or facts name by their numbers."""
    named = (values[name] for name in _MATTERS if name in values and name in captions)
    return [
        one for each in named for one in (each if isinstance(each, list) else [each]) if isinstance(one, int)
    ]


_REPORTED: dict[str, dict[str, str]] = {"note": {"title": "情况说明", "x-title-en": "What was said"}}
"""What every finding may carry beside the facts of its procedure."""


def captioned(values: Mapping[str, Any], captions: Mapping[str, Any], known: Names) -> list[FactView]:
    """Values with the captions of their schemas, in the schemas' order; what has no schema comes last.

    ``known`` holds the names of :func:`officers_in` and of :func:`matters_in`.
    """
    order = {name: number for number, name in enumerate(captions)}
    found = []
    for name in sorted(values, key=lambda each: order.get(each, len(order))):
        schema = captions.get(name) or _REPORTED.get(name) or {}
        title = str(schema.get("title") or name)
        words = Words(zh=title, en=str(schema.get("x-title-en") or name))
        numbers = matters_in({name: values[name]}, captions)
        value = _masked_value(values[name])
        found.append(
            FactView(
                name=name,
                title=_MATTERS[name] if numbers else words,
                value=value,
                text=_told(name, schema, value, known),
                columns=_columns(schema),
                matters=[_related(one, known) for one in numbers],
            )
        )
    return found


def _related(number: int, known: Names) -> Related:
    title = known.matters.get(number, f"#{number}")
    return Related(id=number, title=title, title_en=bulletin.title_in_english(title))


def _columns(schema: Mapping[str, Any]) -> list[FactColumn]:
    """The captions of a table's columns; none where the value is no table."""
    fields = (schema.get("items") or {}).get("properties") or {}
    return [
        FactColumn(
            name=name, title=Words(zh=str(one.get("title") or name), en=str(one.get("x-title-en") or name))
        )
        for name, one in fields.items()
    ]


def _told(name: str, schema: Mapping[str, Any], value: Any, known: Names) -> Words | None:
    if _holds_officers(name, schema):
        return _officers_named(value, known)
    if name == "problem" and isinstance(value, str):
        return bulletin.in_words(value)
    if schema.get("x-code-list") == "departments":
        named = next((one for one in catalogue().departments if one.code == value), None)
        return Words(zh=named.name, en=named.name_en) if named else None
    if schema.get("x-code-list") == "trades" and isinstance(value, str):
        trade = catalogue().trade(value)
        return Words(zh=value, en=trade[1].name_en) if trade else None
    return wording.chosen(schema, value)


def _officers_named(value: Any, known: Names) -> Words | None:
    found = [
        known.officer(number) or str(number) for number in (value if isinstance(value, list) else [value])
    ]
    return Words(zh="、".join(found), en=", ".join(found)) if found else None


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _masked_value(value) for name, value in values.items()}


def _masked_value(value: Any) -> Any:
    return {"sealed": True} if isinstance(value, dict) and "sealed" in value else value
