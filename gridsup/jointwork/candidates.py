"""What a joint campaign may be planned for (P10-S5): concentrations and hold-outs of the open ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from gridsup.jointwork import queries

By = Literal["cell", "street", "trade"]
LEAST = 5
"""Open unlicensed operators from which a place or trade is a concentration; the source gives no figure."""
URGED = frozenset({"guidance_ordered", "correction_ordered"})
"""Milestones of having been urged: a term to obtain a licence, or an order to correct."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An open row of the ledger, as far as a plan needs it."""

    matter_id: int
    name: str
    address: str
    cell: str | None
    street: str | None
    trade: str | None
    state: str
    hold_out: bool


@dataclass(frozen=True, slots=True)
class Concentration:
    """Operators in one place or trade; ``key`` is the cell's code, or the name of the street or trade."""

    by: By
    key: str
    operators: tuple[Operator, ...]

    @property
    def trades(self) -> tuple[str, ...]:
        return tuple(sorted({one.trade for one in self.operators if one.trade}))


@dataclass(frozen=True, slots=True)
class Candidates:
    concentrations: tuple[Concentration, ...]
    hold_outs: tuple[Operator, ...]


def holds_out(milestones: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether the operator is a hold-out (钉子户): was urged, and refused or was found still at it."""
    if not URGED & set(milestones):
        return False
    refused = facts.get("correction_refused") is True or facts.get("order_result") == "refused"
    return refused or facts.get("result") == "still_unlicensed"


def group(operators: Iterable[Operator], by: By, least: int) -> list[Concentration]:
    """The cells, streets or trades with at least ``least`` operators, the fullest first."""
    found: dict[str, list[Operator]] = {}
    for one in operators:
        key = getattr(one, by)
        if key is not None:
            found.setdefault(key, []).append(one)
    full = [Concentration(by, key, tuple(ones)) for key, ones in found.items() if len(ones) >= least]
    return sorted(full, key=lambda one: (-len(one.operators), one.key))


def operators(session: Session, jurisdiction_id: int) -> list[Operator]:
    """Every open row of the ledger."""
    return [
        Operator(
            matter_id=row.matter_id,
            name=row.name,
            address=row.address,
            cell=row.cell_code,
            street=row.street,
            trade=row.trade,
            state=row.state,
            hold_out=holds_out(row.milestones, row.facts),
        )
        for row in session.execute(queries.open_ledger(jurisdiction_id))
    ]


def candidates(session: Session, jurisdiction_id: int, *, least: int = LEAST) -> Candidates:
    """Concentrations by cell, by street and by trade, and all hold-outs."""
    found = operators(session, jurisdiction_id)
    kinds: Sequence[By] = ("cell", "street", "trade")
    return Candidates(
        tuple(one for by in kinds for one in group(found, by, least)),
        tuple(one for one in found if one.hold_out),
    )
