"""The unlicensed ledger as a workbook: the seed's six columns first (P10-D4), then what locates each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from geo_data.workbooks import fit

SEED_COLUMNS = ("经营者姓名", "经营范围", "经营地址", "开业日期", "前置情况", "处置情况")
COLUMNS = (*SEED_COLUMNS, "户口编码", "所属网格", "发现日期", "来源", "外部编号", "办结日期", "事项编号")
_WIDTHS = (14, 30, 36, 12, 24, 22, 20, 16, 12, 10, 18, 12, 22)
TITLE = "{bureau}无照经营电子监管台账"
DEMO_MARK = "演示数据 DEMO"


def workbook(rows: Iterable[Sequence[Any]], *, bureau: str, note: str, demo: bool) -> bytes:
    """``rows`` have the values of :data:`COLUMNS` (texts, dates, None); ``note`` says what was chosen."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "无照经营台账"
    last = get_column_letter(len(COLUMNS))
    sheet.merge_cells(f"A1:{last}1")
    sheet.merge_cells(f"A2:{last}2")
    _text(sheet["A1"], TITLE.format(bureau=bureau))
    sheet["A1"].font, sheet["A1"].alignment = Font(size=16, bold=True), Alignment(horizontal="center")
    _text(sheet["A2"], f"{note}　{DEMO_MARK}" if demo else note)
    for number, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True), start=1):
        cell = sheet.cell(3, number)
        _text(cell, name)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F0")
        sheet.column_dimensions[get_column_letter(number)].width = width
    for line, row in enumerate(rows, start=4):
        for number, value in enumerate(row, start=1):
            cell = sheet.cell(line, number)
            if isinstance(value, str):
                _text(cell, value)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            else:
                cell.value = value
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:{last}{max(sheet.max_row, 3)}"
    sheet.print_title_rows = "1:3"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if demo and sheet.oddHeader is not None:
        sheet.oddHeader.center.text = DEMO_MARK
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _text(cell: Any, value: str) -> None:
    """A text stays a text: one that begins with ``=`` is no formula in a file that somebody opens."""
    cell.value = fit(value)
    if isinstance(cell, Cell):
        cell.data_type = "s"
