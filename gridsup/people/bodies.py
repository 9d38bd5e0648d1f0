"""What each body of a jurisdiction is called, of what kind it is, and which are the bureau itself (本局)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from gridsup.people import queries
from gridsup.procedures.pack import Words

OWN = frozenset({"bureau", "section", "station", "group"})
"""Kinds of body that are the bureau itself: streets and departments are not."""


def kinds(session: Session, jurisdiction_id: int) -> dict[int, str]:
    """Body id → its kind."""
    return {body: kind for body, _, kind in session.execute(queries.parents(jurisdiction_id))}


def named(session: Session, jurisdiction_id: int, ids: Iterable[int]) -> dict[int, Words]:
    """Body id → its name; in English the one that the bureau has given it, else the same."""
    return {
        body: Words(zh=name, en=name_en or name)
        for body, name, name_en in session.execute(queries.names_in_both(jurisdiction_id, ids))
    }
