"""Puts enforcement into the engine: guards that refuse, results that explain, facts that follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridsup.enforcement import (
    closing,
    correction,
    evidence,
    execution,
    guards,
    hearings,
    party,
    presiding,
    publicity,
    things,
)
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection

Decide = Callable[[Decision], dict[str, Any]]


def _nothing(d: Decision) -> dict[str, Any]:
    return {}


def _facts(p: Projection, result: dict[str, Any], body: Any) -> None:
    """Facts that follow from the act by rule, beside those that its form states."""
    if "facts" in result:
        p.matter["facts"] = {**p.matter["facts"], **result["facts"]}


def _register(
    name: str,
    decide: Decide = _nothing,
    judge: effects.Judge | None = None,
    signer: effects.Judge | None = None,
    ready: effects.Ready | None = None,
    heed: effects.Heed | None = None,
) -> None:
    effects.register(
        f"enforcement.{name}",
        decide=decide,
        project=_facts,
        judge=judge,
        signer=signer,
        ready=ready,
        heed=heed,
    )


def register() -> None:
    """Make the effects of enforcement known to the engine."""
    _register("law", guards.law_applied, guards.lawful, heed=correction.untold)
    _register("simple_ceiling", guards.simple_explained, guards.simple_ceiling)
    _register("hearing_right", guards.hearing_right, heed=guards.foretold)
    _register("not_heavier", judge=guards.not_heavier)
    _register("correction", judge=correction.established, heed=correction.contradicted)
    _register("one_order", judge=correction.one_order, ready=correction.none_runs)
    _register("refusal_known", correction.known_above)
    _register("term_ahead", judge=correction.term_ahead)
    _register("limitation", judge=guards.within_limitation)
    _register("party", party.taken_over)
    _register("power", guards.power_told, guards.may_seize)
    _register("unrecused", judge=guards.unrecused, signer=guards.signs_apart)
    effects.register("enforcement.recuse", decide=presiding.recused, project=presiding.stepped_aside)
    _register("hearing_day", judge=hearings.early_enough)
    _register("hearing_announced", judge=hearings.told_in_time)
    _register("hearing_told", judge=hearings.served_in_time)
    _register("president", judge=presiding.fit)
    _register("presided", judge=presiding.named, ready=presiding.told_whether_named)
    _register("presides", judge=presiding.presides, ready=presiding.told_whether_named)
    _register("service", judge=guards.service)
    _register("closable", judge=closing.closable, ready=closing.unready)
    _register("evidence", evidence.collect)
    _register("custody", evidence.hand_on)
    _register("inventory", things.take, things.taken)
    _register("thing_moved", things.move, things.movable)
    _register("things_settled", things.settle, things.some)
    _register("things_out", things.out, things.even)
    _register("things_seized", things.seize)
    _register("nothing_comes", judge=things.nothing_comes, ready=things.what_comes)
    _register("payment", execution.pay)
    _register("settled", execution.settled)
    _register("on_spot", judge=execution.may_collect)
    _register("deferral", execution.deferred, execution.plan)
    _register("listed", publicity.listed)
    _register("publishable", judge=publicity.publishable)
    _register("unpublished", judge=publicity.unpublished)
