"""A draft as GeoPackage for QGIS, and an edited one back as a new version, with the checks of enactment.

Layers: ``cells`` (drawn outlines and what stands beside them), ``blocks`` (with their ``cell``), both in
EPSG:4490. Edit one of the two: the ``cell`` of blocks, or the outlines of cells. Numbers, names and
inspectors stand in ``cells``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.cells.drafts import TOLERANCE_M
from gridsup.cells.topology import check_cells
from gridsup.errors import FieldFault, Invalid
from gridsup.redivision import cutting, enacting, rows_of_file, scope, service, store
from gridsup.redivision.board import Block, Board, CellStep, Change, DraftCell
from gridsup.redivision.compare import codes_of
from gridsup.redivision.model import Redivision
from gridsup.registry.record import home_of

CRUMB_M = 0.5
"""Pieces of a smaller mean width between an old border and a new one are no block of their own."""
SAME = 1e-8
"""Mean width in degrees of what two shapes may differ in and still be the same."""


def frames(session: Session, draft: Redivision) -> dict[str, gpd.GeoDataFrame]:
    """The layers ``cells`` and ``blocks`` (EPSG:4490)."""
    board = store.load(session, draft)
    stations = enacting.station_names(session, draft.jurisdiction_id)
    codes = codes_of(session, draft, board)
    communities = {
        row.id: row.code for row in session.execute(cell_queries.bodies(draft.jurisdiction_id, "community"))
    }
    rows = []
    for label, shape in board.shapes().items():
        cell = board.cells[label]
        members = board.members(label)
        rows.append(
            {
                "label": label,
                "code": codes[label],
                "grid": cell.grid,
                "name": cell.name,
                "station": stations[cell.station_id][0],
                "community": communities.get(cell.community_id) if cell.community_id else None,
                "officer_id": cell.officer_id,
                "businesses": sum(block.businesses for block in members),
                "workload": sum(block.workload for block in members),
                "geometry": shape,
            }
        )
    cells = gpd.GeoDataFrame(rows, geometry="geometry", crs=4490)
    cells["officer_id"] = cells["officer_id"].astype("Int64")
    for name in ("code", "grid", "name", "community"):
        cells[name] = cells[name].astype("string")
    blocks = gpd.GeoDataFrame(
        [
            {
                "number": block.number,
                "cell": block.cell,
                "station": stations[block.station_id][0],
                "businesses": block.businesses,
                "workload": block.workload,
                "geometry": block.shape,
            }
            for block in board.living
        ],
        geometry="geometry",
        crs=4490,
    )
    return {"cells": cells, "blocks": blocks}


def write(session: Session, draft: Redivision, path: Path) -> None:
    """Write the draft as a GeoPackage."""
    for name, frame in frames(session, draft).items():
        frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def take_back(
    session: Session,
    draft: Redivision,
    cells: gpd.GeoDataFrame,
    blocks: gpd.GeoDataFrame,
    *,
    by: int | None,
) -> Redivision:
    """Take an edited file as the next version of the draft, all of it or nothing; it can be undone.

    Raises Invalid ``import-both-changed`` when outlines of cells and blocks were both edited,
    ``division-faulty`` with each gap, overlap, spill and torn cell by its place, ``import-column``,
    ``cell-unknown``, ``division-unknown-body``; Refused ``nothing-changes``.
    """
    rows_of_file.require_columns(cells)
    cells, blocks = _single(cells), _single(blocks)
    board = store.load(session, draft)
    rows = rows_of_file.cells_of(session, draft, board, cells)
    drawn = _differs(cells, board.shapes(), rows)
    blocks_label = rows_of_file.numbers(blocks, "cell", "blocks")
    moved = _blocks_differ(blocks, blocks_label, board)
    if drawn and moved:
        raise Invalid(
            "import-both-changed",
            zh="文件中网格图层与街区图层都被改动，无法判断以哪个为准。请只改其中一层。",
            en="Both the cells and the blocks were edited in the file, so it is not clear which counts. Edit "
            "one of the two layers.",
        )
    change = Change()
    if drawn:
        change = _redrawn(session, draft, board, list(cells.geometry), list(rows), cells_frame=True)
    elif moved:
        unknown = sorted(set(blocks_label) - set(rows))
        if unknown:
            raise Invalid(
                "cell-unknown",
                zh="街区图层引用了网格 {label}，但网格图层里没有它。请先在网格图层加上这一行。",
                en="Blocks name cell {label}, which the layer of cells does not have. Add it there first.",
                label=unknown[0],
            )
        change = _redrawn(session, draft, board, list(blocks.geometry), blocks_label, cells_frame=False)
    described = _cells_changed(board, rows, change)
    change = Change(change.steps, change.added, change.shapes, described)
    _check_stations(board.apply(change))
    asked = {"layer": "cells" if drawn else "blocks" if moved else "names"}
    return service.edit(session, draft, "import", change, board, asked=asked, officer_id=by)


def _single(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """QGIS keeps polygons as multipolygons; those of one part are polygons here."""
    shapes = [
        shape.geoms[0] if shape is not None and shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1
        else shape
        for shape in frame.geometry
    ]  # fmt: skip
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _differs(frame: gpd.GeoDataFrame, known: dict[int, Any], rows: dict[int, DraftCell]) -> bool:
    if set(rows) != set(known):
        return True
    return any(not _same(shape, known[label]) for label, shape in zip(rows, frame.geometry, strict=True))


def _blocks_differ(frame: gpd.GeoDataFrame, labels: list[int], board: Board) -> bool:
    numbers = rows_of_file.numbers(frame, "number", "blocks", optional=True)
    if sorted(n or 0 for n in numbers) != sorted(block.number for block in board.living):
        return True
    return any(
        board.blocks[n].cell != label or not _same(shape, board.blocks[n].shape)
        for n, label, shape in zip(numbers, labels, frame.geometry, strict=True)
    )


def _same(one: Any, other: Any) -> bool:
    if one is None or not one.is_valid:
        return False
    return bool(shapely.symmetric_difference(one, other).area < SAME * shapely.length(other))


def _redrawn(
    session: Session,
    draft: Redivision,
    board: Board,
    shapes: list[Any],
    labels: list[int],
    *,
    cells_frame: bool,
) -> Change:
    """Blocks anew from drawn shapes, each with the cell that it belongs to; what stays keeps its number."""
    srid = int(home_of(session, draft.jurisdiction_id).metric_srid)
    _check(session, draft, shapes, labels, srid)
    owners = dict(enumerate(shapes))
    lines = [block.shape.boundary for block in board.living] if cells_frame else []
    parts = [
        (labels[i], shape)
        for i, shape in cutting.absorb(
            cutting.faces(owners, lines, seams_of=srid), width_m=CRUMB_M, metric_srid=srid
        )
    ]
    old = {shapely.normalize(block.shape).wkb: block for block in board.living}
    steps: dict[int, tuple[int | None, int | None]] = {}
    fresh: list[tuple[int, Any]] = []
    stayed: set[int] = set()
    for label, shape in parts:
        block = old.get(shapely.normalize(shape).wkb)
        if block is None:
            fresh.append((label, shape))
            continue
        stayed.add(block.number)
        if block.cell != label:
            steps[block.number] = (block.cell, label)
    gone = [block for block in board.living if block.number not in stayed]
    steps |= {block.number: (block.cell, None) for block in gone}
    weight = sum(block.workload for block in gone)
    ground = service.ground(session, draft)
    number, added = board.next_number(), []
    stations = _stations_of([shape for _, shape in fresh], gone)
    for (label, shape), (businesses, share), station in zip(
        fresh, ground.work([shape for _, shape in fresh]), stations, strict=True
    ):
        added.append(Block(number, None, station, shape, businesses, weight * share))
        steps[number] = (None, label)
        number += 1
    return Change(steps, tuple(added))


def _stations_of(shapes: list[Any], gone: list[Block]) -> list[int]:
    """The station of each new piece: that of the old block in which it mostly lies."""
    if not shapes:
        return []
    tree = shapely.STRtree([block.shape for block in gone])
    places = shapely.point_on_surface(np.asarray(shapes, dtype=object))
    return [gone[int(tree.nearest(place))].station_id for place in places]


def _check(session: Session, draft: Redivision, shapes: list[Any], labels: list[int], srid: int) -> None:
    """The checks of enactment on the cells of the file, station by station taken together."""
    groups: dict[int, list[Any]] = {}
    for label, shape in zip(labels, shapes, strict=True):
        groups.setdefault(label, []).append(shape)
    wrong = [
        FieldFault(
            f"/{labels[n]}",
            f"网格 {labels[n]} 的图形不是有效的面（{_kind(shape)}）。",
            f"The shape of cell {labels[n]} is no valid polygon ({_kind(shape)}).",
        )
        for n, shape in enumerate(shapes)
        if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or not shape.is_valid
    ]
    if wrong:
        raise _faulty(wrong)
    boundary = scope.outline(session, draft)
    whole = [shapely.union_all(parts) for parts in groups.values()]
    names = [str(label) for label in groups]
    faults = check_cells(whole, names, boundary, metric_srid=srid, tolerance_m=TOLERANCE_M).faults
    if not any(f.blocking for f in faults) and len(groups) != len(shapes):
        # blocks of one cell that overlap vanish in its union
        faults = check_cells(
            shapes, [f"{label}#{n}" for n, label in enumerate(labels)], boundary, metric_srid=srid,
            tolerance_m=TOLERANCE_M,
        ).faults  # fmt: skip
    found = [FieldFault(f"/{f.codes[0]}" if f.codes else "", f.zh, f.en) for f in faults if f.blocking]
    if found:
        raise _faulty(found)


def _kind(shape: Any) -> str:
    return "—" if shape is None else shape.geom_type if shape.is_valid else shapely.is_valid_reason(shape)


def _faulty(found: list[FieldFault]) -> Invalid:
    return Invalid(
        "division-faulty",
        zh="文件有 {n} 处错误，首处：{first_zh}请逐处修正后重新导入；草案未作任何改动。",
        en="The file has {n} faults, the first: {first_en} Mend each and import it again; the draft was "
        "not changed.",
        faults=found,
        n=len(found),
        first_zh=found[0].zh,
        first_en=found[0].en,
    )


def _cells_changed(board: Board, rows: dict[int, DraftCell], change: Change) -> dict[int, CellStep]:
    """Cells that the file adds, changes or no longer has."""
    steps: dict[int, CellStep] = {}
    for label, cell in rows.items():
        before = board.cells.get(label)
        if before != cell:
            steps[label] = (before, cell)
    for label, before in board.cells.items():
        if label not in rows:
            steps[label] = (before, None)
    left = {b.cell for b in board.apply(Change(change.steps, change.added, change.shapes)).living}
    for label in [label for label in rows if label not in left]:
        if label in board.cells:
            steps[label] = (board.cells[label], None)
        else:
            steps.pop(label, None)
    return steps


def _check_stations(board: Board) -> None:
    """Raise Invalid when a block lies in a cell of another station."""
    wrong = [b for b in board.living if b.cell is not None and board.cells[b.cell].station_id != b.station_id]
    if wrong:
        titles = sorted({board.cells[b.cell].title for b in wrong if b.cell is not None})
        raise Invalid(
            "cell-in-two-stations",
            zh="网格 {cells} 伸入了另一个所的辖区；网格不得跨所。",
            en="Cells {cells} reach into another station: a cell lies in one station.",
            cells="、".join(titles[:5]),
        )
