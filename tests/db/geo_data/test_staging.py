"""Staged first, confirmed as one, repeat-safe; the bad rows go back and come again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo_data import confirming, queries, staging
from geo_data.model import ImportBatch
from gridsup.codes.persons import mask_id
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.people.model import AuditEntry
from gridsup.registry.model import Business, HouseholdCode, Permit, Premises, RegistryEvent
from tests import factories

J = factories.JURISDICTION
USCC, OTHER = "91330100799655058B", "9144030071526726XG"
PERSON = "11010519491231002X"
HEADER = [
    "字号名称",
    "统一社会信用代码",
    "经营者",
    "身份证号",
    "经营地址",
    "社区",
    "许可证",
    "经度",
    "纬度",
    "前置情况",
]
GOOD = [
    [
        "老王热干面",
        USCC,
        "王强",
        PERSON,
        "前进四路12号",
        "前进社区",
        "JY14201030012345",
        114.262,
        30.602,
        "已办食品证",
    ],
    ["小李水果店", "", "李明", "", "前进四路14号", "前进", "", "", "", ""],
]
BAD = ["张记粮油", "9.13E+17", "张三", "", "前进四路16号", "", "", 114.262, 30.602, ""]


@pytest.fixture
def bureau(session: Session) -> factories.Bureau:
    made = factories.bureau(session)
    factories.organisation(session, "community", "前进社区居委会", code="420103001001", jurisdiction_id=J)
    return made


def book(path: Path, *rows: list[Any]) -> Path:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = "民权所"
    page.append(["市场主体台账"])
    page.append(HEADER)
    for row in rows:
        page.append(row)
    page.append(["合计", len(rows)])
    made.save(path)
    return path


def stage(session: Session, path: Path, **more: Any) -> ImportBatch:
    return staging.stage_businesses(session, J, path, datum="CGCS2000", **more)


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.jurisdiction_id == J)) or 0


def test_nothing_reaches_the_register_before_the_batch_is_confirmed(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    batch = stage(session, book(tmp_path / "a.xlsx", *GOOD, BAD))
    assert (batch.state, batch.good, batch.bad) == ("staged", 2, 1)
    assert count(session, Business) == 0
    assert [d["code"] for d in batch.mapping["dropped"]] == ["row-total"]


def test_the_good_rows_land_as_one_and_the_bad_ones_stay_out(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    batch = stage(session, book(tmp_path / "a.xlsx", *GOOD, BAD))
    done = confirming.confirm(session, J, batch.id)
    assert (done.landed, done.placed, done.unplaced, done.known, done.rejected) == (2, 1, 1, 0, 1)
    wang, li = session.scalars(select(Business).where(Business.jurisdiction_id == J).order_by(Business.id))
    assert (wang.name, wang.uscc, wang.operator_id_no, wang.licence_status) == (
        "老王热干面",
        USCC,
        PERSON,
        "valid",
    )
    assert (li.name, li.licence_status, li.kind) == ("小李水果店", "none", "unregistered")
    code = session.scalars(select(HouseholdCode).where(HouseholdCode.jurisdiction_id == J)).one()
    assert (code.business_id, code.cell_id) == (wang.id, bureau.cells["42010301-003"])
    permit = session.scalars(select(Permit).where(Permit.jurisdiction_id == J)).one()
    assert (permit.kind, permit.department, permit.number) == ("食品经营许可证", "D10", "JY14201030012345")
    event = session.scalars(
        select(RegistryEvent).where(RegistryEvent.jurisdiction_id == J, RegistryEvent.verb == "imported")
    ).first()
    assert event is not None
    assert (event.after["pre_approval"], event.after["station"], event.after["row"]) == (
        "已办食品证",
        "民权所",
        3,
    )


def test_the_place_is_kept_as_it_came_beside_the_canonical(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    gcj = [*GOOD[0][:7], 114.2675, 30.5997, ""]
    batch = staging.stage_businesses(session, J, book(tmp_path / "a.xlsx", gcj), datum="GCJ-02")
    confirming.confirm(session, J, batch.id)
    row = session.execute(
        select(Premises, func.ST_X(Premises.point), func.ST_Y(Premises.point)).where(
            Premises.jurisdiction_id == J
        )
    ).one()
    premises, lon, lat = row
    assert (premises.original_x, premises.original_y, premises.original_datum) == (114.2675, 30.5997, "gcj02")
    assert (lon, lat) == pytest.approx((114.26198, 30.60205), abs=2e-4)
    assert premises.placed_by == "import"


def test_a_community_is_found_by_its_name_however_it_ends(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    batch = stage(session, book(tmp_path / "a.xlsx", *GOOD))
    confirming.confirm(session, J, batch.id)
    communities = set(session.scalars(select(Premises.community_id).where(Premises.jurisdiction_id == J)))
    assert len(communities) == 1
    assert None not in communities


def test_the_same_file_does_not_land_twice_and_says_so(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    path = book(tmp_path / "a.xlsx", *GOOD)
    confirming.confirm(session, J, stage(session, path).id)
    with pytest.raises(Conflict) as refusal:
        stage(session, path)
    assert refusal.value.code == "import-same-file"
    assert "已经导入过" in refusal.value.text("zh")
    assert count(session, Business) == 2


def test_the_same_businesses_in_another_file_are_known_and_do_not_land_again(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    confirming.confirm(session, J, stage(session, book(tmp_path / "a.xlsx", *GOOD)).id)
    fresh = ["新开的店", OTHER, "赵六", "", "前进五路1号", "", "", "", "", ""]
    again = stage(session, book(tmp_path / "b.xlsx", *GOOD, fresh))
    suggested = [row.suggestion for row in session.scalars(queries.rows(J, again.id))]
    assert [s and s["because"] for s in suggested] == ["uscc", "name_address", None]
    done = confirming.confirm(session, J, again.id)
    assert (done.landed, done.known) == (1, 2)
    assert count(session, Business) == 3


def test_a_person_may_say_that_two_are_two_and_leave_rows_out(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    confirming.confirm(session, J, stage(session, book(tmp_path / "a.xlsx", *GOOD)).id)
    again = stage(
        session, book(tmp_path / "b.xlsx", GOOD[1], ["丙店", "", "", "", "丙路1号", "", "", "", "", ""])
    )
    twin, other = session.scalars(queries.rows(J, again.id)).all()
    done = confirming.confirm(session, J, again.id, take={twin.id}, leave={other.id})
    assert (done.landed, done.known, done.left) == (1, 0, 1)


def test_one_credit_code_twice_in_a_file_sends_the_later_row_back(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    batch = stage(session, book(tmp_path / "a.xlsx", GOOD[0], ["另一家", USCC, *GOOD[0][2:]]))
    (bad,) = session.scalars(queries.rows(J, batch.id, good=False))
    assert [r["code"] for r in bad.reasons] == ["uscc-repeated"]
    assert "第 3 行" in bad.reasons[0]["zh"]


def test_a_row_is_told_all_that_is_wrong_with_it_a_repeated_code_too(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    both = ["", USCC, "", *GOOD[0][3:7], "114.28", "", ""]
    batch = stage(session, book(tmp_path / "a.xlsx", GOOD[0], both))
    (bad,) = session.scalars(queries.rows(J, batch.id, good=False))
    assert [r["code"] for r in bad.reasons] == ["name-missing", "coordinate-half", "uscc-repeated"]


def test_a_batch_is_confirmed_once(session: Session, bureau: factories.Bureau, tmp_path: Path) -> None:
    batch = stage(session, book(tmp_path / "a.xlsx", *GOOD))
    confirming.confirm(session, J, batch.id)
    with pytest.raises(Conflict) as refusal:
        confirming.confirm(session, J, batch.id)
    assert refusal.value.code == "import-not-staged"
    with pytest.raises(NotFound):
        confirming.confirm(session, J, batch.id + 1)


def test_a_dropped_batch_leaves_nothing_and_may_be_staged_again(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    path = book(tmp_path / "a.xlsx", *GOOD)
    first = stage(session, path)
    second = stage(session, path)
    assert (first.state, second.state) == ("dropped", "staged")
    confirming.drop(session, J, second.id)
    assert count(session, Business) == 0
    assert stage(session, path).state == "staged"


def test_personal_numbers_stand_only_as_ciphertext(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "字号名称,身份证号,联系电话,备用,经营地址\n"
        f"甲,{PERSON},13800138000,13900139000,甲路1号\n乙,{PERSON[:-1]}0,,{PERSON},乙路1号\n",
        "gb18030",
    )
    stage(session, path)
    stored = session.scalar(
        text("SELECT string_agg(concat(raw::text, record::text, reasons::text), ' ') FROM import_rows")
    )
    assert "甲路1号" in json.dumps(stored, ensure_ascii=False)
    for number in (PERSON, PERSON[:-1], "13800138000", "13900139000"):
        assert number not in str(stored)


def test_rejected_rows_are_mended_and_uploaded_again(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    mine = bureau.officers["general"]
    wrong = ["张记粮油", "9.13E+17", "张三", PERSON, "前进四路16号", "", "", 114.262, 30.602, ""]
    batch = stage(session, book(tmp_path / "台账.xlsx", *GOOD, wrong), officer_id=mine)
    confirming.confirm(session, J, batch.id, officer_id=mine)
    name, content = confirming.rejects(session, J, batch.id, officer_id=mine)
    assert name == "台账-退回.xlsx"
    again = tmp_path / name
    again.write_bytes(content)
    page = (made := openpyxl.load_workbook(again))["民权所"]
    assert [cell.value for cell in page[1]] == ["原因", "原始行号", *HEADER]
    assert "统一社会信用代码" in str(page.cell(2, 1).value)
    assert page.cell(2, 6).value == PERSON
    page.cell(2, 4).value = OTHER
    made.save(again)
    second = stage(session, again, officer_id=mine)
    assert (second.good, second.bad) == (1, 0)
    assert confirming.confirm(session, J, second.id).landed == 1


def test_another_officer_receives_masked_numbers_and_the_export_is_on_record(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    wrong = ["张记粮油", "9.13E+17", "张三", PERSON, "前进四路16号", "", "", "", "", ""]
    batch = stage(session, book(tmp_path / "a.xlsx", wrong), officer_id=bureau.officers["general"])
    _, content = confirming.rejects(session, J, batch.id, form="csv", officer_id=bureau.officers["inspector"])
    assert PERSON not in content.decode("utf-8-sig")
    assert mask_id(PERSON) in content.decode("utf-8-sig")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "import-rejects-exported")).one()
    assert entry.detail == {"rows": 1, "whole": False}


def test_a_saved_mapping_is_used_for_the_same_columns(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    first = tmp_path / "a.csv"
    first.write_text("招牌,在哪,甲乙\n老王热干面,前进四路12号,x\n", "utf-8")
    with pytest.raises(Invalid) as refusal:
        stage(session, first)
    assert refusal.value.code == "mapping-no-name"
    batch = stage(session, first, mapping={"招牌": "name", "在哪": "address"})
    staging.save_mapping(session, J, "街道报表", batch)
    second = tmp_path / "b.csv"
    second.write_text("在哪,招牌,甲乙\n前进五路1号,老张,x\n", "utf-8")
    again = stage(session, second)
    assert again.mapping["columns"] == {"招牌": "name", "在哪": "address"}
    third = tmp_path / "c.csv"
    third.write_text("招牌,在哪\n老赵,前进六路1号\n", "utf-8")
    assert stage(session, third, mapping="街道报表").good == 1
    with pytest.raises(NotFound):
        stage(session, third, mapping="没有的")


def test_a_closed_business_lands_closed(session: Session, bureau: factories.Bureau, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("字号名称,经营地址,经营状态,注销日期\n甲,甲路1号,注销,2024-1-5\n", "utf-8")
    confirming.confirm(session, J, stage(session, path).id)
    closed = session.scalars(select(Business).where(Business.jurisdiction_id == J)).one()
    assert (closed.status, str(closed.closed_on)) == ("closed", "2024-01-05")


def test_places_outside_the_jurisdiction_are_told(
    session: Session, bureau: factories.Bureau, tmp_path: Path
) -> None:
    batch = stage(
        session,
        book(tmp_path / "a.xlsx", [*GOOD[0][:7], 118.6, 24.9, ""], [*GOOD[1][:7], 30.602, 114.262, ""]),
    )
    codes = [r["code"] for row in session.scalars(queries.rows(J, batch.id)) for r in row.reasons]
    assert [c for c in codes if c != "licence-none"] == ["outside-jurisdiction", "coordinates-swapped"]
