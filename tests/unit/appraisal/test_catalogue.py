"""The measures: sound, in both languages, over every stage; none names money, and none could."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from gridsup.appraisal.catalogue import FILE, PARAMETERS, PROCEDURES, STAGES, Catalogue, catalogue
from gridsup.appraisal.rows import SQL
from gridsup.procedures.loader import load_packs

MONEY = {"penalty_case", "simple_penalty", "penalty_execution", "seizure"}
"""Procedures that decide, impose or collect money or take things."""


def told() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def refused(change: dict[str, Any], name: str = "capture_in_time") -> str:
    raw = told()
    raw["measures"][name] |= change
    with pytest.raises(ValidationError) as fault:
        Catalogue.model_validate(raw)
    return str(fault.value)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_measure_with_formula_and_rule(stage: str) -> None:
    own = [one for one in catalogue().measures.values() if one.stage == stage]
    assert own
    for one in own:
        assert re.match(r"^P\d+-[A-Z]\d*", one.source)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in one.formula.zh)
        assert f"{one.weight} points" in one.formula.en
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in one.formula.en)


def test_every_clock_and_act_is_one_of_the_procedure_in_force() -> None:
    for one in catalogue().measures.values():
        for name in one.clocks or ():
            pack = max(
                (p.pack for p in load_packs() if p.pack.id == name.split(".")[0]), key=lambda p: p.version
            )
            assert name.split(".")[1] in pack.clocks, name
        for name in [*(one.acts or ()), *(one.by or ())]:
            pack = max(
                (p.pack for p in load_packs() if p.pack.id == name.split(".")[0]), key=lambda p: p.version
            )
            assert name.split(".")[1] in pack.actions, name


@pytest.mark.parametrize("pack", sorted({p.pack.id for p in load_packs()} - PROCEDURES))
def test_no_measure_over_a_procedure_of_fines_or_of_others(pack: str) -> None:
    """行政处罚法 art. 74: neither sums nor numbers of fines can be named, whatever the act or the clock."""
    assert "could count fines" in refused({"clocks": [f"{pack}.any"]})
    assert "could count fines" in refused({"acts": [f"{pack}.any"]}, "finding_photos")
    assert "could count fines" in refused({"by": [f"{pack}.any"]}, "feedback_accepted")


def test_the_procedures_of_fines_are_outside() -> None:
    assert not MONEY & PROCEDURES
    assert {p.pack.id for p in load_packs()} >= MONEY


@pytest.mark.parametrize(
    "words",
    [
        {"zh": "罚款金额", "en": "sums"},
        {"zh": "立案处罚数", "en": "cases"},
        {"zh": "收缴入库", "en": "brought in"},
        {"zh": "创收万元", "en": "gains"},
        {"zh": "数量", "en": "fines imposed"},
        {"zh": "数量", "en": "Penalty decisions"},
        {"zh": "数量", "en": "amount collected"},
        {"zh": "数量", "en": "things confiscated"},
        {"zh": "数量", "en": "yuan paid in"},
    ],
)
@pytest.mark.parametrize("where", ["title", "rows", "ok"])
def test_no_measure_speaks_of_money(words: dict[str, str], where: str) -> None:
    assert "art. 74" in refused({where: words})


def test_a_measure_has_no_room_for_a_sum_or_a_query_of_its_own() -> None:
    for more in ({"take": "sum"}, {"sql": "select 1"}, {"kind": "fines"}, {"fact": "fine_amount"}):
        assert refused(more)


def test_the_rows_read_no_facts_no_forms_no_papers() -> None:
    """Amounts stand in facts, forms and documents: no text reads any of them."""
    assert set(SQL) == set(PARAMETERS)
    tables = {
        "visits", "households", "household_codes", "businesses", "premises", "cells", "assignments", "grid",
        "matters", "deadlines", "events", "review_sheets", "file_reviews", "correction_orders",
        "correction_steps", "spot_checks", "spot_steps", "attachments", "jsonb_array_elements",
    }  # fmt: skip
    for sql in SQL.values():
        assert set(re.findall(r"(?:FROM|JOIN)\s+([a-z_]+)", sql)) <= tables
        assert not re.search(r"facts|'form'|body|documents|amount|outcome|number", sql)
        assert set(re.findall(r"data\s*->>?\s*'(\w+)'", sql)) <= {"photos"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": 11}, "add up to 101"),
        ({"least": 2}, "takes"),
        ({"of": None}, "takes"),
        ({"stage": "review"}, None),
    ],
)
def test_an_unsound_catalogue_is_refused(change: dict[str, Any], said: str | None) -> None:
    if said:
        assert said in refused(change)
    else:
        raw = told()
        for name in [name for name, one in raw["measures"].items() if one["stage"] == "finding"]:
            raw["measures"][name] |= change
        with pytest.raises(ValidationError, match="every stage"):
            Catalogue.model_validate(raw)


def test_a_frozen_catalogue_reads_as_it_was() -> None:
    assert Catalogue.model_validate(catalogue().model_dump(mode="json", by_alias=True)) == catalogue()
