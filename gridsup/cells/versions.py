"""Dividing anew (重新划分): cells end, others begin, and nothing is lost on the way.

A division of one or more whole stations is checked, enacted and proved within the caller's transaction:
the old cells end on the day, lineage says which came out of which, each new cell takes over the owner,
duties and targets of the old cell that gave it most ground, businesses and open matters move (``follow``,
given by the register, which stands above), and PostGIS measures the stored result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from geoalchemy2.shape import from_shape
from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gridsup.cells import queries
from gridsup.cells.drafts import CellDraft, Planned, check, plan
from gridsup.cells.locate import today
from gridsup.cells.model import Cell, CellLineage
from gridsup.errors import Conflict, FieldFault, Invalid
from gridsup.people.model import Assignment, Jurisdiction

SEAM_M = 0.05
"""Half the widest seam, overlap or spill (metres) that a stored division may have."""
SHARE = 1e-3
"""Ground below this share of the smaller cell makes no lineage: it is a moved vertex, not a split."""


@dataclass(frozen=True, slots=True)
class Enacted:
    """What an enacted division did. ``heirs`` maps an ended cell to its successors, most ground first."""

    day: date
    begun: tuple[int, ...]
    ended: tuple[int, ...]
    kept: tuple[int, ...]
    heirs: dict[int, tuple[int, ...]]


class Follow(Protocol):
    """What moves with the cells. ``hold`` locks it before the cells are locked, ``move`` moves it."""

    def hold(self, session: Session, jurisdiction_id: int, cell_ids: list[int]) -> None: ...

    def move(self, session: Session, jurisdiction_id: int, enacted: Enacted) -> None: ...


def enact(
    session: Session,
    jurisdiction_id: int,
    drafts: Sequence[CellDraft],
    *,
    day: date,
    follow: Follow,
    trial: bool = False,
) -> Enacted:
    """Make ``drafts`` the cells of the stations that they name, from ``day`` (today or earlier) on.

    ``trial``: of a later day; the caller takes everything back.
    A cell whose shape and grid number stay is kept. Raises Invalid ``division-faulty`` naming each fault
    and its place, Invalid ``division-in-future``, Conflict ``division-too-early`` when a present cell
    began on or after ``day``, Invalid ``division-not-seamless`` when the stored result is not.
    """
    if day > today() and not trial:
        raise Invalid(
            "division-in-future",
            zh="生效日期 {day} 在未来。网格划分在生效当日执行，请到那天再提交。",
            en="The day {day} lies in the future. A division is enacted on the day itself; submit it then.",
            day=day,
        )
    home = session.scalars(queries.jurisdiction(jurisdiction_id)).one()
    stations = check(session, home, drafts)
    present = _lock_present(session, jurisdiction_id, list(stations.ids.values()), follow)
    planned = plan(session, home, stations, drafts, present)
    kept = {one.kept.id for one in planned if one.kept is not None}
    ended = [cell.id for cell in present if cell.id not in kept]
    _check_day(present, kept, day)
    session.execute(
        update(Cell)
        .where(Cell.jurisdiction_id == jurisdiction_id, Cell.id.in_(ended))
        .values(valid=func.daterange(func.lower(Cell.valid), day))
        .execution_options(synchronize_session=False)
    )
    begun = _begin(session, home, [one for one in planned if one.kept is None], day)
    shares = session.execute(queries.shared_ground(jurisdiction_id, ended, begun, SHARE)).all()
    _inherit(session, jurisdiction_id, ended, shares, day)
    heirs: dict[int, list[int]] = {old: [] for old in ended}
    for old, new, _area in sorted(shares, key=lambda row: -row[2]):
        heirs[old].append(new)
    done = Enacted(day, tuple(begun), tuple(ended), tuple(kept), {o: tuple(n) for o, n in heirs.items()})
    follow.move(session, jurisdiction_id, done)
    prove(session, home, list(stations.ids.values()), day)
    session.expire_all()
    return done


def _lock_present(
    session: Session, jurisdiction_id: int, stations: list[int], follow: Follow
) -> Sequence[Cell]:
    """The present cells of the stations, locked after what stands in them (lock order: matters first)."""
    query = queries.present_cells(jurisdiction_id, stations)
    follow.hold(session, jurisdiction_id, [cell.id for cell in session.scalars(query)])
    return session.scalars(query.order_by(None).order_by(Cell.id).with_for_update()).all()


def _check_day(present: Sequence[Cell], kept: set[int], day: date) -> None:
    late = [c for c in present if c.valid.lower > day or (c.id not in kept and c.valid.lower == day)]
    if late:
        raise Conflict(
            "division-too-early",
            zh="网格 {codes} 自 {since} 起生效；新的划分须晚于该日，不能从 {day} 起生效。",
            en="Cells {codes} are in force since {since}; a new division must begin after that day, not "
            "on {day}.",
            codes=", ".join(sorted(c.code for c in late)[:5]),
            since=max(c.valid.lower for c in late),
            day=day,
        )


def _begin(session: Session, home: Jurisdiction, planned: list[Planned], day: date) -> list[int]:
    """Insert the new cells and measure them in the jurisdiction's CRS; their ids."""
    if not planned:
        return []
    rows = [
        {
            "jurisdiction_id": home.jurisdiction_id,
            "code": one.code,
            "grid": one.grid,
            "name": one.draft.name or one.default_name,
            "station_id": one.station_id,
            "community_id": one.community_id,
            "national_code": one.draft.national_code,
            "geom": from_shape(one.draft.geometry, srid=4490),
            "area_m2": 0.0,
            "valid": Range(day, None),
            "duties": one.draft.duties or [],
            "requirements": one.draft.requirements or [],
            "targets": one.draft.targets or {},
        }
        for one in planned
    ]
    begun = list(session.scalars(insert(Cell).returning(Cell.id), rows))
    session.execute(queries.SET_MEASURES, {"j": home.jurisdiction_id, "ids": begun, "srid": home.metric_srid})
    return begun


def _inherit(
    session: Session,
    jurisdiction_id: int,
    ended: list[int],
    shares: Sequence[tuple[int, int, float]],
    day: date,
) -> None:
    """Lineage, and the owner, duties, requirements and targets of the old cell that gave most ground."""
    if shares:
        session.execute(
            insert(CellLineage),
            [
                {"jurisdiction_id": jurisdiction_id, "old_id": old, "new_id": new, "on_day": day}
                for old, new, _area in shares
            ],
        )
    parent = {new: old for old, new, _area in sorted(shares, key=lambda row: row[2])}
    params = {"j": jurisdiction_id, "day": day, "old": list(parent.values()), "new": list(parent)}
    session.execute(queries.INHERIT_DUTIES, params)
    owners = session.execute(queries.holders(jurisdiction_id, ended, day)).all()
    session.execute(
        update(Assignment)
        .where(
            Assignment.jurisdiction_id == jurisdiction_id,
            Assignment.cell_id.in_(ended),
            func.coalesce(func.upper(Assignment.during), func.date("infinity")) > day,
        )
        .values(
            during=func.daterange(
                func.lower(Assignment.during), func.greatest(func.lower(Assignment.during), day)
            )
        )
        .execution_options(synchronize_session=False)
    )
    officer = {row.cell_id: row.officer_id for row in owners}
    heirs = [
        {
            "jurisdiction_id": jurisdiction_id,
            "officer_id": officer[old],
            "cell_id": new,
            "during": Range(day, None),
        }
        for new, old in parent.items()
        if old in officer
    ]
    if heirs:
        session.execute(insert(Assignment), heirs)


def prove(session: Session, home: Jurisdiction, station_ids: list[int], day: date) -> None:
    """Prove on the stored rows that the cells fill the stations and overlap nowhere (P10-C1).

    Measured by PostGIS in the jurisdiction's metric CRS; a seam, overlap or spill up to 0.1 m wide is
    tolerated, because a straight edge differs that little between two CRSs. Raises Invalid
    ``division-not-seamless`` with one fault per place.
    """
    params = {
        "j": home.jurisdiction_id,
        "day": day,
        "stations": station_ids,
        "srid": home.metric_srid,
        "width": SEAM_M,
    }
    faults = [
        FieldFault(
            "",
            zh=f"网格 {row.first} 与 {row.second} 在（{row.lon:.6f}，{row.lat:.6f}）处重叠",
            en=f"cells {row.first} and {row.second} overlap at ({row.lon:.6f}, {row.lat:.6f})",
        )
        for row in session.execute(queries.OVERLAPS, params)
    ]
    for row in session.execute(queries.UNFILLED, params):
        gap = row.kind == "gap"
        faults.append(
            FieldFault(
                "",
                zh=f"{row.name}在（{row.lon:.6f}，{row.lat:.6f}）处{'有缝隙' if gap else '有网格超出边界'}"
                f"，约 {row.area_m2:.0f} 平方米",
                en=f"{row.name} at ({row.lon:.6f}, {row.lat:.6f}): "
                f"{'a gap' if gap else 'a cell reaches outside'}, about {row.area_m2:.0f} m²",
            )
        )
    if faults:
        raise Invalid(
            "division-not-seamless",
            zh="网格划分存在 {n} 处缝隙、重叠或越界，首处：{first_zh}。请修正后重新提交。",
            en="The division has {n} gaps, overlaps or spills, the first: {first_en}. Mend it and submit it "
            "again.",
            faults=faults,
            n=len(faults),
            first_zh=faults[0].zh,
            first_en=faults[0].en,
        )
