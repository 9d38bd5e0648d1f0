"""Every kind of paper of a real matter: what it must say stands in its PDF."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.documents import drafts
from gridsup.documents.model import Document
from tests.db.procedures.test_shipped_trips import Trip


@pytest.fixture
def trip(session: Session) -> Trip:
    return Trip(session)


def text_of(pdf: bytes) -> str:
    """The words of a PDF without blanks, as a reader sees them."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(said.stdout.decode().split())


def test_a_draft(trip: Trip) -> None:
    matter = trip.captured()
    pdf, missing = drafts.preview(trip.session, matter, "registration_form")
    Path("/tmp/p.pdf").write_bytes(pdf)
    print(missing, text_of(pdf))
