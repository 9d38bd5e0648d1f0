"""Random officers drive whole families of the shipped packs; their record is held against the law.

The run in the suite is always the same. ``GRIDSUP_LAW_EXAMPLES=200 pytest tests/law/test_families.py`` tries
as many families at random.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gridsup.db import set_jurisdiction
from gridsup.enforcement import closing
from gridsup.errors import GridsupError
from gridsup.procedures.door import Answer
from gridsup.procedures.engine import Request, act_on
from gridsup.procedures.proof import differences, verify
from tests.conftest import JURISDICTION
from tests.db.procedures.trips import HANDED, KEPT, WHY, Trip, investigated, refused
from tests.law.office import OPENINGS, Office
from tests.law.witness import Witness

EXAMPLES = int(os.environ.get("GRIDSUP_LAW_EXAMPLES", "0"))
SEEDS = st.integers(0, 2**32 - 1)


class Families(RuleBasedStateMachine):
    """Officers act, sign, race and wait; whatever they manage to do must be lawful."""

    session: Session
    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.outer = self.session.begin_nested()
        self.office.begin()

    @initialize(pack=st.sampled_from(sorted(OPENINGS)), seed=SEEDS)
    def open_one(self, pack: str, seed: int) -> None:
        """A family, and its first acts: else most would still be young when the day ends."""
        assert isinstance(self.office.open(pack), Answer)
        self.work_on(seed)

    @rule(seed=SEEDS)
    def more_work(self, seed: int) -> None:
        self.work_on(seed)

    def work_on(self, seed: int) -> None:
        """Some acts one after the other, wherever there is something to do; proposals are signed."""
        rng = Random(seed)
        for _ in range(16):
            live = self.office.live()
            if not live:
                self.office.open(rng.choice(sorted(OPENINGS)))
                continue
            request = self.office.chosen(rng.choice(live), rng)
            if request is None:
                continue
            answer = self.office.take(request)
            if isinstance(answer, Answer) and answer.kind == "proposed":
                self.office.sign(answer, rng)

    @rule(seed=SEEDS)
    def papers_go_out(self, seed: int) -> None:
        """The papers of measures reach the party, or are void; then cases can be closed."""
        self.office.deliver(Random(seed))
        self.work_on(seed)

    @rule(seed=SEEDS)
    def try_anything(self, seed: int) -> None:
        """An act offered to one officer is tried by another, out of its state, alone."""
        rng = Random(seed)
        request = self.office.chosen(rng.choice(self.office.matters), rng)
        if request is not None:
            other = rng.choice(self.office.officers)
            wrong = Request(
                rng.choice(self.office.matters), request.action, other, self.office.key(), None, request.form
            )
            self.office.take(wrong)

    @rule(seed=SEEDS)
    def race(self, seed: int) -> None:
        """Two who saw the same version: one wins; the same request again is the same answer."""
        rng = Random(seed)
        matter = rng.choice(self.office.matters)
        first, second = self.office.chosen(matter, rng), self.office.chosen(matter, rng)
        if first is None or second is None:
            return
        won = self.office.take(first)
        if isinstance(won, GridsupError):
            return
        lost = self.office.take(second)
        assert isinstance(lost, GridsupError)
        assert lost.code == "matter-changed"
        again = act_on(self.session, first, now=self.office.now)
        assert again.replayed
        assert again.as_json() == won.as_json()

    @rule(days=st.sampled_from([1, 3, 8, 20, 40, 100]))
    def days_pass(self, days: int) -> None:
        self.office.now += timedelta(days=days)

    def teardown(self) -> None:
        """The whole record, once it is written: chains, rebuild, and every trace beside its law."""
        try:
            witness = Witness(self.session, self.office.bureau.jurisdiction_id, self.office.matters)
            assert list(witness.faults()) == []
            assert list(verify(self.session)) == []
            assert list(differences(self.session)) == []
        finally:
            self.outer.rollback()


@pytest.fixture
def machine(engine: Engine) -> Iterator[type[Families]]:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            set_jurisdiction(session, JURISDICTION)
            yield type("Machine", (Families,), {"session": session, "office": Office(session)})
        outer.rollback()


def test_random_officers_leave_a_lawful_record(machine: type[Families]) -> None:
    longer: dict[str, Any] = {"max_examples": EXAMPLES or 10, "derandomize": not EXAMPLES}
    run_state_machine_as_test(
        machine,
        settings=settings(
            **longer,
            database=None,
            stateful_step_count=6,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )


def test_the_witness_names_a_case_that_is_closed_over_a_paper(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M15: without the guard; with it no family gets there."""
    trip = Trip(session)
    matter, case = investigated(trip)
    (kept,) = trip.do(case, "preserve_evidence", "enforcement", {"items": "炉具", "place": "库房"}).children
    trip.do(kept, "preserve_urgent", "enforcement", KEPT, pair=True)
    trip.do(kept, "release", "enforcement", {"decision": "返还当事人"} | HANDED, pair=True)
    assert refused(trip, case, "terminate", "enforcement", WHY) == "papers-unserved"
    monkeypatch.setattr(closing, "CASES", ())
    trip.approve(trip.do(case, "terminate", "enforcement", WHY), "bureau_head")
    (fault,) = Witness(session, trip.bureau.jurisdiction_id, [matter, case, kept]).faults()
    assert "M15: penalty_case.terminate" in fault
