"""What moves when cells are divided anew: businesses receive new codes, open matters a new cell (P10-C2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shapely import point_on_surface
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.cells import versions
from gridsup.cells.drafts import CellDraft
from gridsup.cells.locate import located, today
from gridsup.cells.versions import Enacted
from gridsup.db import announce
from gridsup.errors import Refused
from gridsup.people import assignments
from gridsup.procedures.upkeep import rehome
from gridsup.registry import coding, queries, statements
from gridsup.registry.coding import Target
from gridsup.registry.record import home_of


@dataclass(frozen=True, slots=True)
class Division:
    """An enacted division: the cells, how many businesses have a new code, which matters moved, and which of
    these passed to another officer."""

    cells: Enacted
    recoded: int
    matters: tuple[int, ...]
    handed_on: tuple[int, ...]


def enact_division(
    session: Session,
    jurisdiction_id: int,
    drafts: Sequence[CellDraft],
    *,
    day: date | None = None,
    officers: Sequence[int | None] = (),
    by: int | None = None,
    trial: bool = False,
) -> Division:
    """Enact a division from ``day`` (today by default), with everything that stands in the cells.

    ``officers``: who shall be responsible for each draft; None leaves it to the heir's rule. Raises what
    :func:`gridsup.cells.versions.enact` raises, Refused ``businesses-left-outside`` when a business of an
    ended cell would lie in no cell, and what :func:`gridsup.people.assignments.assign` raises.
    """
    follow, day = _Register(), day or today()
    cells = versions.enact(session, jurisdiction_id, drafts, day=day, follow=follow, trial=trial)
    for draft, officer_id in zip(drafts, officers, strict=False):
        if officer_id is not None:
            place = point_on_surface(draft.geometry)
            cell = located(session, jurisdiction_id, place.x, place.y, day=day)
            assignments.assign(
                session, jurisdiction_id, officer_id=officer_id, from_day=day, cell_id=cell.id, by=by
            )
    handed_on = _hand_on(session, jurisdiction_id, follow.matters, day)
    announce(session, jurisdiction_id, "cells")
    announce(session, jurisdiction_id, "businesses")
    return Division(cells, follow.recoded, tuple(follow.matters), tuple(handed_on))


def try_division(
    session: Session,
    jurisdiction_id: int,
    drafts: Sequence[CellDraft],
    *,
    day: date,
    officers: Sequence[int | None] = (),
) -> None:
    """Do what :func:`enact_division` does, for a day to come, and take it back; raises what that raises."""
    with session.begin_nested() as trial:
        enact_division(session, jurisdiction_id, drafts, day=day, officers=officers, trial=True)
        trial.rollback()
    session.expire_all()


def _hand_on(session: Session, jurisdiction_id: int, moved: Mapping[int, int], day: date) -> list[int]:
    """A matter that the owner of its former cell handled passes to the owner of its new one; one that was
    given to somebody else stays with that person. ``moved``: matter → former cell."""
    eve = day - timedelta(days=1)
    then = _holders(session, jurisdiction_id, moved.values(), eve)
    rows = session.execute(queries.handlers(jurisdiction_id, list(moved))).all()
    now = _holders(session, jurisdiction_id, [row.cell_id for row in rows], day)
    passed = []
    for row in rows:
        taker = now.get(row.cell_id)
        former = then.get(moved[row.id])
        if taker is not None and former is not None and row.assigned_officer_id == former != taker:
            rehome(session, jurisdiction_id, row.id, {"assigned_officer_id": taker})
            passed.append(row.id)
    return passed


def _holders(session: Session, jurisdiction_id: int, cells: Iterable[int], day: date) -> dict[int, int]:
    rows = session.execute(cell_queries.holders(jurisdiction_id, sorted(set(cells)), day))
    return {row.cell_id: row.officer_id for row in rows}


class _Register:
    """The register's part in a division."""

    def __init__(self) -> None:
        self.recoded = 0
        self.matters: dict[int, int] = {}
        """Matter → the cell that it came from."""

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
        """Each open matter follows its pin, else its business, else its cell's first heir."""
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
                rehome(
                    session,
                    jurisdiction_id,
                    matter_id,
                    {"cell_id": new_cell, "station_id": stations[new_cell]},
                )
                self.matters[matter_id] = old_cell


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
