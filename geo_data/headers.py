"""Where a sheet's header stands, and which rows below it are no data: totals, notes, repeated headers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo_data.fields import LEVELS, header_key, is_known_header
from geo_data.reasons import Reason
from geo_data.sheets import Grid
from geo_data.values import Cell, as_date, as_text, fold, is_blank, squeeze

LOOK_DOWN = 40
"""Rows from the top among which the header is sought."""
MOST_LEVELS = 4
MOST_NOTES = 4

_TOTAL = re.compile(r"[^\d]{0,12}(合计|小计|总计|共计|累计|总数):?(\d+[户家个条件]?)?")
_COUNTED = re.compile(r"(共|总共)?[\d.,]+[户家个条件元%]?")
_NOTE = re.compile(
    r"(制表|填表|审核|填报|统计|打印|负责人|经办|联系)[^,]{0,8}:.*|(注|说明|备注|填表说明)\s*\d?[:、].*"
    r"|第\s*\d+\s*页.*|(日期|时间):.*"
)


@dataclass(frozen=True, slots=True)
class Header:
    """Rows ``first..last`` (0-based, inclusive) of a sheet and the column names they spell.

    ``columns`` maps the position of a column to its name; ``known`` counts the names that are understood.
    """

    first: int
    last: int
    columns: dict[int, str]
    known: int


def find_header(grid: Grid) -> Header | None:
    """The header of a sheet, or None when no row looks like one.

    The row with the most known headers wins; among sheets of unknown words, the first row of at least two
    different short texts that fills half of the sheet's width.
    """
    rows = spread_merges(grid)
    best: tuple[int, int] | None = None
    for i, row in enumerate(rows):
        known = sum(is_known_header(str(cell)) for cell in _distinct(row))
        if known >= 2 and not _has_data(row) and (best is None or known > best[0]):
            best = (known, i)
    start = best[1] if best else _first_texts(rows)
    if start is None:
        return None
    first, last = _levels(grid, rows, start)
    columns = _names(rows[first : last + 1])
    known = sum(any(is_known_header(part) for part in name.split(LEVELS)) for name in columns.values())
    return Header(first, last, columns, known)


def spread_merges(grid: Grid) -> list[list[Cell]]:
    """The top rows of a sheet with each merged range filled by its value."""
    top = [list(row) for row in grid.rows[:LOOK_DOWN]]
    width = max((len(row) for row in top), default=0)
    for row in top:
        row.extend([None] * (width - len(row)))
    for (r0, c0), (r1, c1) in grid.merges:
        if r0 >= len(top) or c0 >= width:
            continue
        for i in range(r0, min(r1 + 1, len(top))):
            for j in range(c0, min(c1 + 1, width)):
                top[i][j] = top[r0][c0]
    return top


def _distinct(row: list[Cell]) -> list[Cell]:
    return list(dict.fromkeys(cell for cell in row if not is_blank(cell)))


def _has_data(row: list[Cell]) -> bool:
    """Whether a row holds numbers, dates or long codes, which no header does."""
    return any(not is_blank(c) and (not isinstance(c, str) or _reads_as_data(c)) for c in row)


def _reads_as_data(text: str) -> bool:
    if re.fullmatch(r"[+-]?[\d.,]+|[0-9A-Z]{15,20}", squeeze(text)):
        return True
    try:
        return as_date(text) is not None
    except ValueError:
        return False


def _first_texts(rows: list[list[Cell]]) -> int | None:
    width = max((sum(not is_blank(c) for c in row) for row in rows), default=0)
    for i, row in enumerate(rows):
        cells = _distinct(row)
        short = all(isinstance(c, str) and len(c) <= 30 for c in cells)
        if len(cells) >= 2 and short and not _has_data(row) and 2 * len(cells) >= width:
            return i
    return None


def _levels(grid: Grid, rows: list[list[Cell]], start: int) -> tuple[int, int]:
    """Widen the header row over the rows that belong to it: merged neighbours above and below."""
    first = last = start
    changed = True
    while changed and last - first < MOST_LEVELS:
        changed = False
        for (r0, c0), (r1, c1) in grid.merges:
            if r0 < first <= r1 or (r0 == r1 == first - 1 and c1 > c0 and _groups(rows, first - 1)):
                first, changed = r0, True
            elif r0 <= last < r1 < len(rows):
                last, changed = r1, True
        if last + 1 < len(rows) and _continues(rows[last], rows[last + 1]):
            last, changed = last + 1, True
    return first, last


def _groups(rows: list[list[Cell]], i: int) -> bool:
    """Whether a row above the header names groups of columns, and is not the title over all of them."""
    return i >= 0 and len(_distinct(rows[i])) >= 2 and not _has_data(rows[i]) and not _is_note(rows[i])


def _continues(upper: list[Cell], lower: list[Cell]) -> bool:
    """Whether the lower row finishes the header above it: known words, only where the upper row is blank,
    starts a group, or repeats a merged text."""
    filled = [j for j, cell in enumerate(lower) if not is_blank(cell)]
    if not filled or _has_data(lower):
        return False
    fresh = [j for j in filled if lower[j] != upper[j]]
    if not fresh or not any(is_known_header(str(lower[j])) for j in fresh):
        return False
    opens = [
        is_blank(upper[j])
        or (j + 1 < len(upper) and (is_blank(upper[j + 1]) or upper[j + 1] == upper[j]))
        or (j > 0 and upper[j - 1] == upper[j])
        for j in fresh
    ]
    return all(opens)


def _names(rows: list[list[Cell]]) -> dict[int, str]:
    """Join the levels of each column; a blank top level continues the group on its left."""
    filled = [_carry(row, lower) for row, lower in zip(rows, [*rows[1:], None], strict=True)]
    names: dict[int, str] = {}
    for j in range(max(len(row) for row in filled)):
        parts: list[str] = []
        for row in filled:
            text = as_text(row[j]) if j < len(row) else None
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        if parts:
            names[j] = _unique(LEVELS.join(parts), set(names.values()))
    return names


def _carry(row: list[Cell], lower: list[Cell] | None) -> list[Cell]:
    if lower is None:
        return row
    out: list[Cell] = []
    left: Cell = None
    for j, cell in enumerate(row):
        if is_blank(cell) and not is_blank(lower[j]):
            out.append(left)
        else:
            left = cell
            out.append(cell)
    return out


def _unique(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    n = 2
    while f"{name}({n})" in taken:
        n += 1
    return f"{name}({n})"


def why_no_data(row: list[Cell], header: Header) -> Reason | None:
    """Why a row below the header is not a record, or None when it is one.

    A total (合计、小计、总计) is dropped only when nothing but counts stands beside it, so that a shop
    called 小计 stays.
    """
    filled = [(j, cell) for j, cell in enumerate(row) if not is_blank(cell)]
    if any(isinstance(cell, str) and ("计" in cell or "总数" in cell) for _, cell in filled):
        texts = [squeeze(str(cell)) for _, cell in filled]
        rest = [t for t in texts if not _TOTAL.fullmatch(t)]
        if len(rest) < len(texts) and all(_COUNTED.fullmatch(t) for t in rest):
            return TOTAL_ROW
    if len(filled) <= MOST_NOTES and _is_note(row):
        return NOTE_ROW
    if len(filled) >= 2 and all(_names_itself(header, j, cell) for j, cell in filled):
        return REPEATED_HEADER
    return None


def _names_itself(header: Header, column: int, cell: Cell) -> bool:
    name = header.columns.get(column)
    return name is not None and header_key(str(cell)) in [header_key(part) for part in name.split(LEVELS)]


def _is_note(row: list[Cell]) -> bool:
    cells = [fold(str(cell)) for cell in row if not is_blank(cell)]
    return bool(cells) and len(cells) <= MOST_NOTES and all(_NOTE.fullmatch(text) for text in cells)


TOTAL_ROW = Reason(
    "row-total", "合计行，不是经营户，未导入。", "A total, not a business: left out.", level="note"
)
NOTE_ROW = Reason(
    "row-note", "表下说明，不是经营户，未导入。", "A note below the table: left out.", level="note"
)
REPEATED_HEADER = Reason(
    "row-repeated-header", "重复的表头，未导入。", "The header repeated: left out.", level="note"
)
