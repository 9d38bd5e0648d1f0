"""Delegation letters at the door: an act outside one is refused with number, power and what to do."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, box
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, GridsupError, Invalid, Refused
from gridsup.people import adjusting, announcement, delegations, idle, queries, service
from gridsup.people.model import AuditEntry
from gridsup.procedures import engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Header
from gridsup.wiring import wire
from tests import factories

PLACE, NOON = factories.JURISDICTION, datetime(2026, 3, 2, 4, tzinfo=UTC)
TODAY, DAY = date(2026, 3, 2), timedelta(days=1)
HERE = (factories.WEST + 0.005, factories.SOUTH + 0.015)
FOUND = {
    "operator_name": "王某",
    "party_kind": "person",
    "address": "民族街5号",
    "conduct": "safety",
    "findings": "通道堵塞",
}


class Street:
    """A bureau with a street whose area is the western half, and its two clerks."""

    def __init__(self, session: Session) -> None:
        wire()
        self.session = session
        self.bureau = factories.bureau(session)
        west = box(factories.WEST, factories.SOUTH, factories.WEST + 0.01, factories.SOUTH + 0.02)
        self.street = factories.organisation(
            session,
            "street",
            "民族街",
            code="420103001",
            jurisdiction_id=PLACE,
            area=from_shape(MultiPolygon([west]), srid=4490),
        )
        self.clerk = factories.officer(session, "inspector", self.street)
        self._keys = iter(range(1000))

    def letter(self, **more: Any) -> int:
        told = {
            "number": f"委托{next(self._keys)}号",
            "delegate_id": self.street,
            "scope": ["安全生产检查"],
            "powers": ["rectification.inspect"],
            "signed_on": TODAY - 30 * DAY,
            "valid_from": TODAY - 20 * DAY,
            "valid_to": TODAY + 20 * DAY,
            "published_on": TODAY - 25 * DAY,
            **more,
        }
        return delegations.add_delegation(self.session, PLACE, **told).id

    def inspect(self, letter: int | None, at: tuple[float, float] | None = HERE, **who: Any) -> Any:
        lon, lat = at or (None, None)
        return engine.open_matter(
            self.session,
            "rectification",
            Acting(self.clerk, "inspector", delegation_id=letter, **who),
            Header("王某", lon=lon, lat=lat),
            FOUND,
            key=f"k{next(self._keys)}",
            now=NOON,
        )


@pytest.fixture
def street(session: Session) -> Street:
    return Street(session)


def refusal(street: Street, letter: int | None, **more: Any) -> GridsupError:
    with pytest.raises(Refused) as found:
        street.inspect(letter, **more)
    assert found.value.code == "outside-delegation"
    return found.value


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"published_on": None}, "尚未向社会公告"),
        ({"valid_to": TODAY - DAY}, "委托期限为"),
        ({"valid_from": TODAY + DAY}, "委托期限为"),
        ({"powers": ["rectification.give_notice"]}, "办理“.*”：委托权限不包含此项"),
    ],
)
def test_outside_the_letter_the_refusal_says_which_letter_what_and_what_to_do(
    street: Street, more: dict[str, Any], told: str
) -> None:
    found = refusal(street, street.letter(number="丰委〔2026〕3号", **more))
    for text, does in ((found.text("zh"), "请"), (found.text("en"), "")):
        assert "丰委〔2026〕3号" in text
        assert does in text
    assert re.search(told, found.text("zh"))
    assert "现场检查" in found.text("zh")
    assert found.params["power"] == "rectification.inspect"


def test_the_area_of_a_letter_binds_and_an_unknown_place_is_not_inside(street: Street) -> None:
    letter = street.letter(areas=[street.street])
    assert street.inspect(letter).kind == "act"
    east = (HERE[0] + 0.01, HERE[1])
    assert "不在委托区域（民族街）内" in refusal(street, letter, at=east).text("zh")
    assert "先在地图上落点" in refusal(street, letter, at=None).text("zh")
    delegations.revoke(street.session, PLACE, letter, revoked_on=TODAY, reason="换签", today=TODAY)
    anywhere = street.letter(valid_from=TODAY)  # no area named: no limit of place
    assert street.inspect(anywhere, at=east).kind == "act"


def test_a_revoked_letter_carries_nothing_from_its_day_on(street: Street) -> None:
    letter = street.letter()
    told: dict[str, Any] = {"reason": "机构调整", "today": TODAY}
    with pytest.raises(Invalid):  # what was done yesterday stands
        delegations.revoke(street.session, PLACE, letter, revoked_on=TODAY - DAY, **told)
    delegations.revoke(street.session, PLACE, letter, revoked_on=TODAY + DAY, **told)
    assert street.inspect(letter).kind == "act"
    row = street.session.scalars(queries.delegation(PLACE, letter)).one()
    row.revoked_on = TODAY
    street.session.flush()
    assert "已撤销" in refusal(street, letter).text("zh")
    assert list(street.session.scalars(queries.delegations_on(PLACE, TODAY))) == []
    acts = {one.act for one in street.session.query(AuditEntry).filter_by(jurisdiction_id=PLACE)}
    assert {"delegation-added", "delegation-revoked"} <= acts


@pytest.mark.parametrize(
    ("more", "clash"),
    [
        ({}, True),
        ({"valid_from": TODAY + 20 * DAY, "valid_to": TODAY + 99 * DAY}, True),
        ({"valid_from": TODAY + 21 * DAY, "valid_to": TODAY + 99 * DAY}, False),  # the renewal
        ({"powers": ["rectification.give_notice"]}, False),
        ({"powers": ["rectification.give_notice", "rectification.inspect"]}, True),
        ({"areas": "own"}, True),  # the first binds no place
        ({"delegate_id": "other"}, False),
    ],
)
def test_no_two_letters_give_a_unit_the_same_power_on_the_same_days(
    street: Street, more: dict[str, Any], clash: bool
) -> None:
    first = street.letter()
    other = factories.organisation(
        street.session, "street", "花楼街", code="420103002", jurisdiction_id=PLACE
    )
    known = {"own": [street.street], "other": other}
    asked = {
        name: known.get(value, value) if isinstance(value, str) else value for name, value in more.items()
    }
    if not clash:
        assert street.letter(**asked)
        return
    with pytest.raises(Conflict, match="delegation-overlaps"):
        street.letter(**asked)
    draft = street.letter(
        number="草案", published_on=None, valid_from=TODAY + 90 * DAY, valid_to=TODAY + 91 * DAY
    )
    street.session.scalars(queries.delegation(PLACE, draft)).one().valid_from = TODAY
    with pytest.raises(Conflict, match="delegation-overlaps"):
        delegations.publish(
            street.session, PLACE, draft, published_on=TODAY, published_in="公告栏", today=TODAY
        )
    delegations.revoke(
        street.session, PLACE, first, revoked_on=TODAY, reason="换签", today=TODAY
    )  # from today on the way is free
    assert street.letter(**{"valid_from": TODAY, **asked})


def test_who_has_no_post_to_act_in_is_told_why(street: Street) -> None:
    def told() -> str:
        return "".join(one.zh for one in idle.reasons(street.session, PLACE, street.clerk, TODAY))

    assert "尚未与民族街签订委托书" in told()
    street.letter(number="丰委1号", published_on=None)
    assert "丰委1号：该委托书当日尚未向社会公告" in told()
    stranger = service.add_officer(
        street.session, PLACE, staff_no="X9", name="无岗", organisation_id=street.bureau.bureau_id
    ).id
    (why,) = idle.reasons(street.session, PLACE, stranger, TODAY)
    assert "没有任职岗位" in why.zh


def test_a_letter_is_announced_once_and_after_its_signature(street: Street) -> None:
    letter = street.letter(published_on=None)
    told: dict[str, Any] = {"published_in": "区政府网站", "today": TODAY}
    for slip in (TODAY - 31 * DAY, TODAY + DAY):
        with pytest.raises(Invalid):
            delegations.publish(street.session, PLACE, letter, published_on=slip, **told)
    refusal(street, letter)
    delegations.publish(street.session, PLACE, letter, published_on=TODAY, **told)
    assert street.inspect(letter).kind == "act"
    with pytest.raises(Refused) as again:
        delegations.publish(street.session, PLACE, letter, published_on=TODAY, **told)
    assert again.value.code == "delegation-published"


def test_the_area_is_a_street_or_a_community(street: Street) -> None:
    with pytest.raises(Invalid) as found:
        street.letter(areas=[street.bureau.station_id])
    assert found.value.faults[0].pointer == "/areas/0"


# ------------------------------------------------------------------ 委托调整 (P6-D3)

WIDER = {"powers": ["rectification.inspect", "simple_penalty.open_on_spot"]}


def adjusted(street: Street, letter: int, **more: Any) -> int:
    told = {
        "number": "调整1号",
        "reason": "增加当场处罚权限",
        "valid_from": TODAY,
        "changes": WIDER,
        "signed_on": TODAY - DAY,
        "signed_by": "局长",
        "delegate_signer": "街道主任",
        "today": TODAY,
        **more,
    }
    return adjusting.adjust(street.session, PLACE, letter, **told).id


def announced(street: Street, letter: int, *, today: date = TODAY) -> None:
    told = {"published_on": today, "published_in": "区政府网站", "today": today}
    delegations.publish(street.session, PLACE, letter, **told)


def test_an_adjustment_follows_on_the_letter_it_changes_once_it_is_announced(street: Street) -> None:
    first = street.letter()
    later = adjusted(street, first, valid_from=TODAY + 3 * DAY)
    street.inspect(first)
    assert "尚未向社会公告" in refusal(street, later).text("zh")
    announced(street, later)
    street.inspect(first)  # until the adjustment's own first day
    old, new = (delegations.held(street.session, PLACE, one) for one in (first, later))
    assert (old.revoked_on, new.valid_from) == (TODAY + 3 * DAY, TODAY + 3 * DAY)
    assert [delegations.not_in_force(old, TODAY + days * DAY) is None for days in (2, 3)] == [True, False]
    assert [delegations.not_in_force(new, TODAY + days * DAY) is None for days in (2, 3)] == [False, True]
    assert (old.powers, new.powers) == (["rectification.inspect"], WIDER["powers"])
    assert (new.scope, new.valid_to) == (old.scope, old.valid_to)
    assert [one.zh for one in adjusting.changed(old, new)] == ["委托权限"]
    assert "增加当场处罚权限" in announcement.public_text(new, "区局", "民族街", [])
    told = delegations.not_in_force(old, TODAY + 3 * DAY)
    assert told is not None
    assert "由委托书 调整1号 调整" in told.zh


def test_an_adjustment_that_is_announced_late_begins_then(street: Street) -> None:
    """What was done meanwhile stands on the earlier letter."""
    first = street.letter()
    later = adjusted(street, first)
    announced(street, later, today=TODAY + 5 * DAY)
    old, new = (delegations.held(street.session, PLACE, one) for one in (first, later))
    assert (old.revoked_on, new.valid_from) == (TODAY + 5 * DAY, TODAY + 5 * DAY)


@pytest.mark.parametrize(("day", "ends"), [(3, None), (4, TODAY + 3 * DAY)])
def test_an_adjustment_revoked_before_it_began_has_changed_nothing(
    street: Street, day: int, ends: date | None
) -> None:
    first = street.letter()
    later = adjusted(street, first, valid_from=TODAY + 3 * DAY)
    announced(street, later)
    told = {"revoked_on": TODAY + day * DAY, "reason": "签错", "today": TODAY + DAY}
    delegations.revoke(street.session, PLACE, later, **told)
    old = delegations.held(street.session, PLACE, first)
    assert old.revoked_on == ends
    assert (delegations.not_in_force(old, TODAY + 3 * DAY) is None) == (ends is None)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"changes": {}}, "delegation-unchanged"),
        ({"changes": {"areas": []}}, "delegation-unchanged"),
        ({"valid_from": TODAY - DAY}, "delegation-days"),
        ({"valid_from": TODAY + 21 * DAY}, "delegation-days"),
        ({"changes": {"valid_to": TODAY - DAY}}, "delegation-days"),
        ({"changes": {"powers": ["seizure.seize"]}}, "not-delegable"),
        ({"changes": {"powers": ["no.such"]}}, "unknown-power"),
    ],
)
def test_an_adjustment_says_what_it_changes_from_a_day_of_the_term(
    street: Street, more: dict[str, Any], code: str
) -> None:
    letter = street.letter()
    with pytest.raises(GridsupError) as found:
        adjusted(street, letter, **more)
    assert found.value.code == code


def test_only_a_letter_in_force_is_adjusted_and_once_at_a_time(street: Street) -> None:
    draft = street.letter(published_on=None)
    with pytest.raises(Refused, match="delegation-unpublished"):
        adjusted(street, draft)
    letter = street.letter(powers=["rectification.serve_notice"])
    first = adjusted(street, letter)
    with pytest.raises(Conflict, match="delegation-adjusting"):
        adjusted(street, letter, number="调整2号")
    delegations.revoke(street.session, PLACE, letter, revoked_on=TODAY, reason="机构调整", today=TODAY)
    with pytest.raises(Refused, match="delegation-over"):
        announced(street, first)
    with pytest.raises(Refused, match="delegation-over"):
        adjusted(street, letter, number="调整3号")
