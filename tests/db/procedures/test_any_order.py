"""Whatever is tried, in whatever order: chains hold, projections equal a rebuild, refusals change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gridsup.db import set_jurisdiction
from gridsup.errors import GridsupError
from gridsup.procedures import engine, store, views
from gridsup.procedures.door import Answer
from gridsup.procedures.model import Matter
from gridsup.procedures.proof import differences, verify
from tests.db.procedures.small_bureau import (
    CASE,
    ERRAND,
    JURISDICTION,
    MONDAY,
    Bureau,
    do,
    found_bureau,
    fresh,
    report,
)

ACTIONS = sorted({*CASE["actions"], *ERRAND["actions"]} - {"photographed"})
ROLES = st.sampled_from(
    ["inspector", "dispatcher", "enforcer", "station_head", "deputy_head", "bureau_head", "liaison"]
)
FORMS = {"invite": {"on": "2026-06-01"}, "tell_permit": {"permit": True}, "note": {"note": "记"}}


def attempt(run: Callable[[], Answer]) -> Answer | GridsupError:
    """What came of it: an answer or a refusal."""
    try:
        return run()
    except GridsupError as refusal:
        return refusal


class AnyOrder(RuleBasedStateMachine):
    """Random acts, signatures and passing days over families of the small procedure."""

    session: Session
    bureau: Bureau

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MONDAY
        self.outer = self.session.begin_nested()
        self.matters: list[int] = []

    @initialize()
    def open_one(self) -> None:
        self.matters.append(report(self.session, self.bureau, now=self.now).matter_id)

    @rule(days=st.integers(1, 15))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(
        which=st.integers(0, 99),
        action=st.sampled_from(ACTIONS),
        role=ROLES,
        stale=st.integers(0, 4),
        offline=st.booleans(),
    )
    def try_an_act(self, which: int, action: str, role: str, stale: int, offline: bool) -> None:
        matter = self.matters[which % len(self.matters)]
        before = views.current(self.session, matter, now=self.now)
        who = getattr(self.bureau, role)
        more: dict[str, Any] = {"crew": self.bureau.pair} if action == "hold" else {}
        expected = before["version"] - (stale == 0)
        form = FORMS.get(action, {})
        more |= {"now": self.now, "expected_version": expected, "offline": offline}
        answer = attempt(lambda: do(self.session, matter, action, who, form, **more))
        if isinstance(answer, GridsupError):
            assert answer.text("zh")
            assert answer.text("en")
            assert views.current(self.session, matter, now=self.now) == before
            return
        assert (answer.kind == "late") <= offline
        if answer.kind == "late":
            assert answer.state == before["state"]
        else:
            assert expected == before["version"]
        self.matters += answer.children

    @rule(which=st.integers(0, 99), role=ROLES, agreed=st.booleans())
    def try_to_sign(self, which: int, role: str, agreed: bool) -> None:
        matter = self.matters[which % len(self.matters)]
        open_ones = views.available_actions(self.session, matter, [], now=self.now)["proposals"]
        for proposal in open_ones:
            who, seq = getattr(self.bureau, role), proposal["proposal"]
            more: dict[str, Any] = {"key": fresh(), "expected_version": None, "now": self.now}
            answer = attempt(
                lambda who=who, seq=seq, more=more: engine.sign(
                    self.session, matter, seq, who, agreed=agreed, opinion="意见", **more
                )
            )
            assert isinstance(answer, GridsupError) or answer.kind in ("signed", "act")

    @invariant()
    def the_record_holds(self) -> None:
        assert list(verify(self.session)) == []
        assert list(differences(self.session)) == []

    @invariant()
    def reads_show_what_the_door_would_find(self) -> None:
        for matter in self.matters:
            seen = views.current(self.session, matter, now=self.now)
            point = self.session.begin_nested()
            probe = {"now": self.now, "expected_version": -1}
            found = attempt(
                lambda matter=matter, probe=probe: do(
                    self.session, matter, "x", self.bureau.inspector, **probe
                )
            )
            assert isinstance(found, GridsupError)
            assert (found.params["state"], found.params["version"]) == (seen["state"], seen["version"])
            point.rollback()

    @invariant()
    def ended_matters_have_no_running_clock(self) -> None:
        ended = self.session.scalars(select(Matter.id).where(Matter.ended_at.is_not(None))).all()
        for p in store.load(self.session, JURISDICTION, ended).values():
            assert {d["state"] for d in p.deadlines.values()} <= {"stopped", "fired", "dropped"}
            assert p.open_proposals() == []

    def teardown(self) -> None:
        self.outer.rollback()


@pytest.fixture
def machine(engine: Engine) -> Iterator[type[AnyOrder]]:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            set_jurisdiction(session, JURISDICTION)
            yield type("Machine", (AnyOrder,), {"session": session, "bureau": found_bureau(session)})
        outer.rollback()


def test_any_order_of_acts_keeps_the_record_sound(machine: type[AnyOrder]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
