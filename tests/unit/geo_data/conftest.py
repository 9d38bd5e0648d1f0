"""Ugly files as bureaux send them, made when the test runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

Sheets = dict[str, Sequence[Sequence[Any]]]


@pytest.fixture
def xlsx(tmp_path: Path) -> Callable[..., Path]:
    """``xlsx({"城东所": rows}, merges={"城东所": ["A1:F1"]}, hidden=["草稿"])``."""

    def make(
        sheets: Sheets, *, merges: dict[str, list[str]] | None = None, hidden: Sequence[str] = ()
    ) -> Path:
        book = openpyxl.Workbook()
        del book["Sheet"]
        for name, rows in sheets.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append(list(row))
            for area in (merges or {}).get(name, ()):
                page.merge_cells(area)
            page.sheet_state = "hidden" if name in hidden else "visible"
        path = tmp_path / "台账.xlsx"
        book.save(path)
        return path

    return make


@pytest.fixture
def xls(tmp_path: Path) -> Callable[..., Path]:
    """An old .xls; ``merges`` as ``(r0, r1, c0, c1)``."""

    def make(sheets: Sheets, *, merges: Sequence[tuple[int, int, int, int]] = ()) -> Path:
        book = xlwt.Workbook()
        for name, rows in sheets.items():
            page = book.add_sheet(name, cell_overwrite_ok=True)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    page.write(i, j, cell)
            for area in merges:
                page.merge(*area)
        path = tmp_path / "台账.xls"
        book.save(str(path))
        return path

    return make
