"""Workbooks that would need more memory than a server has: one stray cell in the last corner of a sheet.

The reader lays a sheet out from A1 to its last filled cell. A single cell at XFD1048576 asks for 550 GB,
and the process is gone; so the extent is looked up first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from gridsup.errors import Invalid

MAX_CELLS = 12_000_000
"""Cells of a sheet's rectangle: 600,000 rows of 20 columns."""
MAX_UNPACKED = 1 << 30
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What Python says of a broken archive, a password (RuntimeError), a method of packing that it lacks."""
_CHUNK = 1 << 20
_TAIL = 300
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>(?=.{8})(?!</)""", re.DOTALL
)
"""A cell with something in it; one of which only colour or border was set, the reader passes over. A cell
at the end of what was read is left for the next reading."""


def refuse_sprawl(path: Path) -> None:
    """Refuse a zipped workbook (.xlsx, .xlsm) whose filled cells lie too far apart, naming the far corner.

    Raises Invalid ``table-sprawls``, ``table-too-large``. A damaged archive is left to its reader.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise Invalid(
                    "table-too-large",
                    zh="文件 {name} 解压后超过 1 GB，请按所或按年份拆开后再导入。",
                    en="{name} is larger than 1 GB unpacked; split it by station or year.",
                    name=path.name,
                )
            for member in members:
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member.filename):
                    _check(archive, member, path.name)
    except DAMAGE:
        return


def _check(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    rows = columns = 0
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            for match in _CELL.finditer(text):
                number, letters = int(match[2]), match[1]
                if number > rows or _column(letters) > columns:
                    rows, columns = max(rows, number), max(columns, _column(letters))
                    _refuse(name, rows, columns, f"{letters.decode().upper()}{number}")
            rest = text[-_TAIL:]


def _column(letters: bytes) -> int:
    """``A`` 1, ``Z`` 26, ``AA`` 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refuse(name: str, rows: int, columns: int, cell: str) -> None:
    if rows * columns > MAX_CELLS:
        raise Invalid(
            "table-sprawls",
            zh="{name} 在单元格 {cell} 处还有内容，整张表因此过大。请删除表格以外多余的行和列后再导入。",
            en="{name} still has something in cell {cell}, which makes the sheet far too large. Delete the "
            "rows and columns beyond the table and import it again.",
            name=name,
            cell=cell,
        )
