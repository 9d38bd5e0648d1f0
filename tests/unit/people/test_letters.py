"""Delegation letters by themselves: how they stand on a day, and what powers there are to give."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridsup.people.delegations import WARN, delegable_acts, not_in_force, powers, standing
from gridsup.people.model import Delegation
from gridsup.procedures.loader import load_packs

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)


def letter(**more: object) -> Delegation:
    told = {"number": "委托1号", "valid_from": FIRST, "valid_to": LAST, "published_on": FIRST - 10 * DAY}
    return Delegation(**{**told, "revoked_on": None, **more})


@pytest.mark.parametrize(
    ("more", "day", "stands"),
    [
        ({}, FIRST - DAY, "published"),
        ({}, FIRST, "in_force"),
        ({}, LAST - WARN, "in_force"),
        ({}, LAST - WARN + DAY, "ending"),
        ({}, LAST, "ending"),
        ({}, LAST + DAY, "ended"),
        ({"published_on": None}, FIRST, "draft"),
        ({"published_on": FIRST + DAY}, FIRST, "draft"),
        ({"revoked_on": FIRST + DAY}, FIRST, "in_force"),
        ({"revoked_on": FIRST + DAY}, FIRST + DAY, "revoked"),
        ({"revoked_on": FIRST + DAY}, LAST + DAY, "revoked"),
    ],
)
def test_a_letter_stands_by_its_days(more: dict[str, object], day: date, stands: str) -> None:
    """What the page shows and what the door lets pass are one."""
    assert standing(letter(**more), day) == stands
    why = not_in_force(letter(**more), day)
    assert (why is None) is (stands in ("in_force", "ending"))
    if why is not None:
        assert why.letter == "委托1号"
        assert "请" in why.zh
        assert why.en


def test_the_five_powers_stand_for_acts_that_may_be_given() -> None:
    """P8-R1, a closed list."""
    assert list(powers()) == ["inspection", "stopping", "simple_penalty", "warning", "licensing"]
    for power in powers().values():
        assert set(power.acts) <= delegable_acts().keys()


def test_nothing_to_give_is_a_measure_of_compulsion_or_a_decision_of_the_ordinary_procedure() -> None:
    never = {
        f"{loaded.pack.id}.{name}"
        for loaded in load_packs()
        for name, action in loaded.pack.actions.items()
        if not action.delegable
    }
    assert not never & delegable_acts().keys()
    given = {act for power in powers().values() for act in power.acts}
    assert not any(act.startswith(("penalty_case.", "seizure.", "evidence_preservation.")) for act in given)
