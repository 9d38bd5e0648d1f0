"""Areas, grid codes, industries, identity numbers, masks and document numbers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from gridsup.codes import (
    DocumentNumber,
    format_grid,
    industries,
    mask_id,
    mask_name,
    mask_phone,
    parse_area,
    parse_grid,
    parse_id_number,
    parse_industry,
)
from gridsup.errors import Invalid

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("code", "short", "level", "parent", "kind"),
    [
        ("35", "35", "province", None, None),
        ("350000", "35", "province", None, None),
        ("3505", "3505", "city", "35", None),
        ("350503", "350503", "county", "3505", None),
        ("350503000000", "350503", "county", "3505", None),
        ("350503001", "350503001", "street", "350503", "street"),
        ("350521101000", "350521101", "street", "350521", "town"),
        ("350521201", "350521201", "street", "350521", "township"),
        ("350521401", "350521401", "street", "350521", "enterprise"),
        ("350503001001", "350503001001", "community", "350503001", "residents"),
        ("350521101201", "350521101201", "community", "350521101", "villagers"),
        ("350521101498", "350521101498", "community", "350521101", "other"),
        ("441900003", "441900003", "street", "4419", "street"),
    ],
)
def test_structure_of_area_codes(
    code: str, short: str, level: str, parent: str | None, kind: str | None
) -> None:
    area = parse_area(code)
    assert (area.code, area.level, area.parent, area.kind) == (short, level, parent, kind)
    assert parse_area(area.full) == area


@pytest.mark.parametrize("code", ["99", "3", "35050", "35050a", "350503000001", "3505030010010", "000000"])
def test_codes_without_that_structure_are_refused(code: str) -> None:
    with pytest.raises(Invalid, match="area-code"):
        parse_area(code)


def test_national_grid_codes_of_fifteen_and_fourteen_digits() -> None:
    assert format_grid("350503001001", 7) == "350503001001007"
    assert format_grid("350503001001", 7, "CJ/T 213") == "35050300100107"
    for code, standard in (("350503001001007", "GB/T 30428.1"), ("35050300100107", "CJ/T 213")):
        found = parse_grid(code)
        assert (found.area, found.street, found.community, found.sequence) == ("350503", "001", "001", 7)
        assert found.standard == standard
        assert str(found) == code


@pytest.mark.parametrize("code", ["350503001001000", "3505030010010", "350503001000007", "35050300100100A"])
def test_grid_codes_with_a_fault_are_refused(code: str) -> None:
    with pytest.raises(Invalid):
        parse_grid(code)


@pytest.mark.parametrize("sequence", [0, 1000])
def test_grid_sequence_must_fit(sequence: int) -> None:
    with pytest.raises(Invalid, match="grid-code"):
        format_grid("350503001001", sequence)


def test_the_classification_is_whole_and_every_parent_stands_in_it() -> None:
    found = industries()
    counts = Counter(entry.level for entry in found.values())
    assert counts == {"section": 20, "division": 97, "group": 473, "class": 1381}
    assert all(entry.parent in found for entry in found.values() if entry.level != "section")


def test_reference_copy_is_the_same_file() -> None:
    shipped = ROOT / "gridsup/codes/data/gbt4754_2017.csv"
    assert (ROOT / "geo_data/reference/gbt4754_2017.csv").read_bytes() == shipped.read_bytes()


@pytest.mark.parametrize("written", ["H6210", "h6210", "6210", " Ｈ６２１０", 6210, 6210.0])
def test_industry_is_found_however_it_is_written(written: object) -> None:
    entry = parse_industry(written, level="class")
    assert (entry.code, entry.name, entry.parent) == ("H6210", "正餐服务", "H621")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("A6210", "industry-section"),
        ("H9999", "industry-unknown"),
        ("餐饮", "industry-unknown"),
        (111, "code-became-number"),
        ("", "code-missing"),
    ],
)
def test_unknown_industries_are_refused(value: object, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_industry(value)
    assert refusal.value.code == code


def test_a_class_is_asked_for_where_a_class_is_needed() -> None:
    assert parse_industry("H62").level == "division"
    with pytest.raises(Invalid, match="industry-level"):
        parse_industry("H62", level="class")


# --- persons ------------------------------------------------------------------------------------------


def _id(stem: str) -> str:
    return stem + ric.calc_check_digit(stem + "0")


def test_identity_number_gives_its_date_of_birth_and_hides_itself() -> None:
    found = parse_id_number(" 11010119900307001ｘ ".replace("ｘ", _id("11010119900307001")[-1]))
    assert found.born == date(1990, 3, 7)
    assert found.warnings == ()
    assert found.number not in repr(found)
    assert "19900307" not in repr(found)


def test_unknown_place_of_birth_is_a_doubt_only() -> None:
    assert [n.code for n in parse_id_number(_id("99999919900307001")).warnings] == ["id-number-place"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1101011990030700", "id-number-format"),
        ("11010119900307001A", "id-number-format"),
        (_id("11010119901307001"), "id-number-birth"),
        (_id("11010100010307001"), "id-number-birth"),
        (_id("11010119900307001")[:-1] + "?", "id-number-format"),
        (110101199003070016, "code-became-number"),
        ("1.10101E+17", "code-became-number"),
    ],
)
def test_faults_of_identity_numbers_have_names_and_do_not_repeat_them(value: object, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_id_number(value)
    assert refusal.value.code == code
    assert str(value) not in refusal.value.text("zh") or "E+" in str(value)


def test_wrong_check_character_of_an_identity_number_is_found() -> None:
    good = _id("11010119900307001")
    bad = good[:-1] + ("1" if good[-1] != "1" else "2")
    with pytest.raises(Invalid, match="id-number-check"):
        parse_id_number(bad)


@pytest.mark.parametrize(
    ("shown", "masked"),
    [
        (mask_id("350503199003070018"), "350*************18"),
        (mask_phone("13812345678"), "138****5678"),
        (mask_phone("+86 138-1234-5678"), "138****5678"),
        (mask_phone("0595-22345678"), "***********78"),
        (mask_phone("110"), "***"),
        (mask_name("张三"), "张*"),
        (mask_name("欧阳娜娜"), "欧**"),
        (mask_name("张"), "*"),
        (mask_name(""), ""),
    ],
)
def test_masks(shown: str, masked: str) -> None:
    assert shown == masked


@given(st.text("0123456789X", max_size=30))
def test_a_mask_hides_at_least_a_third_of_any_number(number: str) -> None:
    for mask in (mask_id, mask_phone):
        assert mask(number).count("*") * 3 >= len(number)


# --- documents ----------------------------------------------------------------------------------------


def test_document_number_of_the_template() -> None:
    number = DocumentNumber.parse("闽市监光处〔2026〕0088号")
    assert (number.prefix, number.year, number.serial, number.width) == ("闽市监光处", 2026, 88, 4)
    assert str(number) == "闽市监光处〔2026〕0088号"
    assert str(DocumentNumber("武江监抄", 2026, 12345)) == "武江监抄〔2026〕12345号"


@pytest.mark.parametrize(
    "written",
    [
        "闽市监光处[2026]0088号",
        "闽市监光处（２０２６）0088号",
        " 闽市监光处【2026】 第0088号 ",
        "闽市监光处〔2026〕0088号",
    ],
)
def test_other_brackets_and_widths_are_put_right(written: str) -> None:
    assert str(DocumentNumber.parse(written)) == "闽市监光处〔2026〕0088号"


@pytest.mark.parametrize(
    "written", ["", "〔2026〕1号", "闽处〔26〕1号", "闽处〔2026〕号", "闽处〔2026〕1", "闽处〔2026〕0号"]
)
def test_what_is_no_document_number_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match="document-number"):
        DocumentNumber.parse(written)
