"""Staging businesses: a file becomes a batch of good and bad rows; nothing reaches the register yet.

Every function takes the caller's session and never commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from geo_data import osm, queries
from geo_data.businesses import validate
from geo_data.datums import parse_reference
from geo_data.duplicates import KnownBusiness, Suggestion, suggest
from geo_data.features import read_business_layer
from geo_data.layers import LAYER_SUFFIXES, OSM_SUFFIXES
from geo_data.mapping import ColumnMapping, Proposal, fingerprint, override, propose
from geo_data.model import ImportBatch, ImportMapping, ImportRow
from geo_data.placing import TOLERANCE_M, Placing
from geo_data.reasons import Reason
from geo_data.records import BadRow, BusinessRecord, GoodRow, Validation
from geo_data.sealing import PERSONAL, seal_record, seal_row
from geo_data.tables import RawRow, RawTable, file_digest, read_table
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.people.model import Jurisdiction
from gridsup.registry.addresses import address_key
from gridsup.registry.record import home_of
from gridsup.registry.rows import insert_rows

BUSINESSES = "businesses"
Progress = Callable[[str, int, int | None], None]
"""Called with the stage (``read``, ``check``, ``stage``, ``land``), the rows done and their number."""
SLICE = 5000


@dataclass(frozen=True, slots=True)
class Source:
    """A file read: its table, how its columns are meant, and what its coordinates are."""

    table: RawTable
    proposal: Proposal
    datum: str | None


def read_source(path: Path, *, datum: str | None = None, progress: Progress | None = None) -> Source:
    """Read a table (.xls, .xlsx, .csv …), a layer (GeoJSON, GPKG, Shapefile, Parquet …) or an OSM extract.

    A layer that says its reference system needs no datum; OSM is WGS84. Raises what the readers raise, and
    Invalid ``crs-contradicts`` when another datum is stated for OSM.
    """

    def report(done: int, total: int | None) -> None:
        if progress is not None:
            progress("read", done, total)

    suffix = path.suffix.lower()
    if suffix in OSM_SUFFIXES:
        if datum is not None and parse_reference(datum).name != "wgs84":
            raise Invalid(
                "crs-contradicts",
                zh="OSM 数据的坐标系是 WGS84，不是 {said}。请去掉指定的坐标系。",
                en="OSM data are in WGS84, not in {said}. Drop the stated datum.",
                said=datum,
            )
        table = osm.read_businesses(path, progress=report)
        return Source(table, Proposal(osm.BUSINESS_MAPPING, {}, []), "wgs84")
    if suffix in LAYER_SUFFIXES:
        table, found = read_business_layer(path, datum=datum, progress=report)
        return Source(table, propose(table), found)
    table = read_table(path)
    report(len(table.rows), len(table.rows))
    return Source(table, propose(table), datum)


def stage_businesses(
    session: Session,
    jurisdiction_id: int,
    path: str | Path,
    *,
    datum: str | None = None,
    mapping: str | Mapping[str, Any] | None = None,
    filename: str | None = None,
    officer_id: int | None = None,
    tolerance_m: float = TOLERANCE_M,
    undecided: bool = False,
    progress: Progress | None = None,
) -> ImportBatch:
    """Read, validate and stage a file of businesses; a batch in the state ``staged``.

    ``mapping``: the name of a saved mapping, or ``{column: field or None}`` over the proposal, or None for
    the mapping last saved for the same columns, else the proposal. Rows that an existing business or an
    earlier row may be the same as carry a suggestion. An unconfirmed batch of the same file is dropped.
    With ``undecided``, a file of which no column means a name is staged too, all its rows bad, until
    somebody says what the columns mean (:func:`geo_data.rejudging.rejudge`).

    Raises Conflict ``import-same-file`` when this very file has landed already, Invalid of the readers,
    ``datum-not-stated``, ``mapping-…``, NotFound ``mapping-unknown``.
    """
    path = Path(path)
    name = filename or path.name
    digest = file_digest(path)
    _refuse_landed(session, jurisdiction_id, BUSINESSES, digest, name)
    home = home_of(session, jurisdiction_id)
    source = read_source(path, datum=datum, progress=progress)
    meant = _mapping(session, jurisdiction_id, source, mapping)
    judged = judge(
        session,
        home,
        source.table,
        meant,
        placing_of(home, source.datum, tolerance_m),
        undecided=undecided,
        progress=progress,
    )
    batch = ImportBatch(
        jurisdiction_id=jurisdiction_id,
        kind=BUSINESSES,
        filename=name,
        sha256=digest,
        datum=source.datum,
        mapping={
            **meant.to_dict(),
            "order": source.table.columns,
            "unmapped": [c for c in source.proposal.unmapped if c not in meant.columns],
            "confidence": source.proposal.confidence,
            "titles": source.table.titles[:10],
            "dropped": [_dropped(d) for d in source.table.dropped[:200]],
        },
        good=len(judged.good),
        bad=len(judged.bad),
        officer_id=officer_id,
    )
    session.add(batch)
    session.flush()
    _write_rows(session, batch, judged, progress)
    return batch


@dataclass(frozen=True, slots=True)
class Judged:
    """A table's rows that may land, with what they may be the same as (by position), and those that may not;
    ``personal`` columns hold identity and telephone numbers."""

    good: list[GoodRow]
    bad: list[BadRow]
    suggestions: dict[int, Suggestion]
    personal: set[str]


def judge(
    session: Session,
    home: Jurisdiction,
    table: RawTable,
    mapping: ColumnMapping,
    placing: Placing,
    *,
    undecided: bool = False,
    progress: Progress | None = None,
) -> Judged:
    """Validate the rows of a table, and look for those that the register or the table itself knows already.

    Raises Invalid ``datum-not-stated``, and ``mapping-no-name`` unless ``undecided``.
    """
    personal = {column for column, name in mapping.columns.items() if name in PERSONAL}
    try:
        result = validate(table, mapping, placing, progress=_told(progress, "check"))
    except Invalid as refusal:
        if not (undecided and refusal.code == "mapping-no-name"):
            raise
        why = Reason(refusal.code, refusal.text("zh"), refusal.text("en"))
        return Judged([], [BadRow(raw, [why]) for raw in table.rows], {}, personal)
    refuse_repeats(result)
    records = [row.record for row in result.good]
    known = known_businesses(session, home, records)
    found = suggest(records, known, metric_srid=home.metric_srid, district=home.name)
    return Judged(result.good, result.bad, found, personal)


def _refuse_landed(session: Session, jurisdiction_id: int, kind: str, digest: str, name: str) -> None:
    """The same file does not land twice; an earlier staging of it gives way."""
    for earlier in session.scalars(queries.batches_of_file(jurisdiction_id, kind, digest)):
        if earlier.state == "confirmed":
            raise same_file(earlier, name)
        earlier.state = "dropped"
    session.flush()


def same_file(earlier: ImportBatch, name: str) -> Conflict:
    return Conflict(
        "import-same-file",
        zh="{name} 与第 {batch} 批（{when:%Y-%m-%d %H:%M} 导入的 {before}）是同一个文件，"
        "已经导入过，没有重复导入。",
        en="{name} is the same file as batch {batch} ({before}, imported on {when:%Y-%m-%d %H:%M}); it has "
        "landed already and is not imported twice.",
        name=name,
        batch=earlier.id,
        before=earlier.filename,
        when=earlier.confirmed_at or earlier.created_at,
    )


def _mapping(
    session: Session, jurisdiction_id: int, source: Source, wanted: str | Mapping[str, Any] | None
) -> ColumnMapping:
    columns = source.table.columns
    if isinstance(wanted, str):
        saved = session.scalar(queries.mapping_called(jurisdiction_id, wanted))
        if saved is None:
            raise NotFound(
                "mapping-unknown",
                zh="没有名为“{name}”的列对应方案。",
                en="There is no saved mapping called “{name}”.",
                name=wanted,
            )
        return _fitting(ColumnMapping.from_dict(saved.mapping), columns)
    if wanted is not None:
        plain = dict(wanted.get("columns", {})) if "columns" in wanted else dict(wanted)
        meant = override(source.proposal, plain, source.table)
        return ColumnMapping(meant.columns, {**meant.constants, **dict(wanted.get("constants") or {})})
    saved = session.scalar(queries.mapping_for(jurisdiction_id, fingerprint(columns)))
    if saved is not None:
        return _fitting(ColumnMapping.from_dict(saved.mapping), columns)
    return source.proposal.mapping


def _fitting(mapping: ColumnMapping, columns: Sequence[str]) -> ColumnMapping:
    """A saved mapping on a file that may lack some of its columns."""
    return ColumnMapping({c: f for c, f in mapping.columns.items() if c in columns}, mapping.constants)


def save_mapping(session: Session, jurisdiction_id: int, name: str, batch: ImportBatch) -> ImportMapping:
    """Keep a batch's mapping under a name (an old one of that name is replaced); it is proposed again for
    files of the same columns."""
    data = {"columns": batch.mapping["columns"], "constants": batch.mapping["constants"]}
    saved = session.scalar(queries.mapping_called(jurisdiction_id, name))
    if saved is None:
        saved = ImportMapping(jurisdiction_id=jurisdiction_id, name=name, fingerprint="", mapping={})
        session.add(saved)
    saved.fingerprint, saved.mapping = fingerprint(batch.mapping["order"]), data
    session.flush()
    return saved


def placing_of(home: Jurisdiction, datum: str | None, tolerance_m: float = TOLERANCE_M) -> Placing:
    """Where rows of this jurisdiction must lie."""
    boundary = to_shape(home.boundary) if home.boundary is not None else None
    return Placing(datum, boundary, home.metric_srid, tolerance_m)


def refuse_repeats(result: Validation) -> None:
    """A credit code stands once in the register: its later rows in a file go back, naming the first. A row
    that goes back for something else is told of it too, so that it is mended once."""
    first: dict[str, Any] = {}
    kept = []
    for row in result.good:
        code = row.record.uscc
        if code is None or code not in first:
            first.setdefault(code or "", row)
            kept.append(row)
            continue
        result.bad.append(BadRow(row.raw, [_repeats(code, first[code].raw)]))
    for bad in result.bad:
        if bad.uscc in first:
            bad.reasons.append(_repeats(bad.uscc, first[bad.uscc].raw))
    result.good[:] = kept


def _repeats(code: str, before: RawRow) -> Reason:
    where = f"{before.sheet} " if before.sheet else ""
    return Reason(
        "uscc-repeated",
        f"统一社会信用代码 {code} 在本文件{where}第 {before.number} 行已出现。"
        "同一户请删去一行，不同户请核对代码。",
        f"Credit code {code} stands in row {where}{before.number} already. Remove one if both are the "
        "same business, else check the code.",
        "uscc",
    )


def known_businesses(
    session: Session, home: Jurisdiction, records: Sequence[BusinessRecord]
) -> list[KnownBusiness]:
    """Businesses of the register that share a code, an address or a name with the records."""
    query = queries.possibly_known(
        home.jurisdiction_id,
        usccs=sorted({r.uscc for r in records if r.uscc}),
        registration_nos=sorted({r.registration_no for r in records if r.registration_no}),
        address_keys=sorted({address_key(r.address, district=home.name) for r in records if r.address}),
        names=sorted({r.name for r in records}),
    )
    return [
        KnownBusiness(
            business_id=row.id,
            name=row.name,
            address=row.address,
            uscc=row.uscc,
            registration_no=row.registration_no,
            stall=row.stall,
            lon=row.lon,
            lat=row.lat,
        )
        for row in session.execute(query)
    ]


def _write_rows(session: Session, batch: ImportBatch, judged: Judged, progress: Progress | None) -> None:
    rows = list(staged_rows(batch, judged))
    raws = [*(row.raw for row in judged.good), *(row.raw for row in judged.bad)]
    sheets = {sheet: n for n, sheet in enumerate(dict.fromkeys(raw.sheet for raw in raws))}
    rows.sort(key=lambda row: (sheets[row["sheet"]], row["row_no"]))
    for start in range(0, len(rows), SLICE):
        insert_rows(session, ImportRow, rows[start : start + SLICE])
        if progress is not None:
            progress("stage", min(start + SLICE, len(rows)), len(rows))


def staged_rows(batch: ImportBatch, judged: Judged) -> Iterator[dict[str, Any]]:
    """The rows of a batch as they are kept, personal numbers sealed; the good ones first."""
    firsts = [row.raw for row in judged.good]
    for n, row in enumerate(judged.good):
        suggestion = judged.suggestions[n].to_dict() if n in judged.suggestions else None
        if suggestion and "row" in suggestion:
            other = firsts[suggestion.pop("row")]
            suggestion |= {"sheet": other.sheet, "row_no": other.number}
        yield {
            **_row(batch, row, judged.personal),
            "record": seal_record(row.record.to_dict()),
            "reasons": [note.to_dict() for note in row.notes],
            "suggestion": suggestion,
        }
    for bad in judged.bad:
        yield {
            **_row(batch, bad, judged.personal),
            "record": None,
            "reasons": [reason.to_dict() for reason in bad.reasons],
            "suggestion": None,
        }


def _row(batch: ImportBatch, row: Any, personal: set[str]) -> dict[str, Any]:
    return {
        "jurisdiction_id": batch.jurisdiction_id,
        "batch_id": batch.id,
        "sheet": row.raw.sheet,
        "row_no": row.raw.number,
        "raw": seal_row(row.raw.values, personal),
    }


def _dropped(dropped: Any) -> dict[str, Any]:
    return {
        "sheet": dropped.sheet,
        "row_no": dropped.number,
        "text": dropped.text[:200],
        "code": dropped.reason.code,
        "zh": dropped.reason.zh,
        "en": dropped.reason.en,
    }


def _told(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(stage, done, total)
