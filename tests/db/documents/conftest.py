"""A bureau whose matters give papers, and the texts of the files that come of them."""

from __future__ import annotations

import io

import pytest
from docx import Document as WordDocument
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from gridsup.procedures import attachments
from tests import factories
from tests.db.procedures.trips import Trip


@pytest.fixture
def trip(session: Session) -> Trip:
    made = Trip(session)
    made.bureau.officers["legal_2"] = factories.officer(session, "legal", made.bureau.bureau_id)
    return made


def plain(text: str) -> str:
    """Without blanks: where a line breaks does not matter."""
    return "".join(text.split())


def words_of(docx: bytes) -> str:
    """The words of a Word file, its tables among them, in no particular order."""
    opened = WordDocument(io.BytesIO(docx))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return plain("".join([*(one.text for one in opened.paragraphs), *cells]))


def drawing(trip: Trip, colour: str = "#000000") -> str:
    """A drawn PNG among the attachments: a signature, or the image of a seal."""
    picture = Image.new("RGBA", (240, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((20, 10, 220, 110), outline=colour, width=8)
    out = io.BytesIO()
    picture.save(out, "PNG")
    uploaded = attachments.save(trip.session, out.getvalue(), uploaded_by=trip.bureau.officers["enforcement"])
    return uploaded.sha256
