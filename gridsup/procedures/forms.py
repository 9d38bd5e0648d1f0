"""Forms of acts: JSON Schema (draft 2020-12) with a few words of our own, judged in both languages.

``title`` is the Chinese caption, ``x-title-en`` the English one. On top-level properties:

- ``x-fact: name``: the value becomes that fact. A property with ``const`` and ``x-fact`` states its fact by
  itself and need not be sent (the act's own meaning).
- ``x-when: condition``: the field exists only while the condition is not false, over the matter's facts
  and those of this form. While it is unknown the field may be left out even when it is ``required``.
- ``x-secret: true``: encrypted before it is stored.
- ``x-milestone: name``: on a date or date-time, marks that milestone at the given instant.

A form takes no property that it does not declare: nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from gridsup.calendars import instant
from gridsup.codes.patterns import SHA256, TOLD
from gridsup.errors import FieldFault, Invalid
from gridsup.procedures.conditions import evaluate, names
from gridsup.procedures.pack import Condition

Schema = Mapping[str, Any]
_FORMATS = FormatChecker(("date", "date-time", "time", "email", "uuid"))


def properties(form: Schema) -> Mapping[str, Any]:
    """The declared fields of a form."""
    found: Mapping[str, Any] = form.get("properties", {})
    return found


def visible(form: Schema, facts: Mapping[str, Any]) -> dict[str, bool | None]:
    """Field → shown (true), absent (false), or open (None: shown, but never demanded)."""
    return {
        name: evaluate(_condition(field), facts).value
        for name, field in properties(form).items()
        if isinstance(field, Mapping)
    }


def resolve(form: Schema, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The plain schema for a matter's facts: fields that are absent are gone, ``required`` is what is meant.

    Fields that hang on another field of the same form keep their ``x-when`` for the front end to follow;
    one that is ``required`` is so while its condition is true, as :func:`faults` demands it.
    """
    own = set(fact_names(form).values())
    shown = visible(form, facts)
    fields: dict[str, Any] = {}
    for name, field in properties(form).items():
        condition = _condition(field)
        inner = condition is not None and bool(own & names(condition))
        if shown[name] is not False or inner:
            fields[name] = field if inner else {k: v for k, v in field.items() if k != "x-when"}
    required = [
        name
        for name in form.get("required", ())
        if name in fields and (shown[name] is True or "x-when" in fields[name])
    ]
    return {
        **{key: value for key, value in form.items() if key not in ("properties", "required")},
        "type": "object",
        "additionalProperties": form.get("additionalProperties", False),
        "properties": fields,
        "required": required,
    }


def faults(form: Schema, data: Any, facts: Mapping[str, Any] | None = None) -> list[FieldFault]:
    """What is wrong with ``data``, one fault per place; empty when it fits."""
    known = {**(facts or {}), **(facts_of(form, data) if isinstance(data, Mapping) else {})}
    shown = visible(form, known)
    schema = {
        **form,
        "type": "object",
        "additionalProperties": form.get("additionalProperties", False),
        "required": [name for name in form.get("required", ()) if shown.get(name) is True],
    }
    validator = Draft202012Validator(schema, format_checker=_FORMATS)
    found = [each for error in validator.iter_errors(data) for each in _said(error)]
    if isinstance(data, Mapping):
        found += [
            FieldFault(f"/{_escape(name)}", "此项在当前情形下不填，请删去。", "Leave this out here.")
            for name, is_shown in shown.items()
            if is_shown is False and name in data
        ]
    return sorted(set(found), key=lambda each: (each.pointer, each.en))


def check(form: Schema, data: Any, facts: Mapping[str, Any] | None = None) -> None:
    """Raises ``Invalid`` ``form-invalid`` whose ``faults`` point at the fields."""
    if found := faults(form, data, facts):
        name = found[0].pointer.removeprefix("/").split("/")[0]
        field = properties(form).get(name, {})
        raise Invalid(
            "form-invalid",
            zh="表单有 {count} 处需要更正，第一处“{title_zh}”：{first_zh}",
            en="The form has {count} places to correct, the first, “{title_en}”: {first_en}",
            faults=found,
            count=len(found),
            title_zh=field.get("title") or name or "表单",
            title_en=field.get("x-title-en") or name or "form",
            first_zh=found[0].zh,
            first_en=found[0].en,
        )


def fact_names(form: Schema) -> dict[str, str]:
    """Field → the fact that it sets."""
    return {
        name: field["x-fact"]
        for name, field in properties(form).items()
        if isinstance(field, Mapping) and "x-fact" in field
    }


def facts_of(form: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a filled form states. Null says nothing; a ``const`` field speaks without being sent."""
    stated = {}
    for name, fact in fact_names(form).items():
        value = data.get(name, properties(form)[name].get("const"))
        if value is not None:
            stated[fact] = value
    return stated


def form_from_facts(form: Schema, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The form as known facts fill it: what a child's opening says when its parent's facts speak for it."""
    shown = visible(form, facts)
    return {
        name: facts[fact]
        for name, fact in fact_names(form).items()
        if facts.get(fact) is not None and shown[name] is not False
    }


def secret_fields(form: Schema) -> tuple[str, ...]:
    """The top-level fields whose values are encrypted before they are stored."""
    return tuple(
        name
        for name, field in properties(form).items()
        if isinstance(field, Mapping) and field.get("x-secret") is True
    )


def milestones_of(form: Schema, data: Mapping[str, Any]) -> dict[str, datetime]:
    """The milestones that dates in a filled form mark; a bare date means its 00:00 in Asia/Shanghai."""
    marked = {}
    for name, milestone in milestone_names(form).items():
        value = data.get(name)
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
            marked[milestone] = instant(parsed)
    return marked


def milestone_names(form: Schema) -> dict[str, str]:
    """Field → the milestone that its date marks."""
    return {
        name: field["x-milestone"]
        for name, field in properties(form).items()
        if isinstance(field, Mapping) and "x-milestone" in field
    }


def conditions(form: Schema) -> Iterator[tuple[str, Condition]]:
    """(field, its ``x-when``). Raises pydantic's ``ValidationError`` when one has no condition's shape."""
    for name, field in properties(form).items():
        condition = _condition(field)
        if condition is not None:
            yield name, condition


def _condition(field: Any) -> Condition | None:
    raw = field.get("x-when") if isinstance(field, Mapping) else None
    return None if raw is None else Condition.model_validate(raw)


def _escape(name: Any) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _said(error: ValidationError) -> Iterator[FieldFault]:
    """The faults that one error of the validator means, in both languages."""
    base = "".join(f"/{_escape(part)}" for part in error.absolute_path)
    keyword, value, instance = (
        str(error.validator),
        cast(Any, error.validator_value),
        cast(Any, error.instance),
    )
    if keyword == "required":
        for name in value:
            if name not in instance:
                yield FieldFault(f"{base}/{_escape(name)}", "此项必填。", "This is required.")
        return
    if keyword == "additionalProperties":
        declared = properties(cast(Schema, error.schema))
        for name in instance:
            if name not in declared:
                yield FieldFault(
                    f"{base}/{_escape(name)}", "表单没有此项，请删去。", "The form has no such field."
                )
        return
    choices = _choices(error)
    if choices:
        yield FieldFault(
            base, f"请从以下各项中选择：{'、'.join(choices)}。", f"Choose one of: {', '.join(choices)}."
        )
        return
    if keyword == "pattern" and (meant := _meant(cast(Schema, error.schema))):
        yield FieldFault(base, *meant)
        return
    zh, en = _PHRASES.get(keyword, ("内容不符合要求（{keyword}）。", "This does not satisfy “{keyword}”."))
    yield FieldFault(base, zh.format(value=value, keyword=keyword), en.format(value=value, keyword=keyword))


def _choices(error: ValidationError) -> list[str]:
    """The permitted values where the schema lists them (``enum``, ``const``, ``oneOf`` of constants)."""
    value = cast(Any, error.validator_value)
    if error.validator == "enum":
        return [str(each) for each in value]
    if error.validator == "const":
        return [str(value)]
    if error.validator == "oneOf" and all("const" in each for each in value):
        return [str(each["const"]) for each in value]
    return []


def _meant(field: Schema) -> tuple[str, str] | None:
    """What the pattern of a field means to who fills it in."""
    if "x-code-list" in field:
        return "请从列表中选择。", "Choose one of the list."
    if field["pattern"] == SHA256:  # nobody writes one: a form's is the picture of a signature
        return "签名没有存好，请重新签名。", "The signature was not kept; sign again."
    told = TOLD.get(field["pattern"])
    return told and (f"{told[0]}。", f"This {told[1]}.")


_PHRASES: dict[str, tuple[str, str]] = {
    "type": ("类型不对，应为 {value}。", "This has the wrong type; it must be {value}."),
    "minLength": ("至少 {value} 个字。", "Write at least {value} character(s)."),
    "maxLength": ("最多 {value} 个字。", "Write at most {value} character(s)."),
    "pattern": ("格式不对，应符合 {value}。", "This has the wrong form; it must match {value}."),
    "format": ("格式不对，应为 {value}。", "This has the wrong form; it must be a {value}."),
    "minimum": ("不得小于 {value}。", "This must be {value} or more."),
    "maximum": ("不得大于 {value}。", "This must be {value} or less."),
    "exclusiveMinimum": ("应大于 {value}。", "This must be more than {value}."),
    "exclusiveMaximum": ("应小于 {value}。", "This must be less than {value}."),
    "multipleOf": ("应为 {value} 的倍数。", "This must be a multiple of {value}."),
    "minItems": ("至少 {value} 项。", "Give at least {value} item(s)."),
    "maxItems": ("最多 {value} 项。", "Give at most {value} item(s)."),
    "uniqueItems": ("各项不得重复。", "No item may stand twice."),
}
