"""What-ifs move work between inspectors and never lose any; new shops add exactly their own."""

from __future__ import annotations

from datetime import date, timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridsup.analytics.workload import (
    Absence,
    CellFacts,
    Frame,
    Measures,
    Merge,
    Mix,
    NewShops,
    OfficerFacts,
    balance,
    simulate,
)
from gridsup.errors import Invalid, NotFound

SINCE, UNTIL = date(2026, 1, 1), date(2026, 3, 31)
DAYS = 90
NEXT = UNTIL + timedelta(days=1)
LAST = NEXT + timedelta(days=DAYS - 1)
STREET = 77


def frame(sizes, owners, deputies=(), stations=()):
    """Cells in a row, each beside the next; cell n has ``sizes[n]`` households in the one street."""
    cells = tuple(
        CellFacts(
            id=n,
            code=f"c{n}",
            station_id=stations[n] if stations else 1,
            officer_id=owner,
            measures=Measures(size, size * 1.5, size, size / 10, size / 20, size / 50),
            neighbours={m: 100.0 for m in (n - 1, n + 1) if 0 <= m < len(sizes)},
            streets={STREET: float(size)} if size else {},
        )
        for n, (size, owner) in enumerate(zip(sizes, owners, strict=True))
    )
    known = sorted({one for one in owners if one is not None} | set(dict(deputies).values()))
    officers = tuple(OfficerFacts(n, f"员{n}", 1, dict(deputies).get(n)) for n in known)
    return Frame(SINCE, UNTIL, cells, officers, {1: 0.5, 2: 1.0, 3: 1.5, 4: 3.0})


@st.composite
def cities(draw):
    n = draw(st.integers(2, 8))
    owners = draw(st.lists(st.one_of(st.none(), st.integers(100, 104)), min_size=n, max_size=n))
    sizes = draw(st.lists(st.integers(0, 400), min_size=n, max_size=n))
    pairs = draw(st.dictionaries(st.integers(100, 104), st.integers(100, 104), max_size=4))
    return frame(sizes, owners, [(a, b) for a, b in pairs.items() if a != b])


mixes = st.builds(Mix, *[st.floats(0, 5, allow_nan=False) for _ in range(5)])


def close(a: float, b: float) -> bool:
    return isclose(a, b, rel_tol=1e-9, abs_tol=1e-6)


@given(cities(), mixes, st.data())
def test_absences_and_mergers_conserve_the_work(city, mix, data):
    known = [one.id for one in city.officers]
    scenarios = []
    for _ in range(data.draw(st.integers(0, 3)) if known else 0):
        first = NEXT + timedelta(days=data.draw(st.integers(0, DAYS - 1)))
        last = first + timedelta(days=data.draw(st.integers(0, 200)))
        scenarios.append(Absence(data.draw(st.sampled_from(known)), first, last))
    if data.draw(st.booleans()):
        n = data.draw(st.integers(0, len(city.cells) - 2))
        scenarios.append(Merge(n, n + 1))
    out = simulate(city, scenarios, mix)
    assert out.added == 0
    assert close(out.balance_after.total, out.balance_before.total)
    for name in ("households", "visits_due", "visits_made", "findings", "matters", "overdue"):
        held = [sum(getattr(one.measures, name) for one in side) for side in (out.before, out.after)]
        assert close(*held)
    net = {one.officer_id: one.hours for one in out.before}
    for one in out.transfers:
        net[one.from_id] = net.get(one.from_id, 0.0) - one.hours
        net[one.to_id] = net.get(one.to_id, 0.0) + one.hours
    assert all(close(net[one.officer_id], one.hours) for one in out.after)


@given(cities(), mixes, st.integers(1, 1000), st.integers(1, 4))
def test_new_shops_add_exactly_their_work_where_shops_are(city, mix, count, risk):
    if not any(cell.streets for cell in city.cells):
        with pytest.raises(NotFound):
            simulate(city, [NewShops(STREET, count, risk)], mix)
        return
    out = simulate(city, [NewShops(STREET, count, risk)], mix)
    assert close(out.balance_after.total - out.balance_before.total, out.added)
    more = [sum(one.measures.households for one in side) for side in (out.before, out.after)]
    assert close(more[1] - more[0], count)
    shop = Measures(1, city.due_per_shop[risk], 0, 1 / 10, 1 / 20, 1 / 50).hours(mix)
    assert close(out.added, count * shop)


def hours(out, officer):
    return next(one.hours for one in out.after if one.officer_id == officer)


RULES = [
    # owners of the cells in a row, deputies, who is away          the way, who takes
    ([100, 101, 102], [(100, 102)], [100], "deputy", {102}),
    ([100, 101, 102], [(100, 102)], [100, 102], "neighbours", {101}),
    ([100, 101, 102], [], [101], "neighbours", {100, 102}),
    ([100, 100, 101, 102], [(101, 102)], [100, 101, 102], "nobody", {None}),
    ([100, None, 101], [], [100], "station", {101}),
]


@pytest.mark.parametrize(("owners", "deputies", "away", "way", "takers"), RULES)
def test_who_takes_over(owners, deputies, away, way, takers):
    city = frame([100] * len(owners), owners, deputies)
    out = simulate(city, [Absence(one, NEXT, LAST) for one in away])
    moved = [one for one in out.transfers if one.from_id == away[0]]
    assert ({one.way for one in moved}, {one.to_id for one in moved}) == ({way}, takers)
    assert hours(out, away[0]) == 0


def test_half_an_absence_moves_half_the_work_and_leaves_the_balance_of_all():
    city = frame([100, 100], [100, 101], [(100, 101)])
    out = simulate(city, [Absence(100, NEXT, NEXT + timedelta(days=DAYS // 2 - 1))])
    assert close(hours(out, 101), 3 * hours(out, 100))
    assert close(out.balance_after.max_over_mean, 1.5)
    assert close(out.balance_after.cv, 0.5)


def test_a_whole_absence_is_left_out_of_the_balance_and_overlaps_count_once():
    city = frame([100, 100, 100], [100, 101, 102])
    out = simulate(city, [Absence(100, NEXT, LAST), Absence(100, NEXT, LAST)])
    assert close(out.balance_after.mean, out.balance_before.total / 2)


def test_a_merger_goes_to_the_heavier_owner_or_to_the_one_named():
    city = frame([100, 300, 100], [100, 101, 102])
    assert hours(simulate(city, [Merge(0, 1)]), 100) == 0
    out = simulate(city, [Merge(0, 1, officer_id=102), Merge(0, 2)])
    assert close(hours(out, 102), out.balance_before.total)
    assert [one.cells for one in out.after if one.officer_id == 102] == [("c0+c1+c2",)]


def test_nothing_gives_a_balance_of_nothing():
    out = balance(simulate(frame([0, 0], [100, 101]), []).after)
    assert (out.mean, out.cv, out.max_over_mean) == (0, 0, 0)


@pytest.mark.parametrize(
    ("scenario", "kind", "code"),
    [
        (Merge(0, 2), Invalid, "not-neighbours"),
        (Merge(0, 0), Invalid, "same-cell"),
        (Merge(0, 9), NotFound, "cell-not-found"),
        (Merge(0, 1, officer_id=9), NotFound, "officer"),
        (Absence(9, NEXT, LAST), NotFound, "officer"),
        (Absence(100, LAST, NEXT), Invalid, "period-reversed"),
        (Absence(100, SINCE, UNTIL), Invalid, "outside-horizon"),
        (NewShops(1, 5), NotFound, "street"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(scenario, kind, code):
    with pytest.raises(kind, match=code):
        simulate(frame([10, 10, 10], [100, 101, 102]), [scenario])
