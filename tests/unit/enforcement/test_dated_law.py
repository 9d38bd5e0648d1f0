"""Dated law: each row on its day, both laws judged, the milder applied, what was not read marked as such."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.enforcement.law import TABLE, check_fine, judge, provision
from gridsup.errors import NotFound, Refused
from gridsup.procedures.rules import PenaltyValue, load_tables, lookup

PLAIN: dict[str, Any] = {"serious": False, "public_danger": False, "correction_refused": False}
REFUSED = PLAIN | {"correction_refused": True}
SERIOUS = REFUSED | {"serious": True}
DANGER = PLAIN | {"public_danger": True}
FIRST, LAST = date(2003, 3, 1), date(2030, 1, 1)


@pytest.mark.parametrize(
    ("conduct", "day", "facts", "rule", "fine"),
    [
        ("unlicensed", date(2003, 3, 1), PLAIN, "D370-14", (0, 20_000)),
        ("unlicensed", date(2017, 9, 30), PLAIN, "D370-14", (0, 20_000)),
        ("unlicensed", date(2017, 9, 30), SERIOUS, "D370-14-SERIOUS", (20_000, 200_000)),
        ("unlicensed", date(2017, 9, 30), DANGER, "D370-14-DANGER", (50_000, 500_000)),
        ("unlicensed", date(2017, 10, 1), PLAIN, "D684-13", (0, 10_000)),
        ("unlicensed", date(2017, 10, 1), DANGER, "D684-13", (0, 10_000)),
        ("unlicensed", date(2022, 2, 28), SERIOUS, "D684-13", (0, 10_000)),
        ("unlicensed", date(2022, 3, 1), PLAIN, "REG-43", None),
        ("unlicensed", date(2022, 3, 1), REFUSED, "REG-43-REFUSED", (10_000, 100_000)),
        ("unlicensed", date(2022, 3, 1), SERIOUS, "REG-43-SERIOUS", (100_000, 500_000)),
        ("premises", date(2017, 9, 30), PLAIN, "D370-15", (0, 20_000)),
        ("premises", date(2017, 9, 30), DANGER, "D370-15-DANGER", (50_000, 500_000)),
        ("premises", date(2017, 10, 1), PLAIN, "D684-14", (0, 5_000)),
        ("premises", date(2026, 1, 1), DANGER, "D684-14", (0, 5_000)),
        ("change", date(2022, 3, 1), PLAIN, "REG-46", None),
        ("change", date(2022, 3, 1), REFUSED, "REG-46-REFUSED", (10_000, 100_000)),
        ("change", date(2022, 3, 1), SERIOUS, "REG-46-SERIOUS", (10_000, 100_000)),
        ("display", date(2022, 3, 1), PLAIN, "REG-48", None),
        ("display", date(2022, 3, 1), REFUSED, "REG-48-REFUSED", (0, 30_000)),
        ("safety", date(2026, 1, 1), REFUSED, "P6-S3", (0, 10_000)),
    ],
)
def test_the_law_of_a_day(
    conduct: str, day: date, facts: dict[str, Any], rule: str, fine: tuple[int, int] | None
) -> None:
    found = provision(conduct, day, facts)
    assert found.row.id == rule
    assert (found.value.fine and (found.value.fine.min, found.value.fine.max)) == fine


def test_every_row_of_the_table_is_met_above() -> None:
    tested = {mark.args[1][i][3] for mark in test_the_law_of_a_day.pytestmark for i in range(20)}
    assert tested == {row.id for row in load_tables().table(TABLE).rows}


def test_what_was_not_read_in_the_text_is_marked() -> None:
    unread = {row.id for row in load_tables().table(TABLE).rows if not row.verified}
    assert unread == {
        "D370-14", "D370-14-SERIOUS", "D370-14-DANGER", "D370-15", "D370-15-DANGER", "P6-S3",
    }  # fmt: skip
    assert not lookup("ceilings_hearing", "hearing", date(2026, 1, 1)).verified
    lines = judge("unlicensed", date(2017, 9, 30), date(2026, 1, 1), REFUSED).as_json()
    assert not lines["verified"]
    assert "未经核对" in lines["lines"]["zh"][-1]


def test_correction_comes_first_wherever_the_registration_regulation_rules() -> None:
    for row in load_tables().table(TABLE).rows:
        value = PenaltyValue.model_validate(row.value)
        assert value.correction_first is row.id.startswith(("REG-", "P6-")), row.id


def test_a_grave_row_is_neither_taken_nor_passed_over_while_its_facts_are_unknown() -> None:
    with pytest.raises(Refused) as caught:
        provision("unlicensed", date(2022, 3, 1), {"serious": True})
    assert caught.value.code == "facts-missing"
    assert "correction_refused" in caught.value.text("zh")


@pytest.mark.parametrize(
    ("conduct", "day"), [("unlicensed", date(2003, 2, 28)), ("change", date(2022, 2, 28)), ("x", LAST)]
)
def test_a_day_without_law_is_a_clear_refusal(conduct: str, day: date) -> None:
    with pytest.raises(NotFound, match="law-not-on-record"):
        provision(conduct, day, PLAIN)


@pytest.mark.parametrize(
    ("act", "decided", "facts", "applies"),
    [
        (date(2017, 9, 30), date(2018, 1, 1), PLAIN, "D684-13"),  # the new law is milder
        (date(2022, 2, 28), date(2022, 6, 1), PLAIN, "REG-43"),  # correction first, no fine
        (date(2022, 2, 28), date(2022, 6, 1), REFUSED, "D684-13"),  # the old law is milder
        (date(2022, 2, 28), date(2022, 6, 1), SERIOUS, "D684-13"),
        (date(2017, 9, 30), date(2022, 6, 1), DANGER | {"correction_refused": True}, "REG-43-REFUSED"),
        (date(2022, 3, 1), date(2026, 1, 1), SERIOUS, "REG-43-SERIOUS"),
    ],
)
def test_the_milder_of_both_laws_applies(
    act: date, decided: date, facts: dict[str, Any], applies: str
) -> None:
    judged = judge("unlicensed", act, decided, facts)
    assert judged.applies.row.id == applies
    said = judged.as_json()
    assert said["act"]["on"] == act.isoformat()
    assert said["decision"]["on"] == decided.isoformat()
    if said["act"]["rule"] != said["decision"]["rule"]:
        whose = "行为时" if applies == said["act"]["rule"] else "决定时"
        assert any("第三十七条" in line and f"适用{whose}" in line for line in said["lines"]["zh"])


DAYS = st.dates(FIRST, LAST)
FACTS = st.fixed_dictionaries({name: st.booleans() for name in PLAIN})


@given(
    DAYS,
    st.timedeltas(timedelta(0), timedelta(days=9000)),
    FACTS,
    st.sampled_from(["unlicensed", "premises"]),
)
def test_no_party_fares_worse_than_under_the_law_of_its_act(
    act: date, later: timedelta, facts: dict[str, Any], conduct: str
) -> None:
    decided = min(act + later, date(2050, 1, 1))
    judged = judge(conduct, act, decided, facts)
    assert judged.applies.weight <= min(judged.act.weight, judged.decision.weight)
    if judged.act.weight <= judged.decision.weight:
        assert judged.applies is judged.act


@given(DAYS, FACTS, st.decimals(0, 1_000_000, places=2))
def test_a_fine_stays_in_the_range_of_the_law(day: date, facts: dict[str, Any], fine: Decimal) -> None:
    found = provision("unlicensed", day, facts)
    limits = found.value.fine
    inside = limits is not None and limits.min <= fine <= limits.max
    if inside or (limits is None and fine == 0):
        check_fine(found, fine)
    else:
        with pytest.raises(Refused, match="fine-outside-range"):
            check_fine(found, fine)
    if limits is not None and fine <= limits.max:
        check_fine(found, fine, mitigated=True)


@pytest.mark.parametrize(
    ("table", "row", "day", "person", "organisation", "verified"),
    [
        ("ceilings_simple_fine", "simple_fine", date(2021, 7, 14), 50, 1000, False),
        ("ceilings_simple_fine", "simple_fine", date(2021, 7, 15), 200, 3000, True),
        ("ceilings_on_spot_collection", "on_spot", date(2021, 7, 14), 20, 20, False),
        ("ceilings_on_spot_collection", "on_spot", date(2021, 7, 15), 100, 100, True),
        ("ceilings_hearing", "hearing", date(2026, 1, 1), 10_000, 100_000, False),
    ],
)
def test_the_ceilings_by_their_day(
    table: str, row: str, day: date, person: int, organisation: int, verified: bool
) -> None:
    found = lookup(table, row, day)
    assert found.value == {"person": person, "organisation": organisation, "currency": "CNY"}
    assert found.verified is verified
    assert load_tables().table(table).by == "decision"


@pytest.mark.parametrize(
    ("row", "day", "n", "unit"),
    [
        ("APL-72-RATE", date(2021, 7, 15), 3, "%/D"),
        ("APL-72-RATE", date(2021, 7, 14), 3, "%/D"),
        ("APL-72-CAP", date(2012, 1, 1), 100, "%"),
        ("APL-72-CAP", date(2026, 1, 1), 100, "%"),
        ("APL-36", date(2021, 7, 14), 2, "Y"),
        ("APL-36", date(2026, 1, 1), 2, "Y"),
        ("APL-36-DANGER", date(2021, 7, 15), 5, "Y"),
    ],
)
def test_the_figures_of_late_fine_and_limitation(row: str, day: date, n: int, unit: str) -> None:
    assert lookup("limits_penalty", row, day).value == {"n": n, "unit": unit}


@pytest.mark.parametrize(
    ("row", "day", "n", "unit", "verified"),
    [
        ("PROC-18", date(2026, 1, 1), 15, "WD", True),
        ("PROC-38", date(2011, 12, 31), 15, "D", False),
        ("PROC-38", date(2012, 1, 1), 30, "D", True),
        ("AEL-19", date(2026, 1, 1), 24, "H", True),
        ("AEL-28", date(2026, 1, 1), 1, "WD", False),
        ("PROC-83", date(2021, 7, 14), 60, "D", False),
        ("PROC-83", date(2021, 7, 15), 30, "D", True),
        ("AEL-54", date(2026, 1, 1), 10, "WD", True),
        ("APL-CONTEST", date(2026, 1, 1), 6, "M", False),
        ("AEL-53", date(2026, 1, 1), 3, "M", True),
        ("APL-67", date(2021, 7, 15), 15, "D", True),
        ("APL-61", date(2026, 1, 1), 7, "WD", True),
        ("PROC-57", date(2021, 7, 15), 5, "WD", True),
        ("PROC-64", date(2026, 1, 1), 90, "D", True),
        ("PROC-66", date(2026, 1, 1), 7, "WD", True),
        ("PROC-77", date(2026, 1, 1), 15, "WD", True),
        ("HEARING-GRANT", date(2026, 1, 1), 3, "WD", False),
        ("P6-REINSPECT", date(2026, 1, 1), 3, "WD", False),
        ("P6-DISPOSE", date(2026, 1, 1), 5, "WD", False),
        ("P6-NOTICE", date(2026, 1, 1), 2, "WD", False),
        ("P6-CLOSE", date(2026, 1, 1), 3, "WD", False),
        ("SPOT-DECIDE", date(2026, 1, 1), 1, "WD", False),
        ("MEASURE-TAKE", date(2026, 1, 1), 2, "WD", False),
    ],
)
def test_the_clocks_of_enforcement_by_their_day(
    row: str, day: date, n: int, unit: str, verified: bool
) -> None:
    found = lookup("clocks_proc", row, day)
    assert (found.value, found.verified) == ({"n": n, "unit": unit}, verified)
