"""What kind each body of a jurisdiction is, and which are the bureau itself (本局)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsup.people import queries

OWN = frozenset({"bureau", "section", "station", "group"})
"""Kinds of body that are the bureau itself: streets and departments are not."""


def kinds(session: Session, jurisdiction_id: int) -> dict[int, str]:
    """Body id → its kind."""
    return {body: kind for body, _, kind in session.execute(queries.parents(jurisdiction_id))}
