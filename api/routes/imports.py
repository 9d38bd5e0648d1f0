"""Imports of businesses: uploaded and staged, looked at, mended, confirmed as one or given up."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import BaseModel, Field, ValidationError

from api.auth import User
from api.deps import Db, Id
from api.import_shapes import (
    BatchRow,
    BatchView,
    ColumnName,
    FieldName,
    FieldView,
    MappingView,
    RowView,
    batch_rows,
    batch_view,
    mapping_view,
    row_view,
)
from api.inputs import Number
from api.pagination import Cursor, Limit, Page, decode, encode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Line
from api.uploads import MAX_FORM, on_disk, pointing_at_parts
from api.validation import fault, flaw
from geo_data import confirming, queries, staging
from geo_data.fields import BUSINESS_FIELDS
from geo_data.rejudging import rejudge
from geo_data.workbooks import MIME
from gridsup.errors import Conflict, FieldFault, Invalid

router = APIRouter(tags=["imports"])
Importer = Annotated[User, permit(Permission.IMPORTS_RUN)]
Datum = Annotated[str | None, Form(max_length=200, description="CGCS2000, WGS84, GCJ-02, BD-09 or EPSG:n")]
_REJECTED = {MIME: {"schema": {"type": "string", "format": "binary"}}}
_NEW: dict[int | str, dict[str, Any]] = {201: {"description": "Staged; nothing is in the register yet"}}
MOST_ROWS = 200_000


class MappingForm(BaseModel, extra="forbid"):
    """What columns mean: column → field, or null for "not imported". `constants`: one value for every row."""

    columns: dict[ColumnName, FieldName | None] = Field(default={}, max_length=1000)
    constants: dict[FieldName, Annotated[str, Field(max_length=200)]] | None = Field(
        default=None, max_length=100
    )


class RejudgeForm(MappingForm):
    datum: str | None = Field(default=None, max_length=200, description="what the coordinates are instead")


class ConfirmForm(BaseModel):
    """Numbers of rows: `take` lands one that seems to be in the register already (they are two), `leave`
    leaves a good one out."""

    take: list[Number] = Field(default=[], max_length=MOST_ROWS)
    leave: list[Number] = Field(default=[], max_length=MOST_ROWS)


class SaveForm(BaseModel):
    name: Line
    batch_id: Number = Field(description="the batch whose mapping is kept")


@router.post("/imports/businesses", status_code=201, max_body_size=MAX_FORM, responses=_NEW)
def stage_import(
    user: Importer,
    session: Db,
    file: Annotated[UploadFile, File(description=".xlsx .xls .csv .geojson .gpkg .zip .pbf …, up to 60 MB")],
    datum: Datum = None,
    mapping: Annotated[
        str | None,
        Form(max_length=100_000, description="name of a saved mapping, or JSON as in `PUT …/mapping`"),
    ] = None,
) -> BatchView:
    """Read and judge a file of businesses. Without `mapping` one is proposed, or the one saved for these
    columns taken. When no column means a name, all rows are bad until `PUT …/mapping` says which does.
    """
    with pointing_at_parts(), on_disk(file) as path:
        batch = staging.stage_businesses(
            session,
            user.jurisdiction_id,
            path,
            datum=datum or None,
            mapping=_mapping(mapping),
            officer_id=user.officer_id,
            undecided=True,
        )
        return batch_view(session, batch)


@router.get("/imports")
def list_imports(user: Importer, session: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[BatchRow]:
    """Uploaded files of every kind, the latest first."""
    before = decode(cursor, int)
    query = queries.batches(user.jurisdiction_id, before=before[0] if before else None, limit=limit + 1)
    found = session.scalars(query).all()
    more = encode([found[limit - 1].id]) if len(found) > limit else None
    return Page(items=batch_rows(session, found[:limit]), next=more)


@router.get("/imports/fields")
def list_import_fields(user: Importer) -> list[FieldView]:
    """What a column may mean."""
    return [FieldView(name=one.name, zh=one.zh, en=one.en) for one in BUSINESS_FIELDS]


@router.get("/imports/mappings")
def list_import_mappings(user: Importer, session: Db) -> list[MappingView]:
    """Saved mappings. The one last saved for a file's columns is proposed by itself."""
    return [mapping_view(one) for one in session.scalars(queries.mappings(user.jurisdiction_id))]


@router.post("/imports/mappings", status_code=201)
def save_import_mapping(form: SaveForm, user: Importer, session: Db) -> MappingView:
    """Keep a batch's mapping under a name; an older one of that name gives way."""
    batch = confirming.get_batch(session, user.jurisdiction_id, form.batch_id)
    if batch.kind != staging.BUSINESSES:
        raise Invalid(
            "import-no-columns",
            zh="第 {batch} 批不是商户表，没有列对应可保存。",
            en="Batch {batch} is no table of businesses and has no mapping to keep.",
            faults=[FieldFault("/batch_id", "不是商户表", "no table of businesses")],
            batch=batch.id,
        )
    return mapping_view(staging.save_mapping(session, user.jurisdiction_id, form.name, batch))


@router.get("/imports/{import_id}")
def get_import(import_id: Id, user: Importer, session: Db) -> BatchView:
    """A file as it was understood: columns, counts, what was found in its rows."""
    return batch_view(session, confirming.get_batch(session, user.jurisdiction_id, import_id))


@router.get("/imports/{import_id}/rows")
def list_import_rows(
    import_id: Id,
    user: Importer,
    session: Db,
    show: Annotated[Literal["all", "good", "bad", "suggested"], Query()] = "all",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RowView]:
    """Rows in the order of the file: good, bad, or those that may be the same as another."""
    batch = confirming.get_batch(session, user.jurisdiction_id, import_id)
    after = decode(cursor, int)
    query = queries.rows(
        user.jurisdiction_id,
        batch.id,
        good={"good": True, "bad": False}.get(show),
        suggested=show == "suggested",
        after=(after[0] or 0) if after else 0,
        limit=limit + 1,
    )
    return page(session.scalars(query).all(), limit, row_view, lambda row: (row.id,))


@router.put("/imports/{import_id}/mapping")
def rejudge_import(import_id: Id, form: RejudgeForm, user: Importer, session: Db) -> BatchView:
    """Say what columns mean (those not named stay as they are), and have all rows judged anew."""
    with pointing_at_parts(mapping="", rest=""):
        batch = rejudge(
            session,
            user.jurisdiction_id,
            import_id,
            columns=form.columns,
            constants=form.constants,
            datum=form.datum or None,
        )
    return batch_view(session, batch)


@router.post("/imports/{import_id}/confirm")
def confirm_import(import_id: Id, form: ConfirmForm, user: Importer, session: Db) -> BatchView:
    """Land all good rows at once, or none. Asking again answers what landed the first time."""
    try:
        confirming.confirm(
            session,
            user.jurisdiction_id,
            import_id,
            officer_id=user.officer_id,
            take=set(form.take),
            leave=set(form.leave),
        )
    except Conflict as refusal:
        batch = confirming.get_batch(session, user.jurisdiction_id, import_id)
        if refusal.code != "import-not-staged" or batch.state != "confirmed":
            raise
    return batch_view(session, confirming.get_batch(session, user.jurisdiction_id, import_id))


@router.post("/imports/{import_id}/drop")
def drop_import(import_id: Id, user: Importer, session: Db) -> BatchView:
    """Give up a staged file; it stays on record. Asking again changes nothing."""
    batch = confirming.get_batch(session, user.jurisdiction_id, import_id, lock=True)
    if batch.state != "dropped":
        confirming.drop(session, user.jurisdiction_id, import_id)
    return batch_view(session, batch)


@router.get(
    "/imports/{import_id}/rejected.xlsx",
    response_class=Response,
    responses={200: {"description": "The bad rows with a first column 原因", "content": _REJECTED}},
)
def export_rejected(import_id: Id, user: Importer, session: Db) -> Response:
    """The bad rows, to be mended and uploaded again. Personal numbers are whole for the uploader alone."""
    name, content = confirming.rejects(session, user.jurisdiction_id, import_id, officer_id=user.officer_id)
    return Response(
        content,
        media_type=MIME,
        headers={
            "Content-Disposition": f"attachment; filename=rejected.xlsx; filename*=UTF-8''{quote(name)}"
        },
    )


def _mapping(given: str | None) -> str | dict[str, Any] | None:
    """The form's ``mapping``: a name, or JSON."""
    if not given or not given.lstrip().startswith("{"):
        return given or None
    try:
        form = MappingForm.model_validate_json(given)
    except ValidationError as error:
        faults = [fault({**one, "loc": ("body", *one["loc"])})[1] for one in error.errors()]
        raise _bad_mapping(faults) from None
    found = form.model_dump()
    if (bad := flaw(found)) is not None:
        raise _bad_mapping([FieldFault(*bad)])
    return found


def _bad_mapping(faults: list[FieldFault]) -> Invalid:
    return Invalid(
        "mapping-form",
        zh='列对应应是已存方案的名称，或 {"columns": {"列名": "字段"}} 这样的 JSON。',
        en='The mapping must be the name of a saved one, or JSON: {"columns": {"header": "field"}}.',
        faults=faults,
    )
