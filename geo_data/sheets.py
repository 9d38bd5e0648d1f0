"""A file's sheets as plain grids: .xls, .xlsx, .ods, delimited text, and HTML that calls itself .xls."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from statistics import median

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from geo_data.reasons import Reason
from geo_data.sprawl import refuse_sprawl
from geo_data.values import Cell, is_blank
from gridsup.errors import Invalid

Merge = tuple[tuple[int, int], tuple[int, int]]
DELIMITERS = (",", "\t", ";", "|", "，")
MAX_BYTES = 200 * 1024 * 1024
MAX_SPAN = 1000

csv.field_size_limit(1_000_000)


@dataclass(slots=True)
class Grid:
    """One sheet: ``rows[i][j]`` is row ``i + 1`` as the spreadsheet counts; ``merges`` hold both corners."""

    name: str | None
    rows: list[list[Cell]]
    merges: list[Merge] = field(default_factory=list)


@dataclass(slots=True)
class Workbook:
    """The readable sheets of a file, and the ones left out with their reasons."""

    grids: list[Grid]
    skipped: list[tuple[str, Reason]] = field(default_factory=list)
    encoding: str | None = None
    delimiter: str | None = None


def open_workbook(path: Path) -> Workbook:
    """Read every visible sheet by what the file is, not by what it is called.

    Raises Invalid ``table-empty``, ``table-too-large``, ``table-sprawls``, ``table-unreadable``,
    ``table-encoding``.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Invalid(
            "table-too-large",
            zh="文件 {name} 超过 200 MB，请按所或按年份拆开后再导入。",
            en="{name} is larger than 200 MB; split it by station or year and import the parts.",
            name=path.name,
        )
    data = path.read_bytes()
    if not data.strip():
        raise Invalid("table-empty", zh="文件 {name} 是空的。", en="{name} is empty.", name=path.name)
    if data[:4] in (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"):
        return _from_calamine(path)
    text, encoding = decode(data, path.name)
    if text.lstrip()[:1] == "<":
        return Workbook(_from_html(text), encoding=encoding)
    try:
        rows, delimiter = split_text(text)
    except csv.Error as error:
        raise _unreadable(path.name) from error
    return Workbook([Grid(None, rows)], encoding=encoding, delimiter=delimiter)


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Text of UTF-8 (with or without mark), UTF-16 with mark, or GB18030 (which contains GBK and GB2312)."""
    marked = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(data[:2])
    for encoding in (marked,) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Invalid(
        "table-encoding",
        zh="文件 {name} 既不是 UTF-8 也不是 GB18030/GBK 编码，请在电子表格中另存为 .xlsx 后再导入。",
        en="{name} is neither UTF-8 nor GB18030/GBK; save it as .xlsx in a spreadsheet and import that.",
        name=name,
    )


def split_text(text: str) -> tuple[list[list[Cell]], str]:
    """Rows of delimited text; the delimiter is the one that yields the most fields on the median row."""
    head = text[:20_000]
    widths = {
        d: median([len(r) for r in csv.reader(io.StringIO(head, newline=""), delimiter=d)] or [0])
        for d in DELIMITERS
    }
    delimiter = max(DELIMITERS, key=lambda d: widths[d])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[_unquote(cell) for cell in row] for row in rows], delimiter


def _unquote(cell: str) -> Cell:
    """Undo what spreadsheets do to keep a code a text: ``="0913"``, a leading apostrophe or tab."""
    text = cell.strip("\t")
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1]
    if text.startswith("'"):
        return text[1:]
    return text or None


def _from_calamine(path: Path) -> Workbook:
    if zipfile.is_zipfile(path):
        refuse_sprawl(path)
    try:
        return _sheets(CalamineWorkbook.from_path(path))
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(path.name) from error


def _sheets(book: CalamineWorkbook) -> Workbook:
    result = Workbook([])
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != SheetVisibleEnum.Visible:
            result.skipped.append((meta.name, SHEET_HIDDEN))
            continue
        sheet = book.get_sheet_by_name(meta.name)
        rows: list[list[Cell]] = [
            [None if cell == "" else cell for cell in row] for row in sheet.to_python(skip_empty_area=False)
        ]
        if any(not is_blank(cell) for row in rows for cell in row):
            result.grids.append(Grid(meta.name, rows, list(sheet.merged_cell_ranges or ())))
        else:
            result.skipped.append((meta.name, SHEET_EMPTY))
    return result


def _unreadable(name: str) -> Invalid:
    return Invalid(
        "table-unreadable",
        zh="无法打开 {name}：文件损坏、有密码保护，或不是电子表格。请去掉密码并另存为 .xlsx 后再导入。",
        en="{name} cannot be opened: damaged, protected by a password, or no spreadsheet. "
        "Remove the password, save it as .xlsx and import that.",
        name=name,
    )


class _Tables(HTMLParser):
    """Collects the cells of every <table>; spans become merges."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[Grid] = []
        self._taken: dict[tuple[int, int], bool] = {}
        self._cell: list[str] | None = None
        self._at = (0, 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.grids.append(Grid(None, []))
            self._taken = {}
        elif tag == "tr" and self.grids:
            self.grids[-1].rows.append([])
        elif tag in ("td", "th") and self.grids and self.grids[-1].rows:
            self._open_cell({key: value or "" for key, value in attrs})
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def _open_cell(self, attrs: dict[str, str]) -> None:
        grid = self.grids[-1]
        row, column = len(grid.rows) - 1, 0
        while (row, column) in self._taken:
            column += 1
        tall, wide = (_span(attrs.get(a, "")) for a in ("rowspan", "colspan"))
        for i in range(tall):
            for j in range(wide):
                self._taken[row + i, column + j] = True
        if tall * wide > 1:
            grid.merges.append(((row, column), (row + tall - 1, column + wide - 1)))
        self._cell, self._at = [], (row, column)

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            row = self.grids[-1].rows[self._at[0]]
            row.extend([None] * (self._at[1] + 1 - len(row)))
            row[self._at[1]] = "".join(self._cell).strip() or None
            self._cell = None


def _span(text: str) -> int:
    """A span as browsers read it: nonsense is 1, and it has an upper limit."""
    digits = text.strip()
    return min(max(1, int(digits)), MAX_SPAN) if re.fullmatch(r"[0-9]{1,9}", digits) else 1


def _from_html(text: str) -> list[Grid]:
    parser = _Tables()
    parser.feed(text)
    return [grid for grid in parser.grids if any(grid.rows)]


def blank_row(row: Iterable[Cell]) -> bool:
    return all(is_blank(cell) for cell in row)


SHEET_HIDDEN = Reason(
    "sheet-hidden",
    "工作表是隐藏的，没有读取；需要时请取消隐藏。",
    "The sheet is hidden and was not read; unhide it if it belongs to the import.",
    level="note",
)
SHEET_EMPTY = Reason("sheet-empty", "工作表是空的。", "The sheet is empty.", level="note")
