"""Household codes (经济户口编码, P10-C2): issued when a business is placed, re-issued when its cell changes.

The code a business had before stays as its alias: an ended row that search and every old paper still find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.cells.locate import hold_cell, located, today
from gridsup.cells.serials import household_code, issue, scheme_of
from gridsup.people.model import Jurisdiction
from gridsup.registry import queries, statements
from gridsup.registry.model import HouseholdCode, Premises
from gridsup.registry.rows import insert_rows


class Target(NamedTuple):
    """The cell that a business shall have."""

    cell_id: int
    cell_code: str


def reserve(session: Session, home: Jurisdiction, cell_codes: Sequence[str]) -> list[str]:
    """One new household code per given cell code, in the same order. Raises Refused ``serial-exhausted``."""
    scheme = scheme_of(home)
    following = issue(session, home.jurisdiction_id, Counter(cell_codes))
    codes = []
    for cell_code in cell_codes:
        codes.append(household_code(scheme, cell_code, following[cell_code]))
        following[cell_code] += 1
    return codes


def insert_codes(
    session: Session,
    jurisdiction_id: int,
    rows: Sequence[tuple[int, int, str]],
    day: date,
) -> None:
    """Make ``(business_id, cell_id, code)`` the present codes, issued on ``day``."""
    insert_rows(
        session,
        HouseholdCode,
        [
            {
                "jurisdiction_id": jurisdiction_id,
                "business_id": business_id,
                "cell_id": cell_id,
                "code": code,
                "issued_on": day,
            }
            for business_id, cell_id, code in rows
        ],
    )


def recode(session: Session, home: Jurisdiction, targets: Mapping[int, Target], day: date) -> dict[int, str]:
    """Bring businesses into their target cells; the new codes of those whose code changed.

    A cell that was only redrawn keeps its code, and so does the business. Otherwise the present code ends
    as an alias and the next serial of the new cell is issued.
    """
    jurisdiction_id = home.jurisdiction_id
    same: list[tuple[int, int]] = []
    leaving: list[int] = []
    moving = dict(targets)
    for row in session.execute(queries.present_codes(jurisdiction_id, list(targets))):
        target = targets[row.business_id]
        if target.cell_code == row.cell_code:
            del moving[row.business_id]
            if target.cell_id != row.cell_id:
                same.append((row.id, target.cell_id))
        else:
            leaving.append(row.id)
    if same:
        params = {"j": jurisdiction_id, "ids": [i for i, _ in same], "cells": [c for _, c in same]}
        session.execute(statements.MOVE_CODES, params)
    if leaving:
        session.execute(
            update(HouseholdCode)
            .where(HouseholdCode.jurisdiction_id == jurisdiction_id, queries.among(HouseholdCode.id, leaving))
            .values(ended_on=day)
            .execution_options(synchronize_session=False)
        )
    for loaded in [one for one in session if isinstance(one, HouseholdCode)]:
        session.expire(loaded)
    order = sorted(moving)
    codes = reserve(session, home, [moving[business_id].cell_code for business_id in order])
    insert_codes(
        session,
        jurisdiction_id,
        [(b, moving[b].cell_id, code) for b, code in zip(order, codes, strict=True)],
        day,
    )
    if order:
        session.execute(
            statements.ADD_TO_SEARCH,
            {"j": jurisdiction_id, "ids": order, "codes": [code.lower() for code in codes]},
        )
    return dict(zip(order, codes, strict=True))


def settle(
    session: Session,
    home: Jurisdiction,
    premises: Premises,
    lon: float,
    lat: float,
    *,
    day: date | None = None,
) -> dict[int, str]:
    """Give every business at a premises the code of the cell in which (lon, lat) lies.

    In a jurisdiction that has no cells yet nothing is issued; the first division will do it. Raises
    NotFound ``outside-cells`` for a place outside all cells.
    """
    jurisdiction_id = home.jurisdiction_id
    cell = hold_cell(session, jurisdiction_id, lon, lat)
    if cell is None:
        if session.scalar(cell_queries.cells_on(jurisdiction_id, today()).limit(1)) is not None:
            located(session, jurisdiction_id, lon, lat)
        return {}
    businesses = session.scalars(queries.at_premises(jurisdiction_id, premises.id)).all()
    target = Target(cell.id, cell.code)
    return recode(session, home, {b.id: target for b in businesses}, day or today())
