"""Tries every mutant of every pack that has a law: ``python -m tests.law.trial [pack …]`` for the full run.

A mutant is *red* when the law or the checker objects; *the same* when no trace can tell it from the pack;
*explained* when ``survivors.yaml`` says why the law does not mind; else it survives, and the run fails.
"""

from __future__ import annotations

import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from time import perf_counter

from gridsup.procedures.checker import check_pack
from gridsup.procedures.loader import load_packs, read_yaml
from gridsup.procedures.pack import Pack
from tests.law import case, correction, grid, measures, publicity, street, urging
from tests.law.judge import answers, carried_to, judge
from tests.law.law import Law
from tests.law.mutants import Mutant, mutants
from tests.law.walk import behaviour

WRITTEN: tuple[Law, ...] = (
    case.CASE,
    correction.CORRECTION,
    measures.SPOT,
    measures.MONEY,
    measures.PRESERVATION,
    measures.SEIZURE,
    street.RECTIFICATION,
    street.REFERRAL,
    street.SUPPORT,
    grid.GRID,
    urging.REFERRAL_URGED,
    urging.GRID_URGED,
    urging.GRID_UNDONE,
    urging.GRID_VOIDED,
    urging.GRID_RETURNED,
    urging.GRID_ON_DUTY,
    correction.GRID_ORDERED,
    publicity.PUBLICITY,
)


def _in_force() -> Iterator[Law]:
    """For each pack the law written for its newest version, or for the newest before it."""
    for pack_id in dict.fromkeys(law.pack for law in WRITTEN):
        newest = load_packs().latest(pack_id).version
        yield max((w for w in WRITTEN if w.pack == pack_id and w.version <= newest), key=lambda w: w.version)


LAWS: tuple[Law, ...] = tuple(_in_force())
STRUCTURE = ("edge-", "mark-", "clock-start", "clock-stop-", "answer-")
"""Kinds of which ``behaviour`` and ``answers`` show everything."""


@cache
def explained() -> dict[str, dict[str, str]]:
    """Pack → pattern over mutants' names → why the law does not mind."""
    found = read_yaml(
        (Path(__file__).parent / "survivors.yaml").read_text(encoding="utf-8"), "survivors.yaml"
    )
    return found or {}


def reason(pack_id: str, mutant: Mutant) -> str | None:
    """The pattern of ``survivors.yaml`` that a mutant falls under."""
    return next((p for p in explained().get(pack_id, {}) if fnmatchcase(mutant.name, p)), None)


def verdict(pack: Pack, law: Law, mutant: Mutant) -> str:
    """``red``, ``the same``, ``explained: pattern`` or ``survives``."""
    library = load_packs()
    if any(judge(mutant.pack, law, library, beside=pack)):
        return "red"
    if mutant.kind.startswith(STRUCTURE) and _behaves(mutant.pack) == _behaves(pack):
        return "the same"
    if check_pack(mutant.pack, library):
        return "red"
    found = reason(pack.id, mutant)
    return f"explained: {found}" if found else "survives"


def _behaves(pack: Pack) -> tuple[object, object]:
    library = load_packs()
    return behaviour(pack, carried_to(pack.id, library)), answers(pack, library)


def sampled(law: Law, one_in: int) -> Iterator[tuple[Pack, Mutant]]:
    """Mutants of the law's pack: all of them, or always the same part, chosen by their names."""
    pack = load_packs().latest(law.pack)
    for mutant in mutants(pack):
        if one_in == 1 or zlib.crc32(f"{pack.id} {mutant.name}".encode()) % one_in == 0:
            yield pack, mutant


def main(names: list[str]) -> int:
    """Prints what became of the mutants of each pack; the number that survive unexplained."""
    left = 0
    for law in LAWS:
        if names and law.pack not in names:
            continue
        began = perf_counter()
        found: Counter[str] = Counter()
        for pack, mutant in sampled(law, 1):
            came_of = verdict(pack, law, mutant)
            found[came_of.partition(":")[0]] += 1
            if came_of == "survives":
                print(f"    {law.pack}: {mutant.name}")
        left += found["survives"]
        took = perf_counter() - began
        print(f"{law.pack}: {sum(found.values())} mutants {dict(found)} in {took:.0f} s")
    return left


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
