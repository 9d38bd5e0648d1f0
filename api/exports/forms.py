"""The superior's own tables (上级报表): a workbook with marks like ``{{按期处置率}}``, filled with figures.

A mark is replaced by its figure; a row with marks of a list (``{{网格.名称}}``) is repeated for each entry.
Everything else of the workbook (titles, widths, colours, borders, merged cells) stays as it was drawn up.
What cannot be filled is refused by the name of its cell when the template is saved, never left blank.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from geo_data.workbooks import harmless
from gridsup.errors import FieldFault, Invalid

MARK = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
MOST_UNPACKED = 20 * 1024 * 1024
"""Bytes of a template when it is unpacked."""
MOST_CELLS = 50_000
Values = Mapping[str, Any]
Lists = Mapping[str, Sequence[Values]]


def check(content: bytes, names: set[str], lists: Mapping[str, set[str]]) -> int:
    """How many marks a template has.

    ``names``: figures; ``lists``: name of a list → its columns, marked as ``list.column``.

    Raises :class:`Invalid`: ``template-unreadable``; ``template-marks``, whose faults name each cell with a
    mark that means nothing, with two lists in one row, or with a formula or a merged cell where rows are
    inserted.
    """
    book = _open(content)
    faults: list[FieldFault] = []
    found = 0
    for sheet in _sheets(book):
        listed = [row for row in sheet.iter_rows() if _list_of(row, lists)]
        for row in sheet.iter_rows():
            kinds: set[str] = set()
            for cell in row:
                for mark in _marks(cell):
                    found += 1
                    head, _, column = mark.partition(".")
                    if column and column in lists.get(head, ()):
                        kinds.add(head)
                        if len(kinds) > 1:
                            faults.append(
                                _fault(sheet, cell, mark, "一行只能用一个列表", "two lists in one row")
                            )
                    elif mark not in names:
                        faults.append(_fault(sheet, cell, mark, "没有这个标记", "no such mark"))
        faults += _in_the_way(sheet, [row[0].row for row in listed if row[0].row])
    if not found:
        faults.append(FieldFault("/file", "没有任何 {{标记}}。", "It has no {{mark}} at all."))
    if faults:
        raise Invalid(
            "template-marks",
            zh="模板中有 {n} 处填不了：{first}",
            en="{n} places of the template cannot be filled: {first}",
            faults=faults,
            n=len(faults),
            first=faults[0].zh,
        )
    return found


def fill(content: bytes, values: Values, lists: Lists, *, mark: str | None = None) -> bytes:
    """The template with its figures. ``mark`` (演示数据, 练习) goes into the head of every printed page."""
    book = _open(content)
    columns = {name: {"*"} for name in lists}
    for sheet in _sheets(book):
        rows = [(row[0].row, _list_of(row, columns)) for row in sheet.iter_rows()]
        for number, name in reversed([(n, one) for n, one in rows if n and one]):
            _repeat(sheet, number, name, lists[name])
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and isinstance(cell.value, str) and MARK.search(cell.value):
                    _put(cell, cell.value, values)
        if mark and sheet.oddHeader is not None:
            sheet.oddHeader.center.text = mark
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _open(content: bytes) -> Workbook:
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise ValueError("too large")
        book = load_workbook(BytesIO(content))
        if sum(sheet.max_row * sheet.max_column for sheet in _sheets(book)) > MOST_CELLS:
            raise ValueError("too many cells")
    except Exception as error:  # the reader raises what its many parts raise
        zh, en = (
            "读不出这个文件。请上传不大于两万行的 .xlsx 模板。",
            "Not a readable .xlsx template, or too large.",
        )
        raise Invalid("template-unreadable", zh=zh, en=en, faults=[FieldFault("/file", zh, en)]) from error
    return book


def _sheets(book: Workbook) -> list[Worksheet]:
    return [sheet for sheet in book.worksheets if isinstance(sheet, Worksheet)]


def _marks(cell: Any) -> Iterator[str]:
    if isinstance(cell, Cell) and isinstance(cell.value, str):
        yield from MARK.findall(cell.value)


def _list_of(row: Sequence[Any], lists: Mapping[str, set[str]]) -> str | None:
    heads = (mark.partition(".")[0] for cell in row for mark in _marks(cell) if "." in mark)
    return next((head for head in heads if head in lists), None)


def _in_the_way(sheet: Worksheet, listed: list[int]) -> list[FieldFault]:
    """What inserted rows would tear: formulas on or below a row that is repeated, cells merged across one."""
    if not listed:
        return []
    faults = [
        _fault(
            sheet, cell, str(cell.value), "列表行及其下方不能有公式", "no formula on or below a list's row"
        )
        for row in sheet.iter_rows(min_row=min(listed))
        for cell in row
        if isinstance(cell, Cell) and isinstance(cell.value, str) and cell.value.startswith("=")
    ]
    for area in sheet.merged_cells.ranges:
        if any(area.min_row <= number <= area.max_row and area.min_row != area.max_row for number in listed):
            corner = sheet.cell(area.min_row, area.min_col)
            faults.append(
                _fault(sheet, corner, str(area), "列表行不能跨行合并", "a list's row is merged with another")
            )
    return faults


def _fault(sheet: Worksheet, cell: Any, what: str, zh: str, en: str) -> FieldFault:
    name = f"{sheet.title}!{get_column_letter(cell.column)}{cell.row}"
    return FieldFault("/file", f"{name} “{what}”：{zh}。", f"{name} “{what}”: {en}.")


def _repeat(sheet: Worksheet, number: int, name: str, entries: Sequence[Values]) -> None:
    """Make the row once for each entry; without any the row stays, with dashes."""
    pattern: list[tuple[Any, Any]] = [(cell.value, cell) for cell in sheet[number]]
    height = sheet.row_dimensions[number].height
    more = max(0, len(entries) - 1)
    along = [area for area in sheet.merged_cells.ranges if area.min_row == area.max_row == number]
    below = [area for area in sheet.merged_cells.ranges if area.min_row > number]
    if more:
        heights = {row: sheet.row_dimensions[row].height for row in range(number + 1, sheet.max_row + 1)}
        sheet.insert_rows(number + 1, more)
        for area in below:
            area.shift(row_shift=more)
        for row, tall in heights.items():
            sheet.row_dimensions[row + more].height = tall
    for offset, entry in enumerate(entries or [{}]):
        sheet.row_dimensions[number + offset].height = height
        given = {f"{name}.{column}": value for column, value in entry.items()}
        for column, (text, model) in enumerate(pattern, start=1):
            cell = sheet.cell(number + offset, column)
            if isinstance(cell, MergedCell):
                continue
            if offset and model.has_style:
                cell.font, cell.fill, cell.border = copy(model.font), copy(model.fill), copy(model.border)
                cell.alignment, cell.number_format = copy(model.alignment), model.number_format
            if isinstance(text, str) and MARK.search(text):
                _put(cell, text, given)
            elif offset:
                cell.value = text
        for area in along if offset else ():
            sheet.merge_cells(
                start_row=number + offset,
                end_row=number + offset,
                start_column=area.min_col,
                end_column=area.max_col,
            )


def _put(cell: Cell, text: str, values: Values) -> None:
    """A mark alone becomes a number or a date of the cell; within a text it becomes part of the text."""
    whole = MARK.fullmatch(text.strip())
    value = values.get(whole[1]) if whole else MARK.sub(lambda one: _said(values.get(one[1])), text)
    cell.value = "—" if value is None else harmless(value) if isinstance(value, str) else value


def _said(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
