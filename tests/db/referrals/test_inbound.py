"""What other departments tell the bureau: matched, routed, clocked; what is in doubt waits in a list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, GridsupError, Invalid, NotFound
from gridsup.people import duty
from gridsup.people.model import AuditEntry, Leave
from gridsup.procedures import views
from gridsup.procedures.acting import Acting
from gridsup.procedures.model import Matter
from gridsup.procedures.proof import differences, verify
from gridsup.referrals import inbound, inbound_queries
from gridsup.referrals.inbound import Notice
from gridsup.registry.model import Business, Permit, Premises
from gridsup.wiring import wire
from tests import factories

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)


class Desk:
    def __init__(self, session: Session) -> None:
        wire()
        self.session = session
        self.bureau = factories.bureau(session)
        self.j = self.bureau.jurisdiction_id
        self.acting = Acting(self.bureau.officers["dispatcher"], "dispatcher")

    def notice(self, **more: Any) -> Notice:
        given = {"kind": "referral", "department": "D06", "received_at": MONDAY, "name": "查无此店"}
        return Notice(**{**given, **more})

    def take(self, **more: Any) -> inbound.Taken:
        return inbound.take_in(self.session, self.acting, self.notice(**more), now=MONDAY)

    def business(self, **more: Any) -> Business:
        made = factories.business(self.session, self.bureau, **more)
        return self.session.scalars(select(Business).where(Business.id == made)).one()

    def address(self, business: Business) -> str:
        where = select(Premises.address).where(Premises.id == business.premises_id)
        return self.session.scalars(where).one()

    def permit(self, business: Business, **more: Any) -> Permit:
        given = {"kind": "卫生许可证", "number": "卫2020-1", "department": "D06", "source": "test"}
        made = Permit(jurisdiction_id=self.j, business_id=business.id, **{**given, **more})
        self.session.add(made)
        self.session.flush()
        return made

    def open(self, **which: bool) -> list[int]:
        return [row[0].id for row in self.session.execute(inbound_queries.notices(self.j, **which))]

    def sound(self) -> None:
        assert not list(verify(self.session))
        assert not list(differences(self.session))


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_a_notice_is_matched_by_licence_permit_address_and_name(desk: Desk) -> None:
    licensed = desk.business(uscc="91350503MA0000000L")
    permitted, addressed, named = desk.business(), desk.business(), desk.business(name="独一无二面馆")
    desk.permit(permitted, number="xk-7")
    for given, meant, how in (
        ({"licence_no": " 91350503ma0000000l "}, licensed, "licence"),
        ({"permit_number": "XK-7"}, permitted, "permit"),
        ({"name": addressed.name, "address": desk.address(addressed)}, addressed, "name_address"),
        ({"name": f"{named.name}"}, named, "name"),
        ({"name": f"{addressed.name}分店", "address": desk.address(addressed)}, addressed, "address"),
    ):
        taken = desk.take(**given)
        assert (taken.row.business_id, taken.row.matched_by) == (meant.id, how)
        assert taken.answer is not None
        matter = desk.session.get(Matter, (desk.j, taken.answer.matter_id))
        assert matter is not None
        assert matter.station_id == desk.bureau.station_id
        assert matter.facts["source"] == "referral"
    assert desk.open(unmatched=True) == []
    desk.sound()


def test_the_ten_working_days_start_with_the_receipt(desk: Desk) -> None:
    taken = desk.take(name=desk.business().name, received_at=MONDAY - timedelta(days=3))
    assert taken.answer is not None
    (clock,) = [
        one for one in views.deadlines(desk.session, taken.answer.matter_id) if one["clock"] == "p9_n4"
    ]
    # Friday 27 February + 10 WD: 28 February is a make-up day, so to the end of 12 March.
    assert clock["due_at"] == datetime(2026, 3, 12, 16, 0, tzinfo=UTC)


def test_what_is_in_doubt_waits_for_the_dispatcher(desk: Desk) -> None:
    twins = [desk.business(name="老王面馆"), desk.business(name="老王面馆")]
    taken = desk.take(name="老王面馆")
    assert taken.answer is None
    assert {one.business_id for one in taken.match.candidates} == {one.id for one in twins}
    nobody = desk.take()
    assert desk.open(unmatched=True) == [nobody.row.id, taken.row.id]
    inbound.settle(desk.session, desk.acting, taken.row.id, twins[1].id, now=MONDAY)
    assert taken.row.matched_by == "hand"
    with pytest.raises(Invalid, match="reason-missing"):
        inbound.dismiss(desk.session, nobody.row.id, " ")
    inbound.dismiss(desk.session, nobody.row.id, "辖区内无此经营者")
    assert desk.open(unmatched=True) == []
    for row in (taken.row.id, nobody.row.id):
        with pytest.raises(Conflict, match="inbound-settled"):
            inbound.settle(desk.session, desk.acting, row, twins[0].id)


def test_the_same_notice_is_taken_in_once(desk: Desk) -> None:
    name = desk.business().name
    first, again = desk.take(name=name), desk.take(name=name, received_at=MONDAY - timedelta(hours=1))
    assert again.again
    assert again.row.id == first.row.id


def test_a_lost_permit_is_noted_on_the_register(desk: Desk) -> None:
    business = desk.business()
    permit = desk.permit(business)
    lost = {"kind": "permit_loss", "status": "revoked", "lost_on": date(2026, 2, 27)}
    taken = desk.take(name=business.name, **lost)
    assert taken.answer is not None
    assert (permit.status, permit.lost_on) == ("revoked", date(2026, 2, 27))
    facts = views.current(desk.session, taken.answer.matter_id)["facts"]
    assert facts["permit_status"] == "revoked"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"department": "D23"}, "/department"),
        ({"name": " "}, "/name"),
        ({"received_at": MONDAY + timedelta(days=1)}, "/received_at"),
        ({"kind": "permit_loss", "lost_on": date(2026, 3, 1)}, "/status"),
        ({"kind": "permit_loss", "status": "revoked"}, "/lost_on"),
        ({"kind": "permit_loss", "status": "revoked", "lost_on": date(2026, 3, 3)}, "/lost_on"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_at_its_field(
    desk: Desk, given: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as caught:
        desk.take(**given)
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


def test_rows_of_a_spreadsheet_stand_or_fall_by_themselves(desk: Desk) -> None:
    name = desk.business().name
    rows = [(2, desk.notice(name=name)), (3, desk.notice(department="D99")), (4, desk.notice())]
    good, bad, loose = inbound.take_in_many(desk.session, desk.acting, rows, batch="b1", now=MONDAY)
    assert isinstance(good, inbound.Taken)
    assert good.answer is not None
    assert isinstance(bad, GridsupError)
    assert isinstance(loose, inbound.Taken)
    assert loose.answer is None
    kept = [row[0].row_no for row in desk.session.execute(inbound_queries.notices(desk.j, batch="b1"))]
    assert kept == [4, 2]


def test_a_permit_whose_term_is_over_raises_itself_once(desk: Desk) -> None:
    business = desk.business()
    over = desk.permit(business, expires_on=date(2026, 3, 1))
    desk.permit(desk.business(), expires_on=date(2026, 3, 2))  # its last day is today
    desk.permit(desk.business(status="closed"), expires_on=date(2026, 1, 1))
    (raised,) = inbound.raise_expired(desk.session, now=MONDAY)
    assert (raised.row.business_id, raised.row.officer_id) == (business.id, None)
    assert (over.status, over.lost_on) == ("expired", date(2026, 3, 1))
    assert raised.answer is not None
    assert raised.answer.state == "discovered"
    assert inbound.raise_expired(desk.session, now=MONDAY) == []
    assert desk.open(unanswered=True) == [raised.row.id]
    desk.sound()


def test_the_duty_roster_receives_on_days_off(desk: Desk) -> None:
    officers, bureau, station = desk.bureau.officers, desk.bureau.bureau_id, desk.bureau.station_id
    for place, who in ((bureau, "manager"), (station, "general")):
        given = {"day": date(2026, 3, 7), "organisation_id": place, "officer_id": officers[who]}
        first = duty.put_on_duty(desk.session, desk.j, **given)
        assert duty.put_on_duty(desk.session, desk.j, **given).id == first.id

    def receiver(at: datetime, where: int | None = station) -> int | None:
        return duty.on_duty(desk.session, desk.j, at, where)

    assert receiver(MONDAY) is None
    assert receiver(SATURDAY) == officers["general"]
    assert receiver(SATURDAY, None) == officers["manager"]
    assert receiver(SATURDAY + timedelta(days=1)) is None  # nobody was put on the roster
    away = {"officer_id": officers["general"], "reason": "病假"}
    days = {"first_day": date(2026, 3, 6), "last_day": date(2026, 3, 8)}
    desk.session.add(Leave(jurisdiction_id=desk.j, **away, **days))
    desk.session.flush()
    assert receiver(SATURDAY) == officers["manager"]
    with pytest.raises(Conflict, match="duty-away"):
        duty.put_on_duty(
            desk.session, desk.j, day=date(2026, 3, 8), organisation_id=station, officer_id=away["officer_id"]
        )


def test_who_is_on_duty_serves_there_and_is_swapped_for_one_who_does(desk: Desk) -> None:
    officers, bureau, station = desk.bureau.officers, desk.bureau.bureau_id, desk.bureau.station_id
    saturday = {"day": date(2026, 3, 7)}
    with pytest.raises(Invalid, match="duty-elsewhere"):
        duty.put_on_duty(
            desk.session, desk.j, **saturday, organisation_id=station, officer_id=officers["manager"]
        )
    given = saturday | {"organisation_id": station, "officer_id": officers["general"]}
    row = duty.put_on_duty(desk.session, desk.j, **given)
    for other, error in (("manager", "duty-elsewhere"), ("general", "duty-twice")):
        with pytest.raises(GridsupError, match=error):
            duty.change_duty(desk.session, desk.j, row.id, officer_id=officers[other])
    duty.change_duty(desk.session, desk.j, row.id, officer_id=officers["inspector"])
    assert duty.on_duty(desk.session, desk.j, SATURDAY, station) == officers["inspector"]
    duty.put_on_duty(
        desk.session, desk.j, **saturday, organisation_id=bureau, officer_id=officers["general"]
    )  # a station's officer watches for the whole bureau
    duty.take_off_duty(desk.session, desk.j, row.id)
    assert duty.on_duty(desk.session, desk.j, SATURDAY, station) == officers["general"]
    with pytest.raises(NotFound):
        duty.take_off_duty(desk.session, desk.j, row.id)


@pytest.mark.parametrize(
    ("days", "number", "why", "field"),
    [
        (-1, None, None, "/received_at"),
        (31, None, None, "/late_reason"),
        (400, None, " ", "/late_reason"),
        (70, "江卫函〔2026〕15号", "遗失后补交", "/received_at"),
        (30, "江卫函〔2026〕15号", None, None),
        (31, None, "退信后重新送达", None),
    ],
)
def test_a_notice_was_received_after_it_was_written_not_in_the_future_and_lately_or_with_a_reason(
    session: Session, days: int, number: str | None, why: str | None, field: str | None
) -> None:
    desk = Desk(session)
    notice = desk.notice(received_at=MONDAY - timedelta(days=days), number=number)
    if field is None:
        taken = inbound.take_in(session, desk.acting, notice, late_reason=why, now=MONDAY)
        kept = select(AuditEntry.reason).where(AuditEntry.subject == f"inbound:{taken.row.id}")
        assert session.scalars(kept).all() == ([why] if why else [])
        return
    with pytest.raises(Invalid) as refused:
        inbound.take_in(session, desk.acting, notice, late_reason=why, now=MONDAY)
    assert [one.pointer for one in refused.value.faults] == [field]
