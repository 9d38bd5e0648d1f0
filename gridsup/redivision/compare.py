"""A draft beside today's cells: who changes code or inspector, who carries what, which cell goes where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from gridsup import spatial
from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells import queries as cell_queries
from gridsup.cells.locate import today
from gridsup.cells.model import Cell
from gridsup.cells.serials import scheme_of
from gridsup.cells.versions import SHARE
from gridsup.redivision import enacting, queries, scope, service, store
from gridsup.redivision.board import Board
from gridsup.redivision.model import Redivision
from gridsup.redivision.quality import placed
from gridsup.registry.record import home_of

MONTH = timedelta(days=30.44)


@dataclass(frozen=True, slots=True)
class Move:
    """One business: the cell and inspector it has, and those it would have. ``label`` None: outside."""

    business_id: int
    name: str
    old_code: str
    old_cell_id: int
    label: int | None
    new_cell_code: str | None
    """None while the cell has no number yet; it receives the station's next one."""
    old_officer_id: int | None
    new_officer_id: int | None
    code_changes: bool

    @property
    def officer_changes(self) -> bool:
        return self.old_officer_id != self.new_officer_id


@dataclass(slots=True)
class Load:
    """What somebody or some cell carries. ``workload`` is a share of the whole of the stations."""

    cells: int = 0
    area_m2: float = 0.0
    businesses: int = 0
    open_matters: int = 0
    workload: float = 0.0
    visits: int = 0
    findings: int = 0
    matters: int = 0

    def add(self, other: Load) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Exchange:
    """What an inspector receives or gives away."""

    businesses: int = 0
    area_m2: float = 0.0
    open_matters: int = 0


@dataclass(slots=True)
class Sides:
    """An inspector (or nobody, ``officer_id`` None) before and after."""

    officer_id: int | None
    today: Load = field(default_factory=Load)
    draft: Load = field(default_factory=Load)
    gains: Exchange = field(default_factory=Exchange)
    loses: Exchange = field(default_factory=Exchange)


@dataclass(frozen=True, slots=True)
class Heir:
    """``share`` of the present cell's ground that the draft's cell takes, 0 to 1."""

    old_cell_id: int
    label: int
    share: float
    businesses: int


def codes_of(session: Session, draft: Redivision, board: Board) -> dict[int, str | None]:
    """Label → the code that the cell will have; None without a number: it receives the next one."""
    scheme = scheme_of(home_of(session, draft.jurisdiction_id))
    names = enacting.station_names(session, draft.jurisdiction_id)
    return {
        label: scheme.format_cell(names[cell.station_id][0], cell.grid) if cell.grid else None
        for label, cell in board.cells.items()
    }


class Comparison:
    """Everything that a draft's comparison needs, read once."""

    def __init__(self, session: Session, draft: Redivision) -> None:
        j = draft.jurisdiction_id
        self.session, self.draft = session, draft
        self.home = home_of(session, j)
        self.stations = [int(one) for one in draft.stations]
        self.board: Board = scope.whole(session, draft, store.load(session, draft))
        query = cell_queries.present_cells(j, self.stations)
        self.present: list[Cell] = sorted(session.scalars(query), key=lambda cell: cell.code)
        self.old_shapes = [to_shape(cell.geom) for cell in self.present]
        held = session.execute(cell_queries.holders(j, [cell.id for cell in self.present], today()))
        self.owner: dict[int, int] = {row.cell_id: row.officer_id for row in held}
        self.codes = codes_of(session, draft, self.board)
        shapes = self.board.shapes()
        self.labels = sorted(shapes, key=lambda label: (self.codes[label] or "~", label))
        self.new_shapes = [shapes[label] for label in self.labels]
        self.overlay = self._overlay()
        self.heirs = self._heirs()
        self.officer: dict[int, int | None] = self._officers()

    def _overlay(self) -> list[tuple[int, int, float]]:
        """``(label, old cell id, m²)`` of the pairs that share ground."""
        if not self.old_shapes:
            return []
        tree = shapely.STRtree(self.old_shapes)
        new, old = tree.query(self.new_shapes, predicate="intersects")
        pieces = shapely.intersection(
            np.asarray(self.new_shapes, dtype=object)[new], np.asarray(self.old_shapes, dtype=object)[old]
        )
        areas = [shapely.area(piece) for piece in pieces]
        pairs = []
        for i, k, piece, area in zip(new.tolist(), old.tolist(), pieces, areas, strict=True):
            if area > SHARE * min(self.new_shapes[i].area, self.old_shapes[k].area):
                pairs.append((self.labels[i], self.present[k].id, self._area(piece)))
        return pairs

    def _area(self, shape: Any) -> float:
        return float(spatial.to_metric(shape, int(self.home.metric_srid)).area)

    def _heirs(self) -> dict[int, list[tuple[int, float]]]:
        """Old cell id → (label, m²), most ground first: the order in which matters follow."""
        heirs: dict[int, list[tuple[int, float]]] = {cell.id: [] for cell in self.present}
        for label, old, area in sorted(self.overlay, key=lambda row: -row[2]):
            heirs[old].append((label, area))
        return heirs

    def _officers(self) -> dict[int, int | None]:
        """Label → who would be responsible: the draft's own word, else the owner of most of its ground."""
        most: dict[int, tuple[float, int]] = {}
        for label, old, area in self.overlay:
            most[label] = max(most.get(label, (0.0, -1)), (area, old))
        return {
            label: cell.officer_id
            if cell.officer_id is not None
            else self.owner.get(most.get(label, (0.0, -1))[1])
            for label, cell in self.board.cells.items()
        }

    @cached_property
    def moves(self) -> list[Move]:
        """Every business of the stations, by number."""
        rows = self.session.execute(queries.HOUSEHOLDS, self._params()).all()
        places = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
        code = {cell.id: cell.code for cell in self.present}
        made = []
        for row, i in zip(rows, placed(self.new_shapes, places).tolist(), strict=True):
            if row.cell_id not in code:
                continue
            label = self.labels[i] if i >= 0 else None
            new = self.codes[label] if label is not None else None
            made.append(
                Move(
                    row.id,
                    row.name,
                    row.code,
                    row.cell_id,
                    label,
                    new,
                    self.owner.get(row.cell_id),
                    self.officer[label] if label is not None else None,
                    new != code[row.cell_id],
                )
            )
        return made

    def heirs_of(self, moves: Iterable[Move]) -> list[Heir]:
        """Which cell goes where."""
        count = Counter((move.old_cell_id, move.label) for move in moves)
        whole = {
            cell.id: self._area(shape) for cell, shape in zip(self.present, self.old_shapes, strict=True)
        }
        return [
            Heir(old, label, min(1.0, area / whole[old]), count[old, label])
            for old, heirs in self.heirs.items()
            for label, area in heirs
        ]

    def _params(self, months: float = 0) -> dict[str, Any]:
        since = datetime.now(SHANGHAI) - months * MONTH
        return {"j": self.draft.jurisdiction_id, "stations": self.stations, "since": since}

    def _sites(self, rows: Sequence[Any]) -> list[tuple[int | None, int | None]]:
        """``(old cell id, label)`` of things: by their place, else by their cell then and its heir."""
        places = np.array(
            [
                (row.lon if row.lon is not None else 999, row.lat if row.lat is not None else 999)
                for row in rows
            ],
            dtype=np.float64,
        ).reshape(-1, 2)
        known = {cell.id for cell in self.present}
        sites: list[tuple[int | None, int | None]] = []
        for row, k, i in zip(
            rows,
            placed(self.old_shapes, places).tolist(),
            placed(self.new_shapes, places).tolist(),
            strict=True,
        ):
            old = self.present[k].id if k >= 0 else row.cell_id if row.cell_id in known else None
            heirs = self.heirs.get(row.cell_id, [])
            sites.append((old, self.labels[i] if i >= 0 else heirs[0][0] if heirs else None))
        return sites

    def loads(
        self, months: float
    ) -> tuple[dict[int, Load], dict[int, Load], list[tuple[int | None, int | None]]]:
        """Loads by present cell, by drafted cell, and the sites of the open matters."""
        work = service.ground(self.session, self.draft)
        old = {
            cell.id: Load(1, self._area(shape), workload=share)
            for cell, shape, (_, share) in zip(
                self.present, self.old_shapes, work.work(self.old_shapes), strict=True
            )
        }
        new = {
            label: Load(1, self._area(shape), workload=share)
            for label, shape, (_, share) in zip(
                self.labels, self.new_shapes, work.work(self.new_shapes), strict=True
            )
        }
        for move in self.moves:
            _count(old, new, [(move.old_cell_id, move.label)], "businesses")
        matters = self.session.execute(queries.MATTERS, self._params(months)).all()
        standing = self._sites([row for row in matters if row.open])
        _count(old, new, standing, "open_matters")
        if months:
            _count(old, new, self._sites(matters), "matters")
            for kind, query in queries.DONE.items():
                _count(old, new, self._sites(self.session.execute(query, self._params(months)).all()), kind)
        return old, new, standing

    def inspectors(self, months: float = 0) -> tuple[list[Sides], dict[int, Load], dict[int, Load]]:
        """Each inspector before and after, with the loads by present and by drafted cell."""
        old, new, standing = self.loads(months)
        sides: dict[int | None, Sides] = {}

        def of(officer_id: int | None) -> Sides:
            return sides.setdefault(officer_id, Sides(officer_id))

        for cell_id, load in old.items():
            of(self.owner.get(cell_id)).today.add(load)
        for label, load in new.items():
            of(self.officer[label]).draft.add(load)

        def passes(old_cell: int | None, label: int | None, name: str, amount: float) -> None:
            giver = self.owner.get(old_cell) if old_cell is not None else None
            taker = self.officer[label] if label is not None else None
            if giver != taker:
                for side in (of(giver).loses, of(taker).gains):
                    setattr(side, name, getattr(side, name) + amount)

        for label, cell_id, area in self.overlay:
            passes(cell_id, label, "area_m2", area)
        for move in self.moves:
            passes(move.old_cell_id, move.label, "businesses", 1)
        for cell, label_ in standing:
            passes(cell, label_, "open_matters", 1)
        order = sorted(sides.values(), key=lambda side: (side.officer_id is None, side.officer_id or 0))
        return order, old, new

    def names(self) -> Mapping[int, str]:
        """Names of the inspectors concerned."""
        ids = {*self.owner.values(), *(o for o in self.officer.values() if o is not None)}
        rows = self.session.execute(queries.officers(self.draft.jurisdiction_id, sorted(ids)))
        return {row.id: row.name for row in rows}


def _count(
    old: dict[int, Load], new: dict[int, Load], sites: list[tuple[int | None, int | None]], name: str
) -> None:
    for cell_id, label in sites:
        if cell_id in old:
            setattr(old[cell_id], name, getattr(old[cell_id], name) + 1)
        if label in new:
            setattr(new[label], name, getattr(new[label], name) + 1)
