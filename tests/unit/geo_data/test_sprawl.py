"""A sheet is measured before it is laid out in memory."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from geo_data.sprawl import refuse_sprawl
from geo_data.tables import read_table
from gridsup.errors import Invalid


def book(path: Path) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.append(["字号名称", "经营地址"])
    page.append(["老王热干面", "前进四路12号"])
    made.save(path)
    return made


def test_a_word_in_the_last_corner_is_refused_by_its_cell(tmp_path: Path) -> None:
    made = book(path := tmp_path / "a.xlsx")
    made.worksheets[0]["XFD1048576"] = "x"
    made.save(path)
    with pytest.raises(Invalid) as refusal:
        read_table(path)
    assert (refusal.value.code, refusal.value.params["cell"]) == ("table-sprawls", "XFD1048576")


def test_two_far_cells_count_by_the_rectangle_that_they_span(tmp_path: Path) -> None:
    made = book(path := tmp_path / "a.xlsx")
    made.worksheets[0]["A1048576"] = made.worksheets[0]["XFD1"] = "x"
    made.save(path)
    with pytest.raises(Invalid, match="table-sprawls"):
        refuse_sprawl(path)


def test_colour_without_content_is_no_matter(tmp_path: Path) -> None:
    made = book(path := tmp_path / "a.xlsx")
    made.worksheets[0]["XFD1048576"].font = Font(bold=True)
    made.save(path)
    assert [row.values["字号名称"] for row in read_table(path).rows] == ["老王热干面"]


def test_a_long_table_is_let_through(tmp_path: Path) -> None:
    made = book(path := tmp_path / "a.xlsx")
    for n in range(30_000):
        made.worksheets[0].append([f"店{n}", "前进路1号"])
    made.save(path)
    refuse_sprawl(path)


def test_a_damaged_archive_is_left_to_its_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04nonsense")
    refuse_sprawl(path)
    with pytest.raises(Invalid, match="table-unreadable"):
        read_table(path)
