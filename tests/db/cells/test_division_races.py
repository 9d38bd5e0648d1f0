"""A business that arrives while cells are divided anew lands in a cell that is in force."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shapely import box
from sqlalchemy import text

from gridsup.cells.drafts import CellDraft
from gridsup.db import transaction
from gridsup.registry import service
from gridsup.registry.drafts import BusinessDraft, PlaceDraft
from gridsup.registry.rehoming import enact_division
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST, bureau

J = 420103
HALVES = [
    CellDraft(box(WEST, SOUTH, WEST + SIDE, SOUTH + 2 * SIDE), "42010301"),
    CellDraft(box(WEST + SIDE, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE), "42010301"),
]
STRAYS = text(
    "SELECT count(*) FROM household_codes h JOIN cells c"
    " ON c.jurisdiction_id = h.jurisdiction_id AND c.id = h.cell_id"
    " WHERE h.ended_on IS NULL AND NOT upper_inf(c.valid)"
)


def draft(number: int) -> BusinessDraft:
    at = (WEST + (number * 7 % 19) / 19 * 2 * SIDE, SOUTH + (number * 5 % 17) / 17 * 2 * SIDE)
    place = PlaceDraft(address=f"{number}号", point=at)
    return BusinessDraft(name=f"店{number}", place=place, source="test")


def test_whoever_waits_for_a_division_gets_a_new_cell(clone: Any) -> None:
    wire()
    with transaction(clone.engine, J) as session:
        bureau(session)
    divided, waiting = threading.Event(), threading.Event()

    def divide() -> None:
        with transaction(clone.engine, J) as session:
            enact_division(session, J, HALVES)
            divided.set()
            waiting.wait(2)

    def arrive() -> int:
        divided.wait(10)
        with transaction(clone.engine, J) as session:
            threading.Timer(0.5, waiting.set).start()
            return service.add(session, J, draft(1), officer_id=None).id

    with ThreadPoolExecutor(2) as pool:
        division, arrival = pool.submit(divide), pool.submit(arrive)
        division.result()
        number = arrival.result()
    with transaction(clone.engine, J) as session:
        code = session.scalar(text("SELECT code FROM household_codes WHERE business_id = :b"), {"b": number})
        assert code == "42010301-005-00001"
        assert session.scalar(STRAYS) == 0


def test_a_division_amid_arrivals_leaves_none_behind(clone: Any) -> None:
    wire()
    with transaction(clone.engine, J) as session:
        bureau(session)

    def arrive(number: int) -> None:
        with transaction(clone.engine, J) as session:
            service.add(session, J, draft(number), officer_id=None)

    def divide() -> None:
        with transaction(clone.engine, J) as session:
            enact_division(session, J, HALVES)

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(arrive, n) for n in range(30)]
        jobs.insert(15, pool.submit(divide))
        jobs += [pool.submit(arrive, n) for n in range(30, 60)]
        for job in jobs:
            job.result()
    with transaction(clone.engine, J) as session:
        assert session.scalar(STRAYS) == 0
        assert session.scalar(text("SELECT count(*) FROM household_codes WHERE ended_on IS NULL")) == 60
        assert session.scalar(text("SELECT count(*) - count(DISTINCT code) FROM household_codes")) == 0
