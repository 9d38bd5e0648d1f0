"""Many businesses at once: the confirmed rows of an import land together, in seconds for 20,000."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells.locate import check_position, today
from gridsup.db import announce
from gridsup.errors import Conflict, FieldFault
from gridsup.people.model import Jurisdiction
from gridsup.registry import coding, likeness, statements
from gridsup.registry.addresses import address_key
from gridsup.registry.coding import Target
from gridsup.registry.drafts import BusinessDraft, PlaceDraft
from gridsup.registry.model import Business, Permit, Premises, RegistryEvent
from gridsup.registry.record import home_of
from gridsup.registry.rows import insert_rows
from gridsup.registry.search import with_code
from gridsup.registry.service import columns, identity_numbers


@dataclass(frozen=True, slots=True)
class Added:
    """What an import did. ``ids`` in the order of the drafts."""

    ids: tuple[int, ...]
    placed: int
    unplaced: int
    outside: tuple[int, ...]
    """Placed businesses in no cell: on the map, without a code until a division covers them."""


def add_many(
    session: Session, jurisdiction_id: int, drafts: Sequence[BusinessDraft], *, officer_id: int | None
) -> Added:
    """Enter many businesses as one: all or none.

    Each gets a premises, shared with a draft or a stored premises of exactly the same address, building,
    floor, stall and place; those in a cell get codes. Raises Conflict ``uscc-taken`` with one fault
    (pointer ``/n/uscc``) per draft whose credit code is taken, and Invalid as the single verb does.
    """
    home = home_of(session, jurisdiction_id)
    numbers = [identity_numbers(draft) for draft in drafts]
    _refuse_taken(session, jurisdiction_id, [uscc for uscc, _ in numbers])
    premises_ids = _premises(session, home, [draft.place for draft in drafts])
    session.execute(statements.HOLD_CELLS, {"j": jurisdiction_id, "day": today()})
    cells = _cells(session, jurisdiction_id, premises_ids)
    coded = [n for n, premises_id in enumerate(premises_ids) if premises_id in cells]
    codes = dict(
        zip(
            coded,
            coding.reserve(session, home, [cells[premises_ids[n]].cell_code for n in coded]),
            strict=True,
        )
    )
    rows = []
    for n, (draft, (uscc, registration_no)) in enumerate(zip(drafts, numbers, strict=True)):
        row = columns(draft) | {
            "jurisdiction_id": jurisdiction_id,
            "premises_id": premises_ids[n],
            "uscc": uscc,
            "registration_no": registration_no,
        }
        if n in codes:
            row["search"] = with_code(row["search"], codes[n])
        rows.append(row)
    ids = insert_rows(session, Business, rows)
    coding.insert_codes(
        session,
        jurisdiction_id,
        [(ids[n], cells[premises_ids[n]].cell_id, codes[n]) for n in coded],
        today(),
    )
    _permits_and_events(session, jurisdiction_id, drafts, ids, officer_id)
    announce(session, jurisdiction_id, "businesses")
    points = [draft.place.point is not None for draft in drafts]
    outside = tuple(ids[n] for n, placed in enumerate(points) if placed and n not in codes)
    return Added(tuple(ids), sum(points), len(points) - sum(points), outside)


def _refuse_taken(session: Session, jurisdiction_id: int, usccs: Sequence[str | None]) -> None:
    taken = set(session.scalars(likeness.usccs_among(jurisdiction_id, [u for u in usccs if u])))
    faults: list[FieldFault] = []
    seen: set[str] = set()
    for n, uscc in enumerate(usccs):
        if uscc is not None and (uscc in taken or uscc in seen):
            zh = f"统一社会信用代码 {uscc} {'已在经济户口中' if uscc in taken else '在本批中重复'}"
            en = f"credit code {uscc} {'is in the register already' if uscc in taken else 'occurs twice'}"
            faults.append(FieldFault(f"/{n}/uscc", zh=zh, en=en))
        if uscc is not None:
            seen.add(uscc)
    if faults:
        raise Conflict(
            "uscc-taken",
            zh="有 {n} 行的统一社会信用代码重复或已登记。请剔除或改为更新后再提交。",
            en="{n} rows have a credit code that is taken. Remove them, or update the existing businesses.",
            faults=faults,
            n=len(faults),
        )


def _door(key: str, place: PlaceDraft, point: tuple[float, float] | None) -> tuple[Any, ...]:
    rounded = (round(point[0], 5), round(point[1], 5)) if point else None
    return (key, place.building, place.floor, place.stall, rounded)


def _premises(session: Session, home: Jurisdiction, places: Sequence[PlaceDraft]) -> list[int]:
    """A premises per place: a stored one with the same door (within about 1 m), or a new one."""
    jurisdiction_id = home.jurisdiction_id
    for place in places:
        if place.point is not None:
            check_position(*place.point)
    keys = [address_key(place.address, district=home.name) for place in places]
    doors = [_door(key, place, place.point) for key, place in zip(keys, places, strict=True)]
    known: dict[tuple[Any, ...], int] = {}
    for row in session.execute(likeness.doors(jurisdiction_id, list(set(keys)))):
        point = (round(row.lon, 5), round(row.lat, 5)) if row.lon is not None else None
        known.setdefault((row.address_key, row.building, row.floor, row.stall, point), row.id)
    new: dict[tuple[Any, ...], dict[str, Any]] = {}
    for key, door, place in zip(keys, doors, places, strict=True):
        if door not in known and door not in new:
            new[door] = _row(jurisdiction_id, key, place)
    made = insert_rows(session, Premises, list(new.values()))
    known |= dict(zip(new, made, strict=True))
    return [known[door] for door in doors]


def _row(jurisdiction_id: int, key: str, place: PlaceDraft) -> dict[str, Any]:
    x, y, datum = place.original or (None, None, None)
    placed = place.point is not None
    return {
        "jurisdiction_id": jurisdiction_id,
        "address": place.address,
        "address_key": key,
        "building": place.building,
        "floor": place.floor,
        "stall": place.stall,
        "community_id": place.community_id,
        "point": f"SRID=4490;POINT({place.point[0]!r} {place.point[1]!r})" if place.point else None,
        "original_x": x,
        "original_y": y,
        "original_datum": datum,
        "placed_by": place.placed_by if placed else None,
        "placed_at": datetime.now(SHANGHAI) if placed else None,
        "accuracy_m": place.accuracy_m,
    }


def _cells(session: Session, jurisdiction_id: int, premises_ids: Sequence[int]) -> dict[int, Target]:
    params = {"j": jurisdiction_id, "ids": list(set(premises_ids)), "day": today()}
    return {
        row.id: Target(row.cell_id, row.code) for row in session.execute(statements.LOCATE_PREMISES, params)
    }


def _permits_and_events(
    session: Session,
    jurisdiction_id: int,
    drafts: Sequence[BusinessDraft],
    ids: Sequence[int],
    officer_id: int | None,
) -> None:
    permits = [
        {"jurisdiction_id": jurisdiction_id, "business_id": business_id, **asdict(permit)}
        for draft, business_id in zip(drafts, ids, strict=True)
        for permit in draft.permits
    ]
    events = [
        {
            "jurisdiction_id": jurisdiction_id,
            "business_id": business_id,
            "verb": "added",
            "officer_id": officer_id,
            "before": {},
            "after": {"name": draft.name, "source": draft.source},
        }
        for draft, business_id in zip(drafts, ids, strict=True)
    ]
    insert_rows(session, Permit, permits)
    insert_rows(session, RegistryEvent, events)
