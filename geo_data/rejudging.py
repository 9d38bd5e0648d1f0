"""Judging a staged batch anew when its columns or coordinates mean something else; rows keep their ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from geo_data import queries
from geo_data.confirming import get_batch, require_staged
from geo_data.mapping import ColumnMapping, Proposal, override, unmapped
from geo_data.model import ImportBatch
from geo_data.sealing import open_sealed
from geo_data.staging import judge, placing_of, staged_rows
from geo_data.tables import RawRow, RawTable
from gridsup.registry.record import home_of


def rejudge(
    session: Session,
    jurisdiction_id: int,
    batch_id: int,
    *,
    columns: Mapping[str, str | None],
    constants: Mapping[str, str] | None = None,
    datum: str | None = None,
) -> ImportBatch:
    """Judge every row of a staged batch by another mapping; the file is not needed again.

    ``columns``: column → field, or None for "not imported", over the batch's own mapping. ``constants`` and
    ``datum`` stay as they are unless given.

    Raises NotFound ``import-unknown``, Conflict ``import-not-staged``, Invalid ``mapping-…``,
    ``datum-not-stated``, ``datum-unknown``, ``crs-…``.
    """
    batch = get_batch(session, jurisdiction_id, batch_id, lock=True)
    require_staged(session, batch)
    table, ids = _table(session, batch)
    before = ColumnMapping.from_dict(batch.mapping)
    changed = override(Proposal(before, {}, []), columns, table)
    meant = ColumnMapping(changed.columns, dict(before.constants if constants is None else constants))
    home = home_of(session, jurisdiction_id)
    batch.datum = datum or batch.datum
    judged = judge(session, home, table, meant, placing_of(home, batch.datum), undecided=True)
    _rewrite(session, batch, list(staged_rows(batch, judged)), ids)
    batch.mapping = {
        **batch.mapping,
        **meant.to_dict(),
        "unmapped": unmapped(table.columns, meant),
        "confidence": {
            column: sure
            for column, sure in batch.mapping["confidence"].items()
            if meant.columns.get(column) == before.columns.get(column)
        },
    }
    batch.good, batch.bad = len(judged.good), len(judged.bad)
    session.flush()
    return batch


def _table(session: Session, batch: ImportBatch) -> tuple[RawTable, dict[tuple[str | None, int], int]]:
    """The batch's rows as they came, and their ids by sheet and number."""
    table = RawTable(list(batch.mapping["order"]), [])
    ids = {}
    for row in session.execute(queries.raw_rows(batch.jurisdiction_id, batch.id)):
        values = {column: open_sealed(cell) for column, cell in row.raw.items()}
        table.rows.append(RawRow(row.sheet, row.row_no, values))
        ids[row.sheet, row.row_no] = row.id
    return table, ids


def _rewrite(
    session: Session,
    batch: ImportBatch,
    rows: list[dict[str, Any]],
    ids: Mapping[tuple[str | None, int], int],
) -> None:
    def texts(name: str) -> list[str | None]:
        return [None if (one := row[name]) is None else json.dumps(one, ensure_ascii=False) for row in rows]

    session.execute(
        queries.REWRITE_ROWS,
        {
            "j": batch.jurisdiction_id,
            "ids": [ids[row["sheet"], row["row_no"]] for row in rows],
            **{name: texts(name) for name in ("raw", "record", "reasons", "suggestion")},
        },
    )
    session.expire_all()
