"""Edits of a draft on a chequer board: whatever is allowed leaves whole cells and loses nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridsup import spatial
from gridsup.cells.division import Mix
from gridsup.cells.division.workload import Spots
from gridsup.errors import GridsupError, Invalid, Refused
from gridsup.redivision import verbs
from gridsup.redivision.board import Block, Board, Change, DraftCell
from gridsup.redivision.quality import Ground, lines_of, quality

N, SIDE, WEST, SOUTH = 6, 0.002, 114.26, 30.60
STATION, OTHER = 1, 2
PLACES = np.array([(WEST + (i + 0.5) * SIDE, SOUTH + (j + 0.3) * SIDE) for i in range(N) for j in range(N)])
ROADS = lines_of(
    ["primary", "service"],
    [
        shapely.LineString([(WEST + 3 * SIDE, SOUTH - SIDE), (WEST + 3 * SIDE, SOUTH + 9 * SIDE)]),
        shapely.LineString([(WEST, SOUTH + 3 * SIDE), (WEST + 3 * SIDE, SOUTH + 3 * SIDE)]),
    ],
    4547,
)


def ground(mix: Mix, **counts: Any) -> Ground:
    """One household in each block; ``counts`` of some share, else nothing unlicensed and no risk."""
    spots: Any = shapely.points(PLACES)
    kinds = {name: counts.get(name, np.zeros(N * N)) for name in ("unlicensed", "risk")}
    return Ground(PLACES, Spots(spatial.to_metric(spots, 4547), np.ones(N * N), **kinds), ROADS, mix, 4547)


GROUND = ground(Mix())


def chequer() -> Board:
    """6 × 6 blocks, four cells of 3 × 3: 1 south-west, 2 south-east, 3 north-west, 4 north-east."""
    xs = [WEST + i * SIDE for i in range(N + 1)]
    ys = [SOUTH + j * SIDE for j in range(N + 1)]
    blocks = {}
    for j in range(N):
        for i in range(N):
            number = j * N + i + 1
            shape = shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1])
            label = 1 + (i >= N // 2) + 2 * (j >= N // 2)
            blocks[number] = Block(number, label, STATION, shape, 1, 1 / N**2)
    cells = {n: DraftCell(n, STATION, f"{n:03d}", f"第{n}网格") for n in range(1, 5)}
    return Board(blocks, cells, N * N)


def at(i: float, j: float) -> tuple[float, float]:
    return WEST + i * SIDE, SOUTH + j * SIDE


def line(*points: tuple[float, float]) -> Any:
    return shapely.LineString([at(*point) for point in points])


def facts(board: Board) -> Any:
    """What undoing must give back: cells, and the living blocks with their ground."""
    return dict(board.cells), {
        b.number: (b.cell, b.businesses, b.workload, b.shape.wkb) for b in board.living
    }


def assert_sound(board: Board) -> None:
    living = np.asarray([block.shape for block in board.living], dtype=object)
    assert shapely.coverage_is_valid(living)
    found = quality(board, ROADS, metric_srid=4547)
    assert (found["pieces"], found["seamless"], found["cells"]) == (0, True, len(board.cells))
    assert found["businesses"] == N * N
    assert sum(block.workload for block in board.living) == pytest.approx(1)
    whole = shapely.union_all(list(board.shapes().values()))
    assert whole.area == pytest.approx((N * SIDE) ** 2, rel=1e-9)


MOVES = st.one_of(
    st.tuples(st.just("move"), st.integers(1, 45), st.integers(1, 9)),
    st.tuples(st.just("merge"), st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.just("split"), st.integers(1, 9), st.integers(0, 3)),
    st.tuples(st.just("cut"), st.integers(1, 45), st.floats(0.1, 5.9)),
    st.tuples(st.just("line"), st.integers(1, 9), st.floats(0.1, 5.9)),
)


def change_of(board: Board, step: tuple[str, int, Any]) -> Change:
    verb, one, other = step
    if verb == "move":
        return verbs.move(board, [one], other)
    if verb == "merge":
        return verbs.merge(board, one, other)
    if verb == "split":
        return verbs.split(board, one, seed=other)
    slanted = line((other, -1), (other + 0.37, N + 1))
    if verb == "cut":
        return verbs.cut_block(board, one, slanted, GROUND.work)
    return verbs.split_by_line(board, one, slanted, GROUND.work)


@settings(max_examples=60)
@given(st.lists(MOVES, max_size=10))
@example([("line", 3, 1.71484375), ("line", 3, 1.71484375)])  # a line along a border leaves crumbs
def test_any_sequence_of_edits_keeps_cells_whole_and_undoes_to_the_same(steps: list[Any]) -> None:
    board = chequer()
    before: list[tuple[Any, Change]] = []
    for step in steps:
        try:
            change = change_of(board, step)
        except GridsupError:
            continue
        before.append((facts(board), change))
        board = board.apply(change)
        assert_sound(board)
    for past, change in reversed(before):
        board = board.apply(change.inverse())
        assert facts(board) == past


def test_a_block_moves_to_the_neighbour_and_no_farther() -> None:
    board = chequer()
    moved = board.apply(verbs.move(board, [3], 2))
    assert moved.blocks[3].cell == 2
    with pytest.raises(Refused) as refusal:
        verbs.move(board, [1], 2)
    assert refusal.value.code == "cell-torn"
    assert "002" in refusal.value.text("zh")
    with pytest.raises(Refused) as refusal:
        verbs.move(board, [2, 8, 14], 2)
    assert refusal.value.code == "cell-torn"


def test_a_cell_is_not_emptied_by_moving() -> None:
    board = chequer()
    with pytest.raises(Refused) as refusal:
        verbs.move(board, [b.number for b in board.members(1)], 2)
    assert refusal.value.code == "cell-emptied"


def test_cells_stay_in_their_station() -> None:
    base = chequer()
    blocks = {
        n: Block(n, b.cell, OTHER if b.cell == 2 else STATION, b.shape, b.businesses, b.workload)
        for n, b in base.blocks.items()
    }
    board = Board(blocks, base.cells | {2: DraftCell(2, OTHER, "002")})
    for refused in (lambda: verbs.move(board, [4], 1), lambda: verbs.merge(board, 1, 2)):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.code == "cell-in-two-stations"


def test_merging_keeps_the_number_and_needs_a_common_border() -> None:
    board = chequer()
    merged = board.apply(verbs.merge(board, 2, 1))
    assert sorted(merged.cells) == [2, 3, 4]
    assert merged.cells[2].grid == "002"
    with pytest.raises(Refused) as refusal:
        verbs.merge(board, 1, 4)
    assert refusal.value.code == "cells-not-neighbours"


def test_a_split_is_balanced_and_the_heavier_half_keeps_the_number() -> None:
    board = chequer()
    parted = board.apply(verbs.split(board, 1))
    loads = {n: sum(b.workload for b in parted.members(n)) for n in (1, 5)}
    assert loads[1] >= loads[5] >= 4 / 36 - 1e-9
    assert (parted.cells[1].grid, parted.cells[5].grid) == ("001", None)


def test_a_line_splits_a_cell_through_its_blocks() -> None:
    board = chequer()
    parted = board.apply(verbs.split_by_line(board, 1, line((-0.5, 1.5), (3.5, 1.5)), GROUND.work))
    assert_sound(parted)
    assert {round(shape.area / SIDE**2, 6) for n, shape in parted.shapes().items() if n in (1, 5)} == {4.5}
    north = next(n for n in (1, 5) if parted.shape(n).bounds[3] > at(0, 2)[1])
    assert sum(b.businesses for b in parted.members(north)) == 3, "the shops stand in the lower third"


def test_a_line_that_does_not_cross_is_refused() -> None:
    board = chequer()
    for short in (line((0.5, 0.5), (0.7, 0.7)), line((7, 7), (8, 8)), line((-1, 0.5), (0.5, 0.5))):
        with pytest.raises(Invalid) as refusal:
            verbs.cut_block(board, 1, short, GROUND.work)
        assert refusal.value.code == "line-does-not-cross"
        with pytest.raises(Invalid):
            verbs.split_by_line(board, 1, short, GROUND.work)


def test_a_number_is_given_once_in_a_station() -> None:
    board = chequer()
    with pytest.raises(Refused) as refusal:
        verbs.describe(board, 1, grid="002")
    assert refusal.value.code == "grid-taken"
    named = board.apply(verbs.describe(board, 1, grid="009", name="江汉路网格"))
    assert (named.cells[1].grid, named.cells[1].name) == ("009", "江汉路网格")


def test_quality_tells_the_share_of_the_border_on_roads() -> None:
    found = quality(chequer(), ROADS, metric_srid=4547)
    west_east, north_south = 6 * SIDE * np.cos(np.radians(SOUTH)), 6 * SIDE
    whole = west_east + north_south
    assert found["on_major_roads"] == pytest.approx(north_south / whole, abs=0.002)
    assert found["on_roads"] == pytest.approx((north_south + west_east / 2) / whole, abs=0.002)
    assert found["internal_boundary_km"] == pytest.approx(whole * 110.95, rel=0.01)
    assert found["workload_cv"] == 0
