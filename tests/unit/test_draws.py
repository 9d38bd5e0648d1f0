"""A draw can be repeated, favours nobody and depends on nothing but the seed and the list."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from gridsup.draws import draw, draw_each, fresh_seed, list_hash

LISTS = st.sets(st.integers(1, 10**9), max_size=60)
SEEDS = st.text("0123456789abcdef", min_size=1, max_size=16)


@given(LISTS, st.integers(0, 80), SEEDS)
def test_the_same_seed_over_the_same_list_gives_the_same_sample(ids: set[int], n: int, seed: str) -> None:
    sample = draw(ids, n, seed)
    assert sample == draw(sorted(ids, reverse=True), n, seed)
    assert len(sample) == len(set(sample)) == min(n, len(ids))
    assert set(sample) <= ids


@given(LISTS, st.integers(0, 30), SEEDS)
def test_a_longer_sample_only_adds_to_a_shorter_one(ids: set[int], n: int, seed: str) -> None:
    assert draw(ids, n + 5, seed)[:n] == draw(ids, n, seed)


@given(LISTS.filter(bool), st.integers(1, 30), SEEDS)
def test_one_that_drops_out_moves_no_other(ids: set[int], n: int, seed: str) -> None:
    gone = draw(ids, 1, seed)[0]
    assert draw(ids - {gone}, n, seed) == draw(ids, n + 1, seed)[1:]


@given(st.dictionaries(st.integers(0, 9), LISTS, max_size=5), st.integers(0, 9), SEEDS)
def test_every_group_is_seen(groups: dict[int, set[int]], n: int, seed: str) -> None:
    each = draw_each(groups, n, seed)
    assert {key: len(sample) for key, sample in each.items()} == {
        k: min(n, len(v)) for k, v in groups.items()
    }


def test_the_rank_is_what_any_sha256_tool_gives() -> None:
    ranks = {n: hashlib.sha256(f"2026q3:{n}".encode()).hexdigest() for n in range(1, 200)}
    assert draw(range(1, 200), 7, "2026q3") == sorted(ranks, key=ranks.__getitem__)[:7]
    assert list_hash([3, 1, 2, 2]) == hashlib.sha256(b"1,2,3").hexdigest()


def test_no_id_is_favoured_over_many_seeds() -> None:
    drawn = [number for k in range(2000) for number in draw(range(10), 3, f"seed-{k}")]
    assert all(500 < drawn.count(number) < 700 for number in range(10))
    assert len({fresh_seed() for _ in range(100)}) == 100
