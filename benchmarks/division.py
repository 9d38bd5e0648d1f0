"""The division engine against METIS alone, Ward with connectivity and gerrychain's recursive tree.

``python benchmarks/division.py [NAME=BOUNDARY,ROADS[,BUSINESSES]]... [--cells 50 150] [--seeds 3]``: all four
divide the same blocks, side by side in one run; prints their figures (medians over the seeds) and their
ratios to METIS alone. Without cities it takes the demo's Jianghan. Needs the packages of the extra ``bench``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo_data.dividing import Inputs, divide_files
from gridsup.cells.division import engine, quality
from gridsup.cells.division.arrangement import grouped
from gridsup.cells.division.weighing import problems_of
from gridsup.cells.partition.pool import Pool
from gridsup.cells.partition.problem import Problem
from gridsup.cells.partition.seeds import seed_cells

DEMO = Path(__file__).resolve().parents[1] / "geo_data" / "demo" / "jianghan"
FIGURES = (
    "workload_cv",
    "max_over_mean",
    "polsby_popper_mean",
    "polsby_popper_min",
    "on_roads",
    "on_major_roads",
    "internal_boundary_km",
    "seconds",
    "cpu_seconds",
)
Method = Callable[[Problem, Pool], Any]


def ours(p: Problem, pool: Pool) -> Any:
    return pool.best(p)


def metis(p: Problem, _: Pool) -> Any:
    """Contiguous METIS that knows the lengths of the borders and nothing of roads."""
    return seed_cells(p.cells, p.start, p.near, p.length, p.load, p.seed)


def ward(p: Problem, _: Pool) -> Any:
    from scipy.sparse import csr_matrix
    from sklearn.cluster import AgglomerativeClustering

    links = csr_matrix((np.ones(len(p.near)), p.near, p.start), shape=(p.blocks, p.blocks))
    made = AgglomerativeClustering(p.cells, connectivity=links, linkage="ward")
    return made.fit_predict(PLACES[id(p)])


def gerry(p: Problem, _: Pool) -> Any:
    import random

    import networkx
    from gerrychain import Graph
    from gerrychain.partition import recursive_tree_part

    random.seed(p.seed)
    graph = networkx.Graph()
    for block in range(p.blocks):
        graph.add_node(block, load=max(1, int(p.load[block] * 1e4)))
        graph.add_edges_from((block, int(other)) for other in p.near[p.start[block] : p.start[block + 1]])
    total = sum(graph.nodes[b]["load"] for b in graph)
    found = recursive_tree_part(
        Graph.from_networkx(graph), range(p.cells), total / p.cells, "load", epsilon=0.1
    )
    return np.array([found[b] for b in range(p.blocks)])


METHODS: dict[str, Method] = {"gridsup": ours, "METIS": metis, "Ward": ward, "gerrychain": gerry}
PLACES: dict[int, Any] = {}
"""Block centres of the problem at hand, by its identity; Ward alone asks for them."""


class Prepared(Exception):
    """Carries the prepared ground and its outlines, lines and mix out of the engine, before it is divided."""


def prepare(inputs: Inputs, cells: int) -> tuple[Any, ...]:
    """The blocks as the engine cuts them, and what it needs to draw borders straight."""

    def stop(*carried: Any) -> Any:
        raise Prepared(*carried)

    kept = engine._partition, engine._Ground.straightened
    engine._partition = lambda ground, *_: np.zeros(len(ground.work.share), dtype=np.int64)
    engine._Ground.straightened = lambda ground, _, *told: stop(ground, *told)
    try:
        divide_files(inputs, cells=cells)
    except Prepared as done:
        return done.args
    finally:
        engine._partition, engine._Ground.straightened = kept
    raise AssertionError("the engine divided without preparing")


def measured(
    prepared: tuple[Any, ...], cells: int, seed: int, method: Method, pool: Pool
) -> dict[str, float]:
    import geopandas as gpd
    import shapely

    ground, *told = prepared
    blocks, load = ground.blocks, ground.work.share
    cell_of = np.zeros(len(load), dtype=np.int64)
    began, done = _clocks(), 0
    for members, p in problems_of(blocks, load, cells, seed):
        centres = shapely.get_coordinates(shapely.centroid(blocks.polygons[members]))
        PLACES[id(p)] = centres
        cell_of[members] = done + method(p, pool)
        done += p.cells
    if method is ours:
        ground, cell_of = ground.straightened(cell_of, *told)
        blocks, load = ground.blocks, ground.work.share
    clocks = dict(zip(("seconds", "cpu_seconds"), np.subtract(_clocks(), began), strict=True))
    shapes = [shapely.coverage_union_all(blocks.polygons[rows]) for _, rows in grouped(cell_of)]
    work = [float(load[rows].sum()) for _, rows in grouped(cell_of)]
    frame = gpd.GeoDataFrame({"workload": work}, geometry=shapes)
    return quality.measures(frame, blocks, cell_of) | clocks


def _clocks() -> tuple[float, float]:
    """Wall seconds, and processor seconds of this process alone: the solvers run beside it."""
    return time.perf_counter(), time.process_time()


def compare(name: str, inputs: Inputs, cells: int, seeds: int) -> None:
    prepared = prepare(inputs, cells)
    print(f"\n{name}, {cells} cells of {len(prepared[0].blocks.polygons)} blocks, medians of {seeds} seeds")
    print(f"{'':12}" + "".join(f"{figure:>21}" for figure in FIGURES))
    told: dict[str, dict[str, float]] = {}
    with Pool() as pool:
        pool.warm()
        for title, method in METHODS.items():
            try:
                runs = [measured(prepared, cells, seed, method, pool) for seed in range(seeds)]
            except Exception as error:  # a library that finds no division is a result too
                print(f"{title:12} none: {type(error).__name__} {str(error)[:80]}")
                continue
            told[title] = {figure: statistics.median(run[figure] for run in runs) for figure in FIGURES}
            print(f"{title:12}" + "".join(f"{told[title][figure]:21.3f}" for figure in FIGURES))
    print("ratios to METIS alone")
    for title in told:
        ratios = (told[title][f] / told["METIS"][f] if told["METIS"][f] else float("nan") for f in FIGURES)
        print(
            f"{title + ' ÷ METIS':12}" + "".join(f"{ratio:21.2f}" for ratio in ratios)[-len(FIGURES) * 21 :]
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("cities", nargs="*", help="NAME=BOUNDARY,ROADS[,BUSINESSES]")
    asked.add_argument("--cells", type=int, nargs="+", default=[50, 150])
    asked.add_argument("--seeds", type=int, default=3)
    told = asked.parse_args()
    cities = {"Jianghan": Inputs(DEMO / "boundary.geojson", DEMO / "roads.parquet")}
    if told.cities:
        named = (city.split("=", 1) for city in told.cities)
        cities = {name: Inputs(*(Path(path) for path in files.split(","))) for name, files in named}
    for name, inputs in cities.items():
        for cells in told.cells:
            compare(name, inputs, cells, told.seeds)


if __name__ == "__main__":
    main()
