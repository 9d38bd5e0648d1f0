"""How lists of what was done in the street are narrowed: by cell, household, officer and time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

from fastapi import Depends, Query

from api.inputs import Asked, Instant


class Narrowed(TypedDict):
    """Keyword arguments of the queries; None does not narrow, ``until`` is exclusive."""

    cell_id: int | None
    business_id: int | None
    officer_id: int | None
    since: datetime | None
    until: datetime | None


def narrow(
    cell_id: Asked = None,
    business_id: Asked = None,
    officer_id: Asked = None,
    since: Instant | None = None,
    until: Annotated[Instant | None, Query(description="exclusive")] = None,
) -> Narrowed:
    """The filters that findings and visits share."""
    return Narrowed(cell_id=cell_id, business_id=business_id, officer_id=officer_id, since=since, until=until)


Narrow = Annotated[Narrowed, Depends(narrow)]
