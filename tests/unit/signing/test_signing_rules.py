"""What ``signing.yaml`` says about each approval of the shipped procedures."""

from __future__ import annotations

from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from gridsup.procedures import signing
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import Member
from gridsup.procedures.projection import Projection
from gridsup.signing.phrases import shipped

KINDS = {kind: (pack, kind.rpartition(".")[2]) for kind, pack, _ in signing.approvable()}


def test_every_approval_of_a_procedure_is_declared_and_nothing_else() -> None:
    assert set(signing.declared().acts) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_collective_discussion_a_penalty_and_a_forfeiture_are_personal(kind: str) -> None:
    pack, name = KINDS[kind]
    approval = pack.approvals[str(pack.actions[name].approval)]
    lawful = approval.mode == "quorum" or name.startswith("decide") or name in ("confiscate",)
    personal = signing.personal_refusal(pack, name) is not None
    assert personal == (lawful or kind == "penalty_case.transfer")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_only_a_head_signs_for_a_head(kind: str) -> None:
    pack, name = KINDS[kind]
    if signing.personal_refusal(pack, name) is None:
        assert signing.heads_for(pack, name, "bureau_head") == signing.ORGAN_HEADS
        assert signing.heads_for(pack, name, "station_head") is None


class TwoStations:
    """A register of people with the heads 1 and 2 of the stations 11 and 12, and the head 9 of bureau 10."""

    def organisations(self, session: Any, jurisdiction_id: int, officer: int, post: str, day: date) -> Any:
        return frozenset({officer + 10} if officer < 9 else {10})

    def belongs(self, session: Any, jurisdiction_id: int, bodies: frozenset[int], station_id: int) -> bool:
        return station_id in bodies


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_head_of_a_station_signs_every_kind_for_that_station_alone(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs in that head's name too; the organ's own heads sign for every station."""
    monkeypatch.setattr(signing, "directory", TwoStations)
    pack, name = KINDS[kind]
    family: Any = SimpleNamespace(session=None, jurisdiction_id=1)
    approval = pack.approvals[str(pack.actions[name].approval)]
    for step, station in product(approval.steps, (11, 12, None)):
        member = Member(1, Projection(matter={"station_id": station}), pack)
        for acting in (Acting(1, step.post), Acting(3, step.post, 1), Acting(3, step.post, 1, None, 7)):
            refusal = signing.station_refusal(family, member, acting, date(2026, 3, 2))
            elsewhere = step.post == "station_head" and station == 12
            assert (refusal is not None and refusal.code == "other-station") == elsewhere


def test_routine_is_what_settles_nothing_for_the_party() -> None:
    routine = {kind for kind in KINDS if signing.routine(kind)}
    assert routine == {
        "penalty_case.extend_verification",
        "penalty_case.close_penalised",
        "penalty_case.close_served",
        "penalty_case.close_without_penalty",
        "simple_penalty.close",
    }
    assert not signing.routine("penalty_case.unheard_of")


def test_what_nothing_declares_is_signed_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    pack, name = KINDS["penalty_case.file_case"]
    bare = signing.declared().model_copy(update={"acts": {}})
    monkeypatch.setattr(signing, "declared", lambda: bare)
    refusal = signing.personal_refusal(pack, name)
    assert refusal is not None
    assert refusal.code == "signing-personal"


def test_phrases_ship_for_approving_and_for_returning() -> None:
    assert len(shipped()[True]) >= 3
    assert len(shipped()[False]) >= 3
