"""Making a draft: by the division engine, or from today's cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from gridsup import spatial
from gridsup.cells import queries as cell_queries
from gridsup.cells.division.arrangement import moved
from gridsup.cells.model import Cell
from gridsup.db import announce
from gridsup.errors import Invalid
from gridsup.people.model import Jurisdiction
from gridsup.redivision import cutting, queries, service, store
from gridsup.redivision.board import Block, Board, DraftCell
from gridsup.redivision.model import Redivision
from gridsup.redivision.quality import quality
from gridsup.registry.record import home_of

SMALL_M = 12.0
"""Pieces of a smaller mean width between two lines of one street are no block of their own."""

Engine = Callable[..., Any]
"""``divide`` of :mod:`gridsup.cells.division`: from areas and roads to ``cells``, ``blocks``, ``report``."""


def propose(
    session: Session,
    jurisdiction_id: int,
    *,
    name: str,
    stations: Sequence[str],
    cells: int,
    seed: int = 0,
    keep: bool = True,
    engine: Engine | None = None,
    by: int | None = None,
) -> Redivision:
    """Divide stations (codes) into ``cells`` cells along the stored roads; a new draft.

    With ``keep`` the engine is told today's cells, and a new cell that takes the place of one keeps its
    number and name. Raises Invalid ``division-unknown-body``, ``station-without-area``, and what the engine
    raises.
    """
    home = home_of(session, jurisdiction_id)
    bodies = _stations(session, jurisdiction_id, stations)
    ids = [row.id for row in bodies]
    present = list(session.scalars(cell_queries.present_cells(jurisdiction_id, ids)))
    areas = _frame(
        {"station": [row.code for row in bodies]}, [shapely.from_wkb(bytes(row.area)) for row in bodies], home
    ).set_index("station")
    previous = None
    if keep and present:
        shapes = [to_shape(cell.geom) for cell in present]
        codes = [cell.code for cell in present]
        previous = _frame({"code": codes}, shapes, home).set_index("code")
    divided = (engine or _engine())(
        areas,
        _roads(session, jurisdiction_id, ids, home),
        cells=cells,
        businesses=_businesses(session, jurisdiction_id, ids, home),
        seed=seed,
        previous=previous,
    )
    board, labels = _board_of(divided.blocks, {row.code: row.id for row in bodies}, home)
    if keep and present:
        before = divided.cells["before"]
        board = keep_numbers(board, {label: before[cell] for cell, label in labels.items()}, present)
    asked = {"cells": cells, "seed": seed, "keep": keep}
    return _store(session, home, name, "divide", ids, board, asked, divided.report, by)


def from_today(
    session: Session, jurisdiction_id: int, *, name: str, stations: Sequence[str], by: int | None = None
) -> Redivision:
    """A draft that starts from today's cells, cut into blocks by the stored roads inside them.

    Raises Invalid ``division-unknown-body``, ``station-without-area``, ``no-cells-yet``.
    """
    home = home_of(session, jurisdiction_id)
    bodies = _stations(session, jurisdiction_id, stations)
    ids = [row.id for row in bodies]
    present = list(session.scalars(cell_queries.present_cells(jurisdiction_id, ids)))
    if not present:
        raise Invalid(
            "no-cells-yet",
            zh="所选的所还没有网格，不能从现状开始。请改用自动划分。",
            en="The stations have no cells yet, so there is nothing to start from. Let them be divided.",
        )
    ground = service.ground_of(session, jurisdiction_id, ids)
    shapes = {n: to_shape(cell.geom) for n, cell in enumerate(present, start=1)}
    srid = int(home.metric_srid)
    covered = shapely.buffer(shapely.union_all(list(shapes.values())), cutting.OVERSHOOT)
    lines = [
        part
        for line in ground.roads
        for part in shapely.get_parts(shapely.intersection(line, covered))
        if part.geom_type == "LineString" and not part.is_empty
    ]
    parts = cutting.absorb(cutting.faces(shapes, lines, seams_of=srid), width_m=SMALL_M, metric_srid=srid)
    measured = ground.work([shape for _, shape in parts])
    cells = {
        n: DraftCell(n, cell.station_id, cell.grid, cell.name, cell.community_id)
        for n, cell in enumerate(present, start=1)
    }
    blocks = {
        n: Block(n, label, cells[label].station_id, shape, businesses, work)
        for n, ((label, shape), (businesses, work)) in enumerate(zip(parts, measured, strict=True), start=1)
    }
    return _store(session, home, name, "today", ids, Board(blocks, cells), {}, None, by)


def keep_numbers(board: Board, before: dict[int, Any], present: Sequence[Cell]) -> Board:
    """Give each cell of the draft the number, name and community of the present cell whose place it takes.

    ``before``: label → code of that cell, None for a new one.
    """
    old = {cell.code: cell for cell in present}
    cells = dict(board.cells)
    for label, code in before.items():
        twin = old.get(code)
        if twin is not None and twin.station_id == cells[label].station_id:
            cells[label] = DraftCell(label, twin.station_id, twin.grid, twin.name, twin.community_id)
    return Board(board.blocks, cells, board.last_number)


def _engine() -> Engine:
    from gridsup.cells import division

    return division.divide


def _stations(session: Session, jurisdiction_id: int, codes: Sequence[str]) -> list[Any]:
    rows = {row.code: row for row in session.execute(queries.stations(jurisdiction_id))}
    unknown = [code for code in codes if code not in rows]
    if unknown or not codes:
        raise Invalid(
            "division-unknown-body",
            zh="没有这些代码的所：{codes}。请核对。",
            en="No station has these codes: {codes}. Check them.",
            codes="、".join(unknown) or "—",
        )
    bare = [rows[code].name for code in codes if rows[code].area is None]
    if bare:
        raise Invalid(
            "station-without-area",
            zh="{names} 没有辖区范围，无法划分。请先导入其边界。",
            en="{names} have no area and cannot be divided. Import their boundaries first.",
            names="、".join(bare),
        )
    return [rows[code] for code in dict.fromkeys(codes)]


def _frame(columns: dict[str, Any], shapes: Sequence[Any], home: Jurisdiction) -> gpd.GeoDataFrame:
    srid = int(home.metric_srid)
    return gpd.GeoDataFrame(
        columns,
        geometry=[spatial.to_metric(shape, srid) for shape in shapes],
        crs=spatial.metric_crs(srid),
    )


def _roads(session: Session, jurisdiction_id: int, ids: list[int], home: Jurisdiction) -> gpd.GeoDataFrame:
    rows = session.execute(queries.ROADS, {"j": jurisdiction_id, "stations": ids, "without": []}).all()
    lines = [shapely.from_wkb(bytes(row.geom)) for row in rows]
    return _frame({"highway": [row.kind for row in rows]}, lines, home)


def _businesses(
    session: Session, jurisdiction_id: int, ids: list[int], home: Jurisdiction
) -> gpd.GeoDataFrame:
    rows = session.execute(queries.GROUND, {"j": jurisdiction_id, "stations": ids}).all()
    columns = {
        "id": [row.id for row in rows],
        "risk": [row.risk for row in rows],
        "unlicensed": [row.licence_status != "valid" for row in rows],
        "visits": [row.visits for row in rows],
        "findings": [row.findings for row in rows],
        "weight": [service.weight_of(row) for row in rows],
    }
    return _frame(columns, [shapely.Point(row.lon, row.lat) for row in rows], home)


def _board_of(
    blocks: gpd.GeoDataFrame, ids: dict[str, int], home: Jurisdiction
) -> tuple[Board, dict[Any, int]]:
    """The engine's blocks, brought to EPSG:4490 (equal vertices stay equal on the way), and the labels that
    its cells receive."""
    srid = int(home.metric_srid)
    whole = float(blocks["workload"].sum()) or 1.0
    labels = {old: new for new, old in enumerate(sorted(set(blocks["cell"])), start=1)}
    left, shapes = moved(np.asarray(blocks.geometry.values, dtype=object), srid, spatial.CANONICAL)
    rows = list(blocks.iloc[left].itertuples(index=False))
    made: dict[int, Block] = {}
    cells: dict[int, DraftCell] = {}
    for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1):
        label, station = labels[row.cell], ids[str(row.area)]
        cells.setdefault(label, DraftCell(label, station))
        work = float(row.workload) / whole
        made[number] = Block(number, label, station, shape, int(row.businesses), work)
    return Board(made, dict(sorted(cells.items()))), labels


def _store(
    session: Session,
    home: Jurisdiction,
    name: str,
    origin: str,
    stations: list[int],
    board: Board,
    parameters: dict[str, Any],
    engine_report: dict[str, Any] | None,
    by: int | None,
) -> Redivision:
    roads = service.roads_of(session, home.jurisdiction_id, stations)
    report = quality(board, roads, metric_srid=int(home.metric_srid))
    if engine_report is not None:
        report["engine"] = engine_report
    draft = Redivision(
        jurisdiction_id=home.jurisdiction_id,
        name=name,
        origin=origin,
        stations=stations,
        parameters=parameters,
        report=report,
        created_by=by,
        changed_by=by,
    )
    session.add(draft)
    session.flush()
    store.store_all(session, draft, board)
    session.refresh(draft)
    announce(session, home.jurisdiction_id, "redivision", redivision=draft.id)
    return draft
