"""The names behind numbers: people, bodies, cells, each asked once for a whole answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from gridsup.cells import queries as cells
from gridsup.people import queries as people
from gridsup.procedures.queries import titles


@dataclass(frozen=True, slots=True)
class Names:
    """Number → name (of a cell: its code; of a matter: its title)."""

    officers: dict[int, str] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    cells: dict[int, str] = field(default_factory=dict)
    matters: dict[int, str] = field(default_factory=dict)

    def officer(self, number: int | None) -> str | None:
        return self.officers.get(number) if number is not None else None

    def body(self, number: int | None) -> str | None:
        return self.bodies.get(number) if number is not None else None

    def cell(self, number: int | None) -> str | None:
        return self.cells.get(number) if number is not None else None


def look_up(
    session: Session,
    jurisdiction_id: int,
    *,
    officers: Iterable[int | None] = (),
    bodies: Iterable[int | None] = (),
    cells_: Iterable[int | None] = (),
    matters: Iterable[int | None] = (),
) -> Names:
    """The names of all these; nothing is asked for an empty list."""
    persons, units, grids, told = (
        sorted({n for n in each if n is not None}) for each in (officers, bodies, cells_, matters)
    )
    found = Names()
    if persons:
        rows = session.scalars(people.officers_by_id(jurisdiction_id, persons))
        found.officers.update({one.id: one.name for one in rows})
    if units:
        found.bodies.update(
            {row[0]: row[1] for row in session.execute(people.organisation_names(jurisdiction_id, units))}
        )
    if grids:
        found.cells.update(
            {row[0]: row[1] for row in session.execute(cells.codes_by_id(jurisdiction_id, grids))}
        )
    if told:
        found.matters.update({row[0]: row[1] for row in session.execute(titles(jurisdiction_id, told))})
    return found
