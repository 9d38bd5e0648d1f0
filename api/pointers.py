"""Faults of a domain's form, moved to where that form stands in the request's body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from gridsup.errors import Invalid


@contextmanager
def pointing(move: Callable[[str], str]) -> Iterator[None]:
    """Let ``move`` say where each fault's pointer belongs in the body."""
    try:
        yield
    except Invalid as refusal:
        refusal.faults = tuple(replace(fault, pointer=move(fault.pointer)) for fault in refusal.faults)
        raise


def under(prefix: str, *, but: frozenset[str]) -> Callable[[str], str]:
    """Everything stands under ``prefix``, but pointers that begin with one of these keys of the body."""

    def move(pointer: str) -> str:
        return pointer if pointer[1:].split("/", 1)[0] in but else prefix + pointer

    return move
