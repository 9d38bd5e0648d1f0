"""Any text goes into a workbook, and none of it becomes a formula."""

from __future__ import annotations

from io import BytesIO

from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from geo_data.workbooks import harmless


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("=1+1")
@example("\ufffe\uffff\x01")
@example("民权\x0b所")
def test_any_text_goes_in_and_comes_back_a_text(text: str) -> None:
    book, out = Workbook(), BytesIO()
    assert book.active
    book.active.cell(1, 1).value = harmless(text)
    book.save(out)
    assert load_workbook(BytesIO(out.getvalue())).active["A1"].data_type != "f"  # type: ignore[index]
