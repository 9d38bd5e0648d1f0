"""The queue of matters, their pins on the map, one matter in full, and the proof of its record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api import matter_views, standing
from api.auth import User
from api.bbox import BboxQuery
from api.deps import Db, Id
from api.inputs import Asked
from api.matter_shapes import (
    ChainFaultView,
    MatterRow,
    MatterView,
    Pin,
    PinProperties,
    Pins,
    PointGeometry,
    Proof,
)
from api.pagination import Cursor, Limit, Page, decode, encode
from api.permissions import Permission
from api.policy import permit
from gridsup.procedures import proof, queries
from gridsup.procedures.family import clock

router = APIRouter(tags=["matters"])
Reader = Annotated[User, permit(Permission.MATTERS_READ)]
MOST_PINS = 5000
Word = Annotated[str | None, Query(max_length=60)]


def _wanted(
    user: Reader,
    session: Db,
    box: BboxQuery,
    pack: Word = None,
    state: Word = None,
    lane: Annotated[Literal["new", "doing", "waiting", "done"] | None, Query()] = None,
    overdue: Annotated[bool, Query(description="only those with a clock that is over")] = False,
    due_within: Annotated[
        int | None, Query(ge=0, le=3650, description="a clock is over within so many days (or is already)")
    ] = None,
    cell_id: Asked = None,
    station_id: Asked = None,
    business_id: Asked = None,
    assigned: Annotated[
        Literal["me"] | None, Query(description="`me`: to me, or to whom I stand in for")
    ] = None,
    waits_for: Annotated[
        str | None, Query(max_length=60, description="a post, `child`, or `me`: what I can move on")
    ] = None,
    to_sign: Annotated[bool, Query(description="only those with an open proposal")] = False,
    q: Annotated[str | None, Query(max_length=100, description="part of the title or the number")] = None,
    ended: Annotated[Literal["no", "yes", "all"], Query(description="open ones, ended ones, or both")] = "no",
) -> queries.Filter:
    """The filters of the queue, narrowed to what this person may see."""
    own = standing.waiting_for(session, user) if waits_for == "me" else None
    return standing.within_sight(
        user,
        queries.Filter(
            packs=[pack] if pack else (),
            states=[state] if state else (),
            lanes=[lane] if lane else (),
            waits_for=[waits_for] if waits_for and own is None else (),
            waiting=own,
            station_ids=[station_id] if station_id else (),
            cell_ids=[cell_id] if cell_id else (),
            assigned_officer_ids=standing.officers_of(user) if assigned else (),
            subject=("business", business_id) if business_id else None,
            text=q,
            bbox=box,
            ended={"no": False, "yes": True, "all": None}[ended],
            overdue=overdue,
            due_before=clock() + timedelta(days=due_within) if due_within is not None else None,
            to_sign=to_sign,
        ),
    )


Wanted = Annotated[queries.Filter, Depends(_wanted, scope="function")]


@router.get("/matters")
def list_matters(
    user: Reader, session: Db, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50
) -> Page[MatterRow]:
    """The queue: the soonest due first, those without a running clock last."""
    found, more = queries.queue(session, wanted, after=_after(cursor), limit=limit)
    return Page(items=matter_views.rows(session, user, found), next=encode(more) if more else None)


@router.get("/matters.geojson")
def list_matter_pins(
    user: Reader,
    session: Db,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=MOST_PINS)] = MOST_PINS,
) -> Pins:
    """Matters that have a place, as GeoJSON, with the filters of the queue."""
    now = clock()
    found = queries.pins(session, wanted, now=now, limit=limit + 1)
    return Pins(
        features=[
            Pin(
                id=one["id"],
                geometry=PointGeometry(coordinates=[one["lon"], one["lat"]]),
                properties=PinProperties(
                    **{name: one[name] for name in PinProperties.model_fields if name in one},
                    overdue=bool(not one["ended_at"] and one["next_due_at"] and one["next_due_at"] <= now),
                    ended=one["ended_at"] is not None,
                ),
            )
            for one in found[:limit]
        ],
        truncated=len(found) > limit,
    )


@router.get("/matters/{matter_id}")
def get_matter(matter_id: Id, user: Reader, session: Db) -> MatterView:
    """One matter: facts, clocks with their explanations, history, family, and what I may do now.

    `actions` lists the steps of the present state, each with the JSON Schema of its form; send one to
    `POST /matters/{matter_id}/actions/{action}` with `version` as `expected_version`.
    """
    standing.check_sight(session, user, [matter_id])
    return matter_views.matter(session, user, matter_id)


@router.get("/matters/{matter_id}/verify")
def verify_matter(matter_id: Id, user: Reader, session: Db) -> Proof:
    """Check the chain of the matter's events, and its state against a rebuild from them."""
    standing.check_sight(session, user, [matter_id])
    faults = list(proof.verify(session, [matter_id]))
    differences = list(proof.differences(session, [matter_id]))
    stored = _stored(session, user, matter_id)
    return Proof(
        matter_id=matter_id,
        version=stored[0],
        head_hash=stored[1],
        holds=not faults and not differences,
        faults=[ChainFaultView(seq=one.seq, what=one.what) for one in faults],
        differences=[one.place for one in differences],
    )


def _stored(session: Session, user: User, matter_id: int) -> tuple[int, str]:
    version, digest = session.execute(queries.head(user.jurisdiction_id, matter_id)).one()
    return version, digest


def _after(cursor: str | None) -> queries.Cursor | None:
    keys = decode(cursor, datetime, int)
    return None if keys is None else (keys[0], keys[1])
