"""The town of the practice mode: what every task needs stands there, on ground without gaps."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from geo_data.practice.town import MATTERS, town
from gridsup.practice.tasks import TASKS

DAY = date(2026, 3, 4)


def test_every_task_has_a_town_and_every_town_a_task() -> None:
    assert set(MATTERS) == set(TASKS)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", [1, 77, 4103])
def test_the_town_holds_the_matters_of_its_task_in_the_seat_of_who_does_it(task: str, seed: int) -> None:
    city, me = town(9, task, "练习者", DAY, seed=seed)
    assert [matter.state for matter in city.unlicensed] == [state for state, _ in MATTERS[task]]
    (officer,) = [one for one in city.officers if one.key == me]
    assert officer.name == "练习者"
    assert officer.postings[0].post == task
    known = {one.key for one in city.officers}
    assert {act.officer for matter in city.unlicensed for act in matter.acts} <= known
    assert {one.postings[0].deputy for one in city.officers} - {None} <= known
    cells = {cell.key: cell for cell in city.cells}
    if task == "inspector":
        assert all(cells[matter.cell].inspector == me for matter in city.unlicensed)
    doors = {one.key: one for one in city.premises}
    assert len({business.premises for business in city.businesses}) == len(city.businesses)
    for business in city.businesses:
        door = doors[business.premises]
        assert door.cell is not None
        assert door.lon is not None
        assert door.lat is not None
        assert cells[door.cell].area.covers(shapely.Point(door.lon, door.lat))


def test_the_same_seed_makes_the_same_town() -> None:
    first, second = (town(9, "dispatcher", "甲", DAY, seed=5)[0] for _ in range(2))
    assert first.businesses == second.businesses
    assert first.unlicensed == second.unlicensed
