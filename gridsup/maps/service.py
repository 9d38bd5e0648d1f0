"""The sheets of cells (网格责任图): what stands on them, gathered in one transaction, set outside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import shapely
from shapely import Polygon
from sqlalchemy.orm import Session

from gridsup.cells import queries as cells
from gridsup.cells import service as cell_service
from gridsup.cells.model import Cell
from gridsup.codes import mask_phone
from gridsup.documents.typesetting import typeset
from gridsup.errors import NotFound
from gridsup.maps import queries
from gridsup.maps.dots import Dot, Household, numbered
from gridsup.maps.drawing import RISKS, Frame, Neighbour, Road, draw, legend, rim
from gridsup.people import queries as people
from gridsup.people.model import Jurisdiction, Officer, Organisation

WIDTH_MM, HEIGHT_MM = 296.0, 255.0
"""The map on an A3 sheet in landscape."""
NUMBERED_UP_TO = 420
"""As many businesses as the index on the back of the sheet holds; beyond them the map tells density."""
BIN_MM = 9.0
RISK_WORDS = {1: "低风险", 2: "一般风险", 3: "较高风险", 4: "高风险"}
LOCAL = ZoneInfo("Asia/Shanghai")


def cell_sheet(
    session: Session, jurisdiction_id: int, cell_id: int, *, day: date, made_at: datetime
) -> list[dict[str, Any]]:
    """The data of one cell's sheet, as :func:`render` takes it. Raises NotFound ``cell-not-found``."""
    cell = cell_service.get(session, jurisdiction_id, cell_id)
    return _sheets(session, jurisdiction_id, [cell], day, made_at)


def station_sheets(
    session: Session, jurisdiction_id: int, station_id: int, *, day: date, made_at: datetime
) -> list[dict[str, Any]]:
    """The data of every cell of a station in force on ``day``, by code.

    Raises NotFound ``station-without-cells``.
    """
    found = list(session.scalars(cells.cells_on(jurisdiction_id, day, station_ids=[station_id])))
    if not found:
        raise NotFound(
            "station-without-cells",
            zh="编号为 {id} 的监管所在 {day} 没有网格。",
            en="Station {id} has no cells on {day}.",
            id=station_id,
            day=day.isoformat(),
        )
    return _sheets(session, jurisdiction_id, found, day, made_at)


def render(sheets: Sequence[dict[str, Any]], *, made_at: datetime) -> bytes:
    """One PDF, A3 in landscape: each cell's map and, on its back, the index of its businesses."""
    return typeset("cell_map", {"sheets": list(sheets)}, made_at=made_at)


def _sheets(
    session: Session, jurisdiction_id: int, found: Sequence[Cell], day: date, made_at: datetime
) -> list[dict[str, Any]]:
    home = session.scalars(cells.jurisdiction(jurisdiction_id)).one()
    ids = [cell.id for cell in found]
    stations = {one.id: one for one in session.scalars(people.organisations(jurisdiction_id, kind="station"))}
    holders = {row[0]: row[1] for row in session.execute(cells.holders(jurisdiction_id, ids, day))}
    officers = {
        one.id: one for one in session.scalars(people.officers_by_id(jurisdiction_id, holders.values()))
    }
    inside = defaultdict(list)
    for row in session.execute(queries.households(jurisdiction_id, ids, home.metric_srid)):
        inside[row[0]].append(row)
    return [
        _sheet(
            session,
            home,
            cell,
            stations[cell.station_id],
            officers.get(holders.get(cell.id, 0)),
            inside[cell.id],
            day,
            made_at,
        )
        for cell in found
    ]


def _sheet(
    session: Session,
    home: Jurisdiction,
    cell: Cell,
    station: Organisation,
    officer: Officer | None,
    rows: Sequence[Any],
    day: date,
    made_at: datetime,
) -> dict[str, Any]:
    srid, place = home.metric_srid, home.jurisdiction_id
    outline = session.execute(queries.outline(place, cell.id, srid)).scalar_one()
    ground = cast(Polygon, shapely.from_wkb(bytes(outline)))
    frame = Frame.around(ground, width=WIDTH_MM, height=HEIGHT_MM)
    around = session.execute(queries.cells_within(place, day, frame.window, srid))
    lines = session.execute(queries.roads_within(place, frame.window, srid)).all()
    roads = [Road(kind, name, shapely.from_wkb(bytes(line))) for kind, name, _, line in lines]
    households = [
        Household(*frame.place(x, y), name, trade or "其他", risk, licence != "valid")
        for _, name, trade, risk, licence, x, y in rows
    ]
    fits = len(households) <= NUMBERED_UP_TO
    avoid = rim(ground, frame) if fits else []
    dots = numbered(households, width=WIDTH_MM, height=HEIGHT_MM, avoid=avoid) if fits else []
    neighbours = [
        Neighbour(code, shapely.from_wkb(bytes(shape))) for id_, code, _, shape in around if id_ != cell.id
    ]
    crowd = [] if fits else households
    return {
        "svg": draw(ground, neighbours, roads, frame, dots=dots, crowd=crowd, side_mm=BIN_MM),
        "width_mm": WIDTH_MM,
        "height_mm": HEIGHT_MM,
        "scale": frame.scale,
        "bar": _bar(frame.scale),
        "bin_m": round(BIN_MM * frame.scale / 1000),
        "numbered": fits,
        "numbered_up_to": NUMBERED_UP_TO,
        "bureau": home.name,
        "demo": home.demo,
        "practice": home.practice,
        "name": cell.name,
        "code": cell.code,
        "national_code": cell.national_code,
        "area": _area(cell.area_m2),
        "station": station.name,
        "station_phone": station.phone,
        "officer": officer.name if officer else None,
        "officer_phone": mask_phone(officer.phone) if officer and officer.phone else None,
        "duties": [str(one) for one in cell.duties],
        "requirements": [str(one) for one in cell.requirements],
        "targets": [_target(name, value) for name, value in cell.targets.items()],
        "legend": legend(dots=fits),
        **_counts(households),
        "groups": _groups(dots),
        "sources": _sources({source for _, _, source, _ in lines}),
        "printed": made_at.astimezone(LOCAL).strftime("%Y-%m-%d"),
    }


def _counts(households: Sequence[Household]) -> dict[str, Any]:
    risks = Counter(one.risk for one in households)
    trades = Counter(one.trade for one in households)
    top = [one for one in trades.most_common() if one[0] != "其他"]
    rest = len(households) - sum(n for _, n in top[:11])
    named = [{"trade": trade, "count": n} for trade, n in top[:11]]
    return {
        "households": len(households),
        "unlicensed": sum(one.unlicensed for one in households),
        "risks": [
            {"label": RISK_WORDS[risk], "colour": RISKS[risk], "count": risks[risk]} for risk in sorted(RISKS)
        ],
        "trades": named + ([{"trade": "其他", "count": rest}] if rest else []),
    }


def _groups(dots: Sequence[Dot]) -> list[dict[str, Any]]:
    """The index: numbers by trade, the trade with most businesses first, “其他” last."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for dot in dots:
        for n, one in enumerate(dot.households, start=dot.first):
            groups[one.trade].append(
                {"n": n, "name": one.name, "colour": RISKS[one.risk], "unlicensed": one.unlicensed}
            )
    order = sorted(groups, key=lambda trade: (trade == "其他", -len(groups[trade]), trade))
    return [{"trade": trade, "rows": groups[trade]} for trade in order]


def _bar(scale: int) -> dict[str, Any]:
    """A bar of a round length, 40 to 100 mm long."""
    rounds = (20, 40, 60, 100, 200, 400, 600, 1000, 2000, 4000, 10_000, 20_000, 50_000, 100_000)
    metres = next(m for m in rounds if m * 1000 / scale >= 40)
    return {"metres": metres, "half": metres // 2, "mm": metres * 1000 / scale}


def _area(square_metres: float) -> str:
    if square_metres < 1e6:
        return f"{square_metres / 1e4:.2f} 公顷"
    return f"{square_metres / 1e6:.2f} 平方千米"


def _target(name: str, value: Any) -> str:
    if name == "visit_days":
        return f"每 {value:g} 天至少巡查各户一次"
    return f"{name}：{value}"


def _sources(named: set[str]) -> str:
    """The line that ODbL asks for, where roads came from OpenStreetMap; other sources by their names."""
    osm = {one for one in named if "osm" in one.lower() or "openstreetmap" in one.lower()}
    parts = ["网格、经营户：本局登记"]
    if osm:
        parts.append("道路 © OpenStreetMap contributors（ODbL）")
    parts += sorted(named - osm)
    return "；".join(parts)
