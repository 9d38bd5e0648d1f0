"""A bureau's own tables are read as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_data.tables import read_table
from gridsup.errors import Invalid

HEADER = ["序号", "字号名称", "统一社会信用代码", "经营地址", "开业日期"]
ROWS = [
    [1, "老王热干面", "92420103MA4KX2YJ0A", "前进四路12号", "2019年3月1日"],
    [2, "小李水果店", "", "前进四路14号", "2020.5.6"],
]
Make = Callable[..., Path]


def names(table: object) -> list[object]:
    return [row.values["字号名称"] for row in table.rows]  # type: ignore[attr-defined]


def test_titles_above_the_header_are_no_data(xlsx: Make) -> None:
    path = xlsx(
        {"Sheet1": [["江汉区市场主体台账"], ["填报单位：前进所", "", "日期：2024年1月"], HEADER, *ROWS]},
        merges={"Sheet1": ["A1:E1"]},
    )
    table = read_table(path)
    assert table.columns == HEADER
    assert names(table) == ["老王热干面", "小李水果店"]
    assert [row.number for row in table.rows] == [4, 5]
    assert "江汉区市场主体台账" in table.titles


def test_levels_of_a_merged_header_are_joined(xlsx: Make) -> None:
    top = ["字号名称", "坐标", None, "许可证", None, "经营地址"]
    low = [None, "经度", "纬度", "编号", "有效期至", None]
    data = ["老王热干面", 114.27, 30.59, "JY14201030012345", "2025-1-1", "前进四路12号"]
    merges = ["A2:A3", "B2:C2", "D2:E2", "F2:F3", "A1:F1"]
    table = read_table(xlsx({"Sheet1": [["台账"], top, low, data]}, merges={"Sheet1": merges}))
    assert table.columns == [
        "字号名称",
        "坐标 / 经度",
        "坐标 / 纬度",
        "许可证 / 编号",
        "许可证 / 有效期至",
        "经营地址",
    ]
    assert [row.number for row in table.rows] == [4]


def test_a_row_of_groups_above_the_column_names_belongs_to_the_header(xlsx: Make) -> None:
    top = ["基本情况", None, None, "证照情况", None]
    low = ["字号名称", "经营者", "经营地址", "注册号", "开业日期"]
    path = xlsx({"s": [top, low, ["甲", "王", "乙路1号", "", ""]]}, merges={"s": ["A1:C1", "D1:E1"]})
    assert read_table(path).columns[0] == "基本情况 / 字号名称"
    assert len(read_table(path).rows) == 1


def test_the_same_header_in_csv_without_merges(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "台账,,,\n字号名称,坐标,,经营地址\n,经度,纬度,\n老王热干面,114.27,30.59,前进四路12号\n", "gb18030"
    )
    table = read_table(path)
    assert table.columns == ["字号名称", "坐标 / 经度", "坐标 / 纬度", "经营地址"]
    assert len(table.rows) == 1


@pytest.mark.parametrize("label", ["合计", "合  计", "小计：", "总计", "城东所小计", "合计：120户"])
def test_totals_are_left_out_and_reported(xlsx: Make, label: str) -> None:
    table = read_table(
        xlsx({"s": [HEADER, *ROWS, [label, "", "", "", 2], ["制表人：张三", "", "审核：李四"]]})
    )
    assert names(table) == ["老王热干面", "小李水果店"]
    assert [(d.number, d.reason.code) for d in table.dropped] == [(4, "row-total"), (5, "row-note")]
    assert "合计" in table.dropped[0].reason.zh


def test_a_shop_called_total_stays(xlsx: Make) -> None:
    table = read_table(xlsx({"s": [HEADER, [1, "小计", "", "前进五路1号", ""]]}))
    assert names(table) == ["小计"]
    assert table.dropped == []


def test_a_header_repeated_on_each_page_is_left_out(xlsx: Make) -> None:
    table = read_table(xlsx({"s": [HEADER, ROWS[0], HEADER, ROWS[1]]}))
    assert names(table) == ["老王热干面", "小李水果店"]
    assert [d.reason.code for d in table.dropped] == ["row-repeated-header"]


def test_a_sheet_per_station_under_one_set_of_columns(xlsx: Make) -> None:
    other = ["序号", "字号名称", "联系电话"]
    table = read_table(
        xlsx(
            {
                "前进所": [HEADER, ROWS[0]],
                "民族所": [["民族所台账"], other, [1, "张记修车", 13800138000]],
                "草稿": [HEADER, ROWS[1]],
                "说明": [["本表由各所填报"]],
            },
            hidden=["草稿"],
        )
    )
    assert [(row.sheet, row.number) for row in table.rows] == [("前进所", 2), ("民族所", 3)]
    assert table.columns == [*HEADER, "联系电话"]
    assert {(d.sheet, d.reason.code) for d in table.dropped} == {
        ("草稿", "sheet-hidden"),
        ("说明", "sheet-no-header"),
    }


def test_old_xls_with_merged_cells(xls: Make) -> None:
    rows = [["台账"], ["字号名称", "坐标", ""], ["", "经度", "纬度"], ["老王热干面", 114.27, 30.59]]
    table = read_table(xls({"前进所": rows}, merges=[(0, 0, 0, 2), (1, 2, 0, 0), (1, 1, 1, 2)]))
    assert table.columns == ["字号名称", "坐标 / 经度", "坐标 / 纬度"]
    assert table.rows[0].values["坐标 / 经度"] == 114.27
    assert table.rows[0].sheet == "前进所"


def test_a_cell_merged_over_rows_counts_for_each(xlsx: Make) -> None:
    rows = [["街道", "字号名称"], ["前进街道", "甲"], [None, "乙"], ["民族街道", "丙"]]
    table = read_table(xlsx({"s": rows}, merges={"s": ["A2:A3"]}))
    assert [row.values["街道"] for row in table.rows] == ["前进街道", "前进街道", "民族街道"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_in_every_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "台账.csv"
    lines = [
        delimiter.join(["字号名称", "经营地址"]),
        delimiter.join(["镕记,茶餐厅" if delimiter != "," else "镕记", "乙路1号"]),
    ]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    table = read_table(path)
    assert table.columns == ["字号名称", "经营地址"]
    assert table.rows[0].values["经营地址"] == "乙路1号"


def test_a_character_outside_gbk_survives_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("字号名称,经营地址\n𠮷野家,前进四路\n".encode("gb18030"))
    assert names(read_table(path)) == ["𠮷野家"]


def test_codes_kept_as_text_by_tricks_are_freed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        '字号名称,注册号\n甲,"=""350503600123454"""\n乙,\'350503600123454\n丙,\t350503600123454\n', "utf-8"
    )
    assert [r.values["注册号"] for r in read_table(path).rows] == ["350503600123454"] * 3


def test_html_that_calls_itself_xls(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text(
        "<html><body><table><tr><th colspan=2>台账</th></tr><tr><td>字号名称</td><td>经营地址</td></tr>"
        "<tr><td>老王&amp;热干面</td><td>前进四路12号</td></tr></table></body></html>",
        "gb18030",
    )
    assert names(read_table(path)) == ["老王&热干面"]


def test_a_column_without_a_name_is_kept_under_its_place(xlsx: Make) -> None:
    table = read_table(xlsx({"s": [["字号名称", "经营地址"], ["甲", "乙路1号", "新开"]]}))
    assert table.columns == ["字号名称", "经营地址", "第3列"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table-empty"),
        (b"\xd0\xcf\x11\xe0broken", "table-unreadable"),
        (b"\xff\xff\x81\x00\x9f", "table-encoding"),
        (b"PK\x03\x04broken", "table-unreadable"),
        (b"1,2,3\n4,5,6\n", "table-no-header"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_way_out(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.xls"
    path.write_bytes(content)
    with pytest.raises(Invalid) as refusal:
        read_table(path)
    assert refusal.value.code == code
    assert "x.xls" in refusal.value.text("zh")
