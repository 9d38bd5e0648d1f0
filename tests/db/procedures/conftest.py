from __future__ import annotations

import pytest
from small_bureau import Bureau, found_bureau
from sqlalchemy.orm import Session


@pytest.fixture
def bureau(session: Session) -> Bureau:
    """A small bureau inside the rolled-back transaction."""
    return found_bureau(session)
