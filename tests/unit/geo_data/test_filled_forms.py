"""The superior's tables: figures in the places that a template marks, refusals by the name of the cell."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from api.exports.forms import check, fill
from gridsup.errors import Invalid

NAMES = {"单位", "按期处置率", "起"}
LISTS = {"网格": {"序号", "名称", "户数"}, "部门": {"名称"}}


def book(cells: dict[str, Any], merged: tuple[str, ...] = ()) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "月报"
    for name, value in cells.items():
        sheet[name] = value
        sheet[name].font = Font(bold=name == "A3")
    for one in merged:
        sheet.merge_cells(one)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


TEMPLATE = book(
    {
        "A1": "{{单位}}网格监管月报（{{起}}起）",
        "A2": "序号",
        "A3": "{{网格.序号}}",
        "B3": "{{ 网格.名称 }}",
        "C3": "{{网格.户数}}",
        "A4": "按期处置率",
        "C4": "{{按期处置率}}",
        "A5": "制表人签名",
    },
    ("A1:C1", "A5:C5"),
)


def test_a_row_is_repeated_for_each_entry_and_what_stands_below_moves_down() -> None:
    assert check(TEMPLATE, NAMES, LISTS) == 6
    rows = [{"序号": n, "名称": f"第{n}网格", "户数": 10 * n} for n in (1, 2, 3)]
    values = {"单位": "江汉局", "按期处置率": 0.875, "起": date(2026, 3, 1)}
    sheet = load_workbook(BytesIO(fill(TEMPLATE, values, {"网格": rows, "部门": []}, mark="练习"))).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["江汉局网格监管月报（2026-03-01起）", None, None],
        ["序号", None, None],
        [1, "第1网格", 10],
        [2, "第2网格", 20],
        [3, "第3网格", 30],
        ["按期处置率", None, 0.875],
        ["制表人签名", None, None],
    ]
    assert all(sheet[f"A{n}"].font.bold for n in (3, 4, 5))
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:C1", "A7:C7"}
    assert sheet.oddHeader.center.text == "练习"


def test_a_list_without_entries_and_a_rate_without_anything_show_a_dash() -> None:
    values = {"单位": "江汉局", "按期处置率": None, "起": date(2026, 3, 1)}
    sheet = load_workbook(BytesIO(fill(TEMPLATE, values, {"网格": [], "部门": []}))).active
    assert sheet is not None
    assert [sheet["A3"].value, sheet["C4"].value] == ["—", "—"]


def test_a_name_that_looks_like_a_formula_stays_a_text() -> None:
    content = fill(book({"A1": "{{单位}}"}), {"单位": "=1+1"}, {})
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    assert sheet["A1"].data_type == "s"


@pytest.mark.parametrize(
    ("cells", "merged", "where"),
    [
        ({"A1": "{{单位}}", "B7": "{{按期率}}"}, (), "月报!B7"),
        ({"A1": "{{网格.名称}}", "C1": "{{部门.名称}}"}, (), "月报!C1"),
        ({"A1": "{{网格.负责人}}"}, (), "月报!A1"),
        ({"A2": "{{网格.名称}}", "B4": "=SUM(B2:B3)"}, (), "月报!B4"),
        ({"A2": "{{网格.名称}}", "B1": "区"}, ("B1:B2",), "月报!B1"),
        ({"A1": "没有标记"}, (), "没有任何"),
    ],
)
def test_what_cannot_be_filled_is_refused_by_the_name_of_its_cell(
    cells: dict[str, str], merged: tuple[str, ...], where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check(book(cells, merged), NAMES, LISTS)
    assert refused.value.code == "template-marks"
    assert where in refused.value.faults[0].zh


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04rest"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        check(content, NAMES, LISTS)
    assert refused.value.code == "template-unreadable"
