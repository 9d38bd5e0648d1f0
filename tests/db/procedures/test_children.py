"""Children of a matter: what they take over, what their end does, who waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import Refused
from gridsup.procedures import store, views
from gridsup.procedures.model import Matter
from tests.db.procedures.checks import clocks, sound
from tests.db.procedures.small_bureau import (
    JURISDICTION,
    MONDAY,
    Bureau,
    do,
    report,
    working,
)

DAY = timedelta(days=1)


def only_child(session: Session, matter: int) -> Matter:
    return session.scalars(select(Matter).where(Matter.parent_id == matter)).one()


def test_a_child_takes_over_facts_and_milestones(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau, lon=114.27, lat=30.6, facts={"risk": "high", "permit": True}).matter_id
    do(session, matter, "begin", bureau.dispatcher)
    answer = do(session, matter, "send", bureau.dispatcher, now=MONDAY + DAY)
    child = only_child(session, matter)
    assert answer.children == (child.id,)
    assert (child.role, child.root_id, child.facts) == ("sent", matter, {"risk": "high"})
    assert clocks(session, child.id)["answer"]["started_at"] == MONDAY
    assert views.current(session, child.id, now=MONDAY)["lon"] == 114.27
    sound(session)


def test_the_parent_reacts_to_the_childs_end(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "send", bureau.dispatcher)
    do(session, only_child(session, matter).id, "answer", bureau.liaison)
    last = store.events_of(session, JURISDICTION, matter)[-1]
    assert (last.kind, last.action, last.to_state) == ("system", "came_back", "working")
    sound(session)


def test_another_outcome_than_a_reaction_names_leaves_the_parent(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "send", bureau.dispatcher)
    do(session, only_child(session, matter).id, "refuse", bureau.liaison)
    assert views.current(session, matter, now=MONDAY)["state"] == "away"


def test_the_parent_waits_for_a_child_that_it_awaits(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "ask", bureau.dispatcher)
    with pytest.raises(Refused, match="awaits-child"):
        do(session, matter, "close", bureau.inspector)
    do(session, only_child(session, matter).id, "answer", bureau.liaison)
    assert do(session, matter, "close", bureau.inspector).ended
