"""A proposed division before it is enacted: what was drawn, checked, and planned into codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy.orm import Session

from gridsup.cells import queries
from gridsup.cells.model import Cell
from gridsup.cells.serials import scheme_of
from gridsup.cells.topology import check_cells
from gridsup.codes import CodeScheme
from gridsup.errors import FieldFault, Invalid
from gridsup.people.model import Jurisdiction, Organisation


@dataclass(frozen=True, slots=True)
class CellDraft:
    """One cell as it was drawn. ``geometry`` is a polygon in CRS84 degrees (EPSG:4490, lon lat).

    ``station`` and ``community`` are codes of bodies. Without ``grid`` the cell receives the station's
    next number, or keeps its number when its shape has not changed.
    """

    geometry: shapely.Polygon
    station: str
    grid: str | None = None
    name: str | None = None
    community: str | None = None
    national_code: str | None = None
    duties: list[Any] | None = None
    requirements: list[Any] | None = None
    targets: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Stations:
    """The bodies that a division names: codes to ids, and the stations' names."""

    ids: dict[str, int]
    names: dict[str, str]
    communities: dict[str, int]


@dataclass(frozen=True, slots=True)
class Planned:
    """A draft with the code it will have. ``kept`` is the present cell that it leaves as it is."""

    draft: CellDraft
    station_id: int
    community_id: int | None
    grid: str
    code: str
    default_name: str
    kept: Cell | None


TOLERANCE_M = 0.05
"""Mean width (metres) below which a piece of gap or overlap is rounding: an edge that is straight in the
metric plane bends by centimetres in degrees."""


def check(session: Session, home: Jurisdiction, drafts: Sequence[CellDraft]) -> Stations:
    """Check the drawing station by station against the station's area; the bodies it names.

    A station without a stored area takes the ground of its cells as its area. Raises Invalid
    ``division-faulty`` with one fault (pointer ``/n`` of the first draft concerned) per place and per number
    given twice, Invalid
    ``division-empty``, ``division-unknown-body``.
    """
    if not drafts:
        raise Invalid(
            "division-empty",
            zh="没有网格可导入。请检查文件。",
            en="There are no cells to load. Check the file.",
        )
    stations, areas = _bodies(session, home.jurisdiction_id, drafts)
    faults = _doubled(scheme_of(home), drafts)
    for code in stations.ids:
        members = [n for n, draft in enumerate(drafts) if draft.station == code]
        labels = [_label(drafts[n], n) for n in members]
        shapes = [drafts[n].geometry for n in members]
        report = check_cells(
            shapes, labels, areas[code], metric_srid=int(home.metric_srid), tolerance_m=TOLERANCE_M
        )
        first = dict(zip(reversed(labels), reversed(members), strict=True))
        faults += [
            FieldFault(f"/{first[fault.codes[0]]}" if fault.codes else "", zh=fault.zh, en=fault.en)
            for fault in report.faults
            if fault.blocking
        ]
    if faults:
        raise Invalid(
            "division-faulty",
            zh="网格划分有 {n} 处错误，首处：{first_zh}请按清单逐处修正后重新导入。",
            en="The division has {n} faults, the first: {first_en} Mend each place of the list and load "
            "it again.",
            faults=faults,
            n=len(faults),
            first_zh=faults[0].zh,
            first_en=faults[0].en,
        )
    for code, area in areas.items():
        if area is None:
            ground = shapely.union_all([draft.geometry for draft in drafts if draft.station == code])
            body = session.get_one(Organisation, (home.jurisdiction_id, stations.ids[code]))
            body.area = from_shape(shapely.multipolygons([*shapely.get_parts(ground)]), srid=4490)
    session.flush()
    return stations


def _doubled(scheme: CodeScheme, drafts: Sequence[CellDraft]) -> list[FieldFault]:
    """A fault for each draft whose number another one of its station has."""
    seen: set[tuple[str, str]] = set()
    faults = []
    for n, draft in enumerate(drafts):
        if draft.grid is None:
            continue
        key = (draft.station, _padded(scheme, draft.grid))
        if key in seen:
            faults.append(
                FieldFault(
                    f"/{n}",
                    zh=f"编号 {key[1]} 在 {key[0]} 所用于两个网格；请改其中一个的编号",
                    en=f"two cells of station {key[0]} have the number {key[1]}; change one of them",
                )
            )
        seen.add(key)
    return faults


def _label(draft: CellDraft, n: int) -> str:
    return f"{draft.station}-{draft.grid}" if draft.grid else f"{draft.station}#{n + 1}"


def _bodies(
    session: Session, jurisdiction_id: int, drafts: Sequence[CellDraft]
) -> tuple[Stations, dict[str, Any]]:
    """The stations and communities that the drafts name, and the stations' stored areas."""
    stations = {row.code: row for row in session.execute(queries.bodies(jurisdiction_id, "station"))}
    communities = {row.code: row.id for row in session.execute(queries.bodies(jurisdiction_id, "community"))}
    faults = []
    for n, draft in enumerate(drafts):
        if draft.station not in stations:
            faults.append(
                FieldFault(
                    f"/{n}/station", zh=f"没有代码为“{draft.station}”的所", en=f"no station “{draft.station}”"
                )
            )
        if draft.community is not None and draft.community not in communities:
            faults.append(
                FieldFault(
                    f"/{n}/community",
                    zh=f"没有代码为“{draft.community}”的社区",
                    en=f"no community “{draft.community}”",
                )
            )
    if faults:
        raise Invalid(
            "division-unknown-body",
            zh="有 {n} 处机构代码不存在。请先导入所和社区，或更正代码。",
            en="{n} codes name no body. Import stations and communities first, or correct the codes.",
            faults=faults,
            n=len(faults),
        )
    named = sorted({draft.station for draft in drafts})
    ids = {code: stations[code].id for code in named}
    names = {code: stations[code].name for code in named}
    areas = {
        code: shapely.from_wkb(bytes(stations[code].area)) if stations[code].area is not None else None
        for code in named
    }
    return Stations(ids, names, communities), areas


def plan(
    session: Session,
    home: Jurisdiction,
    stations: Stations,
    drafts: Sequence[CellDraft],
    present: Sequence[Cell],
) -> list[Planned]:
    """Give each draft its grid number and code (P10-C2), and find the present cells that stay.

    Numbers that a draft does not name continue after the highest that the station ever used.
    """
    scheme = scheme_of(home)
    shapes = {cell.id: shapely.normalize(to_shape(cell.geom)) for cell in present}
    last: dict[str, int] = {}
    taken = {(draft.station, _padded(scheme, draft.grid)) for draft in drafts if draft.grid}
    for code, station_id in stations.ids.items():
        used = session.scalars(queries.grids_ever(home.jurisdiction_id, station_id))
        given = [draft.grid for draft in drafts if draft.station == code and draft.grid]
        last[code] = max((int(grid) for grid in [*used, *given] if grid.isdigit()), default=0)
    planned: list[Planned] = []
    for draft in drafts:
        station_id = stations.ids[draft.station]
        grid = _padded(scheme, draft.grid) if draft.grid else None
        shape = shapely.normalize(draft.geometry)
        kept = next(
            (
                cell
                for cell in present
                if cell.station_id == station_id
                and (grid == cell.grid or (grid is None and (draft.station, cell.grid) not in taken))
                and shapely.equals_exact(shapes[cell.id], shape, 1e-9)
            ),
            None,
        )
        if grid is None and kept is None:
            last[draft.station] += 1
        grid = kept.grid if kept is not None else grid or _padded(scheme, str(last[draft.station]))
        planned.append(
            Planned(
                draft=draft,
                station_id=station_id,
                community_id=stations.communities[draft.community] if draft.community else None,
                grid=grid,
                code=scheme.format_cell(draft.station, grid),
                default_name=f"{stations.names[draft.station]}第{grid.lstrip('0') or grid}网格",
                kept=kept,
            )
        )
    return planned


def _padded(scheme: CodeScheme, grid: str) -> str:
    return grid.strip().zfill(scheme.grid_width)
