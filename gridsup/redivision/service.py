"""The verbs on a draft: edit, undo, drop. Making one is :mod:`.proposing`'s, enacting it :mod:`.enacting`'s.

Each verb takes the version that the caller saw; a draft that changed meanwhile is refused, never merged.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import shapely
from sqlalchemy import func
from sqlalchemy.orm import Session

from gridsup import spatial
from gridsup.cells import queries as cell_queries
from gridsup.cells.division import Mix
from gridsup.cells.division.lines import Lines
from gridsup.cells.division.workload import Spots
from gridsup.cells.serials import scheme_of
from gridsup.codes import CodeScheme
from gridsup.db import announce
from gridsup.errors import Conflict, Invalid, NotFound, Refused
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.people.refusals import missing
from gridsup.redivision import nesting, queries, scope, store, verbs
from gridsup.redivision.board import Board, Change
from gridsup.redivision.model import Redivision, RedivisionEdit
from gridsup.redivision.quality import Ground, lines_of, quality
from gridsup.registry.record import home_of


def get(session: Session, jurisdiction_id: int, draft_id: int) -> Redivision:
    """Raises NotFound ``draft-not-found``."""
    found = session.scalar(queries.draft(jurisdiction_id, draft_id))
    if found is None:
        raise NotFound(
            "draft-not-found",
            zh="本辖区没有编号为 {id} 的重划草案。",
            en="There is no draft {id} in this jurisdiction.",
            id=draft_id,
        )
    return found


def hold(
    session: Session,
    jurisdiction_id: int,
    draft_id: int,
    version: int | None,
    *,
    states: tuple[str, ...] = ("open",),
) -> Redivision:
    """Lock a draft that stands in one of ``states``.

    Raises NotFound ``draft-not-found``, Conflict ``draft-changed`` (another version), ``draft-state``.
    """
    get(session, jurisdiction_id, draft_id)
    query = queries.draft(jurisdiction_id, draft_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one()
    if version is not None and found.version != version:
        raise Conflict(
            "draft-changed",
            zh="草案已被他人修改（您看到的是第 {seen} 版，现在是第 {now} 版）。请刷新后再操作。",
            en="Someone changed this draft meanwhile (you saw version {seen}, it is {now}). Reload, then act "
            "again.",
            seen=version,
            now=found.version,
        )
    if found.state not in states:
        words = {
            "open": ("编制中", "open"),
            "scheduled": ("待生效，请先撤回", "scheduled: withdraw it first"),
            "enacted": ("已生效", "in force already"),
            "dropped": ("已作废", "dropped"),
        }
        zh, en = words[found.state]
        raise Conflict(
            "draft-state",
            zh="草案“{name}”{state_zh}，不能这样操作。",
            en="The draft “{name}” is {state_en}; this cannot be done.",
            name=found.name,
            state_zh=zh,
            state_en=en,
        )
    return found


def edit(
    session: Session,
    draft: Redivision,
    verb: str,
    change: Change,
    board: Board,
    *,
    asked: dict[str, Any],
    officer_id: int | None,
) -> Redivision:
    """Carry out a change that was made for ``board``: store, log, measure anew, next version.

    Raises Refused ``nothing-changes``, ``cell-across-walls``.
    """
    if not (change.steps or change.shapes or change.cells):
        raise Refused(
            "nothing-changes",
            zh="这一步没有改变任何内容。",
            en="This would change nothing.",
        )
    made = board.apply(change)
    nesting.require_nested(session, draft, made, {to for _, to in change.steps.values() if to is not None})
    store.save(session, draft, change)
    _next(session, draft, made, officer_id)
    session.execute(queries.forget_undone(draft.jurisdiction_id, draft.id))
    session.add(
        RedivisionEdit(
            jurisdiction_id=draft.jurisdiction_id,
            redivision_id=draft.id,
            version=draft.version,
            verb=verb,
            asked=asked,
            change=store.as_json(change),
            officer_id=officer_id,
        )
    )
    session.flush()
    return draft


def _next(session: Session, draft: Redivision, board: Board, officer_id: int | None) -> None:
    home = home_of(session, draft.jurisdiction_id)
    kept = {"engine": draft.report["engine"]} if "engine" in draft.report else {}
    lines = lines_in(session, draft.jurisdiction_id, [int(one) for one in draft.stations])
    draft.report = quality(board, lines, metric_srid=int(home.metric_srid)) | kept
    draft.version += 1
    draft.changed_by, draft.changed_at = officer_id, func.now()
    draft.failure = None
    session.flush()
    session.refresh(draft)
    announce(session, draft.jurisdiction_id, "redivision", redivision=draft.id)


def move(session: Session, draft: Redivision, numbers: list[int], to: int, *, by: int | None) -> Redivision:
    """Move blocks to the neighbouring cell; see :func:`gridsup.redivision.verbs.move`."""
    board = store.load(session, draft)
    asked = {"blocks": numbers, "to": to}
    return edit(session, draft, "move", verbs.move(board, numbers, to), board, asked=asked, officer_id=by)


def merge(session: Session, draft: Redivision, keep: int, other: int, *, by: int | None) -> Redivision:
    board = store.load(session, draft)
    asked = {"keep": keep, "other": other}
    return edit(session, draft, "merge", verbs.merge(board, keep, other), board, asked=asked, officer_id=by)


def split(
    session: Session, draft: Redivision, label: int, line: list[tuple[float, float]] | None, *, by: int | None
) -> Redivision:
    """Split a cell into two balanced halves, or along a line (lon, lat)."""
    board = store.load(session, draft)
    if line is None:
        change = verbs.split(board, label)
    else:
        change = verbs.split_by_line(board, label, drawn(line), ground(session, draft).work)
    asked = {"cell": label, "line": line}
    return edit(session, draft, "split", change, board, asked=asked, officer_id=by)


def cut(
    session: Session, draft: Redivision, number: int, line: list[tuple[float, float]], *, by: int | None
) -> Redivision:
    """Cut a block in two along a line (lon, lat)."""
    board = store.load(session, draft)
    change = verbs.cut_block(board, number, drawn(line), ground(session, draft).work)
    asked = {"block": number, "line": line}
    return edit(session, draft, "cut", change, board, asked=asked, officer_id=by)


def describe(
    session: Session, draft: Redivision, label: int, given: dict[str, Any], *, by: int | None
) -> Redivision:
    """Set a cell's number, name, community or inspector."""
    given = _settled(session, draft, given)
    board = store.load(session, draft)
    taken = scope.grids_beside(session, draft, board) if given.get("grid") else set()
    change = verbs.describe(board, label, taken=taken, **given)
    asked = {"cell": label, **given}
    return edit(session, draft, "describe", change, board, asked=asked, officer_id=by)


def _settled(session: Session, draft: Redivision, given: dict[str, Any]) -> dict[str, Any]:
    """What a person gave for a cell, checked: the number padded, the bodies and officers there."""
    j = draft.jurisdiction_id
    if "grid" in given:
        given = given | {"grid": padded(scheme_of(home_of(session, j)), given["grid"])}
    community = given.get("community_id")
    if community is not None and community not in {
        row.id for row in session.execute(cell_queries.bodies(j, "community"))
    }:
        raise missing("organisation", "社区", "community", community)
    officer = given.get("officer_id")
    if officer is not None:
        row = session.scalar(people.officer(j, officer))
        if row is None or not row.active:
            raise missing("officer", "在职人员", "officer in service", officer)
    return given


def padded(scheme: CodeScheme, grid: str | None) -> str | None:
    """A grid number as codes write it. Raises Invalid ``grid-malformed``."""
    if grid is None:
        return None
    if not grid.isascii() or not grid.isdigit() or len(grid) > scheme.grid_width:
        raise Invalid(
            "grid-malformed",
            zh="网格编号“{grid}”应为不超过 {width} 位的数字。",
            en="The grid number “{grid}” must be at most {width} digits.",
            grid=grid[:40],
            width=scheme.grid_width,
        )
    return grid.zfill(scheme.grid_width)


def undo(session: Session, draft: Redivision, *, by: int | None) -> Redivision:
    """Take back the last edit that stands. Raises Conflict ``nothing-to-undo``."""
    done, _ = ends_of_log(session, draft)
    if done is None:
        raise Conflict("nothing-to-undo", zh="没有可撤销的修改。", en="There is no edit to take back.")
    done.undone_by, done.undone_at = by, func.now()
    return _replay(session, draft, store.parsed(done.change).inverse(), by)


def redo(session: Session, draft: Redivision, *, by: int | None) -> Redivision:
    """Make the edit again that was taken back last. A new edit ends what can be made again.

    Raises Conflict ``nothing-to-redo``.
    """
    _, undone = ends_of_log(session, draft)
    if undone is None:
        raise Conflict("nothing-to-redo", zh="没有可重做的修改。", en="There is no edit to make again.")
    undone.undone_by = undone.undone_at = None
    return _replay(session, draft, store.parsed(undone.change), by)


def ends_of_log(session: Session, draft: Redivision) -> tuple[RedivisionEdit | None, RedivisionEdit | None]:
    """The last edit that stands, and the one after it that was taken back last, which can be made again."""
    log = queries.edits(draft.jurisdiction_id, draft.id)
    done = session.scalar(log.where(RedivisionEdit.undone_at.is_(None)).limit(1))
    undone = log.where(queries.CAN_RETURN).order_by(None).order_by(RedivisionEdit.id)
    return done, session.scalar(undone.limit(1))


def ends_of_logs(
    session: Session, jurisdiction_id: int, draft_ids: list[int]
) -> dict[int, tuple[bool, bool]]:
    """Draft → whether an edit can be taken back, and whether one can be made again."""
    found = dict.fromkeys(draft_ids, (False, False))
    for row in session.execute(queries.edges_of_logs(jurisdiction_id, draft_ids)):
        found[row.redivision_id] = (row.done, row.undone)
    return found


def _replay(session: Session, draft: Redivision, change: Change, by: int | None) -> Redivision:
    board = store.load(session, draft, with_retired=True)
    store.save(session, draft, change)
    _next(session, draft, board.apply(change), by)
    return draft


def drop(session: Session, draft: Redivision, *, by: int | None) -> Redivision:
    """Give a draft up; it stays readable."""
    draft.state, draft.version = "dropped", draft.version + 1
    draft.changed_by, draft.changed_at = by, func.now()
    record(
        session, draft.jurisdiction_id, "redivision_dropped", officer_id=by, subject=f"redivision:{draft.id}"
    )
    session.refresh(draft)
    announce(session, draft.jurisdiction_id, "redivision", redivision=draft.id)
    return draft


def drawn(line: list[tuple[float, float]]) -> shapely.LineString:
    """A line as it was drawn. Raises Invalid ``line-too-short``, ``line-crosses-itself``."""
    made = shapely.LineString(line) if len(set(line)) > 1 else None
    if made is None or made.length == 0:
        raise Invalid(
            "line-too-short",
            zh="线至少要有两个不同的点。",
            en="A line needs at least two different points.",
        )
    if not made.is_simple:
        raise Invalid(
            "line-crosses-itself",
            zh="所画的线与自身相交。请重画一条不自交的线。",
            en="The line crosses itself. Draw one that does not.",
        )
    return made


def ground(session: Session, draft: Redivision) -> Ground:
    """What makes work in the draft's stations, weighed by the mix that the draft was made with."""
    return ground_of(session, draft.jurisdiction_id, [int(one) for one in draft.stations], mix_of(draft))


def mix_of(draft: Redivision) -> Mix:
    """What the draft counts as work: as it was asked for, else the default."""
    return Mix(**draft.parameters["mix"]) if "mix" in draft.parameters else Mix()


def shares_of(draft: Redivision) -> dict[str, float]:
    """The draft's mix as shares that sum to 1."""
    weights = asdict(mix_of(draft))
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}


def ground_of(session: Session, jurisdiction_id: int, stations: list[int], mix: Mix) -> Ground:
    """What makes work in some stations."""
    rows = session.execute(queries.GROUND, {"j": jurisdiction_id, "stations": stations}).all()
    srid = int(home_of(session, jurisdiction_id).metric_srid)
    points = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
    places: Any = np.asarray(shapely.points(points), dtype=object)
    return Ground(
        points,
        Spots(
            spatial.to_metric(places, srid) if len(places) else places,
            np.ones(len(rows)),
            np.array([unlicensed(row) for row in rows], dtype=np.float64),
            np.array([row.risk for row in rows], dtype=np.float64),
        ),
        lines_in(session, jurisdiction_id, stations),
        mix,
        srid,
    )


def lines_in(session: Session, jurisdiction_id: int, stations: list[int]) -> Lines:
    """Every line that touches some stations."""
    srid = int(home_of(session, jurisdiction_id).metric_srid)
    rows = session.execute(queries.ROADS, {"j": jurisdiction_id, "stations": stations}).all()
    lines: Any = shapely.from_wkb([bytes(row.geom) for row in rows])
    return lines_of([row.kind for row in rows], lines, srid)


def unlicensed(row: Any) -> float:
    """A household's history of missing licences: one while it has no valid one, one for each finding of the
    last three years, five at most."""
    return float((row.licence_status != "valid") + min(row.findings, 4))


def log(session: Session, draft: Redivision, limit: int) -> list[RedivisionEdit]:
    """The edits, newest first."""
    return list(session.scalars(queries.edits(draft.jurisdiction_id, draft.id).limit(limit)))


def listing(session: Session, jurisdiction_id: int, state: str | None) -> list[Redivision]:
    """Drafts, newest first."""
    return list(session.scalars(queries.drafts(jurisdiction_id, state=state)))
