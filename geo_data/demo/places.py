"""Premises of the demo city: street doors, market stalls and office rooms, with their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geo_data.demo.ground import METRIC, Ground, Streets
from geo_data.demo.shapes import Cell, Community, Premises

MARKETS = (
    ("food", "农贸市场", 16, 70, "区"),
    ("mall", "服装商城", 9, 130, "区"),
    ("digital", "数码市场", 4, 110, "区"),
)
"""Kind of place, what it is called, how many there are, about how many stalls each has, letter's word."""
OFFICES = (40, 45)
"""Office buildings, and about how many firms each holds."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place before anyone trades in it: ``where`` as in :class:`Trade`; x, y in the metric CRS."""

    x: float
    y: float
    where: str
    building: str | None = None
    floor: str | None = None
    stall: str | None = None
    site: int | None = None
    """Spots of one market or office building share its number, and so its house number."""


def spots(streets: Streets, rng: np.random.Generator, n: int) -> list[Spot]:
    """``n`` places: markets and offices first, street doors for the rest; no two of one shape alike."""
    sites = streets.doorways(sum(m[2] for m in MARKETS) + OFFICES[0], rng, setback=(16, 30))
    found: list[Spot] = []
    site = 0
    for where, _, count, stalls, letter in MARKETS:
        for _ in range(count):
            x, y = sites[site]
            for i in range(int(rng.normal(stalls, stalls / 4))):
                floor = 1 + i // 60
                stall = f"{'ABCDEF'[i // 15 % 4]}{letter}{i % 15 + 1:02d}号"
                dx, dy = rng.uniform(-9, 9, size=2)
                found.append(Spot(x + dx, y + dy, where, "market", f"{floor}楼", stall, site))
            site += 1
    for _ in range(OFFICES[0]):
        x, y = sites[site]
        rooms = 0
        for _ in range(int(rng.normal(OFFICES[1], 12))):
            rooms += int(rng.random() < 0.7)  # three in ten share the room of the one before
            dx, dy = (rooms * 37 % 13 - 6.0, rooms * 17 % 11 - 5.0)
            room = f"{3 + rooms // 8}{rooms % 8 + 1:02d}室"
            found.append(Spot(x + dx, y + dy, "office", "office", f"{3 + rooms // 8}楼", room, site))
        site += 1
    doors = streets.doorways(n - len(found), rng, setback=(2, 9))
    return found + [Spot(float(x), float(y), "street") for x, y in doors]


def halls(places: Sequence[Spot]) -> list[Any]:
    """Outlines of the markets and office buildings, in the metric CRS."""
    sites: dict[int, list[tuple[float, float]]] = {}
    for spot in places:
        if spot.site is not None:
            sites.setdefault(spot.site, []).append((spot.x, spot.y))
    return [shapely.multipoints(xy).convex_hull.buffer(2.0) for xy in sites.values()]


class Addresses:
    """Addresses out of real street and community names; numbers run within a community, never a road name."""

    def __init__(self, ground: Ground, cells: Sequence[Cell], seed: int) -> None:
        self.ground = ground
        self.cells = list(cells)
        self._tree = shapely.STRtree(ground.cells.geometry.values)
        self._seats = self._seat_communities(np.random.default_rng([seed, 7]))
        self._change = Transformer.from_crs(METRIC, 4490, always_xy=True)

    def _seat_communities(self, rng: np.random.Generator) -> dict[int, list[tuple[str, float, float]]]:
        """Cell position → seats of its communities; a street's communities follow its cells in order."""
        seats: dict[int, list[tuple[str, float, float]]] = {i: [] for i in range(len(self.cells))}
        for street, group in self.ground.communities.groupby("street"):
            positions = [i for i, c in enumerate(self.cells) if c.street == street]
            codes = group["code"].tolist()
            steps = max(len(codes), len(positions))
            for k in range(steps):
                cell = positions[k * len(positions) // steps]
                outline = self.ground.cells.geometry.iloc[cell]
                seat = shapely.get_coordinates(_inside(outline, rng))[0]
                seats[cell].append((codes[k * len(codes) // steps], float(seat[0]), float(seat[1])))
        return seats

    def to_degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Longitude and latitude (CGCS2000) of metric places."""
        return np.stack(self._change.transform(xy[:, 0], xy[:, 1]), axis=1)

    def communities(self) -> list[Community]:
        """Every community with the cells it lies in and one seat."""
        where: dict[str, list[tuple[str, float, float]]] = {}
        for cell, seats in self._seats.items():
            for code, x, y in seats:
                where.setdefault(code, []).append((self.cells[cell].key, x, y))
        result = []
        for row in self.ground.communities.itertuples():
            mine = where[row.code]
            lon, lat = self.to_degrees(np.array([mine[0][1:]]))[0].tolist()
            cells = tuple(dict.fromkeys(m[0] for m in mine))
            result.append(Community(row.code, row.name, row.street, cells, lon, lat))
        return result

    def premises(self, places: Sequence[Spot]) -> list[Premises]:
        """One premises per spot; spots of the same room are one and the same object."""
        xy = np.array([(s.x, s.y) for s in places])
        cell_of = np.full(len(xy), -1)
        spot, cell = self._tree.query(shapely.points(xy), predicate="within")
        cell_of[spot] = cell
        degrees = np.round(self.to_degrees(xy), 7)
        first: dict[int, str] = {}  # one building lies in one community
        community = []
        for i, s in enumerate(places):
            code = self._community(int(cell_of[i]), s.x, s.y)
            community.append(code if s.site is None else first.setdefault(s.site, code))
        number = self._numbers(xy, community, places)
        names_of = {r.code: r.name.removesuffix("居委会") for r in self.ground.communities.itertuples()}
        rooms: dict[tuple[int, str | None, str | None], Premises] = {}
        result = []
        for i, s in enumerate(places):
            code = community[i]
            place = names_of[code]
            base = f"江汉区{self.ground.street_names[code[:9]]}{place}{number[i]}号"
            building = _building(s, place)
            address = base + (f"{building}{s.floor}{s.stall}" if building else "")
            made = Premises(
                f"P{i + 1:05d}", address, building, s.floor, s.stall, code,
                float(degrees[i, 0]), float(degrees[i, 1]), self.cells[int(cell_of[i])].key,
            )  # fmt: skip
            room = (-1 - i if s.site is None else s.site, s.floor, s.stall)
            result.append(rooms.setdefault(room, made))
        return result

    def _community(self, cell: int, x: float, y: float) -> str:
        return min(self._seats[cell], key=lambda seat: (seat[1] - x) ** 2 + (seat[2] - y) ** 2)[0]

    def _numbers(self, xy: NDArray[np.float64], community: list[str], places: Sequence[Spot]) -> list[int]:
        """House numbers from 1 in each community, from west to east; a building has one."""
        house: dict[tuple[str, int], float] = {}
        for i, s in enumerate(places):
            house.setdefault((community[i], -1 - i if s.site is None else s.site), float(xy[i, 0]))
        number: dict[tuple[str, int], int] = {}
        last: dict[str, int] = {}
        for key in sorted(house, key=lambda k: (k[0], house[k])):
            last[key[0]] = number[key] = last.get(key[0], 0) + 1
        return [number[community[i], -1 - i if s.site is None else s.site] for i, s in enumerate(places)]


def _building(spot: Spot, place: str) -> str | None:
    if spot.building is None:
        return None
    kinds = {m[0]: m[1] for m in MARKETS} | {"office": "商务楼"}
    return place.removesuffix("社区") + kinds[spot.where]


def _inside(outline: Any, rng: np.random.Generator) -> Any:
    west, south, east, north = shapely.bounds(outline)
    for _ in range(200):
        spot = shapely.Point(rng.uniform(west, east), rng.uniform(south, north))
        if shapely.contains_properly(outline, spot):
            return spot
    return shapely.point_on_surface(outline)
