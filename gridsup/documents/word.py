"""The Word file of a paper: the same words in the same order as its PDF, set with the office's own fonts."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document as WordDocument
from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

BODY, HEAD, TITLE = "仿宋", "宋体", "黑体"
"""What a Chinese office has; where it has not, Word takes its own substitute."""
RED = RGBColor(0xC8, 0x10, 0x2E)
MARK = re.compile(r"\[\[[a-z]+\]\]")
NO_NUMBER = "〔　　　〕　　号"


def word(paper: Mapping[str, Any]) -> bytes:
    """A .docx of a composed paper (A4, page numbers)."""
    made = WordDocument()
    letter = paper["layout"] == "letter"
    _page(made, letter)
    _header(made, paper, letter)
    size = 15.0 if letter else 11.0
    for piece in paper["blocks"]:
        _piece(made, paper, piece, size)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Word, letter: bool) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(30 if letter else 24)
    section.left_margin, section.right_margin = Mm(28 if letter else 22), Mm(26 if letter else 22)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(footer, "— ", 12, HEAD)
    _field(footer, "PAGE")
    _run(footer, " —", 12, HEAD)


def _header(made: Word, paper: Mapping[str, Any], letter: bool) -> None:
    if paper.get("practice"):
        mark = _line(made, "练习　不是文书，不得送达", 22, TITLE, align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        mark.runs[0].font.color.rgb = RED
    if paper["draft"]:
        _line(made, "稿（未经批准，不得送达）", 12, TITLE, align=WD_ALIGN_PARAGRAPH.RIGHT)
    if paper["red"]:
        bureau = _line(made, paper["bureau"], 30, HEAD, align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        bureau.runs[0].font.color.rgb = RED
        _underline(bureau)
        _line(made, paper["number"] or NO_NUMBER, 14, BODY, align=WD_ALIGN_PARAGRAPH.RIGHT)
        _line(made, paper["title"], 22, HEAD, align=WD_ALIGN_PARAGRAPH.CENTER, bold=True, after=12)
        return
    centre = WD_ALIGN_PARAGRAPH.CENTER
    _line(made, paper["bureau"], 20 if letter else 15, HEAD, align=centre, bold=True)
    _line(made, paper["title"], 22 if letter else 20, TITLE if letter else HEAD, align=centre, bold=True)
    align = centre if letter else WD_ALIGN_PARAGRAPH.RIGHT
    _line(made, paper["number"] or NO_NUMBER, 14 if letter else 10.5, BODY, align=align, after=8)


def _piece(made: Word, paper: Mapping[str, Any], piece: Mapping[str, Any], size: float) -> None:
    kind = piece["t"]
    if kind == "p":
        said = _line(made, piece["text"], size, BODY)
        said.paragraph_format.first_line_indent = Pt(2 * size)
    elif kind == "salute":
        _line(made, piece["text"], size, BODY)
    elif kind == "h":
        _line(made, piece["text"], size, TITLE, bold=True, before=8)
    elif kind == "annex":
        _annex(made, paper, piece)
    elif kind == "grid":
        _grid(made, piece["rows"])
    elif kind == "table":
        _table(made, piece)
    elif kind in ("lines", "contact"):
        _line(made, "　　".join(piece["items"]), 12, BODY, before=8)
    elif kind == "sign":
        for text, before in ((paper["bureau"], 28), (paper["day"], 0)):
            said = _line(made, text, size, BODY, align=WD_ALIGN_PARAGRAPH.CENTER, before=before)
            said.paragraph_format.left_indent = Mm(80)
            said.paragraph_format.keep_with_next = True
    elif kind == "receipt":
        _line(made, f"回执　{paper['number'] or ''}", 10.5, TITLE, before=16)
        for one in piece["items"]:
            _line(made, one if "：" in one else f"{one}：＿＿＿＿＿＿", 10.5, BODY)
    else:
        _line(made, ("注：" if kind == "note" else "") + piece["text"], 10, BODY, before=6)


def _annex(made: Word, paper: Mapping[str, Any], piece: Mapping[str, Any]) -> None:
    """A page of its own, bound to the paper by its number."""
    title = _line(made, piece["text"], 18, TITLE, align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    title.paragraph_format.page_break_before = True
    _line(made, f"{paper['number'] or NO_NUMBER} 附件", 11, BODY, align=WD_ALIGN_PARAGRAPH.CENTER, after=8)


def _grid(made: Word, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    table = made.add_table(rows=0, cols=4)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for row in rows:
        cells = table.add_row().cells
        if row["tall"]:
            table.rows[-1].height = Mm(row["tall"])
        texts = row["cells"]
        if len(texts) == 2:
            cells[1].merge(cells[3])
        for cell, text in zip((cells[0], cells[1], cells[2], cells[3]), texts, strict=False):
            _fill(cell, text)
        if foot := row.get("foot"):
            said = cells[1].add_paragraph()
            said.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _run(said, foot, 10.5, BODY)


def _table(made: Word, piece: Mapping[str, Any]) -> None:
    table = made.add_table(rows=1, cols=len(piece["head"]))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, piece["head"], strict=True):
        _fill(cell, text)
    for row in piece["rows"]:
        for number, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _fill(cell, text)
            if number in piece.get("right", ()):
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _fill(cell: _Cell, text: str) -> None:
    _run(cell.paragraphs[0], MARK.sub("", text), 10.5, BODY)


def _line(
    made: Word,
    text: str,
    size: float,
    font: str,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
) -> Paragraph:
    said = made.add_paragraph()
    if align is not None:
        said.alignment = align
    said.paragraph_format.space_before, said.paragraph_format.space_after = Pt(before), Pt(after)
    said.paragraph_format.line_spacing = 1.5
    _run(said, MARK.sub("", text), size, font, bold=bold)
    return said


def _run(said: Paragraph, text: str, size: float, font: str, *, bold: bool = False) -> None:
    run = said.add_run(text)
    run.font.size, run.font.name, run.bold = Pt(size), font, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _field(said: Paragraph, name: str) -> None:
    """A field that Word counts itself, such as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    said._p.append(field)


def _underline(said: Paragraph) -> None:
    """The red line under the red header."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "24"), ("space", "6"), ("color", "C8102E")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    said._p.get_or_add_pPr().append(borders)
