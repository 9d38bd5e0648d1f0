"""What the tests of the door expect of an answer and of the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gridsup.errors import GridsupError
from gridsup.procedures import store, views
from gridsup.procedures.model import Event
from gridsup.procedures.proof import differences, verify
from tests.db.procedures.small_bureau import JURISDICTION, MONDAY, do


def refused(kind: type[GridsupError], code: str, *args: object, **more: object) -> GridsupError:
    with pytest.raises(kind) as found:
        do(*args, **more)  # type: ignore[arg-type]
    assert found.value.code == code
    return found.value


def events(session: Session, matter: int) -> list[Event]:
    return store.events_of(session, JURISDICTION, matter)


def sound(session: Session) -> None:
    """Chains verify and projections equal a rebuild."""
    assert list(verify(session)) == []
    assert list(differences(session)) == []


def clocks(session: Session, matter: int, now: datetime = MONDAY) -> dict[str, dict[str, Any]]:
    """The clocks of a matter by name, as they are shown."""
    return {row["clock"]: row for row in views.deadlines(session, matter, now=now)}
