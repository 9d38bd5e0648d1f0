"""A draft comes into force: now, or on the day for which it is scheduled, checked again then.

Nothing of the enactment itself stands here: cells, lineage, codes, aliases, matters and assignments are
:func:`gridsup.registry.rehoming.enact_division`'s, in one transaction with the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import Engine, func
from sqlalchemy.orm import Session

from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells import queries as cell_queries
from gridsup.cells import service as cell_service
from gridsup.cells.drafts import CellDraft
from gridsup.cells.locate import located, today
from gridsup.cells.model import Cell
from gridsup.db import announce, transaction
from gridsup.errors import GridsupError
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.redivision import communities, queries, scope, service, store
from gridsup.redivision.model import Redivision
from gridsup.registry.rehoming import enact_division, try_division

SAME = 1e-7
"""Degrees (about 1 cm) that a drawn cell's border may lie from a present one's and still be it: a node more,
or its rounding. At any single place, because a mean over the whole border lets a corner of square metres
through, which the new neighbours then overlap or leave open."""


def schedule(session: Session, draft: Redivision, day: date, *, by: int | None) -> Redivision:
    """Let a draft come into force on ``day``: at once when that is today or earlier.

    A later day is tried now as if it had come, and checked again then. Raises what
    :func:`gridsup.registry.rehoming.enact_division` raises.
    """
    if day <= today():
        return enact(session, draft, day, by=by)
    cells = drawn(session, draft)
    officers = [officer for _, officer in cells]
    try_division(session, draft.jurisdiction_id, [one for one, _ in cells], day=day, officers=officers)
    draft.state, draft.planned_on, draft.failure = "scheduled", day, None
    _note(session, draft, "redivision_scheduled", by, day=day.isoformat())
    return draft


def withdraw(session: Session, draft: Redivision, *, by: int | None) -> Redivision:
    """Open a scheduled draft again for editing."""
    draft.state = "open"
    _note(session, draft, "redivision_withdrawn", by)
    return draft


def enact(session: Session, draft: Redivision, day: date, *, by: int | None) -> Redivision:
    """Make the draft's cells the cells of its stations from ``day`` on. Raises as :func:`schedule`."""
    j = draft.jurisdiction_id
    cells = drawn(session, draft)
    done = enact_division(
        session, j, [one for one, _ in cells], day=day, officers=[officer for _, officer in cells], by=by
    )
    for one, _ in cells:
        place = shapely.point_on_surface(one.geometry)
        cell = located(session, j, place.x, place.y, day=day)
        if cell.id in done.cells.kept:
            _describe(session, cell, one, by)
    draft = service.get(session, j, draft.id)
    draft.state, draft.planned_on, draft.failure = "enacted", day, None
    draft.result = {
        "begun": list(done.cells.begun),
        "ended": list(done.cells.ended),
        "kept": list(done.cells.kept),
        "recoded": done.recoded,
        "matters": list(done.matters),
        "handed_on": list(done.handed_on),
    }
    _note(session, draft, "redivision_enacted", by, day=day.isoformat(), recoded=done.recoded)
    return draft


def _describe(session: Session, cell: Cell, one: CellDraft, by: int | None) -> None:
    """A cell whose shape and number stay is no new cell; its name and its community can still be others."""
    j = cell.jurisdiction_id
    cell_service.describe(session, j, cell.id, officer_id=by, name=one.name)
    cell_service.put_in_community(
        session,
        j,
        cell.id,
        _community_ids(session, j).get(one.community or ""),
        national_code=one.national_code,
        officer_id=by,
    )


def drawn(session: Session, draft: Redivision) -> list[tuple[CellDraft, int | None]]:
    """The cells that the draft's stations will have, as a division takes them, each with the inspector that
    the draft names.

    A cell that is a present one but for nodes on its border takes that one's shape, and so is kept. Raises
    Conflict ``national-codes-exhausted``.
    """
    j = draft.jurisdiction_id
    board = scope.whole(session, draft, store.load(session, draft))
    codes = {row.id: row.code for row in session.execute(queries.stations(j))}
    community = {number: code for code, number in _community_ids(session, j).items()}
    present = list(session.scalars(cell_queries.present_cells(j, [int(s) for s in draft.stations])))
    shapes = board.shapes()
    national = communities.national_codes(session, j, board, shapes, present)
    settled = _settled(list(shapes.values()), present)
    return [
        (
            CellDraft(
                shape,
                codes[cell.station_id],
                grid=cell.grid,
                name=cell.name,
                community=community.get(cell.community_id or 0),
                national_code=national[label],
            ),
            cell.officer_id,
        )
        for (label, cell), shape in zip(sorted(board.cells.items()), settled, strict=True)
    ]


def _community_ids(session: Session, jurisdiction_id: int) -> dict[str, int]:
    return {row.code: row.id for row in session.execute(cell_queries.bodies(jurisdiction_id, "community"))}


def _settled(shapes: Sequence[Any], present: Sequence[Cell]) -> list[Any]:
    old = [to_shape(cell.geom) for cell in present]
    tree = shapely.STRtree(old)
    settled = []
    for shape in shapes:
        near = tree.query(shapely.point_on_surface(shape), predicate="intersects")
        twin = next(
            (old[i] for i in near if shapely.hausdorff_distance(shape.boundary, old[i].boundary) < SAME),
            None,
        )
        settled.append(shape if twin is None else twin)
    return settled


def bring_into_force(session: Session, jurisdiction_id: int, *, day: date | None = None) -> list[Redivision]:
    """Enact the drafts of a jurisdiction whose day has come, each from the day that was announced.

    One that is refused is opened again with the reason in ``failure``; the others go on.
    """
    settled = []
    for row in session.scalars(queries.due(jurisdiction_id, day or today())).all():
        draft = service.hold(session, jurisdiction_id, row.id, None, states=("scheduled",))
        assert draft.planned_on is not None
        try:
            with session.begin_nested():
                draft = enact(session, draft, draft.planned_on, by=None)
        except GridsupError as refusal:
            session.expire_all()
            draft = service.get(session, jurisdiction_id, row.id)
            draft.state = "open"
            draft.failure = reasons(refusal)
            _note(session, draft, "redivision_failed", None, code=refusal.code)
        settled.append(draft)
    return settled


def reasons(refusal: GridsupError) -> dict[str, Any]:
    """A refusal as it is kept on the draft."""
    return {
        "code": refusal.code,
        "zh": refusal.text("zh"),
        "en": refusal.text("en"),
        "faults": [{"pointer": f.pointer, "zh": f.zh, "en": f.en} for f in refusal.faults[:50]],
        "at": datetime.now(SHANGHAI).isoformat(timespec="seconds"),
    }


def upkeep(engine: Engine) -> list[Redivision]:
    """:func:`bring_into_force` for every jurisdiction of an installation, each in its own transaction."""
    with transaction(engine) as session:
        known = [one.jurisdiction_id for one in session.scalars(people.jurisdictions())]
    settled = []
    for jurisdiction_id in known:
        with transaction(engine, jurisdiction_id) as session:
            settled += bring_into_force(session, jurisdiction_id)
    return settled


def _note(session: Session, draft: Redivision, act: str, by: int | None, **detail: Any) -> None:
    draft.version += 1
    draft.changed_by, draft.changed_at = by, func.now()
    session.flush()
    record(
        session,
        draft.jurisdiction_id,
        act,
        officer_id=by,
        subject=f"redivision:{draft.id}",
        **detail,
    )
    session.refresh(draft)
    announce(session, draft.jurisdiction_id, "redivision", redivision=draft.id)


def overdue(draft: Redivision) -> bool:
    """A scheduled draft whose day has come and that no upkeep run has taken up yet."""
    return draft.state == "scheduled" and draft.planned_on is not None and draft.planned_on <= today()


def station_names(session: Session, jurisdiction_id: int) -> dict[int, tuple[str, str]]:
    """Station id → (code, name)."""
    return {row.id: (row.code, row.name) for row in session.execute(queries.stations(jurisdiction_id))}
