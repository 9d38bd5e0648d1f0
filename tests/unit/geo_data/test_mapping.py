"""Columns find their fields; a person's word goes before; a mapping is plain data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from geo_data.mapping import ColumnMapping, fingerprint, override, propose
from geo_data.tables import RawRow, RawTable
from gridsup.errors import Invalid


def table(*columns: str, **cells: list[Any]) -> RawTable:
    height = max((len(v) for v in cells.values()), default=0)
    rows = [
        RawRow(None, n + 2, {c: cells.get(c, [None] * height)[n] for c in columns}) for n in range(height)
    ]
    return RawTable(list(columns), rows)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("字号名称", "name"),
        ("企业（字号）名称", "name"),
        ("*市场主体名称：", "name"),
        ("经营者 姓名", "operator_name"),
        ("法定代表人（负责人）", "operator_name"),
        ("统一社会信用代码", "uscc"),
        ("注册号/统一社会信用代码", "licence_no"),
        ("经营地址", "address"),
        ("住所(经营场所)", "address"),
        ("经度（E）", "x"),
        ("lat", "y"),
        ("坐标 / 经度", "x"),
        ("许可证 / 编号", "permit_number"),
        ("证照情况 / 注册号", "registration_no"),
        ("所属网格编号", "cell"),
        ("前置情况", "pre_approval"),
        ("处置情况", "disposal"),
        ("开业日期（年月日）", "opened_on"),
    ],
)
def test_headers_find_their_fields(header: str, name: str) -> None:
    assert propose(table(header)).mapping.columns == {header: name}


def test_counting_columns_and_old_reasons_are_passed_over() -> None:
    proposal = propose(table("序号", "原因", "原始行号", "名称", "颜色"))
    assert proposal.mapping.columns == {"名称": "name"}
    assert proposal.unmapped == ["颜色"]
    assert proposal.confidence["名称"] < 1


def test_the_better_column_gets_the_field() -> None:
    proposal = propose(table("名称", "字号名称", "地址", "经营地址"))
    assert proposal.mapping.columns == {"字号名称": "name", "地址": "address"}
    assert proposal.unmapped == ["名称", "经营地址"]


def test_credit_codes_are_known_by_their_shape() -> None:
    codes = ["91330100799655058B", "9144030071526726XG", "914403001922038216"]
    proposal = propose(table("代码", 代码=codes))
    assert proposal.mapping.columns == {"代码": "uscc"}
    mixed = [*codes, "350503600123454", "440301103448669"]
    assert propose(table("注册号", 注册号=mixed)).mapping.columns == {"注册号": "licence_no"}


def test_identity_numbers_are_not_taken_for_credit_codes() -> None:
    assert propose(table("号码", 号码=["11010519491231002X"] * 5)).mapping.columns == {}


def test_a_person_overrides_the_proposal() -> None:
    raw = table("字号名称", "招牌", "地址")
    mapping = override(propose(raw), {"招牌": "name", "地址": None}, raw)
    assert mapping.columns == {"招牌": "name"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"无此列": "name"}, "mapping-unknown-column"),
        ({"招牌": "colour"}, "mapping-unknown-field"),
        ({"招牌": "name", "字号名称": "name"}, "mapping-field-twice"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(changes: dict[str, str | None], code: str) -> None:
    raw = table("字号名称", "招牌")
    with pytest.raises(Invalid) as refusal:
        override(propose(raw), changes, raw)
    assert refusal.value.code == code


def test_a_mapping_survives_as_json() -> None:
    mapping = ColumnMapping({"字号名称": "name"}, {"street": "前进街道"})
    assert ColumnMapping.from_dict(json.loads(json.dumps(mapping.to_dict()))) == mapping


def test_a_constant_fills_empty_cells_only() -> None:
    mapping = ColumnMapping({"街道": "street"}, {"street": "前进街道"})
    assert mapping.pick({"街道": ""})["street"] == "前进街道"
    assert mapping.pick({"街道": "民族街道"})["street"] == "民族街道"


def test_the_same_columns_have_the_same_fingerprint() -> None:
    assert fingerprint(["字号名称", "经营地址"]) == fingerprint(["经营 地址", "字号名称："])
    assert fingerprint(["字号名称"]) != fingerprint(["经营地址"])
