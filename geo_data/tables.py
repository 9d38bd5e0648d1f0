"""A bureau's own table as it is (台账、名册): read without asking its keeper to tidy it first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geo_data.fields import header_key
from geo_data.headers import Header, find_header, why_no_data
from geo_data.reasons import Reason
from geo_data.sheets import Grid, blank_row, open_workbook
from geo_data.values import Cell, as_text, is_blank
from gridsup.errors import Invalid

TABLE_SUFFIXES = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".html", ".htm")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it came: ``number`` as the spreadsheet counts from 1, ``values`` by column name."""

    sheet: str | None
    number: int
    values: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row (``number``) or a whole sheet (``number`` None) that was left out, and why."""

    sheet: str | None
    number: int | None
    text: str
    reason: Reason


@dataclass(slots=True)
class RawTable:
    """The data rows of all sheets under the union of their columns, in the order of the file."""

    columns: list[str]
    rows: list[RawRow]
    dropped: list[Dropped] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    encoding: str | None = None

    @property
    def sheets(self) -> list[str | None]:
        return list(dict.fromkeys(row.sheet for row in self.rows))

    def column(self, name: str, limit: int | None = None) -> list[Cell]:
        """The first ``limit`` filled cells of a column."""
        cells: list[Cell] = []
        for row in self.rows:
            if limit is not None and len(cells) >= limit:
                break
            if not is_blank(row.values.get(name)):
                cells.append(row.values[name])
        return cells


def read_table(path: str | Path) -> RawTable:
    """Read .xls, .xlsx, .ods, CSV/TSV in UTF-8 or GB18030, or an HTML table, whatever its suffix says.

    Titles above the header, header cells over several rows (levels joined by `` / ``), total rows, notes
    and hidden sheets are recognised; whatever is left out stands in ``dropped`` with its reason.
    Raises Invalid ``table-no-header`` besides those of :func:`geo_data.sheets.open_workbook`.
    """
    path = Path(path)
    book = open_workbook(path)
    found = [(grid, find_header(grid)) for grid in book.grids]
    best = max((header.known for _, header in found if header), default=None)
    if best is None:
        raise Invalid(
            "table-no-header",
            zh="在 {name} 中没有找到表头。请确认有一行写着各列名称，例如“字号名称、经营地址”。",
            en="No header was found in {name}. One row must hold the column names (字号名称, 经营地址).",
            name=path.name,
        )
    table = RawTable([], [], encoding=book.encoding)
    table.dropped += [Dropped(name, None, "", reason) for name, reason in book.skipped]
    for grid, header in found:
        if header is None or (best >= 2 and header.known == 0):
            table.dropped.append(Dropped(grid.name, None, "", SHEET_NO_HEADER))
        else:
            _add_sheet(table, grid, header)
    return table


def _add_sheet(table: RawTable, grid: Grid, header: Header) -> None:
    _fill_down(grid, header)
    names = _name_stray_columns(grid, header)
    # A column may carry other brackets or blanks on another sheet; the first sheet's spelling stands.
    known = {header_key(name): name for name in table.columns}
    names = {j: known.get(header_key(name), name) for j, name in names.items()}
    table.columns += [name for name in names.values() if name not in table.columns]
    for row in grid.rows[: header.first]:
        table.titles += [text for cell in row if (text := as_text(cell))]
    for i, row in enumerate(grid.rows[header.last + 1 :], start=header.last + 2):
        if blank_row(row):
            continue
        if reason := why_no_data(row, header):
            table.dropped.append(Dropped(grid.name, i, " ".join(_texts(row)), reason))
            continue
        values = {name: row[j] if j < len(row) else None for j, name in names.items()}
        table.rows.append(RawRow(grid.name, i, values))


def _fill_down(grid: Grid, header: Header) -> None:
    """A cell merged over several rows (one street for ten shops) says its value for each of them."""
    for (r0, c0), (r1, c1) in grid.merges:
        if c0 == c1 and r0 > header.last and c0 < len(grid.rows[r0]):
            for row in grid.rows[r0 + 1 : r1 + 1]:
                row.extend([None] * (c0 + 1 - len(row)))
                row[c0] = grid.rows[r0][c0]


def _name_stray_columns(grid: Grid, header: Header) -> dict[int, str]:
    """Columns with data but no name are called by their place, so that nothing of a row is lost."""
    names = dict(header.columns)
    for row in grid.rows[header.last + 1 :]:
        for j, cell in enumerate(row):
            if j not in names and not is_blank(cell):
                names[j] = f"第{j + 1}列"
    return dict(sorted(names.items()))


def _texts(row: Sequence[Cell]) -> list[str]:
    return [text for cell in row if (text := as_text(cell))]


def file_digest(path: str | Path) -> str:
    """SHA-256 of a file, in hex: the same upload is known again by it."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


SHEET_NO_HEADER = Reason(
    "sheet-no-header",
    "工作表没有可识别的表头，没有读取。",
    "The sheet has no header that is understood and was not read.",
    level="note",
)
