"""Who is a hold-out, and what is a concentration (P10-S5); the months of a bulletin (P10-N2)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.errors import Invalid
from gridsup.jointwork.bulletin import bounds
from gridsup.jointwork.candidates import URGED, Operator, group, holds_out
from gridsup.jointwork.members import members
from gridsup.referrals.departments import catalogue

MILESTONES = ("finding_made", "captured", "guidance_ordered", "correction_ordered")
REFUSALS: tuple[dict[str, object], ...] = (
    {"correction_refused": True},
    {"order_result": "refused"},
    {"result": "still_unlicensed"},
    {"correction_refused": False},
    {"order_result": "done"},
    {"result": "ceased"},
    {},
)


@pytest.mark.parametrize("facts", REFUSALS, ids=str)
@pytest.mark.parametrize("reached", list(itertools.combinations(MILESTONES, 2)), ids="+".join)
def test_a_hold_out_was_urged_and_refused(reached: tuple[str, ...], facts: dict[str, object]) -> None:
    refused = facts in REFUSALS[:3]
    assert holds_out(dict.fromkeys(reached, "2026"), facts) is (bool(URGED & set(reached)) and refused)


operators = st.builds(
    Operator,
    matter_id=st.integers(1, 10**6),
    name=st.just("店"),
    address=st.just("路"),
    cell=st.sampled_from(["A", "B", None]),
    street=st.sampled_from(["东街", "西街", None]),
    trade=st.sampled_from(["餐饮", None]),
    state=st.just("guiding"),
    hold_out=st.booleans(),
)


@given(st.lists(operators, max_size=30), st.integers(1, 6), st.sampled_from(["cell", "street", "trade"]))
def test_a_concentration_holds_everybody_there_and_nobody_else(
    found: list[Operator], least: int, by: str
) -> None:
    full = group(found, by, least)  # type: ignore[arg-type]
    sizes = [len(one.operators) for one in full]
    assert sizes == sorted(sizes, reverse=True)
    for key in {getattr(one, by) for one in found} - {None}:
        there = [one for one in found if getattr(one, by) == key]
        named = [one for one in full if one.key == key]
        assert [list(one.operators) for one in named] == ([there] if len(there) >= least else [])


def test_a_month_is_counted_in_local_time_and_a_slip_is_refused() -> None:
    first, after = bounds("2026-12")
    assert (first.isoformat(), after.isoformat()) == (
        "2026-12-01T00:00:00+08:00",
        "2027-01-01T00:00:00+08:00",
    )
    for slip in ("2026-13", "2026-1", "1999-01", "下月"):
        with pytest.raises(Invalid) as refusal:
            bounds(slip)
        assert refusal.value.code == "month-malformed"


def test_the_conference_has_the_nineteen_members_of_the_source() -> None:
    """P9-A1: no 城管 (D21) among them; 文化广电 stands for two departments."""
    found = [code for one in members().conference for code in one.departments]
    assert len(members().conference) == 19
    assert len(found) == len(set(found)) == 20
    assert {one.code for one in catalogue().departments} - set(found) == {"D21", "D22"}
