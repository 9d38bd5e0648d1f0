"""Forms of acts: faults point at fields in both languages, and nothing is dropped in silence."""

from __future__ import annotations

from typing import Any

import pytest

from gridsup.errors import Invalid
from gridsup.procedures import forms
from gridsup.procedures.loader import load_packs

FORM: dict[str, Any] = {
    "type": "object",
    "required": ["name", "permit"],
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 4, "x-fact": "operator"},
        "needed": {"type": "boolean", "x-fact": "permit_required"},
        "permit": {"type": "string", "x-when": {"fact": "permit_required", "op": "eq", "value": True}},
        "status": {"oneOf": [{"const": "none"}, {"const": "valid"}]},
        "opened": {"type": "string", "format": "date"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "phone": {"type": "string", "pattern": "^[0-9]+$", "x-secret": True},
        "hearing": {"type": "string", "format": "date", "x-milestone": "hearing_held"},
        "result": {"const": "licensed", "x-fact": "result"},
    },
}


def pointers(data: Any, facts: dict[str, Any] | None = None) -> list[str]:
    return [fault.pointer for fault in forms.faults(FORM, data, facts)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"name": "张三"}, []),
        ({}, ["/name"]),
        ({"name": "张"}, ["/name"]),
        ({"name": "一二三四五"}, ["/name"]),
        ({"name": 7}, ["/name"]),
        ({"name": "张三", "status": "gone"}, ["/status"]),
        ({"name": "张三", "opened": "2026-02-30"}, ["/opened"]),
        ({"name": "张三", "count": 0}, ["/count"]),
        ({"name": "张三", "count": 10}, ["/count"]),
        ({"name": "张三", "count": True}, ["/count"]),
        ({"name": "张三", "phone": "x"}, ["/phone"]),
        ({"name": "张三", "result": "ceased"}, ["/result"]),
        ({"name": "张三", "a/b~c": 1}, ["/a~1b~0c"]),
        ([], [""]),
        (None, [""]),
    ],
)
def test_each_fault_points_at_its_field(data: Any, expected: list[str]) -> None:
    assert pointers(data) == expected


def test_faults_speak_both_languages() -> None:
    for fault in forms.faults(FORM, {"status": "gone", "count": 99, "x": 1}):
        assert fault.zh.endswith("。")
        assert fault.en.endswith(".")
        assert fault.zh != fault.en


def test_a_pattern_is_told_in_words() -> None:
    fields = {
        "month": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
        "department": {"type": "string", "pattern": "^D01$", "x-code-list": "departments"},
    }
    told = forms.faults({"properties": fields}, {"month": "11月", "department": "城管"})
    assert [fault.zh for fault in told] == ["请从列表中选择。", "应为月份，如 2026-03。"]


def test_a_field_is_demanded_only_where_it_is_surely_shown() -> None:
    name = {"name": "张三"}
    assert pointers(name, {"permit_required": True}) == ["/permit"]
    assert pointers(name, {"permit_required": False}) == []
    assert pointers(name, {}) == []
    assert pointers({**name, "permit": "A1"}, {}) == []


def test_a_field_that_is_not_shown_may_not_be_filled() -> None:
    assert pointers({"name": "张三", "permit": "A1"}, {"permit_required": False}) == ["/permit"]


def test_a_field_may_hang_on_another_of_the_same_form() -> None:
    assert pointers({"name": "张三", "needed": True}, {"permit_required": False}) == ["/permit"]
    assert pointers({"name": "张三", "needed": False, "permit": "A1"}, {"permit_required": True}) == [
        "/permit"
    ]


def test_a_form_that_declares_nothing_takes_nothing() -> None:
    assert forms.faults({}, {}) == []
    assert [fault.pointer for fault in forms.faults({}, {"note": "x"})] == ["/note"]


def test_check_refuses_with_all_faults() -> None:
    with pytest.raises(Invalid) as caught:
        forms.check(FORM, {"count": 0})
    assert [fault.pointer for fault in caught.value.faults] == ["/count", "/name"]
    assert "2" in caught.value.text("zh")


def test_facts_come_from_fields_and_a_const_speaks_for_itself() -> None:
    assert forms.facts_of(FORM, {"name": "张三", "needed": None}) == {
        "operator": "张三",
        "result": "licensed",
    }


def test_facts_fill_a_form_that_says_them_again() -> None:
    facts = {"operator": "张三", "permit_required": True, "other": 1}
    filled = forms.form_from_facts(FORM, facts)
    assert filled == {"name": "张三", "needed": True}
    assert forms.facts_of(FORM, filled) == {"operator": "张三", "permit_required": True, "result": "licensed"}


def test_secret_fields_are_named() -> None:
    assert forms.secret_fields(FORM) == ("phone",)


def test_a_date_marks_its_milestone_at_the_first_instant_of_the_day() -> None:
    marked = forms.milestones_of(FORM, {"hearing": "2026-03-05"})
    assert marked["hearing_held"].isoformat() == "2026-03-05T00:00:00+08:00"


def test_the_resolved_schema_is_what_validation_means() -> None:
    hidden = forms.resolve(FORM, {"permit_required": False})
    assert hidden["required"] == ["name", "permit"], "it may be answered otherwise in this very form"
    assert hidden["additionalProperties"] is False
    shown = forms.resolve(FORM, {"permit_required": True})
    assert shown["required"] == ["name", "permit"]
    # it hangs on a field of this very form, so the front end still needs its condition
    assert "x-when" in shown["properties"]["permit"]


def test_a_field_that_facts_alone_decide_is_gone_or_plain() -> None:
    form = {"properties": {"permit": FORM["properties"]["permit"]}, "required": ["permit"]}
    assert forms.resolve(form, {"permit_required": False})["properties"] == {}
    plain = forms.resolve(form, {"permit_required": True})
    assert plain["properties"] == {"permit": {"type": "string"}}
    assert plain["required"] == ["permit"]


@pytest.mark.parametrize("way", [None, "direct", "left", "post", "electronic", "entrusted"])
def test_what_is_marked_as_required_while_a_form_is_filled_in_is_what_is_demanded(way: str | None) -> None:
    form = load_packs().latest("correction").actions["serve_order"].form
    said = {} if way is None else {"way": way}
    plain = forms.resolve(form, {})
    shown = forms.visible(plain, forms.facts_of(plain, said))
    marked = {name for name in plain["required"] if shown[name] and name not in said}
    assert {one.pointer[1:] for one in forms.faults(form, said)} == marked
    assert ("witness" in marked) is (way == "left")
