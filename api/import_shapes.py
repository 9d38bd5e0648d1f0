"""Staged imports as the API shows them. Identity and telephone numbers are masked for everybody here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.names import look_up
from geo_data import queries
from geo_data.duplicates import EXACT
from geo_data.model import ImportBatch, ImportMapping, ImportRow
from geo_data.sealing import masked

State = Literal["staged", "confirmed", "dropped"]
Kind = Literal["businesses", "cells", "boundary", "roads", "bodies"]
Because = Literal["uscc", "registration_no", "name_address", "name_nearby"]
SAMPLES = 3
SAMPLED_ROWS = 200
ColumnName = Annotated[str, Field(max_length=500)]
FieldName = Annotated[str, Field(max_length=60)]


class FeatureFault(BaseModel):
    """A feature of a layer that was left out; `feature` counts from 1 as in the file."""

    feature: int
    code: str
    zh: str
    en: str


class ImportResult(BaseModel):
    """What landed. Of businesses: `known` rows stood in the register already, `left` a person left out,
    `rejected` never could; `outside` lie in no cell."""

    landed: int
    placed: int | None = None
    unplaced: int | None = None
    outside: int | None = None
    known: int | None = None
    left: int | None = None
    rejected: int | None = None
    area_m2: float | None = None


class BatchRow(BaseModel):
    """One uploaded file."""

    id: int
    kind: Kind
    filename: str
    state: State
    datum: str | None
    good: int
    bad: int
    officer: str | None = Field(description="who uploaded it")
    created_at: datetime
    confirmed_at: datetime | None
    result: ImportResult | None = Field(description="null until it has landed")


class ColumnView(BaseModel):
    """A column of the file, what it means, and some of its cells."""

    name: str
    field: str | None = Field(description="null: not imported; see `GET /imports/fields`")
    confidence: float | None = Field(description="of a proposal, 0 to 1; null when a person said it")
    samples: list[str]


class DroppedView(BaseModel):
    """A row or a whole sheet that is no data (a total, a note, a hidden sheet) and was left out."""

    sheet: str | None
    row_no: int | None
    text: str
    code: str
    zh: str
    en: str


class Found(BaseModel):
    """What was found in the rows, with its first place. A fault keeps a row out, a note does not."""

    code: str
    level: Literal["fault", "note"]
    count: int
    zh: str
    en: str
    sheet: str | None
    row_no: int


class BatchView(BatchRow):
    """A file as it was understood."""

    columns: list[ColumnView]
    constants: dict[str, str]
    titles: list[str] = Field(description="what stood above the header")
    dropped: list[DroppedView]
    unplaced: int = Field(description="good rows without coordinates (未落点)")
    suggested: int = Field(description="rows that may be the same as another")
    known: int = Field(description="of these, the ones in the register already: they will not land again")
    found: list[Found]
    feature_faults: list[FeatureFault]


class ReasonView(BaseModel):
    """One fault or note of a row, by the column as the person knows it."""

    code: str
    level: Literal["fault", "note"]
    field: str | None
    column: str | None
    zh: str
    en: str


class SuggestionView(BaseModel):
    """Whom a row may be the same as: a business, or an earlier row of the file."""

    because: Because
    likeness: float
    name: str
    business_id: int | None = None
    sheet: str | None = None
    row_no: int | None = None
    metres: float | None = None
    known: bool = Field(description="the same business by its key: it does not land unless one says so")


class RowView(BaseModel):
    """One row as it came; `business_id` once it has landed."""

    id: int
    sheet: str | None
    row_no: int
    good: bool
    values: dict[str, str]
    reasons: list[ReasonView]
    suggestion: SuggestionView | None
    placed: bool
    business_id: int | None


class FieldView(BaseModel):
    """A field that a column may mean."""

    name: str
    zh: str
    en: str


class MappingView(BaseModel):
    """A saved mapping."""

    name: str
    columns: dict[str, str]
    constants: dict[str, str]


def batch_rows(session: Session, batches: Sequence[ImportBatch]) -> list[BatchRow]:
    """Batches of one jurisdiction as rows of a list."""
    if not batches:
        return []
    names = look_up(session, batches[0].jurisdiction_id, officers=[one.officer_id for one in batches])
    return [BatchRow(**_row(one, names.officer(one.officer_id))) for one in batches]


def batch_view(session: Session, batch: ImportBatch) -> BatchView:
    """One batch, its columns and what was found in its rows."""
    session.refresh(batch)  # what the database itself filled in
    names = look_up(session, batch.jurisdiction_id, officers=[batch.officer_id])
    where = {"j": batch.jurisdiction_id, "batch": batch.id}
    counts = session.execute(queries.COUNTS, {**where, "exact": list(EXACT)}).one()
    return BatchView(
        **_row(batch, names.officer(batch.officer_id)),
        columns=_columns(session, batch),
        constants=batch.mapping.get("constants", {}),
        titles=batch.mapping.get("titles", []),
        dropped=[DroppedView.model_validate(one) for one in batch.mapping.get("dropped", ())],
        unplaced=counts.unplaced,
        suggested=counts.suggested,
        known=counts.known,
        found=[
            Found(code=row.code, level=row.level, count=row.times, **row.first)
            for row in session.execute(queries.REASONS, where)
        ],
        feature_faults=[
            FeatureFault(feature=n, code=code, zh=zh, en=en)
            for n, code, zh, en in batch.result.get("faults", ())
        ],
    )


def row_view(row: ImportRow) -> RowView:
    record, suggestion = row.record or {}, row.suggestion
    return RowView(
        id=row.id,
        sheet=row.sheet,
        row_no=row.row_no,
        good=row.record is not None,
        values={column: _text(cell) for column, cell in row.raw.items() if cell is not None},
        reasons=[ReasonView.model_validate(one) for one in row.reasons],
        suggestion=SuggestionView(
            **suggestion, known="business_id" in suggestion and suggestion["because"] in EXACT
        )
        if suggestion
        else None,
        placed=record.get("lon") is not None,
        business_id=record.get("business_id"),
    )


def mapping_view(saved: ImportMapping) -> MappingView:
    return MappingView(
        name=saved.name,
        columns=saved.mapping.get("columns", {}),
        constants=saved.mapping.get("constants", {}),
    )


def _row(batch: ImportBatch, officer: str | None) -> dict[str, Any]:
    plain = ("id", "kind", "filename", "state", "datum", "good", "bad", "created_at", "confirmed_at")
    return {
        **{name: getattr(batch, name) for name in plain},
        "officer": officer,
        "result": ImportResult.model_validate(batch.result) if batch.result else None,
    }


def _columns(session: Session, batch: ImportBatch) -> list[ColumnView]:
    order = batch.mapping.get("order", ())
    samples: dict[str, list[str]] = {name: [] for name in order}
    for row in session.execute(queries.raw_rows(batch.jurisdiction_id, batch.id, limit=SAMPLED_ROWS)):
        _sample(samples, row.raw.items())
    return [
        ColumnView(
            name=name,
            field=batch.mapping["columns"].get(name),
            confidence=batch.mapping["confidence"].get(name),
            samples=samples[name],
        )
        for name in order
    ]


def _sample(samples: dict[str, list[str]], cells: Iterable[tuple[str, Any]]) -> None:
    for column, cell in cells:
        kept = samples.get(column)
        if kept is None or len(kept) >= SAMPLES or cell in (None, ""):
            continue
        text = _text(cell)[:60]
        if text not in kept:
            kept.append(text)


def _text(cell: Any) -> str:
    """A cell as it is shown, whole numbers without ``.0``."""
    cell = masked(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        cell = int(cell)
    return str(cell)
