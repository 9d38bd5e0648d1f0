"""Cells change hands when both inspectors signed the same frozen lists, which stay as signed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gridsup.errors import Conflict, Forbidden, Invalid
from gridsup.handovers import queries, service, sheet
from gridsup.people import assignments
from gridsup.people import queries as people
from gridsup.people.deputies import day_of
from gridsup.people.model import Jurisdiction
from gridsup.procedures.model import Matter, PackVersion
from tests.factories import JURISDICTION, Bureau, bureau, business, officer

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = day_of(NOW)
CELL = "42010301-001"


@pytest.fixture
def made(session):
    return bureau(session)


@pytest.fixture
def taker(session, made):
    return officer(session, "inspector", made.station_id, name="张𠮷")


def _draw_up(session, made: Bureau, taker: int, **more):
    return service.draw_up(
        session,
        JURISDICTION,
        giver_id=made.officers["inspector"],
        taker_id=taker,
        cell_ids=[made.cells[CELL], made.cells["42010301-002"]],
        by=made.officers["dispatcher"],
        now=NOW,
        **{"effective_on": date(2026, 3, 10), **more},
    )


def _sign(session, row, who: int, now: datetime = NOW):
    return service.sign(session, JURISDICTION, row.id, officer_id=who, seen=row.content_sha256, now=now)


def _owner(session, made: Bureau, day: date, cell: str = CELL) -> int:
    rows = session.scalars(people.assignments_on(JURISDICTION, day, cell_id=made.cells[cell]))
    return rows.one().officer_id


def _matter(session, made: Bureau, pack: str, state: str, **more) -> int:
    version = session.query(PackVersion).filter_by(pack=pack).order_by(PackVersion.version).first()
    row = Matter(
        jurisdiction_id=JURISDICTION,
        pack=pack,
        pack_version=version.version,
        pack_hash=version.hash,
        state=state,
        title=f"{pack} {state}",
        cell_id=made.cells[CELL],
        opened_at=NOW,
        version=1,
        head_hash="0" * 64,
        lane="doing",
        root_id=more.pop("root_id", 1),
        **more,
    )
    session.add(row)
    session.flush()
    if row.root_id == 1:
        row.root_id = row.id
        session.flush()
    return row.id


def test_the_owner_changes_on_the_day_and_only_when_both_signed(session, made, taker):
    giver = made.officers["inspector"]
    row = _draw_up(session, made, taker)
    _sign(session, row, taker)
    assert (row.state, row.number) == ("open", None)
    assert _owner(session, made, date(2026, 3, 10)) == giver
    _sign(session, row, giver)
    assert (row.state, row.number) == ("signed", "武江监轮交〔2026〕0001号")
    assert row.assigned_from == date(2026, 3, 10)
    assert _owner(session, made, date(2026, 3, 9)) == giver
    assert _owner(session, made, date(2026, 3, 10)) == taker
    assert _owner(session, made, date(2026, 3, 10), "42010301-003") == giver


def test_a_signature_after_the_day_changes_the_owner_from_then_on(session, made, taker):
    row, later = _draw_up(session, made, taker), NOW + timedelta(days=20)
    _sign(session, row, made.officers["inspector"])
    _sign(session, row, taker, later)
    assert row.assigned_from == day_of(later)
    assert _owner(session, made, day_of(later) - timedelta(days=1)) == made.officers["inspector"]


def test_the_lists_hold_matters_goods_and_commands_of_these_cells_and_stay(session, made, taker):
    business(session, made, licence_status="none")
    due = NOW - timedelta(days=1)
    command = _matter(
        session,
        made,
        "unlicensed_operation",
        "order_issued",
        waits_for="station_head",
        next_due_at=due,
        facts={"command": "change"},
        milestones={"command_issued": NOW.isoformat()},
    )
    case = _matter(session, made, "penalty_case", "investigating")
    held = {"facts": {"items": "散装白酒 12 桶", "place": "所内库房"}, "root_id": case}
    kept = _matter(session, made, "evidence_preservation", "preserved", **held)
    seized = _matter(session, made, "evidence_preservation", "seized", ended_at=NOW, outcome="seized", **held)
    _matter(session, made, "evidence_preservation", "released", ended_at=NOW, outcome="released", **held)
    row = _draw_up(session, made, taker)
    content = row.content
    assert [(c["code"], c["households"], c["unlicensed"]) for c in content["cells"]] == [
        (CELL, 1, 1),
        ("42010301-002", 0, 0),
    ]
    assert [(m["id"], m["overdue"]) for m in content["matters"]] == [
        (command, True),
        (case, False),
        (kept, False),
    ]
    assert [one["id"] for one in content["goods"]] == [kept, seized]
    assert [(one["id"], one["key"]) for one in content["commands"]] == [(command, None)]
    assert content["commands"][0]["command"]["zh"].startswith("责令办理变更")
    before = row.content_sha256
    business(session, made)
    _sign(session, row, taker)
    assert row.content_sha256 == before == service.digest(row.content)
    signed = session.scalars(queries.signatures(JURISDICTION, [row.id])).all()
    pdf = sheet.render(row, signed, {taker: "张𠮷"})
    assert pdf.startswith(b"%PDF")
    assert pdf == sheet.render(row, signed, {taker: "张𠮷"})


def test_nobody_signs_for_another_nor_twice_nor_what_was_not_read(session, made, taker):
    row = _draw_up(session, made, taker)
    with pytest.raises(Forbidden, match="not-a-party"):
        _sign(session, row, made.officers["bureau_head"])
    seen = row.content_sha256
    business(session, made)
    service.refresh(session, JURISDICTION, row.id, by=None, now=NOW)
    with pytest.raises(Conflict, match="content-changed"):
        service.sign(session, JURISDICTION, row.id, officer_id=taker, seen=seen, now=NOW)
    _sign(session, row, taker)
    with pytest.raises(Conflict, match="already-signed"):
        _sign(session, row, taker)
    with pytest.raises(Conflict, match="signed-by-one"):
        service.refresh(session, JURISDICTION, row.id, by=None, now=NOW)


def test_where_the_bureau_asks_for_it_the_station_head_witnesses_before_it_counts(session, made, taker):
    home = session.get(Jurisdiction, JURISDICTION)
    home.settings = {**home.settings, service.WITNESS_SETTING: True}
    row = _draw_up(session, made, taker)
    for who in (taker, made.officers["inspector"]):
        _sign(session, row, who)
    assert row.state == "open"
    _sign(session, row, made.officers["station_head"])
    assert row.state == "signed"


def test_a_signed_sheet_is_only_amended_by_another_that_names_its_number(session, made, taker):
    giver, row = made.officers["inspector"], _draw_up(session, made, taker)
    with pytest.raises(Conflict, match="not-signed"):
        service.amend(session, JURISDICTION, row.id, note="漏列一批", by=None, now=NOW)
    for who in (giver, taker):
        _sign(session, row, who)
    for verb in (service.void, service.refresh):
        more = {"reason": "错"} if verb is service.void else {}
        with pytest.raises(Conflict, match="handover-ended"):
            verb(session, JURISDICTION, row.id, by=None, now=NOW, **more)
    further = service.amend(session, JURISDICTION, row.id, note="漏列一批", by=None, now=NOW)
    assert further.content["amends"] == row.number
    for who in (giver, taker):
        _sign(session, further, who)
    assert (further.number, further.assigned_from) == ("武江监轮交〔2026〕0002号", None)


def test_what_cannot_be_handed_over_is_refused_by_name(session, made, taker):
    dispatcher = made.officers["dispatcher"]
    with pytest.raises(Invalid, match="not-an-inspector"):
        _draw_up(session, made, dispatcher)
    with pytest.raises(Invalid, match="same-person"):
        _draw_up(session, made, made.officers["inspector"])
    with pytest.raises(Invalid, match="day-over"):
        _draw_up(session, made, taker, effective_on=TODAY - timedelta(days=1))
    row = _draw_up(session, made, taker)
    with pytest.raises(Conflict, match="already-handed-over"):
        _draw_up(session, made, taker)
    assignments.assign(session, JURISDICTION, officer_id=dispatcher, from_day=TODAY, cell_id=made.cells[CELL])
    _sign(session, row, taker)
    with pytest.raises(Conflict, match="not-the-owner"):
        _sign(session, row, made.officers["inspector"])


@pytest.mark.parametrize("statement", ["DELETE FROM handovers", "DELETE FROM handover_signatures"])
def test_neither_sheet_nor_signature_can_be_removed(session, statement):
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(text(statement))
