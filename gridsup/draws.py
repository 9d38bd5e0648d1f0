"""Draws that anybody can repeat (可复现抽取): the same seed over the same list gives the same sample.

Each id gets the rank SHA-256(``seed:id``), and the sample is the ids of the lowest ranks. Whoever has the
seed and the list can check a draw with any SHA-256 tool; a longer sample only adds to a shorter one, and
an id that drops out of the list moves no other. Rules: P2-C1 asks for the seed and the list on record.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def fresh_seed() -> str:
    """A seed that nobody could have chosen: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def rank(seed: str, number: int) -> str:
    """Where the id stands in the draw: the hexadecimal SHA-256 of ``seed:id``."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def draw(numbers: Collection[int], count: int, seed: str) -> list[int]:
    """``count`` different ids, in the order of the draw; all of them where there are fewer."""
    return sorted(set(numbers), key=lambda number: (rank(seed, number), number))[: max(0, count)]


def draw_each(groups: Mapping[K, Collection[int]], count: int, seed: str) -> dict[K, list[int]]:
    """``count`` ids of every group (by station, by kind): no group goes unseen."""
    return {key: draw(numbers, count, seed) for key, numbers in groups.items()}


def list_hash(numbers: Collection[int]) -> str:
    """SHA-256 over the list that was drawn from: its ids in ascending order, joined by commas."""
    return hashlib.sha256(",".join(str(number) for number in sorted(set(numbers))).encode()).hexdigest()
