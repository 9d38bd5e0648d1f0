"""Making a draft: by the division engine, or from today's cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from gridsup import spatial
from gridsup.cells.division import Mix
from gridsup.cells.division.arrangement import moved
from gridsup.cells.model import Cell
from gridsup.db import announce
from gridsup.errors import Invalid
from gridsup.people.model import Jurisdiction
from gridsup.redivision import beats, communities, cutting, degrees, queries, service, store
from gridsup.redivision.board import Block, Board, DraftCell
from gridsup.redivision.model import Redivision
from gridsup.redivision.nesting import Nest, Within, nests
from gridsup.redivision.quality import Ground, quality
from gridsup.redivision.scope import Scope
from gridsup.registry.record import home_of

SMALL_M = 12.0
"""Pieces of a smaller mean width between two lines of one street are no block of their own."""

STEP = 0.0002
"""Degrees (some 20 m) between vertices of the ground's outline, so that its edges do not bend in metres."""

Engine = Callable[..., Any]
"""``divide`` of :mod:`gridsup.cells.division`: from areas and roads to ``cells``, ``blocks``, ``report``."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the engine: ``cells`` over the whole ground (as many as ``inspectors`` when None), the
    ``mix`` of the workload, what keeping today's cells weighs (``stay``, 0: they count for nothing), for how
    many ``inspectors`` the cells shall make even, contiguous beats, and ``within`` which bodies they lie."""

    cells: int | None = None
    inspectors: int | None = None
    mix: Mix = field(default_factory=Mix)
    stay: float = 1.0
    seed: int = 0
    within: Within = "station"

    @property
    def size(self) -> int:
        """Raises Invalid ``division-size-missing``."""
        wanted = self.cells or self.inspectors
        if wanted is None:
            raise Invalid(
                "division-size-missing",
                zh="请给出网格数，或巡查员人数。",
                en="Give the number of cells, or of inspectors.",
            )
        return wanted


def propose(
    session: Session,
    jurisdiction_id: int,
    scope: Scope,
    wish: Wish,
    *,
    name: str,
    engine: Engine | None = None,
    by: int | None = None,
) -> Redivision:
    """Divide the ground of ``scope`` along the stored roads as wished; a new draft.

    While ``stay`` is above 0 the engine is told today's cells, and a new cell that takes the place of one
    keeps its number and name. Raises Invalid ``division-too-few-inspectors`` and what the engine raises.
    """
    home = home_of(session, jurisdiction_id)
    size = wish.size
    if wish.inspectors is not None and wish.inspectors < len(scope.ground):
        raise Invalid(
            "division-too-few-inspectors",
            zh="{inspectors} 名巡查员不够分到 {stations} 个所：网格不跨所，每所至少一人。"
            "请增加人数或减少所。",
            en="{inspectors} inspectors do not go round {stations} stations: a cell lies in one station, so "
            "each needs one. Name more inspectors, or fewer stations.",
            inspectors=wish.inspectors,
            stations=len(scope.ground),
        )
    ground = service.ground_of(session, jurisdiction_id, scope.stations, wish.mix)
    walled = nests(session, jurisdiction_id, scope, wish.within, ground.lines)
    _require_one_each(walled, size)
    areas = _frame(
        {"nest": [nest.label for nest in walled]},
        [shapely.segmentize(nest.shape, STEP) for nest in walled],
        home,
    ).set_index("nest")
    keep = wish.stay > 0 and bool(scope.present)
    try:
        divided = (engine or _engine())(
            areas,
            _roads(session, jurisdiction_id, scope.stations, home),
            cells=size,
            businesses=_businesses(ground, areas),
            mix=wish.mix,
            seed=wish.seed,
            previous=_previous(scope, home) if keep else None,
            stay=wish.stay,
            inspectors=wish.inspectors if wish.within == "station" else None,
        )
    except Invalid as error:
        raise degrees.of_error(error, areas.crs) from error
    board, labels = _board_of(divided.blocks, walled, scope, ground)
    if keep:
        before = divided.cells["before"]
        board = keep_numbers(board, {label: before[cell] for cell, label in labels.items()}, scope.present)
    if wish.within == "community":
        board = _in_community(board, walled, {label: divided.cells["area"][n] for n, label in labels.items()})
    if wish.inspectors is not None:
        if wish.within == "station":
            beat = {label: int(divided.cells["inspector"][cell]) for cell, label in labels.items()}
        else:
            beat = beats.grouped(board, wish.inspectors, wish.seed, int(home.metric_srid))
        taken = beats.named(session, jurisdiction_id, scope, board, beat)
        cells = {label: replace(cell, officer_id=taken[label]) for label, cell in board.cells.items()}
        board = Board(board.blocks, cells, board.last_number)
    board = communities.settled(session, jurisdiction_id, board, scope.present)
    asked = asdict(wish) | {"cells": size}
    return _store(
        session, home, name, "divide", scope, board, asked, degrees.of_report(divided.report, areas.crs), by
    )


def from_today(
    session: Session, jurisdiction_id: int, scope: Scope, *, name: str, by: int | None = None
) -> Redivision:
    """A draft that starts from today's cells, cut into blocks by the stored roads inside them.

    Raises Invalid ``no-cells-yet``.
    """
    home = home_of(session, jurisdiction_id)
    present = scope.present
    if not present:
        raise Invalid(
            "no-cells-yet",
            zh="所选的所还没有网格，不能从现状开始。请改用自动划分。",
            en="The stations have no cells yet, so there is nothing to start from. Let them be divided.",
        )
    shapes = {n: to_shape(cell.geom) for n, cell in enumerate(present, start=1)}
    srid = int(home.metric_srid)
    covered = shapely.buffer(shapely.union_all(list(shapes.values())), cutting.OVERSHOOT)
    rows = session.execute(queries.ROADS, {"j": jurisdiction_id, "stations": scope.stations})
    lines = [
        part
        for row in rows
        if row.kind not in queries.NOT_BORDERS
        for part in shapely.get_parts(shapely.intersection(shapely.from_wkb(bytes(row.geom)), covered))
        if part.geom_type == "LineString" and not part.is_empty
    ]
    parts = cutting.absorb(cutting.faces(shapes, lines, seams_of=srid), width_m=SMALL_M, metric_srid=srid)
    ground = service.ground_of(session, jurisdiction_id, scope.stations, Mix())
    measured = ground.work([shape for _, shape in parts])
    cells = {
        n: DraftCell(n, cell.station_id, cell.grid, cell.name, cell.community_id)
        for n, cell in enumerate(present, start=1)
    }
    blocks = {
        n: Block(n, label, cells[label].station_id, shape, businesses, work)
        for n, ((label, shape), (businesses, work)) in enumerate(zip(parts, measured, strict=True), start=1)
    }
    return _store(session, home, name, "today", scope, Board(blocks, cells), {}, None, by)


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


def _require_one_each(walled: Sequence[Nest], cells: int) -> None:
    """Raise Invalid ``division-walls-too-few-cells`` when walls make more pieces of ground than cells."""
    least = sum(shapely.get_num_geometries(nest.shape) for nest in walled)
    if any(nest.body is not None for nest in walled) and cells < least:
        small = min((nest for nest in walled if nest.body is not None), key=lambda nest: nest.shape.area)
        raise Invalid(
            "division-walls-too-few-cells",
            zh="要求 {cells} 个网格，但所选边界把范围分成 {least} 片，每片至少一格；最小的一片属于“{name}”。"
            "请增加网格数，或改为只以所为界。",
            en="{cells} cells are wanted, but the walls chosen part the ground into {least} pieces that need "
            "one each; the smallest is of “{name}”. Ask for more cells, or take stations alone as walls.",
            cells=cells,
            least=least,
            name=small.label,
        )


def _in_community(board: Board, walled: Sequence[Nest], nest_of: dict[int, Any]) -> Board:
    """Each cell in the community of its nest. ``nest_of``: label of a cell → label of its nest."""
    body = {nest.label: nest.body for nest in walled}
    cells = {n: replace(cell, community_id=body[str(nest_of[n])]) for n, cell in board.cells.items()}
    return Board(board.blocks, cells, board.last_number)


def _engine() -> Engine:
    from gridsup.cells import division

    return division.divide


def _frame(columns: dict[str, Any], shapes: Sequence[Any], home: Jurisdiction) -> gpd.GeoDataFrame:
    srid = int(home.metric_srid)
    return gpd.GeoDataFrame(
        columns,
        geometry=[spatial.to_metric(shape, srid) for shape in shapes],
        crs=spatial.metric_crs(srid),
    )


def _previous(scope: Scope, home: Jurisdiction) -> gpd.GeoDataFrame:
    codes = [cell.code for cell in scope.present]
    return _frame({"code": codes}, [to_shape(cell.geom) for cell in scope.present], home).set_index("code")


def _roads(session: Session, jurisdiction_id: int, ids: list[int], home: Jurisdiction) -> gpd.GeoDataFrame:
    rows = session.execute(queries.ROADS, {"j": jurisdiction_id, "stations": ids}).all()
    lines = [shapely.from_wkb(bytes(row.geom)) for row in rows]
    return _frame({"highway": [row.kind for row in rows]}, lines, home)


def _businesses(ground: Ground, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Those that stand on the ground to be divided; others of its stations are none of the draft's."""
    spots = ground.spots
    frame = gpd.GeoDataFrame(
        {"weight": spots.weight, "unlicensed": spots.unlicensed, "risk": spots.risk},
        geometry=list(spots.shapes),
        crs=areas.crs,
    )
    return frame[frame.intersects(areas.union_all())] if len(frame) else frame


def _board_of(
    blocks: gpd.GeoDataFrame, walled: Sequence[Nest], scope: Scope, ground: Ground
) -> tuple[Board, dict[Any, int]]:
    """The engine's blocks, brought to EPSG:4490 and fitted to the ground, and the labels of its cells."""
    labels = {old: new for new, old in enumerate(sorted(set(blocks["cell"])), start=1)}
    left, shapes = moved(
        np.asarray(blocks.geometry.values, dtype=object), ground.metric_srid, spatial.CANONICAL
    )
    rows = blocks.iloc[left]
    found: list[tuple[int, int, Any]] = []
    station_of = rows["area"].map({nest.label: nest.station for nest in walled}).to_numpy()
    mine = {station: np.flatnonzero(station_of == station) for station in scope.ground}
    drawn = {station: list(shapes[members]) for station, members in mine.items()}
    trees = {station: shapely.STRtree(members) for station, members in drawn.items()}
    for station, shape in cutting.fitted(drawn, scope.ground, metric_srid=ground.metric_srid):
        nearest = mine[station][trees[station].nearest(shapely.point_on_surface(shape))]
        found.append((labels[rows["cell"].iloc[nearest]], station, shape))
    measured = ground.work([shape for _, _, shape in found])
    made = {
        n: Block(n, label, station, shape, businesses, work)
        for n, ((label, station, shape), (businesses, work)) in enumerate(
            zip(found, measured, strict=True), start=1
        )
    }
    stations = {label: station for label, station, _ in found}
    return Board(made, {label: DraftCell(label, stations[label]) for label in sorted(stations)}), labels


def _store(
    session: Session,
    home: Jurisdiction,
    name: str,
    origin: str,
    scope: Scope,
    board: Board,
    parameters: dict[str, Any],
    engine_report: dict[str, Any] | None,
    by: int | None,
) -> Redivision:
    lines = service.lines_in(session, home.jurisdiction_id, scope.stations)
    report = quality(board, lines, metric_srid=int(home.metric_srid))
    if engine_report is not None:
        report["engine"] = engine_report
    draft = Redivision(
        jurisdiction_id=home.jurisdiction_id,
        name=name,
        origin=origin,
        stations=scope.stations,
        parts=scope.parts,
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
