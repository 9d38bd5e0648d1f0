"""Confirming a staged batch: its good rows land as one, its bad rows go back to be mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from geo_data import queries
from geo_data.duplicates import EXACT, suggest
from geo_data.model import ImportBatch, ImportRow
from geo_data.reasons import Reason
from geo_data.records import BadRow, BusinessRecord
from geo_data.rejects import write_rejects
from geo_data.sealing import masked, open_record, open_sealed
from geo_data.staging import Progress, known_businesses, same_file
from geo_data.tables import RawRow
from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells.locate import today
from gridsup.errors import Conflict, NotFound
from gridsup.people import audit
from gridsup.people.model import Jurisdiction
from gridsup.registry.bulk import add_many
from gridsup.registry.drafts import BusinessDraft, PermitDraft, PlaceDraft
from gridsup.registry.model import RegistryEvent
from gridsup.registry.record import home_of
from gridsup.registry.rows import insert_rows

EXTRAS = (
    "cell",
    "street",
    "station",
    "inspector",
    "pre_approval",
    "disposal",
    "outside_number",
    "external_id",
    "note",
)
"""What a row says beyond the register's columns; kept in the business's history."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What confirming did: ``landed`` new businesses (``placed`` and ``unplaced`` 未落点, of the placed ones
    ``outside`` any cell), ``known`` rows that stand in the register already, ``left`` out by a person,
    ``rejected`` rows that never could."""

    landed: int
    placed: int
    unplaced: int
    outside: int
    known: int
    left: int
    rejected: int


def get_batch(session: Session, jurisdiction_id: int, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """A batch. Raises NotFound ``import-unknown``."""
    query = queries.batch(jurisdiction_id, batch_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    batch = session.scalar(query)
    if batch is None:
        raise NotFound(
            "import-unknown",
            zh="没有第 {batch} 批导入。",
            en="There is no import batch {batch}.",
            batch=batch_id,
        )
    return batch


def confirm(
    session: Session,
    jurisdiction_id: int,
    batch_id: int,
    *,
    officer_id: int | None = None,
    take: Collection[int] = (),
    leave: Collection[int] = (),
    progress: Progress | None = None,
) -> Landed:
    """Land all good rows of a staged batch at once, or none.

    A row whose natural key (credit code, registration number, or name and address) stands in the register
    by now is counted as ``known`` and does not land again, unless its id is in ``take`` (a person says they
    are two). Rows in ``leave`` are left out. A row that is only *near* one of the same name lands; its
    suggestion stays for merging.

    Raises NotFound ``import-unknown``, Conflict ``import-not-staged``, ``import-same-file``, ``uscc-taken``.
    """
    session.execute(queries.turn(jurisdiction_id))
    batch = get_batch(session, jurisdiction_id, batch_id, lock=True)
    require_staged(session, batch)
    home = home_of(session, jurisdiction_id)
    rows = [
        row
        for row in session.scalars(queries.rows(jurisdiction_id, batch_id, good=True))
        if row.id not in leave
    ]
    records = [BusinessRecord.from_dict(open_record(row.record or {})) for row in rows]
    known = _known(session, home, records)
    landing = [n for n, row in enumerate(rows) if n not in known or row.id in take]
    communities = _communities(session, jurisdiction_id)
    drafts = [_draft(records[n], communities, batch) for n in landing]
    if progress is not None:
        progress("land", 0, len(drafts))
    added = add_many(session, jurisdiction_id, drafts, officer_id=officer_id)
    _tell(session, batch, [rows[n] for n in landing], [records[n] for n in landing], added.ids, officer_id)
    if progress is not None:
        progress("land", len(drafts), len(drafts))
    result = Landed(
        landed=len(added.ids),
        placed=added.placed,
        unplaced=added.unplaced,
        outside=len(added.outside),
        known=len(rows) - len(landing),
        left=batch.good - len(rows),
        rejected=batch.bad,
    )
    batch.state, batch.confirmed_at, batch.result = "confirmed", datetime.now(SHANGHAI), asdict(result)
    session.flush()
    return result


def drop(session: Session, jurisdiction_id: int, batch_id: int) -> ImportBatch:
    """Give up a staged batch; it stays on record. Raises as :func:`confirm`."""
    batch = get_batch(session, jurisdiction_id, batch_id, lock=True)
    require_staged(session, batch, twins=False)
    batch.state = "dropped"
    session.flush()
    return batch


def require_staged(session: Session, batch: ImportBatch, *, twins: bool = True) -> None:
    """Raises Conflict ``import-not-staged`` or, when a twin has landed, ``import-same-file``."""
    if batch.state != "staged":
        raise Conflict(
            "import-not-staged",
            zh="第 {batch} 批已{state}，不能再次操作。",
            en="Batch {batch} is {state_en} already.",
            batch=batch.id,
            state={"confirmed": "导入", "dropped": "放弃"}[batch.state],
            state_en=batch.state,
        )
    if twins:
        same = queries.batches_of_file(batch.jurisdiction_id, batch.kind, batch.sha256)
        for other in session.scalars(same):
            if other.state == "confirmed":
                raise same_file(other, batch.filename)


def _known(session: Session, home: Jurisdiction, records: Sequence[BusinessRecord]) -> set[int]:
    """Positions of the records that stand in the register at this moment."""
    found = suggest(
        records,
        known_businesses(session, home, records),
        metric_srid=home.metric_srid,
        district=home.name,
        near_m=0,
    )
    return {n for n, one in found.items() if one.business_id is not None and one.because in EXACT}


def _communities(session: Session, jurisdiction_id: int) -> dict[str, int]:
    """Codes and plain names → ids; a name that two communities share finds neither."""
    rows = session.execute(queries.communities(jurisdiction_id)).all()
    often = Counter(_plain_name(name) for _, _, name in rows)
    found = {code: ident for ident, code, _ in rows}
    found.update({_plain_name(name): ident for ident, _, name in rows if often[_plain_name(name)] == 1})
    return found


def _plain_name(name: str) -> str:
    for suffix in ("居民委员会", "村民委员会", "居委会", "村委会", "社区", "村"):
        name = name.removesuffix(suffix)
    return name


def _draft(record: BusinessRecord, communities: dict[str, int], batch: ImportBatch) -> BusinessDraft:
    point = (record.lon, record.lat) if record.lon is not None and record.lat is not None else None
    original = None
    if record.original_x is not None and record.original_y is not None:
        original = (record.original_x, record.original_y, record.original_datum or "")
    community = record.community or ""
    place = PlaceDraft(
        address=record.address or _address(record),
        building=record.building,
        floor=record.floor,
        stall=record.stall,
        community_id=communities.get(community) or communities.get(_plain_name(community)),
        point=point,
        original=original,
    )
    return BusinessDraft(
        name=record.name,
        place=place,
        source=f"import:{batch.id}",
        uscc=record.uscc,
        registration_no=record.registration_no,
        kind=record.kind,
        operator_name=record.operator_name,
        operator_id_no=record.operator_id_no,
        phone=record.phone,
        scope=record.scope,
        industry=record.industry,
        trade=record.trade,
        status=record.status,
        licence_status=record.licence_status,
        opened_on=record.opened_on,
        closed_on=record.closed_on,
        permits=tuple(_permits(record)),
    )


def _address(record: BusinessRecord) -> str:
    """What stands for an address that a row does not give."""
    if record.lon is not None and record.lat is not None:
        return f"（无地址）{record.lon:.5f}, {record.lat:.5f}"
    where = record.building or record.community or record.cell or ""
    return f"（无地址）{where} {record.name}"


def _permits(record: BusinessRecord) -> list[PermitDraft]:
    drafts = []
    for permit in record.permits:
        over = permit.expires_on is not None and permit.expires_on < today()
        drafts.append(
            PermitDraft(
                kind=permit.kind,
                department=permit.department,
                number=permit.number,
                issued_on=permit.issued_on,
                expires_on=permit.expires_on,
                status="expired" if over else "valid",
                lost_on=permit.expires_on if over else None,
                source="import",
            )
        )
    return drafts


def _tell(
    session: Session,
    batch: ImportBatch,
    rows: Sequence[ImportRow],
    records: Sequence[BusinessRecord],
    ids: Sequence[int],
    officer_id: int | None,
) -> None:
    """Tie each row to its business, and keep what the row says beyond the register's columns."""
    if not ids:
        return
    params = {"j": batch.jurisdiction_id, "rows": [row.id for row in rows], "businesses": list(ids)}
    session.execute(queries.TELL_ROWS, params)
    events = []
    for row, record, business_id in zip(rows, records, ids, strict=True):
        extras = {name: value for name in EXTRAS if (value := getattr(record, name))}
        if extras:
            events.append(
                {
                    "jurisdiction_id": batch.jurisdiction_id,
                    "business_id": business_id,
                    "verb": "imported",
                    "officer_id": officer_id,
                    "before": {},
                    "after": {"batch": batch.id, "sheet": row.sheet, "row": row.row_no, **extras},
                }
            )
    insert_rows(session, RegistryEvent, events)
    session.expire_all()


def rejects(
    session: Session,
    jurisdiction_id: int,
    batch_id: int,
    *,
    form: Literal["xlsx", "csv"] = "xlsx",
    officer_id: int | None = None,
) -> tuple[str, bytes]:
    """File name and content of the rejected rows, in the original columns with 原因 first.

    Identity and telephone numbers come out whole for the officer who uploaded the file, so that it can be
    uploaded again, and masked for anyone else; either way the export is on record.
    """
    batch = get_batch(session, jurisdiction_id, batch_id)
    own = batch.officer_id == officer_id
    bad = []
    for row in session.scalars(queries.rows(jurisdiction_id, batch_id, good=False)):
        values = {c: open_sealed(v) if own else masked(v) for c, v in row.raw.items()}
        reasons = [Reason.from_dict(reason) for reason in row.reasons]
        bad.append(BadRow(RawRow(row.sheet, row.row_no, values), reasons))
    audit.record(
        session,
        jurisdiction_id,
        "import-rejects-exported",
        officer_id=officer_id,
        subject=f"import_batches/{batch_id}",
        rows=len(bad),
        whole=own,
    )
    stem = batch.filename.rsplit(".", 1)[0]
    return f"{stem}-退回.{form}", write_rejects(batch.mapping["order"], bad, form)
