"""The demo city's ground: real boundary, roads, street and community names; doorways along the streets.

Station, street and community areas are not in any open data: they are cut out of the district along real
roads and given to the real names by rough position, so that addresses and maps agree with each other.
Everything here is measured in the city's metric CRS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from gridsup.cells.division import Mix, divide
from gridsup.cells.division.arrangement import moved

FOLDER = Path(__file__).parent / "jianghan"
METRIC = 4547
CELLS = 75
AREAS = Mix(businesses=0.7, area=0.3, roads=0.0)
"""What stations and streets share evenly among them."""

STATIONS: dict[str, tuple[tuple[float, float], tuple[str, ...]]] = {
    "民权": ((0.87, 0.12), ("420103001", "420103002", "420103003", "420103004")),
    "满春": ((0.70, 0.27), ("420103005", "420103006", "420103011")),
    "新华": ((0.55, 0.45), ("420103007", "420103010")),
    "万松": ((0.25, 0.40), ("420103008", "420103401")),
    "唐家墩": ((0.62, 0.65), ("420103009",)),
    "常青": ((0.28, 0.80), ("420103012", "420103013", "420103400")),
}
"""Station → where it lies in the district's bounding box (0–1 from west and from south), its streets."""
STREET_PLACES: dict[str, tuple[float, float]] = {
    "420103001": (0.76, 0.08),
    "420103002": (0.90, 0.14),
    "420103003": (0.84, 0.20),
    "420103004": (0.80, 0.12),
    "420103005": (0.74, 0.20),
    "420103006": (0.66, 0.26),
    "420103011": (0.74, 0.30),
    "420103007": (0.56, 0.38),
    "420103010": (0.52, 0.50),
    "420103008": (0.38, 0.48),
    "420103401": (0.20, 0.38),
    "420103009": (0.62, 0.65),
    "420103012": (0.42, 0.75),
    "420103013": (0.15, 0.68),
    "420103400": (0.35, 0.90),
}

SHOPS_PER_METRE = {
    "pedestrian": 2.4,
    "living_street": 1.0,
    "residential": 0.7,
    "tertiary": 1.1,
    "secondary": 1.2,
    "primary": 1.0,
    "unclassified": 0.5,
    "trunk": 0.35,
}
"""How thickly shops stand along a road of a class, relative to each other; elsewhere none."""
HALF_WIDTH = {
    "motorway": 18.0,
    "trunk": 20.0,
    "primary": 18.0,
    "secondary": 14.0,
    "tertiary": 10.0,
    "residential": 6.5,
    "unclassified": 6.5,
    "living_street": 5.0,
    "pedestrian": 5.0,
}
"""Metres from the centre line to the kerb, generously; a doorway lies further out than that."""
CORES = (((0.84, 0.17), 1_300.0, 2.5), ((0.52, 0.42), 1_000.0, 1.4), ((0.40, 0.58), 1_200.0, 0.7))
"""Busy quarters: place in the bounding box, reach in metres, how much they add."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The district in its metric CRS; ``cells`` has ``station``, ``street``, ``seq``, ``workload``."""

    boundary: Any
    roads: gpd.GeoDataFrame
    basemap: gpd.GeoDataFrame
    street_names: dict[str, str]
    communities: pd.DataFrame
    stations: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame

    def stored(self) -> Ground:
        """The same areas in EPSG:4490, where streets and stations are still the sum of their cells."""
        left, shapes = moved(np.asarray(self.cells.geometry.values, dtype=object), METRIC, 4490)
        cells = self.cells.iloc[left].set_geometry(shapes, crs=4490)

        def sums(areas: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
            shapes = [
                shapely.coverage_union_all(cells.geometry[cells[column] == name].values)
                for name in areas.index
            ]
            return areas.set_geometry(shapes, crs=4490)

        stations = sums(self.stations, "station")
        return replace(
            self,
            boundary=shapely.coverage_union_all(cells.geometry.values),
            roads=self.roads.to_crs(4490),
            basemap=self.basemap.to_crs(4490),
            stations=stations,
            streets=sums(self.streets, "street"),
            cells=cells,
        )


class Streets:
    """Where doorways can be: beside the streets of the district, never in a carriageway."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.boundary = gpd.read_file(folder / "boundary.geojson").to_crs(METRIC).geometry.iloc[0]
        self.roads = gpd.read_parquet(folder / "roads.parquet").to_crs(METRIC)
        self.basemap = gpd.read_parquet(folder / "basemap_roads.parquet").to_crs(METRIC)
        inside = self.roads[self.roads.intersects(self.boundary)].explode(ignore_index=True)
        self._lines = shapely.intersection(inside.geometry.values, self.boundary)
        self._kind = [_plain(k) for k in inside["highway"]]
        self._kerbs = [
            (shapely.STRtree(group.geometry.values), width * (1.0 if whole else 0.5))
            for layer, whole in ((self.roads, True), (self.basemap, False))
            for kind, width in HALF_WIDTH.items()
            for group in [layer[[_plain(k) == kind for k in layer["highway"]]]]
            if len(group)
        ]

    def doorways(
        self, n: int, rng: np.random.Generator, *, setback: tuple[float, float]
    ) -> NDArray[np.float64]:
        """``n`` places (x, y) at ``setback`` (least, most) metres behind the kerb, thickest where busy."""
        weight = shapely.length(self._lines) * [SHOPS_PER_METRE.get(k, 0.0) for k in self._kind]
        weight = weight * self._busy(shapely.get_coordinates(shapely.centroid(self._lines)))
        found = np.empty((0, 2))
        while len(found) < n:
            pick = rng.choice(len(self._lines), size=2 * n, p=weight / weight.sum())
            along = rng.uniform(size=2 * n)
            side = rng.choice([-1.0, 1.0], size=2 * n)
            width = np.array([HALF_WIDTH.get(self._kind[i], 6.5) for i in pick])
            out = side * (width + rng.uniform(*setback, size=2 * n))
            places = self.clear(_beside(self._lines[pick], along, out), setback[0])
            found = np.concatenate([found, places])
            _, first = np.unique(np.floor(found / 2.5), axis=0, return_index=True)
            found = found[np.sort(first)]
        return found[:n]

    def clear(self, places: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
        """Those of ``places`` at least ``gap`` metres behind every kerb and inside the district."""
        spots = shapely.points(places)
        good = shapely.contains_properly(shapely.buffer(self.boundary, -max(gap, 3.0)), spots)
        for tree, width in self._kerbs:
            good[tree.query(spots, predicate="dwithin", distance=width + gap - 0.05)[0]] = False
        return places[good]

    def _busy(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        busy = np.full(len(places), 0.35)
        for where, reach, more in CORES:
            away = np.hypot(*(places - _in_box(self.boundary.bounds, where)).T)
            busy += more * np.exp(-((away / reach) ** 2))
        return busy


def lay_out(streets: Streets, doors: NDArray[np.float64], halls: list[Any], folder: Path = FOLDER) -> Ground:
    """Cut the district into stations, streets and cells of about even numbers of ``doors``.

    ``halls``: outlines of markets and office buildings, which no border runs through.
    """
    points = gpd.GeoSeries(shapely.points(doors), crs=METRIC)
    buildings = gpd.GeoSeries(halls, crs=METRIC)
    district = gpd.GeoDataFrame(geometry=[streets.boundary], index=["江汉区"], crs=METRIC)
    roads = streets.roads

    stations = divide(
        district, roads, cells=len(STATIONS), businesses=points, mix=AREAS, buildings=buildings
    ).cells
    stations["name"] = _named(stations, {k: v[0] for k, v in STATIONS.items()}, streets.boundary.bounds)
    stations = stations.set_index("name").loc[list(STATIONS)]

    parts = []
    for name, area in stations.geometry.items():
        codes = STATIONS[str(name)][1]
        one = gpd.GeoDataFrame(geometry=[area], index=[name], crs=METRIC)
        part = divide(
            one,
            roads,
            cells=len(codes),
            businesses=points[points.intersects(area)],
            mix=AREAS,
            buildings=buildings,
        ).cells
        part["code"] = _named(part, {c: STREET_PLACES[c] for c in codes}, streets.boundary.bounds)
        parts.append(part)
    areas = pd.concat(parts).rename(columns={"area": "station"}).set_index("code")

    cells = divide(areas, roads, cells=CELLS, businesses=points, buildings=buildings).cells
    cells["street"] = cells["area"]
    cells["station"] = cells["street"].map(areas["station"])
    names = pd.read_csv(folder / "streets.csv", dtype=str).set_index("code")["name"].to_dict()
    communities = pd.read_csv(folder / "communities.csv", dtype=str)
    return Ground(
        streets.boundary, streets.roads, streets.basemap, names, communities, stations, areas, cells
    )


def _plain(kind: object) -> str:
    return kind.removesuffix("_link") if isinstance(kind, str) else "residential"


def _in_box(bounds: tuple[float, ...], where: tuple[float, float]) -> NDArray[np.float64]:
    west, south, east, north = bounds
    return np.array([west + where[0] * (east - west), south + where[1] * (north - south)])


def _beside(
    lines: NDArray[np.object_], along: NDArray[np.float64], out: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The place ``out`` metres to the left (negative: right) of each line at the share ``along`` of it."""
    size = shapely.length(lines)
    at = along * size
    spot = shapely.get_coordinates(shapely.line_interpolate_point(lines, at))
    before = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at - 1.0, 0.0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.minimum(at + 1.0, size)))
    step = after - before
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    return np.asarray(spot + np.stack([-step[:, 1], step[:, 0]], axis=1) * out[:, None])


def _named(parts: gpd.GeoDataFrame, places: dict[str, tuple[float, float]], bounds: Any) -> list[str]:
    """Give each part the name whose place is near, so that the sum of the distances is least."""
    middle = shapely.get_coordinates(parts.geometry.representative_point().values)
    wanted = np.array([_in_box(bounds, p) for p in places.values()])
    distance = np.hypot(*(middle[:, None, :] - wanted[None, :, :]).transpose(2, 0, 1))
    row, column = linear_sum_assignment(distance)
    names = list(places)
    return [names[c] for _, c in sorted(zip(row.tolist(), column.tolist(), strict=True))]
