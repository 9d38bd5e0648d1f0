"""What a demo city is made of: plain values with client-side keys, independent of the database.

Positions are WGS 84 / CGCS2000 longitude and latitude; geometries are shapely, in EPSG:4490, longitude
first. A ``key`` names a thing inside one city only; a loader maps it to the row it became.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import geopandas as gpd

Group = Literal["general", "patrol", "enforcement"]
Source = Literal["patrol", "call", "report", "referral"]


@dataclass(frozen=True, slots=True)
class Station:
    """A supervision station (市场监管所) and the area it answers for, a union of street blocks."""

    code: str
    name: str
    area: Any


@dataclass(frozen=True, slots=True)
class Street:
    """A street office (街道). Name and code are real; the ``area`` is invented, see SOURCES.md."""

    code: str
    name: str
    station: str
    area: Any


@dataclass(frozen=True, slots=True)
class Community:
    """A community (社区). Name and code are real; which ``cells`` it lies in is invented."""

    code: str
    name: str
    street: str
    cells: tuple[str, ...]
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A grid cell (网格) with its responsible inspector; ``key`` is ``station-grid``."""

    key: str
    station: str
    grid: str
    name: str
    street: str | None
    inspector: str
    workload: float
    area: Any


@dataclass(frozen=True, slots=True)
class Posting:
    """A post (``gridsup.procedures.posts``) in a body, with the deputy who receives in absence (AB岗)."""

    post: str
    deputy: str | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    """A person in service. ``body``: ``bureau``, a section's key, a station code, or D01…D22."""

    key: str
    name: str
    body: str
    group: Group | None
    postings: tuple[Posting, ...]
    phone: str
    enforcer: bool = False
    """Holds the qualification ``enforcement`` (执法证)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the bureau (股、室、大队)."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in of the demo. Such passwords exist in the demo alone."""

    username: str
    password: str
    officer: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Premises:
    """A place of business. ``lon``/``lat``/``cell`` are None together: not placed yet (未落点)."""

    key: str
    address: str
    building: str | None
    floor: str | None
    stall: str | None
    community: str | None
    lon: float | None
    lat: float | None
    cell: str | None


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit (许可证) with the department, D01…D22, that issues it."""

    kind: str
    number: str
    department: str
    issued_on: date
    expires_on: date | None
    status: str
    lost_on: date | None


@dataclass(frozen=True, slots=True)
class Business:
    """A business or an unlicensed operator. ``industry`` is GB/T 4754-2017, ``trade`` a word of the
    department table (domain §1.9.2) or None."""

    key: str
    premises: str
    name: str
    kind: Literal["enterprise", "individual", "unregistered"]
    uscc: str | None
    registration_no: str | None
    operator_name: str | None
    phone: str | None
    scope: str
    industry: str | None
    trade: str | None
    status: str
    licence_status: str
    risk: int
    opened_on: date | None
    closed_on: date | None
    permits: tuple[Permit, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """An inspector's visit to a business."""

    key: UUID
    officer: str
    business: str
    cell: str | None
    at: datetime
    result: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a matter: an action of the pack ``pack``, by ``officer`` in ``post``, at ``at``.

    ``pack`` is ``unlicensed_operation`` for the matter itself, else that of its child. System actions
    follow by themselves and are not listed.
    """

    pack: str
    action: str
    post: str
    officer: str
    at: datetime
    form: dict[str, Any] = field(default_factory=dict)
    crew: tuple[str, ...] = ()
    sign: bool = False
    """Signs, in agreement, the proposal that the act before made."""


@dataclass(frozen=True, slots=True)
class Unlicensed:
    """An unlicensed operator's matter: the facts for allocation, the acts so far, the state they lead to."""

    key: UUID
    business: str
    cell: str
    source: Source
    facts: dict[str, Any]
    lead: str
    state: str
    acts: tuple[Act, ...]

    @property
    def found_at(self) -> datetime:
        return self.acts[0].at


@dataclass(frozen=True, slots=True)
class City:
    """A whole demo city as of ``today``; ``roads`` bound cells, ``basemap`` is drawn. Both in WGS 84."""

    adcode: str
    name: str
    name_en: str
    metric_srid: int
    today: date
    boundary: Any
    roads: gpd.GeoDataFrame
    basemap: gpd.GeoDataFrame
    abbreviation: str = ""
    """Of the bureau, as its documents' numbers begin (发文机关代字)."""
    source: str = "generated"
    """Where the businesses come from: ``generated`` or ``OpenStreetMap``."""
    sections: list[Section] = field(default_factory=list)
    stations: list[Station] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    communities: list[Community] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    officers: list[Officer] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    premises: list[Premises] = field(default_factory=list)
    businesses: list[Business] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    unlicensed: list[Unlicensed] = field(default_factory=list)
    scenes: bool = False
    """Whether ``geo_data.demo.scenes`` are played in it: written for Jianghan's bureau and its posts."""
