"""Rows under a figure: the row set by its name, and where on the map each row lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsup.analytics.rowsets import ROW_SETS, RowSet
from gridsup.errors import NotFound

_PLACES = {
    "business": """
        SELECT b.id, p.point FROM businesses b
        JOIN premises p ON p.jurisdiction_id = :j AND p.id = b.premises_id
        WHERE b.jurisdiction_id = :j AND b.id = ANY(:ids)
    """,
    "matter": "SELECT id, geom FROM matters WHERE jurisdiction_id = :j AND id = ANY(:ids)",
    "cell": "SELECT id, ST_PointOnSurface(geom) FROM cells WHERE jurisdiction_id = :j AND id = ANY(:ids)",
}
"""Kind of a row's ``ref`` → where those lie."""


def row_set(name: str) -> RowSet:
    """Raises NotFound ``row-set``."""
    if name not in ROW_SETS:
        zh, en = "没有名为 {name} 的明细。", "There are no rows named {name}."
        raise NotFound("row-set", zh=zh, en=en, name=name)
    return ROW_SETS[name]


def places(
    session: Session, jurisdiction_id: int, rows: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, int], list[float]]:
    """(kind, ref) of the rows → longitude and latitude; what has no position (未落点) is left out."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row["ref"] is not None:
            wanted.setdefault(row["kind"], set()).add(row["ref"])
    return {
        (kind, row[0]): [row[1], row[2]]
        for kind, ids in wanted.items()
        for row in session.execute(
            text(f"SELECT id, ST_X(p), ST_Y(p) FROM ({_PLACES[kind]}) found(id, p) WHERE p IS NOT NULL"),
            {"j": jurisdiction_id, "ids": sorted(ids)},
        )
    }
