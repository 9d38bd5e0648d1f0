"""One file per operator (一户一档): what the register, the patrols and the matters know of a business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from gridsup.cells.locate import today
from gridsup.cells.model import Cell
from gridsup.patrols.model import Finding, Visit
from gridsup.people import queries as people
from gridsup.people.model import Officer
from gridsup.procedures.model import Matter
from gridsup.registry import queries
from gridsup.registry.model import Business, HouseholdCode, LedgerEntry, Permit, Premises, RegistryEvent
from gridsup.registry.record import get

SHOWN = 50
"""Visits, findings and matters shown; their own lists give the rest."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one business, those merged into it included (``absorbed``).

    ``place`` is (lon, lat) in CRS84; ``owner`` the person responsible for its cell, or for its community
    while it is not placed.
    """

    business: Business
    premises: Premises
    place: tuple[float, float] | None
    cell: Cell | None
    owner: Officer | None
    codes: Sequence[tuple[HouseholdCode, str]]
    permits: Sequence[Permit]
    history: Sequence[RegistryEvent]
    ledger: Sequence[LedgerEntry]
    recurrence: Sequence[Row[*tuple[Any, ...]]]
    visits: Sequence[Visit]
    findings: Sequence[Finding]
    matters: Sequence[Matter]
    absorbed: Sequence[int]


def dossier(session: Session, jurisdiction_id: int, business_id: int) -> Dossier:
    """The file of a business. Raises NotFound ``business-not-found``."""
    business = get(session, jurisdiction_id, business_id)
    absorbed = session.scalars(queries.merged_into(jurisdiction_id, business_id)).all()
    ids = [business_id, *absorbed]
    premises = session.scalars(queries.premises(jurisdiction_id, business.premises_id)).one()
    lon, lat = session.execute(queries.position(jurisdiction_id, premises.id)).one()
    codes = [(row[0], row[1]) for row in session.execute(queries.codes_of(jurisdiction_id, ids))]
    cell = None
    if codes and codes[0][0].ended_on is None:
        cell = session.get(Cell, (jurisdiction_id, codes[0][0].cell_id))
    return Dossier(
        business=business,
        premises=premises,
        place=None if lon is None else (lon, lat),
        cell=cell,
        owner=_owner(session, jurisdiction_id, cell, premises),
        codes=codes,
        permits=session.scalars(queries.permits(jurisdiction_id, ids)).all(),
        history=session.scalars(queries.history(jurisdiction_id, ids)).all(),
        ledger=session.scalars(queries.ledger(jurisdiction_id, ids)).all(),
        recurrence=session.execute(queries.recurrence(jurisdiction_id, business, premises.address_key)).all(),
        visits=session.scalars(
            select(Visit)
            .where(Visit.jurisdiction_id == jurisdiction_id, queries.among(Visit.business_id, ids))
            .order_by(Visit.at.desc(), Visit.id.desc())
            .limit(SHOWN)
        ).all(),
        findings=session.scalars(
            select(Finding)
            .where(Finding.jurisdiction_id == jurisdiction_id, queries.among(Finding.business_id, ids))
            .order_by(Finding.found_at.desc(), Finding.id.desc())
            .limit(SHOWN)
        ).all(),
        matters=session.scalars(
            select(Matter)
            .where(
                Matter.jurisdiction_id == jurisdiction_id,
                Matter.subject_kind == "business",
                queries.among(Matter.subject_id, ids),
            )
            .order_by(Matter.opened_at.desc(), Matter.id.desc())
            .limit(SHOWN)
        ).all(),
        absorbed=absorbed,
    )


def _owner(session: Session, jurisdiction_id: int, cell: Cell | None, premises: Premises) -> Officer | None:
    """Who answers for it (P10-X1: no household without an owner), None when nobody is assigned."""
    if cell is None and premises.community_id is None:
        return None
    assignment = session.scalar(
        people.assignments_on(
            jurisdiction_id,
            today(),
            cell_id=cell.id if cell else None,
            community_id=None if cell else premises.community_id,
        )
    )
    return session.get(Officer, (jurisdiction_id, assignment.officer_id)) if assignment else None
