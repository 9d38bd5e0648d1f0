"""The community (社区) of a drafted cell, and its 15 digits after GB/T 30428 (6 + 3 + 3 + 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.cells.division.numbering import COMMUNITY, sequence
from gridsup.cells.model import Cell
from gridsup.codes.areas import format_grid
from gridsup.errors import Conflict
from gridsup.redivision import queries
from gridsup.redivision.board import Board

WHOLLY = 0.95
"""A cell lies in a community that has at least so much of its ground."""
LAST = 999
"""The highest sequence number that three digits hold."""


def settled(session: Session, jurisdiction_id: int, board: Board, present: Sequence[Cell]) -> Board:
    """Cells without a community receive the one in which they wholly lie: by the communities' areas, or by
    the present cells that name one."""
    rows = session.execute(cell_queries.bodies(jurisdiction_id, "community")).all()
    drawn = [(row.id, shapely.from_wkb(bytes(row.area))) for row in rows if row.area is not None]
    named = [(cell.community_id, to_shape(cell.geom)) for cell in present if cell.community_id is not None]
    cells = dict(board.cells)
    for areas in (drawn, named):
        ids = np.array([number for number, _ in areas], dtype=np.int64)
        shapes = np.array([shape for _, shape in areas], dtype=object)
        for label, ground in board.shapes().items() if areas else ():
            shared = shapely.area(shapely.intersection(shapes, ground))
            sums = np.bincount(np.unique(ids, return_inverse=True)[1], weights=shared)
            if cells[label].community_id is None and sums.max() >= WHOLLY * ground.area:
                community = int(np.unique(ids)[int(sums.argmax())])
                cells[label] = replace(cells[label], community_id=community)
    return Board(board.blocks, cells, board.last_number)


def national_codes(
    session: Session,
    jurisdiction_id: int,
    board: Board,
    shapes: Mapping[int, Any],
    present: Sequence[Cell],
) -> dict[int, str | None]:
    """Label → national code. A cell that keeps its number and its community keeps its code; another one in a
    community of twelve digits takes the next number that no cell of it ever had, north to south, west to
    east; one without such a community has none.

    Raises Conflict ``national-codes-exhausted`` beyond 999 in a community.
    """
    codes = {row.id: row.code for row in session.execute(cell_queries.bodies(jurisdiction_id, "community"))}
    old = {(cell.station_id, cell.grid): cell for cell in present}
    found: dict[int, str | None] = {}
    fresh: dict[str, list[int]] = {}
    for label, cell in board.cells.items():
        twin = old.get((cell.station_id, cell.grid or ""))
        community = codes.get(cell.community_id or 0, "")
        found[label] = None
        if twin is not None and twin.national_code and twin.community_id == cell.community_id:
            found[label] = twin.national_code
        elif COMMUNITY.fullmatch(community):
            fresh.setdefault(community, []).append(label)
    for community, labels in fresh.items():
        used = session.scalars(queries.national_codes_of(jurisdiction_id, community))
        last = max((int(code[12:]) for code in used if code), default=0)
        if last + len(labels) > LAST:
            raise Conflict(
                "national-codes-exhausted",
                zh="社区 {community} 的国家标准网格顺序码已用到 {last}，不够再编 {n} 个（上限 999）。",
                en="The national grid numbers of community {community} are used up to {last}; {n} more do "
                "not fit into three digits.",
                community=community,
                last=last,
                n=len(labels),
            )
        for label, number in zip(labels, sequence(shapes[one] for one in labels), strict=True):
            found[label] = format_grid(community, last + int(number))
    return found
