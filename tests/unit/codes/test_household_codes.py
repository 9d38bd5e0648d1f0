"""Cell and household codes: station + grid + serial (P10-C2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.codes import CellCode, CodeScheme, HouseholdCode
from gridsup.errors import Invalid, Refused

SCHEMES = st.builds(
    CodeScheme,
    station_width=st.integers(2, 9),
    grid_width=st.integers(1, 4),
    serial_width=st.integers(3, 7),
    separator=st.sampled_from(["", "-", ".", "/"]),
    check=st.sampled_from([None, "mod_11_10", "mod_11_2", "mod_97_10", "mod_37_2", "mod_37_36"]),
)


def test_the_code_of_the_design() -> None:
    scheme = CodeScheme()
    assert scheme.format("35050303", 12, 47) == "35050303-012-00047"
    assert scheme.format_cell("35050303", "012") == "35050303-012"
    assert scheme.parse("35050303-012-00047") == HouseholdCode("35050303", "012", 47)
    assert scheme.parse_cell(" ３５０５０３０３－０１２ ") == CellCode("35050303", "012")


@given(SCHEMES, st.data())
def test_what_is_written_is_read_back(scheme: CodeScheme, data: st.DataObject) -> None:
    station = data.draw(st.text("0123456789", min_size=scheme.station_width, max_size=scheme.station_width))
    grid = data.draw(st.integers(0, 10**scheme.grid_width - 1))
    serial = data.draw(st.integers(1, scheme.last_serial))
    code = scheme.format(station, grid, serial)
    found = scheme.parse(code)
    assert (found.station, int(found.grid), found.serial) == (station, grid, serial)
    assert code.startswith(scheme.format_cell(station, grid))
    assert bool(found.check) == bool(scheme.check)
    assert CodeScheme.from_json(scheme.as_json()) == scheme


@given(SCHEMES.filter(lambda s: s.check is not None), st.data())
def test_a_check_character_finds_any_single_wrong_digit(scheme: CodeScheme, data: st.DataObject) -> None:
    code = scheme.format("7" * scheme.station_width, 1, data.draw(st.integers(1, scheme.last_serial)))
    place = data.draw(st.sampled_from([i for i, c in enumerate(code) if c.isdigit()]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert scheme.is_valid(code)
    assert not scheme.is_valid(code[:place] + digit + code[place + 1 :])


@pytest.mark.parametrize(
    "code",
    [
        "35050303-12-00047",
        "35050303012-00047",
        "35050303-012-00000",
        "35050303-012-47",
        "35050303-012",
        "x",
        "3505030a-0١2-00047",
    ],
)
def test_nothing_is_guessed(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        CodeScheme().parse(code)
    assert refusal.value.code == "code-format"
    assert "99999999-999-99999" in refusal.value.text("zh")


def test_a_number_is_no_code() -> None:
    with pytest.raises(Invalid, match="code-became-number"):
        CodeScheme(separator="").parse(3505030301200047)


def test_serials_past_the_width_are_refused_with_a_way_out() -> None:
    scheme = CodeScheme(serial_width=3)
    assert scheme.format("35050303", 1, 999).endswith("-999")
    with pytest.raises(Refused) as refusal:
        scheme.format("35050303", 1, 1000)
    assert refusal.value.code == "serial-exhausted"
    with pytest.raises(Invalid):
        scheme.format("35050303", 1, 0)


@pytest.mark.parametrize(
    ("station", "grid"), [("3505030", 1), ("35050303", 1000), ("35050303", "12"), ("3505-303", 1)]
)
def test_parts_of_another_width_are_refused(station: str, grid: int | str) -> None:
    with pytest.raises(Invalid, match="code-format"):
        CodeScheme().format_cell(station, grid)


def test_letters_in_a_station_need_a_check_that_takes_them() -> None:
    assert CodeScheme(station_width=4, check="mod_37_36").is_valid(
        CodeScheme(station_width=4, check="mod_37_36").format("FZ03", 1, 1)
    )
    with pytest.raises(Invalid):
        CodeScheme(station_width=4, check="mod_11_10").format("FZ03", 1, 1)


@pytest.mark.parametrize(
    "settings",
    [
        {"station_width": 0},
        {"serial_width": "5"},
        {"separator": "3"},
        {"separator": None},
        {"check": "luhn"},
        {"grid": 3},
    ],
)
def test_schemes_that_cannot_work_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        CodeScheme.from_json(settings)
