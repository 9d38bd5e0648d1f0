"""Every kind of paper of a real matter: what it must say stands in its PDF."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.documents import drafts, files
from gridsup.documents.model import Document
from tests import factories
from tests.db.documents import walk
from tests.db.procedures.test_shipped_trips import Trip


@pytest.fixture
def trip(session: Session) -> Trip:
    made = Trip(session)
    made.bureau.officers["legal_2"] = factories.officer(session, "legal", made.bureau.bureau_id)
    return made


def text_of(pdf: bytes) -> str:
    """The words of a PDF without blanks, as a reader sees them."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(said.stdout.decode().split())


def test_all(trip: Trip) -> None:
    for kind, document in walk.everything(trip).items():
        Path(f"/tmp/papers/{kind}.pdf").write_bytes(files.original(trip.session, document))
        print(kind, document.number, document.paper["missing"])
