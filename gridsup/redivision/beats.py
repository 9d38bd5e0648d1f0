"""Which inspector takes which beat (责任片): groups of cells that the engine made for so many inspectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sqlalchemy.orm import Session

from gridsup import spatial
from gridsup.cells import queries as cell_queries
from gridsup.cells.division.arrangement import grouped as members_of
from gridsup.cells.division.blocks import Blocks
from gridsup.cells.division.sharing import share_cells
from gridsup.cells.locate import today
from gridsup.cells.partition.pool import Pool
from gridsup.cells.partition.problem import Problem, components, neighbour_lists
from gridsup.redivision import queries
from gridsup.redivision.board import Board, shared_edges
from gridsup.redivision.quality import METRES, placed
from gridsup.redivision.scope import Scope

FEWER = 1e-6
"""What a cell elsewhere counts against somebody, in shares of the work: it only parts equals."""
NEVER = -1.0


def grouped(board: Board, inspectors: int, seed: int, metric_srid: int) -> dict[int, int]:
    """Label → beat, from 1: even, contiguous groups of a station's cells, across walls inside it.

    Raises what :func:`gridsup.cells.division.sharing.share_cells` raises.
    """
    found = board.shapes()
    labels = list(found)
    ground: Any = np.asarray(list(found.values()), dtype=object)
    shapes = spatial.to_metric(ground, metric_srid)
    place = {label: n for n, label in enumerate(labels)}
    load = np.zeros(len(labels))
    for block in board.living:
        load[place[block.cell or 0]] += block.workload
    load += FEWER
    station = np.array([board.cells[label].station_id for label in labels])
    shared = [(i, j, size) for i, j, size in shared_edges(list(ground)) if station[i] == station[j]]
    pairs = np.array([(i, j) for i, j, _ in shared], dtype=np.int64).reshape(-1, 2)
    length = np.array([size for *_, size in shared]) * METRES
    graph = Blocks(shapes, station, pairs, length, np.ones(len(pairs)), length, length)
    part = components(len(labels), pairs)
    beat = np.zeros(len(labels), dtype=np.int64)
    done = 0
    with Pool() as pool:
        for (_, rows), wanted in zip(
            members_of(part), share_cells(part, load, inspectors, graph), strict=True
        ):
            beat[rows] = done + pool.best(_problem(graph, load, rows, wanted, seed))
            done += wanted
    return {label: int(beat[place[label]]) + 1 for label in labels}


def _problem(
    graph: Blocks, load: NDArray[np.float64], rows: NDArray[np.int64], wanted: int, seed: int
) -> Problem:
    place = np.full(len(load), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    inside = (place[graph.pairs] >= 0).all(axis=1)
    area = np.asarray(shapely.area(graph.polygons[rows]), dtype=np.float64)
    cost = np.zeros(int(inside.sum()))
    start, near, length, costs, off = neighbour_lists(
        len(rows), place[graph.pairs[inside]], graph.length[inside], cost, cost
    )
    return Problem(
        cells=wanted,
        start=start,
        near=near,
        length=length,
        cost=costs,
        off=off,
        load=load[rows] * wanted / load[rows].sum(),
        area=area,
        outline=np.asarray(shapely.length(graph.polygons[rows]), dtype=np.float64),
        before=np.full(len(rows), -1, dtype=np.int64),
        stay=np.zeros(len(rows)),
        first=np.empty(0, dtype=np.int64),
        seed=seed,
    )


def officers_of(session: Session, jurisdiction_id: int, scope: Scope) -> list[tuple[int, int]]:
    """``(officer, station)`` of those who could take a beat: the inspectors of the stations, by number."""
    params = {"j": jurisdiction_id, "stations": scope.stations, "day": today()}
    return [(row.officer_id, row.station_id) for row in session.execute(queries.INSPECTORS, params)]


def named(
    session: Session, jurisdiction_id: int, scope: Scope, board: Board, beat: Mapping[int, int]
) -> dict[int, int | None]:
    """Label → officer for cells with a beat (label → number): who holds most of a beat's work today keeps it,
    as far as the stations' inspectors go round, those with the fewest cells elsewhere first; a beat beyond
    them has nobody yet (None).
    """
    people = officers_of(session, jurisdiction_id, scope)
    beats = sorted(set(beat.values()))
    held = {
        row.cell_id: row.officer_id
        for row in session.execute(
            cell_queries.holders(jurisdiction_id, [cell.id for cell in scope.present], today())
        )
    }
    shared = _shared(board, scope, held)
    elsewhere = Counter(
        session.scalars(queries.held_by(jurisdiction_id, [officer for officer, _ in people], today()))
    )
    elsewhere.subtract(held.values())
    gain = np.full((len(beats), len(people)), NEVER)
    for i, number in enumerate(beats):
        mine = [label for label, one in beat.items() if one == number]
        stations = {board.cells[label].station_id for label in mine}
        for k, (officer, station) in enumerate(people):
            if station in stations:
                work = sum(shared.get((label, officer), 0.0) for label in mine)
                gain[i, k] = work - FEWER * elsewhere[officer]
    takes: dict[int, int] = {}
    for i, k in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
        if gain[i, k] > NEVER:
            takes[beats[i]] = people[k][0]
    return {label: takes.get(number) for label, number in beat.items()}


def _shared(board: Board, scope: Scope, held: Mapping[int, int]) -> dict[tuple[int, int], float]:
    """(label, officer) → the work of the cell's blocks that the officer holds today."""
    blocks = board.living
    points = np.array([(p.x, p.y) for p in (b.shape.representative_point() for b in blocks)])
    owner = placed([to_shape(cell.geom) for cell in scope.present], points.reshape(-1, 2))
    shared: dict[tuple[int, int], float] = {}
    for block, i in zip(blocks, owner.tolist(), strict=True):
        officer = held.get(scope.present[i].id) if i >= 0 else None
        if officer is not None and block.cell is not None:
            key = (block.cell, officer)
            shared[key] = shared.get(key, 0.0) + block.workload
    return shared
