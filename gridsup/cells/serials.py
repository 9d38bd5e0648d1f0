"""Household serials of cells (经济户口序列码, P10-C2): issued atomically per cell code, never reused."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.cells.model import CellSerial
from gridsup.codes import CodeScheme
from gridsup.people.model import Jurisdiction


def scheme_of(home: Jurisdiction) -> CodeScheme:
    """The code scheme that the jurisdiction has set (``settings["codes"]``), or the default one."""
    return CodeScheme.from_json(home.settings.get("codes", {}))


def issue(session: Session, jurisdiction_id: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """Reserve ``wanted[cell code]`` serials of each cell; the first reserved serial of each.

    The counter rows stay locked until the transaction ends, always taken in the order of the codes. A
    rolled-back transaction gives its serials back; one that commits never shares them.
    """
    if not wanted:
        return {}
    rows = [
        {"jurisdiction_id": jurisdiction_id, "code": code, "last": count}
        for code, count in sorted(wanted.items())
    ]
    new = insert(CellSerial).values(rows)
    raised = new.on_conflict_do_update(
        index_elements=["jurisdiction_id", "code"], set_={"last": CellSerial.last + new.excluded.last}
    ).returning(CellSerial.code, CellSerial.last)
    return {code: last - wanted[code] + 1 for code, last in session.execute(raised)}


def household_code(scheme: CodeScheme, cell_code: str, serial: int) -> str:
    """The household code of the ``serial``-th business of a cell. Raises Refused ``serial-exhausted``."""
    parts = scheme.parse_cell(cell_code)
    return scheme.format(parts.station, parts.grid, serial)
