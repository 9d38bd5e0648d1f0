"""Rejected rows come back in their own columns, are mended, and can be uploaded again."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Literal

import openpyxl
import pytest

from geo_data.businesses import validate
from geo_data.mapping import propose
from geo_data.placing import Placing
from geo_data.records import Validation
from geo_data.rejects import write_rejects
from geo_data.tables import read_table

Make = Callable[..., Path]
HEADER = ["序号", "字号名称", "统一社会信用代码", "经营地址", "开业日期"]


def check(path: Path) -> Validation:
    table = read_table(path)
    return validate(table, propose(table).mapping, Placing())


@pytest.fixture
def upload(xlsx: Make) -> Path:
    return xlsx(
        {
            "前进所": [
                ["台账"],
                HEADER,
                [1, "甲", 9.13e17, "甲路1号", "2019年3月"],
                [2, "乙", "", "乙路2号", ""],
            ],
            "民族所": [HEADER, [1, "@丙记", "91330100799655058C", "丙路3号", "2020-1-1"]],
        }
    )


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_mended_rows_land_on_the_second_upload(
    upload: Path, tmp_path: Path, form: Literal["xlsx", "csv"]
) -> None:
    first = check(upload)
    assert (len(first.good), len(first.bad)) == (1, 2)
    again = tmp_path / f"退回.{form}"
    again.write_bytes(write_rejects(first.columns, first.bad, form))
    second = check(again)
    assert [row.raw.values["字号名称"] for row in second.bad] == ["甲", "@丙记"]
    assert [r.code for row in second.bad for r in row.reasons] == [
        r.code for row in first.bad for r in row.reasons
    ]
    table = read_table(again)
    for row in table.rows:
        row.values["统一社会信用代码"], row.values["开业日期"] = "91330100799655058B", "2019-03-01"
    mended = validate(table, propose(table).mapping, Placing())
    assert mended.bad == []
    assert {row.record.station for row in mended.good} == {"前进所", "民族所"}


def test_the_reason_stands_first_and_tells_every_fault(upload: Path) -> None:
    result = check(upload)
    page = openpyxl.load_workbook(BytesIO(write_rejects(result.columns, result.bad)))["前进所"]
    header = [cell.value for cell in page[1]]
    assert header == ["原因", "原始行号", *HEADER]
    reason = str(page.cell(2, 1).value)
    assert "统一社会信用代码" in reason
    assert "开业日期" in reason
    assert page.cell(2, 2).value == "3"


def test_no_cell_becomes_a_formula_or_a_number(upload: Path) -> None:
    result = check(upload)
    result.bad[1].raw.values["经营地址"] = "=1+1"
    page = openpyxl.load_workbook(BytesIO(write_rejects(result.columns, result.bad)))["民族所"]
    assert (page.cell(2, 6).value, page.cell(2, 6).data_type) == ("=1+1", "s")
    assert {cell.number_format for cell in page[2] if cell.value} == {"@"}
    text = write_rejects(result.columns, result.bad, "csv").decode("utf-8-sig")
    assert ",'@丙记,91330100799655058C,'=1+1," in text
