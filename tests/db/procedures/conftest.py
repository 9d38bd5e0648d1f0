from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.db.procedures.small_bureau import Bureau, found_bureau


@pytest.fixture
def bureau(session: Session) -> Bureau:
    """A small bureau inside the rolled-back transaction."""
    return found_bureau(session)
