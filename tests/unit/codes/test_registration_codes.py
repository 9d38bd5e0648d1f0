"""Social credit codes and registration numbers: what is taken, and what each refusal says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from gridsup.codes import RegistrationNumber, Uscc, parse_registration, parse_registration_number, parse_uscc
from gridsup.codes.uscc import ALPHABET, body_check
from gridsup.errors import Invalid


def code_of(value: object) -> str:
    with pytest.raises(Invalid) as refusal:
        parse_registration(value)
    return refusal.value.code


@pytest.mark.parametrize(
    "code", ["91330100799655058B", "9144030071526726XG", "914403001922038216", "91110000600037341L"]
)
def test_vectors_are_valid_without_a_doubt(code: str) -> None:
    assert parse_uscc(code) == Uscc(code, "9", "enterprise", code[2:8], code[8:17])


@pytest.mark.parametrize(
    ("code", "kind"), [("91350503MA0000000L", "enterprise"), ("92350503MA2XXXXX0D", "household")]
)
def test_synthetic_vectors_are_valid_and_the_body_check_only_warns(code: str, kind: str) -> None:
    found = parse_uscc(code)
    assert (found.code, found.kind, found.area) == (code, kind, "350503")
    assert {note.code for note in found.warnings} <= {"uscc-body"}


@pytest.mark.parametrize(("body", "check"), [("79965505", "8"), ("71526726", "X"), ("19220382", "1")])
def test_body_check_of_gb_11714(body: str, check: str) -> None:
    assert body_check(body) == check


def test_registrars_with_letters_are_valid() -> None:
    start = "N2350503MA0000000"
    found = parse_uscc(start + stdnum_uscc.calc_check_digit(start))
    assert (found.registrar, found.kind) == ("N", "other")
    odd = "B1350503MA0000000"
    notes = parse_uscc(odd + stdnum_uscc.calc_check_digit(odd)).warnings
    assert "uscc-registrar" in {note.code for note in notes}


@pytest.mark.parametrize(
    "written",
    [
        " 91330100799655058b ",
        "９１３３０１００７９９６５５０５８Ｂ",
        "91330100 799655058B\u200b",
        "91-330100-799655058B",
    ],
)
def test_writing_is_normalised(written: str) -> None:
    assert parse_uscc(written).code == "91330100799655058B"


@pytest.mark.parametrize(("character", "position"), [("I", 9), ("O", 11), ("S", 17), ("V", 18), ("Z", 10)])
def test_misread_character_is_named_and_never_replaced(character: str, position: int) -> None:
    code = "91330100799655058B"
    wrong = code[: position - 1] + character + code[position:]
    with pytest.raises(Invalid) as refusal:
        parse_uscc(wrong)
    assert refusal.value.code == "uscc-character"
    assert (refusal.value.params["character"], refusal.value.params["position"]) == (character, position)
    assert f"“{character}”" in refusal.value.text("zh")
    assert "misread" in refusal.value.text("en")


@pytest.mark.parametrize(
    "value",
    [
        9.13e17,
        913501000000000000,
        "9.13E+17",
        "9.13e17",
        "913501000000000000.0",
        "９.１３Ｅ＋１７",
        "913501000000000000",
    ],
)
def test_code_that_a_spreadsheet_turned_into_a_number_is_refused_by_name(value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_registration(value)
    assert refusal.value.code == "code-became-number"
    assert "文本" in refusal.value.text("zh")
    assert "9" in refusal.value.text("zh")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "code-missing"),
        (None, "code-missing"),
        ("91350503M1234567X", "uscc-length"),
        ("91110000600037341N", "uscc-check"),
        ("A1110000600037341L", "uscc-check"),
        ("9111000060003IOZSV", "uscc-character"),
        ("911A0000600037341L", "uscc-area"),
        ("91110000600037341#", "uscc-character"),
        ("123456789012346", "registration-check"),
        (True, "code-became-number"),
    ],
)
def test_every_other_fault_has_its_own_name(value: object, code: str) -> None:
    assert code_of(value) == code


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_found(stem: str, place: int, other: str) -> None:
    stem = "91350503" + stem[8:]
    code = stem + stdnum_uscc.calc_check_digit(stem)
    assert parse_uscc(code).code == code
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(Invalid):
            parse_uscc(wrong)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("440301103448669", "enterprise"),
        ("110108002734659", "enterprise"),
        ("350503600123454", "household"),
        ("350503000000016", "enterprise"),
    ],
)
def test_registration_numbers_of_fifteen_digits(number: str, kind: str) -> None:
    assert parse_registration(number) == RegistrationNumber(number, kind, number[:6])  # type: ignore[arg-type]
    assert parse_registration(float(number)) == parse_registration_number(int(number))


def test_registration_number_with_a_wrong_digit_or_letter_is_refused() -> None:
    assert code_of("440301103448668") == "registration-check"
    with pytest.raises(Invalid, match="registration-format"):
        parse_registration_number("44030110344866X")
    assert code_of(440301103448669.5) == "code-became-number"
