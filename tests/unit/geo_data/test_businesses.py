"""Rows become records, or come back with every fault in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely

from geo_data.businesses import validate
from geo_data.mapping import ColumnMapping, propose
from geo_data.placing import Placing
from geo_data.records import BusinessRecord, Validation
from geo_data.tables import RawRow, RawTable
from gridsup import spatial
from gridsup.errors import Invalid
from gridsup.spatial import Datum

DISTRICT = shapely.box(114.22, 30.56, 114.31, 30.66)
HERE = Placing(datum="CGCS2000", boundary=DISTRICT, metric_srid=4547)
USCC, OTHER = "91330100799655058B", "9144030071526726XG"


def table(*rows: dict[str, Any], sheet: str | None = None) -> RawTable:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return RawTable(columns, [RawRow(sheet, n, row) for n, row in enumerate(rows, start=2)])


def check(*rows: dict[str, Any], placing: Placing = HERE, sheet: str | None = None) -> Validation:
    raw = table(*rows, sheet=sheet)
    return validate(raw, propose(raw).mapping, placing)


def row(**cells: Any) -> dict[str, Any]:
    return {"字号名称": "老王热干面", "经营地址": "前进四路12号", **cells}


def one(*args: Any, **kwargs: Any) -> BusinessRecord:
    result = check(*args, **kwargs)
    assert result.bad == []
    return result.good[0].record


def faults(*args: Any, **kwargs: Any) -> list[str]:
    result = check(*args, **kwargs)
    assert result.good == []
    return [reason.code for reason in result.bad[0].reasons if reason.level == "fault"]


def test_a_full_row_becomes_a_record() -> None:
    record = one(
        row(
            统一社会信用代码=f" {USCC.lower()} ",
            法定代表人="王强",
            经营范围="餐饮服务",
            行业代码="6210 正餐服务",
            开业日期="2019年3月1日",
            许可证="JY14201030012345",
            有效期至="2026.12.31",
            经度="114.2734",
            纬度=30.5912,
            联系电话=13800138000.0,
            监管所="前进所",
            经营状态="存续（在营、开业、在册）",
            前置情况="无",
        )
    )
    assert (record.uscc, record.industry, record.opened_on) == (USCC, "H6210", date(2019, 3, 1))
    assert (record.kind, record.status, record.licence_status) == ("enterprise", "operating", "valid")
    assert (record.phone, record.station, record.pre_approval) == ("13800138000", "前进所", "无")
    assert (record.lon, record.lat) == (114.2734, 30.5912)
    (permit,) = record.permits
    assert (permit.kind, permit.department, permit.number) == ("食品经营许可证", "D10", "JY14201030012345")
    assert permit.expires_on == date(2026, 12, 31)


@pytest.mark.parametrize("cell", [9.13e17, "9.13E+17", "9.13301E+17", 913301007996550580])
def test_a_credit_code_that_became_a_number_is_refused_by_name(cell: object) -> None:
    result = check(row(统一社会信用代码=cell))
    (reason,) = result.bad[0].reasons
    assert (reason.code, reason.field, reason.column) == ("code-became-number", "uscc", "统一社会信用代码")
    assert "文本" in reason.zh
    assert "统一社会信用代码" in reason.zh
    assert "as text" in reason.en


def test_every_fault_of_a_row_is_told() -> None:
    found = faults(
        {
            "字号名称": "",
            "经营地址": "甲路1号",
            "统一社会信用代码": "91330100799655058C",
            "开业日期": "2019年3月",
            "行业代码": "9999",
            "经度": "114.27",
            "纬度": "",
        }
    )
    assert found == ["name-missing", "uscc-check", "industry-unknown", "date-unreadable", "coordinate-half"]


def test_a_row_without_coordinates_is_a_good_row() -> None:
    result = check(row(经度="", 纬度=None), row(经度="无", 纬度="/"))
    assert [r.record.placed for r in result.good] == [False, False]
    assert result.unplaced == 2


def test_coordinates_without_a_stated_datum_are_refused_as_a_whole() -> None:
    with pytest.raises(Invalid) as refusal:
        check(row(经度=114.27, 纬度=30.6), placing=Placing(boundary=DISTRICT))
    assert refusal.value.code == "datum-not-stated"
    assert one(row(经度="", 纬度=""), placing=Placing(boundary=DISTRICT)).lon is None


@pytest.mark.parametrize("datum", list(Datum))
def test_the_original_is_kept_beside_the_canonical(datum: Datum) -> None:
    true = np.array([[114.27, 30.60]])
    shifted = {
        Datum.GCJ02: spatial.wgs84_to_gcj02(true),
        Datum.BD09: spatial.gcj02_to_bd09(spatial.wgs84_to_gcj02(true)),
    }.get(datum, true)[0]
    record = one(row(经度=shifted[0], 纬度=shifted[1]), placing=Placing(datum.value, DISTRICT, 4547))
    assert (record.lon, record.lat) == pytest.approx((114.27, 30.60), abs=1e-8)
    assert (record.original_x, record.original_y) == pytest.approx(tuple(shifted))
    assert record.original_datum == datum.value


def test_projected_coordinates_with_their_epsg_number() -> None:
    point = spatial.to_metric(shapely.Point(114.27, 30.60), 4547)
    record = one(row(x=point.x, y=point.y), placing=Placing("EPSG:4547", DISTRICT, 4547))
    assert (record.lon, record.lat) == pytest.approx((114.27, 30.60), abs=1e-8)
    assert record.original_datum == "EPSG:4547"
    swapped = faults(row(x=point.y, y=point.x), placing=Placing("EPSG:4547", DISTRICT, 4547))
    assert swapped == ["coordinates-swapped"]


def test_a_column_may_state_the_datum_of_each_row() -> None:
    gcj = spatial.wgs84_to_gcj02(np.array([[114.27, 30.60]]))[0]
    result = check(
        row(经度=114.27, 纬度=30.60, 坐标系="WGS84"),
        row(经度=gcj[0], 纬度=gcj[1], 坐标系="GCJ-02"),
        row(经度=114.27, 纬度=30.60, 坐标系="火星"),
        placing=Placing(boundary=DISTRICT),
    )
    assert [round(r.record.lon or 0, 7) for r in result.good] == [114.27, 114.27]
    assert [r.code for r in result.bad[0].reasons] == ["datum-unknown"]


def test_swapped_coordinates_are_called_swapped() -> None:
    assert faults(row(经度=30.60, 纬度=114.27)) == ["coordinates-swapped"]
    assert faults(row(经度=30.60, 纬度=80.27), placing=Placing("WGS84")) == ["coordinates-swapped"]
    assert one(row(经度=24.94, 纬度=60.17), placing=Placing("WGS84")).lat == 60.17


def test_a_place_outside_is_named_with_its_distance() -> None:
    result = check(row(经度=114.40, 纬度=30.60))
    (reason,) = result.bad[0].reasons
    assert reason.code == "outside-jurisdiction"
    assert "8.6 km" in reason.zh


def test_a_place_within_the_tolerance_of_the_boundary_is_taken() -> None:
    assert one(row(经度=114.3115, 纬度=30.60)).placed  # 144 m beyond
    assert faults(row(经度=114.3125, 纬度=30.60)) == ["outside-jurisdiction"]  # 240 m beyond


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"经度": "一一四", "纬度": 30.6}, "coordinate-unreadable"),
        ({"经度": 359880.7, "纬度": 2754727.0}, "coordinate-impossible"),
        ({"经纬度": "114.27"}, "coordinate-unreadable"),
        ({"法定代表人": "王", "身份证号": "11010519491231002A"}, "id-number-format"),
        ({"身份证号": "1.10105E+17"}, "code-became-number"),
        ({"注册号": "420103600123456"}, "registration-check"),
        ({"统一社会信用代码": USCC, "营业执照号": OTHER}, "codes-differ"),
        ({"经营状态": "？？"}, "status-unknown"),
        ({"统一社会信用代码": USCC, "执照状态": "无照"}, "licence-none-with-code"),
        ({"开业日期": "2020-1-1", "注销日期": "2019-1-1"}, "dates-reversed"),
        ({"经营地址": "长" * 600}, "text-too-long"),
        ({"经营地址": ""}, "place-missing"),
    ],
)
def test_each_fault_is_named(cells: dict[str, Any], fault: str) -> None:
    assert faults(row(**cells)) == [fault]


def test_no_reason_repeats_an_identity_number() -> None:
    (reason,) = check(row(身份证号="110105194912310021")).bad[0].reasons
    assert "194912" not in reason.zh + reason.en


def test_one_column_of_both_coordinates() -> None:
    assert one(row(经纬度="114.27，30.60")).lon == 114.27
    assert one(row(经纬度="114.27 30.60")).lat == 30.60


def test_zero_coordinates_are_taken_as_not_placed_and_said() -> None:
    result = check(row(经度=0, 纬度=0))
    assert not result.good[0].record.placed
    assert [note.code for note in result.good[0].notes] == ["coordinates-zero"]


def test_a_registration_number_in_the_code_column_is_understood() -> None:
    record = one(row(统一社会信用代码="350503600123454"))
    assert (record.uscc, record.registration_no, record.kind) == (None, "350503600123454", "individual")


def test_an_operator_without_a_code_is_unregistered_only_where_codes_are_asked() -> None:
    assert one(row(统一社会信用代码="无")).licence_status == "none"
    assert one(row(统一社会信用代码="")).kind == "unregistered"
    assert one(row()).licence_status == "valid"
    assert one(row(营业执照情况="无照")).licence_status == "none"


def test_an_operator_without_a_shop_sign_is_called_by_his_name() -> None:
    assert one({"字号名称": "", "经营者": "王强", "经营地址": "乙路1号"}).name == "王强"


def test_the_sheet_is_the_station_when_it_is_called_so() -> None:
    assert one(row(), sheet="前进所").station == "前进所"
    assert one(row(), sheet="Sheet1").station is None


def test_a_mapping_without_a_name_is_refused() -> None:
    raw = table({"地址": "甲路1号"})
    with pytest.raises(Invalid) as refusal:
        validate(raw, ColumnMapping({"地址": "address"}), HERE)
    assert refusal.value.code == "mapping-no-name"


def test_a_record_survives_as_json() -> None:
    record = one(
        row(统一社会信用代码=USCC, 开业日期="2019-3-1", 许可证="食品经营许可证", 经度=114.27, 纬度=30.6)
    )
    assert BusinessRecord.from_dict(record.to_dict()) == record


@pytest.mark.parametrize(
    ("cell", "taken", "said"),
    [
        ("13800138000", "13800138000", []),
        ("０２７－８２８３７７７７", "027-82837777", []),
        ("+86 138 0013 8000", "+86 138 0013 8000", []),
        ("13800138000、027-82837777", "13800138000", ["phone-several"]),
        ("1380013800", None, ["phone-mobile"]),
        ("问隔壁老王", None, ["phone-characters"]),
        ("12", None, ["phone-characters"]),
    ],
)
def test_a_telephone_number_nobody_can_dial_is_named_and_not_taken(cell, taken, said) -> None:
    (good,) = check(row(联系电话=cell)).good
    notes = [reason for reason in good.notes if reason.field == "phone"]
    assert (good.record.phone, [note.code for note in notes]) == (taken, said)
    for note in notes:  # the words stand in the open: a number never does
        assert note.level == "note"
        assert note.column == "联系电话"
        assert cell not in note.zh + note.en
