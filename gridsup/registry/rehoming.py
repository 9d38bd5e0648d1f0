"""What moves when cells are divided anew: businesses receive new codes, open matters a new cell (P10-C2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gridsup.cells import versions
from gridsup.cells.drafts import CellDraft
from gridsup.cells.locate import today
from gridsup.cells.versions import Enacted
from gridsup.db import announce
from gridsup.errors import Refused
from gridsup.procedures import door
from gridsup.procedures.acting import CLOCKWORK
from gridsup.procedures.family import lock_family
from gridsup.registry import coding, queries, statements
from gridsup.registry.coding import Target
from gridsup.registry.record import home_of


@dataclass(frozen=True, slots=True)
class Division:
    """An enacted division: the cells, how many businesses have a new code, which matters moved."""

    cells: Enacted
    recoded: int
    matters: tuple[int, ...]


def enact_division(
    session: Session, jurisdiction_id: int, drafts: Sequence[CellDraft], *, day: date | None = None
) -> Division:
    """Enact a division from ``day`` (today by default), with everything that stands in the cells.

    Raises what :func:`gridsup.cells.versions.enact` raises, and Refused ``businesses-left-outside`` when a
    business of an ended cell would lie in no cell.
    """
    follow = _Register()
    cells = versions.enact(session, jurisdiction_id, drafts, day=day or today(), follow=follow)
    announce(session, jurisdiction_id, "cells")
    announce(session, jurisdiction_id, "businesses")
    return Division(cells, follow.recoded, tuple(follow.matters))


class _Register:
    """The register's part in a division."""

    def __init__(self) -> None:
        self.recoded = 0
        self.matters: list[int] = []

    def hold(self, session: Session, jurisdiction_id: int, cell_ids: list[int]) -> None:
        """Lock the families of the open matters in the cells, by id, before the cells themselves."""
        session.execute(queries.lock_roots_in_cells(jurisdiction_id, cell_ids)).all()

    def move(self, session: Session, jurisdiction_id: int, enacted: Enacted) -> None:
        self._move_matters(session, jurisdiction_id, enacted)
        home = home_of(session, jurisdiction_id)
        rows = session.execute(
            statements.AFFECTED,
            {
                "j": jurisdiction_id,
                "day": enacted.day,
                "ended": list(enacted.ended),
                "begun": list(enacted.begun),
            },
        ).all()
        _refuse_outside(row.id for row in rows if row.cell_id is None)
        targets = {row.id: Target(row.cell_id, row.code) for row in rows}
        self.recoded = len(coding.recode(session, home, targets, enacted.day))

    def _move_matters(self, session: Session, jurisdiction_id: int, enacted: Enacted) -> None:
        """Each open matter follows its pin, or its cell's first heir when it has no pin in a new cell."""
        rows = session.execute(
            queries.open_matters_in_cells(jurisdiction_id, list(enacted.ended), enacted.day)
        ).all()
        cells = list(enacted.begun + enacted.kept)
        stations: dict[int, int] = dict(
            row for row in session.execute(queries.stations_of_cells(jurisdiction_id, cells))
        )
        for matter_id, old_cell, pinned in rows:
            heirs = enacted.heirs.get(old_cell, ())
            new_cell = pinned if pinned in stations else next(iter(heirs), None)
            if new_cell is not None:
                _rehome(
                    session,
                    jurisdiction_id,
                    matter_id,
                    {"cell_id": new_cell, "station_id": stations[new_cell]},
                )
                self.matters.append(matter_id)


def _rehome(session: Session, jurisdiction_id: int, matter_id: int, header: dict[str, Any]) -> None:
    """Append the event by which a matter changes its cell; it takes no step and no clock moves."""
    family = lock_family(session, jurisdiction_id, matter_id)
    family.record(
        family.members[matter_id],
        kind="rehomed",
        action="rehomed",
        acting=CLOCKWORK,
        effective_at=family.now,
        change={"header": header},
    )
    door.announce(family, matter_id)


def _refuse_outside(ids: Iterable[int]) -> None:
    outside = list(ids)
    if outside:
        raise Refused(
            "businesses-left-outside",
            zh="新的划分会使 {n} 户不在任何网格内（例如编号 {some}）。请检查网格边界是否覆盖全所。",
            en="The new division would leave {n} businesses in no cell (such as no. {some}). Check that the "
            "cells cover the whole station.",
            n=len(outside),
            some=", ".join(map(str, outside[:5])),
        )
