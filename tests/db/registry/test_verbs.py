"""The register's verbs keep history; codes follow the place; nothing sees a person's number unasked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from gridsup.codes import mask_id, mask_phone
from gridsup.errors import Conflict, Invalid, NotFound, Refused
from gridsup.registry import masking, merging, permits, placing, queries, service
from gridsup.registry.addresses import address_key, bare_name, name_prefix
from gridsup.registry.drafts import BusinessDraft, PermitDraft, PlaceDraft
from gridsup.registry.listing import Filter, search
from gridsup.registry.model import Business, RegistryEvent
from tests.factories import SIDE, SOUTH, WEST, Bureau, bureau

J = 420103
USCC = "91330100799655058B"
ID_NO = "11010519491231002X"
NORTH_WEST = (WEST + 0.002, SOUTH + SIDE + 0.002)
SOUTH_EAST = (WEST + SIDE + 0.002, SOUTH + 0.002)


def draft(
    name: str = "老王热干面馆", at: tuple[float, float] | None = NORTH_WEST, **more: object
) -> BusinessDraft:
    address = str(more.pop("address", "武汉市江汉区民族路１５号"))
    place = PlaceDraft(address=address, point=at, stall=more.pop("stall", None))  # type: ignore[arg-type]
    return BusinessDraft(name=name, place=place, source="test", **more)  # type: ignore[arg-type]


def add(session: Session, *args: object, **more: object) -> Business:
    return service.add(session, J, draft(*args, **more), officer_id=None)  # type: ignore[arg-type]


def codes(session: Session, business_id: int) -> list[tuple[str, bool]]:
    rows = session.execute(queries.codes_of(J, [business_id]))
    return [(row.code, row.ended_on is None) for row, _ in rows]


def verbs(session: Session, business_id: int) -> list[str]:
    query = select(RegistryEvent.verb).where(RegistryEvent.business_id == business_id)
    return list(session.scalars(query.order_by(RegistryEvent.id)))


@pytest.fixture
def made(session: Session) -> Bureau:
    return bureau(session)


def test_a_placed_business_receives_the_next_code_of_its_cell(session: Session, made: Bureau) -> None:
    first, second = add(session), add(session, "隔壁老李", address="民族路17号")
    assert codes(session, first.id) == [("42010301-001-00001", True)]
    assert codes(session, second.id) == [("42010301-001-00002", True)]


def test_a_business_without_coordinates_is_a_full_citizen(session: Session, made: Bureau) -> None:
    shop = add(session, at=None)
    assert codes(session, shop.id) == []
    assert [row.id for row in search(session, J, Filter(placed=False))] == [shop.id]
    assert [row.id for row in search(session, J, Filter(q="热干面"))] == [shop.id]
    assert session.execute(queries.unplaced_counts(J)).all() == [(None, None, 1)]


def test_placing_issues_a_code_and_moving_the_pin_keeps_the_old_as_alias(
    session: Session, made: Bureau
) -> None:
    shop = add(session, at=None)
    placing.place(
        session, J, shop.premises_id, *NORTH_WEST, way="desk", officer_id=made.officers["dispatcher"]
    )
    assert codes(session, shop.id) == [("42010301-001-00001", True)]
    placing.place(session, J, shop.premises_id, *SOUTH_EAST, way="doorstep", officer_id=None, accuracy_m=9)
    assert codes(session, shop.id) == [("42010301-004-00001", True), ("42010301-001-00001", False)]
    by_alias = search(session, J, Filter(q="42010301-001-00001"))
    assert [(row.id, row.code) for row in by_alias] == [(shop.id, "42010301-004-00001")]
    premises = session.scalars(queries.premises(J, shop.premises_id)).one()
    assert (premises.placed_by, premises.accuracy_m) == ("doorstep", 9)
    assert verbs(session, shop.id) == ["added", "placed", "placed"]


def test_placing_outside_all_cells_vaguely_or_over_another_is_refused(session: Session, made: Bureau) -> None:
    shop = add(session, at=None)
    with pytest.raises(NotFound, match="outside-cells"), session.begin_nested():
        placing.place(session, J, shop.premises_id, 114.0, 30.0, way="desk", officer_id=None)
    with pytest.raises(Invalid, match="position-too-vague"):
        placing.place(
            session, J, shop.premises_id, *NORTH_WEST, way="doorstep", officer_id=None, accuracy_m=900
        )
    placing.place(session, J, shop.premises_id, *NORTH_WEST, way="desk", officer_id=None, check_seen=True)
    with pytest.raises(Conflict, match="premises-moved"):
        placing.place(session, J, shop.premises_id, *SOUTH_EAST, way="desk", officer_id=None, check_seen=True)


def test_the_gazetteer_grows_from_placed_premises(session: Session, made: Bureau) -> None:
    assert placing.suggest(session, J, "江汉区民族路15号") == []
    add(session)
    best = placing.suggest(session, J, "民族路15号附1")[0]
    assert (best.lon, best.lat) == pytest.approx(NORTH_WEST)
    assert 0.5 <= best.likeness < 1
    assert placing.suggest(session, J, "武汉市江汉区 民族路 15 号")[0].likeness == 1


def test_two_businesses_of_one_door_share_the_premises(session: Session, made: Bureau) -> None:
    first = add(session, stall="A1")
    assert add(session, "同址二户", stall="A1").premises_id == first.premises_id
    assert add(session, "另一摊位", stall="A2").premises_id != first.premises_id
    assert add(session, "同名远路", at=SOUTH_EAST, stall="A1").premises_id != first.premises_id


def test_a_stale_version_is_a_conflict_and_changes_nothing(session: Session, made: Bureau) -> None:
    shop = add(session)
    service.close(session, J, shop.id, officer_id=None, version=1, on=date(2026, 1, 2))
    with pytest.raises(Conflict, match="business-changed") as refusal:
        service.reopen(session, J, shop.id, officer_id=None, version=1)
    assert refusal.value.params["now"] == 2
    assert shop.status == "closed"


def test_close_reopen_not_found_move_and_replace_keep_history(session: Session, made: Bureau) -> None:
    shop = add(session)
    service.mark_not_found(session, J, shop.id, officer_id=None, version=1, reason="两次上门无人")
    service.reopen(session, J, shop.id, officer_id=None, version=2)
    to = PlaceDraft(address="民生路2号", point=SOUTH_EAST, placed_by="desk")
    service.move(session, J, shop.id, officer_id=None, version=3, to=to)
    assert [code for code, _ in codes(session, shop.id)] == ["42010301-004-00001", "42010301-001-00001"]
    assert [row.id for row in search(session, J, Filter(q="民生路"))] == [shop.id]
    heir = service.replace(
        session, J, shop.id, draft("新店", address="-"), officer_id=None, version=4, reason="换招牌"
    )
    assert (shop.status, heir.replaces_id, heir.premises_id) == ("replaced", shop.id, shop.premises_id)
    assert codes(session, heir.id) == [("42010301-004-00002", True)]
    with pytest.raises(Refused, match="business-state"):
        service.close(session, J, shop.id, officer_id=None, version=5)
    assert verbs(session, shop.id) == ["added", "not_found", "reopened", "moved", "replaced"]


def test_moving_away_leaves_the_register_without_losing_the_business(session: Session, made: Bureau) -> None:
    shop = add(session)
    service.move(session, J, shop.id, officer_id=None, version=1)
    assert (shop.status, shop.closed_on is not None) == ("moved", True)
    assert [row.status for row in search(session, J, Filter(q="热干面"))] == ["moved"]


def test_a_credit_code_is_checked_and_belongs_to_one(session: Session, made: Bureau) -> None:
    add(session, uscc=USCC)
    with pytest.raises(Conflict, match="uscc-taken"):
        add(session, "另一家", uscc=USCC, address="别处1号")
    with pytest.raises(Invalid):
        add(session, "错码", uscc="91330100799655058C", address="别处2号")


def test_merging_carries_over_and_unmerging_takes_it_back(session: Session, made: Bureau) -> None:
    keep = add(session, "老王热干面")
    drop = add(session, "老王热干面馆", uscc=USCC, phone="13800138000", stall="B")
    old = codes(session, drop.id)[0][0]
    merging.merge(session, J, keep.id, drop.id, officer_id=None, versions=(1, 1), reason="同一户")
    assert (keep.uscc, keep.phone, drop.status) == (USCC, "13800138000", "merged")
    assert [row.id for row in search(session, J, Filter(q=old))] == [keep.id]
    assert session.scalar(queries.holder_of_code(J, old)) == keep.id
    assert [row.id for row in search(session, J, Filter())] == [keep.id]
    with pytest.raises(Refused, match="merged-already"):
        merging.merge(session, J, keep.id, drop.id, officer_id=None, versions=(2, 2))
    merging.unmerge(session, J, drop.id, officer_id=None, version=2)
    assert (keep.uscc, keep.phone, drop.status, drop.uscc) == (None, None, "operating", USCC)
    assert codes(session, drop.id) == [(old, True)]
    assert [row.id for row in search(session, J, Filter(q=old))] == [drop.id]
    assert verbs(session, drop.id) == ["added", "merged", "unmerged"]
    with pytest.raises(Refused, match="not-merged"):
        merging.unmerge(session, J, drop.id, officer_id=None, version=3)


def test_duplicates_are_suggested_with_their_reasons(session: Session, made: Bureau) -> None:
    shop = add(session, "老王热干面馆", registration_no="350503600123454")
    near = add(session, "老王热干面店", at=(NORTH_WEST[0] + 0.0002, NORTH_WEST[1]), address="民族路16号")
    add(session, "老王热干面馆", at=SOUTH_EAST, address="远处1号")
    door = add(session, "百货店")
    found = merging.duplicates_of(session, J, shop.id)
    assert [(one.business.id, one.reasons) for one in found] == [
        (near.id, ("name_nearby",)),
        (door.id, ("address",)),
    ]
    assert found[0].metres == pytest.approx(19.2, abs=1)
    assert [pair[:2] for pair in merging.duplicate_pairs(session, J)] == [(shop.id, near.id)]


def test_the_district_before_a_name_makes_nobody_alike_and_nobody_different(
    session: Session, made: Bureau
) -> None:
    shop = add(session, "武汉市江汉区王记包子店")
    beside = (NORTH_WEST[0] + 0.0002, NORTH_WEST[1])
    add(session, "武汉市江汉区李家五金行", at=beside, address="民族路16号")
    same = add(session, "王记包子", at=beside, address="民族路17号")
    assert [one.business.id for one in merging.duplicates_of(session, J, shop.id)] == [same.id]
    assert [one.business.id for one in merging.duplicates_of(session, J, same.id)] == [shop.id]
    assert [pair[:2] for pair in merging.duplicate_pairs(session, J)] == [(shop.id, same.id)]


NAMES = st.text("江汉区武市省湖北王记店 a1", max_size=12)


@given(name=NAMES)
def test_python_and_the_database_take_the_same_district_off_a_name(engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        told = connection.scalar(
            text("SELECT regexp_replace(:name, :prefix, '')"), {"name": name, "prefix": name_prefix("江汉区")}
        )
    assert told == bare_name(name, district="江汉区")


def test_permits_are_won_and_lost_on_a_day(session: Session, made: Bureau) -> None:
    shop = add(session)
    permit = permits.add_permit(
        session, J, shop.id, PermitDraft(kind="食品经营许可证", department="D10"), officer_id=None, version=1
    )
    permits.lose_permit(
        session, J, shop.id, permit.id, status="revoked", on=date(2026, 3, 1), officer_id=None, version=2
    )
    assert (permit.status, permit.lost_on) == ("revoked", date(2026, 3, 1))
    with pytest.raises(Refused, match="permit-lost-already"):
        permits.lose_permit(session, J, shop.id, permit.id, status="expired", officer_id=None, version=3)


def test_numbers_are_encrypted_masked_and_opened_one_by_one_with_a_trace(
    session: Session, made: Bureau
) -> None:
    shop = add(session, operator_id_no=ID_NO, phone="13800138000")
    stored = session.execute(text("SELECT operator_id_no, phone, search FROM businesses")).one()
    assert ID_NO.encode() not in bytes(stored.operator_id_no)
    assert b"138001" not in bytes(stored.phone)
    assert ID_NO.lower() not in stored.search
    assert masking.masked(shop) == {"operator_id_no": mask_id(ID_NO), "phone": mask_phone("13800138000")}
    with pytest.raises(Invalid, match="reason-missing"):
        masking.unmask(session, J, shop.id, "phone", officer_id=1, reason=" ")
    officer = made.officers["dispatcher"]
    assert masking.unmask(session, J, shop.id, "phone", officer_id=officer, reason="回访") == "13800138000"
    entry = session.execute(text("SELECT * FROM audit_entries WHERE act = 'unmask'")).one()
    assert (entry.officer_id, entry.subject, entry.reason) == (officer, f"business:{shop.id}", "回访")
    service.edit(session, J, shop.id, {"phone": "13900139000"}, officer_id=None, version=1)
    events = session.execute(text("SELECT before::text || after::text FROM registry_events")).scalars()
    assert not any("13800138000" in line or "13900139000" in line for line in events)


def test_the_same_operator_elsewhere_is_found_by_the_keyed_hash(session: Session, made: Bureau) -> None:
    shop = add(session, operator_id_no=ID_NO)
    other = add(session, "换了招牌", operator_id_no=ID_NO.lower(), at=SOUTH_EAST, address="远处3号")
    door = add(session, "同址一户")
    rows = session.execute(queries.recurrence(J, shop, address_key("民族路15号", district="江汉区"))).all()
    assert {(row.id, row.same_premises, row.same_operator) for row in rows} == {
        (other.id, False, True),
        (door.id, True, False),
    }


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("热干面", True),
        ("reganmian", True),
        ("lwrgm", True),
        ("王大", True),
        ("民族路15", True),
        (USCC.lower(), True),
        ("42010301-001-00001", True),
        ("老王  热干面", True),
        ("老王 凉面", False),
        ("100%", False),
        ("_", False),
    ],
)
def test_a_business_is_found_by_name_sound_operator_address_and_code(
    session: Session, made: Bureau, question: str, found: bool
) -> None:
    add(session, uscc=USCC, operator_name="王大明")
    add(session, "无关商行", address="远处9号", at=SOUTH_EAST)
    names = [row.name for row in search(session, J, Filter(q=question))]
    assert ("老王热干面馆" in names) == found


def test_a_mistyped_name_still_finds_its_business(session: Session, made: Bureau) -> None:
    add(session, "阳光便民超市")
    rows = search(session, J, Filter(q="yangguangbianminchaoshu"))
    assert [(row.rank, row.name) for row in rows] == [(3, "阳光便民超市")]


def test_pages_follow_each_other_without_gap_or_repeat(session: Session, made: Bureau) -> None:
    ids = [add(session, f"商行{n}", address=f"汉正街{n}号").id for n in range(7)]
    seen: list[int] = []
    after = None
    while True:
        rows = search(session, J, Filter(q="商行"), after=after, limit=3)
        seen += [row.id for row in rows[:3]]
        if len(rows) <= 3:
            break
        after = (rows[2].rank, rows[2].id)
    assert seen == ids


def test_a_box_a_cell_and_a_state_narrow_the_list(session: Session, made: Bureau) -> None:
    west, east = add(session), add(session, "东南店", at=SOUTH_EAST, address="远处5号", licence_status="none")
    box = (WEST, SOUTH + SIDE, WEST + SIDE, SOUTH + 2 * SIDE)
    assert [row.id for row in search(session, J, Filter(bbox=box))] == [west.id]
    assert [row.id for row in search(session, J, Filter(cell_id=made.cells["42010301-004"]))] == [east.id]
    assert [row.id for row in search(session, J, Filter(licence_status=["none"]))] == [east.id]
    assert [row.id for row in search(session, J, Filter(station_id=made.station_id))] == [west.id, east.id]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("湖北省武汉市江汉区民族路１５＃", "民族路15号"),
        ("江汉区 民族路15号", "民族路15号"),
        ("市场路3号", "市场路3号"),
        ("武汉市江岸区中山大道1－2号", "武汉市江岸区中山大道1-2号"),
        ("江汉区", "江汉区"),
    ],
)
def test_addresses_are_compared_without_prefix_blanks_and_widths(address: str, key: str) -> None:
    assert address_key(address, district="江汉区") == key


@given(st.text(max_size=60))
def test_an_address_key_is_its_own_key(address: str) -> None:
    key = address_key(address, district="江汉区")
    assert address_key(key, district="") == key


def test_lists_never_load_a_persons_number() -> None:
    from gridsup.registry.listing import _columns

    named = {column.key for column in _columns(J, func.length("")).selected_columns}
    assert not named & {"operator_id_no", "operator_id_index", "phone"}
