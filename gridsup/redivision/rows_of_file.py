"""The rows of an edited file: what stands beside the outlines of a draft's cells."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from gridsup.cells import queries as cell_queries
from gridsup.cells.serials import scheme_of
from gridsup.errors import FieldFault, Invalid
from gridsup.redivision import enacting, queries, scope, service
from gridsup.redivision.board import Board, DraftCell
from gridsup.redivision.model import Redivision
from gridsup.registry.record import home_of

COLUMNS = ("label", "grid", "name", "station", "community", "officer_id")
"""What a row of the layer ``cells`` says of its cell."""
LABELS, NAME = 1_000_000, 200
"""The highest label, and the longest name."""


def require_columns(frame: gpd.GeoDataFrame) -> None:
    """Raise Invalid ``import-column`` unless every column is there: a lost one clears nothing."""
    lost = [name for name in COLUMNS if name not in frame]
    if lost:
        raise Invalid(
            "import-column",
            zh="图层 cells 缺少列“{column}”。请用本平台导出的文件编辑，不要删列。",
            en="Layer cells lacks the column “{column}”. Edit a file exported here and delete no column.",
            column="、".join(lost),
        )


def cells_of(
    session: Session, draft: Redivision, board: Board, frame: gpd.GeoDataFrame
) -> dict[int, DraftCell]:
    """The rows of the file's layer ``cells`` by label; a row without a label is a new cell."""
    stations = {
        code: number
        for number, (code, _) in enacting.station_names(session, draft.jurisdiction_id).items()
        if number in {int(one) for one in draft.stations}
    }
    communities = {
        row.code: row.id for row in session.execute(cell_queries.bodies(draft.jurisdiction_id, "community"))
    }
    scheme = scheme_of(home_of(session, draft.jurisdiction_id))
    officers = set(session.scalars(queries.officers_in_service(draft.jurisdiction_id)))
    used = {label for label in numbers(frame, "label", "cells", optional=True) if label is not None}
    following = max([*used, *board.cells], default=0) + 1
    made: dict[int, DraftCell] = {}
    faults: list[FieldFault] = []
    for n, (label, row) in enumerate(
        zip(numbers(frame, "label", "cells", optional=True), frame.to_dict("records"), strict=True)
    ):
        if label is None:
            label, following = following, following + 1
        station, community = _word(row, "station"), _word(row, "community")
        if not 1 <= label <= LABELS:
            faults.append(
                FieldFault(
                    f"/{n}/label", f"label 应为 1 至 {LABELS}：{label}", f"label is 1 to {LABELS}: {label}"
                )
            )
        name = _word(row, "name")
        if name is not None and (len(name) > NAME or not name.isprintable()):
            faults.append(
                FieldFault(
                    f"/{n}/name",
                    f"名称须为不超过 {NAME} 字的一行",
                    f"a name is one line of {NAME} characters",
                )
            )
        if label in made:
            faults.append(FieldFault(f"/{n}/label", f"网格 {label} 出现两次", f"cell {label} occurs twice"))
        if station not in stations:
            faults.append(
                FieldFault(
                    f"/{n}/station",
                    f"网格 {label} 的所“{station}”不在本草案内",
                    f"station “{station}” of cell {label} is not part of the draft",
                )
            )
        if community is not None and community not in communities:
            faults.append(
                FieldFault(f"/{n}/community", f"没有社区“{community}”", f"no community “{community}”")
            )
        officer = _officer(row, n, officers, faults)
        made[label] = DraftCell(
            label,
            stations.get(station or "", 0),
            service.padded(scheme, _word(row, "grid")),
            name,
            communities.get(community) if community else None,
            officer,
        )
    grids = [(cell.station_id, cell.grid) for cell in made.values() if cell.grid]
    grids += sorted(scope.grids_beside(session, draft, board))
    for grid in sorted({pair[1] for pair in grids if grids.count(pair) > 1}):
        faults.append(FieldFault("", f"编号 {grid} 用于两个网格", f"two cells have the number {grid}"))
    if faults:
        raise Invalid(
            "import-rows",
            zh="网格图层有 {n} 处填写错误，首处：{first_zh}。未作任何改动。",
            en="The layer of cells has {n} wrong values, the first: {first_en}. Nothing was changed.",
            faults=faults,
            n=len(faults),
            first_zh=faults[0].zh,
            first_en=faults[0].en,
        )
    return made


def _officer(row: dict[Any, Any], n: int, officers: set[int], faults: list[FieldFault]) -> int | None:
    """The inspector of a row, None when it names nobody."""
    text = _word(row, "officer_id")
    if text is None:
        return None
    number = pd.to_numeric(text, errors="coerce")
    if number not in officers:
        faults.append(
            FieldFault(f"/{n}/officer_id", f"没有编号为“{text}”的在职人员", f"no officer “{text}” in service")
        )
        return None
    return int(number)


def _word(row: dict[Any, Any], name: str) -> str | None:
    value = row.get(name)
    return None if value is None or pd.isna(value) or not str(value).strip() else str(value).strip()


def numbers(frame: gpd.GeoDataFrame, name: str, layer: str, *, optional: bool = False) -> list[Any]:
    """A column of whole numbers. Raises Invalid ``import-column``."""
    values = pd.to_numeric(frame[name], errors="coerce") if name in frame else None
    if values is None or (not optional and values.isna().any()) or (values.dropna() % 1 != 0).any():
        raise Invalid(
            "import-column",
            zh="图层 {layer} 须有整数列“{column}”，每行都要填写。请用本平台导出的文件编辑。",
            en="Layer {layer} needs a column “{column}” of whole numbers in each row. Edit a file exported "
            "here.",
            layer=layer,
            column=name,
        )
    return [None if pd.isna(value) else int(value) for value in values]
