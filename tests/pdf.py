"""Reads the PDFs that the platform makes, as a viewer does: their words and the size of their pages."""

from __future__ import annotations

import pypdfium2


def text_of(pdf: bytes) -> str:
    """The words of all pages, without blanks: where a line breaks does not matter."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def sizes_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in whole millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [(_mm(page.get_width()), _mm(page.get_height())) for page in document]


def _mm(points: float) -> int:
    return round(points * 25.4 / 72)
