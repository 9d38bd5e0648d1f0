"""The demo bureau's people: sections, stations with their three groups, liaisons, accounts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geo_data.demo import names
from geo_data.demo.patterns import PATTERNS
from geo_data.demo.shapes import Account, Cell, Group, Officer, Posting, Section, Station

SECTIONS = (
    Section("registration", "注册股"),
    Section("legal", "法规股"),
    Section("food", "食品药品监督股"),
    Section("quality", "质量安全监督股"),
    Section("brigade", "检查大队"),
    Section("efficiency", "效能办"),
    Section("supervision", "监察室"),
    Section("it", "信息技术股"),
)
BUREAU: tuple[tuple[str, str, str, int], ...] = (
    ("bureau_head", "bureau", "局长", 1),
    ("deputy_head", "bureau", "分管副局长", 1),
    ("manager", "bureau", "分管负责人", 1),
    ("dispatcher", "registration", "注册股调度员", 3),
    ("legal", "legal", "法制审核员", 2),
    ("section", "food", "食品药品监督股", 2),
    ("section", "quality", "质量安全监督股", 2),
    ("brigade", "brigade", "检查大队队员", 4),
    ("efficiency", "efficiency", "效能办", 1),
    ("supervision", "supervision", "监察室", 1),
    ("records", "registration", "档案与物品管理", 1),
    ("it", "it", "信息技术股", 1),
    ("admin", "it", "系统管理员", 1),
)
"""Post, body, title, how many."""
INSIDE = {"D07": "quality", "D10": "food"}
"""Departments that are one body with the bureau (D01) today, and its section that takes their work."""
DEPARTMENTS = tuple(f"D{i:02d}" for i in range(2, 23) if f"D{i:02d}" not in INSIDE)
"""Every other department has a liaison officer."""
CELLS_PER_INSPECTOR = 3
PASSWORD = "wangge-yanshi-2026"  # noqa: S105  the demo's one password, printed by ``gridsup demo accounts``


class Staff:
    """Everybody, in pairs where one stands in for the other; ``inspector_of`` gives a cell's owner."""

    def __init__(self, stations: list[str], cells_of: dict[str, list[str]], rng: np.random.Generator) -> None:
        self._rng = rng
        self._used: set[str] = set()
        self.officers: list[Officer] = []
        self.accounts: list[Account] = []
        self.inspector_of: dict[str, str] = {}
        self.post_of: dict[tuple[str, str], list[str]] = {}
        """(body, post) → keys of the officers who hold it."""
        for post, body, title, count in BUREAU:
            self._hire(post, body, title, count, accounts=min(count, 2))
        for i, code in enumerate(stations):
            self._staff_station(code, cells_of[code], every=i == 0)
        leads = {pattern.lead for pattern in PATTERNS}
        for code in DEPARTMENTS:
            self._hire("liaison", code, f"{code} 联络员", 1, accounts=int(code in leads))

    def _staff_station(self, code: str, cells: list[str], *, every: bool) -> None:
        self._hire("station_head", code, "所长", 1, accounts=1)
        self._hire("general", code, "综合组", 2, group="general", accounts=int(every))
        count = max(2, round(len(cells) / CELLS_PER_INSPECTOR))
        patrol = self._hire(
            "inspector", code, "巡查监管员", count, group="patrol", accounts=count if every else 1
        )
        self._hire("enforcement", code, "执法员", 3, group="enforcement", accounts=2 if every else 1)
        for i, cell in enumerate(cells):
            self.inspector_of[cell] = patrol[i * count // len(cells)]

    def _hire(
        self, post: str, body: str, title: str, count: int, *, group: Group | None = None, accounts: int
    ) -> list[str]:
        first = len(self.officers)
        keys = [f"O{first + i + 1:03d}" for i in range(count)]
        for i, key in enumerate(keys):
            deputy = keys[(i + 1) % count] if count > 1 else None
            name = self._new_name()
            number = names.phone(90_000_000 + first + i + 1)
            enforcer = post in ("enforcement", "brigade", "inspector", "station_head")
            self.officers.append(Officer(key, name, body, group, (Posting(post, deputy),), number, enforcer))
            if i < accounts:
                place = f"-{body[-2:]}" if body.isdigit() else f"-{body.lower()}" if post == "liaison" else ""
                place = f"-{body}" if post == "section" else place
                username = f"{post}{place}{'' if count == 1 else f'-{i + 1}'}"
                self.accounts.append(Account(username, PASSWORD, key, f"{name}（演示·{title}）", post))
        self.post_of[body, post] = keys
        return keys

    def _new_name(self) -> str:
        while (name := names.person(self._rng)) in self._used:
            pass
        self._used.add(name)
        return name


def as_stations(areas: gpd.GeoDataFrame, codes: dict[str, str]) -> list[Station]:
    """Stations out of areas in EPSG:4490, indexed by short name."""
    return [Station(codes[str(name)], f"{name}市场监管所", area) for name, area in areas.geometry.items()]


def plan_cells(
    cells: gpd.GeoDataFrame, codes: dict[str, str], street_names: dict[str, str]
) -> tuple[list[Cell], dict[str, list[str]]]:
    """Cells without inspector yet, numbered through each station, and the cell keys of each station."""
    made: list[Cell] = []
    of: dict[str, list[str]] = {code: [] for code in codes.values()}
    for row in cells.itertuples():
        station = codes[row.station]
        grid = f"{len(of[station]) + 1:03d}"
        key = f"{station}-{grid}"
        of[station].append(key)
        name = f"{street_names[row.street].removesuffix('街道')}第{row.seq}网格"
        made.append(Cell(key, station, grid, name, row.street, "", row.workload, row.geometry))
    return made, of
