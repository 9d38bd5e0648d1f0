"""Boundaries, roads, cells and bodies from files into the database. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from geo_data import queries
from geo_data.features import Features, read_boundary, read_cells, read_roads
from geo_data.layers import Progress
from geo_data.model import ImportBatch
from geo_data.reasons import Reason
from geo_data.staging import same_file
from geo_data.tables import file_digest, read_table
from geo_data.values import as_text
from gridsup import spatial
from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells.drafts import CellDraft
from gridsup.cells.model import Road
from gridsup.codes.text import tidy
from gridsup.db import announce
from gridsup.errors import FieldFault, Invalid, NotFound
from gridsup.people.model import Organisation
from gridsup.registry.record import home_of
from gridsup.registry.rehoming import Division, enact_division

SLICE = 5000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What landed, and the features left out by their number in the file."""

    batch_id: int
    landed: int
    faults: list[tuple[int, Reason]]
    area_m2: float = 0.0


def load_boundary(
    session: Session,
    jurisdiction_id: int,
    path: str | Path,
    *,
    datum: str | None = None,
    pick: str | None = None,
    layer: str | None = None,
    body_code: str | None = None,
    officer_id: int | None = None,
) -> Loaded:
    """Set the boundary of the jurisdiction, or the area of the station, street or community ``body_code``.

    Raises Invalid of :func:`geo_data.features.read_boundary`, NotFound ``body-unknown``.
    """
    shape = read_boundary(path, pick=pick, layer=layer, datum=datum)
    home = home_of(session, jurisdiction_id)
    if body_code is None:
        home.boundary = from_shape(shape, srid=spatial.CANONICAL)
    else:
        body = session.scalar(queries.body(jurisdiction_id, body_code))
        if body is None:
            raise NotFound(
                "body-unknown",
                zh="没有编码为 {body} 的所、街道或社区。",
                en="There is no station, street or community with the code {body}.",
                body=body_code,
            )
        body.area = from_shape(shape, srid=spatial.CANONICAL)
    area = spatial.area_m2(shape, home.metric_srid)
    announce(session, jurisdiction_id, "boundaries")
    batch = _record(session, jurisdiction_id, "boundary", Path(path), 1, [], datum, officer_id, area_m2=area)
    return Loaded(batch.id, 1, [], area)


def load_roads(
    session: Session,
    jurisdiction_id: int,
    path: str | Path,
    *,
    datum: str | None = None,
    layer: str | None = None,
    margin_m: float = 500.0,
    source: str | None = None,
    officer_id: int | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Load lines that can bound cells, cut to the boundary and ``margin_m`` around it where one is known.

    Roads of the same ``source`` (the file's name unless told) give way to the new ones. Raises Conflict
    ``import-same-file`` when this very file is loaded already.
    """
    path = Path(path)
    _refuse_same(session, jurisdiction_id, "roads", path)
    home = home_of(session, jurisdiction_id)
    found = read_roads(path, layer=layer, datum=datum, progress=progress)
    frame = found.frame
    if home.boundary is not None:
        zone = spatial.to_metric(to_shape(home.boundary), home.metric_srid).buffer(margin_m)
        frame = _clip(frame, spatial.from_metric(zone, home.metric_srid))
    if not len(frame):
        raise Invalid(
            "roads-none-here",
            zh="{name} 中没有位于辖区内的道路。请核对文件和坐标系。",
            en="{name} has no roads within the jurisdiction. Check the file and its datum.",
            name=path.name,
        )
    source = source or path.name
    session.execute(delete(Road).where(Road.jurisdiction_id == jurisdiction_id, Road.source == source))
    rows = [
        {
            "jurisdiction_id": jurisdiction_id,
            "kind": kind,
            "name": name,
            "source": source,
            "geom": from_shape(line, srid=spatial.CANONICAL),
        }
        for kind, name, line in zip(frame["kind"], frame["name"], frame.geometry, strict=True)
    ]
    for start in range(0, len(rows), SLICE):
        session.execute(insert(Road), rows[start : start + SLICE])
        if progress is not None:
            progress(min(start + SLICE, len(rows)), len(rows))
    announce(session, jurisdiction_id, "roads")
    batch = _record(session, jurisdiction_id, "roads", path, len(rows), found.faults, found.datum, officer_id)
    return Loaded(batch.id, len(rows), found.faults)


def _clip(frame: gpd.GeoDataFrame, zone: Any) -> gpd.GeoDataFrame:
    inside = frame.iloc[frame.sindex.query(zone, predicate="intersects")].copy()
    inside["geometry"] = shapely.intersection(inside.geometry.values, zone)
    inside = inside.explode(ignore_index=True)
    return inside[inside.geom_type == "LineString"].reset_index(drop=True)


def read_cell_drafts(
    session: Session,
    jurisdiction_id: int,
    path: str | Path,
    *,
    datum: str | None = None,
    layer: str | None = None,
    station: str | None = None,
    progress: Progress | None = None,
) -> tuple[list[CellDraft], Features]:
    """Cells as drawn in a file, each with its station: ``station`` for all, or the file's own column (code or
    name), or the leading part of the cell's code. Raises Invalid ``cells-without-station`` naming features.
    """
    found = read_cells(path, layer=layer, datum=datum, progress=progress)
    known = {code: code for code, _ in session.execute(queries.stations(jurisdiction_id))}
    known |= {name: code for code, name in session.execute(queries.stations(jurisdiction_id))}
    drafts, faults = [], []
    for n, row in enumerate(found.frame.itertuples(index=False)):
        code = tidy(row.code) if row.code else ""
        home = known.get(station or row.station or "") or _leading(code, known)
        if home is None:
            said = station or row.station or row.code or "—"
            faults.append(
                FieldFault(
                    f"/{n}/station",
                    f"第 {n + 1} 个网格：没有“{said}”这个所。",
                    f"Cell {n + 1}: no station “{said}”.",
                )
            )
            continue
        grid = code.removeprefix(home).strip("-./_") or None
        drafts.append(
            CellDraft(row.geometry, home, grid=grid, name=row.name or None, community=row.community or None)
        )
    if faults:
        raise Invalid(
            "cells-without-station",
            zh="有 {n} 个网格找不到所属的所。请在文件中填写所的编码或名称，或导入时指定一个所。",
            en="{n} cells belong to no known station. Write the station's code or name into "
            "the file, or state one.",
            faults=faults,
            n=len(faults),
        )
    return drafts, found


def _leading(code: str, known: dict[str, str]) -> str | None:
    fits = [station for station in set(known.values()) if code.startswith(station)]
    return max(fits, key=len) if fits else None


def load_cells(
    session: Session,
    jurisdiction_id: int,
    path: str | Path,
    *,
    datum: str | None = None,
    layer: str | None = None,
    station: str | None = None,
    officer_id: int | None = None,
    progress: Progress | None = None,
) -> tuple[Loaded, Division]:
    """Make the cells of a file the cells of their stations from today on, proved seamless.

    Raises what :func:`read_cell_drafts` and :func:`gridsup.registry.rehoming.enact_division` raise; above all
    Invalid ``division-faulty`` with every gap, overlap and sliver by its place.
    """
    path = Path(path)
    drafts, found = read_cell_drafts(
        session, jurisdiction_id, path, datum=datum, layer=layer, station=station, progress=progress
    )
    division = enact_division(session, jurisdiction_id, drafts)
    batch = _record(
        session, jurisdiction_id, "cells", path, len(drafts), found.faults, found.datum, officer_id
    )
    return Loaded(batch.id, len(drafts), found.faults), division


def load_bodies(
    session: Session, jurisdiction_id: int, path: str | Path, *, officer_id: int | None = None
) -> Loaded:
    """Streets (9-digit codes, GB/T 10114) and communities (12 digits) from a table with code and name.

    Codes of other jurisdictions are passed over and reported; a body that exists takes the new name.
    """
    table = read_table(path)
    pairs = [_body_row(row.values) for row in table.rows]
    faults: list[tuple[int, Reason]] = []
    landed = 0
    prefix = str(jurisdiction_id)
    for row, (code, name) in sorted(zip(table.rows, pairs, strict=True), key=lambda item: len(item[1][0])):
        if not (code.startswith(prefix) and len(code) in (9, 12) and code.isdigit() and name):
            faults.append((row.number, FOREIGN_BODY))
            continue
        kind = "street" if len(code) == 9 else "community"
        body = session.scalar(queries.body(jurisdiction_id, code))
        if body is None:
            parent = session.scalar(queries.body(jurisdiction_id, code[:9])) if kind == "community" else None
            body = Organisation(jurisdiction_id=jurisdiction_id, kind=kind, code=code, name=name)
            body.parent_id = parent.id if parent else None
            session.add(body)
        body.name = name
        session.flush()
        landed += 1
    batch = _record(session, jurisdiction_id, "bodies", Path(path), landed, faults, None, officer_id)
    return Loaded(batch.id, landed, faults)


def _body_row(values: dict[str, Any]) -> tuple[str, str]:
    """Code and name of a row, whatever its columns are called."""
    texts = {str(column).lower(): as_text(cell) or "" for column, cell in values.items()}
    code = next(
        (texts[c] for c in ("code", "代码", "编码", "统计用区划代码", "社区编码", "街道编码") if c in texts),
        "",
    )
    name = next((texts[c] for c in ("name", "名称", "社区名称", "街道名称") if c in texts), "")
    return code.removesuffix("000") if len(code) == 12 and code.endswith("000") else code, name


def _refuse_same(session: Session, jurisdiction_id: int, kind: str, path: Path) -> None:
    earlier = session.scalar(queries.batches_of_file(jurisdiction_id, kind, file_digest(path)).limit(1))
    if earlier is not None:
        raise same_file(earlier, path.name)


def _record(
    session: Session,
    jurisdiction_id: int,
    kind: str,
    path: Path,
    good: int,
    faults: Sequence[tuple[int, Reason]],
    datum: str | None,
    officer_id: int | None,
    **result: Any,
) -> ImportBatch:
    """A layer has no stage of its own: it is checked and lands in one step, and is on record as a batch."""
    batch = ImportBatch(
        jurisdiction_id=jurisdiction_id,
        kind=kind,
        filename=path.name,
        sha256=file_digest(path),
        datum=datum,
        mapping={},
        state="confirmed",
        good=good,
        bad=len(faults),
        officer_id=officer_id,
        confirmed_at=datetime.now(SHANGHAI),
        result={"landed": good, **result, "faults": [[n, r.code, r.zh, r.en] for n, r in faults[:200]]},
    )
    session.add(batch)
    session.flush()
    return batch


FOREIGN_BODY = Reason(
    "body-foreign",
    "不是本辖区的街道（9 位代码）或社区（12 位代码），未导入。",
    "Not a street (9 digits) or community (12 digits) of this jurisdiction; left out.",
)
