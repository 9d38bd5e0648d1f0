"""Every select of the staged imports, and what they ask of the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Select, Text, and_, any_, cast, func, or_, select, text

from geo_data.model import ImportBatch, ImportMapping, ImportRow
from gridsup.cells.queries import Rows
from gridsup.people.model import Jurisdiction, Organisation
from gridsup.registry.model import Business, Premises


def batch(jurisdiction_id: int, batch_id: int) -> Select[ImportBatch]:
    return select(ImportBatch).where(
        ImportBatch.jurisdiction_id == jurisdiction_id, ImportBatch.id == batch_id
    )


def turn(jurisdiction_id: int) -> Select[int]:
    """Wait for one's turn: imports of a jurisdiction land one after another, so that each sees what the one
    before has landed."""
    return (
        select(Jurisdiction.jurisdiction_id)
        .where(Jurisdiction.jurisdiction_id == jurisdiction_id)
        .with_for_update(key_share=True)
    )


def batches(jurisdiction_id: int, *, before: int | None = None, limit: int = 50) -> Select[ImportBatch]:
    """The latest first; ``before`` a batch those that are older."""
    query = select(ImportBatch)
    if before is not None:
        query = query.where(ImportBatch.id < before)
    return (
        query.where(ImportBatch.jurisdiction_id == jurisdiction_id)
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    )


def batches_of_file(jurisdiction_id: int, kind: str, sha256: str) -> Select[ImportBatch]:
    """Batches of the very same file that were not dropped, the latest first."""
    return (
        select(ImportBatch)
        .where(
            ImportBatch.jurisdiction_id == jurisdiction_id,
            ImportBatch.kind == kind,
            ImportBatch.sha256 == sha256,
            ImportBatch.state != "dropped",
        )
        .order_by(ImportBatch.id.desc())
    )


def rows(
    jurisdiction_id: int,
    batch_id: int,
    *,
    good: bool | None = None,
    suggested: bool = False,
    after: int = 0,
    limit: int | None = None,
) -> Select[ImportRow]:
    """Rows of a batch in the order of the file; ``good`` picks the ones that may land, or that may not,
    ``suggested`` those that may be the same as another."""
    query = (
        select(ImportRow)
        .where(
            ImportRow.jurisdiction_id == jurisdiction_id,
            ImportRow.batch_id == batch_id,
            ImportRow.id > after,
        )
        .order_by(ImportRow.id)
        .limit(limit)
    )
    if suggested:
        query = query.where(ImportRow.suggestion.is_not(None))
    if good is None:
        return query
    return query.where(ImportRow.record.is_not(None) if good else ImportRow.record.is_(None))


def raw_rows(jurisdiction_id: int, batch_id: int, *, limit: int | None = None) -> Rows:
    """Rows ``(id, sheet, row_no, raw)`` of a batch in the order of the file."""
    return (
        select(ImportRow.id, ImportRow.sheet, ImportRow.row_no, ImportRow.raw)
        .where(ImportRow.jurisdiction_id == jurisdiction_id, ImportRow.batch_id == batch_id)
        .order_by(ImportRow.id)
        .limit(limit)
    )


def mapping_called(jurisdiction_id: int, name: str) -> Select[ImportMapping]:
    return select(ImportMapping).where(
        ImportMapping.jurisdiction_id == jurisdiction_id, ImportMapping.name == name
    )


def mapping_for(jurisdiction_id: int, fingerprint: str) -> Select[ImportMapping]:
    """The mapping saved last for the same columns."""
    return (
        select(ImportMapping)
        .where(ImportMapping.jurisdiction_id == jurisdiction_id, ImportMapping.fingerprint == fingerprint)
        .order_by(ImportMapping.id.desc())
        .limit(1)
    )


def mappings(jurisdiction_id: int) -> Select[ImportMapping]:
    return (
        select(ImportMapping)
        .where(ImportMapping.jurisdiction_id == jurisdiction_id)
        .order_by(ImportMapping.name)
    )


def communities(jurisdiction_id: int) -> Rows:
    """Rows ``(id, code, name)`` of the communities (社区)."""
    return select(Organisation.id, Organisation.code, Organisation.name).where(
        Organisation.jurisdiction_id == jurisdiction_id,
        Organisation.kind == "community",
        Organisation.active,
    )


def body(jurisdiction_id: int, code: str) -> Select[Organisation]:
    """A station, street or community by its code."""
    return select(Organisation).where(
        Organisation.jurisdiction_id == jurisdiction_id,
        Organisation.kind.in_(("station", "street", "community")),
        Organisation.code == code,
    )


def stations(jurisdiction_id: int) -> Rows:
    """Rows ``(code, name)`` of the stations (监管所)."""
    return select(Organisation.code, Organisation.name).where(
        Organisation.jurisdiction_id == jurisdiction_id, Organisation.kind == "station", Organisation.active
    )


def possibly_known(
    jurisdiction_id: int,
    *,
    usccs: Sequence[str],
    registration_nos: Sequence[str],
    address_keys: Sequence[str],
    names: Sequence[str],
) -> Rows:
    """Rows ``(id, name, address, uscc, registration_no, stall, lon, lat)`` that share a code, an address or
    a name with an import."""

    def among(column: Any, values: Sequence[str]) -> Any:
        return column == any_(cast(list(values), ARRAY(Text)))

    return (
        select(
            Business.id,
            Business.name,
            Premises.address,
            Business.uscc,
            Business.registration_no,
            Premises.stall,
            func.ST_X(Premises.point).label("lon"),
            func.ST_Y(Premises.point).label("lat"),
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == jurisdiction_id, Premises.id == Business.premises_id),
        )
        .where(
            Business.jurisdiction_id == jurisdiction_id,
            Business.status != "merged",
            or_(
                among(Business.uscc, usccs),
                among(Business.registration_no, registration_nos),
                among(Premises.address_key, address_keys),
                among(Business.name, names),
            ),
        )
        .order_by(Business.id)
    )


TELL_ROWS = text(
    """
    UPDATE import_rows r SET record = r.record || jsonb_build_object('business_id', m.business_id)
    FROM unnest(CAST(:rows AS bigint[]), CAST(:businesses AS bigint[])) AS m(id, business_id)
    WHERE r.jurisdiction_id = :j AND r.id = m.id
    """
)
"""Write into each landed row which business it became."""

REWRITE_ROWS = text(
    """
    UPDATE import_rows r
    SET raw = CAST(n.raw AS jsonb), record = CAST(n.record AS jsonb), reasons = CAST(n.reasons AS jsonb),
        suggestion = CAST(n.suggestion AS jsonb)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:raw AS text[]), CAST(:record AS text[]),
                CAST(:reasons AS text[]), CAST(:suggestion AS text[]))
         AS n(id, raw, record, reasons, suggestion)
    WHERE r.jurisdiction_id = :j AND r.id = n.id
    """
)
"""Write a batch's rows anew by their ids, after they were judged by another mapping."""

COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE record IS NOT NULL AND record ->> 'lon' IS NULL) AS unplaced,
           count(*) FILTER (WHERE suggestion IS NOT NULL) AS suggested,
           count(*) FILTER (WHERE suggestion ? 'business_id'
                            AND suggestion ->> 'because' = ANY (:exact)) AS known
    FROM import_rows WHERE jurisdiction_id = :j AND batch_id = :batch
    """
)
"""Of the good rows of a batch: without coordinates, perhaps the same as another, in the register already."""

REASONS = text(
    """
    SELECT reason ->> 'code' AS code, reason ->> 'level' AS level, count(*) AS times,
           (array_agg(jsonb_build_object('zh', reason -> 'zh', 'en', reason -> 'en', 'sheet', r.sheet,
                                         'row_no', r.row_no) ORDER BY r.id))[1] AS first
    FROM import_rows r CROSS JOIN LATERAL jsonb_array_elements(r.reasons) AS reason
    WHERE r.jurisdiction_id = :j AND r.batch_id = :batch
    GROUP BY 1, 2 ORDER BY 2, 3 DESC, 1
    """
)
"""What was found in the rows of a batch: each code with its count and its first place; faults first."""
