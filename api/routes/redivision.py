"""Drafts of a new division (重划草案): made, edited on the map, compared, scheduled, exchanged with QGIS.

Every verb names the version that the caller saw; another one is a 409 `draft-changed`.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from fastapi.responses import StreamingResponse

from api import redivision_comparison as comparing
from api import redivision_shapes as shapes
from api.auth import User
from api.deps import Db, Id
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.redivision_forms import (
    CutForm,
    DescribeForm,
    DivideForm,
    GroundForm,
    LinePoint,
    MergeForm,
    MoveForm,
    ScheduleForm,
    SplitForm,
    TodayForm,
    Versioned,
)
from api.uploads import MAX_FORM, on_disk, pointing_at_parts
from geo_data.layers import read_layer
from gridsup.cells.division import Mix
from gridsup.errors import Conflict
from gridsup.people.audit import record
from gridsup.redivision import enacting, exchange, proposing, scope, service
from gridsup.redivision.compare import Comparison
from gridsup.redivision.model import Redivision

router = APIRouter(tags=["redivision"])
Planner = Annotated[User, permit(Permission.DIVISION_PLAN)]
Enactor = Annotated[User, permit(Permission.DIVISION_ENACT)]


@router.get("/redivisions")
def list_redivisions(
    user: Planner, session: Db, state: Literal["open", "scheduled", "enacted", "dropped"] | None = None
) -> list[shapes.RedivisionView]:
    """The drafts, newest first."""
    found = service.listing(session, user.jurisdiction_id, state)
    return shapes.views(session, user.jurisdiction_id, found)


@router.get("/redivisions/places")
def list_redivision_places(user: Planner, session: Db) -> list[shapes.PlaceView]:
    """What can be divided anew: stations with an area, and streets and communities that hold cells."""
    return [shapes.place(one) for one in scope.places(session, user.jurisdiction_id)]


@router.post("/redivisions/divide", status_code=201)
def divide_anew(form: DivideForm, user: Planner, session: Db) -> shapes.RedivisionView:
    """A draft by the division engine, from the stored roads, areas, businesses and their history."""
    wish = proposing.Wish(
        cells=form.cells,
        inspectors=form.inspectors,
        mix=Mix(**form.mix.model_dump()),
        stay=form.stay,
        seed=form.seed,
        within=form.within,
    )
    draft = proposing.propose(
        session, user.jurisdiction_id, _scope(session, user, form), wish, name=form.name, by=user.officer_id
    )
    return _view(session, user, draft)


@router.post("/redivisions/today", status_code=201)
def draft_from_today(form: TodayForm, user: Planner, session: Db) -> shapes.RedivisionView:
    """A draft that starts from today's cells, cut into blocks by the roads inside them."""
    ground = _scope(session, user, form)
    draft = proposing.from_today(session, user.jurisdiction_id, ground, name=form.name, by=user.officer_id)
    return _view(session, user, draft)


@router.get("/redivisions/{redivision_id}")
def get_redivision(redivision_id: Id, user: Planner, session: Db) -> shapes.RedivisionView:
    return _view(session, user, service.get(session, user.jurisdiction_id, redivision_id))


@router.get("/redivisions/{redivision_id}/cells")
def get_redivision_cells(redivision_id: Id, user: Planner, session: Db) -> shapes.DraftCellCollection:
    """Its cells as GeoJSON."""
    return shapes.cells(session, service.get(session, user.jurisdiction_id, redivision_id))


@router.get("/redivisions/{redivision_id}/blocks")
def get_redivision_blocks(redivision_id: Id, user: Planner, session: Db) -> shapes.DraftBlockCollection:
    """Its blocks as GeoJSON, each with the label of its cell."""
    return shapes.blocks(session, service.get(session, user.jurisdiction_id, redivision_id))


@router.get("/redivisions/{redivision_id}/edits")
def list_redivision_edits(
    redivision_id: Id, user: Planner, session: Db, limit: Limit = 50
) -> list[shapes.EditView]:
    """What was edited, newest first."""
    draft = service.get(session, user.jurisdiction_id, redivision_id)
    return shapes.edits(session, user.jurisdiction_id, service.log(session, draft, limit))


@router.post("/redivisions/{redivision_id}/move")
def move_blocks(redivision_id: Id, form: MoveForm, user: Planner, session: Db) -> shapes.RedivisionView:
    """Move blocks to a neighbouring cell. 409 `cell-torn`, `cell-emptied` or `cell-in-two-stations`."""
    draft = _hold(session, user, redivision_id, form.version)
    return _view(session, user, service.move(session, draft, form.blocks, form.to, by=user.officer_id))


@router.post("/redivisions/{redivision_id}/merge")
def merge_cells(redivision_id: Id, form: MergeForm, user: Planner, session: Db) -> shapes.RedivisionView:
    """Merge two neighbouring cells. 409 `cells-not-neighbours` or `cell-in-two-stations`."""
    draft = _hold(session, user, redivision_id, form.version)
    return _view(session, user, service.merge(session, draft, form.keep, form.other, by=user.officer_id))


@router.post("/redivisions/{redivision_id}/split")
def split_cell(redivision_id: Id, form: SplitForm, user: Planner, session: Db) -> shapes.RedivisionView:
    """Split a cell in two: balanced, or along a line. 409 `cell-of-one-block`, 422 `line-does-not-cross`."""
    draft = _hold(session, user, redivision_id, form.version)
    done = service.split(session, draft, form.cell, _line(form.line), by=user.officer_id)
    return _view(session, user, done)


@router.post("/redivisions/{redivision_id}/cut")
def cut_block(redivision_id: Id, form: CutForm, user: Planner, session: Db) -> shapes.RedivisionView:
    """Cut a block in two along a line; both pieces stay in its cell. 422 `line-does-not-cross`."""
    draft = _hold(session, user, redivision_id, form.version)
    line = [(point.lon, point.lat) for point in form.line]
    return _view(session, user, service.cut(session, draft, form.block, line, by=user.officer_id))


@router.patch("/redivisions/{redivision_id}/cells/{label}")
def describe_draft_cell(
    redivision_id: Id, label: Id, form: DescribeForm, user: Planner, session: Db
) -> shapes.RedivisionView:
    """Set a cell's number, name, community or inspector. 409 `grid-taken`."""
    draft = _hold(session, user, redivision_id, form.version)
    given = form.model_dump(exclude_unset=True, exclude={"version"})
    return _view(session, user, service.describe(session, draft, label, given, by=user.officer_id))


@router.post("/redivisions/{redivision_id}/undo")
def undo_redivision_edit(
    redivision_id: Id, form: Versioned, user: Planner, session: Db
) -> shapes.RedivisionView:
    """Take back the last edit. 409 `nothing-to-undo`."""
    draft = _hold(session, user, redivision_id, form.version)
    return _view(session, user, service.undo(session, draft, by=user.officer_id))


@router.post("/redivisions/{redivision_id}/redo")
def redo_redivision_edit(
    redivision_id: Id, form: Versioned, user: Planner, session: Db
) -> shapes.RedivisionView:
    """Make the edit again that was taken back last; a new edit ends what can be made again. 409
    `nothing-to-redo`."""
    draft = _hold(session, user, redivision_id, form.version)
    return _view(session, user, service.redo(session, draft, by=user.officer_id))


@router.get("/redivisions/{redivision_id}/comparison")
def compare_redivision(
    redivision_id: Id,
    user: Planner,
    session: Db,
    months: Annotated[
        float, Query(ge=0, le=60, description="visits, findings, matters of so many months")
    ] = 3,
) -> comparing.ComparisonView:
    """Beside today's cells: who changes code or inspector, what each inspector gains, loses and carries."""
    return comparing.comparison(Comparison(session, _live(session, user, redivision_id)), months)


@router.get("/redivisions/{redivision_id}/moves")
def list_redivision_moves(
    redivision_id: Id,
    user: Planner,
    session: Db,
    what: Literal["code", "officer", "any"] = "any",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[comparing.MoveView]:
    """The businesses that change code or inspector, by number."""
    compared = Comparison(session, _live(session, user, redivision_id))
    wanted = {
        "code": lambda move: move.code_changes,
        "officer": lambda move: move.officer_changes,
        "any": lambda move: move.code_changes or move.officer_changes,
    }[what]
    after = decode(cursor, int)
    rows = [m for m in compared.moves if wanted(m) and (after is None or m.business_id > after[0])]
    names = compared.names()
    return page(
        rows[: limit + 1], limit, lambda move: comparing.move(move, names), lambda move: [move.business_id]
    )


@router.post("/redivisions/{redivision_id}/schedule")
def schedule_redivision(
    redivision_id: Id, form: ScheduleForm, user: Enactor, session: Db
) -> shapes.RedivisionView:
    """Bring a draft into force: at once when the day is today or earlier, else on its day, checked again
    then. 422 `division-faulty`, 409 `division-too-early`."""
    draft = _hold(session, user, redivision_id, form.version, "open", "scheduled")
    return _view(session, user, enacting.schedule(session, draft, form.day, by=user.officer_id))


@router.post("/redivisions/{redivision_id}/withdraw")
def withdraw_redivision(
    redivision_id: Id, form: Versioned, user: Enactor, session: Db
) -> shapes.RedivisionView:
    """Take a scheduled draft back, so that it can be edited again."""
    draft = _hold(session, user, redivision_id, form.version, "scheduled")
    return _view(session, user, enacting.withdraw(session, draft, by=user.officer_id))


@router.post("/redivisions/{redivision_id}/drop")
def drop_redivision(redivision_id: Id, form: Versioned, user: Planner, session: Db) -> shapes.RedivisionView:
    """Give an open draft up; it stays readable."""
    draft = _hold(session, user, redivision_id, form.version)
    return _view(session, user, service.drop(session, draft, by=user.officer_id))


@router.get(
    "/redivisions/{redivision_id}/draft.gpkg",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/geopackage+sqlite3": {}}, "description": "a GeoPackage"}},
)
def export_redivision(redivision_id: Id, user: Planner, session: Db) -> Response:
    """The draft as a GeoPackage for QGIS: layers `cells` and `blocks`, EPSG:4490."""
    draft = _live(session, user, redivision_id)
    with TemporaryDirectory(prefix="gridsup-draft-") as folder:
        path = Path(folder) / "draft.gpkg"
        exchange.write(session, draft, path)
        content = path.read_bytes()
    record(
        session,
        user.jurisdiction_id,
        "redivision_exported",
        officer_id=user.officer_id,
        subject=f"redivision:{draft.id}",
    )
    name = quote(f"{draft.name}-v{draft.version}.gpkg")
    return Response(
        content,
        media_type="application/geopackage+sqlite3",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("/redivisions/{redivision_id}/import", max_body_size=MAX_FORM)
def import_redivision(
    redivision_id: Id,
    user: Planner,
    session: Db,
    file: Annotated[UploadFile, File(description="the edited .gpkg, ≤ 60 MB")],
    version: Annotated[int, Form(ge=1, lt=2**63)],
) -> shapes.RedivisionView:
    """Take an edited GeoPackage as the next version, all of it or nothing. Edit the `cell` of blocks or the
    outlines of cells, not both. 422 `division-faulty` lists each fault with its place."""
    draft = _hold(session, user, redivision_id, version)
    with pointing_at_parts(), on_disk(file) as path:
        cells, blocks = (read_layer(path, layer=name).frame for name in ("cells", "blocks"))
        done = exchange.take_back(session, draft, cells, blocks, by=user.officer_id)
    return _view(session, user, done)


def _scope(session: Db, user: User, form: GroundForm) -> scope.Scope:
    return scope.scope_of(session, user.jurisdiction_id, stations=form.stations, parts=form.parts)


def _hold(session: Db, user: User, number: int, version: int, *states: str) -> Redivision:
    return service.hold(session, user.jurisdiction_id, number, version, states=states or ("open",))


def _live(session: Db, user: User, number: int) -> Redivision:
    """A draft that is still a draft: one in force cannot be compared with today, which it is."""
    draft = service.get(session, user.jurisdiction_id, number)
    if draft.state in ("enacted", "dropped"):
        raise Conflict(
            "draft-state",
            zh="草案“{name}”已生效或已作废，不能再比较或导出。",
            en="The draft “{name}” is in force or dropped; it can no longer be compared or exported.",
            name=draft.name,
        )
    return draft


def _line(points: list[LinePoint] | None) -> list[tuple[float, float]] | None:
    return None if points is None else [(point.lon, point.lat) for point in points]


def _view(session: Db, user: User, draft: Redivision) -> shapes.RedivisionView:
    return shapes.views(session, user.jurisdiction_id, [draft])[0]
