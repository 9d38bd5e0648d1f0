"""Workload of inspectors, measured and asked what if (工作量推演): absence, merged cells, new shops.

A pure function over a :class:`Frame` of facts: nothing is read or written. Work is a stated mix of measures,
in hours over a period; a scenario moves work between inspectors or adds it, it never loses any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from math import sqrt
from typing import Literal

from gridsup.errors import Invalid, NotFound

MEASURES = ("visits_due", "visits_made", "findings", "matters", "overdue")


@dataclass(frozen=True, slots=True)
class Mix:
    """Hours that one of each measure weighs. A visit made counts nothing beside the visit that was due."""

    visits_due: float = 0.5
    visits_made: float = 0.0
    findings: float = 1.0
    matters: float = 3.0
    overdue: float = 1.0


@dataclass(frozen=True, slots=True)
class Measures:
    """What a piece of ground asked for in the period; fractions where work is shared."""

    households: float = 0.0
    visits_due: float = 0.0
    visits_made: float = 0.0
    findings: float = 0.0
    matters: float = 0.0
    overdue: float = 0.0

    def __add__(self, other: Measures) -> Measures:
        return Measures(**{k: v + getattr(other, k) for k, v in asdict(self).items()})

    def __mul__(self, share: float) -> Measures:
        return Measures(**{k: v * share for k, v in asdict(self).items()})

    def hours(self, mix: Mix) -> float:
        return float(sum(getattr(mix, name) * getattr(self, name) for name in MEASURES))


@dataclass(frozen=True, slots=True)
class CellFacts:
    """A cell with its owner, its neighbours (cell → metres of shared border) and its households by street."""

    id: int
    code: str
    station_id: int
    officer_id: int | None
    measures: Measures
    neighbours: Mapping[int, float] = field(default_factory=dict)
    streets: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """An inspector with the deputy (B角) who receives the work when absent."""

    id: int
    name: str
    station_id: int
    deputy_id: int | None


@dataclass(frozen=True, slots=True)
class Frame:
    """The facts of a period, both days included. ``due_per_shop``: visits due in it, by risk."""

    since: date
    until: date
    cells: tuple[CellFacts, ...]
    officers: tuple[OfficerFacts, ...]
    due_per_shop: Mapping[int, float]

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def horizon(self) -> tuple[date, date]:
        """First and last day of the equally long period that follows, which a scenario is about."""
        return self.until + timedelta(days=1), self.until + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Absence:
    """An inspector is away; the horizon is the period's length from the day after it."""

    officer_id: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Merge:
    """Two neighbouring cells become one, under ``officer_id`` or the owner of the heavier one."""

    cell_id: int
    other_id: int
    officer_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewShops:
    """A street gets ``count`` new shops of a risk, spread over its cells by their present density."""

    street_id: int
    count: int
    risk: int = 2


Scenario = Absence | Merge | NewShops
Way = Literal["deputy", "neighbours", "station", "bureau", "nobody", "merge"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hours that pass from one inspector to another with a cell, and by which rule. None is nobody."""

    cell_id: int
    from_id: int | None
    to_id: int | None
    hours: float
    way: Way


@dataclass(frozen=True, slots=True)
class Load:
    """One inspector's work in the period; ``officer_id`` None gathers what nobody holds."""

    officer_id: int | None
    name: str
    cells: tuple[str, ...]
    measures: Measures
    hours: float


@dataclass(frozen=True, slots=True)
class Balance:
    """Over the inspectors who are there: CV and max/mean are 0 where there is no work."""

    total: float
    mean: float
    max: float
    max_over_mean: float
    cv: float


@dataclass(frozen=True, slots=True)
class Outcome:
    before: tuple[Load, ...]
    after: tuple[Load, ...]
    balance_before: Balance
    balance_after: Balance
    added: float
    """Hours that the scenarios add: of new shops alone."""
    transfers: tuple[Transfer, ...]


def simulate(frame: Frame, scenarios: Sequence[Scenario], mix: Mix | None = None) -> Outcome:
    """Before and after. Merges and new shops act in their order, absences on what results, all together.

    Raises NotFound (``cell-not-found``, ``officer``, ``street``), Invalid (``not-neighbours``,
    ``period-reversed``, ``outside-horizon``, ``same-cell``).
    """
    mix = mix or Mix()
    cells = {cell.id: cell for cell in frame.cells}
    transfers: list[Transfer] = []
    added = 0.0
    for one in scenarios:
        if isinstance(one, Merge):
            transfers += _merge(cells, frame, one, mix)
        elif isinstance(one, NewShops):
            added += _new_shops(cells, frame, one, mix)
    away = _shares([one for one in scenarios if isinstance(one, Absence)], frame)
    held, moved = _held(cells, frame, away, mix)
    before = _loads(frame, _own(frame.cells), mix)
    after = _loads(frame, held, mix)
    gone = {officer for officer, share in away.items() if share >= 1}
    return Outcome(before, after, balance(before), balance(after, but=gone), added, (*transfers, *moved))


def balance(loads: Sequence[Load], *, but: Collection[int] = ()) -> Balance:
    """Total of all loads; mean, max and CV over the inspectors, those in ``but`` left out."""
    hours = [one.hours for one in loads if one.officer_id is not None and one.officer_id not in but]
    total = sum(one.hours for one in loads)
    mean = sum(hours) / len(hours) if hours else 0.0
    if mean == 0:
        return Balance(total, mean, max(hours, default=0.0), 0.0, 0.0)
    spread = sqrt(sum((one - mean) ** 2 for one in hours) / len(hours))
    return Balance(total, mean, max(hours), max(hours) / mean, spread / mean)


Held = dict[int | None, list[tuple[CellFacts, float]]]
"""Inspector → the cells with the share of their work."""


def _own(cells: Sequence[CellFacts]) -> Held:
    held: Held = defaultdict(list)
    for cell in cells:
        held[cell.officer_id].append((cell, 1.0))
    return held


def _loads(frame: Frame, held: Held, mix: Mix) -> tuple[Load, ...]:
    names: dict[int | None, str] = {one.id: one.name for one in frame.officers}
    order: list[int | None] = [one.id for one in frame.officers]
    order += [one for one in held if one not in names]
    loads = []
    for officer in order:
        total = Measures()
        for cell, share in held.get(officer, ()):
            total += cell.measures * share
        codes = tuple(sorted({cell.code for cell, _ in held.get(officer, ())}))
        loads.append(Load(officer, names.get(officer, ""), codes, total, total.hours(mix)))
    return tuple(loads)


def _cell(cells: Mapping[int, CellFacts], number: int) -> CellFacts:
    if number not in cells:
        raise NotFound(
            "cell-not-found",
            zh="没有编号为 {id} 的网格，或它已在本次推演中并入他格。",
            en="There is no cell {id}, or it was merged into another in this simulation.",
            id=number,
        )
    return cells[number]


def _merge(cells: dict[int, CellFacts], frame: Frame, one: Merge, mix: Mix) -> list[Transfer]:
    if one.cell_id == one.other_id:
        raise Invalid("same-cell", zh="请选择两个不同的网格。", en="Choose two different cells.")
    a, b = _cell(cells, one.cell_id), _cell(cells, one.other_id)
    if b.id not in a.neighbours:
        raise Invalid(
            "not-neighbours",
            zh="网格 {a} 与 {b} 没有共同边界，不能合并。",
            en="Cells {a} and {b} share no border and cannot be merged.",
            a=a.code,
            b=b.code,
        )
    heavier = a if a.measures.hours(mix) >= b.measures.hours(mix) else b
    owner = one.officer_id if one.officer_id is not None else heavier.officer_id
    if one.officer_id is not None:
        _known(frame, one.officer_id)
    borders: dict[int, float] = defaultdict(float)
    streets: dict[int, float] = defaultdict(float)
    for cell in (a, b):
        for other, metres in cell.neighbours.items():
            if other not in (a.id, b.id):
                borders[other] += metres
        for street, count in cell.streets.items():
            streets[street] += count
    cells[a.id] = replace(
        a,
        code=f"{a.code}+{b.code}",
        officer_id=owner,
        measures=a.measures + b.measures,
        neighbours=dict(borders),
        streets=dict(streets),
    )
    del cells[b.id]
    for number, cell in cells.items():
        if b.id in cell.neighbours:
            near = dict(cell.neighbours)
            near[a.id] = near.get(a.id, 0.0) + near.pop(b.id)
            cells[number] = replace(cell, neighbours=near)
    return [
        Transfer(cell.id, cell.officer_id, owner, cell.measures.hours(mix), "merge")
        for cell in (a, b)
        if cell.officer_id != owner
    ]


def _new_shops(cells: dict[int, CellFacts], frame: Frame, one: NewShops, mix: Mix) -> float:
    """Each new shop asks for its visits by risk, and for findings and matters as an average shop does."""
    there = {
        cell.id: cell.streets[one.street_id] for cell in cells.values() if cell.streets.get(one.street_id)
    }
    if not there:
        raise NotFound(
            "street",
            zh="编号为 {id} 的街道在网格中没有经营户，无法按密度分摊。",
            en="Street {id} has no business in any cell: there is no density to spread by.",
            id=one.street_id,
        )
    total = Measures()
    for cell in cells.values():
        total += cell.measures
    usual = total * (1 / total.households) if total.households else Measures()
    shop = Measures(1.0, frame.due_per_shop[one.risk], 0.0, usual.findings, usual.matters, usual.overdue)
    whole, hours = sum(there.values()), 0.0
    for number, households in there.items():
        share = one.count * households / whole
        cell, more = cells[number], shop * share
        streets = {**cell.streets, one.street_id: households + share}
        cells[number] = replace(cell, measures=cell.measures + more, streets=streets)
        hours += more.hours(mix)
    return hours


def _known(frame: Frame, officer_id: int) -> None:
    if all(one.id != officer_id for one in frame.officers):
        raise NotFound(
            "officer",
            zh="编号为 {id} 的人员不是本辖区的巡查监管员。",
            en="Officer {id} is no inspector of this jurisdiction.",
            id=officer_id,
        )


def _shares(absences: Sequence[Absence], frame: Frame) -> dict[int, float]:
    """Inspector → the share of the horizon that the absences cover, each day once."""
    start, _ = frame.horizon
    days: dict[int, set[int]] = defaultdict(set)
    for one in absences:
        _known(frame, one.officer_id)
        if one.last_day < one.first_day:
            raise Invalid(
                "period-reversed",
                zh="缺勤的结束日期早于开始日期，请调换。",
                en="The absence ends before it begins; swap the two.",
            )
        first = max((one.first_day - start).days, 0)
        last = min((one.last_day - start).days, frame.days - 1)
        if first > last:
            raise Invalid(
                "outside-horizon",
                zh="缺勤 {first} 至 {last} 不在推演期内（{start} 起 {days} 天）。",
                en="The absence {first} to {last} lies outside the simulated {days} days from {start}.",
                first=one.first_day.isoformat(),
                last=one.last_day.isoformat(),
                start=start.isoformat(),
                days=frame.days,
            )
        days[one.officer_id] |= set(range(first, last + 1))
    return {officer: len(covered) / frame.days for officer, covered in days.items()}


def _held(
    cells: Mapping[int, CellFacts], frame: Frame, away: Mapping[int, float], mix: Mix
) -> tuple[Held, list[Transfer]]:
    held: Held = defaultdict(list)
    moved: list[Transfer] = []
    for cell in cells.values():
        share = away.get(cell.officer_id, 0.0) if cell.officer_id is not None else 0.0
        if share < 1:
            held[cell.officer_id].append((cell, 1 - share))
        if share > 0:
            way, takers = _takers(cell, cells, frame, away)
            for officer, part in takers.items():
                held[officer].append((cell, share * part))
                hours = cell.measures.hours(mix) * share * part
                moved.append(Transfer(cell.id, cell.officer_id, officer, hours, way))
    return held, moved


def _takers(
    cell: CellFacts, cells: Mapping[int, CellFacts], frame: Frame, away: Mapping[int, float]
) -> tuple[Way, dict[int | None, float]]:
    """Who takes a cell over and which part (the parts add up to 1), by the first rule that finds somebody:
    the B角; the owners of neighbouring cells by shared border; the station's others; the bureau's."""
    officers = {one.id: one for one in frame.officers}
    owner = officers.get(cell.officer_id or 0)
    present = [one for one in frame.officers if one.id not in away]
    there = {one.id for one in present}
    if owner is not None and owner.deputy_id in there:
        return "deputy", {owner.deputy_id: 1.0}
    borders: dict[int | None, float] = defaultdict(float)
    for number, metres in cell.neighbours.items():
        if number in cells and cells[number].officer_id in there:
            borders[cells[number].officer_id] += metres
    if whole := sum(borders.values()):
        return "neighbours", {officer: metres / whole for officer, metres in borders.items()}
    near = [one for one in present if one.station_id == cell.station_id]
    if near:
        return "station", {one.id: 1 / len(near) for one in near}
    if present:
        return "bureau", {one.id: 1 / len(present) for one in present}
    return "nobody", {None: 1.0}
