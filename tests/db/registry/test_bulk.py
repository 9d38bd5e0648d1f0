"""An import lands as one: premises shared by door, codes without gap or repeat, all or none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from gridsup.db import transaction
from gridsup.errors import Conflict
from gridsup.registry import bulk, service
from gridsup.registry.drafts import BusinessDraft, PermitDraft, PlaceDraft
from gridsup.registry.model import Business, HouseholdCode, Permit, Premises
from tests.factories import SIDE, SOUTH, WEST, bureau

J = 420103


def drafts(count: int, **more: Any) -> list[BusinessDraft]:
    """Every tenth not placed, every fiftieth outside all cells; two businesses share each tenth door."""
    made = []
    for n in range(count):
        point: tuple[float, float] | None = (
            WEST + (n * 37 % 199) / 200 * 2 * SIDE,
            SOUTH + (n * 53 % 197) / 200 * 2 * SIDE,
        )
        if n % 10 == 3:
            point = None
        if n % 50 == 7:
            point = (WEST - 1, SOUTH)
        made.append(
            BusinessDraft(
                name=f"演示商行{n}",
                place=PlaceDraft(address=f"江汉区汉正街{n}号", point=point),
                source="import",
                phone="13800138000",
                permits=(PermitDraft(kind="食品经营许可证", department="D10"),) if n % 4 == 0 else (),
                **more,
            )
        )
    return made


def test_an_import_gives_each_placed_business_a_code(session: Session) -> None:
    bureau(session)
    added = bulk.add_many(session, J, drafts(200), officer_id=None)
    assert (len(added.ids), added.placed, added.unplaced, len(added.outside)) == (200, 180, 20, 4)
    names = dict(session.execute(select(Business.id, Business.name)).all())
    assert [names[i] for i in added.ids] == [f"演示商行{n}" for n in range(200)], "ids follow the drafts"
    codes = session.scalars(select(HouseholdCode.code)).all()
    assert len(set(codes)) == len(codes) == 176
    for grid in ("001", "002", "003", "004"):
        serials = sorted(int(c[-5:]) for c in codes if c[9:12] == grid)
        assert serials == list(range(1, len(serials) + 1))
    assert session.scalar(select(func.count()).select_from(Permit)) == 50
    found = session.scalars(select(Business.search).where(Business.id == added.ids[0])).one()
    assert codes[0] in found or any(c in found for c in codes)


def test_an_import_and_the_single_verb_agree_on_cells(session: Session) -> None:
    bureau(session)
    added = bulk.add_many(session, J, drafts(60), officer_id=None)
    stored = dict(session.execute(select(HouseholdCode.business_id, HouseholdCode.cell_id)).all())
    for n, one in enumerate(drafts(60)):
        if one.place.point is None or added.ids[n] in added.outside:
            assert added.ids[n] not in stored
            continue
        single = service.add(session, J, one, officer_id=None)
        code = session.scalars(select(HouseholdCode).where(HouseholdCode.business_id == single.id)).one()
        assert code.cell_id == stored[added.ids[n]]
        assert single.premises_id == session.get_one(Business, (J, added.ids[n])).premises_id


def test_repeated_doors_share_one_premises(session: Session) -> None:
    bureau(session)
    twice = drafts(1) * 2
    bulk.add_many(session, J, twice, officer_id=None)
    bulk.add_many(session, J, twice, officer_id=None)
    assert session.scalar(select(func.count()).select_from(Premises)) == 1
    assert session.scalar(select(func.count()).select_from(Business)) == 4


def test_a_taken_credit_code_refuses_the_batch_and_names_the_rows(session: Session) -> None:
    bureau(session)
    good, taken = drafts(2), drafts(1, uscc="91330100799655058B")
    bulk.add_many(session, J, taken, officer_id=None)
    with pytest.raises(Conflict) as refusal:
        bulk.add_many(session, J, [*good, *taken], officer_id=None)
    assert [fault.pointer for fault in refusal.value.faults] == ["/2/uscc"]
    assert session.scalar(select(func.count()).select_from(Business)) == 1


def test_imports_at_the_same_time_never_share_a_serial(clone: Any) -> None:
    with transaction(clone.owner, J) as session:
        bureau(session)

    def run(start: int) -> int:
        with transaction(clone.engine, J) as session:
            batch = [d for n, d in enumerate(drafts(120)) if n % 4 == start]
            return len(bulk.add_many(session, J, batch, officer_id=None).ids)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 120
    with transaction(clone.owner, J) as session:
        rows = session.execute(
            text(
                "SELECT count(*) AS n, count(DISTINCT code) AS d, max(right(code, 5)::int) AS m"
                " FROM household_codes GROUP BY left(code, 12)"
            )
        ).all()
        assert len(rows) == 4
        assert all(row.n == row.d == row.m for row in rows)
