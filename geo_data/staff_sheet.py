"""The template of a list of officers (人员名册模板): the columns, and what may stand in them."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from geo_data.staff import COLUMNS, MOST, NEEDED
from geo_data.workbooks import harmless
from gridsup.people.model import Organisation
from gridsup.procedures.pack import SYSTEM
from gridsup.procedures.posts import POSTS


def template(bodies: Iterable[Organisation]) -> bytes:
    """A workbook: 人员 to be filled in, with drop-down lists, and 可填内容 with the bodies and posts."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "人员"
    sheet.append([f"{title}*" if name in NEEDED else title for name, title in COLUMNS.items()])
    choices = book.create_sheet("可填内容")
    choices.append(["机构代码", "机构名称", "可填岗位"])
    known = list(bodies)
    posts = [words.zh for name, words in POSTS.items() if name != SYSTEM]
    for i in range(max(len(known), len(posts))):
        body = known[i] if i < len(known) else None
        told = [harmless(body.code), harmless(body.name)] if body else [None, None]
        choices.append([*told, posts[i] if i < len(posts) else None])
    for page in (sheet, choices):
        for n, cell in enumerate(page[1], start=1):
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="E2F0F6")
            page.column_dimensions[get_column_letter(n)].width = 20
        page.freeze_panes = "A2"
    columns = {name: get_column_letter(n) for n, name in enumerate(COLUMNS, start=1)}
    _offer(sheet, columns["body"], f"可填内容!$B$2:$B${len(known) + 1}")
    _offer(sheet, columns["post"], f"可填内容!$C$2:$C${len(posts) + 1}")
    for letter in columns.values():
        for row in range(2, 202):  # codes and phone numbers stay texts
            sheet[f"{letter}{row}"].number_format = "@"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(sheet: Worksheet, column: str, source: str) -> None:
    """A list to choose from; what is not on it is judged when the file comes in."""
    rule = DataValidation(type="list", formula1=f"={source}", allow_blank=True, showErrorMessage=False)
    rule.add(f"{column}2:{column}{MOST}")
    sheet.add_data_validation(rule)
