"""The walk that the tests of enforcement begin with."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.db.procedures.trips import (
    Trip,
)


@pytest.fixture
def trip(session: Session) -> Trip:
    return Trip(session)
