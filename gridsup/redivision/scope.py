"""The ground that a draft divides anew: whole stations, or a part of them (局部重划).

A part is the present cells of some streets (街道) and communities (社区): those that name the community, and
those whose ground lies mostly in the body's area. Its outline is that of its cells, vertex for vertex, so
that the cells around it stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.cells.locate import today
from gridsup.cells.model import Cell
from gridsup.errors import Invalid
from gridsup.redivision import queries, store
from gridsup.redivision.board import Block, Board, DraftCell
from gridsup.redivision.model import Redivision


@dataclass(frozen=True, slots=True)
class Place:
    """A station with an area, or a street or community that holds present cells: it can be divided anew.

    ``cells`` and ``inspectors``: how many cells it holds, and how many officers hold these today.
    """

    id: int
    kind: str
    code: str
    name: str
    cells: int
    inspectors: int
    stations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """``ground``: station id → its polygon(s) in EPSG:4490. ``present``: the cells in force there, by code.
    ``parts``: ids of streets and communities, none when the stations are divided whole."""

    ground: dict[int, Any]
    codes: dict[int, str]
    present: list[Cell]
    parts: list[int]

    @property
    def stations(self) -> list[int]:
        return list(self.ground)


def places(session: Session, jurisdiction_id: int) -> list[Place]:
    """What can be divided anew: stations, streets, then communities, by code."""
    stations = [row for row in session.execute(queries.stations(jurisdiction_id)) if row.area is not None]
    members: dict[tuple[int, str, str, str], list[tuple[int, int]]] = {
        (row.id, "station", row.code, row.name): [] for row in stations
    }
    key_of = {key[0]: key for key in members}
    for cell in session.scalars(cell_queries.present_cells(jurisdiction_id, list(key_of))):
        members[key_of[cell.station_id]].append((cell.id, cell.station_id))
    for row in session.execute(queries.PARTS, {"j": jurisdiction_id}):
        key = (row.id, row.kind, row.code, row.name)
        members.setdefault(key, []).append((row.cell_id, row.station_id))
    ids = sorted({cell for mine in members.values() for cell, _ in mine})
    held = session.execute(cell_queries.holders(jurisdiction_id, ids, today()))
    owner = {row.cell_id: row.officer_id for row in held}
    return [
        Place(
            *key,
            cells=len(mine),
            inspectors=len({owner[cell] for cell, _ in mine if cell in owner}),
            stations=tuple(sorted({station for _, station in mine} or {key[0]})),
        )
        for key, mine in members.items()
    ]


def named(session: Session, jurisdiction_id: int, ids: Sequence[int]) -> list[Any]:
    """Rows ``(id, kind, name)`` of streets and communities."""
    return list(session.execute(queries.named_bodies(jurisdiction_id, ids))) if ids else []


def scope_of(
    session: Session, jurisdiction_id: int, *, stations: Sequence[str] = (), parts: Sequence[int] = ()
) -> Scope:
    """The ground of whole stations (codes), or of streets and communities (ids).

    Raises Invalid ``division-scope`` unless exactly one of the two is given, ``division-unknown-body``,
    ``station-without-area``, ``part-without-cells``.
    """
    if bool(stations) == bool(parts):
        raise Invalid(
            "division-scope",
            zh="请选择要重划的所，或者选择街道、社区；二者取其一。",
            en="Choose the stations to divide anew, or streets and communities; one of the two.",
        )
    return _part(session, jurisdiction_id, parts) if parts else _whole(session, jurisdiction_id, stations)


def _whole(session: Session, jurisdiction_id: int, codes: Sequence[str]) -> Scope:
    rows = {row.code: row for row in session.execute(queries.stations(jurisdiction_id))}
    unknown = [code for code in codes if code not in rows]
    if unknown:
        raise Invalid(
            "division-unknown-body",
            zh="没有这些代码的所：{codes}。请核对。",
            en="No station has these codes: {codes}. Check them.",
            codes="、".join(unknown[:10]),
        )
    bare = [rows[code].name for code in codes if rows[code].area is None]
    if bare:
        raise Invalid(
            "station-without-area",
            zh="{names} 没有辖区范围，无法划分。请先导入其边界。",
            en="{names} have no area and cannot be divided. Import their boundaries first.",
            names="、".join(bare),
        )
    bodies = [rows[code] for code in dict.fromkeys(codes)]
    return Scope(
        {row.id: shapely.from_wkb(bytes(row.area)) for row in bodies},
        {row.id: row.code for row in bodies},
        list(session.scalars(cell_queries.present_cells(jurisdiction_id, [row.id for row in bodies]))),
        [],
    )


def _part(session: Session, jurisdiction_id: int, wanted: Sequence[int]) -> Scope:
    rows = session.execute(queries.PARTS, {"j": jurisdiction_id}).all()
    empty = sorted(set(wanted) - {row.id for row in rows})
    if empty:
        raise Invalid(
            "part-without-cells",
            zh="编号为 {ids} 的街道或社区没有网格：该机构不存在，或没有范围且没有网格登记属于它。"
            "请先导入其边界，或在网格上填写所属社区。",
            en="The streets or communities {ids} hold no cell: there is no such body, or it has no area and "
            "no cell names it. Import its boundary first, or state the community of its cells.",
            ids="、".join(map(str, empty[:10])),
        )
    ids = {row.cell_id for row in rows if row.id in set(wanted)}
    stations = sorted({row.station_id for row in rows if row.cell_id in ids})
    present = [
        cell
        for cell in session.scalars(cell_queries.present_cells(jurisdiction_id, stations))
        if cell.id in ids
    ]
    codes = {row.id: row.code for row in session.execute(queries.stations(jurisdiction_id, stations))}
    ground = {
        station: shapely.union_all([to_shape(cell.geom) for cell in present if cell.station_id == station])
        for station in stations
    }
    return Scope(ground, codes, present, sorted(set(wanted)))


def present_in(session: Session, draft: Redivision, board: Board) -> list[Cell]:
    """The present cells whose place the draft takes, by code."""
    query = cell_queries.present_cells(draft.jurisdiction_id, [int(one) for one in draft.stations])
    present = list(session.scalars(query))
    return [cell for cell in present if cell.id not in _beside(draft, board, present)]


def whole(session: Session, draft: Redivision, board: Board) -> Board:
    """The board of a draft and, when it divides a part, the present cells of its stations around it, each as
    a cell of a single block: what its stations will have."""
    if not draft.parts:
        return board
    query = cell_queries.present_cells(draft.jurisdiction_id, [int(one) for one in draft.stations])
    present = list(session.scalars(query))
    beside = _beside(draft, board, present)
    blocks, cells = dict(board.blocks), dict(board.cells)
    number, label = board.next_number(), board.next_label()
    for cell in present:
        if cell.id in beside:
            shape: Any = to_shape(cell.geom)
            cells[label] = DraftCell(label, cell.station_id, cell.grid, cell.name, cell.community_id)
            blocks[number] = Block(number, label, cell.station_id, shape, 0, 0.0)
            number, label = number + 1, label + 1
    return Board(blocks, cells, number)


def _beside(draft: Redivision, board: Board, present: Sequence[Cell]) -> set[int]:
    """Ids of the present cells that lie mostly outside the draft's ground; none when it is whole stations."""
    if not draft.parts or not present:
        return set()
    ground = shapely.union_all([block.shape for block in board.living])
    shapes = [to_shape(cell.geom) for cell in present]
    inside = shapely.area(shapely.intersection(shapes, ground)) > shapely.area(shapes) / 2
    return {cell.id for cell, mine in zip(present, inside.tolist(), strict=True) if not mine}


def grids_beside(session: Session, draft: Redivision, board: Board) -> set[tuple[int, str]]:
    """``(station, number)`` of the cells around a draft of a part: numbers that it may not give."""
    around = whole(session, draft, board)
    return {
        (cell.station_id, cell.grid)
        for label, cell in around.cells.items()
        if label not in board.cells and cell.grid
    }


def outline(session: Session, draft: Redivision) -> Any:
    """The ground of a draft as one shape: that of its blocks when it is a part, else its stations' areas."""
    if draft.parts:
        return shapely.union_all([block.shape for block in store.load(session, draft).living])
    rows = session.execute(queries.stations(draft.jurisdiction_id, [int(one) for one in draft.stations]))
    return shapely.union_all([shapely.from_wkb(bytes(row.area)) for row in rows if row.area is not None])
