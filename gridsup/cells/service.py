"""The verbs on a cell: what it asks of its owner. Who owns it is :mod:`gridsup.people.assignments`'s."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from gridsup.cells import queries
from gridsup.cells.model import Cell
from gridsup.db import announce
from gridsup.errors import NotFound
from gridsup.people.audit import record


def get(session: Session, jurisdiction_id: int, cell_id: int) -> Cell:
    """Raises NotFound ``cell-not-found``."""
    found = session.scalar(queries.cell(jurisdiction_id, cell_id))
    if found is None:
        raise NotFound(
            "cell-not-found",
            zh="本辖区没有编号为 {id} 的网格。",
            en="There is no cell {id} in this jurisdiction.",
            id=cell_id,
        )
    return found


def describe(
    session: Session,
    jurisdiction_id: int,
    cell_id: int,
    *,
    officer_id: int | None,
    name: str | None = None,
    duties: list[Any] | None = None,
    requirements: list[Any] | None = None,
    targets: dict[str, Any] | None = None,
) -> Cell:
    """Set a cell's name, duties (职责), requirements (要求) or targets (目标, P10-A7); None leaves it.

    The change stands in the audit trail. Raises NotFound ``cell-not-found``.
    """
    cell = get(session, jurisdiction_id, cell_id)
    given = {"name": name, "duties": duties, "requirements": requirements, "targets": targets}
    return _change(session, cell, {key: new for key, new in given.items() if new is not None}, officer_id)


def put_in_community(
    session: Session,
    jurisdiction_id: int,
    cell_id: int,
    community_id: int | None,
    *,
    national_code: str | None,
    officer_id: int | None,
) -> Cell:
    """Say in which community (社区) a cell lies, and its national code there; in the audit trail.

    Raises NotFound ``cell-not-found``.
    """
    cell = get(session, jurisdiction_id, cell_id)
    return _change(session, cell, {"community_id": community_id, "national_code": national_code}, officer_id)


def _change(session: Session, cell: Cell, given: dict[str, Any], officer_id: int | None) -> Cell:
    after = {key: new for key, new in given.items() if new != getattr(cell, key)}
    if after:
        before = {key: getattr(cell, key) for key in after}
        for key, new in after.items():
            setattr(cell, key, new)
        record(
            session,
            cell.jurisdiction_id,
            "cell_described",
            officer_id=officer_id,
            subject=f"cell:{cell.id}",
            before=before,
            after=after,
        )
        announce(session, cell.jurisdiction_id, "cells")
    return cell
