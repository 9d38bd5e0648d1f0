"""Moves a board between the tables and memory, and a change into the log and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from gridsup.redivision import queries
from gridsup.redivision.board import Block, Board, CellStep, Change, DraftCell
from gridsup.redivision.model import Redivision, RedivisionBlock, RedivisionCell


def load(session: Session, draft: Redivision, *, with_retired: bool = False) -> Board:
    """The board of a draft; undoing needs the blocks taken out as well."""
    j = draft.jurisdiction_id
    rows = session.execute(queries.blocks(j, draft.id, all_of_them=with_retired)).all()
    shapes: Any = shapely.from_wkb([bytes(row[5]) for row in rows])
    blocks = {
        row[0]: Block(row[0], row[1], row[2], shape, row[4], row[3])
        for row, shape in zip(rows, shapes, strict=True)
    }
    cells = {
        row.label: DraftCell(row.label, row.station_id, row.grid, row.name, row.community_id, row.officer_id)
        for row in session.scalars(queries.cells(j, draft.id))
    }
    return Board(blocks, cells, session.scalar(queries.last_number(j, draft.id)) or 0)


def store_all(session: Session, draft: Redivision, board: Board) -> None:
    """Write a new draft's blocks and cells."""
    save(
        session,
        draft,
        Change({}, tuple(board.blocks.values()), {}, {n: (None, cell) for n, cell in board.cells.items()}),
    )


def save(session: Session, draft: Redivision, change: Change) -> None:
    """Write a change that :meth:`Board.apply` has taken."""
    j, key = draft.jurisdiction_id, {"jurisdiction_id": draft.jurisdiction_id, "redivision_id": draft.id}
    if change.added:
        rows = [
            {
                **key,
                "number": block.number,
                "cell": change.steps[block.number][1] if block.number in change.steps else block.cell,
                "station_id": block.station_id,
                "workload": block.workload,
                "businesses": block.businesses,
                "geom": from_shape(block.shape, srid=4490),
            }
            for block in change.added
        ]
        session.execute(insert(RedivisionBlock), rows)
    fresh = {block.number for block in change.added}
    going: dict[int | None, list[int]] = {}
    for number, (_, after) in change.steps.items():
        if number not in fresh:
            going.setdefault(after, []).append(number)
    ours = (RedivisionBlock.jurisdiction_id == j, RedivisionBlock.redivision_id == draft.id)
    for cell, numbers in going.items():
        session.execute(
            update(RedivisionBlock).where(*ours, RedivisionBlock.number.in_(numbers)).values(cell=cell)
        )
    for number, (_, shape) in change.shapes.items():
        geom = from_shape(shape, srid=4490)
        session.execute(
            update(RedivisionBlock).where(*ours, RedivisionBlock.number == number).values(geom=geom)
        )
    _save_cells(session, key, change.cells)
    session.expire_all()


def _save_cells(session: Session, key: dict[str, int], cells: dict[int, CellStep]) -> None:
    ours = [getattr(RedivisionCell, name) == value for name, value in key.items()]
    gone = [label for label, (before, _) in cells.items() if before is not None]
    if gone:
        session.execute(delete(RedivisionCell).where(*ours, RedivisionCell.label.in_(gone)))
    new = [{**key, **asdict(cell)} for _, cell in cells.values() if cell is not None]
    if new:
        session.execute(insert(RedivisionCell), new)


def as_json(change: Change) -> dict[str, Any]:
    """A change as the log keeps it; the blocks that it added stand in their own table."""
    return {
        "steps": {str(n): list(step) for n, step in change.steps.items()},
        "shapes": {str(n): [before.wkb_hex, after.wkb_hex] for n, (before, after) in change.shapes.items()},
        "cells": {
            str(n): [asdict(cell) if cell is not None else None for cell in pair]
            for n, pair in change.cells.items()
        },
    }


def parsed(logged: dict[str, Any]) -> Change:
    """A change as the log kept it; the blocks that it added stand in their table."""
    cells: dict[int, CellStep] = {}
    for label, (before, after) in logged["cells"].items():
        cells[int(label)] = (
            DraftCell(**before) if before is not None else None,
            DraftCell(**after) if after is not None else None,
        )
    return Change(
        {int(n): (before, after) for n, (before, after) in logged["steps"].items()},
        (),
        {
            int(n): (shapely.from_wkb(before), shapely.from_wkb(after))
            for n, (before, after) in logged["shapes"].items()
        },
        cells,
    )
