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


def batches(jurisdiction_id: int, *, limit: int = 50) -> Select[ImportBatch]:
    """The latest first."""
    return (
        select(ImportBatch)
        .where(ImportBatch.jurisdiction_id == jurisdiction_id)
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
    jurisdiction_id: int, batch_id: int, *, good: bool | None = None, after: int = 0, limit: int | None = None
) -> Select[ImportRow]:
    """Rows of a batch in the order of the file; ``good`` picks the ones that may land, or that may not."""
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
    if good is None:
        return query
    return query.where(ImportRow.record.is_not(None) if good else ImportRow.record.is_(None))


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
