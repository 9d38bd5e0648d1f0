"""The board's evaluation indicators, hotspots and clocks: what they count opens by ``board_rows``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names
from api.auth import User
from api.deps import Db
from api.periods import Asked
from api.permissions import Permission
from api.policy import permit
from gridsup.analytics import clocks, hexagons, hotspots, indicators
from gridsup.analytics.indicators import Figure, Group, Indicator
from gridsup.people import queries as people
from gridsup.procedures.pack import Words

router = APIRouter(prefix="/board", tags=["board"])
Reader = Annotated[User, permit(Permission.BOARD_READ)]
Name = Annotated[str, Path(pattern="^[a-z_]{1,40}$", description="an indicator, such as `on_time_rate`")]


class FigureView(BaseModel):
    """A computed value with what it was divided from; `value` is null where there is nothing to divide by."""

    value: float | None
    numerator: float
    denominator: float


class PeriodFigure(FigureView):
    since: date
    until: date


class IndicatorRow(FigureView):
    """One indicator over the period, beside the period before (环比) and the same last year (同比)."""

    id: str
    title: Words
    formula: Words
    numerator_words: Words
    denominator_words: Words
    numerator_set: str = Field(description="its row set, which `/api/board/rows/{name}` opens")
    denominator_set: str
    numerator_take: Literal["count", "sum"]
    denominator_take: Literal["count", "sum"]
    unit: Words
    better: Literal["up", "down", "none"]
    by: list[Group]
    source: str = Field(description="the rule that asks for it")
    before: PeriodFigure
    last_year: PeriodFigure


class IndicatorGroup(FigureView):
    """One cell, station, inspector or department; `key` null: rows that belong to none."""

    key: int | str | None
    label: str | None
    before: float | None
    last_year: float | None


class HotspotRow(BaseModel):
    """A cell's Getis-Ord Gi*: `level` 99, 95, 90 hot, negative cold, 0 not significant."""

    cell_id: int
    code: str
    name: str
    findings: int
    density: float = Field(description="findings per km²")
    z: float
    p: float = Field(description="two-sided pseudo p-value of the permutations")
    level: int


class Hotspots(BaseModel):
    """`cells` is empty when there are too few, or none differs from another."""

    since: date
    until: date
    permutations: int
    fewest: int
    cells: list[HotspotRow]


class HexagonRow(BaseModel):
    """A hexagon's findings and Getis-Ord Gi*; `q` and `r` name it among those of its side."""

    q: int
    r: int
    findings: int
    z: float
    p: float = Field(description="two-sided pseudo p-value of the permutations")
    level: int
    ring: list[list[float]] = Field(description="outline, longitude and latitude (CRS84), closed")


class Hexagons(BaseModel):
    """`side` is larger than the one asked for where that would be more hexagons than `most`."""

    since: date
    until: date
    asked: int
    side: int = Field(description="metres of an edge")
    area_km2: float = Field(description="of one hexagon, in the metric CRS")
    findings: int = Field(description="of the period, with a position")
    unplaced: int = Field(description="of the period, without one: in no hexagon")
    permutations: int
    fewest: int
    most: int
    hexagons: list[HexagonRow] = Field(description="empty when too few, or when none differs from another")


class ClockRow(BaseModel):
    """Clocks that fell due in the period, of a department or a station."""

    key: int | str | None
    label: str | None
    due: int
    on_time: int
    late: int = Field(description="met after they were over")
    waiting: int = Field(description="over and still not met")
    median_days: float | None


@router.get("/indicators")
def get_indicators(user: Reader, session: Db, asked: Asked) -> list[IndicatorRow]:
    """Every indicator of the catalogue, over the whole jurisdiction."""
    spans = (asked, indicators.before(*asked), indicators.last_year(*asked))
    counted = indicators.compared(session, user.jurisdiction_id, *asked)
    found = []
    for one in indicators.catalogue().values():
        now, before, year = (each.figure(one) for each in counted)
        found.append(
            IndicatorRow(
                **_entry(one),
                **_figure(now),
                before=PeriodFigure(since=spans[1][0], until=spans[1][1], **_figure(before)),
                last_year=PeriodFigure(since=spans[2][0], until=spans[2][1], **_figure(year)),
            )
        )
    return found


@router.get("/indicators/{name}/groups")
def get_indicator_groups(
    name: Name, user: Reader, session: Db, asked: Asked, by: Group
) -> list[IndicatorGroup]:
    """One indicator by cell, station, inspector or department."""
    one, place = indicators.indicator(name), user.jurisdiction_id
    now, before, year = (
        {each.key: each for each in counted.figures(one, by)}
        for counted in indicators.compared(session, place, *asked)
    )
    labels = _labels(session, place, by, list(now))
    return [
        IndicatorGroup(
            key=key,
            label=labels.get(key),
            before=before[key].value if key in before else None,
            last_year=year[key].value if key in year else None,
            **_figure(figure),
        )
        for key, figure in now.items()
    ]


@router.get("/hotspots")
def get_hotspots(user: Reader, session: Db, asked: Asked) -> Hotspots:
    """Where findings gather more, or less, than chance: Getis-Ord Gi* with permutations and FDR."""
    found = hotspots.hotspots(session, user.jurisdiction_id, *asked)
    return Hotspots(
        since=asked.since,
        until=asked.until,
        permutations=hotspots.PERMUTATIONS,
        fewest=hotspots.FEWEST,
        cells=[HotspotRow.model_validate(one, from_attributes=True) for one in found],
    )


Metres = Annotated[int, Query(ge=1, le=100_000, alias="side", description="100, 250, 500, 1000, 2000, 5000")]


@router.get("/hexagons")
def get_hexagons(user: Reader, session: Db, asked: Asked, side: Metres = 500) -> Hexagons:
    """The same statistic over a grid of equal hexagons in the metric CRS, whatever the cells' outlines."""
    found = hexagons.hexagons(session, user.jurisdiction_id, *asked, side)
    return Hexagons(
        since=asked.since,
        until=asked.until,
        asked=side,
        side=found.side,
        area_km2=1.5 * 3**0.5 * found.side**2 / 1e6,
        findings=found.findings,
        unplaced=found.unplaced,
        permutations=hotspots.PERMUTATIONS,
        fewest=hotspots.FEWEST,
        most=hexagons.MOST,
        hexagons=[HexagonRow.model_validate(one, from_attributes=True) for one in found.spots],
    )


@router.get("/clocks")
def get_clocks(user: Reader, session: Db, asked: Asked, by: clocks.By = "department") -> list[ClockRow]:
    """Clocks that fell due in the period: in time, late, still waiting, and the median days they took."""
    lines = clocks.clock_lines(session, user.jurisdiction_id, *asked, by)
    labels = _labels(session, user.jurisdiction_id, by, [one.key for one in lines])
    return [
        ClockRow(
            key=one.key,
            label=labels.get(one.key),
            due=one.due,
            on_time=one.on_time,
            late=one.late,
            waiting=one.waiting,
            median_days=one.median_days,
        )
        for one in lines
    ]


def _figure(one: Figure) -> dict[str, Any]:
    return {"value": one.value, "numerator": one.numerator, "denominator": one.denominator}


def _entry(one: Indicator) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "formula": one.formula,
        "numerator_words": one.numerator.words,
        "denominator_words": one.denominator.words,
        "numerator_set": one.numerator.set,
        "denominator_set": one.denominator.set,
        "numerator_take": one.numerator.take,
        "denominator_take": one.denominator.take,
        "unit": one.unit,
        "better": one.better,
        "by": list(one.by),
        "source": one.source,
    }


def _labels(session: Session, jurisdiction_id: int, by: str, keys: list[Any]) -> dict[Any, str]:
    if by == "department":
        bodies = session.scalars(people.organisations(jurisdiction_id, kind="department", active_only=False))
        return {one.code: one.name for one in bodies}
    if by == "cell":
        return names.look_up(session, jurisdiction_id, cells_=keys).cells
    if by == "station":
        return names.look_up(session, jurisdiction_id, bodies=keys).bodies
    return names.look_up(session, jurisdiction_id, officers=keys).officers
