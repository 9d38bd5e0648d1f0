"""A matter in another's cell: handed to the neighbour, taken or not, decided by the desk; clocks go on."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Forbidden, Invalid
from gridsup.patrols import transfers
from gridsup.patrols.model import CellTransfer
from gridsup.patrols.service import FindingReport, Position, report_finding
from gridsup.people.model import Assignment
from gridsup.procedures import proof, views
from gridsup.procedures.acting import Acting
from gridsup.wiring import wire
from tests.factories import SIDE, SOUTH, WEST, Bureau, bureau, officer

FOUND = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOW = FOUND + timedelta(minutes=5)
IN_CELL_3 = Position(lon=WEST + 0.2 * SIDE, lat=SOUTH + 0.3 * SIDE, accuracy_m=8.0)
IN_CELL_4 = Position(lon=WEST + 1.5 * SIDE, lat=SOUTH + 0.5 * SIDE, accuracy_m=8.0)
NOWHERE = Position(lon=WEST - SIDE, lat=SOUTH, accuracy_m=8.0)
CELL_4 = "42010301-004"


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


class World:
    """A matter of the inspector in cell 3; cell 4 has another inspector."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.made: Bureau = bureau(session)
        self.me = Acting(self.made.officers["inspector"], "inspector")
        self.neighbour = Acting(officer(session, "inspector", self.made.station_id), "inspector")
        self.desk = Acting(self.made.officers["dispatcher"], "dispatcher")
        session.execute(
            update(Assignment)
            .where(Assignment.cell_id == self.made.cells[CELL_4])
            .values(officer_id=self.neighbour.person_id)
        )
        report = FindingReport(
            key=uuid.uuid4(),
            found_at=FOUND,
            source="patrol",
            name="王记早点摊",
            address="江汉区民权街道 5 号门前",
            facts={"food": True},
            position=IN_CELL_3,
        )
        _, answer = report_finding(session, self.me, report, now=NOW)
        self.matter = answer.matter_id

    def ask(self, position: Position | None = IN_CELL_4, **more: Any) -> CellTransfer:
        told: dict[str, Any] = {"key": uuid.uuid4(), "reason": "门牌在路东", "position": position, **more}
        return transfers.ask(self.session, told.pop("acting", self.me), self.matter, now=NOW, **told)

    def now(self) -> dict[str, Any]:
        return views.current(self.session, self.matter, now=NOW)


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def test_the_point_says_whose_it_is_and_the_neighbour_takes_it_with_its_clock(world: World) -> None:
    before = world.now()
    row = world.ask()
    assert (row.state, row.to_officer_id, row.to_cell_id) == (
        "asked",
        world.neighbour.person_id,
        world.made.cells[CELL_4],
    )
    assert world.now()["assigned_officer_id"] == world.me.person_id
    transfers.answer(world.session, world.neighbour, row.id, accepted=True, now=NOW)
    after = world.now()
    assert after["assigned_officer_id"] == world.neighbour.person_id
    assert after["cell_id"] == world.made.cells[CELL_4]
    assert (after["state"], after["clock"]) == (before["state"], before["clock"])
    steps = [
        (one["kind"], one["action"], one["person_id"]) for one in views.history(world.session, world.matter)
    ]
    assert steps[-2:] == [
        ("noted", "transfer_asked", world.me.person_id),
        ("rehomed", "transfer_taken", world.neighbour.person_id),
    ]
    assert list(proof.verify(world.session, [world.matter])) == []
    assert list(proof.differences(world.session, [world.matter])) == []


def test_a_refusal_goes_to_the_desk_whose_word_moves_it_or_leaves_it(world: World) -> None:
    row = world.ask()
    with pytest.raises(Invalid, match="reason-missing"):
        transfers.answer(world.session, world.neighbour, row.id, accepted=False, now=NOW)
    transfers.answer(world.session, world.neighbour, row.id, accepted=False, reason="在路西", now=NOW)
    assert row.state == "to_desk"
    transfers.decide(world.session, world.desk, row.id, cell_id=None, reason="以门牌为准", now=NOW)
    assert (row.state, world.now()["assigned_officer_id"]) == ("decided", world.me.person_id)
    again = world.ask()
    cell = world.made.cells[CELL_4]
    transfers.decide(world.session, world.desk, again.id, cell_id=cell, reason="对方未答复", now=NOW)
    assert world.now()["assigned_officer_id"] == world.neighbour.person_id


@pytest.mark.parametrize("position", [None, NOWHERE], ids=["my own cell by its pin", "no cell at all"])
def test_where_the_point_names_no_neighbour_the_desk_decides(world: World, position: Position | None) -> None:
    row = world.ask(position)
    assert (row.state, row.to_officer_id) == ("to_desk", None)


def test_the_same_key_is_the_same_hand_over_and_a_matter_has_one_open(world: World) -> None:
    key = uuid.uuid4()
    assert world.ask(key=key).id == world.ask(key=key).id
    with pytest.raises(Conflict, match="transfer-open"):
        world.ask()
    with pytest.raises(Invalid, match="key-reused"):
        world.ask(key=key, reason="别的理由")
    assert len(world.session.scalars(select(CellTransfer)).all()) == 1


def test_only_its_handler_hands_on_only_the_neighbour_takes_only_the_desk_decides(world: World) -> None:
    with pytest.raises(Forbidden, match="not-assigned"):
        world.ask(acting=world.neighbour)
    row = world.ask()
    strangers = {"answer": (world.me, world.desk), "decide": (world.me, world.neighbour)}
    for who in strangers["answer"]:
        with pytest.raises(Forbidden):
            transfers.answer(world.session, who, row.id, accepted=True, now=NOW)
    for who in strangers["decide"]:
        with pytest.raises(Forbidden):
            transfers.decide(world.session, who, row.id, cell_id=None, reason="我说了算", now=NOW)
    with pytest.raises(Forbidden):
        transfers.withdraw(world.session, world.neighbour, row.id, now=NOW)
    transfers.withdraw(world.session, world.me, row.id, now=NOW)
    with pytest.raises(Conflict, match="transfer-over"):
        transfers.answer(world.session, world.neighbour, row.id, accepted=True, now=NOW)
