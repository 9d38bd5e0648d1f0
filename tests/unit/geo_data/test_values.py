"""Cells of real tables: dates of every shape, numbers that are text, codes that became numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_data.values import as_date, as_number, as_text, is_mangled

DAY = date(2024, 1, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-1-5",
        "2024年1月5日",
        "2024.01.05",
        "2024/1/5",
        "２０２４－０１－０５",
        "20240105",
        "45296",
        45296,
        45296.0,
        " 2024 年 1 月 5 日 ",
        "2024-01-05 00:00:00",
        "2024年1月5号",
        datetime(2024, 1, 5, 8, 30),  # noqa: DTZ001
        DAY,
    ],
)
def test_a_day_is_read_in_every_shape(cell: object) -> None:
    assert as_date(cell) == DAY  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["", None, "无", "/", "--", "长期", "长期有效", "不详"])
def test_an_empty_day_is_no_day(cell: str | None) -> None:
    assert as_date(cell) is None


@pytest.mark.parametrize("cell", ["2024年1月", "24-1-5", "2024-2-30", "2024-13-1", "去年", 5, "2024", True])
def test_a_part_of_a_day_is_never_made_up(cell: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        as_date(cell)  # type: ignore[arg-type]


@given(st.dates(date(1930, 1, 1), date(2100, 1, 1)))
def test_serials_count_from_the_spreadsheet_epoch(day: date) -> None:
    assert as_date((day - date(1899, 12, 30)).days) == day
    assert as_date(f"{day.year}年{day.month}月{day.day}日") == day
    assert as_date(day + timedelta(0)) == day


@pytest.mark.parametrize(
    "cell", [9.13e17, "9.13E+17", "9.13501e+17", 913501030000000012, "3.50504E+14", "１．２Ｅ＋１７"]
)
def test_a_code_that_became_a_number_is_recognised(cell: object) -> None:
    assert is_mangled(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell", ["92350503E123456789", "913505030E12345678", 350503600123454.0, "350503600123454", None]
)
def test_a_whole_code_is_left_alone(cell: object) -> None:
    assert not is_mangled(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("118.60", 118.6),
        (" １１８．６ ", 118.6),
        ("1,234.5", 1234.5),
        ("118°36′36″", 118.61),
        ("24度30分", None),
        ("-3", -3.0),
    ],
)
def test_numbers_may_be_text(cell: str, number: float | None) -> None:
    if number is None:
        with pytest.raises(ValueError, match=cell):
            as_number(cell)
    else:
        assert as_number(cell) == pytest.approx(number)


def test_a_name_keeps_its_full_width_brackets() -> None:
    assert as_text(" 武汉市某某（集团）　有限公司\n") == "武汉市某某（集团） 有限公司"


def test_a_whole_number_loses_its_point() -> None:
    assert as_text(13800138000.0) == "13800138000"
